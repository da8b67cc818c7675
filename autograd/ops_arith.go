package autograd

import "gentlegrad/tensor"

// broadcasting is embedded by operations whose inputs are broadcast.
type broadcasting struct{}

func (broadcasting) Broadcasts() bool { return true }

// Add returns x + y, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂z    ∂L/∂y = ∂L/∂z
func (x *Node) Add(y *Node) *Node { return Apply(addOp{}, x, y) }

type addOp struct{ broadcasting }

func (addOp) Name() string { return "Add" }

func (addOp) Forward(z *Node) { z.value.Add(z.inputs[0].value, z.inputs[1].value) }

func (addOp) VJP(z *Node, i int, dz *Node) *Node { return dz }

// Sub returns x − y, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂z    ∂L/∂y = −∂L/∂z
func (x *Node) Sub(y *Node) *Node { return Apply(subOp{}, x, y) }

type subOp struct{ broadcasting }

func (subOp) Name() string { return "Sub" }

func (subOp) Forward(z *Node) { z.value.Sub(z.inputs[0].value, z.inputs[1].value) }

func (subOp) VJP(z *Node, i int, dz *Node) *Node {
	if i == 0 {
		return dz
	}
	return dz.Neg()
}

// Mul returns x ⊙ y, element by element, broadcast. MatMul is the matrix product.
//
//	∂L/∂x = ∂L/∂z ⊙ y    ∂L/∂y = ∂L/∂z ⊙ x
func (x *Node) Mul(y *Node) *Node { return Apply(mulOp{}, x, y) }

type mulOp struct{ broadcasting }

func (mulOp) Name() string { return "Mul" }

func (mulOp) Forward(z *Node) { z.value.Mul(z.inputs[0].value, z.inputs[1].value) }

func (mulOp) VJP(z *Node, i int, dz *Node) *Node { return dz.Mul(z.inputs[1-i]) }

// Div returns x / y, element by element, broadcast.
//
//	∂L/∂x = ∂L/∂z / y    ∂L/∂y = −∂L/∂z ⊙ x / y²
//
// Where ∂L/∂z is exactly 0 both are 0, even if y is 0.
func (x *Node) Div(y *Node) *Node { return Apply(divOp{}, x, y) }

type divOp struct{ broadcasting }

func (divOp) Name() string { return "Div" }

func (divOp) Forward(z *Node) { z.value.Div(z.inputs[0].value, z.inputs[1].value) }

func (divOp) VJP(z *Node, i int, dz *Node) *Node {
	x, y := z.inputs[0], z.inputs[1]
	if i == 0 {
		return dz.divideSlope(y)
	}
	return dz.divideSlope(y).timesSlope(x).divideSlope(y).Neg()
}

// Neg returns −x.
//
//	∂L/∂x = −∂L/∂z
func (x *Node) Neg() *Node { return Apply(negOp{}, x) }

type negOp struct{}

func (negOp) Name() string { return "Neg" }

func (negOp) Forward(z *Node) { z.value.Neg(z.inputs[0].value) }

func (negOp) VJP(z *Node, i int, dz *Node) *Node { return dz.Neg() }

// Scale returns a·x for a number a.
//
//	∂L/∂x = a · ∂L/∂z
func (x *Node) Scale(a float64) *Node {
	return finish(start((*scaleOp)(nil), x), scaleOp{a})
}

type scaleOp struct{ a float64 }

func (*scaleOp) Name() string { return "Scale" }

func (op *scaleOp) Forward(z *Node) { z.value.Scale(op.a, z.inputs[0].value) }

func (op *scaleOp) VJP(z *Node, i int, dz *Node) *Node { return dz.Scale(op.a) }

// AddScalar returns x + a for a number a.
//
//	∂L/∂x = ∂L/∂z
func (x *Node) AddScalar(a float64) *Node {
	return finish(start((*addScalarOp)(nil), x), addScalarOp{a})
}

type addScalarOp struct{ a float64 }

func (*addScalarOp) Name() string { return "AddScalar" }

func (op *addScalarOp) Forward(z *Node) { z.value.AddScalar(z.inputs[0].value, op.a) }

func (op *addScalarOp) VJP(z *Node, i int, dz *Node) *Node { return dz }

// timesSlope returns x ⊙ y, broadcast, but 0 where x is exactly 0, even if y is
// infinite or NaN there. Rules whose slope y may be infinite use it, so that masking
// works: no gradient means no gradient.
//
//	∂L/∂x = ∂L/∂z ⊙ y    ∂L/∂y = ∂L/∂z ⊙ x    (likewise 0 where the first factor is 0)
func (x *Node) timesSlope(y *Node) *Node { return Apply(timesSlopeOp{}, x, y) }

type timesSlopeOp struct{ broadcasting }

func (timesSlopeOp) Name() string { return "timesSlope" }

func (timesSlopeOp) Forward(z *Node) {
	x, y := z.inputs[0].value, z.inputs[1].value
	z.value.Mul(x, y)
	clearWhereZero(z.value, x)
}

func (timesSlopeOp) VJP(z *Node, i int, dz *Node) *Node {
	if i == 0 {
		return dz.timesSlope(z.inputs[1])
	}
	return z.inputs[0].timesSlope(dz)
}

// divideSlope returns x / y, broadcast, but 0 where x is exactly 0, even if y is 0.
// It is timesSlope for a slope of 1/y.
//
//	∂L/∂x = ∂L/∂z / y    ∂L/∂y = −∂L/∂z ⊙ z / y    (likewise 0 where ∂L/∂z or z is 0)
func (x *Node) divideSlope(y *Node) *Node { return Apply(divideSlopeOp{}, x, y) }

type divideSlopeOp struct{ broadcasting }

func (divideSlopeOp) Name() string { return "divideSlope" }

func (divideSlopeOp) Forward(z *Node) {
	x, y := z.inputs[0].value, z.inputs[1].value
	z.value.Div(x, y)
	clearWhereZero(z.value, x)
}

func (divideSlopeOp) VJP(z *Node, i int, dz *Node) *Node {
	y := z.inputs[1]
	if i == 0 {
		return dz.divideSlope(y)
	}
	return z.timesSlope(dz).divideSlope(y).Neg()
}

// clearWhereZero sets z to 0 where x, broadcast, is 0.
func clearWhereZero(z, x *tensor.Tensor) {
	if !tensor.SameShape(z, x) {
		x = new(tensor.Tensor).BroadcastTo(x, z.Shape()...)
	}
	elements := z.Data()
	for i, v := range x.Data() {
		if v == 0 {
			elements[i] = 0
		}
	}
}
