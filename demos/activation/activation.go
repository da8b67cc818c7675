// Package activation describes the activation functions of the article's networks, each once:
// for networks of layers, for the delta rules, and for those who write formulas down.
package activation

import (
	"math"
	"slices"

	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A Function is an activation function g of a pre-activation z, and how it is written. Its
// formulas are marked up for package draw.
type Function struct {
	delta.Activation              // its name, and g and g′ in closed form
	Layer            layers.Layer // g on nodes
	Classes          Classes      // if it is the output unit's

	Title     string // the name in full
	Does      string // what a unit does by it: after "unit 1 …"
	SlopeName string // what g′(z) is: after "times …"

	Formula      string // of g, from z
	SlopeFormula string // of g′, from z and a = g(z)
	// The same with a number in place of z, or of a: as it is, or with brackets where a sign
	// needs them.
	WithZ, SlopeWithA func(number, bracketed string) string

	// A value on the way from z to g, and its formula, if there is one.
	Inner        func(z float64) float64
	InnerFormula string
}

// Classes are the numbers by which an output unit codes two classes.
type Classes struct{ Lo, Hi float64 }

// The article's activation functions: its figure 2.
var (
	Sigmoid = Function{
		Activation: delta.Sigmoid, Layer: layers.Sigmoid{}, Classes: Classes{0, 1},
		Title: "logistic sigmoid", Does: "applies the logistic sigmoid", SlopeName: "the sigmoid’s slope",
		Formula: "1/(1 + e^{−z})", SlopeFormula: "a (1 − a)",
		WithZ:      func(_, z string) string { return "1/(1 + e^−" + z + ")" },
		SlopeWithA: func(a, _ string) string { return a + "·(1 − " + a + ")" },
		Inner:      func(z float64) float64 { return math.Exp(-z) }, InnerFormula: "e^{−z}",
	}
	Tanh = Function{
		Activation: delta.Tanh, Layer: layers.Tanh{}, Classes: Classes{-1, 1},
		Title: "tanh", Does: "applies the hyperbolic tangent", SlopeName: "the slope of the tangent",
		Formula: "tanh z", SlopeFormula: "1 − a^2",
		WithZ:      func(z, _ string) string { return "tanh(" + z + ")" },
		SlopeWithA: func(_, a string) string { return "(1 − " + a + "²)" },
	}
	Linear = Function{
		Activation: delta.Linear, Layer: layers.Identity{}, Classes: Classes{0, 1},
		Title: "linear", Does: "passes it on as it is", SlopeName: "a slope of 1",
		Formula: "z", SlopeFormula: "1",
		WithZ:      func(z, _ string) string { return z },
		SlopeWithA: func(_, _ string) string { return "1" },
	}
)

// All returns the activation functions.
func All() []Function { return []Function{Sigmoid, Tanh, Linear} }

// ByName returns the activation function of a name, and whether there is one.
func ByName(name string) (Function, bool) {
	all := All()
	i := slices.IndexFunc(all, func(f Function) bool { return f.Name == name })
	if i < 0 {
		return Function{}, false
	}
	return all[i], true
}

// At returns g(z) and g′(z), by the closed form.
func (f Function) At(z float64) (g, slope float64) {
	x := tensor.Scalar(z)
	return f.G(new(tensor.Tensor), x).Item(), f.Prime(new(tensor.Tensor), x).Item()
}
