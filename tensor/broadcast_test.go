package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/tensor/internal/kernel"
)

// broadcastOps are the element-wise methods of two operands, and what they do to two numbers.
var broadcastOps = []struct {
	name string
	op   func(z, x, y *Tensor) *Tensor
	f    func(x, y float64) float64
}{
	{"Add", tt.Add, func(x, y float64) float64 { return x + y }},
	{"Sub", tt.Sub, func(x, y float64) float64 { return x - y }},
	{"Mul", tt.Mul, func(x, y float64) float64 { return x * y }},
	{"Div", tt.Div, func(x, y float64) float64 { return x / y }},
	{"Pow", tt.Pow, kernel.Pow1},
	{"Maximum", tt.Maximum, func(x, y float64) float64 { return choose(x, y, x > y || x == y && !math.Signbit(x)) }},
	{"Minimum", tt.Minimum, func(x, y float64) float64 { return choose(x, y, x < y || x == y && math.Signbit(x)) }},
	{"Eq", tt.Eq, func(x, y float64) float64 { return truth(x == y) }},
	{"Ne", tt.Ne, func(x, y float64) float64 { return truth(x != y) }},
	{"Lt", tt.Lt, func(x, y float64) float64 { return truth(x < y) }},
	{"Le", tt.Le, func(x, y float64) float64 { return truth(x <= y) }},
	{"Gt", tt.Gt, func(x, y float64) float64 { return truth(x > y) }},
	{"Ge", tt.Ge, func(x, y float64) float64 { return truth(x >= y) }},
}

// choose returns x if first is true, otherwise y, but NaN if x or y is.
func choose(x, y float64, first bool) float64 {
	switch {
	case x != x || y != y:
		return math.NaN()
	case first:
		return x
	}
	return y
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// shapePairs are pairs of shapes that broadcast.
var shapePairs = []struct {
	name string
	x, y []int
}{
	{"scalars", nil, nil},
	{"scalar and vector", nil, []int{3}},
	{"vector and one element", []int{4}, []int{1}},
	{"one element of more axes", []int{4}, []int{1, 1, 1}},
	{"one element with an empty axis", []int{1}, []int{0}},
	{"scalar and empty", nil, []int{2, 0}},
	{"empty axis repeats", []int{1, 3}, []int{0, 1}},
	{"row", []int{2, 3}, []int{3}},
	{"column", []int{2, 3}, []int{2, 1}},
	{"outer", []int{4, 1}, []int{1, 3}},
	{"axes that merge", []int{2, 3, 4, 5}, []int{4, 5}},
	{"axes that merge on both sides", []int{2, 3, 1, 1, 4, 2}, []int{1, 1, 3, 2, 1, 1}},
	{"axes that do not merge", []int{2, 1, 3, 1, 2}, []int{1, 4, 1, 5, 1}},
	{"middle axis repeats", []int{2, 3, 4}, []int{2, 1, 4}},
	{"ones at the end", []int{3, 1, 1}, []int{2, 1, 4, 1}},
	{"six axes", []int{2, 3, 1, 2, 1, 2}, []int{1, 3, 2, 1, 3, 2}},
	{"seven axes and a scalar", []int{2, 1, 2, 1, 2, 1, 2}, nil},
}

func TestBroadcast(t *testing.T) {
	t.Parallel()
	for _, pair := range shapePairs {
		t.Run(pair.name, func(t *testing.T) {
			t.Parallel()
			checkBroadcast(t, pair.x, pair.y, 1)
			checkBroadcast(t, pair.y, pair.x, 2)
		})
	}
	t.Run("random", func(t *testing.T) {
		t.Parallel()
		rng := newRand(1)
		for seed := range 300 {
			shape := randomShape(rng, 6)
			checkBroadcast(t, repeated(rng, shape), repeated(rng, shape), uint64(seed))
		}
	})
}

// checkBroadcast checks every op on operands of these shapes, which need not fit.
func checkBroadcast(t *testing.T, xs, ys []int, seed uint64) {
	t.Helper()
	rng := newRand(seed)
	shape, fits := naiveBroadcast(xs, ys)
	for i, op := range broadcastOps {
		x, y := reals(rng, xs...), whole(rng, ys...)
		if i%2 == int(seed)%2 {
			x, y = special(rng, xs...), special(rng, ys...)
		}
		x0, y0 := x.Clone(), y.Clone()
		if !fits {
			mustPanic(t, fmt.Sprintf("tensor: %s: shapes do not broadcast: %v and %v", op.name, x.Shape(), y.Shape()),
				func() { op.op(new(Tensor), x, y) })
			continue
		}
		want := naiveFill(shape, func(index []int) float64 { return op.f(naiveAt(x, index), naiveAt(y, index)) })
		what := fmt.Sprint(op.name, xs, ys)
		mustEqual(t, what, op.op(new(Tensor), x, y), want)
		mustEqual(t, what+" into a tensor", op.op(Full(math.NaN(), shape...), x, y), want)
		mustEqual(t, what+" x afterwards", x, x0)
		mustEqual(t, what+" y afterwards", y, y0)
		if slices.Equal(xs, shape) {
			mustEqual(t, what+" in place of x", op.op(x, x, y), want)
		} else {
			mustPanic(t, fmt.Sprintf("tensor: %s: destination has shape %v, result has %v", op.name, x.Shape(), shape),
				func() { op.op(x, x, y) })
		}
		if slices.Equal(ys, shape) {
			mustEqual(t, what+" in place of y", op.op(y, x0, y), want)
		}
	}
}

func TestBroadcasts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		x, y *Tensor
		want bool
	}{
		{New(3), New(2, 3), true},
		{New(2, 1), New(2, 3), true},
		{New(), New(0), true},
		{New(1), New(), false},
		{New(2), New(2, 3), false},
		{New(2, 3), New(3), false},
		{New(0), New(1), false},
		{new(Tensor), New(2), false},
		{New(), new(Tensor), false},
		{New(2), new(Tensor), false},
		{new(Tensor), new(Tensor), false},
		{nil, New(2), false},
		{New(2), nil, false},
	} {
		if got := Broadcasts(c.x, c.y); got != c.want {
			t.Errorf("Broadcasts(%v, %v) = %v", c.x.Shape(), c.y.Shape(), got)
		}
	}
}

