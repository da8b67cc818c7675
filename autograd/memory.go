package autograd

import (
	"slices"
	"sort"

	"gentlegrad/tensor"
)

// A memory has the parts of one block that are lent to the tensors that a plan computes: a view has the
// part of the tensor whose memory it shares, nil if that is a leaf's. Once nothing reads a tensor any more,
// its memory serves another one.
type memory map[*tensor.Tensor]*part

// A part is the n elements of the block from at on, lent to a tensor up to the step last, after which
// nothing reads it.
type part struct {
	tensor      *tensor.Tensor
	at, n, last int
}

// note notes the nodes that a step sets, and those that it reads. Those that it sets may be views of others
// that it sets or reads.
func (m memory) note(step int, sets, reads []*Node) {
	for _, y := range sets {
		if !y.value.IsView() {
			m[y.value] = &part{tensor: y.value, n: y.value.Len(), last: step}
		}
	}
	for _, y := range sets {
		for _, x := range slices.Concat(reads, sets) { // with y itself
			if y.value.SharesMemory(x.value) {
				m[y.value] = m[x.value]
			}
		}
	}
	for _, x := range reads {
		if p := m[x.value]; p != nil {
			p.last = step
		}
	}
}

// assign lends parts to all tensors that the steps set, and returns the block. It begins with the backward
// pass, so that the forward pass, the first steps up to forward, does not overwrite the gradients when it
// runs again. Values of the forward pass that the backward pass reads get fresh parts, which the backward
// pass does not overwrite, since it may run again too.
func (m memory) assign(steps []*step, forward int) *tensor.Tensor {
	dead := make([][]*part, len(steps)+1) // by step: the parts that nothing reads after it
	size, free := 0, []*part{}            // free has the largest first
	below := func(n int) int {            // where the free parts of fewer than n elements begin
		return sort.Search(len(free), func(i int) bool { return free[i].n < n })
	}
	for i := range steps {
		at := (forward + i) % len(steps)
		for _, v := range steps[at].values {
			p := m[v]
			if p == nil || p.tensor != v {
				continue // a view
			}
			if i := below(p.n) - 1; i < 0 || at < forward && p.last >= forward {
				p.at = size // a fresh part
				size += p.n
			} else { // the smallest free part that is large enough
				p.at, p.n = free[i].at, free[i].n
				free = slices.Delete(free, i, i+1)
			}
			dead[p.last] = append(dead[p.last], p)
		}
		for _, p := range dead[at] {
			free = slices.Insert(free, below(p.n), p)
		}
	}
	block := tensor.New(size)
	for v, p := range m {
		v.Swap(new(tensor.Tensor)) // v is now empty
		if p != nil && p.tensor == v {
			v.Lend(block.Data()[p.at : p.at+p.n : p.at+p.n])
		}
	}
	return block
}
