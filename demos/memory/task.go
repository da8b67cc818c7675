// Package memory trains recurrent networks on a task that needs memory: two numbers of a long sequence
// are marked, and at the end the network is asked for their sum. It is the adding problem of
// S. Hochreiter and J. Schmidhuber, Long short-term memory (1997), section 5.4.
package memory

import (
	"math/rand/v2"

	"gentlegrad/tensor"
)

const (
	length = 50 // of a sequence
	// Chance is the mean squared error of always answering 1: the variance of a sum of two numbers
	// from [0, 1).
	Chance = 1. / 6
)

// draw sets x [n, length, 2] to sequences of numbers from [0, 1), each with a mark, which is 1 for one
// number of each half and 0 for the others, and t [n, 1] to the sums of the marked numbers.
func draw(rng *rand.Rand, x, t *tensor.Tensor) {
	x.Like(x)
	t.Like(t) // both have changed
	for i := range t.Data() {
		marked := [2]int{rng.IntN(length / 2), length/2 + rng.IntN(length/2)}
		sequence := x.Data()[2*length*i : 2*length*(i+1)]
		t.Data()[i] = 0
		for k := range length {
			sequence[2*k], sequence[2*k+1] = rng.Float64(), 0
			if k == marked[0] || k == marked[1] {
				t.Data()[i] += sequence[2*k]
				sequence[2*k+1] = 1
			}
		}
	}
}
