package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Determinants of matrices, which are the last two axes of a tensor; the axes before them count the
// matrices.

// Det returns the determinants of the matrices a […, n, n], of shape […]; that of a 0 × 0 matrix is 1.
//
//	∂L/∂a = ∂L/∂y · C, where Cᵢⱼ is the cofactor of aᵢⱼ    (0 where ∂L/∂y is exactly 0)
//
// For a regular matrix C is y·a⁻ᵀ, but C exists for a singular matrix too. First and second derivatives
// are right for any matrix, and those of any order for regular ones; third derivatives of a singular
// matrix are NaN.
func (a *Node) Det() *Node {
	return a.reduction("Det", []int{-2, -1}, setDet, func(a, _ *Node) *Node { return apply(cofactorsOp{}, a) })
}

// setDet keeps room for a factorisation.
func setDet(y *Node) {
	a := y.inputs[0].value
	n, count := squares("Det", a)
	det := onePerMatrix(y.value, a).Data()
	var f factorisation
	f.room(y.Keep(0).value, n, 0)
	for i := range count {
		f.factor(a.Data()[i*n*n:][:n*n], false)
		p := scaled{f.sign, 0}
		for k := range n {
			p = p.times(f.lu[k*n+k])
		}
		det[i] = p.value()
	}
}

// A scaled is the number f·2ᵉ, where |f| is from ½ to 1 or f is 0, ±Inf or NaN: a product of many numbers
// neither overflows nor underflows on the way.
type scaled struct {
	f float64
	e int
}

func (x scaled) times(v float64) scaled {
	f, e := math.Frexp(v)
	f, more := math.Frexp(x.f * f)
	return scaled{f, x.e + e + more}
}

func (x scaled) value() float64 { return math.Ldexp(x.f, x.e) }

// onePerMatrix sets y to zeros, one for each of the matrices a: in a's shape without the last two axes.
func onePerMatrix(y, a *tensor.Tensor) *tensor.Tensor {
	l := layoutOf(a)
	return y.Zeros(l.shape[:l.rank-2]...)
}

// perMatrix returns x, which has a number for each matrix, with two axes of length 1 after the others.
func (x *Node) perMatrix() *Node { return x.Reshape(append(x.value.Shape(), 1, 1)...) }

// A cofactorsOp gives the cofactors C of the matrices a, which are the gradient of det a:
// Cᵢⱼ = ∂ det a/∂aᵢⱼ. With a second input g it gives the derivative of C in the direction g:
// Σₖₗ gₖₗ ∂C/∂aₖₗ, which is the gradient of ⟨g, C⟩ with respect to a.
//
// Complete pivoting gives P·a·Q = L·D·U, where D is diagonal, with zeros if a is singular, and L and U
// have ones on their diagonals. With B = L⁻¹·P·g·Q·U⁻¹, both results are det P · det Q · Pᵀ·L⁻ᵀ·N·U⁻ᵀ·Qᵀ,
// with an N made of D and B without any division:
//
//	cofactors     Nᵢᵢ = Π dₗ over l ≠ i, and 0 elsewhere
//	derivatives   Nᵢⱼ = −pᵢⱼ Bⱼᵢ for i ≠ j    Nᵢᵢ = Σⱼ pᵢⱼ Bⱼⱼ over j ≠ i,    where pᵢⱼ = Π dₗ over l ≠ i, j
type cofactorsOp struct{}

func (cofactorsOp) Name() string { return "Cofactors" }

func (cofactorsOp) Forward(y *Node) {
	a := y.inputs[0].value
	n, count := squares("Cofactors", a)
	var f factorisation
	rest := f.room(y.Keep(0).value, n, 4)
	d, sums, behind := rest[:n], rest[n:][:n], rest[2*n:]
	data := y.value.Like(a).Fill(0).Data()
	for i := range count {
		f.factor(a.Data()[i*n*n:][:n*n], true)
		f.scaleRows(d)
		productsBehind(behind, d)
		z := data[i*n*n:][:n*n]
		if len(y.inputs) == 1 {
			diagonalCofactors(z, d, behind)
		} else {
			copy(z, y.inputs[1].value.Data()[i*n*n:][:n*n])
			f.toDiagonal(z)
			diagonalDerivatives(z, d, behind, sums)
		}
		f.fromDiagonal(z)
	}
}

// scaleRows sets d to D, and divides U's rows by it, so that U has ones on the diagonal.
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

// toDiagonal sets z, which holds g, to the transpose of B.
func (f *factorisation) toDiagonal(z []float64) {
	for i, j := range f.rows {
		swapRows(z, f.n, i, int(j))
	}
	for i, j := range f.cols {
		swapColumns(z, f.n, i, int(j))
	}
	lu, b := matrix(f.lu, f.n, f.n), matrix(z, f.n, f.n)
	triangle{lu, false, true, false}.solve(b)
	transposeSquare(z, f.n)
	triangle{lu, true, true, true}.solve(b)
}

