package layers

import "gentlegrad/autograd"

// RNN is Elman's recurrent network: sequences x [N, T, in] become [N, T, units], or [N, T, 2·units] with
// both directions. (J. Elman, Finding structure in time, 1990)
//
//	hₜ = tanh(xₜ·WeightIH + BiasIH + hₜ₋₁·WeightHH + BiasHH)
type RNN struct {
	Cells      []*Cell // one for each layer, with one gate
	Reverse    []*Cell // those of the other direction; nil for none
	Activation Layer   // nil is Tanh
	Dropout    Dropout // between the layers
}

// NewRNN returns a network with that many inputs and units. init sets the parameters of each cell; nil
// leaves them 0. It panics if in or units is less than 1, or unless 0 ≤ s.Layers ≤ 65,536.
func NewRNN(in, units int, s Stack, init Init) *RNN {
	l := new(RNN)
	l.Cells, l.Reverse = l.recurrence().cells(in, units, s, init)
	return l
}

// Forward returns the output at each step, starting with zeros.
func (l *RNN) Forward(x *autograd.Node) *autograd.Node {
	y, _ := l.Run(x, nil)
	return y
}

// Run is Forward, starting with the state h [layers·directions, N, units], or zeros if that is nil; a
// layer's two directions are neighbours. It also returns the state after the last step. If gradients are
// not to flow further back, give autograd.Constant(end.Value().Clone()) to the next Run, which lets go
// of the graph so far; or end.Detach(), if both are in one plan. It panics if the shapes do not fit.
//
// Padding counts as any other step. If sequences are padded at their end, the outputs of the forward
// direction are right up to there; but the state after the last step is that after the padding, and the
// backward direction passes through the padding first. So make batches of sequences of one length; or, in
// one direction, take the last step of each from y: y.TakeAlong(1, last), with last [N, 1, 1].
func (l *RNN) Run(x, h *autograd.Node) (y, end *autograd.Node) {
	mustBeMade(l)
	y, ends := l.recurrence().run(l.Cells, l.Reverse, l.Dropout, x, []*autograd.Node{h})
	return y, ends[0]
}

// FromTorch takes PyTorch's parameters, weight_ih_l0 and so on, transposed.
func (l *RNN) FromTorch(m *TorchModule) {
	mustBeMade(l)
	fromTorch(m, l.Cells, "")
	fromTorch(m, l.Reverse, "_reverse")
}

// String returns the numbers of inputs and units, such as "RNN 3→5, 2 layers, both directions".
func (l *RNN) String() string { return l.recurrence().describe(l.Cells, l.Reverse) }

func (l *RNN) recurrence() recurrence {
	return recurrence{"RNN", 1, func(c *Cell, x *autograd.Node, state []*autograd.Node) []*autograd.Node {
		z := x.Add(affine(state[0], c.WeightHH, c.BiasHH))
		if l.Activation == nil {
			return []*autograd.Node{z.Tanh()}
		}
		mustHave("RNN", "Activation", l.Activation)
		return []*autograd.Node{l.Activation.Forward(z)}
	}}
}

// LSTM is a recurrent network with long short-term memory: its gates say what its memory c takes in,
// keeps and gives. Sequences x [N, T, in] become [N, T, units], or [N, T, 2·units] with both directions.
// The columns of the weights are the gates i, f, g and o, in PyTorch's order. (S. Hochreiter and J.
// Schmidhuber, Long short-term memory, 1997; the forget gate is from F. Gers and others, 2000)
//
//	i, f, o = σ(xₜ·WeightIH + BiasIH + hₜ₋₁·WeightHH + BiasHH), each by its columns; g likewise, with tanh
//	cₜ = f ⊙ cₜ₋₁ + i ⊙ g
//	hₜ = o ⊙ tanh(cₜ)
type LSTM struct {
	Cells   []*Cell // one for each layer, with four gates
	Reverse []*Cell // those of the other direction; nil for none
	Dropout Dropout // between the layers
}

// NewLSTM returns a network with that many inputs and units. init sets the parameters of each gate; nil
// leaves them 0. It panics as NewRNN does.
func NewLSTM(in, units int, s Stack, init Init) *LSTM {
	l := new(LSTM)
	l.Cells, l.Reverse = lstm.cells(in, units, s, init)
	return l
}

