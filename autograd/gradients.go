package autograd

import (
	"iter"
	"maps"
	"slices"

	"gentlegrad/tensor"
)

// Gradients are tensors, one for each of some nodes: the derivatives of one loss, or what the
// caller makes of them. They are the caller's own: nothing is written to a node, so there is
// nothing to set to zero before the next Backward. The zero Gradients has none, and is ready
// for Add.
//
// Several goroutines may call Of; whatever modifies Gradients needs them alone.
type Gradients struct {
	index
	at  []*tensor.Tensor // by place
	all bool             // those of all other nodes are zero
	sum bool             // Add made them: those of computed nodes are not known
}

// NewGradients returns gradients that the caller has, each of its node's shape, such as those of
// rules derived by hand. They share the tensors' memory. It panics for a nil node or one that has no
// gradient, if a shape differs, and if a gradient shares memory with another, or with the value of one of the nodes.
func NewGradients(of map[*Node]*tensor.Tensor) *Gradients {
	g := new(Gradients)
	nodes := slices.Collect(maps.Keys(of))
	mustNeedGradient("NewGradients", nodes...)
	slices.SortFunc(nodes, byNumber)
	values := make([]*tensor.Tensor, len(nodes))
	for i, x := range nodes {
		if !tensor.SameShape(x.Value(), of[x]) {
			fail("NewGradients", "%v has a gradient of another shape: %v", x, of[x].Shape())
		}
		values[i] = x.value
		g.put(x, of[x])
	}
	if i := tensor.Overlapping(g.at, values); i >= 0 {
		fail("NewGradients", "the gradient of %v shares memory with another one, or with the value of a node", nodes[i])
	}
	return g
}

// put gives x, unless it has one, a gradient.
func (g *Gradients) put(x *Node, dx *tensor.Tensor) {
	if g.find(x) < 0 {
		g.add(x)
		g.at = append(g.at, dx)
	}
}

// MarshalText returns an error: encoding/json would write gradients without their numbers.
func (g Gradients) MarshalText() ([]byte, error) { return nil, errEncode }

// Of returns the gradient of the loss with respect to x, of x's shape. For a
// pre-activation z this is the δ of the closed-form rules. It is zero if the loss does
// not depend on x.
//
// It panics for a Constant and what was computed from constants alone, for a node that
// was not asked for, and for a computed node after Add.
func (g *Gradients) Of(x *Node) *tensor.Tensor {
	g.mustBeThere("Of")
	if x != nil {
		if place := g.find(x); place >= 0 {
			return g.at[place]
		}
	}
	mustNeedGradient("Of", x)
	if g.sum && x.op != nil {
		fail("Of", "%v was computed; what Add makes are gradients of Variables alone", x)
	}
	if !g.all {
		fail("Of", "the gradient of %v was not asked for", x)
	}
	return tensor.New(x.Shape()...)
}

func (g *Gradients) mustBeThere(op string) {
	if g == nil {
		fail(op, "the gradients are nil")
	}
}

// All yields the nodes that there are gradients of, and these. If they are those of all nodes, every
// node comes behind its inputs: Backward went through them the other way round.
func (g *Gradients) All() iter.Seq2[*Node, *tensor.Tensor] {
	g.mustBeThere("All")
	return func(yield func(*Node, *tensor.Tensor) bool) {
		for i, x := range g.list {
			if !yield(x, g.at[i]) {
				return
			}
		}
	}
}

// Add adds h's gradients of Variables to g's, for micro-batches and for goroutines that share a
// model, and leaves g with gradients of Variables alone: a computed node is one of one graph. Those
// that only one of them has count as if the other's were 0.
func (g *Gradients) Add(h *Gradients) {
	g.mustBeThere("Add")
	h.mustBeThere("Add")
	sum := Gradients{sum: true, all: g.all && (h.all || len(h.list) == 0) || h.all && len(g.list) == 0}
	for x, dx := range g.All() {
		if x.op == nil {
			sum.put(x, dx)
		}
	}
	for x, dx := range h.All() {
		switch place := sum.find(x); {
		case place >= 0:
			sum.at[place].Add(sum.at[place], dx)
		case x.op == nil:
			sum.put(x, dx.Clone())
		}
	}
	*g = sum
}

// Scale multiplies every gradient by a.
func (g *Gradients) Scale(a float64) {
	g.mustBeThere("Scale")
	for _, dx := range g.at {
		dx.Scale(dx, a)
	}
}
