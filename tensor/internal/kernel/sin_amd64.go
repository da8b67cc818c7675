//go:build !purego

package kernel

// sinConstants are the numbers that the assembly loads, by their places here.
//
//lint:ignore U1000 it is used there
var sinConstants = [...]float64{
	0: sinMain, 1: expMagic, 2: sinInvStep, 3: sinStepHi, 4: sinStepMid, 5: sinStepLo, 6: 0.5, 7: 1,
	8: sinC13, 9: sinC11, 10: sinC9, 11: sinC7, 12: sinC5, 13: sinC3,
	14: cosC14, 15: cosC12, 16: cosC10, 17: cosC8, 18: cosC6, 19: cosC4,
}

// sinVectors sets zᵢ = sin(xᵢ + quarters·π/2), or xᵢ where |xᵢ| < tiny, for n numbers, a multiple of 4
// and not 0. It stops before a vector with a number too large for sinReduce, and returns how many are
// done. z may be x.
//
//go:noescape
func sinVectors(z, x *float64, n, quarters int, tiny float64) (done int)