// Forward returns the output at each step, starting with zeros.
func (l *LSTM) Forward(x *autograd.Node) *autograd.Node {
	y, _, _ := l.Run(x, nil, nil)
	return y
}

// Run is Forward, starting with the states h and c, each [layers·directions, N, units], or zeros if nil;
// it also returns those after the last step. A layer's two directions are neighbours. For how far
// gradients flow back and for padding, see [RNN.Run]. It panics if the shapes do not fit.
func (l *LSTM) Run(x, h, c *autograd.Node) (y, endH, endC *autograd.Node) {
	mustBeMade(l)
	y, ends := lstm.run(l.Cells, l.Reverse, l.Dropout, x, []*autograd.Node{h, c})
	return y, ends[0], ends[1]
}

// FromTorch takes PyTorch's parameters, weight_ih_l0 and so on, transposed.
func (l *LSTM) FromTorch(m *TorchModule) {
	mustBeMade(l)
	fromTorch(m, l.Cells, "")
	fromTorch(m, l.Reverse, "_reverse")
}

// String returns the numbers of inputs and units, such as "LSTM 3→5".
func (l *LSTM) String() string { return lstm.describe(l.Cells, l.Reverse) }

var lstm = recurrence{"LSTM", 4, func(cell *Cell, x *autograd.Node, state []*autograd.Node) []*autograd.Node {
	h, c := state[0], state[1]
	z := x.Add(affine(h, cell.WeightHH, cell.BiasHH)).Chunk(-1, 4)
	i, f, g, o := z[0].Sigmoid(), z[1].Sigmoid(), z[2].Tanh(), z[3].Sigmoid()
	c = f.Mul(c).Add(i.Mul(g))
	return []*autograd.Node{o.Mul(c.Tanh()), c}
}}

// GRU is a recurrent network of gated units: sequences x [N, T, in] become [N, T, units], or
// [N, T, 2·units] with both directions. The columns of the weights are the gates r, z and n, in PyTorch's
// order. (K. Cho and others, Learning phrase representations using RNN encoder-decoder, 2014)
//
//	r, z = σ(xₜ·WeightIH + BiasIH + hₜ₋₁·WeightHH + BiasHH), each by its columns
//	n = tanh(xₜ·WeightIH + BiasIH + r ⊙ (hₜ₋₁·WeightHH + BiasHH))
//	hₜ = (1−z) ⊙ n + z ⊙ hₜ₋₁
type GRU struct {
	Cells   []*Cell // one for each layer, with three gates
	Reverse []*Cell // those of the other direction; nil for none
	Dropout Dropout // between the layers
}

// NewGRU returns a network with that many inputs and units. init sets the parameters of each gate; nil
// leaves them 0. It panics as NewRNN does.
func NewGRU(in, units int, s Stack, init Init) *GRU {
	l := new(GRU)
	l.Cells, l.Reverse = gru.cells(in, units, s, init)
	return l
}

// Forward returns the output at each step, starting with zeros.
func (l *GRU) Forward(x *autograd.Node) *autograd.Node {
	y, _ := l.Run(x, nil)
	return y
}

// Run is Forward, starting with the state h, as [RNN.Run] does; what is said there of padding holds here
// too.
func (l *GRU) Run(x, h *autograd.Node) (y, end *autograd.Node) {
	mustBeMade(l)
	y, ends := gru.run(l.Cells, l.Reverse, l.Dropout, x, []*autograd.Node{h})
	return y, ends[0]
}

// FromTorch takes PyTorch's parameters, weight_ih_l0 and so on, transposed.
func (l *GRU) FromTorch(m *TorchModule) {
	mustBeMade(l)
	fromTorch(m, l.Cells, "")
	fromTorch(m, l.Reverse, "_reverse")
}

// String returns the numbers of inputs and units, such as "GRU 3→5".
func (l *GRU) String() string { return gru.describe(l.Cells, l.Reverse) }

var gru = recurrence{"GRU", 3, func(cell *Cell, x *autograd.Node, state []*autograd.Node) []*autograd.Node {
	h := state[0]
	xs, hs := x.Chunk(-1, 3), affine(h, cell.WeightHH, cell.BiasHH).Chunk(-1, 3)
	r, z := xs[0].Add(hs[0]).Sigmoid(), xs[1].Add(hs[1]).Sigmoid()
	n := xs[2].Add(r.Mul(hs[2])).Tanh()
	return []*autograd.Node{n.Add(z.Mul(h.Sub(n)))}
}}
