package autograd

import (
	"slices"
	"sort"

	"gentlegrad/tensor"
)

// A memory gives the tensors that a plan computes parts of one block. A part serves another tensor
// once nothing reads the first any more.
type memory struct {
	parts map[*tensor.Tensor]*part // of a view: that of the tensor whose elements it has, nil for a leaf's
	block *tensor.Tensor
}

// A part is n elements of the block, and those of a tensor until a step has read it last.
type part struct {
	tensor      *tensor.Tensor
	at, n, last int
}

// note notes a step: what it sets, and what it reads, of which a view may be.
func (m *memory) note(step int, sets, reads []*Node) {
	for _, y := range sets {
		if !y.value.IsView() {
			m.parts[y.value] = &part{tensor: y.value, n: y.value.Len(), last: step}
		}
	}
	for _, y := range sets {
		for _, x := range slices.Concat(reads, sets) { // of which y is one, and may be a view of another
			if y.value.SharesMemory(x.value) {
				m.parts[y.value] = m.parts[x.value]
			}
		}
	}
	for _, x := range reads {
		if p := m.parts[x.value]; p != nil {
			p.last = step
		}
	}
}

// assign gives all that the steps set parts: of the backward pass first, so that its gradients stay while the forward
// pass, which is the first so many steps, runs again. What that leaves to the backward pass stays too, in fresh parts, for
// backward passes may follow one another.
func (m *memory) assign(steps []step, forward int) {
	dead := make([][]*part, len(steps)+1) // behind each step
	size, free := 0, []*part{}            // the largest first
	below := func(n int) int {            // where those of fewer than n elements begin
		return sort.Search(len(free), func(i int) bool { return free[i].n < n })
	}
	for i := range steps {
		at := (forward + i) % len(steps)
		for _, v := range steps[at].values {
			p := m.parts[v]
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
	m.block = tensor.New(size)
	for v, p := range m.parts {
		v.Swap(new(tensor.Tensor)) // an empty one
		if p != nil && p.tensor == v {
			v.Lend(m.block.Data()[p.at : p.at+p.n : p.at+p.n])
		}
	}
}
