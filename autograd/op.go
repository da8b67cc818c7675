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
type Op interface {
	// Name is the name that messages use.
	Name() string

	// Forward sets y.Value(), an empty tensor, from the values of y's inputs. It
	// may run again and then gives the same value.
	Forward(y *Node)

	// VJP returns the vector–Jacobian product ∂L/∂xᵢ, of xᵢ's shape, where xᵢ is
	// y.Input(i) and dy = ∂L/∂y has y's shape; nil means zero. It is built from
	// operations on nodes, so that it can be differentiated again. It is asked once
	// for each input that needs it. It may return dy, an input, or a view of one,
	// and modifies and keeps none of them.
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
// the inputs share work. dx[i] is the gradient of input i; an empty tensor stands for
// zeros, and nil means that it is not wanted. Grad, which records, asks VJP.
type Adder interface {
	Op
	AddVJPs(y, dy *Node, dx []*tensor.Tensor)
}

// Apply returns the result of an operation.
//
// The result is on the tape that one of the inputs is on, if any; inputs from two
// tapes panic, and so does a node that its tape has taken back.
func Apply(op Op, inputs ...*Node) *Node {
	y := again(op, inputs)
	if y == nil {
		y = begin(op, inputs...)
		y.op = op
	}
	op.Forward(y)
	return y
}

// begin returns a node for the result of op, which need only know its name.
func begin(op Op, inputs ...*Node) *Node {
	var ctx Context
	needs := false
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
	var y *Node
	if ctx.Tape == nil {
		y = &Node{number: numbers.Add(1)}
		y.value = &y.own
	} else {
		y = ctx.Tape.takeNew()
		y.leaf = nil
	}
	y.ctx, y.needs, y.stopped = ctx, needs, nil
	if len(inputs) <= len(y.few) {
		y.inputs = y.few[:len(inputs)]
	} else {
		y.inputs = make([]*Node, len(inputs))
	}
	if ctx.NoRecord {
		y.needs, y.stopped = false, firstStopped(inputs)
	}
	for i, x := range inputs {
		if x.needs && x.ctx.Tape == nil && ctx.Tape != nil && !ctx.NoRecord {
			x = ctx.Tape.use(op, x)
		}
		y.inputs[i] = x
	}
	return y
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

// attributes returns an op with attributes for y, for the caller to set: on a tape,
// the one that y had in an earlier life, if its type is the same.
func attributes[T any](y *Node) *T {
	if old, ok := y.spare.(*T); ok {
		return old
	}
	op := new(T)
	if y.ctx.Tape != nil {
		y.spare = op
	}
	return op
}

// finish computes y as the result of op.
func (y *Node) finish(op Op) *Node {
	y.op = op
	op.Forward(y)
	return y
}
