package optim_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

func TestClip(t *testing.T) {
	t.Parallel()
	a, b := variable(0), autograd.Variable(tensor.New(2))
	grads := func() *autograd.Gradients {
		return autograd.NewGradients(map[*autograd.Node]*tensor.Tensor{a: tensor.Scalar(2), b: tensor.FromSlice([]float64{-3, 6}, 2)})
	}
	g := grads()
	if norm := optim.ClipNorm(g, 3.5); norm != 7 || g.Of(a).Item() != 1 || g.Of(b).At(1) != 3 {
		t.Errorf("norm %v, then %v and %v", norm, g.Of(a), g.Of(b))
	}
	if norm := optim.ClipNorm(g, 3.5); norm != 3.5 || g.Of(a).Item() != 1 {
		t.Errorf("norm %v, then %v", norm, g.Of(a))
	}
	g = grads()
	if optim.ClipValue(g, 2.5); g.Of(a).Item() != 2 || g.Of(b).At(0) != -2.5 || g.Of(b).At(1) != 2.5 {
		t.Errorf("%v and %v", g.Of(a), g.Of(b))
	}
}

// same reports whether two numbers are within 4e-16 of each other, relatively, or both NaN.
func same(got, want float64) bool {
	return got == want || math.IsNaN(got) && math.IsNaN(want) || math.Abs(got-want) <= 4e-16*math.Abs(want)
}

func TestClipNormOfAnySize(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	for _, test := range []struct {
		name          string
		gradient      []float64
		limit         float64
		norm, clipped float64 // the norm before, and the first element after
	}{
		{"small enough", []float64{3, -4}, 5, 5, 3},
		{"too large", []float64{3, -4}, 2.5, 5, 1.5},
		{"zero", []float64{0, 0}, 1, 0, 0},
		{"squares that overflow", []float64{3e200, 4e200}, 5, 5e200, 3},
		{"squares that vanish", []float64{3e-200, 4e-200}, 1e-200, 5e-200, .6e-200},
		{"the largest", []float64{math.MaxFloat64}, 2, math.MaxFloat64, 2},
		{"the smallest", []float64{5e-324}, 1, 5e-324, 5e-324},
		{"a norm that overflows", []float64{math.MaxFloat64, math.MaxFloat64}, 1, inf, math.MaxFloat64},
		{"infinite", []float64{1, inf}, 1, inf, 1},
		{"NaN", []float64{1, nan, inf}, 1, nan, 1},
		{"no limit", []float64{3, -4}, inf, 5, 3},
		{"no elements", nil, 1, 0, nan},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := autograd.Variable(tensor.New(len(test.gradient)))
			grads := autograd.NewGradients(map[*autograd.Node]*tensor.Tensor{w: tensor.FromSlice(test.gradient, len(test.gradient))})
			if norm := optim.ClipNorm(grads, test.limit); !same(norm, test.norm) {
				t.Errorf("the norm is %v, want %v", norm, test.norm)
			}
			if g := grads.Of(w).Data(); len(g) > 0 && !same(g[0], test.clipped) {
				t.Errorf("clipped to %v, want %v", g[0], test.clipped)
			}
		})
	}
}

// The norm is that of the gradients of Variables; the δ of other nodes are not part of it.
func TestClipNormOfAllNodes(t *testing.T) {
	t.Parallel()
	w := variable(2)
	z := w.Scale(3)
	grads := autograd.Backward(z.Scale(2))
	if norm := optim.ClipNorm(grads, 3); norm != 6 || grads.Of(w).Item() != 3 || grads.Of(z).Item() != 1 {
		t.Errorf("norm %v, then %v and %v", norm, grads.Of(w), grads.Of(z))
	}
	if optim.ClipValue(grads, .5); grads.Of(w).Item() != .5 || grads.Of(z).Item() != .5 {
		t.Errorf("limited to %v and %v", grads.Of(w), grads.Of(z))
	}
}

func TestClipPNorm(t *testing.T) {
	t.Parallel()
	inf := math.Inf(1)
	for _, test := range []struct {
		p        float64
		gradient []float64
		norm     float64
	}{
		{1, []float64{3, -4}, 7},
		{2, []float64{3, -4}, 5},
		{3, []float64{3, -4, 5}, 6},
		{.5, []float64{4, -9}, 25},
		{inf, []float64{3, -4}, 4},
		{3, []float64{3e200, -4e200, 5e200}, 6e200},
		{3, []float64{3e-200, -4e-200, 5e-200}, 6e-200},
		{2000, []float64{1.9, 0}, 1.9},
		{5000, []float64{1, -.5}, 1},
		{1, []float64{0, 0}, 0},
		{3, []float64{0, 0}, 0},
		{.5, []float64{0, 0}, 0},
		{inf, []float64{0, 0}, 0},
		{1, []float64{1, inf}, inf},
		{3, []float64{1, inf}, inf},
		{.5, []float64{1, inf}, inf},
		{inf, []float64{1, inf}, inf},
		{3, []float64{1, math.NaN()}, math.NaN()},
		{inf, []float64{1, math.NaN()}, math.NaN()},
	} {
		w := autograd.Variable(tensor.New(len(test.gradient)))
		grads := autograd.NewGradients(map[*autograd.Node]*tensor.Tensor{w: tensor.FromSlice(append([]float64{}, test.gradient...), len(test.gradient))})
		limit := test.norm / 2
		if !(limit > 0) {
			limit = 1
		}
		if norm := optim.ClipPNorm(grads, test.p, limit); !same(norm, test.norm) {
			t.Errorf("p = %v: the norm of %v is %v, want %v", test.p, test.gradient, norm, test.norm)
		}
		factor := 1.0
		if limit == test.norm/2 && test.norm < inf {
			factor = .5
		}
		if got, want := grads.Of(w).At(0), factor*test.gradient[0]; !same(got, want) {
			t.Errorf("p = %v: %v became %v, want %v", test.p, test.gradient[0], got, want)
		}
	}
}
