package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// Elementary functions of one number, applied element by element. A NaN in x gives a NaN in the result;
// where the slope is infinite or NaN, a gradient of exactly 0 stays 0.

// Reciprocal returns 1/x.
//
//	∂L/∂x = ∂L/∂y ⊙ −y²
func (x *Node) Reciprocal() *Node { return reciprocal.Of(x) }

var reciprocal = Pointwise("Reciprocal", func(x float64) float64 { return 1 / x },
	func(_, y *Node) *Node { return y.Square().Neg() })

// Rsqrt returns 1/√x; +Inf at 0, NaN below.
//
//	∂L/∂x = ∂L/∂y ⊙ −y/2x
func (x *Node) Rsqrt() *Node { return rsqrt.Of(x) }

var rsqrt = Pointwise("Rsqrt", func(x float64) float64 { return 1 / math.Sqrt(x) },
	func(x, y *Node) *Node { return y.Div(x).Scale(-.5) })

// Exp2 returns 2ˣ.
//
//	∂L/∂x = ∂L/∂y ⊙ y ln 2
func (x *Node) Exp2() *Node { return exp2.Of(x) }

var exp2 = Pointwise("Exp2", math.Exp2, func(_, y *Node) *Node { return y.Scale(math.Ln2) })

// Expm1 returns eˣ − 1, accurate to the last digits even where x is near 0.
//
//	∂L/∂x = ∂L/∂y ⊙ eˣ
//
// The slope is not computed as y + 1, which has no digits left where y is near −1.
func (x *Node) Expm1() *Node { return expm1.Of(x) }

var expm1 = PointwiseKernel(tensor.Expm1, func(x, _ *Node) *Node { return x.Exp() })

// Log1p returns log(1+x), accurate to the last digits even where x is near 0; −Inf at −1, NaN below.
//
//	∂L/∂x = ∂L/∂y / (1+x)
func (x *Node) Log1p() *Node { return log1p.Of(x) }

var log1p = pointwiseRule(tensor.Log1p,
	func(x, _, dy *Node) *Node { return dy.chainDiv(x.AddScalar(1)) })

// Log2 returns the logarithm to base 2, exact at powers of 2; −Inf at 0, NaN below.
//
//	∂L/∂x = ∂L/∂y / (x ln 2)
func (x *Node) Log2() *Node { return log2.Of(x) }

var log2 = pointwiseRule(tensor.Function{Name: "Log2", Values: eachOf(logarithm2)},
	func(x, _, dy *Node) *Node { return dy.chainDiv(x.Scale(math.Ln2)) })

// Log10 returns the logarithm to base 10, exact at 1, 10, …, 10²²; −Inf at 0, NaN below.
//
//	∂L/∂x = ∂L/∂y / (x ln 10)
func (x *Node) Log10() *Node { return log10.Of(x) }

var log10 = pointwiseRule(tensor.Function{Name: "Log10", Values: eachOf(logarithm10)},
	func(x, _, dy *Node) *Node { return dy.chainDiv(x.Scale(math.Ln10)) })

// Just above 1, math.Log2 and math.Log10 lose digits, since they add nearly −1 and 1. These functions do
// as fdlibm's e_log10.c: the two numbers that they add have the same sign.

func logarithm2(x float64) float64 {
	f, n := splitPower(x)
	return float64(math.Log(f)*(1/math.Ln2)) + n
}

func logarithm10(x float64) float64 {
	const hi, lo = 3.01029995663611771306e-01, 3.69423907715893078616e-13 // log₁₀ 2 = hi + lo; n·hi is exact
	f, n := splitPower(x)
	return float64(float64(math.Log(f)*(1/math.Ln10))+float64(n*lo)) + float64(n*hi)
}

// logarithm is math.Log, but right below 2⁻¹⁰²² too: on amd64, Go 1.26's takes no account of subnormal
// numbers.
func logarithm(x float64) float64 {
	if x < 0x1p-1022 {
		return math.Log(x*0x1p52) - 52*math.Ln2
	}
	return math.Log(x)
}

