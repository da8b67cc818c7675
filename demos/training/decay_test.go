package training

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// TestWeightDecay writes the loss of weight decay the obvious way, and trains by it, on the heap and
// by a plan. The delta rules have the gradients of the error, to which decay adds 2w.
func TestWeightDecay(t *testing.T) {
	t.Parallel()
	for _, problem := range []string{"XOR", "SIN"} {
		for _, batch := range []int{1, 7} {
			c := defaults(t, problem, func(c *Config) { c.Hidden, c.LearningRate = []int{4, 3}, .01 })
			heap, plan := decay{c: c, t: t}, decay{c: c, t: t}
			heap.train(batch, func(m *Model, x, target *autograd.Node, ws []*autograd.Node) func() *autograd.Gradients {
				return func() *autograd.Gradients { return autograd.Backward(decayed(m, x, target), ws...) }
			})
			plan.train(batch, func(m *Model, x, target *autograd.Node, ws []*autograd.Node) func() *autograd.Gradients {
				p := autograd.NewPlan(decayed(m, x, target), ws...)
				return func() *autograd.Gradients {
					p.Forward()
					return p.Backward()
				}
			})
			if d := heap.end.largestChange(plan.end); d != 0 {
				t.Errorf("%s: the plan's parameters differ by %g from the heap's", problem, d)
			}
		}
	}
}

// decayed returns the error with the squares of all weights added.
func decayed(m *Model, x, target *autograd.Node) *autograd.Node {
	loss := layers.SquaredError(m.Net.Forward(x), target)
	for _, l := range m.Layers {
		loss = loss.Add(l.Linear.Weight.Square().Sum())
	}
	return loss
}

// A decay is a training with weight decay.
type decay struct {
	c   Config
	t   *testing.T
	end Parameters
}

// train makes some steps, by gradients that automatic returns for what the leaves hold, and
// compares these with the delta rules.
func (d *decay) train(batch int, automatic func(m *Model, x, target *autograd.Node, ws []*autograd.Node) func() *autograd.Gradients) {
	data, m, err := New(d.c)
	if err != nil {
		d.t.Fatal(err)
	}
	xs, ts := tensor.FromSlice(data.X, data.N, data.Inputs), tensor.FromSlice(data.T, data.N, 1)
	x, target := autograd.Constant(xs.Slice(0, 0, batch)), autograd.Constant(ts.Slice(0, 0, batch))
	ws := layers.Parameters(m.Net)
	gradients, descent := automatic(m, x, target, ws), optim.NewGradientDescent(d.c.LearningRate, ws...)
	var pass delta.Pass
	for i := 0; i+batch <= data.N; i += batch {
		x.Set(xs.Slice(0, i, i+batch))
		target.Set(ts.Slice(0, i, i+batch))
		grads := gradients()
		m.Closed.ForwardPropagate(&pass, x.Value())
		m.Closed.BackpropagateErrors(&pass, target.Value())
		m.Closed.CalculateGradients(&pass)
		for l, layer := range m.Layers {
			manual, w := &pass.Layers[l], layer.Linear.Weight
			want := new(tensor.Tensor).AddScaled(&manual.WeightGradient, 2, w.Value())
			difference := max(tensor.MaxAbsDiff(grads.Of(w), want), tensor.MaxAbsDiff(grads.Of(layer.Linear.Bias), &manual.BiasGradient))
			if !(difference <= 1e-13) {
				d.t.Fatalf("%s, observation %d, layer %d: gradients differ by %g from the delta rules and 2w", d.c.Problem.Name, i, l+1, difference)
			}
		}
		descent.Step(grads)
	}
	d.end = m.copyParameters()
}
