package optim_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

type goldenTensor struct {
	Shape []int
	Data  []float64
}

func (g goldenTensor) tensor() *tensor.Tensor { return tensor.FromSlice(g.Data, g.Shape...) }

type golden struct {
	X, T, W0, B0 goldenTensor
	Runs         map[string]struct {
		Config  struct{ LR, Momentum float64 }
		History []struct {
			Loss float64
			W, B []float64
		}
	}
	Exponential struct {
		Rate, Factor float64
		Rates        []float64
	}
}

func readGolden(t *testing.T) golden {
	t.Helper()
	text, err := os.ReadFile("testdata/torch.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(text, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

func TestGradientDescentAgainstPyTorch(t *testing.T) {
	t.Parallel()
	data := readGolden(t)
	if len(data.Runs) != 2 {
		t.Errorf("the file has %d runs, want one without and one with momentum", len(data.Runs))
	}
	for name, run := range data.Runs {
		t.Run(name, func(t *testing.T) {
			w, b := autograd.Variable(data.W0.tensor().Clone()), autograd.Variable(data.B0.tensor().Clone())
			o := optim.NewGradientDescent(run.Config.LR, w, b)
			o.Momentum = run.Config.Momentum
			for i, want := range run.History {
				loss := autograd.Constant(data.X.tensor()).Affine(w, b).SquaredError(autograd.Constant(data.T.tensor()))
				o.Step(autograd.Backward(loss))
				got := append([]float64{loss.Value().Item()}, append(w.Value().Data(), b.Value().Data()...)...)
				for k, want := range append([]float64{want.Loss}, append(want.W, want.B...)...) {
					if !(math.Abs(got[k]-want) <= 4e-15*(1+math.Abs(want))) {
						t.Fatalf("step %d: number %d of loss, w and b is %v, want %v", i, k, got[k], want)
					}
				}
			}
		})
	}
}

// variable returns a Variable of one element.
func variable(value float64) *autograd.Node { return autograd.Variable(tensor.Scalar(value)) }

// gradient returns Gradients in which that of w is g.
func gradient(w *autograd.Node, g float64) *autograd.Gradients {
	return autograd.Backward(w.Scale(g), w)
}

func TestGradientDescentByHand(t *testing.T) {
	t.Parallel()
	type step struct{ rate, momentum, gradient, want float64 }
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"no momentum", []step{{.5, 0, 2, 9}, {.5, 0, -4, 11}}},
		{"rate changes", []step{{.5, 0, 2, 9}, {.25, 0, 4, 8}, {0, 0, 4, 8}}},
		// v: 2, 1+2 = 3, 1.5+0 = 1.5
		{"momentum", []step{{1, .5, 2, 8}, {1, .5, 2, 5}, {1, .5, 0, 3.5}}},
		// v: 2, 3: the velocity does not depend on the rate.
		{"rate changes with momentum", []step{{1, .5, 2, 8}, {2, .5, 2, 2}}},
		{"momentum begins later", []step{{1, 0, 2, 8}, {1, .5, 2, 6}, {1, .5, 2, 3}}},
		{"a step without momentum stops", []step{{1, .5, 2, 8}, {1, 0, 1, 7}, {1, .5, 1, 6}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := variable(10)
			o := optim.NewGradientDescent(0, w)
			for i, s := range test.steps {
				o.LearningRate, o.Momentum = s.rate, s.momentum
				o.Step(gradient(w, s.gradient))
				if got := w.Value().Item(); got != s.want {
					t.Fatalf("after step %d w is %v, want %v", i, got, s.want)
				}
			}
		})
	}
}

func TestUnreachedParameter(t *testing.T) {
	t.Parallel()
	for _, momentum := range []float64{0, .9} {
		values := []float64{1.1, -2.2, 0, math.Copysign(0, -1), 1e300, 5e-324}
		w, unreached := variable(1), autograd.Variable(tensor.FromSlice(append([]float64{}, values...), len(values)))
		o := optim.NewGradientDescent(.1, w, unreached)
		o.Momentum = momentum
		for range 3 {
			o.Step(autograd.Backward(w.Square(), w, unreached))
			o.Step(autograd.Backward(w.Square()))
		}
		for i, want := range values {
			if got := unreached.Value().Data()[i]; math.Float64bits(got) != math.Float64bits(want) {
				t.Errorf("momentum %v: the loss does not reach %v, and it became %v", momentum, want, got)
			}
		}
		if w.Value().Item() >= 1 {
			t.Errorf("momentum %v: the parameter that the loss reaches stayed %v", momentum, w.Value())
		}
	}
}

// A parameter that is not the optimiser's stays, whatever its gradient.
func TestOtherParameter(t *testing.T) {
	t.Parallel()
	w, other := variable(1), variable(1)
	optim.NewGradientDescent(.5, w).Step(autograd.Backward(w.Add(other)))
	if w.Value().Item() != .5 || other.Value().Item() != 1 {
		t.Errorf("got %v and %v, want 0.5 and 1", w.Value(), other.Value())
	}
}

