package tensor

import "math/rand/v2"

// Uniform fills z, which must not be empty, with numbers drawn evenly from [lo, hi).
func (z *Tensor) Uniform(rng *rand.Rand, lo, hi float64) *Tensor {
	z.mustBeSet("Uniform")
	for i := range z.data {
		z.data[i] = lo + float64((hi-lo)*rng.Float64())
	}
	return z
}

// Normal fills z, which must not be empty, with numbers drawn from the normal
// distribution with the given mean and standard deviation.
func (z *Tensor) Normal(rng *rand.Rand, mean, deviation float64) *Tensor {
	z.mustBeSet("Normal")
	for i := range z.data {
		z.data[i] = mean + float64(deviation*rng.NormFloat64())
	}
	return z
}
