package addition

import (
	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// An exam is the sums held out, and a plan that has the network add them.
//
// All digits of a sum are asked for at once, each behind the right ones before it. The first wrong digit is the same as if the network
// were to read what it wrote itself, as Answer has it: so the sums that it gets right are the same ones.
type exam struct {
	net   *Network
	sums  []Sum
	plan  *autograd.Plan
	right *autograd.Node // 1 where a digit is right, [n, written]
}

func newExam(net *Network, sums []Sum) *exam {
	x, t := tensors(sums)
	targets := autograd.Constant(t)
	scores := net.answers(autograd.Constant(x))
	right := scores.ArgMax(-1).Eq(targets)
	return &exam{net, sums, autograd.NewPlan(layers.CrossEntropy(scores, targets)).Keep(right), right}
}

// An Epoch is what the network could do after a pass over the sums that it is trained on.
type Epoch struct {
	Loss    float64          // the mean over the digits of these, each batch before its step
	HeldOut float64          // the mean over the digits of the sums held out
	Digits  [written]float64 // the share of right ones among the ones, tens, … of the sums held out
	Right   float64          // the share of these sums in which all digits are right
	Wrong   []Mistake        // the first of the others
}

// A Mistake is a sum, and what the network answered.
type Mistake struct {
	Sum    Sum
	Answer string // the ones first
}

// mostShown is how many mistakes an epoch notes.
const mostShown = 12

// take returns what the network can do by now.
func (e *exam) take() (r Epoch) {
	r.HeldOut = e.plan.Forward().Item()
	copy(r.Digits[:], new(tensor.Tensor).Mean(e.right.Value(), 0).Data())
	whole := new(tensor.Tensor).Min(e.right.Value(), 1)
	r.Right = new(tensor.Tensor).Mean(whole).Item()
	for i, s := range e.sums {
		if whole.At(i) == 0 && len(r.Wrong) < mostShown {
			r.Wrong = append(r.Wrong, Mistake{s, e.net.Answer(s.question())})
		}
	}
	return r
}
