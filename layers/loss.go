package layers

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// SquaredError returns ½ Σ (a−t)², the error of the article, of predictions a and
// targets t of the same shape: summed over outputs and observations. It panics if
// the shapes differ; nothing is broadcast.
func SquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("SquaredError", a, t)
	return a.SquaredError(t)
}

// MeanSquaredError returns the mean of (a−t)² over all elements of predictions a and
// targets t of the same shape. It panics if the shapes differ; nothing is broadcast.
func MeanSquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("MeanSquaredError", a, t)
	return a.Sub(t).Square().Mean()
}

func mustMatch(loss string, a, t *autograd.Node) {
	if !tensor.SameShape(a.Value(), t.Value()) {
		panic(&autograd.Error{Op: loss, Text: fmt.Sprintf("predictions have shape %v, targets %v", a.Shape(), t.Shape())})
	}
}
