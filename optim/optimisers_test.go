package optim_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

type nodes = []*autograd.Node

// optimisers are all of them, also with their options, for tests that hold for every one.
var optimisers = []struct {
	name string
	make func(parameters ...*autograd.Node) optim.Optimiser
}{
	{"GradientDescent", func(p ...*autograd.Node) optim.Optimiser { return optim.NewGradientDescent(.1, p...) }},
	{"momentum, dampening", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewGradientDescent(.1, p...)
		o.Momentum, o.Dampening, o.WeightDecay = .9, .2, .1
		return o
	}},
	{"Nesterov", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewGradientDescent(.1, p...)
		o.Momentum, o.Nesterov, o.WeightDecay = .9, true, .1
		return o
	}},
	{"Adagrad", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewAdagrad(.1, p...)
		o.Start, o.RateDecay = .5, .1
		return o
	}},
	{"Adadelta", func(p ...*autograd.Node) optim.Optimiser { return optim.NewAdadelta(1, p...) }},
	{"RMSProp", func(p ...*autograd.Node) optim.Optimiser { return optim.NewRMSProp(.1, p...) }},
	{"RMSProp, centred, momentum", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewRMSProp(.1, p...)
		o.Centred, o.Momentum = true, .5
		return o
	}},
	{"Adam", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewAdam(.1, p...)
		o.WeightDecay = .1
		return o
	}},
	{"AMSGrad", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewAdam(.1, p...)
		o.AMSGrad = true
		return o
	}},
	{"AdamW", func(p ...*autograd.Node) optim.Optimiser { return optim.NewAdamW(.1, p...) }},
	{"NAdam", func(p ...*autograd.Node) optim.Optimiser { return optim.NewNAdam(.1, p...) }},
	{"RAdam", func(p ...*autograd.Node) optim.Optimiser { return optim.NewRAdam(.1, p...) }},
	{"Adamax", func(p ...*autograd.Node) optim.Optimiser { return optim.NewAdamax(.1, p...) }},
	{"Rprop", func(p ...*autograd.Node) optim.Optimiser { return optim.NewRprop(.1, p...) }},
	{"ASGD", func(p ...*autograd.Node) optim.Optimiser {
		o := optim.NewASGD(.1, p...)
		o.Start = 3
		return o
	}},
}

// bowl returns Σ k (w − 1)² over the elements of the parameters, with a larger k for each further
// parameter.
func bowl(parameters nodes) *autograd.Node {
	loss := autograd.Constant(tensor.Scalar(0))
	for i, p := range parameters {
		loss = loss.Add(p.AddScalar(-1).Square().Sum().Scale(.25 * float64(i+1)))
	}
	return loss
}

func someParameters() nodes {
	return nodes{autograd.Variable(tensor.Linspace(-1, 2, 6).Reshape(2, 3)), variable(.3), autograd.Variable(tensor.Full(-.7, 3))}
}

// A parameter that the optimiser does not have stays as it is, and so does one in a group with a rate of
// 0, except by Rprop.
func TestFrozenParameters(t *testing.T) {
	t.Parallel()
	for _, test := range optimisers {
		all, want := someParameters(), someParameters()
		o := test.make(all[0], all[1])
		o.Settings().Group(all[1]).RateFactor = 0
		for range 5 {
			o.Minimise(bowl(all))
		}
		if tensor.Equal(all[0].Value(), want[0].Value()) {
			t.Errorf("%s: the parameter that is trained stayed", test.name)
		}
		if got := tensor.Equal(all[1].Value(), want[1].Value()); got != (test.name != "Rprop") {
			t.Errorf("%s: with the rate 0 %v became %v", test.name, want[1].Value(), all[1].Value())
		}
		if !tensor.Equal(all[2].Value(), want[2].Value()) {
			t.Errorf("%s: without an optimiser %v became %v", test.name, want[2].Value(), all[2].Value())
		}
	}
}

