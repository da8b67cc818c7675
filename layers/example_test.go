package layers_test

import (
	"fmt"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A network learns XOR, an observation a row, on a tape: without allocating in a step.
func Example_tape() {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		layers.NewLinear(2, 4, init), layers.Tanh{},
		layers.NewLinear(4, 1, init), layers.Sigmoid{},
	}
	x := tensor.FromSlice([]float64{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	t := tensor.FromSlice([]float64{0, 1, 1, 0}, 4, 1)

	parameters := layers.Nodes(net.Parameters())
	descent := optim.NewGradientDescent(1, parameters...)
	tape := new(autograd.Tape)
	for range 1000 {
		loss := layers.SquaredError(net.Forward(tape.Constant(x)), tape.Constant(t))
		descent.Step(autograd.BackwardTo(loss, parameters...))
		tape.Reset()
	}
	prediction := net.Forward(autograd.Constant(x)).Value()
	fmt.Println(new(tensor.Tensor).Map(prediction, func(a float64) float64 {
		if a > .5 {
			return 1
		}
		return 0
	}))
	// Output:
	// [[0.]
	//  [1.]
	//  [1.]
	//  [0.]]
}

// The gradients of the nodes that Trace returns are the δ of the delta rule.
func ExampleSequential_Trace() {
	weights := func(w ...float64) *autograd.Node { return autograd.Variable(tensor.FromSlice(w, 2, len(w)/2)) }
	net := layers.Sequential{
		&layers.Linear{Weight: weights(1, -1, .5, 2)}, layers.Sigmoid{},
		&layers.Linear{Weight: weights(2, -1)}, layers.Sigmoid{},
	}
	x := autograd.Constant(tensor.FromSlice([]float64{1, 0}, 1, 2))
	t := autograd.Constant(tensor.FromSlice([]float64{1}, 1, 1))

	nodes := net.Trace(x)
	grads := autograd.Backward(layers.SquaredError(nodes[3], t))
	fmt.Println("z of the hidden layer", nodes[0].Value())
	fmt.Println("δ of the hidden layer", grads.Of(nodes[0]))
	fmt.Println("δ of the output", grads.Of(nodes[2]))
	// Output:
	// z of the hidden layer [[ 1. -1.]]
	// δ of the hidden layer [[-0.01633694  0.00816847]]
	// δ of the output [[-0.04154616]]
}

func ExampleSequential_Forward() {
	double := &layers.Linear{Weight: autograd.Variable(tensor.FromSlice([]float64{2}, 1, 1))}
	net := layers.Sequential{double, double, layers.ReLU{}}
	fmt.Println(net.Forward(autograd.Constant(tensor.FromSlice([]float64{1, -1}, 2, 1))).Value())
	// Output:
	// [[4.]
	//  [0.]]
}

func ExampleParameters() {
	init := layers.Uniform(rand.New(rand.NewPCG(1, 2)), -.5, .5)
	net := layers.Sequential{layers.NewLinear(2, 4, init), layers.Sigmoid{}, layers.NewLinear(4, 1, init)}
	for _, p := range layers.Parameters(net) {
		fmt.Println(p.Name, p.Node.Shape())
	}
	// Output:
	// 0.weight [2 4]
	// 0.bias [4]
	// 2.weight [4 1]
	// 2.bias [1]
}

// A layer that stands twice in a network has its parameters once among the nodes.
func ExampleNodes() {
	shared := layers.NewLinear(3, 3, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	net := layers.Sequential{shared, layers.Tanh{}, shared}
	fmt.Println(len(net.Parameters()), "parameters,", len(layers.Nodes(net.Parameters())), "nodes")
	// Output: 4 parameters, 2 nodes
}

func ExampleNewLinear() {
	l := layers.NewLinear(2, 3, func(weight, bias *tensor.Tensor) {
		weight.Fill(1)
		bias.Copy(tensor.Arange(3))
	})
	x := autograd.Constant(tensor.FromSlice([]float64{1, 2, 3, 4}, 2, 2))
	fmt.Println(l.Forward(x).Value())
	// Output:
	// [[3. 4. 5.]
	//  [7. 8. 9.]]
}

// A Linear is a struct: one without a bias, or with weights from elsewhere, is
// written down as such.
func ExampleLinear() {
	l := &layers.Linear{Weight: autograd.Variable(tensor.Eye(2))}
	fmt.Println(l.Forward(autograd.Constant(tensor.FromSlice([]float64{3, 4}, 2))).Value())
	// Output: [3. 4.]
}

// The article draws its parameters evenly from −½ to ½.
func ExampleUniform() {
	l := layers.NewLinear(2, 2, layers.Uniform(rand.New(rand.NewPCG(1, 2)), -.5, .5))
	fmt.Println(l.Weight.Value())
	fmt.Println(l.Bias.Value())
	// Output:
	// [[ 0.17645566 -0.03861378]
	//  [ 0.0085474  -0.07020726]]
	// [ 0.29780235 -0.11163351]
}

func ExampleXavier() {
	l := layers.NewLinear(2, 2, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	fmt.Println(l.Weight.Value())
	fmt.Println(l.Bias.Value())
	// Output:
	// [[ 0.43222633 -0.09458406]
	//  [ 0.02093676 -0.17197195]]
	// [0. 0.]
}

func ExampleSquaredError() {
	a := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2, 1))
	t := autograd.Constant(tensor.FromSlice([]float64{0, 4}, 2, 1))
	e := layers.SquaredError(a, t)
	fmt.Println(e.Value())
	fmt.Println(autograd.Backward(e).Of(a))
	// Output:
	// 2.5
	// [[ 1.]
	//  [-2.]]
}

func ExampleMeanSquaredError() {
	a := autograd.Variable(tensor.FromSlice([]float64{1, 2, 3, 4}, 4))
	t := autograd.Constant(tensor.FromSlice([]float64{0, 4, 3, 4}, 4))
	e := layers.MeanSquaredError(a, t)
	fmt.Println(e.Value())
	fmt.Println(autograd.Backward(e).Of(a))
	// Output:
	// 1.25
	// [ 0.5 -1.   0.   0. ]
}

func ExampleSigmoid() {
	fmt.Println(layers.Sigmoid{}.Forward(autograd.Constant(tensor.Linspace(-2, 2, 3))).Value())
	// Output: [0.11920292 0.5        0.88079708]
}

func ExampleTanh() {
	fmt.Println(layers.Tanh{}.Forward(autograd.Constant(tensor.Linspace(-2, 2, 3))).Value())
	// Output: [-0.96402758  0.          0.96402758]
}

func ExampleReLU() {
	fmt.Println(layers.ReLU{}.Forward(autograd.Constant(tensor.Linspace(-2, 2, 3))).Value())
	// Output: [0. 0. 2.]
}

// Identity makes a network linear, such as the article's for regression, without a
// special case.
func ExampleIdentity() {
	fmt.Println(layers.Identity{}.Forward(autograd.Constant(tensor.Linspace(-2, 2, 3))).Value())
	// Output: [-2.  0.  2.]
}
