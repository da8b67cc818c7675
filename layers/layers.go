// Package layers builds networks from the nodes of package autograd.
//
//	net := layers.Sequential{
//		layers.NewLinear(2, 4, layers.Xavier(rng)), layers.Sigmoid{},
//		layers.NewLinear(4, 1, layers.Xavier(rng)), layers.Sigmoid{},
//	}
//	loss := layers.SquaredError(net.Forward(x), t)
//	parameters := layers.Parameters(net)
//
// A layer that has parameters is made by a function, such as [NewLinear]; one that has none is a
// literal, such as Dropout{P: .5}.
//
// A layer of your own is a struct with its Variables and layers in exported fields, where [Parameters]
// finds them, and a method Forward. [Func] makes a layer of any function. The doc comment of each type
// gives the shapes of its input and its result, and its String the layer's size; [Summary] makes a table
// of a network.
//
// Layers that behave differently in training, [Dropout] and [BatchNorm], learn this from the context that
// flows from the input:
//
//	x := autograd.Context{Training: true, Rand: rng}.Constant(batch)
//
// Several goroutines may use a network at the same time, each that trains with a Rand of its own. The
// exception is training with a BatchNorm.
//
// To freeze layers, give only the parameters of the others to the optimiser, and to autograd.Backward or
// NewPlan, which then compute only their gradients: what the optimiser is not given stays as it is. (The
// running statistics of a BatchNorm are not parameters, and follow what they see in training.)
//
// [Save] and [Load] keep a network in a file, and [LoadTorch] takes it from PyTorch.
//
// A caller's mistake panics with an *[Error], or with the *autograd.Error or *tensor.Error of the
// operation that detects it; in a [Sequential] with an *Error that names the layer and wraps the
// original.
package layers

import (
	"fmt"
	"reflect"

	"gentlegrad/autograd"
)

// A Layer computes a node from a node. Both are batches of observations, one a row.
type Layer interface {
	Forward(x *autograd.Node) *autograd.Node
}

// Sigmoid is the logistic sigmoid 1/(1+e⁻ᶻ), element by element.
type Sigmoid struct{}

// Forward returns the activation of z.
func (Sigmoid) Forward(z *autograd.Node) *autograd.Node { return z.Sigmoid() }

// String returns "Sigmoid".
func (Sigmoid) String() string { return "Sigmoid" }

// Tanh is the hyperbolic tangent (eᶻ−e⁻ᶻ)/(eᶻ+e⁻ᶻ), element by element.
type Tanh struct{}

// Forward returns the activation of z.
func (Tanh) Forward(z *autograd.Node) *autograd.Node { return z.Tanh() }

// String returns "Tanh".
func (Tanh) String() string { return "Tanh" }

// ReLU is max(z, 0), element by element, with slope 0 at 0.
type ReLU struct{}

// Forward returns the activation of z.
func (ReLU) Forward(z *autograd.Node) *autograd.Node { return z.ReLU() }

// String returns "ReLU".
func (ReLU) String() string { return "ReLU" }

// Identity is the linear activation: its result is its input, the same node.
type Identity struct{}

// Forward returns z. It panics if z is nil.
func (Identity) Forward(z *autograd.Node) *autograd.Node {
	mustBeSet("Identity", "the input is nil", z)
	return z
}

// String returns "Identity".
func (Identity) String() string { return "Identity" }

// An Error is a caller's mistake: a layer without inputs, predictions and targets of
// two shapes. Functions of this package panic with an *Error.
type Error struct {
	Op   string // the function; in a Sequential the place and layer, such as "2: Linear 4→2"
	Text string // what is wrong, with the values
	err  error  // in a Sequential: what the layer panicked with
}

func (e *Error) Error() string { return "layers: " + e.Op + ": " + e.Text }

// Unwrap returns the error that a layer of a Sequential panicked with, such as a
// *tensor.Error; otherwise nil.
func (e *Error) Unwrap() error { return e.err }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}

// mustBeSet panics with the text if a node is nil, or the zero Node.
func mustBeSet(op, text string, x *autograd.Node) {
	if x == nil || x.Value() == nil {
		fail(op, "%s", text)
	}
}

// mustBeMade panics if a layer is a nil pointer, such as a field of a struct that was never set.
func mustBeMade[L any](layer *L) {
	if layer == nil {
		fail(reflect.TypeFor[L]().Name(), "the layer is nil")
	}
}

// mustHave panics if the layer in a field of another is nil, or a nil pointer.
func mustHave(op, field string, l Layer) {
	if isMissing(l) {
		fail(op, "the %s is %s", field, describe(l))
	}
}

// mustBePositive panics unless all numbers are positive.
func mustBePositive(op, what string, numbers ...int) {
	for _, n := range numbers {
		if n < 1 {
			fail(op, "the %s are %v; each must be at least 1", what, numbers)
		}
	}
}
