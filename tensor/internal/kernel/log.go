package kernel

import "math"

const (
	logSqrtHalf = 0x3fe6a09e667f3bcd    // the bits of √½
	logLn2Hi    = 0x1.62e42fefa3800p-1  // ln2, the first 42 bits: times an integer below 2¹¹, exact
	logLn2Lo    = 0x1.ef35793c76730p-45 // ln2 − logLn2Hi

	logC1 = 0x1.5555555555593p-1 // about 2/3
	logC2 = 0x1.999999997fa04p-2 // about 2/5
	logC3 = 0x1.2492494229359p-2 // about 2/7
	logC4 = 0x1.c71c51d8e78afp-3 // about 2/9
	logC5 = 0x1.7466496cb03dep-3 // about 2/11
	logC6 = 0x1.39a09d078c69fp-3 // about 2/13
	logC7 = 0x1.2f112df3e5244p-3 // about 2/15
)

// logSplit returns m and k with x = m·2ᵏ and √½ ≤ m < √2, where x is positive and finite.
func logSplit(x float64) (m, k float64) {
	b, e := math.Float64bits(x), int64(0)
	if b < 1<<52 { // subnormal
		b, e = math.Float64bits(x*0x1p52), -52
	}
	n := int64(b-logSqrtHalf) >> 52
	return math.Float64frombits(b - uint64(n)<<52), float64(n + e)
}

// Log1 returns the natural logarithm of x: −Inf of ±0, NaN of a negative number. The
// largest error found is 0.85 ulp.
//
// The method and the coefficients are those of e_log.c in Sun's fdlibm, which explains how they are
// derived: with x = 2ᵏ·(1+f), s = f/(2+f) and R(s²) ≈ (ln(1+f) − 2s)/s,
//
//	ln(x) = k·ln2 + ln(1+f)
//	ln(1+f) = 2s + s·R = f − (f²/2 − s·(f²/2 + R))
func Log1(x float64) float64 {
	if !(x > 0 && x <= math.MaxFloat64) {
		return math.Log(x) // zero, negative, infinite or NaN: there is nothing to round
	}
	m, k := logSplit(x)
	f := m - 1
	s := f / (m + 1)
	s2 := float64(s * s)
	s4 := float64(s2 * s2)
	odd := fma(s4, fma(s4, fma(s4, logC7, logC5), logC3), logC1)
	even := fma(s4, fma(s4, logC6, logC4), logC2)
	half := float64(0.5 * f * f)
	r := fma(s2, odd, half)
	r = fma(s4, even, r)
	low := fma(s, r, float64(k*logLn2Lo))
	return fma(k, logLn2Hi, f-(half-low))
}

// Log sets z = ln(x), element by element, as Log1 does.
func Log(z, x []float64) {
	for z = z[:len(x)]; len(x) > 0; {
		if vector && len(x) >= 4 {
			n := logVectors(&z[0], &x[0], inVectors(len(x)))
			z, x = z[n:], x[n:]
		}
		n := min(4, len(x)) // the last ones, or those that it stopped at
		for i, v := range x[:n] {
			z[i] = Log1(v)
		}
		z, x = z[n:], x[n:]
	}
}

// LogOnePlus returns ln(1+x) for a finite x ≥ 0, as in Kahan's "Further remarks on reducing truncation
// errors" (1965): the quotient puts back what 1+x lost.
func LogOnePlus(x float64) float64 { return logOnePlus(x, Log1(1+x)) }

// logOnePlus is LogOnePlus, given the logarithm of 1+x as rounded.
func logOnePlus(x, log float64) float64 {
	w := 1 + x
	if w == 1 {
		return x
	}
	return log * x / (w - 1)
}

// log1p returns ln(1+x), given the logarithm of w = 1+x as rounded. It adds the first term of the series
// of ln(w+c), where c is what rounding lost. The largest error found is 1.45 ulp.
func log1p(x, log float64) float64 {
	switch w := 1 + x; {
	case w == 1:
		return x
	case w-1 == x: // it lost nothing; x may be infinite
		return log
	default:
		return log + (x-(w-1))/w
	}
}

// Log1p sets z = ln(1+x), element by element: −Inf of −1, NaN below.
func Log1p(z, x []float64) {
	var room [64]float64
	for z = z[:len(x)]; len(x) > 0; {
		n := min(len(room), len(x))
		logs := room[:n]
		for i, v := range x[:n] {
			logs[i] = 1 + v
		}
		Log(logs, logs)
		for i, v := range x[:n] {
			z[i] = log1p(v, logs[i])
		}
		z, x = z[n:], x[n:]
	}
}

// Softplus sets z = ln(1+eˣ) = max(x, 0) + ln(1+e^−|x|), element by element.
func Softplus(z, x []float64) {
	var room, logs [64]float64
	for z = z[:len(x)]; len(x) > 0; {
		n := min(len(room), len(x))
		exps, logs := room[:n], logs[:n]
		for i, v := range x[:n] {
			exps[i] = -math.Abs(v)
		}
		Exp(exps, exps)
		for i, e := range exps {
			logs[i] = 1 + e
		}
		Log(logs, logs)
		for i, v := range x[:n] {
			z[i] = max(v, 0) + logOnePlus(exps[i], logs[i])
		}
		z, x = z[n:], x[n:]
	}
}
