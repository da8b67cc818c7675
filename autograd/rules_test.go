package autograd_test

import (
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Tests of operations of a user's own, and of what their rules may do.

// opaque is a user's operation that == can't compare.
type opaque struct{ factors []float64 }

func (opaque) Name() string { return "Opaque" }

func (op opaque) Forward(y *node) { y.Value().Scale(y.Input(0).Value(), op.factors[0]) }

func (op opaque) VJP(y *node, i int, dy *node) *node { return autograd.Apply(op, dy) }

// returning is the identity with a VJP that may return nil, an input, dy or a view.
type returning struct {
	name string
	vjp  func(y, dy *node) *node
}

func (r *returning) Name() string                       { return r.name }
func (r *returning) Forward(y *node)                    { y.Value().Copy(y.Input(0).Value()) }
func (r *returning) VJP(y *node, i int, dy *node) *node { return r.vjp(y, dy) }

// Functions of numbers say that they are pointwise; other operations do not.
func TestPointwiseSaysSo(t *testing.T) {
	x := variable(1)
	for want, ys := range map[bool][]*node{true: {x.Exp(), x.Sin(), x.Add(x), x.Hypot(x)}, false: {x.Sum(), x.Reshape(1, 1)}} {
		for _, y := range ys {
			if p, ok := y.Op().(interface{ Pointwise() bool }); (ok && p.Pointwise()) != want {
				t.Errorf("%v: pointwise is %v", y, !want)
			}
		}
	}
}

// The operations that a method is made of have names, too.
func TestNamesOfParts(t *testing.T) {
	x, index := variable(1, 2), autograd.Constant(vector(1, 0))
	for name, y := range map[string]*node{
		"ScatterAdd places": x.ScatterAdd(0, index, x), "Scatter places": x.Scatter(0, index, x),
		"SELU": x.SELU(), "LeakyReLU": x.LeakyReLU(.1), "Hardtanh": x.ReLU6(), "Sinc": x.Sinc(), "Sinc′": autograd.Grad(x.Sinc().Sum(), x)[0],
	} {
		if !slices.ContainsFunc(autograd.Graph(y), func(y *node) bool { return y.Op() != nil && y.Op().Name() == name }) {
			t.Errorf("%v has no %s", y, name)
		}
	}
}

// A rule may pad with zeros, also in a plan: they are not a constant that the rule makes.
func TestRuleMayPad(t *testing.T) {
	x := variable(1, 2, 3)
	same := &returning{"Same", func(_, dy *node) *node { return dy.Slice(0, 0, 1).Pad(0, 0, 2, 0) }}
	everywhere(t, "the first alone", autograd.Apply(same, x).Sum(), x, 1, 0, 0)
}

// A list may be changed after it was passed.
func TestListsAreCopied(t *testing.T) {
	x := autograd.Variable(tensor.Rows([][]float64{{1, 2, 3}, {4, 5, 6}}))
	for name, c := range map[string]struct {
		f           func(list []int) *node
		list, other []int
	}{
		"Sum":         {func(axes []int) *node { return x.Sum(axes...) }, []int{0}, []int{1}},
		"Mean":        {func(axes []int) *node { return x.Mean(axes...) }, []int{0}, []int{1}},
		"Max":         {func(axes []int) *node { return x.Max(axes...) }, []int{0}, []int{1}},
		"BroadcastTo": {func(shape []int) *node { return x.BroadcastTo(shape...) }, []int{2, 2, 3}, []int{1, 2, 3}},
		"SumTo":       {func(shape []int) *node { return x.SumTo(shape...) }, []int{1, 3}, []int{2, 1}},
		"Reshape":     {func(shape []int) *node { return x.Reshape(shape...) }, []int{3, 2}, []int{1, 6}},
		"Transpose":   {func(perm []int) *node { return x.Transpose(perm...) }, []int{1, 0}, []int{0, 1}},
	} {
		list := slices.Clone(c.list)
		y := c.f(list)
		loss := y.Square().Sum()
		want := autograd.Backward(loss).Of(x)
		copy(list, c.other)
		again, value := autograd.Backward(loss).Of(x), y.Value().Clone()
		plan := autograd.NewPlan(loss, x).Keep(y)
		plan.Forward()
		if got := plan.Backward().Of(x); !sameBits(again, want) || !sameBits(got, want) || !sameBits(y.Value(), value) {
			t.Errorf("%s: %v, %v by a plan, want %v", name, again, got, want)
		}
	}
	w, other := variable(1, 2), variable(3, 4)
	xs := []*node{w}
	plan := autograd.NewPlan(w.Mul(other).Sum(), xs...)
	xs[0] = other
	plan.Keep(other).Forward()
	expect(t, "NewPlan", plan.Backward().Of(w), 3, 4)
}

func TestVJPMayReturn(t *testing.T) {
	for _, r := range []struct {
		op   returning
		want float64
	}{
		{returning{"nil", func(y, dy *node) *node { return nil }}, 0},
		{returning{"dy", func(y, dy *node) *node { return dy }}, 2},
		{returning{"input", func(y, dy *node) *node { return y.Input(0) }}, 5},
		{returning{"result", func(y, dy *node) *node { return y }}, 5},
		{returning{"view of dy", func(y, dy *node) *node { return dy.Reshape(1, 1).Reshape(1) }}, 2},
		{returning{"view of the input", func(y, dy *node) *node { return y.Input(0).Reshape(1, 1).Reshape(1) }}, 5},
		{returning{"its own", func(y, dy *node) *node { return dy.Scale(3) }}, 6},
		{returning{"view of its own", func(y, dy *node) *node { return dy.Scale(3).Reshape(1, 1).Reshape(1) }}, 6},
		{returning{"a constant", func(y, dy *node) *node { return autograd.Constant(vector(4)) }}, 4},
	} {
		w := autograd.Variable(vector(5))
		a := w.Scale(1)
		y := autograd.Apply(&r.op, a)
		z := y.Scale(2)
		loss := z.Sum()
		grads := autograd.Backward(loss)
		expect(t, r.op.name, grads.Of(w), r.want)
		expect(t, r.op.name+" by Grad", autograd.Grad(loss, w)[0].Value(), r.want)
		mustBeApart(t, []*tensor.Tensor{grads.Of(w), grads.Of(a), grads.Of(y), grads.Of(z)},
			[]*tensor.Tensor{grads.Of(w), grads.Of(a), grads.Of(y), grads.Of(z), w.Value(), a.Value(), y.Value(), z.Value()},
			[]string{"dw", "da", "dy", "dz", "w", "a", "y", "z"})
		again := autograd.Backward(loss)
		expect(t, r.op.name+" again", again.Of(w), r.want)
		plan := autograd.NewPlan(loss, w)
		for range 2 {
			plan.Forward()
			expect(t, r.op.name+" by a plan", plan.Backward().Of(w), r.want)
		}
	}
}

// Only the gradient of an input that was broadcast is summed to the input's shape.
type notBroadcast struct{ *returning }

func (notBroadcast) Broadcasts() bool { return false }

type isBroadcast struct{ *returning }

func (isBroadcast) Broadcasts() bool { return true }

func TestOnlyBroadcastersAreSummed(t *testing.T) {
	other := &returning{"Other", func(y, dy *node) *node { return autograd.Constant(tensor.New(2, 2)) }}
	mustPanic(t, "autograd: Other: the VJP of input 0 has shape [2 2], the input has [3]", func() {
		autograd.Backward(autograd.Apply(isBroadcast{other}, variable(1, 2, 3)).Sum())
	})
	larger := &returning{"Larger", func(y, dy *node) *node { return dy.BroadcastTo(2, 3) }}
	for _, op := range []autograd.Op{larger, notBroadcast{larger}} {
		y := autograd.Apply(op, variable(1, 2, 3)).Sum()
		mustPanic(t, "autograd: Larger: the VJP of input 0 has shape [2 3], the input has [3]", func() { autograd.Backward(y) })
	}
}

// Backward for some nodes asks no rule that does not lead to them.
func TestBackwardAsksForNoMore(t *testing.T) {
	calls := 0
	op := &returning{"counting", func(y, dy *node) *node { calls++; return dy }}
	w, v := variable(1), variable(2)
	y := autograd.Apply(op, w).Add(autograd.Apply(op, v)).Add(autograd.Apply(op, autograd.Constant(vector(1)))).Sum()
	for i, tt := range []struct {
		xs   []*node
		want int
	}{{nil, 2}, {[]*node{w}, 1}, {[]*node{v, w}, 2}, {[]*node{variable(1)}, 0}} {
		calls = 0
		autograd.Backward(y, tt.xs...)
		if calls != tt.want {
			t.Errorf("case %d: %d calls, want %d", i, calls, tt.want)
		}
	}
	calls = 0
	plan := autograd.NewPlan(y, w)
	for range 3 {
		plan.Forward()
		plan.Backward()
	}
	if calls != 1 {
		t.Errorf("a plan asked %d times", calls)
	}
}

// A rule sees the context of the loss.
type contextual struct{ autograd.Op }

func (contextual) Name() string    { return "Contextual" }
func (contextual) Forward(y *node) { y.Value().Copy(y.Input(0).Value()) }
func (contextual) VJP(y *node, i int, dy *node) *node {
	if dy.Scale(1).Context().Training {
		return dy
	}
	return dy.Scale(2)
}

func TestRuleSeesContextOfLoss(t *testing.T) {
	w := variable(1)
	y := autograd.Apply(contextual{}, w)
	test, train := autograd.Constant(vector(0)), autograd.Context{Training: true}.Constant(vector(0))
	expect(t, "test", autograd.Backward(y.SquaredError(test), w).Of(w), 2)
	expect(t, "training", autograd.Backward(y.SquaredError(train), w).Of(w), 1)
}

// What a rule computes is recorded for Grad, but not for Backward.
func TestOnlyGradRecords(t *testing.T) {
	recorded := false
	op := &returning{"asking", func(y, dy *node) *node {
		dx := dy.Mul(y.Input(0))
		recorded = dx.NeedsGrad()
		return dx
	}}
	w := variable(1)
	loss := autograd.Apply(op, w).Sum()
	autograd.Backward(loss)
	if recorded {
		t.Error("Backward records")
	}
	if autograd.Grad(loss, w); !recorded {
		t.Error("Grad does not record")
	}
}

// What an Adder may not do.
type adding struct {
	*returning
	add func(y *node, dy *tensor.Tensor, dx []*tensor.Tensor)
}

func (a adding) AddVJPs(y *node, dy *tensor.Tensor, dx []*tensor.Tensor) { a.add(y, dy, dx) }

func TestAdderMistakes(t *testing.T) {
	w := variable(1, 2)
	const what = "after AddVJPs the gradient of input 0 is empty, a view, or not of the input's shape [2]: its shape is "
	for want, add := range map[string]func(y *node, dy *tensor.Tensor, dx []*tensor.Tensor){
		what + "[2]": func(y *node, dy *tensor.Tensor, dx []*tensor.Tensor) { dx[0].View(dy, 2) },
		what + "[3]": func(y *node, dy *tensor.Tensor, dx []*tensor.Tensor) { dx[0].Copy(tensor.New(3)) },
		what + "[]":  func(y *node, dy *tensor.Tensor, dx []*tensor.Tensor) {},
	} {
		y := autograd.Apply(adding{&returning{name: "Adding"}, add}, w.Scale(1)).Sum()
		mustPanic(t, "autograd: Adding: "+want, func() { autograd.Backward(y) })
		mustPanic(t, "autograd: Adding: "+want, func() { autograd.NewPlan(y, w) })
	}
}

// A rule that returned a node a second time would return it with what was added in between.
type keeping struct{ kept *node }

func (*keeping) Name() string    { return "Keeping" }
func (*keeping) Forward(y *node) { y.Value().Add(y.Input(0).Value(), y.Input(1).Value()) }

func (k *keeping) VJP(y *node, i int, dy *node) *node {
	if i == 0 {
		k.kept = dy.Scale(2)
	}
	return k.kept
}

func TestRuleThatKeeps(t *testing.T) {
	y := autograd.Apply(new(keeping), variable(1, 2), variable(3, 4)).Sum()
	mustPanic(t, "autograd: Keeping: the VJP of input 1 returned a node that an earlier call had returned, and whose value is gone: each call must make its own", func() { autograd.Backward(y) })
}

// A Forward that does not set the value is noticed.
type lazy struct{}

func (lazy) Name() string                       { return "Lazy" }
func (lazy) VJP(y *node, i int, dy *node) *node { return dy }
func (lazy) Forward(y *node)                    {}

func TestForwardMustSet(t *testing.T) {
	mustPanic(t, "autograd: Lazy: its Forward did not set the value", func() { autograd.Apply(lazy{}, variable(1)) })
}

// A constant tensor that a rule returns is not taken over as a gradient, to which others are added.
func TestConstantsOfRulesAreNotTakenOver(t *testing.T) {
	for _, twice := range []bool{false, true} {
		own := vector(3, 4).Clone() // not a view
		x := variable(1, 2)
		y := autograd.Apply(&returning{"Constants", func(*node, *node) *node { return autograd.Constant(own) }}, x)
		if twice {
			y = y.Add(autograd.Apply(y.Op(), x))
		}
		grads := autograd.Backward(y.Sum(), x)
		grads.Scale(2)
		if own.At(0) != 3 || own.At(1) != 4 {
			t.Errorf("twice %v: the rule's tensor has become %v", twice, own)
		}
	}
}
