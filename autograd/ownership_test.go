package autograd_test

import (
	"runtime"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Who owns what: what a rule makes, what an Adder adds to, what a tape keeps.

// An Adder that makes a gradient a view of another would have later ones added to both.
type viewing struct{ *returning }

func (viewing) AddVJPs(y, dy *node, dx []*tensor.Tensor) {
	if dx[0].IsEmpty() {
		dx[0].View(dy.Value(), dy.Shape()...)
	} else {
		dx[0].Add(dx[0], dy.Value())
	}
}

func TestAdderMayNotView(t *testing.T) {
	for _, tape := range []*autograd.Tape{nil, {}, {Checked: true}} {
		ctx := autograd.Context{Tape: tape}
		w := autograd.Variable(vector(1, 2))
		y := autograd.Apply(viewing{&returning{name: "Viewing"}}, ctx.Constant(vector(3, 4)).Mul(w))
		mustPanic(t, "autograd: Viewing: AddVJPs made the gradient of input 0 a view; it must have memory of its own",
			func() { autograd.Backward(y.Sum()) })
	}
}

// A rule that returns a node a second time would have it changed in between.
type keeping struct{ kept *node }

func (*keeping) Name() string    { return "Keeping" }
func (*keeping) Forward(y *node) { y.Value().Add(y.Input(0).Value(), y.Input(1).Value()) }

func (k *keeping) VJP(y *node, i int, dy *node) *node {
	if i == 0 {
		k.kept = dy.Scale(1)
	}
	return k.kept
}

func TestRuleMayNotKeep(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		a, b := leaf(autograd.Variable(vector(1, 2))), leaf(autograd.Variable(vector(3, 4)))
		mustPanic(t, "autograd: Keeping: the VJP of input 1 returned a node that is gone: what a rule makes is returned once",
			func() { autograd.Backward(autograd.Apply(new(keeping), a, b).Sum()) })
	})
}

// A rule that returns a constant from the heap does not take what follows off the tape.
func TestRuleReturnsConstant(t *testing.T) {
	w, tape := autograd.Variable(vector(1, 2)), new(autograd.Tape)
	constant := &returning{"constant", func(y, dy *node) *node { return autograd.Constant(vector(5, 7)) }}
	for range 3 {
		x := tape.Use(w)
		dx := autograd.Grad(autograd.Apply(constant, x).Sum(), x)[0]
		if dx.Context().Tape != tape {
			t.Fatalf("%v is not on the tape", dx)
		}
		expect(t, "w", autograd.Backward(dx.Mul(x).Sum()).Of(w), 5, 7)
		tape.Reset()
	}
}

// An operation applied to more inputs than it reads leaves their gradients zero.
func TestMoreInputsThanRead(t *testing.T) {
	a, b, tape := autograd.Variable(vector(1, 2)), autograd.Variable(vector(3, 4)), new(autograd.Tape)
	for range 5 {
		y := autograd.Apply(a.Sigmoid().Op(), tape.Use(a), tape.Use(b))
		expect(t, "b", autograd.BackwardTo(y.Sum(), a, b).Of(b), 0, 0)
		tape.Reset()
	}
}

// A Forward that stops to set the value is noticed where the tape remembers the node.
func TestForwardStopsToSet(t *testing.T) {
	w, tape, op := autograd.Variable(vector(1)), new(autograd.Tape), &lazy{}
	for i := range 4 {
		if op.asleep = i == 3; op.asleep {
			mustPanic(t, "autograd: Lazy: its Forward did not set the value", func() { autograd.Apply(op, tape.Use(w)) })
			return
		}
		autograd.Apply(op, tape.Use(w))
		tape.Reset()
	}
}

type lazy struct{ asleep bool }

func (*lazy) Name() string                       { return "Lazy" }
func (*lazy) VJP(y *node, i int, dy *node) *node { return dy }
func (l *lazy) Forward(y *node) {
	if !l.asleep {
		y.Value().Copy(y.Input(0).Value())
	}
}

// An operation that panics on its attributes leaves nothing half made.
func TestPanicOnAttributes(t *testing.T) {
	w, tape := autograd.Variable(vector(1)), new(autograd.Tape)
	build := func() (err any) {
		defer func() { err = recover() }()
		tape.Constant(vector(2)).Reshape(make([]int, 17)...)
		return nil
	}
	for range 3 {
		if build() == nil {
			t.Fatal("no panic")
		}
		tape.Reset()
		c := tape.Constant(vector(2))
		d := tape.Constant(vector(3))
		if c.NumInputs() != 0 || d.NumInputs() != 0 {
			t.Errorf("Constants of %d and %d inputs", c.NumInputs(), d.NumInputs())
		}
		expect(t, "w", autograd.Backward(c.Mul(d).Mul(w).Sum()).Of(w), 6)
		tape.Reset()
	}
}

