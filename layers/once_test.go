package layers_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
)

// What happens once in each run, and never in a recomputation: running statistics change, and dropout
// draws.

// applied are the ways of applying a layer.
var applied = []struct {
	name  string
	apply func(l layers.Layer, x *node, parameters ...*node) *node
}{
	{"plainly", func(l layers.Layer, x *node, _ ...*node) *node { return l.Forward(x) }},
	{"in a Checkpoint", checkpoint},
	{"in two Checkpoints", func(l layers.Layer, x *node, parameters ...*node) *node {
		inner := layers.Func(func(x *node) *node { return checkpoint(l, x, parameters...) })
		return checkpoint(inner, x, parameters...)
	}},
}

func checkpoint(l layers.Layer, x *node, parameters ...*node) *node {
	return autograd.Checkpoint(func(xs ...*node) *node { return l.Forward(xs[0]) }, append([]*node{x}, parameters...)...)
}

// training returns a Variable of x, and a node with its value in a graph for training.
func training(x *T) (v, y *node) {
	ctx := autograd.Context{Training: true, Rand: rand.New(rand.NewPCG(5, 6))}
	v = autograd.Variable(x)
	return v, v.Mul(ctx.Constant(tensor.Scalar(1)))
}

// A tracked is a BatchNorm whose running statistics are checked against their formula.
type tracked struct {
	*layers.BatchNorm
	batches        float64
	mean, variance []float64
}

func newTracked(channels int) *tracked {
	tr := &tracked{layers.NewBatchNorm(channels), 0, make([]float64, channels), make([]float64, channels)}
	for i := range tr.variance {
		tr.variance[i] = 1
	}
	return tr
}

// ran notes that x [n, channels] was run.
func (tr *tracked) ran(x *T) {
	tr.batches++
	n := x.Dim(0)
	for c := range tr.mean {
		mean, variance := 0., 0.
		for i := range n {
			mean += x.At(i, c) / float64(n)
		}
		for i := range n {
			variance += (x.At(i, c) - mean) * (x.At(i, c) - mean) / float64(n-1)
		}
		tr.mean[c] = .9*tr.mean[c] + .1*mean
		tr.variance[c] = .9*tr.variance[c] + .1*variance
	}
}

func (tr *tracked) check(t *testing.T, when string) {
	t.Helper()
	if got := tr.Batches.Value().Item(); got != tr.batches {
		t.Errorf("%s: %v batches, want %v", when, got, tr.batches)
	}
	for c := range tr.mean {
		for _, x := range []struct{ got, want float64 }{
			{tr.RunningMean.Value().At(c), tr.mean[c]}, {tr.RunningVariance.Value().At(c), tr.variance[c]},
		} {
			if !(math.Abs(x.got-x.want) <= 1e-14) {
				t.Errorf("%s: channel %d: got %v, want %v", when, c, x.got, x.want)
			}
		}
	}
}

func TestRunningStatisticsChangeOnceARun(t *testing.T) {
	t.Parallel()
	for _, way := range applied {
		t.Run(way.name, func(t *testing.T) {
			tr := newTracked(2)
			data := normal(4, 2)
			v, x := training(data)
			loss := way.apply(tr, x, layers.Parameters(tr.BatchNorm)...).Square().Sum()
			tr.ran(data)
			tr.check(t, "the graph was built")
			autograd.Backward(loss)
			tr.check(t, "Backward")
			second := autograd.Grad(autograd.Grad(loss, v)[0].Square().Sum(), v)[0]
			tr.check(t, "second order")
			autograd.JVP(second, []*node{v}, []*node{autograd.Constant(normal(4, 2))})
			tr.check(t, "forward mode")

			plan := autograd.NewPlan(loss, layers.Parameters(tr.BatchNorm)...)
			plan.Keep(x)
			tr.check(t, "a plan was made")
			for range 3 {
				data := new(T).AddScalar(new(T).Scale(v.Value(), 1.5), 2)
				v.Set(data)
				plan.Forward()
				tr.ran(data)
				tr.check(t, "the plan's Forward")
				plan.Backward()
				plan.Backward()
				tr.check(t, "the plan's Backward")
			}
		})
	}
}