// A gradient or a parameter to which the caller has given another shape is refused: by GradientDescent,
// with an error of package tensor.
func TestOtherShapes(t *testing.T) {
	t.Parallel()
	for _, test := range optimisers {
		for _, shape := range [][]int{{}, {1}, {3}, {2, 1}} {
			w := autograd.Variable(tensor.Full(.5, 2))
			o := test.make(w)
			o.Settings().WeightDecay = 0
			step := func(want string, grads *autograd.Gradients) {
				t.Helper()
				before := w.Value().Clone()
				if _, descent := o.(*optim.GradientDescent); descent {
					var err *tensor.Error
					if !errors.As(panicOf(func() { o.Step(grads) }), &err) {
						t.Errorf("%s: no *tensor.Error for shape %v", test.name, shape)
					}
				} else {
					wantPanic(t, "optim: Step: "+want, func() { o.Step(grads) })
				}
				if !tensor.Equal(w.Value(), before) {
					t.Errorf("%s: the step has changed %v", test.name, before)
				}
			}
			grads := autograd.Backward(bowl(nodes{w}))
			grads.Of(w).Swap(tensor.New(shape...))
			step(fmt.Sprintf("the gradient of Variable [2] has shape %v; it needs the same shape", shape), grads)
			o = test.make(w)
			o.Settings().WeightDecay = 0
			o.Minimise(bowl(nodes{w}))
			if w.Value().Swap(tensor.New(shape...)); test.name != "GradientDescent" { // which keeps nothing
				step(fmt.Sprintf("%v had shape [2] when the optimiser took its first step; another shape needs another optimiser", w), autograd.Backward(bowl(nodes{w})))
			}
		}
	}
}

