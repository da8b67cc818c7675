package digits

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/draw"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor/data"
)

// A Result is a trained network, and how it reads the held-out pictures: a fifth of all, which played no
// part in the training, nor in the choice of when it ended.
type Result struct {
	Net       layers.Sequential
	Trained   int // pictures trained on
	Validated int // pictures whose loss said when to stop
	HeldOut   int
	Epochs    []fit.Epoch // until the training stopped
	Best      int         // the epoch whose parameters the network has, from 1
	Mistakes  []Mistake
}

// Accuracy returns the share of the held-out pictures that the network reads right.
func (r *Result) Accuracy() float64 {
	return 1 - float64(len(r.Mistakes))/float64(r.HeldOut)
}

// String returns a report: the network, the pictures, the training, the accuracy, and the mistakes.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n\n", r.Net)
	fmt.Fprintf(&b, "%d digits to train on, %d to decide when to stop, %d held out\n", r.Trained, r.Validated, r.HeldOut)
	fmt.Fprintf(&b, "best epoch %d of %d\n", r.Best, len(r.Epochs))
	fmt.Fprintf(&b, "%d of those held out are read right, %s; the others, with the probability that the network gives to each digit:\n",
		r.HeldOut-len(r.Mistakes), draw.Percent(r.Accuracy()))
	for _, m := range r.Mistakes {
		fmt.Fprintf(&b, "\n%v", m)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// newNet returns the network: two convolutions, each followed by max pooling over 2 × 2 pixels, then
// dropout and a linear layer, whose results are the scores of the ten digits.
func newNet(rng *rand.Rand) layers.Sequential {
	init := layers.He(rng)
	same := autograd.Conv{Same: true}
	half := layers.MaxPool2D{Kernel: []int{2}}
	return layers.Sequential{
		layers.NewConv2D(1, 16, 3, same, init), layers.ReLU{}, half, // [n, 16, 4, 4]
		layers.NewConv2D(16, 32, 3, same, init), layers.ReLU{}, half, // [n, 32, 2, 2]
		layers.Flatten{}, layers.Dropout{P: .5}, layers.NewLinear(32*2*2, classes, init), // [n, 10]
	}
}

// Train trains the network from a fixed seed, to the same bits each time and on every machine. It shows
// its progress if progress is a terminal. It returns the error of ctx if ctx is cancelled.
func Train(ctx context.Context, progress io.Writer) (*Result, error) {
	x, t := Read()
	rng := rand.New(rand.NewPCG(1, 2))
	rest, heldOut := data.Split(rng, 1./5, x, t)
	train, validation := data.Split(rng, 1./10, rest...)
	net := newNet(rng)
	training := &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.CrossEntropy(net.Forward(batch[0]), batch[1])
		},
		Optimiser: optim.NewAdam(.005, layers.Parameters(net)...), Epochs: 40,
		BatchSize: 32, Patience: 8, Rand: rng, Progress: progress,
	}
	history, err := training.Run(ctx, train, validation)
	if err != nil {
		return nil, err
	}
	return &Result{
		Net:     net,
		Trained: train[0].Dim(0), Validated: validation[0].Dim(0), HeldOut: heldOut[0].Dim(0),
		Epochs: history.Epochs, Best: history.Best,
		Mistakes: mistakes(heldOut, net.Forward(autograd.Constant(heldOut[0])).Softmax(-1).Value()),
	}, nil
}
