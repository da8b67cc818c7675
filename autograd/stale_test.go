package autograd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
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

// However often a leaf is set, and to tensors of whatever past, what was computed from it is out of date.
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
				mustPanic(t, "autograd: Backward: Variable [2] was modified since the plan's Forward: it is to run again", func() { plan.Backward() })
				mustPanic(t, "autograd: Backward: Square [2] is out of date: one of its inputs [Variable [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
					func() { autograd.Backward(loss) })
			}
		}
	}
}

// A view of a constant, and of a view of one, changes with it.
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

// What was computed from a constant keeps its value, and a copy is one.
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

func (firstOf) Name() string { return "FirstOf" }

func (firstOf) Forward(y *node) { y.Value().ViewLike(y.Input(0).Value()) }

func (firstOf) VJP(_ *node, _ int, dy *node) *node { return dy }

func shapeOf(x *node) string { return fmt.Sprint(x.Shape()) }

// What was computed from a value that a plan keeps is out of date when the plan has run again, or has taken the node.
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
				mustPanic(t, "autograd: Backward: "+leaf.String()+" was modified since the plan's Forward: it is to run again", func() { plan.Backward() })
			}
		}
	}
}

// A plan may change leaves that its gradients do not depend on, as statistics that run along do.
func TestPlanChangesLeaves(t *testing.T) {
	x, w := autograd.Constant(vector(1)), variable(3)
	count := autograd.Constant(vector(0))
	loss := autograd.Apply(&counts{count.Value()}, x.Mul(w))
	kept := count.Scale(10)
	plan := autograd.NewPlan(loss, w).Keep(kept)
	for run := range 3 {
		plan.Forward()
		expect(t, "what is kept", kept.Value(), 10*float64(run+1))
		expect(t, "gradient", plan.Backward().Of(w), 1)
	}
}

// counts is y = x, and counts its runs in a tensor.
type counts struct{ runs *tensor.Tensor }

func (*counts) Name() string { return "Counts" }

func (*counts) Forward(y *node) { y.Value().Copy(y.Input(0).Value()) }

func (*counts) VJP(_ *node, _ int, dy *node) *node { return dy }

func (c *counts) After(*node) { c.runs.AddScalar(c.runs, 1) }

// A leaf may be given a result of the plan, as the state of a recurrent network is.
func TestPlanFeedsItself(t *testing.T) {
	h, w := autograd.Constant(vector(.1, .2)), variable(.5, .7)
	step := func(h *node) (next, loss *node) {
		next = h.Mul(w).AddScalar(1).Tanh()
		return next, next.Add(h).Square().Sum() // which reads h when next has been computed
	}
	next, loss := step(h)
	plan := autograd.NewPlan(loss, w).Keep(next)
	state := h.Value()
	for range 3 {
		wantNext, want := step(autograd.Constant(state))
		if got := plan.Forward(); !sameBits(got, want.Value()) {
			t.Errorf("loss %v, want %v", got, want.Value())
		}
		if got, want := plan.Backward().Of(w), autograd.Backward(want).Of(w); !sameBits(got, want) {
			t.Errorf("gradient %v, want %v", got, want)
		}
		h.Set(next.Value())
		state = wantNext.Value()
	}
	x := variable(1, 2)
	same := autograd.NewPlan(x.Sin().Scale(2), x)
	x.Set(same.Forward())
	x.Set(same.Forward())
	once, twice := 2*math.Sin(1), 2*math.Sin(2)
	expect(t, "the result again", same.Forward(), 2*math.Sin(2*math.Sin(once)), 2*math.Sin(2*math.Sin(twice)))
}

// A leaf may be given a result that is a view of another leaf: it keeps what that was.
func TestPlanFeedsItselfAView(t *testing.T) {
	t.Parallel()
	x, h := variable(1, 2), autograd.Constant(vector(0, 0))
	view := x.Reshape(1, 2).Reshape(2)
	plan := autograd.NewPlan(view.Add(h.Scale(10)), x).Keep(view)
	plan.Forward()
	h.Set(view.Value())
	x.Set(vector(5, 6))
	for range 2 {
		expect(t, "5 + 10, 6 + 20", plan.Forward(), 15, 26)
		x.Set(view.Value())
	}
	ten := h.Scale(10)
	plan = autograd.NewPlan(x.Reshape(1, 2).Reshape(2)).Keep(ten)
	x.Set(vector(1, 2))
	h.Set(plan.Forward())
	x.Set(vector(5, 6))
	for range 2 {
		plan.Forward()
		expect(t, "10, 20", ten.Value(), 10, 20)
	}
	square := x.Square()
	plan = autograd.NewPlan(square.Add(h)).Keep(square)
	plan.Forward()
	h.Set(square.Value().Reshape(2))
	x.Set(vector(1, 2))
	expect(t, "1 + 25, 4 + 36", plan.Forward(), 26, 40)
}

