package addition

import (
	"context"
	"io"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
)

const (
	trained = 3200 // sums to train on, of the million that there are
	heldOut = 2000 // others, never trained on
	batch   = 64
	steps   = trained / batch // in an epoch
	epochs  = 14
	rate    = .01
	warmUp  = 100 // steps
)

// Train trains the network from a fixed seed, to the same bits each time and on every machine. It shows
// its progress if progress is a terminal. It returns the error of ctx if ctx is cancelled.
func Train(ctx context.Context, progress io.Writer) (*Result, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	sums := someSums(rng, trained+heldOut)
	net := newNetwork(layers.Xavier(rng), layers.Normal(rng, 0, .2))
	parameters := layers.Parameters(net)
	adam := optim.NewAdam(rate, parameters...)
	adam.Beta2 = .99 // average over some 100 steps, not 1000: there are only 700
	schedule := optim.WarmUp(0, warmUp, optim.Cosine(rate, rate/100, epochs*steps-warmUp))
	r := &Result{Net: net, HeldOut: sums[trained:]}
	exam := newExam(net, r.HeldOut)
	training := &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.CrossEntropy(net.answers(batch[0]), batch[1])
		},
		Optimiser: adam,
		Epochs:    epochs, BatchSize: batch, Rand: rng, Progress: progress,
		BeforeStep: func(step int, _ *autograd.Gradients) { adam.LearningRate = schedule.Rate(step) },
		AfterEpoch: func(h fit.History) error {
			e := exam.take()
			e.Loss = h.Epochs[len(h.Epochs)-1].Loss
			r.Epochs = append(r.Epochs, e)
			return nil
		},
	}
	x, t := tensors(sums[:trained])
	if _, err := training.Run(ctx, []*tensor.Tensor{x, t}, nil); err != nil {
		return nil, err
	}
	return r, nil
}
