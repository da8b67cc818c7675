package training

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// TestWeightDecay descends a loss with weight decay, E + Σw², written as it reads: on a plan and on
// the heap, which agree to the last bit, and as the delta rules have it, where a weight's gradient
// is ∂E/∂w + 2w. Every parameter of every step is compared.
func TestWeightDecay(t *testing.T) {
	t.Parallel()
	for _, batch := range []int{1, 7} {
		c := defaults("XOR", func(c *Config) { c.Hidden, c.LearningRate = []int{3, 2}, .05 })
		planned, heaped, manual := newDecayed(t, c), newDecayed(t, c), newDecayed(t, c)
		x, target := planned.batch(0, batch)
		input, wanted := autograd.Constant(x), autograd.Constant(target)
		plan := autograd.NewPlan(planned.loss(input, wanted), layers.Parameters(planned.model.Net)...)
		var pass delta.Pass
		for step := range 20 {
			x, target := planned.batch(step*batch, batch)
			input.Set(x)
			wanted.Set(target)
			onPlan := plan.Forward().Item()
			planned.descent.Step(plan.Backward())

			loss := heaped.loss(autograd.Constant(x), autograd.Constant(target))
			onHeap := loss.Value().Item()
			heaped.descent.Step(autograd.Backward(loss))

			manual.step(&pass, x, target)
			if math.Float64bits(onPlan) != math.Float64bits(onHeap) {
				t.Errorf("batch %d, step %d: the loss is %v on a plan, %v on the heap", batch, step, onPlan, onHeap)
			}
			if d := planned.model.copyParameters().largestChange(heaped.model.copyParameters()); d != 0 {
				t.Errorf("batch %d, step %d: parameters differ by %g between a plan and the heap", batch, step, d)
			}
			if d := planned.model.copyParameters().largestChange(manual.model.copyParameters()); !(d <= 1e-14) {
				t.Errorf("batch %d, step %d: parameters differ by %g from the delta rules'", batch, step, d)
			}
		}
	}
}

// A decayed is a network that is trained with weight decay.
type decayed struct {
	model   *Model
	descent *optim.GradientDescent
	rate    float64
	x, t    *tensor.Tensor
}

func newDecayed(t *testing.T, c Config) decayed {
	t.Helper()
	data, m := mustNew(t, c)
	x, target := data.Tensors()
	return decayed{m, optim.NewGradientDescent(c.LearningRate, layers.Parameters(m.Net)...), c.LearningRate, x, target}
}

func (d decayed) batch(i, n int) (x, t *tensor.Tensor) {
	return d.x.Slice(0, i, i+n), d.t.Slice(0, i, i+n)
}

func (d decayed) loss(x, t *autograd.Node) *autograd.Node {
	loss := layers.SquaredError(d.model.Net.Forward(x), t)
	for _, l := range d.model.Layers {
		w := l.Linear.Weight
		loss = loss.Add(w.Square().Sum())
	}
	return loss
}

// step is a step by the delta rules.
func (d decayed) step(p *delta.Pass, x, t *tensor.Tensor) {
	n := d.model.Closed
	n.ForwardPropagate(p, x)
	n.BackpropagateErrors(p, t)
	n.CalculateGradients(p)
	for l := range n {
		g := &p.Layers[l].WeightGradient
		g.AddScaled(g, 2, n[l].Weight)
	}
	n.UpdateParameters(p, d.rate)
}
