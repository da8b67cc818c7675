package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// A program that builds its graph again and again builds the same one nearly every
// time. A tape that sees the same operation on the same inputs at the same place
// leaves the node as it is but for the value, and if no node of a graph was made new
// since, BackwardTo repeats the steps that it took the last time. Nothing depends on
// this but speed.
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
	t.writes++
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
	if x.life != t.life {
		x.life = t.life
		t.used++
	}
}

// constantAgain returns the node of a constant with context c if one stood at the next
// place the last time; otherwise nil.
func (t *Tape) constantAgain(c Context) *Node {
	if t.n >= t.known {
		return nil
	}
	y := t.nodes[t.n]
	if y.op != nil || y.needs || y.ctx != c {
		return nil
	}
	t.takeKnown(y)
	return y
}

// A routine is the steps that one BackwardTo took, all of them by operations that add
// to gradients themselves.
type routine struct {
	loss   *Node  // nil while there is none
	writes uint64 // what the tape had counted then
	steps  []routineStep
	partly bool // other operations were there too: the routine is of no use
}

type routineStep struct {
	op    Adder
	y, dy *Node
	dx    []*tensor.Tensor
	fill  bool // op leaves a gradient empty, for zeros
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
	if r.loss != loss || r.writes != t.writes || !g.only || loss.value.Len() != 1 || !slices.Equal(g.xs, xs) {
		return nil
	}
	for _, p := range g.places {
		if p >= t.n {
			return nil
		}
	}
	t.gradientsUsed++
	g.life, g.next, g.repeats = t.life, 0, true
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
	g.routine.begin()
	return g
}

func (r *routine) begin() {
	r.loss, r.partly, r.steps = nil, false, r.steps[:0]
}

func (r *routine) end(t *Tape, loss *Node) {
	if t != nil && !r.partly {
		r.loss, r.writes = loss, t.writes
	}
}

// note adds a step.
func (r *routine) note(op Adder, y, dy *Node, dx []*tensor.Tensor, fill bool) {
	if n := len(r.steps); n < cap(r.steps) {
		r.steps = r.steps[:n+1]
	} else {
		r.steps = append(r.steps, routineStep{})
	}
	s := &r.steps[len(r.steps)-1]
	s.op, s.y, s.dy, s.dx, s.fill, s.free = op, y, dy, append(s.dx[:0], dx...), fill, false
}

// repeat takes the steps again.
func (g *Gradients) repeat() {
	r := &g.routine
	for i := range r.steps {
		for _, dx := range r.steps[i].dx {
			if dx != nil {
				dx.Clear()
			}
		}
	}
	if len(r.steps) == 0 {
		return
	}
	made := g.tape.n
	seed := r.steps[0].dy
	seed.own.Clear()
	seed.own.Like(r.loss.value).Fill(1)
	for i := range r.steps {
		s := &r.steps[i]
		s.dy.life = g.life
		s.op.AddVJPs(s.y, s.dy, s.dx)
		if s.fill {
			fillEmpty(s.y, s.dx)
		}
		if s.free {
			s.dy.own.Free()
		}
	}
	if g.tape.n != made {
		g.tape.Release(Mark{made, g.tape.gradientsUsed, g.life})
	}
}
