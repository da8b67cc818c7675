package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// bigPrec is the precision, in bits, of the references for the transcendental functions.
const bigPrec = 200

func bigFloat(x float64) *big.Float { return new(big.Float).SetPrec(bigPrec).SetFloat64(x) }

// bigLn2 is ln2 = Σ 1/(n·2ⁿ).
var bigLn2 = func() *big.Float {
	sum := bigFloat(0)
	for n := 1; n < bigPrec+8; n++ {
		term := bigFloat(1)
		term.Quo(term, bigFloat(float64(n)))
		sum.Add(sum, term.SetMantExp(term, -n))
	}
	return sum
}()

// bigExp returns eˣ: x = k·ln2 + r, and the Taylor series of r/2¹⁶ squared sixteen times.
func bigExp(x *big.Float) *big.Float {
	const halvings = 16
	approx, _ := x.Float64()
	k := math.Round(approx / math.Ln2)
	r := bigFloat(k)
	r.Sub(x, r.Mul(r, bigLn2))
	r.SetMantExp(r, -halvings)
	sum := bigFloat(1)
	for n := 14.; n > 0; n-- { // Horner: 1 + r/1·(1 + r/2·(…))
		sum.Mul(sum, r)
		sum.Quo(sum, bigFloat(n))
		sum.Add(sum, bigFloat(1))
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum.SetMantExp(sum, int(k))
}

// bigExpm1 returns eˣ − 1, for a small x by the series, since the subtraction would cancel.
func bigExpm1(x *big.Float) *big.Float {
	if a, _ := x.Float64(); math.Abs(a) > 0x1p-10 {
		y := bigExp(x)
		return y.Sub(y, bigFloat(1))
	}
	sum := bigFloat(0)
	for n := 18.; n > 0; n-- {
		sum.Add(sum, bigFloat(1))
		sum.Mul(sum, x)
		sum.Quo(sum, bigFloat(n))
	}
	return sum
}

// bigLog returns ln(x) for a finite x > 0: a float64's guess l, corrected by ln(1+d) where 1+d = x·e⁻ˡ.
func bigLog(x float64) *big.Float {
	frac, exp := math.Frexp(x) // math.Log itself is wrong for subnormal numbers on amd64
	guess := math.Log(frac) + float64(exp)*math.Ln2
	d := bigExp(bigFloat(-guess))
	d.Mul(d, bigFloat(x))
	d.Sub(d, bigFloat(1))
	if d.Sign() == 0 {
		return bigFloat(guess)
	}
	sum := bigFloat(0)
	for n := 5.; n > 0; n-- { // d·(1 − d·(1/2 − d·(1/3 − …)))
		term := bigFloat(1)
		term.Quo(term, bigFloat(n))
		sum.Mul(sum, d)
		sum.Sub(term, sum)
	}
	return sum.Add(bigFloat(guess), sum.Mul(sum, d))
}

// ulps returns |got − want| in units of the last place of want.
func ulps(got float64, want *big.Float) float64 {
	w, _ := want.Float64()
	if got == w || math.IsInf(got, 0) || math.IsInf(w, 0) || got != got {
		if got == w && math.IsInf(w, 0) {
			return 0
		}
		if got != w {
			return math.Inf(1)
		}
	}
	exp := max(want.MantExp(nil), -1021) - 53 // want = 0.1… · 2^MantExp
	diff := new(big.Float).Sub(bigFloat(got), want)
	d, _ := diff.SetMantExp(diff, -exp).Float64()
	return math.Abs(d)
}

// uniformIn returns n numbers from [lo, hi).
func uniformIn(r *rand.Rand, n int, lo, hi float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = lo + float64(r.Float64()*(hi-lo)) // not fused: the same inputs everywhere
	}
	return x
}

