package autograd_test

import (
	"fmt"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A graph is out of date when a leaf that it was computed from has changed.
func TestStaleGraph(t *testing.T) {
	w, v, c := variable(1, 2).Named("w"), variable(3, 4).Named("v"), autograd.Constant(vector(5, 6)).Named("c")
	build := func() *node { return w.Mul(v).Add(c).Square().Sum() }
	for want, change := range map[string]func(){
		"Mul [2] is out of date: one of its inputs [Variable w [2] Variable v [2]] was modified since": func() { w.Value().Scale(w.Value(), 2) },
		"Add [2] is out of date: one of its inputs [Mul [2] Constant c [2]] was modified since":        func() { c.Set(vector(1, 1)) },
	} {
		loss := build()
		autograd.Backward(loss)
		change()
		mustPanic(t, "autograd: Backward: "+want+"; build the graph anew (or mend its Forward, if that modifies an input)", func() { autograd.Backward(loss) })
		mustPanic(t, "autograd: Grad: "+want+"; build the graph anew (or mend its Forward, if that modifies an input)", func() { autograd.Grad(loss, w) })
		mustPanic(t, "autograd: JVP: "+want+"; build the graph anew (or mend its Forward, if that modifies an input)", func() { autograd.JVP(loss, []*node{w}, []*node{c}) })
		autograd.Backward(build())
	}
}

// However often a leaf is set, and whatever was done to the tensors before, what was computed from it is
// out of date.
func TestStaleAfterSet(t *testing.T) {
	past := func(n int) *tensor.Tensor {
		x := vector(1, 2)
		for range n {
			x.Fill(1)
		}
		return x
	}
	for n := range 16 {
		for m := range 16 {
			w := autograd.Variable(past(5))
			loss := w.Square().Sum()
			plan := autograd.NewPlan(w.Exp().Sum(), w)
			for _, next := range []*tensor.Tensor{past(n), past(m)} {
				plan.Forward()
				w.Set(next)
				mustPanic(t, "autograd: Backward: Variable [2] was modified since the plan's Forward: call Forward again", func() { plan.Backward() })
				mustPanic(t, "autograd: Backward: Square [2] is out of date: one of its inputs [Variable [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
					func() { autograd.Backward(loss) })
			}
		}
	}
}

// A view of a constant, and a view of that view, changes with the constant.
func TestStaleViews(t *testing.T) {
	w, v := variable(1, 2), variable(3, 4)
	c := autograd.Constant(vector(5, 6))
	for _, view := range []*node{c.Reshape(2, 1), c.Reshape(1, 2).Slice(0, 0, 1), v.Detach(), v.Detach().Reshape(2, 1), v.Reshape(2, 1).Detach(), autograd.Apply(firstOf{}, c, number(0))} {
		loss := w.Mul(view).Sum()
		autograd.Backward(loss)
		c.Value().Fill(1)
		v.Value().Fill(1)
		mustPanic(t, "autograd: Backward: Mul "+shapeOf(loss.Input(0))+" is out of date: one of its inputs [Variable [2] "+view.String()+"] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
			func() { autograd.Backward(loss) })
	}
}

// What was computed from a constant keeps its value when the constant changes, and so does a copy.
func TestNotStale(t *testing.T) {
	w, c := variable(1, 2), autograd.Constant(vector(3, 4))
	unrecorded := autograd.Context{NoRecord: true}.Constant(c.Value()).Reshape(2).Detach()
	for _, factor := range []*node{c.Square(), unrecorded.Square()} {
		loss := w.Mul(factor).Sum()
		expect(t, "before", autograd.Backward(loss).Of(w), 9, 16)
		c.Value().Scale(c.Value(), 2)
		expect(t, "after", autograd.Backward(loss).Of(w), 9, 16)
		c.Value().Scale(c.Value(), .5)
	}
	loss := w.Mul(unrecorded).Sum()
	c.Value().Fill(9)
	expect(t, "a view that was not recorded", autograd.Backward(loss).Of(w), 3, 4)
}

// firstOf is the first of its inputs.
type firstOf struct{}

func shapeOf(x *node) string { return fmt.Sprint(x.Shape()) }

// What was computed from a value that a plan keeps is out of date once the plan has run again, or has
// taken the node.
func TestStaleAfterPlan(t *testing.T) {
	w, c := variable(1, 2), autograd.Constant(vector(3, 4))
	kept := c.Square()
	before := w.Mul(kept).Sum()
	plan := autograd.NewPlan(kept.Sum()).Keep(kept)
	plan.Forward()
	after := w.Mul(kept).Sum()
	expect(t, "before the plan runs again", autograd.Backward(after).Of(w), 9, 16)
	plan.Forward()
	for _, loss := range []*node{before, after} {
		mustPanic(t, "autograd: Backward: Mul [2] is out of date: one of its inputs [Variable [2] Square [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
			func() { autograd.Backward(loss) })
	}
}

func TestStalePlan(t *testing.T) {
	w, c := variable(1, 2), autograd.Constant(vector(3, 4))
	plan := autograd.NewPlan(w.Square().Mul(c).Sum(), w)
	for n := range 16 {
		next := func() *tensor.Tensor {
			x := vector(1, 2)
			for range n {
				x.Fill(1)
			}
			return x
		}
		for _, leaf := range []*node{w, c} {
			for _, change := range []func(){func() { leaf.Value().Fill(3) }, func() { leaf.Set(next()) }} {
				plan.Forward()
				plan.Backward()
				plan.Backward()
				change()
				mustPanic(t, "autograd: Backward: "+leaf.String()+" was modified since the plan's Forward: call Forward again", func() { plan.Backward() })
			}
		}
	}
}

// A value is out of date once another plan has computed it, however often both have run.
func TestStaleAfterAnotherPlan(t *testing.T) {
	t.Parallel()
	for runs := range 4 {
		for _, keep := range []bool{false, true} {
			w, c := variable(1, 2), autograd.Constant(vector(3, 4))
			k, e := c.Square(), c.Exp()
			first := autograd.NewPlan(k)
			for range runs + 1 {
				first.Forward()
			}
			loss := w.Mul(k).Sum()
			second := first
			if keep {
				first.Keep(e)
			} else {
				second = autograd.NewPlan(k)
			}
			c.Set(vector(30, 40))
			for range runs + 1 {
				second.Forward()
			}
			mustPanic(t, "autograd: Backward: Mul [2] is out of date: one of its inputs [Variable [2] Square [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
				func() { autograd.Backward(loss) })
		}
	}
}

// So is what was computed outside a refused plan from a value that the plan has computed anew.
func TestStaleAfterRefusedPlan(t *testing.T) {
	t.Parallel()
	w := variable(1, 2)
	h := w.Square()
	loss := h.Exp().Sum() // no part of the plan
	bad := autograd.Apply(&returning{"Bad", func(*node, *node) *node { return autograd.Constant(vector(1, 1)) }}, h).Sum()
	w.Set(vector(.1, .2))
	if refusal(func() { autograd.NewPlan(bad, w) }) == nil {
		t.Error("the plan is not refused")
	}
	mustPanic(t, "autograd: Backward: Exp [2] is out of date: one of its inputs [Square [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
		func() { autograd.Backward(loss, w) })
}

// A view of a leaf is out of date once the leaf is set, whatever was done to the tensor that it shows.
func TestStaleViewOfWhatWasSet(t *testing.T) {
	t.Parallel()
	for changes := range 4 {
		had := vector(1, 2)
		c, w := autograd.Constant(had), variable(1, 1)
		v := c.Reshape(2)
		for range changes {
			had.Fill(3)
		}
		loss := w.Mul(v).Sum()
		c.Set(vector(7, 7))
		for range changes {
			had.Fill(9)
		}
		mustPanic(t, "autograd: Backward: Mul [2] is out of date: one of its inputs [Variable [2] Reshape [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
			func() { autograd.Backward(loss) })
	}
}

// A leaf's change is seen even beside an input that was computed.
func TestStaleBesideComputed(t *testing.T) {
	t.Parallel()
	w, v := variable(1, 2), variable(3, 4)
	loss := w.Add(v.Square()).Sum()
	w.Value().Fill(5)
	mustPanic(t, "autograd: Backward: Add [2] is out of date: one of its inputs [Variable [2] Square [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
		func() { autograd.Backward(loss) })
}

// What an operation keeps is a constant, whose gradients are 0, even if its operands are constants too.
func TestKeptIsNotStale(t *testing.T) {
	t.Parallel()
	x := variable(3, 4)
	for _, of := range []*node{autograd.Constant(vector(2)), variable(2)} {
		kept := autograd.Apply(absolute{}, of).Keep(0)
		expect(t, "Grad", autograd.Grad(kept, x)[0].Value(), 0, 0)
		expect(t, "VJP", autograd.VJP(kept, number(5).Reshape(1), x)[0].Value(), 0, 0)
		expect(t, "JVP", autograd.JVP(kept, []*node{x}, []*node{values(1, 2)}).Value(), 0)
	}
}