// panicOf returns the error that f panics with.
func panicOf(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

// A resumed run equals the uninterrupted one, with the same bits, wherever it is stopped.
func TestResumedRun(t *testing.T) {
	t.Parallel()
	const steps = 12
	for _, test := range optimisers {
		t.Run(test.name, func(t *testing.T) {
			whole := someParameters()
			o := test.make(whole...)
			for range steps {
				o.Minimise(bowl(whole))
			}
			for stop := range steps {
				first := someParameters()
				before := test.make(first...)
				for range stop {
					before.Minimise(bowl(first))
				}
				var second nodes
				for _, p := range first {
					second = append(second, autograd.Variable(p.Value().Clone()))
				}
				state := maps.Collect(before.Settings().State())
				before.Minimise(bowl(first)) // the state is a copy
				after := test.make(second...)
				if err := after.Settings().SetState(state); err != nil {
					t.Fatal(err)
				}
				for _, v := range state {
					v.Fill(7) // and was copied
				}
				for range steps - stop {
					after.Minimise(bowl(second))
				}
				for i := range whole {
					if !tensor.Equal(second[i].Value(), whole[i].Value()) {
						t.Fatalf("stopped after %d: parameter %d is %v, want %v", stop, i, second[i].Value(), whole[i].Value())
					}
				}
				got, want := maps.Collect(after.Settings().State()), maps.Collect(o.Settings().State())
				if !maps.EqualFunc(got, want, tensor.Equal) {
					t.Fatalf("stopped after %d: the state is %v, want %v", stop, got, want)
				}
			}
		})
	}
}

// The names in a state come in a fixed order.
func TestStateNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		want string
	}{
		{"GradientDescent", "steps"},
		{"Nesterov", "steps 0.velocity 1.velocity"},
		{"Adam", "steps 0.m 0.v 1.m 1.v"},
		{"RMSProp", "steps 0.v 1.v"},
		{"RMSProp, centred, momentum", "steps 0.v 0.mean 0.velocity 1.v 1.mean 1.velocity"},
		{"AMSGrad", "steps 0.m 0.v 0.largest 1.m 1.v 1.largest"},
		{"NAdam", "steps product 0.m 0.v 1.m 1.v"},
		{"Rprop", "steps 0.gradient 0.step 1.gradient 1.step"},
	} {
		i := slices.IndexFunc(optimisers, func(o struct {
			name string
			make func(...*autograd.Node) optim.Optimiser
		}) bool {
			return o.name == test.name
		})
		parameters := someParameters()[:2]
		o := optimisers[i].make(parameters...)
		o.Minimise(bowl(parameters))
		var names []string
		for name := range o.Settings().State() {
			names = append(names, name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// A loop over a state may end early.
func TestPartOfState(t *testing.T) {
	t.Parallel()
	parameters := someParameters()
	o := optim.NewNAdam(.1, parameters...)
	o.Minimise(bowl(parameters))
	whole := len(maps.Collect(o.State()))
	for n := range whole {
		seen := 0
		for range o.State() {
			if seen++; seen > n {
				break
			}
		}
		if seen != n+1 {
			t.Errorf("%d of %d", seen, whole)
		}
	}
	for range optim.NewPlateau(1, .5, 1).State() {
		break
	}
}

// What the new state does not have is forgotten.
func TestStateOfTheStart(t *testing.T) {
	t.Parallel()
	w := variable(0)
	o := optim.NewGradientDescent(1, w)
	o.Momentum = .5
	start := maps.Collect(o.State())
	o.Step(gradient(w, 8))
	if err := o.SetState(start); err != nil {
		t.Fatal(err)
	}
	if got := maps.Collect(o.State()); len(got) != 1 || got["steps"].Item() != 0 {
		t.Errorf("the state is %v", got)
	}
}

func TestStateThatDoesNotFit(t *testing.T) {
	t.Parallel()
	parameters := someParameters()[:2]
	adam := optim.NewAdam(.1, parameters...)
	adam.Minimise(bowl(parameters))
	full := maps.Collect(adam.State())
	for _, test := range []struct {
		name, want string
		change     func(state map[string]*tensor.Tensor)
	}{
		{"nothing", "steps is missing", func(s map[string]*tensor.Tensor) { clear(s) }},
		{"no steps", "steps is missing", func(s map[string]*tensor.Tensor) { delete(s, "steps") }},
		{"a fraction", "steps is 1.5; it must be a whole number", func(s map[string]*tensor.Tensor) { s["steps"] = tensor.Scalar(1.5) }},
		{"below 0", "steps is -1; it must be a whole number", func(s map[string]*tensor.Tensor) { s["steps"] = tensor.Scalar(-1) }},
		{"NaN", "steps is NaN; it must be a whole number", func(s map[string]*tensor.Tensor) { s["steps"] = tensor.Scalar(math.NaN()) }},
		{"too large to count on", "steps is 9.007199254740992e+15; it must be a whole number", func(s map[string]*tensor.Tensor) { s["steps"] = tensor.Scalar(1 << 53) }},
		{"no number", "steps has shape [1], not []", func(s map[string]*tensor.Tensor) { s["steps"] = tensor.New(1) }},
		{"shape", "0.v has shape [3 2], not [2 3]", func(s map[string]*tensor.Tensor) { s["0.v"] = tensor.New(3, 2) }},
		{"nil", "1.m is nil or empty", func(s map[string]*tensor.Tensor) { s["1.m"] = nil }},
		{"empty", "1.m is nil or empty", func(s map[string]*tensor.Tensor) { s["1.m"] = new(tensor.Tensor) }},
		{"nothing of any parameter", "0.m is missing", func(s map[string]*tensor.Tensor) {
			maps.DeleteFunc(s, func(name string, _ *tensor.Tensor) bool { return name != "steps" })
		}},
		{"one of two", "1.m is missing", func(s map[string]*tensor.Tensor) { delete(s, "1.m") }},
		{"the other", "0.m is missing", func(s map[string]*tensor.Tensor) { delete(s, "0.m") }},
		{"unknown", `"0.velocity" is not in the state of this optimiser, which has 2 parameters`,
			func(s map[string]*tensor.Tensor) { s["0.velocity"] = tensor.New(2, 3) }},
		{"more parameters", `"2.m" is not in the state of this optimiser, which has 2 parameters`,
			func(s map[string]*tensor.Tensor) { s["2.m"] = tensor.New(3) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			state := maps.Clone(full)
			test.change(state)
			err := adam.SetState(state)
			if err == nil || err.Error() != "optim: SetState: "+test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			if !maps.EqualFunc(maps.Collect(adam.State()), full, tensor.Equal) {
				t.Error("the optimiser has changed")
			}
		})
	}
}

// After the first, a step does not allocate. (Not parallel: it counts allocations.)
func TestNoOptimiserAllocates(t *testing.T) {
	for _, test := range optimisers {
		parameters := someParameters()
		o := test.make(parameters...)
		o.Settings().Group(parameters[1]).WeightDecay = .3
		plan := autograd.NewPlan(bowl(parameters), parameters...)
		step := func() {
			plan.Forward()
			o.Step(plan.Backward())
		}
		step()
		if n := testing.AllocsPerRun(50, step); n != 0 {
			t.Errorf("%s: %v allocations in a step", test.name, n)
		}
	}
}

// Every optimiser gets nearer to the bottom, its step is a change that a graph sees, and it leaves the
// gradients as they are.
func TestEveryOptimiser(t *testing.T) {
	t.Parallel()
	for _, test := range optimisers {
		t.Run(test.name, func(t *testing.T) {
			parameters := someParameters()
			o := test.make(parameters...)
			loss := bowl(parameters)
			start := loss.Value().Item()
			grads := autograd.Backward(loss, parameters...)
			var want []*tensor.Tensor
			for _, p := range parameters {
				want = append(want, grads.Of(p).Clone())
			}
			o.Step(grads)
			o.Step(grads)
			for i, p := range parameters {
				if !tensor.Equal(grads.Of(p), want[i]) {
					t.Errorf("the gradient of parameter %d has become %v", i, grads.Of(p))
				}
			}
			func() {
				defer func() {
					if err, ok := recover().(error); !ok || !strings.Contains(err.Error(), "is out of date") {
						t.Errorf("a graph of the old values: %v", err)
					}
				}()
				autograd.Backward(loss)
			}()
			for range 30 {
				o.Minimise(bowl(parameters))
			}
			if got := bowl(parameters).Value().Item(); !(got < start) {
				t.Errorf("the loss was %v and is %v", start, got)
			}
		})
	}
}

// A step whose settings are out of range changes nothing.
func TestSettingsOutOfRange(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	w := variable(2)
	descent, adam, nadam := optim.NewGradientDescent(.1, w), optim.NewAdam(.1, w), optim.NewNAdam(.1, w)
	nesterov, adamax, radam := optim.NewGradientDescent(.1, w), optim.NewAdamax(.1, w), optim.NewRAdam(.1, w)
	nesterov.Momentum, nesterov.Nesterov = .9, true
	rms, adagrad, adadelta := optim.NewRMSProp(.1, w), optim.NewAdagrad(.1, w), optim.NewAdadelta(.1, w)
	rprop, asgd, grouped := optim.NewRprop(.1, w), optim.NewASGD(.1, w), optim.NewAdam(.1, w)
	group := grouped.Group(w)
	const notNegative, part = "it must be finite and not negative", "it must be at least 0 and below 1"
	for _, test := range []struct {
		o     optim.Optimiser
		field *float64
		value float64
		want  string
	}{
		{descent, &descent.LearningRate, -.1, "LearningRate is -0.1; " + notNegative},
		{descent, &descent.LearningRate, nan, "LearningRate is NaN; " + notNegative},
		{descent, &descent.LearningRate, inf, "LearningRate is +Inf; " + notNegative},
		{descent, &descent.WeightDecay, -1, "WeightDecay is -1; " + notNegative},
		{descent, &descent.Momentum, -1, "Momentum is -1; " + notNegative},
		{descent, &descent.Dampening, -1, "Dampening is -1; " + notNegative},
		{adam, &adam.Beta1, 1, "Beta1 is 1; " + part},
		{adam, &adam.Beta2, -.5, "Beta2 is -0.5; " + part},
		{adam, &adam.Beta2, nan, "Beta2 is NaN; " + part},
		{adam, &adam.Epsilon, -1, "Epsilon is -1; " + notNegative},
		{nesterov, &nesterov.Dampening, .5, "Nesterov with Momentum 0.9 and Dampening 0.5; it needs momentum, and no dampening"},
		{adamax, &adamax.Beta1, 1, "Beta1 is 1; " + part},
		{radam, &radam.Beta2, 1, "Beta2 is 1; " + part},
		{nadam, &nadam.MomentumDecay, -1, "MomentumDecay is -1; " + notNegative},
		{nadam, &nadam.Beta1, 1, "Beta1 is 1; " + part},
		{rms, &rms.Alpha, 1, "Alpha is 1; " + part},
		{rms, &rms.Epsilon, -1, "Epsilon is -1; " + notNegative},
		{rms, &rms.Momentum, -1, "Momentum is -1; " + notNegative},
		{adagrad, &adagrad.RateDecay, -1, "RateDecay is -1; " + notNegative},
		{adagrad, &adagrad.Start, -1, "Start is -1; " + notNegative},
		{adagrad, &adagrad.Epsilon, nan, "Epsilon is NaN; " + notNegative},
		{adadelta, &adadelta.Rho, 1, "Rho is 1; " + part},
		{adadelta, &adadelta.Epsilon, -1, "Epsilon is -1; " + notNegative},
		{rprop, &rprop.Decrease, 1, "Decrease is 1; it must be between 0 and 1"},
		{rprop, &rprop.Decrease, 0, "Decrease is 0; it must be between 0 and 1"},
		{rprop, &rprop.Increase, inf, "Increase is +Inf; it must be finite and above 1"},
		{rprop, &rprop.Increase, 1, "Increase is 1; it must be finite and above 1"},
		{rprop, &rprop.MinStep, -1, "MinStep is -1; " + notNegative},
		{rprop, &rprop.MaxStep, 1e-7, "MaxStep is 1e-07; it must be at least MinStep, 1e-06"},
		{asgd, &asgd.Lambda, -1, "Lambda is -1; " + notNegative},
		{asgd, &asgd.Alpha, -1, "Alpha is -1; " + notNegative},
		{asgd, &asgd.Start, -1, "Start is -1; " + notNegative},
		{grouped, &group.RateFactor, -1, "a group's RateFactor is -1; " + notNegative},
		{grouped, &group.WeightDecay, -1, "a group's WeightDecay is -1; " + notNegative},
	} {
		t.Run(test.want, func(t *testing.T) {
			before := maps.Collect(test.o.Settings().State())
			old := *test.field
			*test.field = test.value
			wantPanic(t, "optim: Step: "+test.want, func() { test.o.Minimise(w.Square()) })
			*test.field = old
			if !maps.EqualFunc(maps.Collect(test.o.Settings().State()), before, tensor.Equal) || w.Value().Item() != 2 {
				t.Error("the step has changed something")
			}
		})
	}
}

// A group has its own weight decay, and a learning rate that follows the optimiser's.
func TestGroups(t *testing.T) {
	t.Parallel()
	for _, decoupled := range []bool{false, true} {
		a, b := variable(8), variable(8)
		o := optim.NewGradientDescent(.5, a, b)
		o.WeightDecay, o.DecoupledDecay = .25, decoupled
		g := o.Group(b)
		if g.RateFactor != 1 || g.WeightDecay != .25 {
			t.Errorf("the group begins with %v", *g)
		}
		g.RateFactor, g.WeightDecay = 2, 0
		o.Minimise(a.Add(b))       // the gradients are 1: a by .5·(1 + .25·8), b by 1
		o.LearningRate = .25       // of both
		o.Minimise(a.Add(b))       // a by .25·(1 + .25·6.5), b by .5
		const wantA = 6.5 - .65625 // the same for both kinds of decay
		if a.Value().Item() != wantA || b.Value().Item() != 6.5 {
			t.Errorf("decoupled %v: got %v and %v, want %v and 6.5", decoupled, a.Value(), b.Value(), wantA)
		}
	}
}

// A parameter that is put into another group leaves the first. That one has no parameter then, so its
// settings do not matter.
func TestRegrouped(t *testing.T) {
	t.Parallel()
	w := variable(8)
	o := optim.NewGradientDescent(.5, w)
	first, second := o.Group(w), o.Group(w)
	first.RateFactor, second.RateFactor = -4, 2
	if o.Step(gradient(w, 1)); w.Value().Item() != 7 {
		t.Errorf("got %v, want 7, by the second group", w.Value())
	}
}

// A group counts even if the optimiser has no decay; without decay nothing is added to the gradient, not
// even 0·∞; and a decay of 1 and the largest rate are allowed.
func TestEdgesOfSettings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rate, decay float64
		group       *optim.Group
		w, want     float64
	}{
		{.5, 0, &optim.Group{RateFactor: 2}, 8, 7},
		{.5, 0, &optim.Group{RateFactor: 1, WeightDecay: .25}, 8, 6.5},
		{.5, .25, &optim.Group{RateFactor: 1}, math.Inf(1), math.Inf(1)},
		{.5, 1, nil, 8, 3.5},
		{math.MaxFloat64, 0, nil, 8, -math.MaxFloat64},
	} {
		w := variable(test.w)
		o := optim.NewGradientDescent(test.rate, w)
		if o.WeightDecay = test.decay; test.group != nil {
			*o.Group(w) = *test.group
		}
		if o.Step(gradient(w, 1)); w.Value().Item() != test.want {
			t.Errorf("rate %v, decay %v, group %+v: got %v, want %v", test.rate, test.decay, test.group, w.Value(), test.want)
		}
	}
}

// Decoupled decay is not divided by the size of the gradients.
func TestDecoupledDecay(t *testing.T) {
	t.Parallel()
	w := variable(2)
	o := optim.NewAdamW(.5, w)
	o.WeightDecay, o.Epsilon = .1, 0
	o.Minimise(w.Scale(1e-5))
	if got, want := w.Value().Item(), 2-.5*.1*2-.5; !(math.Abs(got-want) <= 1e-15) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAdamsEpsilon(t *testing.T) {
	t.Parallel()
	w := variable(0)
	optim.NewAdam(.001, w).Step(gradient(w, 1e-8))
	if got := -w.Value().Item(); !(math.Abs(got-.0005) <= 1e-18) {
		t.Errorf("the first step is %v, want 0.0005", got)
	}
}

// A step of ASGD takes the learning rate as it is then.
func TestRateOfASGD(t *testing.T) {
	t.Parallel()
	w := variable(0)
	o := optim.NewASGD(1, w)
	o.Lambda, o.Alpha = .5, 1
	o.Step(gradient(w, 1))
	o.LearningRate = .5
	o.Step(gradient(w, 1)) // η₂ = .5/(1 + .5·.5) = .4
	if got, want := w.Value().Item(), -1*(1-.4*.5)-.4; !(math.Abs(got-want) <= 1e-15) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// The average is of the parameters after all steps but the first Start+1.
func TestAverage(t *testing.T) {
	t.Parallel()
	w, other := variable(10), variable(1)
	o := optim.NewASGD(1, w)
	o.Lambda, o.Start = 0, 1
	o.Average(w).Fill(0) // a copy
	if got := o.Average(w).Item(); got != 10 {
		t.Errorf("before the first step: %v, want 10", got)
	}
	for i, want := range []float64{9, 8, 7, 6.5, 6} { // w is 9, 8, 7, 6, 5
		o.Step(gradient(w, 1))
		if got := o.Average(w).Item(); got != want {
			t.Errorf("after step %d: %v, want %v", i, got, want)
		}
		o.Average(w).Fill(0)
	}
	wantPanic(t, "optim: Average: Variable [] = 1 is not a parameter of the optimiser", func() { o.Average(other) })
}

// A centred variance that rounding makes negative, as it does of some of these gradients, is 0, not NaN.
func TestCentredVariance(t *testing.T) {
	t.Parallel()
	w := autograd.Variable(tensor.New(30))
	o := optim.NewRMSProp(.001, w)
	o.Centred, o.Alpha = true, .1
	grads := autograd.Backward(w.Mul(autograd.Constant(tensor.Linspace(.1, 3, 30))).Sum())
	for i := range 200 {
		if o.Step(grads); slices.ContainsFunc(w.Value().Data(), math.IsNaN) {
			t.Fatalf("after step %d w is %v", i, w.Value())
		}
	}
}
