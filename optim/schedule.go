package optim

import (
	"math"
	"slices"
)

// A Schedule gives the learning rate of each iteration, counted from 0. In this package's schedules,
// except [Plateau], the rate depends on the iteration alone, so that resumed training goes on with the
// right one. Rate panics if the iteration is negative.
type Schedule interface {
	Rate(iteration int) float64
}

// A ScheduleFunc is any function of the iteration as a schedule.
type ScheduleFunc func(iteration int) float64

// Rate returns f(iteration).
func (f ScheduleFunc) Rate(iteration int) float64 {
	if f == nil {
		fail("Rate", "the ScheduleFunc is nil")
	}
	return f(iteration)
}

// from0 is the schedule of a function of iterations; it panics if one is negative.
func from0(f func(iteration int) float64) Schedule {
	return ScheduleFunc(func(iteration int) float64 {
		mustBeIteration(iteration)
		return f(iteration)
	})
}

func mustBeIteration(iteration int) {
	if iteration < 0 {
		fail("Rate", "the iteration is %d; the first is 0", iteration)
	}
}

// Constant returns the schedule that always gives the same rate.
func Constant(rate float64) Schedule { return from0(func(int) float64 { return rate }) }

// Steps returns the schedule η₀ γ^⌊i/n⌋: the rate is multiplied by the factor γ every n
// iterations. It panics unless n is positive.
func Steps(rate, factor float64, n int) Schedule {
	mustBePositive("Steps", "the number of iterations", n)
	return from0(func(i int) float64 { return rate * power(factor, i/n) })
}

// MultiStep returns the schedule that multiplies the rate by the factor at each of the given
// iterations. It panics if one is negative.
func MultiStep(rate, factor float64, at ...int) Schedule {
	at = slices.Clone(at)
	for _, m := range at {
		if m < 0 {
			fail("MultiStep", "an iteration is %d; the first is 0", m)
		}
	}
	return from0(func(i int) float64 {
		passed := 0
		for _, m := range at {
			if m <= i {
				passed++
			}
		}
		return rate * power(factor, passed)
	})
}

// Polynomial returns the schedule η₀ (1 − i/n)^p, and 0 from iteration n on; with p = 1 it falls
// linearly. It panics unless n and p are positive.
func Polynomial(rate, p float64, n int) Schedule {
	mustBePositive("Polynomial", "the number of iterations", n)
	if !(p > 0) {
		fail("Polynomial", "the power is %v; it must be positive", p)
	}
	return from0(func(i int) float64 {
		left := 1 - float64(min(i, n))/float64(n)
		return rate * new(fraction).power(left, p)
	})
}

// WarmUp returns the schedule that rises linearly, in n iterations, from the first rate to the initial
// rate of another schedule, and then follows that one, with its iterations counted from there: P. Goyal
// and others, Accurate, large minibatch SGD (2017), section 2.2. It panics if n is negative, or if the
// other is nil.
//
//	optim.WarmUp(0, 500, optim.Cosine(.1, 0, 10_000))
func WarmUp(first float64, n int, then Schedule) Schedule {
	switch {
	case n < 0:
		fail("WarmUp", "the number of iterations is %d; it must not be negative", n)
	case then == nil:
		fail("WarmUp", "the schedule that follows is nil")
	}
	return from0(func(i int) float64 {
		if i >= n {
			return then.Rate(i - n)
		}
		return first + float64((then.Rate(0)-first)*float64(i)/float64(n))
	})
}

// Cosine returns the schedule that falls from the rate to the least one in n iterations, along half a
// wave,
//
//	least + ½ (rate − least) (1 + cos(πi/n))
//
// I. Loshchilov and F. Hutter, SGDR: stochastic gradient descent with warm restarts (2017),
// equation 5. After n iterations it rises again, and so on, as PyTorch's does. It panics unless n
// is positive.
func Cosine(rate, least float64, n int) Schedule {
	mustBePositive("Cosine", "the number of iterations", n)
	return from0(func(i int) float64 { return wave(rate, least, float64(i%(2*n))/float64(n)) })
}

// WarmRestarts returns the schedule that falls as Cosine does, in n iterations, and begins anew, each
// time with a period multiplier times as long. It is from the same paper. It panics unless n and the
// multiplier are positive.
func WarmRestarts(rate, least float64, n, multiplier int) Schedule {
	mustBePositive("WarmRestarts", "the number of iterations", n)
	mustBePositive("WarmRestarts", "the multiplier", multiplier)
	return from0(func(i int) float64 {
		if multiplier == 1 {
			i %= n
		}
		since, period := float64(i), float64(n)
		for since >= period {
			since -= period
			period *= float64(multiplier)
		}
		return wave(rate, least, since/period)
	})
}

// OneCycle returns the schedule of n iterations that rises from 1/25 of the rate to the rate in
// the first 30 % of them and falls to 1/250,000 of it in the others, both along half a wave, and
// stays there: L. N. Smith and N. Topin, Super-convergence: very fast training of neural networks
// using large learning rates (2018), with PyTorch's numbers. It panics unless n is 4 or more.
func OneCycle(rate float64, n int) Schedule {
	if n < 4 {
		fail("OneCycle", "the number of iterations is %d; it must be 4 or more", n)
	}
	top, last := float64(.3*float64(n))-1, float64(n-1)
	return from0(func(iteration int) float64 {
		i := min(float64(iteration), last)
		if i <= top {
			return wave(rate/25, rate, i/top)
		}
		return wave(rate, rate/25/1e4, (i-top)/(last-top))
	})
}

// wave goes from a to b as x goes from 0 to 1, along half a wave of the cosine.
func wave(a, b, x float64) float64 { return b + float64((a-b)*(1+cosPi(x))/2) }

// cosPi returns cos(πx) for x from 0 to 2, with the same bits on every machine, unlike math.Cos. It uses
// Taylor's series of the cosine or the sine of at most π/4, of which the first omitted term is below
// 1e-18.
func cosPi(x float64) float64 {
	if x > 1 {
		x = 2 - x
	}
	switch {
	case x > .75:
		return -cosPi(1 - x)
	case x > .25:
		r := math.Pi * (.5 - x)
		return float64(r * series(r, 2))
	}
	return series(math.Pi*x, 1)
}

// series returns 1 − r²/(n(n+1)) + r⁴/(n(n+1)(n+2)(n+3)) − …: cos r for n = 1, (sin r)/r for n = 2.
func series(r, n float64) float64 {
	sum := 1.0
	for k := n + 16; k >= n; k -= 2 { // Horner's scheme
		sum = 1 - float64(float64(r*r)*sum/(k*(k+1)))
	}
	return sum
}

func mustBePositive(op, name string, n int) {
	if n <= 0 {
		fail(op, "%s is %d; it must be positive", name, n)
	}
}
