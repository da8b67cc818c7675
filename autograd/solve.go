package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Systems of linear equations, and determinants. Matrices are the last two axes; the axes before them count them.

// Solve returns the x with a·x = b, for matrices a […, n, n] and b […, n, k], whose leading axes broadcast. b is a vector
// if it has one axis, or one less than a and otherwise its shape: then x is one too.
//
//	∂L/∂b = a⁻ᵀ · ∂L/∂x, by solving again    ∂L/∂a = −∂L/∂b · xᵀ
//
// It panics if a matrix is singular: if a pivot is exactly 0.
func (a *Node) Solve(b *Node) *Node {
	mustBeNode("Solve", a)
	mustBeNode("Solve", b)
	if n := a.value.Rank(); b.value.Rank() == 1 || b.value.Rank() == n-1 && slices.Equal(b.value.Shape(), a.value.Shape()[:n-1]) {
		x := apply(solve, a, b.Reshape(append(b.value.Shape(), 1)...))
		return x.Reshape(x.value.Shape()[:x.value.Rank()-1]...)
	}
	return apply(solve, a, b)
}

// SolveTriangular returns the x with a·x = b, for triangular matrices a […, n, n] and b […, n, k], whose leading axes
// broadcast; or, unless left, the x with x·a = b, for b […, k, n]. If upper, a is the upper triangle of what is given, else the
// lower one; if unit, its diagonal counts as ones. A zero on the diagonal gives ±Inf or NaN, as division by 0 does.
//
//	∂L/∂b = a⁻ᵀ · ∂L/∂x, by solving again    ∂L/∂a = −∂L/∂b · xᵀ in the triangle, and 0 elsewhere    if left
//	∂L/∂b = ∂L/∂x · a⁻ᵀ                      ∂L/∂a = −xᵀ · ∂L/∂b, likewise                           if not
func (a *Node) SolveTriangular(b *Node, upper, left, unit bool) *Node {
	mustBeNode("SolveTriangular", a)
	mustBeNode("SolveTriangular", b)
	op := &solveOp{"SolveTriangular", !left, true, upper, unit}
	if !left && b.value.Rank() >= 2 { // aᵀ · xᵀ = bᵀ
		return apply(op, a, b.matrixTranspose()).matrixTranspose()
	}
	return apply(op, a, b)
}

// A solveOp solves a·x = b, or aᵀ·x = b.
type solveOp struct {
	name       string
	transposed bool
	triangular bool // then upper and unit count
	upper      bool
	unit       bool
}

var solve = &solveOp{name: "Solve"}

func (op *solveOp) Name() string { return op.name }

func (*solveOp) arity() int { return 2 }

func (*solveOp) Broadcasts() bool { return true }

// Forward keeps room for a factorisation.
func (op *solveOp) Forward(x *Node) {
	a, b := x.inputs[0].value, x.inputs[1].value
	n, _ := squares(op.name, a)
	if b.Rank() < 2 || b.Dim(-2) != n {
		fail(op.name, "matrices of shape %v do not fit a right side of shape %v", a.Shape(), b.Shape())
	}
	k := b.Dim(-1)
	var f factorisation
	if !op.triangular {
		f.room(x.Keep(0).value, n, 0)
	}
	last := -1 // the matrix that is factored
	eachMatrix(op.name, x.value, a, b, func(z []float64, i, j int) {
		copy(z, b.Data()[j*n*k:][:n*k])
		m := a.Data()[i*n*n:][:n*n]
		if op.triangular {
			triangle{m, n, op.upper, op.unit, op.transposed}.solve(z, k)
			return
		}
		if i != last {
			f.factor(m, false)
			f.mustBeRegular(op.name, a, i)
			last = i
		}
		f.solve(z, k, op.transposed)
	})
}

