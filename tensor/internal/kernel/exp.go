package kernel

import "math"

// Exp, Expm1, Sigmoid and Tanh share one core, in the manner of Tang, "Table-driven implementation of
// the exponential function in IEEE floating-point arithmetic" (ACM TOMS 15(2), 1989) and "… of the expm1
// function …" (TOMS 18(2), 1992):
//
//	x = k·(ln2)/16 + r,  |r| ≤ (ln2)/32           range reduction, k an integer
//	eˣ = 2^(k/16)·eʳ = s·(1 + p)                  s = 2^⌊k/16⌋·2^((k mod 16)/16), p = eʳ − 1
//
// The sixteen values of 2^(j/16) come from a table, which a vector register or two can hold, and
// p from a short polynomial. Every fused multiplication-addition is written fma and no product
// feeds a sum otherwise, so the compiler has nothing to fuse by itself: every architecture
// rounds at the same places.

const (
	// expMagic = 1.5·2⁵² has an ulp of 1: adding it to v rounds v to the nearest integer, ties to even,
	// and leaves that integer in the low bits of the sum.
	expMagic = 0x1.8p52

	expInvStep = 0x1.71547652b82fep+4  // 16/ln2
	expStepHi  = 0x1.62e42fefa39efp-5  // (ln2)/16, rounded to a float64
	expStepLo  = 0x1.abc9e3b39803fp-60 // (ln2)/16 − expStepHi
	expMain    = 708                   // for |x| < expMain, s and eˣ are normal numbers
	tanhMain   = 22                    // tanh(x) rounds to ±1 for |x| ≥ tanhMain
	expm1Least = -40                   // eˣ − 1 rounds to −1 for x ≤ expm1Least
	expm1Tiny  = 0x1p-54               // eˣ − 1 rounds to x for |x| < expm1Tiny
)

// expPower[j] is 2^(j/16), rounded to a float64.
var expPower = [16]float64{
	0x1.0000000000000p+0, 0x1.0b5586cf9890fp+0, 0x1.172b83c7d517bp+0, 0x1.2387a6e756238p+0,
	0x1.306fe0a31b715p+0, 0x1.3dea64c123422p+0, 0x1.4bfdad5362a27p+0, 0x1.5ab07dd485429p+0,
	0x1.6a09e667f3bcdp+0, 0x1.7a11473eb0187p+0, 0x1.8ace5422aa0dbp+0, 0x1.9c49182a3f090p+0,
	0x1.ae89f995ad3adp+0, 0x1.c199bdd85529cp+0, 0x1.d5818dcfba487p+0, 0x1.ea4afa2a490dap+0,
}

// expTail[j] is what rounding took from expPower[j], relative to it:
// 2^(j/16) = expPower[j]·(1 + expTail[j]).
var expTail = [16]float64{
	0, 0x1.79aa65d837b6dp-54, -0x1.01b15eaa59348p-55, 0x1.68efde3a8a894p-54,
	0x1.34d754db0abb6p-55, 0x1.59f48a72a4c6dp-55, 0x1.690cebb7aafb0p-56, 0x1.063e1e21c5409p-54,
	-0x1.3b3efbf5e2228p-54, -0x1.b32dcb94da51dp-56, 0x1.db72fc1f0eab4p-55, 0x1.1affc2b91ce27p-56,
	0x1.c1a7792cb3387p-55, 0x1.36eae30af0cb3p-56, 0x1.4a385a63d07a7p-56, -0x1.ff7128fd391f0p-55,
}

// expReduce returns the k and r of hi + lo = k·(ln2)/16 + r as r = rhi + rlo, where rhi is exact and rlo
// is tiny. The low bits of kbits are k, in two's complement.
func expReduce(hi, lo float64) (kbits uint64, rhi, rlo float64) {
	t := fma(hi, expInvStep, expMagic)
	minusK := expMagic - t
	return math.Float64bits(t), fma(minusK, expStepHi, hi), fma(minusK, expStepLo, lo)
}

