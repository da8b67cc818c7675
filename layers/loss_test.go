package layers_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

type loss struct {
	name string
	f    func(a, t *autograd.Node) *autograd.Node
}

var losses = []loss{{"SquaredError", layers.SquaredError}, {"MeanSquaredError", layers.MeanSquaredError}}

func TestLossValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name          string
		a, t          *tensor.Tensor
		squared, mean float64
	}{
		{"scalars", tensor.Scalar(3), tensor.Scalar(1), 2, 4},
		{"vectors", tensor.FromSlice([]float64{1, 2, 3}, 3), tensor.FromSlice([]float64{1, 4, 0}, 3), 6.5, 13. / 3},
		{"batch", tensor.FromSlice([]float64{1, 2, 3, 4}, 2, 2), tensor.New(2, 2), 15, 7.5},
		{"three axes", tensor.Full(2, 2, 1, 3), tensor.New(2, 1, 3), 12, 4},
		{"no error", tensor.Arange(5), tensor.Arange(5), 0, 0},
		{"NaN", tensor.Full(math.NaN(), 1), tensor.New(1), math.NaN(), math.NaN()},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i, want := range []float64{test.squared, test.mean} {
				y := losses[i].f(autograd.Constant(test.a), autograd.Constant(test.t)).Value()
				if got := y.Item(); y.Rank() != 0 || got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%s: got %v of shape %v, want %v", losses[i].name, got, y.Shape(), want)
				}
			}
		})
	}
}

func TestLossShapes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		a, t []int
		text string
	}{
		{"column against vector", []int{3, 1}, []int{3}, "predictions have shape [3 1], targets [3]; a loss does not broadcast"},
		{"row against column", []int{1, 3}, []int{3, 1}, "predictions have shape [1 3], targets [3 1]; a loss does not broadcast"},
		{"one element against scalar", []int{1}, nil, "predictions have shape [1], targets []; a loss does not broadcast"},
		{"lengths", []int{4}, []int{3}, "predictions have shape [4], targets [3]; a loss does not broadcast"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, l := range losses {
				wantPanic(t, "layers: "+l.name+": "+test.text, func() {
					l.f(autograd.Variable(tensor.New(test.a...)), autograd.Constant(tensor.New(test.t...)))
				})
			}
		})
	}
}

// The squared error of an empty batch is 0.
func TestLossOfNothing(t *testing.T) {
	t.Parallel()
	empty := autograd.Variable(tensor.New(0, 1))
	e := layers.SquaredError(empty, autograd.Constant(tensor.New(0, 1)))
	if got := autograd.Backward(e).Of(empty); e.Value().Item() != 0 || !tensor.Equal(got, tensor.New(0, 1)) {
		t.Errorf("got %v, and the gradient %v of shape %v", e.Value(), got, got.Shape())
	}
}
