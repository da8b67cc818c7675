package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Sum returns the sum of x over the axes, which are removed: [m, n] over axis 0 gives [n]. Without axes
// it is the sum of all elements. Axis −1 is the last.
//
//	∂L/∂x = ∂L/∂y, repeated along the axes
func (x *Node) Sum(axes ...int) *Node {
	axes = slices.Clone(axes)
	return x.linear("Sum",
		func(y, x *tensor.Tensor) { y.Sum(x, axes...) },
		func(x, dy *Node) *Node { return dy.repeatAlong(axes, x) })
}

// Mean returns the mean of x over the axes, as Sum does the sum; n elements become one.
//
//	∂L/∂x = ∂L/∂y / n, repeated along the axes
//
// It panics if n is 0, as for an empty batch: there is no mean of nothing.
func (x *Node) Mean(axes ...int) *Node {
	axes = slices.Clone(axes)
	return x.linear("Mean",
		func(y, x *tensor.Tensor) {
			if y.Mean(x, axes...); x.Count(axes...) == 0 {
				fail("Mean", "shape %v has no elements over the axes %v", x.Shape(), axes)
			}
		},
		func(x, dy *Node) *Node {
			n := float64(x.value.Count(axes...))
			return dy.Scale(1/n).repeatAlong(axes, x)
		})
}

// repeatAlong returns dy, which has x's shape without the axes, repeated to x's shape.
func (dy *Node) repeatAlong(axes []int, x *Node) *Node {
	if dy.value.Rank() > 0 { // a number broadcasts to any shape
		dy = dy.putBack(axes, x)
	}
	return dy.BroadcastTo(x.value.Shape()...)
}

// putBack returns y, which has x's shape without the axes, with these put back with length 1, so that it
// broadcasts to x's shape.
func (y *Node) putBack(axes []int, x *Node) *Node {
	kept := x.value.Shape()
	for a := range kept {
		if len(axes) == 0 || slices.Contains(axes, a) || slices.Contains(axes, a-len(kept)) {
			kept[a] = 1
		}
	}
	return y.Reshape(kept...)
}

// BroadcastTo returns x, repeated to the given shape as element-wise operations do.
//
//	∂L/∂x = ∂L/∂y, summed over the repetitions
func (x *Node) BroadcastTo(shape ...int) *Node {
	shape = slices.Clone(shape)
	return x.linear("BroadcastTo",
		func(y, x *tensor.Tensor) { y.BroadcastTo(x, shape...) },
		func(x, dy *Node) *Node { return dy.SumTo(x.value.Shape()...) })
}

// SumTo returns x, summed over what BroadcastTo would repeat to turn the given shape
// into x's.
//
//	∂L/∂x = ∂L/∂y, repeated to x's shape
func (x *Node) SumTo(shape ...int) *Node {
	shape = slices.Clone(shape)
	return x.linear("SumTo",
		func(y, x *tensor.Tensor) { y.SumTo(x, shape...) },
		func(x, dy *Node) *Node { return dy.BroadcastTo(x.value.Shape()...) })
}

// SquaredError returns the scalar ½ Σ (a−t)², where a and t have the same shape: the error function of
// the delta rules.
//
//	∂L/∂a = ∂L/∂y (a−t)    ∂L/∂t = −∂L/∂y (a−t)    (0 where ∂L/∂y is exactly 0)
func (a *Node) SquaredError(t *Node) *Node { return apply(squaredErrorOp{"SquaredError"}, a, t) }

type squaredErrorOp struct{ binary }

func (squaredErrorOp) Forward(y *Node) { y.value.SquaredError(y.inputs[0].value, y.inputs[1].value) }

func (squaredErrorOp) VJP(y *Node, i int, dy *Node) *Node {
	return dy.Chain(y.inputs[i].Sub(y.inputs[1-i]))
}

func (op squaredErrorOp) JVP(y *Node, dx []*Node) *Node {
	return sumOver(dx, func(i int, d *Node) *Node { return op.VJP(y, i, d).Sum() })
}

func (squaredErrorOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	for i, into := range dx {
		if into != nil {
			into.AddScaledDifference(dy.Item(), y.inputs[i].value, y.inputs[1-i].value)
		}
	}
}
