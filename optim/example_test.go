package optim_test

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A line is fitted to points, with a learning rate that falls.
func Example() {
	x := autograd.Constant(tensor.Rows([][]float64{{0}, {1}, {2}, {3}}))
	t := autograd.Constant(tensor.Rows([][]float64{{1}, {3}, {5}, {7}}))
	slope, intercept := autograd.Variable(tensor.New(1, 1)), autograd.Variable(tensor.New(1))

	descent := optim.NewGradientDescent(0, slope, intercept)
	schedule := optim.Exponential(.1, .99)
	for i := range 100 {
		descent.LearningRate = schedule.Rate(i)
		descent.Minimise(x.Affine(slope, intercept).SquaredError(t))
	}
	fmt.Printf("%.2f x + %.2f\n", slope.Value().Item(), intercept.Value().Item())
	// Output: 2.00 x + 1.00
}

func ExampleNewGradientDescent() {
	w := autograd.Variable(tensor.Scalar(1))
	descent := optim.NewGradientDescent(.25, w)
	for range 3 {
		descent.Minimise(w.Square()) // the gradient is 2w
		fmt.Println(w.Value())
	}
	// Output:
	// 0.5
	// 0.25
	// 0.125
}

// With momentum, a steady gradient makes the steps longer.
func ExampleGradientDescent_momentum() {
	w := autograd.Variable(tensor.Scalar(10))
	descent := optim.NewGradientDescent(1, w)
	descent.Momentum = .5
	for range 4 {
		descent.Minimise(w.Scale(1))
		fmt.Println(w.Value())
	}
	// Output:
	// 9.0
	// 7.5
	// 5.75
	// 3.875
}

func ExampleConstant() {
	schedule := optim.Constant(.1)
	fmt.Println(schedule.Rate(0), schedule.Rate(1000))
	// Output: 0.1 0.1
}

func ExampleExponential() {
	schedule := optim.Exponential(1, .5)
	for i := range 4 {
		fmt.Println(schedule.Rate(i))
	}
	// Output:
	// 1
	// 0.5
	// 0.25
	// 0.125
}

func ExampleClipNorm() {
	w := autograd.Variable(tensor.Full(1, 4))
	grads := autograd.Backward(w.Scale(3).Sum())
	fmt.Println(optim.ClipNorm(grads, 2), grads.Of(w))
	// Output: 6 [1. 1. 1. 1.]
}

func ExampleClipValue() {
	w := autograd.Variable(tensor.FromSlice([]float64{-3, 1}, 2))
	grads := autograd.Backward(w.Square().Sum())
	optim.ClipValue(grads, 2.5)
	fmt.Println(grads.Of(w))
	// Output: [-2.5  2. ]
}
