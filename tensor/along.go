package tensor

import (
	"math"
	"slices"
	"sync"

	"gentlegrad/tensor/internal/kernel"
)

// along sets z, of x's shape, to the result of f for each line of x: the elements that differ only in
// their index along the axis. f gets lines that are contiguous in memory; its z may be its x.
func (z *Tensor) along(op string, x *Tensor, axis int, f func(z, x []float64)) *Tensor {
	a := x.axis(op, axis)
	if !z.like(op, x) {
		x = z.apart(x)
	}
	n, step := x.shape()[a], x.stride(a)
	if step == 1 {
		for i := 0; i < len(x.data); i += n {
			f(z.data[i:i+n], x.data[i:i+n])
		}
		return z
	}
	x.gather(n, step, func(first int, lines [][]float64) {
		for _, l := range lines {
			f(l, l)
		}
		for i := range n {
			row := z.data[first+i*step:][:len(lines)]
			for j, l := range lines {
				row[j] = l[i]
			}
		}
	})
	return z
}

// reduceLines sets z, of x's shape without the axis, to the result of f for each line along it.
func (z *Tensor) reduceLines(op string, x *Tensor, axis int, f func(x []float64) float64) *Tensor {
	a := x.axis(op, axis)
	n, step := x.shape()[a], x.stride(a)
	var room [maxRank]int
	z.prepare(op, slices.Delete(append(room[:0], x.shape()...), a, a+1))
	if overlap(z.data, x.data) {
		x = x.Clone()
	}
	if step == 1 || n == 0 {
		for o := range z.data {
			z.data[o] = f(x.data[o*n:][:n])
		}
		return z
	}
	x.gather(n, step, func(first int, lines [][]float64) {
		o := first/(n*step)*step + first%step
		for j, l := range lines {
			z.data[o+j] = f(l)
		}
	})
	return z
}

const beside = 8 // how many neighbouring numbers a cache fetches at once

// gather copies lines of n elements, which are step apart, to contiguous memory, and passes up to beside
// of them at a time to f, with the place of the first element. Each line begins one place after the one
// before.
func (x *Tensor) gather(n, step int, f func(first int, lines [][]float64)) {
	if len(x.data) == 0 {
		return // however long they are
	}
	room := lineRooms.Get().(*lineRoom)
	defer lineRooms.Put(room)
	apart := n + beside // not a power of 2: lines that far apart would share places in a cache
	data := room.get(apart * beside)
	for j := range room.lines {
		room.lines[j] = data[j*apart:][:n]
	}
	for outer := 0; outer < len(x.data); outer += n * step {
		for first := outer; first < outer+step; first += beside {
			some := room.lines[:min(beside, outer+step-first)]
			kernel.Transpose(data, apart, x.data[first:], step, n, len(some))
			f(first, some)
		}
	}
}

// A lineRoom is memory that is reused.
type lineRoom struct {
	data  []float64
	lines [beside][]float64 // parts of it
}

// get returns n numbers of undefined value.
func (r *lineRoom) get(n int) []float64 {
	r.data = slices.Grow(r.data[:0], n)[:n]
	return r.data
}

var lineRooms = sync.Pool{New: func() any { return new(lineRoom) }}

// largest returns the index of the largest element: the first of several, and the first NaN if there is one.
func largest(x []float64) (best int) {
	m := x[0]
	for i, v := range x {
		if !(v <= m) { // or one is NaN
			if m != m {
				break
			}
			best, m = i, v
		}
	}
	return best
}

// Softmax sets z to e^x over the sum of e^x along the axis. It is computed from the differences
// to the largest element, so it does not overflow. Where all elements are −Inf, it is 0. It
// panics if the axis does not exist.
func (z *Tensor) Softmax(x *Tensor, axis int) *Tensor {
	return z.along("Softmax", x, axis, func(z, x []float64) {
		m := kernel.Max(x)
		if math.IsInf(m, -1) {
			m = 0
		}
		kernel.Sub(z, x, []float64{m})
		kernel.Exp(z, z)
		if sum := kernel.Sum(z); sum > 0 { // else all are 0, or NaN
			kernel.Div(z, z, []float64{sum})
		}
	})
}

