package autograd

import (
	"slices"
	"sort"

	"gentlegrad/tensor"
)

// A memory gives the tensors that a plan computes parts of one block. A part serves another tensor
// once nothing reads the first any more.
type memory struct {
	parts map[*tensor.Tensor]*part // of a view: that of the tensor whose elements it has
	free  []class                  // the smallest first
	size  int                      // of the block: the peak
	block *tensor.Tensor
}

// A part is n elements of the block, and those of a tensor until a step has read it last.
type part struct {
	tensor      *tensor.Tensor
	at, n, last int
}

// A class is the free parts of n elements.
type class struct {
	n     int
	parts []*part
}

// note notes a step: what it sets, and what it reads, of which a view may be.
func (m *memory) note(step int, sets, reads []*Node) {
	for _, y := range sets {
		p := &part{tensor: y.value, n: y.value.Len(), last: step}
		if y.value.IsView() {
			p.n = 0 // of a leaf, or of what is found
		}
		m.parts[y.value] = p
	}
	for _, y := range sets {
		if y.value.IsView() {
			for _, x := range slices.Concat(reads, sets) {
				if p := m.parts[x.value]; p != nil && p.n > 0 && y.value.SharesMemory(x.value) {
					m.parts[y.value] = p
				}
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
	for i := range steps {
		at := (forward + i) % len(steps)
		for _, y := range steps[at].sets {
			p := m.parts[y.value]
			if p.tensor != y.value || p.n == 0 {
				continue
			}
			m.place(p, at < forward && p.last >= forward)
			dead[p.last] = append(dead[p.last], p)
		}
		for _, p := range dead[at] {
			i := m.fits(p.n)
			if i == len(m.free) || m.free[i].n != p.n {
				m.free = slices.Insert(m.free, i, class{n: p.n})
			}
			m.free[i].parts = append(m.free[i].parts, p)
		}
	}
	m.block = tensor.New(m.size)
}

// fits returns which free parts are the smallest of n elements or more.
func (m *memory) fits(n int) int {
	return sort.Search(len(m.free), func(i int) bool { return m.free[i].n >= n })
}

// place gives p the place of the smallest free part that is large enough, or a fresh one.
func (m *memory) place(p *part, fresh bool) {
	i := m.fits(p.n)
	if i == len(m.free) || fresh {
		p.at = m.size
		m.size += p.n
		return
	}
	c := &m.free[i]
	last := len(c.parts) - 1
	p.at, p.n = c.parts[last].at, c.n
	if c.parts = c.parts[:last]; last == 0 {
		m.free = slices.Delete(m.free, i, i+1)
	}
}

// lend makes what these steps set empty, to use the block.
func (m *memory) lend(steps []step) {
	for _, s := range steps {
		for _, y := range s.sets {
			y.value.Clear()
			if p := m.parts[y.value]; p.tensor == y.value {
				p.tensor.Lend(m.block.Data()[p.at : p.at+p.n : p.at+p.n])
			}
		}
	}
}
