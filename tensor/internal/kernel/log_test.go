package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestLogConstants(t *testing.T) {
	t.Parallel()
	mustRoundTo(t, "logLn2Lo", logLn2Lo, new(big.Float).Sub(bigLn2, bigFloat(logLn2Hi)))
	if low := math.Float64bits(logLn2Hi) & (1<<11 - 1); low != 0 {
		t.Errorf("the last 11 bits of logLn2Hi are %011b, want zeros", low)
	}
	if got, want := math.Float64frombits(logSqrtHalf), math.Sqrt(0.5); got != want {
		t.Errorf("logSqrtHalf = %v, want %v", got, want)
	}
}

func TestLogSplit(t *testing.T) {
	t.Parallel()
	xs := []float64{5e-324, 0x1p-1022, 0x1.fffffffffffffp-1023, 0.5, math.Sqrt(0.5), 1, math.Sqrt2, 2, math.MaxFloat64}
	for _, x := range append(xs, log2UniformIn(rand.New(rand.NewPCG(6, 1)), 1000, -1074, 1024)...) {
		m, k := logSplit(x)
		if m < math.Sqrt(0.5) || m >= math.Sqrt2 || math.Ldexp(m, int(k)) != x {
			t.Errorf("logSplit(%v) = %v, %v", x, m, k)
		}
	}
}

func TestLogAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(7, 1))
	worstULP(t, "near 1", uniformIn(rnd, 2000, 0.99, 1.01), 0.9, Log1, bigLog)
	worstULP(t, "one binade around 1", uniformIn(rnd, 3000, 0.5, 2), 0.9, Log1, bigLog)
	worstULP(t, "all", log2UniformIn(rnd, 3000, -1074, 1024), 0.9, Log1, bigLog)
}

func TestLogEdges(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct{ x, log float64 }{
		{0, -inf},
		{math.Copysign(0, -1), -inf},
		{5e-324, -0x1.74385446d71c3p+09},
		{0x1p-1022, -0x1.6232bdd7abcd2p+09},
		{0.5, -math.Ln2},
		{0x1.fffffffffffffp-1, -0x1p-53},
		{1, 0},
		{0x1.0000000000001p0, 0x1.fffffffffffffp-53},
		{2, math.Ln2},
		{10, math.Ln10},
		{math.MaxFloat64, 0x1.62e42fefa39efp+09},
		{inf, inf},
		{-1, nan},
		{-5e-324, nan},
		{-inf, nan},
		{nan, nan},
	} {
		mustBits(t, "Log1", c.x, Log1(c.x), c.log)
	}
}

// TestLogVectors compares with Log1: every length, and numbers that a vector leaves to Log1 at every
// place.
func TestLogVectors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 1))
	for n := range 100 {
		checkUnary(t, "Log", Log, Log1, uniformIn(r, n, .1, 10))
		checkUnary(t, "Log", Log, Log1, log2UniformIn(r, n, -1074, 1024))
	}
	for _, v := range append([]float64{math.Sqrt(.5), math.Nextafter(math.Sqrt(.5), 0), 0x1p-1022, 0x0.fffffffffffffp-1022, math.MaxFloat64}, extremes...) {
		for i := range 13 {
			x := uniformIn(r, 13, .1, 10)
			x[i] = v
			checkUnary(t, "Log", Log, Log1, x)
		}
	}
	checkUnary(t, "Log", Log, Log1, hashInputs(r, 100_000)) // in several parts
}

func TestSoftplus(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(9, 1))
	softplus := func(x float64) float64 { return max(x, 0) + LogOnePlus(Exp1(-math.Abs(x))) }
	exact := func(x float64) *big.Float { // a guess, corrected by ln(1+d) ≈ d where 1+d = (1+eˣ)·e^−guess
		guess := bigFloat(max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))))
		d := bigExp(new(big.Float).Neg(guess))
		if x < 0 {
			d = bigExpm1(new(big.Float).Neg(guess)) // without the 1
		} else {
			d.Sub(d, bigFloat(1))
		}
		e := bigExp(new(big.Float).Sub(bigFloat(x), guess))
		return guess.Add(guess, d.Add(d, e))
	}
	worstULP(t, "middle", uniformIn(rnd, 2000, -5, 5), 3, softplus, exact)
	worstULP(t, "all", uniformIn(rnd, 500, -700, 700), 3, softplus, exact)
	for n := range 150 {
		checkUnary(t, "Softplus", Softplus, softplus, uniformIn(rnd, n, -40, 40))
	}
	checkUnary(t, "Softplus", Softplus, softplus, hashInputs(rnd, 10_000))
	inf, nan := math.Inf(1), math.NaN()
	for x, want := range map[float64]float64{-inf: 0, -800: 0, 0: math.Ln2, 40: 40, inf: inf, nan: nan} {
		mustBits(t, "Softplus", x, softplus(x), want)
	}
}

func TestLog1p(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 1))
	one := func(x float64) float64 { return log1p(x, Log1(1+x)) }
	exact := func(x float64) *big.Float { // a guess, corrected by ln(1+d) ≈ d − d²/2 where 1+d = (1+x)·e^−guess
		guess := bigFloat(math.Log1p(x))
		d := bigExpm1(new(big.Float).Neg(guess)) // e^−guess − 1, to which x·e^−guess is added
		e := bigFloat(x)
		d.Add(d, e.Mul(e, bigExp(new(big.Float).Neg(guess))))
		return guess.Add(guess, d)
	}
	worstULP(t, "near 0", uniformIn(rnd, 2000, -.5, .5), 1.4, one, exact)
	worstULP(t, "near −1", uniformIn(rnd, 500, -1, -.9), 1.4, one, exact)
	worstULP(t, "middle", uniformIn(rnd, 1000, -.99, 10), 1.4, one, exact)
	worstULP(t, "tiny", log2UniformIn(rnd, 500, -1074, 1), 1.5, one, exact)
	worstULP(t, "just below 0", []float64{-1.6655386084741732e-16}, 1.5, one, exact)
	worstULP(t, "large", log2UniformIn(rnd, 500, 1, 1023), 1.4, one, exact)
	for n := range 150 {
		checkUnary(t, "Log1p", Log1p, one, uniformIn(rnd, n, -1, 3))
	}
	checkUnary(t, "Log1p", Log1p, one, hashInputs(rnd, 10_000))
	inf, nan, negZero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for x, want := range map[float64]float64{-1: -inf, negZero: negZero, -5e-324: -5e-324, math.Nextafter(-1, 0): -53 * math.Ln2, 1: math.Ln2, math.MaxFloat64: 709.782712893384, inf: inf, -2: nan, nan: nan} {
		mustBits(t, "Log1p", x, one(x), want)
	}
	mustBits(t, "Log1p", 0, one(0), 0)
}

func TestLogBits(t *testing.T) {
	t.Parallel()
	mustHash(t, "Log1", 0x458f7fc18fd1b7a9, hashUnary(Log1))
}

func BenchmarkLog1p(b *testing.B) { benchmarkUnary(b, -.5, 5, Log1p, math.Log1p) }

func BenchmarkLog(b *testing.B) { benchmarkUnary(b, 0.01, 100, Log, math.Log) }
