package optim_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// BenchmarkStep times the update of the 17 parameters of a network 2-4-1, in four tensors.
func BenchmarkStep(b *testing.B) {
	for _, momentum := range []float64{0, .9} {
		name := "momentum=no"
		if momentum != 0 {
			name = "momentum=yes"
		}
		b.Run(name, func(b *testing.B) {
			gradients := map[*autograd.Node]*tensor.Tensor{}
			var parameters []*autograd.Node
			for _, shape := range [][]int{{2, 4}, {4}, {4, 1}, {1}} {
				w := autograd.Variable(tensor.Full(1, shape...))
				parameters = append(parameters, w)
				gradients[w] = tensor.Full(1e-9, shape...)
			}
			grads := autograd.NewGradients(gradients)
			o := optim.NewGradientDescent(.1, parameters...)
			o.Momentum = momentum
			b.ReportAllocs()
			for b.Loop() {
				o.Step(grads)
			}
		})
	}
}

func BenchmarkExponential(b *testing.B) {
	b.Run("next", func(b *testing.B) {
		s := optim.Exponential(.1, .999999)
		for i := 0; b.Loop(); i++ {
			s.Rate(i)
		}
	})
	b.Run("anywhere", func(b *testing.B) {
		s := optim.Exponential(.1, .999999999)
		for i := 0; b.Loop(); i++ {
			s.Rate(i * 1_234_567 % 2_000_000_000)
		}
	})
}
