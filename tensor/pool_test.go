package tensor

import (
	"fmt"
	"testing"
)

// buffers returns how many buffers are free in the pool, and checks their classes.
func (p *Pool) buffers(t *testing.T) int {
	t.Helper()
	n := 0
	seen := map[*float64]bool{}
	for c, free := range p.free {
		n += len(free)
		for _, b := range free {
			if cap(b) != 8<<c {
				t.Errorf("class %d holds a buffer of capacity %d", c, cap(b))
			}
			if first := &b[:1][0]; seen[first] {
				t.Error("the pool holds a buffer twice")
			} else {
				seen[first] = true
			}
		}
	}
	return n
}

func (p *Pool) tensor(shape ...int) *Tensor {
	z := new(Tensor)
	z.UsePool(p)
	return z.BroadcastTo(Scalar(1), shape...)
}

func TestPoolClasses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, capacity int }{
		{0, 8}, {1, 8}, {7, 8}, {8, 8}, {9, 16}, {16, 16}, {17, 32}, {32, 32}, {33, 64}, {1000, 1024}, {1024, 1024}, {1025, 2048},
	} {
		p := new(Pool)
		z := p.tensor(c.n)
		if z.Len() != c.n || cap(z.data) != c.capacity {
			t.Errorf("%d elements: length %d, capacity %d, want %d", c.n, z.Len(), cap(z.data), c.capacity)
		}
		z.Free()
		if got := p.buffers(t); got != 1 || !z.IsEmpty() {
			t.Errorf("%d elements: %d buffers after Free", c.n, got)
		}
		z.Free()
		if got := p.buffers(t); got != 1 {
			t.Errorf("%d elements: %d buffers after a second Free", c.n, got)
		}
	}
}

func TestPoolUsesBuffersAgain(t *testing.T) {
	t.Parallel()
	p := new(Pool)
	x := p.tensor(9)
	first := &x.Data()[0]
	x.Clear()
	if x.Copy(New(4, 4)); &x.Data()[0] != first {
		t.Error("Clear: the next result of the class has another buffer")
	}
	x.Free()
	y := p.tensor(2, 6)
	if &y.Data()[0] != first {
		t.Error("Free: another tensor of the class has another buffer")
	}
	if z := p.tensor(12); &z.Data()[0] == first {
		t.Error("a buffer is handed out twice")
	}
}

// TestPoolAlternates checks that sizes in turn do not add up.
func TestPoolAlternates(t *testing.T) {
	t.Parallel()
	p := new(Pool)
	var zs [3]Tensor
	for i := range zs {
		zs[i].UsePool(p)
	}
	sizes := []int{5, 100, 33, 17, 64, 0, 3}
	run := func() {
		for _, n := range sizes {
			for i := range zs {
				zs[i].Clear()
				zs[i].Copy(New(n + i))
			}
		}
	}
	run()
	want := p.buffers(t)
	for range 20 {
		run()
	}
	if got := p.buffers(t); got != want || want == 0 {
		t.Errorf("%d buffers, after the first round %d", got, want)
	}
}

// TestAllocations checks the methods that a training step is made of.
func TestAllocations(t *testing.T) {
	x, w, b, row, delta := New(4, 3), New(3, 2), New(2), New(3), New(4, 2)
	for name, op := range map[string]func(z *Tensor){
		"Affine":        func(z *Tensor) { z.Affine(x, w, b) },
		"MatMul":        func(z *Tensor) { z.MatMul(x, w) },
		"Add":           func(z *Tensor) { z.Add(x, x) },
		"Add row":       func(z *Tensor) { z.Add(x, row) },
		"Sigmoid":       func(z *Tensor) { z.Sigmoid(x) },
		"AddScaled":     func(z *Tensor) { z.AddScaled(x, 2, x) },
		"Sum":           func(z *Tensor) { z.Sum(x) },
		"Sum over rows": func(z *Tensor) { z.Sum(x, 0) },
		"SquaredError":  func(z *Tensor) { z.SquaredError(x, x) },
		"View":          func(z *Tensor) { z.View(x, 2, -1) },
		"db":            func(z *Tensor) { AddAffineGrads(nil, nil, z, delta, x, w) },
	} {
		for _, p := range []*Pool{nil, new(Pool)} {
			z := new(Tensor)
			z.UsePool(p)
			if n := testing.AllocsPerRun(10, func() {
				z.Clear()
				op(z)
			}); n != 0 {
				t.Errorf("%s: %v allocations, pooled %v", name, n, p != nil)
			}
		}
	}
}

