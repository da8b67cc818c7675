package autograd

import (
	"math"
	"strings"

	"gentlegrad/tensor"
)

// Special functions of one number, applied element by element. DLMF is the NIST Digital Library of
// Mathematical Functions, https://dlmf.nist.gov.

// Erf returns the error function y = 2/√π ∫₀ˣ e^(−t²) dt.
//
//	∂L/∂x = ∂L/∂y ⊙ 2/√π e^(−x²)
func (x *Node) Erf() *Node { return erf.Of(x) }

var erf = Pointwise("Erf", math.Erf, func(x, _ *Node) *Node { return x.bell().Scale(2 / math.SqrtPi) })

// Erfc returns 1 − erf x, accurate to some units in the last place even where it is near 0.
//
//	∂L/∂x = ∂L/∂y ⊙ −2/√π e^(−x²)
func (x *Node) Erfc() *Node { return erfc.Of(x) }

var erfc = PointwiseKernel(tensor.Erfc, func(x, _ *Node) *Node { return x.bell().Scale(-2 / math.SqrtPi) })

// bell returns e^(−x²). Beyond ±30, where it is 0, x is limited, since the square would overflow further
// out.
func (x *Node) bell() *Node { return x.Hardtanh(-30, 30).Square().Neg().Exp() }

// Erfinv returns the inverse of the error function; ±Inf at ±1, NaN where |x| > 1.
//
//	∂L/∂x = ∂L/∂y ⊙ √π/2 e^(y²)
func (x *Node) Erfinv() *Node { return erfinv.Of(x) }

var erfinv = Pointwise("Erfinv", math.Erfinv, func(_, y *Node) *Node { return y.Square().Exp().Scale(math.SqrtPi / 2) })

// Logit returns log(x/(1−x)), the inverse of Sigmoid; +Inf at 1, −Inf at 0, NaN outside.
//
//	∂L/∂x = ∂L/∂y / x(1−x)
func (x *Node) Logit() *Node { return logit.Of(x) }

// LogitEps is Logit of x limited to [eps, 1−eps], so that it is finite. The gradient is 0 where x is limited.
func (x *Node) LogitEps(eps float64) *Node {
	low, high := Scalar(eps), Scalar(1-eps)
	return Where(x.Lt(low), low, Where(x.Gt(high), high, x)).Logit()
}

var (
	logit = pointwiseRule(tensor.Function{Name: "Logit", Values: eachOf(func(x float64) float64 {
		if .25 <= x {
			return 2 * math.Atanh(2*x-1) // 2x−1 is exact, x/(1−x) near 1 is not
		}
		return logarithm(x / (1 - x))
	})}, func(x, _, dy *Node) *Node { return dy.chainDiv(variance.Of(x)) })

	// variance is x(1−x), the variance of a coin that shows heads with probability x.
	variance = Pointwise("Variance", func(x float64) float64 { return x * (1 - x) },
		func(x, _ *Node) *Node { return x.Scale(-2).AddScalar(1) })
)

// Sinc returns sin(πx)/πx, which is 1 at 0 and 0 at the other whole numbers. Its derivatives of any order
// are accurate to the last digits near 0 too.
//
//	∂L/∂x = ∂L/∂y ⊙ (cos(πx) − y)/x
func (x *Node) Sinc() *Node { return x.sinc(0) }

// sinc returns the n-th derivative of Sinc.
func (x *Node) sinc(n int) *Node {
	return Pointwise("Sinc"+strings.Repeat("′", n), func(x float64) float64 { return sincDerivative(n, x) },
		func(x, _ *Node) *Node { return x.sinc(n + 1) }).Of(x)
}