// The loss is a leaf, which Reset moves to the front of the tape.
func TestLossIsLeaf(t *testing.T) {
	w, v, tape := autograd.Variable(tensor.Scalar(5)), autograd.Variable(tensor.Scalar(6)), new(autograd.Tape)
	for i := range 4 {
		if i == 0 {
			tape.Constant(vector(1, 2))
		}
		grads := autograd.BackwardTo(tape.Use(w), w)
		var total autograd.Gradients
		total.Add(grads)
		expect(t, "w", grads.Of(w), 1)
		expect(t, "w in total", total.Of(w), 1)
		tape.Reset()
	}
	var total autograd.Gradients
	total.Add(autograd.BackwardTo(w, v)) // w is not asked for
	expect(t, "w in total", total.Of(w), 0)
}

// AppendOf is Of of each node, whatever BackwardTo was given.
func TestAppendOf(t *testing.T) {
	a, b, far := autograd.Variable(vector(1)), autograd.Variable(vector(2)), autograd.Variable(vector(3, 4))
	for _, tape := range []*autograd.Tape{nil, {}, {Checked: true}} {
		ctx := autograd.Context{Tape: tape}
		for range 3 {
			x := ctx.Constant(vector(10)).Mul(a).Mul(b).Sum()
			for _, grads := range []*autograd.Gradients{
				autograd.BackwardTo(x, a, b, far), autograd.BackwardTo(x, far, b, a), autograd.BackwardTo(x, b, far, a, a), autograd.Backward(x),
			} {
				for _, xs := range [][]*node{{a, b, far}, {far, b, a}, {b}, {a, a}, {}, {far}} {
					got := grads.AppendOf(nil, xs...)
					if len(got) != len(xs) {
						t.Fatalf("%d gradients of %d nodes", len(got), len(xs))
					}
					for i, x := range xs {
						if !sameBits(got[i], grads.Of(x)) {
							t.Errorf("%d of %v: %v, want %v", i, xs, got[i], grads.Of(x))
						}
					}
				}
			}
			if tape != nil {
				tape.Reset()
			}
		}
	}
}

// Gradients that add up may be asked of a Variable as a tape shows it.
func TestTotalOfVariableOnTape(t *testing.T) {
	w, tape := autograd.Variable(vector(1, 2)), new(autograd.Tape)
	var total autograd.Gradients
	for range 3 {
		total.Add(autograd.BackwardTo(tape.Use(w).Square().Sum(), w))
		tape.Reset()
	}
	expect(t, "w", total.Of(tape.Use(w)), 6, 12)
	expect(t, "w", total.Of(w), 6, 12)
}

// On the heap, the result of BackwardTo keeps the gradients that were asked for, and
// nothing else alive.
func TestMemoryOfBackwardTo(t *testing.T) {
	const n, links = 1 << 16, 30
	w := autograd.Variable(tensor.New(n))
	live := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := live()
	grads := func() *autograd.Gradients {
		x := w
		for range links {
			x = x.Sigmoid()
		}
		return autograd.BackwardTo(x.Sum(), w)
	}()
	if kept := live() - before; kept > 8*n*3 {
		t.Errorf("the gradient of %d bytes keeps %d alive", 8*n, kept)
	}
	runtime.KeepAlive(grads)
}

func TestMarkOfAnotherTape(t *testing.T) {
	a, b := new(autograd.Tape), new(autograd.Tape)
	b.Constant(vector(1))
	mustPanic(t, "autograd: Release: this mark is of another tape", func() { b.Release(a.Mark()) })
}

// The memory of a tape grows with the number of losses, not with its square.
func TestMemoryOfManyLosses(t *testing.T) {
	perLoss := func(losses int) float64 {
		var before, after runtime.MemStats
		w, tape := autograd.Variable(vector(1, 2)), new(autograd.Tape)
		runtime.ReadMemStats(&before)
		for i := range losses {
			autograd.BackwardTo(tape.Constant(vector(1, float64(i))).Mul(w).Sigmoid().Sum(), w)
		}
		runtime.ReadMemStats(&after)
		return float64(after.TotalAlloc-before.TotalAlloc) / float64(losses)
	}
	few, many := perLoss(100), perLoss(3000)
	if many > 2*few {
		t.Errorf("%.0f bytes for each of 100 losses, %.0f for each of 3000", few, many)
	}
}
