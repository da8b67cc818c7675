package autograd

import "gentlegrad/tensor"

// Add returns x + y, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂z    ∂L/∂y = ∂L/∂z
func (x *Node) Add(y *Node) *Node { return apply(add, x, y) }

// Sub returns x − y, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂z    ∂L/∂y = −∂L/∂z
func (x *Node) Sub(y *Node) *Node { return apply(sub, x, y) }

// Mul returns x ⊙ y, element by element, broadcast. MatMul is the matrix product.
//
//	∂L/∂x = ∂L/∂z ⊙ y    ∂L/∂y = ∂L/∂z ⊙ x    (0 where ∂L/∂z is exactly 0)
func (x *Node) Mul(y *Node) *Node {
	if x != nil && y != nil && tensor.SameShape(x.value, y.value) {
		return apply(mulOp{mul}, x, y)
	}
	return apply(mul, x, y)
}

// A mulOp is mul of two nodes of one shape, which adds to their gradients in place.
type mulOp struct{ *pointwise2Op }

func (op mulOp) AddVJPs(z *Node, dz *tensor.Tensor, dx []*tensor.Tensor) {
	for i, into := range dx {
		x, slope := z.inputs[i].value, z.inputs[1-i].value
		switch {
		case into == nil:
		case tensor.SameShape(x, slope):
			into.AddChain(dz, slope)
		default: // by Apply it may get two shapes, which broadcast
			p := chain1.forward(new(tensor.Tensor), dz, slope)
			zerosLike(into, x).Add(into, new(tensor.Tensor).SumTo(p, x.Shape()...))
		}
	}
}

// Div returns x / y, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂z / y    ∂L/∂y = ∂L/∂z ⊙ −z/y    (0 where ∂L/∂z is exactly 0)
func (x *Node) Div(y *Node) *Node { return apply(div, x, y) }

// Pow returns x to the power of p, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂y ⊙ p x^(p−1)    (0 where ∂L/∂y or p is exactly 0)
//	∂L/∂p = ∂L/∂y ⊙ y log x      (0 where ∂L/∂y is exactly 0, or x = 0 and p ≥ 0)
func (x *Node) Pow(p *Node) *Node { return apply(pow, x, p) }

// PowScalar is Pow for a number p.
func (x *Node) PowScalar(p float64) *Node { return x.Pow(Scalar(p)) }

var (
	add, sub, mul, div, pow = new(pointwise2Op), new(pointwise2Op), new(pointwise2Op), new(pointwise2Op), new(pointwise2Op)
	neg                     = new(linearOp)
)

func init() {
	type T = tensor.Tensor
	same := func(_, _, _, dz *Node) *Node { return dz }
	*neg = linearOp{"Neg", func(z, x *T) { z.Neg(x) }, func(_, dz *Node) *Node { return dz.Neg() }}
	*add = pointwise2Op{"Add", (*T).Add, vjps{same, same}}
	*sub = pointwise2Op{"Sub", (*T).Sub, vjps{same, func(_, _, _, dz *Node) *Node { return dz.Neg() }}}
	*mul = pointwise2Op{"Mul", (*T).Mul, vjps{
		func(_, y, _, dz *Node) *Node { return dz.Chain(y) },
		func(x, _, _, dz *Node) *Node { return dz.Chain(x) },
	}}
	*div = pointwise2Op{"Div", (*T).Div, vjps{
		func(_, y, _, dz *Node) *Node { return dz.chainDiv(y) },
		func(_, y, z, dz *Node) *Node { return dz.Chain(z.Div(y).Neg()) },
	}}
	*pow = pointwise2Op{"Pow", (*T).Pow, vjps{
		func(x, p, _, dz *Node) *Node { return dz.Chain(p.Chain(x.Pow(p.AddScalar(-1)))) },
		func(x, p, z, dz *Node) *Node {
			zero := Scalar(0)
			flat := x.Eq(zero).Mul(p.Ge(zero))
			return dz.Chain(z.Mul(Where(flat, zero, x.Log())))
		},
	}}
}

// Scalar returns a constant of one number, which broadcasts: x.Gt(autograd.Scalar(0)) is a mask, and
// autograd.Scalar(1).Sub(x) is 1 − x, which turns a mask into its opposite.
func Scalar(v float64) *Node { return Constant(tensor.Scalar(v)) }

// Neg returns −x.
//
//	∂L/∂x = −∂L/∂z
func (x *Node) Neg() *Node { return apply(neg, x) }

// Scale returns a·x for a number a.
//
//	∂L/∂x = a · ∂L/∂z
func (x *Node) Scale(a float64) *Node {
	return x.linear("Scale",
		func(z, x *tensor.Tensor) { z.Scale(x, a) },
		func(_, dz *Node) *Node { return dz.Scale(a) })
}

// AddScalar returns x + a for a number a.
//
//	∂L/∂x = ∂L/∂z
func (x *Node) AddScalar(a float64) *Node { return apply(addScalarOp{a: a}, x) }

// An addScalarOp has the derivatives of y = x.
type addScalarOp struct {
	identityOp
	a float64
}

func (addScalarOp) Name() string { return "AddScalar" }

func (op addScalarOp) Forward(z *Node) { z.value.AddScalar(z.inputs[0].value, op.a) }
