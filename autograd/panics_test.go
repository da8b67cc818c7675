package autograd_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Every mistake of a caller gives a panic that says what is wrong.
func TestPanics(t *testing.T) {
	w := variable(1, 2)
	c := autograd.Constant(vector(1, 2))
	loss := w.Sum()
	grads := autograd.Backward(loss)
	const none = " has no gradient: it depends on no Variable, or only through operations without a gradient"
	const empty = "the tensor is nil, or empty: it has no shape yet"
	tests := []struct {
		name, want string
		f          func()
	}{
		{"Backward of two elements", "Backward: Scale [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)", func() { autograd.Backward(w.Scale(2)) }},
		{"Backward of none", "Backward: Slice [0] has 0 elements; gradients are taken of a node of one element (Sum or Mean makes one)", func() { autograd.Backward(w.Slice(0, 1, 1)) }},
		{"Grad of two elements", "Grad: Variable [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)", func() { autograd.Grad(w, w) }},
		{"Backward of nil", "Backward: the node is a nil or zero Node", func() { autograd.Backward(nil) }},
		{"Backward of a zero Node", "Backward: the node is a nil or zero Node", func() { autograd.Backward(new(node)) }},
		{"Backward for nil", "Backward: the node is a nil or zero Node", func() { autograd.Backward(loss, nil) }},
		{"Of nil", "Of: the node is a nil or zero Node", func() { grads.Of(nil) }},
		{"Of a zero Node", "Of: the node is a nil or zero Node", func() { grads.Of(new(node)) }},
		{"Of nil Gradients", "Of: the gradients are nil", func() { (*autograd.Gradients)(nil).Of(w) }},
		{"Add nil Gradients", "Add: the gradients are nil", func() { new(autograd.Gradients).Add(nil) }},
		{"Backward of constants", "Backward: Sum [] = 3" + none, func() { autograd.Backward(c.Sum()) }},
		{"Backward of a Constant", "Backward: Constant [] = 1" + none, func() { autograd.Backward(autograd.Constant(tensor.Scalar(1))) }},
		{"Of a Constant", "Of: Constant [2]" + none, func() { grads.Of(c) }},
		{"Of a named Constant", "Of: Constant mean [2]" + none, func() { grads.Of(autograd.Constant(vector(1, 2)).Named("mean")) }},
		{"Of a result of constants", "Of: Neg [2]" + none, func() { grads.Of(c.Neg()) }},
		{"Backward for a Constant", "Backward: Constant [2]" + none, func() { autograd.Backward(loss, c) }},
		{"Grad of a Constant", "Grad: Constant [2]" + none, func() { autograd.Grad(loss, c) }},
		{"Of what was not asked for", "Of: the gradient of Variable [2] was not asked for", func() {
			v := variable(1, 2)
			autograd.Backward(w.Mul(v).Sum(), v).Of(w)
		}},
		{"Of a node that was not asked for", "Of: the gradient of Square [2] was not asked for", func() {
			y := w.Square()
			autograd.Backward(y.Sum(), w).Of(y)
		}},
		{"nil input", "Add: input 1 is a nil or zero Node", func() { w.Add(nil) }},
		{"zero input", "Add: input 1 is a nil or zero Node", func() { w.Add(new(node)) }},
		{"nil receiver", "Scale: input 0 is a nil or zero Node", func() { (*node)(nil).Scale(2) }},
		{"nil in Concat", "Concat: input 2 is a nil or zero Node", func() { autograd.Concat(0, w, w, nil) }},
		{"nil mask", "Where: input 0 is a nil or zero Node", func() { autograd.Where(nil, w, w) }},
		{"nil to a power", "Pow: input 0 is a nil or zero Node", func() { (*node)(nil).PowScalar(2) }},
		{"nil to be detached", "Detach: input 0 is a nil or zero Node", func() { (*node)(nil).Detach() }},
		{"nil product", "MatMul: input 0 is a nil or zero Node", func() { (*node)(nil).MatMul(w) }},
		{"nil operation", "Apply: the operation is nil", func() { autograd.Apply(nil, w) }},
		{"nil function", "Pointwise: the function f is nil", func() { autograd.Pointwise("f", nil, nil) }},
		{"nil function of two", "Pointwise2: the function f is nil", func() { autograd.Pointwise2("f", nil, nil, nil) }},
		{"nil Variable", "Variable: " + empty, func() { autograd.Variable(nil) }},
		{"nil Constant", "Constant: " + empty, func() { autograd.Constant(nil) }},
		{"empty Variable", "Variable: " + empty, func() { autograd.Variable(new(tensor.Tensor)) }},
		{"input", "Input: Sum [] = 3 has 1 inputs; there is no input 1", func() { loss.Input(1) }},
		{"empty mean", "Mean: shape [0] has no elements over the axes []", func() { w.Slice(0, 1, 1).Mean() }},
		{"VJP of the wrong shape", "Rule: the VJP of input 0 has shape [3], the input has [2]", func() {
			autograd.Backward(autograd.Apply(&returning{"Rule", func(y, dy *node) *node { return autograd.Constant(tensor.New(3)) }}, w).Sum())
		}},
		{"VJP of a broadcast shape", "Rule: the VJP of input 0 has shape [], the input has [2]", func() {
			autograd.Grad(autograd.Apply(&returning{"Rule", func(y, dy *node) *node { return dy.Sum() }}, w).Sum(), w)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { mustPanic(t, "autograd: "+tt.want, tt.f) })
	}
	mustPanic(t, "tensor: Add: shapes do not broadcast: [2] and [3]", func() { w.Add(autograd.Constant(tensor.New(3))) })
	mustPanic(t, "tensor: Concat: there are no operands; at least one is needed", func() { autograd.Concat(0) })
}

// A mistake that a tensor method finds names the inputs, if they have names; other panics pass unchanged.
func TestMistakesNameTheInputs(t *testing.T) {
	t.Parallel()
	x, w := variable(1, 2, 3).Named("x"), variable(4, 5).Named("w")
	mustPanic(t, "tensor: Add: shapes do not broadcast: [3] and [2]; the inputs are [Variable x [3] Variable w [2]]", func() { x.Add(w) })
	mustPanic(t, "tensor: Add: shapes do not broadcast: [3] and [2]; the inputs are [Square [3] Variable w [2]]", func() { x.Square().Add(w) })
	mustPanic(t, "tensor: Add: shapes do not broadcast: [3] and [2]; the inputs are [Variable x [3] Variable [2]]", func() { x.Add(variable(4, 5)) })
	mustPanic(t, "tensor: Slice: range [0:4] out of range for axis 0 of shape [3]; the inputs are [Variable x [3]]", func() { x.Slice(0, 0, 4) })
	mustPanic(t, "tensor: Add: shapes do not broadcast: [3] and [2]", func() { variable(1, 2, 3).Add(variable(4, 5)) })
	mustPanic(t, "autograd: Own: mine", func() { autograd.Apply(&refusing{&autograd.Error{Op: "Own", Text: "mine"}}, x) })
}

type refusing struct{ with error }

func (*refusing) Name() string                      { return "Refusing" }
func (op *refusing) Forward(*node)                  { panic(op.with) }
func (*refusing) VJP(_ *node, _ int, _ *node) *node { return nil }
