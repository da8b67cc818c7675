package autograd

import (
	"cmp"

	"gentlegrad/tensor"
)

// Comparisons give masks: constants, 1 where the comparison holds and 0 elsewhere, broadcast. No gradient
// flows through them; in a [Plan] they follow the data.

// Eq returns the mask of x = y; NaN equals nothing.
func (x *Node) Eq(y *Node) *Node { return flat(eq, x, y) }

// Ne returns the mask of x ≠ y.
func (x *Node) Ne(y *Node) *Node { return flat(ne, x, y) }

// Lt returns the mask of x < y.
func (x *Node) Lt(y *Node) *Node { return flat(lt, x, y) }

// Le returns the mask of x ≤ y.
func (x *Node) Le(y *Node) *Node { return flat(le, x, y) }

// Gt returns the mask of x > y.
func (x *Node) Gt(y *Node) *Node { return flat(gt, x, y) }

// Ge returns the mask of x ≥ y.
func (x *Node) Ge(y *Node) *Node { return flat(ge, x, y) }

var (
	eq = &pointwise2Op{binary: "Eq", forward: (*tensor.Tensor).Eq}
	ne = &pointwise2Op{binary: "Ne", forward: (*tensor.Tensor).Ne}
	lt = &pointwise2Op{binary: "Lt", forward: (*tensor.Tensor).Lt}
	le = &pointwise2Op{binary: "Le", forward: (*tensor.Tensor).Le}
	gt = &pointwise2Op{binary: "Gt", forward: (*tensor.Tensor).Gt}
	ge = &pointwise2Op{binary: "Ge", forward: (*tensor.Tensor).Ge}
)

// Where returns x where the mask, such as x.Gt(y), is 1, and y where it is 0, all broadcast. Elements
// that are not chosen get no gradient, so a NaN there does no harm. The exception is a NaN in an operand
// of a matrix product, whose rule adds up 0 times NaN: then choose before the product. No gradient flows
// to the mask. It panics if the mask holds anything but zeros and ones.
//
//	∂L/∂x = ∂L/∂z where mask is 1, else 0    ∂L/∂y = ∂L/∂z where mask is 0, else 0
func Where(mask, x, y *Node) *Node { return apply(whereOp{"Where"}, mask, x, y) }

type whereOp struct{ ternary }

func (whereOp) Broadcasts() bool { return true }

func (whereOp) Forward(z *Node) {
	z.value.Where(z.inputs[0].value, z.inputs[1].value, z.inputs[2].value)
}

func (whereOp) VJP(z *Node, i int, dz *Node) *Node {
	mask, zero := z.inputs[0], Scalar(0)
	switch i {
	case 1:
		return Where(mask, dz, zero)
	case 2:
		return Where(mask, zero, dz)
	}
	return nil
}

func (whereOp) JVP(z *Node, dx []*Node) *Node {
	if dx[1] == nil && dx[2] == nil {
		return nil
	}
	zero := Scalar(0)
	return Where(z.inputs[0], cmp.Or(dx[1], zero), cmp.Or(dx[2], zero))
}

// Detach returns x's value as a constant: no gradient flows through it. What is computed from it is
// recorded even if x was not; the rest of x's context flows on. The constant still leads to x, which a
// plan computes anew; x.Value().Clone() does not, and as a Constant it can begin another graph.
func (x *Node) Detach() *Node {
	if x == nil || !x.Context().NoRecord {
		return flat(detach, x)
	}
	ctx := *x.ctx
	ctx.NoRecord, ctx.stopped = false, nil
	var y *Node
	if x.op == nil { // a plan follows it
		y = flat(detach, x)
		y.inputs = []*Node{x}
	} else if v := x.Value(); v.IsView() {
		y = Constant(v.Clone()) // what it is a view of may change
	} else {
		y = Constant(v)
	}
	y.ctx = &ctx
	y.markMade()
	return y
}

var detach = &flatOp{unary: "Detach", forward: func(y, x *tensor.Tensor) { y.ViewLike(x) }}

// flatRules are the rules of an operation whose derivatives are 0.
type flatRules struct{}

func (flatRules) VJP(*Node, int, *Node) *Node { return nil }

func (flatRules) JVP(*Node, []*Node) *Node { return nil }

// A flatOp is a function of one tensor whose derivative is 0, or is not wanted.
type flatOp struct {
	unary
	flatRules
	forward func(y, x *tensor.Tensor)
}

func (op *flatOp) Forward(y *Node) { op.forward(y.value, y.inputs[0].value) }

// dependingOn returns v, a derivative of x's shape, as a node that can be differentiated again by what x
// depends on, even if it is zero, for which v may be nil.
func (v *Node) dependingOn(x *Node) *Node {
	switch {
	case v == nil:
		v = constantLike(x, 0)
	case v.needs:
		return v
	}
	return apply(flatGradOp{}, v, x)
}

// flatGradOp is y = v, where the gradient v depends neither on x nor on any other Variable: it makes v
// differentiable.
type flatGradOp struct{ flatRules }

func (flatGradOp) Name() string { return "Grad" }

func (flatGradOp) Forward(y *Node) { y.value.ViewLike(y.inputs[0].value) }

// keepOp stands for the Forward of its input, which sets its value too.
type keepOp struct{ flatRules }

func (keepOp) Name() string { return "Keep" }

func (keepOp) Forward(*Node) {}
