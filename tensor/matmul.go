package tensor

import (
	"slices"

	"gentlegrad/tensor/internal/kernel"
)

// A product is a matrix product in which neither operand, the second or the first is transposed. The
// transposed matrix is never made.
type product struct {
	name           string
	transX, transY bool
	set            func(z, x, y []float64, m, k, n int)
	add            func(z, x, y []float64, m, k, n int) // adds to z; nil if the product only sets it
}

var (
	nn = product{"MatMul", false, false, kernel.MatMulNN, nil}
	nt = product{"MatMulNT", false, true, kernel.MatMulNT, nil}
	tn = product{"MatMulTN", true, false, kernel.MatMulTN, nil}

	addNN = product{"AddMatMul", false, false, kernel.MatMulNN, kernel.AddMatMulNN}
	addNT = product{"AddMatMulNT", false, true, kernel.MatMulNT, kernel.AddMatMulNT}
	addTN = product{"AddMatMulTN", true, false, kernel.MatMulTN, kernel.AddMatMulTN}
)

// MatMul sets z to the matrix product x·y of the last two axes: […, m, k] by […, k, n] gives […, m, n].
// The axes before them broadcast. Operands need at least two axes. z may not overlap an operand. It
// panics if the shapes do not fit.
func (z *Tensor) MatMul(x, y *Tensor) *Tensor { return z.matmul(&nn, x, y) }

// MatMulNT sets z to x·yᵀ, with y […, n, k]; otherwise it is as MatMul.
func (z *Tensor) MatMulNT(x, y *Tensor) *Tensor { return z.matmul(&nt, x, y) }

// MatMulTN sets z to xᵀ·y, with x […, k, m]; otherwise it is as MatMul.
func (z *Tensor) MatMulTN(x, y *Tensor) *Tensor { return z.matmul(&tn, x, y) }

// AddMatMul adds x·y to z, with the bits of MatMul and Add; an empty z is set to x·y. All are matrices:
// [m, k] by [k, n], added to [m, n]. z may not overlap an operand. It panics if the shapes do not fit.
func (z *Tensor) AddMatMul(x, y *Tensor) *Tensor { return z.matmul(&addNN, x, y) }

// AddMatMulNT adds x·yᵀ to z, as AddMatMul does.
func (z *Tensor) AddMatMulNT(x, y *Tensor) *Tensor { return z.matmul(&addNT, x, y) }

// AddMatMulTN adds xᵀ·y to z, as AddMatMul does.
func (z *Tensor) AddMatMulTN(x, y *Tensor) *Tensor { return z.matmul(&addTN, x, y) }

func (z *Tensor) matmul(p *product, x, y *Tensor) *Tensor {
	x.mustBeSet(p.name)
	y.mustBeSet(p.name)
	if x.rank < 2 || y.rank < 2 {
		fail(p.name, "operands need at least two axes (reshape a vector to [1 n] or [n 1]): %v × %v", x.Shape(), y.Shape())
	}
	m, k := x.matrix(p.transX)
	k2, n := y.matrix(p.transY)
	if k != k2 {
		fail(p.name, "inner dimensions differ: %v × %v%s", x.Shape(), y.Shape(), p.note())
	}
	if x.rank > 2 || y.rank > 2 {
		if p.add != nil {
			fail(p.name, "operands must be matrices: %v × %v", x.Shape(), y.Shape())
		}
		return z.batched(p, x, y, m, k, n)
	}
	fresh := z.renewAs(2, m, n) || z.prepare(p.name, []int{m, n})
	if len(z.data) == 0 { // n may be 0 and m huge
		return z
	}
	if !fresh {
		z.mustBeApart(p.name, x, y)
	}
	if fresh || p.add == nil {
		p.set(z.data, x.data, y.data, m, k, n)
	} else {
		p.add(z.data, x.data, y.data, m, k, n)
	}
	return z
}

// matrix returns the number of rows and columns of x's last two axes.
func (x *Tensor) matrix(transposed bool) (rows, columns int) {
	rows, columns = x.dims[x.rank-2], x.dims[x.rank-1]
	if transposed {
		rows, columns = columns, rows
	}
	return rows, columns
}

func (p *product) note() string {
	switch {
	case p.transX:
		return " with the first transposed"
	case p.transY:
		return " with the second transposed"
	}
	return ""
}

func (z *Tensor) mustBeApart(op string, operands ...*Tensor) {
	for _, x := range operands {
		if overlap(z.data, x.data) {
			failOverlap(op)
		}
	}
}

func failOverlap(op string) { fail(op, "destination shares memory with an operand") }

// batched multiplies stacks of matrices; their leading axes broadcast.
func (z *Tensor) batched(p *product, x, y *Tensor, m, k, n int) *Tensor {
	lead := func(t *Tensor) []int { return t.shape()[:t.rank-2] }
	var room [maxRank]int
	stack, ok := broadcastShape(lead(x), lead(y), &room)
	if !ok {
		fail(p.name, "axes before the last two do not broadcast: %v × %v", x.Shape(), y.Shape())
	}
	var shape [maxRank]int
	full := append(append(shape[:0], stack...), m, n)
	z.prepare(p.name, full)
	z.mustBeApart(p.name, x, y)
	if len(z.data) == 0 {
		return z
	}
	if y.rank == 2 && !p.transX { // one product of all rows
		p.set(z.data, x.data, y.data, x.rows(), k, n)
		return z
	}
	w := newWalk(stack, lead(x), lead(y))
	w.run(func(matrices, zo, xo, yo, dx, dy int) {
		for range matrices {
			p.set(z.data[zo*m*n:][:m*n], x.data[xo*m*k:][:m*k], y.data[yo*k*n:][:k*n], m, k, n)
			zo, xo, yo = zo+1, xo+dx, yo+dy
		}
	})
	return z
}

