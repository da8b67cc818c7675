package optim

import (
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// ASGD is averaged stochastic gradient descent. It also keeps the average a of the parameters after each
// step but the first t₀+1, which is nearer to the minimum than the parameters are.
//
//	ηₜ = η / (1 + λη(t−1))^α    w ← w − ηₜλw − ηₜg
//	a ← a + (w − a) / max(1, t−1−t₀)
//
// B. T. Polyak and A. B. Juditsky, Acceleration of stochastic approximation by averaging (1992);
// the rate of L. Bottou, Large-scale machine learning with stochastic gradient descent (2010), as
// in PyTorch. (There a change of η has its effect a step later.)
type ASGD struct {
	Base
	Lambda float64 // 1e-4: λ
	Alpha  float64 // 0.75: α
	Start  float64 // 1e6: t₀

	fraction fraction
}

// NewASGD returns ASGD with the settings noted at its fields. PyTorch's learning rate is 0.01.
func NewASGD(learningRate float64, parameters ...*autograd.Node) *ASGD {
	o := &ASGD{Lambda: 1e-4, Alpha: .75, Start: 1e6}
	o.start("NewASGD", o, learningRate, parameters, "average")
	return o
}

// Average returns a copy of the average of a parameter; before the first step, of its value. It panics if
// w is not a parameter of the optimiser.
func (o *ASGD) Average(w *autograd.Node) *tensor.Tensor {
	i := slices.Index(o.nodes, w)
	if i < 0 {
		fail("Average", "%v is not a parameter of the optimiser", w)
	}
	if average := o.parameters[i].find("average").value; average != nil {
		return average.Clone()
	}
	return w.Value().Clone()
}

func (o *ASGD) begin() {
	mustNotBeNegative("Step", "Lambda", o.Lambda)
	mustNotBeNegative("Step", "Alpha", o.Alpha)
	mustNotBeNegative("Step", "Start", o.Start)
}

func (o *ASGD) update(p *parameter) {
	rate := p.rate / o.fraction.power(1+float64(o.Lambda*p.rate*(o.steps-1)), o.Alpha)
	weight := 1 / max(1, o.steps-1-o.Start)
	w, a := p.w(), p.keep("average")
	for i, g := range p.gradient.Data() {
		w[i] = float64(w[i]*(1-float64(rate*o.Lambda))) - float64(rate*g)
		a[i] += float64((w[i] - a[i]) * weight)
		if weight == 1 {
			a[i] = w[i] // without rounding
		}
	}
}
