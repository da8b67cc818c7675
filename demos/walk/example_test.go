package walk_test

import (
	"fmt"
	"os"
	"path/filepath"

	"gentlegrad/autograd"
	"gentlegrad/demos/walk"
	"gentlegrad/tensor"
)

// The walk through a graph of one's own, as a page to step through.
func ExampleWritePage() {
	w := autograd.Variable(tensor.FromSlice([]float64{.5, -1}, 2)).Named("w")
	x := autograd.Constant(tensor.FromSlice([]float64{2, 3}, 2)).Named("x")
	y := w.Mul(x).Named("y")
	loss := y.Add(w).Square().Sum().Named("L") // w is used twice

	file, err := os.Create(filepath.Join(os.TempDir(), "walk.html"))
	if err != nil {
		panic(err)
	}
	defer os.Remove(file.Name())
	if err := walk.WritePage(file, "A weight used twice", loss); err != nil {
		panic(err)
	}
	fmt.Println(file.Close())
	// Output: <nil>
}

// The same as text.
func ExampleBook_WriteText() {
	e, err := walk.ExampleOf("tied")
	if err != nil {
		panic(err)
	}
	book := e.One(2, 0) // the third observation, before training
	for _, s := range book.Walks[0].Steps {
		if s.Kind == walk.Pass && s.ID == "z1-w" {
			fmt.Println(s.Title)
			fmt.Println(s.Rule, "=", s.Value)
			fmt.Println(s.Sum)
		}
	}
	// Output:
	// z₁ passes to w
	// ∂E/∂w += xᵀ · δ₁ = (0.01811; 1.112) · 0.2035 = (0.003686; 0.2264)
	// from z₂: (0.01457; 0.2446) + from z₁: (0.003686; 0.2264) = (0.01826; 0.4710)
}
