package optim_test

import (
	"fmt"
	"maps"

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

func ExampleNewAdam() {
	w := autograd.Variable(tensor.FromSlice([]float64{3, -200}, 2))
	steepness := autograd.Constant(tensor.FromSlice([]float64{.001, 1000}, 2))
	adam := optim.NewAdam(.1, w)
	for range 3 { // each element moves by about the learning rate, however large its gradient is
		adam.Minimise(w.Square().Mul(steepness).Sum())
		fmt.Printf("%.2f\n", w.Value())
	}
	// Output:
	// [   2.90 -199.90]
	// [   2.80 -199.80]
	// [   2.70 -199.70]
}

// Biases do not decay, and learn at half the rate.
func ExampleBase_Group() {
	weight, bias := autograd.Variable(tensor.Scalar(2)), autograd.Variable(tensor.Scalar(2))
	adamw := optim.NewAdamW(.1, weight, bias)
	adamw.WeightDecay = .5
	biases := adamw.Group(bias)
	biases.RateFactor, biases.WeightDecay = .5, 0

	adamw.Minimise(weight.Add(bias))
	fmt.Printf("%.3f %.3f\n", weight.Value(), bias.Value())
	// Output: 1.800 1.950
}

// A run is stopped, and another goes on with its parameters and its optimiser's state.
func ExampleBase_State() {
	w := autograd.Variable(tensor.Scalar(1))
	adam := optim.NewAdam(.1, w)
	adam.Minimise(w.Square())

	saved := maps.Collect(adam.State())
	for name, v := range adam.State() {
		fmt.Printf("%s %.3f\n", name, v)
	}
	resumed := optim.NewAdam(.1, autograd.Variable(w.Value().Clone()))
	fmt.Println(resumed.SetState(saved))
	// Output:
	// steps 1.000
	// 0.m 0.200
	// 0.v 0.004
	// <nil>
}

func ExampleASGD_Average() {
	w := autograd.Variable(tensor.Scalar(0))
	o := optim.NewASGD(.45, w)
	o.Start = 10
	for i := range 200 {
		target := float64(i%2*2 - 1) // −1 and 1: the best for both is 0
		o.Minimise(w.AddScalar(-target).Square())
	}
	fmt.Printf("%.1f, on the average %.1f\n", w.Value(), o.Average(w))
	// Output: 0.8, on the average 0.0
}

// The minimum of Rosenbrock's function, (1−x)² + 100(y−x²)², is in a curved valley.
func ExampleLBFGS() {
	x, y := autograd.Variable(tensor.Scalar(-1.2)), autograd.Variable(tensor.Scalar(1))
	result := optim.NewLBFGS(x, y).Minimise(func() *autograd.Node {
		return x.AddScalar(-1).Square().Add(y.Sub(x.Square()).Square().Scale(100))
	})
	fmt.Printf("%.6f %.6f %v\n", x.Value(), y.Value(), result.Converged)
	// Output: 1.000000 1.000000 true
}

func ExampleWarmUp() {
	schedule := optim.WarmUp(0, 2, optim.Cosine(1, 0, 4))
	for i := range 7 {
		fmt.Printf("%.2f ", schedule.Rate(i))
	}
	// Output: 0.00 0.50 1.00 0.85 0.50 0.15 0.00
}

func ExampleWarmRestarts() {
	schedule := optim.WarmRestarts(1, 0, 2, 2)
	for i := range 7 {
		fmt.Printf("%.2f ", schedule.Rate(i))
	}
	// Output: 1.00 0.50 1.00 0.85 0.50 0.15 1.00
}

func ExampleOneCycle() {
	schedule := optim.OneCycle(1, 10)
	for i := range 10 {
		fmt.Printf("%.2f ", schedule.Rate(i))
	}
	// Output: 0.04 0.52 1.00 0.95 0.81 0.61 0.39 0.19 0.05 0.00
}

func ExampleSteps() {
	schedule := optim.Steps(1, .1, 30)
	fmt.Printf("%.2f %.2f %.2f\n", schedule.Rate(29), schedule.Rate(30), schedule.Rate(60))
	// Output: 1.00 0.10 0.01
}

func ExampleScheduleFunc() {
	schedule := optim.ScheduleFunc(func(i int) float64 { return 1 / float64(i+1) })
	fmt.Println(schedule.Rate(0), schedule.Rate(3))
	// Output: 1 0.25
}

func ExamplePlateau() {
	plateau := optim.NewPlateau(.1, .5, 1)
	for epoch, loss := range []float64{3, 2, 2, 2, 1} {
		fmt.Println(plateau.Rate(epoch), loss)
		plateau.Observe(loss)
	}
	// Output:
	// 0.1 3
	// 0.1 2
	// 0.1 2
	// 0.1 2
	// 0.05 1
}

func ExampleClipPNorm() {
	w := autograd.Variable(tensor.FromSlice([]float64{0, 0}, 2))
	grads := autograd.Backward(w.Mul(autograd.Constant(tensor.FromSlice([]float64{3, -1}, 2))).Sum())
	fmt.Println(optim.ClipPNorm(grads, 1, 2), grads.Of(w))
	// Output: 4 [ 1.5 -0.5]
}
