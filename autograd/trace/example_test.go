package trace_test

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/tensor"
)

// A context with Positions lets faults say where their nodes were made.
func ExampleNonFinite() {
	ctx := autograd.Context{Positions: true}
	x := ctx.Constant(tensor.FromSlice([]float64{1, -1}, 2)).Named("x")
	w := autograd.Variable(tensor.FromSlice([]float64{0, 3}, 2)).Named("w")
	y := w.Mul(x).Log()
	for _, fault := range trace.NonFinite(y.Sum()) {
		fmt.Println(fault)
	}
	fmt.Println()
	for _, fault := range trace.NonFinite(w.Sqrt().Named("root").Sum()) { // its slope is infinite at 0
		fmt.Println(fault)
	}
	// Output:
	// v2 = Log(v1) [2], made at example_test.go:16, gives NaN at [1], where v1 = -3
	//
	// the rule of root = Sqrt(w) [2] gives for w the gradient +Inf at [0], where ∂L/∂root = 1, root = 0, w = 0
}

// One observation in the article's network, with one unit in each layer: the gradients of z2 and z1 are
// δ₂ and δ₁.
func Example() {
	scalar := func(v float64) *tensor.Tensor { return tensor.FromSlice([]float64{v}, 1, 1) }
	x, t := autograd.Constant(scalar(1)).Named("x"), autograd.Constant(scalar(1)).Named("t")
	w1, w2 := autograd.Variable(scalar(.5)).Named("w1"), autograd.Variable(scalar(-2)).Named("w2")
	z1 := x.MatMul(w1).Named("z1")
	a1 := z1.Sigmoid().Named("a1")
	z2 := a1.MatMul(w2).Named("z2")
	a2 := z2.Sigmoid().Named("a2")
	e := a2.SquaredError(t).Named("E")

	fmt.Print(trace.Backward(e))
	// Output:
	// step 1
	//   E = SquaredError(a2, t)  0.3014
	//   ∂E/∂E                    1
	//   → a2: ∂E/∂E · (a2 − t)   1 · ([[0.2236]] − [[1]]) = [[-0.7764]]
	// step 2
	//   a2 = Sigmoid(z2)              [[0.2236]]
	//   ∂E/∂a2                        [[-0.7764]]
	//   → z2: ∂E/∂a2 ⊙ a2 ⊙ (1 − a2)  [[-0.7764]] × [[0.1736]] = [[-0.1348]]
	// step 3
	//   z2 = MatMul(a1, w2)  [[-1.245]]
	//   ∂E/∂z2               [[-0.1348]]
	//   → a1: ∂E/∂z2 · w2ᵀ   [[-0.1348]] · [[-2]]ᵀ = [[0.2696]]
	//   → w2: a1ᵀ · ∂E/∂z2   [[0.6225]]ᵀ · [[-0.1348]] = [[-0.0839]]
	// step 4
	//   w2, a Variable  [[-2]]
	//   ∂E/∂w2          [[-0.0839]]
	// step 5
	//   a1 = Sigmoid(z1)              [[0.6225]]
	//   ∂E/∂a1                        [[0.2696]]
	//   → z1: ∂E/∂a1 ⊙ a1 ⊙ (1 − a1)  [[0.2696]] × [[0.235]] = [[0.06335]]
	// step 6
	//   z1 = MatMul(x, w1)  [[0.5]]
	//   ∂E/∂z1              [[0.06335]]
	//   → w1: xᵀ · ∂E/∂z1   [[1]]ᵀ · [[0.06335]] = [[0.06335]]
	// step 7
	//   w1, a Variable  [[0.5]]
	//   ∂E/∂w1          [[0.06335]]
}

// A node with two users gets two contributions, and its gradient is their sum.
func ExampleBackward() {
	x := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2)).Named("x")
	loss := x.Mul(x.Exp()).Sum()
	for _, step := range trace.Backward(loss).Steps {
		for _, e := range step.Edges {
			if e.To == x {
				fmt.Printf("%s, %d of %d: %.2f gives %.2f\n", e.From.Op().Name(), e.Part, e.Parts, e.Contribution, e.After)
			}
		}
	}
	fmt.Printf("%.2f\n", autograd.Backward(loss).Of(x))
	// Output:
	// Mul, 1 of 2: [2.72 7.39] gives [2.72 7.39]
	// Exp, 2 of 2: [ 2.72 14.78] gives [ 5.44 22.17]
	// [ 5.44 22.17]
}

