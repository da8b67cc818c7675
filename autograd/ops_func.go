package autograd

import "gentlegrad/tensor"

// Exp returns eˣ, element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ y
func (x *Node) Exp() *Node { return Apply(expOp{}, x) }

type expOp struct{}

func (expOp) Name() string { return "Exp" }

func (expOp) Forward(y *Node) { y.value.Exp(y.inputs[0].value) }

func (expOp) VJP(y *Node, i int, dy *Node) *Node { return dy.Mul(y) }

// Log returns the natural logarithm, element by element.
//
//	∂L/∂x = ∂L/∂y / x    (0 where ∂L/∂y is exactly 0)
func (x *Node) Log() *Node { return Apply(logOp{}, x) }

type logOp struct{}

func (logOp) Name() string { return "Log" }

func (logOp) Forward(y *Node) { y.value.Log(y.inputs[0].value) }

func (logOp) VJP(y *Node, i int, dy *Node) *Node { return dy.divideSlope(y.inputs[0]) }

// Sqrt returns the square root, element by element.
//
//	∂L/∂x = ∂L/∂y / 2y    (0 where ∂L/∂y is exactly 0)
func (x *Node) Sqrt() *Node { return Apply(sqrtOp{}, x) }

type sqrtOp struct{}

func (sqrtOp) Name() string { return "Sqrt" }

func (sqrtOp) Forward(y *Node) { y.value.Sqrt(y.inputs[0].value) }

func (sqrtOp) VJP(y *Node, i int, dy *Node) *Node { return dy.divideSlope(y.Scale(2)) }

// Square returns x², element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ 2x
func (x *Node) Square() *Node { return Apply(squareOp{}, x) }

type squareOp struct{}

func (squareOp) Name() string { return "Square" }

func (squareOp) Forward(y *Node) { y.value.Square(y.inputs[0].value) }

func (squareOp) VJP(y *Node, i int, dy *Node) *Node { return dy.Mul(y.inputs[0]).Scale(2) }

// Pow returns x to the power of p, element by element, broadcast. For a number p it is
// x.Pow(autograd.Constant(tensor.Scalar(p))).
//
//	∂L/∂x = ∂L/∂y ⊙ p x^(p−1)    (0 where ∂L/∂y or p is exactly 0)
//	∂L/∂p = ∂L/∂y ⊙ y log x      (0 where ∂L/∂y is exactly 0, or x = 0 and p ≥ 0)
func (x *Node) Pow(p *Node) *Node { return Apply(powOp{}, x, p) }

type powOp struct{ broadcasting }

func (powOp) Name() string { return "Pow" }

func (powOp) Forward(y *Node) { y.value.Pow(y.inputs[0].value, y.inputs[1].value) }

func (powOp) VJP(y *Node, i int, dy *Node) *Node {
	x, p := y.inputs[0], y.inputs[1]
	if i == 0 {
		return dy.timesSlope(p.timesSlope(x.Pow(p.AddScalar(-1))))
	}
	zero := tensor.Scalar(0)
	flat := new(tensor.Tensor).Equal(x.value, zero)
	flat = new(tensor.Tensor).Mul(flat, new(tensor.Tensor).GreaterEqual(p.value, zero))
	log := Where(flat, y.ctx.Constant(zero), x.Log())
	return dy.timesSlope(y.Mul(log))
}

// Sigmoid returns the logistic sigmoid y = 1/(1+e⁻ˣ), element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ y ⊙ (1−y)
func (x *Node) Sigmoid() *Node { return Apply(sigmoidOp{}, x) }

type sigmoidOp struct{ exact }

func (sigmoidOp) Name() string { return "Sigmoid" }

func (sigmoidOp) Forward(y *Node) { y.value.Sigmoid(y.inputs[0].value) }

func (sigmoidOp) VJP(y *Node, i int, dy *Node) *Node { return Apply(sigmoidGradOp{}, dy, y) }

func (sigmoidOp) AddVJPs(y, dy *Node, dx []*tensor.Tensor) { dx[0].AddSigmoidGrad(dy.value, y.value) }

// sigmoidGradOp is z = dy ⊙ y ⊙ (1−y), in one pass.
//
//	∂L/∂dy = ∂L/∂z ⊙ y ⊙ (1−y)    ∂L/∂y = ∂L/∂z ⊙ dy ⊙ (1−2y)
type sigmoidGradOp struct{}

