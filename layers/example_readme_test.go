package layers_test

import (
	"fmt"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// The example of the README; a test in demos keeps the two the same.
func Example() {
	x := autograd.Constant(tensor.Rows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}))
	t := autograd.Constant(tensor.Rows([][]float64{{0}, {1}, {1}, {0}})) // XOR
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		layers.NewLinear(2, 4, init), layers.Sigmoid{},
		layers.NewLinear(4, 1, init), layers.Sigmoid{},
	}
	descent := optim.NewGradientDescent(2, layers.Parameters(net)...)
	for range 2000 {
		descent.Minimise(layers.SquaredError(net.Forward(x), t))
	}
	nodes := net.Trace(x) // z and a of each layer
	a := nodes[3]
	grads := autograd.Backward(layers.SquaredError(a, t))
	fmt.Println("a:", a.Value().Reshape(4))
	fmt.Println("δ:", grads.Of(nodes[2]).Reshape(4))
	// Output:
	// a: [0.02013121 0.98258199 0.98263982 0.01770072]
	// δ: [ 0.00039711 -0.0002981  -0.00029614  0.00030777]
}