// A batch with another number of channels is refused, and no statistics follow it.
func TestRunningStatisticsOfOtherChannels(t *testing.T) {
	t.Parallel()
	plain := layers.NewBatchNorm(3)
	plain.Weight, plain.Bias = nil, nil
	fewer := layers.NewBatchNorm(3)
	fewer.Weight = autograd.Variable(tensor.New(1))
	for _, test := range []struct {
		layer    *layers.BatchNorm
		channels int
		want     string
	}{
		{layers.NewBatchNorm(3), 5, "layers: BatchNorm: the input has shape [4 5], with 5 channels; Variable weight [3] needs shape [5]"},
		{layers.NewBatchNorm(3), 1, "layers: BatchNorm: the input has shape [4 1], with 1 channels; Variable weight [3] needs shape [1]"},
		{plain, 5, "layers: BatchNorm: the input has shape [4 5], with 5 channels; Constant running mean [3] needs shape [5]"},
		{plain, 1, "layers: BatchNorm: the input has shape [4 1], with 1 channels; Constant running mean [3] needs shape [1]"},
		{fewer, 3, "layers: BatchNorm: the input has shape [4 3], with 3 channels; Variable [1] = 0 needs shape [3]"},
	} {
		before := layers.State(test.layer)
		_, x := training(normal(4, test.channels))
		wantPanic(t, test.want, func() { test.layer.Forward(x) })
		wantPanic(t, test.want, func() { test.layer.Forward(autograd.Constant(x.Value())) })
		for name, v := range layers.State(test.layer) {
			if !tensor.Equal(v, before[name]) {
				t.Errorf("%s is %v, it was %v", name, v, before[name])
			}
		}
	}
}

// A plan of gradients runs the layer, and changes the running statistics; making the plan does not.
func TestRunningStatisticsInPlansOfGradients(t *testing.T) {
	t.Parallel()
	for _, way := range applied {
		t.Run(way.name, func(t *testing.T) {
			tr := newTracked(2)
			data := normal(4, 2)
			v := autograd.Variable(data)
			x := v.Mul(autograd.Context{Training: true}.Constant(tensor.Scalar(1)))
			loss := way.apply(tr, x, layers.Parameters(tr.BatchNorm)...).Square().Sum()
			tr.ran(data)
			plan := autograd.NewPlan(autograd.Grad(loss, v)[0])
			tr.check(t, "a plan was made")
			plan.Forward()
			tr.ran(data)
			tr.check(t, "the plan's Forward")
		})
	}
}

func TestRunningStatisticsWithoutTraining(t *testing.T) {
	t.Parallel()
	tr := newTracked(3)
	l := tr.BatchNorm
	l.Forward(autograd.Constant(normal(4, 3)))
	tr.check(t, "evaluation")
	autograd.NewPlan(l.Forward(autograd.Variable(normal(4, 3)))).Forward()
	tr.check(t, "a plan for evaluation")
	x := normal(4, 3)
	l.Forward(autograd.Context{Training: true, NoRecord: true}.Constant(x))
	tr.ran(x)
	tr.check(t, "training, not recorded")
}

// Without momentum all batches have the same weight.
func TestRunningStatisticsWithoutMomentum(t *testing.T) {
	t.Parallel()
	l := layers.NewBatchNorm(1)
	l.Momentum = 0
	for _, x := range [][]float64{{1, 3}, {3, 7}, {5, 11}} {
		_, y := training(tensor.FromSlice(x, 2, 1))
		l.Forward(y)
	}
	if got := l.RunningMean.Value().Item(); !(math.Abs(got-5) <= 1e-14) { // of 2, 5 and 8
		t.Errorf("the mean is %v, want 5", got)
	}
	if got := l.RunningVariance.Value().Item(); !(math.Abs(got-28./3) <= 1e-14) { // of 2, 8 and 18
		t.Errorf("the variance is %v, want %v", got, 28./3)
	}
}

