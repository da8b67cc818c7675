package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/tensor/internal/kernel"
)

// reductions are the methods that fold axes, and how they do it: from start, one element after another.
var reductions = []struct {
	name  string
	op    func(z, x *Tensor, axes ...int) *Tensor
	start float64
	f     func(x, y float64) float64
	some  bool // there must be elements
}{
	{"Sum", tt.Sum, 0, func(x, y float64) float64 { return x + y }, false},
	{"Mean", tt.Mean, 0, func(x, y float64) float64 { return x + y }, false},
	{"Max", tt.Max, math.Inf(-1), func(x, y float64) float64 { return choose(x, y, x > y || x == y && !math.Signbit(x)) }, true},
	{"Min", tt.Min, math.Inf(1), func(x, y float64) float64 { return choose(x, y, x < y || x == y && math.Signbit(x)) }, true},
}

// specialSums returns special numbers whose sums do not depend on the order.
func specialSums(rng *rand.Rand, shape ...int) *Tensor {
	return New(shape...).Map(special(rng, shape...), func(v float64) float64 {
		if a := math.Abs(v); a == math.MaxFloat64 || a == 5e-324 {
			return 4
		}
		return v
	})
}

// randomAxes returns some of the axes, in any order, some of them counted from the end.
func randomAxes(rank int, random func(n int) int) []int {
	var axes []int
	for a := range rank {
		if random(2) == 0 {
			axes = slices.Insert(axes, random(len(axes)+1), a-rank*random(2))
		}
	}
	return axes
}

// checkReductions checks every reduction of x over the axes against the definition.
func checkReductions(t *testing.T, x *Tensor, axes []int) {
	t.Helper()
	gone := make([]bool, x.Rank())
	count := 1
	for a, d := range x.Shape() {
		gone[a] = len(axes) == 0 || slices.Contains(axes, a) || slices.Contains(axes, a-x.Rank())
		if gone[a] {
			count *= d
		}
	}
	keep := func(of []int) []int {
		kept := []int{}
		for a, v := range of {
			if !gone[a] {
				kept = append(kept, v)
			}
		}
		return kept
	}
	for _, r := range reductions {
		if r.some && count == 0 {
			mustPanic(t, fmt.Sprintf("tensor: %s: shape %v has no elements over the axes %v", r.name, x.Shape(), axes),
				func() { r.op(new(Tensor), x, axes...) })
			continue
		}
		want := Full(r.start, keep(x.Shape())...)
		indices(x.Shape(), func(index []int) {
			at := keep(index)
			want.SetAt(r.f(want.At(at...), x.At(index...)), at...)
		})
		if r.name == "Mean" {
			want.Div(want, Scalar(float64(count)))
		}
		got := r.op(new(Tensor), x, axes...)
		mustEqual(t, fmt.Sprint(r.name, x.Shape(), axes), got.AddScalar(got, 0), want.AddScalar(want, 0)) // −0 is 0
	}
	if got := x.Count(axes...); got != count {
		t.Errorf("Count%v of %v = %d, want %d", axes, x.Shape(), got, count)
	}
}

// checkArgMax checks ArgMax along every axis of x.
func checkArgMax(t *testing.T, x *Tensor) {
	t.Helper()
	for a := range x.Rank() {
		axis := a - x.Rank()*(a%2)
		if x.Dim(a) == 0 {
			mustPanic(t, fmt.Sprintf("tensor: ArgMax: shape %v has no elements along axis %d", x.Shape(), axis),
				func() { new(Tensor).ArgMax(x, axis) })
			continue
		}
		want := naiveFill(slices.Delete(x.Shape(), a, a+1), func(index []int) float64 {
			best := 0
			for i := range x.Dim(a) {
				v, b := x.At(slices.Insert(slices.Clone(index), a, i)...), x.At(slices.Insert(slices.Clone(index), a, best)...)
				if v > b || math.IsNaN(v) && !math.IsNaN(b) {
					best = i
				}
			}
			return float64(best)
		})
		mustEqual(t, fmt.Sprint("ArgMax", x.Shape(), axis), new(Tensor).ArgMax(x, axis), want)
	}
}