// sincDerivative returns f⁽ⁿ⁾(x) = πⁿ g⁽ⁿ⁾(z) for g(z) = sin(z)/z and z = πx. Differentiating z·g = sin z
// n times gives
//
//	g⁽ⁿ⁾ = (sin(z + nπ/2) − n g⁽ⁿ⁻¹⁾)/z
//
// Where z is so small that this loses digits, it differentiates sin(z)/z = Σ (−1)ᵏ z²ᵏ/(2k+1)! instead.
func sincDerivative(n int, x float64) float64 {
	z := math.Pi * x
	if math.Abs(z) < 1+float64(n)/2 {
		return math.Pow(math.Pi, float64(n)) * sincSeries(n, z)
	}
	s, c := sincosPi(x)
	g := s / z
	for k := 1; k <= n; k++ {
		s, c = c, -s // sin(z + kπ/2)
		g = (s - float64(float64(k)*g)) / z
	}
	return math.Pow(math.Pi, float64(n)) * g
}

// sincSeries returns Σ (−1)^((m+n)/2) zᵐ/(m! (m+n+1)) over the m ≥ 0 for which m+n is even.
func sincSeries(n int, z float64) float64 {
	m := n % 2
	power := 1.0 // ±zᵐ/m!
	if m == 1 {
		power = z
	}
	if (n+m)/2%2 == 1 {
		power = -power
	}
	for sum := 0.0; ; m += 2 {
		before := sum
		if sum += power / float64(m+n+1); sum == before {
			return sum
		}
		power *= -z * z / float64((m+1)*(m+2))
	}
}

// sincosPi returns sin(πx) and cos(πx), without the error of rounding πx: accurate to the last digits
// near their zeros too.
func sincosPi(x float64) (sin, cos float64) {
	x = math.Mod(x, 2)
	quarters := math.RoundToEven(2 * x)
	s, c := math.Sincos(math.Pi * (x - quarters/2))
	switch int(quarters) & 3 {
	case 1:
		return c, -s
	case 2:
		return -s, -c
	case 3:
		return -c, s
	}
	return s, c
}

// Lgamma returns log|Γ(x)|; +Inf at 0, −1, −2, … and at −Inf.
//
//	∂L/∂x = ∂L/∂y ⊙ ψ(x)
func (x *Node) Lgamma() *Node { return lgamma.Of(x) }

var lgamma = Pointwise("Lgamma", func(x float64) float64 {
	switch a := math.Abs(x); {
	case a < 1e-300:
		return -logarithm(a) // Γ(x) ≈ 1/x
	case a > math.MaxFloat64:
		return a
	}
	y, _ := math.Lgamma(x)
	return y
},
	func(x, _ *Node) *Node { return x.Digamma() })

// Digamma returns ψ(x) = Γ′(x)/Γ(x); ∓Inf at ±0, and NaN at −1, −2, …, where its limit is +Inf on one
// side and −Inf on the other.
//
//	∂L/∂x = ∂L/∂y ⊙ ψ′(x)
func (x *Node) Digamma() *Node { return x.Polygamma(0) }

// Polygamma returns ψ⁽ⁿ⁾(x), the n-th derivative of Digamma. At 0, −1, −2, … it is +Inf for odd n, and as
// Digamma for even n. It panics unless 0 ≤ n ≤ 170, and its gradient panics for n = 170: n! would
// overflow.
//
//	∂L/∂x = ∂L/∂y ⊙ ψ⁽ⁿ⁺¹⁾(x)
func (x *Node) Polygamma(n int) *Node {
	name := "Polygamma"
	if n == 0 {
		name = "Digamma"
	}
	if n < 0 || n > maxPolygamma {
		fail(name, "the order is %d; it must be from 0 to %d", n, maxPolygamma)
	}
	return Pointwise(name, func(x float64) float64 { return polygamma(n, x) },
		func(x, _ *Node) *Node { return x.Polygamma(n + 1) }).Of(x)
}

const maxPolygamma = 170

