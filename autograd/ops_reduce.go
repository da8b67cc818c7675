package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Sum returns the sum of x over the axes, which the result no longer has: [m, n] over axis
// 0 gives [n]. Without axes it is the sum of all elements. Axis −1 is the last.
//
//	∂L/∂x = ∂L/∂y, repeated along the axes
func (x *Node) Sum(axes ...int) *Node {
	return finish(start((*sumOp)(nil), x), sumOp{listOf("Sum", axes)})
}

type sumOp struct{ axes list }

func (*sumOp) Name() string { return "Sum" }

func (op *sumOp) Forward(y *Node) { y.value.Sum(y.inputs[0].value, op.axes.ints()...) }

func (op *sumOp) VJP(y *Node, i int, dy *Node) *Node {
	return dy.repeatAlong(op.axes.ints(), y.inputs[0])
}

// Mean returns the mean of x over the axes, as Sum does; n elements become one.
//
//	∂L/∂x = ∂L/∂y / n, repeated along the axes
func (x *Node) Mean(axes ...int) *Node {
	return finish(start((*meanOp)(nil), x), meanOp{listOf("Mean", axes)})
}

type meanOp struct{ axes list }

func (*meanOp) Name() string { return "Mean" }

func (op *meanOp) Forward(y *Node) { y.value.Mean(y.inputs[0].value, op.axes.ints()...) }

func (op *meanOp) VJP(y *Node, i int, dy *Node) *Node {
	x := y.inputs[0]
	n := float64(x.value.Count(op.axes.ints()...))
	return dy.Scale(1/n).repeatAlong(op.axes.ints(), x)
}

// repeatAlong returns dy, which has x's shape without the axes, in x's shape.
func (dy *Node) repeatAlong(axes []int, x *Node) *Node {
	shape := shapeOf(x.value)
	kept := shape
	for a := range kept.ints() {
		if len(axes) == 0 || slices.Contains(axes, a) || slices.Contains(axes, a-kept.n) {
			kept.at[a] = 1
		}
	}
	return dy.Reshape(kept.ints()...).BroadcastTo(shape.ints()...)
}

// BroadcastTo returns x, repeated to the given shape as element-wise operations do.
//
//	∂L/∂x = ∂L/∂y, summed over the repetitions
func (x *Node) BroadcastTo(shape ...int) *Node {
	return finish(start((*broadcastOp)(nil), x), broadcastOp{shape: listOf("BroadcastTo", shape)})
}

type broadcastOp struct {
	broadcasting
	shape list
}

func (*broadcastOp) Name() string { return "BroadcastTo" }

func (op *broadcastOp) Forward(y *Node) { y.value.BroadcastTo(y.inputs[0].value, op.shape.ints()...) }

func (op *broadcastOp) VJP(y *Node, i int, dy *Node) *Node { return dy }

// SumTo returns x, summed over what BroadcastTo would repeat to turn the given shape
// into x's.
//
//	∂L/∂x = ∂L/∂y, repeated to x's shape
func (x *Node) SumTo(shape ...int) *Node {
	return finish(start((*sumToOp)(nil), x), sumToOp{listOf("SumTo", shape)})
}

type sumToOp struct{ shape list }

func (*sumToOp) Name() string { return "SumTo" }

func (op *sumToOp) Forward(y *Node) { y.value.SumTo(y.inputs[0].value, op.shape.ints()...) }

func (op *sumToOp) VJP(y *Node, i int, dy *Node) *Node {
	shape := shapeOf(y.inputs[0].value)
	return dy.BroadcastTo(shape.ints()...)
}

// SquaredError returns the scalar ½ Σ (a−t)², where a and t have the same shape: the
// error function of the article.
//
//	∂L/∂a = ∂L/∂y (a−t)    ∂L/∂t = −∂L/∂y (a−t)
func (a *Node) SquaredError(t *Node) *Node { return Apply(squaredErrorOp{}, a, t) }

type squaredErrorOp struct{ exact }

func (squaredErrorOp) Name() string { return "SquaredError" }

func (squaredErrorOp) Forward(y *Node) { y.value.SquaredError(y.inputs[0].value, y.inputs[1].value) }

func (squaredErrorOp) VJP(y *Node, i int, dy *Node) *Node {
	return y.inputs[i].Sub(y.inputs[1-i]).Mul(dy)
}

func (squaredErrorOp) AddVJPs(y, dy *Node, dx []*tensor.Tensor) {
	for i, into := range dx {
		if into != nil {
			into.AddScaledDifference(dy.value.Item(), y.inputs[i].value, y.inputs[1-i].value)
		}
	}
}