func TestDuplicateParameter(t *testing.T) {
	t.Parallel()
	for _, momentum := range []float64{0, .5} {
		w := variable(10)
		o := optim.NewGradientDescent(1, w, w)
		o.Momentum = momentum
		o.Step(autograd.Backward(w.Scale(2), w, w))
		if got := w.Value().Item(); got != 8 {
			t.Errorf("momentum %v: got %v, want one update, to 8", momentum, got)
		}
	}
}

func TestParametersAreCopied(t *testing.T) {
	t.Parallel()
	a, b := variable(1), variable(1)
	parameters := []*autograd.Node{a}
	o := optim.NewGradientDescent(.5, parameters...)
	parameters[0] = b
	o.Parameters()[0] = b
	o.Minimise(a.Add(b))
	if a.Value().Item() != .5 || b.Value().Item() != 1 {
		t.Errorf("got %v and %v, want 0.5 and 1", a.Value(), b.Value())
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	w, c, z := variable(1).Named("w"), autograd.Constant(tensor.New(2)), variable(1).Exp()
	for _, test := range []struct {
		name, want string
		f          func()
	}{
		{"none", "optim: NewGradientDescent: no parameters: there is nothing to update", func() { optim.NewGradientDescent(1) }},
		{"none, by a literal", "optim: Step: no parameters: a constructor takes them, such as NewGradientDescent",
			func() { new(optim.GradientDescent).Step(gradient(w, 1)) }},
		{"none, by a literal, to minimise", "optim: Step: no parameters: a constructor takes them, such as NewGradientDescent",
			func() { new(optim.GradientDescent).Minimise(w.Square()) }},
		{"nil", "optim: NewGradientDescent: parameter 1 is nil", func() { optim.NewGradientDescent(1, w, nil) }},
		{"the zero Node", "optim: NewGradientDescent: parameter 1 is a nil or zero Node; only a Variable can be updated",
			func() { optim.NewGradientDescent(1, w, new(autograd.Node)) }},
		{"constant", "optim: NewGradientDescent: parameter 0 is Constant [2]; only a Variable can be updated",
			func() { optim.NewGradientDescent(1, c) }},
		{"named constant", "optim: NewGradientDescent: parameter 0 is Constant mean [2]; only a Variable can be updated",
			func() { optim.NewGradientDescent(1, autograd.Constant(tensor.New(2)).Named("mean")) }},
		{"result", "optim: NewGradientDescent: parameter 0 is Exp [] = 2.718281828459045; only a Variable can be updated",
			func() { optim.NewGradientDescent(1, z) }},
		{"gradient not asked for", "autograd: Of: the gradient of Variable w [] = 1 was not asked for", func() {
			other := variable(1)
			optim.NewGradientDescent(1, w).Step(autograd.Backward(w.Mul(other), other))
		}},
		{"a copy", "optim: Step: the optimiser is a copy, which would use the settings of the original: it must not be copied", func() {
			o := *optim.NewAdam(1, w)
			o.Minimise(w.Square())
		}},
		{"no gradients", "autograd: Of: the gradients are nil", func() { optim.NewGradientDescent(1, w).Step(nil) }},
		{"no loss", "autograd: Backward: the node is a nil or zero Node", func() { optim.NewGradientDescent(1, w).Minimise(nil) }},
		{"a loss of two elements", "autograd: Backward: Mul [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)",
			func() { optim.NewGradientDescent(1, w).Minimise(w.Mul(c)) }},
		{"limit", "optim: ClipNorm: the limit is 0; it must be positive", func() { optim.ClipNorm(gradient(w, 1), 0) }},
		{"no gradients to clip", "optim: ClipNorm: the gradients are nil", func() { optim.ClipNorm(nil, 1) }},
		{"no gradients to clip, by value", "optim: ClipValue: the gradients are nil", func() { optim.ClipValue(nil, 1) }},
		{"limit NaN", "optim: ClipValue: the limit is NaN; it must be positive", func() { optim.ClipValue(gradient(w, 1), math.NaN()) }},
	} {
		t.Run(test.name, func(t *testing.T) { wantPanic(t, test.want, test.f) })
	}
}

// wantPanic calls f and checks the error that it panics with: its text, and that it is an
// *optim.Error if it says so.
func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(error)
		if _, own := err.(*optim.Error); !ok || err.Error() != want || own != strings.HasPrefix(want, "optim: ") {
			t.Errorf("got panic %v\nwant      %s", err, want)
		}
	}()
	f()
}

