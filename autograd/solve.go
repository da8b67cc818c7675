package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Systems of linear equations. Matrices are the last two axes of a tensor; the axes before them count the
// matrices.

// Solve returns the x with a·x = b, for matrices a […, n, n] and b […, n, k], whose leading axes
// broadcast. If b has one axis, or the shape of a without the last axis, it holds vectors, and so does x.
//
//	∂L/∂b = a⁻ᵀ · ∂L/∂x, by solving again    ∂L/∂a = −∂L/∂b · xᵀ
//
// It panics if a matrix is singular, which means that a pivot is exactly 0. Rounding may leave a small
// number instead.
func (a *Node) Solve(b *Node) *Node {
	mustBeNode("Solve", a, b)
	if n := a.value.Rank(); b.value.Rank() == 1 || n > 0 && slices.Equal(b.value.Shape(), a.value.Shape()[:n-1]) {
		return apply(solve, a, b.Unsqueeze(-1)).Squeeze(-1)
	}
	return apply(solve, a, b)
}

// SolveTriangular returns the x with a·x = b, for triangular matrices a […, n, n] and b […, n, k], whose
// leading axes broadcast; or, unless left is set, the x with x·a = b, for b […, k, n]. Of the matrices
// given, it reads the upper triangle if upper is set, else the lower one; if unit is set, the diagonal
// counts as ones. A zero on the diagonal gives ±Inf or NaN, as division by 0 does.
//
//	∂L/∂b = a⁻ᵀ · ∂L/∂x, by solving again    ∂L/∂a = −∂L/∂b · xᵀ in the triangle, and 0 elsewhere    if left
//	∂L/∂b = ∂L/∂x · a⁻ᵀ                      ∂L/∂a = −xᵀ · ∂L/∂b, likewise                           if not
func (a *Node) SolveTriangular(b *Node, upper, left, unit bool) *Node {
	mustBeNode("SolveTriangular", b)
	op := &solveOp{"SolveTriangular", !left, true, upper, unit}
	if !left && b.value.Rank() >= 2 { // aᵀ · xᵀ = bᵀ
		return apply(op, a, b.matrixTranspose()).matrixTranspose()
	}
	return apply(op, a, b)
}

// A solveOp solves a·x = b, or aᵀ·x = b.
type solveOp struct {
	binary
	transposed bool
	triangular bool // then upper and unit count
	upper      bool
	unit       bool
}

var solve = &solveOp{binary: "Solve"}

func (*solveOp) Broadcasts() bool { return true }

// Forward keeps room for a factorisation.
func (op *solveOp) Forward(x *Node) {
	a, b := x.inputs[0].value, x.inputs[1].value
	n, _ := squares(op.Name(), a)
	if b.Rank() < 2 || b.Dim(-2) != n {
		fail(op.Name(), "matrices of shape %v do not fit a right-hand side of shape %v", a.Shape(), op.given(b))
	}
	k := b.Dim(-1)
	var f factorisation
	if !op.triangular {
		f.room(x.Keep(0).value, n, 0)
	}
	last := -1 // the matrix that was factored last
	op.eachMatrix(x.value, a, b, func(z []float64, i, j int) {
		copy(z, b.Data()[j*n*k:][:n*k])
		m := a.Data()[i*n*n:][:n*n]
		if op.triangular {
			triangle{matrix(m, n, n), op.upper, op.unit, op.transposed}.solve(matrix(z, n, k))
			return
		}
		if i != last {
			f.factor(m, false)
			f.mustBeRegular(op.Name(), a, i)
			last = i
		}
		f.solve(z, k, op.transposed)
	})
}

// given returns the shape of b before SolveTriangular transposed it for the x with x·a = b.
func (op *solveOp) given(b *tensor.Tensor) []int {
	shape := b.Shape()
	if op.transposed {
		slices.Reverse(shape[max(0, len(shape)-2):])
	}
	return shape
}

// mustBeRegular panics if matrix i of a, of which f is the factorisation, is singular.
func (f *factorisation) mustBeRegular(op string, a *tensor.Tensor, i int) {
	for k := range f.n {
		if f.lu[k*f.n+k] == 0 {
			fail(op, "%s is singular: pivot %d is 0", which(a, i), k)
		}
	}
}

func (op *solveOp) VJP(x *Node, i int, dx *Node) *Node {
	transpose := *op
	transpose.transposed = !op.transposed
	db := apply(&transpose, x.inputs[0], dx)
	if i == 1 {
		return db
	}
	if op.transposed {
		return op.part(x.MatMulNT(db)).Neg()
	}
	return op.part(db.MatMulNT(x)).Neg()
}

