// Package delta is backpropagation as the article writes it: delta rules derived by
// hand, in four steps, without automatic differentiation. It is the reference with
// which automatic gradients are compared.
//
// The article's code has at most one hidden layer, one output, and one observation at
// a time; the rules here are the same, for any number of layers, outputs and
// observations.
//
// A caller's mistake panics with an *[Error], or with the *tensor.Error of the operation
// in which it shows.
package delta

import "gentlegrad/tensor"

// An Activation is a function g of a pre-activation z, element by element, and its
// derivative.
type Activation struct {
	Name  string
	G     func(a, z *tensor.Tensor) *tensor.Tensor // sets a to g(z)
	Prime func(s, z *tensor.Tensor) *tensor.Tensor // sets s to g′(z)
}

// The article's activations: its figure 2.
var (
	// g(z) = z, g′(z) = 1
	Linear = Activation{
		Name:  "linear",
		G:     func(a, z *tensor.Tensor) *tensor.Tensor { return a.Copy(z) },
		Prime: func(s, z *tensor.Tensor) *tensor.Tensor { return s.Like(z).Fill(1) },
	}

	// g(z) = 1/(1+e⁻ᶻ), g′(z) = g(z) (1 − g(z))
	Sigmoid = Activation{
		Name: "sigmoid",
		G:    (*tensor.Tensor).Sigmoid,
		Prime: func(s, z *tensor.Tensor) *tensor.Tensor {
			s.Sigmoid(z)
			return s.Map(s, func(g float64) float64 { return g * (1 - g) })
		},
	}

	// g(z) = tanh z, g′(z) = 1 − g(z)²
	Tanh = Activation{
		Name: "tanh",
		G:    (*tensor.Tensor).Tanh,
		Prime: func(s, z *tensor.Tensor) *tensor.Tensor {
			s.Tanh(z)
			return s.Map(s, func(g float64) float64 { return 1 - float64(g*g) })
		},
	}
)

// A Layer is a set of weights, the biases, and the activation that follows.
type Layer struct {
	Weight     *tensor.Tensor // w, in × out
	Bias       *tensor.Tensor // b, out
	Activation Activation
}

// A Network is a list of layers, from the input to the output. Its parameters may be
// shared with a network that is differentiated automatically.
type Network []Layer

// A Pass holds the signals of one pass through a network, forward and back. Batches are
// observations × units. The zero Pass is ready for use. Each forward pass makes all signals
// anew, for any network and number of observations, and uses the memory of earlier ones again.
type Pass struct {
	Input  *tensor.Tensor // a₀, observations × inputs
	Layers []Signals

	done step // the last one
}

// A step is one of the first three steps; 0 is none.
type step int

const (
	forwardPropagate step = iota + 1
	backpropagateErrors
	calculateGradients
)

func (s step) String() string {
	return [...]string{"nothing", "ForwardPropagate", "BackpropagateErrors", "CalculateGradients"}[s]
}

// Signals are what the first three steps compute for one layer. They are empty until then.
type Signals struct {
	Z, A           tensor.Tensor // step I: pre-activation and activation, observations × units
	Delta          tensor.Tensor // step II: the error signal δ = ∂E/∂z, observations × units
	WeightGradient tensor.Tensor // step III: ∂E/∂w, in × out
	BiasGradient   tensor.Tensor // step III: ∂E/∂b, out

	prime tensor.Tensor // g′(z)
}

// clear makes the signals empty and keeps their memory.
func (s *Signals) clear() {
	s.Z.Clear()
	s.A.Clear()
	s.Delta.Clear()
	s.WeightGradient.Clear()
	s.BiasGradient.Clear()
	s.prime.Clear()
}

// Output returns the network's prediction a, observations × outputs. It panics before
// the first forward pass.
func (p *Pass) Output() *tensor.Tensor {
	p.mustFollow("Output", forwardPropagate)
	return &p.Layers[len(p.Layers)-1].A
}

