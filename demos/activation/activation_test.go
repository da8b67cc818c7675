package activation_test

import (
	"math"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/activation"
	"gentlegrad/tensor"
)

// TestLayersAreClosedForms compares each layer with the closed form, value and slope.
func TestLayersAreClosedForms(t *testing.T) {
	t.Parallel()
	zs := tensor.Linspace(-8, 8, 65)
	for _, f := range activation.All() {
		z := autograd.Variable(zs)
		a := f.Layer.Forward(z)
		slopes := autograd.Backward(a.Sum()).Of(z)
		for i, v := range zs.Data() {
			g, slope := f.At(v)
			if g != a.Value().At(i) || math.Abs(slope-slopes.At(i)) > 1e-16 {
				t.Errorf("%s at %v: %v and %v, by the layer %v and %v", f.Name, v, g, slope, a.Value().At(i), slopes.At(i))
			}
		}
	}
}

// TestSteepestAtZero: g′(0) is the largest slope, against which units count as saturated.
func TestSteepestAtZero(t *testing.T) {
	t.Parallel()
	for _, f := range activation.All() {
		_, steepest := f.At(0)
		for _, z := range tensor.Linspace(-8, 8, 65).Data() {
			if _, slope := f.At(z); slope > steepest {
				t.Errorf("%s: the slope at %v is %v, at 0 %v", f.Name, z, slope, steepest)
			}
		}
	}
}

func TestByName(t *testing.T) {
	t.Parallel()
	for _, f := range activation.All() {
		if got, ok := activation.ByName(f.Name); !ok || got.Title != f.Title {
			t.Errorf("%s: got %q, %v", f.Name, got.Title, ok)
		}
	}
	for _, name := range []string{"", "Sigmoid", "relu"} {
		if f, ok := activation.ByName(name); ok || f.Layer != nil {
			t.Errorf("%q is %s", name, f.Name)
		}
	}
}

// TestWritten states the formulas with a number in place.
func TestWritten(t *testing.T) {
	t.Parallel()
	want := []string{
		"sigmoid: 1/(1 + e^−(−3)), −3·(1 − −3)",
		"tanh: tanh(−3), (1 − (−3)²)",
		"linear: −3, 1",
	}
	for i, f := range activation.All() {
		got := f.Name + ": " + f.WithZ("−3", "(−3)") + ", " + f.SlopeWithA("−3", "(−3)")
		if got != want[i] {
			t.Errorf("got %s, want %s", got, want[i])
		}
		if f.Inner != nil && !strings.Contains(f.Formula, f.InnerFormula) {
			t.Errorf("%s is not in %s", f.InnerFormula, f.Formula)
		}
	}
}
