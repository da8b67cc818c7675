package tensor

import (
	"math"
	"slices"
	"sync/atomic"
)

const (
	maxRank = 16                           // the largest number of axes
	maxLen  = min(1<<32, math.MaxInt/1024) // the largest number of elements, 32 GiB: a larger one is a mistake
)

// axes are a shape. They are never modified: tensors share them.
type axes struct {
	rank int
	dims [maxRank]int // the lengths, followed by zeros
	size int          // the number of elements
}

// known has axes that were made before, at places that their lengths give: so the tensors of one shape
// mostly share its axes, and a new tensor needs no memory for them.
var known [1024]atomic.Pointer[axes]

// axesOf returns the axes of a shape. It panics as size does.
func axesOf(op string, shape []int) *axes {
	h := uint(len(shape))
	for _, d := range shape {
		h = 31*h + uint(d)
	}
	place := &known[h%uint(len(known))]
	if a := place.Load(); a != nil && slices.Equal(a.dims[:a.rank], shape) {
		return a
	}
	a := &axes{rank: len(shape), size: size(op, shape)}
	copy(a.dims[:], shape)
	place.Store(a)
	return a
}

// had reports whether z has, or had last, this shape: then it keeps its axes, even if others took their
// place in known.
func (z *Tensor) had(shape []int) bool {
	return z.axes != nil && slices.Equal(z.dims[:z.rank], shape)
}

// shape returns z's own record of its shape, which must not be kept or modified.
func (z *Tensor) shape() []int {
	if z == nil || !z.set {
		return nil
	}
	return z.dims[:z.rank]
}

// size returns the number of elements of a shape. It panics if an axis is
// negative, or if there are more than maxLen elements.
func size(op string, shape []int) int {
	checkRank(op, shape)
	n, overflow := uint64(1), false
	for _, d := range shape {
		if d < 0 {
			fail(op, "negative axis in shape %v", slices.Clone(shape))
		}
		overflow = overflow || d > 0 && n > maxLen/uint64(d)
		n *= uint64(d)
	}
	if overflow && !slices.Contains(shape, 0) {
		elements := 1.0
		for _, d := range shape {
			elements *= float64(d)
		}
		fail(op, "shape %v has %.10g elements, %.4g bytes; at most %d elements are possible", slices.Clone(shape), elements, 8*elements, maxLen)
	}
	return int(n)
}

func checkRank(op string, shape []int) {
	if len(shape) > maxRank {
		fail(op, "shape %v has %d axes; at most %d are possible", slices.Clone(shape), len(shape), maxRank)
	}
}

// prepare makes z the destination of a result with the given shape. It reports whether z is fresh, that
// is, was empty; then no operand shares its memory. The elements are undefined: the operation sets them
// all.
func (z *Tensor) prepare(op string, shape []int) (fresh bool) {
	z.mustBeThere(op)
	z.version++
	if z.set {
		if !slices.Equal(z.shape(), shape) {
			fail(op, "destination has shape %v, result has %v", z.Shape(), slices.Clone(shape))
		}
		return false
	}
	if !z.had(shape) {
		z.axes = axesOf(op, shape)
	}
	z.set = true
	z.allocate(z.size)
	return true
}

// renew is like in the usual case of a result that is computed again: z had x's shape before it was emptied.
// It reports whether that is so; otherwise it does nothing. Small tensors gain by it, since it is inlined, and
// like is not: z.renew(x) || z.like(op, x).
func (z *Tensor) renew(x *Tensor) (fresh bool) {
	if z == nil || z.set || x == nil || !x.set || z.axes != x.axes || len(z.data) != len(x.data) {
		return false
	}
	z.version++
	z.set = true
	return true
}

// renewAs is to prepare what renew is to like, for a shape of at most two axes; m and n are their lengths, 0
// where there is no axis.
func (z *Tensor) renewAs(rank, m, n int) (fresh bool) {
	if z == nil || z.set || z.axes == nil || z.rank != rank || z.dims[0] != m || z.dims[1] != n || len(z.data) != z.size {
		return false
	}
	z.version++
	z.set = true
	return true
}

