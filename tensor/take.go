package tensor

import (
	"math"
	"sync"
)

// Take sets z to the elements of x at the places that the index holds: z[k] = x[at[k]], where elements are
// counted in memory, row by row, and z has at's shape. −1 stands for no element: 0. z may not be x. It panics if a
// place is no whole number from −1 to the number of x's elements, not included.
func (z *Tensor) Take(x, at *Tensor) *Tensor {
	x.mustBeSet("Take")
	at.mustBeSet("Take")
	z.prepare("Take", at.shape())
	z.mustBeApart("Take", x)
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
// shape. What goes to one place is added up before it is added to z. z may not be y. It panics as Take does, and
// if z is empty.
func (z *Tensor) AddAt(at, y *Tensor) *Tensor {
	z.mustBeSet("AddAt")
	at.mustBeSet("AddAt")
	y.mustBeSet("AddAt")
	if !SameShape(at, y) {
		fail("AddAt", "there are places of shape %v for elements of shape %v", at.Shape(), y.Shape())
	}
	z.mustBeApart("AddAt", y)
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
	r.begin(len(z.data))
	for k, p := range at.data {
		if p >= 0 {
			r.add(int(p), y.data[k])
		}
	}
	for _, i := range r.places {
		z.data[i] += r.sum[i]
	}
	return z
}

// An addRoom is room for sums at some of many places, which are not to be cleared each time.
type addRoom struct {
	sum    []float64
	of     []uint32 // the run that each sum is of
	run    uint32
	places []int // that have a sum in this run
}

// begin begins a run with no sums at n places.
func (r *addRoom) begin(n int) {
	if r.run++; len(r.sum) < n || r.run == 0 {
		r.sum, r.of, r.run = make([]float64, n), make([]uint32, n), 1
	}
	r.places = r.places[:0]
}

func (r *addRoom) add(i int, v float64) {
	if r.of[i] == r.run {
		r.sum[i] += v
		return
	}
	r.sum[i], r.of[i] = v, r.run
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
