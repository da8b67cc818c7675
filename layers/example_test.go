package layers_test

import (
	"fmt"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A network learns XOR, one observation at a time, by a plan, which computes the same graph again and
// again without building it.
func Example_plan() {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		layers.NewLinear(2, 4, init), layers.Tanh{},
		layers.NewLinear(4, 1, init), layers.Sigmoid{},
	}
	inputs := tensor.Rows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}})
	targets := tensor.Rows([][]float64{{0}, {1}, {1}, {0}})

	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(.5, parameters...)
	x, t := autograd.Constant(tensor.New(1, 2)), autograd.Constant(tensor.New(1, 1))
	plan := autograd.NewPlan(layers.SquaredError(net.Forward(x), t), parameters...)
	for step := range 4000 {
		i := step % 4
		x.Set(inputs.Slice(0, i, i+1))
		t.Set(targets.Slice(0, i, i+1))
		plan.Forward()
		descent.Step(plan.Backward())
	}
	fmt.Printf("%.0f\n", net.Forward(autograd.Constant(inputs)).Value())
	// Output:
	// [[0]
	//  [1]
	//  [1]
	//  [0]]
}

// Only the last layer is trained.
func Example_freeze() {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	features := layers.Sequential{layers.NewLinear(2, 4, init), layers.Tanh{}}
	head := layers.NewLinear(4, 1, init)
	net := layers.Sequential{features, head}
	before := layers.State(net)

	parameters := layers.Parameters(head)
	descent := optim.NewGradientDescent(.1, parameters...)
	x, t := autograd.Constant(tensor.Full(.5, 3, 2)), autograd.Constant(tensor.Full(1, 3, 1))
	descent.Step(autograd.Backward(layers.SquaredError(net.Forward(x), t), parameters...))

	for name, p := range layers.Named(net) {
		fmt.Println(name, !tensor.Equal(p.Value(), before[name]))
	}
	// Output:
	// 0.0.weight false
	// 0.0.bias false
	// 1.weight true
	// 1.bias true
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

// The parameters of a layer that occurs twice in a network are listed once.
func ExampleParameters() {
	shared := layers.NewLinear(3, 3, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	net := layers.Sequential{shared, layers.Tanh{}, shared}
	for _, p := range layers.Parameters(net) {
		fmt.Println(p)
	}
	// Output:
	// Variable weight [3 3]
	// Variable bias [3]
}

// A weight that is computed where the network is built would not change when what it was computed from is
// trained.
func ExampleParameters_mistake() {
	defer func() { fmt.Println(recover()) }()
	encoder := layers.NewLinear(4, 2, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	decoder := &layers.Linear{Weight: encoder.Weight.Transpose()}
	layers.Parameters(layers.Sequential{encoder, layers.Tanh{}, decoder})
	// Output:
	// layers: Parameters: 2.weight of layers.Linear is Transpose [2 4], computed outside Forward: it goes stale; compute it in Forward
}

func ExampleNamed() {
	init := layers.Uniform(rand.New(rand.NewPCG(1, 2)), -.5, .5)
	net := layers.Sequential{layers.NewLinear(2, 4, init), layers.Sigmoid{}, layers.NewLinear(4, 1, init)}
	for name, p := range layers.Named(net) {
		fmt.Println(name, p.Shape())
	}
	// Output:
	// 0.weight [2 4]
	// 0.bias [4]
	// 2.weight [4 1]
	// 2.bias [1]
}

// Check finds a Variable that only a function has.
func ExampleCheck() {
	gain := autograd.Variable(tensor.Scalar(2)).Named("gain")
	net := layers.Sequential{
		layers.NewLinear(2, 1, nil),
		closure{func(x *autograd.Node) *autograd.Node { return x.Mul(gain) }},
	}
	fmt.Println(layers.Check(net, autograd.Constant(tensor.New(1, 2))))
	// Output:
	// layers: Check: the result depends on Variable gain [] = 2, which is in no exported field: it would not be trained
}

// A Residual is a layer of one's own: it adds to x what its layers make of it. Its parameters are in
// exported fields, where Parameters finds them.
type Residual struct {
	Inner layers.Sequential
	Gain  *autograd.Node
}

func (r *Residual) Forward(x *autograd.Node) *autograd.Node {
	return x.Add(r.Inner.Forward(x).Mul(r.Gain))
}

// A layer of one's own with parameters, in a network, trained.
func ExampleLayer() {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		&Residual{
			Inner: layers.Sequential{layers.NewLinear(2, 2, init), layers.Tanh{}},
			Gain:  autograd.Variable(tensor.Scalar(.5)),
		},
		layers.NewLinear(2, 1, init),
	}
	for name, p := range layers.Named(net) {
		fmt.Println(name, p.Shape())
	}

	x := autograd.Constant(tensor.Rows([][]float64{{0, 1}, {1, 0}, {1, 1}}))
	t := autograd.Constant(tensor.Rows([][]float64{{1}, {2}, {3}}))
	descent := optim.NewGradientDescent(.1, layers.Parameters(net)...)
	for range 300 {
		descent.Minimise(layers.SquaredError(net.Forward(x), t))
	}
	fmt.Printf("%.2f\n", net.Forward(x).Value())
	// Output:
	// 0.inner.0.weight [2 2]
	// 0.inner.0.bias [2]
	// 0.gain []
	// 1.weight [2 1]
	// 1.bias [1]
	// [[1.00]
	//  [2.00]
	//  [3.00]]
}

func ExampleSequential_String() {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		layers.NewLinear(2, 4, init), layers.Sigmoid{},
		&Residual{layers.Sequential{layers.NewLinear(4, 4, init), layers.Tanh{}}, autograd.Variable(tensor.Scalar(1))},
		layers.NewLinear(4, 1, init),
	}
	fmt.Println(net)
	// Output:
	// Sequential, 38 parameters
	//   0: Linear 2→4, 12 parameters
	//   1: Sigmoid
	//   2: Residual, 21 parameters
	//   3: Linear 4→1, 5 parameters
}

// A mistake in a network names the layer.
func ExampleSequential_mistake() {
	defer func() { fmt.Println(recover()) }()
	net := layers.Sequential{layers.NewLinear(2, 3, nil), layers.Tanh{}, layers.NewLinear(4, 2, nil)}
	net.Forward(autograd.Constant(tensor.New(1, 2)))
	// Output:
	// layers: 2: Linear 4→2: tensor: Affine: inner dimensions differ: x has 3 columns, w 4 rows: [1 3] × [4 2] + [2]; the inputs are [Tanh [1 3] Variable weight [4 2] Variable bias [2]]
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

// A Linear is a struct: one without a bias, or with weights from elsewhere, is written as a literal.
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

// An Identity makes the output linear, as in the article's network for regression, without a special
// case.
func ExampleIdentity() {
	fmt.Println(layers.Identity{}.Forward(autograd.Constant(tensor.Linspace(-2, 2, 3))).Value())
	// Output: [-2.  0.  2.]
}

// Dropout needs a context, with the random source and whether it is training. Without one it does
// nothing.
func ExampleDropout() {
	drop := layers.Dropout{P: .5}
	ones := tensor.Full(1, 8)
	training := autograd.Context{Training: true, Rand: rand.New(rand.NewPCG(1, 2))}
	x := training.Constant(ones)
	fmt.Println(drop.Forward(x).Value())
	fmt.Println(drop.Forward(x).Value())
	fmt.Println(drop.Forward(autograd.Constant(ones)).Value())
	// Output:
	// [0. 2. 2. 2. 2. 0. 0. 2.]
	// [0. 2. 0. 2. 2. 0. 0. 0.]
	// [1. 1. 1. 1. 1. 1. 1. 1.]
}

// In training, a batch is normalised by its own mean and variance, which the running ones follow;
// otherwise, by the running ones.
func ExampleBatchNorm() {
	norm := layers.NewBatchNorm(1)
	batch := tensor.FromSlice([]float64{1, 3}, 2, 1)
	fmt.Printf("%.3f\n", norm.Forward(autograd.Context{Training: true}.Constant(batch)).Value())
	fmt.Println(norm.RunningMean.Value(), norm.RunningVariance.Value())
	fmt.Printf("%.3f\n", norm.Forward(autograd.Constant(batch)).Value())
	// Output:
	// [[-1.000]
	//  [ 1.000]]
	// [0.2] [1.1]
	// [[0.763]
	//  [2.670]]
}

// An LSTM learns to say, at the end of a sequence, what its first number was.
func ExampleLSTM() {
	rng := rand.New(rand.NewPCG(1, 2))
	lstm := layers.NewLSTM(1, 8, layers.Stack{}, layers.Xavier(rng))
	lstm.Cells[0].BiasIH.Value().Slice(0, 8, 16).Fill(1) // of the gates i, f, g and o, that of f: at first, it remembers
	last := func(y *autograd.Node) *autograd.Node { return y.Slice(1, 5, 6).Squeeze(1) }
	net := layers.Sequential{lstm, layers.Func(last), layers.NewLinear(8, 1, layers.Xavier(rng))}
	fmt.Println(net)

	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(.1, parameters...)
	x, t := autograd.Constant(tensor.New(16, 6, 1)), autograd.Constant(tensor.New(16, 1))
	plan := autograd.NewPlan(layers.MeanSquaredError(net.Forward(x), t), parameters...)
	for range 1000 {
		sequences := tensor.New(16, 6, 1).Uniform(rng, -1, 1)
		x.Set(sequences)
		t.Set(sequences.Slice(1, 0, 1).Reshape(16, 1))
		plan.Forward()
		descent.Step(plan.Backward())
	}
	sequence := tensor.FromSlice([]float64{.5, -1, 1, 0, .25, -.75}, 1, 6, 1)
	fmt.Printf("%.1f\n", net.Forward(autograd.Constant(sequence)).Value())
	// Output:
	// Sequential, 361 parameters
	//   0: LSTM 1→8, 352 parameters
	//   1: Func
	//   2: Linear 8→1, 9 parameters
	// [[0.5]]
}

// Convolutions and pooling, as for images of digits of 8 × 8 pixels.
func ExampleConv2D() {
	init := layers.He(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		layers.NewConv2D(1, 8, 3, autograd.Conv{Same: true}, init), layers.ReLU{},
		layers.MaxPool2D{Kernel: []int{2}},
		layers.Flatten{},
		layers.NewLinear(8*4*4, 10, init),
	}
	fmt.Println(net)
	fmt.Println(net.Forward(autograd.Constant(tensor.New(5, 1, 8, 8))).Shape())
	// Output:
	// Sequential, 1370 parameters
	//   0: Conv2D 1→8, kernel 3×3, same size, 80 parameters
	//   1: ReLU
	//   2: MaxPool2D 2
	//   3: Flatten
	//   4: Linear 128→10, 1290 parameters
	// [5 10]
}

// A transformer that reads: words become vectors, which blocks transform, and each place predicts the
// next word.
func ExampleTransformerLayer() {
	rng := rand.New(rand.NewPCG(1, 2))
	block := func() layers.Layer {
		b := layers.NewTransformerLayer(16, 4, 64, layers.Xavier(rng))
		b.NormFirst, b.Attention.Causal = true, true
		return b
	}
	net := layers.Sequential{
		layers.NewEmbedding(50, 16, layers.Normal(rng, 0, 1)),
		block(), block(),
		layers.NewLayerNorm(16), layers.NewLinear(16, 50, layers.Xavier(rng)),
	}
	fmt.Println(net)
	words := tensor.FromSlice([]float64{3, 1, 4, 1, 5, 9}, 2, 3)
	fmt.Println(net.Forward(autograd.Constant(words)).Shape())
	// Output:
	// Sequential, 8242 parameters
	//   0: Embedding 50→16, 800 parameters
	//   1: TransformerLayer 16, 4 heads, hidden 64, norm first, 3280 parameters
	//   2: TransformerLayer 16, 4 heads, hidden 64, norm first, 3280 parameters
	//   3: LayerNorm 16, 32 parameters
	//   4: Linear 16→50, 850 parameters
	// [2 3 50]
}

// Any function is a layer.
func ExampleFunc() {
	square := layers.Func(func(x *autograd.Node) *autograd.Node { return x.Square() })
	net := layers.Sequential{layers.Residual{Inner: square}, layers.Softplus{}}
	fmt.Printf("%.3f\n", net.Forward(autograd.Constant(tensor.Linspace(-2, 2, 3))).Value())
	// Output:
	// [2.127 0.693 6.002]
}

// The rows of a square weight are orthonormal: a vector that goes through keeps its length.
func ExampleOrthogonal() {
	l := layers.NewLinear(3, 3, layers.Orthogonal(rand.New(rand.NewPCG(1, 2)), 1))
	x := autograd.Constant(tensor.FromSlice([]float64{1, 2, 2}, 1, 3))
	fmt.Printf("%.3f\n", l.Forward(x).Square().Sum().Sqrt().Value())
	// Output:
	// 3.000
}

func ExampleSummary() {
	init := layers.He(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{
		layers.NewConv2D(1, 8, 3, autograd.Conv{Same: true}, init), layers.ReLU{},
		layers.MaxPool2D{Kernel: []int{2}},
		layers.Flatten{},
		layers.NewLinear(8*4*4, 10, init),
	}
	fmt.Print(layers.Summary(net, autograd.Constant(tensor.New(32, 1, 8, 8))))
	// Output:
	// layer                                 output      parameters  bytes
	// 0: Conv2D 1→8, kernel 3×3, same size  [32 8 8 8]  80          409600
	// 1: ReLU                               [32 8 8 8]  0           131072
	// 2: MaxPool2D 2                        [32 8 4 4]  0           32768
	// 3: Flatten                            [32 128]    0           0
	// 4: Linear 128→10                      [32 10]     1290        2560
	// total                                 [32 10]     1370        576000
}
