package problems

import (
	"fmt"

	"gentlegrad/demos/legacy"
	"gentlegrad/tensor"
)

// The standard deviations of the noise, and where the curves are sampled.
const (
	classificationNoise = .15 // on both inputs
	regressionNoise     = .5  // on the target
	curveFrom, curveTo  = -5, 5
)

// Data is a training set: N observations in random order.
type Data struct {
	N      int       // observations
	Inputs int       // numbers in one observation
	X      []float64 // N × Inputs, row by row
	T      []float64 // N × Outputs, the targets

	Outputs int // 1, or the number of classes if they are more than two
}

// Tensors returns the observations, N × Inputs, and the targets, N × Outputs, which share memory with d.
func (d Data) Tensors() (x, t *tensor.Tensor) {
	return tensor.FromSlice(d.X, d.N, d.Inputs), tensor.FromSlice(d.T, d.N, d.Outputs)
}

// Data draws a training set from source, which the article seeds with Seed.
//
// In a classification, observations counts noisy copies of each prototype: 50
// make 200 points of AND, OR and XOR, and 450 of RING. In a regression it is
// the number of points. Data returns an error if it is less than 1.
//
// The draws are, in this order, one normal deviate for each number that gets
// noise, row by row, and one permutation of the rows. Every machine gets the
// same bits, except for the targets of SIN, which are as exact as its math.Sin.
func (p Problem) Data(source *legacy.Source, observations int) (Data, error) {
	if observations < 1 {
		return Data{}, fmt.Errorf("problems: %s: observations = %d: want at least 1", p.Name, observations)
	}
	ordered := p.noisyPoints
	if p.Regression {
		ordered = p.noisyCurve
	}
	d := ordered(source, observations)
	return d.permuted(source.Perm(d.N)), nil
}

// MustData is Data for observations that are at least 1: it panics on fewer.
func (p Problem) MustData(source *legacy.Source, observations int) Data {
	d, err := p.Data(source, observations)
	if err != nil {
		panic(err.Error())
	}
	return d
}

// noisyPoints goes through the prototypes again and again, adding noise to
// both coordinates. The class is that of the prototype.
func (p Problem) noisyPoints(source *legacy.Source, observations int) Data {
	d := makeData(observations*len(p.Prototypes), 2)
	for range observations {
		for i, point := range p.Prototypes {
			for _, v := range point {
				d.X = append(d.X, v+float64(classificationNoise*source.NormFloat64()))
			}
			d.T = append(d.T, p.Classes[i])
		}
	}
	return d
}

// noisyCurve goes along the curve, adding noise to its height only.
func (p Problem) noisyCurve(source *legacy.Source, observations int) Data {
	d := makeData(observations, 1)
	for _, x := range tensor.Linspace(curveFrom, curveTo, observations).Data() {
		d.X = append(d.X, x)
		d.T = append(d.T, p.Function(x)+float64(source.NormFloat64()*regressionNoise))
	}
	return d
}

// makeData returns Data with room for n observations, and none yet.
func makeData(n, inputs int) Data {
	return Data{
		N: n, Inputs: inputs, Outputs: 1,
		X: make([]float64, 0, n*inputs),
		T: make([]float64, 0, n),
	}
}

// permuted returns the observations order[0], order[1], ….
func (d Data) permuted(order []int) Data {
	out := makeData(d.N, d.Inputs)
	for _, i := range order {
		out.X = append(out.X, d.X[i*d.Inputs:(i+1)*d.Inputs]...)
		out.T = append(out.T, d.T[i])
	}
	return out
}
