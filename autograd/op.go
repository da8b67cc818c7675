package autograd

import (
	"fmt"
	"slices"

	"gentlegrad/tensor"
)

// An Op is one kind of operation: how to compute it, and how gradients flow back through it. The
// operations of this package and a user's own have the same interface.
//
//	type cube struct{}
//
//	func (cube) Name() string { return "Cube" }
//
//	func (cube) Forward(y *autograd.Node) {
//		x := y.Input(0).Value()
//		y.Value().Mul(x, x)
//		y.Value().Mul(y.Value(), x)
//	}
//
//	// ∂L/∂x = ∂L/∂y ⊙ 3x²
//	func (cube) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node {
//		return dy.Chain(y.Input(0).Square().Scale(3))
//	}
//
//	y := autograd.Apply(cube{}, x)
//
// A function of one number, such as this one, is simpler with [Pointwise].
// [gentlegrad/autograd/gradcheck] tests an operation.
type Op interface {
	// Name is the name that messages use.
	Name() string

	// Forward sets y.Value(), an empty tensor, from the values of y's inputs, which it does not modify.
	// It must not use Swap or Lend. It may run again, also with other values.
	Forward(y *Node)

	// VJP returns the vector–Jacobian product ∂L/∂xᵢ, of xᵢ's shape, where xᵢ is y.Input(i) and
	// dy = ∂L/∂y has y's shape; nil means zero. It is called for the inputs that need a gradient.
	//
	// It is built from operations on nodes, so that it can be differentiated again and a plan can repeat
	// it: it sees nodes, not numbers. It must not depend on a value in any other way, such as by an if,
	// or by a constant made from a number; [Node.Keep] has what Forward found out. A plan refuses a
	// Constant of several numbers that VJP makes, even one that depends on nothing: an identity matrix,
	// for example, is either made once and held by the Op, or made as
	// Scalar(1).BroadcastTo(n).DiagEmbed(0, 0, 1). It may return dy, an input, or a view of one, but must
	// not modify or keep any of them. A node that it makes belongs to the traversal, and must not be used
	// by another call. Where it calls Grad, that must not lead through y, since it would call VJP again:
	// take the gradient with respect to y, or to a copy of an input, such as y.Input(i).Scale(1).
	VJP(y *Node, i int, dy *Node) *Node
}

// A Broadcaster is an Op whose inputs are broadcast: its VJP may return a gradient of the broadcast
// shape, which the traversal sums to the input's shape.
type Broadcaster interface {
	Op
	Broadcasts() bool
}

// An Adder is an Op that can add the results of its VJP straight to tensors that hold the gradients so
// far. It is for ops where this saves a temporary as large as an input, or whose inputs share work. dx[i]
// is the gradient of input i. If it is empty, the result is stored there; otherwise the result is
// computed first, and then added once. If it is nil, the gradient is not wanted; at least one dx[i] is
// not nil. If two inputs are the same node, their two elements of dx are the same tensor. AddVJPs must
// not make any of these a view, must modify nothing else, and must keep nothing. Grad, which records,
// calls VJP instead.
type Adder interface {
	Op
	AddVJPs(y *Node, dy *tensor.Tensor, dx []*tensor.Tensor)
}

// Apply returns the result of an operation. It panics if op or an input is nil, if an operation of this
// package gets a wrong number of inputs, and if Forward leaves the value empty.
func Apply(op Op, inputs ...*Node) *Node {
	if a, ok := op.(interface{ arity() int }); ok && a.arity() != len(inputs) {
		fail(op.Name(), "applied to %d inputs; it takes %d", len(inputs), a.arity())
	}
	return apply(op, inputs...)
}

// apply is Apply, where the number of inputs is known to be right.
func apply(op Op, inputs ...*Node) *Node {
	if op == nil {
		fail("Apply", "the operation is nil")
	}
	c := &computed{Node: Node{op: op, ctx: plain}}
	c.tensor.Lend(c.fourElements[:])
	c.value = &c.tensor
	c.inputs = append(c.threeInputs[:0], inputs...)
	y := &c.Node
	defer y.nameInputs()
	for i, x := range inputs {
		if x == nil || x.value == nil {
			fail(op.Name(), "input %d is %v", i, x)
		}
		x.Value() // panics if x belongs to a plan that has no value of it
		y.needs = y.needs || x.needs
		if x.ctx != y.ctx {
			y.ctx = merge(y.ctx, x.ctx)
		}
	}
	y.version = leafVersions(inputs)
	op.Forward(y)
	if c.tensor.IsEmpty() {
		fail(op.Name(), "its Forward did not set the value")
	}
	y.number = numbers.Add(1)
	y.markMade()
	y.observe()
	if y.ctx.NoRecord {
		y.ctx.within.takes(y)
		y.needs, y.inputs, c.threeInputs = false, nil, [3]*Node{} // so that the inputs can be freed
	}
	return y
}

// nameInputs, which is deferred, adds y's inputs, if one of them has a name, to the text of a panic of
// package tensor, such as one about shapes that do not fit.
func (y *Node) nameInputs() {
	p := recover()
	if p == nil {
		return
	}
	if e, ok := p.(*tensor.Error); ok && slices.ContainsFunc(y.inputs, func(x *Node) bool { return x.name != nil }) {
		p = &tensor.Error{Op: e.Op, Text: fmt.Sprintf("%s; the inputs are %v", e.Text, y.inputs)}
	}
	panic(p)
}

// flat is apply for an operation without a gradient: its result, such as a mask, is a constant.
func flat(op Op, inputs ...*Node) *Node {
	y := apply(op, inputs...)
	y.needs = false
	return y
}

// Keep returns a constant that Forward computes for the gradient rule beside y's value, such as a mask or
// the indices of the largest elements: the i-th of these constants, from 0. Forward sets its Value, an
// empty tensor; VJP and other rules use it. It counts as constant when the rule is differentiated again,
// so it must be something without a derivative: not a mean, for example.
//
// It panics if Forward kept no i-th constant.
func (y *Node) Keep(i int) *Node {
	if i == len(y.kept) && y.op != nil && y.number == 0 { // Forward makes a new one
		y.kept = append(y.kept, &Node{op: keepOp{}, value: new(tensor.Tensor), inputs: []*Node{y}, ctx: y.ctx, number: numbers.Add(1)})
	}
	if i < 0 || i >= len(y.kept) {
		fail("Keep", "%v keeps %d values; there is no value %d", y, len(y.kept), i)
	}
	return y.kept[i]
}
