package tensor

import (
	"math"
	"sync"
)

// Take sets z to the elements of x at the places that the index holds: z[k] = x[at[k]], where elements are
// counted in memory, row by row, and z has at's shape. −1 stands for no element: 0. z may share no memory with x
// or at. It panics if a place is no whole number from −1 to the number of x's elements, not included.
func (z *Tensor) Take(x, at *Tensor) *Tensor {
	x.mustBeSet("Take")
	at.mustBeSet("Take")
	z.prepare("Take", at.shape())
	z.mustBeApart("Take", x, at)
	for k, p := range at.data {
		i := x.place("Take", p)
		if i < 0 {
			z.data[k] = 0
			continue
		}
		z.data[k] = x.data[i]
	}
	return z
}

// AddAt adds y's elements to those of z at the places that the index holds: z[at[k]] += y[k], where y has at's
// shape. What goes to one place is added up before it is added to z. z may share no memory with at or y. It
// panics as Take does, and if z is empty.
func (z *Tensor) AddAt(at, y *Tensor) *Tensor {
	z.mustBeSet("AddAt")
	at.mustBeSet("AddAt")
	y.mustBeSet("AddAt")
	if !SameShape(at, y) {
		fail("AddAt", "there are places of shape %v for elements of shape %v", at.Shape(), y.Shape())
	}
	z.mustBeApart("AddAt", at, y)
	z.version++
	last, rising := -1, true
	for _, p := range at.data {
		i := z.place("AddAt", p)
		rising = rising && (i < 0 || i > last)
		last = max(last, i)
	}
	if rising {
		for k, p := range at.data {
			if p >= 0 {
				z.data[int(p)] += y.data[k]
			}
		}
		return z
	}
	r := rooms.Get().(*addRoom)
	defer rooms.Put(r)
	if len(r.sum) < len(z.data) {
		r.sum, r.has = make([]float64, len(z.data)), make([]bool, len(z.data))
	}
	for k, p := range at.data {
		if p >= 0 {
			r.add(int(p), y.data[k])
		}
	}
	for _, i := range r.places {
		z.data[i] += r.sum[i]
		r.has[i] = false
	}
	r.places = r.places[:0]
	return z
}

// An addRoom is room for sums at some of many places.
type addRoom struct {
	sum    []float64
	has    []bool // which places have a sum: none between two calls
	places []int  // that have a sum
}

// add adds to the sum at a place.
func (r *addRoom) add(i int, v float64) {
	if r.has[i] {
		r.sum[i] += v
		return
	}
	r.sum[i], r.has[i] = v, true
	r.places = append(r.places, i)
}

// rooms is for AddAt, so that it needs no memory of its own.
var rooms = sync.Pool{New: func() any { return new(addRoom) }}

// place returns a place among x's elements that a number stands for.
func (x *Tensor) place(op string, p float64) int {
	if !(p >= -1 && p < float64(len(x.data))) || p != math.Trunc(p) {
		fail(op, "place %v is no whole number from −1 to %d, the last element of shape %v", p, len(x.data)-1, x.Shape())
	}
	return int(p)
}
