package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Losses for classes. Like those of loss.go, they give one number for each example or element.

// NLL returns the negative log-likelihood of the classes: −x[…, class] for each example. Along its last
// axis x, of shape […, C], holds the logarithms of the probabilities of C classes. The classes, of shape
// […], are whole numbers from 0; an example of class −1 is ignored: its loss is 0. It panics if a class
// is anything else.
//
//	∂L/∂x = −∂L/∂y at the class, and 0 elsewhere
//
// If classes have weights, or some examples are ignored, the mean is weighted:
//
//	w := weights.OfClasses(classes)
//	loss := x.NLL(classes).Mul(w).Sum().Div(w.Sum())
func (x *Node) NLL(classes *Node) *Node { return x.ofClasses("NLL", classes).Neg() }

// OfClasses returns x[class] for each example, where the vector x holds a number for each class, such as
// a weight; 0 where the class is −1. The result has the shape of the classes.
//
//	∂L/∂x = Σ ∂L/∂y over the examples of the class
func (x *Node) OfClasses(classes *Node) *Node {
	mustBeNode("OfClasses", x, classes)
	if x.value.Rank() != 1 {
		fail("OfClasses", "shape %v is not that of a vector with a number for each class", x.value.Shape())
	}
	return x.atClasses("OfClasses", classes, 0)
}

// ofClasses returns x[…, class] for each example.
func (x *Node) ofClasses(loss string, classes *Node) *Node {
	mustBeNode(loss, x, classes)
	shape := x.value.Shape()
	if last := len(shape) - 1; last < 0 || !slices.Equal(shape[:last], classes.value.Shape()) {
		fail(loss, "predictions have shape %v, classes %v; the classes need the shape of the predictions without the last axis", shape, classes.value.Shape())
	}
	return x.atClasses(loss, classes, shape[len(shape)-1])
}

// atClasses returns x's element at the class of each example, and 0 for −1. The elements of successive
// examples are apart places from one another; if that is 0, all examples share the same elements.
func (x *Node) atClasses(op string, classes *Node, apart int) *Node {
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		n := y.inputs[0].value.Dim(-1)
		at.Copy(y.inputs[1].value)
		for k, c := range at.Data() {
			switch {
			case n == 0:
				fail(op, "there are no classes")
			case !(c >= -1 && c < float64(n)) || c != math.Trunc(c):
				fail(op, "the class of example %d is %v; it must be a whole number from 0 to %d, or −1 to ignore the example", k, c, n-1)
			case c >= 0:
				at.Data()[k] = float64(k*apart) + c
			}
		}
	}, classes)
}

// CrossEntropy returns −log softmax(x)[…, class] for each example. Along its last axis x, of shape
// […, C], holds the scores (logits) of C classes; classes, weights and ignored examples are as in NLL. It
// does not overflow.
//
//	∂L/∂x = ∂L/∂y (softmax(x) − e), e being 1 at the class and 0 elsewhere
func (x *Node) CrossEntropy(classes *Node) *Node {
	return x.LogSoftmax(-1).ofClasses("CrossEntropy", classes).Neg()
}

// CrossEntropyOf is CrossEntropy for probabilities t of the classes, of x's shape: −Σ t log softmax(x)
// over the last axis. To weight the classes, multiply t by the weights first.
//
//	∂L/∂x = ∂L/∂y (softmax(x) Σt − t)    ∂L/∂t = −∂L/∂y log softmax(x)
func (x *Node) CrossEntropyOf(t *Node) *Node {
	mustMatch("CrossEntropyOf", x, t)
	return t.Chain(x.LogSoftmax(-1)).Sum(-1).Neg()
}

// SmoothCrossEntropy is CrossEntropy with a share ε of the probability, the smoothing, spread evenly over
// all C classes, and with a vector w of weights of the classes; nil means ones. With log-probabilities ℓ:
//
//	y = −(1−ε) w[class] ℓ[class] − ε/C Σ w ℓ
//
// Its weighted mean is its sum, which has the weights in it already, divided by the sum of the weights of
// the classes, as in NLL. It panics unless 0 ≤ ε ≤ 1, and if w has another shape than [C]. (C. Szegedy and
// others, Rethinking the inception architecture, 2016)
func (x *Node) SmoothCrossEntropy(classes *Node, smoothing float64, weight *Node) *Node {
	if !(smoothing >= 0 && smoothing <= 1) {
		fail("SmoothCrossEntropy", "the smoothing is %v; it must be from 0 to 1", smoothing)
	}
	logs := x.LogSoftmax(-1)
	right := logs.ofClasses("SmoothCrossEntropy", classes).Neg()
	n := x.value.Dim(-1)
	if weight == nil {
		weight = Scalar(1).BroadcastTo(n)
	}
	if !weight.value.HasShape(n) {
		fail("SmoothCrossEntropy", "%v needs shape [%d], a weight for each class", weight, n)
	}
	right = weight.OfClasses(classes).Chain(right) // what counts nothing is 0, even if it is infinite
	all := weight.Chain(logs).Sum(-1).Neg()
	counted := classes.Ge(Scalar(0)).Scale(smoothing / float64(n))
	return Scalar(1 - smoothing).Chain(right).Add(counted.Chain(all))
}

