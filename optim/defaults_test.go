package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// The settings are those noted at the fields: PyTorch's, except for LBFGS.
func TestDefaults(t *testing.T) {
	t.Parallel()
	w := variable(1)
	adagrad, adadelta, rms := optim.NewAdagrad(.1, w), optim.NewAdadelta(1, w), optim.NewRMSProp(.1, w)
	adam, adamW, adamax := optim.NewAdam(.1, w), optim.NewAdamW(.1, w), optim.NewAdamax(.1, w)
	radam, nadam := optim.NewRAdam(.1, w), optim.NewNAdam(.1, w)
	rprop, asgd, lbfgs := optim.NewRprop(.1, w), optim.NewASGD(.1, w), optim.NewLBFGS(w)
	for _, test := range []struct {
		name      string
		got, want []float64
	}{
		{"Adagrad", []float64{adagrad.RateDecay, adagrad.Start, adagrad.Epsilon}, []float64{0, 0, 1e-10}},
		{"Adadelta", []float64{adadelta.Rho, adadelta.Epsilon}, []float64{.9, 1e-6}},
		{"RMSProp", []float64{rms.Alpha, rms.Epsilon, rms.Momentum}, []float64{.99, 1e-8, 0}},
		{"Adam", []float64{adam.Beta1, adam.Beta2, adam.Epsilon, adam.WeightDecay}, []float64{.9, .999, 1e-8, 0}},
		{"AdamW", []float64{adamW.Beta1, adamW.Beta2, adamW.Epsilon, adamW.WeightDecay}, []float64{.9, .999, 1e-8, .01}},
		{"Adamax", []float64{adamax.Beta1, adamax.Beta2, adamax.Epsilon}, []float64{.9, .999, 1e-8}},
		{"RAdam", []float64{radam.Beta1, radam.Beta2, radam.Epsilon}, []float64{.9, .999, 1e-8}},
		{"NAdam", []float64{nadam.Beta1, nadam.Beta2, nadam.Epsilon, nadam.MomentumDecay}, []float64{.9, .999, 1e-8, .004}},
		{"Rprop", []float64{rprop.Decrease, rprop.Increase, rprop.MinStep, rprop.MaxStep}, []float64{.5, 1.2, 1e-6, 50}},
		{"ASGD", []float64{asgd.Lambda, asgd.Alpha, asgd.Start}, []float64{1e-4, .75, 1e6}},
		{"LBFGS", []float64{float64(lbfgs.Memory), float64(lbfgs.Iterations), lbfgs.Tolerance}, []float64{10, 200, 1e-9}},
		{"Plateau", []float64{optim.NewPlateau(1, .5, 1).Threshold}, []float64{1e-4}},
	} {
		for i := range test.want {
			if test.got[i] != test.want[i] {
				t.Errorf("%s: the settings are %v, want %v", test.name, test.got, test.want)
			}
		}
	}
}

// The first step of Adagrad is η g/(|g|+ε).
func TestAdagradsEpsilon(t *testing.T) {
	t.Parallel()
	w := variable(0)
	optim.NewAdagrad(.01, w).Step(gradient(w, 1e-10))
	if got := -w.Value().Item(); !(math.Abs(got-.005) <= 1e-17) {
		t.Errorf("the first step is %v, want 0.005", got)
	}
}

// Beta1 and Beta2 may be 0: then Adam uses the last gradient alone.
func TestNoAverage(t *testing.T) {
	t.Parallel()
	w := variable(0)
	o := optim.NewAdam(.5, w)
	o.Beta1, o.Beta2, o.Epsilon = 0, 0, 0
	o.Step(gradient(w, 3))
	o.Step(gradient(w, -7))
	o.Step(gradient(w, -1))
	if got := w.Value().Item(); got != .5 {
		t.Errorf("got %v, want −0.5 + 0.5 + 0.5", got)
	}
}

// With a dampening of 1, momentum keeps only the first gradient.
func TestFullDampening(t *testing.T) {
	t.Parallel()
	w := variable(0)
	o := optim.NewGradientDescent(1, w)
	o.Momentum, o.Dampening = .5, 1
	for i, want := range []float64{-8, -12, -14} {
		o.Step(gradient(w, 8))
		if got := w.Value().Item(); got != want {
			t.Errorf("after step %d: %v, want %v", i+1, got, want)
		}
	}
}

// Up to step Start+2 the average is the last value, with the same bits.
func TestAverageOfOne(t *testing.T) {
	t.Parallel()
	w := variable(.1)
	o := optim.NewASGD(.7, w)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 50 {
		o.Start = float64(i)
		o.Step(gradient(w, rng.NormFloat64()))
		if got, want := o.Average(w).Item(), w.Value().Item(); got != want {
			t.Fatalf("after step %d the average is %v, w %v", i+1, got, want)
		}
	}
}

// The 2-norm is that of ClipNorm, with the same bits.
func TestClipPNormOfTwo(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	w := autograd.Variable(tensor.New(5))
	for range 100 {
		g := tensor.New(5).Map(tensor.New(5), func(float64) float64 { return rng.NormFloat64() })
		grads := autograd.NewGradients(map[*autograd.Node]*tensor.Tensor{w: g})
		if got, want := optim.ClipPNorm(grads, 2, 1e9), optim.ClipNorm(grads, 1e9); got != want {
			t.Fatalf("%v, want %v", got, want)
		}
	}
}

// The steps of Rprop stay between the least and the largest, which may be the same.
func TestRpropStepsAreLimited(t *testing.T) {
	t.Parallel()
	w := variable(0)
	o := optim.NewRprop(4, w)
	o.Increase, o.Decrease, o.MinStep, o.MaxStep = 2, .25, 3, 5
	for i, test := range []struct{ gradient, want float64 }{
		{-1, 4}, {-1, 9}, {-1, 14}, // a step of 4; 5, as 8 is too large; 5 again
		{1, 14}, {1, 11}, // a step of 3, as 1.25 is too small
	} {
		o.Step(gradient(w, test.gradient))
		if got := w.Value().Item(); got != test.want {
			t.Errorf("after step %d: %v, want %v", i+1, got, test.want)
		}
	}
	o.MaxStep = 3
	o.Step(gradient(w, 1))
	if got := w.Value().Item(); got != 8 {
		t.Errorf("with one size of step: %v, want 8", got)
	}
}