// mustBeRegular panics if matrix i of a, which is factored, is singular.
func (f *factorisation) mustBeRegular(op string, a *tensor.Tensor, i int) {
	if k := f.singular(); k >= 0 {
		fail(op, "%s is singular: pivot %d is 0", which(a, i), k)
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

// part returns what counts of a matrix.
func (op *solveOp) part(a *Node) *Node {
	switch {
	case op.triangular && op.unit:
		return a.triangular(op.upper, 0)
	case op.triangular:
		return a.triangular(op.upper, 1)
	}
	return a
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

// eachMatrix sets z to the shape of b's matrices, with a's and b's leading axes broadcast, and calls f with each of its
// matrices and the numbers of those of a and b that are repeated to it.
func eachMatrix(op string, z, a, b *tensor.Tensor, f func(z []float64, i, j int)) {
	var room [16]int // the most axes that a tensor has
	shape := room[:max(a.Rank(), b.Rank())]
	lead := len(shape) - 2
	stacked := 1
	for d := range shape {
		m, n := dimFromEnd(a, len(shape)-d), dimFromEnd(b, len(shape)-d)
		if shape[d] = n; d >= lead {
			continue
		}
		if n == 1 {
			shape[d] = m
		} else if m != 1 && m != n {
			fail(op, "the leading axes do not broadcast: %v and %v", a.Shape(), b.Shape())
		}
		stacked *= shape[d]
	}
	size := shape[lead] * shape[lead+1]
	data := z.Zeros(shape...).Data()
	for k := range stacked {
		i, j, rest, strideA, strideB := 0, 0, k, 1, 1
		for d := lead - 1; d >= 0; d-- {
			m, n := dimFromEnd(a, len(shape)-d), dimFromEnd(b, len(shape)-d)
			at := rest % shape[d]
			rest /= shape[d]
			i += min(at, m-1) * strideA
			j += min(at, n-1) * strideB
			strideA *= m
			strideB *= n
		}
		f(data[k*size:][:size], i, j)
	}
}

// dimFromEnd returns the length of x's axis −k; 1 if there is none.
func dimFromEnd(x *tensor.Tensor, k int) int {
	if k > x.Rank() {
		return 1
	}
	return x.Dim(-k)
}

// Inverse returns the inverse of the matrices a […, n, n]. To solve equations, Solve is faster and more accurate.
//
//	∂L/∂a = −yᵀ · ∂L/∂y · yᵀ
//
// It panics if a matrix is singular, as Solve does.
func (a *Node) Inverse() *Node { return apply(inverseOp{strict: true}, a) }

type inverseOp struct {
	strict bool // else the inverse of a singular matrix is of ±Inf and NaN
}

func (inverseOp) Name() string { return "Inverse" }

func (inverseOp) arity() int { return 1 }

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

// Det returns the determinants of the matrices a […, n, n], of shape […]; that of a 0 × 0 matrix is 1.
//
//	∂L/∂a = ∂L/∂y · C, where Cᵢⱼ is the cofactor of aᵢⱼ    (0 where ∂L/∂y is exactly 0)
//
// C is y·a⁻ᵀ, but it is there for a singular matrix too. Derivatives are right for any matrix up to the second, and of any order for regular
// ones; the third of a singular matrix are NaN.
func (a *Node) Det() *Node { return apply(detOp{}, a) }

type detOp struct{}

func (detOp) Name() string { return "Det" }

func (detOp) arity() int { return 1 }

func (detOp) Forward(y *Node) {
	a := y.inputs[0].value
	var f factorisation
	f.eachOf("Det", y, a, func(i int) {
		det := f.sign
		for k := range f.n {
			det *= f.lu[k*f.n+k]
		}
		y.value.Data()[i] = det
	})
}

// eachOf sets y to the shape of a without the last two axes, and calls do with the number of each matrix of a when f is its
// factorisation.
func (f *factorisation) eachOf(op string, y *Node, a *tensor.Tensor, do func(i int)) {
	n, count := squares(op, a)
	var room [16]int
	lead := room[:a.Rank()-2]
	for d := range lead {
		lead[d] = a.Dim(d)
	}
	y.value.Zeros(lead...)
	f.room(y.Keep(0).value, n, 0)
	for i := range count {
		f.factor(a.Data()[i*n*n:][:n*n], false)
		do(i)
	}
}

func (detOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.perMatrix().Chain(apply(cofactorsOp{}, y.inputs[0]))
}

func (detOp) JVP(y *Node, dx []*Node) *Node {
	return dx[0].Chain(apply(cofactorsOp{}, y.inputs[0])).Sum(-2, -1)
}

// perMatrix returns x with two axes of length 1 behind the others: a number for each matrix.
func (x *Node) perMatrix() *Node { return x.Reshape(append(x.value.Shape(), 1, 1)...) }

// A cofactorsOp gives the cofactors C of the matrices a, which are the gradient of det a: Cᵢⱼ = ∂ det a/∂aᵢⱼ. With a
// second input g it gives their derivative in its direction: Σₖₗ gₖₗ ∂C/∂aₖₗ, the gradient by a of ⟨g, C⟩.
//
// With complete pivoting P·a·Q = L·D·U, where D is diagonal, with zeros if a is singular, and L and U have ones on their diagonals. So with
// B = L⁻¹·P·g·Q·U⁻¹ both are det P · det Q · Pᵀ·L⁻ᵀ·N·U⁻ᵀ·Qᵀ with that N which D and B have, where no division is needed:
//
//	cofactors     Nᵢᵢ = Π dₗ over l ≠ i, and 0 elsewhere
//	derivatives   Nᵢⱼ = −pᵢⱼ Bⱼᵢ for i ≠ j    Nᵢᵢ = Σⱼ pᵢⱼ Bⱼⱼ over j ≠ i,    where pᵢⱼ = Π dₗ over l ≠ i, j
type cofactorsOp struct{}

func (cofactorsOp) Name() string { return "Cofactors" }

func (cofactorsOp) Forward(y *Node) {
	a := y.inputs[0].value
	n, count := squares("Cofactors", a)
	var f factorisation
	rest := f.room(y.Keep(0).value, n, 2)
	d, sums := rest[:n], rest[n:]
	data := y.value.Like(a).Fill(0).Data()
	for i := range count {
		f.factor(a.Data()[i*n*n:][:n*n], true)
		f.scaleRows(d)
		z := data[i*n*n:][:n*n]
		if len(y.inputs) == 1 {
			diagonalCofactors(z, d)
		} else {
			copy(z, y.inputs[1].value.Data()[i*n*n:][:n*n])
			f.toDiagonal(z)
			diagonalDerivatives(z, d, sums)
		}
		f.fromDiagonal(z)
	}
}

// scaleRows takes D from U, which it leaves with ones on the diagonal.
func (f *factorisation) scaleRows(d []float64) {
	for i := range f.n {
		row := f.lu[i*f.n:][:f.n]
		if d[i] = row[i]; d[i] != 0 {
			for j := i + 1; j < f.n; j++ {
				row[j] /= d[i]
			}
		}
	}
}

// toDiagonal sets z to the transpose of B, of g.
func (f *factorisation) toDiagonal(z []float64) {
	for i, j := range f.rows {
		swapRows(z, f.n, i, int(j))
	}
	for i, j := range f.cols {
		swapColumns(z, f.n, i, int(j))
	}
	triangle{f.lu, f.n, false, true, false}.solve(z, f.n)
	transposeSquare(z, f.n)
	triangle{f.lu, f.n, true, true, true}.solve(z, f.n)
}

// fromDiagonal sets z to det P · det Q · Pᵀ·L⁻ᵀ·z·U⁻ᵀ·Qᵀ.
func (f *factorisation) fromDiagonal(z []float64) {
	triangle{f.lu, f.n, false, true, true}.solve(z, f.n)
	transposeSquare(z, f.n)
	triangle{f.lu, f.n, true, true, false}.solve(z, f.n)
	transposeSquare(z, f.n)
	for i, j := range slices.Backward(f.cols) {
		swapColumns(z, f.n, i, int(j))
	}
	for i, j := range slices.Backward(f.rows) {
		swapRows(z, f.n, i, int(j))
	}
	for i := range z {
		z[i] *= f.sign
	}
}

// diagonalCofactors sets z, of zeros, to N of the cofactors.
func diagonalCofactors(z, d []float64) {
	n := len(d)
	before, behind := 1.0, 1.0
	for i := range n {
		z[i*n+i] = before
		before *= d[i]
	}
	for i := n - 1; i >= 0; i-- {
		z[i*n+i] *= behind
		behind *= d[i]
	}
}

// diagonalDerivatives sets z, which holds Bᵀ, to N of the derivatives.
func diagonalDerivatives(z, d, sums []float64) {
	n := len(d)
	clear(sums)
	before := 1.0 // Π dₗ over l < i
	for i := range n {
		between := before // times those between i and j
		for j := i + 1; j < n; j++ {
			p := between
			for _, v := range d[j+1:] {
				p *= v
			}
			between *= d[j]
			sums[i] += float64(p * z[j*n+j])
			sums[j] += float64(p * z[i*n+i])
			z[i*n+j] *= -p
			z[j*n+i] *= -p
		}
		before *= d[i]
	}
	for i, s := range sums {
		z[i*n+i] = s
	}
}

// The derivative by a of ⟨g, C⟩ is this op with g, and that by g of its result once more is the same: second derivatives do not depend
// on the order.
func (op cofactorsOp) VJP(y *Node, i int, dy *Node) *Node {
	switch a := y.inputs[0]; {
	case len(y.inputs) == 1 || i == 1:
		return apply(op, a, dy)
	default:
		return a.thirdOfDet(y.inputs[1], dy)
	}
}

func (op cofactorsOp) JVP(y *Node, dx []*Node) *Node {
	a := y.inputs[0]
	if len(y.inputs) == 1 {
		return apply(op, a, dx[0])
	}
	var dy *Node
	if dx[0] != nil {
		dy = a.thirdOfDet(y.inputs[1], dx[0])
	}
	if dx[1] != nil {
		dy = plus(dy, apply(op, a, dx[1]))
	}
	return dy
}

// thirdOfDet returns the derivative of the cofactors of a in the directions g and h, for regular a: with X = a⁻¹·g and Y = a⁻¹·h, the
// transpose of
//
//	det a · ((tr X tr Y − tr XY) − tr X · Y − tr Y · X + XY + YX) · a⁻¹
func (a *Node) thirdOfDet(g, h *Node) *Node {
	inverse := apply(inverseOp{}, a)
	x, y := inverse.MatMul(g), inverse.MatMul(h)
	trace := func(x *Node) *Node { return Einsum("...ii->...", x).perMatrix() }
	xy, yx, trX, trY := x.MatMul(y), y.MatMul(x), trace(x), trace(y)
	m := xy.Add(yx).Sub(trX.Mul(y)).Sub(trY.Mul(x)).MatMul(inverse)
	m = m.Add(trX.Mul(trY).Sub(trace(xy)).Mul(inverse))
	return a.Det().perMatrix().Mul(m).matrixTranspose()
}

// SlogDet returns the signs of the determinants of the matrices a […, n, n], −1, 0 or 1, as a constant, and the logarithms of
// their absolute values, both of shape […]: a determinant may overflow where its logarithm does not. Of a singular
// matrix they are 0 and −Inf.
//
//	∂L/∂a = ∂L/∂y · a⁻ᵀ    (0 where ∂L/∂y is exactly 0)
func (a *Node) SlogDet() (sign, logAbs *Node) {
	y := apply(logAbsDetOp{}, a)
	return y.Keep(1), y
}

// LogDet returns the logarithms of the determinants of the matrices a […, n, n], of shape […]: −Inf of a singular matrix, and NaN
// where the determinant is negative, for which there is SlogDet.
//
//	∂L/∂a = ∂L/∂y · a⁻ᵀ    (0 where ∂L/∂y is exactly 0)
func (a *Node) LogDet() *Node {
	sign, logAbs := a.SlogDet()
	return logAbs.Add(sign.Log()) // + 0, −Inf or NaN
}

type logAbsDetOp struct{}

func (logAbsDetOp) Name() string { return "LogAbsDet" }

func (logAbsDetOp) arity() int { return 1 }

// Forward keeps the signs.
func (logAbsDetOp) Forward(y *Node) {
	var f factorisation
	f.eachOf("SlogDet", y, y.inputs[0].value, func(i int) {
		sign, sum := f.sign, 0.0
		for k := range f.n {
			u := f.lu[k*f.n+k]
			sum += math.Log(math.Abs(u))
			switch {
			case u == 0:
				sign = 0
			case u < 0:
				sign = -sign
			}
		}
		y.value.Data()[i] = sum
		y.Keep(1).value.Like(y.value).Data()[i] = sign
	})
	y.Keep(1).value.Like(y.value) // also if there are no matrices
}

func (logAbsDetOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.perMatrix().Chain(apply(inverseOp{}, y.inputs[0]).matrixTranspose())
}

func (logAbsDetOp) JVP(y *Node, dx []*Node) *Node {
	return dx[0].Chain(apply(inverseOp{}, y.inputs[0]).matrixTranspose()).Sum(-2, -1)
}
