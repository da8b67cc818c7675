package optim

import (
	"math"

	"gentlegrad/autograd"
)

// Adagrad divides by the root of the sum of all squared gradients, element by element:
//
//	s ← s + g²    w ← w − ηₜ g / (√s + ε)    ηₜ = η / (1 + (t−1)·RateDecay)
//
// J. Duchi, E. Hazan and Y. Singer, Adaptive subgradient methods for online learning and
// stochastic optimization (2011), figure 1; ε and ηₜ as in PyTorch.
type Adagrad struct {
	Base
	RateDecay float64 // 0
	Start     float64 // 0: the first s
	Epsilon   float64 // 1e-10
}

// NewAdagrad returns Adagrad with the settings noted at its fields. PyTorch's learning
// rate is 0.01.
func NewAdagrad(learningRate float64, parameters ...*autograd.Node) *Adagrad {
	o := &Adagrad{Epsilon: 1e-10}
	o.start("NewAdagrad", o, learningRate, parameters, "s")
	return o
}

func (o *Adagrad) begin() {
	mustNotBeNegative("Step", "RateDecay", o.RateDecay)
	mustNotBeNegative("Step", "Start", o.Start)
	mustNotBeNegative("Step", "Epsilon", o.Epsilon)
}

func (o *Adagrad) update(p *parameter) {
	rate := p.rate / (1 + float64((o.steps-1)*o.RateDecay))
	w, s := p.w(), p.keepFrom("s", o.Start)
	for i, g := range p.gradient.Data() {
		s[i] += float64(g * g)
		w[i] -= rate * g / (math.Sqrt(s[i]) + o.Epsilon)
	}
}

// Adadelta takes steps of the size of the last ones, in place of a learning rate, which is 1 in the
// paper:
//
//	v ← ρv + (1−ρ)g²    δ = g √(u+ε) / √(v+ε)    u ← ρu + (1−ρ)δ²    w ← w − ηδ
//
// M. D. Zeiler, ADADELTA: an adaptive learning rate method (2012), algorithm 1.
type Adadelta struct {
	Base
	Rho     float64 // 0.9: ρ
	Epsilon float64 // 1e-6
}

// NewAdadelta returns Adadelta with the settings noted at its fields.
func NewAdadelta(learningRate float64, parameters ...*autograd.Node) *Adadelta {
	o := &Adadelta{Rho: .9, Epsilon: 1e-6}
	o.start("NewAdadelta", o, learningRate, parameters, "v", "u")
	return o
}

func (o *Adadelta) begin() {
	mustBePart("Rho", o.Rho)
	mustNotBeNegative("Step", "Epsilon", o.Epsilon)
}

func (o *Adadelta) update(p *parameter) {
	w, v, u := p.w(), p.keep("v"), p.keep("u")
	for i, g := range p.gradient.Data() {
		v[i] = average(o.Rho, v[i], g*g)
		delta := g * (math.Sqrt(u[i]+o.Epsilon) / math.Sqrt(v[i]+o.Epsilon))
		u[i] = average(o.Rho, u[i], delta*delta)
		w[i] -= float64(p.rate * delta)
	}
}

// RMSProp divides by the root of a moving average of squared gradients:
//
//	v ← αv + (1−α)g²    d = g / (√v + ε)    w ← w − ηd
//
// T. Tieleman and G. Hinton, Lecture 6.5 of Neural networks for machine learning (2012). If Centred, √v
// is replaced by the deviation √(v − ā²) of gradients from their average ā ← αā + (1−α)g. With momentum
// μ, w moves by b ← μb + d instead of d. Both are from A. Graves, Generating sequences with recurrent
// neural networks (2013), equations 38 to 41, except for ε.
type RMSProp struct {
	Base
	Alpha    float64 // 0.99: α
	Epsilon  float64 // 1e-8
	Momentum float64 // 0: μ
	Centred  bool
}

// NewRMSProp returns RMSProp with the settings noted at its fields. PyTorch's learning
// rate is 0.01.
func NewRMSProp(learningRate float64, parameters ...*autograd.Node) *RMSProp {
	o := &RMSProp{Alpha: .99, Epsilon: 1e-8}
	o.start("NewRMSProp", o, learningRate, parameters, "v")
	o.mayKeep("mean", "velocity")
	return o
}

func (o *RMSProp) begin() {
	mustBePart("Alpha", o.Alpha)
	mustNotBeNegative("Step", "Epsilon", o.Epsilon)
	mustNotBeNegative("Step", "Momentum", o.Momentum)
}

func (o *RMSProp) update(p *parameter) {
	w, v := p.w(), p.keep("v")
	var mean, velocity []float64
	if o.Centred {
		mean = p.keep("mean")
	}
	if o.Momentum != 0 {
		velocity = p.keep("velocity")
	}
	for i, g := range p.gradient.Data() {
		v[i] = average(o.Alpha, v[i], g*g)
		variance := v[i]
		if o.Centred {
			mean[i] = average(o.Alpha, mean[i], g)
			variance = max(v[i]-float64(mean[i]*mean[i]), 0) // rounding can make it negative
		}
		d := g / (math.Sqrt(variance) + o.Epsilon)
		if o.Momentum != 0 {
			velocity[i] = float64(o.Momentum*velocity[i]) + d
			d = velocity[i]
		}
		w[i] -= float64(p.rate * d)
	}
}
