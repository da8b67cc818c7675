package tensor

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// mustPanic checks that f panics with an *Error of exactly this text.
func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		switch e := recover().(type) {
		case nil:
			t.Errorf("no panic, want %q", want)
		case *Error:
			if e.Error() != want {
				t.Errorf("panic %q,\n want %q", e.Error(), want)
			}
		default:
			t.Errorf("panic %v, want *Error %q", e, want)
		}
	}()
	f()
}

// sameBits reports whether x and y have the same shape and the same elements, bit for bit; any NaN is as
// good as any other.
func sameBits(x, y *Tensor) bool {
	return slices.Equal(x.Shape(), y.Shape()) && x.IsEmpty() == y.IsEmpty() &&
		slices.EqualFunc(x.Data(), y.Data(), func(v, w float64) bool {
			return math.Float64bits(v) == math.Float64bits(w) || v != v && w != w
		})
}

func mustEqual(t *testing.T, what string, got, want *Tensor) {
	t.Helper()
	if !sameBits(got, want) {
		t.Errorf("%s: got %v\n%v\nwant %v\n%v", what, got.Shape(), got, want.Shape(), want)
	}
}

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// whole returns a tensor of whole numbers from −8 to 8, whose sums have no rounding.
func whole(rng *rand.Rand, shape ...int) *Tensor {
	return New(shape...).Map(New(shape...), func(float64) float64 { return float64(rng.IntN(17) - 8) })
}

// reals returns a tensor of numbers that make every sum and product round.
func reals(rng *rand.Rand, shape ...int) *Tensor {
	return New(shape...).Map(New(shape...), func(float64) float64 {
		return math.Ldexp(rng.Float64()-.5, rng.IntN(12))
	})
}

// special returns a tensor in which NaN, ±Inf, ±0 and others are mixed.
func special(rng *rand.Rand, shape ...int) *Tensor {
	values := []float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), 1, -1, 2.5, -0.5, math.MaxFloat64, 5e-324}
	return New(shape...).Map(New(shape...), func(float64) float64 { return values[rng.IntN(len(values))] })
}

// randomShape returns up to most axes of lengths 0 to 3; 0 is rare.
func randomShape(rng *rand.Rand, most int) []int {
	shape := make([]int, rng.IntN(most+1))
	for a := range shape {
		if shape[a] = 1 + rng.IntN(3); rng.IntN(20) == 0 {
			shape[a] = 0
		}
	}
	return shape
}

// repeated returns a shape that broadcasts to the given one.
func repeated(rng *rand.Rand, shape []int) []int {
	shape = slices.Clone(shape)
	if rng.IntN(2) == 0 {
		shape = shape[rng.IntN(len(shape)+1):]
	}
	for a := range shape {
		if rng.IntN(3) == 0 {
			shape[a] = 1
		}
	}
	return shape
}

// The oracles go from index to index, as the definitions do.

// indices calls f with every index of a shape, in row-major order.
func indices(shape []int, f func(index []int)) {
	if len(shape) == 0 {
		f(nil)
		return
	}
	indices(shape[:len(shape)-1], func(index []int) {
		for i := range shape[len(shape)-1] {
			f(append(slices.Clone(index), i))
		}
	})
}

// naiveFill returns a tensor with f of each index.
func naiveFill(shape []int, f func(index []int) float64) *Tensor {
	z := New(shape...)
	indices(shape, func(index []int) { z.SetAt(f(index), index...) })
	return z
}

// naiveAt returns the element that x, broadcast, has at an index.
func naiveAt(x *Tensor, index []int) float64 {
	own := slices.Clone(index[len(index)-x.Rank():])
	for a, d := range x.Shape() {
		if d == 1 {
			own[a] = 0
		}
	}
	return x.At(own...)
}

// naiveBroadcast returns the shape of an element-wise result, and whether there is one.
func naiveBroadcast(x, y []int) ([]int, bool) {
	out := make([]int, max(len(x), len(y)))
	for i := range out { // from the last axis
		dx, dy := 1, 1
		if i < len(x) {
			dx = x[len(x)-1-i]
		}
		if i < len(y) {
			dy = y[len(y)-1-i]
		}
		d := dx
		if dx == 1 {
			d = dy
		} else if dy != 1 && dy != dx {
			return nil, false
		}
		out[len(out)-1-i] = d
	}
	return out, true
}

// hash returns the FNV-1a hash of the bits of the elements.
func hash(xs ...*Tensor) uint64 {
	h := fnv.New64a()
	for _, x := range xs {
		for _, v := range x.Data() {
			h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
		}
	}
	return h.Sum64()
}

// mustHash checks a hash of result bits. It may change only with the order in which a
// method is documented to work, for all processors.
func mustHash(t *testing.T, name string, want uint64, xs ...*Tensor) {
	t.Helper()
	if got := hash(xs...); got != want {
		t.Errorf("%s: the hash of the results is %#x, want %#x", name, got, want)
	}
}
