package delta_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A sample is a random network with an input and a target for it.
type sample struct {
	net           delta.Network
	input, target *tensor.Tensor
}

func (s sample) String() string {
	text := fmt.Sprintf("%d observations, %d", s.input.Dim(0), s.input.Dim(1))
	for _, l := range s.net {
		text += fmt.Sprintf("-%d %s", l.Weight.Dim(1), l.Activation.Name)
	}
	return text
}

// samples returns networks of every number of hidden layers from 0 to 3, of outputs
// from 1 to 3 and of observations from 1 to 7, with random widths and activations.
func samples() []sample {
	var all []sample
	rng := rand.New(rand.NewPCG(1, 2))
	for hidden := range 4 {
		for outputs := 1; outputs <= 3; outputs++ {
			for n := 1; n <= 7; n++ {
				units := []int{1 + rng.IntN(4)}
				for range hidden {
					units = append(units, 1+rng.IntN(5))
				}
				all = append(all, randomSample(rng, n, append(units, outputs)))
			}
		}
	}
	return all
}

func randomSample(rng *rand.Rand, n int, units []int) sample {
	activations := []delta.Activation{delta.Sigmoid, delta.Tanh, delta.Linear}
	s := sample{
		input:  tensor.New(n, units[0]).Uniform(rng, -2, 2),
		target: tensor.New(n, units[len(units)-1]).Uniform(rng, -1, 1),
	}
	for i, in := range units[:len(units)-1] {
		s.net = append(s.net, delta.Layer{
			Weight:     tensor.New(in, units[i+1]).Uniform(rng, -1, 1),
			Bias:       tensor.New(units[i+1]).Uniform(rng, -1, 1),
			Activation: activations[rng.IntN(len(activations))],
		})
	}
	return s
}

// backpropagate goes through steps I to III.
func (s sample) backpropagate(p *delta.Pass) {
	s.net.ForwardPropagate(p, s.input)
	s.net.BackpropagateErrors(p, s.target)
	s.net.CalculateGradients(p)
}

// predict returns a of each observation, by plain loops over slices.
func (s sample) predict() [][]float64 {
	a := make([][]float64, s.input.Dim(0))
	for o := range a {
		a[o] = s.input.Slice(0, o, o+1).Data()
		for _, l := range s.net {
			z := make([]float64, l.Weight.Dim(1))
			for j := range z {
				z[j] = l.Bias.At(j)
				for i, v := range a[o] {
					z[j] += v * l.Weight.At(i, j)
				}
				switch l.Activation.Name {
				case "sigmoid":
					z[j] = 1 / (1 + math.Exp(-z[j]))
				case "tanh":
					z[j] = math.Tanh(z[j])
				}
			}
			a[o] = z
		}
	}
	return a
}

// loss returns E = ½ Σ (a−t)².
func (s sample) loss() float64 {
	e := 0.0
	for o, row := range s.predict() {
		for k, a := range row {
			e += 0.5 * (a - s.target.At(o, k)) * (a - s.target.At(o, k))
		}
	}
	return e
}

// slope returns ∂E/∂θ for one parameter by central differences.
func (s sample) slope(theta *float64) float64 {
	const h = 1e-5
	was := *theta
	*theta = was + h
	above := s.loss()
	*theta = was - h
	below := s.loss()
	*theta = was
	return (above - below) / (2 * h)
}

func TestForwardPropagate(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		var p delta.Pass
		s.net.ForwardPropagate(&p, s.input)
		for o, row := range s.predict() {
			for k, want := range row {
				if got := p.Output().At(o, k); !(math.Abs(got-want) <= 1e-14) {
					t.Errorf("%v: output %d of observation %d is %v, want %v", s, k, o, got, want)
				}
			}
		}
	}
}

func TestCentralDifferences(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		var p delta.Pass
		s.backpropagate(&p)
		for l := range s.net {
			compare := func(what string, gradient, parameter *tensor.Tensor) {
				for i, got := range gradient.Data() {
					if want := s.slope(&parameter.Data()[i]); !(math.Abs(got-want) <= 1e-8*(1+math.Abs(want))) {
						t.Errorf("%v: layer %d: gradient of %s[%d] is %v, the central difference %v", s, l+1, what, i, got, want)
					}
				}
			}
			compare("w", &p.Layers[l].WeightGradient, s.net[l].Weight)
			compare("b", &p.Layers[l].BiasGradient, s.net[l].Bias)
		}
	}
}

// automatic returns the network built of layers, on the same parameters.
func (s sample) automatic() (layers.Sequential, []*layers.Linear) {
	var net layers.Sequential
	var linears []*layers.Linear
	activations := map[string]layers.Layer{"sigmoid": layers.Sigmoid{}, "tanh": layers.Tanh{}, "linear": layers.Identity{}}
	for _, l := range s.net {
		linear := &layers.Linear{Weight: autograd.Variable(l.Weight), Bias: autograd.Variable(l.Bias)}
		net = append(net, linear, activations[l.Activation.Name])
		linears = append(linears, linear)
	}
	return net, linears
}

func TestAutograd(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		var p delta.Pass
		s.backpropagate(&p)
		net, linears := s.automatic()
		nodes := net.Trace(autograd.Constant(s.input))
		grads := autograd.Backward(layers.SquaredError(nodes[len(nodes)-1], autograd.Constant(s.target)))
		traced := slices.Collect(slices.Chunk(nodes, 2)) // z and a of each layer
		for l, linear := range linears {
			manual, z, a := &p.Layers[l], traced[l][0], traced[l][1]
			for _, c := range []struct {
				what              string
				manual, automatic *tensor.Tensor
			}{
				{"z", &manual.Z, z.Value()},
				{"a", &manual.A, a.Value()},
				{"δ", &manual.Delta, grads.Of(z)},
				{"∂E/∂w", &manual.WeightGradient, grads.Of(linear.Weight)},
				{"∂E/∂b", &manual.BiasGradient, grads.Of(linear.Bias)},
			} {
				if d := tensor.MaxAbsDiff(c.manual, c.automatic); !(d <= 1e-13) {
					t.Errorf("%v: layer %d: %s differs by %v:\nmanual    %v\nautomatic %v", s, l+1, c.what, d, c.manual, c.automatic)
				}
			}
		}
	}
}

// moved returns a parameter after a step at the rate 1e-3.
func moved(w, gradient *tensor.Tensor) []float64 {
	out := slices.Clone(w.Data())
	for i, g := range gradient.Data() {
		out[i] -= float64(1e-3 * g)
	}
	return out
}

func TestUpdateParameters(t *testing.T) {
	t.Parallel()
	for _, s := range samples() {
		var p delta.Pass
		s.backpropagate(&p)
		before := s.loss()
		var want []string // of each layer
		for l, layer := range s.net {
			manual := &p.Layers[l]
			want = append(want, fmt.Sprint(moved(layer.Weight, &manual.WeightGradient), moved(layer.Bias, &manual.BiasGradient)))
		}
		s.net.UpdateParameters(&p, 1e-3)
		for l, layer := range s.net {
			if got := fmt.Sprint(layer.Weight.Data(), layer.Bias.Data()); got != want[l] {
				t.Errorf("%v: layer %d: parameters are %s, want %s", s, l+1, got, want[l])
			}
		}
		if after := s.loss(); !(after < before) {
			t.Errorf("%v: one small step took the error from %v to %v", s, before, after)
		}
	}
}
