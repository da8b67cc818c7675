package addition

import (
	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// An exam is the held-out sums, and a plan by which the network adds them.
//
// All digits of a sum are asked for at once, each after the right digits before it, where Answer
// lets the network read what it wrote itself. The first wrong digit is the same either way, and so
// are the sums that it gets right.
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

// An Epoch is what the network can do after a pass over the training sums.
type Epoch struct {
	Loss    float64          // the mean over the digits of the training sums, each batch before its step
	HeldOut float64          // the mean loss over the digits of the held-out sums
	Digits  [written]float64 // the share of the ones, tens, … of the held-out sums that are right
	Right   float64          // the share of the held-out sums in which all digits are right
	Wrong   []Mistake        // the first of the others
}

// A Mistake is a sum, and what the network answered.
type Mistake struct {
	Sum    Sum
	Answer string // the ones first
}

// mostShown is how many mistakes an epoch notes.
const mostShown = 12

// take returns what the network can do now. Loss is not set.
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
