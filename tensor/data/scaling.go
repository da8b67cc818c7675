package data

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// A Scaling gives each column of the data that it was made from mean 0 and standard deviation 1, and
// transforms other data in the same way. Mean and Deviation have the shape of a row.
type Scaling struct{ Mean, Deviation *tensor.Tensor }

// Standardise returns the scaling of the columns of x, of shape [n, …]. Make it from the training data
// alone, so that the network learns nothing of the validation data. The deviation is √(Σ(x−mean)²/n).
// NaN, a missing value, is left out. A column without two different numbers has no deviation to divide
// by: it gets the deviation 1, so that it becomes 0. A column without a number gets the mean 0.
//
// It panics if x has no rows, or if a column has infinite numbers, or different ones whose sum or range
// is infinite.
func Standardise(x *tensor.Tensor) *Scaling {
	if rows("Standardise", []*tensor.Tensor{x}) == 0 {
		fail("Standardise", "the tensor has shape %v; at least 1 row is needed", x.Shape())
	}
	shape := x.Shape()[1:]
	s := &Scaling{tensor.New(shape...), tensor.New(shape...)}
	for column := range s.Mean.Data() {
		mean, deviation := moments(x.Data()[column:], s.Mean.Len())
		if !finite(mean) || !finite(deviation) {
			fail("Standardise", "column %d has the mean %v and the deviation %v; both must be finite", column, mean, deviation)
		}
		s.Mean.Data()[column], s.Deviation.Data()[column] = mean, deviation
	}
	return s
}

func finite(v float64) bool { return !math.IsInf(v, 0) && !math.IsNaN(v) }

// moments returns the mean and the deviation of the elements 0, step, 2·step, … that are numbers.
func moments(x []float64, step int) (mean, deviation float64) {
	low, high, sum, n := math.Inf(1), math.Inf(-1), 0.0, 0.0
	for i := 0; i < len(x); i += step {
		if v := x[i]; !math.IsNaN(v) {
			low, high, sum, n = min(low, v), max(high, v), sum+v, n+1
		}
	}
	switch {
	case n == 0:
		return 0, 1
	case low == high: // sum/n might differ from it by a rounding error
		return low, 1
	}
	mean, sum = sum/n, 0
	for i := 0; i < len(x); i += step {
		if v := x[i]; !math.IsNaN(v) {
			d := (v - mean) / (high - low) // whose square neither overflows nor vanishes
			sum += float64(d * d)
		}
	}
	return mean, max(float64((high-low)*math.Sqrt(sum/n)), math.SmallestNonzeroFloat64) // it must not vanish
}

// Of returns (x − mean) / deviation, column by column. It panics if x's rows have another shape.
func (s *Scaling) Of(x *tensor.Tensor) *tensor.Tensor {
	s.mustFit("Of", x)
	z := new(tensor.Tensor).Sub(x, s.Mean)
	return z.Div(z, s.Deviation)
}

// Undo returns x·deviation + mean, the inverse of Of: it gives a prediction the units of the data. It
// panics if x's rows have another shape.
func (s *Scaling) Undo(x *tensor.Tensor) *tensor.Tensor {
	s.mustFit("Undo", x)
	z := new(tensor.Tensor).Mul(x, s.Deviation)
	return z.Add(z, s.Mean)
}

func (s *Scaling) mustFit(op string, x *tensor.Tensor) {
	mustHaveRows(op, 0, x)
	if want := s.Mean.Shape(); !slices.Equal(x.Shape()[1:], want) {
		fail(op, "the tensor has shape %v; it needs rows of shape %v", x.Shape(), want)
	}
}
