package layers

import (
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// SquaredError returns ½ Σ (a−t)², the error of the article, for predictions a and targets t of the same
// shape. The sum is over outputs and observations, and 0 if there are none. It panics if the shapes
// differ (nothing is broadcast), or if a or t is nil.
//
//	∂L/∂a = a − t
func SquaredError(a, t *autograd.Node) *autograd.Node {
	mustMatch("SquaredError", a, t)
	return a.SquaredError(t)
}

// MeanSquaredError returns the mean of (a−t)² over all elements of predictions a and targets t of the
// same shape. It panics if the shapes differ (nothing is broadcast), if a or t is nil, or if there are no
// elements, and so no mean, as in an empty batch.
//
//	∂L/∂a = 2(a − t)/n, for n elements
func MeanSquaredError(a, t *autograd.Node) *autograd.Node {
	mustHaveMean("MeanSquaredError", a, t)
	return a.MeanSquaredError(t)
}

// MeanAbsoluteError returns the mean of |a−t| over all elements of predictions a and targets t of the
// same shape. It panics as MeanSquaredError does.
//
//	∂L/∂a = sign(a − t)/n, for n elements
func MeanAbsoluteError(a, t *autograd.Node) *autograd.Node {
	mustHaveMean("MeanAbsoluteError", a, t)
	return a.AbsoluteError(t).Mean()
}

// Huber returns the mean of ½d² where |d| ≤ delta, and of its tangent delta (|d| − ½ delta) beyond, for
// d = a−t: an outlier counts by its distance, not by the square of it. It panics as MeanSquaredError
// does, or unless delta > 0.
//
//	∂L/∂a = d/n, with d limited to ±delta, for n elements
func Huber(a, t *autograd.Node, delta float64) *autograd.Node {
	mustHaveMean("Huber", a, t)
	return a.Huber(t, delta).Mean()
}

// CrossEntropy returns the mean of −log softmax(x)[class] over the examples. x […, C] are the scores of C
// classes, before any softmax, and classes […] whole numbers from 0; an example of class −1 does not
// count. If none counts, it is NaN. It panics if the shapes do not fit, if a class is anything else, or
// if there are no examples.
//
//	∂L/∂x = (softmax(x) − e)/n, e being 1 at the class and 0 elsewhere, for n examples
func CrossEntropy(x, classes *autograd.Node) *autograd.Node {
	mustBeScores("CrossEntropy", x, classes)
	each, counts := x.CrossEntropy(classes), classes.Ge(autograd.Scalar(0))
	return each.Sum().Div(counts.Sum())
}

// Accuracy returns the share of the examples whose class has the largest score: a metric, without a
// gradient. x and classes are as for CrossEntropy; an example of class −1 counts as wrong. It panics if
// the shapes do not fit, or if there are no examples.
func Accuracy(x, classes *autograd.Node) *autograd.Node {
	mustBeScores("Accuracy", x, classes)
	return x.ArgMax(-1).Eq(classes).Mean()
}

// mustBeScores panics unless there is a class for each row of scores, and a row.
func mustBeScores(op string, x, classes *autograd.Node) {
	mustBeSet(op, "the scores are nil", x)
	mustBeSet(op, "the classes are nil", classes)
	shape := x.Shape()
	if len(shape) == 0 || !slices.Equal(shape[:len(shape)-1], classes.Shape()) {
		fail(op, "the classes have shape %v, the scores %v; each row of scores, along the last axis, needs one class, a whole number", classes.Shape(), shape)
	}
	if shape[len(shape)-1] == 0 {
		fail(op, "the scores have shape %v, with 0 classes; at least 1 is needed", shape)
	}
	mustHaveElements(op, x)
}

// BinaryCrossEntropy returns the mean of −t log σ(x) − (1−t) log(1−σ(x)) over all elements, where x are
// scores, before any sigmoid, and t targets from 0 to 1 of the same shape. It does not overflow. It
// panics as MeanSquaredError does.
//
//	∂L/∂x = (σ(x) − t)/n, for n elements
func BinaryCrossEntropy(x, t *autograd.Node) *autograd.Node {
	mustHaveMean("BinaryCrossEntropy", x, t)
	return x.BinaryCrossEntropyWithLogits(t, nil).Mean()
}

// mustHaveMean is mustMatch for a loss that is a mean.
func mustHaveMean(loss string, a, t *autograd.Node) {
	mustMatch(loss, a, t)
	mustHaveElements(loss, a)
}

func mustHaveElements(loss string, predictions *autograd.Node) {
	if predictions.Value().Len() == 0 {
		fail(loss, "the predictions have shape %v; a mean needs at least 1 element", predictions.Shape())
	}
}

func mustMatch(loss string, a, t *autograd.Node) {
	mustBeSet(loss, "the predictions are nil", a)
	mustBeSet(loss, "the targets are nil", t)
	if !tensor.SameShape(a.Value(), t.Value()) {
		fail(loss, "predictions have shape %v, targets %v; a loss does not broadcast", a.Shape(), t.Shape())
	}
}
