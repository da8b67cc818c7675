package training

import (
	"math"
	"slices"
	"testing"

	"gentlegrad/demos/activation"
	"gentlegrad/demos/delta"
	"gentlegrad/tensor"
)

// TestEveryOptimiser trains with each at its default rate, and with each activation: XOR is learned,
// and the delta rules hold.
func TestEveryOptimiser(t *testing.T) {
	t.Parallel()
	try := func(what string, change func(c *Config)) {
		r := trained(t, "XOR", func(c *Config) {
			c.Hidden = []int{8}
			change(c)
			c.LearningRate = c.DefaultRate()
		})
		if !(r.Accuracy >= .98) {
			t.Errorf("%s: accuracy %v, loss %v", what, r.Accuracy, r.Loss[len(r.Loss)-1])
		}
		if !(r.MaxDifference <= 1e-12) {
			t.Errorf("%s: automatic and manual gradients differ by %g", what, r.MaxDifference)
		}
	}
	for _, o := range optimisers {
		try(o.name, func(c *Config) { c.Optimiser = o.name })
	}
	for _, f := range activation.Hidden() {
		if f.Name == activation.Linear.Name {
			continue // which can't learn XOR
		}
		try(f.Name, func(c *Config) { c.Activation = f.Name })
	}
	try("momentum", func(c *Config) { c.Momentum = .9 })
}

// TestMomentumByHand compares momentum with its rule over the gradients of the delta rules.
func TestMomentumByHand(t *testing.T) {
	t.Parallel()
	c := defaults("XOR", func(c *Config) { c.Momentum, c.LearningRate, c.Iterations, c.Observations = .8, .1, 3, 5 })
	r := mustTrain(t, c)
	data, model := mustNew(t, c)
	x, target := data.Tensors()
	velocities := map[*tensor.Tensor]*tensor.Tensor{}
	move := func(w, gradient *tensor.Tensor) {
		v := velocities[w]
		if v == nil {
			v = tensor.New(w.Shape()...)
			velocities[w] = v
		}
		v.AddScaled(gradient, c.Momentum, v)
		w.AddScaled(w, -c.LearningRate, v)
	}
	for range c.Iterations {
		for i := range data.N {
			var p delta.Pass
			model.Closed.ForwardPropagate(&p, x.Slice(0, i, i+1))
			model.Closed.BackpropagateErrors(&p, target.Slice(0, i, i+1))
			model.Closed.CalculateGradients(&p)
			for l := range model.Closed {
				move(model.Closed[l].Weight, &p.Layers[l].WeightGradient)
				move(model.Closed[l].Bias, &p.Layers[l].BiasGradient)
			}
		}
	}
	last := r.Parameters[c.Iterations-1]
	for l, layer := range model.Closed {
		near(t, "w", last.Weights[l].Data(), layer.Weight.Data(), 1e-12)
		near(t, "b", last.Biases[l].Data(), layer.Bias.Data(), 1e-12)
	}
}

func TestDefaultRate(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		problem string
		change  func(c *Config)
		want    float64
	}{
		{"XOR", func(c *Config) {}, 2},
		{"XOR", func(c *Config) { c.Momentum = .75 }, .5},
		{"XOR", func(c *Config) { c.Activation = "relu" }, .2},
		{"XOR", func(c *Config) { c.Activation, c.Hidden = "relu", nil }, 2},
		{"SIN", func(c *Config) {}, .2},
		{"SIN", func(c *Config) { c.Optimiser = "adam" }, .05},
		{"XOR", func(c *Config) { c.Optimiser, c.Activation = "adam", "relu" }, .01},
	} {
		if got := defaults(test.problem, test.change).DefaultRate(); !(math.Abs(got-test.want) <= 1e-15) {
			t.Errorf("%s: %v, want %v", test.problem, got, test.want)
		}
	}
}

// Another seed makes other data and another start; the same makes the same.
func TestSeed(t *testing.T) {
	t.Parallel()
	seed := func(seed uint32) *Run {
		return trained(t, "XOR", func(c *Config) { c.Seed, c.Iterations, c.Observations = seed, 2, 5 })
	}
	usual, other, again := seed(123), seed(7), seed(7)
	if slices.Equal(usual.Data.X, other.Data.X) || slices.Equal(usual.Initial.Weights[0].Data(), other.Initial.Weights[0].Data()) {
		t.Error("another seed makes the same data or start")
	}
	if !slices.Equal(other.Loss, again.Loss) || !slices.Equal(other.Data.X, again.Data.X) {
		t.Error("the same seed makes another run")
	}
}
