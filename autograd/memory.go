package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// A memory gives the tensors that a plan computes parts of one block. A part serves another tensor
// once nothing reads the first any more.
type memory struct {
	parts []part
	free  []part
	size  int // of the block: the peak
	block *tensor.Tensor
	shows map[*tensor.Tensor]*tensor.Tensor // of a view: the tensor whose elements it has
	last  map[*tensor.Tensor]int            // the last step that reads a tensor
}

// A part is n elements of the block, and those of a tensor.
type part struct {
	tensor *tensor.Tensor
	at, n  int
}

func newMemory() memory {
	return memory{shows: map[*tensor.Tensor]*tensor.Tensor{}, last: map[*tensor.Tensor]int{}}
}

// reads says that a step reads t, or what it shows.
func (m *memory) reads(t *tensor.Tensor, step int) {
	if shown := m.shows[t]; shown != nil {
		t = shown
	}
	m.last[t] = max(m.last[t], step)
}

// computes says that a step computes y from its inputs, and what it keeps.
func (m *memory) computes(y *Node, step int) {
	for _, x := range slices.Concat(y.inputs, y.kept) {
		m.reads(x.value, step)
		for _, t := range y.values() {
			if t.SharesMemory(x.value) {
				if m.shows[t] = m.shows[x.value]; m.shows[t] == nil {
					m.shows[t] = x.value
				}
			}
		}
	}
}

// give gives t, unless it is a view, the smallest free part that is large enough, or a new one.
func (m *memory) give(t *tensor.Tensor, fresh bool) {
	if t.IsView() {
		return
	}
	best, found := part{at: m.size, n: t.Len()}, -1
	for i, f := range m.free {
		if !fresh && f.n >= t.Len() && (found < 0 || f.n < m.free[found].n) {
			found = i
		}
	}
	if found >= 0 {
		best = m.free[found]
		m.free = slices.Delete(m.free, found, found+1)
	} else {
		m.size += best.n
	}
	best.tensor = t
	m.parts = append(m.parts, best)
}

// release makes the part of t free.
func (m *memory) release(t *tensor.Tensor) {
	for i := len(m.parts) - 1; i >= 0; i-- { // it is one of the newest
		if m.parts[i].tensor == t {
			m.free = append(m.free, m.parts[i])
			return
		}
	}
}

// forward gives the values of a forward pass parts. What is read behind its last step stays, for backward
// passes may follow one another.
func (m *memory) forward(steps []step) {
	dead := make([][]*tensor.Tensor, len(steps)) // behind each step
	for at, s := range steps {
		for _, t := range s.sets {
			last := max(m.last[t], at)
			if m.give(t, last >= len(steps)); last < len(steps) {
				dead[last] = append(dead[last], t)
			}
		}
		for _, t := range dead[at] {
			m.release(t)
		}
	}
}

// lend makes the tensors that are empty use the block; others do.
func (m *memory) lend() {
	for _, p := range m.parts {
		if p.tensor.IsEmpty() {
			p.tensor.Lend(m.block.Data()[p.at : p.at+p.n : p.at+p.n])
		}
	}
}