// A leaf that was given a result keeps it when another plan takes the node, be the leaf no part of that.
func TestPlanTakesAResultThatALeafHas(t *testing.T) {
	t.Parallel()
	x, h := variable(1, 2), autograd.Constant(vector(0, 0))
	next := x.Square()
	first := autograd.NewPlan(next.Add(h)).Keep(next)
	first.Forward()
	h.Set(next.Value())
	autograd.NewPlan(next)
	expect(t, "the leaf", h.Value(), 1, 4)
	expect(t, "1 + 1, 4 + 4", first.Forward(), 2, 8)
}

// A plan takes back the node whose result one of its own leaves was given.
func TestPlanTakesBackAResultThatALeafHas(t *testing.T) {
	t.Parallel()
	x, h := variable(1, 2), autograd.Constant(vector(0, 0))
	next := x.Square()
	first, second := autograd.NewPlan(next.Add(h)), autograd.NewPlan(next)
	h.Set(second.Forward())
	expect(t, "1 + 1, 4 + 4", first.Forward(), 2, 8)
}

// A gradient that is 0 needs a shape, which a node of another plan has when that has run.
func TestPlanOfNodeOfOther(t *testing.T) {
	t.Parallel()
	x := variable(1, 2)
	other, y := x.Exp(), x.Square()
	first := autograd.NewPlan(other, x)
	mustPanic(t, "autograd: Value: Exp belongs to a plan, which has no value of it: call Forward; unless it is the result, Keep is to name it",
		func() { autograd.NewPlan(y, other) })
	first.Forward()
	plan := autograd.NewPlan(y, other)
	plan.Forward()
	expect(t, "the gradient", plan.Backward(vector(1, 1)).Of(other), 0, 0)
}

// A leaf that holds the tensor of a node which a plan takes gets a copy.
func TestPlanTakesTheTensorOfLeaf(t *testing.T) {
	w, h := variable(.5, .7), autograd.Constant(vector(.1, .2))
	step := func(h, fixed *node) (next, loss *node) {
		next = h.Mul(w).AddScalar(1).Tanh()
		if fixed == nil {
			fixed = autograd.Constant(next.Value())
		}
		return next, next.Add(h).Sub(fixed).Square().Sum()
	}
	next, loss := step(h, nil)
	fixed := next.Value().Clone()
	train, act := autograd.NewPlan(loss, w), autograd.NewPlan(next)
	state := h.Value().Clone()
	for range 3 {
		h.Set(act.Forward()) // the tensor of next
		wantState, _ := step(autograd.Constant(state), nil)
		state = wantState.Value()
		_, want := step(autograd.Constant(state), autograd.Constant(fixed))
		if got := train.Forward(); !sameBits(got, want.Value()) {
			t.Errorf("loss %v, want %v", got, want.Value())
		}
		if got, want := train.Backward().Of(w), autograd.Backward(want).Of(w); !sameBits(got, want) {
			t.Errorf("gradient %v, want %v", got, want)
		}
	}
}

// A rule may return a leaf, which may be set.
func TestPlanOfRuleThatReturnsLeaf(t *testing.T) {
	w, x := variable(3), variable(2)
	y := autograd.Apply(&returning{"Own", func(y, _ *node) *node { return y.Input(0) }}, x.Mul(w)) // by the value, whatever dy is
	z := autograd.Apply(&returning{"Leaf", func(*node, *node) *node { return w }}, x)
	plan := autograd.NewPlan(y.Sum().Add(z.Sum()), x)
	for _, v := range []float64{5, 7} {
		w.Set(vector(v))
		plan.Forward()
		expect(t, "x·w·w + w", plan.Backward().Of(x), 2*v*v+v)
	}
	u := variable(1, 1)
	var newest *node
	l := autograd.Apply(&returning{"Leaf", func(*node, *node) *node { return newest }}, u).Sum()
	newest = autograd.Constant(vector(5, 6))
	plan = autograd.NewPlan(l, u)
	plan.Forward()
	expect(t, "the newest leaf", plan.Backward().Of(u), 5, 6)
}

