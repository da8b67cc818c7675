package tensor

import "math/bits"

// A Pool keeps the buffers of tensors that are made again and again, by size
// class: powers of two, from 8 elements. The zero Pool is ready; UsePool makes a tensor
// use it. It serves one goroutine at a time.
type Pool struct {
	free [64][][]float64 // buffers of capacity 8·2ᶜ
}

// UsePool makes z, which must be empty, take its buffers from p and give back
// those that do not fit its next result.
func (z *Tensor) UsePool(p *Pool) {
	if z.set {
		fail("UsePool", "tensor has shape %v already", z.Shape())
	}
	z.release() // p holds buffers of its own making alone
	z.pool = p
}

// class returns the smallest c with 8·2ᶜ ≥ n.
func class(n int) int {
	if n <= 8 {
		return 0
	}
	return bits.Len(uint(n-1)) - 3
}

func (p *Pool) get(n int) []float64 {
	c := class(n)
	if k := len(p.free[c]); k > 0 {
		b := p.free[c][k-1]
		p.free[c] = p.free[c][:k-1]
		return b[:n]
	}
	return make([]float64, n, 8<<c)
}

func (p *Pool) put(b []float64) {
	if cap(b) > 0 {
		c := class(cap(b))
		p.free[c] = append(p.free[c], b)
	}
}

// allocate gives z a buffer of n elements: the one it has, if that fits.
func (z *Tensor) allocate(n int) {
	switch {
	case z.pool == nil && n <= cap(z.data):
		z.data = z.data[:n]
	case z.pool == nil:
		z.data = make([]float64, n)
	case cap(z.data) == 8<<class(n):
		z.data = z.data[:n]
	default:
		z.pool.put(z.data)
		z.data = z.pool.get(n)
	}
}

// Free makes z empty and gives its buffer back to its pool, but for a view's, which is not
// its own. Views of z must not be used any more.
func (z *Tensor) Free() {
	z.release()
	z.Clear()
}

// release gives z's buffer back to its pool.
func (z *Tensor) release() {
	if z.pool != nil && !z.view {
		z.pool.put(z.data)
	}
	z.data = nil
}
