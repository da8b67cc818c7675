package fit_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

// moons returns n points on two interlocking half circles, with noise, and which of the two each is on.
func moons(rng *rand.Rand, n int) (x, t *tensor.Tensor) {
	x, t = tensor.New(n, 2).Normal(rng, 0, .2), tensor.New(n)
	for i := range n {
		a, b := rng.NormFloat64(), math.Abs(rng.NormFloat64())
		radius := math.Sqrt(float64(a*a) + float64(b*b))
		a, b = a/radius, b/radius
		if i%2 == 1 {
			a, b = 1-a, .5-b
			t.SetAt(1, i)
		}
		x.SetAt(x.At(i, 0)+a, i, 0)
		x.SetAt(x.At(i, 1)+b, i, 1)
	}
	return x, t
}

// A classifier of two moons: data, split, standardisation, network, loss, optimiser,
// schedule, early stopping.
func Example() {
	rng := rand.New(rand.NewPCG(1, 2))
	x, t := moons(rng, 500)
	train, validation := data.Split(rng, .2, x, t)
	scaling := data.Standardise(train[0])
	train[0], validation[0] = scaling.Of(train[0]), scaling.Of(validation[0])

	init := layers.Xavier(rng)
	net := layers.Sequential{layers.NewLinear(2, 16, init), layers.Tanh{}, layers.NewLinear(16, 2, init)}
	descent := optim.NewGradientDescent(0, layers.Parameters(net)...)
	descent.Momentum = .9
	rates := optim.Exponential(.2, .9995)
	training := &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return layers.CrossEntropy(net.Forward(batch[0]), batch[1])
		},
		Metrics: []fit.Metric{{Name: "accuracy", Of: func(batch ...*autograd.Node) *autograd.Node {
			return layers.Accuracy(net.Forward(batch[0]), batch[1])
		}}},
		Optimiser: descent, Epochs: 200,
		BatchSize: 32, Patience: 20, Rand: rng,
		BeforeStep: func(step int, _ *autograd.Gradients) { descent.LearningRate = rates.Rate(step) },
	}
	history, err := training.Run(context.Background(), train, validation)
	if err != nil {
		fmt.Println(err)
		return
	}
	best := history.Epochs[history.Best-1]
	fmt.Printf("best epoch %d of %d, accuracy %.2f\n", history.Best, len(history.Epochs), best.Metrics[0])
	// Output: best epoch 42 of 62, accuracy 0.98
}
