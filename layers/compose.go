package layers

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Residual adds the result of a layer, of x's shape, to x: gradients also flow past the layer. (He and
// others, 2016)
//
//	y = x + Inner(x)    ∂L/∂x = ∂L/∂y + what flows back through Inner
type Residual struct{ Inner Layer }

// Forward returns x + Inner(x). It panics if these differ in shape.
func (r Residual) Forward(x *autograd.Node) *autograd.Node {
	mustBeSet("Residual", "the input is nil", x)
	mustHave("Residual", "Inner", r.Inner)
	y := r.Inner.Forward(x)
	if y == nil {
		fail("Residual", "the Forward of %s returned nil", describe(r.Inner))
	}
	if !tensor.SameShape(x.Value(), y.Value()) {
		fail("Residual", "the input has shape %v, the result of %s has %v; they must be the same", x.Shape(), describe(r.Inner), y.Shape())
	}
	return x.Add(y)
}

// String returns the layer inside, such as "Residual of Linear 4→4".
func (r Residual) String() string { return "Residual of " + describe(r.Inner) }

// Func makes any function of a node a layer. It has no parameters: [Parameters] does not find Variables
// that the function uses. If it needs some, make a struct instead, with the Variables in exported fields.
//
//	layers.Func(func(x *autograd.Node) *autograd.Node { return x.Square() })
type Func func(x *autograd.Node) *autograd.Node

// Forward returns f(x). It panics if f is nil.
func (f Func) Forward(x *autograd.Node) *autograd.Node {
	if f == nil {
		fail("Func", "the function is nil")
	}
	return f(x)
}

// String returns "Func".
func (Func) String() string { return "Func" }

// Flatten merges all axes but the first: a batch x [N, …] becomes [N, n].
type Flatten struct{}

// Forward returns x [N, …] as [N, n]. It panics if x is a single number.
func (Flatten) Forward(x *autograd.Node) *autograd.Node {
	mustBeSet("Flatten", "the input is nil", x)
	shape := x.Shape()
	if len(shape) == 0 {
		fail("Flatten", "the input is a single number; it needs a first axis")
	}
	n := 1
	for _, length := range shape[1:] {
		n *= length
	}
	return x.Reshape(shape[0], n)
}

// String returns "Flatten".
func (Flatten) String() string { return "Flatten" }
