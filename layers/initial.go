package layers

import (
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// An Init sets the initial parameters of a layer, weight and bias, which are 0 when it is called. The
// weight of a Linear is in × out, that of a convolution out × in/groups × kernel, of a transposed one
// in × out/groups × kernel; the bias has no elements if the layer has none.
type Init func(weight, bias *tensor.Tensor)

// parameters returns a layer's Variables, set by init, or 0 if that is nil.
func (init Init) parameters(weight, bias *tensor.Tensor) (w, b *autograd.Node) {
	if init != nil {
		init(weight, bias)
	}
	return autograd.Variable(weight).Named("weight"), autograd.Variable(bias).Named("bias")
}

// Uniform draws weights, then biases, uniformly from [lo, hi); the article has −½ and ½. It panics if rng
// is nil.
func Uniform(rng *rand.Rand, lo, hi float64) Init {
	mustDraw("Uniform", rng)
	return func(weight, bias *tensor.Tensor) {
		weight.Uniform(rng, lo, hi)
		bias.Uniform(rng, lo, hi)
	}
}

// Normal draws weights, but not biases, from the normal distribution with the given mean and standard
// deviation. It panics if rng is nil.
func Normal(rng *rand.Rand, mean, deviation float64) Init {
	mustDraw("Normal", rng)
	return func(weight, _ *tensor.Tensor) { weight.Normal(rng, mean, deviation) }
}

// Xavier draws weights uniformly between ±√(6/(in+out)) and leaves biases 0: X. Glorot and Y. Bengio,
// Understanding the difficulty of training deep feedforward neural networks (2010), equation 16. It
// panics if rng is nil.
func Xavier(rng *rand.Rand) Init {
	mustDraw("Xavier", rng)
	return func(weight, _ *tensor.Tensor) {
		in, out := fans(weight)
		limit := math.Sqrt(6 / float64(in+out))
		weight.Uniform(rng, -limit, limit)
	}
}

// XavierNormal is Xavier with a normal distribution of the same variance, 2/(in+out). It panics if rng
// is nil.
func XavierNormal(rng *rand.Rand) Init {
	mustDraw("XavierNormal", rng)
	return func(weight, _ *tensor.Tensor) {
		in, out := fans(weight)
		weight.Normal(rng, 0, math.Sqrt(2/float64(in+out)))
	}
}

// He draws weights from the normal distribution of variance 2/in, for layers of ReLUs, and leaves biases
// 0: K. He and others, Delving deep into rectifiers (2015), equation 10. It panics if rng is nil.
func He(rng *rand.Rand) Init {
	mustDraw("He", rng)
	return scaledNormal(rng, 2)
}

// LeCun draws weights from the normal distribution of variance 1/in, and leaves biases 0: Y. LeCun and
// others, Efficient backprop (1998), equation 16. Self-normalising networks, of SELUs, start with it too.
// It panics if rng is nil.
func LeCun(rng *rand.Rand) Init {
	mustDraw("LeCun", rng)
	return scaledNormal(rng, 1)
}

// scaledNormal draws weights of variance gain/in.
func scaledNormal(rng *rand.Rand, gain float64) Init {
	return func(weight, _ *tensor.Tensor) {
		in, _ := fans(weight)
		weight.Normal(rng, 0, math.Sqrt(gain/float64(in)))
	}
}

// fans returns how many numbers each output of a layer is computed from, and how many each input goes
// into: for a weight in × out, or out × in × kernel, which that of a transposed convolution counts as
// too, as in PyTorch.
func fans(weight *tensor.Tensor) (in, out int) {
	if weight.Rank() == 2 {
		return weight.Dim(0), weight.Dim(1)
	}
	kernel := 1
	for a := 2; a < weight.Rank(); a++ {
		kernel *= weight.Dim(a)
	}
	return weight.Dim(1) * kernel, weight.Dim(0) * kernel
}

// Orthogonal makes the weight gain times a matrix with orthonormal rows or columns, whichever are fewer,
// and leaves biases 0. Rows are along the weight's first axis, columns along all others. It is a random
// rotation, which keeps the length of signals and of gradients: A. Saxe and others, Exact solutions to
// the nonlinear dynamics of learning in deep linear neural networks (2013), section 3. It panics if rng
// is nil.
func Orthogonal(rng *rand.Rand, gain float64) Init {
	mustDraw("Orthogonal", rng)
	return func(weight, _ *tensor.Tensor) {
		rows := weight.Dim(0)
		columns := weight.Len() / rows
		short, long := min(rows, columns), max(rows, columns)
		q := orthonormal(rng, short, long)
		if rows > columns {
			q = new(tensor.Tensor).Transpose(q)
		}
		weight.Scale(q.Reshape(weight.Shape()...), gain)
	}
}

// orthonormal returns m ≤ n orthonormal vectors of n numbers, uniformly distributed: normally distributed
// ones, minus their projections on those before (Gram and Schmidt), twice, so that rounding leaves none.
func orthonormal(rng *rand.Rand, m, n int) *tensor.Tensor {
	q := tensor.New(m, n).Normal(rng, 0, 1)
	row := func(i int) []float64 { return q.Data()[i*n : (i+1)*n] }
	for i := range m {
		for range 2 {
			for j := range i {
				p := dot(row(i), row(j))
				for k, v := range row(j) {
					row(i)[k] -= float64(p * v)
				}
			}
		}
		length := math.Sqrt(dot(row(i), row(i)))
		for k := range row(i) {
			row(i)[k] /= length
		}
	}
	return q
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += float64(v * b[i])
	}
	return sum
}

func mustDraw(op string, rng *rand.Rand) {
	if rng == nil {
		fail(op, "the random source is nil")
	}
}