func ExampleTrace_Gradient() {
	x := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2))
	fmt.Println(trace.Backward(x.Square().Sum()).Gradient(x))
	// Output: [2. 4.]
}

func ExampleTrace_DOT() {
	w := autograd.Variable(tensor.FromSlice([]float64{.5, 2}, 2)).Named("w")
	x := autograd.Constant(tensor.FromSlice([]float64{3, 1}, 2)).Named("x")
	fmt.Print(trace.Backward(w.Mul(x).Sum()).DOT())
	// Output:
	// digraph {
	// 	rankdir=LR
	// 	n1 [shape=box, label="w: Variable\n[2] = [0.5 2]\n∂L/∂w = [3 1]"]
	// 	n2 [shape=box, style=dashed, label="x: Constant\n[2] = [3 1]"]
	// 	n3 [shape=box, style=rounded, label="v1: Mul\n[2] = [1.5 2]\n∂L/∂v1 = [1 1]"]
	// 	n4 [shape=box, style=rounded, label="v2: Sum\n[] = 3.5\n∂L/∂v2 = 1"]
	// 	n1 -> n3 [label="∂L/∂v1 ⊙ x"]
	// 	n2 -> n3
	// 	n3 -> n4 [label="∂L/∂v2, repeated"]
	// }
}

func ExampleDOT() {
	x := autograd.Constant(tensor.Scalar(3)).Named("x")
	fmt.Print(trace.DOT(x.Mul(x).Named("y")))
	// Output:
	// digraph {
	// 	rankdir=LR
	// 	n1 [shape=box, style=dashed, label="x: Constant\n[] = 3"]
	// 	n2 [shape=box, style=rounded, label="y: Mul\n[] = 9"]
	// 	n1 -> n2
	// 	n1 -> n2
	// }
}

// A rule in symbols, and the same with numbers.
func ExampleEdge_Formula() {
	z := autograd.Variable(tensor.Scalar(0)).Named("z")
	a := z.Sigmoid().Named("a")
	step := trace.Backward(a.Scale(3)).Steps[1]
	e := step.Edges[0]
	number := func(x *autograd.Node) string { return fmt.Sprint(x.Value()) }
	fmt.Println(e.Formula("∂L/∂a", (*autograd.Node).Name))
	fmt.Println(e.Formula(step.Gradient.String(), number), "=", e.Contribution)
	// Output:
	// ∂L/∂a ⊙ a ⊙ (1 − a)
	// 3.0 ⊙ 0.5 ⊙ (1 − 0.5) = 0.75
}

// The operation cube has a method, func (cube) Formula(int) string { return "$d ⊙ 3 $0²" }.
func ExampleFormulator() {
	x := autograd.Variable(tensor.Scalar(2)).Named("x")
	y := autograd.Apply(cube{}, x)
	fmt.Println(trace.Backward(y).Steps[0].Edges[0].Formula("∂L/∂y", (*autograd.Node).Name))
	// Output: ∂L/∂y ⊙ 3 x²
}

// A result that is used twice, as the README shows it.
func ExampleBackward_usedTwice() {
	z := autograd.Variable(tensor.Scalar(0)).Named("z")
	a := z.Sigmoid().Named("a")
	fmt.Print(trace.Backward(a.Mul(a).Named("L")))
	// Output:
	// step 1
	//   L = Mul(a, a)    0.25
	//   ∂L/∂L            1
	//   → a: ∂L/∂L ⊙ a   1 × 0.5 = 0.5
	//     ∂L/∂a, 1 of 2  0.5
	//   → a: ∂L/∂L ⊙ a   1 × 0.5 = 0.5
	//     ∂L/∂a, 2 of 2  0.5 + 0.5 = 1
	// step 2
	//   a = Sigmoid(z)            0.5
	//   ∂L/∂a                     1
	//   → z: ∂L/∂a ⊙ a ⊙ (1 − a)  1 × 0.25 = 0.25
	// step 3
	//   z, a Variable  0
	//   ∂L/∂z          0.25
}
