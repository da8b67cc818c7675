package kernel

import "math"

// portableFMA returns x·y + z, rounded once, as math.FMA does, on processors that have no instruction for
// it. The product and the sum are computed with their rounding errors, both exact: T. J. Dekker, "A
// floating-point technique for extending the available precision" (Numerische Mathematik 18, 1971), and
// D. E. Knuth, The Art of Computer Programming, vol. 2, 4.2.2. These errors, added up, are e with a
// relative error of at most 2⁻⁵³. If s+e rounds alike for a little more and a little less than e, that is
// the result (A. Ziv, "Fast evaluation of elementary mathematical functions with correctly rounded last
// bit", ACM TOMS 17(3), 1991). Otherwise math.FMA decides; so it does where a number is so large that a
// step overflows, or the product so small that its error, down to p·2⁻¹⁰⁶, could underflow.
func portableFMA(x, y, z float64) float64 {
	p := float64(x * y)
	s := p + z
	if !(math.Abs(p) > 0x1p-900) {
		if x == 0 || y == 0 {
			return s
		}
		return math.FMA(x, y, z)
	}
	xh, xl := halves(x)
	yh, yl := halves(y)
	e := ((float64(xh*yh) - p) + float64(xh*yl) + float64(xl*yh)) + float64(xl*yl)
	b := s - p
	e += (p - (s - b)) + (z - b)

	const more, less = 1 + 0x1p-50, 1 - 0x1p-50
	r := s + float64(e*more)
	if r == s+float64(e*less) {
		return r
	}
	return math.FMA(x, y, z)
}

// halves returns the upper and the lower half of x's bits, as two numbers whose sum is x; NaN where |x|
// is so large that c overflows.
func halves(x float64) (high, low float64) {
	const split = 1<<27 + 1
	c := float64(split * x)
	high = c - (c - x)
	return high, x - high
}
