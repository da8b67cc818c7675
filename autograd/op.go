package autograd

import "gentlegrad/tensor"

// An Op is one kind of operation: how to compute it, and how gradients flow back
// through it. The operations of this package and a user's own are alike.
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
//		return y.Input(0).Square().Scale(3).Mul(dy)
//	}
//
//	y := autograd.Apply(cube{}, x)
//
// [gentlegrad/autograd/gradcheck] tests such an operation.
type Op interface {
	// Name is the name that messages use.
	Name() string

	// Forward sets y.Value(), an empty tensor, from the values of y's inputs, which
	// it does not modify. It may run again and then gives the same value.
	Forward(y *Node)

	// VJP returns the vector–Jacobian product ∂L/∂xᵢ, of xᵢ's shape, where xᵢ is
	// y.Input(i) and dy = ∂L/∂y has y's shape; nil means zero. It is built from
	// operations on nodes, so that it can be differentiated again. It is asked once
	// for each input that needs it. It may return dy, an input, or a view of one,
	// and modifies and keeps none of them. What it makes and returns belongs to the
	// traversal, which may use its memory again: a rule must not keep it and return it
	// a second time.
	VJP(y *Node, i int, dy *Node) *Node
}

// A Broadcaster is an Op whose inputs are broadcast: its VJP may return a gradient of
// the broadcast shape, which Backward sums to the input's.
type Broadcaster interface {
	Op
	Broadcasts() bool
}

// An Adder is an Op that can add the results of its VJP straight to tensors that hold
// the gradients so far: where this saves a temporary as large as an input, or where
// the inputs share work. dx[i] is the gradient of input i, and is to have its shape;
// an empty tensor stands for zeros, and nil means that it is not wanted (one is). If two
// inputs are one node, two elements of dx are one tensor. It may leave one empty, but makes
// none a view: gradients share no memory. AddVJPs modifies nothing else and keeps nothing.
// Grad, which records, asks VJP.
type Adder interface {
	Op
	AddVJPs(y, dy *Node, dx []*tensor.Tensor)
}

// Apply returns the result of an operation.
//
// The result is on the tape that one of the inputs is on, if any. Apply panics if the
// inputs are on two tapes, if one is nil or has been taken back by its tape, and if
// Forward leaves the value empty. Backward panics if VJP returns another shape than the
// input's.
func Apply(op Op, inputs ...*Node) *Node {
	if op == nil {
		fail("Apply", "the operation is nil")
	}
	if y := next(inputs); y != nil && identical(y.op, op) && y.again(inputs) {
		return y.forward()
	}
	return begin(op, inputs).compute(op)
}

// forward computes y's value.
func (y *Node) forward() *Node {
	y.op.Forward(y)
	if y.value.IsEmpty() {
		fail(y.op.Name(), "its Forward did not set the value")
	}
	return y
}

// compute makes y the result of op.
func (y *Node) compute(op Op) *Node {
	y.op = op
	y.forward()
	if y.ctx.NoRecord && y.ctx.Tape == nil {
		y.inputs, y.few = nil, [3]*Node{} // so that they can be freed
	}
	return y
}

// begin returns a node with these inputs for the result of op, of which it uses but the
// name: until compute the node has none.
func begin(op Op, inputs []*Node) *Node {
	ctx, needs := join(op, inputs)
	for _, x := range inputs { // first, so that operands stand before results
		ctx.seen(op, x)
	}
	var y *Node
	if ctx.Tape == nil {
		y = &Node{number: numbers.Add(1)}
		y.value = &y.own
	} else {
		y = ctx.Tape.takeNew()
		y.leaf = nil
	}
	y.op, y.ctx, y.needs, y.stopped = nil, ctx, needs, nil
	if ctx.NoRecord {
		y.needs, y.stopped = false, firstStopped(inputs)
	}
	y.makeRoom(len(inputs))
	for i, x := range inputs {
		y.inputs[i] = ctx.seen(op, x)
	}
	return y
}

// join returns the context of the result of op, and whether a gradient flows to it.
func join(op Op, inputs []*Node) (ctx Context, needs bool) {
	for i, x := range inputs {
		if x == nil {
			fail(op.Name(), "input %d is nil", i)
		}
		needs = needs || x.needs
		if t := x.ctx.Tape; t != nil && !t.holds(x) {
			fail(op.Name(), "input %d, %v, is from before its tape was reset or released", i, x)
		}
		if i == 0 {
			ctx = x.ctx
		} else if x.ctx != ctx {
			ctx.merge(op, i, x)
		}
	}
	return ctx, needs
}

// merge adds the context of input i, x, to c.
func (c *Context) merge(op Op, i int, x *Node) {
	if c.Tape == nil {
		c.Tape = x.ctx.Tape
	} else if x.ctx.Tape != nil && x.ctx.Tape != c.Tape {
		fail(op.Name(), "inputs are on two tapes; input %d, %v, is on the second (a Constant of its value can be on the first)", i, x)
	}
	if c.Rand == nil {
		c.Rand = x.ctx.Rand
	}
	c.NoRecord = c.NoRecord || x.ctx.NoRecord
	c.Training = c.Training || x.ctx.Training
}

// seen returns x, an input of op, as seen from the tape: a Variable from outside is
// represented there.
func (c *Context) seen(op Op, x *Node) *Node {
	if c.Tape != nil && x.needs && x.ctx.Tape == nil && !c.NoRecord {
		return c.Tape.use(op, x)
	}
	return x
}

// makeRoom makes y.inputs have n elements.
func (y *Node) makeRoom(n int) {
	switch {
	case n <= cap(y.inputs):
		y.inputs = y.inputs[:n]
	case n <= len(y.few):
		y.inputs = y.few[:n]
	default:
		y.inputs = make([]*Node, n)
	}
}

// firstStopped returns the leaf because of which one of the inputs was not recorded.
func firstStopped(inputs []*Node) *Node {
	for _, x := range inputs {
		if x.ctx.NoRecord && x.stopped != nil {
			return x.stopped
		} else if x.ctx.NoRecord {
			return x
		}
	}
	return nil
}
