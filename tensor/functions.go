package tensor

import "gentlegrad/tensor/internal/kernel"

// A Function is a function f of one number, applied to each element by Apply. Its Name appears in
// messages.
type Function struct {
	Name string

	// Values sets z = f(x), element by element. z and x have one length, and may be one slice.
	Values func(z, x []float64)

	// VJP, which may be nil, computes the gradient p = dy·f′(x) with respect to x, given dy = ∂L/∂y for
	// y = f(x); p is 0 where dy is exactly 0 and the product NaN. It sets dx = p, or dx + p if add is
	// true. All have one length; dx and dy may be one slice.
	VJP func(dx, dy, x, y []float64, add bool)
}

// The functions of this package, which must not be modified. The gradients of those without a VJP are
// composed of other operations.
var (
	Neg      = Function{Name: "Neg", Values: kernel.Neg}                                 // −x
	Abs      = Function{Name: "Abs", Values: kernel.Abs}                                 // |x|
	Sqrt     = Function{Name: "Sqrt", Values: kernel.Sqrt}                               // √x
	Square   = Function{Name: "Square", Values: kernel.Square, VJP: kernel.SquareVJP}    // x², slope 2x
	Exp      = Function{Name: "Exp", Values: kernel.Exp, VJP: kernel.ExpVJP}             // y = eˣ, slope y
	Expm1    = Function{Name: "Expm1", Values: kernel.Expm1}                             // eˣ − 1
	Log      = Function{Name: "Log", Values: kernel.Log}                                 // ln x
	Log1p    = Function{Name: "Log1p", Values: kernel.Log1p}                             // ln(1+x)
	Sin      = Function{Name: "Sin", Values: kernel.Sin}                                 // sin x; math.Sin where |x| ≥ 2³⁰, whose last bit may differ
	Cos      = Function{Name: "Cos", Values: kernel.Cos}                                 // cos x, likewise
	Softplus = Function{Name: "Softplus", Values: kernel.Softplus}                       // ln(1+eˣ)
	Sigmoid  = Function{Name: "Sigmoid", Values: kernel.Sigmoid, VJP: kernel.SigmoidVJP} // y = 1/(1+e⁻ˣ), slope y(1−y)
	Tanh     = Function{Name: "Tanh", Values: kernel.Tanh, VJP: kernel.TanhVJP}          // y = tanh x, slope 1−y²
	Erfc     = Function{Name: "Erfc", Values: kernel.Erfc}                               // 2/√π ∫ e^(−t²) dt from x to ∞
	ReLU     = Function{Name: "ReLU", Values: kernel.ReLU, VJP: kernel.ReLUVJP}          // max(x, 0), slope 0 at 0 and NaN
)

// LeakyReLU returns the function that is x where x > 0, and ax elsewhere.
func LeakyReLU(a float64) Function {
	return Function{Name: "LeakyReLU", Values: func(z, x []float64) { kernel.LeakyReLU(z, x, a) }}
}

// ELU returns the function that is ax where x > 0, and b(e^(cx) − 1) elsewhere.
func ELU(a, b, c float64) Function {
	return Function{Name: "ELU", Values: func(z, x []float64) { kernel.ELU(z, x, a, b, c) }}
}

// Apply sets z to f(x), element by element. It panics if f, or f.Values, is nil.
func (z *Tensor) Apply(f *Function, x *Tensor) *Tensor {
	if f == nil || f.Values == nil {
		fail("Apply", "the function, or its Values, is nil")
	}
	if !z.renew(x) && !z.like(f.Name, x) && overlap(z.data, x.data) {
		x = z.apart(x)
	}
	f.Values(z.data, x.data)
	return z
}

// Map sets z to f(x), element by element. It panics if f is nil.
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

// A Function2 is a function f of two numbers, applied to pairs of elements by Apply2. Its Name appears in
// messages.
type Function2 struct {
	Name string

	// Values sets z = f(x, y), element by element. x and y have len(z) elements each, or one, which
	// stands for all; each may be z.
	Values func(z, x, y []float64)
}

// The products of the chain rule, which must not be modified. They are exactly 0 where the incoming
// gradient is 0, even if the slope is infinite or NaN.
var (
	Chain    = Function2{"Chain", kernel.Chain}       // x·y, but 0 where x is 0 and the product NaN
	Chain2   = Function2{"Chain2", kernel.Chain2}     // x·y, but 0 where x or y is 0 and the product NaN
	ChainDiv = Function2{"ChainDiv", kernel.ChainDiv} // x/y, but 0 where x is 0 and the quotient NaN
)

// Apply2 sets z to f(x, y), element by element, where x and y broadcast. It panics if f, or
// f.Values, is nil.
func (z *Tensor) Apply2(f *Function2, x, y *Tensor) *Tensor {
	if f == nil || f.Values == nil {
		fail("Apply2", "the function, or its Values, is nil")
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
