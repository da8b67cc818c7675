package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Reshape returns x's elements under another shape; one axis may be −1. The value
// shares memory with x's.
//
//	∂L/∂x = ∂L/∂y, in x's shape
func (x *Node) Reshape(shape ...int) *Node {
	shape = slices.Clone(shape)
	return x.linear("Reshape",
		func(y, x *tensor.Tensor) { y.View(x, shape...) },
		func(x, dy *Node) *Node { return dy.Reshape(x.value.Shape()...) })
}

// Transpose returns x with its axes in the given order, or reversed if none is given:
// axis i of the result is axis perm[i] of x.
//
//	∂L/∂x = ∂L/∂y, with its axes put back
func (x *Node) Transpose(perm ...int) *Node {
	perm = slices.Clone(perm)
	return x.linear("Transpose",
		func(y, x *tensor.Tensor) { y.Transpose(x, perm...) },
		func(_, dy *Node) *Node { return dy.Transpose(inverse(perm)...) })
}

// inverse returns the order of axes that undoes perm.
func inverse(perm []int) []int {
	back := make([]int, len(perm))
	for i, a := range perm {
		back[(a+len(perm))%len(perm)] = i
	}
	return back
}

// Slice returns the part of x with index i up to, not including, j on the axis. On
// the leading axis the value shares memory with x's.
//
//	∂L/∂x = ∂L/∂y at the place of the part, and 0 around it
func (x *Node) Slice(axis, i, j int) *Node { return apply(&sliceOp{"Slice", axis, i, j}, x) }

type sliceOp struct {
	unary
	axis, i, j int
}

func (op *sliceOp) Forward(y *Node) { y.value.SliceOf(y.inputs[0].value, op.axis, op.i, op.j) }

func (op *sliceOp) VJP(y *Node, _ int, dy *Node) *Node {
	return dy.pad(op.axis, op.i, y.inputs[0].value.Dim(op.axis))
}

func (op *sliceOp) JVP(_ *Node, dx []*Node) *Node { return apply(op, dx[0]) }

func (op *sliceOp) AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	zerosLike(dx[0], y.inputs[0].value).AddToSlice(dy, op.axis, op.i)
}

func (*sliceOp) addVJPsTo(s *nodeSums, y, dy *Node, into []edge) { s.share(into[0], y, dy) }

// pad returns x placed at index i of an axis of length n, with zeros around it.
//
//	∂L/∂x = ∂L/∂y, sliced
func (x *Node) pad(axis, i, n int) *Node {
	return x.linear("pad",
		func(y, x *tensor.Tensor) { y.Pad(x, axis, i, n) },
		func(x, dy *Node) *Node { return dy.Slice(axis, i, i+x.value.Dim(axis)) })
}

// Concat returns the xs one after another along the axis; they have the same lengths along the other
// axes. It panics if there are no xs.
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

func (op *concatOp) JVP(y *Node, dx []*Node) *Node {
	parts := slices.Clone(dx)
	for i, d := range dx {
		if d == nil {
			parts[i] = constantLike(y.inputs[i], 0)
		}
	}
	return apply(op, parts...)
}
