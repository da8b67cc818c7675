package sweeps

import (
	"context"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
)

// A config is a network, and how it is trained.
type config struct {
	problem      string
	observations int // to train on, as package problems counts them
	hidden       []int
	activation   layers.Layer // of the hidden units
	init         func(rng *rand.Rand) layers.Init
	crossEntropy bool // is descended, in place of ½(a−t)²
	adam         bool // in place of gradient descent
	rate, anneal float64
	batch        int
	passes       int
	every        int // passes between two measurements of the errors
}

// article is the article's training of RING, except for the bits of the initial parameters.
var article = config{
	problem: "RING", observations: 50, hidden: []int{4}, activation: layers.Sigmoid{}, init: half,
	rate: 2, anneal: 1, batch: 1, passes: 100, every: 1,
}

// half is the article's start: parameters between −½ and ½.
func half(rng *rand.Rand) layers.Init { return layers.Uniform(rng, -.5, .5) }

// newNet returns the network up to z of its output unit.
func (c config) newNet(inputs int, rng *rand.Rand) layers.Sequential {
	var net layers.Sequential
	init := c.init(rng)
	for _, units := range c.hidden {
		net = append(net, layers.NewLinear(inputs, units, init), c.activation)
		inputs = units
	}
	return append(net, layers.NewLinear(inputs, 1, init))
}

// output is the activation of the output unit.
func output(p problems.Problem) layers.Layer {
	if p.Regression {
		return layers.Identity{}
	}
	return layers.Sigmoid{}
}

// loss returns the mean loss of a batch. If the batch is one observation, its steps are those of the article.
func (c config) loss(net layers.Sequential, output layers.Layer) fit.Func {
	return func(batch ...*autograd.Node) *autograd.Node {
		z, t := net.Forward(batch[0]), batch[1]
		if c.crossEntropy {
			return layers.BinaryCrossEntropy(z, t)
		}
		return layers.SquaredError(output.Forward(z), t).Scale(1 / float64(t.Shape()[0]))
	}
}

// A Run is one training, measured after some of its passes.
type Run struct {
	Passes               []float64
	Training, Validation []float64 // the mean of (a−t)² over the observations
	Net                  layers.Layer
	X, T                 *tensor.Tensor // what it was trained on
}

// validationSeed draws the validation observations, the same for all runs and as many as the article
// trains on.
const validationSeed = 10_000

// train trains on observations and from initial parameters that the seed draws. With seed 0 the
// observations are the article's.
func (c config) train(ctx context.Context, seed int) (*Run, error) {
	p := problems.MustByName(c.problem)
	r := &Run{}
	r.X, r.T = p.MustData(legacy.New(uint32(problems.Seed+seed)), c.observations).Tensors()
	vx, vt := p.MustData(legacy.New(validationSeed), p.Observations).Tensors()
	net := c.newNet(p.Inputs, rand.New(rand.NewPCG(uint64(seed), 1)))
	r.Net = layers.Sequential{net, output(p)}
	parameters := layers.Parameters(net)
	var optimiser optim.Optimiser = optim.NewGradientDescent(c.rate, parameters...)
	if c.adam {
		optimiser = optim.NewAdam(c.rate, parameters...)
	}
	training := fit.Training{
		Loss: c.loss(net, output(p)), Optimiser: optimiser,
		Epochs: c.passes, BatchSize: c.batch,
		AfterEpoch: func(h fit.History) error {
			optimiser.Settings().LearningRate *= c.anneal
			if pass := len(h.Epochs); pass%c.every == 0 {
				r.Passes = append(r.Passes, float64(pass))
				r.Training = append(r.Training, meanError(r.Net, r.X, r.T))
				r.Validation = append(r.Validation, meanError(r.Net, vx, vt))
			}
			return nil
		},
	}
	_, err := training.Run(ctx, []*tensor.Tensor{r.X, r.T}, nil)
	return r, err
}

// meanError returns the mean of (a−t)².
func meanError(net layers.Layer, x, t *tensor.Tensor) float64 {
	ctx := autograd.Context{NoRecord: true}
	return layers.MeanSquaredError(net.Forward(ctx.Constant(x)), ctx.Constant(t)).Value().Item()
}
