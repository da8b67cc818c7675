package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// Gradients are the derivatives of one loss, as values. Nothing is written to a node,
// so there is nothing to set to zero before the next Backward. The zero Gradients has
// none, and is ready for Add.
//
// Gradients of a graph on a tape are on that tape, and die at its Reset.
type Gradients struct {
	tape   *Tape
	life   uint64
	ctx    Context
	record bool // gradients are nodes of a graph themselves
	dead   bool // a checked tape has taken them back
	total  bool // made by Add

	graph []*Node       // the loss and what it was computed from, operands first
	place map[*Node]int // on the heap: the place of each in graph
	at    []*Node       // the gradient of each; nil is zero so far

	only   bool    // gradients are wanted of some nodes alone: xs
	leaves bool    // if only: they are all the Variables of the graph, and nothing else
	leads  []uint8 // if only and not leaves: whether a node was asked for, or leads to one
	xs     []*Node // the nodes asked for
	slots  []int   // and their places
	next   int     // the one of them that Of is likely to be asked for next

	sums []*Node          // on a tape: the nodes that hold gradients, by place
	into []*tensor.Tensor // for addAll

	routine routine
}

const (
	leadsToAsked = 1 << iota
	asked
)

// newGradients returns the gradients of loss, of which so far only ∂loss/∂loss = 1 is
// there.
func newGradients(op string, loss *Node, record bool) *Gradients {
	loss.mustBeLive(op)
	if loss.value.Len() != 1 {
		fail(op, "%v has %d elements; a gradient is taken of one (Sum or Mean makes one)", loss, loss.value.Len())
	}
	if !loss.needs {
		if loss.stopped != nil {
			fail(op, "%v was not recorded: the context of its input %v has NoRecord", loss, loss.stopped)
		}
		fail(op, "%v depends on no Variable", loss)
	}
	var g *Gradients
	if t := loss.ctx.Tape; t != nil && !record {
		g = t.takeGradients()
		g.graph = t.nodes[:t.n]
	} else if t != nil {
		g = &Gradients{tape: t, life: t.life, graph: t.nodes[:t.n:t.n]}
	} else {
		g = new(Gradients)
		g.graph, g.place = heapGraph(loss)
	}
	g.ctx, g.record, g.only = loss.ctx, record, false
	if cap(g.at) < len(g.graph) {
		g.at = make([]*Node, len(g.graph), 2*len(g.graph))
	} else {
		g.at = g.at[:len(g.graph)]
		clear(g.at)
	}
	if record {
		g.at[g.near(loss)] = loss.constantLike(loss.value, 1)
	} else {
		g.ctx.NoRecord = true
		g.sum(loss).Like(loss.value).Fill(1)
	}
	return g
}

func (t *Tape) takeGradients() *Gradients {
	if t.gradientsUsed == len(t.gradients) {
		t.gradients = append(t.gradients, &Gradients{tape: t})
	}
	g := t.gradients[t.gradientsUsed]
	t.gradientsUsed++
	g.life = t.life
	g.routine.begin()
	return g
}

// ask makes g keep the gradients of xs alone.
func (g *Gradients) ask(op string, xs []*Node) {
	g.only, g.next = true, 0
	g.xs, g.slots = append(g.xs[:0], xs...), g.slots[:0]
	variables := 0
	for i, x := range xs {
		if x == nil {
			fail(op, "node %d is nil", i)
		}
		if !x.needs {
			fail(op, "node %d, %v, has no gradient: it is a Constant or was computed from constants", i, x)
		}
		s := g.slot(op, x)
		g.slots = append(g.slots, s)
		if s >= 0 && g.graph[s].op == nil {
			variables++
		}
	}
	g.leaves = g.tape != nil && variables == len(xs) && variables == g.tape.used && !repeats(g.slots)
	if !g.leaves {
		g.markLeads()
	}
}