// The statistics of a batch of images are those of their pixels, as rows.
func TestBatchNormOfImages(t *testing.T) {
	t.Parallel()
	asRows := func(x *T) *T { return new(T).Transpose(x, 0, 2, 3, 1).Reshape(-1, 3) }
	x := normal(2, 3, 4, 5)
	_, images := training(x)
	_, rows := training(asRows(x))
	ofImages, ofRows := layers.NewBatchNorm(3), layers.NewBatchNorm(3)
	y, want := ofImages.Forward(images).Value(), ofRows.Forward(rows).Value()
	for what, pair := range map[string][2]*T{
		"result": {asRows(y), want}, "running mean": {ofImages.RunningMean.Value(), ofRows.RunningMean.Value()},
		"running variance": {ofImages.RunningVariance.Value(), ofRows.RunningVariance.Value()},
	} {
		if !(tensor.MaxAbsDiff(pair[0], pair[1]) <= 1e-12) {
			t.Errorf("the %s of images is %v, of rows %v", what, pair[0], pair[1])
		}
	}
}

// For x = 1, dropout's result is its mask, and so is the gradient of the sum, unless the draws differ.
func TestDropoutDrawsOnceARun(t *testing.T) {
	t.Parallel()
	const n = 64
	for _, way := range applied {
		t.Run(way.name, func(t *testing.T) {
			drop := layers.Sequential{layers.Dropout{P: .25}}
			v, x := training(tensor.Full(1, n))
			var before *T
			check := func(when string, mask *T, grads ...*T) {
				t.Helper()
				for i, m := range mask.Data() {
					if m != 0 && m != 1/(1-.25) {
						t.Fatalf("%s: element %d is %v", when, i, m)
					}
				}
				if before != nil && tensor.Equal(mask, before) {
					t.Errorf("%s: the draws of the run before", when)
				}
				before = mask.Clone()
				for _, grad := range grads {
					if !tensor.Equal(mask, grad) {
						t.Errorf("%s: the result is\n%v\nand the gradient\n%v", when, mask, grad)
					}
				}
			}
			for range 3 {
				y := way.apply(drop, x)
				check("the heap", y.Value(), autograd.Backward(y.Sum()).Of(v), autograd.Grad(y.Sum(), v)[0].Value(),
					autograd.JVP(y, []*node{v}, []*node{autograd.Constant(tensor.Full(1, n))}).Value())
			}
			y := way.apply(drop, x)
			plan := autograd.NewPlan(y, v)
			before = nil
			for range 3 {
				mask := plan.Forward()
				first := plan.Backward(tensor.Full(1, n)).Of(v).Clone()
				check("a plan", mask, first, plan.Backward(tensor.Full(1, n)).Of(v))
			}
		})
	}
}

// The first run of a Checkpoint and its recomputation for the gradient would be two draws of one plan:
// that is refused.
func TestDropoutInPlansOfGradients(t *testing.T) {
	t.Parallel()
	drop := layers.Sequential{layers.Dropout{P: .25}}
	v, x := training(tensor.Full(1, 64))
	y := drop.Forward(x)
	plan := autograd.NewPlan(autograd.Grad(y.Sum(), v)[0]).Keep(y)
	for range 3 {
		if grad := plan.Forward(); !tensor.Equal(grad, y.Value()) {
			t.Errorf("the result is\n%v\nand the gradient\n%v", y.Value(), grad)
		}
	}
	v, x = training(tensor.Full(1, 64))
	grad := autograd.Grad(checkpoint(drop, x).Sum(), v)[0]
	wantPanic(t, "autograd: NewPlan: Identity [64] is part of a gradient by Grad through a Checkpoint whose context has a Rand: such a gradient can't be in a plan",
		func() { autograd.NewPlan(grad) })
}

