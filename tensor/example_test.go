package tensor_test

import (
	"fmt"
	"math/rand/v2"

	"gentlegrad/tensor"
)

func Example() {
	x := tensor.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 2, 3)
	w := tensor.Full(0.5, 3, 1)
	b := tensor.Scalar(-1)
	z := new(tensor.Tensor).MatMul(x, w)
	z.Add(z, b)
	fmt.Println(z)
	// Output:
	// [[2. ]
	//  [6.5]]
}

// The receiver is the destination: an empty tensor, or one of the result's shape, which
// may be an operand.
func ExampleTensor_Sub() {
	w := tensor.FromSlice([]float64{1, 2}, 2)
	gradient := tensor.FromSlice([]float64{0.5, -0.5}, 2)
	w.Sub(w, gradient)
	fmt.Println(w)

	defer func() { fmt.Println(recover()) }()
	w.Sub(w, tensor.New(3, 2)) // the result would have another shape than w
	// Output:
	// [0.5 2.5]
	// tensor: Sub: destination has shape [2], result has [3 2]
}

// Shapes are aligned at their last axes, and axes of length 1 are repeated.
func ExampleTensor_Mul_broadcast() {
	column := tensor.Arange(3).Reshape(3, 1)
	row := tensor.Arange(4)
	fmt.Println(new(tensor.Tensor).Mul(column, row))
	// Output:
	// [[0. 0. 0. 0.]
	//  [0. 1. 2. 3.]
	//  [0. 2. 4. 6.]]
}

func ExampleTensor_MatMul() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(new(tensor.Tensor).MatMul(x, tensor.Eye(3)))
	fmt.Println(new(tensor.Tensor).MatMulNT(x, x)) // x·xᵀ

	defer func() { fmt.Println(recover()) }()
	new(tensor.Tensor).MatMul(x, x)
	// Output:
	// [[0. 1. 2.]
	//  [3. 4. 5.]]
	// [[ 5. 14.]
	//  [14. 50.]]
	// tensor: MatMul: inner dimensions differ: [2 3] × [2 3]
}

func ExampleTensor_Sum() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(new(tensor.Tensor).Sum(x))
	fmt.Println(new(tensor.Tensor).Sum(x, 0))
	fmt.Println(new(tensor.Tensor).Sum(x, -1))
	// Output:
	// 15.0
	// [3. 5. 7.]
	// [ 3. 12.]
}

func ExampleTensor_SumTo() {
	gradient := tensor.Full(1, 4, 3) // of a result to which a row was added
	fmt.Println(new(tensor.Tensor).SumTo(gradient, 3))
	// Output: [4. 4. 4.]
}

// Reshape, and Slice on the leading axis, share memory; what they return can be written to.
func ExampleTensor_Slice() {
	x := tensor.New(3, 2)
	x.Slice(0, 1, 2).Fill(7)
	fmt.Println(x)
	fmt.Println(x.Reshape(-1))
	// Output:
	// [[0. 0.]
	//  [7. 7.]
	//  [0. 0.]]
	// [0. 0. 7. 7. 0. 0.]
}

func ExampleTensor_Where() {
	x := tensor.FromSlice([]float64{-2, 0.5, 3}, 3)
	zero := tensor.Scalar(0)
	positive := new(tensor.Tensor).Gt(x, zero)
	fmt.Println(positive, new(tensor.Tensor).Where(positive, x, zero))
	// Output: [0. 1. 1.] [0.  0.5 3. ]
}

func ExampleTensor_Concat() {
	x, y := tensor.Full(1, 2, 2), tensor.Full(2, 2, 1)
	fmt.Println(new(tensor.Tensor).Concat(1, x, y))
	// Output:
	// [[1. 1. 2.]
	//  [1. 1. 2.]]
}

func ExampleTensor_Transpose() {
	x := tensor.Arange(6).Reshape(2, 3)
	fmt.Println(new(tensor.Tensor).Transpose(x))
	// Output:
	// [[0. 3.]
	//  [1. 4.]
	//  [2. 5.]]
}

// The same source gives the same numbers on every machine.
func ExampleTensor_Normal() {
	w := tensor.New(2, 2).Normal(rand.New(rand.NewPCG(1, 2)), 0, 0.1)
	fmt.Println(w)
	// Output:
	// [[ 0.19714189 -0.04314055]
	//  [ 0.03380253 -0.27764975]]
}

func ExampleTensor_String() {
	fmt.Println(tensor.FromSlice([]float64{1, 1e-3, 100, -2.5}, 2, 2))
	fmt.Println(tensor.Linspace(0, 1, 2000))
	fmt.Println(tensor.Scalar(0.1), tensor.New(0, 3), new(tensor.Tensor))
	// Output:
	// [[ 1.0e+00  1.0e-03]
	//  [ 1.0e+02 -2.5e+00]]
	// [0.00000000e+00 5.00250125e-04 1.00050025e-03 ... 9.98999500e-01
	//  9.99499750e-01 1.00000000e+00]
	// 0.1 [] empty
}
