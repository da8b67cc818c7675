package autograd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

func Example() {
	w := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2, 1))
	x := autograd.Constant(tensor.FromSlice([]float64{3, 4}, 1, 2))
	z := x.MatMul(w)
	loss := z.Square().Sum()
	grads := autograd.Backward(loss)
	fmt.Println("loss ", loss.Value())
	fmt.Println("∂loss/∂z", grads.Of(z)) // the δ of z
	fmt.Println("∂loss/∂w", grads.Of(w).Reshape(2))
	// Output:
	// loss  121.0
	// ∂loss/∂z [[22.]]
	// ∂loss/∂w [66. 88.]
}

func ExampleBackward() {
	x := autograd.Variable(tensor.FromSlice([]float64{1, 2, 3}, 3))
	grads := autograd.Backward(x.Square().Sum())
	fmt.Println(grads.Of(x))
	// Output: [2. 4. 6.]
}

// With nodes named, only their gradients are kept: for training.
func ExampleBackward_some() {
	w, b := autograd.Variable(tensor.Scalar(2)), autograd.Variable(tensor.Scalar(1))
	x := autograd.Constant(tensor.Scalar(3))
	loss := x.Mul(w).Add(b).Square()
	grads := autograd.Backward(loss, w, b)
	fmt.Println(grads.Of(w), grads.Of(b))
	// Output: 42.0 14.0
}

// The derivatives of x³, one after another.
func ExampleGrad() {
	x := autograd.Variable(tensor.Scalar(2))
	y := x.Mul(x).Mul(x)
	for range 3 {
		y = autograd.Grad(y, x)[0]
		fmt.Println(y.Value())
	}
	// Output:
	// 12.0
	// 12.0
	// 6.0
}

// A cube is an operation of one's own.
type cube struct{}

func (cube) Name() string { return "Cube" }

func (cube) Forward(y *autograd.Node) {
	x := y.Input(0).Value()
	y.Value().Mul(x, x)
	y.Value().Mul(y.Value(), x)
}

// ∂L/∂x = ∂L/∂y ⊙ 3x²
func (cube) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node {
	return dy.Chain(y.Input(0).Square().Scale(3))
}

func ExampleApply() {
	f := func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(cube{}, xs[0]) }

	x := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2))
	fmt.Println(autograd.Backward(f(x).Sum()).Of(x))
	fmt.Println(gradcheck.Check(f, x.Value()), gradcheck.CheckSecond(f, x.Value()))
	// Output:
	// [ 3. 12.]
	// <nil> <nil>
}

// A leaky is a leaky ReLU, an operation of one's own whose rule needs to know where x was negative.
type leaky struct{}

func (leaky) Name() string { return "Leaky" }

func (leaky) Forward(y *autograd.Node) {
	x := y.Input(0).Value()
	slope := y.Keep(0).Value() // 1 where x > 0, 0.1 elsewhere
	slope.Gt(x, tensor.Scalar(0))
	slope.Map(slope, func(positive float64) float64 { return .1 + .9*positive })
	y.Value().Mul(x, slope)
}

// ∂L/∂x = ∂L/∂y ⊙ slope
func (leaky) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node {
	return dy.Chain(y.Keep(0))
}

func ExampleNode_Keep() {
	x := autograd.Variable(tensor.FromSlice([]float64{-2, 3}, 2))
	y := autograd.Apply(leaky{}, x)
	fmt.Println(y.Value(), autograd.Backward(y.Sum()).Of(x))
	// Output: [-0.2  3. ] [0.1 1. ]
}

// A function of one number is a row: its name, its values and its slope.
func ExamplePointwise() {
	softsign := autograd.Pointwise("softsign",
		func(x float64) float64 { return x / (1 + math.Abs(x)) },
		func(x, y *autograd.Node) *autograd.Node { // 1/(1+|x|)² = (1−|y|)², where |y| = √y²
			return y.Square().Sqrt().Neg().AddScalar(1).Square()
		})
	x := autograd.Variable(tensor.FromSlice([]float64{-1, 3}, 2))
	y := softsign.Of(x)
	fmt.Println(y.Value(), autograd.Backward(y.Sum()).Of(x))
	// Output: [-0.5   0.75] [0.25   0.0625]
}

func ExamplePointwise2() {
	hypot := autograd.Pointwise2("hypot", math.Hypot,
		func(x, y, z *autograd.Node) *autograd.Node { return x.Div(z) },
		func(x, y, z *autograd.Node) *autograd.Node { return y.Div(z) })
	x, y := autograd.Variable(tensor.Scalar(3)), autograd.Variable(tensor.Scalar(4))
	z := hypot.Of(x, y)
	grads := autograd.Backward(z)
	fmt.Println(z.Value(), grads.Of(x), grads.Of(y))
	// Output: 5.0 0.6 0.8
}

// Gradient descent by a plan: the graph is built once, and no step allocates.
func ExamplePlan() {
	w, b := autograd.Variable(tensor.Scalar(0)), autograd.Variable(tensor.Scalar(0))
	x, t := autograd.Constant(tensor.Scalar(0)), autograd.Constant(tensor.Scalar(0))
	plan := autograd.NewPlan(x.Mul(w).Add(b).SquaredError(t), w, b)
	for i := range 400 {
		x.Value().Fill(float64(i % 4))
		t.Value().Fill(2*float64(i%4) + 1)
		plan.Forward()
		grads := plan.Backward()
		for _, p := range []*autograd.Node{w, b} {
			p.Value().AddScaled(p.Value(), -.1, grads.Of(p))
		}
	}
	fmt.Printf("%.2f x + %.2f\n", w.Value(), b.Value())
	// Output: 2.00 x + 1.00
}

