package optim

import (
	"math"

	"gentlegrad/autograd"
)

// ClipNorm scales gradients down so that the norm of those of Variables, the square root of the
// sum of the squares of all their elements, is at most limit, and returns the norm before: R.
// Pascanu, T. Mikolov and Y. Bengio, On the difficulty of training recurrent neural networks
// (2013), algorithm 1. If the norm is infinite or NaN they stay as they are. It panics if grads
// is nil, and unless limit is positive.
func ClipNorm(grads *autograd.Gradients, limit float64) float64 {
	mustClip("ClipNorm", grads, limit)
	norm := norm(grads)
	if norm > limit && !math.IsInf(norm, 1) {
		grads.Scale(limit / norm)
	}
	return norm
}

// norm returns the square root of the sum of squares, which are scaled by a power of two lest they overflow
// or vanish.
func norm(grads *autograd.Gradients) float64 {
	largest, sum := 0.0, 0.0
	for v := range elements(grads) {
		largest = max(largest, math.Abs(v))
	}
	scale := math.Ldexp(1, -min(max(math.Ilogb(largest), -1000), 1000))
	for v := range elements(grads) {
		v *= scale
		sum += float64(v * v)
	}
	return math.Sqrt(sum) / scale
}

// elements yields the elements of the gradients of Variables.
func elements(grads *autograd.Gradients) func(yield func(float64) bool) {
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

// ClipValue limits every element of the gradients to ±limit. It panics if grads is nil, and unless limit
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
