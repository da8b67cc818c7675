package tensor

import (
	"math"
	"slices"
	"sync"

	"gentlegrad/tensor/internal/kernel"
)

// A line is the n elements along an axis that differ in its index alone; neighbours are step apart in memory.
type line struct {
	data    []float64 // from the first element on
	n, step int
}

func (l line) at(i int) float64     { return l.data[i*l.step] }
func (l line) set(i int, v float64) { l.data[i*l.step] = v }

// sum adds the elements as Sum does.
func (l line) sum() float64 {
	if l.step == 1 {
		return kernel.Sum(l.data[:l.n])
	}
	s := 0.0
	for i := range l.n {
		s += l.at(i)
	}
	return s
}

// largest returns the index of the largest element: the first of several, and the first NaN if there is one.
func (l line) largest() (best int) {
	m := l.data[0]
	for i, at := 1, l.step; i < l.n; i, at = i+1, at+l.step {
		if v := l.data[at]; !(v <= m) { // or one is NaN
			if m != m {
				break
			}
			best, m = i, v
		}
	}
	return best
}

// from returns the elements from the i-th on, n at most.
func (l line) from(i, n int) line {
	return line{l.data[i*l.step:], min(n, l.n-i), l.step}
}

const atOnce = 64 // elements of a line

// exps sets z to e^(x−m), of atOnce elements at most.
func (z line) exps(x line, m float64) {
	var room [atOnce]float64
	part := room[:x.n]
	if x.step == 1 {
		kernel.Sub(part, x.data[:x.n], []float64{m})
	} else {
		for i, at := 0, 0; i < len(part); i, at = i+1, at+x.step {
			part[i] = x.data[at] - m
		}
	}
	kernel.Exp(part, part)
	if z.step == 1 {
		copy(z.data, part)
		return
	}
	for i, at := 0, 0; i < len(part); i, at = i+1, at+z.step {
		z.data[at] = part[i]
	}
}

// along sets z, of x's shape, to what f makes of each line of x along the axis; a line of z may be that of x.
func (z *Tensor) along(op string, x *Tensor, axis int, f func(z, x line)) *Tensor {
	a := x.axis(op, axis)
	if !z.like(op, x) {
		x = z.apart(x)
	}
	n, step := x.shape()[a], x.stride(a)
	if step > 1 && n <= long {
		z.farApart(x, n, step, f)
		return z
	}
	for first := 0; first < len(x.data); first += n * step {
		for i := first; i < first+step; i++ {
			f(line{z.data[i:], n, step}, line{x.data[i:], n, step})
		}
	}
	return z
}

// farApart is along for lines whose elements are step apart.
func (z *Tensor) farApart(x *Tensor, n, step int, f func(z, x line)) {
	pooled := lineRooms.Get().(*[]float64)
	defer lineRooms.Put(pooled)
	*pooled = slices.Grow((*pooled)[:0], n*beside)[:n*beside]
	room := *pooled
	for first := 0; first < len(x.data); first += n * step {
		for i := first; i < first+step; i += beside {
			w := min(beside, first+step-i)
			for r := range n {
				copy(room[r*beside:][:w], x.data[i+r*step:])
			}
			for j := range w {
				l := line{room[j:], n, beside}
				f(l, l)
			}
			for r := range n {
				copy(z.data[i+r*step:][:w], room[r*beside:])
			}
		}
	}
}

// Lines whose elements are far apart are gone through where they are closer, in rooms: so many at a time, whose elements beside
// one another a cache fetches at once; unless they are too long for that to fit into a cache.
const beside, long = 8, 1 << 13

var lineRooms = sync.Pool{New: func() any { return new([]float64) }}

// reduceLines sets z, of x's shape without the axis, to what f makes of each line along it.
func (z *Tensor) reduceLines(op string, x *Tensor, axis int, f func(x line) float64) *Tensor {
	a := x.axis(op, axis)
	n, step := x.shape()[a], x.stride(a)
	var room [maxRank]int
	z.prepare(op, slices.Delete(append(room[:0], x.shape()...), a, a+1))
	if overlap(z.data, x.data) {
		x = x.Clone()
	}
	for o := range z.data {
		first := o/step*n*step + o%step
		z.data[o] = f(line{x.data[min(first, len(x.data)):], n, step})
	}
	return z
}

