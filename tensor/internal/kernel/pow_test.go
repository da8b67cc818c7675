package kernel

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
)

// bigPow returns xʸ for a finite x > 0.
func bigPow(x, y float64) *big.Float {
	l := bigLog(x)
	return bigExp(l.Mul(l, bigFloat(y)))
}

func TestLogPair(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(8, 1))
	xs := append(uniformIn(rnd, 1000, 0.5, 2), uniformIn(rnd, 500, 0.999, 1.001)...)
	for _, x := range append(xs, log2UniformIn(rnd, 500, -1074, 1024)...) {
		hi, lo := logPair(x)
		if hi+lo != hi {
			t.Errorf("logPair(%v) = %v, %v, which overlap", x, hi, lo)
		}
		want := bigLog(x)
		got := new(big.Float).Add(bigFloat(hi), bigFloat(lo))
		got.Sub(got, want)
		if e, _ := got.Quo(got, want).Float64(); math.Abs(e) > 0x1p-61 {
			t.Errorf("logPair(%v) = %v, %v, with a relative error of 2^%.1f", x, hi, lo, math.Log2(math.Abs(e)))
		}
	}
}

func TestPowAccuracy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(9, 1))
	near1, wide := uniformIn(rnd, 1500, 0.5, 2), log2UniformIn(rnd, 1500, -1074, 1024)
	for _, c := range []struct {
		name     string
		x        []float64
		exponent float64 // the largest |y·ln x|
		limit    float64
	}{
		{"small exponents, x near 1", near1, 1, 0.55},
		{"small exponents, any x", wide, 1, 0.55},
		{"exponents up to 50, x near 1", near1, 50, 0.7},
		{"all exponents, x near 1", near1, 709.7, 1.8},
		{"all exponents, any x", wide, 745.1, 1},
	} {
		y := map[float64]float64{}
		for _, x := range c.x {
			y[x] = (2*rnd.Float64() - 1) * c.exponent / Log1(x)
		}
		worstULP(t, c.name, c.x, c.limit,
			func(x float64) float64 { return Pow1(x, y[x]) },
			func(x float64) *big.Float { return bigPow(x, y[x]) })
	}
}

// TestPowSimple checks the exponents for which Pow1 has the bits of a plain expression.
func TestPowSimple(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(10, 1))
	for _, x := range append(hashInputs(rnd, 2000), -8, -2, -0.5) {
		mustBits(t, "Pow1(x, 0)", x, Pow1(x, 0), 1)
		mustBits(t, "Pow1(x, 1)", x, Pow1(x, 1), x)
		mustBits(t, "Pow1(x, 2)", x, Pow1(x, 2), x*x)
		mustBits(t, "Pow1(x, 3)", x, Pow1(x, 3), x*x*x)
		mustBits(t, "Pow1(x, -1)", x, Pow1(x, -1), 1/x)
		mustBits(t, "Pow1(x, 0.5)", x, Pow1(x, 0.5), math.Pow(x, 0.5)) // √x but for −0 and −Inf
	}
}

