package autograd

import "gentlegrad/tensor"

// Reshape returns x's elements under another shape; one axis may be −1. The value
// shares memory with x's.
//
//	∂L/∂x = ∂L/∂y, in x's shape
func (x *Node) Reshape(shape ...int) *Node {
	return finish(start((*reshapeOp)(nil), x), reshapeOp{listOf("Reshape", shape)})
}

type reshapeOp struct{ shape list }

func (*reshapeOp) Name() string { return "Reshape" }

func (op *reshapeOp) Forward(y *Node) { y.value.View(y.inputs[0].value, op.shape.ints()...) }

func (op *reshapeOp) VJP(y *Node, i int, dy *Node) *Node {
	shape := shapeOf(y.inputs[0].value)
	return dy.Reshape(shape.ints()...)
}

// Transpose returns x with its axes in the given order, or reversed if none is given:
// axis i of the result is axis perm[i] of x.
//
//	∂L/∂x = ∂L/∂y, with its axes put back
func (x *Node) Transpose(perm ...int) *Node {
	return finish(start((*transposeOp)(nil), x), transposeOp{listOf("Transpose", perm)})
}

type transposeOp struct{ perm list }

func (*transposeOp) Name() string { return "Transpose" }

func (op *transposeOp) Forward(y *Node) { y.value.Transpose(y.inputs[0].value, op.perm.ints()...) }

func (op *transposeOp) VJP(y *Node, i int, dy *Node) *Node {
	inverse := make([]int, op.perm.n)
	for i, a := range op.perm.ints() {
		inverse[(a+len(inverse))%len(inverse)] = i
	}
	return dy.Transpose(inverse...)
}

// Slice returns the part of x with index i up to, not including, j on the axis. On
// the leading axis the value shares memory with x's.
//
//	∂L/∂x = ∂L/∂y at the place of the part, and 0 around it
func (x *Node) Slice(axis, i, j int) *Node {
	return finish(start((*sliceOp)(nil), x), sliceOp{axis: axis, i: i, j: j})
}

type sliceOp struct {
	exact
	axis, i, j int
}

func (*sliceOp) Name() string { return "Slice" }

func (op *sliceOp) Forward(y *Node) {
	if x := y.inputs[0].value; op.axis == 0 {
		y.value.ViewSlice(x, op.i, op.j)
	} else {
		y.value.SliceAxis(x, op.axis, op.i, op.j)
	}
}

func (op *sliceOp) VJP(y *Node, i int, dy *Node) *Node {
	return dy.pad(op.axis, op.i, y.inputs[0].value.Dim(op.axis))
}

func (op *sliceOp) AddVJPs(y, dy *Node, dx []*tensor.Tensor) {
	if dx[0].IsEmpty() {
		dx[0].Like(y.inputs[0].value).Fill(0)
	}
	dx[0].AddToSlice(dy.value, op.axis, op.i)
}

// pad returns x on the axis from index i of n, with zeros around it.
//
//	∂L/∂x = ∂L/∂y, sliced
func (x *Node) pad(axis, i, n int) *Node {
	return finish(start((*padOp)(nil), x), padOp{axis, i, n})
}

type padOp struct{ axis, i, n int }

func (*padOp) Name() string { return "pad" }

func (op *padOp) Forward(y *Node) { y.value.Pad(y.inputs[0].value, op.axis, op.i, op.n) }

func (op *padOp) VJP(y *Node, i int, dy *Node) *Node {
	return dy.Slice(op.axis, op.i, op.i+y.inputs[0].value.Dim(op.axis))
}

// Concat returns the xs one after another along the axis; their other axes are alike.
//
//	∂L/∂xᵢ = ∂L/∂y at the place of xᵢ
func Concat(axis int, xs ...*Node) *Node {
	return finish(start((*concatOp)(nil), xs...), concatOp{axis})
}

type concatOp struct{ axis int }

func (*concatOp) Name() string { return "Concat" }

func (op *concatOp) Forward(y *Node) {
	values := make([]*tensor.Tensor, 0, 8)
	for _, x := range y.inputs {
		values = append(values, x.value)
	}
	y.value.Concat(op.axis, values...)
}

func (op *concatOp) VJP(y *Node, i int, dy *Node) *Node {
	at := 0
	for _, x := range y.inputs[:i] {
		at += x.value.Dim(op.axis)
	}
	return dy.Slice(op.axis, at, at+y.inputs[i].value.Dim(op.axis))
}
