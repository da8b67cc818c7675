// Package tensor holds dense arrays of float64 and the arithmetic on them.
//
// A [Tensor] is a shape and a flat slice in row-major order, always
// contiguous. Arithmetic follows math/big: the receiver is the destination.
//
//	z.Add(x, y)                         // sets z to x + y and returns z
//	y := new(tensor.Tensor).MatMul(x, w) // a new tensor
//
// A destination is either empty, as new(Tensor) is, or has exactly the shape of
// the result; anything else panics, so that w.Sub(w, g) can't grow w by a
// broadcast. The destination of an element-wise operation may be one of its
// operands; where a method does not allow that, it says so.
//
// Operands broadcast as in NumPy: shapes are aligned at their last axes, and an axis of length 1 is
// repeated. NaN and ±Inf propagate as IEEE 754 says. A tensor without elements (an axis of length 0) and
// a scalar (no axes) are ordinary operands; an empty tensor, which has no shape yet, is not a valid one.
//
// A caller's mistake, such as shapes that do not fit or an operand that is empty or nil, panics with an
// *[Error]. This holds for every method and function; its comment names what else it checks. Those that
// only report something, such as Len, Shape and SameShape, and Clear, take nil for an empty tensor.
//
// Results have the same bits on every processor, with two exceptions: which NaN a NaN is, and the last
// bit of Sin and Cos where |x| ≥ 2³⁰.
//
// A Tensor may be read by several goroutines at a time, or written by one.
package tensor

import (
	"fmt"
	"slices"

	"gentlegrad/tensor/internal/kernel"
)

// A Tensor is a dense array of float64 in row-major order. The zero Tensor is
// empty: it has no shape yet and is ready to be a destination.
type Tensor struct {
	data    []float64
	*axes          // the shape
	version uint32 // counts uses as a destination
	set     bool   // false while empty; data and shape are then left over, and may be reused
	view    bool   // data belongs to another tensor, or to the caller
}

// New returns a tensor of zeros; without a shape it is a scalar. It panics if an axis is negative, or if
// there are more than 16 axes or more than 2³² elements (32 GiB).
func New(shape ...int) *Tensor {
	return zeros("New", shape...)
}

func zeros(op string, shape ...int) *Tensor {
	z := new(Tensor)
	z.prepare(op, shape)
	return z
}

// FromSlice returns a tensor with the given elements, in row-major order. It
// shares memory with data. It panics unless the shape has len(data) elements.
func FromSlice(data []float64, shape ...int) *Tensor {
	return new(Tensor).wrap("FromSlice", data, shape)
}

// Rows returns the matrix with the given rows, copied. It panics if there are none, if one is nil, or if
// their lengths differ.
func Rows(rows [][]float64) *Tensor {
	if len(rows) == 0 {
		fail("Rows", "there are no rows; at least one is needed")
	}
	z := zeros("Rows", len(rows), len(rows[0]))
	for i, row := range rows {
		if row == nil {
			fail("Rows", "row %d is nil", i)
		}
		if len(row) != len(rows[0]) {
			fail("Rows", "row %d has %d elements, row 0 has %d", i, len(row), len(rows[0]))
		}
		copy(z.data[i*len(row):], row)
	}
	return z
}

// Scalar returns a tensor without axes that holds v.
func Scalar(v float64) *Tensor {
	return New().Fill(v)
}

// Full returns a tensor with all elements equal to v. It panics as New does.
func Full(v float64, shape ...int) *Tensor {
	return zeros("Full", shape...).Fill(v)
}

// Arange returns the vector 0, 1, …, n−1. It panics as New does.
func Arange(n int) *Tensor {
	z := zeros("Arange", n)
	for i := range z.data {
		z.data[i] = float64(i)
	}
	return z
}

