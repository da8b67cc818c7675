package tensor

import (
	"fmt"
	"math"
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
	for k, p := range at.data {
		i, ok := placeOf(p, rows)
		switch {
		case !ok:
			x.failPlace("Take", p, rows, n)
		case n == 1 && i >= 0:
			z.data[k] = x.data[i]
		case n == 1:
			z.data[k] = 0
		case i >= 0:
			copy(z.data[k*n:][:n], x.data[i*n:])
		default:
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
		fail("AddAt", "the places have shape %v, y %v; the shape of y must begin with that of the places", at.Shape(), y.Shape())
	}
	z.mustBeApart("AddAt", at, y)
	z.version++
	row := y.shape()[at.rank:]
	n := size("AddAt", row)
	rows := z.inRows("AddAt", n, row)
	last, rising := -1, true
	for _, p := range at.data {
		i, ok := placeOf(p, rows)
		if !ok {
			z.failPlace("AddAt", p, rows, n)
		}
		rising = rising && (i < 0 || i > last)
		last = max(last, i)
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
	room := rooms.Get().(*[]float64)
	defer rooms.Put(room)
	if len(*room) < len(z.data) {
		*room = slices.Repeat([]float64{negativeZero}, len(z.data))
	}
	sum := (*room)[:len(z.data)]
	for k, p := range at.data {
		switch i := int(p); {
		case i < 0:
		case n == 1:
			sum[i] += y.data[k]
		default:
			addRow(sum[i*n:], y.data[k*n:][:n])
		}
	}
	if len(at.data) >= rows {
		addSums(z.data, sum)
		return z
	}
	for _, p := range at.data { // a place that occurs twice has the sum −0 the second time
		if i := int(p); i >= 0 {
			addSums(z.data[i*n:], sum[i*n:][:n])
		}
	}
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

// addSums adds sums to as many elements of z, and makes them −0 again.
func addSums(z, sum []float64) {
	addRow(z, sum)
	for i := range sum {
		sum[i] = negativeZero
	}
}

// negativeZero changes no number that it is added to, neither 0 nor −0.
var negativeZero = math.Copysign(0, -1)

// rooms has memory for AddAt to reuse for its sums: all −0 between two calls.
var rooms = sync.Pool{New: func() any { return new([]float64) }}

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

// placeOf returns p as a place among the rows, or −1 for none, and whether it is one of these.
func placeOf(p float64, rows int) (i int, ok bool) {
	i = int(p)
	return i, float64(i) == p && i >= -1 && i < rows
}

func (x *Tensor) failPlace(op string, p float64, rows, n int) {
	what := "element"
	if n != 1 {
		what = fmt.Sprintf("row of %d elements", n)
	}
	fail(op, "place %v is not a whole number from −1 to %d, the last %s of shape %v", p, rows-1, what, x.Shape())
}
