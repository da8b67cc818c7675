package gradcheck_test

import (
	"fmt"

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
	// gradcheck: wrong gradient: output [] by input 0 [0]: automatic 1, numerical 2 ± 1e-09
}

func ExampleCompare() {
	manual := map[string]*tensor.Tensor{"weight": tensor.FromSlice([]float64{1, 2}, 2, 1)}
	automatic := map[string]*tensor.Tensor{"weight": tensor.FromSlice([]float64{1, 2.5}, 2, 1)}
	fmt.Println(gradcheck.Compare(manual, automatic, 1e-9))
	// Output: gradcheck: weight[1 0]: manual 2, automatic 2.5
}

// The gradient of a layer, derived by hand, against the numerical one.
func ExampleNumerical() {
	loss := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Sigmoid().Sum() }
	z := tensor.FromSlice([]float64{0, 2}, 2)
	numerical, bounds, err := gradcheck.Numerical(loss, z)

	a := new(tensor.Tensor).Sigmoid(z)
	manual := new(tensor.Tensor).Map(a, func(a float64) float64 { return a * (1 - a) })
	fmt.Println(err, bounds[0].At(0) < 1e-8)
	fmt.Println(gradcheck.Compare(map[string]*tensor.Tensor{"z": manual}, map[string]*tensor.Tensor{"z": numerical[0]}, 1e-8))
	// Output:
	// <nil> true
	// <nil>
}