// polygamma returns ψ⁽ⁿ⁾(x), for x > 0 and n > 0 by DLMF 25.11.12, ψ⁽ⁿ⁾(x) = (−1)ⁿ⁺¹ n! ζ(n+1, x), and
// for x < 0 by the reflection of DLMF 5.15.6.
func polygamma(n int, x float64) float64 {
	sign := float64(2*(n%2) - 1) // (−1)ⁿ⁺¹
	switch {
	case x < 0 && x == math.Trunc(x):
		if n%2 == 1 {
			return math.Inf(1)
		}
		return math.NaN()
	case x < 0:
		return float64(-sign*polygamma(n, 1-x)) - float64(math.Pow(math.Pi, float64(n+1))*cotDerivative(n, x)*math.Gamma(float64(n+1)))
	case n == 0:
		return digamma(x)
	}
	return sign * zeta(float64(n+1), x, math.Gamma(float64(n+1)))
}

// digamma returns ψ(x) for x > 0: by ψ(x) = ψ(x+1) − 1/x (DLMF 5.5.2) until x is so large that the
// asymptotic expansion of DLMF 5.11.2, ψ(x) = log x − 1/2x − Σ B₂ₖ/(2k x²ᵏ), is accurate.
func digamma(x float64) float64 {
	sum := 0.0
	for ; x < 10; x++ {
		sum += 1 / x
	}
	series, square := 0.0, x*x
	for _, c := range [...]float64{1. / 12, -691. / 32760, 1. / 132, -1. / 240, 1. / 252, -1. / 120, 1. / 12} { // B₂ₖ/2k, k = 7 … 1
		series = (c + series) / square
	}
	return math.Log(x) - .5/x - series - sum
}

// zeta returns a ζ(s, x), where Hurwitz's ζ(s, x) is Σ 1/(x+k)ˢ over k ≥ 0, for a whole s ≥ 2 and x > 0,
// by the formula of Euler and Maclaurin, DLMF 25.11.5: with w = x + N,
//
//	ζ(s, x) = Σ_{k<N} 1/(x+k)ˢ + w¹⁻ˢ/(s−1) + w⁻ˢ (½ + Σₖ B₂ₖ/(2k)! s(s+1)…(s+2k−2) w¹⁻²ᵏ)
//
// A power may underflow although its product with a does not, so it is taken in two halves.
func zeta(s, x, a float64) float64 {
	if math.IsInf(x, 1) {
		return 0
	}
	half := math.Floor(s / 2)
	times := func(v, x float64) float64 { return float64(a * math.Pow(x, -half) * v * math.Pow(x, half-s)) } // a v x⁻ˢ
	sum := 0.0
	for ; x < s+10; x++ {
		sum += times(1, x)
	}
	tail, factor := .5, s/x
	for k, c := range [...]float64{ // B₂ₖ/(2k)!
		1. / 12, -1. / 720, 1. / 30240, -1. / 1209600, 1. / 47900160, -691. / 1307674368000, 1. / 74724249600,
		-3617. / 10670622842880000, 43867. / 5109094217170944000,
	} {
		tail += float64(c * factor)
		i := float64(2*k + 1)
		factor *= (s + i) * (s + i + 1) / (x * x)
	}
	return sum + times(tail+x/(s-1), x)
}

// cotDerivative returns the n-th derivative of cot at πx, divided by n!. The derivative is a polynomial p
// of c = cot πx: p(c) is c for n = 0, and the derivative of p(c) is −(1+c²) p′(c).
func cotDerivative(n int, x float64) float64 {
	var p [maxPolygamma + 2]float64 // the coefficients
	p[1] = 1
	for degree := 1; degree <= n; degree++ {
		var next [maxPolygamma + 2]float64
		for k := 1; k <= degree; k++ {
			v := float64(k) * p[k] / float64(degree)
			next[k-1] -= v
			next[k+1] -= v
		}
		p = next
	}
	s, c := sincosPi(x)
	c /= s
	y := p[n+1]
	for k := n; k >= 0; k-- {
		y = float64(y*c) + p[k]
	}
	return y
}
