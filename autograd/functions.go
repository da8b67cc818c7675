package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Derivatives of functions of tensors. Each function here builds the graph of f on Variables of its own
// and, if it needs many passes, makes one plan of it. f may use anything that a [Plan] can hold, and
// Grad, VJP and JVP too; where a plan is made, f must not use a node that was computed before. All panic
// if f is nil or returns nil, if there are no xs, or if an x is nil or empty.

// ValueAndGrad returns f(xs...), a tensor of one element, and its gradients with respect to the xs. It
// panics as Backward does, except that the gradient is zero if f does not depend on an x.
func ValueAndGrad(f Func, xs ...*tensor.Tensor) (value *tensor.Tensor, grads []*tensor.Tensor) {
	vars, y := build("ValueAndGrad", f, xs)
	mustBeOne("ValueAndGrad", y)
	return y.value.Clone(), gradientsBy(vars, y)
}

// gradientsBy returns the gradients of y with respect to vars, which share no memory.
func gradientsBy(vars []*Node, y *Node) (grads []*tensor.Tensor) {
	g := Backward(y, vars...)
	for _, x := range vars {
		grads = append(grads, g.Of(x))
	}
	return grads
}

// Jacobian returns the derivatives of f(xs...), of any shape, with respect to each x: tensors with the
// shape of f's result followed by x's. It makes one plan, whose backward pass runs once for each element
// of f's result, and panics if f uses a node that was computed before.
func Jacobian(f Func, xs ...*tensor.Tensor) []*tensor.Tensor {
	vars, y := build("Jacobian", f, xs)
	return jacobian("Jacobian", y, vars)
}

// ownPlan returns a plan of y. It panics if the function that made y uses a node that was computed
// before, which the plan would take over.
func ownPlan(op string, y *Node, vars []*Node) *Plan {
	for _, x := range Graph(y) {
		if x.op != nil && x.number < vars[0].number {
			fail(op, "the function uses %v, which was computed before: it must compute this itself, or use a Constant of its value", x)
		}
	}
	return NewPlan(y, vars...)
}

func jacobian(op string, y *Node, vars []*Node) []*tensor.Tensor {
	seed := tensor.New(y.value.Shape()...)
	plan := ownPlan(op, y, vars)
	for _, s := range plan.steps {
		s.after = nil // an Observer has seen y when f built it
	}
	plan.Forward()
	return perRun(vars, seed.Shape(), func(k int) *Gradients {
		seed.Fill(0).Data()[k] = 1
		return plan.Backward(seed)
	})
}

// perRun returns the gradients of vars that run gives, once for each element of the shape: tensors with
// that shape followed by the Variable's.
func perRun(vars []*Node, shape []int, run func(k int) *Gradients) []*tensor.Tensor {
	all := make([]*tensor.Tensor, len(vars))
	for i, x := range vars {
		all[i] = tensor.New(slices.Concat(shape, x.value.Shape())...)
	}
	for k := range product(shape) {
		grads := run(k)
		for i, x := range vars {
			dx := grads.Of(x).Data()
			copy(all[i].Data()[k*len(dx):], dx)
		}
	}
	return all
}

// Hessian returns the second derivatives of f(xs...), a tensor of one element: the tensor [i][j] has xᵢ's
// shape followed by xⱼ's, and holds ∂²f/∂xᵢ∂xⱼ. It is the Jacobian of the gradient, and panics as
// Jacobian does.
func Hessian(f Func, xs ...*tensor.Tensor) [][]*tensor.Tensor {
	vars, y := build("Hessian", f, xs)
	mustBeOne("Hessian", y)
	var blocks [][]*tensor.Tensor
	for _, dx := range Grad(y, vars...) {
		blocks = append(blocks, jacobian("Hessian", dx, vars))
	}
	return blocks
}

// HVP returns the products of the Hessian of f(xs...), a tensor of one element, with the vectors vs, of
// the xs' shapes: one tensor for each x, of its shape. It costs a few times as much as f, and never forms
// the Hessian: it is the gradient of the product of the gradient and v (one of the two ways in B. A.
// Pearlmutter, Fast exact multiplication by the Hessian, 1994). It panics unless f's result has one
// element, and each x has a v of its shape.
func HVP(f Func, xs, vs []*tensor.Tensor) []*tensor.Tensor {
	vars, y := build("HVP", f, xs)
	mustBeOne("HVP", y)
	if len(vs) != len(xs) {
		fail("HVP", "there are %d tensors and %d vectors; each tensor needs one", len(xs), len(vs))
	}
	var sum *Node // Σ ∂y/∂xᵢ ⊙ vᵢ, whose gradient is H·v, as H is symmetric
	for i, dx := range Grad(y, vars...) {
		if !tensor.SameShape(xs[i], vs[i]) {
			fail("HVP", "tensor %d has shape %v, its vector %v; they must be the same", i, xs[i].Shape(), vs[i].Shape())
		}
		sum = plus(sum, dx.Mul(Constant(vs[i])).Sum())
	}
	return gradientsBy(vars, sum)
}

// PerExample returns the gradients with respect to the xs for each example of a batch separately: for
// each x a tensor with the number of examples followed by x's shape. f gets the xs, and one example of
// each tensor of the batch, as a batch of one, so f can be the loss of a whole batch. PerExample makes
// one plan, which runs once for each example. For a network of layers, whose parameters are in fields and
// not arguments, a [Plan] of a batch of one does the same, such as to clip each example's gradient. It
// panics unless f's result has one element and the tensors of the batch have one length, and if f uses a
// node that was computed before.
func PerExample(f Func, xs, batch []*tensor.Tensor) []*tensor.Tensor {
	if f == nil {
		fail("PerExample", "the function is nil")
	}
	if len(batch) == 0 {
		fail("PerExample", "there is no batch")
	}
	examples := make([]*Node, len(batch))
	for k, b := range batch {
		mustBeTensor("PerExample", b)
		if b.Rank() == 0 || b.Dim(0) != batch[0].Dim(0) {
			fail("PerExample", "tensor %d of the batch has shape %v; its first axis must be the examples, as many as in the other tensors", k, b.Shape())
		}
		first := tensor.New(append([]int{1}, b.Shape()[1:]...)...)
		if b.Dim(0) > 0 {
			first = b.Slice(0, 0, 1)
		}
		examples[k] = Constant(first)
	}
	vars, y := build("PerExample", func(vars ...*Node) *Node { return f(append(vars, slices.Clone(examples)...)...) }, xs)
	mustBeOne("PerExample", y)
	plan := ownPlan("PerExample", y, vars)
	return perRun(vars, batch[0].Shape()[:1], func(example int) *Gradients {
		for k, b := range batch {
			examples[k].Set(b.Slice(0, example, example+1))
		}
		plan.Forward()
		return plan.Backward()
	})
}

// build returns f of new Variables that share the memory of xs, as a node that has a gradient, even if
// that is zero.
func build(op string, f Func, xs []*tensor.Tensor) (vars []*Node, y *Node) {
	if f == nil {
		fail(op, "the function is nil")
	}
	if len(xs) == 0 {
		fail(op, "there are no tensors to differentiate with respect to")
	}
	for i, x := range xs {
		if x.IsEmpty() {
			fail(op, "tensor %d is nil, or empty: it has no shape yet", i)
		}
		vars = append(vars, Variable(x))
	}
	y = f(slices.Clone(vars)...)
	if y == nil {
		fail(op, "the function returned nil")
	}
	mustBeNode(op, y)
	return vars, y.dependingOn(vars[0])
}
