package legacy

import "math"

// log returns ln x for finite x > 0, computed with about twice the precision of
// a float64 and then rounded. math.Log would do, except for the last bit: it
// is assembly on one machine and Go, with other roundings, on another.
//
// With x = m·2ᵏ, m in [√½, √2) and s = (m−1)/(m+1),
//
//	ln x = k·ln 2 + 2s·(1 + s²/3 + s⁴/5 + …)
//
// and s² < .03: the 20 terms taken leave out less than 10⁻³⁰.
func log(x float64) float64 {
	m, k := math.Frexp(x)
	if m < math.Sqrt2/2 {
		m, k = 2*m, k-1
	}
	s := twoSum(m-1, 0).over(twoSum(m, 1))
	s2 := s.times(s)
	var series double
	for n := 39.; n >= 1; n -= 2 {
		series = series.times(s2).plus(double{hi: 1}.over(double{hi: n}))
	}
	s = double{hi: 2 * s.hi, lo: 2 * s.lo}
	powers := double{hi: float64(k)}.times(ln2)
	return powers.plus(s.times(series)).hi
}

var ln2 = double{hi: 0x1.62e42fefa39efp-1, lo: 0x1.abc9e3b39803fp-56}

// A double is an unevaluated sum hi + lo, with lo at most half a unit in the
// last place of hi: about 106 bits (T. J. Dekker, "A Floating-Point Technique
// for Extending the Available Precision", Numerische Mathematik 18, 1971).
// Products are rounded by a conversion wherever a sum follows, because Go may
// fuse the two on some machines.
type double struct{ hi, lo float64 }

// twoSum returns a + b, exactly.
func twoSum(a, b float64) double {
	sum := a + b
	v := sum - a
	return double{sum, (a - (sum - v)) + (b - v)}
}

func (a double) plus(b double) double {
	sum := twoSum(a.hi, b.hi)
	return twoSum(sum.hi, sum.lo+(a.lo+b.lo))
}

func (a double) times(b double) double {
	p := float64(a.hi * b.hi)
	err := math.FMA(a.hi, b.hi, -p)
	err += float64(a.hi*b.lo) + float64(a.lo*b.hi)
	return twoSum(p, err)
}

func (a double) over(b double) double {
	q := a.hi / b.hi
	rest := math.FMA(-q, b.hi, a.hi) + (a.lo - float64(q*b.lo))
	return twoSum(q, rest/b.hi)
}
