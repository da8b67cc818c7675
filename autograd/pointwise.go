package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// A Function is a function of one number as an operation: it is applied to each element.
type Function struct{ op Op }

// Pointwise returns the function f with its slope at x, where y = f(x), which is made of operations on
// nodes:
//
//	swish := autograd.Pointwise("swish",
//		func(x float64) float64 { return x / (1 + math.Exp(-x)) },
//		func(x, y *autograd.Node) *autograd.Node { // s + y(1−s), where s = sigmoid x
//			s := x.Sigmoid()
//			return s.Add(y.Mul(autograd.Scalar(1).Sub(s)))
//		})
//	y := swish.Of(x)
//
// A nil slope is 0 everywhere. It panics if f is nil.
//
//	∂L/∂x = ∂L/∂y ⊙ f′(x)    (0 where ∂L/∂y is exactly 0)
func Pointwise(name string, f func(x float64) float64, slope func(x, y *Node) *Node) *Function {
	if f == nil {
		fail("Pointwise", "the function %s is nil", name)
	}
	return PointwiseKernel(tensor.Function{Name: name, Values: eachOf(f)}, slope)
}

// eachOf returns the kernel of f.
func eachOf(f func(x float64) float64) func(z, x []float64) {
	return func(z, x []float64) {
		for i, v := range x {
			z[i] = f(v)
		}
	}
}

// PointwiseKernel is Pointwise for a function that computes many numbers at once. If f has a VJP, that is
// used where gradients are not recorded; it must give the same bits as the operations of slope.
func PointwiseKernel(f tensor.Function, slope func(x, y *Node) *Node) *Function {
	var rule func(x, y, dy *Node) *Node
	if slope != nil {
		rule = func(x, y, dy *Node) *Node { return dy.Chain(slope(x, y)) }
	}
	op := &pointwiseOp{f, rule}
	if f.VJP != nil {
		return &Function{fusedOp{op}}
	}
	return &Function{op}
}

// pointwiseRule is PointwiseKernel with a rule, which returns ∂L/∂x given dy = ∂L/∂y, in place of a
// slope: for example to divide.
func pointwiseRule(f tensor.Function, rule func(x, y, dy *Node) *Node) *Function {
	return &Function{&pointwiseOp{f, rule}}
}

// gated returns the function of these values whose slope is 1 or 0. Its rule is an operation of its own:
// gate sets dx to dy where the slope is 1, and to 0 elsewhere, even if dy is infinite or NaN there. That
// is linear in dy, and its own transpose; by x, which is detached, its slope is 0.
func gated(name string, values func(z, x []float64), gate func(dx, x, dy []float64)) *Function {
	rule := new(pointwise2Op)
	*rule = pointwise2(&tensor.Function2{Name: name, Values: gate}, vjps{1: func(x, _, _, dz *Node) *Node { return apply(rule, x, dz) }})
	return pointwiseRule(tensor.Function{Name: name, Values: values}, func(x, _, dy *Node) *Node { return apply(rule, x.Detach(), dy) })
}

// Of returns f(x).
func (f *Function) Of(x *Node) *Node { return apply(f.op, x) }

type pointwiseOp struct {
	f    tensor.Function
	rule func(x, y, dy *Node) *Node // nil is zero
}

func (op *pointwiseOp) Name() string { return op.f.Name }

func (*pointwiseOp) arity() int { return 1 }

// Pointwise says, to package trace, that the operation is applied element by element.
func (*pointwiseOp) Pointwise() bool { return true }

func (op *pointwiseOp) Forward(y *Node) { y.value.Apply(&op.f, y.inputs[0].value) }

func (op *pointwiseOp) VJP(y *Node, _ int, dy *Node) *Node {
	if op.rule == nil {
		return nil
	}
	return op.rule(y.inputs[0], y, dy)
}

func (op *pointwiseOp) JVP(y *Node, dx []*Node) *Node { return op.VJP(y, 0, dx[0]) }

type fusedOp struct{ *pointwiseOp }

func (op fusedOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	x, sum := y.inputs[0].value, dx[0]
	add := !sum.IsEmpty()
	op.f.VJP(sum.Like(x).Data(), dy.Data(), x.Data(), y.value.Data(), add)
}

// either returns p if the condition holds, otherwise q: without a branch, since conditions are often
// unpredictable.
func either(holds bool, p, q float64) float64 {
	chosen, other := math.Float64bits(q), math.Float64bits(p)
	if holds {
		chosen = other
	}
	return math.Float64frombits(chosen)
}

// A Function2 is a function of two numbers as an operation: it is applied to each pair of elements,
// broadcast.
type Function2 struct{ op Op }

