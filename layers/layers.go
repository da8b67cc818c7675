// Package layers builds networks from the nodes of package autograd.
//
//	net := layers.Sequential{
//		layers.NewLinear(2, 4, layers.Xavier(rng)), layers.Sigmoid{},
//		layers.NewLinear(4, 1, layers.Xavier(rng)), layers.Sigmoid{},
//	}
//	loss := layers.SquaredError(net.Forward(x), t)
//
// A layer of your own is a struct with its Variables and layers in exported fields, and a Forward:
// [Parameters] finds them there.
//
// A caller's mistake panics with an *[Error].
package layers

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Layer computes a node from a node: a batch of observations, one a row, from
// another.
type Layer interface {
	Forward(x *autograd.Node) *autograd.Node
}

// Sequential applies one layer after another.
type Sequential []Layer

// Forward returns the last layer's result; without layers, x. It panics if a layer is nil. A mistake that
// a layer panics with is told with the layer's place and String.
func (s Sequential) Forward(x *autograd.Node) *autograd.Node {
	for i := range s {
		x = s.forward(i, x)
	}
	return x
}

// Trace is Forward, and returns every layer's result: for each Linear the
// pre-activation z, for each activation a. The last is the prediction, and the
// gradient of a z is its δ:
//
//	nodes := net.Trace(x)
//	grads := autograd.Backward(layers.SquaredError(nodes[len(nodes)-1], t))
//	grads.Of(nodes[0]) // δ of the first layer
func (s Sequential) Trace(x *autograd.Node) []*autograd.Node {
	results := make([]*autograd.Node, len(s))
	for i := range s {
		x = s.forward(i, x)
		results[i] = x
	}
	return results
}

// forward returns the result of layer i.
func (s Sequential) forward(i int, x *autograd.Node) *autograd.Node {
	defer func() {
		if p := recover(); p != nil {
			panic(s.located(i, p))
		}
	}()
	if s[i] == nil {
		fail("Sequential", "layer %d is nil", i)
	}
	return s[i].Forward(x)
}

// located returns the mistake p, which layer i panicked with, as one that names the layer; anything else as
// it is.
func (s Sequential) located(i int, p any) any {
	err, ok := p.(error)
	if !ok {
		return p
	}
	place := strconv.Itoa(i)
	var inner *Error
	switch {
	case errors.As(err, &inner) && inner.path != "":
		return &Error{inner.Op, inner.Text, place + "." + inner.path, inner.err}
	case inner != nil:
	case !errors.As(err, new(*autograd.Error)) && !errors.As(err, new(*tensor.Error)):
		if v := reflect.ValueOf(s[i]); v.Kind() != reflect.Pointer || !v.IsNil() {
			return p
		}
		err = fmt.Errorf("the %T is nil", s[i])
	}
	return &Error{"Forward", "", place + ": " + describe(s[i]), err}
}

// Sigmoid is the logistic sigmoid 1/(1+e⁻ᶻ), element by element.
type Sigmoid struct{}

// Forward returns the activation of z.
func (Sigmoid) Forward(z *autograd.Node) *autograd.Node { return z.Sigmoid() }

// Tanh is the hyperbolic tangent (eᶻ−e⁻ᶻ)/(eᶻ+e⁻ᶻ), element by element.
type Tanh struct{}

// Forward returns the activation of z.
func (Tanh) Forward(z *autograd.Node) *autograd.Node { return z.Tanh() }

// ReLU is max(z, 0), element by element, with slope 0 at 0.
type ReLU struct{}

// Forward returns the activation of z.
func (ReLU) Forward(z *autograd.Node) *autograd.Node { return z.ReLU() }

// Identity is the linear activation: its result is its input, the same node.
type Identity struct{}

// Forward returns z.
func (Identity) Forward(z *autograd.Node) *autograd.Node { return z }

// An Error is a caller's mistake: a layer without inputs, predictions and targets of
// two shapes. Functions of this package panic with an *Error.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values

	path string // in a network: where, such as "1.0: Linear 4→2"
	err  error  // and the mistake there
}

func (e *Error) Error() string {
	if e.err != nil {
		return "layers: " + e.path + ": " + e.err.Error()
	}
	return "layers: " + e.Op + ": " + e.Text
}

// Unwrap returns the mistake that a layer of a network panicked with, if e is one of those.
func (e *Error) Unwrap() error { return e.err }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
