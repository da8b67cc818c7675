// Package fit is a small training loop: epochs of mini-batches, validation, early stopping. It holds
// nothing that you could not write yourself, and is short enough to be copied and changed:
//
//	training := &fit.Training{
//		Loss: func(batch ...*autograd.Node) *autograd.Node {
//			return layers.CrossEntropy(net.Forward(batch[0]), batch[1])
//		},
//		Optimiser: optim.NewAdam(.001, layers.Parameters(net)...), Epochs: 100,
//		BatchSize: 32, Patience: 10, Rand: rng,
//	}
//	history, err := training.Run(ctx, train, validation)
//
// A training is repeatable: it has one source of random numbers, a fixed order of steps, and the same
// bits on every machine. A caller's mistake panics with an *[Error], or with that of the package that
// detects it.
package fit

import (
	"context"
	"io"
	"math"
	"math/rand/v2"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

// A Func computes a node of one element, a mean over the rows of a batch, from the batch: a Constant for
// each of the tensors given to Run. It is called to build a graph, which a plan repeats. In steps the
// batch's Context has Training, and Rand; in validation and Evaluate it has neither, and no gradients are
// computed.
type Func = func(batch ...*autograd.Node) *autograd.Node

// A Metric is a number of interest beside the loss, such as the accuracy of a classifier:
//
//	layers.Accuracy(net.Forward(batch[0]), batch[1])
type Metric struct {
	Name string
	Of   Func
}

// A Training says what is trained, and how.
type Training struct {
	Loss      Func
	Metrics   []Metric         // of the validation data
	Optimiser optim.Optimiser  // its parameters are trained
	State     []*autograd.Node // Constants that training changes too, such as running means: layers.Constants(net)

	Epochs    int        // at most; those of Resume count
	BatchSize int        // rows in a step; the last batch of an epoch may have fewer
	Rand      *rand.Rand // shuffles, and draws for layers such as Dropout; nil keeps the rows in their order, and Dropout needs one
	Patience  int        // stop after this many epochs without a better validation loss; 0 is never
	Resume    History    // go on after these epochs, with parameters, state, optimiser and Rand as they were then

	// BeforeStep, if not nil, is called before each step with its gradients. Steps are counted from 0,
	// over all epochs. It is for schedules, as by descent.LearningRate = schedule.Rate(step), or to clip.
	BeforeStep func(step int, grads *autograd.Gradients)

	// AfterEpoch, if not nil, is called after each epoch, whose number is len(h.Epochs): to log, to save
	// a checkpoint, to lower a rate. h may be kept, for Resume, and saved in a checkpoint, as an example
	// shows. An error ends the training.
	AfterEpoch func(h History) error

	Progress io.Writer // if a terminal, it shows a line that is written anew after each epoch
}

// An Epoch is what one pass over the data gave. Losses and metrics are means over rows.
type Epoch struct {
	Loss       float64   // of the training rows, each before the step that it was part of
	Validation float64   // the loss of the validation data after the last step; NaN if there is none
	Metrics    []float64 // of the validation data
}

// A History is the course of a training so far.
type History struct {
	Epochs []Epoch
	Best   int              // the number of the epoch with the least validation loss, from 1; 0 if there is none
	Values []*tensor.Tensor // of parameters and State after the best epoch, copied; if Patience > 0
}

// Run trains on rows of the tensors, such as inputs and targets, and returns what happened. Without
// validation tensors there is no validation. It ends
//   - after the last epoch, or after Patience epochs without a better validation loss;
//   - when ctx is cancelled, between two steps, with the cause as the error; the epoch that was
//     begun is not in the history;
//   - when AfterEpoch returns an error, with that.
//
// However it ends, if Patience > 0 and there is a best epoch, parameters and State have its values;
// otherwise those after the last step. A run resumed after an epoch, by another Training with equal
// parameters, state, optimiser and Rand, has the bits of one that was not interrupted.
//
// It panics if the Training is incomplete or does not fit what it resumes, if the tensors of a part have
// no rows or different numbers of rows, or unless the loss and the metrics have one element.
func (t *Training) Run(ctx context.Context, train, validation []*tensor.Tensor) (h History, err error) {
	t.mustBeComplete(ctx, train, validation)
	h = t.Resume
	h.Epochs = slices.Clip(h.Epochs)
	progress := newProgress(t.Progress)
	defer func() {
		progress.end()
		if t.Patience > 0 && h.Values != nil {
			restore(t.trained(), h.Values)
		}
	}()
	steps, scores := plans{}, plans{}
	for epoch := len(h.Epochs); epoch < t.Epochs && !t.impatient(h); epoch++ {
		e := Epoch{Validation: math.NaN()}
		if e.Loss, err = t.train(ctx, steps, epoch, train); err != nil {
			return h, err
		}
		if len(validation) > 0 {
			if e.Validation, e.Metrics, err = t.score(ctx, scores, validation); err != nil {
				return h, err
			}
		}
		h.Epochs = append(h.Epochs, e)
		if h.Best == 0 && !math.IsNaN(e.Validation) || h.Best > 0 && e.Validation < h.Epochs[h.Best-1].Validation {
			h.Best = len(h.Epochs)
			if t.Patience > 0 {
				h.Values = copies(t.trained())
			}
		}
		progress.show(t, h)
		if t.AfterEpoch != nil {
			if err := t.AfterEpoch(h); err != nil {
				return h, err
			}
		}
	}
	return h, nil
}

// train makes the steps of an epoch, one for each batch, and returns the mean loss of a row.
func (t *Training) train(ctx context.Context, steps plans, epoch int, xs []*tensor.Tensor) (float64, error) {
	steps.forgetRandom()
	rows := xs[0].Dim(0)
	step := epoch * ((rows-1)/t.BatchSize + 1)
	sum := 0.0
	for batch := range data.Batches(t.Rand, t.BatchSize, xs...) {
		if err := context.Cause(ctx); err != nil {
			return 0, err
		}
		p := steps.of(batch, t.planStep)
		sum += float64(p.forward(batch) * float64(batch[0].Dim(0)))
		grads := p.plan.Backward()
		if t.BeforeStep != nil {
			t.BeforeStep(step, grads)
		}
		t.Optimiser.Step(grads)
		step++
	}
	return sum / float64(rows), nil
}

// score returns the mean loss of a row, and the metrics.
func (t *Training) score(ctx context.Context, scores plans, xs []*tensor.Tensor) (float64, []float64, error) {
	sum, metrics := 0.0, make([]float64, len(t.Metrics))
	rows := float64(xs[0].Dim(0))
	for batch := range data.Batches(nil, t.BatchSize, xs...) {
		if err := context.Cause(ctx); err != nil {
			return 0, nil, err
		}
		p := scores.of(batch, t.planScore)
		n := float64(batch[0].Dim(0))
		sum += float64(p.forward(batch) * n)
		for i, m := range p.metrics {
			metrics[i] += float64(m.Value().Item() * n)
		}
	}
	for i := range metrics {
		metrics[i] /= rows
	}
	return sum / rows, metrics, nil
}

// impatient reports whether the validation loss has not improved for too long.
func (t *Training) impatient(h History) bool {
	return t.Patience > 0 && len(h.Epochs)-h.Best >= t.Patience
}

// trained returns the nodes that training changes.
func (t *Training) trained() []*autograd.Node { return slices.Concat(t.parameters(), t.State) }

func (t *Training) parameters() []*autograd.Node { return t.Optimiser.Settings().Parameters() }

// Evaluate returns the mean of a function over the rows of tensors, such as the accuracy of a trained
// network on held-out data. It goes through them in batches, as the validation of a Training does. It
// panics as Run does.
func Evaluate(of Func, batchSize int, xs []*tensor.Tensor) float64 {
	if of == nil {
		fail("Evaluate", "the function is nil")
	}
	if len(xs) == 0 {
		fail("Evaluate", "there are no tensors")
	}
	mustHaveRows("Evaluate", "to evaluate with", xs)
	checked := func(batch ...*autograd.Node) *autograd.Node { return one("Evaluate", "value", of(batch...)) }
	t := &Training{Loss: checked, BatchSize: batchSize}
	mean, _, _ := t.score(context.Background(), plans{}, xs)
	return mean
}
