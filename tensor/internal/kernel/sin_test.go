package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigHalfPi is π/2 = 2(4 arctan(1/5) − arctan(1/239)), by J. Machin.
var bigHalfPi = func() *big.Float {
	arctan := func(n float64) *big.Float { // Σ (−1)ᵏ/((2k+1)·n²ᵏ⁺¹)
		sum, power := bigFloat(0), bigFloat(1)
		power.Quo(power, bigFloat(n))
		for k := range 80 {
			term := bigFloat(float64(2*k + 1))
			term.Quo(power, term)
			if k%2 == 1 {
				term.Neg(term)
			}
			sum.Add(sum, term)
			power.Quo(power, bigFloat(n*n))
		}
		return sum
	}
	a := arctan(5)
	a.Mul(a, bigFloat(4))
	a.Sub(a, arctan(239))
	return a.Mul(a, bigFloat(2))
}()

// bigSin returns sin(x + quarters·π/2): with x = n·π/2 + r, the Taylor series of sin(r) or cos(r).
func bigSin(x float64, quarters int) *big.Float {
	n := math.Round(x / (math.Pi / 2))
	r := bigFloat(n)
	r.Sub(bigFloat(x), r.Mul(r, bigHalfPi))
	q := (int(math.Mod(n, 4)) + quarters + 4) % 4
	square := new(big.Float).Mul(r, r)
	sum, term := bigFloat(0), bigFloat(1)
	if q%2 == 0 {
		term = r
	}
	for k := q%2 ^ 1; k < 60; k += 2 { // the term of rᵏ
		sum.Add(sum, term)
		term = new(big.Float).Mul(term, square)
		term.Quo(term, bigFloat(-float64((k+1)*(k+2))))
	}
	if q >= 2 {
		sum.Neg(sum)
	}
	return sum
}

func TestSinConstants(t *testing.T) {
	t.Parallel()
	mustRoundTo(t, "sinInvStep", sinInvStep, new(big.Float).Quo(bigFloat(1), bigHalfPi))
	mustRoundTo(t, "sinStepHi", sinStepHi, bigHalfPi)
	rest := new(big.Float).Sub(bigHalfPi, bigFloat(sinStepHi))
	mustRoundTo(t, "sinStepMid", sinStepMid, rest)
	mustRoundTo(t, "sinStepLo", sinStepLo, rest.Sub(rest, bigFloat(sinStepMid)))
}

func TestSinAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(12, 1))
	sin := func(x float64) *big.Float { return bigSin(x, 0) }
	cos := func(x float64) *big.Float { return bigSin(x, 1) }
	var multiples []float64 // of π/2, nearly
	for range 500 {
		n := math.Floor(math.Exp2(29 * rnd.Float64()))
		v, _ := new(big.Float).Mul(bigHalfPi, bigFloat(n)).Float64()
		multiples = append(multiples, v, -v, math.Nextafter(v, 0))
	}
	for name, x := range map[string][]float64{
		"one turn":  uniformIn(rnd, 2000, -4, 4),
		"main":      uniformIn(rnd, 1000, -sinMain, sinMain),
		"any size":  log2UniformIn(rnd, 1000, -40, 30),
		"multiples": multiples,
	} {
		worstULP(t, "sin, "+name, x, .75, Sin1, sin)
		worstULP(t, "cos, "+name, x, .75, Cos1, cos)
	}
	worstULP(t, "sin, tiny", log2UniformIn(rnd, 1000, -1074, -20), .75, Sin1, sin)
}

func TestSinEdges(t *testing.T) {
	t.Parallel()
	inf, nan, negZero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct{ x, sin, cos float64 }{
		{0, 0, 1},
		{negZero, negZero, 1},
		{5e-324, 5e-324, 1},
		{-0x1p-1022, -0x1p-1022, 1},
		{math.Pi / 2, 1, 6.123233995736766e-17},
		{math.Pi, 1.2246467991473532e-16, -1},
		{-math.Pi, -1.2246467991473532e-16, -1},
		{inf, nan, nan},
		{-inf, nan, nan},
		{nan, nan, nan},
	} {
		mustBits(t, "Sin1", c.x, Sin1(c.x), c.sin)
		mustBits(t, "Cos1", c.x, Cos1(c.x), c.cos)
	}
	if s, c := Sin1(1e22), Cos1(1e22); !(math.Abs(s+0.8522008497671888) <= 2e-16 && math.Abs(c-0.5232147853951389) <= 2e-16) {
		t.Errorf("of 10²²: %v, %v", s, c)
	}
	for _, x := range uniformIn(rand.New(rand.NewPCG(13, 1)), 1000, 0, 1e4) {
		mustBits(t, "Sin1", -x, Sin1(-x), -Sin1(x))
		mustBits(t, "Cos1", -x, Cos1(-x), Cos1(x))
	}
}

// TestSinVectors compares with Sin1 and Cos1: every length, and numbers that a vector leaves to them at
// every place.
func TestSinVectors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(14, 1))
	check := func(x []float64) {
		t.Helper()
		checkUnary(t, "Sin", Sin, Sin1, x)
		checkUnary(t, "Cos", Cos, Cos1, x)
	}
	for n := range 100 {
		check(uniformIn(r, n, -10, 10))
		check(log2UniformIn(r, n, -40, 30))
	}
	for _, v := range append([]float64{sinTiny, sinMain, math.Nextafter(sinMain, 0), math.Pi / 4, math.Pi / 2, math.Pi}, extremes...) {
		for i := range 13 {
			x := uniformIn(r, 13, -10, 10)
			x[i] = v
			check(x)
		}
	}
	check(hashInputs(r, 100_000)) // in several parts
}

func TestSinBits(t *testing.T) {
	t.Parallel()
	mustHash(t, "Sin1", 0x4839c2e1f22291bc, hashUnary(func(x float64) float64 { return Sin1(min(max(x, 1-sinMain), sinMain-1)) }))
	mustHash(t, "Cos1", 0x7a6e0d0612c05867, hashUnary(func(x float64) float64 { return Cos1(min(max(x, 1-sinMain), sinMain-1)) }))
}

func BenchmarkSin(b *testing.B) { benchmarkUnary(b, -5, 5, Sin, math.Sin) }

func BenchmarkCos(b *testing.B) { benchmarkUnary(b, -5, 5, Cos, math.Cos) }
