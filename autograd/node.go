// Package autograd differentiates expressions of tensors by traversing the graph
// of operations that computed them: reverse-mode automatic differentiation.
//
// A [Node] is one value of the graph. Leaves are made by [Variable], if a gradient
// is wanted, or [Constant]; methods build the rest:
//
//	w := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2, 1))
//	x := autograd.Constant(tensor.FromSlice([]float64{3, 4}, 1, 2))
//	loss := x.MatMul(w).Sigmoid().Sum()
//	grads := autograd.Backward(loss)
//	grads.Of(w) // ∂loss/∂w
//
// The traversal is in backward.go, and it is all there is to backpropagation. Each
// operation stands in one place, its forward rule beside its gradient rule.
// [Tape], which recycles memory, and [Context], which says how a graph is built,
// can be left out on a first reading: without them nodes come from the heap.
//
// Caller's mistakes panic with an *[Error], or with a *tensor.Error where the
// shapes of an operation's inputs do not fit.
package autograd

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"gentlegrad/tensor"
)

// A Node is one value of a computation graph: the tensor, the operation that made
// it, and the nodes which that was applied to. Nodes are not modified once made, but for
// what a tape keeps in them, so goroutines may share those of the heap; a Variable's
// tensor is modified by an optimiser, between passes.
type Node struct {
	value  *tensor.Tensor // nil once a checked tape has taken the node back
	op     Op             // nil for a leaf
	inputs []*Node
	ctx    Context
	needs  bool   // a gradient flows through: a Variable is among the ancestors
	number uint64 // on the heap: the order of making; results have larger numbers

	slot    int    // on a tape: the place there; −1 for one that holds a gradient
	life    uint64 // on a tape: the tape's life, counted by Reset, that the node belongs to
	leaf    *Node  // on a tape: the Variable from outside that this node stands for
	stopped *Node  // if the context does not record: the leaf that said so

	own    tensor.Tensor // what value points to, unless it is a leaf's
	few    [3]*Node      // what inputs points to, if that is enough
	spares []Op          // on a tape: ops with attributes that were here, one of a type; their memory serves the next
}

// A Context says how a graph is built. It flows from inputs to results, so there is
// no global state: a graph has the context of the constant it began with. Where
// the inputs of an operation differ, NoRecord and Training win over their absence.
//
//	x := autograd.Context{NoRecord: true}.Constant(input) // inference
//
// Rand and Training are for operations and layers of your own, such as dropout.
type Context struct {
	Tape     *Tape      // where nodes come from; nil is the heap
	Rand     *rand.Rand // for operations that draw random numbers
	NoRecord bool       // keep no graph: Backward of a result panics
	Training bool       // for layers that behave differently in training
}

// numbers counts the nodes made on the heap.
var numbers atomic.Uint64

// Variable returns a leaf whose gradient is wanted. It shares x's memory, which an
// optimiser overwrites. It panics if x is nil or empty.
func Variable(x *tensor.Tensor) *Node {
	mustBeTensor("Variable", x)
	return &Node{value: x, needs: true, number: numbers.Add(1)}
}

// Constant returns a leaf whose gradient is not wanted. It shares x's memory, which
// must not be modified while the graph is in use. It panics if x is nil or empty.
func Constant(x *tensor.Tensor) *Node {
	mustBeTensor("Constant", x)
	return &Node{value: x, number: numbers.Add(1)}
}

// Constant returns a leaf whose gradient is not wanted, and from which the context
// flows. It shares x's memory, which must not be modified while the graph is in use.
func (c Context) Constant(x *tensor.Tensor) *Node {
	if c.Tape == nil {
		n := Constant(x)
		n.ctx = c
		return n
	}
	mustBeTensor("Constant", x)
	if n := c.Tape.constantAgain(c); n != nil {
		n.value = x
		return n
	}
	n := c.Tape.takeNew()
	n.value, n.op, n.inputs = x, nil, n.inputs[:0]
	n.ctx, n.needs, n.leaf, n.stopped = c, false, nil, nil
	return n
}

func mustBeTensor(op string, x *tensor.Tensor) {
	switch {
	case x == nil:
		fail(op, "the tensor is nil")
	case x.IsEmpty():
		fail(op, "the tensor is empty: it has no shape yet")
	}
}

// Value returns the node's tensor. It must not be modified, but for that of a
// Variable between passes. It panics if a tape has taken the node back.
func (x *Node) Value() *tensor.Tensor {
	if x.ctx.Tape != nil {
		x.mustBeLive("Value")
	}
	return x.value
}

// Context returns the context that flows from x.
func (x *Node) Context() Context { return x.ctx }

// Op returns the operation that made x, or nil for a leaf.
func (x *Node) Op() Op {
	if x.spares != nil {
		x.spares = nil // the caller may keep what serves no other node from now on
	}
	return x.op
}

// NumInputs returns the number of nodes that x was made from.
func (x *Node) NumInputs() int { return len(x.inputs) }

// Input returns one of the nodes that x was made from. On a tape, a Variable from
// outside is seen as [Tape.Use] shows it: another Node with the same tensor. It panics
// unless 0 ≤ i < x.NumInputs().
func (x *Node) Input(i int) *Node {
	if uint(i) >= uint(len(x.inputs)) {
		fail("Input", "%v has %d inputs, there is no input %d", x, len(x.inputs), i)
	}
	return x.inputs[i]
}

// Shape returns the shape of x's value. It panics if a tape has taken the node back.
func (x *Node) Shape() []int { return x.Value().Shape() }

// NeedsGrad reports whether a gradient flows through x: whether it is a Variable
// or was computed from one, and recorded.
func (x *Node) NeedsGrad() bool { return x.needs }

// Detach returns x's value as a Constant: no gradient flows through it. It
// records even if x did not, and has the rest of x's context.
func (x *Node) Detach() *Node {
	ctx := x.ctx
	ctx.NoRecord = false
	return ctx.Constant(x.Value())
}

// String describes the node in one line: the operation and the shape, and the value of a
// node of one element.
func (x *Node) String() string {
	if x.value != nil && x.value.Len() == 1 {
		return fmt.Sprintf("%s = %v", x.describe(), x.value.Item())
	}
	return x.describe()
}

// describe is String without the value: for messages.
func (x *Node) describe() string {
	kind := "Constant"
	switch {
	case x.op != nil:
		kind = x.op.Name()
	case x.needs:
		kind = "Variable"
	}
	if x.value == nil {
		return kind
	}
	return fmt.Sprintf("%s %v", kind, x.value.Shape())
}

// An Error is a caller's mistake: a node from a tape that was reset, the gradient of
// a constant. Functions of this package panic with an *Error.
type Error struct {
	Op   string // the operation or function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "autograd: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	for i, a := range args {
		if x, ok := a.(*Node); ok {
			args[i] = x.describe()
		}
	}
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