func TestPoolAlternatesWithoutAllocation(t *testing.T) {
	var z Tensor
	z.UsePool(new(Pool))
	if n := testing.AllocsPerRun(10, func() {
		for _, n := range []int{5, 100, 33, 17, 64, 0, 3} {
			z.Clear()
			z.prepareVector("test", n)
		}
	}); n != 0 {
		t.Errorf("%v allocations in a round", n)
	}
}

// TestPoolNeverHoldsViews checks that memory which others have is not pooled.
func TestPoolNeverHoldsViews(t *testing.T) {
	t.Parallel()
	data := make([]float64, 8)
	for name, end := range map[string]func(z *Tensor){
		"Free":           func(z *Tensor) { z.Free() },
		"Clear":          func(z *Tensor) { z.Clear() },
		"Clear and Free": func(z *Tensor) { z.Clear(); z.Free() },
		"another view":   func(z *Tensor) { z.Clear(); z.Wrap(data, 8); z.Clear() },
		"a result":       func(z *Tensor) { z.Clear(); z.Copy(New(100)); z.Clear() },
	} {
		p := new(Pool)
		x := p.tensor(8)
		for i, view := range []func(z *Tensor){
			func(z *Tensor) { z.View(x, 2, 4) },
			func(z *Tensor) { z.ViewSlice(x, 0, 8) },
			func(z *Tensor) { z.Wrap(data, 8) },
		} {
			z := new(Tensor)
			z.UsePool(p)
			view(z)
			end(z)
			for range 3 {
				if other := p.tensor(8); &other.Data()[0] == &x.Data()[0] || &other.Data()[0] == &data[0] {
					t.Errorf("%s, view %d: its memory is handed out", name, i)
				}
			}
		}
		mustEqual(t, name, x, Full(1, 8))
	}
}

// TestPoolTakesBackBuffer checks that a tensor that becomes a view gives its own buffer
// back.
func TestPoolTakesBackBuffer(t *testing.T) {
	t.Parallel()
	p := new(Pool)
	x := p.tensor(8)
	x.Clear()
	x.Wrap(make([]float64, 3), 3)
	if got := p.buffers(t); got != 1 {
		t.Errorf("%d buffers", got)
	}
	x.Free()
	if got := p.buffers(t); got != 1 {
		t.Errorf("%d buffers after Free of the view", got)
	}
}

// TestUsePool checks that buffers from elsewhere do not get into a pool.
func TestUsePool(t *testing.T) {
	t.Parallel()
	p, q := new(Pool), new(Pool)
	for _, n := range []int{1, 9, 10, 16} {
		z := New(n)
		z.Clear()
		z.UsePool(p)
		z.Copy(New(n)).Clear()
		z.UsePool(q)
		z.Copy(New(100)).Clear()
		z.UsePool(nil)
		z.Copy(New(200)).Free()
		p.buffers(t)
		q.buffers(t)
		for _, size := range []int{n, 16, 100} {
			mustEqual(t, fmt.Sprint(n, size), p.tensor(size), Full(1, size))
			mustEqual(t, fmt.Sprint(n, size), q.tensor(size), Full(1, size))
		}
	}
	x, y := p.tensor(4), New(3)
	x.Swap(y)
	y.Free()
	x.Free()
	p.buffers(t)
}