// LogSoftmax sets z to the logarithm of Softmax, x − LogSumExp(x), along the axis, and is accurate where
// Softmax is near 0 or 1. It panics if the axis does not exist.
func (z *Tensor) LogSoftmax(x *Tensor, axis int) *Tensor {
	return z.along("LogSoftmax", x, axis, func(z, x []float64) {
		m, log := logSumExp(x)
		if math.IsInf(m, -1) {
			m = 0
		}
		kernel.Sub(z, x, []float64{m})
		kernel.Sub(z, z, []float64{log})
	})
}

// LogSumExp sets z to the logarithm of the sum of e^x along the axis, which the result no longer
// has. It does not overflow. It is −Inf where there are no elements or all are −Inf. It panics
// if the axis does not exist.
func (z *Tensor) LogSumExp(x *Tensor, axis int) *Tensor {
	return z.reduceLines("LogSumExp", x, axis, func(x []float64) float64 {
		m, log := logSumExp(x)
		return m + log
	})
}

// logSumExp returns the largest element m, and ln Σ e^(x−m). The largest element counts as the 1 of
// ln(1 + …), so that the contribution of the others is not lost.
func logSumExp(x []float64) (m, log float64) {
	if m = kernel.Max(x); m != m || math.IsInf(m, 0) {
		return m, 0
	}
	best := slices.Index(x, m)
	others := 0.0
	var room [64]float64
	for i := 0; i < len(x); i += len(room) {
		exps := room[:min(len(room), len(x)-i)]
		kernel.Sub(exps, x[i:][:len(exps)], []float64{m})
		kernel.Exp(exps, exps)
		if i <= best && best < i+len(exps) {
			exps[best-i] = 0
		}
		others += kernel.Sum(exps)
	}
	return m, kernel.LogOnePlus(others)
}

// Standardise sets z to (x − m)·r and roots to r = 1/√(v + eps), with the mean m and the variance v of
// each line along the last axis; roots has x's shape without that axis. The mean of x − m, which rounding
// may leave of a large mean, is subtracted too. It panics if x has no axis, or roots shares memory with x
// or z.
func (z *Tensor) Standardise(roots, x *Tensor, eps float64) *Tensor {
	const op = "Standardise"
	n := x.shape()[x.axis(op, -1)]
	z.like(op, x)
	roots.prepare(op, x.shape()[:x.rank-1])
	if roots.mustBeApart(op, x, z); len(z.data) == 0 {
		roots.Fill(1 / math.Sqrt(eps)) // as if the variance were 0
		return z
	}
	x = z.apart(x)
	room := lineRooms.Get().(*lineRoom)
	defer lineRooms.Put(room)
	squares := room.get(n)
	for i := range roots.data {
		d := z.data[i*n:][:n]
		kernel.Sub(d, x.data[i*n:][:n], []float64{kernel.Sum(x.data[i*n:][:n]) / float64(n)})
		kernel.Sub(d, d, []float64{kernel.Sum(d) / float64(n)})
		kernel.Square(squares, d)
		roots.data[i] = 1 / math.Sqrt(kernel.Sum(squares)/float64(n)+eps)
		kernel.Scale(d, roots.data[i], d)
	}
	return z
}

// AddStandardiseVJP adds to z the gradient of Standardise with respect to x, given its results y and
// roots r, and dy = ∂L/∂y:
//
//	∂L/∂x = ((dy − mean(dy)) − mean(dy·y)·y)·r
//
// The means are over each line, and a product is 0 where its first factor is exactly 0. An empty z is set
// to the gradient. It panics unless the shapes are those of Standardise, or if z shares memory with the
// others.
func (z *Tensor) AddStandardiseVJP(dy, y, roots *Tensor) *Tensor {
	const op = "AddStandardiseVJP"
	mustMatch(op, dy, y)
	roots.mustBeSet(op)
	n := y.shape()[y.axis(op, -1)]
	if !slices.Equal(roots.shape(), y.shape()[:y.rank-1]) {
		fail(op, "the roots have shape %v, y %v; the roots need the shape of y without the last axis", roots.Shape(), y.Shape())
	}
	fresh := z.like(op, y)
	if z.mustBeApart(op, dy, y, roots); len(z.data) == 0 {
		return z
	}
	room := lineRooms.Get().(*lineRoom)
	defer lineRooms.Put(room)
	dx, part := room.get(2 * n)[:n], room.data[n:]
	for i, r := range roots.data {
		dyi, yi := dy.data[i*n:][:n], y.data[i*n:][:n]
		kernel.Chain(part, dyi, yi)
		agree := kernel.Sum(part) / float64(n)
		kernel.Sub(dx, dyi, []float64{kernel.Sum(dyi) / float64(n)})
		kernel.Chain(part, []float64{agree}, yi)
		kernel.Sub(dx, dx, part)
		kernel.Chain(dx, dx, []float64{r})
		if zi := z.data[i*n:][:n]; fresh {
			copy(zi, dx)
		} else {
			kernel.Add(zi, zi, dx)
		}
	}
	return z
}

