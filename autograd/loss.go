package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// Losses of predictions and targets. They give one number for each element, or for each example, so that
// the caller states what the loss of a batch is:
//
//	a.Huber(t, 1).Mean()
//
// Predictions and targets have the same shape: a target of shape [3] beside predictions of [3, 1] is a
// mistake, not a broadcast. Two losses of all elements together are SquaredError and MeanSquaredError.

// MeanSquaredError returns the scalar mean of (a−t)². It panics if there are no elements.
//
//	∂L/∂a = ∂L/∂y ⊙ 2(a−t)/n, for n elements    ∂L/∂t = −∂L/∂a
func (a *Node) MeanSquaredError(t *Node) *Node {
	return a.difference("MeanSquaredError", t).Square().Mean()
}

// difference returns a − t. It panics unless they have one shape.
func (a *Node) difference(loss string, t *Node) *Node {
	mustMatch(loss, a, t)
	return a.Sub(t)
}

// mustMatch panics unless predictions and targets have one shape.
func mustMatch(loss string, a, t *Node) {
	mustBeNode(loss, a, t)
	if !tensor.SameShape(a.value, t.value) {
		fail(loss, "predictions have shape %v, targets %v; a loss does not broadcast", a.value.Shape(), t.value.Shape())
	}
}

// AbsoluteError returns |a−t|, element by element; its mean is called the L1 loss.
//
//	∂L/∂a = ∂L/∂y ⊙ sign(a−t)    ∂L/∂t = −∂L/∂a    (0 where a = t)
func (a *Node) AbsoluteError(t *Node) *Node { return a.difference("AbsoluteError", t).Abs() }

// Huber returns, element by element, ½d² where the difference d = a−t has |d| ≤ δ, and its tangent
// δ(|d|−½δ) beyond: an outlier counts by its distance, not by its square. It panics unless δ > 0.
//
//	∂L/∂a = ∂L/∂y ⊙ d, clamped to ±δ    ∂L/∂t = −∂L/∂a
//
// P. J. Huber, Robust estimation of a location parameter, 1964.
func (a *Node) Huber(t *Node, delta float64) *Node {
	if !(delta > 0) {
		fail("Huber", "δ is %v; it must be above 0", delta)
	}
	return Pointwise("Huber",
		func(d float64) float64 {
			size := math.Abs(d)
			return either(size > delta, delta*(size-float64(.5*delta)), .5*d*d)
		},
		func(d, _ *Node) *Node { return d.ClampScalar(-delta, delta) },
	).Of(a.difference("Huber", t))
}

// SmoothL1 returns, element by element, |d| − ½β where the difference d = a−t has |d| > β, and ½d²/β
// elsewhere: the absolute error with its kink smoothed, or the absolute error itself if β = 0. It is
// Huber(β)/β. It panics if β < 0.
//
//	∂L/∂a = ∂L/∂y ⊙ d/β, clamped to ±1    ∂L/∂t = −∂L/∂a
func (a *Node) SmoothL1(t *Node, beta float64) *Node {
	switch {
	case beta == 0:
		return a.difference("SmoothL1", t).Abs()
	case !(beta > 0):
		fail("SmoothL1", "β is %v; it must be 0 or above", beta)
	}
	return Pointwise("SmoothL1",
		func(d float64) float64 {
			size := math.Abs(d)
			return either(size > beta, size-float64(.5*beta), .5*d*(d/beta))
		},
		func(d, _ *Node) *Node { return d.Div(Scalar(beta)).ClampScalar(-1, 1) },
	).Of(a.difference("SmoothL1", t))
}

// PoissonNLL returns, element by element, the negative logarithm of the probability of the counts t,
// which are Poisson distributed with rates x. It leaves out the term log t!, which does not depend on x:
// t.LogFactorial() gives that.
//
//	y = x − t log(x+ε)    ∂L/∂x = ∂L/∂y ⊙ (1 − t/(x+ε))    ∂L/∂t = −∂L/∂y ⊙ log(x+ε)
//
// PyTorch's ε is 1e-8.
func (x *Node) PoissonNLL(t *Node, eps float64) *Node {
	mustMatch("PoissonNLL", x, t)
	return x.Sub(t.Xlogy(x.AddScalar(eps)))
}

// PoissonNLLWithLog is PoissonNLL for the logarithms x of the rates.
//
//	y = eˣ − tx    ∂L/∂x = ∂L/∂y ⊙ (eˣ − t)    ∂L/∂t = −∂L/∂y ⊙ x
func (x *Node) PoissonNLLWithLog(t *Node) *Node {
	mustMatch("PoissonNLLWithLog", x, t)
	return x.Exp().Sub(t.Chain(x))
}

// LogFactorial returns Stirling's approximation of log t!, element by element, and 0 where t ≤ 1.
//
//	y = t log t − t + ½ log 2πt    ∂L/∂t = ∂L/∂y ⊙ (log t + 1/2t)    (0 where t ≤ 1)
func (t *Node) LogFactorial() *Node {
	y := t.Xlogy(t).Sub(t).Add(t.Scale(2 * math.Pi).Log().Scale(.5))
	return Where(t.Le(Scalar(1)), Scalar(0), y)
}

// GaussianNLL returns, element by element, the negative logarithm of the density of t under a normal
// distribution with mean x and the given variance v, which is broadcast. It leaves out the constant
// ½ log 2π. A variance below ε counts as ε. It panics if a variance is negative.
//
//	y = ½ (log v + (x−t)²/v)    ∂L/∂x = ∂L/∂y ⊙ (x−t)/v    ∂L/∂t = −∂L/∂x    ∂L/∂v = ∂L/∂y ⊙ ½ (1/v − (x−t)²/v²)
//
// Where v < ε, these hold with ε in place of v, as in PyTorch, so that v can grow again. PyTorch's ε is
// 1e-6.
func (x *Node) GaussianNLL(t, variance *Node, eps float64) *Node {
	v := variance.noLessThan("GaussianNLL", eps)
	d := x.difference("GaussianNLL", t)
	return v.Log().Add(d.Mul(d.Div(v))).Scale(.5) // d² might overflow
}

// noLessThan returns x, or lo where x is less; its gradient is that of x everywhere. It panics if x is
// negative.
//
//	∂L/∂x = ∂L/∂y
func (x *Node) noLessThan(op string, lo float64) *Node {
	return Pointwise("NoLessThan", func(v float64) float64 {
		if v < 0 {
			fail(op, "a variance is %v; it must not be negative", v)
		}
		return max(v, lo)
	}, func(x, _ *Node) *Node { return Scalar(1) }).Of(x)
}
