package optim_test

import (
	"maps"
	"math"
	"testing"

	"gentlegrad/optim"
	"gentlegrad/tensor"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	third := optim.ScheduleFunc(func(i int) float64 { return float64(i) / 3 })
	for _, test := range []struct {
		name      string
		schedule  optim.Schedule
		iteration int
		want      float64
	}{
		{"function", third, 5, 5. / 3},
		{"cosine, resumed", optim.Cosine(.001, 0, 100), 45, 5.782172325201155e-4},
		{"cosine, its end", optim.Cosine(3, 1, 7), 7, 1},
		{"cosine, as it began", optim.Cosine(3, 1, 7), 14, 3},
		{"step", optim.Steps(8, .5, 10), 29, 2},
		{"step, far", optim.Steps(8, 1, 1), math.MaxInt, 8},
		{"milestones in any order", optim.MultiStep(8, .5, 20, 10, 10), 10, 2},
		{"a milestone at the start", optim.MultiStep(8, .5, 0), 0, 4},
		{"no milestones", optim.MultiStep(8, .5), 100, 8},
		{"line", optim.Polynomial(8, 1, 4), 3, 2},
		{"root", optim.Polynomial(8, .5, 4), 3, 4},
		{"after the end", optim.Polynomial(8, 3, 4), 1000, 0},
		{"warming up", optim.WarmUp(1, 4, optim.Polynomial(5, 1, 10)), 2, 3},
		{"warm", optim.WarmUp(1, 4, optim.Polynomial(5, 1, 10)), 4, 5},
		{"warmed up at once", optim.WarmUp(1, 0, optim.Constant(5)), 0, 5},
		{"after the warm-up", optim.WarmUp(1, 4, optim.Polynomial(5, 1, 10)), 9, 2.5},
		{"no warm-up", optim.WarmUp(1, 0, third), 6, 2},
		{"restarts of one length", optim.WarmRestarts(2, 0, 10, 1), 1_000_000_000_000_000_005, 1},
		{"restarts, far", optim.WarmRestarts(2, 0, 1<<61, 3), 1<<61 + 3<<60, 1},
		{"one cycle, its top", optim.OneCycle(2, 20), 5, 2},
		{"the shortest cycle", optim.OneCycle(2, 4), 3, 2. / 250_000},
		{"one cycle, its end", optim.OneCycle(2, 20), 19, 2. / 250_000},
		{"one cycle, after it", optim.OneCycle(2, 20), 1000, 2. / 250_000},
	} {
		if got := test.schedule.Rate(test.iteration); !(math.Abs(got-test.want) <= 2e-16*math.Abs(test.want)) {
			t.Errorf("%s: Rate(%d) is %v, want %v", test.name, test.iteration, got, test.want)
		}
	}
}

// After the warm-up the rates are those of the other schedule, with the same bits:
// 0.2 + (0.9 − 0.2) is not 0.9.
func TestWarmedUp(t *testing.T) {
	t.Parallel()
	if got := optim.WarmUp(.2, 3, optim.Constant(.9)).Rate(3); got != .9 {
		t.Errorf("got %v, want 0.9", got)
	}
}

// The milestones are those at the time when the schedule was made.
func TestMilestonesAreCopied(t *testing.T) {
	t.Parallel()
	at := []int{2, 4}
	s := optim.MultiStep(8, .5, at...)
	at[0] = 7
	if got := s.Rate(3); got != 4 {
		t.Errorf("got %v, want 4", got)
	}
}

// The waves are those of the cosine.
func TestCosine(t *testing.T) {
	t.Parallel()
	const n = 1000
	s := optim.Cosine(1, -1, n)
	for i := range 3 * n {
		half := i % (2 * n)
		half = min(half, 2*n-half)
		if got, want := s.Rate(i), math.Cos(math.Pi*float64(half)/n); !(math.Abs(got-want) <= 8e-16) { // the angle is rounded, too
			t.Errorf("Rate(%d) is %v, want %v", i, got, want)
		}
	}
}