// The coefficients of expPoly, close to 1/3! … 1/7!: the polynomial of degree 4 through the values of
// (eʳ − 1 − r − r²/2)/r³ at the five Chebyshev nodes of |r| ≤ 1.0001·(ln2)/32.
const (
	expC3 = 0x1.5555555555555p-3
	expC4 = 0x1.555555551946fp-5
	expC5 = 0x1.11111110f6600p-7
	expC6 = 0x1.6c17bb5ebddb4p-10
	expC7 = 0x1.a01adfcd1283ap-13
)

// expPoly returns (eʳ − 1 − r)/r² for |r| ≤ (ln2)/32; r + r²·expPoly(r) is within a relative 2⁻⁵⁷·⁹ of
// eʳ − 1. That sum, plus expTail[k mod 16], is written out where it is used: as a function it would be
// too large for the compiler to inline.
func expPoly(r, r2 float64) float64 {
	u := fma(r2, fma(r, expC7, expC6), fma(r, expC5, expC4))
	return fma(r2, u, fma(r, expC3, 0.5))
}

// expScale returns s = 2^(k/16), which has to be a normal number.
func expScale(k uint64) float64 {
	return math.Float64frombits(math.Float64bits(expPower[k%16]) + k>>4<<52)
}

// expSum returns exp(hi + lo) for a lo that is tiny beside hi.
func expSum(hi, lo float64) float64 {
	if !(math.Abs(hi) < expMain) {
		return expEdge(hi, lo)
	}
	k, rhi, rlo := expReduce(hi, lo)
	r := rhi + rlo
	r2 := float64(r * r)
	p := fma(r2, expPoly(r, r2), expTail[k%16]+r)
	s := expScale(k)
	return fma(s, p, s)
}

// expEdge is expSum where the result may overflow, be subnormal or NaN. It does the same operations, but
// scales last, in two steps of which only the second one rounds.
func expEdge(hi, lo float64) float64 {
	switch {
	case hi != hi:
		return hi
	case hi > 710:
		return math.Inf(1)
	case hi < -746:
		return 0
	}
	k, rhi, rlo := expReduce(hi, lo)
	r := rhi + rlo
	r2 := float64(r * r)
	p := fma(r2, expPoly(r, r2), expTail[k%16]+r)
	s := expPower[k%16]
	y := math.Float64bits(fma(s, p, s))
	if hi > 0 {
		return float64(math.Float64frombits(y+(k>>4-64)<<52) * 0x1p64)
	}
	return float64(math.Float64frombits(y+(k>>4+64)<<52) * 0x1p-64)
}

// Exp1 returns eˣ: +Inf above 709.78, subnormal below −708.4, 0 below −745.13. The largest errors found
// are 0.54 ulp, and 0.76 ulp where the result is subnormal and thus rounded twice.
func Exp1(x float64) float64 { return expSum(x, 0) }

// Exp sets z = eˣ, element by element, as Exp1 does.
func Exp(z, x []float64) {
	for vector && len(x) >= 4 {
		n := inVectors(len(x))
		expVectors(&z[0], &x[0], n)
		z, x = z[n:], x[n:]
	}
	z = z[:len(x)]
	for i, v := range x {
		z[i] = Exp1(v)
	}
}

// Expm1One returns eˣ − 1, exact to the last digits also where x is near 0. In the terms of the core it
// is (s−1) + s·p, which cancels nothing: s = 1 where x is near 0. It is computed with s/2, since s may
// overflow where the result does not. The largest error found is 1.03 ulp.
func Expm1One(x float64) float64 {
	switch {
	case math.Abs(x) < expm1Tiny:
		return x
	case x >= 710:
		return math.Inf(1)
	}
	k, rhi, rlo := expReduce(max(x, expm1Least), 0)
	r := rhi + rlo
	r2 := float64(r * r)
	tail := expTail[k%16]
	p := rhi + fma(r2, expPoly(r, r2), fma(tail, r, tail)+rlo) // tail·eʳ counts where the sum is small
	h := expScale(k - 16)                                      // s/2
	return 2 * fma(h, p, h-0.5)
}