// Affine sets z to x·w + b: the rows of x […, in], times w [in, out], plus b [out], give […, out]. z may
// not overlap an operand. It panics if the shapes do not fit.
func (z *Tensor) Affine(x, w, b *Tensor) *Tensor {
	if x == nil || w == nil || b == nil || !x.set || !w.set || !b.set || x.rank < 1 || w.rank != 2 || b.rank != 1 || x.last() != w.dims[0] || w.dims[1] != b.dims[0] {
		failAffine(x, w, b)
	}
	k, n := w.dims[0], w.dims[1]
	m := x.rows()
	var fresh bool
	if x.rank == 2 {
		fresh = z.renewAs(2, m, n) || z.prepare("Affine", []int{m, n})
	} else {
		var shape [maxRank]int
		fresh = z.prepare("Affine", append(append(shape[:0], x.shape()[:x.rank-1]...), n))
	}
	if !fresh {
		z.mustBeApart("Affine", x, w, b)
	}
	if len(z.data) > 0 { // else n may be 0 and m huge
		kernel.Affine(z.data, x.data, w.data, b.data, m, k, n)
	}
	return z
}

// failAffine says what does not fit.
func failAffine(x, w, b *Tensor) {
	for _, t := range []*Tensor{x, w, b} {
		t.mustBeSet("Affine")
	}
	switch {
	case x.rank < 1 || w.rank != 2 || b.rank != 1:
		fail("Affine", "needs x […, in], w [in, out], b [out]; got %v, %v, %v", x.Shape(), w.Shape(), b.Shape())
	case x.last() != w.dims[0]:
		fail("Affine", "inner dimensions differ: x has %d columns, w %d rows: %v × %v + %v", x.last(), w.dims[0], x.Shape(), w.Shape(), b.Shape())
	default:
		fail("Affine", "w has %d columns, b %d elements: %v × %v + %v", w.dims[1], b.dims[0], x.Shape(), w.Shape(), b.Shape())
	}
}

// last returns the length of x's last axis.
func (x *Tensor) last() int {
	return x.dims[x.rank-1]
}

// rows returns the number of x's rows, with all axes but the last taken as one.
func (x *Tensor) rows() int {
	if x.rank == 2 {
		return x.dims[0]
	}
	m := 1
	for _, d := range x.shape()[:x.rank-1] {
		m *= d
	}
	return m
}

// AddAffineGrads adds the gradients of z = x·w + b, given delta = δ = ∂L/∂z: δ·wᵀ to dx, xᵀ·δ to dw, and
// δ summed over its rows to db, each with the bits of MatMulNT, MatMulTN or SumTo, and Add. An empty
// destination is set to its gradient; a nil one is left out. They may share no memory with delta, x or w.
// dx and dw may be one tensor, which gets their sum, and otherwise share no memory either. It panics if the
// shapes do not fit.
func AddAffineGrads(dx, dw, db, delta, x, w *Tensor) {
	const op = "AddAffineGrads"
	if delta == nil || x == nil || w == nil || !delta.set || !x.set || !w.set || w.rank != 2 || x.rank < 1 || delta.rank != x.rank ||
		delta.last() != w.dims[1] || x.last() != w.dims[0] || !slices.Equal(delta.dims[:x.rank-1], x.dims[:x.rank-1]) {
		delta.mustBeSet(op)
		x.mustBeSet(op)
		w.mustBeSet(op)
		fail(op, "needs δ […, out], x […, in], w [in, out]; got %v, %v, %v", delta.Shape(), x.Shape(), w.Shape())
	}
	m, k, n := x.rows(), w.dims[0], w.dims[1]
	if dx != nil {
		switch fresh := dx.renew(x) || dx.like(op, x); {
		case len(dx.data) == 0: // k may be 0 and m huge
		case fresh && n == 1:
			kernel.Outer(dx.data, delta.data, w.data)
		case fresh:
			kernel.MatMulNT(dx.data, delta.data, w.data, m, n, k)
		default:
			dx.mustBeApart(op, delta, x, w)
			kernel.AddMatMulNT(dx.data, delta.data, w.data, m, n, k)
		}
	}
	if dw != nil {
		switch fresh := dw.renew(w) || dw.like(op, w); {
		case len(dw.data) == 0:
		case fresh && m == 1:
			kernel.Outer(dw.data, x.data, delta.data)
		case fresh:
			kernel.MatMulTN(dw.data, x.data, delta.data, k, m, n)
		default:
			dw.mustBeApart(op, delta, x, w)
			kernel.AddMatMulTN(dw.data, x.data, delta.data, k, m, n)
		}
	}
	if db != nil {
		if db.renewAs(1, n, 0) || db.prepare(op, w.dims[1:2]) {
			kernel.SumRows(db.data, delta.data)
		} else {
			db.mustBeApart(op, delta, x, w)
			kernel.AddSumRows(db.data, delta.data)
		}
	}
}
