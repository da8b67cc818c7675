package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// How gradients add up during a traversal, in memory that is used again: read
// backward.go first.

// add adds dx, which a rule returned, to the gradient of x. If it is recorded, that is
// an Add node; otherwise it happens in place. What the rule made since the mark is
// taken over; anything else is copied, so that gradients share no memory.
func (g *Gradients) add(x, dx *Node, mark Mark) {
	place := g.near(x)
	switch same := tensor.SameShape(dx.value, x.value); {
	case g.record:
		if !same {
			dx = dx.SumTo(x.Shape()...)
		}
		if g.at[place] != nil {
			dx = g.at[place].Add(dx)
		}
		g.at[place] = dx
	case !same:
		into := g.sum(x)
		if into.IsEmpty() {
			into.Like(x.value).Fill(0)
		}
		into.AddSumTo(dx.value)
	case g.at[place] != nil:
		into := g.at[place].value
		into.Add(into, dx.value)
	case g.madeSince(mark, dx) && !dx.own.IsView():
		g.takeSum(place).value.Swap(dx.value)
	default:
		g.takeSum(place).value.Copy(dx.value)
	}
}

// fitting returns dx, what the VJP of y's input i, x, gave, if it is fit to be x's
// gradient, perhaps after un-broadcasting.
func (g *Gradients) fitting(y *Node, i int, x, dx *Node) *Node {
	if t := dx.ctx.Tape; t != nil && !t.holds(dx) || dx.value.IsEmpty() {
		fail(y.op.Name(), "the VJP of input %d returned a node that is gone: what a rule makes is returned once", i)
	}
	if g.record && g.tape != nil && dx.ctx.Tape == nil && !dx.needs {
		dx = g.ctx.Constant(dx.value) // so that what is computed from it is on the tape
	}
	if tensor.SameShape(dx.value, x.value) {
		return dx
	}
	if b, ok := y.op.(Broadcaster); !ok || !b.Broadcasts() {
		fail(y.op.Name(), "the VJP of input %d has shape %v, the input has %v", i, dx.Shape(), x.Shape())
	}
	if !tensor.Broadcasts(x.value, dx.value) {
		fail(y.op.Name(), "the VJP of input %d has shape %v, which does not sum to the input's %v", i, dx.Shape(), x.Shape())
	}
	return dx
}

// addInPlace has op, which made y, add to the gradients of y's inputs.
func (g *Gradients) addInPlace(op Adder, y, dy *Node) {
	g.into = g.into[:0]
	wanted := false
	for _, x := range y.inputs {
		if !g.wants(x) {
			g.into = append(g.into, nil)
			continue
		}
		sum := g.sum(x)
		if sum.IsEmpty() {
			g.routine.first(sum)
		}
		g.into = append(g.into, sum)
		wanted = true
	}
	if !wanted {
		return
	}
	mark := g.mark()
	op.AddVJPs(y, dy, g.into)
	g.release(mark)
	g.routine.note(op, y, dy, g.into)
	if fillEmpty(y, g.into) {
		g.routine.partly = true // it would have to look again
	}
}

// fillEmpty sets to zero what an AddVJPs left empty, and reports whether there was any. It
// panics if a gradient has not its input's shape, or not memory of its own.
func fillEmpty(y *Node, into []*tensor.Tensor) (filled bool) {
	for i, dx := range into {
		if dx == nil {
			continue
		}
		x := y.inputs[i].value
		switch {
		case dx.IsView():
			fail(y.op.Name(), "AddVJPs made the gradient of input %d a view; it must have memory of its own", i)
		case tensor.SameShape(dx, x):
		case dx.IsEmpty():
			dx.Like(x).Fill(0)
			filled = true
		default:
			fail(y.op.Name(), "AddVJPs gave input %d a gradient of shape %v, the input has %v", i, dx.Shape(), x.Shape())
		}
	}
	return filled
}

// done says that the gradient at a place has been passed on.
func (g *Gradients) done(place int) {
	if g.only && !g.wasAsked(place) {
		dy := g.at[place]
		g.at[place] = nil
		switch {
		case g.tape == nil || g.record:
		case g.tape.Checked:
			dy.poison()
		case dy.own.Len() > smallest:
			dy.own.Free()
			g.routine.freed()
		}
	}
}

// smallest is the number of elements up to which the buffer of a gradient stays at its
// place for the next pass, rather than serve another.
const smallest = 64

// mark returns the present place on the tape; on the heap, the number of nodes made.
func (g *Gradients) mark() Mark {
	if g.tape != nil {
		return g.tape.Mark()
	}
	return Mark{life: numbers.Load()}
}

// release gives back what a rule made on the tape, unless it is recorded.
func (g *Gradients) release(m Mark) {
	if g.tape != nil && !g.record {
		g.tape.Release(m)
	}
}

// madeSince reports whether dx is the result of an operation since the mark.
func (g *Gradients) madeSince(m Mark, dx *Node) bool {
	if dx.op == nil {
		return false
	}
	if g.tape != nil {
		return dx.ctx.Tape == g.tape && dx.slot >= m.n
	}
	return dx.number > m.life
}

// sum returns the tensor that holds x's gradient so far; empty at first.
func (g *Gradients) sum(x *Node) *tensor.Tensor {
	place := g.near(x)
	if g.at[place] == nil {
		return g.takeSum(place).value
	}
	return g.at[place].value
}

// takeSum makes the gradient at a place a node with an empty tensor.
func (g *Gradients) takeSum(place int) *Node {
	if g.tape == nil {
		sum := &Node{ctx: g.ctx}
		sum.value = &sum.own
		g.at[place] = sum
		return sum
	}
	if g.sumsUsed == len(g.sums) {
		sum := new(Node)
		sum.value = &sum.own
		sum.own.UsePool(&g.tape.pool)
		g.sums = append(g.sums, sum)
	}
	sum := g.sums[g.sumsUsed]
	g.sumsUsed++
	if sum.ctx != g.ctx {
		g.tape.forget() // what was made from it, with the old context
		sum.ctx = g.ctx
	}
	sum.life, sum.slot = g.life, -1
	sum.own.Clear()
	g.at[place] = sum
	return sum
}

// constantLike returns a constant of x's shape, full of v, in y's context.
func (y *Node) constantLike(x *tensor.Tensor, v float64) *Node {
	return y.ctx.Constant(new(tensor.Tensor).Like(x).Fill(v))
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
