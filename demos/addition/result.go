package addition

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Result is a trained network, and a record of its training.
type Result struct {
	Net     *Network
	HeldOut []Sum // never trained on
	Epochs  []Epoch
}

// Accuracy returns the share of the held-out sums that the network adds right, in all digits.
func (r *Result) Accuracy() float64 { return r.Epochs[len(r.Epochs)-1].Right }

// mistakes returns the mistakes after the last epoch with enough of them to show, mostShown/2, and the
// number of that epoch, from 1; 0 if there is none.
func (r *Result) mistakes() (list []Mistake, epoch int) {
	for epoch := len(r.Epochs); epoch > 0; epoch-- {
		if list := r.Epochs[epoch-1].Wrong; len(list) >= mostShown/2 {
			return list, epoch
		}
	}
	return nil, 0
}

// example returns the first of the held-out sums in which every column carries.
func (r *Result) example() Sum {
	for _, s := range r.HeldOut {
		if s.carries() == digits {
			return s
		}
	}
	return r.HeldOut[0]
}

// String returns a report: the network, how many digits and sums are right after each
// epoch, and the last mistakes.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n\n", r.Net)
	fmt.Fprintf(&b, "Of the million sums, %d to train on, %d held out.\n", trained, len(r.HeldOut))
	b.WriteString("The loss of each epoch, and the percentage of the held-out digits and sums that are right after it:\n\n")
	b.WriteString("epoch    loss   ones   tens  hundreds  thousands   whole sums\n")
	for i, e := range r.Epochs {
		fmt.Fprintf(&b, "%5d  %.4f  %5.1f  %5.1f     %5.1f      %5.1f       %6.2f\n",
			i+1, e.Loss, 100*e.Digits[0], 100*e.Digits[1], 100*e.Digits[2], 100*e.Digits[3], 100*e.Right)
	}
	s := r.example()
	fmt.Fprintf(&b, "\n%v: the network writes %s, the ones first\n", s, r.Net.Answer(s.question()))
	if list, epoch := r.mistakes(); epoch > 0 {
		fmt.Fprintf(&b, "Mistakes after epoch %d:\n", epoch)
		for _, m := range list {
			fmt.Fprintf(&b, "%v, not %s\n", m.Sum, reverse(m.Answer))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// byOne reports whether the answer is wrong by 1, 10, 100 or 1000, as when a carry is forgotten.
func (m Mistake) byOne() bool {
	answer, _ := strconv.Atoi(reverse(m.Answer)) // it consists of digits
	wrong := max(answer-m.Sum.A-m.Sum.B, m.Sum.A+m.Sum.B-answer)
	return wrong == 1 || wrong == 10 || wrong == 100 || wrong == 1000
}

// String returns the sum as one writes it, such as "478 + 956 = 1434".
func (s Sum) String() string { return fmt.Sprintf("%d + %d = %d", s.A, s.B, s.A+s.B) }

func reverse(text string) string {
	b := []byte(text)
	slices.Reverse(b)
	return string(b)
}
