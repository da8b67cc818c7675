package layers_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// TestDeltaRule compares the gradients of the nodes of Trace with the article's delta
// rule for its network 2-4-1, written out here by hand.
func TestDeltaRule(t *testing.T) {
	t.Parallel()
	net := xorNet()
	w2 := net[2].(*layers.Linear).Weight.Value()
	for _, test := range []struct {
		name string
		x, t *tensor.Tensor
	}{
		{"one observation", normal(1, 2), tensor.Full(1, 1, 1)},
		{"batch", normal(5, 2), tensor.Linspace(0, 1, 5).Reshape(5, 1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			nodes := net.Trace(autograd.Constant(test.x))
			grads := autograd.Backward(layers.SquaredError(nodes[3], autograd.Constant(test.t)))

			// Step II: δ_out = g′(z_out) ⊙ (a_out − t), δ_hidden = g′(z_hidden) ⊙ δ_out w₂ᵀ.
			prime := func(a float64) float64 { return a * (1 - a) }
			hidden, out := nodes[1].Value(), nodes[3].Value()
			deltaOut := slope(new(T).Sub(out, test.t), out, prime)
			propagated := new(T).MatMul(deltaOut, new(T).Transpose(w2))
			deltaHidden := slope(propagated, hidden, prime)
			// Step III: ∂E/∂w = aᵀ δ, ∂E/∂b = δ, summed over the observations.
			first, second := linearGrads([]*T{test.x, net[0].(*layers.Linear).Weight.Value(), nil}, nil, deltaHidden),
				linearGrads([]*T{hidden, w2, nil}, nil, deltaOut)

			manual := map[string]*T{
				"δ of the output":       deltaOut,
				"δ of the hidden layer": deltaHidden,
				"∂E/∂a of the output":   new(T).Sub(out, test.t),
				"∂E/∂a of the hidden":   propagated,
				"0.weight":              first[1],
				"0.bias":                first[2],
				"2.weight":              second[1],
				"2.bias":                second[2],
			}
			automatic := map[string]*T{
				"δ of the output":       grads.Of(nodes[2]),
				"δ of the hidden layer": grads.Of(nodes[0]),
				"∂E/∂a of the output":   grads.Of(nodes[3]),
				"∂E/∂a of the hidden":   grads.Of(nodes[1]),
			}
			for name, p := range layers.Named(net) {
				automatic[name] = grads.Of(p)
			}
			if err := gradcheck.Compare(manual, automatic, 1e-15); err != nil {
				t.Error(err)
			}
		})
	}
}

// A weight that two layers share gets the sum of what each would get.
func TestTiedWeights(t *testing.T) {
	t.Parallel()
	observations, w, b := normal(4, 3), normal(3, 3), normal(3)
	net := func(first, second *layers.Linear) layers.Sequential {
		return layers.Sequential{first, layers.Tanh{}, second}
	}
	linear := func() *layers.Linear {
		return &layers.Linear{Weight: autograd.Variable(w), Bias: autograd.Variable(b)}
	}
	loss := func(net layers.Sequential, x *autograd.Node) *autograd.Node {
		return layers.SquaredError(net.Forward(x), autograd.Constant(tensor.New(4, 3)))
	}
	first, second, tied := linear(), linear(), linear()
	apart := autograd.Backward(loss(net(first, second), autograd.Constant(observations)))
	nodes := layers.Parameters(net(tied, tied))
	heap := autograd.Backward(loss(net(tied, tied), autograd.Constant(observations)), nodes...)
	plan := autograd.NewPlan(loss(net(tied, tied), autograd.Constant(observations)), nodes...)
	plan.Forward()
	for name, together := range map[string]*autograd.Gradients{"heap": heap, "plan": plan.Backward()} {
		for _, p := range []struct {
			name               string
			tied, first, other *autograd.Node
		}{{"weight", tied.Weight, first.Weight, second.Weight}, {"bias", tied.Bias, first.Bias, second.Bias}} {
			want := new(T).Add(apart.Of(p.first), apart.Of(p.other))
			if got := together.Of(p.tied); !tensor.AllClose(got, want, 1e-14, 1e-14) {
				t.Errorf("%s by the %s:\ngot  %v\nwant %v", p.name, name, got, want)
			}
		}
	}
}

// A decoder with the transpose of the encoder's weight, as in an autoencoder.
func TestTransposedWeights(t *testing.T) {
	t.Parallel()
	autoencoder := func(vs ...*autograd.Node) *autograd.Node {
		x, w := vs[0], vs[1]
		encoder, decoder := &layers.Linear{Weight: w}, &layers.Linear{Weight: w.Transpose()}
		return layers.SquaredError(layers.Sequential{encoder, layers.Tanh{}, decoder}.Forward(x), x)
	}
	if err := gradcheck.Check(autoencoder, normal(4, 3), normal(3, 2)); err != nil {
		t.Error(err)
	}
}
