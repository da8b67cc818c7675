package autograd_test

import (
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"weak"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// What was computed before must be given to a Checkpoint, which could not compute it again.
func TestCheckpointRefusesComputedNodes(t *testing.T) {
	x, w := variable(1, -2), variable(3, 4)
	mask := x.Gt(number(0))
	f := func(mask *node) autograd.Func { return func(xs ...*node) *node { return xs[0].Mul(mask) } }
	refused := "autograd: Checkpoint: the function uses Gt [2], which is not among its nodes: pass it too"
	mustPanic(t, refused, func() { autograd.Checkpoint(f(mask), w) })
	mustPanic(t, refused, func() { autograd.Checkpoint(func(...*node) *node { return mask }, w) })
	mustPanic(t, refused, func() { autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(mask.Scale(2).Flip(0)) }, w) })
	unrecorded := autograd.Context{NoRecord: true}.Constant(vector(5, 6)).Scale(2)
	mustPanic(t, "autograd: Checkpoint: the function uses Scale [2], which is not among its nodes: pass it too", func() { autograd.Checkpoint(f(unrecorded), w) })
	for _, c := range []*node{autograd.Constant(vector(10, 12)), unrecorded.Detach()} {
		everywhere(t, "a constant", autograd.Checkpoint(f(c), w).Sum(), w, 10, 12)
	}
	everywhere(t, "given", autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(xs[1]) }, w, mask).Sum(), w, 1, 0)
}

// The first call of a Checkpoint's function is not recorded, so there are no gradients in it.
func TestCheckpointRefusesGradients(t *testing.T) {
	mustPanic(t, "autograd: Grad: Sum [] = 5 was not recorded, since the context of its input Constant in a Checkpoint [2] has NoRecord", func() {
		autograd.Checkpoint(func(xs ...*node) *node { return autograd.Grad(xs[0].Square().Sum(), xs[0])[0] }, variable(1, 2))
	})
}

// A Checkpoint notes each node that its function computes from constants once: memory grows as their number
// does, not as its square.
func TestCheckpointOfConstants(t *testing.T) {
	of := func(n int) int {
		return allocated(func() {
			autograd.Checkpoint(func(xs ...*node) *node {
				c, y := number(1), xs[0]
				for range n {
					c = c.Scale(.5)
					y = y.Add(c)
				}
				return y
			}, variable(1))
		})
	}
	if few, many := of(500), of(2000); many > 6*few {
		t.Errorf("500 nodes take %d bytes, 2000 take %d", few, many)
	}
}

// A Checkpoint keeps no intermediate value while its function runs on.
func TestCheckpointFreesValues(t *testing.T) {
	autograd.Checkpoint(func(xs ...*node) *node {
		y := xs[0].Exp()
		first := weak.Make(y)
		y = y.Scale(2).Scale(3)
		if runtime.GC(); first.Value() != nil {
			t.Error("a value is kept that nothing uses any more")
		}
		return y
	}, variable(1))
}

// A Checkpoint that gives another value when it is computed again panics.
func TestCheckpointSeesOtherValues(t *testing.T) {
	w, c := variable(3, 4), autograd.Constant(vector(1, 2))
	y := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(c) }, w)
	c.Value().Scale(c.Value(), 2)
	changed := "autograd: Checkpoint: recomputed, Checkpoint [2] has another value: the function uses something that changes and is not among its nodes"
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
	mustPanic(t, "autograd: Checkpoint: recomputed, Checkpoint [2] has another value: the function uses something that changes and is not among its nodes",
		func() { autograd.Backward(y.Sum()) })
	runs := 0
	y = autograd.Checkpoint(func(xs ...*node) *node {
		runs++
		return xs[0].Reshape([][]int{{2}, {2, 1}}[runs-1]...)
	}, w)
	mustPanic(t, "autograd: Checkpoint: recomputed, Checkpoint [2] has another value: the function uses something that changes and is not among its nodes",
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

// A recomputation is not observed, whichever contexts meet, nor is the making of a plan.
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

// Grad recomputes a Checkpoint once, however many inputs it has, and each hook in it sees one gradient.
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

// The gradients of a Checkpoint have the bits that they would have without it, −0 included.
func TestCheckpointKeepsZeros(t *testing.T) {
	x := variable(-1, 2)
	f := func(xs ...*node) *node { return xs[0].ReLU().Neg() }
	want := autograd.Backward(f(x).Sum()).Of(x)
	loss := autograd.Checkpoint(f, x).Sum()
	got := map[string]*tensor.Tensor{"Backward": autograd.Backward(loss).Of(x), "Grad": autograd.Grad(loss, x)[0].Value()}
	plan := autograd.NewPlan(loss, x)
	plan.Forward()
	got["Plan"] = plan.Backward().Of(x)
	for what, dx := range got {
		if !sameBits(dx, want) {
			t.Errorf("%s gives %v, without a Checkpoint it is %v", what, dx, want)
		}
	}
}

// A hook may keep what it sees, which is not the gradient that Backward returns.
func TestHookMayKeepWhatItSees(t *testing.T) {
	var seen *tensor.Tensor
	x := variable(1, 2)
	loss := x.Hook(func(grad *tensor.Tensor) { seen = grad }).Square().Sum()
	for _, g := range []*autograd.Gradients{autograd.Backward(loss), autograd.Backward(loss, x)} {
		seen.Fill(9)
		expect(t, "the gradient", g.Of(x), 2, 4)
	}
}

// Detach of an unrecorded node has the node's context, except for NoRecord.
func TestDetachOfUnrecorded(t *testing.T) {
	x := autograd.Context{NoRecord: true, Training: true, Positions: true}.Constant(vector(1)).Exp()
	y := x.Detach()
	if c := y.Context(); c.NoRecord || !c.Training || !c.Positions {
		t.Errorf("context %+v", c)
	}
	if made := y.Made(); !strings.HasPrefix(made, "checkpoint_test.go:") {
		t.Errorf("made at %q", made)
	}
}