// Softmax sets z to e^x over the sum of e^x along the axis. It is computed from the differences to the largest
// element, so it does not overflow. Where all elements are −Inf, it is 0. It panics if the axis does not exist.
func (z *Tensor) Softmax(x *Tensor, axis int) *Tensor {
	return z.along("Softmax", x, axis, func(z, x line) {
		m := x.at(x.largest())
		if math.IsInf(m, -1) {
			m = 0
		}
		for i := 0; i < x.n; i += atOnce {
			z.from(i, atOnce).exps(x.from(i, atOnce), m)
		}
		sum := z.sum()
		if z.step == 1 && sum > 0 {
			kernel.Div(z.data[:z.n], z.data[:z.n], []float64{sum})
			return
		}
		for i, at := 0, 0; i < z.n; i, at = i+1, at+z.step {
			if e := z.data[at]; e != 0 { // where all are 0, so is the sum
				z.data[at] = e / sum
			}
		}
	})
}

// LogSoftmax sets z to the logarithm of Softmax, x − LogSumExp(x), along the axis, and is accurate where
// Softmax is near 0 or 1. It panics if the axis does not exist.
func (z *Tensor) LogSoftmax(x *Tensor, axis int) *Tensor {
	return z.along("LogSoftmax", x, axis, func(z, x line) {
		m, log := logSumExp(x)
		if math.IsInf(m, -1) {
			m = 0
		}
		for i, zat, xat := 0, 0, 0; i < z.n; i, zat, xat = i+1, zat+z.step, xat+x.step {
			z.data[zat] = (x.data[xat] - m) - log
		}
	})
}

// LogSumExp sets z to the logarithm of the sum of e^x along the axis, which the result no longer has. It does not
// overflow. It is −Inf where there are no elements or all are −Inf. It panics if the axis does not exist.
func (z *Tensor) LogSumExp(x *Tensor, axis int) *Tensor {
	return z.reduceLines("LogSumExp", x, axis, func(x line) float64 {
		m, log := logSumExp(x)
		return m + log
	})
}

// logSumExp returns the largest element m, and ln Σ e^(x−m), in which the largest element counts as the 1 of
// ln(1 + …): so what the others add is not lost.
func logSumExp(x line) (m, log float64) {
	if x.n == 0 {
		return math.Inf(-1), 0
	}
	best := x.largest()
	m = x.at(best)
	if math.IsInf(m, 0) {
		return m, 0
	}
	others := 0.0
	var exps [atOnce]float64
	for i := 0; i < x.n; i += atOnce {
		part := x.from(i, atOnce)
		line{exps[:], part.n, 1}.exps(part, m)
		if i <= best && best < i+atOnce {
			exps[best-i] = 0
		}
		for _, e := range exps[:part.n] {
			others += e
		}
	}
	return m, logOnePlus(others)
}

// logOnePlus returns ln(1+x) for a finite x ≥ 0, as in Kahan's "Further remarks on reducing truncation errors" (1965): what 1+x
// lost, the quotient puts back.
func logOnePlus(x float64) float64 {
	w := 1 + x
	if w == 1 {
		return x
	}
	return kernel.Log1(w) * x / (w - 1)
}

// Standardise sets z to (x − m)·r, with the mean m, the variance v and r = 1/√(v + eps) of each line along the last axis, and
// roots, of x's shape without that axis, to r. The mean of what the difference leaves of a large mean's rounding is taken off
// too. It panics if x has no axis, or roots shares memory with x or z.
func (z *Tensor) Standardise(roots, x *Tensor, eps float64) *Tensor {
	const op = "Standardise"
	n := x.shape()[x.axis(op, -1)]
	if !z.like(op, x) {
		x = z.apart(x)
	}
	roots.prepare(op, x.shape()[:x.rank-1])
	if roots.mustBeApart(op, x, z); len(z.data) == 0 {
		return z
	}
	room := lineRooms.Get().(*[]float64)
	defer lineRooms.Put(room)
	*room = slices.Grow((*room)[:0], n)[:n]
	for i := range roots.data {
		d := z.data[i*n:][:n]
		kernel.Sub(d, x.data[i*n:][:n], []float64{kernel.Sum(x.data[i*n:][:n]) / float64(n)})
		kernel.Sub(d, d, []float64{kernel.Sum(d) / float64(n)})
		kernel.Square(*room, d)
		roots.data[i] = 1 / math.Sqrt(kernel.Sum(*room)/float64(n)+eps)
		kernel.Scale(d, roots.data[i], d)
	}
	return z
}

