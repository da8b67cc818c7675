// Package optim updates parameters by their gradients.
//
//	o := optim.NewGradientDescent(0.1, layers.Parameters(net)...)
//	schedule := optim.Exponential(0.1, 0.95)
//	for i := range iterations {
//		o.LearningRate = schedule.Rate(i)
//		o.Minimise(layers.SquaredError(net.Forward(x), t))
//	}
//
// Each optimiser is its update rule, written once; its documentation has the formula and the paper it is
// from. There g is the gradient of the parameter w, η the learning rate and t the number of the step,
// from 1. Settings are fields, an optimiser's own and those that all have in [Base]; they may be changed
// between steps. [LBFGS] is for small problems without noise, and finds the length of its steps by
// itself.
//
// A parameter that is not given to an optimiser is frozen: it stays as it is.
//
// Gradients may be changed before the step, as by clipping, or be those of several batches:
//
//	grads := autograd.Backward(loss, o.Parameters()...)
//	optim.ClipNorm(grads, 1)
//	o.Step(grads)
//
// A [Schedule] is a function of a number, which the caller counts in steps or in epochs; its result
// becomes the learning rate of an optimiser. Several optimisers may each have their own.
//
// What PyTorch calls SGD is [GradientDescent], AdamW is [NewAdamW], a parameter group is one of
// [Base.Group], state_dict is [Base.State], without the settings, and zero_grad is not needed.
//
// A caller's mistake panics with an *[Error], or with the *autograd.Error or *tensor.Error of the
// operation that detects it.
package optim

import (
	"fmt"

	"gentlegrad/autograd"
)

// An Optimiser changes parameters so that the loss becomes smaller. Those of this package get these
// methods from [Base].
type Optimiser interface {
	// Step updates the parameters, in place, by the gradients of one loss. Gradients are
	// values: there is nothing to set to zero afterwards.
	Step(grads *autograd.Gradients)

	// Minimise is Step by the gradients of a loss, a node of one element.
	Minimise(loss *autograd.Node)

	// Settings returns what all optimisers have: the learning rate, weight decay, groups and state.
	Settings() *Base
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
