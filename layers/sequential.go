package layers

import (
	"runtime"
	"strconv"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Sequential applies one layer after another.
//
// A mistake inside it is reported with the place and the layer: a panic with an *Error, an
// *autograd.Error or a *tensor.Error becomes one with an *[Error] such as
//
//	layers: 2: Linear 4→2: tensor: Affine: inner dimensions differ: …
//
// The place 1.0 is that of layer 0 of a Sequential that is layer 1. Other panics stay as they are, except
// that of a layer that is nil, or a nil pointer.
type Sequential []Layer

// Forward returns the last layer's result, or x if there are no layers; then x must not be nil.
func (s Sequential) Forward(x *autograd.Node) *autograd.Node {
	if len(s) == 0 { // no layer looks at x
		mustBeSet("Sequential", "the input is nil", x)
	}
	var i int
	defer s.locate(&i)
	for i = range s {
		x = s.result(i, s[i].Forward(x))
	}
	return x
}

// Trace is Forward, but returns every layer's result: the pre-activation z of each Linear, the activation
// a after it. The last is the prediction, and the gradient of a z is its δ:
//
//	nodes := net.Trace(x)
//	grads := autograd.Backward(layers.SquaredError(nodes[3], t))
//	delta := grads.Of(nodes[0]) // of the hidden layer
func (s Sequential) Trace(x *autograd.Node) []*autograd.Node {
	if len(s) == 0 {
		mustBeSet("Sequential", "the input is nil", x)
	}
	var i int
	defer s.locate(&i)
	results := make([]*autograd.Node, len(s))
	for i = range s {
		x = s.result(i, s[i].Forward(x))
		results[i] = x
	}
	return results
}

// result returns y, the result of layer i. It panics if y is nil.
func (s Sequential) result(i int, y *autograd.Node) *autograd.Node {
	if y == nil {
		fail(describe(s[i]), "its Forward returned nil")
	}
	return y
}

// sequential returns l as a Sequential, if it is one or points to one.
func sequential(l Layer) (s Sequential, ok bool) {
	switch l := l.(type) {
	case Sequential:
		return l, true
	case *Sequential:
		if l != nil {
			return *l, true
		}
	}
	return nil, false
}

// locate, which is deferred, names layer i in a mistake. It panics again where the layer panicked, so the
// stack trace is complete.
func (s Sequential) locate(i *int) {
	if p := recover(); p != nil {
		panic(s.located(*i, p))
	}
}

// located returns p, which layer i panicked with: as an *Error that names the layer, or as it is if it is
// not a caller's mistake.
func (s Sequential) located(i int, p any) any {
	index, layer := strconv.Itoa(i), describe(s[i])
	place := index + ": " + layer
	switch err := p.(type) {
	case runtime.Error:
		if isMissing(s[i]) {
			return &Error{index, "the layer is " + layer, err}
		}
	case *Error:
		switch _, nested := sequential(s[i]); {
		case isMissing(s[i]):
			return &Error{index, "the layer is " + layer, err}
		case layer == err.Op || strings.HasPrefix(layer, err.Op+" "): // it named itself
			return &Error{place, err.Text, err}
		case nested:
			return &Error{index + "." + err.Op, err.Text, err.err}
		}
		return &Error{place, err.Op + ": " + err.Text, err}
	case *autograd.Error:
		return &Error{place, err.Error(), err}
	case *tensor.Error:
		return &Error{place, err.Error(), err}
	}
	return p
}
