// Package autoencoder trains networks without targets: one autoencoder squeezes pictures of handwritten
// digits through two numbers, and the encoder of another is the start of a classifier that gets few
// labels. The article ends by announcing both.
package autoencoder

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/digits"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

const (
	size    = 8 // a picture has size × size pixels
	pixels  = size * size
	classes = 10
	batch   = 32
)

// An Autoencoder turns a picture into a code, and the code into a picture again.
type Autoencoder struct {
	Encoder, Decoder layers.Sequential
}

// Forward returns what the autoencoder makes of pictures x [n, pixels]: [n, pixels].
func (a *Autoencoder) Forward(x *autograd.Node) *autograd.Node {
	return a.Decoder.Forward(a.Encoder.Forward(x))
}

// newAutoencoder returns an autoencoder whose encoder has layers of those sizes, and whose decoder has
// them in reverse. All have that activation, except the code, which is linear, and the resulting
// picture, which is of sigmoids.
func newAutoencoder(init layers.Init, activation layers.Layer, sizes ...int) *Autoencoder {
	a := new(Autoencoder)
	last := len(sizes) - 1
	for i := range last {
		if i > 0 {
			a.Encoder = append(a.Encoder, activation)
		}
		a.Encoder = append(a.Encoder, layers.NewLinear(sizes[i], sizes[i+1], init))
	}
	for i := last; i > 0; i-- {
		a.Decoder = append(a.Decoder, layers.NewLinear(sizes[i], sizes[i-1], init), activation)
	}
	a.Decoder[len(a.Decoder)-1] = layers.Sigmoid{}
	return a
}

// learn trains the autoencoder on pictures, which are both input and target. Each pixel of the input is
// set to 0 with probability noise, and has to be restored (P. Vincent and others, Extracting and
// composing robust features with denoising autoencoders, 2008).
func (a *Autoencoder) learn(ctx context.Context, rng *rand.Rand, noise float64, epochs int, x, held *tensor.Tensor) (fit.History, error) {
	input := layers.Dropout{P: noise}
	training := &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.MeanSquaredError(a.Forward(input.Forward(batch[0])), batch[0])
		},
		Optimiser: optim.NewAdam(.002, layers.Parameters(a)...), Epochs: epochs,
		BatchSize: batch, Rand: rng,
	}
	return training.Run(ctx, []*tensor.Tensor{x}, []*tensor.Tensor{held})
}

// A Result is an autoencoder with a code of two numbers, and how much classifiers gain from pretraining.
type Result struct {
	Net        *Autoencoder
	Epochs     []fit.Epoch
	Trained    int            // pictures trained on
	Held       *tensor.Tensor // pictures that were not trained on, [n, pixels]
	Digits     *tensor.Tensor // which they are, [n]
	Baseline   float64        // the error of always answering the mean picture
	Pretrained []Comparison
}

// Train trains all networks from fixed seeds, to the same bits each time and on every machine. It
// returns the error of ctx if ctx is cancelled.
func Train(ctx context.Context, _ io.Writer) (*Result, error) {
	x, t := digits.Read()
	x = x.Reshape(-1, pixels)
	rng := rand.New(rand.NewPCG(1, 2))
	train, held := data.Split(rng, 1./5, x, t)
	r := &Result{
		Net:  newAutoencoder(layers.He(rng), layers.ReLU{}, pixels, 128, 32, 2),
		Held: held[0], Digits: held[1],
		Trained: train[0].Dim(0), Baseline: baseline(train[0], held[0]),
	}
	h, err := r.Net.learn(ctx, rng, 0, 100, train[0], held[0])
	if err != nil {
		return nil, err
	}
	r.Epochs = h.Epochs
	for _, c := range []Comparison{
		{Name: "sigmoid", activation: layers.Sigmoid{}, init: layers.Xavier},
		{Name: "ReLU", activation: layers.ReLU{}, init: layers.He},
	} {
		if err := c.run(ctx, x, t); err != nil {
			return nil, err
		}
		r.Pretrained = append(r.Pretrained, c)
	}
	return r, nil
}

// baseline returns the error on the held-out pictures of always answering the mean of the pictures x.
func baseline(x, held *tensor.Tensor) float64 {
	mean := new(tensor.Tensor).Mean(x, 0)
	off := new(tensor.Tensor).Sub(held, mean)
	return new(tensor.Tensor).Mean(off.Square(off)).Item()
}

// end returns the last error of the pictures held out.
func (r *Result) end() float64 { return r.Epochs[len(r.Epochs)-1].Validation }

// String returns a report.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n%v\n\n", r.Net.Encoder, r.Net.Decoder)
	fmt.Fprintf(&b, "Mean squared error of a pixel, on held-out pictures: %.4f with two numbers, %.4f for always answering the mean picture.\n", r.end(), r.Baseline)
	fmt.Fprintf(&b, "\nClassifiers with %d labels: held-out pictures that are read right, mean over %d seeds:\n", labels, seeds)
	for _, c := range r.Pretrained {
		fmt.Fprintf(&b, "  %-8s %.1f %% from a random start, %.1f %% from an encoder, which is better for %d of %d seeds\n",
			c.Name, 100*c.Random[len(c.Random)-1], 100*c.Encoder[len(c.Encoder)-1], c.better(), seeds)
	}
	return strings.TrimSuffix(b.String(), "\n")
}
