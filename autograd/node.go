package autograd

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"gentlegrad/tensor"
)

// A Node is one value of a computation graph: the tensor, the operation that made it, and the nodes that
// the operation was applied to. A node is not modified after it was made, except a leaf by [Node.Set],
// and nodes that a [Plan] owns; so goroutines may share it.
type Node struct {
	value  *tensor.Tensor
	op     Op // nil for a leaf
	inputs []*Node
	ctx    *context
	number uint64 // increases in the order in which nodes are made; 0 while Forward runs for the first time

	version uint32 // leafVersions(inputs) when the value was computed; compared for equality alone
	past    uint32 // the sum of version + 1 over the tensors that the node had before
	needs   bool   // a gradient flows through the node; see NeedsGrad

	plan *Plan        // the plan that the memory of the value belongs to, or nil
	name *string      // nil if there is none
	kept []*Node      // what Forward keeps; see Keep
	made *[24]uintptr // the callers, innermost first: enough to look past this package and nested layers; see Made
}

// computed is a node made by an operation, in one allocation with what it points to.
type computed struct {
	Node
	tensor       tensor.Tensor // the value
	threeInputs  [3]*Node      // the inputs, unless there are more
	fourElements [4]float64    // the elements of the value, unless there are more
}

// A Context says how a graph is built. It flows from inputs to results, so there is no global state: a
// graph has the context of the constant it began with. Where the contexts of an operation's inputs
// differ, a field that is set wins over one that is not.
//
//	x := autograd.Context{NoRecord: true}.Constant(input) // inference
//
// Rand and Training are for operations and layers of your own, such as dropout. An [Op] that draws from
// Rand in its Forward draws anew in each Forward of a [Plan], and once when the plan is made; numbers that
// are drawn between the operations stay the same in a plan.
type Context struct {
	Rand      *rand.Rand // for operations that draw random numbers
	NoRecord  bool       // keep no graph: Backward of a result panics
	Training  bool       // for layers that behave differently in training
	Positions bool       // record where in the code each node is made, for Made: to find a mistake
}

type context struct {
	Context
	stopped *Node         // if NoRecord: the leaf that it came from
	within  *recomputable // the innermost Checkpoint that builds this part of the graph, or nil
}

// plain is the context where none was given.
var plain = new(context)

// merge returns the context of a result whose inputs have the contexts a and b.
func merge(a, b *context) *context {
	c := *a
	c.Rand = cmp.Or(c.Rand, b.Rand)
	c.Training = c.Training || b.Training
	c.Positions = c.Positions || b.Positions
	if b.NoRecord {
		c.NoRecord, c.stopped = true, b.stopped
	}
	if b.within != nil && (c.within == nil || c.within.since < b.within.since) {
		c.within = b.within // the innermost
	}
	for _, given := range [...]*context{a, b} {
		if c.Context == given.Context && c.within == given.within {
			return given
		}
	}
	return new(c)
}

// numbers counts all nodes: it is the number of the newest.
var numbers atomic.Uint64

// Variable returns a leaf whose gradient is wanted. It shares x's memory, which an optimiser overwrites.
// It panics if x is nil or empty.
func Variable(x *tensor.Tensor) *Node { return newLeaf("Variable", x, true) }

// Constant returns a leaf whose gradient is not wanted. It shares x's memory. It panics if x is nil or
// empty.
func Constant(x *tensor.Tensor) *Node { return newLeaf("Constant", x, false) }

func newLeaf(op string, x *tensor.Tensor, needs bool) *Node {
	mustBeTensor(op, x)
	return &Node{value: x, ctx: plain, needs: needs, number: numbers.Add(1)}
}

// Constant returns a leaf whose gradient is not wanted, and from which the context flows. It shares x's
// memory. It panics if x is nil or empty.
func (c Context) Constant(x *tensor.Tensor) *Node {
	n := Constant(x)
	n.ctx = &context{Context: c, stopped: n}
	n.markMade()
	return n
}

func mustBeTensor(op string, x *tensor.Tensor) {
	if x.IsEmpty() {
		fail(op, "the tensor is nil, or empty: it has no shape yet")
	}
}

// Named gives x a name, which messages show, and returns x. Call it before another goroutine has the
// node.
func (x *Node) Named(name string) *Node {
	x.name = &name
	return x
}

// Name returns the name that Named gave x, or "".
func (x *Node) Name() string { return *cmp.Or(x.name, new(string)) }

// Set gives a leaf a new value of the same shape, which a [Plan] uses when it runs. The leaf shares v's
// memory. It panics if x is not a leaf, if v is nil or empty, and if the shapes differ.
func (x *Node) Set(v *tensor.Tensor) {
	switch {
	case x.op != nil:
		fail("Set", "%v was computed; only a Variable or a Constant can be set", x)
	case v.IsEmpty() || !tensor.SameShape(v, x.value) && (x.value == nil || !x.value.IsEmpty()):
		mustBeTensor("Set", v)
		fail("Set", "%v can't be set to a tensor of shape %v", x, v.Shape())
	case v != x.value:
		x.becomes(nil, v)
	}
}

// becomes gives x another tensor, of plan p, or of no plan if p is nil. This counts as a change of x. The
// plan that had x is no longer ready: it takes x back before it runs again.
func (x *Node) becomes(p *Plan, v *tensor.Tensor) {
	if x.plan != nil {
		x.plan.ready = false
	}
	x.past += x.value.Version() + 1
	x.plan, x.value = p, v
}

