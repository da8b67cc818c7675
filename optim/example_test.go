package optim_test

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A line is fitted to points, with a learning rate that falls.
func Example() {
	x := tensor.FromSlice([]float64{0, 1, 2, 3}, 4, 1)
	t := tensor.FromSlice([]float64{1, 3, 5, 7}, 4, 1)
	slope, intercept := autograd.Variable(tensor.New(1, 1)), autograd.Variable(tensor.New(1))

	descent := optim.NewGradientDescent(0, slope, intercept)
	schedule := optim.Exponential(.1, .99)
	tape := new(autograd.Tape)
	for i := range 100 {
		loss := tape.Constant(x).Affine(slope, intercept).SquaredError(tape.Constant(t))
		descent.LearningRate = schedule.Rate(i)
		descent.Step(autograd.BackwardTo(loss, slope, intercept))
		tape.Reset()
	}
	fmt.Printf("%.2f x + %.2f\n", slope.Value().Item(), intercept.Value().Item())
	// Output: 2.00 x + 1.00
}

func ExampleNewGradientDescent() {
	w := autograd.Variable(tensor.Scalar(1))
	descent := optim.NewGradientDescent(.25, w)
	for range 3 {
		descent.Step(autograd.Backward(w.Square())) // the gradient is 2w
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
		descent.Step(autograd.Backward(w.Scale(1)))
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
