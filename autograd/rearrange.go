package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Squeeze returns x without the given axes, all of length 1; if none is given, without any axis of length
// 1.
//
//	∂L/∂x = ∂L/∂y, in x's shape
func (x *Node) Squeeze(axes ...int) *Node {
	mustBeNode("Squeeze", x)
	shape := x.Shape()
	gone := 1 // the length of the axes that go
	for _, axis := range axes {
		a := x.axis("Squeeze", axis)
		if shape[a] != 1 {
			fail("Squeeze", "the axes %v of %v must be different ones of length 1", slices.Clone(axes), x)
		}
		gone, shape[a] = -1, -1
	}
	return x.Reshape(slices.DeleteFunc(shape, func(n int) bool { return n == gone })...)
}

// Unsqueeze returns x with a new axis of length 1, at the given place of the result: −1 puts it after the
// others.
//
//	∂L/∂x = ∂L/∂y, in x's shape
func (x *Node) Unsqueeze(axis int) *Node {
	mustBeNode("Unsqueeze", x)
	shape := x.Shape()
	a, ok := axisOf(axis, len(shape)+1)
	if !ok {
		fail("Unsqueeze", "%v can't get a new axis %d", x, axis)
	}
	return x.Reshape(slices.Insert(shape, a, 1)...)
}

// SwapAxes returns x with two axes exchanged; Transpose is for any order.
//
//	∂L/∂x = ∂L/∂y, with the axes exchanged back
func (x *Node) SwapAxes(a, b int) *Node {
	a, b = x.axis("SwapAxes", a), x.axis("SwapAxes", b)
	perm := inOrder(x.value.Rank())
	perm[a], perm[b] = b, a
	return x.Transpose(perm...)
}

// MoveAxis returns x with one of its axes moved to another place; the others stay in their order.
//
//	∂L/∂x = ∂L/∂y, with the axis moved back
func (x *Node) MoveAxis(from, to int) *Node {
	from, to = x.axis("MoveAxis", from), x.axis("MoveAxis", to)
	perm := slices.Delete(inOrder(x.value.Rank()), from, from+1)
	return x.Transpose(slices.Insert(perm, to, from)...)
}

// inOrder returns 0, 1, … n−1.
func inOrder(n int) []int {
	perm := make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	return perm
}

// Stack returns the xs, all of one shape, one after another along a new axis, at the given place of the
// result: three of [m, n] on axis 0 give [3, m, n].
//
//	∂L/∂xᵢ = ∂L/∂y at the index i of the axis
func Stack(axis int, xs ...*Node) *Node {
	long := make([]*Node, len(xs))
	for i, x := range xs {
		mustBeNode("Stack", x)
		if !tensor.SameShape(x.Value(), xs[0].value) {
			fail("Stack", "%v and %v differ in shape", x, xs[0])
		}
		long[i] = x.Unsqueeze(axis)
	}
	return Concat(axis, long...)
}

// Split returns the parts of x along the axis that have the given lengths, which add up to x's.
//
//	∂L/∂x = all ∂L/∂yᵢ, one after another
func (x *Node) Split(axis int, lengths ...int) []*Node {
	a := x.axis("Split", axis)
	parts := make([]*Node, len(lengths))
	at := 0
	for i, n := range lengths {
		if n < 0 || n > x.value.Dim(a)-at {
			break
		}
		parts[i] = x.Slice(a, at, at+n)
		at += n
	}
	if slices.Contains(parts, nil) || at != x.value.Dim(a) {
		fail("Split", "the lengths %v do not add up to that of axis %d of %v", slices.Clone(lengths), axis, x)
	}
	return parts
}

// Chunk divides x into n parts along the axis. They have the same length, rounded up, except perhaps the
// last; there are fewer than n parts if fewer are enough: 5 in 4 parts are 2, 2 and 1.
//
//	∂L/∂x = all ∂L/∂yᵢ, one after another
func (x *Node) Chunk(axis, n int) []*Node {
	a := x.axis("Chunk", axis)
	rest := x.value.Dim(a)
	if n < 1 || rest == 0 && n > 1<<20 {
		fail("Chunk", "%v can't be divided into %d parts", x, n)
	}
	if rest == 0 {
		return x.Split(a, make([]int, n)...)
	}
	length := (rest-1)/n + 1
	var lengths []int
	for ; rest > 0; rest -= length {
		lengths = append(lengths, min(length, rest))
	}
	return x.Split(a, lengths...)
}

