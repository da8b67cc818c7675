package tensor

import (
	"fmt"
	"slices"
	"sync"

	"gentlegrad/tensor/internal/kernel"
)

// Take sets z to the elements of x at the given places: z[k] = x[at[k]], where x's elements are counted
// in row-major order and z has at's shape. The place −1 stands for no element, and gives 0. With the
// shape of a row, Take takes rows: places count rows of that many elements, into which x is divided, and
// z has at's shape followed by the row's. z may share no memory with x or at. It panics if a place is not
// a whole number from −1 to the last element or row of x, or if x can't be divided into such rows.
func (z *Tensor) Take(x, at *Tensor, row ...int) *Tensor {
	x.mustBeSet("Take")
	at.mustBeSet("Take")
	var room [2 * maxRank]int
	z.prepare("Take", append(append(room[:0], at.shape()...), row...))
	z.mustBeApart("Take", x, at)
	n := size("Take", row)
	rows := x.inRows("Take", n, row)
	if n == 1 {
		for k, p := range at.data {
			if i := x.place("Take", p, rows, n); i >= 0 {
				z.data[k] = x.data[i]
			} else {
				z.data[k] = 0
			}
		}
		return z
	}
	for k, p := range at.data {
		if i := x.place("Take", p, rows, n); i >= 0 {
			copy(z.data[k*n:][:n], x.data[i*n:])
		} else {
			clear(z.data[k*n:][:n])
		}
	}
	return z
}

// AddAt adds y's elements to those of z at the given places: z[at[k]] += y[k], where y has at's shape; or
// rows, placed as in Take, of the shape that y has after at's. Contributions to one place are added up
// before they are added to z. z may share no memory with at or y. It panics as Take does, and if z is
// empty.
func (z *Tensor) AddAt(at, y *Tensor) *Tensor {
	z.mustBeSet("AddAt")
	at.mustBeSet("AddAt")
	y.mustBeSet("AddAt")
	if y.rank < at.rank || !slices.Equal(y.shape()[:at.rank], at.shape()) {
		fail("AddAt", "there are places of shape %v for elements of shape %v", at.Shape(), y.Shape())
	}
	z.mustBeApart("AddAt", at, y)
	z.version++
	row := y.shape()[at.rank:]
	n := size("AddAt", row)
	rows := z.inRows("AddAt", n, row)
	last, rising := -1, true
	for _, p := range at.data {
		i := z.place("AddAt", p, rows, n)
		rising = rising && (i < 0 || i > last)
		last = max(last, i)
	}
	if len(y.data) == 0 {
		return z
	}
	if rising {
		for k, p := range at.data {
			switch i := int(p); {
			case i < 0:
			case n == 1: // most have one element: no slices
				z.data[i] += y.data[k]
			default:
				addRow(z.data[i*n:], y.data[k*n:][:n])
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
		switch i := int(p); {
		case i < 0:
		case n == 1 && r.first(i):
			r.sum[i] = y.data[k]
		case n == 1:
			r.sum[i] += y.data[k]
		case r.first(i):
			copy(r.sum[i*n:][:n], y.data[k*n:])
		default:
			addRow(r.sum[i*n:], y.data[k*n:][:n])
		}
	}
	for _, i := range r.places {
		addRow(z.data[i*n:], r.sum[i*n:][:n])
		r.has[i] = false
	}
	r.places = r.places[:0]
	return z
}

// addRow adds v to the first len(v) elements of z. Most rows have one element, for which a call of the
// kernel would take long.
func addRow(z, v []float64) {
	if len(v) == 1 {
		z[0] += v[0]
		return
	}
	z = z[:len(v)]
	kernel.Add(z, z, v)
}

// An addRoom is room for the sums of some of many rows.
type addRoom struct {
	sum    []float64
	has    []bool // which rows have a sum; none between two calls of AddAt
	places []int  // the rows that have a sum
}

// first reports whether row i has no sum yet; from then on it has one.
func (r *addRoom) first(i int) bool {
	if r.has[i] {
		return false
	}
	r.has[i] = true
	r.places = append(r.places, i)
	return true
}

// rooms has memory for AddAt to reuse.
var rooms = sync.Pool{New: func() any { return new(addRoom) }}

// inRows returns the number of x's rows of n elements each.
func (x *Tensor) inRows(op string, n int, row []int) int {
	if n == 0 && len(x.data) == 0 {
		return maxLen
	}
	if n == 0 || len(x.data)%n != 0 {
		fail(op, "shape %v can't be divided into rows of shape %v", x.Shape(), slices.Clone(row))
	}
	return len(x.data) / n
}

// place returns p as a place among x's rows of n elements.
func (x *Tensor) place(op string, p float64, rows, n int) int {
	i := int(p)
	if float64(i) != p || i < -1 || i >= rows {
		x.failPlace(op, p, rows, n)
	}
	return i
}

func (x *Tensor) failPlace(op string, p float64, rows, n int) {
	what := "element"
	if n != 1 {
		what = fmt.Sprintf("row of %d elements", n)
	}
	fail(op, "place %v is no whole number from −1 to %d, the last %s of shape %v", p, rows-1, what, x.Shape())
}
