package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Reshape returns x's elements under another shape; one axis may be −1. The value
// shares memory with x's.
//
//	∂L/∂x = ∂L/∂y, in x's shape
func (x *Node) Reshape(shape ...int) *Node { return apply(&reshapeOp{slices.Clone(shape)}, x) }

type reshapeOp struct{ shape []int }

func (*reshapeOp) Name() string { return "Reshape" }

func (*reshapeOp) arity() int { return 1 }

func (op *reshapeOp) Forward(y *Node) { y.value.View(y.inputs[0].value, op.shape...) }

func (op *reshapeOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.Reshape(y.inputs[0].value.Shape()...)
}

// Transpose returns x with its axes in the given order, or reversed if none is given:
// axis i of the result is axis perm[i] of x.
//
//	∂L/∂x = ∂L/∂y, with its axes put back
func (x *Node) Transpose(perm ...int) *Node { return apply(&transposeOp{slices.Clone(perm)}, x) }

type transposeOp struct{ perm []int }

func (*transposeOp) Name() string { return "Transpose" }

func (*transposeOp) arity() int { return 1 }

func (op *transposeOp) Forward(y *Node) { y.value.Transpose(y.inputs[0].value, op.perm...) }

func (op *transposeOp) VJP(_ *Node, _ int, dy *Node) *Node {
	inverse := make([]int, len(op.perm))
	for i, a := range op.perm {
		inverse[(a+len(inverse))%len(inverse)] = i
	}
	return dy.Transpose(inverse...)
}

// Slice returns the part of x with index i up to, not including, j on the axis. On
// the leading axis the value shares memory with x's.
//
//	∂L/∂x = ∂L/∂y at the place of the part, and 0 around it
func (x *Node) Slice(axis, i, j int) *Node { return apply(&sliceOp{axis, i, j}, x) }

type sliceOp struct{ axis, i, j int }

func (*sliceOp) Name() string { return "Slice" }

func (*sliceOp) arity() int { return 1 }

func (op *sliceOp) Forward(y *Node) { y.value.SliceOf(y.inputs[0].value, op.axis, op.i, op.j) }

func (op *sliceOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.pad(op.axis, op.i, y.inputs[0].value.Dim(op.axis))
}

func (op *sliceOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	if x := y.inputs[0].value; dx[0].IsEmpty() {
		dx[0].Pad(dy, op.axis, op.i, x.Dim(op.axis))
	} else {
		dx[0].AddToSlice(dy, op.axis, op.i)
	}
}

// pad returns x on the axis from index i of n, with zeros around it.
//
//	∂L/∂x = ∂L/∂y, sliced
func (x *Node) pad(axis, i, n int) *Node { return apply(&padOp{axis, i, n}, x) }

type padOp struct{ axis, i, n int }

func (*padOp) Name() string { return "pad" }

func (*padOp) arity() int { return 1 }

func (op *padOp) Forward(y *Node) { y.value.Pad(y.inputs[0].value, op.axis, op.i, op.n) }

func (op *padOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.Slice(op.axis, op.i, op.i+y.inputs[0].value.Dim(op.axis))
}

// Concat returns the xs one after another along the axis; their other axes are alike.
// It panics if there is none.
//
//	∂L/∂xᵢ = ∂L/∂y at the place of xᵢ
func Concat(axis int, xs ...*Node) *Node { return apply(&concatOp{axis}, xs...) }

type concatOp struct{ axis int }

func (*concatOp) Name() string { return "Concat" }

// Forward keeps where each input begins, and the end.
func (op *concatOp) Forward(y *Node) {
	var room [8]*tensor.Tensor
	values := room[:0]
	for _, x := range y.inputs {
		values = append(values, x.value)
	}
	y.value.Concat(op.axis, values...)
	starts := y.Keep(0).value.Zeros(len(values) + 1).Data()
	for i, x := range values {
		starts[i+1] = starts[i] + float64(x.Dim(op.axis))
	}
}

func (op *concatOp) VJP(y *Node, i int, dy *Node) *Node {
	starts := y.Keep(0).value.Data()
	return dy.Slice(op.axis, int(starts[i]), int(starts[i+1]))
}
