package autograd

import "gentlegrad/tensor"

// A Tape recycles the memory of a graph that is built again and again, as in
// training: nodes, their buffers and gradients come from it, and Reset takes them
// back. The zero Tape is ready for use. It serves one goroutine at a time.
//
//	tape := new(autograd.Tape)
//	for range steps {
//		loss := f(tape.Constant(x))
//		optimiser.Step(autograd.BackwardTo(loss, parameters...))
//		tape.Reset()
//	}
//
// A graph begins at [Tape.Constant], or at [Tape.Use] of a Variable; what is computed
// from these is on the tape. Nodes and gradients die at Reset: values that are
// needed longer must be copied. A loop that takes many gradients between Resets, such as
// one for each observation, goes back by [Tape.Mark] and [Tape.Release] each time, or its
// memory grows.
type Tape struct {
	// Checked makes every use of a value or a gradient from before a Reset or
	// Release panic: nothing is used again, and freed buffers are filled with NaN.
	// For tests; it is set before first use. Without it such a use panics unless
	// the memory serves another node by then.
	Checked bool

	// The nodes in use, n of them, then those to use again. The first kept stand for
	// Variables, and stay there when the tape is reset.
	nodes     []*Node
	n, kept   int
	newLeaves bool   // one beyond the first kept stands for a Variable too
	life      uint64 // counts Resets

	// See again.go.
	known  int    // the first so many nodes may stand for the same operation again
	layout uint64 // changes whenever a slot gets another node, or its node is made from others

	gradients     []*Gradients // likewise
	gradientsUsed int

	scratch scratch // for the next traversal
	leaves  leafTable
	pool    tensor.Pool
}

// A scratch is memory that a traversal needs: see Gradients.
type scratch struct {
	at    []*Node
	leads []uint8
}

// A Mark is a place on a tape, to which Release goes back.
type Mark struct {
	tape         *Tape
	n, gradients int
	life         uint64
}

// Constant returns a leaf on the tape whose gradient is not wanted. It shares x's
// memory, which must not be modified before Reset.
func (t *Tape) Constant(x *tensor.Tensor) *Node {
	return Context{Tape: t}.Constant(x)
}

// Use returns the Variable w as seen from the tape, so that expressions of
// parameters alone, such as weight decay, are built there. Gradients can be asked
// for both. A node that is on the tape already is returned as it is. It panics if
// w is on another tape, or is computed from Variables on the heap.
func (t *Tape) Use(w *Node) *Node {
	switch {
	case w == nil:
		fail("Use", "the node is nil")
	case w.ctx.Tape == t:
		w.mustBeLive("Use")
		return w
	case w.ctx.Tape != nil:
		fail("Use", "%v is on another tape", w)
	case !w.needs:
		ctx := w.ctx
		ctx.Tape = t
		return ctx.Constant(w.value)
	}
	return t.use(nil, w)
}

// use returns the node that stands for w, a node on the heap that needs a gradient.
func (t *Tape) use(op Op, w *Node) *Node {
	if seen := t.find(w); seen != nil {
		seen.useIn(t)
		return seen
	}
	if w.op != nil {
		name := "Use"
		if op != nil {
			name = op.Name()
		}
		fail(name, "%v was computed on the heap, and this is on a tape; compute it from the tape's Use of its Variables", w)
	}
	y := t.takeNew()
	y.value, y.op, y.inputs = w.value, nil, y.inputs[:0]
	y.ctx, y.needs, y.stopped, y.leaf = Context{Tape: t}, true, nil, w
	t.leaves.put(t, w.number, y.slot)
	t.newLeaves = true
	return y
}

// find returns the node that stands for the Variable w on the tape, or nil.
func (t *Tape) find(w *Node) *Node {
	slot, ok := t.leaves.get(w.number)
	if !ok || slot >= t.n || t.nodes[slot].leaf != w {
		return nil
	}
	return t.nodes[slot]
}

// take returns a node whose value is an empty tensor, in the next slot.
func (t *Tape) take() *Node {
	if t.n == len(t.nodes) {
		t.grow()
	}
	y := t.nodes[t.n]
	y.own.Clear()
	y.value, y.slot, y.life = &y.own, t.n, t.life
	t.n++
	return y
}

func (t *Tape) grow() {
	if t.Checked {
		y := new(Node)
		y.own.UsePool(&t.pool)
		t.nodes = append(t.nodes, y)
		return
	}
	block := make([]Node, 32)
	for i := range block {
		block[i].own.UsePool(&t.pool)
		t.nodes = append(t.nodes, &block[i])
	}
}

