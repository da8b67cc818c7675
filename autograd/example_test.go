package autograd_test

import (
	"fmt"

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

// Only the gradients of the parameters are kept.
func ExampleBackwardTo() {
	w, b := autograd.Variable(tensor.Scalar(2)), autograd.Variable(tensor.Scalar(1))
	x := autograd.Constant(tensor.Scalar(3))
	loss := x.Mul(w).Add(b).Square()
	grads := autograd.BackwardTo(loss, w, b)
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
	return y.Input(0).Square().Scale(3).Mul(dy)
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

// Gradient descent on a tape: no step but the first few allocates.
func ExampleTape() {
	w, b := autograd.Variable(tensor.Scalar(0)), autograd.Variable(tensor.Scalar(0))
	x := tensor.FromSlice([]float64{0, 1, 2, 3}, 4)
	t := tensor.FromSlice([]float64{1, 3, 5, 7}, 4)
	tape := new(autograd.Tape)
	for range 400 {
		loss := tape.Constant(x).Mul(w).Add(b).SquaredError(tape.Constant(t))
		grads := autograd.BackwardTo(loss, w, b)
		for _, p := range []*autograd.Node{w, b} {
			p.Value().AddScaled(p.Value(), -.05, grads.Of(p))
		}
		tape.Reset()
	}
	fmt.Printf("%.4f x + %.4f\n", w.Value().Item(), b.Value().Item())
	// Output: 2.0000 x + 1.0000
}

// Weight decay is computed from parameters alone: Use brings it to the tape.
func ExampleTape_Use() {
	tape := new(autograd.Tape)
	w := autograd.Variable(tensor.FromSlice([]float64{3, 4}, 2))
	loss := tape.Constant(tensor.Full(1, 2)).Mul(w).Sum()
	decay := tape.Use(w).Square().Sum().Scale(.5)
	fmt.Println(autograd.Backward(loss.Add(decay)).Of(w))
	// Output: [4. 5.]
}

// Inference in a loop, in the memory of one pass.
func ExampleTape_Release() {
	tape := new(autograd.Tape)
	w := autograd.Variable(tensor.Scalar(2))
	context := autograd.Context{Tape: tape, NoRecord: true}
	for i := range 3 {
		mark := tape.Mark()
		y := context.Constant(tensor.Scalar(float64(i))).Mul(w)
		fmt.Println(y.Value())
		tape.Release(mark)
	}
	// Output:
	// 0.0
	// 2.0
	// 4.0
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
	// autograd: Backward: Mul [] was not recorded: the context of its input Constant [] has NoRecord
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
	tape := new(autograd.Tape)
	var total autograd.Gradients
	for _, x := range []float64{1, 2, 3} {
		loss := tape.Constant(tensor.Scalar(x)).Mul(w)
		total.Add(autograd.BackwardTo(loss, w))
		tape.Reset()
	}
	fmt.Println(total.Of(w))
	// Output: 6.0
}

// The square root's slope is infinite at 0, where nothing comes back.
func ExampleWhere() {
	x := autograd.Variable(tensor.FromSlice([]float64{0, 4}, 2))
	positive := new(tensor.Tensor).Greater(x.Value(), tensor.Scalar(0))
	y := autograd.Where(positive, x.Sqrt(), autograd.Constant(tensor.Scalar(0)))
	fmt.Println(y.Value(), autograd.Backward(y.Sum()).Of(x))
	// Output: [0. 2.] [0.   0.25]
}

func ExampleConcat() {
	x := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2))
	y := autograd.Concat(0, x, x)
	fmt.Println(y.Value(), autograd.Backward(y.Square().Sum()).Of(x))
	// Output: [1. 2. 1. 2.] [4. 8.]
}