// The same seed draws the same.
func TestDropoutIsDeterministic(t *testing.T) {
	t.Parallel()
	run := func() (all []*T) {
		_, x := training(tensor.Full(1, 20))
		y := layers.Dropout{P: .5}.Forward(x)
		plan := autograd.NewPlan(y)
		for range 2 {
			all = append(all, plan.Forward().Clone())
		}
		return all
	}
	a, b := run(), run()
	for i := range a {
		if !tensor.Equal(a[i], b[i]) {
			t.Errorf("run %d: got\n%v\nand\n%v", i, a[i], b[i])
		}
	}
}

func TestDropout(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(normal(3))
	if got := (layers.Dropout{P: .5}).Forward(x); got != x {
		t.Errorf("without training: got %v, want the input", got)
	}
	if _, y := training(normal(3)); (layers.Dropout{}).Forward(y) != y {
		t.Error("with P 0: the input is changed")
	}
	_, ones := training(tensor.Full(1, 100_000))
	if mean := (layers.Dropout{P: .9}).Forward(ones).Mean().Value().Item(); !(math.Abs(mean-1) <= .05) { // five standard deviations
		t.Errorf("the mean is %v, want nearly 1", mean)
	}
	for _, p := range []float64{-.1, 1, math.NaN()} {
		wantPanic(t, fmt.Sprintf("layers: Dropout: the probability is %v; it must be at least 0 and less than 1", p), func() { layers.Dropout{P: p}.Forward(x) })
	}
	wantPanic(t, "layers: Dropout: in training a random source is needed: autograd.Context{Training: true, Rand: …}", func() {
		layers.Dropout{P: .5}.Forward(autograd.Context{Training: true}.Constant(tensor.New(1)))
	})
}

// A plan's run allocates nothing.
func TestTrainingPlanDoesNotAllocate(t *testing.T) {
	norm := layers.NewBatchNorm(4)
	_, x := training(normal(8, 4))
	plan := autograd.NewPlan(layers.Sequential{norm, layers.Dropout{P: .5}}.Forward(x).Square().Sum(), layers.Parameters(norm)...)
	run := func() { plan.Forward(); plan.Backward() }
	run()
	if n := testing.AllocsPerRun(10, run); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// Training with running statistics and dropout that is resumed has the bits of training that was not
// interrupted.
func TestTrainingResumes(t *testing.T) {
	t.Parallel()
	x := normal(20, 3)
	targets := x.Slice(1, 0, 1)
	var source rand.PCG
	build := func() (layers.Sequential, *fit.Training) {
		source.Seed(1, 2)
		init := layers.Xavier(rand.New(rand.NewPCG(3, 4)))
		net := layers.Sequential{layers.NewLinear(3, 8, init), layers.NewBatchNorm(8), layers.ReLU{}, layers.Dropout{P: .2}, layers.NewLinear(8, 1, init)}
		return net, &fit.Training{
			Loss:      func(batch ...*node) *node { return layers.MeanSquaredError(net.Forward(batch[0]), batch[1]) },
			Optimiser: optim.NewGradientDescent(.1, layers.Parameters(net)...), State: layers.Constants(net),
			Epochs: 4, BatchSize: 8, Rand: rand.New(&source),
		}
	}
	run := func(training *fit.Training) fit.History {
		h, err := training.Run(context.Background(), []*T{x, targets}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	whole, training := build()
	run(training)
	first, training := build()
	training.Epochs = 2
	h := run(training)
	state, random := layers.State(first), source
	second, training := build()
	source = random
	if err := layers.SetState(second, state); err != nil {
		t.Fatal(err)
	}
	training.Resume = h
	run(training)
	want := layers.State(whole)
	for name, got := range layers.State(second) {
		if !tensor.Equal(got, want[name]) {
			t.Errorf("%s is\n%v\nwithout the interruption\n%v", name, got, want[name])
		}
	}
	if n := want["1.batches"].Item(); n != 4*3 {
		t.Errorf("%v batches, want 12", n)
	}
}