// like is prepare for a result with x's shape.
func (z *Tensor) like(op string, x *Tensor) (fresh bool) {
	x.mustBeSet(op)
	z.mustBeThere(op)
	z.version++
	if z.set {
		if !SameShape(z, x) {
			fail(op, "destination has shape %v, result has %v", z.Shape(), x.Shape())
		}
		return false
	}
	z.axes, z.set = x.axes, true
	z.allocate(len(x.data))
	return true
}

func (x *Tensor) mustBeSet(op string) {
	if x == nil || !x.set {
		failUnset(op, x)
	}
}

func failUnset(op string, x *Tensor) {
	if x == nil {
		fail(op, "operand is nil")
	}
	fail(op, "operand is empty: it has no shape yet")
}

// mustBeThere panics if a destination is nil; it may be empty.
func (z *Tensor) mustBeThere(op string) {
	if z == nil {
		failNil(op)
	}
}

func failNil(op string) { fail(op, "destination is nil") }

// axis returns the axis as a number from 0; a negative one counts from the end.
func (x *Tensor) axis(op string, axis int) int {
	x.mustBeSet(op)
	a := axis
	if a < 0 {
		a += x.rank
	}
	if a < 0 || a >= x.rank {
		fail(op, "axis %d out of range for shape %v", axis, x.Shape())
	}
	return a
}

// Wrap makes z a tensor that shares memory with data. It panics unless z is empty and the
// shape has len(data) elements.
func (z *Tensor) Wrap(data []float64, shape ...int) *Tensor { return z.wrap("Wrap", data, shape) }

func (z *Tensor) wrap(op string, data []float64, shape []int) *Tensor {
	z.mustBeThere(op)
	if z.set {
		fail(op, "destination already has shape %v; it must be empty", z.Shape())
	}
	if !z.had(shape) {
		z.axes = axesOf(op, shape)
	}
	if z.size != len(data) {
		fail(op, "there are %d elements for shape %v; it needs %d", len(data), slices.Clone(shape), z.size)
	}
	z.version++
	z.data, z.set, z.view = data, true, true
	return z
}

// Reshape returns x's elements under another shape; it shares memory with x. One axis may be −1: its
// length is worked out. It panics if the number of elements differs, or if −1 could be any number.
func (x *Tensor) Reshape(shape ...int) *Tensor { return new(Tensor).reshape("Reshape", x, shape) }

// View makes z what Reshape returns: x's elements under another shape. It panics as Reshape does, with
// the same messages, or if z is not empty.
func (z *Tensor) View(x *Tensor, shape ...int) *Tensor { return z.reshape("Reshape", x, shape) }

func (z *Tensor) reshape(op string, x *Tensor, shape []int) *Tensor {
	x.mustBeSet(op)
	checkRank(op, shape)
	var room [maxRank]int
	full := room[:copy(room[:], shape)]
	if a := slices.Index(full, -1); a >= 0 {
		full[a] = 1
		if slices.Min(full) < 0 {
			fail(op, "negative axis in shape %v; one may be −1", slices.Clone(shape))
		}
		if known := size(op, full); known > 0 {
			full[a] = len(x.data) / known
		} else {
			fail(op, "shape %v can't become %v: −1 could be any number", x.Shape(), slices.Clone(shape))
		}
	}
	if size(op, full) != len(x.data) {
		fail(op, "shape %v has %d elements; it can't become %v", x.Shape(), len(x.data), slices.Clone(shape))
	}
	return z.wrap(op, x.data, full)
}

// stride returns the distance in memory between neighbours along the axis.
func (x *Tensor) stride(axis int) int {
	n := 1
	for _, d := range x.shape()[axis+1:] {
		n *= d
	}
	return n
}

// Like gives z the shape of x; if z was empty, its elements are then undefined. It panics if z has
// another shape, or if x is empty.
func (z *Tensor) Like(x *Tensor) *Tensor {
	if !z.renew(x) {
		z.like("Like", x)
	}
	return z
}

func (z *Tensor) allocate(n int) {
	switch {
	case n == len(z.data):
	case n <= cap(z.data):
		z.data = z.data[:n]
	default:
		z.data = make([]float64, n)
	}
}