// An operation's value may be a view of what it keeps.
func TestPlanOfViewOfKept(t *testing.T) {
	w := variable(1, 2, 3)
	h := autograd.Apply(keepsView{}, w.Exp())
	y := h.Sin().Mul(h.Cos()).Mul(h).Sum()
	want := y.Value().Clone()
	grad := autograd.Backward(y).Of(w)
	plan := autograd.NewPlan(y, w)
	for range 2 {
		if got := plan.Forward(); !sameBits(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		if got := plan.Backward().Of(w); !sameBits(got, grad) {
			t.Errorf("%v, want %v", got, grad)
		}
	}
}

// What an operation keeps may be a view of its input.
func TestPlanOfKeptViewOfInput(t *testing.T) {
	w := variable(1, 2, 3)
	y := autograd.Apply(keepsInput{}, w.AddScalar(1)).AddScalar(2).AddScalar(1).AddScalar(3).Scale(2).Sum()
	plan := autograd.NewPlan(y, w)
	plan.Forward()
	expect(t, "2·3(w+1)²", plan.Backward().Of(w), 24, 54, 96)
}

// keepsInput is y = x³.
type keepsInput struct{}

func (keepsInput) Name() string { return "KeepsInput" }

func (keepsInput) Forward(y *node) {
	x := y.Input(0).Value()
	y.Keep(0).Value().ViewLike(x)
	y.Value().Mul(x, x)
	y.Value().Mul(y.Value(), x)
}

func (keepsInput) VJP(y *node, _ int, dy *node) *node { return dy.Mul(y.Keep(0).Square().Scale(3)) }

type keepsView struct{}

func (keepsView) Name() string { return "KeepsView" }

func (keepsView) Forward(y *node) {
	k := y.Keep(0).Value()
	k.Copy(y.Input(0).Value())
	y.Value().ViewLike(k)
}

func (keepsView) VJP(_ *node, _ int, dy *node) *node { return dy }

// A seed may be a gradient that the plan gave: powers of a Jacobian.
func TestPlanSeededByItsGradient(t *testing.T) {
	x := variable(1, 2)
	plan := autograd.NewPlan(x.Mul(x.Flip(0)), x) // its Jacobian is [[2 1] [2 1]]
	plan.Forward()
	seed := vector(1, 3)
	for _, want := range [][]float64{{8, 4}, {24, 12}, {72, 36}} {
		seed = plan.Backward(seed).Of(x)
		expect(t, "a row times the Jacobian", seed, want...)
	}
}

// Gradients that a plan gave stay when a plan of the same nodes takes them.
func TestPlansLeaveGradients(t *testing.T) {
	x := variable(1, 2)
	trunk := x.Square()
	a, b := trunk.Sum(), trunk.Mul(trunk).Sum()
	first, second := autograd.NewPlan(a, x), autograd.NewPlan(b, x)
	first.Forward()
	g := first.Backward().Of(x)
	second.Forward()
	expect(t, "of the first", g, 2, 4)
	expect(t, "of the second", second.Backward().Of(x), 4, 32)
	first.Forward()
	expect(t, "of the first, which has run", g, 2, 4)
}

// Values that one plan has in one place another may need at once.
func TestPlansLayOutMemoryApart(t *testing.T) {
	x := variable(.3, .4, .5)
	y := x.Exp().Sin().Exp().Sin().Exp().Sin().Sum()
	want := autograd.Backward(y).Of(x)
	train, infer := autograd.NewPlan(y, x), autograd.NewPlan(y)
	for range 2 {
		infer.Forward()
		train.Forward()
		if got := train.Backward().Of(x); !sameBits(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// After an operation has refused a value, the plan has none until it has run again.
func TestPlanAfterPanic(t *testing.T) {
	x, w := autograd.Constant(vector(.5)), variable(.5)
	k := w.Exp()
	y := x.Mul(w).BinaryCrossEntropy(autograd.Constant(vector(1)))
	plan := autograd.NewPlan(y.Sum(), w).Keep(k)
	plan.Forward()
	x.Set(vector(100))
	refused := func(f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		f()
	}
	refused(func() { plan.Forward() })
	mustPanic(t, "autograd: Value: Exp [1] belongs to a plan, which has no value of it: call Forward; unless it is the result, Keep is to name it", func() { k.Value() })
	mustPanic(t, "autograd: Backward: the plan's Forward has not run, or another plan of the same nodes has since", func() { plan.Backward() })
	x.Set(vector(.5))
	expect(t, "loss", plan.Forward(), math.Log(4))
	expect(t, "gradient", plan.Backward().Of(w), -2)
	unrecorded := autograd.Context{NoRecord: true}.Constant(vector(1)).Exp()
	refused(func() { plan.Keep(unrecorded) })
	mustPanic(t, "autograd: Forward: the plan could not be made", func() { plan.Forward() })
}

// What was computed before is to be given to a Checkpoint, which could not compute it again.
func TestCheckpointRefusesComputedNodes(t *testing.T) {
	x, w := variable(1, -2), variable(3, 4)
	mask := x.Gt(number(0))
	f := func(mask *node) autograd.Func { return func(xs ...*node) *node { return xs[0].Mul(mask) } }
	refused := "autograd: Checkpoint: the function uses Gt [2], which is not among its nodes: it is to be given too"
	mustPanic(t, refused, func() { autograd.Checkpoint(f(mask), w) })
	mustPanic(t, refused, func() { autograd.Checkpoint(func(...*node) *node { return mask }, w) })
	mustPanic(t, refused, func() { autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(mask.Scale(2).Flip(0)) }, w) })
	unrecorded := autograd.Context{NoRecord: true}.Constant(vector(5, 6)).Scale(2)
	mustPanic(t, "autograd: Checkpoint: the function uses Scale [2], which is not among its nodes: it is to be given too", func() { autograd.Checkpoint(f(unrecorded), w) })
	for _, c := range []*node{autograd.Constant(vector(10, 12)), unrecorded.Detach()} {
		everywhere(t, "a constant", autograd.Checkpoint(f(c), w).Sum(), w, 10, 12)
	}
	everywhere(t, "given", autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(xs[1]) }, w, mask).Sum(), w, 1, 0)
}

