package optim

import (
	"math"

	"gentlegrad/autograd"
)

// Adam divides a moving average of gradients by the root of one of their squares. Both begin at 0, for
// which m̂ and v̂ make up:
//
//	m ← β₁m + (1−β₁)g    m̂ = m / (1−β₁ᵗ)
//	v ← β₂v + (1−β₂)g²   v̂ = v / (1−β₂ᵗ)
//	w ← w − η m̂ / (√v̂ + ε)
//
// D. P. Kingma and J. Ba, Adam: a method for stochastic optimization (2015), algorithm 1.
//
// With AMSGrad, v̂ is made from the largest v so far: S. J. Reddi, S. Kale and S. Kumar, On the
// convergence of Adam and beyond (2018), algorithm 2. With DecoupledDecay it is AdamW: see [NewAdamW].
type Adam struct {
	Base
	Beta1   float64 // 0.9: β₁
	Beta2   float64 // 0.999: β₂
	Epsilon float64 // 1e-8: ε
	AMSGrad bool
}

// NewAdam returns Adam with the settings noted at its fields. The paper's learning rate
// is 0.001.
func NewAdam(learningRate float64, parameters ...*autograd.Node) *Adam {
	return newAdam("NewAdam", learningRate, parameters)
}

func newAdam(op string, learningRate float64, parameters []*autograd.Node) *Adam {
	o := &Adam{Beta1: .9, Beta2: .999, Epsilon: 1e-8}
	o.start(op, o, learningRate, parameters, "m", "v")
	o.mayKeep("largest")
	return o
}

// NewAdamW returns Adam with decoupled weight decay of 0.01: I. Loshchilov and F. Hutter,
// Decoupled weight decay regularization (2019), algorithm 2.
func NewAdamW(learningRate float64, parameters ...*autograd.Node) *Adam {
	o := newAdam("NewAdamW", learningRate, parameters)
	o.WeightDecay, o.DecoupledDecay = .01, true
	return o
}

func (o *Adam) begin() { mustBeAdams(o.Beta1, o.Beta2, o.Epsilon) }

// mustBeAdams panics unless the settings of Adam or one of its variants are in range.
func mustBeAdams(beta1, beta2, epsilon float64) {
	mustBePart("Beta1", beta1)
	mustBePart("Beta2", beta2)
	mustNotBeNegative("Step", "Epsilon", epsilon)
}

func (o *Adam) update(p *parameter) {
	t := int(o.steps)
	// Both divisions are taken out of the loop: η m̂ / √v̂ = (η / (1−β₁ᵗ)) m / (√v / √(1−β₂ᵗ)).
	rate, root := p.rate/(1-power(o.Beta1, t)), 1/math.Sqrt(1-power(o.Beta2, t))
	w, m, v := p.w(), p.keep("m"), p.keep("v")
	var largest []float64
	if o.AMSGrad {
		largest = p.keep("largest")
	}
	for i, g := range p.gradient.Data() {
		m[i] = average(o.Beta1, m[i], g)
		v[i] = average(o.Beta2, v[i], g*g)
		top := v[i]
		if o.AMSGrad {
			largest[i] = max(largest[i], top)
			top = largest[i]
		}
		w[i] -= rate * m[i] / (float64(math.Sqrt(top)*root) + o.Epsilon)
	}
}

// Adamax is Adam with the largest of the past gradients, discounted, in place of a root of squares:
//
//	m ← β₁m + (1−β₁)g    u ← max(β₂u, |g| + ε)    w ← w − η m / ((1−β₁ᵗ) u)
//
// D. P. Kingma and J. Ba, Adam: a method for stochastic optimization (2015), algorithm 2; ε, which
// keeps u from 0, as in PyTorch.
type Adamax struct {
	Base
	Beta1   float64 // 0.9: β₁
	Beta2   float64 // 0.999: β₂
	Epsilon float64 // 1e-8: ε
}

// NewAdamax returns Adamax with the settings noted at its fields. The paper's learning
// rate is 0.002.
func NewAdamax(learningRate float64, parameters ...*autograd.Node) *Adamax {
	o := &Adamax{Beta1: .9, Beta2: .999, Epsilon: 1e-8}
	o.start("NewAdamax", o, learningRate, parameters, "m", "u")
	return o
}

func (o *Adamax) begin() { mustBeAdams(o.Beta1, o.Beta2, o.Epsilon) }

func (o *Adamax) update(p *parameter) {
	bias := 1 - power(o.Beta1, int(o.steps))
	w, m, u := p.w(), p.keep("m"), p.keep("u")
	for i, g := range p.gradient.Data() {
		m[i] = average(o.Beta1, m[i], g)
		u[i] = max(o.Beta2*u[i], math.Abs(g)+o.Epsilon)
		w[i] -= p.rate * m[i] / (bias * u[i])
	}
}

