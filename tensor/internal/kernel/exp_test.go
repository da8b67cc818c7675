package kernel

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigSigmoid returns 1/(1+e⁻ˣ).
func bigSigmoid(x float64) *big.Float {
	d := bigExp(bigFloat(-x))
	d.Add(d, bigFloat(1))
	return d.Quo(bigFloat(1), d)
}

// bigTanh returns t/(2+t) with t = e²ˣ − 1.
func bigTanh(x float64) *big.Float {
	t := bigExpm1(bigFloat(2 * x))
	return t.Quo(t, new(big.Float).Add(t, bigFloat(2)))
}

func TestExpConstants(t *testing.T) {
	t.Parallel()
	step := bigFloat(1. / 16)
	step.Mul(step, bigLn2)
	mustRoundTo(t, "expStepHi", expStepHi, step)
	mustRoundTo(t, "expStepLo", expStepLo, new(big.Float).Sub(step, bigFloat(expStepHi)))
	mustRoundTo(t, "expInvStep", expInvStep, new(big.Float).Quo(bigFloat(1), step))
	for j := range 16 {
		exact := bigFloat(float64(j))
		exact = bigExp(exact.Mul(exact, step))
		mustRoundTo(t, "expPower", expPower[j], exact)
		tail := exact.Sub(exact, bigFloat(expPower[j]))
		mustRoundTo(t, "expTail", expTail[j], tail.Quo(tail, bigFloat(expPower[j])))
	}
}

// TestExpPolyError checks the error that the comment of expPoly claims, evaluating the
// polynomial without rounding.
func TestExpPolyError(t *testing.T) {
	t.Parallel()
	c := []float64{expC7, expC6, expC5, expC4, expC3, 0.5, 1, 0}
	for i := -200; i <= 200; i++ {
		r := float64(i) / 200 * math.Ln2 / 32
		if i == 0 {
			continue
		}
		p := bigFloat(0)
		for _, c := range c {
			p.Mul(p, bigFloat(r))
			p.Add(p, bigFloat(c))
		}
		p.Quo(p, bigExpm1(bigFloat(r)))
		p.Sub(p, bigFloat(1))
		if e, _ := p.Float64(); math.Abs(e) > 0x1p-57 {
			t.Errorf("r = %v: relative error 2^%.2f", r, math.Log2(math.Abs(e)))
		}
		if got, want := r+r*r*expPoly(r, r*r), math.Expm1(r); math.Abs(got/want-1) > 0x1p-51 {
			t.Errorf("r = %v: r + r²·expPoly(r) = %v, want %v", r, got, want)
		}
	}
}

func TestExpAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(1, 1))
	exact := func(x float64) *big.Float { return bigExp(bigFloat(x)) }
	worstULP(t, "near 0", uniformIn(rnd, 3000, -1, 1), 0.54, Exp1, exact)
	worstULP(t, "normal", uniformIn(rnd, 3000, -708, 709.78), 0.54, Exp1, exact)
	worstULP(t, "subnormal", uniformIn(rnd, 1000, -745.13, -708), 0.77, Exp1, exact)
	worstULP(t, "tiny", log2UniformIn(rnd, 300, -1074, 0), 0.54, Exp1, exact)
}

func TestExpm1Accuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(10, 1))
	exact := func(x float64) *big.Float { return bigExpm1(bigFloat(x)) }
	worstULP(t, "near 0", uniformIn(rnd, 3000, -0.05, 0.05), 1.1, Expm1One, exact)
	worstULP(t, "middle", uniformIn(rnd, 5000, -2, 2), 1.1, Expm1One, exact)
	worstULP(t, "all", uniformIn(rnd, 3000, -50, 709.78), 1.1, Expm1One, exact)
	worstULP(t, "tiny", log2UniformIn(rnd, 500, -1074, 0), 1.1, Expm1One, exact)
}

func TestSigmoidAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(2, 1))
	worstULP(t, "middle", uniformIn(rnd, 5000, -5, 5), 1.6, Sigmoid1, bigSigmoid)
	worstULP(t, "all", uniformIn(rnd, 2000, -745.13, 40), 1.6, Sigmoid1, bigSigmoid)
	worstULP(t, "tiny", log2UniformIn(rnd, 300, -1074, 0), 1.6, Sigmoid1, bigSigmoid)
}

func TestTanhAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(3, 1))
	worstULP(t, "near 0", uniformIn(rnd, 2000, -0.04, 0.04), 1.7, Tanh1, bigTanh)
	worstULP(t, "middle", uniformIn(rnd, 5000, -1, 1), 1.7, Tanh1, bigTanh)
	worstULP(t, "all", uniformIn(rnd, 1000, -20, 20), 1.7, Tanh1, bigTanh)
	worstULP(t, "tiny", log2UniformIn(rnd, 500, -1074, 0), 1.7, Tanh1, bigTanh)
}

func TestExpEdges(t *testing.T) {
	t.Parallel()
	inf, nan, negZero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct{ x, exp, sigmoid, tanh float64 }{
		{0, 1, 0.5, 0},
		{negZero, 1, 0.5, negZero},
		{5e-324, 1, 0.5, 5e-324},
		{-5e-324, 1, 0.5, -5e-324},
		{0x1p-1022, 1, 0.5, 0x1p-1022},
		{1e-300, 1, 0.5, 1e-300},
		{-1e-20, 1, 0.5, -1e-20},
		{1, math.E, 0x1.764d4f5d5a2bdp-01, 0x1.85efab514f394p-01},
		{22, 0x1.ab5adb9c436p+31, 0x1.fffffffd9a96fp-01, 1},
		{-22, 0x1.32b48bf117da2p-32, 0x1.32b48befa866p-32, -1},
		{709.782712893384, 0x1.fffffffffff2ap+1023, 1, 1},                          // the last x before exp overflows
		{709.7827128933841, inf, 1, 1},                                             // and the first after it
		{-708.3964185322641, 0x1.000000000007cp-1022, 0x1.000000000007cp-1022, -1}, // near the least normal number
		{-745.1332191019411, 5e-324, 5e-324, -1},                                   // about half the least subnormal number, rounded up
		{-745.1332191019412, 0, 0, -1},                                             // and rounded down
		{1e300, inf, 1, 1},
		{-1e300, 0, 0, -1},
		{inf, inf, 1, 1},
		{-inf, 0, 0, -1},
		{nan, nan, nan, nan},
	} {
		mustBits(t, "Exp1", c.x, Exp1(c.x), c.exp)
		mustBits(t, "Sigmoid1", c.x, Sigmoid1(c.x), c.sigmoid)
		mustBits(t, "Tanh1", c.x, Tanh1(c.x), c.tanh)
	}
}

func TestExpm1Edges(t *testing.T) {
	t.Parallel()
	inf, nan, negZero := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	for _, c := range []struct{ x, want float64 }{
		{0, 0},
		{negZero, negZero},
		{5e-324, 5e-324},
		{-0x1p-1022, -0x1p-1022},
		{expm1Tiny, expm1Tiny},
		{1, math.E - 1},
		{-22, -0x1.fffffffd9a96fp-1},
		{-37.5, -1},
		{-1e300, -1},
		{709.782712893384, 0x1.fffffffffff2ap+1023}, // the last x before it overflows
		{709.7827128933841, inf},
		{1e300, inf},
		{inf, inf},
		{-inf, -1},
		{nan, nan},
	} {
		mustBits(t, "Expm1One", c.x, Expm1One(c.x), c.want)
	}
}

func TestTanhIsOdd(t *testing.T) {
	t.Parallel()
	for _, x := range uniformIn(rand.New(rand.NewPCG(4, 1)), 1000, 0, 25) {
		mustBits(t, "Tanh1", -x, Tanh1(-x), -Tanh1(x))
	}
}

