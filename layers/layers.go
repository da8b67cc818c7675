// Package layers builds networks from the nodes of package autograd.
//
//	net := layers.Sequential{
//		layers.NewLinear(2, 4, layers.Xavier(rng)), layers.Sigmoid{},
//		layers.NewLinear(4, 1, layers.Xavier(rng)), layers.Sigmoid{},
//	}
//	loss := layers.SquaredError(net.Forward(x), t)
//
// A caller's mistake panics with an *[Error], or with a *tensor.Error where the shape
// of an input does not fit.
package layers

import (
	"fmt"

	"gentlegrad/autograd"
)

// A Layer computes a node from a node: a batch of observations, one a row, from
// another.
type Layer interface {
	Forward(x *autograd.Node) *autograd.Node
}

// A Parameter is a Variable of a layer, and its name there.
type Parameter struct {
	Name string // such as "weight", or "0.weight" in a Sequential
	Node *autograd.Node
}

// Parameters returns the parameters of a layer in an order that stays the same, or
// none if it has no method Parameters. One that two layers share comes twice, under
// both names.
func Parameters(l Layer) []Parameter {
	if p, ok := l.(interface{ Parameters() []Parameter }); ok {
		return p.Parameters()
	}
	return nil
}

// Nodes returns the nodes of parameters, each once, in their order: what an optimiser
// and BackwardTo take.
func Nodes(parameters []Parameter) []*autograd.Node {
	nodes := make([]*autograd.Node, 0, len(parameters))
	seen := make(map[*autograd.Node]bool, len(parameters))
	for _, p := range parameters {
		if !seen[p.Node] {
			seen[p.Node] = true
			nodes = append(nodes, p.Node)
		}
	}
	return nodes
}

// Sequential applies one layer after another.
type Sequential []Layer

// Forward returns the last layer's result; without layers, x. It panics if a layer is nil.
func (s Sequential) Forward(x *autograd.Node) *autograd.Node {
	for i := range s {
		x = s.layer(i).Forward(x)
	}
	return x
}

// layer returns layer i, which must not be nil.
func (s Sequential) layer(i int) Layer {
	if s[i] == nil {
		fail("Sequential", "layer %d is nil", i)
	}
	return s[i]
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
		x = s.layer(i).Forward(x)
		results[i] = x
	}
	return results
}

// Parameters returns the parameters of the layers in their order, named by the place
// of the layer: "0.weight", "0.bias", "2.weight", ….
func (s Sequential) Parameters() []Parameter {
	var all []Parameter
	for i, l := range s {
		for _, p := range Parameters(l) {
			all = append(all, Parameter{fmt.Sprintf("%d.%s", i, p.Name), p.Node})
		}
	}
	return all
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
}

func (e *Error) Error() string { return "layers: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