// TestPowGrid checks that the result has the bits of math.Pow where that has nothing to round, and
// elsewhere, unless it overflows or vanishes, is within an ulp of the exact one.
func TestPowGrid(t *testing.T) {
	t.Parallel()
	values := []float64{
		0, 5e-324, 0x1p-1022, 0x1p-52, 0.25, 0.5, 1 - 0x1p-53, 1, 1 + 0x1p-52, 1.5, 2, 2.5, 3, 4, 7, 101,
		1024, 1074, 1075, 0x1p53 - 1, 0x1p53, 0x1p53 + 2, 0x1p63, 0x1p64, 1e300, math.MaxFloat64, math.Inf(1),
	}
	for _, v := range values {
		values = append(values, -v)
	}
	values = append(values, math.NaN())
	exact := func(x float64) bool { return x-x != 0 || x == 0 || math.Abs(x) == 1 }
	for _, x := range values {
		for _, y := range values {
			got, want := Pow1(x, y), math.Pow(x, y)
			if exact(x) || exact(y) || math.IsNaN(want) {
				mustBits(t, fmt.Sprint("Pow1(x, y) with y = ", y), x, got, want)
				continue
			}
			if math.Signbit(got) != math.Signbit(want) {
				t.Errorf("Pow1(%v, %v) = %v, want the sign of %v", x, y, got, want)
			}
			switch got, e := math.Abs(got), y*Log1(math.Abs(x)); {
			case e > 709.8 && !math.IsInf(got, 1), e < -745.2 && got != 0:
				t.Errorf("Pow1(%v, %v) = ±%v, want ±exp(%v)", x, y, got, e)
			case math.Abs(e) < 709.7:
				if u := ulps(got, bigPow(math.Abs(x), y)); u > 1 {
					t.Errorf("Pow1(%v, %v) = ±%v, which is %.4f ulp off", x, y, got, u)
				}
			}
		}
	}
}

func TestPowOfNegative(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(11, 1))
	for _, x := range log2UniformIn(rnd, 500, -10, 10) {
		n := float64(rnd.IntN(50) - 25)
		mustBits(t, "Pow1(-x, 2n)", x, Pow1(-x, 2*n), Pow1(x, 2*n))
		mustBits(t, "Pow1(-x, 2n+1)", x, Pow1(-x, 2*n+1), -Pow1(x, 2*n+1))
		mustBits(t, "Pow1(-x, n+1/4)", x, Pow1(-x, n+0.25), math.NaN())
	}
}

func TestPowSlices(t *testing.T) {
	t.Parallel()
	for n := range 10 {
		x, y := uniformIn(rand.New(rand.NewPCG(12, 1)), n, 0, 10), uniformIn(rand.New(rand.NewPCG(13, 1)), n, -3, 3)
		z, inX, inY := make([]float64, n), append([]float64(nil), x...), append([]float64(nil), y...)
		Pow(z, x, y)
		Pow(inX, inX, y)
		Pow(inY, x, inY)
		for i := range x {
			want := Pow1(x[i], y[i])
			mustBits(t, "Pow", x[i], z[i], want)
			mustBits(t, "Pow into x", x[i], inX[i], want)
			mustBits(t, "Pow into y", x[i], inY[i], want)
		}
	}
}

// One exponent for all elements is used for each.
func TestPowSlicesOfOneExponent(t *testing.T) {
	t.Parallel()
	x := hashInputs(rand.New(rand.NewPCG(15, 1)), 200)
	for _, y := range []float64{0, .5, 1, 2, 3, -1, -2, 2.5, math.Inf(1), math.NaN()} {
		for _, x := range [][]float64{x, x[:5], x[:1], nil} {
			z, inX := make([]float64, len(x)), slices.Clone(x)
			Pow(z, x, []float64{y})
			Pow(inX, inX, []float64{y})
			for i, v := range x {
				mustBits(t, fmt.Sprint("Pow to the ", y), v, z[i], Pow1(v, y))
				mustBits(t, fmt.Sprint("Pow into x to the ", y), v, inX[i], Pow1(v, y))
			}
		}
	}
}

func TestPowBits(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(14, 1))
	ys := append(append(hashInputs(rnd, 3000), uniformIn(rnd, 9000, -20, 20)...), 0.5, 1, 2, 3, -1)
	i := 0
	mustHash(t, "Pow1", 0xc9cfc8adfb448652, hashUnary(func(x float64) float64 {
		i++
		return Pow1(x, ys[i%len(ys)])
	}))
}

func BenchmarkPow(b *testing.B) {
	y := make([]float64, 1000)
	for i := range y {
		y[i] = 1.7
	}
	benchmarkUnary(b, 0.01, 100,
		func(z, x []float64) { Pow(z, x, y[:len(x)]) },
		func(x float64) float64 { return math.Pow(x, 1.7) })
}
