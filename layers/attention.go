package layers

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// MultiHeadAttention lets each position of a sequence attend to the others: x [N, T, size] becomes
// [N, T, size]. Queries, keys and values are computed from x, and each head works on its part of them,
// size/Heads numbers wide. (A. Vaswani and others, Attention is all you need, 2017, section 3.2)
//
//	head = softmax(q·kᵀ/√(size/Heads)) · v,  where q, k, v are the head's parts of Query(x), Key(x), Value(x)
//	y = Output(the heads side by side)
type MultiHeadAttention struct {
	Query, Key, Value *Linear
	Output            *Linear
	Heads             int
	Causal            bool // a position attends to itself and those before it alone
}

// NewMultiHeadAttention returns attention for vectors of the given size. init sets the parameters of its
// four Linears; nil leaves them 0. It panics if a number is less than 1, or if the heads do not divide
// the size.
func NewMultiHeadAttention(size, heads int, init Init) *MultiHeadAttention {
	mustBePositive("NewMultiHeadAttention", "size and heads", size, heads)
	if size%heads != 0 {
		fail("NewMultiHeadAttention", "%d heads do not divide the size %d", heads, size)
	}
	return &MultiHeadAttention{
		Query: NewLinear(size, size, init), Key: NewLinear(size, size, init), Value: NewLinear(size, size, init),
		Output: NewLinear(size, size, init), Heads: heads,
	}
}

// Forward returns the attention of x [N, T, size] to itself.
func (l *MultiHeadAttention) Forward(x *autograd.Node) *autograd.Node { return l.Attend(x, x, nil) }

// Attend returns the attention [N, T, size] of x [N, T, size] to a context [N, S, size], such as what
// another network makes of a sentence in another language. The mask, a constant, is 1 where a position of
// x may attend to one of the context, else 0; nil is all ones. It broadcasts to [N, Heads, T, S]: for
// sequences that are padded to one length it is [N, 1, 1, S]. It panics if the shapes do not fit.
func (l *MultiHeadAttention) Attend(x, context, mask *autograd.Node) *autograd.Node {
	mustBeMade(l)
	const op = "MultiHeadAttention"
	mustHave(op, "Query", l.Query)
	mustHave(op, "Key", l.Key)
	mustHave(op, "Value", l.Value)
	mustHave(op, "Output", l.Output)
	mustBeSet(op, "the input is nil", x)
	mustBeSet(op, "the context is nil", context)
	if x.Value().Rank() < 2 || context.Value().Rank() < 2 {
		fail(op, "the input has shape %v, the context %v; both need axes […, T, size]", x.Shape(), context.Shape())
	}
	q, k, v := l.heads(l.Query.Forward(x)), l.heads(l.Key.Forward(context)), l.heads(l.Value.Forward(context))
	y := autograd.ScaledDotProductAttention(q, k, v, autograd.Attention{Causal: l.Causal, Mask: mask}).SwapAxes(-2, -3)
	shape := y.Shape()
	n := len(shape) - 2
	return l.Output.Forward(y.Reshape(append(shape[:n:n], shape[n]*shape[n+1])...))
}

// heads returns x […, T, size] as […, Heads, T, size/Heads].
func (l *MultiHeadAttention) heads(x *autograd.Node) *autograd.Node {
	shape := x.Shape()
	n := len(shape) - 1
	if l.Heads < 1 || shape[n]%l.Heads != 0 {
		fail("MultiHeadAttention", "%d heads do not divide vectors of shape %v", l.Heads, shape)
	}
	return x.Reshape(append(shape[:n:n], l.Heads, shape[n]/l.Heads)...).SwapAxes(-2, -3)
}

// FromTorch takes PyTorch's in_proj_weight and in_proj_bias, of queries, keys and values in one, and
// out_proj.
func (l *MultiHeadAttention) FromTorch(m *TorchModule) {
	mustBeMade(l)
	in := []*Linear{l.Query, l.Key, l.Value}
	for _, part := range in {
		if part == nil || !isSet(part.Weight, 2) {
			fail("MultiHeadAttention", "one of Query, Key and Value is without weights; NewMultiHeadAttention makes them")
		}
	}
	size := l.Query.Weight.Value().Dim(0)
	weight := m.Tensor("in_proj_weight", 3*size, size)
	for i, part := range in {
		m.Set(part.Weight, new(tensor.Tensor).Transpose(weight.Slice(0, i*size, (i+1)*size)))
		if part.Bias != nil {
			m.Set(part.Bias, m.Tensor("in_proj_bias", 3*size).Slice(0, i*size, (i+1)*size))
		}
	}
	m.Layer("out_proj", l.Output)
}

