package delta

import (
	"math"

	"gentlegrad/tensor"
)

// Activations that the article does not have. For each of them, g′ has been worked out by hand.

// Leak is the slope of LeakyReLU below 0.
const Leak = .01

var (
	// g(z) = max(z, 0), g′(z) = 1 where z > 0, and 0 elsewhere
	ReLU = Activation{Name: "relu", G: (*tensor.Tensor).ReLU, Prime: each(func(z float64) float64 {
		if z > 0 {
			return 1
		}
		return 0
	})}

	// g(z) = z where z > 0, and Leak z elsewhere; g′(z) = 1 and Leak
	LeakyReLU = Activation{Name: "leaky-relu", G: each(func(z float64) float64 {
		if z > 0 {
			return z
		}
		return Leak * z
	}), Prime: each(func(z float64) float64 {
		if z > 0 {
			return 1
		}
		return Leak
	})}

	// g(z) = z where z > 0, and eᶻ − 1 elsewhere; g′(z) = 1 and eᶻ
	ELU = Activation{Name: "elu", G: each(func(z float64) float64 {
		if z > 0 {
			return z
		}
		return math.Expm1(z)
	}), Prime: each(func(z float64) float64 { return math.Exp(min(z, 0)) })}

	// g(z) = z s(z) with the logistic sigmoid s. By the product rule, g′(z) = s(z) + z s(z) (1 − s(z)).
	SiLU = Activation{
		Name: "silu",
		G: func(a, z *tensor.Tensor) *tensor.Tensor {
			return a.Mul(z, new(tensor.Tensor).Sigmoid(z))
		},
		Prime: func(p, z *tensor.Tensor) *tensor.Tensor {
			slope := Sigmoid.Prime(new(tensor.Tensor), z)
			slope.Mul(z, slope)
			return p.Add(new(tensor.Tensor).Sigmoid(z), slope)
		},
	}

	// g(z) = z Φ(z) with the normal distribution Φ, whose density is its slope:
	// g′(z) = Φ(z) + z e^(−z²/2)/√(2π)
	GELU = Activation{
		Name: "gelu",
		G:    each(func(z float64) float64 { return z * normal(z) }),
		Prime: each(func(z float64) float64 {
			return normal(z) + float64(z*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi))
		}),
	}

	// g(z) = log(1 + eᶻ), written so that eᶻ does not overflow; g′(z) is the logistic sigmoid
	Softplus = Activation{
		Name:  "softplus",
		G:     each(func(z float64) float64 { return max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))) }),
		Prime: (*tensor.Tensor).Sigmoid,
	}

	// g(z) = z/(1 + |z|), g′(z) = 1/(1 + |z|)²
	Softsign = Activation{
		Name: "softsign",
		G:    each(func(z float64) float64 { return z / (1 + math.Abs(z)) }),
		Prime: each(func(z float64) float64 {
			root := 1 / (1 + math.Abs(z))
			return root * root
		}),
	}

	// Softmax makes an output layer's z into probabilities, one for each class:
	// g(z)ᵢ = e^zᵢ / Σ e^zⱼ. Its error is not the squared one, but the cross-entropy E = −Σ t log a,
	// where t is 1 for the class and 0 elsewhere.
	//
	//	δ_out = a − t
	//
	// Each a depends on all of z, so there is no g′. But the rule for the squared error gives the same δ
	// with a slope of 1, so Prime is 1. For hidden layers this is wrong.
	Softmax = Activation{
		Name:  "softmax",
		G:     func(a, z *tensor.Tensor) *tensor.Tensor { return a.Softmax(z, -1) },
		Prime: Linear.Prime,
	}
)

// each returns a function that applies f to each element.
func each(f func(z float64) float64) func(y, z *tensor.Tensor) *tensor.Tensor {
	return func(y, z *tensor.Tensor) *tensor.Tensor { return y.Map(z, f) }
}

// normal is the distribution function of the normal distribution.
func normal(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