// Reset takes back every node and gradient. Buffers and nodes serve the next graph.
func (t *Tape) Reset() {
	if t.newLeaves {
		t.keepLeaves()
	}
	t.back(Mark{n: t.kept})
	t.life++
}

// keepLeaves moves the nodes that stood for Variables since the last Reset to the front,
// for the next graph. Others that did so before are dropped.
func (t *Tape) keepLeaves() {
	t.newLeaves, t.kept, t.known = false, 0, 0
	t.layout++
	if t.Checked {
		return
	}
	for i, y := range t.nodes[:t.n] {
		if y.leaf != nil && y.life == t.life {
			t.nodes[i], t.nodes[t.kept] = t.nodes[t.kept], y
			y.slot = t.kept
			t.leaves.put(t, y.leaf.number, y.slot)
			t.kept++
		}
	}
}

// Mark returns the present place on the tape, for Release.
func (t *Tape) Mark() Mark { return Mark{t, t.n, t.gradientsUsed, t.life} }

// Release takes back the nodes and gradients that were made since the mark: for
// inference in a loop. It panics if the tape has gone back beyond the mark, and for the
// mark of another tape.
func (t *Tape) Release(m Mark) {
	if m.tape != t {
		fail("Release", "this mark is of another tape")
	}
	if m.life != t.life || m.n > t.n || m.gradients > t.gradientsUsed {
		fail("Release", "the tape was reset or released beyond this mark")
	}
	t.back(m)
}

func (t *Tape) back(m Mark) {
	if t.Checked {
		t.poison(m)
	}
	t.n, t.gradientsUsed = m.n, m.gradients
}

// poison makes every later use of what was made since the mark panic or give NaN.
func (t *Tape) poison(m Mark) {
	for _, y := range t.nodes[m.n:t.n] {
		y.poison()
	}
	t.nodes = t.nodes[:m.n]
	for _, g := range t.gradients[m.gradients:t.gradientsUsed] {
		g.poison()
	}
	t.gradients = t.gradients[:m.gradients]
}

// holds reports whether x, a node of this tape, is in use, as far as can be seen.
func (t *Tape) holds(x *Node) bool {
	return x.life == t.life && x.slot < t.n
}

func (x *Node) mustBeLive(op string) {
	if t := x.ctx.Tape; t != nil && !t.holds(x) {
		fail(op, "%v is from before its tape was reset or released", x)
	}
}

// A leafTable finds the slot on a tape of a Variable, by its number: a hash table
// with linear probing, where a number is hashed by multiplication (D. E. Knuth, The
// Art of Computer Programming, volume 3, section 6.4). Entries that went out of use
// stay until it grows.
type leafTable struct {
	entries []leafEntry // a power of two, never full
	used    int
}

type leafEntry struct {
	number uint64 // 0 is free
	slot   int
}

func (l *leafTable) get(number uint64) (slot int, ok bool) {
	if len(l.entries) == 0 {
		return 0, false
	}
	e := l.entry(number)
	return e.slot, e.number == number
}

func (l *leafTable) entry(number uint64) *leafEntry {
	mask := uint64(len(l.entries) - 1)
	for i := number * 0x9e3779b97f4a7c15 >> 32 & mask; ; i = (i + 1) & mask {
		if e := &l.entries[i]; e.number == number || e.number == 0 {
			return e
		}
	}
}

func (l *leafTable) put(t *Tape, number uint64, slot int) {
	if 2*l.used >= len(l.entries) {
		l.rebuild(t)
	}
	e := l.entry(number)
	if e.number == 0 {
		l.used++
	}
	e.number, e.slot = number, slot
}

// rebuild makes room and leaves out the entries that are out of use.
func (l *leafTable) rebuild(t *Tape) {
	old := l.entries
	live := 0
	inUse := func(e leafEntry) bool {
		return e.number != 0 && e.slot < t.n && t.nodes[e.slot].leaf != nil && t.nodes[e.slot].leaf.number == e.number
	}
	for _, e := range old {
		if inUse(e) {
			live++
		}
	}
	size := 16
	for size < 4*(live+1) {
		size *= 2
	}
	l.entries, l.used = make([]leafEntry, size), live
	for _, e := range old {
		if inUse(e) {
			*l.entry(e.number) = e
		}
	}
}