// What a plan is made of.
func ExamplePlan_String() {
	w := autograd.Variable(tensor.Full(1, 3)).Named("w")
	plan := autograd.NewPlan(w.Exp().Mul(w).Sum(), w)
	plan.Forward()
	plan.Backward()
	fmt.Print(plan)
	// Output:
	// Sum []: 3 steps forward, 3 backward, 128 bytes
	// forward  Exp [3], 24 bytes
	// forward  Mul [3], 24 bytes
	// forward  Sum [], 8 bytes
	// backward BroadcastTo [3], 24 bytes
	// backward add to inputs of Mul [3]: [3], 24 bytes; [3], 24 bytes;
	// backward add to inputs of Exp [3]: [3], 24 bytes;
}

// A context flows from what an expression begins with, here: do not record.
func ExampleContext() {
	w := autograd.Variable(tensor.Scalar(2))
	x := autograd.Context{NoRecord: true}.Constant(tensor.Scalar(3))
	y := x.Mul(w)
	fmt.Println(y.Value(), y.NeedsGrad())
	defer func() { fmt.Println(recover()) }()
	autograd.Backward(y)
	// Output:
	// 6.0 false
	// autograd: Backward: Mul [] = 6 was not recorded, since the context of its input Constant [] = 3 has NoRecord
}

// Noise is an operation that draws, for each element of its input, from the normal distribution.
type noise struct{}

func (noise) Name() string { return "Noise" }

func (noise) Forward(y *autograd.Node) {
	y.Value().Like(y.Input(0).Value()).Normal(y.Context().Rand, 0, 1)
}

func (noise) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node { return nil } // 0

// A sample x + dε, as in a variational autoencoder: each run of a plan draws ε anew, and ∂Σ/∂d = ε.
func ExampleContext_rand() {
	x := autograd.Context{Rand: rand.New(rand.NewPCG(1, 2))}.Constant(tensor.New(3))
	d := autograd.Variable(tensor.Full(.1, 3))
	sample := x.Add(d.Mul(autograd.Apply(noise{}, x)))
	plan := autograd.NewPlan(sample.Sum(), d).Keep(sample)
	for range 2 {
		plan.Forward()
		fmt.Printf("%.3f %.2f\n", sample.Value(), plan.Backward().Of(d))
	}
	// Output:
	// [0.077 0.103 0.162] [0.77 1.03 1.62]
	// [0.061 0.002 0.088] [0.61 0.02 0.88]
}

// For each node the place where the user's code made it.
func ExampleNode_Made() {
	x := autograd.Context{Positions: true}.Constant(tensor.Scalar(3))
	y := x.Square()
	file, _, _ := strings.Cut(y.Made(), ":") // and the line
	fmt.Println(file)
	// Output: example_test.go
}

func ExampleGraph() {
	x := autograd.Variable(tensor.Scalar(3)).Named("x")
	y := x.Square().Mul(x)
	for _, n := range autograd.Graph(y) {
		fmt.Println(n)
	}
	// Output:
	// Variable x [] = 3
	// Square [] = 9
	// Mul [] = 27
}

func ExampleNode_Detach() {
	x := autograd.Variable(tensor.Scalar(3))
	y := x.Mul(x.Detach()) // the second factor is a constant
	fmt.Println(autograd.Backward(y).Of(x))
	// Output: 3.0
}

// Of parts of a batch, gradients add.
func ExampleGradients_Add() {
	w := autograd.Variable(tensor.Scalar(1))
	var total autograd.Gradients
	for _, x := range []float64{1, 2, 3} {
		loss := autograd.Constant(tensor.Scalar(x)).Mul(w)
		total.Add(autograd.Backward(loss))
	}
	fmt.Println(total.Of(w))
	// Output: 6.0
}

// The square root's slope is infinite at 0, where nothing comes back.
func ExampleWhere() {
	x := autograd.Variable(tensor.FromSlice([]float64{0, 4}, 2))
	zero := autograd.Constant(tensor.Scalar(0))
	y := autograd.Where(x.Gt(zero), x.Sqrt(), zero)
	fmt.Println(y.Value(), autograd.Backward(y.Sum()).Of(x))
	// Output: [0. 2.] [0.   0.25]
}

func ExampleConcat() {
	x := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2))
	y := autograd.Concat(0, x, x)
	fmt.Println(y.Value(), autograd.Backward(y.Square().Sum()).Of(x))
	// Output: [1. 2. 1. 2.] [4. 8.]
}

// Gradients from elsewhere, such as those of rules derived by hand, serve an optimiser as well.
func ExampleNewGradients() {
	w := autograd.Variable(tensor.Scalar(3))
	grads := autograd.NewGradients(map[*autograd.Node]*tensor.Tensor{w: tensor.Scalar(6)})
	grads.Scale(.5)
	fmt.Println(grads.Of(w))
	// Output: 3.0
}