// Pointwise2 returns the function f with its slopes by x and by y, where z = f(x, y), which are made of
// operations on nodes. A nil slope is 0 everywhere. It panics if f is nil.
//
//	∂L/∂x = ∂L/∂z ⊙ ∂f/∂x    ∂L/∂y = ∂L/∂z ⊙ ∂f/∂y    (0 where ∂L/∂z is exactly 0)
func Pointwise2(name string, f func(x, y float64) float64, byX, byY func(x, y, z *Node) *Node) *Function2 {
	if f == nil {
		fail("Pointwise2", "the function %s is nil", name)
	}
	kernel := tensor.Function2{Name: name, Values: func(z, x, y []float64) { zip(z, x, y, f) }}
	op := pointwise2(&kernel, vjps{times(byX), times(byY)})
	return &Function2{&op}
}

// times returns the rule that multiplies by a slope.
func times(slope func(x, y, z *Node) *Node) func(x, y, z, dz *Node) *Node {
	if slope == nil {
		return nil
	}
	return func(x, y, z, dz *Node) *Node { return dz.Chain(slope(x, y, z)) }
}

// Of returns f(x, y).
func (f *Function2) Of(x, y *Node) *Node { return apply(f.op, x, y) }

// A pointwise2Op is a row: what it computes, and its rule for each input; nil is zero.
type pointwise2Op struct {
	binary
	forward func(z, x, y *tensor.Tensor) *tensor.Tensor
	vjp     vjps
}

type vjps [2]func(x, y, z, dz *Node) *Node

// pointwise2 returns the row of a kernel.
func pointwise2(f *tensor.Function2, vjp vjps) pointwise2Op {
	return pointwise2Op{binary(f.Name), func(z, x, y *tensor.Tensor) *tensor.Tensor { return z.Apply2(f, x, y) }, vjp}
}

func (*pointwise2Op) Broadcasts() bool { return true }

func (*pointwise2Op) Pointwise() bool { return true }

func (op *pointwise2Op) Forward(z *Node) { op.forward(z.value, z.inputs[0].value, z.inputs[1].value) }

func (op *pointwise2Op) VJP(z *Node, i int, dz *Node) *Node {
	if op.vjp[i] == nil {
		return nil
	}
	return op.vjp[i](z.inputs[0], z.inputs[1], z, dz)
}

func (op *pointwise2Op) JVP(z *Node, dx []*Node) *Node { return symmetricJVP(z, dx) }

// zip sets zᵢ = f(xᵢ, yᵢ); x and y each have len(z) elements, or one, which is repeated.
func zip(z, x, y []float64, f func(x, y float64) float64) {
	dx, dy := stride(x), stride(y)
	for i := range z {
		z[i] = f(x[i*dx], y[i*dy])
	}
}

// stride returns 0 for one element, which is repeated, otherwise 1.
func stride(x []float64) int { return min(1, len(x)-1) }

// Functions of one number, applied element by element. Each is a row: its values and its slope.
var (
	exp      = PointwiseKernel(tensor.Exp, func(x, y *Node) *Node { return y })
	square   = PointwiseKernel(tensor.Square, func(x, y *Node) *Node { return x.Scale(2) })
	sigmoid  = PointwiseKernel(tensor.Sigmoid, func(x, y *Node) *Node { return y.Mul(y.Neg().AddScalar(1)) })
	tanh     = PointwiseKernel(tensor.Tanh, func(x, y *Node) *Node { return y.Square().Neg().AddScalar(1) })
	relu     = PointwiseKernel(tensor.ReLU, func(x, y *Node) *Node { return positive.Of(x) })
	positive = Pointwise("Step", func(x float64) float64 { return either(x > 0, 1, 0) }, nil)
	log      = pointwiseRule(tensor.Log, func(x, _, dy *Node) *Node { return dy.chainDiv(x) })
	sqrt     = pointwiseRule(tensor.Sqrt, func(_, y, dy *Node) *Node { return dy.chainDiv(y.Scale(2)) })
)

// Exp returns eˣ, element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ y
func (x *Node) Exp() *Node { return exp.Of(x) }

// Square returns x², element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ 2x
func (x *Node) Square() *Node { return square.Of(x) }

// Sigmoid returns the logistic sigmoid y = 1/(1+e⁻ˣ), element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ y ⊙ (1−y)
func (x *Node) Sigmoid() *Node { return sigmoid.Of(x) }

// Tanh returns the hyperbolic tangent, element by element.
//
//	∂L/∂x = ∂L/∂y ⊙ (1−y²)
func (x *Node) Tanh() *Node { return tanh.Of(x) }

// ReLU returns max(x, 0), element by element; NaN stays NaN.
//
//	∂L/∂x = ∂L/∂y where x > 0, and 0 elsewhere, at the kink and at NaN too
func (x *Node) ReLU() *Node { return relu.Of(x) }

// Log returns the natural logarithm, element by element.
//
//	∂L/∂x = ∂L/∂y / x    (0 where ∂L/∂y is exactly 0)
func (x *Node) Log() *Node { return log.Of(x) }

// Sqrt returns the square root, element by element.
//
//	∂L/∂x = ∂L/∂y / 2y    (0 where ∂L/∂y is exactly 0)
func (x *Node) Sqrt() *Node { return sqrt.Of(x) }
