// Package data prepares what a network is trained on, from a CSV file to batches of rows.
//
//	table, err := data.ReadCSV(file)
//	…
//	x, err := table.NumbersExcept(data.Refuse, "kind")
//	…
//	t, kinds, err := table.Classes("kind")
//	…
//	train, validation := data.Split(rng, .2, x, t)
//	scaling := data.Standardise(train[0])
//	train[0], validation[0] = scaling.Of(train[0]), scaling.Of(validation[0])
//	for range epochs {
//		for batch := range data.Batches(rng, 32, train...) {
//			x, t := autograd.Constant(batch[0]), autograd.Constant(batch[1])
//			o.Minimise(layers.CrossEntropy(net.Forward(x), t))
//		}
//	}
//
// An observation is a row: an index of a tensor's leading axis. Tensors that belong together, such as
// inputs and targets, have equally many rows, and are shuffled and split alike. Random numbers come from
// the given source; the same source gives the same bits on every machine.
//
// A caller's mistake panics with an *[Error], or with the *tensor.Error of the operation that detects it;
// what is wrong with a file is returned as an error.
package data

import (
	"fmt"
	"math"
	"slices"

	"gentlegrad/tensor"
)

// OneHot returns classes as vectors: a tensor of shape […] of whole numbers from 0 to n−1 becomes one of
// shape […, n] that is 1 at the class and 0 elsewhere. It panics if n is less than 1, or if a class is
// not such a number.
func OneHot(classes *tensor.Tensor, n int) *tensor.Tensor {
	mustBeSet("OneHot", "the tensor of classes", classes)
	if n < 1 {
		fail("OneHot", "there are %d classes; at least 1 is needed", n)
	}
	y := tensor.New(append(classes.Shape(), n)...)
	for i, c := range classes.Data() {
		if !(c >= 0 && c < float64(n)) || c != math.Trunc(c) {
			fail("OneHot", "element %d is %v; it must be a whole number from 0 to %d", i, c, n-1)
		}
		y.Data()[i*n+int(c)] = 1
	}
	return y
}

// Pad returns sequences of different lengths as one tensor x, and a mask of what is not padding. Sequence
// i, of shape [lengthᵢ, …], is row i of x, of shape [number, longest, …], followed by zeros. The mask, of
// shape [number, longest], is 1 where x has an element of a sequence and 0 elsewhere. It panics if there
// are no sequences, or if their shapes differ in more than the length.
//
// The mask is a tensor like any other: in a graph it is a Constant, and changes with the batch.
func Pad(sequences ...*tensor.Tensor) (x, mask *tensor.Tensor) {
	if len(sequences) == 0 {
		fail("Pad", "there are no sequences: their shape is not known")
	}
	longest := 0
	for i, s := range sequences {
		mustHaveRows("Pad", i, s)
		if first := sequences[0]; !slices.Equal(first.Shape()[1:], s.Shape()[1:]) {
			fail("Pad", "sequence %d has shape %v, sequence 0 %v; only the first axis may differ", i, s.Shape(), first.Shape())
		}
		longest = max(longest, s.Dim(0))
	}
	x = tensor.New(append([]int{len(sequences), longest}, sequences[0].Shape()[1:]...)...)
	mask = tensor.New(len(sequences), longest)
	for i, s := range sequences {
		copy(x.Slice(0, i, i+1).Data(), s.Data())
		for j := range s.Dim(0) {
			mask.SetAt(1, i, j)
		}
	}
	return x, mask
}

func mustBeSet(op, what string, x *tensor.Tensor) {
	if x.IsEmpty() {
		fail(op, "%s is nil or empty: it has no shape yet", what)
	}
}

// mustHaveRows panics unless tensor i has an axis of rows.
func mustHaveRows(op string, i int, x *tensor.Tensor) {
	mustBeSet(op, fmt.Sprintf("tensor %d", i), x)
	if x.Rank() == 0 {
		fail(op, "tensor %d is a scalar: it has no rows", i)
	}
}

// An Error is a caller's mistake, such as tensors with different numbers of rows. Functions of this
// package panic with an *Error.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "data: " + e.Op + ": " + e.Text }

func fail(op, format string, args ...any) {
	panic(&Error{Op: op, Text: fmt.Sprintf(format, args...)})
}
