// Package optim updates parameters by their gradients.
//
//	o := optim.NewGradientDescent(0.1, layers.Parameters(net)...)
//	schedule := optim.Exponential(0.1, 0.95)
//	for i := range iterations {
//		o.LearningRate = schedule.Rate(i)
//		o.Minimise(layers.SquaredError(net.Forward(x), t))
//	}
//
// A caller's mistake panics with an *[Error], or with an *autograd.Error where a
// gradient is missing.
package optim

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// An Optimiser changes parameters so that the loss becomes smaller.
type Optimiser interface {
	// Step updates the parameters, in place, by the gradients of one loss. Gradients are
	// values: there is nothing to set to zero afterwards.
	Step(grads *autograd.Gradients)

	// Minimise is Step by the gradients of a loss, a node of one element.
	Minimise(loss *autograd.Node)
}

// GradientDescent updates every parameter w by its gradient g:
//
//	v ← μv + g    w ← w − ηv
//
// with learning rate η and momentum μ, and v = 0 at first. Without momentum this is
// step IV of the article: w ← w − ηg. With it, it is the heavy ball method: B. T.
// Polyak, Some methods of speeding up the convergence of iteration methods (1964),
// with the learning rate outside the sum, as in PyTorch. Both may be changed
// between steps; a step without momentum stops the ball: v is 0 after it.
type GradientDescent struct {
	LearningRate float64
	Momentum     float64

	parameters []*autograd.Node
	gradients  []*tensor.Tensor // of each parameter, in the last Step
	velocities []*tensor.Tensor // v of each parameter; none, or nil, for 0
}

var _ Optimiser = (*GradientDescent)(nil)

// NewGradientDescent returns gradient descent without momentum on the parameters. One
// that is named twice is updated once in a step. It panics if there are none, and if one is
// not a Variable: nil, a Constant or the result of an operation.
func NewGradientDescent(learningRate float64, parameters ...*autograd.Node) *GradientDescent {
	parameters = distinct("NewGradientDescent", parameters)
	return &GradientDescent{LearningRate: learningRate, parameters: parameters, gradients: make([]*tensor.Tensor, len(parameters))}
}

// Step updates the parameters. One that the loss does not depend on has the gradient
// 0: it stays as it is but for its momentum. Step panics, and updates none, if grads has not
// the gradient of every parameter.
func (o *GradientDescent) Step(grads *autograd.Gradients) {
	if len(o.parameters) == 0 {
		fail("Step", "no parameters: NewGradientDescent takes them")
	}
	gradients := o.gradients
	for i, p := range o.parameters {
		gradients[i] = grads.Of(p) // which may panic: before anything has changed
	}
	rate, momentum := -o.LearningRate, o.Momentum
	if momentum == 0 {
		clear(o.velocities)
	}
	for i, g := range gradients {
		if momentum != 0 {
			v := o.velocity(i, g)
			g = v.AddScaled(g, momentum, v)
		}
		w := o.parameters[i].Value()
		w.AddScaled(w, rate, g) // the bits of w − ηg, rounded twice as NumPy does
	}
}

// Minimise makes a step by the gradients of a loss: Backward and Step. It panics as those do.
func (o *GradientDescent) Minimise(loss *autograd.Node) {
	o.Step(autograd.Backward(loss, o.parameters...))
}

func (o *GradientDescent) velocity(i int, g *tensor.Tensor) *tensor.Tensor {
	if o.velocities == nil {
		o.velocities = make([]*tensor.Tensor, len(o.parameters))
	}
	if o.velocities[i] == nil {
		o.velocities[i] = tensor.New(g.Shape()...)
	}
	return o.velocities[i]
}

// distinct returns the parameters, each once, in their order. It panics if there are none, and if
// one is not a Variable.
func distinct(op string, parameters []*autograd.Node) []*autograd.Node {
	if len(parameters) == 0 {
		fail(op, "no parameters: there is nothing to update")
	}
	once := make([]*autograd.Node, 0, len(parameters))
	seen := make(map[*autograd.Node]bool, len(parameters))
	for i, p := range parameters {
		switch {
		case p == nil:
			fail(op, "parameter %d is nil", i)
		case p.Op() != nil || !p.NeedsGrad():
			fail(op, "parameter %d is %v; only a Variable can be updated", i, p)
		}
		if !seen[p] {
			seen[p] = true
			once = append(once, p)
		}
	}
	return once
}

// An Error is a caller's mistake, such as a parameter that can't be updated. Functions of this
// package panic with an *Error.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "optim: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
