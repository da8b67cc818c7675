package tensor

import (
	"math"
	"sort"
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
	o := orders.Get().(*byPlace)
	defer orders.Put(o)
	o.at, o.order = at.data, o.order[:0]
	for k, p := range at.data {
		if p >= 0 {
			o.order = append(o.order, k)
		}
	}
	sort.Stable(o)
	for order := o.order; len(order) > 0; {
		p, sum := at.data[order[0]], y.data[order[0]]
		for order = order[1:]; len(order) > 0 && at.data[order[0]] == p; order = order[1:] {
			sum += y.data[order[0]]
		}
		z.data[int(p)] += sum
	}
	o.at = nil
	return z
}

// byPlace sorts indices by the place that they are for.
type byPlace struct {
	at    []float64
	order []int
}

func (o *byPlace) Len() int           { return len(o.order) }
func (o *byPlace) Less(i, j int) bool { return o.at[o.order[i]] < o.at[o.order[j]] }
func (o *byPlace) Swap(i, j int)      { o.order[i], o.order[j] = o.order[j], o.order[i] }

// orders has room for AddAt, so that it needs no memory of its own.
var orders = sync.Pool{New: func() any { return new(byPlace) }}

// place returns a place among x's elements that a number stands for.
func (x *Tensor) place(op string, p float64) int {
	if !(p >= -1 && p < float64(len(x.data))) || p != math.Trunc(p) {
		fail(op, "place %v is no whole number from −1 to %d, the last element of shape %v", p, len(x.data)-1, x.Shape())
	}
	return int(p)
}