// A step that panics because a gradient is missing has changed nothing, nor does it change the next.
func TestMissingGradientChangesNothing(t *testing.T) {
	t.Parallel()
	for _, momentum := range []float64{0, .5} {
		a, b := variable(1), variable(2)
		o := optim.NewGradientDescent(1, a, b)
		o.Momentum = momentum
		versions := [2]uint32{a.Value().Version(), b.Value().Version()}
		func() {
			defer func() {
				if recover() == nil || a.Value().Item() != 1 || b.Value().Item() != 2 || [2]uint32{a.Value().Version(), b.Value().Version()} != versions {
					t.Errorf("a is %v, b %v", a.Value(), b.Value())
				}
			}()
			o.Step(autograd.Backward(a.Mul(b), a))
		}()
		o.Minimise(a.Mul(b)) // the gradients are 2 and 1
		if a.Value().Item() != -1 || b.Value().Item() != 1 {
			t.Errorf("momentum %v: then a is %v, b %v", momentum, a.Value(), b.Value())
		}
	}
}

// The update is w ← w − ηg, with the product and the difference rounded.
func TestStepRoundsTwice(t *testing.T) {
	t.Parallel()
	numbers := []float64{0, math.Copysign(0, -1), 1, -1, .1, 1. / 3, 1e300, -1e300, 5e-324, 1e-310, math.Inf(1), math.Inf(-1), math.NaN()}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		numbers = append(numbers, rng.NormFloat64())
	}
	n := len(numbers)
	for _, rate := range numbers {
		if !(rate >= 0) || math.IsInf(rate, 1) {
			continue // not a learning rate
		}
		w, g := make([]float64, n*n), make([]float64, n*n)
		for i := range w {
			w[i], g[i] = numbers[i/n], numbers[i%n]
		}
		want := make([]float64, n*n)
		for i := range want {
			step := float64(rate * g[i])
			want[i] = w[i] - step
		}
		p := autograd.Variable(tensor.FromSlice(w, n*n))
		grads := autograd.NewGradients(map[*autograd.Node]*tensor.Tensor{p: tensor.FromSlice(g, n*n)})
		optim.NewGradientDescent(rate, p).Step(grads)
		for i, got := range p.Value().Data() {
			if math.Float64bits(got) != math.Float64bits(want[i]) && !(math.IsNaN(got) && math.IsNaN(want[i])) {
				t.Fatalf("%v − %v·%v is %v, want %v", numbers[i/n], rate, numbers[i%n], got, want[i])
			}
		}
	}
}

// A step by a plan allocates nothing, in the forward pass, the backward pass or the update. (Not
// parallel: it counts allocations.)
func TestStepDoesNotAllocate(t *testing.T) {
	x := autograd.Constant(tensor.Linspace(-1, 1, 128*3).Reshape(128, 3))
	target := autograd.Constant(tensor.Full(.5, 128, 2))
	for _, momentum := range []float64{0, .9} {
		w, b := autograd.Variable(tensor.Linspace(-1, 1, 6).Reshape(3, 2)), autograd.Variable(tensor.New(2))
		o := optim.NewGradientDescent(.001, w, b)
		o.Momentum = momentum
		plan := autograd.NewPlan(x.Affine(w, b).Sigmoid().SquaredError(target), w, b)
		step := func() {
			plan.Forward()
			o.Step(plan.Backward())
		}
		step() // makes the velocities
		if n := testing.AllocsPerRun(100, step); n != 0 {
			t.Errorf("momentum %v: %v allocations in a step", momentum, n)
		}
	}
}

// Training by a plan, by Minimise and by Step gives the same bits.
func TestPlanGivesTheSameBits(t *testing.T) {
	t.Parallel()
	data := readGolden(t)
	train := func(how string) *tensor.Tensor {
		w, b := autograd.Variable(data.W0.tensor().Clone()), autograd.Variable(data.B0.tensor().Clone())
		o := optim.NewGradientDescent(.02, w, b)
		o.Momentum = .9
		loss := func() *autograd.Node {
			return autograd.Constant(data.X.tensor()).Affine(w, b).SquaredError(autograd.Constant(data.T.tensor()))
		}
		plan := autograd.NewPlan(loss(), w, b)
		for range 10 {
			switch how {
			case "plan":
				plan.Forward()
				o.Step(plan.Backward())
			case "Minimise":
				o.Minimise(loss())
			default:
				o.Step(autograd.Backward(loss()))
			}
		}
		return w.Value()
	}
	want := train("Step")
	for _, how := range []string{"plan", "Minimise"} {
		if got := train(how); !tensor.Equal(got, want) {
			t.Errorf("%s: got\n%v\nwant\n%v", how, got, want)
		}
	}
}

// Gradients of micro-batches add up to those of the batch.
func TestStepByAddedGradients(t *testing.T) {
	t.Parallel()
	w := variable(10)
	var total autograd.Gradients
	total.Add(gradient(w, 1))
	total.Add(gradient(w, 2))
	optim.NewGradientDescent(1, w).Step(&total)
	if got := w.Value().Item(); got != 7 {
		t.Errorf("got %v, want 7", got)
	}
}
