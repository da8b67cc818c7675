package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Sum returns the sum of x over the axes, which the result no longer has: [m, n] over axis
// 0 gives [n]. Without axes it is the sum of all elements. Axis −1 is the last.
//
//	∂L/∂x = ∂L/∂y, repeated along the axes
func (x *Node) Sum(axes ...int) *Node { return apply(&sumOp{slices.Clone(axes)}, x) }

type sumOp struct{ axes []int }

func (*sumOp) Name() string { return "Sum" }

func (*sumOp) arity() int { return 1 }

func (op *sumOp) Forward(y *Node) { y.value.Sum(y.inputs[0].value, op.axes...) }

func (op *sumOp) VJP(y *Node, _ int, dy *Node) *Node { return dy.repeatAlong(op.axes, y.inputs[0]) }

// Mean returns the mean of x over the axes, as Sum does; n elements become one.
//
//	∂L/∂x = ∂L/∂y / n, repeated along the axes
//
// It panics if n is 0: there is no mean of nothing, such as an empty batch.
func (x *Node) Mean(axes ...int) *Node { return apply(&meanOp{slices.Clone(axes)}, x) }

type meanOp struct{ axes []int }

func (*meanOp) Name() string { return "Mean" }

func (*meanOp) arity() int { return 1 }

func (op *meanOp) Forward(y *Node) {
	x := y.inputs[0].value
	if x.Count(op.axes...) == 0 {
		fail("Mean", "%v has no elements over the axes %v", y.inputs[0], op.axes)
	}
	y.value.Mean(x, op.axes...)
}

func (op *meanOp) VJP(y *Node, _ int, dy *Node) *Node {
	x := y.inputs[0]
	n := float64(x.value.Count(op.axes...))
	return dy.Scale(1/n).repeatAlong(op.axes, x)
}

// repeatAlong returns dy, which has x's shape without the axes, in x's shape.
func (dy *Node) repeatAlong(axes []int, x *Node) *Node {
	shape := x.value.Shape()
	kept := slices.Clone(shape)
	for a := range kept {
		if len(axes) == 0 || slices.Contains(axes, a) || slices.Contains(axes, a-len(kept)) {
			kept[a] = 1
		}
	}
	return dy.Reshape(kept...).BroadcastTo(shape...)
}

// BroadcastTo returns x, repeated to the given shape as element-wise operations do.
//
//	∂L/∂x = ∂L/∂y, summed over the repetitions
func (x *Node) BroadcastTo(shape ...int) *Node { return apply(&broadcastOp{slices.Clone(shape)}, x) }

type broadcastOp struct{ shape []int }

func (*broadcastOp) Name() string { return "BroadcastTo" }

func (*broadcastOp) arity() int { return 1 }

func (*broadcastOp) Broadcasts() bool { return true }

func (op *broadcastOp) Forward(y *Node) { y.value.BroadcastTo(y.inputs[0].value, op.shape...) }

func (op *broadcastOp) VJP(_ *Node, _ int, dy *Node) *Node { return dy }

// SumTo returns x, summed over what BroadcastTo would repeat to turn the given shape
// into x's.
//
//	∂L/∂x = ∂L/∂y, repeated to x's shape
func (x *Node) SumTo(shape ...int) *Node { return apply(&sumToOp{slices.Clone(shape)}, x) }

type sumToOp struct{ shape []int }

func (*sumToOp) Name() string { return "SumTo" }

func (*sumToOp) arity() int { return 1 }

func (op *sumToOp) Forward(y *Node) { y.value.SumTo(y.inputs[0].value, op.shape...) }

func (op *sumToOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.BroadcastTo(y.inputs[0].value.Shape()...)
}

// SquaredError returns the scalar ½ Σ (a−t)², where a and t have the same shape: the
// error function of the article.
//
//	∂L/∂a = ∂L/∂y (a−t)    ∂L/∂t = −∂L/∂y (a−t)    (0 where ∂L/∂y is exactly 0)
func (a *Node) SquaredError(t *Node) *Node { return apply(squaredErrorOp{}, a, t) }

type squaredErrorOp struct{}

func (squaredErrorOp) Name() string { return "SquaredError" }

func (squaredErrorOp) arity() int { return 2 }

func (squaredErrorOp) Forward(y *Node) { y.value.SquaredError(y.inputs[0].value, y.inputs[1].value) }

func (squaredErrorOp) VJP(y *Node, i int, dy *Node) *Node {
	return dy.Chain(y.inputs[i].Sub(y.inputs[1-i]))
}

func (squaredErrorOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	for i, into := range dx {
		if into != nil {
			into.AddScaledDifference(dy.Item(), y.inputs[i].value, y.inputs[1-i].value)
		}
	}
}
