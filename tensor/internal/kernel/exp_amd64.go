//go:build !purego

package kernel

// expConstants are the numbers that the assembly loads, by their places here.
//
//lint:ignore U1000 it is used there
var expConstants = [...]float64{
	0: expMagic, 1: expInvStep, 2: expStepHi, 3: expStepLo,
	4: expC3, 5: expC4, 6: expC5, 7: expC6, 8: expC7,
	9: 0.5, 10: 1, 11: 2, 12: 0x1p-64,
	13: 710, 14: -746, // where expEdge has +Inf and 0
	15: -2 * tanhMain,
	16: 0x1p-959, // whose bits are 64<<52
	17: -1. / 16,
	18: erfcMain,
	19: 4,
	20: expm1Least,
	21: expm1Tiny,
	22: 0x1p-1022, // whose bits are 1<<52
}

// expPairs is expPower and expTail, so that one load of the assembly fetches both.
//
//lint:ignore U1000 it is used there
var expPairs = func() (pairs [16][2]float64) {
	for j := range pairs {
		pairs[j] = [2]float64{expPower[j], expTail[j]}
	}
	return pairs
}()

// expVectors sets zᵢ = Exp1(xᵢ) for n numbers, a multiple of 4 and not 0; z may be x.
//
//go:noescape
func expVectors(z, x *float64, n int)

// expm1Vectors sets zᵢ = Expm1One(xᵢ) likewise.
//
//go:noescape
func expm1Vectors(z, x *float64, n int)

// sigmoidVectors sets zᵢ = Sigmoid1(xᵢ) likewise.
//
//go:noescape
func sigmoidVectors(z, x *float64, n int)

// tanhVectors sets zᵢ = Tanh1(xᵢ) likewise.
//
//go:noescape
func tanhVectors(z, x *float64, n int)

// erfcVectors sets zᵢ = Erfc1(xᵢ) likewise.
//
//go:noescape
func erfcVectors(z, x *float64, n int)
