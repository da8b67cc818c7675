package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Tril returns the lower triangles of x's matrices, its last two axes: what is on and below the k-th
// diagonal, with zeros above. Diagonal 0 is the main one, 1 the one above.
//
//	∂L/∂x = ∂L/∂y, likewise
func (x *Node) Tril(k int) *Node {
	return x.triangle("Tril", k, func(diagonal, columns int) (lo, hi int) { return 0, min(diagonal+1, columns) })
}

// Triu returns the upper triangles of x's matrices, its last two axes: what is on and above the k-th
// diagonal, with zeros below.
//
//	∂L/∂x = ∂L/∂y, likewise
func (x *Node) Triu(k int) *Node {
	return x.triangle("Triu", k, func(diagonal, columns int) (lo, hi int) { return min(diagonal, columns), columns })
}

// triangle returns x's matrices with a part of each row, from lo to hi, not included, and zeros
// elsewhere. part computes lo and hi from the column of the k-th diagonal, which may lie beyond the
// matrix.
func (x *Node) triangle(op string, k int, part func(diagonal, columns int) (lo, hi int)) *Node {
	mustBeNode(op, x)
	if x.Value().Rank() < 2 {
		fail(op, "%v has no matrices: two axes are needed", x)
	}
	return x.linear(op,
		func(y, x *tensor.Tensor) {
			rows, columns := x.Dim(-2), x.Dim(-1)
			clear(y.Like(x).Data())
			for at := 0; at < x.Len(); at += columns {
				row := at / columns % rows
				lo, hi := part(max(-1, row+max(-rows-1, min(k, columns))), columns)
				copy(y.Data()[at+max(0, lo):at+hi], x.Data()[at+max(0, lo):])
			}
		},
		func(_, dy *Node) *Node { return dy.triangle(op, k, part) })
}

// Diagonal returns the diagonals of x's matrices, which are two of its axes, as the last axis of the
// result. Offset 0 is the main diagonal; others lie above it, or below if negative, and may be shorter,
// even empty. [m, n, p] with the axes 0 and 1 gives [p, min(m, n)].
//
//	∂L/∂x = ∂L/∂y on the diagonals, and 0 around them
func (x *Node) Diagonal(offset, axis1, axis2 int) *Node {
	a, b := x.axis("Diagonal", axis1), x.axis("Diagonal", axis2)
	if a == b {
		fail("Diagonal", "axis %d of %v is named twice", a, x)
	}
	return x.selection("Diagonal", func(at *tensor.Tensor, y *Node) {
		d, start := layoutOf(y.inputs[0].value).diagonal(offset, a, b)
		places := at.Zeros(d.dims()...).Data()
		d.walk(start, func(k, place int) { places[k] = float64(place) })
	})
}

// DiagEmbed returns matrices, on two axes of the result, that have x's last axis on the diagonal with the
// given offset and zeros elsewhere. They are just large enough for it. It is the transpose of Diagonal.
// [m, n] with offset 0 and the axes −2 and −1 gives [m, n, n].
//
//	∂L/∂x = ∂L/∂y.Diagonal(offset, axis1, axis2)
func (x *Node) DiagEmbed(offset, axis1, axis2 int) *Node {
	x.axis("DiagEmbed", -1)
	rank := x.value.Rank() + 1
	if rank > maxRank {
		fail("DiagEmbed", "the result for %v would have more than %d axes", x, maxRank)
	}
	a, ok := axisOf(axis1, rank)
	b, ok2 := axisOf(axis2, rank)
	if !ok || !ok2 || a == b {
		fail("DiagEmbed", "the result for %v has %d axes; %d and %d are not two of them", x, rank, axis1, axis2)
	}
	return x.selection("DiagEmbed", func(at *tensor.Tensor, y *Node) {
		l := layoutOf(y.inputs[0].value)
		size := l.shape[l.rank-1] + max(offset, -offset)
		shape := slices.Insert(l.shape[:l.rank-1], min(a, b), size)
		shape = slices.Insert(shape, max(a, b), size)
		places := at.Zeros(shape...).Fill(-1).Data()
		d, start := layoutOf(at).diagonal(offset, a, b)
		d.walk(start, func(k, place int) { places[place] = float64(k) })
	})
}

// diagonal returns the layout of the diagonals of the matrices on two axes, with the diagonal as the last
// axis, and the place where they start.
func (l layout) diagonal(offset, a, b int) (d layout, start int) {
	rows, columns := l.shape[a], l.shape[b]
	if offset >= 0 {
		columns -= offset
		start = offset * l.step[b]
	} else {
		rows += offset
		start = -offset * l.step[a]
	}
	for i := range l.rank {
		if i != a && i != b {
			d.shape[d.rank], d.step[d.rank] = l.shape[i], l.step[i]
			d.rank++
		}
	}
	d.shape[d.rank], d.step[d.rank] = max(0, min(rows, columns)), l.step[a]+l.step[b]
	d.rank++
	return d, start
}

// Trace returns the sum of the main diagonal of a matrix, or of each matrix: x's last two axes.
//
//	∂L/∂x = ∂L/∂y on the diagonals, and 0 around them
func (x *Node) Trace() *Node {
	mustBeNode("Trace", x)
	if x.Value().Rank() < 2 {
		fail("Trace", "%v has no matrices: two axes are needed", x)
	}
	return x.Diagonal(0, -2, -1).Sum(-1)
}

// Diff returns the differences of neighbours along the axis, xᵢ₊₁ − xᵢ, taken n times. Each time there is
// one element fewer, down to none. n = 0 gives x. It panics if n is negative.
//
//	∂L/∂xᵢ = ∂L/∂yᵢ₋₁ − ∂L/∂yᵢ for n = 1
func (x *Node) Diff(axis, n int) *Node {
	a := x.axis("Diff", axis)
	if n < 0 {
		fail("Diff", "differences of %v can't be taken %d times", x, n)
	}
	length := x.value.Dim(a)
	for range min(n, length) {
		x = x.Slice(a, 1, length).Sub(x.Slice(a, 0, length-1))
		length--
	}
	return x
}

// Trapezoid returns the integral of y along the axis, which is removed, by the trapezoidal rule. dx holds
// the distances between y's samples, and is broadcast: one number, or x.Diff(axis, 1) for samples at x.
//
//	z = Σᵢ ½ (yᵢ + yᵢ₊₁) dxᵢ    ∂L/∂yᵢ = ∂L/∂z ½ (dxᵢ₋₁ + dxᵢ)    ∂L/∂dxᵢ = ∂L/∂z ½ (yᵢ + yᵢ₊₁)
func (y *Node) Trapezoid(axis int, dx *Node) *Node {
	a := y.axis("Trapezoid", axis)
	n := y.value.Dim(a)
	mean := y.Slice(a, min(1, n), n).Add(y.Slice(a, 0, max(0, n-1))).Scale(.5)
	return mean.Mul(dx).Sum(a - y.value.Rank()) // counted from the end: dx may have more axes
}
