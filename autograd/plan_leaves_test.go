package autograd_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

func (firstOf) Name() string { return "FirstOf" }

func (firstOf) Forward(y *node) { y.Value().ViewLike(y.Input(0).Value()) }

func (firstOf) VJP(_ *node, _ int, dy *node) *node { return dy }

// A plan may change leaves that its gradients do not depend on, such as running statistics.
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

// A leaf may be set to a result of the plan, as the state of a recurrent network is.
func TestPlanFeedsItself(t *testing.T) {
	h, w := autograd.Constant(vector(.1, .2)), variable(.5, .7)
	step := func(h *node) (next, loss *node) {
		next = h.Mul(w).AddScalar(1).Tanh()
		return next, next.Add(h).Square().Sum() // reads h after next has been computed
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

// A leaf that is set to a view of another leaf keeps what the view showed.
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

// A leaf that was set to a result before a plan was made keeps it, whatever becomes of the leaf that the
// result is a view of, or of the other plan that gave it.
func TestPlanKeepsWhatALeafWasGiven(t *testing.T) {
	t.Parallel()
	for _, again := range []bool{false, true} {
		x, h := variable(1, 2), autograd.Constant(vector(0, 0))
		view := x.Reshape(1, 2).Reshape(2)
		y := view.Add(h.Scale(10))
		if again {
			autograd.NewPlan(y, x).Keep(view).Forward()
		}
		h.Set(view.Value())
		plan := autograd.NewPlan(y, x)
		x.Value().Copy(vector(5, 6)) // as an optimiser does
		for range 2 {
			expect(t, "5 + 10, 6 + 20", plan.Forward(), 15, 26)
		}
	}
	x, h := variable(1, 2), autograd.Constant(vector(0, 0))
	square := x.Square()
	first := autograd.NewPlan(square)
	h.Set(first.Forward())
	plan := autograd.NewPlan(square.Mul(h), x)
	x.Set(vector(5, 6))
	first.Forward()
	expect(t, "25·1, 36·4", plan.Forward(), 25, 144)
}

// A leaf that was set to a result keeps it when another plan takes the node, even if that plan does not
// have the leaf.
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

// A plan takes back the node whose result one of its own leaves was set to.
func TestPlanTakesBackAResultThatALeafHas(t *testing.T) {
	t.Parallel()
	x, h := variable(1, 2), autograd.Constant(vector(0, 0))
	next := x.Square()
	first, second := autograd.NewPlan(next.Add(h)), autograd.NewPlan(next)
	h.Set(second.Forward())
	expect(t, "1 + 1, 4 + 4", first.Forward(), 2, 8)
}

// A gradient that is 0 needs a shape; a node of another plan has one once that plan has run.
func TestPlanOfNodeOfOther(t *testing.T) {
	t.Parallel()
	x := variable(1, 2)
	other, y := x.Exp(), x.Square()
	first := autograd.NewPlan(other, x)
	mustPanic(t, "autograd: Value: Exp belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result",
		func() { autograd.NewPlan(y, other) })
	first.Forward()
	plan := autograd.NewPlan(y, other)
	plan.Forward()
	expect(t, "the gradient", plan.Backward(vector(1, 1)).Of(other), 0, 0)
}

// A leaf that holds the tensor of a node keeps it when a plan takes the node.
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

// A rule may return a leaf, and the leaf may be set.
func TestPlanOfRuleThatReturnsLeaf(t *testing.T) {
	w, x := variable(3), variable(2)
	y := autograd.Apply(&returning{"Own", func(y, _ *node) *node { return y.Input(0) }}, x.Mul(w)) // the gradient is the input, whatever dy is
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

// keepsInput is y = x³, and keeps a view of x.
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

// A seed may be a gradient that the plan gave, as for powers of a Jacobian.
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

// Gradients that a plan gave stay as they are when another plan takes the same nodes.
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

// Values that share memory in one plan may be needed at the same time in another.
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

// After an operation has refused a value, the plan has no values until it has run again.
func TestPlanAfterPanic(t *testing.T) {
	x, w := autograd.Constant(vector(.5)), variable(.5)
	k := w.Exp()
	y := x.Mul(w).BinaryCrossEntropy(autograd.Constant(vector(1)))
	plan := autograd.NewPlan(y.Sum(), w).Keep(k)
	plan.Forward()
	x.Set(vector(100))
	if refusal(func() { plan.Forward() }) == nil {
		t.Error("Forward takes 100 for a probability")
	}
	mustPanic(t, "autograd: Value: Exp [1] belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", func() { k.Value() })
	mustPanic(t, "autograd: Backward: the plan's Forward has not run, or another plan has taken its nodes since", func() { plan.Backward() })
	x.Set(vector(.5))
	expect(t, "loss", plan.Forward(), math.Log(4))
	expect(t, "gradient", plan.Backward().Of(w), -2)
	unrecorded := autograd.Context{NoRecord: true}.Constant(vector(1)).Exp()
	if refusal(func() { plan.Keep(unrecorded) }) == nil {
		t.Error("Keep takes what was not recorded")
	}
	mustPanic(t, "autograd: Forward: the plan could not be made", func() { plan.Forward() })
}

// A plan whose result is a leaf, or which keeps one, sees what is written into the leaf's tensor.
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
		next := vector(7)
		x.Set(next) // whose memory it shares
		next.Data()[0] = 8
		expect(t, "result", p.Forward(), 8)
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