// fromDiagonal sets z to det P · det Q · Pᵀ·L⁻ᵀ·z·U⁻ᵀ·Qᵀ.
func (f *factorisation) fromDiagonal(z []float64) {
	lu, b := matrix(f.lu, f.n, f.n), matrix(z, f.n, f.n)
	triangle{lu, false, true, true}.solve(b)
	transposeSquare(z, f.n)
	triangle{lu, true, true, false}.solve(b)
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

// productsBehind sets behind to f and e of the products Π dₗ over l > i, for each i.
func productsBehind(behind, d []float64) {
	p := scaled{1, 0}
	for i, v := range slices.Backward(d) {
		behind[2*i], behind[2*i+1] = p.f, float64(p.e)
		p = p.times(v)
	}
}

// timesBehind returns x · Π dₗ over l > i.
func (x scaled) timesBehind(behind []float64, i int) scaled {
	x.e += int(behind[2*i+1])
	return x.times(behind[2*i])
}

// diagonalCofactors sets z, which holds zeros, to the N of the cofactors.
func diagonalCofactors(z, d, behind []float64) {
	before := scaled{1, 0} // Π dₗ over l < i
	for i, v := range d {
		z[i*len(d)+i] = before.timesBehind(behind, i).value()
		before = before.times(v)
	}
}

// diagonalDerivatives sets z, which holds Bᵀ, to the N of the derivatives.
func diagonalDerivatives(z, d, behind, sums []float64) {
	n := len(d)
	clear(sums)
	before := scaled{1, 0} // Π dₗ over l < i
	for i := range n {
		between := before // times those between i and j
		for j := i + 1; j < n; j++ {
			p := between.timesBehind(behind, j)
			between = between.times(d[j])
			sums[i] += p.times(z[j*n+j]).value()
			sums[j] += p.times(z[i*n+i]).value()
			z[i*n+j] = -p.times(z[i*n+j]).value()
			z[j*n+i] = -p.times(z[j*n+i]).value()
		}
		before = before.times(d[i])
	}
	for i, s := range sums {
		z[i*n+i] = s
	}
}

// The derivative of ⟨g, C⟩ by a is this op with g. The derivative of ⟨h, this op with g⟩ by g is this op
// with h, as second derivatives do not depend on the order.
func (op cofactorsOp) VJP(y *Node, i int, dy *Node) *Node {
	switch a := y.inputs[0]; {
	case len(y.inputs) == 1 || i == 1:
		return apply(op, a, dy)
	default:
		return a.thirdOfDet(y.inputs[1], dy)
	}
}

func (cofactorsOp) JVP(y *Node, dx []*Node) *Node { return symmetricJVP(y, dx) }

// thirdOfDet returns the derivative of the cofactors of a in the directions g and h, for regular a. With
// X = a⁻¹·g and Y = a⁻¹·h, it is the transpose of
//
//	det a · ((tr X tr Y − tr XY) − tr X · Y − tr Y · X + XY + YX) · a⁻¹
func (a *Node) thirdOfDet(g, h *Node) *Node {
	inverse := a.inverse(false)
	x, y := inverse.MatMul(g), inverse.MatMul(h)
	trace := func(x *Node) *Node { return x.Trace().perMatrix() }
	xy, yx, trX, trY := x.MatMul(y), y.MatMul(x), trace(x), trace(y)
	m := xy.Add(yx).Sub(trX.Mul(y)).Sub(trY.Mul(x)).MatMul(inverse)
	m = m.Add(trX.Mul(trY).Sub(trace(xy)).Mul(inverse))
	return a.Det().perMatrix().Mul(m).matrixTranspose()
}

// SlogDet returns the signs of the determinants of the matrices a […, n, n], −1, 0 or 1, as a constant,
// and the logarithms of their absolute values, both of shape […]. The logarithm exists where the
// determinant itself would overflow. For a singular matrix they are 0 and −Inf.
//
//	∂L/∂a = ∂L/∂y · a⁻ᵀ    (0 where ∂L/∂y is exactly 0)
func (a *Node) SlogDet() (sign, logAbs *Node) {
	y := a.reduction("LogAbsDet", []int{-2, -1}, setLogAbsDet,
		func(a, _ *Node) *Node { return a.inverse(false).matrixTranspose() })
	return y.Keep(1), y
}

// LogDet returns the logarithms of the determinants of the matrices a […, n, n], of shape […]. It is −Inf
// for a singular matrix, and NaN where the determinant is negative: SlogDet is for those.
//
//	∂L/∂a = ∂L/∂y · a⁻ᵀ    (0 where ∂L/∂y is exactly 0)
func (a *Node) LogDet() *Node {
	sign, logAbs := a.SlogDet()
	return logAbs.Add(sign.Log()) // + 0, −Inf or NaN
}

// setLogAbsDet keeps the signs, and the logarithms of the absolute values of the pivots, which package
// tensor computes with the same bits on every machine.
func setLogAbsDet(y *Node) {
	a := y.inputs[0].value
	n, count := squares("SlogDet", a)
	pivots := y.Keep(0).value.Zeros(count, n).Data()
	sign := onePerMatrix(y.Keep(1).value, a).Data()
	var f factorisation
	f.room(y.Keep(2).value, n, 0)
	for i := range count {
		f.factor(a.Data()[i*n*n:][:n*n], false)
		sign[i] = f.sign
		for k := range n {
			u := f.lu[k*n+k]
			pivots[i*n+k] = math.Abs(u)
			sign[i] *= signOf(u)
		}
		sign[i] += 0 // not −0
	}
	logs := y.Keep(0).value
	logs.Log(logs)
	for i, sums := 0, onePerMatrix(y.value, a).Data(); i < count; i++ {
		for _, v := range logs.Data()[i*n:][:n] {
			sums[i] += v
		}
	}
}
