package optim

import "math"

// blockLength is the number of iterations in which Exponential multiplies repeatedly.
const blockLength = 1 << 16

// Exponential returns the schedule η₀ γⁱ, exponential annealing, from the rate η₀ and
// the factor γ. Its Rate panics for a negative iteration.
//
// In blocks of 65,536 iterations the power is made by repeated multiplication, as in the article; a power
// function would give other last digits. A block begins with η₀ times a power of γ^65,536. So a rate
// depends on its iteration alone, the first 65,536 rates are the article's, and any rate is quick to
// compute, most of all the next one. It must not be used concurrently.
func Exponential(rate, factor float64) Schedule {
	last, current := 0, rate // the last iteration asked for, and its rate
	return from0(func(iteration int) float64 {
		block := iteration / blockLength
		if iteration < last || block != last/blockLength {
			last, current = block*blockLength, rate
			if block > 0 {
				current *= power(multiplied(1, factor, blockLength), block)
			}
		}
		last, current = iteration, multiplied(current, factor, iteration-last)
		return current
	})
}

// multiplied returns a·bⁿ by repeated multiplication. It stops where that changes nothing any more, or
// the sign alone.
func multiplied(a, b float64, n int) float64 {
	for i := range n {
		next := a * b
		switch {
		case math.Float64bits(next) == math.Float64bits(a):
			return a
		case next == -a:
			if (n-i)%2 == 1 {
				return next
			}
			return a
		}
		a = next
	}
	return a
}
