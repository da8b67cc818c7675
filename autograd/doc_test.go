package autograd_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// The δ of the delta rules are gradients of nodes. What follows from them by hand equals what the graph
// gives.
func Example_deltaRules() {
	x := autograd.Constant(tensor.FromSlice([]float64{1, 0, 1, 1}, 2, 2))
	t := autograd.Constant(tensor.FromSlice([]float64{1, 0}, 2, 1))
	w1 := autograd.Variable(tensor.FromSlice([]float64{.5, -1, 2, .25}, 2, 2))
	b1 := autograd.Variable(tensor.FromSlice([]float64{0, .5}, 2))
	w2 := autograd.Variable(tensor.FromSlice([]float64{1, -2}, 2, 1))
	b2 := autograd.Variable(tensor.FromSlice([]float64{.25}, 1))

	z1 := x.Affine(w1, b1)
	a1 := z1.Sigmoid()
	z2 := a1.Affine(w2, b2)
	a2 := z2.Sigmoid()
	e := a2.SquaredError(t)

	grads := autograd.Backward(e)
	delta2, delta1 := grads.Of(z2), grads.Of(z1)
	gradient := grads.Of(w2) // a₁ᵀ δ₂

	n := func() *tensor.Tensor { return new(tensor.Tensor) }
	slope := func(a *tensor.Tensor) *tensor.Tensor { // a (1−a)
		return n().Mul(a, n().Sub(tensor.Scalar(1), a))
	}
	byHand2 := n().Mul(n().Sub(a2.Value(), t.Value()), slope(a2.Value()))
	byHand1 := n().Mul(n().MatMulNT(byHand2, w2.Value()), slope(a1.Value()))
	fmt.Printf("δ₂ = %.4f\n", delta2.Reshape(2))
	fmt.Printf("δ₁ =\n%.4f\n", delta1)
	fmt.Println("differ from the delta rules by less than 1e-15:",
		tensor.MaxAbsDiff(delta2, byHand2) < 1e-15, tensor.MaxAbsDiff(delta1, byHand1) < 1e-15,
		tensor.MaxAbsDiff(gradient, n().MatMulTN(a1.Value(), byHand2)) < 1e-15,
		tensor.MaxAbsDiff(grads.Of(w1), n().MatMulTN(x.Value(), byHand1)) < 1e-15,
		tensor.MaxAbsDiff(grads.Of(b1), n().Sum(byHand1, 0)) < 1e-15)

	plan := autograd.NewPlan(e, w1, b1, w2, b2)
	plan.Forward()
	grads = plan.Backward()
	fmt.Printf("∂E/∂w₂ = %.4f, by a plan\n", grads.Of(w2).Reshape(2))
	// Output:
	// δ₂ = [-0.1173  0.1404]
	// δ₁ =
	// [[-0.0276  0.0551]
	//  [ 0.0098 -0.0691]]
	// differ from the delta rules by less than 1e-15: true true true true true
	// ∂E/∂w₂ = [0.0567 0.0172], by a plan
}

// Derivatives of derivatives, and in a direction.
func Example_beyond() {
	x := autograd.Variable(tensor.Scalar(2))
	y := x.Square().Mul(x)
	slope := autograd.Grad(y, x)[0]
	curvature := autograd.Grad(slope, x)[0]

	direction := autograd.Constant(tensor.Scalar(.5))
	change := autograd.JVP(y, []*autograd.Node{x}, []*autograd.Node{direction})
	fmt.Println(slope.Value(), curvature.Value(), change.Value())
	// Output: 12.0 12.0 6.0
}

// The code in the package's documentation stands in examples.
func TestDocSnippets(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("doc_test.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	code, _, _ := strings.Cut(string(doc), "// # Kinks") // whose table has a test of its own
	for line := range strings.Lines(code) {
		code, ok := strings.CutPrefix(line, "//\t")
		if !ok || !strings.Contains(code, "(") || strings.ContainsAny(strings.SplitN(code, " //", 2)[0], "∂δ₁₂") {
			continue
		}
		if lines++; !strings.Contains(string(examples), "\n\t"+code) {
			t.Errorf("no example has the line %s", code)
		}
	}
	if lines < 12 {
		t.Errorf("only %d lines of code found", lines)
	}
}
