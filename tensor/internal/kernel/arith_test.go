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

// kernels2 are the element-wise kernels of two operands, and what they do to one element: z is its value
// before.
var kernels2 = []struct {
	name  string
	loop  func(z, x, y []float64)
	f     func(z, x, y float64) float64
	short bool   // an operand may have one element, which stands for all
	bits  uint64 // the hash of the results, if not 0
}{
	{"Add", Add, func(_, x, y float64) float64 { return x + y }, true, 0x967605d57cdfbf68},
	{"Sub", Sub, func(_, x, y float64) float64 { return x - y }, true, 0x24f89cd3aefe5262},
	{"Mul", Mul, func(_, x, y float64) float64 { return x * y }, true, 0x9033c92551695f59},
	{"Div", Div, func(_, x, y float64) float64 { return x / y }, true, 0x5ebb3e78571e7500},
	{"Chain", Chain, func(_, x, y float64) float64 { return chained(x, y) }, true, 0x9033c92551695f59},
	{"Chain2", Chain2, func(_, x, y float64) float64 {
		if y == 0 {
			return chained(y, x)
		}
		return chained(x, y)
	}, true, 0x9033c92551695f59},
	{"ChainDiv", ChainDiv, func(_, x, y float64) float64 {
		if q := x / y; q == q || x != 0 {
			return q
		}
		return 0
	}, true, 0x5ebb3e78571e7500},
	{"Eq", Eq, func(_, x, y float64) float64 { return b2f(x == y) }, true, 0},
	{"Ne", Ne, func(_, x, y float64) float64 { return b2f(x != y) }, true, 0},
	{"Lt", Lt, func(_, x, y float64) float64 { return b2f(x < y) }, true, 0},
	{"Le", Le, func(_, x, y float64) float64 { return b2f(x <= y) }, true, 0},
	{"Maximum", Maximum, func(_, x, y float64) float64 { return max(x, y) }, true, 0},
	{"Minimum", Minimum, func(_, x, y float64) float64 { return min(x, y) }, true, 0},
	{"Zip", func(z, x, y []float64) { Zip(z, x, y, math.Atan2) }, func(_, x, y float64) float64 { return math.Atan2(x, y) }, true, 0},
	{"Select", func(z, x, y []float64) {
		mask := slices.Clone(x)
		for i, v := range x {
			mask[i] = math.Copysign(0, v)
			if v > 0 {
				mask[i] = 1
			}
		}
		Select(z, mask, y)
	}, func(z, x, y float64) float64 {
		if x > 0 {
			return y
		}
		return z
	}, true, 0},
	{"AddScaled", func(z, x, y []float64) { AddScaled(z, x, 0.3, y) }, func(_, x, y float64) float64 { return x + float64(0.3*y) }, false, 0xa923a66de6eb9188},
	{"Scale", func(z, x, _ []float64) { Scale(z, 0.3, x) }, func(_, x, _ float64) float64 { return 0.3 * x }, false, 0xc09d13c2001fbe86},
	{"ScaledDifference", func(z, x, y []float64) { ScaledDifference(z, 0.3, x, y, false) },
		func(_, x, y float64) float64 { return 0.3 * (x - y) }, false, 0},
	{"ScaledDifference, added", func(z, x, y []float64) { ScaledDifference(z, 0.3, x, y, true) },
		func(z, x, y float64) float64 { return z + float64(0.3*(x-y)) }, false, 0xf6e065f4ae7e812d},
}

func b2f(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}

func TestKernels2(t *testing.T) {
	t.Parallel()
	for _, k := range kernels2 {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			for n := range 103 {
				if n >= 100 {
					n += 8190 // more than one call of an assembly routine handles
				}
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
	if n%10 == 8 {
		for i := range x0 {
			x0[i] = extremes[(i*7+n)%len(extremes)]
		}
		for i := range y0 {
			y0[i] = extremes[(i*i+i+n/10)%len(extremes)]
		}
	}
	of := func(z, x, y []float64) []float64 {
		want := make([]float64, n)
		for i := range want {
			want[i] = f(z[i], x[i*len(x)/n], y[i*len(y)/n])
		}
		return want
	}
	run := func(what string, z, x, y []float64) { // some of them may be the same slice
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
			continue // no hash is recorded
		}
		r := rand.New(rand.NewPCG(3, 1))
		z, x, y := uniformIn(r, 1000, -2, 2), uniformIn(r, 1000, -2, 2), uniformIn(r, 1000, -2, 2)
		k.loop(z, x, y)
		mustHash(t, k.name, k.bits, hashOf(z))
	}
}

func BenchmarkAdd(b *testing.B) {
	for _, n := range []int{1, 4, 12, 1000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			x, y, z := uniformIn(r, n, -1, 1), uniformIn(r, n, -1, 1), make([]float64, n)
			for b.Loop() {
				Add(z, x, y)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
		})
	}
}

func TestFill(t *testing.T) {
	for _, n := range []int{0, 1, 63, 64, 65, 127, 128, 129, 1023, 1024, 1025, 2048, 2112, 5000} {
		z, check := guarded(t, make([]float64, n))
		Fill(z, 3)
		check("Fill")
		mustMatch(t, "Fill", z, slices.Repeat([]float64{3}, n))
	}
}

func TestNotMask(t *testing.T) {
	inf := math.Inf(1)
	negative0 := math.Copysign(0, -1)
	if i := NotMask([]float64{0, 1, negative0, 1, 0}); i != -1 {
		t.Errorf("element %d of a mask is none", i)
	}
	for _, v := range []float64{-1, .5, 2, inf, -inf, math.NaN(), 5e-324, -5e-324, math.Nextafter(1, 0), math.Nextafter(1, 2)} {
		if i := NotMask([]float64{1, 0, v, 1, v}); i != 2 {
			t.Errorf("%v: %d", v, i)
		}
	}
}