// Linspace returns a vector of n evenly spaced values from lo to hi, both included, with the rounding of
// NumPy's linspace. It panics as New does.
func Linspace(lo, hi float64, n int) *Tensor {
	z := zeros("Linspace", n)
	step := (hi - lo) / float64(n-1)
	for i := range z.data {
		d := float64(i) * step
		if step == 0 { // it may have underflowed
			d = float64(i) / float64(n-1) * (hi - lo)
		}
		z.data[i] = lo + float64(d)
	}
	if n > 0 {
		z.data[0] = lo
	}
	if n > 1 {
		z.data[n-1] = hi
	}
	return z
}

// Eye returns the n × n identity matrix. It panics as New does.
func Eye(n int) *Tensor {
	z := zeros("Eye", n, n)
	for i := range n {
		z.data[i*n+i] = 1
	}
	return z
}

// Shape returns a copy of the lengths of x's axes: none for a scalar, and nil if x
// is empty.
func (x *Tensor) Shape() []int { return slices.Clone(x.shape()) }

// Rank returns the number of x's axes: 0 for a scalar, and if x is empty.
func (x *Tensor) Rank() int { return len(x.shape()) }

// Dim returns the length of an axis; −1 is the last one. It panics if there is
// no such axis.
func (x *Tensor) Dim(axis int) int {
	return x.shape()[x.axis("Dim", axis)]
}

// Len returns the number of elements: 0 if x is empty.
func (x *Tensor) Len() int {
	if x == nil || !x.set {
		return 0
	}
	return len(x.data)
}

// Data returns x's elements in row-major order. It is x's memory, not a copy, but
// appending to it copies.
func (x *Tensor) Data() []float64 {
	if x == nil || !x.set {
		return nil
	}
	return x.data[:len(x.data):len(x.data)]
}

// IsEmpty reports whether x has no shape yet, like a new destination. (A tensor of shape [0 3] has a
// shape, but no elements.)
func (x *Tensor) IsEmpty() bool { return x == nil || !x.set }

// IsView reports whether x shares its memory: it was made by Reshape, View, ViewLike, Wrap or FromSlice, or
// by Slice or SliceOf on the leading axis.
func (x *Tensor) IsView() bool { return x != nil && x.view }

// SameShape reports whether x and y have the same shape; an empty tensor, or nil, has none.
func SameShape(x, y *Tensor) bool {
	return x != nil && y != nil && x.set && y.set && x.axes == y.axes || ShapeOf(x).equals(y)
}

// HasShape reports whether x has this shape; an empty tensor, or nil, has none.
func (x *Tensor) HasShape(shape ...int) bool { return !x.IsEmpty() && slices.Equal(x.shape(), shape) }

// A Shape is the shape of a tensor as one value. Is compares it, quicker than a slice; == does not, since
// equal shapes may be two values. The zero Shape is that of an empty tensor.
type Shape struct{ axes *axes }

// ShapeOf returns x's shape.
func ShapeOf(x *Tensor) Shape {
	if x.IsEmpty() {
		return Shape{}
	}
	return Shape{x.axes}
}

// Is reports whether x has the shape s; an empty tensor, or nil, has none.
func (s Shape) Is(x *Tensor) bool {
	return x != nil && x.set && x.axes == s.axes || s.equals(x)
}

// equals is Is for axes that are not shared, as they mostly are.
func (s Shape) equals(x *Tensor) bool {
	return x != nil && x.set && s.axes != nil && *x.axes == *s.axes
}

// String returns the shape as fmt prints a slice.
func (s Shape) String() string {
	if s.axes == nil {
		return "[]"
	}
	return fmt.Sprint(s.axes.dims[:s.axes.rank])
}

// Item returns the element of a tensor that has only one, whatever its shape. It panics for any other
// tensor.
func (x *Tensor) Item() float64 {
	if x == nil || !x.set || len(x.data) != 1 {
		failItem(x)
	}
	return x.data[0]
}

