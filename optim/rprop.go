package optim

import (
	"math"

	"gentlegrad/autograd"
)

// Rprop uses only the signs of the gradient. Each element has a step size d, which grows while the sign
// stays the same; when it changes, d shrinks, and the element stays where it is:
//
//	d ← Increase·d           if gg′ > 0, where g′ is the last step's g
//	d ← Decrease·d, g ← 0    if gg′ < 0
//	w ← w − d sign(g)
//
// where d is kept between MinStep and MaxStep. At first d is the learning rate, which has no effect
// later. M. Riedmiller and H. Braun, A direct adaptive method for faster backpropagation learning: the
// RPROP algorithm (1993), in the form iRprop⁻ of C. Igel and M. Hüsken, Improving the Rprop learning
// algorithm (2000). It is for gradients of all data, not of batches.
type Rprop struct {
	Base
	Decrease float64 // 0.5
	Increase float64 // 1.2
	MinStep  float64 // 1e-6
	MaxStep  float64 // 50
}

// NewRprop returns Rprop with the settings noted at its fields. PyTorch's learning rate
// is 0.01.
func NewRprop(learningRate float64, parameters ...*autograd.Node) *Rprop {
	o := &Rprop{Decrease: .5, Increase: 1.2, MinStep: 1e-6, MaxStep: 50}
	o.start("NewRprop", o, learningRate, parameters, "gradient", "step")
	return o
}

func (o *Rprop) begin() {
	if !(o.Decrease > 0 && o.Decrease < 1) {
		fail("Step", "Decrease is %v; it must be between 0 and 1", o.Decrease)
	}
	if !(o.Increase > 1) || math.IsInf(o.Increase, 1) {
		fail("Step", "Increase is %v; it must be finite and above 1", o.Increase)
	}
	mustNotBeNegative("Step", "MinStep", o.MinStep)
	if !(o.MaxStep >= o.MinStep) {
		fail("Step", "MaxStep is %v; it must be at least MinStep, %v", o.MaxStep, o.MinStep)
	}
}

func (o *Rprop) update(p *parameter) {
	w, last, d := p.w(), p.keep("gradient"), p.keepFrom("step", p.rate)
	for i, g := range p.gradient.Data() {
		switch product := sign(g) * sign(last[i]); {
		case product > 0:
			d[i] *= o.Increase
		case product < 0:
			d[i] *= o.Decrease
			g = 0
		}
		d[i] = min(max(d[i], o.MinStep), o.MaxStep)
		w[i] -= float64(sign(g) * d[i])
		last[i] = g
	}
}

// sign returns −1, 0 or 1, or NaN for NaN.
func sign(v float64) float64 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return v
}
