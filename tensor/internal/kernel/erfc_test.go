package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigErfc returns erfc(x): for x < 3, 1 − 2/√π Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n+1)); beyond, the continued
// fraction e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …)))) (M. Abramowitz and I. Stegun, Handbook of
// mathematical functions, 7.1.5 and 7.1.14).
func bigErfc(x float64) *big.Float {
	rootPi, _, _ := big.ParseFloat("1.7724538509055160272981674833411451827975494561223871282138078", 10, bigPrec, big.ToNearestEven)
	if x < 0 {
		y := bigErfc(-x)
		return y.Sub(bigFloat(2), y)
	}
	v := bigFloat(x)
	square := new(big.Float).Mul(v, v)
	if x < 3 {
		sum, power := bigFloat(0), new(big.Float).Set(v) // (−1)ⁿ x²ⁿ⁺¹ / n!
		for n := 1.; n < 120; n++ {
			sum.Add(sum, new(big.Float).Quo(power, bigFloat(2*n-1)))
			power.Quo(power.Mul(power.Neg(power), square), bigFloat(n))
		}
		sum.Quo(sum.Mul(sum, bigFloat(2)), rootPi)
		return sum.Sub(bigFloat(1), sum)
	}
	fraction := new(big.Float).Set(v)
	for n := 200.; n > 0; n-- {
		fraction.Add(v, fraction.Quo(bigFloat(n/2), fraction))
	}
	y := bigExp(square.Neg(square))
	return y.Quo(y, fraction.Mul(fraction, rootPi))
}

func TestErfcAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(10, 1))
	worstULP(t, "near 0", uniformIn(rnd, 2000, 0, 0.5), 5, Erfc1, bigErfc)
	worstULP(t, "middle", uniformIn(rnd, 1000, 0.5, 2), 3.7, Erfc1, bigErfc)
	worstULP(t, "below", uniformIn(rnd, 500, -6, 0), 2.5, Erfc1, bigErfc)
	worstULP(t, "beyond", uniformIn(rnd, 1000, 2, 26.5), 3.7, Erfc1, bigErfc)
	worstULP(t, "tiny", log2UniformIn(rnd, 200, -1074, -2), 5, Erfc1, bigErfc)
}

func TestErfcEdges(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ x, erfc float64 }{
		{0, 1}, {math.Copysign(0, -1), 1}, {1e-300, 1}, {-1e-300, 1}, {5e-324, 1},
		{27, math.Erfc(27)}, {28, 0}, {1e300, 0}, {inf, 0}, {-6, 2}, {-1e300, 2}, {-inf, 2}, {nan, nan},
	} {
		mustBits(t, "Erfc1", c.x, Erfc1(c.x), c.erfc)
	}
}

func TestErfcBits(t *testing.T) {
	t.Parallel()
	mustHash(t, "Erfc1", 0xa6751f633190cfa0, hashUnary(Erfc1))
}

func BenchmarkErfc(b *testing.B) { benchmarkUnary(b, -5, 5, Erfc, math.Erfc) }