func TestPlateau(t *testing.T) {
	t.Parallel()
	p := optim.NewPlateau(8, .5, 1)
	p.MinRate = 1.5
	for i, step := range []struct{ metric, want float64 }{
		{math.Inf(1), 8}, {5, 8}, {4.9999, 8}, // a little better is not enough
		{4.9, 8}, {4.9, 8}, {math.NaN(), 4}, {4.9, 4}, {4.9, 2},
		{-10, 2}, {-10.0005, 2}, {-10.0005, 1.5}, {0, 1.5}, {0, 1.5}, {-20, 1.5},
	} {
		p.Observe(step.metric)
		if got := p.Rate(i); got != step.want {
			t.Errorf("after observation %d, %v, the rate is %v, want %v", i, step.metric, got, step.want)
		}
	}
}

// A rate that is already below the least one stays.
func TestPlateauBelowLeast(t *testing.T) {
	t.Parallel()
	p := optim.NewPlateau(1, .5, 0)
	p.MinRate = 2
	p.Observe(math.NaN())
	if got := p.Rate(0); got != 1 {
		t.Errorf("the rate is %v, want 1", got)
	}
}

// An observation that is not better than the best by the threshold is no improvement, nor is a first one
// of +Inf.
func TestPlateauThreshold(t *testing.T) {
	t.Parallel()
	p := optim.NewPlateau(8, .5, 0)
	p.Threshold = .5
	for i, test := range []struct{ metric, rate float64 }{{math.Inf(1), 4}, {4, 4}, {2, 2}, {1.99, 2}, {1.99, 1}} {
		p.Observe(test.metric)
		if got := p.Rate(i); got != test.rate {
			t.Errorf("after %v, observation %d, the rate is %v, want %v", test.metric, i, got, test.rate)
		}
	}
}

func TestPlateauResumed(t *testing.T) {
	t.Parallel()
	metrics := []float64{5, 4, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2, 2}
	whole := optim.NewPlateau(1, .5, 2)
	for i, m := range metrics {
		resumed := optim.NewPlateau(1, .5, 2)
		if err := resumed.SetState(maps.Collect(whole.State())); err != nil {
			t.Fatal(err)
		}
		whole.Observe(m)
		resumed.Observe(m)
		if !maps.EqualFunc(maps.Collect(resumed.State()), maps.Collect(whole.State()), tensor.Equal) {
			t.Fatalf("resumed before observation %d: %v, want %v", i, maps.Collect(resumed.State()), maps.Collect(whole.State()))
		}
	}
	for name, change := range map[string]func(map[string]*tensor.Tensor){
		"best is missing":                              func(s map[string]*tensor.Tensor) { delete(s, "best") },
		"bad has shape [2], not []":                    func(s map[string]*tensor.Tensor) { s["bad"] = tensor.New(2) },
		`"steps" is not in the state of this schedule`: func(s map[string]*tensor.Tensor) { s["steps"] = tensor.Scalar(1) },
	} {
		state := maps.Collect(whole.State())
		change(state)
		if err := whole.SetState(state); err == nil || err.Error() != "optim: SetState: "+name {
			t.Errorf("got %v, want %s", err, name)
		}
	}
}

