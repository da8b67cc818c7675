package optim

import "sync/atomic"

// A Schedule gives the learning rate of each iteration, counted from 0.
type Schedule interface {
	Rate(iteration int) float64
}

// Constant returns the schedule that always gives the same rate.
func Constant(rate float64) Schedule { return constant(rate) }

type constant float64

func (c constant) Rate(int) float64 { return float64(c) }

// Exponential returns the schedule η₀ γⁱ, exponential annealing, from the rate η₀ and
// the factor γ. Up to iteration 65,536 the power is made by repeated multiplication, as the article does,
// which a power function would match but for the last digits; beyond, blocks of so many
// iterations are one multiplication. It panics for a negative iteration.
func Exponential(rate, factor float64) Schedule {
	return &exponential{rate: rate, factor: factor, block: power(1, factor, blockLength)}
}

const blockLength = 1 << 16

type exponential struct {
	rate, factor float64
	block        float64 // the factor of a block

	last atomic.Pointer[rateAt] // the one asked for last: the next is one multiplication away
}

type rateAt struct {
	iteration int
	rate      float64
}

func (e *exponential) Rate(iteration int) float64 {
	if iteration < 0 {
		fail("Rate", "the iteration is %d; the first is 0", iteration)
	}
	from := rateAt{iteration / blockLength * blockLength, 0}
	if last := e.last.Load(); last != nil && from.iteration <= last.iteration && last.iteration <= iteration {
		from = *last
	} else {
		from.rate = e.rate * squarings(e.block, iteration/blockLength)
	}
	r := power(from.rate, e.factor, iteration-from.iteration)
	e.last.Store(&rateAt{iteration, r})
	return r
}

// squarings returns bⁿ by squaring: D. E. Knuth, The Art of Computer Programming, volume 2, section 4.6.3.
func squarings(b float64, n int) float64 {
	a := 1.0
	for ; n > 0; n, b = n>>1, b*b {
		if n&1 == 1 {
			a *= b
		}
	}
	return a
}

// power returns a·bⁿ by repeated multiplication, which ends early where it changes nothing any more.
func power(a, b float64, n int) float64 {
	for range n {
		next := a * b
		if next == a {
			break
		}
		a = next
	}
	return a
}
