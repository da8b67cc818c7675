package tensor

import (
	"slices"

	"gentlegrad/tensor/internal/kernel"
)

// Transpose sets z to x with its axes in the given order, or reversed if none is given: axis i of z is
// axis perm[i] of x. It copies. z may not overlap x. It panics if perm does not name every axis once.
func (z *Tensor) Transpose(x *Tensor, perm ...int) *Tensor {
	x.mustBeSet("Transpose")
	var order, shape, step, zstep, index [maxRank]int
	n := x.rank
	x.permutation(order[:n], perm)
	for i, a := range order[:n] {
		shape[i], step[i] = x.shape()[a], x.stride(a)
	}
	z.prepare("Transpose", shape[:n])
	if z.mustBeApart("Transpose", x); len(z.data) == 0 {
		return z
	}
	row := 1 // elements that stay together, since their axes stay last
	for n > 0 && order[n-1] == n-1 {
		n--
		row *= shape[n]
	}
	if n == 0 {
		copy(z.data, x.data)
		return z
	}
	for a, s := n-1, row; a >= 0; a-- {
		zstep[a] = s
		s *= shape[a]
	}
	last, lastOfX := n-1, -1
	if row == 1 {
		lastOfX = slices.Index(order[:n], last) // the axis of z along which neighbours in x lie
	}
	for to, from := 0, 0; ; {
		if lastOfX >= 0 {
			kernel.Transpose(z.data[to:], zstep[lastOfX], x.data[from:], step[last], shape[last], shape[lastOfX])
		} else {
			for i := range shape[last] {
				copy(z.data[to+i*row:][:row], x.data[from+i*step[last]:])
			}
		}
		a := last - 1 // on to the next rows
		for ; a >= 0; a-- {
			if a == lastOfX {
				continue
			}
			index[a]++
			to, from = to+zstep[a], from+step[a]
			if index[a] < shape[a] {
				break
			}
			to, from = to-zstep[a]*shape[a], from-step[a]*shape[a]
			index[a] = 0
		}
		if a < 0 {
			return z
		}
	}
}

// permutation sets order to the axes that perm names, or to all reversed if it names none.
func (x *Tensor) permutation(order, perm []int) {
	var seen [maxRank]bool
	n := len(order)
	if len(perm) != 0 && len(perm) != n {
		failPermutation(perm, x)
	}
	for i := range order {
		axis := n - 1 - i
		if len(perm) > 0 {
			if perm[i] < -n || perm[i] >= n {
				failPermutation(perm, x)
			}
			axis = (perm[i] + n) % n
		}
		if seen[axis] {
			failPermutation(perm, x)
		}
		order[i], seen[axis] = axis, true
	}
}

func failPermutation(perm []int, x *Tensor) {
	fail("Transpose", "axes %v must name every axis of shape %v once", slices.Clone(perm), x.Shape())
}

// Slice returns the part of x with index i up to, but not including, j on the axis; axis −1 is the last.
// On the leading axis the result shares memory with x, on others it is a copy. It panics unless
// 0 ≤ i ≤ j ≤ the length of the axis, or if there is no such axis.
func (x *Tensor) Slice(axis, i, j int) *Tensor { return new(Tensor).SliceOf(x, axis, i, j) }

// SliceOf sets z to the part of x that Slice returns. On the leading axis, an empty z becomes a view of
// x; otherwise the part is copied. On other axes z may not overlap x. It panics as Slice does.
func (z *Tensor) SliceOf(x *Tensor, axis, i, j int) *Tensor {
	const op = "Slice"
	a := x.axis(op, axis)
	if n := x.shape()[a]; i < 0 || j < i || j > n {
		fail(op, "range [%d:%d] out of range for axis %d of shape %v", i, j, axis, x.Shape())
	}
	var room [maxRank]int
	shape := append(room[:0], x.shape()...)
	shape[a] = j - i
	if a == 0 && z.IsEmpty() {
		row := x.stride(0)
		return z.wrap(op, x.data[i*row:j*row], shape)
	}
	z.prepare(op, shape)
	if a > 0 {
		z.mustBeApart(op, x)
	}
	x.runs(z, a, i, func(from, into []float64) { copy(into, from) })
	return z
}

