package layers_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// Losses that are means, with their values and gradients by hand.
func TestMeans(t *testing.T) {
	t.Parallel()
	row := func(v ...float64) *T { return tensor.FromSlice(v, len(v)) }
	huber := func(a, t *node) *node { return layers.Huber(a, t, 1) }
	ln := math.Log
	for _, test := range []struct {
		name string
		loss func(a, t *node) *node
		a, t *T
		want float64
		grad *T
	}{
		{"absolute", layers.MeanAbsoluteError, row(1, 2, 5, 0), row(1, 4, 2, 1), 1.5, row(0, -.25, .25, -.25)},
		{"huber", huber, row(0, .5, 3, -2), row(0, 0, 0, 0), (.125 + 2.5 + 1.5) / 4, row(0, .125, .25, -.25)},
		{"cross-entropy", layers.CrossEntropy, tensor.FromSlice([]float64{0, 0, ln(3), 0}, 2, 2), row(0, 1), (ln(2) + ln(4)) / 2,
			tensor.FromSlice([]float64{-.25, .25, .375, -.375}, 2, 2)},
		{"cross-entropy, one ignored", layers.CrossEntropy, tensor.FromSlice([]float64{0, 0, 7, 8}, 2, 2), row(0, -1), ln(2),
			tensor.FromSlice([]float64{-.5, .5, 0, 0}, 2, 2)},
		{"cross-entropy, large", layers.CrossEntropy, tensor.FromSlice([]float64{1e8, 1e8}, 1, 2), row(0), ln(2), tensor.FromSlice([]float64{-.5, .5}, 1, 2)},
		{"binary cross-entropy", layers.BinaryCrossEntropy, row(0, ln(3)), row(1, 0), (ln(2) + ln(4)) / 2, row(-.25, .375)},
		{"binary cross-entropy, large", layers.BinaryCrossEntropy, row(-1000, 1000), row(1, 1), 500, row(-.5, 0)},
	} {
		t.Run(test.name, func(t *testing.T) {
			a, target := autograd.Variable(test.a), autograd.Constant(test.t)
			y := test.loss(a, target)
			if got := y.Value().Item(); y.Value().Rank() != 0 || !(math.Abs(got-test.want) <= 1e-14*max(1, test.want)) {
				t.Errorf("the loss is %v, want %v", got, test.want)
			}
			if got := autograd.Backward(y).Of(a); !(tensor.MaxAbsDiff(got, test.grad) <= 1e-15) {
				t.Errorf("the gradient is\n%v\nwant\n%v", got, test.grad)
			}
		})
	}
	if y := layers.CrossEntropy(zeros(2, 3), autograd.Constant(row(-1, -1))).Value().Item(); !math.IsNaN(y) {
		t.Errorf("where no example counts the loss is %v", y)
	}
}

func TestAccuracy(t *testing.T) {
	t.Parallel()
	scores := autograd.Constant(tensor.FromSlice([]float64{1, 3, 2, 5, 4, 4, -1, -2, -3, 0, 0, 9}, 2, 2, 3))
	classes := autograd.Constant(tensor.FromSlice([]float64{1, 0, 2, -1}, 2, 2))
	if got := layers.Accuracy(scores, classes).Value(); !tensor.Equal(got, tensor.Scalar(.5)) {
		t.Errorf("got %v, want 0.5", got)
	}
}

func TestMeansMistakes(t *testing.T) {
	t.Parallel()
	empty, x := autograd.Constant(tensor.New(0, 2)), autograd.Constant(tensor.New(3, 1))
	for _, test := range []struct {
		want string
		f    func()
	}{
		{"layers: MeanAbsoluteError: predictions have shape [3 1], targets [0 2]; a loss does not broadcast", func() { layers.MeanAbsoluteError(x, empty) }},
		{"layers: Huber: the predictions have shape [0 2]; a mean needs at least 1 element", func() { layers.Huber(empty, empty, 1) }},
		{"layers: BinaryCrossEntropy: the targets are nil", func() { layers.BinaryCrossEntropy(x, nil) }},
		{"layers: CrossEntropy: the scores are nil", func() { layers.CrossEntropy(nil, x) }},
		{"layers: CrossEntropy: the classes are nil", func() { layers.CrossEntropy(x, nil) }},
		{"layers: CrossEntropy: the predictions have shape [0 2]; a mean needs at least 1 element",
			func() { layers.CrossEntropy(empty, autograd.Constant(tensor.New(0))) }},
		{"layers: CrossEntropy: the classes have shape [3 1], the scores [3 1]; each row of scores, along the last axis, needs one class, a whole number", func() { layers.CrossEntropy(x, x) }},
		{"layers: Accuracy: the classes have shape [3 1], the scores [3 1]; each row of scores, along the last axis, needs one class, a whole number", func() { layers.Accuracy(x, x) }},
		{"layers: Accuracy: the predictions have shape [0 2]; a mean needs at least 1 element",
			func() { layers.Accuracy(empty, autograd.Constant(tensor.New(0))) }},
	} {
		wantPanic(t, test.want, test.f)
	}
}
