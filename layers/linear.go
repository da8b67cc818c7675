package layers

import (
	"fmt"
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Linear computes z = x·w + b, from x […, in] z […, out].
type Linear struct {
	Weight *autograd.Node // in × out, as in the article (PyTorch's is out × in)
	Bias   *autograd.Node // out; nil for none
}

// NewLinear returns a layer with in inputs and out outputs, its parameters set by
// init, or 0 if that is nil: then the units of a hidden layer stay alike. It panics if in
// or out is less than 1. To have no bias, set Bias to nil.
func NewLinear(in, out int, init Init) *Linear {
	if in < 1 || out < 1 {
		fail("NewLinear", "%d inputs and %d outputs; at least 1 of each is needed", in, out)
	}
	w, b := tensor.New(in, out), tensor.New(out)
	if init != nil {
		init(w, b)
	}
	return &Linear{Weight: autograd.Variable(w).Named("weight"), Bias: autograd.Variable(b).Named("bias")}
}

// Forward returns x·w + b. It panics if the length of x's last axis is not in, and if x or the
// weight is nil.
func (l *Linear) Forward(x *autograd.Node) *autograd.Node {
	if l == nil {
		fail("Linear", "the layer is nil")
	}
	mustBeSet("Linear", "the input is nil", x)
	mustBeSet("Linear", "the Weight is nil; NewLinear makes one", l.Weight)
	switch {
	case l.Bias != nil:
		return x.Affine(l.Weight, l.Bias)
	case x.Value().Rank() == 1: // one observation: a matrix of one row
		return x.Reshape(1, -1).MatMul(l.Weight).Reshape(-1)
	}
	return x.MatMul(l.Weight)
}

// FromTorch takes the weight of PyTorch's Linear, which is out × in, transposed, and the bias.
func (l *Linear) FromTorch(m *TorchModule) {
	if l == nil || l.Weight == nil {
		return
	}
	in, out := l.Weight.Value().Dim(0), l.Weight.Value().Dim(1)
	m.Set(l.Weight, new(tensor.Tensor).Transpose(m.Tensor("weight", out, in)))
	if l.Bias != nil {
		m.Set(l.Bias, m.Tensor("bias", out))
	}
}

// String returns the numbers of inputs and outputs, such as "Linear 4→2" or "Linear 4→2, no bias".
func (l *Linear) String() string {
	switch {
	case l == nil || l.Weight == nil || l.Weight.Value() == nil:
		return "Linear"
	case l.Weight.Value().Rank() != 2:
		return fmt.Sprintf("Linear of weight %v", l.Weight.Shape())
	}
	text := fmt.Sprintf("Linear %d→%d", l.Weight.Value().Dim(0), l.Weight.Value().Dim(1))
	if l.Bias == nil {
		text += ", no bias"
	}
	return text
}

// An Init sets the initial parameters of a layer, weight in × out and bias out, which
// are 0 when it is called.
type Init func(weight, bias *tensor.Tensor)

// Uniform draws weights, then biases, evenly from [lo, hi); the article has −½ and ½. It
// panics if rng is nil.
func Uniform(rng *rand.Rand, lo, hi float64) Init {
	mustDraw("Uniform", rng)
	return func(weight, bias *tensor.Tensor) {
		weight.Uniform(rng, lo, hi)
		bias.Uniform(rng, lo, hi)
	}
}

// Xavier draws weights evenly between ±√(6/(in+out)) and leaves biases 0: X. Glorot and
// Y. Bengio, Understanding the difficulty of training deep feedforward neural
// networks (2010), equation 16. It panics if rng is nil.
func Xavier(rng *rand.Rand) Init {
	mustDraw("Xavier", rng)
	return func(weight, _ *tensor.Tensor) {
		limit := math.Sqrt(6 / float64(weight.Dim(0)+weight.Dim(1)))
		weight.Uniform(rng, -limit, limit)
	}
}

func mustDraw(op string, rng *rand.Rand) {
	if rng == nil {
		fail(op, "the random source is nil")
	}
}