// part returns the part of a matrix that op reads.
func (op *solveOp) part(a *Node) *Node {
	first := 0 // the diagonal that counts
	if op.unit {
		first = 1
	}
	switch {
	case !op.triangular:
		return a
	case op.upper:
		return a.Triu(first)
	}
	return a.Tril(-first)
}

// ẋ = a⁻¹ · (ḃ − ȧ·x)
func (op *solveOp) JVP(x *Node, dx []*Node) *Node {
	db := dx[1]
	if dx[0] != nil {
		product := (*Node).MatMul
		if op.transposed {
			product = (*Node).MatMulTN
		}
		db = plus(db, product(op.part(dx[0]), x).Neg())
	}
	return apply(op, x.inputs[0], db)
}

// eachMatrix sets z to the shape of b's matrices, with a's and b's leading axes broadcast. It calls f
// with each of z's matrices and with the numbers of the matrices of a and b that belong to it: first with
// all that belong to a's first matrix, and so on.
func (op *solveOp) eachMatrix(z, a, b *tensor.Tensor, f func(z []float64, i, j int)) {
	var room, stepZ, stepA, stepB [maxRank]int // steps are to the next matrix along an axis, 0 if one is repeated
	shape := room[:max(a.Rank(), b.Rank())]
	lead := len(shape) - 2
	stacked, countA, countB := 1, 1, 1
	for d := lead + 1; d >= 0; d-- {
		m, n := dimFromEnd(a, len(shape)-d), dimFromEnd(b, len(shape)-d)
		if shape[d] = n; d >= lead {
			continue
		}
		if m != n && m != 1 && n != 1 {
			fail(op.Name(), "the leading axes do not broadcast: %v and %v", a.Shape(), op.given(b))
		}
		if m != 1 {
			shape[d], stepA[d] = m, countA
		}
		if n != 1 {
			stepB[d] = countB
		}
		stepZ[d], stacked, countA, countB = stacked, stacked*shape[d], countA*m, countB*n
	}
	var axes [maxRank]int // those along which a is repeated come first, and so change fastest
	order := axes[:0]
	for _, repeated := range [2]bool{true, false} {
		for d := lead - 1; d >= 0; d-- {
			if (stepA[d] == 0) == repeated {
				order = append(order, d)
			}
		}
	}
	size := shape[lead] * shape[lead+1]
	data := z.Zeros(shape...).Data()
	for k := range stacked {
		place, i, j, rest := 0, 0, 0, k
		for _, d := range order {
			at := rest % shape[d]
			rest /= shape[d]
			place, i, j = place+at*stepZ[d], i+at*stepA[d], j+at*stepB[d]
		}
		f(data[place*size:][:size], i, j)
	}
}

// dimFromEnd returns the length of x's axis −k; 1 if there is none.
func dimFromEnd(x *tensor.Tensor, k int) int {
	if k > x.Rank() {
		return 1
	}
	return x.Dim(-k)
}

// Inverse returns the inverse of the matrices a […, n, n]. To solve equations, Solve is faster and more
// accurate.
//
//	∂L/∂a = −yᵀ · ∂L/∂y · yᵀ
//
// It panics if a matrix is singular, as Solve does.
func (a *Node) Inverse() *Node { return a.inverse(true) }

func (a *Node) inverse(strict bool) *Node { return apply(inverseOp{"Inverse", strict}, a) }

type inverseOp struct {
	unary
	strict bool // if not, the inverse of a singular matrix consists of ±Inf and NaN
}

func (op inverseOp) Forward(y *Node) {
	a := y.inputs[0].value
	n, count := squares("Inverse", a)
	var f factorisation
	f.room(y.Keep(0).value, n, 0)
	data := y.value.Like(a).Fill(0).Data()
	for i := range count {
		f.factor(a.Data()[i*n*n:][:n*n], false)
		if op.strict {
			f.mustBeRegular("Inverse", a, i)
		}
		z := data[i*n*n:][:n*n]
		for k := range n {
			z[k*n+k] = 1
		}
		f.solve(z, n, false)
	}
}

func (inverseOp) VJP(y *Node, _ int, dy *Node) *Node { return y.MatMulTN(dy).MatMulNT(y).Neg() }

// ẏ = −y·ȧ·y
func (inverseOp) JVP(y *Node, dx []*Node) *Node { return y.MatMul(dx[0]).MatMul(y).Neg() }
