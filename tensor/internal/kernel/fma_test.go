package kernel

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
)

var fmaCases = flag.Int("fma", 300_000, "random cases of TestPortableFMA, for each kind")

// anyBits returns a random float64 of any magnitude, NaN and infinities among them.
func anyBits(r *rand.Rand) float64 { return math.Float64frombits(r.Uint64()) }

// fewBits returns a random number of n bits at most, between 2⁻ᵉ and 2ᵉ.
func fewBits(r *rand.Rand, n, e int) float64 {
	v := math.Ldexp(float64(r.Uint64()>>(64-n)), r.IntN(2*e)-e-n)
	if r.IntN(2) == 0 {
		return -v
	}
	return v
}

// nudge returns a neighbour of v, or v itself.
func nudge(r *rand.Rand, v float64) float64 {
	return math.Float64frombits(math.Float64bits(v) + r.Uint64N(3) - 1)
}

// fmaKinds are kinds of operands for which rounding is hard to get right.
var fmaKinds = []struct {
	name string
	draw func(r *rand.Rand) (x, y, z float64)
}{
	{"any bits", func(r *rand.Rand) (x, y, z float64) { return anyBits(r), anyBits(r), anyBits(r) }},
	{"ordinary", func(r *rand.Rand) (x, y, z float64) { return r.NormFloat64(), r.NormFloat64(), r.NormFloat64() }},
	{"z nearly cancels the product", func(r *rand.Rand) (x, y, z float64) {
		x, y = r.NormFloat64(), r.NormFloat64()
		return x, y, nudge(r, -x*y)
	}},
	{"the product is near half of z's last place", func(r *rand.Rand) (x, y, z float64) {
		z = 1 + r.Float64()
		x = 1 + r.Float64()
		return x, nudge(r, math.Copysign(0x1p-53, r.Float64()-.5)/x), z
	}},
	{"z is near half of the product's last place", func(r *rand.Rand) (x, y, z float64) {
		x, y = 1+r.Float64(), 1+r.Float64()
		return x, y, nudge(r, math.Ldexp(r.Float64()-.5, -52-r.IntN(110)))
	}},
	{"ties", func(r *rand.Rand) (x, y, z float64) {
		return fewBits(r, 27, 4), fewBits(r, 28, 4), fewBits(r, 3, 60)
	}},
	{"the product is 1 off half of its last place, and z decides", func(r *rand.Rand) (x, y, z float64) {
		// x·y is 2⁵³a + 2⁵² ± 1; its rounding error plus z is so near to 2⁵², half of the last place,
		// that it rounds to it.
		const low = 1<<53 - 1
		for {
			m := r.Uint64N(1<<52) | 1<<52 | 1
			inverse := m // modulo 2⁵³, by Newton's iteration, which doubles the bits that are right, 3 at first
			for range 5 {
				inverse *= 2 - m*inverse
			}
			off := 2*r.Uint64N(2) - 1 // ±1
			n := (1<<52 + off) * inverse & low
			if n>>52 == 0 {
				continue
			}
			z := .125 * float64(r.IntN(16)) * -float64(int64(off))
			return float64(m), float64(n), z
		}
	}},
	{"few bits", func(r *rand.Rand) (x, y, z float64) { return fewBits(r, 8, 40), fewBits(r, 8, 40), fewBits(r, 12, 80) }},
	{"near underflow", func(r *rand.Rand) (x, y, z float64) {
		return math.Ldexp(r.NormFloat64(), -400-r.IntN(200)), math.Ldexp(r.NormFloat64(), -350-r.IntN(200)), math.Ldexp(r.NormFloat64(), -700-r.IntN(380))
	}},
	{"near underflow, cancelling", func(r *rand.Rand) (x, y, z float64) {
		x, y = math.Ldexp(r.NormFloat64(), -400-r.IntN(80)), math.Ldexp(r.NormFloat64(), -350-r.IntN(80))
		return x, y, nudge(r, -x*y)
	}},
	{"near overflow", func(r *rand.Rand) (x, y, z float64) {
		return math.Ldexp(r.NormFloat64(), 450+r.IntN(574)), math.Ldexp(r.NormFloat64(), 450+r.IntN(120)), math.Ldexp(r.NormFloat64(), 900+r.IntN(124))
	}},
}

// TestPortableFMA compares with math.FMA, which computes with integers where the processor has no
// instruction for it.
func TestPortableFMA(t *testing.T) {
	t.Parallel()
	edges := hashInputs(rand.New(rand.NewPCG(1, 1)), 60)
	for _, x := range edges {
		for _, y := range edges {
			for _, z := range edges {
				mustFMA(t, "edges", x, y, z)
			}
		}
	}
	for i, kind := range fmaKinds {
		r := rand.New(rand.NewPCG(uint64(i), 2))
		for range *fmaCases {
			x, y, z := kind.draw(r)
			mustFMA(t, kind.name, x, y, z)
		}
	}
}

func mustFMA(t *testing.T, what string, x, y, z float64) {
	got, want := portableFMA(x, y, z), math.FMA(x, y, z)
	if math.Float64bits(got) != math.Float64bits(want) && (got == got || want == want) {
		t.Errorf("%s: %x·%x + %x = %x, want %x", what, x, y, z, got, want)
	}
}

func BenchmarkFMA(b *testing.B) {
	x := uniformIn(rand.New(rand.NewPCG(1, 1)), 1000, -1, 1)
	for name, f := range map[string]func(x, y, z float64) float64{"portable": portableFMA, "math": math.FMA} {
		b.Run("impl="+name, func(b *testing.B) {
			for b.Loop() {
				s := 0.0
				for i, v := range x {
					s = f(v, x[len(x)-1-i], s)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
		})
	}
}
