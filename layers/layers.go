// Package layers builds networks from the nodes of package autograd.
//
//	net := layers.Sequential{
//		layers.NewLinear(2, 4, layers.Xavier(rng)), layers.Sigmoid{},
//		layers.NewLinear(4, 1, layers.Xavier(rng)), layers.Sigmoid{},
//	}
//	loss := layers.SquaredError(net.Forward(x), t)
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
// none if it has no method Parameters.
func Parameters(l Layer) []Parameter {
	if p, ok := l.(interface{ Parameters() []Parameter }); ok {
		return p.Parameters()
	}
	return nil
}

// Nodes returns the nodes of parameters: what an optimiser and BackwardTo take.
func Nodes(parameters []Parameter) []*autograd.Node {
	nodes := make([]*autograd.Node, len(parameters))
	for i, p := range parameters {
		nodes[i] = p.Node
	}
	return nodes
}

// Sequential applies one layer after another.
type Sequential []Layer

// Forward returns the last layer's result.
func (s Sequential) Forward(x *autograd.Node) *autograd.Node {
	for _, l := range s {
		x = l.Forward(x)
	}
	return x
}

// Trace is Forward, and returns every layer's result: for each Linear the
// pre-activation z, for each activation a. The gradient of a z is its δ.
func (s Sequential) Trace(x *autograd.Node) []*autograd.Node {
	results := make([]*autograd.Node, len(s))
	for i, l := range s {
		x = l.Forward(x)
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

// Tanh is the hyperbolic tangent, element by element.
type Tanh struct{}

// Forward returns the activation of z.
func (Tanh) Forward(z *autograd.Node) *autograd.Node { return z.Tanh() }

// ReLU is max(z, 0), element by element.
type ReLU struct{}

// Forward returns the activation of z.
func (ReLU) Forward(z *autograd.Node) *autograd.Node { return z.ReLU() }

// Identity is the linear activation: its result is its input, the same node.
type Identity struct{}

// Forward returns z.
func (Identity) Forward(z *autograd.Node) *autograd.Node { return z }
