package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// guarded returns n elements, random or as given, with NaN on both sides of them, and
// a function that checks that the NaN are still there.
func guarded(t *testing.T, x []float64) (slice []float64, check func(what string)) {
	const guard = 3
	memory := slices.Repeat([]float64{math.NaN()}, len(x)+2*guard)
	slice = memory[guard : guard+len(x) : guard+len(x)]
	copy(slice, x)
	return slice, func(what string) {
		t.Helper()
		for i := range guard {
			if memory[i] == memory[i] || memory[len(memory)-1-i] == memory[len(memory)-1-i] {
				t.Errorf("%s: written outside of the slice: %v", what, memory)
			}
		}
	}
}

func mustMatch(t *testing.T, what string, got, want []float64) {
	t.Helper()
	for i, w := range want {
		if math.Float64bits(got[i]) != math.Float64bits(w) && (got[i] == got[i] || w == w) {
			t.Fatalf("%s: element %d is %v, want %v", what, i, got[i], w)
		}
	}
}

// kernels2 are the element-wise kernels of two operands, and what they do to one
// element: z is what was there.
var kernels2 = []struct {
	name  string
	loop  func(z, x, y []float64)
	f     func(z, x, y float64) float64
	short bool   // an operand may have one element, which stands for all
	bits  uint64 // the hash of results
}{
	{"Add", Add, func(_, x, y float64) float64 { return x + y }, true, 0x967605d57cdfbf68},
	{"Sub", Sub, func(_, x, y float64) float64 { return x - y }, true, 0x24f89cd3aefe5262},
	{"Mul", Mul, func(_, x, y float64) float64 { return x * y }, true, 0x9033c92551695f59},
	{"Div", Div, func(_, x, y float64) float64 { return x / y }, true, 0x5ebb3e78571e7500},
	{"Zip", func(z, x, y []float64) { Zip(z, x, y, math.Atan2) }, func(_, x, y float64) float64 { return math.Atan2(x, y) }, true, 0},
	{"AddScaled", func(z, x, y []float64) { AddScaled(z, x, 0.3, y) }, func(_, x, y float64) float64 { return x + float64(0.3*y) }, false, 0xa923a66de6eb9188},
	{"Scale", func(z, x, _ []float64) { Scale(z, 0.3, x) }, func(_, x, _ float64) float64 { return 0.3 * x }, false, 0xc09d13c2001fbe86},
	{"SigmoidVJP", setVJP(SigmoidVJP), func(_, dy, y float64) float64 { return product(dy, y*(1-y)) }, false, 0xee7631a47ae53fef},
	{"SigmoidVJP, adding", addVJP(SigmoidVJP), func(z, dy, y float64) float64 { return z + product(dy, y*(1-y)) }, false, 0x23df8b72bdc1e634},
	{"TanhVJP", setVJP(TanhVJP), func(_, dy, y float64) float64 { return product(dy, 1-float64(y*y)) }, false, 0xa5d674b16c96c0b2},
	{"TanhVJP, adding", addVJP(TanhVJP), func(z, dy, y float64) float64 { return z + product(dy, 1-float64(y*y)) }, false, 0x2bfc16dfaa4a4efb},
	{"ExpVJP", setVJP(ExpVJP), func(_, dy, y float64) float64 { return product(dy, y) }, false, 0x9033c92551695f59},
	{"ExpVJP, adding", addVJP(ExpVJP), func(z, dy, y float64) float64 { return z + product(dy, y) }, false, 0x804080442354cc5a},
	{"SquareVJP", setVJP(SquareVJP), func(_, dy, x float64) float64 { return product(dy, 2*x) }, false, 0xef00ad5e374cc120},
	{"SquareVJP, adding", addVJP(SquareVJP), func(z, dy, x float64) float64 { return z + product(dy, 2*x) }, false, 0x4cac10615f518d0a},
	{"ReLUVJP", setVJP(ReLUVJP), func(_, dy, x float64) float64 { return product(dy, step(x)) }, false, 0x990b2f4a333bdcdf},
	{"ReLUVJP, adding", addVJP(ReLUVJP), func(z, dy, x float64) float64 { return z + product(dy, step(x)) }, false, 0xede650c0c579e134},
	{"ScaledDifference", func(z, x, y []float64) { ScaledDifference(z, 0.3, x, y, false) },
		func(_, x, y float64) float64 { return 0.3 * (x - y) }, false, 0x7862fb4d1b620128},
	{"ScaledDifference, adding", func(z, x, y []float64) { ScaledDifference(z, 0.3, x, y, true) },
		func(z, x, y float64) float64 { return z + float64(0.3*(x-y)) }, false, 0xf6e065f4ae7e812d},
}