// RAdam is Adam that divides by √v only after enough steps for it to be reliable. The step then has a
// factor r for how reliable √v is:
//
//	m, v, m̂ as Adam's    ρ∞ = 2/(1−β₂) − 1    ρₜ = ρ∞ − 2tβ₂ᵗ/(1−β₂ᵗ)
//	r = √((ρₜ−4)(ρₜ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρₜ))
//	w ← w − η m̂ r √(1−β₂ᵗ) / (√v + ε)    if ρₜ > 5
//	w ← w − η m̂                          otherwise
//
// L. Liu and others, On the variance of the adaptive learning rate and beyond (2020), algorithm 2; the
// bound 5, which is 4 there, and the place of ε are as in PyTorch.
type RAdam struct {
	Base
	Beta1   float64 // 0.9: β₁
	Beta2   float64 // 0.999: β₂
	Epsilon float64 // 1e-8: ε
}

// NewRAdam returns RAdam with the settings noted at its fields. PyTorch's learning rate
// is 0.001.
func NewRAdam(learningRate float64, parameters ...*autograd.Node) *RAdam {
	o := &RAdam{Beta1: .9, Beta2: .999, Epsilon: 1e-8}
	o.start("NewRAdam", o, learningRate, parameters, "m", "v")
	return o
}

func (o *RAdam) begin() { mustBeAdams(o.Beta1, o.Beta2, o.Epsilon) }

func (o *RAdam) update(p *parameter) {
	t := int(o.steps)
	bias1, power2 := 1-power(o.Beta1, t), power(o.Beta2, t)
	bias2 := 1 - power2
	rhoMost := 2/(1-o.Beta2) - 1
	rho := rhoMost - 2*o.steps*power2/bias2
	r := math.Sqrt((rho - 4) * (rho - 2) * rhoMost / ((rhoMost - 4) * (rhoMost - 2) * rho))
	w, m, v := p.w(), p.keep("m"), p.keep("v")
	for i, g := range p.gradient.Data() {
		m[i] = average(o.Beta1, m[i], g)
		v[i] = average(o.Beta2, v[i], g*g)
		d := m[i] / bias1
		if rho > 5 {
			d *= r * math.Sqrt(bias2) / (math.Sqrt(v[i]) + o.Epsilon)
		}
		w[i] -= float64(p.rate * d)
	}
}

// NAdam is Adam with Nesterov's momentum, which grows to β₁:
//
//	μₜ = β₁(1 − ½·0.96^(tψ))    m, v, v̂ as Adam's
//	m̂ = μₜ₊₁ m / (1 − μ₁μ₂…μₜ₊₁) + (1−μₜ) g / (1 − μ₁μ₂…μₜ)
//	w ← w − η m̂ / (√v̂ + ε)
//
// T. Dozat, Incorporating Nesterov momentum into Adam (2016), algorithm 2, with ψ = MomentumDecay.
type NAdam struct {
	Base
	Beta1         float64 // 0.9: β₁
	Beta2         float64 // 0.999: β₂
	Epsilon       float64 // 1e-8: ε
	MomentumDecay float64 // 0.004: ψ

	product    float64 // μ₁μ₂…μₜ
	mu, muNext float64 // μₜ, μₜ₊₁
	fraction   fraction
}

// NewNAdam returns NAdam with the settings noted at its fields. PyTorch's learning rate
// is 0.002.
func NewNAdam(learningRate float64, parameters ...*autograd.Node) *NAdam {
	o := &NAdam{Beta1: .9, Beta2: .999, Epsilon: 1e-8, MomentumDecay: .004, product: 1}
	o.start("NewNAdam", o, learningRate, parameters, "m", "v")
	o.numbers = append(o.numbers, number{"product", &o.product})
	return o
}

func (o *NAdam) begin() {
	mustBeAdams(o.Beta1, o.Beta2, o.Epsilon)
	mustNotBeNegative("Step", "MomentumDecay", o.MomentumDecay)
	t := o.steps + 1
	o.mu, o.muNext = o.momentum(t), o.momentum(t+1)
	o.product *= o.mu
}

// momentum returns μₜ.
func (o *NAdam) momentum(t float64) float64 {
	return o.Beta1 * (1 - float64(.5*o.fraction.power(.96, t*o.MomentumDecay)))
}

func (o *NAdam) update(p *parameter) {
	bias2 := 1 - power(o.Beta2, int(o.steps))
	ofM, ofG := o.muNext/(1-float64(o.product*o.muNext)), (1-o.mu)/(1-o.product)
	w, m, v := p.w(), p.keep("m"), p.keep("v")
	for i, g := range p.gradient.Data() {
		m[i] = average(o.Beta1, m[i], g)
		v[i] = average(o.Beta2, v[i], g*g)
		mHat := float64(ofM*m[i]) + float64(ofG*g)
		w[i] -= p.rate * mHat / (math.Sqrt(v[i]/bias2) + o.Epsilon)
	}
}
