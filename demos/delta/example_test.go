package delta_test

import (
	"fmt"
	"math"

	"gentlegrad/demos/delta"
	"gentlegrad/tensor"
)

// The four steps of backpropagation, for one observation. At these parameters the
// numbers can be worked out by hand.
func Example() {
	net := delta.Network{
		{
			Weight:     tensor.FromSlice([]float64{1, .5, 2, 1}, 2, 2),
			Bias:       tensor.FromSlice([]float64{0, math.Log(3)}, 2),
			Activation: delta.Sigmoid,
		},
		{
			Weight:     tensor.FromSlice([]float64{1, -2}, 2, 1),
			Bias:       tensor.FromSlice([]float64{1 + math.Ln2}, 1),
			Activation: delta.Tanh,
		},
	}
	input := tensor.FromSlice([]float64{2, -1}, 1, 2)
	target := tensor.FromSlice([]float64{1}, 1, 1)

	var p delta.Pass
	net.ForwardPropagate(&p, input)
	fmt.Println("I    a     ", &p.Layers[0].A, p.Output())

	net.BackpropagateErrors(&p, target)
	fmt.Println("II   δ     ", &p.Layers[0].Delta, &p.Layers[1].Delta)

	net.CalculateGradients(&p)
	fmt.Println("III  ∂E/∂b", &p.Layers[0].BiasGradient, &p.Layers[1].BiasGradient)

	net.UpdateParameters(&p, .5)
	fmt.Println("IV   b     ", net[0].Bias, net[1].Bias)
	// Output:
	// I    a      [[0.5  0.75]] [[0.6]]
	// II   δ      [[-0.064  0.096]] [[-0.256]]
	// III  ∂E/∂b [-0.064  0.096] [-0.256]
	// IV   b      [0.032      1.05061229] [1.82114718]
}
