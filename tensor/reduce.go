package tensor

import (
	"math"
	"slices"

	"gentlegrad/tensor/internal/kernel"
)

// A reduction folds a run of elements to one, and one result into another.
type reduction struct {
	start float64
	run   func(x []float64) float64
	fold  func(x, y float64) float64
	join  loop2
}

var (
	sums     = reduction{0, kernel.Sum, func(x, y float64) float64 { return x + y }, kernel.Add}
	maxima   = reduction{math.Inf(-1), kernel.Max, func(x, y float64) float64 { return max(x, y) }, kernel.Maximum}
	minima   = reduction{math.Inf(1), kernel.Min, func(x, y float64) float64 { return min(x, y) }, kernel.Minimum}
	products = reduction{1, kernel.Prod, func(x, y float64) float64 { return x * y }, kernel.Mul}
)

// Sum sets z to the sum of x over the axes, which the result no longer has: [m, n] over axis 0 gives [n].
// Without axes it is the sum of all elements. Axis −1 is the last. The sum of no elements is 0. Elements
// that are neighbours in memory are added pairwise, so that the rounding errors of n of them grow with
// log n; others are added one after another. It panics if an axis does not exist or is named twice.
func (z *Tensor) Sum(x *Tensor, axes ...int) *Tensor {
	return z.reduce("Sum", x, axes, sums)
}

// Mean sets z to the mean of x over the axes, as Sum does. The mean of no
// elements is NaN.
func (z *Tensor) Mean(x *Tensor, axes ...int) *Tensor {
	z.reduce("Mean", x, axes, sums)
	n := float64(x.count("Mean", axes))
	kernel.Div(z.data, z.data, []float64{n})
	return z
}

// Max sets z to the largest element of x over the axes, as Sum does, or to NaN if one is NaN. It panics
// as Sum does, or if there are no elements to choose from.
func (z *Tensor) Max(x *Tensor, axes ...int) *Tensor {
	return z.extreme("Max", x, axes, maxima)
}

// Min sets z to the smallest element of x over the axes, as Max does.
func (z *Tensor) Min(x *Tensor, axes ...int) *Tensor {
	return z.extreme("Min", x, axes, minima)
}

func (z *Tensor) extreme(op string, x *Tensor, axes []int, r reduction) *Tensor {
	if x.count(op, axes) == 0 {
		fail(op, "shape %v has no elements over the axes %v", x.Shape(), slices.Clone(axes))
	}
	return z.reduce(op, x, axes, r)
}

// Count returns the number of elements that a reduction over the axes, or over all if none is named,
// folds into one. It panics if an axis does not exist or is named twice.
func (x *Tensor) Count(axes ...int) int { return x.count("Count", axes) }

func (x *Tensor) count(op string, axes []int) int {
	gone := x.named(op, axes)
	n := 1
	for a, d := range x.shape() {
		if gone>>a&1 != 0 {
			n *= d
		}
	}
	return n
}

// named returns the set of the given axes of x, or of all axes if none is given: bit a stands for axis a.
func (x *Tensor) named(op string, axes []int) (set uint32) {
	x.mustBeSet(op)
	if len(axes) == 0 {
		return 1<<x.rank - 1
	}
	for _, axis := range axes {
		a := x.axis(op, axis)
		if set>>a&1 != 0 {
			fail(op, "axis %d named twice in %v", axis, slices.Clone(axes))
		}
		set |= 1 << a
	}
	return set
}

// ArgMax sets z to the index of x's largest element along the axis: [m, n] along axis 1 gives [m]. Of
// equal elements it is the first; if there is a NaN, it is the first NaN. It panics if the axis does not
// exist or has length 0.
func (z *Tensor) ArgMax(x *Tensor, axis int) *Tensor {
	if a := x.axis("ArgMax", axis); x.shape()[a] == 0 {
		fail("ArgMax", "shape %v has no elements along axis %d", x.Shape(), axis)
	}
	return z.reduceLines("ArgMax", x, axis, func(x []float64) float64 { return float64(largest(x)) })
}

// SquaredError sets z to the scalar ½ Σ (x−t)², added as Sum does. It panics unless x and t have the same
// shape.
func (z *Tensor) SquaredError(x, t *Tensor) *Tensor {
	if !SameShape(x, t) {
		mustMatch("SquaredError", x, t)
	}
	if !z.renewAs(0, 0, 0) {
		z.prepare("SquaredError", nil)
	}
	z.data[0] = kernel.HalfSquaredDistance(x.data, t.data)
	return z
}

// SumTo sets z to x summed to the given shape, over the axes along which a tensor of that shape would be
// repeated to become x. This is how a gradient is un-broadcast. It panics if that shape does not
// broadcast to x's.
func (z *Tensor) SumTo(x *Tensor, shape ...int) *Tensor {
	x.mustBeSet("SumTo")
	if !broadcasts(shape, x.shape()) {
		fail("SumTo", "shape %v can't be summed to %v", x.Shape(), slices.Clone(shape))
	}
	z.prepare("SumTo", shape)
	return z.fold(x, shape, sums)
}

// In a reduction, neighbours in memory that become one element are folded by run; all others one after
// another, in the order of memory.

func (z *Tensor) reduce(op string, x *Tensor, axes []int, r reduction) *Tensor {
	if len(axes) == 0 {
		x.mustBeSet(op)
		if !z.renewAs(0, 0, 0) {
			z.prepare(op, nil)
		}
		z.data[0] = r.run(x.data)
		return z
	}
	gone := x.named(op, axes)
	var kept, left [maxRank]int // x's shape with the reduced axes of length 1, and without them
	n := 0
	for a, d := range x.shape() {
		kept[a] = 1
		if gone>>a&1 == 0 {
			kept[a], left[n] = d, d
			n++
		}
	}
	z.prepare(op, left[:n])
	return z.fold(x, kept[:x.rank], r)
}

// fold sets z to x, folded. z's elements are laid out as in the given shape, which broadcasts to x's.
func (z *Tensor) fold(x *Tensor, shape []int, r reduction) *Tensor {
	if overlap(z.data, x.data) {
		x = x.Clone()
	}
	kernel.Fill(z.data, r.start)
	switch {
	case len(x.data) == 0:
		return z
	case len(z.data) == 1:
		z.data[0] = r.fold(z.data[0], r.run(x.data))
		return z
	case isTail(shape, x.shape()): // whole rows become one, such as a bias
		for rows := x.data; len(rows) > 0; rows = rows[len(z.data):] {
			r.join(z.data, z.data, rows[:len(z.data)])
		}
		return z
	}
	w := newWalk(x.shape(), shape, nil)
	w.run(func(n, o, at, _, step, _ int) {
		if step == 1 {
			into := z.data[at : at+n]
			r.join(into, into, x.data[o:o+n])
		} else {
			z.data[at] = r.fold(z.data[at], r.run(x.data[o:o+n]))
		}
	})
	return z
}

// isTail reports whether the shape, without leading axes of length 1, equals the last axes of the other.
// It must have an axis of another length.
func isTail(shape, of []int) bool {
	for shape[0] == 1 {
		shape = shape[1:]
	}
	return slices.Equal(shape, of[len(of)-len(shape):])
}
