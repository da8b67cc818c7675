package gradcheck_test

import (
	"fmt"
	"math"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

func ExampleCheck() {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Square().Sum() }
	fmt.Println(gradcheck.Check(f, tensor.Arange(3)))

	detached := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Mul(xs[0].Detach()).Sum() }
	fmt.Println(gradcheck.Check(detached, tensor.Full(1, 1)))
	// Output:
	// <nil>
	// gradcheck: wrong gradient: output [] by input 0 [0]: automatic 1, numerical 2 ± 1e-12
}

func ExampleCompare() {
	manual := map[string]*tensor.Tensor{"weight": tensor.FromSlice([]float64{1, 2}, 2, 1)}
	automatic := map[string]*tensor.Tensor{"weight": tensor.FromSlice([]float64{1, 2.5}, 2, 1)}
	fmt.Println(gradcheck.Compare(manual, automatic, 1e-9))
	// Output: gradcheck: weight[1 0]: manual 2, automatic 2.5
}

// The gradients of a layer y = xW + b with the loss Σ tanh(y), derived by hand: δ = 1 − tanh(y)²,
// ∂L/∂x = δWᵀ, ∂L/∂W = xᵀδ and ∂L/∂b, the sum of δ over the rows.
func ExampleNumerical() {
	x := tensor.Rows([][]float64{{1, -2}, {0.5, 0}})
	w := tensor.Rows([][]float64{{0.1, 0.2, -0.3}, {0.4, -0.5, 0.6}})
	b := tensor.FromSlice([]float64{0, 0.1, -0.1}, 3)

	loss := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Affine(xs[1], xs[2]).Tanh().Sum() }
	numerical, bounds, err := gradcheck.Numerical(loss, x, w, b)
	fmt.Println(err, bounds[2].At(0) < 1e-8)

	y := new(tensor.Tensor).MatMul(x, w)
	delta := new(tensor.Tensor).Map(y.Add(y, b), func(y float64) float64 { return 1 - math.Tanh(y)*math.Tanh(y) })
	manual := map[string]*tensor.Tensor{
		"x": new(tensor.Tensor).MatMul(delta, new(tensor.Tensor).Transpose(w)),
		"w": new(tensor.Tensor).MatMul(new(tensor.Tensor).Transpose(x), delta),
		"b": new(tensor.Tensor).Sum(delta, 0),
	}
	fmt.Println(gradcheck.Compare(manual, map[string]*tensor.Tensor{"x": numerical[0], "w": numerical[1], "b": numerical[2]}, 1e-8))
	// Output:
	// <nil> true
	// <nil>
}

// The third derivative of x³ is 6, as a check of the second one confirms.
func ExampleGradient() {
	cube := func(xs ...*autograd.Node) *autograd.Node { return xs[0].PowScalar(3) }
	third := gradcheck.Gradient(gradcheck.Gradient(gradcheck.Gradient(cube)))
	fmt.Println(third(autograd.Variable(tensor.Scalar(2))).Value())
	fmt.Println(gradcheck.Check(gradcheck.Gradient(gradcheck.Gradient(cube)), tensor.Scalar(2)))
	// Output:
	// [6.]
	// <nil>
}