// Unbind returns the parts of x at each index of the axis, without that axis: the inverse of Stack.
//
//	∂L/∂x = all ∂L/∂yᵢ, stacked
func (x *Node) Unbind(axis int) []*Node {
	a := x.axis("Unbind", axis)
	parts := make([]*Node, x.value.Dim(a))
	for i := range parts {
		parts[i] = x.Slice(a, i, i+1).Squeeze(a)
	}
	return parts
}

// Flip returns x with the order reversed along the axes, or along all if none is given.
//
//	∂L/∂x = ∂L/∂y, flipped back
func (x *Node) Flip(axes ...int) *Node {
	axes = x.axesOrAll("Flip", axes)
	return x.linear("Flip",
		func(y, x *tensor.Tensor) {
			l, start := layoutOf(x), 0
			for _, a := range axes {
				start += (l.shape[a] - 1) * l.step[a]
				l.step[a] *= -1
			}
			to, from := y.Like(x).Data(), x.Data()
			if len(to) == 0 || l.rank == 0 {
				copy(to, from)
				return
			}
			l.rank-- // the last axis is walked in rows
			n, step := l.shape[l.rank], l.step[l.rank]
			l.walk(start, func(k, place int) {
				row := to[k*n:][:n]
				for j := range row {
					row[j] = from[place]
					place += step
				}
			})
		},
		func(_, dy *Node) *Node { return dy.Flip(axes...) })
}

// Roll returns x with its elements moved by shift indices along the axis; what leaves at one end comes
// back at the other.
//
//	∂L/∂x = ∂L/∂y, moved back
func (x *Node) Roll(axis, shift int) *Node {
	a := x.axis("Roll", axis)
	n := x.value.Dim(a)
	cut := 0 // where the result begins
	if n > 0 {
		cut = (n - shift%n) % n
	}
	return Concat(a, x.Slice(a, cut, n), x.Slice(a, 0, cut))
}

// Rot90 returns x turned k times by 90° in the plane of two axes, from a towards b: with a = 0, b = 1 and
// k = 1, a matrix's last column becomes its first row.
//
//	∂L/∂x = ∂L/∂y, turned back
func (x *Node) Rot90(k, a, b int) *Node {
	a, b = x.axis("Rot90", a), x.axis("Rot90", b)
	if a == b {
		fail("Rot90", "axis %d of %v is named twice", a, x)
	}
	switch k & 3 {
	case 1:
		return x.SwapAxes(a, b).Flip(a)
	case 2:
		return x.Flip(a, b)
	case 3:
		return x.SwapAxes(a, b).Flip(b)
	}
	return x
}

// Tile returns x repeated as a whole, reps[i] times along each axis; the shorter of reps and x's shape is
// filled up with ones from the left, as in a broadcast. [1, 2] twice is [1, 2, 1, 2].
//
//	∂L/∂x = Σ ∂L/∂y over the repetitions
func (x *Node) Tile(reps ...int) *Node {
	mustBeNode("Tile", x)
	shape := x.Shape()
	if lead := len(reps) - len(shape); lead > 0 {
		shape = append(slices.Repeat([]int{1}, lead), shape...)
		x = x.Reshape(shape...)
	}
	for i, n := range reps {
		a := len(shape) - len(reps) + i
		x = x.repeat("Tile", a, n, product(shape[:a]))
		shape[a] *= n
	}
	return x
}

// RepeatInterleave returns x with every element repeated n times along the axis: [1, 2] twice is
// [1, 1, 2, 2].
//
//	∂L/∂x = Σ ∂L/∂y over the repetitions
func (x *Node) RepeatInterleave(axis, n int) *Node {
	a := x.axis("RepeatInterleave", axis)
	return x.repeat("RepeatInterleave", a, n, product(x.Shape()[:a+1]))
}

// repeat returns x with its axis n times as long: x's elements are divided into blocks, in the order of
// memory, and each block is repeated n times.
func (x *Node) repeat(op string, axis, n, blocks int) *Node {
	shape := x.Shape()
	switch {
	case n < 0 || n > math.MaxInt32:
		fail(op, "%v can't be repeated %d times", x, n)
	case n == 1:
		return x
	}
	length := x.value.Len() / max(blocks, 1)
	shape[axis] *= n
	return x.Reshape(blocks, 1, length).BroadcastTo(blocks, n, length).Reshape(shape...)
}

func product(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
