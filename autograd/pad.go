package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// Padding adds elements before and after x on one axis; a negative number cuts that many off instead.
// Several axes are padded one after the other.

// Pad returns x with the given numbers of elements, all equal to value, before and after it along the
// axis. As in all paddings, a negative number cuts that many off instead. It panics if x is too short to
// be cut.
//
//	∂L/∂x = ∂L/∂y at the place of x, and 0 for what was cut off
func (x *Node) Pad(axis, before, after int, value float64) *Node {
	a := x.axis("Pad", axis)
	x = x.cut("Pad", a, before, after)
	before, after = max(before, 0), max(after, 0)
	shape := x.Shape()
	if value == 0 {
		return x.pad(a, before, before+shape[a]+after) // which a rule may do too: it makes no constant
	}
	side := func(n int) *Node {
		shape[a] = n
		return Constant(tensor.Full(value, shape...))
	}
	return Concat(a, side(before), x, side(after))
}

// PadReflect returns x with its mirror images before and after it, mirrored at its outermost elements:
// 1 2 3 padded by 2 and 1 is 3 2 1 2 3 2. It panics if a side is padded by x's length or more, or x is
// too short to be cut.
//
//	∂L/∂x = ∂L/∂y, added up over the images
func (x *Node) PadReflect(axis, before, after int) *Node {
	a := x.axis("PadReflect", axis)
	return x.padBy("PadReflect", a, before, after, x.value.Dim(a)-1, func(i, n int) int { return min(max(i, -i), 2*(n-1)-i) })
}

// PadReplicate returns x with its outermost elements repeated before and after it; they are the outermost
// elements of x even if they are cut off on the other side. It panics if x is empty along the axis and
// padded, or too short to be cut.
//
//	∂L/∂x = ∂L/∂y, added up over the repetitions
func (x *Node) PadReplicate(axis, before, after int) *Node {
	const noLimit = min(1<<32, math.MaxInt/4)
	a := x.axis("PadReplicate", axis)
	limit := noLimit
	if x.value.Dim(a) == 0 {
		limit = 0 // there is nothing to be repeated
	}
	return x.padBy("PadReplicate", a, before, after, limit, func(i, n int) int { return min(max(i, 0), n-1) })
}

// PadCircular returns x with its end before it and its beginning after it, as if it went round in a
// circle: 1 2 3 padded by 1 and 2 is 3 1 2 3 1 2. What is cut off is not part of the circle. It panics if
// a side is padded by more than the circle's length, or x is too short to be cut.
//
//	∂L/∂x = ∂L/∂y, added up over the repetitions
func (x *Node) PadCircular(axis, before, after int) *Node {
	a := x.axis("PadCircular", axis)
	x = x.cut("PadCircular", a, before, after)
	return x.padBy("PadCircular", a, max(before, 0), max(after, 0), x.value.Dim(a), func(i, n int) int { return (i + n) % n })
}

// cut cuts off as many elements as negative numbers say.
func (x *Node) cut(op string, axis, before, after int) *Node {
	n := x.value.Dim(axis)
	i, j := -min(before, 0), n+min(after, 0)
	switch {
	case min(before, after) < -n || i > j:
		fail(op, "axis %d of %v can't be padded by %d and %d: it is too short to be cut", axis, x, before, after)
	case j-i == n:
		return x
	}
	return x.Slice(axis, i, j)
}

// padBy returns x extended along the axis to the indices from −before up to, not including, n+after,
// where x's own are those from 0 up to, not including, n: at index i it has what x has at from(i, n).
// Neither side is padded by more than limit.
func (x *Node) padBy(op string, axis, before, after, limit int, from func(i, n int) int) *Node {
	switch n := x.value.Dim(axis); {
	case max(before, after) > max(limit, 0):
		fail(op, "axis %d of %v can't be padded by %d and %d: a side is padded by at most %d", axis, x, before, after, max(limit, 0))
	case min(before, after) < -n || before+n+after < 0:
		fail(op, "axis %d of %v can't be padded by %d and %d: it is too short to be cut", axis, x, before, after)
	}
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		l := layoutOf(y.inputs[0].value)
		n := l.shape[axis]
		length := before + n + after
		result := l
		result.shape[axis] = length
		along(at.Zeros(result.dims()...), l, axis, length, func(j int) int { return from(j-before, n) })
	})
}
