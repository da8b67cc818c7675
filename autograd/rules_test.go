package autograd_test

import (
	"fmt"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Tests of operations of a user's own, and of what their rules may do.

// An operation of a user that == can't compare, and one that holds such a thing.
type opaque struct{ factors []float64 }

func (opaque) Name() string { return "Opaque" }

func (op opaque) Forward(y *node) { y.Value().Scale(op.factors[0], y.Input(0).Value()) }

func (op opaque) VJP(y *node, i int, dy *node) *node { return autograd.Apply(op, dy) }

type wrapper struct{ autograd.Op }

func TestOpsThatCannotBeCompared(t *testing.T) {
	w := autograd.Variable(vector(1))
	tape := new(autograd.Tape)
	for i := range 4 {
		for _, op := range []autograd.Op{opaque{[]float64{float64(i)}}, wrapper{opaque{[]float64{float64(i)}}}, &wrapper{opaque{[]float64{float64(i)}}}} {
			expect(t, fmt.Sprintf("%T", op), autograd.Backward(autograd.Apply(op, tape.Use(w)).Sum()).Of(w), float64(i))
		}
		tape.Reset()
	}
}

// A node's Op serves elsewhere: it does not change there when the node's place is used
// for something else.
func TestOpAppliedElsewhere(t *testing.T) {
	w := autograd.Variable(vector(1, 2, 3))
	tape := new(autograd.Tape)
	for i := range 4 {
		x := tape.Use(w)
		a := x.Scale(float64(i))
		b := autograd.Apply(a.Op(), x)
		c := x.Scale(float64(10 * i))
		d := autograd.Apply(a.Op(), c)
		expect(t, "a", a.Value(), float64(i), float64(2*i), float64(3*i))
		expect(t, "b", b.Value(), float64(i), float64(2*i), float64(3*i))
		expect(t, "d", autograd.Backward(d.Sum()).Of(w), float64(10*i*i), float64(10*i*i), float64(10*i*i))
		tape.Reset()
		mixed := autograd.Apply((autograd.Variable(vector(1)).Scale(7)).Op(), tape.Use(w))
		x2 := tape.Use(w).Scale(3)
		expect(t, "mixed", mixed.Value(), 7, 14, 21)
		expect(t, "x2", x2.Value(), 3, 6, 9)
		tape.Reset()
	}
}

// An operation with no context of its own, whose VJP returns nil, an input, dy or a view.
type returning struct {
	name string
	vjp  func(y, dy *node) *node
}

func (r *returning) Name() string                       { return r.name }
func (r *returning) Forward(y *node)                    { y.Value().Copy(y.Input(0).Value()) }
func (r *returning) VJP(y *node, i int, dy *node) *node { return r.vjp(y, dy) }

func TestVJPMayReturn(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
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
			w := leaf(autograd.Variable(vector(5)))
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
		}
	})
}

// BackwardTo asks no rule for what leads nowhere.
func TestBackwardToAsksForNoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		calls := 0
		op := &returning{"counting", func(y, dy *node) *node { calls++; return dy }}
		w, v := leaf(autograd.Variable(vector(1))), leaf(autograd.Variable(vector(2)))
		y := autograd.Apply(op, w).Add(autograd.Apply(op, v)).Add(autograd.Apply(op, autograd.Constant(vector(1)))).Sum()
		for i, tt := range []struct {
			xs   []*node
			want int
		}{{nil, 0}, {[]*node{w}, 1}, {[]*node{v, w}, 2}} {
			calls = 0
			autograd.BackwardTo(y, tt.xs...)
			if calls != tt.want {
				t.Errorf("case %d: %d calls, want %d", i, calls, tt.want)
			}
		}
	})
}

// A rule sees the context of the loss, also where the tape remembers another.
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
	w := autograd.Variable(vector(1))
	tape := new(autograd.Tape)
	for i := range 6 {
		train := autograd.Context{Tape: tape, Training: true}.Constant(vector(0))
		test := tape.Constant(vector(0))
		y := autograd.Apply(contextual{}, tape.Use(w))
		losses := []*node{y.SquaredError(test), y.SquaredError(train)}
		expect(t, fmt.Sprint("round ", i), autograd.BackwardTo(losses[i%2], w).Of(w), float64(2-i%2))
		tape.Reset()
	}
}

// What Backward asks of a rule is not recorded; what Grad asks is.
func TestOnlyGradRecords(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		recorded := false
		op := &returning{"asking", func(y, dy *node) *node {
			dx := dy.Mul(y.Input(0))
			recorded = dx.NeedsGrad()
			return dx
		}}
		w := leaf(autograd.Variable(vector(1)))
		loss := autograd.Apply(op, w).Sum()
		for name, want := range map[string]bool{"Backward": false, "BackwardTo": false, "Grad": true} {
			switch name {
			case "Backward":
				autograd.Backward(loss)
			case "BackwardTo":
				autograd.BackwardTo(loss, w)
			default:
				autograd.Grad(loss, w)
			}
			if recorded != want {
				t.Errorf("%s: recorded %v", name, recorded)
			}
		}
	})
}

// An Adder that adds nothing, in rounds: its gradient is zero, of the right shape.
type silent struct{ autograd.Op }

func (silent) Name() string                           { return "Silent" }
func (silent) AddVJPs(_, _ *node, _ []*tensor.Tensor) {}
func (silent) VJP(y *node, i int, dy *node) *node     { return nil }
func (silent) Forward(y *node)                        { y.Value().Copy(y.Input(0).Value()) }

func TestAdderThatAddsNothing(t *testing.T) {
	w := autograd.Variable(tensor.Full(3, 1))
	tape := new(autograd.Tape)
	for range 4 {
		a := tape.Use(w).Sigmoid()
		grads := autograd.BackwardTo(autograd.Apply(silent{}, a), w, a)
		expect(t, "w", grads.Of(w), 0)
		expect(t, "a", grads.Of(a), 0)
		tape.Reset()
	}
}
