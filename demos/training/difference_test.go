package training

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// TestWrongDeltaRule trains with a delta rule that is wrong by 1e-9, in one layer and
// one step alone: MaxDifference must tell, in every layer and from the first step to
// the last.
func TestWrongDeltaRule(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		defaults("XOR", func(c *Config) { c.Iterations, c.Hidden = 3, []int{3, 2} }),
		defaults("SIN", func(c *Config) { c.Iterations, c.Batch, c.LearningRate = 3, 7, .02 }),
		defaults("OR", func(c *Config) { c.Iterations, c.Batch = 2, 200 }),
	} {
		good := mustTrain(t, c)
		if !(good.MaxDifference <= 1e-12) {
			t.Errorf("%s: a right rule differs by %g", describe(c), good.MaxDifference)
		}
		for layer := range len(c.Hidden) + 1 {
			for _, step := range []int{0, good.Steps / 2, good.Steps - 1} {
				bad := trainWith(t, c, layer, step)
				if !(bad.MaxDifference > 1e-12 && bad.MaxDifference < 1e-6) {
					t.Errorf("%s: a rule that is wrong in layer %d at step %d differs by %g", describe(c), layer+1, step, bad.MaxDifference)
				}
				near(t, describe(c)+": loss beside a wrong rule", bad.Loss, good.Loss, 0)
			}
		}
	}
}

// trainWith trains, with g′ of one layer wrong by 1e-9 in one step.
func trainWith(t *testing.T, c Config, layer, step int) *Run {
	t.Helper()
	data, model := mustNew(t, c)
	trainer := newTrainer(c, data, model)
	right := model.Closed[layer].Activation.Prime
	model.Closed[layer].Activation.Prime = func(s, z *tensor.Tensor) *tensor.Tensor {
		right(s, z)
		if trainer.run.Steps == step {
			s.Map(s, func(v float64) float64 { return v + 1e-9 })
		}
		return s
	}
	r, err := trainer.train(nil)
	must(t, err)
	return r
}

// TestDifference makes one element of one manual quantity wrong at a time.
func TestDifference(t *testing.T) {
	t.Parallel()
	c := defaults("XOR", func(c *Config) { c.Hidden = []int{3, 2} })
	data, model := mustNew(t, c)
	x, target := data.Tensors()
	x, target = x.Slice(0, 0, 5), target.Slice(0, 0, 5)
	trace := model.Trace(autograd.Constant(x))
	grads := autograd.Backward(layers.SquaredError(trace.Output(), autograd.Constant(target)))
	for l := range model.Closed {
		for what, pick := range map[string]func(s *delta.Signals) *tensor.Tensor{
			"δ":     func(s *delta.Signals) *tensor.Tensor { return &s.Delta },
			"∂E/∂w": func(s *delta.Signals) *tensor.Tensor { return &s.WeightGradient },
			"∂E/∂b": func(s *delta.Signals) *tensor.Tensor { return &s.BiasGradient },
		} {
			for _, wrong := range []float64{1e-9, -1e-9, math.NaN()} {
				var pass delta.Pass
				model.Closed.ForwardPropagate(&pass, x)
				model.Closed.BackpropagateErrors(&pass, target)
				model.Closed.CalculateGradients(&pass)
				quantity := pick(&pass.Layers[l]).Data()
				quantity[len(quantity)-1] += wrong
				got := model.Difference(&pass, trace, grads)
				if math.IsNaN(wrong) != math.IsNaN(got) || math.Abs(got-1e-9) > 1e-13 {
					t.Errorf("layer %d: the difference is %v, want |%v| for a wrong %s", l+1, got, wrong, what)
				}
			}
		}
	}
}