func TestMistakesOfSchedules(t *testing.T) {
	t.Parallel()
	for want, f := range map[string]func(){
		"Steps: the number of iterations is 0; it must be positive":            func() { optim.Steps(1, .5, 0) },
		"MultiStep: an iteration is -3; the first is 0":                        func() { optim.MultiStep(1, .5, 4, -3) },
		"Polynomial: the number of iterations is -1; it must be positive":      func() { optim.Polynomial(1, 1, -1) },
		"Polynomial: the power is 0; it must be positive":                      func() { optim.Polynomial(1, 0, 1) },
		"WarmUp: the number of iterations is -1; it must not be negative":      func() { optim.WarmUp(0, -1, optim.Constant(1)) },
		"WarmUp: the schedule that follows is nil":                             func() { optim.WarmUp(0, 1, nil) },
		"Cosine: the number of iterations is 0; it must be positive":           func() { optim.Cosine(1, 0, 0) },
		"WarmRestarts: the number of iterations is 0; it must be positive":     func() { optim.WarmRestarts(1, 0, 0, 1) },
		"WarmRestarts: the multiplier is 0; it must be positive":               func() { optim.WarmRestarts(1, 0, 1, 0) },
		"OneCycle: the number of iterations is 3; it must be 4 or more":        func() { optim.OneCycle(1, 3) },
		"NewPlateau: the factor is 1; it must be between 0 and 1":              func() { optim.NewPlateau(1, 1, 2) },
		"NewPlateau: the patience is -1; it must not be negative":              func() { optim.NewPlateau(1, .5, -1) },
		"NewPlateau: the rate is -1; it must be finite and not negative":       func() { optim.NewPlateau(-1, .5, 1) },
		"NewLBFGS: no parameters: there is nothing to update":                  func() { optim.NewLBFGS() },
		"Minimise: no parameters: NewLBFGS takes them":                         func() { new(optim.LBFGS).Minimise(nil) },
		"Minimise: the loss is nil":                                            func() { optim.NewLBFGS(variable(1)).Minimise(nil) },
		"NewPlateau: the factor is 0; it must be between 0 and 1":              func() { optim.NewPlateau(1, 0, 2) },
		"Minimise: Memory is 0; it must be positive":                           func() { minimise(func(o *optim.LBFGS) { o.Memory = 0 }) },
		"Minimise: Iterations is -1; it must not be negative":                  func() { minimise(func(o *optim.LBFGS) { o.Iterations = -1 }) },
		"Minimise: Tolerance is -1; it must be finite and not negative":        func() { minimise(func(o *optim.LBFGS) { o.Tolerance = -1 }) },
		"Rate: the ScheduleFunc is nil":                                        func() { optim.ScheduleFunc(nil).Rate(0) },
		"ClipPNorm: p is 0; it must be positive":                               func() { optim.ClipPNorm(gradient(variable(1), 1), 0, 1) },
		"ClipPNorm: the limit is -1; it must be positive":                      func() { optim.ClipPNorm(gradient(variable(1), 1), 1, -1) },
		"Group: no parameters: there is nothing to update":                     func() { optim.NewAdam(1, variable(1)).Group() },
		"Group: Variable [] = 2 is not a parameter of the optimiser":           func() { optim.NewAdam(1, variable(1)).Group(variable(2)) },
		"NewAdam: the learning rate is -1; it must be finite and not negative": func() { optim.NewAdam(-1, variable(1)) },
		"NewAdamW: no parameters: there is nothing to update":                  func() { optim.NewAdamW(1) },
		"Step: Nesterov with Momentum 0 and Dampening 0; it needs momentum, and no dampening": func() {
			o := optim.NewGradientDescent(1, variable(1))
			o.Nesterov = true
			o.Minimise(variable(1).Square())
		},
	} {
		wantPanic(t, "optim: "+want, f)
	}
	for _, s := range []optim.Schedule{
		optim.Constant(1), optim.Exponential(1, .5), optim.Steps(1, .5, 2), optim.MultiStep(1, .5, 2), optim.Polynomial(1, 1, 2),
		optim.WarmUp(0, 2, optim.Constant(1)), optim.Cosine(1, 0, 5), optim.WarmRestarts(1, 0, 2, 2), optim.OneCycle(1, 4), optim.NewPlateau(1, .5, 1),
	} {
		wantPanic(t, "optim: Rate: the iteration is -1; the first is 0", func() { s.Rate(-1) })
	}
}
