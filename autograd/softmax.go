package autograd

import "slices"

// Softmax returns y = e^x / Σ e^x, with the sum along the axis: numbers from 0 to 1 that add up to 1. It
// does not overflow, however large x is. Where all of x along the axis is −Inf, as in a masked row, it is
// 0.
//
//	∂L/∂x = y ⊙ (∂L/∂y − Σ ∂L/∂y ⊙ y)
func (x *Node) Softmax(axis int) *Node { return apply(softmaxOp{axis}, x) }

// Softmin returns the Softmax of −x.
//
//	∂L/∂x = −y ⊙ (∂L/∂y − Σ ∂L/∂y ⊙ y)
func (x *Node) Softmin(axis int) *Node { return x.Neg().Softmax(axis) }

type softmaxOp struct{ axis int }

func (softmaxOp) Name() string { return "Softmax" }

func (softmaxOp) arity() int { return 1 }

func (op softmaxOp) Forward(y *Node) { y.value.Softmax(y.inputs[0].value, op.axis) }

func (op softmaxOp) VJP(y *Node, _ int, dy *Node) *Node {
	p := dy.Chain(y)
	return p.Sub(p.sumKept(op.axis).Chain(y))
}

func (softmaxOp) JVP(y *Node, dx []*Node) *Node { return symmetricJVP(y, dx) }

// LogSoftmax returns y = log Softmax(x), x − log Σ e^x, along the axis. It is accurate where Softmax is
// near 0 or 1.
//
//	∂L/∂x = ∂L/∂y − e^y ⊙ Σ ∂L/∂y
func (x *Node) LogSoftmax(axis int) *Node { return apply(logSoftmaxOp{axis}, x) }

type logSoftmaxOp struct{ axis int }

func (logSoftmaxOp) Name() string { return "LogSoftmax" }

func (logSoftmaxOp) arity() int { return 1 }

func (op logSoftmaxOp) Forward(y *Node) { y.value.LogSoftmax(y.inputs[0].value, op.axis) }

func (op logSoftmaxOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.Sub(dy.sumKept(op.axis).Chain(y.Exp()))
}

func (op logSoftmaxOp) JVP(y *Node, dx []*Node) *Node {
	return dx[0].Sub(dx[0].Chain(y.Exp()).sumKept(op.axis))
}

// LogSumExp returns y = log Σ e^x over the axes, which are removed, or over all if none is given. It does
// not overflow; for no elements, or where all are −Inf, it is −Inf.
//
//	∂L/∂x = ∂L/∂y ⊙ e^(x−y), the Softmax of x    (0 where x is −Inf, even if all is)
//
// The slope is computed as Softmax is: a large y is rounded too much for e^(x−y).
func (x *Node) LogSumExp(axes ...int) *Node {
	x, axis := x.asOneAxis("LogSumExp", axes)
	return x.reduction("LogSumExp", []int{axis},
		func(y *Node) { y.value.LogSumExp(y.inputs[0].value, axis) },
		func(x, _ *Node) *Node { return x.Softmax(axis) })
}

// sumKept returns the sum of x along the axis, which it keeps, with length 1.
func (x *Node) sumKept(axis int) *Node { return x.Sum(axis).Unsqueeze(axis) }

// asOneAxis returns x with the named axes, or all, made one axis, the last; and the number of that axis.
// So an operation along one axis can go over several. A single axis stays where it is.
func (x *Node) asOneAxis(op string, axes []int) (*Node, int) {
	named := x.axesOrAll(op, axes)
	if len(named) == 1 {
		return x, named[0]
	}
	n := x.value.Count(named...)
	perm, kept := []int{}, []int{}
	for a, d := range x.value.Shape() {
		if !slices.Contains(named, a) {
			perm, kept = append(perm, a), append(kept, d)
		}
	}
	if len(kept) > 0 {
		x = x.Transpose(append(perm, named...)...)
	}
	return x.Reshape(append(kept, n)...), len(kept)
}
