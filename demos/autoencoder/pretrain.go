package autoencoder

import (
	"context"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

const (
	labels = 50 // that the classifiers get: five pictures of a digit
	seeds  = 5  // each decides which pictures are held out, which have labels, and where the networks start
	passes = 100
)

// hidden are the sizes of the layers that a classifier may take over from an encoder.
var hidden = []int{pixels, 64, 64, 32, 10}

// A Comparison is one of classifiers that have the same layers, but start at random or from an encoder.
type Comparison struct {
	Name            string
	Random, Encoder []float64 // the share of held-out pictures that are read right after each pass: the mean over the seeds
	Gains           []float64 // of the encoder over the random start at the end, by seed

	activation layers.Layer
	init       func(*rand.Rand) layers.Init
}

// run trains all classifiers.
func (c *Comparison) run(ctx context.Context, x, t *tensor.Tensor) error {
	c.Random, c.Encoder = make([]float64, passes), make([]float64, passes)
	for seed := range uint64(seeds) {
		random := func(of uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, of)) } // one for each use
		train, held := data.Split(random(1), 1./5, x, t)
		few := []*tensor.Tensor{train[0].Slice(0, 0, labels), train[1].Slice(0, 0, labels)}
		start, err := c.classify(ctx, random(2), c.newEncoder(random(3)).Encoder, few, held)
		if err != nil {
			return err
		}
		net := c.newEncoder(random(3))                                                  // the same start
		if _, err := net.learn(ctx, random(4), .1, 50, train[0], held[0]); err != nil { // all pictures, no labels
			return err
		}
		encoder, err := c.classify(ctx, random(2), net.Encoder, few, held)
		if err != nil {
			return err
		}
		for i := range passes {
			c.Random[i] += start[i] / seeds
			c.Encoder[i] += encoder[i] / seeds
		}
		c.Gains = append(c.Gains, encoder[passes-1]-start[passes-1])
	}
	return nil
}

func (c *Comparison) newEncoder(rng *rand.Rand) *Autoencoder {
	return newAutoencoder(c.init(rng), c.activation, hidden...)
}

// classify trains a classifier that begins with an encoder's layers, and returns the share of the
// held-out pictures that it reads right after each pass.
func (c *Comparison) classify(ctx context.Context, rng *rand.Rand, encoder layers.Sequential, few, held []*tensor.Tensor) ([]float64, error) {
	net := append(encoder[:len(encoder):len(encoder)], c.activation, layers.NewLinear(hidden[len(hidden)-1], classes, c.init(rng)))
	training := &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.CrossEntropy(net.Forward(batch[0]), batch[1])
		},
		Metrics: []fit.Metric{{Name: "accuracy", Of: func(batch ...*autograd.Node) *autograd.Node {
			return layers.Accuracy(net.Forward(batch[0]), batch[1])
		}}},
		Optimiser: optim.NewAdam(.003, layers.Parameters(net)...), Epochs: passes,
		BatchSize: 10, Rand: rng,
	}
	h, err := training.Run(ctx, few, held)
	var accuracy []float64
	for _, e := range h.Epochs {
		accuracy = append(accuracy, e.Metrics[0])
	}
	return accuracy, err
}

// better returns for how many seeds the encoder was the better start.
func (c *Comparison) better() (n int) {
	for _, g := range c.Gains {
		if g > 0 {
			n++
		}
	}
	return n
}