func TestReductions(t *testing.T) {
	t.Parallel()
	rng := newRand(1)
	for i := range 600 {
		x := whole(rng, randomShape(rng, 6)...)
		if i%3 == 0 {
			x = specialSums(rng, x.Shape()...)
		}
		checkReductions(t, x, randomAxes(x.Rank(), rng.IntN))
		checkArgMax(t, x)
	}
}

func TestReduceEdges(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	vector := func(v ...float64) *Tensor { return FromSlice(v, len(v)) }
	for _, c := range []struct {
		name      string
		got, want *Tensor
	}{
		{"sum of no elements", new(Tensor).Sum(New(0)), Scalar(0)},
		{"sum over an empty axis", new(Tensor).Sum(New(2, 0), 1), New(2)},
		{"sum beside an empty axis", new(Tensor).Sum(New(2, 0), 0), New(0)},
		{"mean of no elements", new(Tensor).Mean(New(0)), Scalar(nan)},
		{"mean over an empty axis", new(Tensor).Mean(New(2, 0), 1), Full(nan, 2)},
		{"max beside an empty axis", new(Tensor).Max(New(0, 3), 1), New(0)},
		{"sum of a scalar", new(Tensor).Sum(Scalar(3)), Scalar(3)},
		{"sum of −0 alone", new(Tensor).Sum(Scalar(math.Copysign(0, -1))), Scalar(math.Copysign(0, -1))},
		{"sum of infinities", new(Tensor).Sum(vector(inf, 1, -inf)), Scalar(nan)},
		{"max, NaN before +Inf", new(Tensor).Max(vector(nan, inf)), Scalar(nan)},
		{"max, NaN after +Inf", new(Tensor).Max(vector(inf, nan, 1)), Scalar(nan)},
		{"min, NaN after −Inf", new(Tensor).Min(vector(-inf, nan)), Scalar(nan)},
		{"max of −Inf", new(Tensor).Max(vector(-inf, -inf)), Scalar(-inf)},
		{"argmax of a tie", new(Tensor).ArgMax(vector(1, 3, 3), 0), Scalar(1)},
		{"argmax, first NaN", new(Tensor).ArgMax(vector(inf, nan, nan), 0), Scalar(1)},
		{"argmax of −Inf", new(Tensor).ArgMax(vector(-inf, -inf), 0), Scalar(0)},
		{"squared error", new(Tensor).SquaredError(vector(1, 2, 5), vector(1, 4, 4)), Scalar(2.5)},
		{"squared error of nothing", new(Tensor).SquaredError(New(0), New(0)), Scalar(0)},
		{"squared error of scalars", new(Tensor).SquaredError(Scalar(1), Scalar(4)), Scalar(4.5)},
		{"squared error of equal infinities", new(Tensor).SquaredError(vector(inf, 0), vector(inf, 0)), Scalar(nan)},
	} {
		mustEqual(t, c.name, c.got, c.want)
	}
}

// naiveSumTo returns x, summed to a shape that broadcasts to x's.
func naiveSumTo(x *Tensor, shape []int) *Tensor {
	z := New(shape...)
	indices(x.Shape(), func(index []int) {
		own := slices.Clone(index[len(index)-len(shape):])
		for a, d := range shape {
			if d == 1 {
				own[a] = 0
			}
		}
		z.SetAt(z.At(own...)+x.At(index...), own...)
	})
	return z
}

func TestSumTo(t *testing.T) {
	t.Parallel()
	rng := newRand(2)
	for range 600 {
		from := randomShape(rng, 6)
		to := repeated(rng, from)
		x := whole(rng, from...)
		want := naiveSumTo(x, to)
		mustEqual(t, fmt.Sprint("SumTo", from, to), new(Tensor).SumTo(x, to...), want)
	}
}

