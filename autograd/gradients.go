package autograd

import (
	"iter"
	"maps"
	"slices"

	"gentlegrad/tensor"
)

// Gradients are tensors, one for each of some nodes: the derivatives of one loss, or what the caller
// makes of them. They belong to the caller: nothing is written to a node, so there is nothing to set to
// zero before the next Backward. The zero Gradients holds none, and is ready for Add.
//
// Several goroutines may call Of at once; while one modifies the Gradients, no other may use them.
type Gradients struct {
	index
	at  []*tensor.Tensor // by place
	all bool             // the gradients of all other nodes are zero
	sum bool             // Add made them, so there are none of computed nodes
}

// NewGradients returns gradients from the caller's tensors, each of its node's shape, such as those of
// rules derived by hand. They share the tensors' memory. It panics if a node is nil or has no gradient,
// if a shape differs, and if a gradient shares memory with another one, or with the value of one of the
// nodes.
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

// put gives x the gradient dx, unless x has one already.
func (g *Gradients) put(x *Node, dx *tensor.Tensor) {
	if g.find(x) < 0 {
		g.add(x)
		g.at = append(g.at, dx)
	}
}

// MarshalText returns an error: encoding/json would write gradients without their numbers.
func (g Gradients) MarshalText() ([]byte, error) { return nil, errEncode }

// Of returns the gradient of the loss with respect to x, of x's shape. For a pre-activation z this is the
// δ of the delta rules. It is zero if the loss does not depend on x. It keeps the other gradients in
// memory: Clone it to keep it alone.
//
// It panics for a Constant, for a node that was computed from constants alone, for a node that was not
// asked for, and, after Add, for a computed node.
func (g *Gradients) Of(x *Node) *tensor.Tensor {
	g.mustBeThere("Of")
	if x != nil {
		if place := g.find(x); place >= 0 {
			return g.at[place]
		}
	}
	mustNeedGradient("Of", x)
	if g.sum && x.op != nil {
		fail("Of", "%v was computed; after Add there are gradients of Variables alone", x)
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

// All yields the nodes that there are gradients of, with their gradients. If these are the gradients of
// all nodes, every node comes after its inputs: the reverse of the order in which Backward visited them.
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

// Add adds h's gradients of Variables to g's, for micro-batches and for goroutines that share a model. It
// leaves g with gradients of Variables alone, since a computed node belongs to one graph. A gradient that
// only one of the two has counts as 0 in the other.
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