// splitPower returns f and n with x = f·2ⁿ. If x ≥ 1, then f ≥ 1 and n ≥ 0; otherwise f ≤ 1 and n ≤ 0.
func splitPower(x float64) (f, n float64) {
	f, exponent := math.Frexp(x) // ½ ≤ f < 1
	if x >= 1 {
		return 2 * f, float64(exponent - 1)
	}
	return f, float64(exponent)
}

// Abs returns |x|.
//
//	∂L/∂x = ∂L/∂y ⊙ sign x    (0 at the kink)
func (x *Node) Abs() *Node { return abs.Of(x) }

var abs = PointwiseKernel(tensor.Abs, func(x, _ *Node) *Node { return x.Sign() })

// Sign returns −1, 0 or 1, the sign of x. The gradient is 0 everywhere.
func (x *Node) Sign() *Node { return sign.Of(x) }

var sign = Pointwise("Sign", signOf, nil)

func signOf(x float64) float64 {
	if math.Abs(x) > 0 { // unlike x > 0, a branch that random signs don't slow down
		return math.Copysign(1, x)
	}
	return x // 0, −0, NaN
}

// Floor returns the greatest whole number ≤ x. The gradient is 0 everywhere.
func (x *Node) Floor() *Node { return floor.Of(x) }

// Ceil returns the least whole number ≥ x. The gradient is 0 everywhere.
func (x *Node) Ceil() *Node { return ceil.Of(x) }

// Trunc returns x without its fraction. The gradient is 0 everywhere.
func (x *Node) Trunc() *Node { return trunc.Of(x) }

// Round returns the whole number nearest to x; of two that are equally near, the even one. The gradient
// is 0 everywhere.
func (x *Node) Round() *Node { return round.Of(x) }

var (
	floor = Pointwise("Floor", func(x float64) float64 { return math.Floor(x) }, nil) // one instruction each, if called by name
	ceil  = Pointwise("Ceil", func(x float64) float64 { return math.Ceil(x) }, nil)
	trunc = Pointwise("Trunc", func(x float64) float64 { return math.Trunc(x) }, nil)
	round = Pointwise("Round", func(x float64) float64 { return math.RoundToEven(x) }, nil)
)

var sin, cos, sinh, cosh *Function

func init() { // their slopes name each other
	sin = PointwiseKernel(tensor.Sin, func(x, _ *Node) *Node { return x.Cos() })
	cos = PointwiseKernel(tensor.Cos, func(x, _ *Node) *Node { return x.Sin().Neg() })
	sinh = Pointwise("Sinh", func(x float64) float64 {
		if math.Abs(x) > 700 {
			return math.Copysign(halfExp(math.Abs(x)), x)
		}
		return math.Sinh(x)
	}, func(x, _ *Node) *Node { return x.Cosh() })
	cosh = Pointwise("Cosh", func(x float64) float64 {
		if math.Abs(x) > 700 {
			return halfExp(math.Abs(x))
		}
		return math.Cosh(x)
	}, func(x, _ *Node) *Node { return x.Sinh() })
}

// halfExp returns eˣ/2, even where eˣ itself overflows.
func halfExp(x float64) float64 {
	root := math.Exp(x / 2)
	return .5 * root * root
}

// Sin returns the sine.
//
//	∂L/∂x = ∂L/∂y ⊙ cos x
func (x *Node) Sin() *Node { return sin.Of(x) }

// Cos returns the cosine.
//
//	∂L/∂x = ∂L/∂y ⊙ −sin x
func (x *Node) Cos() *Node { return cos.Of(x) }

// Tan returns the tangent.
//
//	∂L/∂x = ∂L/∂y ⊙ (1+y²)
func (x *Node) Tan() *Node { return tan.Of(x) }

var tan = Pointwise("Tan", math.Tan, func(_, y *Node) *Node { return y.Square().AddScalar(1) })

// Asin returns the inverse sine, from −π/2 to π/2; NaN where |x| > 1.
//
//	∂L/∂x = ∂L/∂y ⊙ 1/√(1−x²)
func (x *Node) Asin() *Node { return asin.Of(x) }

