package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// Activation functions, applied element by element; Sigmoid, Tanh and ReLU are in pointwise.go. None
// overflows. The result is NaN where x is NaN (and at −Inf or +Inf where the formula gives 0·Inf or
// Inf/Inf, as in SiLU). Derivatives of higher orders are accurate even where the function saturates. At
// kinks the gradient is PyTorch's, as stated for each.

// Sigmoid and Tanh with slopes that are accurate to the last digits even where y is near ±1, unlike
// y(1−y) and 1−y².
var (
	gate = PointwiseKernel(tensor.Function{Name: "Sigmoid", Values: tensor.Sigmoid.Values},
		func(x, _ *Node) *Node { return bump.Of(x) })
	squash = PointwiseKernel(tensor.Function{Name: "Tanh", Values: tensor.Tanh.Values},
		func(x, _ *Node) *Node { return bump.Of(x.Scale(2)).Scale(4) })

	// bump is σ(x) σ(−x) = σ′(x), whose slope is σ(x) σ(−x) (σ(−x) − σ(x)).
	bump = PointwiseKernel(tensor.Function{Name: "SigmoidSlope", Values: func(z, x []float64) {
		for i, v := range x { // z is not x
			z[i] = -math.Abs(v)
		}
		tensor.Exp.Values(z, z)
		for i, e := range z {
			z[i] = e / ((1 + e) * (1 + e))
		}
	}}, func(x, y *Node) *Node { return y.Mul(x.Scale(-.5).Tanh()) })
)

// Softplus returns log(1+eˣ). With a sharpness β, write x.Scale(β).Softplus().Scale(1/β).
//
//	∂L/∂x = ∂L/∂y ⊙ σ(x)
func (x *Node) Softplus() *Node { return softplus.Of(x) }

var softplus = PointwiseKernel(tensor.Softplus, func(x, _ *Node) *Node { return gate.Of(x) })

// LogSigmoid returns log σ(x) = −log(1+e⁻ˣ).
//
//	∂L/∂x = ∂L/∂y ⊙ σ(−x)
func (x *Node) LogSigmoid() *Node { return x.Neg().Softplus().Neg() }

// Softsign returns x/(1+|x|).
//
//	∂L/∂x = ∂L/∂y ⊙ 1/(1+|x|)²
func (x *Node) Softsign() *Node { return softsign.Of(x) }

var softsign = Pointwise("Softsign", func(x float64) float64 { return x / (1 + math.Abs(x)) },
	func(x, _ *Node) *Node { return x.Abs().AddScalar(1).Reciprocal().Square() })

// SiLU returns x σ(x), also called swish.
//
//	∂L/∂x = ∂L/∂y ⊙ (σ(x) + x σ(x) σ(−x))
func (x *Node) SiLU() *Node { return x.Mul(gate.Of(x)) }

// GELU returns x Φ(x), where Φ(x) = ½ erfc(−x/√2) is the distribution function of the standard normal
// distribution (D. Hendrycks and K. Gimpel, Gaussian error linear units, arXiv:1606.08415).
//
//	∂L/∂x = ∂L/∂y ⊙ (Φ(x) + x e^(−x²/2)/√(2π))
func (x *Node) GELU() *Node { return x.Mul(x.Scale(-1 / math.Sqrt2).Erfc().Scale(.5)) }

// GELUTanh returns the approximation of GELU by tanh, from the same paper: ½x (1 + tanh u), which is
// x σ(2u).
//
//	u = √(2/π) (x + 0.044715 x³)
//	∂L/∂x = ∂L/∂y ⊙ (σ(2u) + x σ(2u) σ(−2u) ∂2u/∂x)
func (x *Node) GELUTanh() *Node {
	v := x.Hardtanh(-30, 30) // σ is 0 or 1 there: further out the cube would overflow
	u := v.Mul(v.Square().Scale(.044715).AddScalar(1)).Scale(2 * math.Sqrt2 / math.SqrtPi)
	return x.Mul(gate.Of(u))
}

