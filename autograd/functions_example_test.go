package autograd_test

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// polar returns r and φ of a point of the plane.
func polar(xs ...*autograd.Node) *autograd.Node {
	x, y := xs[0].Slice(0, 0, 1), xs[0].Slice(0, 1, 2)
	return autograd.Concat(0, x.Hypot(y), y.Atan2(x))
}

func ExampleValueAndGrad() {
	area := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Mul(xs[1]) }
	value, grads := autograd.ValueAndGrad(area, tensor.Scalar(3), tensor.Scalar(5))
	fmt.Println(value, grads[0], grads[1])
	// Output: 15.0 5.0 3.0
}

func ExampleVJP() {
	x := autograd.Variable(tensor.FromSlice([]float64{3, 4}, 2))
	dy := autograd.Constant(tensor.FromSlice([]float64{10, 0}, 2)) // ∂L/∂r = 10, ∂L/∂φ = 0
	dx := autograd.VJP(polar(x), dy, x)[0]
	fmt.Println(dx.Value())
	// Output: [6. 8.]
}

func ExampleJVP() {
	x := autograd.Variable(tensor.FromSlice([]float64{3, 4}, 2))
	along := autograd.Constant(tensor.FromSlice([]float64{1, 0}, 2)) // x grows, y stays
	dy := autograd.JVP(polar(x), []*autograd.Node{x}, []*autograd.Node{along})
	fmt.Println(dy.Value())
	// Output: [ 0.6  -0.16]
}

func ExampleJacobian() {
	j := autograd.Jacobian(polar, tensor.FromSlice([]float64{3, 4}, 2))
	fmt.Println(j[0])
	// Output:
	// [[ 0.6   0.8 ]
	//  [-0.16  0.12]]
}

func ExampleHessian() {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].PowScalar(3).Sum() }
	h := autograd.Hessian(f, tensor.FromSlice([]float64{1, 2}, 2))
	fmt.Println(h[0][0]) // ∂²f/∂xᵢ∂xⱼ
	// Output:
	// [[ 6.  0.]
	//  [ 0. 12.]]
}

func ExampleHVP() {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].PowScalar(3).Sum() }
	x, v := tensor.FromSlice([]float64{1, 2}, 2), tensor.FromSlice([]float64{1, -1}, 2)
	fmt.Println(autograd.HVP(f, []*tensor.Tensor{x}, []*tensor.Tensor{v})[0])
	// Output: [  6. -12.]
}

// The gradient of a linear model's error on each of three observations.
func ExamplePerExample() {
	loss := func(xs ...*autograd.Node) *autograd.Node {
		w, x, t := xs[0], xs[1], xs[2]
		return x.MatMul(w).SquaredError(t)
	}
	w := tensor.Rows([][]float64{{1}, {2}})
	x := tensor.Rows([][]float64{{1, 0}, {0, 1}, {1, 1}})
	t := tensor.Rows([][]float64{{0}, {0}, {3}})
	grads := autograd.PerExample(loss, []*tensor.Tensor{w}, []*tensor.Tensor{x, t})
	fmt.Println(grads[0].Reshape(3, 2))
	// Output:
	// [[1. 0.]
	//  [0. 2.]
	//  [0. 0.]]
}

func ExampleCheckpoint() {
	x := autograd.Variable(tensor.Full(.5, 100))
	deep := func(xs ...*autograd.Node) *autograd.Node {
		y := xs[0]
		for range 10 {
			y = y.Sin()
		}
		return y
	}
	y := autograd.Checkpoint(deep, x)
	same := tensor.Equal(autograd.Backward(y.Sum()).Of(x), autograd.Backward(deep(x).Sum()).Of(x))
	fmt.Println(autograd.SavedBytes(y), "bytes less, the same gradient:", same)
	// Output: 7200 bytes less, the same gradient: true
}

func ExampleNode_Hook() {
	x := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2))
	y := x.Square().Hook(func(grad *tensor.Tensor) { fmt.Println("∂L/∂y =", grad) })
	fmt.Println("∂L/∂x =", autograd.Backward(y.Scale(10).Sum()).Of(x))
	// Output:
	// ∂L/∂y = [10. 10.]
	// ∂L/∂x = [20. 40.]
}

func Example_functions() {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].PowScalar(3).Sum() }
	x, v := tensor.FromSlice([]float64{1, 2}, 2), tensor.FromSlice([]float64{1, -1}, 2)
	value, grads := autograd.ValueAndGrad(f, x)
	hessian := autograd.Hessian(f, x)[0][0]
	product := autograd.HVP(f, []*tensor.Tensor{x}, []*tensor.Tensor{v})[0] // H·v, without H
	fmt.Println(value, grads[0], hessian.Reshape(4), product)
	// Output: 9.0 [ 3. 12.] [ 6.  0.  0. 12.] [  6. -12.]
}
