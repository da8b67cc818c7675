package layers

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Linear computes z = x·w + b, of shape […, out], from x […, in].
type Linear struct {
	Weight *autograd.Node // in × out, as in the article (PyTorch's is out × in)
	Bias   *autograd.Node // out; nil for none
}

// NewLinear returns a layer with in inputs and out outputs. init sets its parameters; nil leaves them 0,
// and so the units of a hidden layer alike. It panics if in or out is less than 1. To have no bias, set
// Bias to nil.
func NewLinear(in, out int, init Init) *Linear {
	if in < 1 || out < 1 {
		fail("NewLinear", "%d inputs and %d outputs; at least 1 of each is needed", in, out)
	}
	l := new(Linear)
	l.Weight, l.Bias = init.parameters(tensor.New(in, out), tensor.New(out))
	return l
}

// Forward returns x·w + b. It panics if the length of x's last axis is not in, or if x or the weight is
// nil.
func (l *Linear) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("Linear", "the input is nil", x)
	mustBeSet("Linear", "the Weight is nil; NewLinear makes one", l.Weight)
	if l.Bias != nil {
		return x.Affine(l.Weight, l.Bias)
	}
	return x.MatMul(l.Weight)
}

// FromTorch takes the weight of PyTorch's Linear, which is out × in, transposed, and the bias.
func (l *Linear) FromTorch(m *TorchModule) {
	mustBeMade(l)
	if l.Weight == nil {
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
	return fmt.Sprintf("Linear %d→%d", l.Weight.Value().Dim(0), l.Weight.Value().Dim(1)) + noBias(l.Bias)
}

// affine returns x·w + b, where b may be nil.
func affine(x, w, b *autograd.Node) *autograd.Node { return (&Linear{Weight: w, Bias: b}).Forward(x) }

// Bilinear computes a function that is linear in each of two inputs, x […, n] and y […, m], whose axes
// before the last broadcast: zₖ = Σᵢⱼ xᵢ·wₖᵢⱼ·yⱼ + bₖ, in shape […, out].
type Bilinear struct {
	Weight *autograd.Node // out × n × m
	Bias   *autograd.Node // out; nil for none
}

// NewBilinear returns a layer for inputs of n and m numbers with out outputs. init sets its parameters;
// nil leaves them 0. It panics if one of the numbers is less than 1.
func NewBilinear(n, m, out int, init Init) *Bilinear {
	mustBePositive("NewBilinear", "sizes", n, m, out)
	l := new(Bilinear)
	l.Weight, l.Bias = init.parameters(tensor.New(out, n, m), tensor.New(out))
	return l
}

// Forward returns z of x and y. It panics if their shapes do not fit.
func (l *Bilinear) Forward(x, y *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("Bilinear", "an input is nil", x)
	mustBeSet("Bilinear", "an input is nil", y)
	mustBeSet("Bilinear", "the Weight is nil; NewBilinear makes one", l.Weight)
	z := autograd.Einsum("...i,kij,...j->...k", x, l.Weight, y)
	if l.Bias != nil {
		z = z.Add(l.Bias)
	}
	return z
}

// String returns the sizes, such as "Bilinear 2×3→4".
func (l *Bilinear) String() string {
	if !isSet(l.Weight, 3) {
		return "Bilinear"
	}
	w := l.Weight.Value()
	return fmt.Sprintf("Bilinear %d×%d→%d", w.Dim(1), w.Dim(2), w.Dim(0)) + noBias(l.Bias)
}
