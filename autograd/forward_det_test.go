package autograd_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// For 3 × 3 matrices, the determinant of x + s·v is a polynomial in s of degree 3. Forward mode, applied
// once, twice and three times, gives its derivatives, and so does forward over reverse mode; where x is
// singular, up to the second.
func TestDerivativesOfDeterminantsForward(t *testing.T) {
	v := tensor.Rows([][]float64{{1, -2, 0}, {.5, 1, 3}, {2, 0, -1}})
	for name, x := range map[string]*tensor.Tensor{
		"regular":  tensor.Rows([][]float64{{2, 1, 0}, {-1, 3, 1}, {.5, 0, 1}}),
		"singular": tensor.Rows([][]float64{{1, 2, 3}, {2, 4, 6}, {0, 1, 1}}),
	} {
		// p(s) = c₀ + c₁s + c₂s² + c₃s³, from its values at −1, 0 and 1 and its leading coefficient, det
		// v.
		det := func(s float64) float64 {
			return autograd.Constant(new(tensor.Tensor).AddScaled(x, s, v)).Det().Value().Item()
		}
		c3 := autograd.Constant(v).Det().Value().Item()
		c2 := (det(1)+det(-1))/2 - det(0)
		c1 := (det(1)-det(-1))/2 - c3
		want := []float64{c1, 2 * c2, 6 * c3}

		in, direction := autograd.Variable(x), autograd.Constant(v)
		forward := func(y *node) *node { return autograd.JVP(y, []*node{in}, []*node{direction}) }
		y := forward(in.Det())
		near := func(what string, got *node, want float64) {
			t.Helper()
			expectAbout(t, name+": "+what, got.Value().Item(), want)
		}
		near("first", y, want[0])
		near("second", forward(y), want[1])
		slope := autograd.Grad(in.Det(), in)[0].Mul(direction).Sum()
		near("forward over reverse", forward(slope), want[1])
		if name == "regular" {
			near("third", forward(forward(y)), want[2])
			near("third, over reverse", forward(forward(slope)), want[2])
		}
	}
}

// expectAbout fails unless got equals want up to rounding.
func expectAbout(t *testing.T, what string, got, want float64) {
	t.Helper()
	if d := got - want; !(d <= 1e-14 && d >= -1e-14) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