// String returns the size and the heads, such as "MultiHeadAttention 8, 2 heads, causal".
func (l *MultiHeadAttention) String() string {
	text := "MultiHeadAttention"
	if l.Output != nil && isSet(l.Output.Weight, 2) {
		text += fmt.Sprintf(" %d", l.Output.Weight.Value().Dim(1))
	}
	text += fmt.Sprintf(", %d heads", l.Heads)
	if l.Causal {
		text += ", causal"
	}
	return text
}

// TransformerLayer is one block of a transformer: attention, then two Linears at each position, the
// result of each added to its input and normalised. x [N, T, size] keeps its shape. (Vaswani and others,
// 2017; with NormFirst, R. Xiong and others, On layer normalization in the transformer architecture,
// 2020)
//
//	a = Norm1(x + Attention(x))           with NormFirst: a = x + Attention(Norm1(x))
//	y = Norm2(a + Down(Activation(Up(a))))                y = a + Down(Activation(Up(Norm2(a))))
type TransformerLayer struct {
	Attention  *MultiHeadAttention
	Up, Down   *Linear // to a larger size, and back
	Norm1      Layer   // a LayerNorm, or another
	Norm2      Layer
	Activation Layer   // nil is ReLU
	NormFirst  bool    // trains without warm-up of the learning rate
	Dropout    Dropout // after attention, between the Linears, and after them
}

// NewTransformerLayer returns a block for vectors of the given size, with hidden numbers between its two
// Linears. init sets the parameters of its Linears; nil leaves them 0. The norm comes last, unless
// NormFirst is set. It panics if a number is less than 1, or if the heads do not divide the size.
func NewTransformerLayer(size, heads, hidden int, init Init) *TransformerLayer {
	return &TransformerLayer{
		Attention: NewMultiHeadAttention(size, heads, init),
		Up:        NewLinear(size, hidden, init), Down: NewLinear(hidden, size, init),
		Norm1: NewLayerNorm(size), Norm2: NewLayerNorm(size),
	}
}

// Forward returns the result of the block for x [N, T, size].
func (l *TransformerLayer) Forward(x *autograd.Node) *autograd.Node { return l.ForwardMasked(x, nil) }

// ForwardMasked is Forward with a mask that says which positions may attend to which, as for
// [MultiHeadAttention.Attend].
func (l *TransformerLayer) ForwardMasked(x, mask *autograd.Node) *autograd.Node {
	mustBeMade(l)
	const op = "TransformerLayer"
	mustHave(op, "Attention", l.Attention)
	mustHave(op, "Up", l.Up)
	mustHave(op, "Down", l.Down)
	mustHave(op, "Norm1", l.Norm1)
	mustHave(op, "Norm2", l.Norm2)
	attention := func(x *autograd.Node) *autograd.Node { return l.Attention.Attend(x, x, mask) }
	a := l.around(x, l.Norm1, attention)
	return l.around(a, l.Norm2, l.feedForward)
}

// around returns x plus what f makes of it, with the norm first or last.
func (l *TransformerLayer) around(x *autograd.Node, norm Layer, f func(x *autograd.Node) *autograd.Node) *autograd.Node {
	if l.NormFirst {
		return x.Add(l.Dropout.Forward(f(norm.Forward(x))))
	}
	return norm.Forward(x.Add(l.Dropout.Forward(f(x))))
}

func (l *TransformerLayer) feedForward(x *autograd.Node) *autograd.Node {
	activation := l.Activation
	if activation == nil {
		activation = ReLU{}
	}
	mustHave("TransformerLayer", "Activation", activation)
	return l.Down.Forward(l.Dropout.Forward(activation.Forward(l.Up.Forward(x))))
}

// FromTorch takes the parameters of PyTorch's TransformerEncoderLayer.
func (l *TransformerLayer) FromTorch(m *TorchModule) {
	mustBeMade(l)
	m.Layer("self_attn", l.Attention)
	m.Layer("linear1", l.Up)
	m.Layer("linear2", l.Down)
	m.Layer("norm1", l.Norm1)
	m.Layer("norm2", l.Norm2)
}

// String returns the sizes, such as "TransformerLayer 8, 2 heads, hidden 16, norm first".
func (l *TransformerLayer) String() string {
	text := "TransformerLayer"
	if l.Attention != nil && l.Up != nil && isSet(l.Up.Weight, 2) {
		w := l.Up.Weight.Value()
		text += fmt.Sprintf(" %d, %d heads, hidden %d", w.Dim(0), l.Attention.Heads, w.Dim(1))
	}
	if l.NormFirst {
		text += ", norm first"
	}
	return text
}
