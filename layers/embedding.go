package layers

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Embedding is a table of vectors, one for each word of a vocabulary: indices of any shape, whole
// numbers from 0, become vectors, in shape […, size]. No gradient flows to the indices.
type Embedding struct {
	Weight *autograd.Node // words × size
}

// NewEmbedding returns a table for that many words, of vectors of the given size. init, such as [Normal],
// sets it; nil leaves it 0. It panics if words or size is less than 1.
func NewEmbedding(words, size int, init Init) *Embedding {
	mustBePositive("NewEmbedding", "number of words and the size", words, size)
	weight, _ := init.parameters(tensor.New(words, size), tensor.New(0))
	return &Embedding{weight}
}

// Forward returns the vectors of the indices. It panics if one is not a whole number from 0 to the number
// of words less one.
func (l *Embedding) Forward(indices *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("Embedding", "the input is nil", indices)
	mustBeSet("Embedding", "the Weight is nil; NewEmbedding makes one", l.Weight)
	return autograd.Embedding(l.Weight, indices)
}

// String returns the number of words and the size of their vectors, such as "Embedding 1000→16".
func (l *Embedding) String() string {
	if !isSet(l.Weight, 2) {
		return "Embedding"
	}
	return fmt.Sprintf("Embedding %d→%d", l.Weight.Value().Dim(0), l.Weight.Value().Dim(1))
}
