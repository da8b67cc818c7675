package optim

import (
	"iter"
	"math"

	"gentlegrad/autograd"
)

// ClipNorm scales gradients down so that their norm is at most limit, and returns the norm before. The
// norm is the square root of the sum of the squares of all elements of the gradients of Variables: R.
// Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks (2013),
// algorithm 1. If it is infinite or NaN, the gradients stay as they are. It panics if grads is nil, or
// unless limit is positive.
//
// (PyTorch divides by the norm + 1e-6, which leaves a norm a little below the limit.)
func ClipNorm(grads *autograd.Gradients, limit float64) float64 {
	mustClip("ClipNorm", grads, limit)
	return clipTo(grads, norm(grads), limit)
}

// ClipPNorm is ClipNorm for the p-norm (Σ|g|ᵖ)^(1/p) of all elements: with p = 2 that of ClipNorm, with 1
// the sum of absolute values, with +Inf the largest of them. It also panics unless p is positive.
func ClipPNorm(grads *autograd.Gradients, p, limit float64) float64 {
	mustClip("ClipPNorm", grads, limit)
	if !(p > 0) {
		fail("ClipPNorm", "p is %v; it must be positive", p)
	}
	return clipTo(grads, pNorm(grads, p), limit)
}

func clipTo(grads *autograd.Gradients, norm, limit float64) float64 {
	if norm > limit && !math.IsInf(norm, 1) {
		grads.Scale(limit / norm)
	}
	return norm
}

// norm returns the square root of the sum of squares, scaled by a power of two lest the squares overflow
// or vanish.
func norm(grads *autograd.Gradients) float64 {
	most := largest(elements(grads))
	scale := math.Ldexp(1, -min(max(math.Ilogb(most), -1000), 1000)) // takes the largest to about 1
	sum := 0.0
	for v := range elements(grads) {
		v *= scale
		sum += float64(v * v)
	}
	return math.Sqrt(sum) / scale
}

// pNorm is norm for any p: powers of elements divided by the largest do not overflow, however large p is.
func pNorm(grads *autograd.Gradients, p float64) float64 {
	if p == 2 {
		return norm(grads)
	}
	most := largest(elements(grads))
	if most == 0 || math.IsInf(most, 1) {
		return most
	}
	sum := 0.0
	var powers fraction
	for v := range elements(grads) {
		sum += powers.power(math.Abs(v)/most, p)
	}
	return most * powers.power(sum, 1/p)
}

// largest returns the largest absolute value of an element, or NaN if one is NaN.
func largest(elements iter.Seq[float64]) (most float64) {
	for v := range elements {
		most = max(most, math.Abs(v))
	}
	return most
}

// elements yields the elements of the gradients of Variables.
func elements(grads *autograd.Gradients) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		for p, g := range grads.All() {
			if p.Op() != nil {
				continue
			}
			for _, v := range g.Data() {
				if !yield(v) {
					return
				}
			}
		}
	}
}

// ClipValue limits every element of the gradients to ±limit. It panics if grads is nil, or unless limit
// is positive.
func ClipValue(grads *autograd.Gradients, limit float64) {
	mustClip("ClipValue", grads, limit)
	for _, g := range grads.All() {
		g.Map(g, func(v float64) float64 { return min(max(v, -limit), limit) })
	}
}

func mustClip(op string, grads *autograd.Gradients, limit float64) {
	switch {
	case grads == nil:
		fail(op, "the gradients are nil")
	case !(limit > 0):
		fail(op, "the limit is %v; it must be positive", limit)
	}
}
