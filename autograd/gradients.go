package autograd

import (
	"fmt"
	"slices"

	"gentlegrad/tensor"
)

// Gradients are the derivatives of one loss, as values. Nothing is written to a node,
// so there is nothing to set to zero before the next Backward. The zero Gradients has
// none, and is ready for Add.
//
// Gradients of a graph on a tape are on that tape, and die at its Reset, or at a
// Release to a mark before them. Goroutines may ask one Gradients at a time.
type Gradients struct {
	tape   *Tape
	life   uint64 // on a tape: the tape's life that they belong to
	index  int    // on a tape: their place in tape.gradients
	ctx    Context
	record bool // gradients are nodes of a graph themselves
	dead   bool // a checked tape has taken them back
	total  bool // made by Add

	graph []*Node       // the loss and what it was computed from, operands first
	place map[*Node]int // the place of each in graph; on a tape that is the node's slot
	at    []*Node       // the gradient of each; nil is zero so far

	only   bool             // gradients are wanted of some nodes alone: xs
	leads  []uint8          // if only: whether a node was asked for, or leads to one
	xs     []*Node          // the nodes asked for
	places []int            // and their places; −1 if the loss does not depend on it
	found  []*tensor.Tensor // their gradients, for AppendOf; fewer than xs if one is zero

	// On a tape, memory for the next traversal.
	sums []*Node          // the nodes that hold gradients, by place
	into []*tensor.Tensor // for addInPlace

	routine routine
	repeats bool // the last BackwardTo took the steps of routine
}

const (
	leadsToAsked = 1 << iota
	asked
)

// newGradients returns the gradients of loss, of which so far only ∂loss/∂loss = 1 is
// there.
func newGradients(op string, loss *Node, record bool) *Gradients {
	mustHaveGradients(op, loss)
	var g *Gradients
	if t := loss.ctx.Tape; t != nil && !record {
		g = t.takeGradients()
		g.graph = t.nodes[:loss.slot+1]
	} else if t != nil {
		g = &Gradients{tape: t, life: t.life, graph: t.nodes[: loss.slot+1 : loss.slot+1]}
	} else {
		g = new(Gradients)
		g.graph, g.place = heapGraph(loss)
	}
	g.ctx, g.record, g.only, g.xs, g.found = loss.ctx, record, false, g.xs[:0], g.found[:0]
	g.at = zeros(g.at, len(g.graph))
	if record {
		g.at[g.near(loss)] = loss.constantLike(loss.value, 1)
	} else {
		g.ctx.NoRecord = true
		g.sum(loss).Like(loss.value).Fill(1)
	}
	return g
}

// zeros returns n zero values, in the memory of s if it has room.
func zeros[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n, 2*n)
	}
	s = s[:n]
	clear(s)
	return s
}

func mustHaveGradients(op string, loss *Node) {
	if loss == nil {
		fail(op, "the node is nil")
	}
	loss.mustBeLive(op)
	if n := loss.value.Len(); n != 1 {
		fail(op, "%v has %d elements; a gradient is taken of one (Sum or Mean makes one)", loss, n)
	}
	switch {
	case loss.needs:
	case loss.stopped != nil:
		fail(op, "%v was not recorded: the context of its input %v has NoRecord", loss, loss.stopped)
	default:
		fail(op, "%v depends on no Variable", loss)
	}
}

func mustNeedGradient(op string, x *Node) {
	if x == nil {
		fail(op, "the node is nil")
	}
	x.mustBeLive(op)
	switch {
	case x.needs:
	case x.stopped != nil:
		fail(op, "%v has no gradient: it was not recorded", x)
	default:
		fail(op, "%v has no gradient: it is a Constant or was computed from constants", x)
	}
}

// ask makes g keep the gradients of xs alone.
func (g *Gradients) ask(op string, xs []*Node) {
	g.only = true
	g.xs, g.places = append(g.xs[:0], xs...), g.places[:0]
	g.leads = zeros(g.leads, len(g.graph))
	for _, x := range xs {
		mustNeedGradient(op, x)
		p := g.find(op, x)
		g.places = append(g.places, p)
		if p >= 0 {
			g.leads[p] = asked | leadsToAsked
		}
	}
	for p, y := range g.graph {
		for _, x := range y.inputs {
			if x.needs {
				g.leads[p] |= g.leads[g.near(x)] & leadsToAsked
			}
		}
	}
}

// find returns x's place in the graph, or −1 if it is not there.
func (g *Gradients) find(op string, x *Node) int {
	t := x.ctx.Tape
	switch {
	case t != nil && g.tape == nil:
		fail(op, "%v is on a tape, and the gradients are not", x)
	case t != nil && t != g.tape:
		fail(op, "%v is on another tape than the loss", x)
	case t != nil:
		x.mustBeLive(op)
		if x.slot < len(g.graph) {
			return x.slot
		}
	case g.tape != nil:
		if seen := g.tape.find(x); seen != nil && seen.slot < len(g.graph) {
			return seen.slot
		}
	default:
		if p, ok := g.place[x]; ok {
			return p
		}
	}
	return -1
}

