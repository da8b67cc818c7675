package delta_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/demos/delta"
	"gentlegrad/tensor"
)

// results returns everything that a pass computed.
func results(p *delta.Pass) []*tensor.Tensor {
	var all []*tensor.Tensor
	for l := range p.Layers {
		s := &p.Layers[l]
		all = append(all, &s.Z, &s.A, &s.Delta, &s.WeightGradient, &s.BiasGradient)
	}
	return all
}

// TestPassAgain uses one Pass for one batch size after another, and for one network
// after another, and compares bits with those of a fresh Pass.
func TestPassAgain(t *testing.T) {
	t.Parallel()
	var again delta.Pass
	rng := rand.New(rand.NewPCG(3, 4))
	for _, units := range [][]int{{2, 4, 1}, {2, 3, 2}, {1, 1}, {3, 2, 2, 2, 1}, {2, 4, 1}} {
		s := randomSample(rng, 7, units)
		all, targets := s.input, s.target
		for i, n := range []int{1, 7, 1, 3, 3, 0, 7, 2, 1} {
			s.input, s.target = all.Slice(0, 0, n), targets.Slice(0, 0, n)
			if i == 2 { // what a pass has seen must not be seen in the next
				s.input = tensor.Full(math.NaN(), n, units[0])
			}
			var fresh delta.Pass
			s.backpropagate(&again)
			s.backpropagate(&fresh)
			for k, want := range results(&fresh) {
				if got := results(&again)[k]; !same(got, want) {
					t.Errorf("network %v, %d observations: result %d is\n%v\nwant\n%v", units, n, k, got, want)
				}
			}
		}
	}
}

// same reports whether x and y have the same shape and bits.
func same(x, y *tensor.Tensor) bool {
	return tensor.SameShape(x, y) && slices.EqualFunc(x.Data(), y.Data(), func(v, w float64) bool {
		return math.Float64bits(v) == math.Float64bits(w)
	})
}

// One tensor may hold one batch after another, even of another size.
func TestPassInputChanges(t *testing.T) {
	t.Parallel()
	s := randomSample(rand.New(rand.NewPCG(5, 6)), 4, []int{2, 3, 1})
	all := s.input
	input := new(tensor.Tensor)
	var p delta.Pass
	for _, n := range []int{4, 1, 3} {
		input.Clear()
		s.net.ForwardPropagate(&p, input.SliceOf(all, 0, 0, n))
		if got := p.Output().Shape(); !slices.Equal(got, []int{n, 1}) {
			t.Errorf("%d observations: the output has shape %v", n, got)
		}
	}
}

func TestPassMemory(t *testing.T) { // not parallel: it counts allocations
	s := randomSample(rand.New(rand.NewPCG(7, 8)), 5, []int{2, 4, 3, 2})
	var p delta.Pass
	s.backpropagate(&p)
	var before []*float64
	for _, x := range results(&p) {
		before = append(before, &x.Data()[0])
	}
	allocations := testing.AllocsPerRun(10, func() {
		s.backpropagate(&p)
		s.net.UpdateParameters(&p, .1)
	})
	if allocations > 0 {
		t.Errorf("a pass over as many observations as before allocates %v times", allocations)
	}
	for k, x := range results(&p) {
		if &x.Data()[0] != before[k] {
			t.Errorf("result %d has moved", k)
		}
	}
}

func TestNoObservations(t *testing.T) {
	t.Parallel()
	s := randomSample(rand.New(rand.NewPCG(9, 10)), 0, []int{2, 3, 1})
	var p delta.Pass
	s.backpropagate(&p)
	if got := p.Layers[0].WeightGradient; !tensor.Equal(&got, tensor.New(2, 3)) {
		t.Errorf("the gradient of no observations is %v, want zeros", &got)
	}
}

