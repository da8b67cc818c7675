//go:build !purego

package kernel

import "math"

// logConstants are the numbers that the assembly loads, by their places here.
//
//lint:ignore U1000 it is used there
var logConstants = [...]float64{
	0: 1, 1: logLn2Hi, 2: logLn2Lo, 3: 0.5,
	4: logC1, 5: logC2, 6: logC3, 7: logC4, 8: logC5, 9: logC6, 10: logC7,
	11: math.Float64frombits(logSqrtHalf),
	12: math.Float64frombits(1<<52 - 1),
	13: math.Inf(1),
}

// logVectors sets zᵢ = Log1(xᵢ) for n numbers, a multiple of 4 and not 0. It stops before a vector with a
// number that logSplit or Log1 treats specially, and returns how many are done. z may be x.
//
//go:noescape
func logVectors(z, x *float64, n int) (done int)