// BinaryCrossEntropy returns, element by element, the cross-entropy of probabilities a with targets t,
// both from 0 to 1. Logarithms below −100 count as −100, as in PyTorch. It panics if a probability a is
// below 0 or above 1.
//
//	y = −t log a − (1−t) log(1−a)    ∂L/∂a = ∂L/∂y ⊙ (a−t) / max(a(1−a), 10⁻¹²)    ∂L/∂t = ∂L/∂y ⊙ (log(1−a) − log a)
//
// If a is a sigmoid, BinaryCrossEntropyWithLogits is better.
func (a *Node) BinaryCrossEntropy(t *Node) *Node {
	mustMatch("BinaryCrossEntropy", a, t)
	return binaryCrossEntropy.Of(a, t)
}

var binaryCrossEntropy = Pointwise2("BinaryCrossEntropy",
	func(a, t float64) float64 {
		if a < 0 || a > 1 {
			fail("BinaryCrossEntropy", "%v is not a probability, from 0 to 1", a)
		}
		return -float64(t*max(math.Log(a), -100)) - float64((1-t)*max(math.Log1p(-a), -100))
	},
	func(a, t, _ *Node) *Node {
		return a.Sub(t).Div(a.Mul(a.Neg().AddScalar(1)).ClampMin(Scalar(1e-12)))
	},
	func(a, _, _ *Node) *Node {
		least := Scalar(-100)
		return a.Neg().Log1p().ClampMin(least).Sub(a.Log().ClampMin(least))
	})

// BinaryCrossEntropyWithLogits returns, element by element, the cross-entropy of the probabilities σ(x)
// with targets t, from 0 to 1. It does not overflow, and is accurate to the last digits even where σ(x)
// is very near the target. posWeight, a weight w of the positive examples, is broadcast; nil means 1.
//
//	y = w t log(1+e⁻ˣ) + (1−t) log(1+eˣ)    ∂L/∂x = ∂L/∂y ⊙ (−w t σ(−x) + (1−t) σ(x)), which is σ(x) − t for w = 1
func (x *Node) BinaryCrossEntropyWithLogits(t, posWeight *Node) *Node {
	mustMatch("BinaryCrossEntropyWithLogits", x, t)
	negative := t.Neg().AddScalar(1)
	if posWeight != nil {
		t = t.Mul(posWeight)
	}
	return t.Chain(x.Neg().Softplus()).Add(negative.Chain(x.Softplus()))
}

// KLDivergence returns p (log p − x), element by element, where x holds the logarithms of probabilities
// q: its sum is the Kullback–Leibler divergence of p from q. It is 0 where p is 0.
//
//	∂L/∂x = −∂L/∂y ⊙ p    ∂L/∂p = ∂L/∂y ⊙ (log p + 1 − x), but −x for p = 0
func (x *Node) KLDivergence(p *Node) *Node {
	mustMatch("KLDivergence", x, p)
	return p.Xlogy(p).Sub(p.Chain(x))
}

// KLDivergenceOfLogs is KLDivergence for logarithms t of the probabilities p. Where t is −Inf, it and its
// slopes are 0.
//
//	y = eᵗ (t − x)    ∂L/∂x = −∂L/∂y ⊙ eᵗ    ∂L/∂t = ∂L/∂y ⊙ eᵗ (t + 1 − x)
func (x *Node) KLDivergenceOfLogs(t *Node) *Node {
	mustMatch("KLDivergenceOfLogs", x, t)
	return Where(t.Eq(Scalar(math.Inf(-1))), Scalar(0), t.Exp().Chain(t.Sub(x)))
}

// Hinge returns max(0, 1 − ta), element by element: the loss of a support vector machine. Targets t are 1
// or −1.
//
//	∂L/∂a = −∂L/∂y ⊙ t where ta < 1, else 0    ∂L/∂t = −∂L/∂y ⊙ a, likewise
func (a *Node) Hinge(t *Node) *Node {
	mustMatch("Hinge", a, t)
	return t.Mul(a).Neg().AddScalar(1).ReLU()
}

// SoftMargin returns log(1+e^(−ta)), element by element: a smooth Hinge. Targets t are 1 or −1. It does
// not overflow.
//
//	∂L/∂a = −∂L/∂y ⊙ t σ(−ta)    ∂L/∂t = −∂L/∂y ⊙ a σ(−ta)
func (a *Node) SoftMargin(t *Node) *Node {
	mustMatch("SoftMargin", a, t)
	return t.Mul(a).Neg().Softplus()
}
