package kernel

import "math"

// erfc(x) rounds to 0 for x ≥ erfcMain.
const erfcMain = 27.5

// erfcPoly are the coefficients, from that of t⁰ on, of the polynomial through
// (1+2a)·e^(a²)·erfc(a) at the Chebyshev nodes of 0 ≤ a ≤ erfcMain, where t = (a−4)/(a+4): it is
// within a relative 2⁻⁵³·⁸ of that.
var erfcPoly = [23]float64{
	0x1.3ba5916e9fd7fp+0, -0x1.1df1ad154a29bp-3, 0x1.f7f5df66fd9e4p-7, 0x1.16ecefcfa5fb9p-4,
	-0x1.9ddb23c3e9d0ap-4, 0x1.7fee004df7881p-4, -0x1.0fb06dfe3ffffp-4, 0x1.3079edf9ecac7p-5,
	-0x1.09623884ab130p-6, 0x1.49c671903fd24p-8, -0x1.8d4a9ca4ec73bp-11, -0x1.a1de7efe6884ap-13,
	0x1.3be0a0c6ca35cp-13, -0x1.996acc1415031p-16, -0x1.78a12d6239b49p-17, 0x1.7fbad3680b3ddp-18,
	0x1.4301836b597b9p-22, -0x1.c093caec892a6p-21, 0x1.0f026f52d77f1p-24, 0x1.f15672f9ee645p-24,
	-0x1.0b0124023b546p-27, -0x1.dc9761c9e0224p-27, -0x1.02b1f768ebb8fp-29,
}

// Erfc1 returns the complementary error function, 2/√π times the integral of e^(−t²) from x on, as
// e^(−x²) times a function that is nearly a polynomial (M. M. Shepherd and J. G. Laframboise,
// Chebyshev approximation of (1+2x)exp(x²)erfc x in 0 ≤ x < ∞, 1981): so it is accurate where it
// is small. The largest errors found are 5.0 ulp for 0 < x < 0.5, where an ulp is half of that of
// 1, and 3.6 ulp elsewhere.
func Erfc1(x float64) float64 {
	a := min(math.Abs(x), erfcMain)
	t := fma(2, a/(a+4), -1)
	t2 := float64(t * t)
	even, odd := erfcPoly[22], erfcPoly[21]
	for k := 20; k > 0; k -= 2 {
		even, odd = fma(even, t2, erfcPoly[k]), fma(odd, t2, erfcPoly[k-1])
	}
	p := fma(odd, t, fma(even, t2, erfcPoly[0]))
	s := float64(a * a)
	y := float64(p / fma(2, a, 1) * expSum(-s, -fma(a, a, -s)))
	if math.Signbit(x) {
		return 2 - y
	}
	return y
}

// Erfc sets z = erfc(x), element by element, as Erfc1 does.
func Erfc(z, x []float64) {
	for vector && len(x) >= 4 {
		n := inVectors(len(x))
		erfcVectors(&z[0], &x[0], n)
		z, x = z[n:], x[n:]
	}
	z = z[:len(x)]
	for i, v := range x {
		z[i] = Erfc1(v)
	}
}
