package activation_test

import (
	"math"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/activation"
	"gentlegrad/tensor"
)

// TestLayersAreClosedForms compares each layer with the closed form, value and slope, beside kinks too:
// of the article's functions the values are the same.
func TestLayersAreClosedForms(t *testing.T) {
	t.Parallel()
	zs := tensor.Linspace(-8, 8, 65)
	article := []string{"sigmoid", "tanh", "linear"}
	for _, f := range activation.Hidden() {
		z := autograd.Variable(zs)
		a := f.Layer.Forward(z)
		slopes := autograd.Backward(a.Sum()).Of(z)
		bound := 1e-15
		if slices.Contains(article, f.Name) {
			bound = 0
		}
		for i, v := range zs.Data() {
			g, slope := f.At(v)
			if !(math.Abs(g-a.Value().At(i)) <= bound*math.Max(1, math.Abs(v)) && math.Abs(slope-slopes.At(i)) <= 1e-16+bound) {
				t.Errorf("%s at %v: %v and %v, by the layer %v and %v", f.Name, v, g, slope, a.Value().At(i), slopes.At(i))
			}
		}
	}
}

// TestSteep: against that slope units count as saturated. None is more than a little steeper.
func TestSteep(t *testing.T) {
	t.Parallel()
	for _, f := range activation.Hidden() {
		steepest := 0.
		for _, z := range tensor.Linspace(-8, 8, 65).Data() {
			_, slope := f.At(z)
			steepest = max(steepest, slope)
		}
		most := f.Steep()
		if f.Name == "silu" || f.Name == "gelu" || f.Name == "softplus" { // of slope ½ at 0
			most *= 2.3
		}
		if !(steepest > 0 && steepest <= most) {
			t.Errorf("%s: the largest slope is %v, want %v at most", f.Name, steepest, most)
		}
	}
}

func TestSaturates(t *testing.T) {
	t.Parallel()
	for _, f := range activation.Hidden() {
		if want := f.Name == "sigmoid" || f.Name == "tanh" || f.Name == "softsign"; f.Saturates() != want {
			t.Errorf("%s: saturates is %v", f.Name, f.Saturates())
		}
	}
}

func TestByName(t *testing.T) {
	t.Parallel()
	for _, all := range [][]activation.Function{activation.Hidden(), activation.Outputs()} {
		for _, f := range all {
			if got, ok := activation.ByName(all, f.Name); !ok || got.Layer != f.Layer {
				t.Errorf("%s: got %v, %v", f.Name, got.Layer, ok)
			}
		}
	}
	for _, name := range []string{"", "Sigmoid", "softmax"} {
		if f, ok := activation.ByName(activation.Hidden(), name); ok || f.Layer != nil {
			t.Errorf("%q is %s", name, f.Name)
		}
	}
}