// Value returns the node's tensor. Only a leaf's may be modified. A computed node's keeps the node in
// memory, with the graph that it was computed from: Clone it to keep the numbers alone. Value panics if
// x belongs to a plan that does not keep the value, or whose Forward has to run first.
func (x *Node) Value() *tensor.Tensor {
	if x.plan != nil { // checked here, so that Value is inlined
		x.mustHaveValue()
	}
	return x.value
}

// Context returns the context that flows from x.
func (x *Node) Context() Context { return cmp.Or(x.ctx, plain).Context }

// Op returns the operation that made x, or nil for a leaf.
func (x *Node) Op() Op { return x.op }

// NumInputs returns the number of nodes that x was made from; 0 if it was not recorded.
func (x *Node) NumInputs() int { return len(x.inputs) }

// Input returns one of the nodes that x was made from. It panics unless 0 ≤ i < x.NumInputs().
func (x *Node) Input(i int) *Node {
	if uint(i) >= uint(len(x.inputs)) {
		fail("Input", "%v has %d inputs; there is no input %d", x, len(x.inputs), i)
	}
	return x.inputs[i]
}

// Shape returns the shape of x's value. It panics as Value does.
func (x *Node) Shape() []int { return x.Value().Shape() }

// NeedsGrad reports whether a gradient flows through x: whether it is a Variable, or was computed from
// one, and recorded, by operations that have a gradient. (Comparisons and Detach, for example, have none.)
func (x *Node) NeedsGrad() bool { return x.needs }

// String describes the node in one line: the operation or the kind of leaf, its name, its shape, and its
// value if that has one element and belongs to no plan.
func (x *Node) String() string {
	if x != nil && x.plan == nil && x.value.Len() == 1 {
		return fmt.Sprintf("%s = %v", x.describe(), x.value.Item())
	}
	return x.describe()
}

// describe is String without the value: for the text of a plan.
func (x *Node) describe() string {
	if x == nil || x.value == nil {
		return "a nil or zero Node"
	}
	text := "Constant"
	switch {
	case x.op != nil:
		text = x.op.Name()
	case x.needs:
		text = "Variable"
	}
	if name := x.Name(); name != "" {
		text += " " + name
	}
	if !x.value.IsEmpty() {
		text += " " + fmt.Sprint(x.value.Shape())
	}
	return text
}

var errEncode = errors.New("autograd: nodes, gradients and plans can't be encoded: encode the numbers, such as a node's Value")

// MarshalText, MarshalBinary, UnmarshalText and UnmarshalBinary return an error, since encoding/json and
// encoding/gob would write a network without its numbers.
func (x Node) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary returns an error, as MarshalText does.
func (x Node) MarshalBinary() ([]byte, error) { return nil, errEncode }

// UnmarshalText returns an error, as MarshalText does.
func (x *Node) UnmarshalText([]byte) error { return errEncode }

// UnmarshalBinary returns an error, as MarshalText does.
func (x *Node) UnmarshalBinary([]byte) error { return errEncode }

func mustBeNode(op string, xs ...*Node) {
	for _, x := range xs {
		if x == nil || x.value == nil {
			fail(op, "the node is %v", x)
		}
	}
}

// mustNeedGradient panics unless a gradient flows through each x.
func mustNeedGradient(op string, xs ...*Node) {
	mustBeNode(op, xs...)
	for _, x := range xs {
		mustBeRecorded(op, x)
		if !x.needs {
			fail(op, "%v has no gradient: it depends on no Variable, or only through operations without a gradient", x)
		}
	}
}

// mustBeRecorded panics if x's context has NoRecord: then a computed x does not know its inputs.
func mustBeRecorded(op string, x *Node) {
	if x.ctx.NoRecord {
		fail(op, "%v was not recorded, since the context of its input %v has NoRecord", x, x.ctx.stopped)
	}
}

// leafVersions returns a number that changes when an input does: the sum of leafVersion for leaves and
// constants, and of past for other nodes, which only plans change.
func leafVersions(inputs []*Node) (n uint32) {
	for _, x := range inputs {
		if x.op == nil || !x.needs {
			n += x.leafVersion()
		} else {
			n += x.past
		}
	}
	return n
}

// leafVersion returns a number that changes when x, a leaf or a constant, does. If x is a view of an input,
// it is that of the input.
func (x *Node) leafVersion() uint32 {
	if x.value.IsView() && len(x.inputs) > 0 {
		for _, of := range x.inputs {
			if x.value.SharesMemory(of.value) {
				return of.leafVersion()
			}
		}
		return ^(x.past + x.value.Version()) // x is no longer a view of an input
	}
	return x.past + x.value.Version()
}

// mustBeCurrent panics if y belongs to a plan, or if an input was modified since y was computed.
func (y *Node) mustBeCurrent(op string) {
	switch {
	case y.plan != nil:
		fail(op, "%v belongs to a plan: the plan's Backward returns gradients with respect to the nodes that NewPlan was given", y)
	case y.op != keepOp{} && leafVersions(y.inputs) != y.version:
		fail(op, "%v is out of date: one of its inputs %v was modified since; build the graph anew (or mend its Forward, if that modifies an input)", y, y.inputs)
	}
}

// An Error is a caller's mistake, such as asking for the gradient of a constant. Functions of this
// package panic with an *Error.
type Error struct {
	Op   string // the operation or function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "autograd: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
