package tensor

import (
	"math"
	"math/rand/v2"

	"gentlegrad/tensor/internal/kernel"
)

// Uniform fills z with numbers drawn uniformly from [lo, hi), or with lo if lo = hi. It panics if z is
// empty, if rng is nil, or unless lo ≤ hi and both are finite.
func (z *Tensor) Uniform(rng *rand.Rand, lo, hi float64) *Tensor {
	z.mustDraw("Uniform", rng)
	if !(lo <= hi && lo >= -math.MaxFloat64 && hi <= math.MaxFloat64) {
		fail("Uniform", "lo is %v, hi %v; both must be finite, and lo at most hi", lo, hi)
	}
	for i := range z.data {
		u := rng.Float64()
		v := lo + float64((hi-lo)*u)
		if math.IsInf(hi-lo, 1) {
			v = float64(lo*(1-u)) + float64(hi*u)
		}
		if v >= hi { // rounded up
			v = math.Nextafter(hi, lo)
		}
		z.data[i] = v
	}
	return z
}

// Normal fills z with numbers drawn from the normal distribution with the given mean and
// standard deviation. It panics if z is empty, or rng nil.
func (z *Tensor) Normal(rng *rand.Rand, mean, deviation float64) *Tensor {
	z.mustDraw("Normal", rng)
	for i := 0; i < len(z.data); i += 2 {
		a, b := normalPair(rng)
		z.data[i] = mean + float64(deviation*a)
		if i+1 < len(z.data) {
			z.data[i+1] = mean + float64(deviation*b)
		}
	}
	return z
}

func (z *Tensor) mustDraw(op string, rng *rand.Rand) {
	z.mustBeSet(op)
	if rng == nil {
		fail(op, "the random source is nil")
	}
	z.version++
}

// normalPair returns two standard normal numbers, by Marsaglia's polar method (Knuth, The Art of Computer
// Programming, vol. 2, 3.4.1, algorithm P). A point is drawn uniformly from the unit disc; its squared
// radius s is uniform on (0, 1), and √(−2 ln s) is the radius of a pair of normal numbers. rand's
// NormFloat64 rounds differently on different processors.
func normalPair(rng *rand.Rand) (a, b float64) {
	for {
		a = float64(2*rng.Float64()) - 1
		b = float64(2*rng.Float64()) - 1
		if s := float64(a*a) + float64(b*b); 0 < s && s < 1 {
			f := math.Sqrt(-2 * kernel.Log1(s) / s)
			return a * f, b * f
		}
	}
}
