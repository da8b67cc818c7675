// Package trace shows backpropagation through any graph: as numbers, step by step; as text; and as the
// description of a picture for Graphviz. It draws nothing itself, and has nothing to do with training.
//
//	steps := trace.Backward(loss)
//	fmt.Print(steps)       // the backward pass, for a terminal
//	fmt.Print(steps.DOT()) // the graph, for Graphviz: dot -Tsvg
//
// [Backward] goes through a graph as autograd.Backward does, and records what happens. Each step visits
// a node y, whose gradient ∂L/∂y is complete, since every node that uses y has been visited before.
// Along each [Edge] from y to one of its inputs x goes a contribution, which is given by the local rule
// of the operation that made y,
//
//	contribution = upstream × local, that is ∂L/∂y · ∂y/∂x
//
// and is added to ∂L/∂x. A node that is used once gets one contribution; one that is used k times gets
// k, and its gradient is their sum. This is all that the chain rule of several variables says, and the
// reason why a weight used twice, a skip connection or a recurrent unit needs no rule of its own.
//
// [NonFinite] finds where NaNs and infinities come from, in values and in gradients.
//
// A caller's mistake panics with an *[Error], or with an *autograd.Error where autograd.Backward would.
package trace

import (
	"fmt"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Trace is the backward pass from a loss.
type Trace struct {
	Loss  *autograd.Node
	Steps []Step // in the order of the pass: the loss first, every node before its inputs

	labels labels
	values map[*autograd.Node]*tensor.Tensor // copies of those of leaves, which may be modified later
	sums   map[*autograd.Node]*tensor.Tensor // the gradients
	parts  map[*autograd.Node]int            // the number of their contributions
}

// A Step is the visit of one node.
type Step struct {
	Node *autograd.Node
	// Gradient is ∂L/∂y of the node y, complete, of y's shape; zeros if nothing reached it.
	Gradient *tensor.Tensor
	// Edges are what y passes on: one for each input through which a gradient flows, in the order of
	// the inputs. There are none if y is a leaf, or if nothing reached it.
	Edges []Edge
}

// An Edge is what a node passes to one of its inputs.
type Edge struct {
	From  *autograd.Node // y
	Input int            // i
	To    *autograd.Node // x, which is y.Input(i)

	// Contribution is what the rule gives for ∂L/∂x, of x's shape; nil means zero.
	Contribution *tensor.Tensor
	// Summed says that the rule gave a tensor of the shape to which x was broadcast, so that the
	// contribution is its sum over the repetitions.
	Summed bool
	// Slope is ∂y/∂x, element by element, if the operation is applied element by element: then
	// upstream × local is ∂L/∂y ⊙ Slope, and 0 where ∂L/∂y is exactly 0. For other operations it is nil.
	// A user's own operation is known to be applied so if it has a method Pointwise() bool that returns
	// true; those that [autograd.Pointwise] makes have one.
	Slope *tensor.Tensor
	// Before and After are the sum ∂L/∂x without and with the contribution. Before is nil if
	// nothing reached x before.
	Before, After *tensor.Tensor
	// This is contribution number Part, from 1, of Parts to x.
	Part, Parts int

	formula string // see Formula
}

// Backward returns the steps of autograd.Backward(loss), in the same order. The sum of all contributions
// to a node has the bits of its gradient there, except for the sign of a zero. A trace must not be modified.
//
// It is for inspection, not for training: it asks every rule twice (three times if its operation is
// applied element by element), so that hooks are called twice, and keeps all contributions. It panics
// as autograd.Backward does.
func Backward(loss *autograd.Node) *Trace {
	t := walk(loss)
	for _, s := range t.Steps {
		for k := range s.Edges {
			e := &s.Edges[k]
			if y := e.From; isPointwise(y.Op()) && e.Contribution != nil {
				ones := constant(y, tensor.Full(1, y.Shape()...))
				e.Slope = y.Op().VJP(y, e.Input, ones).Value().Clone()
			}
			e.formula = template(e)
		}
	}
	t.labels = newLabels(loss)
	for x := range t.labels.of {
		if x.Op() == nil {
			t.values[x] = x.Value().Clone()
		}
	}
	return t
}

// walk is Backward without slopes, names and formulas.
func walk(loss *autograd.Node) *Trace {
	t := &Trace{Loss: loss, values: map[*autograd.Node]*tensor.Tensor{}, sums: map[*autograd.Node]*tensor.Tensor{}, parts: map[*autograd.Node]int{}}
	var order []*autograd.Node
	for x := range autograd.Backward(loss).All() {
		order = append(order, x)
	}
	t.sums[loss] = tensor.Full(1, loss.Shape()...)
	for _, y := range slices.Backward(order) { // results before operands
		t.visit(y)
	}
	for _, s := range t.Steps {
		for k := range s.Edges {
			s.Edges[k].Parts = t.parts[s.Edges[k].To]
		}
	}
	return t
}

// visit adds the step of y to t, and y's contributions to the sums.
func (t *Trace) visit(y *autograd.Node) {
	s := Step{Node: y, Gradient: t.sums[y]}
	if s.Gradient == nil {
		s.Gradient = tensor.New(y.Shape()...)
	} else if y.Op() != nil {
		dy := constant(y, s.Gradient)
		for i := range y.NumInputs() {
			if x := y.Input(i); x.NeedsGrad() {
				s.Edges = append(s.Edges, t.pass(y, i, dy))
			}
		}
	}
	t.Steps = append(t.Steps, s)
}

// pass adds what y passes to its input i to the sum of that input.
func (t *Trace) pass(y *autograd.Node, i int, dy *autograd.Node) Edge {
	x := y.Input(i)
	t.parts[x]++
	e := Edge{From: y, Input: i, To: x, Before: t.sums[x], Part: t.parts[x]}
	if dx := y.Op().VJP(y, i, dy); dx != nil {
		// A copy, since the rule may have returned a leaf, dy, or a view of one.
		e.Contribution = dx.Value().Clone()
		if !tensor.SameShape(e.Contribution, x.Value()) {
			e.Summed = true
			e.Contribution = new(tensor.Tensor).SumTo(e.Contribution, x.Shape()...)
		}
		if e.Before == nil {
			t.sums[x] = e.Contribution
		} else {
			t.sums[x] = new(tensor.Tensor).Add(e.Before, e.Contribution)
		}
	}
	e.After = t.sums[x]
	return e
}

// constant returns v as a constant in the context that rules have in autograd.Backward.
func constant(y *autograd.Node, v *tensor.Tensor) *autograd.Node {
	ctx := y.Context()
	ctx.NoRecord, ctx.Positions = true, false
	return ctx.Constant(v)
}

// Gradient returns ∂L/∂x, the sum of all contributions to x. It is all zeros if the loss does not depend
// on x. Gradient panics if no gradient flows through x.
func (t *Trace) Gradient(x *autograd.Node) *tensor.Tensor {
	switch {
	case x == nil:
		fail("Gradient", "the node is nil")
	case !x.NeedsGrad():
		fail("Gradient", "no gradient flows through %v", x)
	case t.sums[x] == nil:
		return tensor.New(x.Shape()...)
	}
	return t.sums[x]
}

// value returns the value that y had in the pass.
func (t *Trace) value(y *autograd.Node) *tensor.Tensor {
	if v := t.values[y]; v != nil {
		return v
	}
	return y.Value()
}

// An Error is a caller's mistake. Functions of this package panic with an *Error.
type Error struct {
	Op   string // the function
	Text string // what is wrong
}

func (e *Error) Error() string { return "trace: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