func failItem(x *Tensor) {
	x.mustBeSet("Item")
	fail("Item", "needs one element; got shape %v", x.Shape())
}

// At returns the element at the index, one whole number for each axis. It
// panics if x is empty, or if the index is out of range.
func (x *Tensor) At(index ...int) float64 { return x.data[x.offset("At", index)] }

// SetAt sets the element at the index to v. It panics if x is empty, or if the index is out of range.
func (x *Tensor) SetAt(v float64, index ...int) {
	x.data[x.offset("SetAt", index)] = v
	x.version++
}

func (x *Tensor) offset(op string, index []int) int {
	x.mustBeSet(op)
	if len(index) != x.rank {
		fail(op, "index %v needs one number for each axis of shape %v", slices.Clone(index), x.Shape())
	}
	o := 0
	for a, n := range x.shape() {
		if i := index[a]; i < 0 || i >= n {
			fail(op, "index %v out of range for shape %v", slices.Clone(index), x.Shape())
		}
		o = o*n + index[a]
	}
	return o
}

// Fill sets every element of z to v. It panics if z is empty.
func (z *Tensor) Fill(v float64) *Tensor {
	z.mustBeSet("Fill")
	z.version++
	kernel.Fill(z.data, v)
	return z
}

// Copy sets z to x. It panics if x is empty.
func (z *Tensor) Copy(x *Tensor) *Tensor { return z.copy("Copy", x) }

func (z *Tensor) copy(op string, x *Tensor) *Tensor {
	z.like(op, x)
	copy(z.data, x.data)
	return z
}

// Clone returns a copy of x that shares no memory with it. It panics if x is empty.
func (x *Tensor) Clone() *Tensor { return new(Tensor).copy("Clone", x) }

// Clear makes z empty. It keeps z's buffer for the next result, unless z is a view. Views of z must not
// be used any more.
func (z *Tensor) Clear() {
	if z == nil {
		return // it is empty
	}
	z.version++
	z.set = false
	if z.view {
		z.data, z.view = nil, false
	}
}

// Swap exchanges z and x, whatever their shapes, without copying elements. Both get a version that
// neither had.
func (z *Tensor) Swap(x *Tensor) {
	z.mustBeThere("Swap")
	x.mustBeThere("Swap")
	*z, *x = *x, *z
	n := max(z.version, x.version) + 1
	z.version, x.version = n, n
}

// Lend gives z the memory of buf for its next result, if that fits; with nil, z releases the memory that
// it keeps. It panics unless z is empty.
func (z *Tensor) Lend(buf []float64) {
	z.mustBeThere("Lend")
	if z.set {
		fail("Lend", "the tensor already has shape %v; it must be empty", z.Shape())
	}
	z.data, z.view = buf[:0], false
}

// Version counts how often x was a destination, to reveal that x has changed. Writes to Data, or to
// another tensor that shares x's memory, are not counted.
func (x *Tensor) Version() uint32 {
	if x == nil {
		return 0
	}
	return x.version
}

// SharesMemory reports whether an element of x and one of y are in the same place in memory.
func (x *Tensor) SharesMemory(y *Tensor) bool {
	return !x.IsEmpty() && !y.IsEmpty() && overlap(x.data, y.data)
}

// ViewLike makes z a view of all of x, with x's shape and memory. It panics unless z is empty and x is
// not.
func (z *Tensor) ViewLike(x *Tensor) *Tensor {
	x.mustBeSet("ViewLike")
	return z.wrap("ViewLike", x.data, x.shape())
}

// Zeros sets z to zeros of the given shape. It panics as New does, or if z has another shape.
func (z *Tensor) Zeros(shape ...int) *Tensor {
	z.prepare("Zeros", shape)
	clear(z.data)
	return z
}

// An Error is a caller's mistake: operands that do not fit, an axis that does
// not exist. Methods of this package panic with an *Error.
type Error struct {
	Op   string // the method or function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "tensor: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
