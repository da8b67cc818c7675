package tensor

import (
	"math"

	"gentlegrad/tensor/internal/kernel"
)

// Neg sets z to −x.
func (z *Tensor) Neg(x *Tensor) *Tensor {
	return z.each("Neg", x, func(v float64) float64 { return -v })
}

// Abs sets z to |x|.
func (z *Tensor) Abs(x *Tensor) *Tensor { return z.each("Abs", x, math.Abs) }

// Sqrt sets z to √x; NaN where x is negative.
func (z *Tensor) Sqrt(x *Tensor) *Tensor {
	return z.each("Sqrt", x, func(v float64) float64 { return math.Sqrt(v) })
}

// Square sets z to x².
func (z *Tensor) Square(x *Tensor) *Tensor {
	z.like("Square", x)
	x = z.apart(x)
	kernel.Mul(z.data, x.data, x.data)
	return z
}

// Exp sets z to eˣ.
func (z *Tensor) Exp(x *Tensor) *Tensor { return z.unary("Exp", x, kernel.Exp) }

// Log sets z to the natural logarithm of x: −Inf at 0, NaN where x is negative.
func (z *Tensor) Log(x *Tensor) *Tensor { return z.unary("Log", x, kernel.Log) }

// Sigmoid sets z to the logistic sigmoid 1/(1+e⁻ˣ).
func (z *Tensor) Sigmoid(x *Tensor) *Tensor {
	if !z.like("Sigmoid", x) { // what unary does, without a call of a variable: it takes longer for few elements
		x = z.apart(x)
	}
	kernel.Sigmoid(z.data, x.data)
	return z
}

// Tanh sets z to the hyperbolic tangent of x.
func (z *Tensor) Tanh(x *Tensor) *Tensor {
	if !z.like("Tanh", x) { // as in Sigmoid
		x = z.apart(x)
	}
	kernel.Tanh(z.data, x.data)
	return z
}

// ReLU sets z to x where x > 0 and to 0 elsewhere, but NaN where x is NaN.
func (z *Tensor) ReLU(x *Tensor) *Tensor {
	return z.each("ReLU", x, func(v float64) float64 {
		if v <= 0 {
			return 0
		}
		return v
	})
}

// Map sets z to f(x), element by element.
func (z *Tensor) Map(x *Tensor, f func(float64) float64) *Tensor { return z.each("Map", x, f) }

func (z *Tensor) each(op string, x *Tensor, f func(float64) float64) *Tensor {
	z.like(op, x)
	for i, v := range z.apart(x).data {
		z.data[i] = f(v)
	}
	return z
}

func (z *Tensor) unary(op string, x *Tensor, f func(z, x []float64)) *Tensor {
	if !z.like(op, x) {
		x = z.apart(x)
	}
	f(z.data, x.data)
	return z
}
