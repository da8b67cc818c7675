// Package activation lists activation functions, each both for networks of layers and for the delta rules.
package activation

import (
	"math"
	"slices"

	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A Function is an activation function g of a pre-activation z.
type Function struct {
	delta.Activation              // its name, and g and g′ in closed form
	Layer            layers.Layer // g on nodes
	Classes          Classes      // if it is that of the output unit
}

// Classes are the numbers by which an output unit codes two classes.
type Classes struct{ Lo, Hi float64 }

// The article's activation functions: its figure 2.
var (
	Sigmoid = Function{delta.Sigmoid, layers.Sigmoid{}, Classes{0, 1}}
	Tanh    = Function{delta.Tanh, layers.Tanh{}, Classes{-1, 1}}
	Linear  = Function{delta.Linear, layers.Identity{}, Classes{0, 1}}
)

// Softmax is the activation of the outputs for three classes or more, one output for each
// class: see [delta.Softmax].
var Softmax = Function{delta.Softmax, layers.Softmax{}, Classes{0, 1}}

// Hidden returns the activation functions of hidden units: the article's, and others.
func Hidden() []Function {
	return []Function{
		Sigmoid, Tanh, Linear,
		{delta.ReLU, layers.ReLU{}, Classes{}},
		{delta.LeakyReLU, layers.LeakyReLU{Slope: delta.Leak}, Classes{}},
		{delta.ELU, layers.ELU{Alpha: 1}, Classes{}},
		{delta.SiLU, layers.SiLU{}, Classes{}},
		{delta.GELU, layers.GELU{}, Classes{}},
		{delta.Softplus, layers.Softplus{}, Classes{}},
		{delta.Softsign, layers.Softsign{}, Classes{}},
	}
}

// Outputs returns the activation functions of output units.
func Outputs() []Function { return []Function{Sigmoid, Tanh, Linear, Softmax} }

// ByName returns the activation function with a name from a list, and whether there is one.
func ByName(of []Function, name string) (Function, bool) {
	i := slices.IndexFunc(of, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return Function{}, false
	}
	return of[i], true
}

// At returns g(z) and g′(z), by the closed form.
func (f Function) At(z float64) (g, slope float64) {
	x := tensor.Full(z, 1)
	return f.G(new(tensor.Tensor), x).Item(), f.Prime(new(tensor.Tensor), x).Item()
}

// Saturates reports whether the slope vanishes on both sides. The values of other functions are not bounded.
func (f Function) Saturates() bool {
	_, below := f.At(-1e6)
	_, above := f.At(1e6)
	return max(below, above) < 1e-9
}

// Steep returns the slope in comparison with which a unit counts as flat: g′(0), or at a kink the slope
// above it.
func (f Function) Steep() float64 {
	_, slope := f.At(math.SmallestNonzeroFloat64)
	return slope
}