// A Checkpoint that gives another value when it is computed again says so.
func TestCheckpointSeesOtherValues(t *testing.T) {
	w, c := variable(3, 4), autograd.Constant(vector(1, 2))
	y := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(c) }, w)
	c.Value().Scale(c.Value(), 2)
	changed := "autograd: Checkpoint: computed again, Checkpoint [2] has another value: the function uses what changes and is not among its nodes"
	for _, f := range []func(){
		func() { autograd.Backward(y.Sum()) },
		func() { autograd.Grad(y.Sum(), w) },
		func() { autograd.JVP(y, []*node{w}, []*node{c}) },
	} {
		mustPanic(t, changed, f)
	}
	draws := autograd.Context{Rand: rand.New(rand.NewPCG(1, 2))}.Constant(vector(1, 1)) // brings a Rand of its own
	y = autograd.Checkpoint(func(xs ...*node) *node {
		return autograd.Constant(new(tensor.Tensor).Like(w.Value()).Uniform(draws.Mul(xs[0]).Context().Rand, 0, 1)).Mul(xs[0])
	}, w)
	mustPanic(t, "autograd: Checkpoint: computed again, Checkpoint [2] has another value: the function uses what changes and is not among its nodes",
		func() { autograd.Backward(y.Sum()) })
	runs := 0
	y = autograd.Checkpoint(func(xs ...*node) *node {
		runs++
		return xs[0].Reshape([][]int{{2}, {2, 1}}[runs-1]...)
	}, w)
	mustPanic(t, "autograd: Checkpoint: computed again, Checkpoint [2] has another value: the function uses what changes and is not among its nodes",
		func() { autograd.Backward(y.Sum()) })
	v := variable(-1, 1)
	nan := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Log() }, v)
	expect(t, "NaN again", autograd.Backward(nan.Sum()).Of(v), -1, 1)
}

