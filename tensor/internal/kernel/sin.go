package kernel

import "math"

// Sin and Cos share one core, in the manner of e_rem_pio2.c, k_sin.c and k_cos.c in Sun's fdlibm, from
// which the coefficients are:
//
//	x = n·π/2 + r,  |r| ≤ π/4        range reduction, n an integer
//	sin(x) = ±sin(r) or ±cos(r)      by the last two bits of n
//
// π/2 is stored as the sum of three numbers, and r as that of two, since x may be nearly a multiple of
// π/2.

const (
	sinInvStep = 0x1.45f306dc9c883p-1    // 2/π
	sinStepHi  = 0x1.921fb54442d18p+0    // π/2, rounded to a float64
	sinStepMid = 0x1.1a62633145c07p-54   // π/2 − sinStepHi, rounded likewise
	sinStepLo  = -0x1.f1976b7ed8fbcp-110 // π/2 − sinStepHi − sinStepMid
	sinMain    = 0x1p30                  // the core is for |x| < sinMain
	sinTiny    = 0x1p-27                 // sin(x) rounds to x for |x| < sinTiny

	sinC3  = -0x1.5555555555549p-3  // about −1/3!
	sinC5  = 0x1.111111110f8a6p-7   // about 1/5!
	sinC7  = -0x1.a01a019c161d5p-13 // …
	sinC9  = 0x1.71de357b1fe7dp-19
	sinC11 = -0x1.ae5e68a2b9cebp-26
	sinC13 = 0x1.5d93a5acfd57cp-33

	cosC4  = 0x1.555555555554cp-5 // about 1/4!
	cosC6  = -0x1.6c16c16c15177p-10
	cosC8  = 0x1.a01a019cb1590p-16
	cosC10 = -0x1.27e4f809c52adp-22
	cosC12 = 0x1.1ee9ebdb4b1c4p-29
	cosC14 = -0x1.8fae9be8838d4p-37
)

// sinReduce returns the n and r of x = n·π/2 + r as r = hi + lo, where lo is tiny. The low bits of nbits
// are n, in two's complement.
func sinReduce(x float64) (nbits uint64, hi, lo float64) {
	t := fma(x, sinInvStep, expMagic)
	minusN := expMagic - t
	r := fma(minusN, sinStepHi, x) // exact: a multiple of 2⁻⁵³ below 1, or x
	p := float64(minusN * sinStepMid)
	hi = r + p
	lo = p - (hi - r) // what rounding took from the sum; hi − r is exact, for r is the larger one or has no digits below p's
	return math.Float64bits(t), hi, lo + fma(minusN, sinStepLo, fma(minusN, sinStepMid, -p))
}

// sinOf returns sin(n·π/2 + hi + lo).
func sinOf(n uint64, hi, lo float64) float64 {
	z := float64(hi * hi)
	v := float64(z * hi)
	sin := fma(z, fma(z, fma(z, fma(z, sinC13, sinC11), sinC9), sinC7), sinC5)
	sin = hi + fma(v, sinC3, fma(z, fma(v, sin, float64(-0.5*lo)), lo))
	cos := fma(z, fma(z, fma(z, fma(z, fma(z, cosC14, cosC12), cosC10), cosC8), cosC6), cosC4)
	half := float64(0.5 * z)
	w := 1 - half
	cos = w + fma(float64(z*z), cos, fma(-hi, lo, 1-w-half))
	odd := -(n & 1) // all bits, or none
	return math.Float64frombits(math.Float64bits(cos)&odd | math.Float64bits(sin)&^odd ^ n>>1<<63)
}

// Sin1 returns sin(x). The largest error found is 0.76 ulp.
func Sin1(x float64) float64 {
	switch {
	case !(math.Abs(x) < sinMain):
		return math.Sin(x)
	case math.Abs(x) < sinTiny:
		return x
	}
	return sinOf(sinReduce(x))
}

// Cos1 returns cos(x). The largest error found is 0.76 ulp.
func Cos1(x float64) float64 {
	if !(math.Abs(x) < sinMain) {
		return math.Cos(x)
	}
	n, hi, lo := sinReduce(x)
	return sinOf(n+1, hi, lo)
}

// Sin sets z = sin(x), element by element, as Sin1 does.
func Sin(z, x []float64) { sines(z, x, 0, sinTiny, Sin1) }

// Cos sets z = cos(x), element by element, as Cos1 does.
func Cos(z, x []float64) { sines(z, x, 1, 0, Cos1) }

// sines sets z = f(x), which is sin(x + quarters·π/2), and x where |x| < tiny.
func sines(z, x []float64, quarters int, tiny float64, f func(float64) float64) {
	for z = z[:len(x)]; len(x) > 0; {
		if vector && len(x) >= 4 {
			n := sinVectors(&z[0], &x[0], inVectors(len(x)), quarters, tiny)
			z, x = z[n:], x[n:]
		}
		n := min(4, len(x)) // the last ones, or those that it stopped at
		for i, v := range x[:n] {
			z[i] = f(v)
		}
		z, x = z[n:], x[n:]
	}
}
