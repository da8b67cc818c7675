package autograd

import "gentlegrad/tensor"

// MatMul returns the matrix product x·y of the last two axes; the axes before them are broadcast:
// […, m, k] by […, k, n] gives […, m, n]. A vector x [k] counts as a row and a vector y [k] as a column,
// and the result does not have that axis: two vectors give a number.
//
//	∂L/∂x = ∂L/∂z · yᵀ    ∂L/∂y = xᵀ · ∂L/∂z
func (x *Node) MatMul(y *Node) *Node {
	if x.isVector() || y.isVector() {
		return x.vectorMatMul(y)
	}
	return matMulNN.of(x, y)
}

func (x *Node) isVector() bool { return x != nil && x.value.Rank() == 1 }

// vectorMatMul is MatMul where x or y is a vector.
func (x *Node) vectorMatMul(y *Node) *Node {
	row, column := x, y
	var ones []int // the axes that the result does not keep
	if x.isVector() {
		row, ones = x.Unsqueeze(0), append(ones, -2)
	}
	if y.isVector() {
		column, ones = y.Unsqueeze(1), append(ones, -1)
	}
	return row.MatMul(column).Squeeze(ones...)
}

// MatMulNT returns x·yᵀ, with y […, n, k], without transposing y.
//
//	∂L/∂x = ∂L/∂z · y    ∂L/∂y = ∂L/∂zᵀ · x
func (x *Node) MatMulNT(y *Node) *Node { return matMulNT.of(x, y) }

// MatMulTN returns xᵀ·y, with x […, k, m], without transposing x.
//
//	∂L/∂x = y · ∂L/∂zᵀ    ∂L/∂y = x · ∂L/∂z
func (x *Node) MatMulTN(y *Node) *Node { return matMulTN.of(x, y) }

// A matMulOp is a matrix product in which neither input, the second or the first is transposed.
type matMulOp struct {
	binary
	forward, add func(z, x, y *tensor.Tensor) *tensor.Tensor
	vjp          [2]matMulVJP
}

// A matMulVJP is the gradient by one input: a product of ∂L/∂z and the other input, in this order unless
// dzLast.
type matMulVJP struct {
	product *matMulOp
	dzLast  bool
}

var matMulNN, matMulNT, matMulTN = new(matMulOp), new(matMulOp), new(matMulOp)

func init() { // the rules of each use the others
	type T = *tensor.Tensor
	type rules = [2]matMulVJP
	const dzFirst, dzLast = false, true
	*matMulNN = matMulOp{"MatMul", T.MatMul, T.AddMatMul, rules{{matMulNT, dzFirst}, {matMulTN, dzLast}}}
	*matMulNT = matMulOp{"MatMulNT", T.MatMulNT, T.AddMatMulNT, rules{{matMulNN, dzFirst}, {matMulTN, dzFirst}}}
	*matMulTN = matMulOp{"MatMulTN", T.MatMulTN, T.AddMatMulTN, rules{{matMulNT, dzLast}, {matMulNN, dzLast}}}
}

func (*matMulOp) Broadcasts() bool { return true }

func (op *matMulOp) Forward(z *Node) { op.forward(z.value, z.inputs[0].value, z.inputs[1].value) }

func (op *matMulOp) VJP(z *Node, i int, dz *Node) *Node {
	x, y := dz, z.inputs[1-i]
	if op.vjp[i].dzLast {
		x, y = y, x
	}
	product := op.vjp[i].product
	if product == matMulTN && z.inputs[i].value.Rank() == 2 { // one product of all rows, not a sum of many
		x, y = x.rows(), y.rows()
	}
	return product.of(x, y)
}

// ż = ẋ·y + x·ẏ
func (*matMulOp) JVP(z *Node, dx []*Node) *Node {
	return sumOver(dx, func(i int, d *Node) *Node {
		xs := [2]*Node(z.inputs)
		xs[i] = d
		return apply(z.op, xs[:]...)
	})
}

// of returns the product of x and y.
func (op *matMulOp) of(x, y *Node) *Node {
	if x != nil && y != nil && x.value.Rank() == 2 && y.value.Rank() == 2 {
		return apply(matricesOp{op}, x, y)
	}
	return apply(op, x, y)
}

// A matricesOp is the product of two matrices, which are not broadcast.
type matricesOp struct{ *matMulOp }

func (op matricesOp) AddVJPs(z *Node, dz *tensor.Tensor, dx []*tensor.Tensor) {
	for i, into := range dx {
		if into != nil {
			x, y := dz, z.inputs[1-i].value
			if op.vjp[i].dzLast {
				x, y = y, x
			}
			op.vjp[i].product.add(into, x, y)
		}
	}
}

// Affine returns x·w + b, in one step: x […, in], w [in, out] and b [out] give […, out].
//
//	∂L/∂x = δ · wᵀ    ∂L/∂w = xᵀ · δ    ∂L/∂b = Σ δ over the rows,    where δ = ∂L/∂z
func (x *Node) Affine(w, b *Node) *Node { return apply(affineOp{"Affine"}, x, w, b) }

type affineOp struct{ ternary }

func (affineOp) Broadcasts() bool { return true }

func (affineOp) Forward(z *Node) {
	z.value.Affine(z.inputs[0].value, z.inputs[1].value, z.inputs[2].value)
}

func (affineOp) VJP(z *Node, i int, dz *Node) *Node {
	x, w := z.inputs[0], z.inputs[1]
	switch i {
	case 0:
		return dz.rows().MatMulNT(w).Reshape(x.value.Shape()...)
	case 1:
		return x.rows().MatMulTN(dz.rows())
	default:
		return dz
	}
}

func (affineOp) JVP(z *Node, dx []*Node) *Node {
	x, w, dz := z.inputs[0], z.inputs[1], dx[2]
	if dx[0] != nil {
		dz = plus(dx[0].rows().MatMul(w).Reshape(z.value.Shape()...), dz)
	}
	if dx[1] != nil {
		dz = plus(x.rows().MatMul(dx[1]).Reshape(z.value.Shape()...), dz)
	}
	return dz
}

func (affineOp) AddVJPs(z *Node, dz *tensor.Tensor, dx []*tensor.Tensor) {
	tensor.AddAffineGrads(dx[0], dx[1], dx[2], dz, z.inputs[0].value, z.inputs[1].value)
}

// rows returns x as a matrix, with all axes but the last made one.
func (x *Node) rows() *Node {
	if x.value.Rank() == 2 {
		return x
	}
	shape := x.value.Shape()
	last := len(shape) - 1
	return x.Reshape(product(shape[:last]), shape[last])
}
