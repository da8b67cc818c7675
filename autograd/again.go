package autograd

import (
	"slices"
	"unsafe"

	"gentlegrad/tensor"
)

// A program that builds its graph again and again builds the same one nearly every
// time. A tape that sees the same operation on the same inputs at the same place
// leaves the node as it is but for the value, and if no node of a graph was made new
// since, so that every place is what it was, BackwardTo repeats the steps that it took the
// last time. Nothing depends on this but speed.
//
// The first known nodes of a tape were made one after another, each from those before
// it. Making a node new in a place leaves those behind it in the dark.

// takeNew returns a node in the next slot, of which the caller sets all that take
// does not set.
func (t *Tape) takeNew() *Node {
	y := t.take()
	t.forget()
	return y
}

// forget makes all nodes but those in use unknown.
func (t *Tape) forget() {
	t.layout++
	if !t.Checked {
		t.known = t.n
	}
}

// next returns the node at the next place of the inputs' tape, if it is known what it
// was made from the last time; otherwise nil.
func next(inputs []*Node) *Node {
	if t := tapeOf(inputs); t != nil && t.n < t.known {
		return t.nodes[t.n]
	}
	return nil
}

// identical reports whether a and b are the same operation: of one type, and with the
// same attributes in memory. Unlike ==, which may say so of more, it is fast, and never
// panics: an operation that holds a slice can't be compared with ==. It is sound since an
// interface is a type and a pointer, what the pointer of an operation in use points to
// is not freed, and a value that an interface holds is never modified, but through a
// pointer: then Forward, which runs again, sees the change.
func identical(a, b Op) bool {
	type words [2]uintptr
	return *(*words)(unsafe.Pointer(&a)) == *(*words)(unsafe.Pointer(&b))
}

// tapeOf returns the first of the inputs' tapes, or nil.
func tapeOf(inputs []*Node) *Tape {
	for _, x := range inputs {
		if x == nil {
			return nil
		}
		if x.ctx.Tape != nil {
			return x.ctx.Tape
		}
	}
	return nil
}

// again takes y, which next returned, if it was made from the same inputs.
func (y *Node) again(inputs []*Node) bool {
	if len(y.inputs) != len(inputs) {
		return false
	}
	t := y.ctx.Tape
	for i, x := range inputs {
		in := y.inputs[i]
		if x == in && (x.life == t.life || x.ctx.Tape == nil) {
			continue // it stands before y on the tape, or on the heap
		}
		if x == nil || x != in.leaf {
			return false
		}
		in.useIn(t)
	}
	y.own.Clear()
	t.takeKnown(y)
	return true
}

// takeKnown takes y, the node in the next slot, as it is.
func (t *Tape) takeKnown(y *Node) {
	y.life = t.life
	t.n++
}

// useIn notes that x, which stands for a Variable, is used before the next Reset.
func (x *Node) useIn(t *Tape) {
	x.life = t.life
}

// constantAgain returns the node of a constant with context c if one stood at the next
// place the last time; otherwise nil.
func (t *Tape) constantAgain(c Context) *Node {
	if t.n >= t.known {
		return nil
	}
	y := t.nodes[t.n]
	if y.op != nil || y.needs || len(y.inputs) > 0 || y.ctx != c {
		return nil
	}
	t.takeKnown(y)
	return y
}

// A routine is the steps that one BackwardTo took, all of them by operations of this
// package that add to gradients themselves.
type routine struct {
	loss   *Node          // nil while there is none
	seed   *tensor.Tensor // ∂loss/∂loss = 1
	layout uint64         // the tape's then
	seen   []*Node        // the nodes asked for that are on the tape
	steps  []routineStep
	sums   []*tensor.Tensor // the gradients that the steps add to
	partly bool             // other operations were there too: the routine is of no use
}

type routineStep struct {
	op    Adder
	y, dy *Node
	dx    []*tensor.Tensor
	free  bool // dy is not needed afterwards, and large
}

// repeated returns the result of BackwardTo(loss, xs...), by the steps that it took the
// last time, or nil if they may have to be other steps.
func repeated(loss *Node, xs []*Node) *Gradients {
	if loss == nil {
		return nil
	}
	t := loss.ctx.Tape
	if t == nil || t.Checked || t.gradientsUsed == len(t.gradients) || !t.holds(loss) {
		return nil
	}
	g := t.gradients[t.gradientsUsed]
	r := &g.routine
	if r.loss != loss || r.layout != t.layout || !g.only || !tensor.SameShape(r.seed, loss.value) || !slices.Equal(g.xs, xs) {
		return nil
	}
	for _, x := range r.seen {
		if !t.holds(x) {
			return nil
		}
	}
	t.gradientsUsed++
	g.life, g.repeats = t.life, true
	g.repeat()
	return g
}

// freed notes that the last step's dy is not needed afterwards.
func (r *routine) freed() {
	if n := len(r.steps); n > 0 {
		r.steps[n-1].free = true
	}
}

// takeGradients returns Gradients that no traversal has begun to fill.
func (t *Tape) takeGradients() *Gradients {
	if t.gradientsUsed == len(t.gradients) {
		t.gradients = append(t.gradients, &Gradients{tape: t, index: t.gradientsUsed})
	}
	g := t.gradients[t.gradientsUsed]
	t.gradientsUsed++
	g.life, g.repeats = t.life, false
	g.routine.clear()
	if g.at == nil {
		g.at, g.leads = t.scratch.at, t.scratch.leads
		t.scratch = scratch{}
	}
	return g
}

func (r *routine) clear() {
	r.loss, r.steps, r.sums = nil, r.steps[:0], r.sums[:0]
}

// beginRoutine has the steps of the traversal noted, where they may be taken again.
func (g *Gradients) beginRoutine() {
	g.routine.partly = g.tape == nil || g.tape.Checked
}

// endRoutine makes the steps noted since beginRoutine the routine, if it can be one.
func (g *Gradients) endRoutine(loss *Node) {
	if r := &g.routine; !r.partly {
		r.loss, r.seed, r.layout = loss, g.sums[0].value, g.tape.layout // the loss's was taken first
		r.seen = r.seen[:0]
		for _, x := range g.xs {
			if x.ctx.Tape != nil {
				r.seen = append(r.seen, x)
			}
		}
	}
}

// note adds a step.
func (r *routine) note(op Adder, y, dy *Node, dx []*tensor.Tensor) {
	if _, ok := op.(interface{ isExact() }); !ok {
		r.partly = true
	}
	if r.partly {
		return
	}
	if n := len(r.steps); n < cap(r.steps) {
		r.steps = r.steps[:n+1]
	} else {
		r.steps = append(r.steps, routineStep{})
	}
	s := &r.steps[len(r.steps)-1]
	s.op, s.y, s.dy, s.dx, s.free = op, y, dy, append(s.dx[:0], dx...), false
}

// exact is embedded by the operations of this package that add to gradients themselves:
// they leave none empty and make none of another shape, so a routine need not look.
type exact struct{}

func (exact) isExact() {}

// first notes a gradient that nothing has been added to before.
func (r *routine) first(sum *tensor.Tensor) {
	if !r.partly {
		r.sums = append(r.sums, sum)
	}
}

// repeat takes the steps again. The gradient of the loss itself is 1 still.
func (g *Gradients) repeat() {
	r := &g.routine
	for _, sum := range r.sums {
		sum.Clear()
	}
	for i := range r.steps {
		s := &r.steps[i]
		s.dy.life = g.life
		s.op.AddVJPs(s.y, s.dy, s.dx)
		if s.free {
			s.dy.own.Free()
		}
	}
}