// TestExpSeams checks that the main path and the edge agree bit for bit where both apply.
func TestExpSeams(t *testing.T) {
	t.Parallel()
	for _, x := range uniformIn(rand.New(rand.NewPCG(5, 1)), 1000, -708, 708) {
		mustBits(t, "expEdge", x, expEdge(x, 0), Exp1(x))
	}
}

// TestExpVectors compares with the functions of one number: every length, guarded and in place, special
// numbers at every place, and where the ranges of the functions meet.
func TestExpVectors(t *testing.T) {
	t.Parallel()
	testExpVectors(t)
}

func testExpVectors(t *testing.T) {
	for _, f := range []struct {
		name   string
		kernel func(z, x []float64)
		scalar func(float64) float64
	}{{"Exp", Exp, Exp1}, {"Expm1", Expm1, Expm1One}, {"Sigmoid", Sigmoid, Sigmoid1}, {"Tanh", Tanh, Tanh1}, {"Erfc", Erfc, Erfc1}} {
		t.Run(f.name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(6, 1))
			for n := range 100 {
				checkUnary(t, f.name, f.kernel, f.scalar, uniformIn(r, n, -5, 5))
				checkUnary(t, f.name, f.kernel, f.scalar, uniformIn(r, n, -760, 760))
			}
			for _, v := range extremes {
				for i := range 13 {
					x := uniformIn(r, 13, -5, 5)
					x[i] = v
					checkUnary(t, f.name, f.kernel, f.scalar, x)
				}
			}
			for _, seam := range []float64{0, math.Ln2 / 32, tanhMain, expMain, 708.3964, 709.7827, 710, 745.1332, 746, 40, expm1Tiny, 26.6, 27.22, 27.31, erfcMain} {
				x := append(uniformIn(r, 1000, seam-1e-3, seam+1e-3), uniformIn(r, 100, seam-1e-12, seam+1e-12)...)
				x = append(x, seam)
				for _, v := range x {
					x = append(x, -v)
				}
				checkUnary(t, f.name, f.kernel, f.scalar, x)
			}
			checkUnary(t, f.name, f.kernel, f.scalar, hashInputs(r, 100_000)) // in several parts
		})
	}
}

// checkUnary compares a kernel with its scalar form, between guards and in place.
func checkUnary(t *testing.T, name string, kernel func(z, x []float64), scalar func(float64) float64, x0 []float64) {
	t.Helper()
	x, checkX := guarded(t, x0)
	z, checkZ := guarded(t, make([]float64, len(x)))
	want := make([]float64, len(x))
	for i, v := range x {
		want[i] = scalar(v)
	}
	kernel(z, x)
	mustMatch(t, name, z, want)
	mustMatch(t, name+": x afterwards", x, x0)
	kernel(x, x)
	mustMatch(t, name+" in place", x, want)
	checkX(name)
	checkZ(name)
}

func TestExpBits(t *testing.T) {
	t.Parallel()
	mustHash(t, "Exp1", 0x130e876a7eb2a5c2, hashUnary(Exp1))
	mustHash(t, "Expm1One", 0xa0944a92156b81af, hashUnary(Expm1One))
	mustHash(t, "Sigmoid1", 0xba4cafce32380736, hashUnary(Sigmoid1))
	mustHash(t, "Tanh1", 0xc78776ec3adbb383, hashUnary(Tanh1))
}

func BenchmarkExp(b *testing.B) { benchmarkUnary(b, -5, 5, Exp, math.Exp) }

func BenchmarkExpm1(b *testing.B) { benchmarkUnary(b, -5, 5, Expm1, math.Expm1) }

func BenchmarkSigmoid(b *testing.B) {
	benchmarkUnary(b, -5, 5, Sigmoid, func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })
}

func BenchmarkTanh(b *testing.B) { benchmarkUnary(b, -5, 5, Tanh, math.Tanh) }