func TestPanics(t *testing.T) {
	t.Parallel()
	layer := func(activation delta.Activation, bias int, weight ...int) delta.Layer {
		return delta.Layer{Weight: tensor.New(weight...), Bias: tensor.New(bias), Activation: activation}
	}
	good := delta.Network{layer(delta.Sigmoid, 4, 2, 4), layer(delta.Sigmoid, 1, 4, 1)}
	x, y := tensor.New(3, 2), tensor.New(3, 1)
	forward := func(n delta.Network, x *tensor.Tensor) func(*delta.Pass) {
		return func(p *delta.Pass) { n.ForwardPropagate(p, x) }
	}
	square := delta.Network{{Weight: tensor.New(2, 2), Bias: tensor.New(2), Activation: delta.Tanh}}
	square = append(square, square[0])
	for _, test := range []struct {
		want string
		f    func(p *delta.Pass)
	}{
		{"delta: ForwardPropagate: the network has no layers", forward(nil, x)},
		{"delta: ForwardPropagate: input has shape [3 3], want observations × inputs, for a first weight [2 4]",
			forward(good, tensor.New(3, 3))},
		{"delta: ForwardPropagate: input has shape [2], want observations × inputs, for a first weight [2 4]",
			forward(good, tensor.New(2))},
		{"delta: ForwardPropagate: input has shape [], want observations × inputs, for a first weight [2 4]",
			forward(good, new(tensor.Tensor))},
		{"delta: ForwardPropagate: layer 2 has weight [3 1] and bias [1], want [4 n] and [n]",
			forward(delta.Network{good[0], layer(delta.Tanh, 1, 3, 1)}, x)},
		{"delta: ForwardPropagate: layer 1 has weight [2 4] and bias [1], want [2 n] and [n]",
			forward(delta.Network{layer(delta.Tanh, 1, 2, 4)}, x)},
		{"delta: ForwardPropagate: layer 1 has weight [2] and bias [4], want [2 n] and [n]",
			forward(delta.Network{layer(delta.Tanh, 4, 2)}, x)},
		{"delta: ForwardPropagate: layer 1 has no activation",
			forward(delta.Network{layer(delta.Activation{}, 4, 2, 4)}, x)},
		{"delta: ForwardPropagate: the input is nil", forward(good, nil)},
		{"delta: ForwardPropagate: the pass is nil", func(*delta.Pass) { good.ForwardPropagate(nil, x) }},
		{"delta: ForwardPropagate: layer 2 has no weight or no bias: it is nil",
			forward(delta.Network{good[0], {Bias: tensor.New(1), Activation: delta.Tanh}}, x)},
		{"delta: ForwardPropagate: layer 1 has no weight or no bias: it is nil", forward(delta.Network{{}}, x)},
		{"delta: Output: the pass is nil", func(*delta.Pass) { (*delta.Pass)(nil).Output() }},
		{"delta: Output: needs ForwardPropagate before it", func(p *delta.Pass) { p.Output() }},
		{"delta: Output: needs ForwardPropagate before it", func(p *delta.Pass) {
			good.ForwardPropagate(p, x)
			p.Layers = nil
			p.Output()
		}},
		// Passes made by hand.
		{"delta: Output: needs ForwardPropagate before it", func(p *delta.Pass) {
			p.Layers = make([]delta.Signals, 2)
			p.Output()
		}},
		{"delta: BackpropagateErrors: needs ForwardPropagate before it", func(p *delta.Pass) {
			p.Input, p.Layers = x, make([]delta.Signals, 2)
			good.BackpropagateErrors(p, y)
		}},
		{"delta: CalculateGradients: needs BackpropagateErrors before it", func(p *delta.Pass) {
			p.Layers = make([]delta.Signals, 2)
			p.Layers[0].Delta.Like(tensor.New(3, 4)).Fill(1)
			p.Layers[1].Delta.Like(y).Fill(1)
			good.CalculateGradients(p)
		}},
		{"delta: UpdateParameters: needs CalculateGradients before it", func(p *delta.Pass) {
			p.Layers = make([]delta.Signals, 2)
			good.UpdateParameters(p, 1)
		}},
		{"delta: Run: there are no inputs: want one for each time", func(*delta.Pass) { new(delta.Recurrent).Run(nil, y, y, y, y) }},
		{"delta: BackpropagateErrors: the pass is nil", func(*delta.Pass) { good.BackpropagateErrors(nil, y) }},
		{"delta: CalculateGradients: the pass is nil", func(*delta.Pass) { good.CalculateGradients(nil) }},
		{"delta: UpdateParameters: the pass is nil", func(*delta.Pass) { good.UpdateParameters(nil, 1) }},
		// Passes that were changed, or through another network.
		{"delta: ForwardPropagate: the input shares memory with layer 2 of the same pass, which is computed anew: want a copy", func(p *delta.Pass) {
			square.ForwardPropagate(p, x)
			square.ForwardPropagate(p, p.Output().Slice(0, 0, 1))
		}},
		{"delta: ForwardPropagate: the input shares memory with layer 1 of the same pass, which is computed anew: want a copy", func(p *delta.Pass) {
			square.ForwardPropagate(p, x)
			square.ForwardPropagate(p, &p.Layers[0].Z)
		}},
		{"delta: ForwardPropagate: the input shares memory with layer 1 of the same pass, which is computed anew: want a copy", func(p *delta.Pass) {
			square.ForwardPropagate(p, x)
			square.BackpropagateErrors(p, x)
			square.ForwardPropagate(p, &p.Layers[0].Delta)
		}},
		{"delta: BackpropagateErrors: the target is nil", func(p *delta.Pass) {
			good.ForwardPropagate(p, x)
			good.BackpropagateErrors(p, nil)
		}},
		{"delta: BackpropagateErrors: the network has no layers", func(p *delta.Pass) {
			good.ForwardPropagate(p, x)
			delta.Network(nil).BackpropagateErrors(p, y)
		}},
		{"delta: BackpropagateErrors: the pass was through 2 layers, the network has 1", func(p *delta.Pass) {
			good.ForwardPropagate(p, x)
			good[:1].BackpropagateErrors(p, y)
		}},
		{"delta: BackpropagateErrors: output has shape [], target [3 1]", func(p *delta.Pass) {
			good.ForwardPropagate(p, x)
			p.Layers[1].A.Clear()
			good.BackpropagateErrors(p, y)
		}},
		{"delta: CalculateGradients: the pass has no input: it is nil", func(p *delta.Pass) {
			sample{good, x, y}.backpropagate(p)
			p.Input = nil
			good.CalculateGradients(p)
		}},
		{"delta: UpdateParameters: layer 1 has no weight or no bias: it is nil", func(p *delta.Pass) {
			sample{good, x, y}.backpropagate(p)
			delta.Network{{Activation: delta.Tanh}, good[1]}.UpdateParameters(p, 1)
		}},
		{"delta: UpdateParameters: layer 2 has gradients [4 1] and [], for weight [4 1] and bias [1]", func(p *delta.Pass) {
			sample{good, x, y}.backpropagate(p)
			p.Layers[1].BiasGradient.Clear()
			good.UpdateParameters(p, 1)
		}},
		{"delta: BackpropagateErrors: needs ForwardPropagate before it", func(p *delta.Pass) { good.BackpropagateErrors(p, y) }},
		{"delta: BackpropagateErrors: output has shape [3 1], target [3]", func(p *delta.Pass) {
			good.ForwardPropagate(p, x)
			good.BackpropagateErrors(p, tensor.New(3))
		}},
		{"delta: CalculateGradients: needs BackpropagateErrors before it", func(p *delta.Pass) { good.CalculateGradients(p) }},
		{"delta: CalculateGradients: needs BackpropagateErrors before it", func(p *delta.Pass) {
			sample{good, x, y}.backpropagate(p)
			good.ForwardPropagate(p, x)
			good.CalculateGradients(p)
		}},
		{"delta: UpdateParameters: needs CalculateGradients before it", func(p *delta.Pass) {
			sample{good, x, y}.backpropagate(p)
			good.ForwardPropagate(p, x)
			good.BackpropagateErrors(p, y)
			good.UpdateParameters(p, 1)
		}},
	} {
		func() {
			defer func() {
				got := recover()
				if err, ok := got.(*delta.Error); !ok || err.Error() != test.want {
					t.Errorf("panicked with %T %v\nwant %v", got, got, test.want)
				}
			}()
			test.f(new(delta.Pass))
		}()
	}
}