// CumSum sets z to the cumulative sums of x along the axis: each is the sum of the elements from the
// first up to its own. It panics if the axis does not exist.
func (z *Tensor) CumSum(x *Tensor, axis int) *Tensor {
	return z.along("CumSum", x, axis, func(z, x []float64) {
		sum := 0.0
		for i, v := range x {
			sum += v
			z[i] = sum
		}
	})
}

// CumProd sets z to the cumulative products of x along the axis, as CumSum does. It panics if the axis
// does not exist.
func (z *Tensor) CumProd(x *Tensor, axis int) *Tensor {
	return z.along("CumProd", x, axis, func(z, x []float64) {
		product := 1.0
		for i, v := range x {
			product *= v
			z[i] = product
		}
	})
}

// LogCumSumExp sets z to the logarithms of the cumulative sums of e^x along the axis. It does not
// overflow. It panics if the axis does not exist.
func (z *Tensor) LogCumSumExp(x *Tensor, axis int) *Tensor {
	return z.along("LogCumSumExp", x, axis, func(z, x []float64) {
		log := math.Inf(-1)
		for i, v := range x {
			lo, hi := min(log, v), max(log, v)
			if log = hi; !math.IsInf(hi, 0) {
				log = hi + kernel.LogOnePlus(kernel.Exp1(lo-hi))
			}
			z[i] = log
		}
	})
}

// Prod sets z to the product of x over the axes, as Sum does; the product of no elements is 1. It panics
// if an axis does not exist or is named twice.
func (z *Tensor) Prod(x *Tensor, axes ...int) *Tensor {
	return z.reduce("Prod", x, axes, products)
}

// Norm sets z to the p-norm (Σ |x|ᵖ)^(1/p) along the axis, which the result no longer has. Elements are
// scaled where their powers would overflow or underflow. The norm of no elements is 0, but Inf if p < 0.
// It panics if the axis does not exist, or if p is 0, infinite or NaN.
func (z *Tensor) Norm(x *Tensor, p float64, axis int) *Tensor {
	if p == 0 || math.IsInf(p, 0) || p != p {
		fail("Norm", "p is %v; it must be finite and not 0", p)
	}
	return z.reduceLines("Norm", x, axis, func(x []float64) float64 {
		s := powers(x, 1, p)
		if s != s || s > 0x1p-900 && s < 0x1p1000 {
			return root(s, p)
		}
		scale := 0.0 // of the element that counts most
		if p < 0 {
			scale = math.Inf(1)
		}
		for _, v := range x {
			if v = math.Abs(v); (v > scale) == (p > 0) {
				scale = v
			}
		}
		if scale == 0 || math.IsInf(scale, 1) {
			return scale
		}
		return scale * root(powers(x, scale, p), p)
	})
}

// powers returns Σ |x/scale|ᵖ.
func powers(x []float64, scale, p float64) (s float64) {
	var room [64]float64
	for i := 0; i < len(x); i += len(room) {
		v := room[:min(len(room), len(x)-i)]
		part := x[i:][:len(v)]
		if scale != 1 {
			kernel.Div(v, part, []float64{scale})
			part = v
		}
		switch p {
		case 1:
			kernel.Abs(v, part)
		case 2:
			kernel.Square(v, part)
		default:
			for j, u := range part {
				v[j] = kernel.Pow1(math.Abs(u), p)
			}
		}
		s += kernel.Sum(v)
	}
	return s
}

// root returns s^(1/p).
func root(s, p float64) float64 {
	switch p {
	case 1:
		return s
	case 2:
		return math.Sqrt(s)
	}
	return kernel.Pow1(s, 1/p)
}