func (sigmoidGradOp) Name() string { return "SigmoidGrad" }

func (sigmoidGradOp) Forward(z *Node) { z.value.SigmoidGrad(z.inputs[0].value, z.inputs[1].value) }

func (sigmoidGradOp) VJP(z *Node, i int, dz *Node) *Node {
	dy, y := z.inputs[0], z.inputs[1]
	if i == 0 {
		return Apply(sigmoidGradOp{}, dz, y)
	}
	return dz.Mul(dy).Mul(y.Scale(-2).AddScalar(1))
}

// Tanh returns the hyperbolic tangent, element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ (1−y²)
func (x *Node) Tanh() *Node { return Apply(tanhOp{}, x) }

type tanhOp struct{ exact }

func (tanhOp) Name() string { return "Tanh" }

func (tanhOp) Forward(y *Node) { y.value.Tanh(y.inputs[0].value) }

func (tanhOp) VJP(y *Node, i int, dy *Node) *Node { return Apply(tanhGradOp{}, dy, y) }

func (tanhOp) AddVJPs(y, dy *Node, dx []*tensor.Tensor) { dx[0].AddTanhGrad(dy.value, y.value) }

// tanhGradOp is z = dy ⊙ (1−y²), in one pass.
//
//	∂L/∂dy = ∂L/∂z ⊙ (1−y²)    ∂L/∂y = ∂L/∂z ⊙ dy ⊙ −2y
type tanhGradOp struct{}

func (tanhGradOp) Name() string { return "TanhGrad" }

func (tanhGradOp) Forward(z *Node) { z.value.TanhGrad(z.inputs[0].value, z.inputs[1].value) }

func (tanhGradOp) VJP(z *Node, i int, dz *Node) *Node {
	dy, y := z.inputs[0], z.inputs[1]
	if i == 0 {
		return Apply(tanhGradOp{}, dz, y)
	}
	return dz.Mul(dy).Mul(y).Scale(-2)
}

// ReLU returns max(x, 0), element by element.
//
//	∂L/∂x = ∂L/∂y where x > 0, and 0 elsewhere, at the kink too
func (x *Node) ReLU() *Node { return Apply(reluOp{}, x) }

type reluOp struct{}

func (reluOp) Name() string { return "ReLU" }

func (reluOp) Forward(y *Node) { y.value.ReLU(y.inputs[0].value) }

func (reluOp) VJP(y *Node, i int, dy *Node) *Node { return Apply(reluGradOp{}, dy, y.inputs[0]) }

// reluGradOp is z = dy where x > 0, and 0 elsewhere. Its slope in x is 0.
//
//	∂L/∂dy = ∂L/∂z where x > 0, and 0 elsewhere
type reluGradOp struct{}

func (reluGradOp) Name() string { return "ReLUGrad" }

func (reluGradOp) Forward(z *Node) {
	z.value.Copy(z.inputs[0].value)
	elements := z.value.Data()
	for i, x := range z.inputs[1].value.Data() {
		if !(x > 0) {
			elements[i] = 0
		}
	}
}

func (reluGradOp) VJP(z *Node, i int, dz *Node) *Node {
	if i == 0 {
		return Apply(reluGradOp{}, dz, z.inputs[1])
	}
	return nil
}

// Where returns x where the mask is 1 and y where it is 0, all broadcast. What is not
// chosen gets no gradient, so a NaN there does no harm. The mask holds zeros and
// ones only, and is not modified while the graph is in use.
//
//	∂L/∂x = ∂L/∂z where mask is 1, else 0    ∂L/∂y = ∂L/∂z where mask is 0, else 0
func Where(mask *tensor.Tensor, x, y *Node) *Node {
	if mask == nil {
		fail("Where", "the mask is nil")
	}
	return finish(start((*whereOp)(nil), x, y), whereOp{mask: mask})
}

type whereOp struct {
	broadcasting
	mask *tensor.Tensor
}

func (*whereOp) Name() string { return "Where" }

func (op *whereOp) Forward(z *Node) { z.value.Where(op.mask, z.inputs[0].value, z.inputs[1].value) }

func (op *whereOp) VJP(z *Node, i int, dz *Node) *Node {
	zero := z.ctx.Constant(tensor.Scalar(0))
	if i == 0 {
		return Where(op.mask, dz, zero)
	}
	return Where(op.mask, zero, dz)
}