// Derivatives of a Checkpoint are computed as others are: with the Rand of the context, and observed.
func TestCheckpointResultsHaveTheContext(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	w := variable(1, 2)
	x := autograd.Context{Training: true, Rand: rng}.Constant(vector(3, 4)).Mul(w)
	y := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Square() }, x)
	dx := autograd.Grad(y.Sum(), x)[0]
	dy := autograd.JVP(y, []*node{w}, []*node{w})
	for what, d := range map[string]*node{"Grad": dx, "JVP": dy} {
		if d.Context() != x.Context() {
			t.Errorf("%s: the context is %+v", what, d.Context())
		}
		c := new(counter)
		autograd.Apply(c, d.Scale(0).AddScalar(3).Slice(0, 0, 1))
		if c.runs != 1 {
			t.Errorf("%s: observed %d times", what, c.runs)
		}
	}
}

// What is computed again is not observed, whatever contexts meet, nor when a plan is made.
func TestCheckpointIsObservedOnce(t *testing.T) {
	w, training := variable(1), autograd.Context{Training: true}.Constant(vector(3))
	for _, f := range []func(x, c *node) *node{
		func(x, c *node) *node { return x.Mul(training) },
		func(x, c *node) *node { return training.Mul(x) },
		func(x, c *node) *node { return x.Scale(3).Detach() },
	} {
		c := new(counter)
		y := autograd.Checkpoint(func(xs ...*node) *node { return autograd.Apply(c, f(xs[0], training)).Mul(xs[0]) }, w)
		autograd.Backward(y)
		autograd.Grad(y, w)
		if c.runs != 1 {
			t.Errorf("observed %d times", c.runs)
		}
		plan := autograd.NewPlan(y, w)
		if c.runs != 1 {
			t.Errorf("observed %d times when a plan was made", c.runs)
		}
		plan.Forward()
		plan.Backward()
		if c.runs != 2 {
			t.Errorf("observed %d times by a plan", c.runs)
		}
	}
}

// Grad computes a Checkpoint again once, however many inputs it has, and each of its hooks sees a gradient once.
func TestCheckpointIsComputedAgainOnce(t *testing.T) {
	calls, hooks := 0, 0
	xs := []*node{variable(2), variable(3), variable(5), autograd.Constant(vector(7))}
	y := autograd.Checkpoint(func(xs ...*node) *node {
		calls++
		return xs[0].Mul(xs[1]).Mul(xs[2]).Mul(xs[3]).Hook(func(*tensor.Tensor) { hooks++ })
	}, append(xs, xs[0])...)
	for i, want := range []float64{105, 70, 42} {
		expect(t, "alone", autograd.Grad(y, xs[i])[0].Value(), want)
	}
	calls, hooks = 0, 0
	for i, dx := range autograd.Grad(y, xs[:3]...) {
		expect(t, "together", dx.Value(), []float64{105, 70, 42}[i])
	}
	if calls != 1 || hooks != 1 {
		t.Errorf("%d calls, %d of the hook", calls, hooks)
	}
}

// What a hook has seen is not the gradient itself.
func TestHookMayKeepWhatItSees(t *testing.T) {
	var seen *tensor.Tensor
	x := variable(1, 2)
	loss := x.Hook(func(grad *tensor.Tensor) { seen = grad }).Square().Sum()
	for _, g := range []*autograd.Gradients{autograd.Backward(loss), autograd.Backward(loss, x)} {
		seen.Fill(9)
		expect(t, "the gradient", g.Of(x), 2, 4)
	}
}

// Functions that refuse zeros see the first example, not zeros.
func TestPerExampleBuildsOnAnExample(t *testing.T) {
	positive := func(xs ...*node) *node {
		if xs[1].Value().Data()[0] <= 0 {
			t.Errorf("the function sees %v", xs[1].Value())
		}
		return xs[0].Mul(xs[1].Log()).Sum()
	}
	batch := tensor.Rows([][]float64{{1, 2}, {3, 4}})
	got := autograd.PerExample(positive, []*tensor.Tensor{vector(1, 1)}, []*tensor.Tensor{batch})[0]
	expect(t, "gradients", got, 0, math.Log(2), math.Log(3), math.Log(4))
	one := autograd.PerExample(positive, []*tensor.Tensor{vector(1, 1)}, []*tensor.Tensor{tensor.Rows([][]float64{{1, 2}})})[0]
	expect(t, "gradients of one", one, 0, math.Log(2))
	none := autograd.PerExample(func(xs ...*node) *node {
		if !slices.Equal(xs[1].Shape(), []int{1, 2}) {
			t.Errorf("an example has the shape %v", xs[1].Shape())
		}
		return xs[0].Mul(xs[1]).Sum()
	}, []*tensor.Tensor{vector(1, 1)}, []*tensor.Tensor{tensor.New(0, 2)})[0]
	if !slices.Equal(none.Shape(), []int{0, 2}) {
		t.Errorf("of no examples: %v", none)
	}
}

