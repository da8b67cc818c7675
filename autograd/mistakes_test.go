package autograd_test

import (
	"sync"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A gate lets its input through or not; while shut its AddVJPs adds nothing.
type gate struct{ open bool }

func (*gate) Name() string { return "Gate" }

func (g *gate) Forward(y *node) {
	y.Value().Scale(map[bool]float64{true: 1}[g.open], y.Input(0).Value())
}

func (g *gate) VJP(y *node, i int, dy *node) *node {
	if !g.open {
		return nil
	}
	return dy
}

func (g *gate) AddVJPs(y, dy *node, dx []*tensor.Tensor) {
	switch {
	case !g.open:
	case dx[0].IsEmpty():
		dx[0].Copy(dy.Value())
	default:
		dx[0].Add(dx[0], dy.Value())
	}
}

// An operation whose attributes change keeps its promises in every round.
func TestGateShutsLater(t *testing.T) {
	w, g, tape := autograd.Variable(vector(1)), &gate{true}, new(autograd.Tape)
	for i := range 6 {
		g.open = i < 4
		loss := autograd.Apply(g, tape.Use(w)).SquaredError(tape.Constant(vector(0)))
		want := 0.0
		if g.open {
			want = 1
		}
		expect(t, "w", autograd.BackwardTo(loss, w).Of(w), want)
		tape.Reset()
	}
}

// Goroutines may ask one Gradients at a time, in any order.
func TestOfFromManyGoroutines(t *testing.T) {
	a, b := autograd.Variable(vector(1, 2)), autograd.Variable(vector(3, 4))
	grads := autograd.BackwardTo(a.Mul(b).Sum(), a, b)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 100 {
				expect(t, "b", grads.Of(b), 1, 2)
				expect(t, "a", grads.Of(a), 3, 4)
			}
		})
	}
	wait.Wait()
}

// Asked for twice, a Variable does not stand in for another that was not asked for.
func TestAskedTwice(t *testing.T) {
	a, b := autograd.Variable(vector(1)), autograd.Variable(vector(2))
	for _, tape := range []*autograd.Tape{nil, new(autograd.Tape)} {
		x := a
		if tape != nil {
			x = tape.Use(a)
		}
		var total autograd.Gradients
		total.Add(autograd.BackwardTo(x.Mul(b).Sum(), a, a))
		expect(t, "a", total.Of(a), 2)
		expect(t, "b", total.Of(b), 0)
	}
}

func TestTotalHasVariablesAlone(t *testing.T) {
	w := autograd.Variable(vector(1, 2))
	z := w.Scale(2)
	var total autograd.Gradients
	total.Add(autograd.Backward(z.Square().Sum()))
	expect(t, "w", total.Of(w), 8, 16)
	mustPanic(t, "autograd: Of: Scale [2] is not a Variable: Add keeps the gradients of Variables alone", func() { total.Of(z) })
}

// An Op taken from a tape is the caller's: the tape uses it for nothing else.
func TestOpOutlivesItsTape(t *testing.T) {
	w, tape := autograd.Variable(vector(1, 2)), new(autograd.Tape)
	h := autograd.Apply(tape.Use(w).Scale(3).Op(), w)
	for range 3 {
		tape.Reset()
		tape.Use(w).Scale(7)
	}
	expect(t, "h", h.Value(), 3, 6)
	expect(t, "w", autograd.Backward(h.Sum()).Of(w), 3, 3)
}

func TestNilMistakes(t *testing.T) {
	w := autograd.Variable(vector(1))
	for text, f := range map[string]func(){
		"autograd: Use: the node is nil":                               func() { new(autograd.Tape).Use(nil) },
		"autograd: Apply: the operation is nil":                        func() { autograd.Apply(nil, w) },
		"autograd: Add: the gradients to add are nil":                  func() { new(autograd.Gradients).Add(nil) },
		"autograd: Of: the gradients are nil":                          func() { (*autograd.Gradients)(nil).Of(w) },
		"autograd: Variable: the tensor is empty: it has no shape yet": func() { autograd.Variable(new(tensor.Tensor)) },
		"tensor: Add: operand is nil":                                  func() { new(tensor.Tensor).Add(w.Value(), nil) },
	} {
		mustPanic(t, text, f)
	}
}