// Mish returns x tanh(log(1+eˣ)) (D. Misra, arXiv:1908.08681).
//
//	∂L/∂x = ∂L/∂y ⊙ (t + x (1−t²) σ(x))    for t = tanh(log(1+eˣ))
func (x *Node) Mish() *Node { return x.Mul(squash.Of(x.Softplus())) }

// ELU returns x where x > 0, and α (eˣ − 1) elsewhere (D.-A. Clevert and others, arXiv:1511.07289).
//
//	∂L/∂x = ∂L/∂y where x > 0, and ∂L/∂y ⊙ α eˣ elsewhere, at 0 too
func (x *Node) ELU(alpha float64) *Node { return x.elu("ELU", 1, alpha, 1) }

// CELU returns x where x > 0, and α (e^(x/α) − 1) elsewhere, so its slope has no jump (J. T. Barron,
// arXiv:1704.07483). It panics if α is 0.
//
//	∂L/∂x = ∂L/∂y where x > 0, and ∂L/∂y ⊙ e^(x/α) elsewhere
func (x *Node) CELU(alpha float64) *Node {
	if alpha == 0 {
		fail("CELU", "α must not be 0")
	}
	return x.elu("CELU", 1, alpha, 1/alpha)
}

// SELU returns λx where x > 0, and λα (eˣ − 1) elsewhere, with the λ and α of G. Klambauer and others,
// Self-normalizing neural networks (arXiv:1706.02515).
//
//	∂L/∂x = ∂L/∂y ⊙ λ where x > 0, and ∂L/∂y ⊙ λα eˣ elsewhere, at 0 too
func (x *Node) SELU() *Node {
	const lambda, alpha = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
	return x.elu("SELU", lambda, lambda*alpha, 1)
}

// elu returns ax where x > 0, and b(e^(cx) − 1) elsewhere.
func (x *Node) elu(name string, a, b, c float64) *Node {
	f := tensor.ELU(a, b, c)
	f.Name = name
	return PointwiseKernel(f, func(x, _ *Node) *Node {
		return Where(x.Gt(Scalar(0)), Scalar(a), x.Scale(c).Exp().Scale(b*c))
	}).Of(x)
}

// LeakyReLU returns x where x > 0, and ax elsewhere.
//
//	∂L/∂x = ∂L/∂y where x > 0, and a ∂L/∂y elsewhere, at 0 too
func (x *Node) LeakyReLU(a float64) *Node {
	return PointwiseKernel(tensor.LeakyReLU(a), func(x, _ *Node) *Node {
		return Where(x.Gt(Scalar(0)), Scalar(1), Scalar(a))
	}).Of(x)
}

// Threshold returns x where x > t, and value elsewhere; NaN stays NaN.
//
//	∂L/∂x = ∂L/∂y where x > t or NaN, and 0 elsewhere, at t too
func (x *Node) Threshold(t, value float64) *Node {
	return gated("Threshold", func(z, x []float64) { limit(z, x, x, t, math.NaN(), value, 0) },
		func(dx, x, dy []float64) { limit(dx, x, dy, t, math.NaN(), 0, 0) }).Of(x)
}

// Hardtanh returns x limited to [low, high]. It panics if low > high.
//
//	∂L/∂x = ∂L/∂y where low < x < high or x is NaN, and 0 elsewhere, at the limits too
func (x *Node) Hardtanh(low, high float64) *Node {
	if low > high {
		fail("Hardtanh", "the limits are %v and %v, in the wrong order", low, high)
	}
	return gated("Hardtanh", func(z, x []float64) { limit(z, x, x, low, high, low, high) },
		func(dx, x, dy []float64) { limit(dx, x, dy, low, high, 0, 0) }).Of(x)
}

// limit sets zᵢ to below where xᵢ ≤ low, to above where xᵢ ≥ high, and to yᵢ elsewhere; NaN is no limit.
func limit(z, x, y []float64, low, high, below, above float64) {
	for i, v := range x {
		z[i] = either(v <= low, below, either(v >= high, above, y[i]))
	}
}