func TestBroadcastTo(t *testing.T) {
	t.Parallel()
	rng := newRand(2)
	for range 500 {
		to := randomShape(rng, 6)
		x := reals(rng, repeated(rng, to)...)
		want := naiveFill(to, func(index []int) float64 { return naiveAt(x, index) })
		mustEqual(t, fmt.Sprint(x.Shape(), " to ", to), new(Tensor).BroadcastTo(x, to...), want)
	}
}

func TestWhere(t *testing.T) {
	t.Parallel()
	rng := newRand(3)
	for range 500 {
		shape := randomShape(rng, 5)
		mask := whole(rng, repeated(rng, shape)...)
		mask.Gt(mask, Scalar(0))
		x, y := special(rng, repeated(rng, shape)...), special(rng, repeated(rng, shape)...)
		both, _ := naiveBroadcast(x.Shape(), y.Shape())
		shape, _ = naiveBroadcast(mask.Shape(), both)
		want := naiveFill(shape, func(index []int) float64 {
			if naiveAt(mask, index) == 1 {
				return naiveAt(x, index)
			}
			return naiveAt(y, index)
		})
		mustEqual(t, fmt.Sprint(mask.Shape(), x.Shape(), y.Shape()), new(Tensor).Where(mask, x, y), want)
	}
}

// shapesFrom reads two shapes of up to six axes, of lengths 0 to 3, from bytes.
func shapesFrom(data []byte) (x, y []int) {
	for i, b := range data {
		if i == 12 {
			break
		}
		if b&0x80 == 0 {
			x = append(x, int(b&3))
		} else {
			y = append(y, int(b&3))
		}
	}
	return x[:min(len(x), 6)], y[:min(len(y), 6)]
}

func FuzzBroadcast(f *testing.F) {
	f.Add([]byte{2, 3, 0x81, 0x83}, uint64(1))
	f.Add([]byte{2, 1, 3, 1, 2, 0x81, 0x83, 0x81, 0x82, 0x81}, uint64(2))
	f.Add([]byte{0, 1, 0x81, 0x80}, uint64(3))
	f.Add([]byte{3, 0x82}, uint64(4))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		x, y := shapesFrom(data)
		checkBroadcast(t, x, y, seed)
	})
}

func TestOverlapping(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(16, 1))
	memory := make([]float64, 60)
	some := func() (list []*Tensor) {
		for range rng.IntN(5) {
			from, n := rng.IntN(len(memory)-4), rng.IntN(5)
			list = append(list, FromSlice(memory[from:from+n], n))
		}
		return list
	}
	found := 0
	for range 20_000 {
		xs, others := some(), some()
		overlaps := func(i int) bool {
			return slices.ContainsFunc(slices.Concat(xs[:i], xs[i+1:], others), xs[i].SharesMemory)
		}
		shared := false
		for i := range xs {
			shared = shared || overlaps(i)
		}
		switch i := Overlapping(xs, others); {
		case (i != -1) != shared, i >= 0 && !overlaps(i):
			t.Fatalf("%v, %v: %d", xs, others, i)
		case shared:
			found++
		}
	}
	if found < 1000 || found > 19_000 {
		t.Errorf("%d overlap", found)
	}
}
