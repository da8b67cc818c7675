package addition

import (
	"fmt"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A Network is a transformer that predicts, at each place of a text, the next token from those up to
// there (A. Vaswani and others, Attention is all you need, 2017; only what they call the decoder, as in
// A. Radford and others, Improving language understanding by generative pre-training, 2018).
type Network struct {
	Tokens *layers.Embedding // a vector for each token
	Places *autograd.Node    // and one for each place, length × size
	Blocks layers.Sequential // which attend to the places up to each, and compute
	Scores layers.Sequential // of the ten digits, at each place
}

// The sizes of the network.
const (
	size   = 32 // of the vectors
	heads  = 4
	hidden = 64
	blocks = 2
)

func newNetwork(init, vectors layers.Init) *Network {
	n := &Network{
		Tokens: layers.NewEmbedding(len(tokens), size, vectors),
		Places: layers.NewEmbedding(length, size, vectors).Weight,
		Scores: layers.Sequential{layers.NewLayerNorm(size), layers.NewLinear(size, 10, init)},
	}
	for range blocks {
		block := layers.NewTransformerLayer(size, heads, hidden, init)
		block.NormFirst, block.Attention.Causal = true, true
		n.Blocks = append(n.Blocks, block)
	}
	return n
}

// Forward returns the scores of the digit that comes next at each place of texts x [n, T], of at most
// length tokens: [n, T, 10].
func (n *Network) Forward(x *autograd.Node) *autograd.Node {
	places := n.Places.Slice(0, 0, x.Value().Dim(-1))
	return n.Scores.Forward(n.Blocks.Forward(n.Tokens.Forward(x).Add(places)))
}

// answers returns the scores of the digits of the sums x [n, length]: [n, written, 10].
func (n *Network) answers(x *autograd.Node) *autograd.Node {
	return n.Forward(x).Slice(1, asked, length)
}

// Answer returns what the network writes after a question such as "478+956=": at each place the digit
// that it thinks likeliest, which it then reads as part of the text.
func (n *Network) Answer(question string) string {
	text := question
	for range written {
		x := autograd.Constant(tensor.FromSlice(encode(text), 1, len(text)))
		next := n.Forward(x).Slice(1, len(text)-1, len(text)).ArgMax(-1).Value().Item()
		text += tokens[int(next) : int(next)+1]
	}
	return strings.TrimPrefix(text, question)
}

// attention returns how much the network looks at each place for each digit of n sums: for each block a
// tensor [n, heads, written, length], whose last axis adds up to 1. They are the results of the
// softmaxes in the graph, which holds all intermediate results.
func (n *Network) attention(sums ...Sum) (list []*tensor.Tensor) {
	x, _ := tensors(sums)
	for _, y := range autograd.Graph(n.Forward(autograd.Constant(x))) {
		if op := y.Op(); op != nil && op.Name() == "Softmax" {
			list = append(list, y.Slice(2, asked, length).Value())
		}
	}
	return list
}

// String returns the layers, a line each, and the number of parameters.
func (n *Network) String() string {
	parameters := 0
	for _, p := range layers.Parameters(n) {
		parameters += p.Value().Len()
	}
	text := fmt.Sprintf("%v, and of places %d→%d\n", n.Tokens, length, size)
	for _, l := range slices.Concat(n.Blocks, n.Scores) {
		text += fmt.Sprintf("%v\n", l)
	}
	return text + fmt.Sprintf("%d parameters", parameters)
}