// ReLU6 returns x limited to [0, 6].
//
//	∂L/∂x = ∂L/∂y where 0 < x < 6 or x is NaN, and 0 elsewhere, at the limits too
func (x *Node) ReLU6() *Node { return x.Hardtanh(0, 6) }

// Hardshrink returns x where |x| > λ, and 0 elsewhere; NaN stays NaN.
//
//	∂L/∂x = ∂L/∂y where |x| > λ or x is NaN, and 0 elsewhere, at ±λ too
func (x *Node) Hardshrink(lambda float64) *Node {
	return gated("Hardshrink", func(z, x []float64) { shrink(z, x, x, lambda) },
		func(dx, x, dy []float64) { shrink(dx, x, dy, lambda) }).Of(x)
}

// shrink sets zᵢ to 0 where |xᵢ| ≤ λ, and to yᵢ elsewhere.
func shrink(z, x, y []float64, lambda float64) {
	for i, v := range x {
		z[i] = either(math.Abs(v) <= lambda, 0, y[i])
	}
}

// Softshrink returns x − λ where x > λ, x + λ where x < −λ, and 0 between; NaN stays NaN. It panics
// if λ is negative.
//
//	∂L/∂x = ∂L/∂y where |x| > λ or x is NaN, and 0 elsewhere, at ±λ too
func (x *Node) Softshrink(lambda float64) *Node {
	if lambda < 0 {
		fail("Softshrink", "λ is %v; it must not be negative", lambda)
	}
	return gated("Softshrink", func(z, x []float64) {
		for i, v := range x {
			z[i] = either(math.Abs(v) <= lambda, 0, either(v > 0, v-lambda, v+lambda))
		}
	}, func(dx, x, dy []float64) { shrink(dx, x, dy, lambda) }).Of(x)
}

// Tanhshrink returns x − tanh x.
//
//	∂L/∂x = ∂L/∂y ⊙ tanh² x
func (x *Node) Tanhshrink() *Node { return tanhshrink.Of(x) }

var tanhshrink = Pointwise("Tanhshrink", lessTanh, func(x, _ *Node) *Node { return squash.Of(x).Square() })

// lessTanh returns x − tanh x = (x cosh x − sinh x)/cosh x. For small x it sums the numerator's series,
// Σ 2k x²ᵏ⁺¹/(2k+1)!, in which nothing cancels.
func lessTanh(x float64) float64 {
	if !(math.Abs(x) < 1) {
		return x - math.Tanh(x)
	}
	sum, power := 0.0, x // x²ᵏ⁺¹/(2k+1)!
	for k := 2.0; ; k += 2 {
		before := sum
		power *= x * x / (k * (k + 1))
		if sum += float64(k * power); sum == before {
			return sum / math.Cosh(x)
		}
	}
}

// Hardsigmoid returns (x+3)/6 limited to [0, 1].
//
//	∂L/∂x = ∂L/∂y / 6 where |x| < 3, and 0 elsewhere, at ±3 too
func (x *Node) Hardsigmoid() *Node { return hardsigmoid.Of(x) }

var hardsigmoid = Pointwise("Hardsigmoid", func(x float64) float64 { return min(max(x+3, 0), 6) / 6 },
	func(x, _ *Node) *Node { return Where(x.Abs().Lt(Scalar(3)), Scalar(1./6), Scalar(0)) })

// Hardswish returns x times Hardsigmoid of x (A. Howard and others, Searching for MobileNetV3,
// arXiv:1905.02244).
//
//	∂L/∂x = ∂L/∂y ⊙ (x/3 + ½) where |x| < 3, 0 where x ≤ −3, and ∂L/∂y where x ≥ 3
func (x *Node) Hardswish() *Node {
	inside := Where(x.Ge(Scalar(3)), x, x.Mul(x.Hardsigmoid())) // the product would be NaN where x is infinite
	return Where(x.Le(Scalar(-3)), Scalar(0), inside)
}
