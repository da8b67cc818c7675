package autograd_test

import (
	"runtime"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// keepsViewOf is y = e^x. For its rule it keeps a view: of y, or of a copy of y that it keeps too.
type keepsViewOf struct{ ofKept bool }

func (keepsViewOf) Name() string { return "KeepsViewOf" }

func (op keepsViewOf) Forward(y *node) {
	y.Value().Exp(y.Input(0).Value())
	first := y.Keep(0).Value()
	if !op.ofKept {
		first.ViewLike(y.Value())
		return
	}
	y.Keep(1).Value().Copy(y.Value())
	first.ViewLike(y.Keep(1).Value())
}

func (keepsViewOf) VJP(y *node, _ int, dy *node) *node { return dy.Mul(y.Keep(0)) }

// What an operation keeps may be a view of its value, or of something else that it keeps, whose memory
// must then last as long.
func TestPlanOfWhatIsKeptAsView(t *testing.T) {
	for _, op := range []keepsViewOf{{false}, {true}} {
		loss := func(w *node) *node {
			return autograd.Apply(op, w.AddScalar(1)).Scale(2).Neg().AddScalar(1).Neg().AddScalar(2).Sum()
		}
		w := variable(.1, .2, .3)
		plan := autograd.NewPlan(loss(w), w)
		for range 2 {
			plan.Forward()
			if got, want := plan.Backward().Of(w), autograd.Backward(loss(w)).Of(w); !sameBits(got, want) {
				t.Errorf("%v: got %v, want %v", op, got, want)
			}
		}
	}
}

// A leaf may be set to the gradient of the result, which is the seed, or to a view of it.
func TestPlanFedItsSeed(t *testing.T) {
	for _, view := range []bool{false, true} {
		c, x := autograd.Constant(vector(2, 2)), variable(3, 4)
		y := c.Mul(x)
		plan := autograd.NewPlan(y, x, y)
		plan.Forward()
		seed := plan.Backward(vector(5, 5)).Of(y)
		if view {
			seed = seed.Reshape(2)
		}
		c.Set(seed)
		expect(t, "the value", plan.Forward(), 15, 20)
		expect(t, "the gradient", plan.Backward(vector(1, 1)).Of(x), 5, 5)
		expect(t, "the leaf", c.Value(), 5, 5)
	}
}

// A Forward that refuses a leaf leaves no values, since some leaves no longer hold what these were
// computed from.
func TestPlanAfterRefusedLeaf(t *testing.T) {
	a, b, w := autograd.Constant(vector(1, 2)), autograd.Constant(vector(1)), variable(3, 4)
	y := a.Mul(w).Sum()
	plan := autograd.NewPlan(y, w).Keep(a.Sum().Add(b.Sum()))
	plan.Forward()
	a.Set(vector(10, 20))
	b.Value().Clear()
	b.Value().Zeros(5)
	mustPanic(t, "autograd: Forward: Constant [5] had the shape [1] when the plan was made; another shape needs another plan", func() { plan.Forward() })
	mustPanic(t, "autograd: Backward: the plan's Forward has not run, or another plan has taken its nodes since", func() { plan.Backward() })
	mustPanic(t, "autograd: Value: Sum [] belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", func() { y.Value() })
}

// A leaf that only a rule uses belongs to the plan, too.
func TestPlanOfLeafInRule(t *testing.T) {
	x, w := variable(.1, .2), autograd.Constant(vector(3, 4))
	y := autograd.Apply(&returning{"Times w", func(_, dy *node) *node { return dy.Mul(w) }}, x).Scale(2)
	plan := autograd.NewPlan(y, x)
	w.Set(plan.Forward())
	expect(t, "a copy", w.Value(), .2, .4)
	plan.Forward()
	x.Set(vector(5, 6))
	plan.Forward()
	expect(t, "the leaf", w.Value(), .2, .4)
	expect(t, "the gradient", plan.Backward(vector(1, 1)).Of(x), .4, .8)
	w.Set(vector(1, 1))
	mustPanic(t, "autograd: Backward: Constant [2] was modified since the plan's Forward: call Forward again", func() { plan.Backward(vector(1, 1)) })
}

// A plan follows a leaf with NoRecord through Detach.
func TestPlanOfDetachedUnrecordedLeaf(t *testing.T) {
	x, w := autograd.Context{NoRecord: true}.Constant(vector(1, 2)), variable(3, 4)
	loss := func() *node { return x.Detach().Mul(w).Sum() }
	old := loss()
	plan := autograd.NewPlan(loss(), w)
	x.Set(vector(10, 20))
	expect(t, "the value", plan.Forward(), 110)
	expect(t, "the gradient", plan.Backward().Of(w), 10, 20)
	mustPanic(t, "autograd: Backward: Mul [2] is out of date: one of its inputs [Detach [2] Variable [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
		func() { autograd.Backward(old) })
	expect(t, "of a result", x.AddScalar(1).Detach().Mul(w).Value(), 33, 84)
}

// both is a view of its first input; the second may be the same.
type both struct{}

func (both) Name() string { return "Both" }

func (both) Forward(y *node) { y.Value().ViewLike(y.Input(0).Value()) }

func (both) VJP(_ *node, _ int, dy *node) *node { return dy }

// To find whether a view is out of date, one path to the leaf is followed, not all of them.
func TestViewsOfViews(t *testing.T) {
	leaf, w := autograd.Constant(vector(1, 2)), variable(3, 4)
	c := leaf
	for range 64 {
		c = autograd.Apply(both{}, c, c)
	}
	loss := c.Mul(w).Sum()
	expect(t, "the gradient", autograd.Backward(loss).Of(w), 1, 2)
	leaf.Value().Fill(7)
	mustPanic(t, "autograd: Backward: Mul [2] is out of date: one of its inputs [Both [2] Variable [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)",
		func() { autograd.Backward(loss) })
}

// A run with a seed allocates nothing.
func TestPlanBackwardOfSeedNeedsNoMemory(t *testing.T) {
	w, seed := variable(1, 2), vector(1, 1)
	plan := autograd.NewPlan(w.Square(), w)
	if n := testing.AllocsPerRun(10, func() { plan.Forward(); plan.Backward(seed) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A plan has all the memory that it runs in before its first run.
func TestPlanHasItsMemory(t *testing.T) {
	const n = 1 << 16
	w := autograd.Variable(tensor.Full(1, n))
	plan := autograd.NewPlan(w.Tanh().Square().Tanh().Square().Sum(), w)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	plan.Forward()
	plan.Backward()
	runtime.ReadMemStats(&after)
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 8*n/2 {
		t.Errorf("the first run takes %d bytes", bytes)
	}
}

// If a plan can't be made, the graph is left as it was.
func TestGraphAfterRefusedPlan(t *testing.T) {
	w := variable(3, 4)
	bad := autograd.Apply(&returning{"Bad", func(y, _ *node) *node { return autograd.Constant(vector(1, 1)) }}, w.Square())
	loss := bad.Sum()
	good := bad.Scale(2)
	const refused = "autograd: NewPlan: the VJP of Bad made the Constant [2], which would not follow the data: compute it by operations, or keep it in Forward"
	mustPanic(t, refused, func() { autograd.NewPlan(loss, w) })
	expect(t, "the value", loss.Value(), 25)
	expect(t, "the gradient", autograd.Backward(loss).Of(w), 6, 8)
	plan := autograd.NewPlan(good)
	plan.Forward()
	mustPanic(t, refused, func() { autograd.NewPlan(loss, w) })
	expect(t, "what another plan had", bad.Value(), 9, 16)
	expect(t, "which takes it back", plan.Forward(), 18, 32)
}

// A plan prints the same before it has run.
func TestPlanStringBeforeForward(t *testing.T) {
	loss, parameters, _, _, _ := net(2)
	plan := autograd.NewPlan(loss, parameters...)
	before := plan.String()
	plan.Forward()
	plan.Backward()
	if after := plan.String(); before != after {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// A rule sees the context of the loss in dy.
func TestContextOfSeed(t *testing.T) {
	rule := &returning{"Trained", func(_, dy *node) *node {
		if dy.Context().Training {
			return dy.Scale(2)
		}
		return dy
	}}
	w := variable(3)
	loss := func() *node {
		return autograd.Apply(rule, w.Mul(autograd.Context{Training: true}.Constant(tensor.Scalar(1))))
	}
	plan := autograd.NewPlan(loss(), w)
	plan.Forward()
	expect(t, "by a plan", plan.Backward().Of(w), 2)
	expect(t, "on the heap", autograd.Backward(loss(), w).Of(w), 2)
}

// A traversal leaves nothing behind for the next one, even if the loss reaches none of the nodes asked
// for.
func TestTraversalsFollow(t *testing.T) {
	x, other := variable(2), variable(1)
	for range 3 {
		expect(t, "of what is not reached", autograd.Backward(x.Square(), other).Of(other), 0)
		expect(t, "of a longer chain", autograd.Backward(x.Square().Square().Square(), x).Of(x), 8*128)
	}
	var nilNode *node
	y := x
	for range 20 {
		y = y.Neg()
	}
	mustPanic(t, "autograd: Of: the node is a nil or zero Node", func() { autograd.Backward(y).Of(nilNode) })
}

// Zero values are empty, and panic if more is needed.
func TestZeroValues(t *testing.T) {
	if zero := new(autograd.Node); zero.Name() != "" || zero.Made() != "" || zero.Named("b").Named("a").Name() != "a" {
		t.Error("a zero Node has a name or a place")
	}
	if got := new(autograd.Plan).String(); got != "a Plan that could not be made" {
		t.Errorf("a zero Plan is %q", got)
	}
	for want, f := range map[string]func(){
		"Keep: a nil or zero Node keeps 0 values; there is no value 0": func() { new(autograd.Node).Keep(0) },
		"Keep: the node is a nil or zero Node":                         func() { new(autograd.Plan).Keep() },
		"Forward: the plan could not be made":                          func() { new(autograd.Plan).Forward() },
		"Apply: the operation is nil":                                  func() { new(autograd.Function).Of(variable(1)) },
		"Scale: the gradients are nil":                                 func() { (*autograd.Gradients)(nil).Scale(2) },
		"All: the gradients are nil":                                   func() { (*autograd.Gradients)(nil).All() },
	} {
		mustPanic(t, "autograd: "+want, f)
	}
	mustPanic(t, "autograd: Apply: the operation is nil", func() { new(autograd.Function2).Of(variable(1), variable(1)) })
	mustPanic(t, "autograd: NewGradients: the gradient of Variable [1] = 2 shares memory with another one, or with the value of a node", func() {
		both := vector(1, 2)
		autograd.NewGradients(map[*node]*tensor.Tensor{variable(1): both.Slice(0, 0, 1), variable(2): both.Slice(0, 0, 1)})
	})
}

// If a part of a graph can't be in a plan, the rest is left as it was, too.
func TestGraphAfterRefusedPart(t *testing.T) {
	w := variable(3, 4)
	good := w.Square()
	unrecorded := autograd.Context{NoRecord: true}.Constant(vector(1, 1)).Exp()
	plan := autograd.NewPlan(w.Sum())
	mustPanic(t, "autograd: NewPlan: Exp [2] was not recorded, since the context of its input Constant [2] has NoRecord",
		func() { plan.Keep(good, unrecorded) })
	expect(t, "the value", good.Value(), 9, 16)
	expect(t, "the gradient", autograd.Backward(good.Sum()).Of(w), 6, 8)
}

// What a refused plan has computed anew is up to date.
func TestGraphAfterRefusedPlanIsCurrent(t *testing.T) {
	w := variable(3, 4)
	bad := autograd.Apply(&returning{"Bad", func(y, _ *node) *node { return autograd.Constant(vector(1, 1)) }}, w.Square())
	loss := bad.Sum()
	w.Set(vector(1, 2))
	mustPanic(t, "autograd: NewPlan: the VJP of Bad made the Constant [2], which would not follow the data: compute it by operations, or keep it in Forward",
		func() { autograd.NewPlan(loss, w) })
	expect(t, "the value", loss.Value(), 5)
	expect(t, "the gradient", autograd.Backward(loss).Of(w), 2, 4)
}

// What a plan gave stays as it was for whoever has it when another plan takes the node, until the first
// plan runs again.
func TestPlanLeavesWhatItGave(t *testing.T) {
	t.Parallel()
	w, x, z := variable(.5, .5, .5), autograd.Constant(vector(1, 2, 3)), autograd.Constant(tensor.New(3))
	h := x.Mul(w)
	square := h.Square()
	encoder, decoder := autograd.NewPlan(h), autograd.NewPlan(z.Scale(2))
	z.Set(encoder.Forward())
	expect(t, "the code", decoder.Forward(), 1, 2, 3)
	score := autograd.NewPlan(h.Exp().Neg().AddScalar(1).Sum()) // of the same h
	for range 2 {
		score.Forward()
		expect(t, "the leaf", z.Value(), .5, 1, 1.5)
		expect(t, "the code again", decoder.Forward(), 1, 2, 3)
	}
	encoder.Keep(square)
	expect(t, "the code, when the first plan is made anew", decoder.Forward(), 1, 2, 3)
	x.Set(vector(2, 4, 6))
	z.Set(encoder.Forward())
	expect(t, "another code", decoder.Forward(), 2, 4, 6)

	y := vector(1, 2)
	value := autograd.Variable(y).Exp()
	had := autograd.Constant(value.Value())
	autograd.NewPlan(value.Neg().Exp()).Forward()
	if !had.Value().IsEmpty() {
		t.Errorf("a tensor whose memory the plan has freed holds %v", had.Value())
	}
	had.Set(y) // any shape will do, as it has none
	expect(t, "the leaf", had.Value(), 1, 2)
}

// A sometimes is a copy of its input, or a view.
type sometimes struct{ view *bool }

func (sometimes) Name() string { return "Sometimes" }

func (op sometimes) Forward(y *node) {
	if x := y.Input(0).Value(); *op.view {
		y.Value().ViewLike(x)
	} else {
		y.Value().Copy(x)
	}
}

func (sometimes) VJP(_ *node, _ int, dy *node) *node { return dy }

func TestPlanOfViewThatWasNone(t *testing.T) {
	t.Parallel()
	var view bool
	f := func() *node {
		y := autograd.Apply(sometimes{&view}, variable(1, 2, 3).Tanh())
		return y.Exp().Neg().Add(y)
	}
	plan := autograd.NewPlan(f())
	view = true
	mustPanic(t, "autograd: Forward: Sometimes [3], or what it keeps, was not a view when the plan was made: it can't become one", func() { plan.Forward() })
	want := f()
	plan = autograd.NewPlan(f())
	view = false // which does no harm
	if got := plan.Forward(); !sameBits(got, want.Value()) {
		t.Errorf("got %v, want %v", got, want.Value())
	}
}

// The caller gets the gradients of computed nodes, however large they are.
func TestGradientOfLargeComputedNode(t *testing.T) {
	t.Parallel()
	w := autograd.Variable(tensor.Arange(1000))
	z := w.Square()
	y := z.Scale(3)
	grads := autograd.Backward(y.Square().Sum())
	for i, x := range w.Value().Data() {
		if got, want := grads.Of(z).At(i), float64(6*(3*(x*x))); got != want {
			t.Fatalf("∂L/∂z of %v is %v, want %v", x, got, want)
		}
	}
}
