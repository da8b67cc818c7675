package training

import (
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// BenchmarkLarge times a step, by a plan, of a network of three layers of the size that handwritten digits take, on 128
// observations: 308 million floating-point operations in its matrix products.
func BenchmarkLarge(b *testing.B) {
	b.ReportAllocs()
	rng := rand.New(rand.NewPCG(1, 2))
	init := layers.Xavier(rng)
	net := layers.Sequential{layers.NewLinear(784, 512, init), layers.Tanh{}, layers.NewLinear(512, 256, init), layers.Tanh{}, layers.NewLinear(256, 10, init)}
	x, t := tensor.New(128, 784).Uniform(rng, 0, 1), tensor.New(128)
	for i := range t.Data() {
		t.Data()[i] = float64(rng.IntN(10))
	}
	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(.01, parameters...)
	plan := autograd.NewPlan(layers.CrossEntropy(net.Forward(autograd.Constant(x)), autograd.Constant(t)), parameters...)
	for b.Loop() {
		plan.Forward()
		descent.Step(plan.Backward())
	}
}