// ForwardPropagate is step I: it propagates the input, observations × inputs, forward
// to the output.
//
//	z_l = a_{l−1} w_l + b_l    a_l = g_l(z_l)
//
// It panics if the input does not fit the network, or shares memory with the signals of the same pass, or
// if one layer does not fit the next.
func (n Network) ForwardPropagate(p *Pass, input *tensor.Tensor) {
	const op = "ForwardPropagate"
	if p == nil {
		fail(op, "the pass is nil")
	}
	n.mustTake(op, input)
	for l := range p.Layers {
		if s := &p.Layers[l]; input.SharesMemory(&s.Z) || input.SharesMemory(&s.A) || input.SharesMemory(&s.Delta) {
			fail(op, "the input shares memory with layer %d of the same pass, which is computed anew: want a copy", l+1)
		}
	}
	if len(p.Layers) != len(n) {
		p.Layers = make([]Signals, len(n))
	}
	p.Input, p.done = input, 0
	a := input
	for l := range n {
		s := &p.Layers[l]
		s.clear()
		s.Z.MatMul(a, n[l].Weight)
		s.Z.Add(&s.Z, n[l].Bias)
		n[l].Activation.G(&s.A, &s.Z)
		a = &s.A
	}
	p.done = forwardPropagate
}

// BackpropagateErrors is step II: it computes the error signal of the output for the
// error E = ½ Σ (a−t)², and propagates it back to the first layer.
//
//	δ_out = g′(z_out) ⊙ (a_out − t)    δ_l = g′(z_l) ⊙ (δ_{l+1} w_{l+1}ᵀ)
//
// It panics if the target does not have the output's shape, or if ForwardPropagate was not
// called before.
func (n Network) BackpropagateErrors(p *Pass, target *tensor.Tensor) {
	const op = "BackpropagateErrors"
	n.mustFollow(op, p, forwardPropagate)
	if target == nil {
		fail(op, "the target is nil")
	}
	if !tensor.SameShape(p.Output(), target) {
		fail(op, "output has shape %v, target %v", p.Output().Shape(), target.Shape())
	}
	for l := len(n) - 1; l >= 0; l-- {
		s := &p.Layers[l]
		if l == len(n)-1 {
			s.Delta.Sub(&s.A, target)
		} else {
			s.Delta.MatMulNT(&p.Layers[l+1].Delta, n[l+1].Weight)
		}
		n[l].Activation.Prime(&s.prime, &s.Z)
		s.Delta.Mul(&s.prime, &s.Delta)
	}
	p.done = backpropagateErrors
}

// CalculateGradients is step III: it computes the gradients from the forward signals
// and the error signals, summed over the observations.
//
//	∂E/∂w_l = a_{l−1}ᵀ δ_l    ∂E/∂b_l = Σ δ_l
//
// It panics if BackpropagateErrors was not called before.
func (n Network) CalculateGradients(p *Pass) {
	n.mustFollow("CalculateGradients", p, backpropagateErrors)
	a := p.Input
	for l := range n {
		s := &p.Layers[l]
		s.WeightGradient.MatMulTN(a, &s.Delta)
		s.BiasGradient.Sum(&s.Delta, 0)
		a = &s.A
	}
	p.done = calculateGradients
}

// UpdateParameters is step IV: it moves the parameters against their gradients.
//
//	w_l ← w_l − η ∂E/∂w_l    b_l ← b_l − η ∂E/∂b_l
//
// It panics if CalculateGradients was not called before.
func (n Network) UpdateParameters(p *Pass, learningRate float64) {
	const op = "UpdateParameters"
	n.mustFollow(op, p, calculateGradients)
	for l := range n {
		s := &p.Layers[l]
		if !tensor.SameShape(&s.WeightGradient, n[l].Weight) || !tensor.SameShape(&s.BiasGradient, n[l].Bias) {
			fail(op, "layer %d has gradients %v and %v, for weight %v and bias %v",
				l+1, s.WeightGradient.Shape(), s.BiasGradient.Shape(), n[l].Weight.Shape(), n[l].Bias.Shape())
		}
	}
	for l := range n {
		s := &p.Layers[l]
		n[l].Weight.AddScaled(n[l].Weight, -learningRate, &s.WeightGradient)
		n[l].Bias.AddScaled(n[l].Bias, -learningRate, &s.BiasGradient)
	}
}
