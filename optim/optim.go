// Package optim updates parameters by their gradients.
//
//	o := optim.NewGradientDescent(0.1, parameters...)
//	schedule := optim.Exponential(0.1, 0.95)
//	for i := range iterations {
//		o.LearningRate = schedule.Rate(i)
//		o.Step(autograd.BackwardTo(loss(), parameters...))
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
	gradients  []*tensor.Tensor // of each parameter, in a Step
	velocities []*tensor.Tensor // v of each parameter; none, or nil, for 0
}

// NewGradientDescent returns gradient descent without momentum on the parameters. One
// that is named twice is updated once in a step. It panics if one is not a Variable:
// nil, a Constant or the result of an operation.
func NewGradientDescent(learningRate float64, parameters ...*autograd.Node) *GradientDescent {
	return &GradientDescent{LearningRate: learningRate, parameters: distinct("NewGradientDescent", parameters)}
}

// Step updates the parameters. One that the loss does not depend on has the gradient
// 0: it stays as it is but for its momentum. Step panics, and updates none, if grads was
// made by BackwardTo without one of the parameters.
func (o *GradientDescent) Step(grads *autograd.Gradients) {
	if o.Momentum == 0 {
		clear(o.velocities)
	}
	o.gradients = grads.AppendOf(o.gradients[:0], o.parameters...)
	for i, p := range o.parameters {
		w, g := p.Value(), o.gradients[i]
		if o.Momentum != 0 {
			v := o.velocity(i, g)
			v.Scale(o.Momentum, v)
			g = v.Add(v, g)
		}
		descend(w.Data(), o.LearningRate, g.Data())
	}
}

// descend sets w ← w − ηg, element by element, rounded twice as NumPy does.
func descend(w []float64, rate float64, g []float64) {
	w = w[:len(g)]
	for k, slope := range g {
		w[k] -= float64(rate * slope)
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

// distinct returns the parameters, each once, in their order. It panics if one is not a
// Variable.
func distinct(op string, parameters []*autograd.Node) []*autograd.Node {
	once := make([]*autograd.Node, 0, len(parameters))
	seen := make(map[*autograd.Node]bool, len(parameters))
	for i, p := range parameters {
		switch {
		case p == nil:
			fail(op, "parameter %d is nil", i)
		case p.Op() != nil || !p.NeedsGrad():
			fail(op, "parameter %d is %v; only a Variable can be updated", i, p)
		case p.Context().Tape != nil:
			fail(op, "parameter %d, %v, is on a tape, and dies at its Reset; the Variable itself is needed", i, p)
		}
		if !seen[p] {
			seen[p] = true
			once = append(once, p)
		}
	}
	return once
}

// An Error is a caller's mistake: a parameter that cannot be updated. Functions of this
// package panic with an *Error.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "optim: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