var asin = Pointwise("Asin", func(x float64) float64 {
	return math.Atan2(x, math.Sqrt((1-x)*(1+x))) // 1 − x², as in math.Asin, loses digits where |x| is near 1
}, func(x, _ *Node) *Node { return oneMinusSquare.Of(x).Rsqrt() })

// Acos returns the inverse cosine, from 0 to π; NaN where |x| > 1.
//
//	∂L/∂x = ∂L/∂y ⊙ −1/√(1−x²)
func (x *Node) Acos() *Node { return acos.Of(x) }

var acos = Pointwise("Acos", func(x float64) float64 {
	return 2 * math.Atan2(math.Sqrt(1-x), math.Sqrt(1+x)) // loses no digit where x is near 1
}, func(x, _ *Node) *Node { return oneMinusSquare.Of(x).Rsqrt().Neg() })

// oneMinusSquare is 1 − x², which loses no digit where |x| is near 1.
var oneMinusSquare = Pointwise("OneMinusSquare", func(x float64) float64 { return (1 - x) * (1 + x) },
	func(x, _ *Node) *Node { return x.Scale(-2) })

// Atan returns the inverse tangent, from −π/2 to π/2.
//
//	∂L/∂x = ∂L/∂y ⊙ 1/(1+x²)
func (x *Node) Atan() *Node { return atan.Of(x) }

var (
	atan = Pointwise("Atan", math.Atan, func(x, _ *Node) *Node { return atanSlope.Of(x) })

	// atanSlope is y = 1/(1+x²), whose slope −2xy² is computed with xy, about 1/x, since y² would
	// underflow.
	atanSlope = Pointwise("AtanSlope", func(x float64) float64 { return 1 / (1 + float64(x*x)) },
		func(x, y *Node) *Node { return y.Chain(x).Mul(y).Scale(-2) })
)

// Sinh returns the hyperbolic sine.
//
//	∂L/∂x = ∂L/∂y ⊙ cosh x
func (x *Node) Sinh() *Node { return sinh.Of(x) }

// Cosh returns the hyperbolic cosine.
//
//	∂L/∂x = ∂L/∂y ⊙ sinh x
func (x *Node) Cosh() *Node { return cosh.Of(x) }

// Asinh returns the inverse hyperbolic sine.
//
//	∂L/∂x = ∂L/∂y ⊙ 1/√(1+x²)
func (x *Node) Asinh() *Node { return asinh.Of(x) }

var (
	asinh = Pointwise("Asinh", math.Asinh, func(x, _ *Node) *Node { return hypot1.Of(x).Reciprocal() })

	// hypot1 is √(1+x²), even where the square overflows.
	hypot1 = Pointwise("Hypot1", func(x float64) float64 {
		if math.Abs(x) > 1<<27 { // 1 is less than half of the last digit of x²
			return math.Abs(x)
		}
		return math.Sqrt(1 + float64(x*x))
	}, func(x, y *Node) *Node { return x.Div(y) })
)

// Acosh returns the inverse hyperbolic cosine; NaN where x < 1.
//
//	∂L/∂x = ∂L/∂y ⊙ 1/√(x−1) ⊙ 1/√(x+1)
func (x *Node) Acosh() *Node { return acosh.Of(x) }

var acosh = Pointwise("Acosh", math.Acosh, func(x, _ *Node) *Node {
	return x.AddScalar(-1).Rsqrt().Mul(x.AddScalar(1).Rsqrt()) // x² − 1 would overflow
})

// Atanh returns the inverse hyperbolic tangent; ±Inf at ±1, NaN where |x| > 1.
//
//	∂L/∂x = ∂L/∂y ⊙ 1/(1−x²)
func (x *Node) Atanh() *Node { return atanh.Of(x) }

var atanh = Pointwise("Atanh", math.Atanh, func(x, _ *Node) *Node { return oneMinusSquare.Of(x).Reciprocal() })