// The value is the caller's own.
func TestValueAndGradGivesItsOwnValue(t *testing.T) {
	x := vector(3)
	value, _ := autograd.ValueAndGrad(func(xs ...*node) *node { return xs[0].Reshape(1, 1) }, x)
	x.Fill(7)
	expect(t, "value", value, 3)
}

// An unrecorded node detached has its context but for that.
func TestDetachOfUnrecorded(t *testing.T) {
	x := autograd.Context{NoRecord: true, Training: true, Positions: true}.Constant(vector(1)).Exp()
	y := x.Detach()
	if c := y.Context(); c.NoRecord || !c.Training || !c.Positions {
		t.Errorf("context %+v", c)
	}
	if made := y.Made(); !strings.HasPrefix(made, "stale_test.go:") {
		t.Errorf("made at %q", made)
	}
}

// A plan whose result is a leaf, or which keeps one, takes what is written into its tensor.
func TestPlanOfALeaf(t *testing.T) {
	for _, plan := range []func(x *node) *autograd.Plan{
		func(x *node) *autograd.Plan { return autograd.NewPlan(x, x) },
		func(x *node) *autograd.Plan { return autograd.NewPlan(x.Scale(1), x).Keep(x) },
	} {
		v := vector(1)
		x := autograd.Variable(v)
		p := plan(x)
		for n := range 3 {
			v.Data()[0] = float64(n)
			expect(t, "result", p.Forward(), float64(n))
			expect(t, "gradient", p.Backward().Of(x), 1)
		}
	}
}

// What a plan computed is seen to be another's, however often both have run.
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

// So is what a plan that was refused computed anew, for what it was not to compute.
func TestStaleAfterRefusedPlan(t *testing.T) {
	t.Parallel()
	w := variable(1, 2)
	h := w.Square()
	loss := h.Exp().Sum() // no part of the plan
	bad := autograd.Apply(&returning{"Bad", func(*node, *node) *node { return autograd.Constant(vector(1, 1)) }}, h).Sum()
	w.Set(vector(.1, .2))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the plan is not refused")
			}
		}()
		autograd.NewPlan(bad, w)
	}()
	mustPanic(t, "autograd: Backward: Exp [2] is out of date: one of its inputs [Square [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
		func() { autograd.Backward(loss, w) })
}

// A view of a leaf is out of date when the leaf is set, whatever was done to the tensor that it views.
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

// Two plans may feed each other, one by a view of what it was fed.
func TestPlansThatFeedEachOther(t *testing.T) {
	t.Parallel()
	w := variable(.5, .7)
	x, h := autograd.Constant(vector(1, 2)), autograd.Constant(tensor.New(1, 2))
	a := autograd.NewPlan(x.Reshape(1, 2))
	b := autograd.NewPlan(h.Mul(w).Tanh().Reshape(2), w)
	state := vector(1, 2)
	for range 4 {
		h.Set(a.Forward())
		out := b.Forward()
		want := autograd.Constant(state).Reshape(1, 2).Mul(w).Tanh().Reshape(2)
		if !sameBits(out, want.Value()) {
			t.Errorf("value %v, want %v", out, want.Value())
		}
		if got, want := b.Backward(vector(1, 1)).Of(w), autograd.Backward(want.Sum()).Of(w); !sameBits(got, want) {
			t.Errorf("gradient %v, want %v", got, want)
		}
		x.Set(out)
		state = out.Clone()
	}
}

// A leaf's change is seen beside an input that was computed.
func TestStaleBesideComputed(t *testing.T) {
	t.Parallel()
	w, v := variable(1, 2), variable(3, 4)
	loss := w.Add(v.Square()).Sum()
	w.Value().Fill(5)
	mustPanic(t, "autograd: Backward: Add [2] is out of date: one of its inputs [Variable [2] Square [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
		func() { autograd.Backward(loss) })
}
