package autograd

import (
	"fmt"
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Decompositions of matrices: L·U for the operations of solve.go, and Cholesky's. Matrices are the last
// two axes of a tensor; the loops handle one matrix at a time, row by row in memory. Large matrices are
// halved, again and again, so that most of the work is in matrix products: F. Gustavson, Recursion leads
// to automatic variable blocking for dense linear-algebra algorithms, 1997.

// A factorisation is P·a·Q = L·U, where P and Q swap rows and columns of a, L is lower triangular with
// ones on the diagonal, and U is upper triangular. One array holds both, without L's ones.
type factorisation struct {
	n          int
	lu         []float64 // n × n
	rows, cols []float64 // row k was swapped with row rows[k], for k = 0, 1, … in turn; columns likewise
	sign       float64   // of the swaps: det P · det Q
}

// room makes f a factorisation of n × n matrices that uses the memory of scratch, an empty tensor, and
// returns what is left: extra × n numbers.
func (f *factorisation) room(scratch *tensor.Tensor, n, extra int) (rest []float64) {
	data := scratch.Zeros(n+2+extra, n).Data()
	f.n, f.lu, f.rows, f.cols = n, data[:n*n], data[n*n:][:n], data[n*n+n:][:n]
	return data[n*n+2*n:]
}

// factor factors a, by Gaussian elimination. Partial pivoting searches the column, so Q swaps nothing.
// Complete pivoting searches all that is left, so U's diagonal shows the rank: all of it is zero from the
// first zero on. A column in which only 0 could be the pivot is left as it is.
func (f *factorisation) factor(a []float64, complete bool) {
	copy(f.lu, a)
	f.sign = 1
	f.eliminate(0, f.n, complete)
}

// eliminate factors the columns from lo up to, not including, hi. The columns before lo are factored, and
// their products have been subtracted. The halving of columns is that of S. Toledo, Locality of reference
// in LU decomposition with partial pivoting, 1997.
func (f *factorisation) eliminate(lo, hi int, complete bool) {
	n := f.n
	if hi-lo > direct && !complete {
		mid := (lo + hi) / 2
		f.eliminate(lo, mid, false)
		all := matrix(f.lu, n, n)
		u := all.part(lo, mid, mid, hi)
		triangle{all.part(lo, mid, lo, mid), false, true, false}.solve(u)
		all.part(mid, n, mid, hi).subtractProduct((*tensor.Tensor).MatMul, all.part(mid, n, lo, mid), u)
		f.eliminate(mid, hi, false)
		return
	}
	for k := lo; k < hi; k++ {
		f.pivot(k, complete)
		top := f.lu[k*n:][:hi]
		if top[k] == 0 {
			continue
		}
		for i := k + 1; i < n; i++ {
			row := f.lu[i*n:][:hi]
			row[k] /= top[k]
			subtract(row[k+1:], row[k], top[k+1:])
		}
	}
}

// pivot swaps the element of the largest magnitude to (k, k): from column k, or from all columns from k
// on, in the rows from k on. A NaN counts as the largest, so that it is not lost.
func (f *factorisation) pivot(k int, complete bool) {
	n, end := f.n, k+1
	if complete {
		end = f.n
	}
	row, col, largest := k, k, -1.0
	for i := k; i < n; i++ {
		for j, v := range f.lu[i*n:][k:end] {
			if v = math.Abs(v); !(v <= largest) && (v > largest || v != v) {
				row, col, largest = i, k+j, v
			}
		}
	}
	f.rows[k], f.cols[k] = float64(row), float64(col)
	if (row != k) != (col != k) { // one swap, not two
		f.sign = -f.sign
	}
	swapRows(f.lu, n, k, row)
	swapColumns(f.lu, n, k, col)
}

func swapRows(x []float64, columns, i, j int) {
	if i != j {
		for c := range columns {
			x[i*columns+c], x[j*columns+c] = x[j*columns+c], x[i*columns+c]
		}
	}
}

func swapColumns(x []float64, columns, i, j int) {
	if i != j {
		for at := 0; at < len(x); at += columns {
			x[at+i], x[at+j] = x[at+j], x[at+i]
		}
	}
}

// solve sets x, which holds n × k numbers b, to the solution of a·x = b or aᵀ·x = b, where a was pivoted
// partially.
func (f *factorisation) solve(x []float64, k int, transposed bool) {
	lu, b := matrix(f.lu, f.n, f.n), matrix(x, f.n, k)
	l, u := triangle{lu, false, true, transposed}, triangle{lu, true, false, transposed}
	if transposed { // aᵀ = Uᵀ·Lᵀ·P
		u.solve(b)
		l.solve(b)
		for i, j := range slices.Backward(f.rows) {
			swapRows(x, k, i, int(j))
		}
		return
	}
	for i, j := range f.rows {
		swapRows(x, k, i, int(j))
	}
	l.solve(b)
	u.solve(b)
}

// A triangle is a triangular matrix in a square block. The rest of the block is ignored, and so is the
// diagonal if it consists of ones. A transposed triangle stands for the transpose of the matrix.
type triangle struct {
	block
	upper      bool
	ones       bool
	transposed bool
}

// solve sets x, which holds b, to the solution of t·x = b: by substitution, or by halves if t is large.
func (t triangle) solve(x block) {
	n := t.rows
	if n > direct {
		t.solveHalves(x)
		return
	}
	down, right := t.stride, 1
	if t.transposed {
		down, right = right, down
	}
	b, k := x.data, x.columns
	for step := range n {
		i, from, to := step, 0, step // row i, and the range of rows already solved
		if t.upper != t.transposed {
			i, from, to = n-1-step, n-step, n
		}
		row := b[i*x.stride:][:k]
		for j := from; j < to; j++ {
			subtract(row, t.data[i*down+j*right], b[j*x.stride:][:k])
		}
		if !t.ones {
			for c := range row {
				row[c] /= t.data[i*down+i*right]
			}
		}
	}
}

// solveHalves is solve for one half of x after the other. For a lower triangle
//
//	t₁₁·x₁ = b₁    t₂₂·x₂ = b₂ − t₂₁·x₁
func (t triangle) solveHalves(x block) {
	n, h := t.rows, t.rows/2
	first, second, corner := t, t, t.part(h, n, 0, h)
	first.block, second.block = t.part(0, h, 0, h), t.part(h, n, h, n)
	if t.upper {
		corner = t.part(0, h, h, n)
	}
	x1, x2 := x.part(0, h, 0, x.columns), x.part(h, n, 0, x.columns)
	if t.upper != t.transposed {
		first, second, x1, x2 = second, first, x2, x1
	}
	product := (*tensor.Tensor).MatMul
	if t.transposed {
		product = (*tensor.Tensor).MatMulTN
	}
	first.solve(x1)
	x2.subtractProduct(product, corner, x1)
	second.solve(x2)
}

// subtract subtracts a·x from y.
func subtract(y []float64, a float64, x []float64) {
	x = x[:len(y)]
	for i := range y {
		y[i] -= float64(a * x[i])
	}
}

// transposeSquare transposes an n × n matrix in place.
func transposeSquare(x []float64, n int) {
	for i := range n {
		for j := range i {
			x[i*n+j], x[j*n+i] = x[j*n+i], x[i*n+j]
		}
	}
}

// squares returns the size n of the matrices a […, n, n], and how many there are.
func squares(op string, a *tensor.Tensor) (n, count int) {
	if a.Rank() < 2 || a.Dim(-1) != a.Dim(-2) {
		fail(op, "needs square matrices […, n, n]; got shape %v", a.Shape())
	}
	l := layoutOf(a)
	return a.Dim(-1), product(l.shape[:l.rank-2])
}

// which names the matrix of a tensor that an error is about.
func which(a *tensor.Tensor, i int) string {
	if a.Rank() == 2 {
		return "the matrix"
	}
	return fmt.Sprintf("matrix %d, of shape %v,", i, a.Shape())
}

// lowerHalf returns Φ(x): the lower triangles of square matrices with the diagonal halved, and zeros
// elsewhere.
//
//	∂L/∂x = the same of ∂L/∂y
func (x *Node) lowerHalf() *Node {
	return x.linear("LowerHalf",
		func(y, x *tensor.Tensor) {
			n := x.Dim(-1)
			data := y.Copy(x).Data()
			for at := 0; at < len(data); at += n {
				row, i := data[at:][:n], at/n%n
				row[i] *= .5
				clear(row[i+1:])
			}
		},
		func(_, dy *Node) *Node { return dy.lowerHalf() })
}

// Cholesky returns the lower triangular matrices l with l·lᵀ = a, for symmetric positive definite
// matrices a […, n, n]. If a is not symmetric, its symmetric part ½(a + aᵀ) is taken.
//
//	∂L/∂a = ½(S + Sᵀ)    S = l⁻ᵀ · Φ(lᵀ · ∂L/∂l) · l⁻¹
//
// where Φ is the lower triangle with the diagonal halved: I. Murray, Differentiation of the Cholesky
// decomposition, 2016, equation 10. It panics if a matrix is not positive definite, but NaN stays NaN.
func (a *Node) Cholesky() *Node { return apply(choleskyOp{"Cholesky"}, a) }

type choleskyOp struct{ unary }

func (choleskyOp) Forward(y *Node) {
	a := y.inputs[0].value
	n, count := squares("Cholesky", a)
	l := y.value.Like(a).Data()
	clear(l)
	for i := range count {
		if pivot := cholesky(l[i*n*n:][:n*n], a.Data()[i*n*n:][:n*n], n, 0, n); pivot >= 0 {
			fail("Cholesky", "%s is not positive definite: the square of pivot %d is %v", which(a, i), pivot, l[i*n*n+pivot*n+pivot])
		}
	}
}

// cholesky sets l's columns from lo up to, not including, hi, row by row, and returns −1; or, if the square
// of a pivot is not positive, leaves that square in l and returns the pivot's number. The columns before lo
// are set. Those from lo on were zeros, from which the products of the columns before have been subtracted.
func cholesky(l, a []float64, n, lo, hi int) int {
	if hi-lo > direct {
		mid := (lo + hi) / 2
		if pivot := cholesky(l, a, n, lo, mid); pivot >= 0 {
			return pivot
		}
		all := matrix(l, n, n)
		all.part(mid, n, mid, hi).subtractProduct((*tensor.Tensor).MatMulNT, all.part(mid, n, lo, mid), all.part(mid, hi, lo, mid))
		return cholesky(l, a, n, mid, hi)
	}
	for i := lo; i < n; i++ {
		row := l[i*n:][:n]
		for j := lo; j < min(i+1, hi); j++ {
			s := float64(a[i*n+j]/2) + float64(a[j*n+i]/2) // rounded first: subnormal numbers
			if lo > 0 {
				s += row[j]
			}
			left, above := row[lo:j], l[j*n:][lo:j]
			for k, v := range above {
				s -= float64(left[k] * v)
			}
			switch {
			case j < i:
				row[j] = s / l[j*n+j]
			case s <= 0:
				row[i] = s
				return i
			default:
				row[i] = math.Sqrt(s)
				clear(row[i+1:])
			}
		}
	}
	return -1
}

func (choleskyOp) VJP(l *Node, _ int, dl *Node) *Node {
	s := l.whitened(l.MatMulTN(dl).lowerHalf(), true)
	return s.Add(s.matrixTranspose()).Scale(.5)
}

// l̇ = l · Φ(l⁻¹ · ȧ · l⁻ᵀ), of the symmetric part of ȧ: equation 8.
func (choleskyOp) JVP(l *Node, dx []*Node) *Node {
	da := dx[0].Add(dx[0].matrixTranspose()).Scale(.5)
	return l.MatMul(l.whitened(da, false).lowerHalf())
}

// whitened returns l⁻¹·x·l⁻ᵀ, or l⁻ᵀ·x·l⁻¹, of a lower triangular l.
func (l *Node) whitened(x *Node, transposed bool) *Node {
	op := &solveOp{binary: "SolveTriangular", triangular: true, transposed: transposed}
	return apply(op, l, apply(op, l, x).matrixTranspose()).matrixTranspose()
}
