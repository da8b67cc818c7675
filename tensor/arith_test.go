package tensor

import (
	"fmt"
	"math"
	"testing"
)

// fusedOps are the element-wise methods whose operands have one shape, and what they set z to, or add to
// it.
var fusedOps = []struct {
	name string
	add  bool // to z, if that is not empty
	op   func(z, x, y *Tensor) *Tensor
	f    func(x, y float64) float64
}{
	{"AddScaled", false, func(z, x, y tt) tt { return z.AddScaled(x, 0.3, y) },
		func(x, y float64) float64 { return x + float64(0.3*y) }},
	{"AddScaledDifference", true, func(z, x, y tt) tt { return z.AddScaledDifference(0.3, x, y) },
		func(x, y float64) float64 { return 0.3 * (x - y) }},
	{"AddChain", true, func(z, x, y tt) tt { return z.AddChain(x, y) }, func(x, y float64) float64 {
		if p := x * y; p == p || x != 0 {
			return p
		}
		return 0
	}},
	{"Scale", false, func(z, x, _ tt) tt { return z.Scale(x, 0.3) }, func(x, _ float64) float64 { return 0.3 * x }},
	{"AddScalar", false, func(z, x, _ tt) tt { return z.AddScalar(x, 0.3) }, func(x, _ float64) float64 { return x + 0.3 }},
}

func TestFused(t *testing.T) {
	t.Parallel()
	for _, op := range fusedOps {
		t.Run(op.name, func(t *testing.T) {
			t.Parallel()
			rng := newRand(1)
			for _, shape := range [][]int{{}, {1}, {0}, {7}, {3, 0, 2}, {3, 4}, {2, 1, 3, 1, 2, 2}} {
				for _, fill := range []func() *Tensor{
					func() *Tensor { return reals(rng, shape...) }, func() *Tensor { return special(rng, shape...) },
				} {
					x, y, z := fill(), fill(), fill()
					want, fresh := New(shape...), New(shape...)
					for i := range want.Data() {
						d := op.f(x.Data()[i], y.Data()[i])
						want.Data()[i], fresh.Data()[i] = d, d
						if op.add {
							want.Data()[i] = z.Data()[i] + float64(d)
						}
					}
					mustEqual(t, fmt.Sprint(shape, " into an empty tensor"), op.op(new(Tensor), x, y), fresh)
					mustEqual(t, fmt.Sprint(shape), op.op(z, x, y), want)
				}
			}
		})
	}
}

func TestElementwiseSpecial(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name string
		op   func(z, x, y *Tensor) *Tensor
		x, y float64
		want float64
	}{
		{"∞ − ∞", tt.Sub, inf, inf, nan},
		{"0 · ∞", tt.Mul, 0, inf, nan},
		{"0 · NaN", tt.Mul, 0, nan, nan},
		{"0 / 0", tt.Div, 0, 0, nan},
		{"1 / 0", tt.Div, 1, 0, inf},
		{"max(∞, NaN)", tt.Maximum, inf, nan, nan},
		{"max(NaN, ∞)", tt.Maximum, nan, inf, nan},
		{"min(−∞, NaN)", tt.Minimum, -inf, nan, nan},
		{"max(−0, 0)", tt.Maximum, math.Copysign(0, -1), 0, 0},
		{"min(0, −0)", tt.Minimum, 0, math.Copysign(0, -1), math.Copysign(0, -1)},
		{"NaN to the power of 0", tt.Pow, nan, 0, 1},
		{"1 to the power of NaN", tt.Pow, 1, nan, 1},
		{"a negative number to a power that is not whole", tt.Pow, -8, 1. / 3, nan},
		{"∞ to the power of −2", tt.Pow, inf, -2, 0},
		{"∞ to the power of −1", tt.Pow, inf, -1, 0},
		{"∞ to the power of −½", tt.Pow, inf, -0.5, 0},
		{"−∞ to the power of −1", tt.Pow, -inf, -1, math.Copysign(0, -1)},
		{"−∞ to the power of −2", tt.Pow, -inf, -2, 0},
		{"−∞ to the power of −3", tt.Pow, -inf, -3, math.Copysign(0, -1)},
		{"−∞ to the power of −½", tt.Pow, -inf, -0.5, 0},
		{"−0 to the power of −1", tt.Pow, math.Copysign(0, -1), -1, -inf},
		{"0 to the power of −∞", tt.Pow, 0, -inf, inf},
		{"NaN = NaN", tt.Eq, nan, nan, 0},
		{"NaN ≠ NaN", tt.Ne, nan, nan, 1},
		{"0 ≠ −0", tt.Ne, 0, math.Copysign(0, -1), 0},
		{"∞ > NaN", tt.Gt, inf, nan, 0},
		{"NaN < ∞", tt.Lt, nan, inf, 0},
		{"∞ ≥ ∞", tt.Ge, inf, inf, 1},
		{"1 > 1", tt.Gt, 1, 1, 0},
		{"NaN ≤ NaN", tt.Le, nan, nan, 0},
		{"−0 = 0", tt.Eq, math.Copysign(0, -1), 0, 1},
	} {
		mustEqual(t, c.name, c.op(new(Tensor), Scalar(c.x), Scalar(c.y)), Scalar(c.want))
		mustEqual(t, c.name+" in a vector", c.op(new(Tensor), Full(c.x, 9), Full(c.y, 9)), Full(c.want, 9))
		mustEqual(t, c.name+" with a scalar", c.op(new(Tensor), Full(c.x, 9), Scalar(c.y)), Full(c.want, 9))
	}
}

