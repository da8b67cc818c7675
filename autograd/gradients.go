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
// Release to a mark before them. Several goroutines may call Of; Add needs one alone.
type Gradients struct {
	tape  *Tape
	life  uint64 // on a tape: the tape's life that they belong to
	index int    // on a tape: their place in tape.gradients
	dead  bool   // a checked tape has taken them back

	// Of all nodes, or, made by Add, of Variables.
	total bool          // made by Add
	graph []*Node       // the loss and what it was computed from, operands first
	place map[*Node]int // the place of each in graph; on a tape that is the node's slot
	at    []*Node       // the gradient of each; nil is zero so far

	// Of the nodes that were asked for alone. Then graph, place and at are there during the
	// traversal only.
	only  bool
	xs    []*Node          // the nodes asked for
	found []*tensor.Tensor // the gradient of each; nil is zero

	// For the traversal.
	ctx      Context
	record   bool    // gradients are nodes of a graph themselves
	places   []int   // if only: those of xs; −1 if the loss does not depend on it
	leads    []uint8 // if only: whether a node was asked for, or leads to one
	sums     []*Node // on a tape: the nodes that hold gradients, in the order of taking
	sumsUsed int
	into     []*tensor.Tensor // for addInPlace

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
	g.ctx, g.record, g.only, g.sumsUsed = loss.ctx, record, false, 0
	g.routine.partly = true // unless beginRoutine says otherwise
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
	g.mustHold(op, x)
	if g.tape == nil {
		if p, ok := g.place[x]; ok {
			return p
		}
		return -1
	}
	if x.ctx.Tape == nil {
		x = g.tape.find(x)
	}
	if x != nil && x.slot < len(g.graph) {
		return x.slot
	}
	return -1
}

// mustHold panics if x is not where it can be in the graph: on another tape, or on one if
// the gradients are not.
func (g *Gradients) mustHold(op string, x *Node) {
	switch t := x.ctx.Tape; {
	case t == nil:
	case g.tape == nil:
		fail(op, "%v is on a tape, and the gradients are not", x)
	case t != g.tape:
		fail(op, "%v is on another tape than the loss", x)
	default:
		x.mustBeLive(op)
	}
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
	if g.total {
		x.mustBeLive("Of")
		w := x.variable()
		if w == nil {
			fail("Of", "%v is not a Variable: Add keeps the gradients of Variables alone", x)
		}
		x = w
	}
	dx := g.of(x)
	if dx == nil {
		dx = zeroLike(x)
	}
	return dx
}

// AppendOf appends to into the gradients of the loss with respect to each of xs, and
// returns it: what Of gives, for many nodes at once. It panics as Of does. It is quick
// for the nodes that BackwardTo was given, in their order.
func (g *Gradients) AppendOf(into []*tensor.Tensor, xs ...*Node) []*tensor.Tensor {
	if g == nil || !g.only || !g.isLive() || !slices.Equal(g.xs, xs) {
		for _, x := range xs {
			into = append(into, g.Of(x))
		}
		return into
	}
	for i, dx := range g.found {
		if dx == nil {
			dx = zeroLike(xs[i])
		}
		into = append(into, dx)
	}
	return into
}

// of returns the gradient with respect to x; nil is zero.
func (g *Gradients) of(x *Node) *tensor.Tensor {
	if !g.only {
		if place := g.find("Of", x); place >= 0 && g.at[place] != nil {
			return g.at[place].value
		}
		return nil
	}
	g.mustHold("Of", x)
	i := slices.IndexFunc(g.xs, func(asked *Node) bool {
		return asked == x || asked.leaf == x || x.leaf == asked // the Variable, or as seen from the tape
	})
	if i < 0 {
		fail("Of", "the gradient of %v was not asked for: name it in BackwardTo, or use Backward", x)
	}
	return g.found[i]
}

func zeroLike(x *Node) *tensor.Tensor { return new(tensor.Tensor).Like(x.value).Fill(0) }

// keepAsked keeps, of what a traversal leaves, the gradients of the nodes that were asked
// for.
func (g *Gradients) keepAsked() {
	g.found = g.found[:0]
	for _, place := range g.places {
		var dx *tensor.Tensor
		if place >= 0 && g.at[place] != nil {
			dx = g.at[place].value
		}
		g.found = append(g.found, dx)
	}
	if g.tape != nil {
		g.tape.scratch = scratch{g.at, g.leads}
	}
	g.graph, g.place, g.at, g.leads = nil, nil, nil, nil
}

// String says what the gradients are of.
func (g *Gradients) String() string {
	switch {
	case g.total:
		return fmt.Sprintf("Gradients, added up, of %d Variables", len(g.graph))
	case g.only:
		return fmt.Sprintf("Gradients with respect to %d nodes", len(g.xs))
	case len(g.graph) == 0:
		return "no Gradients"
	}
	return fmt.Sprintf("Gradients with respect to all nodes of a graph of %d", len(g.graph))
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
	if !g.total && (g.only || g.tape != nil || g.graph != nil) {
		fail("Add", "the destination is the result of a Backward; add to a zero Gradients")
	}
	if !g.total {
		g.total, g.place = true, map[*Node]int{}
	}
	if h.only {
		seen := map[*Node]bool{}
		for i, x := range h.xs {
			if w := x.variable(); w != nil && !seen[w] && h.found[i] != nil {
				seen[w] = true
				g.addTo(w, h.found[i])
			}
		}
		return
	}
	for p, x := range h.graph {
		if w := x.variable(); w != nil && h.at[p] != nil {
			g.addTo(w, h.at[p].value)
		}
	}
}

// variable returns the Variable that x is, or stands for on a tape; otherwise nil.
func (x *Node) variable() *Node {
	switch {
	case x.op != nil || !x.needs:
		return nil
	case x.leaf != nil:
		return x.leaf
	}
	return x
}

// addTo adds dx to the gradient of the Variable w in a total.
func (g *Gradients) addTo(w *Node, dx *tensor.Tensor) {
	if place, ok := g.place[w]; ok {
		into := g.at[place].value
		into.Add(into, dx)
		return
	}
	g.place[w] = len(g.graph)
	g.graph = append(g.graph, w)
	g.at = append(g.at, Constant(dx.Clone()))
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
