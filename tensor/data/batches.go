package data

import (
	"iter"
	"math"
	"math/rand/v2"

	"gentlegrad/tensor"
)

// Batches yields the rows of the tensors, size at a time: for each tensor a batch of shape [size, …], and
// at the end a smaller one if fewer are left. Ranging over it once is an epoch, for which the rows are
// shuffled; if rng is nil they stay in their order.
//
// The tensors of a batch are used again for the next: Clone what you keep. The slice is used again too,
// and may be changed. A smaller last batch has tensors of its own, so that the leaves of a plan can share
// those of the full batches. It panics if size is less than 1, if there are no tensors, or unless all
// have equally many rows.
func Batches(rng *rand.Rand, size int, xs ...*tensor.Tensor) iter.Seq[[]*tensor.Tensor] {
	if size < 1 {
		fail("Batches", "a batch has %d rows; at least 1 is needed", size)
	}
	n := rows("Batches", xs)
	return func(yield func([]*tensor.Tensor) bool) {
		order := shuffled(rng, n)
		full, last, given := empty(len(xs)), empty(len(xs)), make([]*tensor.Tensor, len(xs))
		for ; len(order) >= size; order = order[size:] {
			copy(given, take(full, xs, order[:size])) // each time: the caller may have changed it
			if !yield(given) {
				return
			}
		}
		if len(order) > 0 {
			yield(take(last, xs, order))
		}
	}
}

// Split returns copies of the rows of the tensors in two parts, such as for training and for validation.
// The second part has the given fraction of the rows, rounded to whole rows. The rows are shuffled; if
// rng is nil they stay in their order, and the second part is the end. It panics unless both parts have a
// row, if there are no tensors, or unless all have equally many rows.
func Split(rng *rand.Rand, fraction float64, xs ...*tensor.Tensor) (train, validation []*tensor.Tensor) {
	n := rows("Split", xs)
	held := math.Round(fraction * float64(n))
	if !(held >= 1 && held < float64(n)) {
		fail("Split", "a fraction of %v of %d rows leaves one part without any", fraction, n)
	}
	order, first := shuffled(rng, n), n-int(held)
	return take(empty(len(xs)), xs, order[:first]), take(empty(len(xs)), xs, order[first:])
}

// rows returns the number of rows that all the tensors have.
func rows(op string, xs []*tensor.Tensor) int {
	if len(xs) == 0 {
		fail(op, "there are no tensors: the number of rows is not known")
	}
	for i, x := range xs {
		mustHaveRows(op, i, x)
		if x.Dim(0) != xs[0].Dim(0) {
			fail(op, "tensor %d has %d rows, tensor 0 has %d; they need equally many", i, x.Dim(0), xs[0].Dim(0))
		}
	}
	return xs[0].Dim(0)
}

// shuffled returns 0, 1, …, n−1, shuffled unless rng is nil.
func shuffled(rng *rand.Rand, n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	if rng != nil {
		rng.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	}
	return order
}

func empty(n int) []*tensor.Tensor {
	zs := make([]*tensor.Tensor, n)
	for i := range zs {
		zs[i] = new(tensor.Tensor)
	}
	return zs
}

// take sets each z to the rows of its x at the given places, and returns the zs.
func take(zs, xs []*tensor.Tensor, at []int) []*tensor.Tensor {
	for i, x := range xs {
		z := zs[i]
		if z.IsEmpty() {
			z.Zeros(append([]int{len(at)}, x.Shape()[1:]...)...)
		} else {
			z.Fill(0) // counts as a change, so that a graph of the batch before is seen to be stale
		}
		width := z.Len() / max(len(at), 1)
		for k, row := range at {
			copy(z.Data()[k*width:(k+1)*width], x.Data()[row*width:])
		}
	}
	return zs
}