// Where shapes differ only after the first step, the operation on tensors says so.
func TestOtherShapes(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(11, 12))
	s, other := randomSample(rng, 3, []int{2, 4, 1}), randomSample(rng, 3, []int{2, 5, 1})
	for name, f := range map[string]func(p *delta.Pass){
		"another network": func(p *delta.Pass) {
			s.net.ForwardPropagate(p, s.input)
			other.net.BackpropagateErrors(p, s.target)
		},
		"a z that is gone": func(p *delta.Pass) {
			s.net.ForwardPropagate(p, s.input)
			p.Layers[0].Z.Clear()
			s.net.BackpropagateErrors(p, s.target)
		},
		"a δ that is gone": func(p *delta.Pass) {
			s.net.ForwardPropagate(p, s.input)
			s.net.BackpropagateErrors(p, s.target)
			p.Layers[0].Delta.Clear()
			s.net.CalculateGradients(p)
		},
		"an input that is gone": func(p *delta.Pass) {
			s.net.ForwardPropagate(p, s.input)
			s.net.BackpropagateErrors(p, s.target)
			p.Input = new(tensor.Tensor)
			s.net.CalculateGradients(p)
		},
	} {
		func() {
			defer func() {
				if got, ok := recover().(*tensor.Error); !ok {
					t.Errorf("%s: panicked with %v, want a *tensor.Error", name, got)
				}
			}()
			f(new(delta.Pass))
		}()
	}
}