// Expm1 sets z = eˣ − 1, element by element, as Expm1One does.
func Expm1(z, x []float64) {
	for vector && len(x) >= 4 {
		n := inVectors(len(x))
		expm1Vectors(&z[0], &x[0], n)
		z, x = z[n:], x[n:]
	}
	z = z[:len(x)]
	for i, v := range x {
		z[i] = Expm1One(v)
	}
}

// Sigmoid1 returns 1/(1+e⁻ˣ). With a = exp(−|x|), which cannot overflow, and q = a/(1+a),
//
//	sigmoid(x) = 1/(1+a) = 1 − q    for x ≥ 0
//	sigmoid(x) = a/(1+a) = a − a·q  for x < 0
//
// where the differences round less than the quotients would: the largest error found is 1.5 ulp.
func Sigmoid1(x float64) float64 {
	h := -math.Abs(x)
	if !(h > -expMain) {
		return sigmoidOf(x, expEdge(h, 0))
	}
	k, rhi, rlo := expReduce(h, 0)
	r := rhi + rlo
	r2 := float64(r * r)
	p := fma(r2, expPoly(r, r2), expTail[k%16]+r)
	s := expScale(k)
	return sigmoidOf(x, fma(s, p, s))
}

// sigmoidOf returns sigmoid(x), given a = exp(−|x|).
func sigmoidOf(x, a float64) float64 {
	q := a / (1 + a)
	// n = 1 or a, chosen without a branch: signs are often unpredictable.
	const one = 0x3ff0000000000000
	neg := uint64(int64(math.Float64bits(x)) >> 63)
	n := math.Float64frombits(neg&math.Float64bits(a) | one&^neg)
	return fma(-n, q, n)
}

// Sigmoid sets z = 1/(1+e⁻ˣ), element by element, as Sigmoid1 does.
func Sigmoid(z, x []float64) {
	for vector && len(x) >= 4 {
		n := inVectors(len(x))
		sigmoidVectors(&z[0], &x[0], n)
		z, x = z[n:], x[n:]
	}
	z = z[:len(x)]
	for i, v := range x {
		z[i] = Sigmoid1(v)
	}
}

// Tanh1 returns (eˣ−e⁻ˣ)/(eˣ+e⁻ˣ). It is odd, and keeps the sign of zero. With t = exp(−2|x|) − 1,
//
//	−tanh|x| = t/(2+t) = q
//
// where t = (s−1) + s·p in the terms of the core, which cancels nothing: s = 1 and t = p where x is near
// 0. The quotient q is corrected to first order for what rounding took from t, 2+t and q itself, the
// last of them by a division by 2+t, which is a multiplication by (1−q)/2. The largest error found is
// 1.63 ulp, near |x| = 0.54.
func Tanh1(x float64) float64 {
	a := math.Abs(x)
	if !(a < tanhMain) {
		if x != x {
			return x
		}
		return math.Copysign(1, x)
	}
	k, rhi, rlo := expReduce(-2*a, 0)
	r := rhi + rlo
	r2 := float64(r * r)
	p := rhi + fma(r2, expPoly(r, r2), expTail[k%16]+rlo)
	s := expScale(k)

	t := fma(s, p, s-1)
	tl := fma(s, p, s-1-t)
	d := 2 + t
	dl := (2 - d + t) + tl
	q := t / d
	rem := fma(-q, d, t) + fma(-q, dl, tl)
	return math.Copysign(fma(rem, fma(-0.5, q, 0.5), q), x)
}

// Tanh sets z = tanh(x), element by element, as Tanh1 does.
func Tanh(z, x []float64) {
	for vector && len(x) >= 4 {
		n := inVectors(len(x))
		tanhVectors(&z[0], &x[0], n)
		z, x = z[n:], x[n:]
	}
	z = z[:len(x)]
	for i, v := range x {
		z[i] = Tanh1(v)
	}
}
