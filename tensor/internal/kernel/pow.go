package kernel

import "math"

// Pow1 returns x to the power y. Its special cases are those of math.Pow. x*x, x*x*x, 1/x and √x
// are computed as such; the rest is ±exp(y·ln|x|), with the logarithm and the product in about
// twice the precision: the largest errors found are 0.6 ulp for |y·ln x| ≤ 100 and 1.6 ulp beyond,
// where x is near √2 or √½.
func Pow1(x, y float64) float64 {
	switch y {
	case 0.5:
		if x > 0 {
			return math.Sqrt(x)
		}
	case 1:
		return x
	case 2:
		return float64(x * x)
	case 3:
		return float64(x * x * x)
	case -1:
		return 1 / x
	}
	ax := math.Abs(x)
	if !(ax > 0 && ax <= math.MaxFloat64 && math.Abs(y) <= math.MaxFloat64) {
		return math.Pow(x, y) // zeros, infinities, NaN: there is nothing to round
	}
	if x > 0 {
		return powPositive(x, y)
	}
	switch {
	case y != math.Trunc(y):
		return math.NaN()
	case math.Abs(y) < 0x1p53 && int64(y)&1 != 0:
		return -powPositive(ax, y)
	}
	return powPositive(ax, y)
}

// powPositive returns x to the power y for a finite x > 0 and a finite y.
func powPositive(x, y float64) float64 {
	hi, lo := logPair(x)
	p := float64(y * hi)
	return expSum(p, fma(y, lo, fma(y, hi, -p)))
}

// logPair returns ln(x), for a finite x > 0, as the unrounded sum of hi and a lo below hi's last
// place, with a relative error below 2⁻⁶². Numbers named …l are the low parts of such sums. With
// x = 2ᵏ·m and s = (m−1)/(m+1),
//
//	ln(x) = k·ln2 + 2·artanh(s) = k·ln2 + s·(2 + 2s²/3 + 2s⁴/5 + …)
//
// where |s| ≤ 0.172, so only s, s² and the first two terms need their low parts.
func logPair(x float64) (hi, lo float64) {
	m, k := logSplit(x)
	f := m - 1
	d := m + 1
	dl := m - (d - 1)
	s := f / d
	sl := fma(-s, dl, fma(-s, d, f)) / d

	z := float64(s * s) // s²
	zl := fma(2*s, sl, fma(s, s, -z))

	const third, thirdl = 0x1.5555555555555p-1, 0x1.5555555555555p-55 // their sum is 2/3
	u := float64(third * z)                                           // 2s²/3, and in its low part all that follows
	ul := fma(third, zl, fma(third, z, -u))
	ul = fma(thirdl, z, ul)
	ul = fma(float64(z*z), artanhPoly(z), ul)

	t := 2 + u
	tl := (2 - t + u) + ul
	v := float64(s * t)
	vl := fma(s, t, -v)
	vl = fma(s, tl, fma(sl, t, vl))

	n := float64(k * logLn2Hi) // exact
	h := n + v
	l := (n - h + v) + fma(k, logLn2Lo, vl)
	return h + l, h - (h + l) + l
}

// artanhPoly returns 2/5 + 2z/7 + 2z²/9 + … + 2z¹⁰/25: enough terms for z ≤ 0.0295.
func artanhPoly(z float64) float64 {
	z2 := float64(z * z)
	z4 := float64(z2 * z2)
	a := fma(z2, fma(z, 2./11, 2./9), fma(z, 2./7, 2./5))
	b := fma(z2, fma(z, 2./19, 2./17), fma(z, 2./15, 2./13))
	c := fma(z2, 2./25, fma(z, 2./23, 2./21))
	return fma(z4, fma(z4, c, b), a)
}

// Pow sets zᵢ = xᵢ to the power yᵢ, as Pow1 does; x and y have len(z) elements each, or one. If there is
// one exponent it is looked at once.
func Pow(z, x, y []float64) {
	switch one := len(y) == 1; {
	case one && y[0] == 1:
		Mul(z, x, y)
	case one && y[0] == 2:
		Mul(z, x, x)
	case one && y[0] == -1:
		Div(z, []float64{1}, x)
	default:
		Zip(z, x, y, Pow1)
	}
}
