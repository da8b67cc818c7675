// Package optim updates parameters by their gradients.
//
//	o := optim.NewGradientDescent(0.1, parameters...)
//	schedule := optim.Exponential(0.1, 0.95)
//	for i := range iterations {
//		o.LearningRate = schedule.Rate(i)
//		o.Step(autograd.BackwardTo(loss(), parameters...))
//	}
package optim

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// An Optimiser changes parameters so that the loss becomes smaller.
type Optimiser interface {
	// Step updates the parameters, in place, by the gradients of one loss.
	Step(grads *autograd.Gradients)
}

// GradientDescent updates every parameter w by its gradient g:
//
//	v ← μv + g    w ← w − ηv
//
// with learning rate η and momentum μ, and v = 0 at first. Without momentum this is
// step IV of the article: w ← w − ηg. With it, it is the heavy ball method: B. T.
// Polyak, Some methods of speeding up the convergence of iteration methods (1964),
// with the learning rate outside of the sum, as in PyTorch.
type GradientDescent struct {
	LearningRate float64
	Momentum     float64

	parameters []*autograd.Node
	velocities []*tensor.Tensor
}

// NewGradientDescent returns gradient descent without momentum on the parameters.
func NewGradientDescent(learningRate float64, parameters ...*autograd.Node) *GradientDescent {
	return &GradientDescent{LearningRate: learningRate, parameters: parameters}
}

// Step updates the parameters. It panics if grads was made by BackwardTo without one of
// them.
func (o *GradientDescent) Step(grads *autograd.Gradients) {
	for i, p := range o.parameters {
		w, g := p.Value(), grads.Of(p)
		if o.Momentum != 0 {
			v := o.velocity(i, g)
			v.Scale(o.Momentum, v)
			g = v.Add(v, g)
		}
		w.AddScaled(w, -o.LearningRate, g)
	}
}

func (o *GradientDescent) velocity(i int, g *tensor.Tensor) *tensor.Tensor {
	if o.velocities == nil {
		o.velocities = make([]*tensor.Tensor, len(o.parameters))
	}
	if o.velocities[i] == nil {
		o.velocities[i] = new(tensor.Tensor).Like(g).Fill(0)
	}
	return o.velocities[i]
}
