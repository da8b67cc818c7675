package delta

import (
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// The rules that are derived anew agree with automatic gradients, also for several observations at once
// where they are for several.
func TestBeyond(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	random := func(shape ...int) *tensor.Tensor { return tensor.New(shape...).Uniform(rng, -1, 1) }
	leaf := autograd.Variable
	same := func(what string, manual, automatic *tensor.Tensor) {
		t.Helper()
		if !tensor.SameShape(manual, automatic) || !(tensor.MaxAbsDiff(manual, automatic) <= 1e-12) || !(largest(manual) > 1e-3) {
			t.Errorf("%s is %v by hand, %v automatically", what, manual, automatic)
		}
	}
	x, target := random(3, 2), random(3, 2)

	w := leaf(random(2, 1))
	var tied Tied
	tied.Run(x, w.Value())
	e := autograd.Constant(x).MatMul(w).Tanh().MatMulNT(w).SquaredError(autograd.Constant(x))
	same("a tied weight's gradient", &tied.WeightGradient, autograd.Backward(e).Of(w))
	if !(math.Abs(tied.Error-e.Value().Item()) <= 1e-12) {
		t.Errorf("the autoencoder's error is %v, want %v", tied.Error, e.Value())
	}

	w1, b1, w2, b2 := leaf(random(2, 2)), leaf(random(2)), leaf(random(2, 2)), leaf(random(2))
	var skip Skip
	skip.Run(x, target, w1.Value(), b1.Value(), w2.Value(), b2.Value())
	a1 := autograd.Constant(x).Affine(w1, b1).Sigmoid()
	e = a1.Add(a1.Affine(w2, b2)).SquaredError(autograd.Constant(target))
	g := autograd.Backward(e)
	same("w₁'s gradient by a skip", &skip.Weight1, g.Of(w1))
	same("b₁'s gradient by a skip", &skip.Bias1, g.Of(b1))
	same("w₂'s gradient by a skip", &skip.Weight2, g.Of(w2))
	same("b₂'s gradient by a skip", &skip.Bias2, g.Of(b2))

	one := random(1, 2)
	for class := range 2 {
		var entropy Entropy
		entropy.Run(one, class, w1.Value(), b1.Value(), w2.Value(), b2.Value())
		e = autograd.Constant(one).Affine(w1, b1).Sigmoid().Affine(w2, b2).CrossEntropy(autograd.Constant(tensor.Full(float64(class), 1)))
		g = autograd.Backward(e)
		same("w₁'s gradient by cross-entropy", &entropy.Weight1, g.Of(w1))
		same("b₁'s gradient by cross-entropy", &entropy.Bias1, g.Of(b1))
		same("w₂'s gradient by cross-entropy", &entropy.Weight2, g.Of(w2))
		same("b₂'s gradient by cross-entropy", &entropy.Bias2, g.Of(b2))
	}

	xs, goal := []*tensor.Tensor{random(2, 2), random(2, 2), random(2, 2), random(2, 2)}, random(2, 3)
	wr, u, b := leaf(random(2, 3)), leaf(random(3, 3)), leaf(random(3))
	var recurrent Recurrent
	recurrent.Run([]*tensor.Tensor{x, x, x}, random(3, 3), wr.Value(), u.Value(), b.Value()) // of which nothing is left
	recurrent.Run(xs, goal, wr.Value(), u.Value(), b.Value())
	h := autograd.Constant(xs[0]).Affine(wr, b).Tanh()
	for _, x := range xs[1:] {
		h = autograd.Constant(x).Affine(wr, b).Add(h.MatMul(u)).Tanh()
	}
	g = autograd.Backward(h.SquaredError(autograd.Constant(goal)))
	same("w's gradient through time", &recurrent.W, g.Of(wr))
	same("u's gradient through time", &recurrent.U, g.Of(u))
	same("b's gradient through time", &recurrent.B, g.Of(b))
}

func largest(x *tensor.Tensor) float64 {
	size := 0.0
	for _, v := range x.Data() {
		size = math.Max(size, math.Abs(v))
	}
	return size
}