// TestRowOfDestination checks operands that are parts of the destination.
func TestRowOfDestination(t *testing.T) {
	t.Parallel()
	for _, op := range broadcastOps {
		for row := range 3 {
			x := reals(newRand(1), 3, 4)
			want := op.op(new(Tensor), x, x.Slice(0, row, row+1).Clone())
			got := op.op(x, x, x.Slice(0, row, row+1))
			mustEqual(t, fmt.Sprint(op.name, " row ", row), got, want)

			x = reals(newRand(1), 3, 4)
			element := x.Reshape(12).Slice(0, row, row+1).Reshape()
			want = op.op(new(Tensor), element.Clone(), x)
			mustEqual(t, fmt.Sprint(op.name, " element ", row), op.op(x, element, x), want)
		}
	}
	x := reals(newRand(1), 3, 4)
	for row := range 3 {
		z := x.Clone()
		into := z.Slice(0, row, row+1)
		want := new(Tensor).SumTo(x, 1, 4)
		mustEqual(t, fmt.Sprint("SumTo row ", row), into.SumTo(z, 1, 4), want)
	}
}

func TestArithBits(t *testing.T) {
	t.Parallel()
	rng := newRand(2)
	x, y := reals(rng, 11, 7), reals(rng, 7)
	var results []*Tensor
	for _, op := range broadcastOps[:4] {
		results = append(results, op.op(new(Tensor), x, y))
	}
	mustHash(t, "Add, Sub, Mul, Div", 0xaefc5cac8e7000bb, results...)
	results = nil
	y = reals(rng, 11, 7)
	for _, op := range fusedOps {
		results = append(results, op.op(reals(rng, 11, 7), x, y))
	}
	mustHash(t, "fused", 0x54d76a32c6694fd4, results...)
}

func BenchmarkAdd(b *testing.B) {
	x, y, z := reals(newRand(1), 1e6), reals(newRand(2), 1e6), new(Tensor)
	benchmarkBytes(b, "n=1000000", 3, func() { z.Add(x, y) })
	row := reals(newRand(2), 1000)
	x, z = x.Reshape(1000, 1000), new(Tensor)
	benchmarkBytes(b, "n=1000000/row", 2, func() { z.Add(x, row) })
}

// benchmarkBytes reports the rate at which f goes through arrays of a million elements.
func benchmarkBytes(b *testing.B, name string, arrays int, f func()) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f()
		}
		b.ReportMetric(float64(arrays)*8e6*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GB/s")
	})
}
