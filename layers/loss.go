package layers

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// SquaredError returns ½ Σ (a−t)², the error of the article, of predictions a and
// targets t of the same shape: summed over outputs and observations; 0 if there are none. It
// panics if the shapes differ (nothing is broadcast), and if a or t is nil.
//
//	∂L/∂a = a − t
func SquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("SquaredError", a, t)
	return a.SquaredError(t)
}

// MeanSquaredError returns the mean of (a−t)² over all elements of predictions a and
// targets t of the same shape. It panics if the shapes differ (nothing is broadcast), if a or t is
// nil, and if there are no elements, as in an empty batch, since nothing has no mean.
//
//	∂L/∂a = 2(a − t)/n, for n elements
func MeanSquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("MeanSquaredError", a, t)
	if a.Value().Len() == 0 {
		fail("MeanSquaredError", "predictions of shape %v have no elements, and nothing has no mean", a.Shape())
	}
	return a.MeanSquaredError(t)
}

func mustMatch(loss string, a, t *autograd.Node) {
	mustBeSet(loss, "the predictions are nil", a)
	mustBeSet(loss, "the targets are nil", t)
	if !tensor.SameShape(a.Value(), t.Value()) {
		fail(loss, "predictions have shape %v, targets %v; a loss does not broadcast", a.Shape(), t.Shape())
	}
}
