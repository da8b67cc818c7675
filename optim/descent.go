package optim

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// GradientDescent updates every parameter w by its gradient g:
//
//	w ← w − ηg
//
// This is step IV of the article. With gradients of batches it is stochastic gradient descent (SGD): H.
// Robbins and S. Monro, A stochastic approximation method (1951). With momentum μ it is
//
//	v ← μv + (1−τ)g    w ← w − ηv
//
// the heavy ball method: B. T. Polyak, Some methods of speeding up the convergence of iteration methods
// (1964). The learning rate outside the sum and the dampening τ are as in PyTorch. At first v = g, and
// again after a step without momentum, which stops the ball. Nesterov's momentum looks one step of the
// ball ahead:
//
//	w ← w − η(g + μv)
//
// This is Y. Nesterov's method of 1983 as I. Sutskever and others write it in On the importance of
// initialization and momentum in deep learning (2013), in the variables that PyTorch takes. It needs
// momentum, and no dampening.
type GradientDescent struct {
	Base
	Momentum  float64 // μ
	Dampening float64 // τ
	Nesterov  bool
}

var _ Optimiser = (*GradientDescent)(nil)

// NewGradientDescent returns gradient descent without momentum on the parameters. One that is named twice
// is updated once a step. It panics if there are none, if one is not a Variable (nil, a Constant or the
// result of an operation), or if the learning rate is negative or not finite. So do the constructors of
// the other optimisers.
func NewGradientDescent(learningRate float64, parameters ...*autograd.Node) *GradientDescent {
	o := new(GradientDescent)
	o.start("NewGradientDescent", o, learningRate, parameters)
	o.mayKeep("velocity")
	return o
}

func (o *GradientDescent) begin() {
	mustNotBeNegative("Step", "Momentum", o.Momentum)
	mustNotBeNegative("Step", "Dampening", o.Dampening)
	if o.Nesterov && (o.Momentum == 0 || o.Dampening != 0) {
		fail("Step", "Nesterov with Momentum %v and Dampening %v; it needs momentum, and no dampening", o.Momentum, o.Dampening)
	}
}

// update uses operations of tensors, which are quicker than a loop in Go.
func (o *GradientDescent) update(p *parameter) {
	w, g := p.node.Value(), p.gradient
	velocity := &p.kept[0] // the only one
	if o.Momentum == 0 {
		velocity.value = nil
	} else {
		part := g
		if velocity.value == nil {
			velocity.value = tensor.New(g.Shape()...)
		} else if o.Dampening != 0 {
			part = p.scratch.Scale(g, 1-o.Dampening)
		}
		v := velocity.value
		v.AddScaled(part, o.Momentum, v)
		if o.Nesterov {
			g = p.scratch.AddScaled(g, o.Momentum, v)
		} else {
			g = v
		}
	}
	w.AddScaled(w, -p.rate, g) // the bits of w − ηg, rounded twice as NumPy does
}