// log2UniformIn returns n positive numbers whose logarithms to the base of 2 are uniform over [lo, hi).
func log2UniformIn(r *rand.Rand, n int, lo, hi float64) []float64 {
	x := uniformIn(r, n, lo, hi)
	for i, e := range x {
		f := math.Floor(e)
		x[i] = math.Ldexp(1+(e-f), int(f))
	}
	return x
}

// worstULP checks that f is within limit ulp of want over x, and logs the worst it finds.
func worstULP(t *testing.T, name string, x []float64, limit float64, f func(float64) float64, want func(float64) *big.Float) {
	t.Helper()
	worst, at := 0., 0.
	for _, v := range x {
		if u := ulps(f(v), want(v)); u > worst {
			worst, at = u, v
		}
	}
	t.Logf("%s: worst %.4f ulp, at %v", name, worst, at)
	if worst > limit {
		w, _ := want(at).Float64()
		t.Errorf("%s: %.4f ulp off at %v, want at most %v: got %v, want %v", name, worst, at, limit, f(at), w)
	}
}

// mustRoundTo checks that the constant got is exact, rounded to a float64.
func mustRoundTo(t *testing.T, name string, got float64, exact *big.Float) {
	t.Helper()
	if want, _ := exact.Float64(); got != want {
		t.Errorf("%s = %x, want %x", name, got, want)
	}
}

// mustBits checks that got = f(x) has the bits of want; any NaN is as good as any other.
func mustBits(t *testing.T, f string, x, got, want float64) {
	t.Helper()
	if math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) {
		t.Errorf("%s, x = %v: got %v (%x), want %v (%x)", f, x, got, got, want, want)
	}
}

// hashInputs returns n random inputs, a quarter of them any float64 at all, and the edges.
func hashInputs(r *rand.Rand, n int) []float64 {
	x := []float64{
		0, 5e-324, 0x1p-1022, 0x1.fffffffffffffp-1023, 0x1p-60, 0x1p-27, 0.5, math.Sqrt(0.5), 1, math.Sqrt2, 2,
		21.999, 22, 707.999, 708, 708.4, 709.78, 709.79, 745.13, 745.14, 1000, 1e300, math.MaxFloat64, math.Inf(1),
	}
	for _, v := range x {
		x = append(x, -v)
	}
	x = append(x, math.NaN())
	for range n / 4 {
		x = append(x, math.Float64frombits(r.Uint64()))
	}
	x = append(x, uniformIn(r, n/4, -1, 1)...)
	x = append(x, uniformIn(r, n/4, -30, 30)...)
	return append(x, uniformIn(r, n/4, -750, 750)...)
}

// hashUnary returns the FNV-1a hash of the bits of f over a fixed set of inputs. All NaN count as one.
func hashUnary(f func(float64) float64) uint64 {
	h := fnv.New64a()
	for _, x := range hashInputs(rand.New(rand.NewPCG(2025, 1)), 10_000) {
		y := f(x)
		if y != y {
			y = math.NaN()
		}
		h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(y)))
	}
	return h.Sum64()
}

// mustHash checks a hash of result bits. It may change only with the formula of the function, and on all
// architectures alike.
func mustHash(t *testing.T, name string, want, got uint64) {
	t.Helper()
	if got != want {
		t.Errorf("%s: the hash of its results is %#x, want %#x: an operation rounds differently here", name, got, want)
	}
}

// benchmarkUnary compares a kernel with a loop over a function of package math, for inputs from [lo, hi).
func benchmarkUnary(b *testing.B, lo, hi float64, kernel func(z, x []float64), scalar func(float64) float64) {
	for _, n := range []int{1, 4, 1000} {
		x, z := uniformIn(rand.New(rand.NewPCG(21, 1)), n, lo, hi), make([]float64, n)
		run := func(impl string, f func()) {
			b.Run(fmt.Sprintf("n=%d/impl=%s", n, impl), func(b *testing.B) {
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
			})
		}
		run("kernel", func() { kernel(z, x) })
		run("math", func() {
			for i, v := range x {
				z[i] = scalar(v)
			}
		})
	}
}