// repeats reports whether a number comes more than once.
func repeats(slots []int) bool {
	for i, s := range slots {
		if i > 0 && s <= slots[i-1] { // not in order: perhaps
			return true
		}
	}
	return false
}

// markLeads marks the nodes asked for and those that they have an effect on.
func (g *Gradients) markLeads() {
	if cap(g.leads) < len(g.graph) {
		g.leads = make([]uint8, len(g.graph), 2*len(g.graph))
	} else {
		g.leads = g.leads[:len(g.graph)]
		clear(g.leads)
	}
	for _, s := range g.slots {
		if s >= 0 {
			g.leads[s] = asked | leadsToAsked
		}
	}
	for s, y := range g.graph {
		for _, x := range y.inputs {
			if x.needs {
				g.leads[s] |= g.leads[g.near(x)] & leadsToAsked
			}
		}
	}
}

// slot returns x's place in the graph, or −1 if it is not there.
func (g *Gradients) slot(op string, x *Node) int {
	t := x.ctx.Tape
	switch {
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
		if s, ok := g.place[x]; ok {
			return s
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
	return x.needs && (!g.only || g.leaves || g.leads[g.near(x)] != 0)
}

// done says that the gradient at a slot has been passed on.
func (g *Gradients) done(slot int) {
	if g.only && !g.wasAsked(slot) {
		if dy := &g.at[slot].own; g.tape != nil && !g.record && dy.Len() > smallest {
			dy.Free()
			g.routine.freed()
		}
		g.at[slot] = nil
	}
}

// smallest is the number of elements up to which the buffer of a gradient stays at its
// place for the next pass, rather than serve another.
const smallest = 64

// wasAsked reports whether the gradient at a slot was asked for.
func (g *Gradients) wasAsked(slot int) bool {
	if g.leaves {
		return g.graph[slot].op == nil
	}
	return g.leads[slot]&asked != 0
}

// addNode adds dx to x's gradient, in the graph.
func (g *Gradients) addNode(x, dx *Node) {
	s := g.near(x)
	if g.at[s] != nil {
		dx = g.at[s].Add(dx)
	}
	g.at[s] = dx
}

// addValue adds dx, un-broadcast, to x's gradient, in place. What a rule made since
// the mark is taken over; anything else is copied.
func (g *Gradients) addValue(x, dx *Node, made Mark) {
	s := g.near(x)
	if !tensor.SameShape(dx.value, x.value) {
		addSumTo(g.sum(x), dx.value, x.value)
		return
	}
	if g.at[s] != nil {
		into := g.at[s].value
		into.Add(into, dx.value)
		return
	}
	sum := g.takeSum(s)
	if g.madeSince(dx, made) && !dx.own.IsView() {
		sum.own.Swap(&dx.own)
	} else {
		sum.own.Copy(dx.value)
	}
}

// addSumTo adds dx, summed to x's shape, to a gradient of x; empty stands for zeros.
func addSumTo(into, dx, x *tensor.Tensor) {
	if into.IsEmpty() {
		into.Like(x).Fill(0)
	}
	into.AddSumTo(dx)
}

// madeSince reports whether dx is the result of an operation since the mark.
func (g *Gradients) madeSince(dx *Node, m Mark) bool {
	if dx.op == nil {
		return false
	}
	if g.tape != nil {
		return dx.ctx.Tape == g.tape && dx.slot >= m.n
	}
	return dx.number > m.life
}

// mark returns the present place: on the heap, the number of nodes made so far.
func (g *Gradients) mark() Mark {
	if g.tape != nil {
		return g.tape.Mark()
	}
	return Mark{life: numbers.Load()}
}

func (g *Gradients) release(m Mark) {
	if g.tape != nil {
		g.tape.Release(m)
	}
}

// sum returns the tensor that holds x's gradient so far; empty at first.
func (g *Gradients) sum(x *Node) *tensor.Tensor {
	s := g.near(x)
	if g.at[s] == nil {
		return g.takeSum(s).value
	}
	return g.at[s].value
}

// takeSum makes the gradient at a slot a node with an empty tensor.
func (g *Gradients) takeSum(slot int) *Node {
	if g.tape == nil {
		sum := &Node{ctx: g.ctx}
		sum.value = &sum.own
		g.at[slot] = sum
		return sum
	}
	for len(g.sums) <= slot {
		sum := new(Node)
		sum.value = &sum.own
		sum.own.UsePool(&g.tape.pool)
		g.sums = append(g.sums, sum)
	}
	sum := g.sums[slot]
	if sum.life != g.life || sum.ctx != g.ctx {
		sum.life, sum.slot, sum.ctx = g.life, -1, g.ctx
	}
	sum.own.Clear()
	g.at[slot] = sum
	return sum
}

// Of returns the gradient of the loss with respect to x, of x's shape. For a node's
// pre-activation this is the δ of the closed-form rules. It is zero if the loss does
// not depend on x. The tensor is g's: it must not be modified, and dies with g.
//
// It panics for a Constant and what was computed from constants alone, for a node that
// was not asked for, and if a tape has taken g or x back.
func (g *Gradients) Of(x *Node) *tensor.Tensor {
	g.mustBeLive("Of")
	if !x.needs {
		fail("Of", "%v has no gradient: it is a Constant or was computed from constants", x)
	}
	if dx := g.find(x); dx != nil {
		return dx.value
	}
	return new(tensor.Tensor).Like(x.value).Fill(0)
}

// find returns the gradient with respect to x, or nil if it is zero.
func (g *Gradients) find(x *Node) *Node {
	if g.only {
		if g.next == len(g.xs) {
			g.next = 0
		}
		if i := g.next; i < len(g.xs) && g.xs[i] == x {
			g.next++
			if g.slots[i] < 0 {
				return nil
			}
			return g.at[g.slots[i]]
		}
	}
	s := g.slot("Of", x)
	if s < 0 {
		return nil
	}
	if g.only && !g.wasAsked(s) {
		fail("Of", "the gradient of %v was not asked for", x)
	}
	return g.at[s]
}

// Add adds h's gradients of Variables to g's: for goroutines that share a model, and
// for micro-batches. g must be the zero Gradients, to which Gradients have been added
// or none; it is on the heap and outlives h. Gradients of other nodes are left out.
func (g *Gradients) Add(h *Gradients) {
	h.mustBeLive("Add")
	if g.graph != nil && !g.total {
		fail("Add", "the destination is the result of a Backward; add to a zero Gradients")
	}
	if !g.total {
		g.total, g.place = true, map[*Node]int{}
	}
	for s, w := range h.graph {
		if w.op != nil || !w.needs || h.at[s] == nil {
			continue
		}
		if w.leaf != nil {
			w = w.leaf
		}
		if at, ok := g.place[w]; ok {
			into := g.at[at].value
			into.Add(into, h.at[s].value)
			continue
		}
		g.place[w] = len(g.graph)
		g.graph = append(g.graph, w)
		g.at = append(g.at, Constant(h.at[s].value.Clone()))
	}
}

func (g *Gradients) mustBeLive(op string) {
	if t := g.tape; g.dead || t != nil && g.life != t.life {
		fail(op, "these Gradients are from before their tape was reset or released")
	}
}

// poison makes every later use of g panic or give NaN.
func (g *Gradients) poison() {
	g.dead = true
	for _, sum := range g.sums {
		sum.poison()
	}
}

// poison makes every later use of x panic or give NaN.
func (x *Node) poison() {
	if !x.own.IsEmpty() && !x.own.IsView() {
		x.own.Fill(math.NaN())
	}
	x.value, x.life = nil, math.MaxUint64
}

// constantLike returns a constant of x's shape, full of v, in y's context.
func (y *Node) constantLike(x *tensor.Tensor, v float64) *Node {
	return y.ctx.Constant(new(tensor.Tensor).Like(x).Fill(v))
}
