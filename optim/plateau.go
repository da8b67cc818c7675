package optim

import (
	"iter"
	"math"

	"gentlegrad/tensor"
)

// A Plateau is the schedule that lowers the rate when a metric, such as the loss of the validation
// data, has stopped falling. As a Schedule it gives the present rate, whatever the iteration.
//
//	plateau := optim.NewPlateau(.1, .5, 10)
//	for i := range epochs {
//		o.LearningRate = plateau.Rate(i)
//		…
//		plateau.Observe(validation)
//	}
//
// A metric is better if it is below the best by more than Threshold times the best's absolute value.
// After more than patience observations in a row that are not better, the rate is multiplied by the
// factor, and the count begins anew.
type Plateau struct {
	Threshold float64 // 1e-4
	MinRate   float64 // 0: the rate goes no lower

	rate, factor float64
	patience     int
	best         float64
	bad          float64 // observations in a row that are not better
}

// NewPlateau returns a Plateau that begins with the rate. It panics unless the rate is finite and not
// negative, the factor is between 0 and 1 and the patience is not negative.
func NewPlateau(rate, factor float64, patience int) *Plateau {
	switch {
	case !(factor > 0 && factor < 1):
		fail("NewPlateau", "the factor is %v; it must be between 0 and 1", factor)
	case patience < 0:
		fail("NewPlateau", "the patience is %d; it must not be negative", patience)
	}
	mustNotBeNegative("NewPlateau", "the rate", rate)
	return &Plateau{Threshold: 1e-4, rate: rate, factor: factor, patience: patience, best: math.Inf(1)}
}

// MarshalText returns an error: encoding/json would write a Plateau without what it has observed.
func (p Plateau) MarshalText() ([]byte, error) { return nil, errEncode }

// MarshalBinary returns an error, as MarshalText does.
func (p Plateau) MarshalBinary() ([]byte, error) { return nil, errEncode }

// Rate returns the present rate.
func (p *Plateau) Rate(iteration int) float64 {
	mustBeIteration(iteration)
	return p.rate
}

// Observe takes the metric of one more epoch. NaN is never better.
func (p *Plateau) Observe(metric float64) {
	if metric < p.best-float64(p.Threshold*math.Abs(p.best)) || math.IsInf(p.best, 1) && metric < p.best {
		p.best, p.bad = metric, 0
		return
	}
	p.bad++
	if p.bad > float64(p.patience) {
		p.rate, p.bad = min(p.rate, max(p.rate*p.factor, p.MinRate)), 0
	}
}

// State yields what the schedule keeps, by name: "rate", "best" and "bad", the number of
// observations since the best one, or since the rate was lowered.
func (p *Plateau) State() iter.Seq2[string, *tensor.Tensor] { return stateOf(p.numbers()) }

// SetState makes the schedule go on where another was when its State was taken. If the state is not that
// of a Plateau, the schedule stays as it is, and the error, an *[Error], says what differs.
func (p *Plateau) SetState(state map[string]*tensor.Tensor) error {
	return setNumbers(p.numbers(), state)
}

func (p *Plateau) numbers() []number {
	return []number{{"rate", &p.rate}, {"best", &p.best}, {"bad", &p.bad}}
}