// Pad sets z to x at index i of an axis that has length n in z, with zeros around it. z may not overlap
// x. It panics if x does not fit.
func (z *Tensor) Pad(x *Tensor, axis, i, n int) *Tensor {
	a := x.axis("Pad", axis)
	if i < 0 || i > n-x.shape()[a] {
		fail("Pad", "shape %v at index %d of axis %d does not fit into length %d", x.Shape(), i, axis, n)
	}
	var shape [maxRank]int
	copy(shape[:], x.shape())
	shape[a] = n
	z.prepare("Pad", shape[:x.rank])
	z.mustBeApart("Pad", x)
	clear(z.data)
	z.runs(x, a, i, func(into, from []float64) { copy(into, from) })
	return z
}

// AddToSlice adds x to the part of z that begins at index i of the axis and has x's shape. z may not
// overlap x. It panics if z is empty, or if x does not fit.
func (z *Tensor) AddToSlice(x *Tensor, axis, i int) *Tensor {
	x.mustBeSet("AddToSlice")
	a := z.axis("AddToSlice", axis)
	var room [maxRank]int
	part := append(room[:0], z.shape()...)
	if x.rank == z.rank {
		part[a] = x.shape()[a]
	}
	if !slices.Equal(part, x.shape()) {
		fail("AddToSlice", "shape %v does not fit %v along axis %d; the other axes must be the same", x.Shape(), z.Shape(), axis)
	}
	if i < 0 || i > z.shape()[a]-x.shape()[a] {
		fail("AddToSlice", "shape %v at index %d of axis %d does not fit into shape %v", x.Shape(), i, axis, z.Shape())
	}
	z.mustBeApart("AddToSlice", x)
	z.version++
	z.runs(x, a, i, func(into, from []float64) { kernel.Add(into, into, from) })
	return z
}

// runs calls f for every run of elements of part and the same place in x, where part begins at index i of
// x's axis.
func (x *Tensor) runs(part *Tensor, axis, i int, f func(x, part []float64)) {
	n, inner := x.shape()[axis], x.stride(axis)
	width := part.shape()[axis] * inner
	at := i * inner
	for rest := part.data; len(rest) > 0; rest = rest[width:] {
		f(x.data[at:at+width], rest[:width])
		at += n * inner
	}
}

// Concat sets z to the operands one after another along the axis; their other axes are equal. z may not
// overlap an operand. It panics if there is no operand or if their shapes do not fit.
func (z *Tensor) Concat(axis int, xs ...*Tensor) *Tensor {
	if len(xs) == 0 {
		fail("Concat", "there are no operands; at least one is needed")
	}
	a := xs[0].axis("Concat", axis)
	var room, room2 [maxRank]int
	shape := append(room[:0], xs[0].shape()...)
	shape[a] = 0
	for _, x := range xs {
		x.mustBeSet("Concat")
		other := append(room2[:0], x.shape()...)
		if len(other) == len(shape) {
			if shape[a] += other[a]; shape[a] < 0 {
				fail("Concat", "together the operands are too long along axis %d: %v and others", axis, x.Shape())
			}
			other[a] = shape[a]
		}
		if !slices.Equal(other, shape) {
			fail("Concat", "shape %v does not fit %v along axis %d; the other axes must be the same", x.Shape(), xs[0].Shape(), axis)
		}
	}
	z.prepare("Concat", shape)
	z.mustBeApart("Concat", xs...)
	at := 0
	for _, x := range xs {
		z.runs(x, a, at, func(into, from []float64) { copy(into, from) })
		at += x.shape()[a]
	}
	return z
}
