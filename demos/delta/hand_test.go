package delta_test

import (
	"math"
	"testing"

	"gentlegrad/demos/delta"
	"gentlegrad/tensor"
)

// handNet is a network 2-2-1 whose numbers work out by hand for the input (2, −1) and
// the target 1. The logistic sigmoid is ½ at 0, with slope ¼, and ¾ at ln 3, with slope
// 3/16; tanh is 3/5 at ln 2, with slope 1 − 9/25.
func handNet() (net delta.Network, input, target *tensor.Tensor) {
	return delta.Network{
		{
			Weight:     tensor.FromSlice([]float64{1, .5, 2, 1}, 2, 2),
			Bias:       tensor.FromSlice([]float64{0, math.Log(3)}, 2),
			Activation: delta.Sigmoid,
		},
		{
			Weight:     tensor.FromSlice([]float64{1, -2}, 2, 1),
			Bias:       tensor.FromSlice([]float64{1 + math.Ln2}, 1),
			Activation: delta.Tanh,
		},
	}, tensor.FromSlice([]float64{2, -1}, 1, 2), tensor.FromSlice([]float64{1}, 1, 1)
}

func TestByHand(t *testing.T) {
	t.Parallel()
	net, input, target := handNet()
	p := new(delta.Pass)
	is := func(what string, x *tensor.Tensor, want ...float64) {
		t.Helper()
		if x.Len() != len(want) {
			t.Errorf("%s is %v, want %v", what, x, want)
			return
		}
		for i, v := range x.Data() {
			if !(math.Abs(v-want[i]) <= 1e-15) {
				t.Errorf("%s is %v, want %v", what, x, want)
			}
		}
	}

	net.ForwardPropagate(p, input)
	hidden, out := &p.Layers[0], &p.Layers[1]
	is("z_hidden", &hidden.Z, 2*1-1*2+0, 2*.5-1*1+math.Log(3))
	is("a_hidden", &hidden.A, 1./2, 3./4)
	is("z_out", &out.Z, 1./2*1-3./4*2+1+math.Ln2)
	is("a_out", p.Output(), .6)

	net.BackpropagateErrors(p, target)
	is("δ_out", &out.Delta, -.256)             // (1 − .6²)(.6 − 1) = .64 · −.4
	is("δ_hidden", &hidden.Delta, -.064, .096) // ¼ · −.256 · 1 and 3/16 · −.256 · −2

	net.CalculateGradients(p)
	is("∂E/∂w_hidden", &hidden.WeightGradient, 2*-.064, 2*.096, -1*-.064, -1*.096)
	is("∂E/∂b_hidden", &hidden.BiasGradient, -.064, .096)
	is("∂E/∂w_out", &out.WeightGradient, -.128, -.192) // ½ · −.256 and ¾ · −.256
	is("∂E/∂b_out", &out.BiasGradient, -.256)

	net.UpdateParameters(p, .5)
	is("w_hidden", net[0].Weight, 1.064, .404, 1.968, 1.048)
	is("b_hidden", net[0].Bias, .032, math.Log(3)-.048)
	is("w_out", net[1].Weight, 1.064, -1.904)
	is("b_out", net[1].Bias, 1.128+math.Ln2)
}

func TestActivations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		g           delta.Activation
		name        string
		z, a, slope float64
	}{
		{delta.Linear, "linear", -3, -3, 1},
		{delta.Linear, "linear", 0, 0, 1},
		{delta.Sigmoid, "sigmoid", 0, .5, .25},
		{delta.Sigmoid, "sigmoid", math.Log(3), .75, .1875},
		{delta.Sigmoid, "sigmoid", -math.Log(3), .25, .1875},
		{delta.Sigmoid, "sigmoid", 800, 1, 0},
		{delta.Sigmoid, "sigmoid", -800, 0, 0},
		{delta.Tanh, "tanh", 0, 0, 1},
		{delta.Tanh, "tanh", math.Ln2, .6, .64},
		{delta.Tanh, "tanh", -math.Ln2, -.6, .64},
		{delta.Tanh, "tanh", 400, 1, 0},
	} {
		z := tensor.FromSlice([]float64{test.z}, 1, 1)
		a, slope := test.g.G(new(tensor.Tensor), z), test.g.Prime(new(tensor.Tensor), z)
		if test.g.Name != test.name {
			t.Errorf("%s is called %q", test.name, test.g.Name)
		}
		if !(math.Abs(a.Item()-test.a) <= 1e-15) || !(math.Abs(slope.Item()-test.slope) <= 1e-15) {
			t.Errorf("%s: g(%v) = %v, g′ = %v; want %v and %v", test.name, test.z, a.Item(), slope.Item(), test.a, test.slope)
		}
		if z.Item() != test.z || a.Rank() != 2 || slope.Rank() != 2 {
			t.Errorf("%s: z is now %v, g and g′ have shapes %v and %v", test.name, z, a.Shape(), slope.Shape())
		}
	}
}