// setVJP and addVJP make kernels of two operands of one whose x and y are the same.
func setVJP(f func(dx, dy, x, y []float64, add bool)) func(z, x, y []float64) {
	return func(z, dy, x []float64) { f(z, dy, x, x, false) }
}

func addVJP(f func(dx, dy, x, y []float64, add bool)) func(z, x, y []float64) {
	return func(z, dy, x []float64) { f(z, dy, x, x, true) }
}

// product is dy·slope, but 0 where dy is 0 and the product NaN.
func product(dy, slope float64) float64 {
	if p := float64(dy * slope); p == p || dy != 0 {
		return p
	}
	return 0
}

func step(x float64) float64 {
	if x > 0 {
		return 1
	}
	return 0
}

// Where no gradient comes in none goes out, whatever the slope; elsewhere NaN and ∞ are as they are.
func TestVJPsAtEdges(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	negative := math.Copysign(0, -1)
	values := []float64{0, negative, 1, -1, 5e-324, inf, -inf, nan, 1e300, -1e-300}
	for _, k := range kernels2[6:] {
		for _, dy := range values {
			for _, v := range values {
				z := []float64{.5}
				k.loop(z, []float64{dy}, []float64{v})
				mustMatch(t, fmt.Sprint(k.name, " of ", dy, " and ", v), z, []float64{k.f(.5, dy, v)})
			}
		}
	}
	dx := []float64{9, 9, 9}
	ReLUVJP(dx, []float64{2, 0, 3}, []float64{nan, inf, 1}, nil, false)
	mustMatch(t, "the gradient of ReLU at NaN is 0", dx, []float64{0, 0, 3})
}

func TestKernels2(t *testing.T) {
	t.Parallel()
	for _, k := range kernels2 {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for n := range 100 {
				for _, lengths := range [][2]int{{n, n}, {n, 1}, {1, n}} {
					if k.short && n > 0 || lengths == [2]int{n, n} {
						checkKernel2(t, k.loop, k.f, n, lengths[0], lengths[1])
					}
				}
			}
		})
	}
}

func checkKernel2(t *testing.T, loop func(z, x, y []float64), f func(z, x, y float64) float64, n, nx, ny int) {
	t.Helper()
	what := fmt.Sprintf("%d of %d and %d", n, nx, ny)
	r := rand.New(rand.NewPCG(uint64(n), 1))
	z0, x0, y0 := uniformIn(r, n, -2, 2), uniformIn(r, nx, -2, 2), uniformIn(r, ny, -2, 2)
	if n%10 == 9 {
		x0[nx/2], y0[ny/3] = math.NaN(), math.Inf(1)
	}
	of := func(z, x, y []float64) []float64 {
		want := make([]float64, n)
		for i := range want {
			want[i] = f(z[i], x[i*len(x)/n], y[i*len(y)/n])
		}
		return want
	}
	run := func(what string, z, x, y []float64) { // some of which are the same slice
		t.Helper()
		want, xBefore, yBefore := of(z, x, y), slices.Clone(x), slices.Clone(y)
		loop(z, x, y)
		mustMatch(t, what, z, want)
		if n > 0 && &x[0] != &z[0] {
			mustMatch(t, what+": x afterwards", x, xBefore)
		}
		if n > 0 && &y[0] != &z[0] {
			mustMatch(t, what+": y afterwards", y, yBefore)
		}
	}
	fresh := func() (z, x, y []float64, check func(what string)) {
		z, checkZ := guarded(t, z0)
		x, checkX := guarded(t, x0)
		y, checkY := guarded(t, y0)
		return z, x, y, func(what string) { t.Helper(); checkZ(what); checkX(what); checkY(what) }
	}
	z, x, y, check := fresh()
	run(what, z, x, y)
	check(what)
	if nx == n {
		_, x, y, check := fresh()
		run(what+", z is x", x, x, y)
		check(what)
	}
	if ny == n {
		_, x, y, check := fresh()
		run(what+", z is y", y, x, y)
		check(what)
	}
	if nx == n && ny == n {
		z, x, _, check := fresh()
		run(what+", x is y", z, x, x)
		run(what+", all are one", x, x, x)
		check(what)
	}
}

func TestArithBits(t *testing.T) {
	t.Parallel()
	for _, k := range kernels2 {
		if k.bits == 0 {
			continue // Zip does what the caller says
		}
		r := rand.New(rand.NewPCG(3, 1))
		z, x, y := uniformIn(r, 1000, -2, 2), uniformIn(r, 1000, -2, 2), uniformIn(r, 1000, -2, 2)
		k.loop(z, x, y)
		mustHash(t, k.name, k.bits, hashOf(z))
	}
}
