package layers

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// SquaredError returns ½ Σ (a−t)², the error of the article, of predictions a and
// targets t of the same shape: summed over outputs and observations. It panics if
// the shapes differ; nothing is broadcast.
//
//	∂L/∂a = a − t
func SquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("SquaredError", a, t)
	return a.SquaredError(t)
}

// MeanSquaredError returns the mean of (a−t)² over all elements of predictions a and
// targets t of the same shape. It panics if the shapes differ; nothing is broadcast. It panics, too, if there
// are no elements, such as in an empty batch: their mean is not a number.
//
//	∂L/∂a = 2(a − t)/n, for n elements
func MeanSquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("MeanSquaredError", a, t)
	return a.Sub(t).Square().Mean()
}

func mustMatch(loss string, a, t *autograd.Node) {
	if a == nil || t == nil {
		fail(loss, "predictions or targets are nil")
	}
	if !tensor.SameShape(a.Value(), t.Value()) {
		fail(loss, "predictions have shape %v, targets %v; a loss does not broadcast", a.Shape(), t.Shape())
	}
}