// near returns the place of a node that is known to be in the graph.
func (g *Gradients) near(x *Node) int {
	if g.tape != nil {
		return x.slot
	}
	return g.place[x]
}

// wants reports whether the gradient of x, an input of a node of the graph, is needed.
func (g *Gradients) wants(x *Node) bool {
	return x.needs && (!g.only || g.leads[g.near(x)] != 0)
}

// wasAsked reports whether the gradient at a place was asked for.
func (g *Gradients) wasAsked(place int) bool {
	return g.leads[place]&asked != 0
}

// Of returns the gradient of the loss with respect to x, of x's shape. For a
// pre-activation z this is the δ of the closed-form rules. It is zero if the loss does
// not depend on x. The tensor is g's: it must not be modified, and dies with g.
//
// It panics for a Constant and what was computed from constants alone, for a node that
// was not asked for, and if a tape has taken g or x back.
func (g *Gradients) Of(x *Node) *tensor.Tensor {
	if g == nil {
		fail("Of", "the gradients are nil")
	}
	if !g.isLive() {
		g.mustBeLive("Of")
	}
	if x == nil || !x.needs {
		mustNeedGradient("Of", x)
	}
	if g.total && x.op != nil {
		fail("Of", "%v is not a Variable: Add keeps the gradients of Variables alone", x)
	}
	if place := g.placeAsked(x); place >= 0 && g.at[place] != nil {
		return g.at[place].value
	}
	return new(tensor.Tensor).Like(x.value).Fill(0)
}

// AppendOf appends to into the gradients of the loss with respect to each of xs, and
// returns it: what Of gives, for many nodes at once. It panics as Of does.
func (g *Gradients) AppendOf(into []*tensor.Tensor, xs ...*Node) []*tensor.Tensor {
	if g != nil && g.isLive() && slices.Equal(g.xs, xs) && len(g.found) == len(xs) {
		return append(into, g.found...)
	}
	for _, x := range xs {
		into = append(into, g.Of(x))
	}
	return into
}

// keepFound sets found, once the gradients of the nodes that were asked for are there.
func (g *Gradients) keepFound() {
	for _, place := range g.places {
		if place < 0 || g.at[place] == nil {
			return // a zero, which Of makes
		}
		g.found = append(g.found, g.at[place].value)
	}
}

// String says what the gradients are of.
func (g *Gradients) String() string {
	switch {
	case g.total:
		return fmt.Sprintf("Gradients, added up, of %d Variables", len(g.graph))
	case len(g.graph) == 0:
		return "no Gradients"
	case g.only:
		return fmt.Sprintf("Gradients with respect to %d nodes", len(g.xs))
	}
	return fmt.Sprintf("Gradients with respect to all nodes of a graph of %d", len(g.graph))
}

// placeAsked is find for a node that must have been asked for, if only some were.
func (g *Gradients) placeAsked(x *Node) int {
	place := g.find("Of", x)
	if g.only && (place >= 0 && !g.wasAsked(place) || place < 0 && !slices.Contains(g.xs, x)) {
		fail("Of", "the gradient of %v was not asked for: name it in BackwardTo, or use Backward", x)
	}
	return place
}

// Add adds h's gradients of Variables to g's: for goroutines that share a model, and
// for micro-batches. g must be the zero Gradients, to which Gradients have been added
// or none; it is on the heap and outlives h. Gradients of other nodes are left out,
// and where BackwardTo was not asked for a Variable it counts as zero.
func (g *Gradients) Add(h *Gradients) {
	if h == nil {
		fail("Add", "the gradients to add are nil")
	}
	h.mustBeLive("Add")
	if g.graph != nil && !g.total {
		fail("Add", "the destination is the result of a Backward; add to a zero Gradients")
	}
	if !g.total {
		g.total, g.place = true, map[*Node]int{}
	}
	for p, w := range h.graph {
		if w.op != nil || !w.needs || h.at[p] == nil {
			continue
		}
		if w.leaf != nil {
			w = w.leaf
		}
		if at, ok := g.place[w]; ok {
			into := g.at[at].value
			into.Add(into, h.at[p].value)
			continue
		}
		g.place[w] = len(g.graph)
		g.graph = append(g.graph, w)
		g.at = append(g.at, Constant(h.at[p].value.Clone()))
	}
}

func (g *Gradients) mustBeLive(op string) {
	if !g.isLive() {
		fail(op, "these Gradients are from before their tape was reset or released")
	}
}

func (g *Gradients) isLive() bool {
	t := g.tape
	return t == nil || !g.dead && g.life == t.life && (g.record || g.index < t.gradientsUsed)
}