// TestSumOrder checks in which order sums are taken: what is contiguous in lanes, and
// rows one after another.
func TestSumOrder(t *testing.T) {
	t.Parallel()
	x := reals(newRand(3), 37, 53)
	all := Scalar(kernel.Sum(x.Data()))
	mustEqual(t, "all", new(Tensor).Sum(x), all)
	mustEqual(t, "all, named", new(Tensor).Sum(x, 1, 0), all)
	mustEqual(t, "a vector's only axis", new(Tensor).Sum(x.Reshape(-1), 0), all)
	mustEqual(t, "to one element", new(Tensor).SumTo(x.Reshape(-1, 1), 1).Reshape(), all)

	rows, columns := New(37), New(53)
	for i := range 37 {
		rows.SetAt(kernel.Sum(x.Slice(0, i, i+1).Data()), i)
		columns.Add(columns, x.Slice(0, i, i+1).Reshape(53))
	}
	mustEqual(t, "rows", new(Tensor).Sum(x, 1), rows)
	cube := reals(newRand(3), 2, 37, 53)
	blocks := FromSlice([]float64{kernel.Sum(cube.Data()[:37*53]), kernel.Sum(cube.Data()[37*53:])}, 2)
	mustEqual(t, "blocks of rows", new(Tensor).Sum(cube, 1, 2), blocks)
	mustEqual(t, "columns", new(Tensor).Sum(x, 0), columns)
	mustEqual(t, "columns by SumTo", new(Tensor).SumTo(x, 1, 53).Reshape(53), columns)
}

func TestReduceBits(t *testing.T) {
	t.Parallel()
	x, y := reals(newRand(4), 7, 5, 11, 3), reals(newRand(5), 7, 5, 11, 3)
	mustHash(t, "Sum", 0xdec7356e658c7415, new(Tensor).Sum(x), new(Tensor).Sum(x, 0), new(Tensor).Sum(x, -1), new(Tensor).Sum(x, 1, 2),
		new(Tensor).Sum(x, 0, 2), new(Tensor).Sum(x, 1, 3))
	mustHash(t, "SumTo", 0xdb8005c28032c2fb, new(Tensor).SumTo(x, 5, 1, 3), new(Tensor).SumTo(x, 7, 1, 11, 1), new(Tensor).SumTo(x, 1))
	mustHash(t, "Mean", 0x12390a84d9be0b44, new(Tensor).Mean(x, 0, 1), new(Tensor).Mean(x))
	mustHash(t, "SquaredError", 0x495aa0878637ddc9, new(Tensor).SquaredError(x, y))
}

func FuzzReduce(f *testing.F) {
	f.Add([]byte{2, 3, 1}, uint16(1), uint64(1))
	f.Add([]byte{3, 3, 2, 1, 2, 3}, uint16(0b101101), uint64(2))
	f.Add([]byte{0, 2}, uint16(2), uint64(3))
	f.Add([]byte{}, uint16(0), uint64(4))
	f.Fuzz(func(t *testing.T, data []byte, axes uint16, seed uint64) {
		shape, _ := shapesFrom(data)
		rng := newRand(seed)
		x := whole(rng, shape...)
		if seed%4 == 0 {
			x = specialSums(rng, shape...)
		}
		checkReductions(t, x, randomAxes(len(shape), func(n int) int {
			axes = axes>>1 | axes<<15
			return int(axes) % n
		}))
		checkArgMax(t, x)
	})
}

func BenchmarkSum(b *testing.B) {
	x, z := reals(newRand(1), 1000, 1000), new(Tensor)
	benchmarkBytes(b, "n=1000000", 1, func() { z.Clear(); z.Sum(x) })
	benchmarkBytes(b, "n=1000000/axis=0", 1, func() { z.Clear(); z.Sum(x, 0) })
	benchmarkBytes(b, "n=1000000/axis=1", 1, func() { z.Clear(); z.Sum(x, 1) })
}
