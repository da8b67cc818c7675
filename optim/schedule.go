package optim

// A Schedule gives the learning rate of each iteration, counted from 0.
type Schedule interface {
	Rate(iteration int) float64
}

// Constant returns the schedule that always gives the same rate.
func Constant(rate float64) Schedule { return constant(rate) }

type constant float64

func (c constant) Rate(int) float64 { return float64(c) }

// Exponential returns the schedule η₀ γⁱ, exponential annealing, from the rate η₀ and
// the factor γ. The power is made by repeated multiplication, as the article does,
// which a power function would match but for the last digits. It is quick when asked
// for one iteration after another. It must not be used concurrently.
func Exponential(rate, factor float64) Schedule {
	return &exponential{first: rate, factor: factor, rate: rate}
}

type exponential struct {
	first, factor float64
	iteration     int     // the last one asked for
	rate          float64 // its rate
}

func (e *exponential) Rate(iteration int) float64 {
	if iteration < e.iteration {
		e.iteration, e.rate = 0, e.first
	}
	for ; e.iteration < iteration; e.iteration++ {
		e.rate *= e.factor
	}
	return e.rate
}
