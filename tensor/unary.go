package tensor

import (
	"math"

	"gentlegrad/tensor/internal/kernel"
)

// A Function is a function of one number, to be applied to each element.
type Function struct {
	Name string

	// Values sets z to f(x), element by element; they have the same length, and may be the same memory.
	Values func(z, x []float64)

	// VJP, if there is one, computes p = dy·f′(x), where y = f(x), but 0 where dy is exactly 0 and
	// the product is NaN. It sets dx to p, or adds p to it.
	VJP func(dx, dy, x, y []float64, add bool)
}

// The functions of this package.
var (
	Neg     = Function{Name: "Neg", Values: kernel.Neg}
	Abs     = Function{Name: "Abs", Values: each(math.Abs)}
	Sqrt    = Function{Name: "Sqrt", Values: each(func(x float64) float64 { return math.Sqrt(x) })} // not the intrinsic
	Square  = Function{"Square", kernel.Square, kernel.SquareVJP}
	Exp     = Function{"Exp", kernel.Exp, kernel.ExpVJP}
	Log     = Function{Name: "Log", Values: kernel.Log}
	Sigmoid = Function{"Sigmoid", kernel.Sigmoid, kernel.SigmoidVJP}
	Tanh    = Function{"Tanh", kernel.Tanh, kernel.TanhVJP}
	ReLU    = Function{"ReLU", kernel.ReLU, kernel.ReLUVJP}
)

func each(f func(float64) float64) func(z, x []float64) {
	return func(z, x []float64) {
		for i, v := range x {
			z[i] = f(v)
		}
	}
}

// Apply sets z to f(x), element by element.
func (z *Tensor) Apply(f *Function, x *Tensor) *Tensor {
	if f == nil || f.Values == nil {
		fail("Apply", "the function is nil")
	}
	if !z.like(f.Name, x) {
		x = z.apart(x)
	}
	f.Values(z.data, x.data)
	return z
}

// Map sets z to f(x), element by element.
func (z *Tensor) Map(x *Tensor, f func(float64) float64) *Tensor {
	if f == nil {
		fail("Map", "the function is nil")
	}
	if !z.like("Map", x) {
		x = z.apart(x)
	}
	for i, v := range x.data {
		z.data[i] = f(v)
	}
	return z
}

// A Function2 is a function of two numbers, to be applied to each pair of elements.
type Function2 struct {
	Name string

	// Values sets z to f(x, y), element by element; x and y have len(z) elements each, or one, and may be z's
	// memory.
	Values func(z, x, y []float64)
}

// Apply2 sets z to f(x, y), element by element, broadcast.
func (z *Tensor) Apply2(f *Function2, x, y *Tensor) *Tensor {
	if f == nil || f.Values == nil {
		fail("Apply2", "the function is nil")
	}
	return z.elementwise(f.Name, x, y, f.Values)
}

// Neg sets z to −x.
func (z *Tensor) Neg(x *Tensor) *Tensor { return z.Apply(&Neg, x) }

// Abs sets z to |x|.
func (z *Tensor) Abs(x *Tensor) *Tensor { return z.Apply(&Abs, x) }

// Sqrt sets z to √x; NaN where x is negative.
func (z *Tensor) Sqrt(x *Tensor) *Tensor { return z.Apply(&Sqrt, x) }

// Square sets z to x².
func (z *Tensor) Square(x *Tensor) *Tensor { return z.Apply(&Square, x) }

// Exp sets z to eˣ.
func (z *Tensor) Exp(x *Tensor) *Tensor { return z.Apply(&Exp, x) }

// Log sets z to the natural logarithm of x: −Inf at 0, NaN where x is negative.
func (z *Tensor) Log(x *Tensor) *Tensor { return z.Apply(&Log, x) }

// Sigmoid sets z to the logistic sigmoid 1/(1+e⁻ˣ).
func (z *Tensor) Sigmoid(x *Tensor) *Tensor { return z.Apply(&Sigmoid, x) }

// Tanh sets z to the hyperbolic tangent of x.
func (z *Tensor) Tanh(x *Tensor) *Tensor { return z.Apply(&Tanh, x) }

// ReLU sets z to x where x > 0 and to 0 elsewhere, but NaN where x is NaN.
func (z *Tensor) ReLU(x *Tensor) *Tensor { return z.Apply(&ReLU, x) }