// AddStandardiseVJP adds to z the gradient by x of what Standardise made of it, y and roots r, given dy = ∂L/∂y: with the means
// over each line, and products that are 0 where their first factor is exactly 0,
//
//	∂L/∂x = ((dy − mean(dy)) − mean(dy·y)·y)·r
//
// An empty z is set to it. It panics unless the shapes are those of Standardise. z may share no memory with the others.
func (z *Tensor) AddStandardiseVJP(dy, y, roots *Tensor) *Tensor {
	const op = "AddStandardiseVJP"
	mustMatch(op, dy, y)
	roots.mustBeSet(op)
	n := y.shape()[y.axis(op, -1)]
	if !slices.Equal(roots.shape(), y.shape()[:y.rank-1]) {
		fail(op, "the roots have shape %v, y has %v", roots.Shape(), y.Shape())
	}
	fresh := z.like(op, y)
	if z.mustBeApart(op, dy, y, roots); len(z.data) == 0 {
		return z
	}
	room := lineRooms.Get().(*[]float64)
	defer lineRooms.Put(room)
	*room = slices.Grow((*room)[:0], 2*n)[:2*n]
	dx, part := (*room)[:n], (*room)[n:]
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

// CumSum sets z to the sums of x's elements along the axis from the first to each. It panics if the axis does
// not exist.
func (z *Tensor) CumSum(x *Tensor, axis int) *Tensor {
	return z.along("CumSum", x, axis, func(z, x line) {
		sum := 0.0
		for i, zat, xat := 0, 0, 0; i < z.n; i, zat, xat = i+1, zat+z.step, xat+x.step {
			sum += x.data[xat]
			z.data[zat] = sum
		}
	})
}

// CumProd sets z to the products of x's elements along the axis from the first to each. It panics if the axis
// does not exist.
func (z *Tensor) CumProd(x *Tensor, axis int) *Tensor {
	return z.along("CumProd", x, axis, func(z, x line) {
		product := 1.0
		for i := range z.n {
			product *= x.at(i)
			z.set(i, product)
		}
	})
}

// LogCumSumExp sets z to the logarithms of the sums of e^x along the axis from the first element to each. It
// does not overflow. It panics if the axis does not exist.
func (z *Tensor) LogCumSumExp(x *Tensor, axis int) *Tensor {
	return z.along("LogCumSumExp", x, axis, func(z, x line) {
		log := math.Inf(-1)
		for i := range z.n {
			v := x.at(i)
			lo, hi := min(log, v), max(log, v)
			if log = hi; !math.IsInf(hi, 0) {
				log = hi + logOnePlus(kernel.Exp1(lo-hi))
			}
			z.set(i, log)
		}
	})
}

// Prod sets z to the product of x over the axes, as Sum does the sum; that of no elements is 1. It panics if an
// axis does not exist or is named twice.
func (z *Tensor) Prod(x *Tensor, axes ...int) *Tensor {
	return z.reduce("Prod", x, axes, products)
}

// Norm sets z to the p-norm (Σ |x|ᵖ)^(1/p) along the axis, which the result no longer has; p is finite, and not 0.
// What overflows or underflows between is scaled. A norm of no elements is 0, but Inf if p < 0. It panics if the
// axis does not exist.
func (z *Tensor) Norm(x *Tensor, p float64, axis int) *Tensor {
	if p == 0 || math.IsInf(p, 0) || p != p {
		fail("Norm", "p is %v, must be finite and not 0", p)
	}
	return z.reduceLines("Norm", x, axis, func(x line) float64 {
		s := powers(x, 1, p)
		if s != s || s > 0x1p-900 && s < 0x1p1000 {
			return root(s, p)
		}
		scale := 0.0 // of the element that counts most
		if p < 0 {
			scale = math.Inf(1)
		}
		for i := range x.n {
			if v := math.Abs(x.at(i)); (v > scale) == (p > 0) {
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
func powers(x line, scale, p float64) (s float64) {
	for i := range x.n {
		switch v := math.Abs(x.at(i)) / scale; p {
		case 1:
			s += v
		case 2:
			s += float64(v * v)
		default:
			s += kernel.Pow1(v, p)
		}
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
