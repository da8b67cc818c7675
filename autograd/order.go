package autograd

import (
	"math"
	"math/bits"
	"slices"
	"sync"

	"gentlegrad/tensor"
)

// Operations that order the elements along an axis. All are selections: the gradient goes where the
// numbers came from. Equal elements stay in their order, and NaN counts as larger than all numbers.
// Indices are constants, without a gradient; in a [Plan] they follow the data.

// Sort returns x with its elements along the axis in ascending order, or descending. Equal elements stay
// in their order, and NaN counts as larger than all numbers.
//
//	∂L/∂x = ∂L/∂y, in x's order
func (x *Node) Sort(axis int, descending bool) *Node {
	y, _ := x.sorted("Sort", axis, descending)
	return y
}

// ArgSort returns the indices along the axis of what Sort returns: constants.
func (x *Node) ArgSort(axis int, descending bool) *Node {
	_, indices := x.sorted("ArgSort", axis, descending)
	return indices
}

func (x *Node) sorted(op string, axis int, descending bool) (y, indices *Node) {
	axis = x.axis(op, axis)
	return x.ranked(op, axis, descending, x.value.Dim(axis))
}

// TopK returns the k largest elements along the axis, in descending order, or the k smallest, in
// ascending order; and their indices along it, which are constants. It panics unless 0 ≤ k ≤ the length
// of the axis.
//
//	∂L/∂x = ∂L/∂y at the k elements, and 0 elsewhere
func (x *Node) TopK(k, axis int, largest bool) (y, indices *Node) {
	axis = x.axis("TopK", axis)
	if n := x.value.Dim(axis); k < 0 || k > n {
		fail("TopK", "%d of the %d elements on axis %d of %v can't be taken", k, n, axis, x)
	}
	return x.ranked("TopK", axis, largest, k)
}

// MaxAlong returns the largest elements along the axis, which is removed, and their indices along it,
// which are constants. Of equal elements it takes the first, and if there is a NaN, the first NaN. (Max
// goes over several axes, and equal elements share the gradient.) It panics if there are no elements to
// choose from.
//
//	∂L/∂x = ∂L/∂y at the indices, and 0 elsewhere
func (x *Node) MaxAlong(axis int) (y, indices *Node) {
	return x.extremeAlong("MaxAlong", axis, 1)
}

// MinAlong returns the smallest elements along the axis and their indices, as MaxAlong does the largest.
//
//	∂L/∂x = ∂L/∂y at the indices, and 0 elsewhere
func (x *Node) MinAlong(axis int) (y, indices *Node) {
	return x.extremeAlong("MinAlong", axis, -1)
}

// ArgMax returns the indices along the axis of what MaxAlong returns: constants.
func (x *Node) ArgMax(axis int) *Node {
	_, indices := x.extremeAlong("ArgMax", axis, 1)
	return indices
}

// ArgMin returns the indices along the axis of what MinAlong returns: constants.
func (x *Node) ArgMin(axis int) *Node {
	_, indices := x.extremeAlong("ArgMin", axis, -1)
	return indices
}

// Median returns the medians along the axis, which is removed: of an even number of elements the lower of
// the two in the middle; NaN if any element is NaN. It panics if there are no elements.
//
//	∂L/∂x = ∂L/∂y at the medians, and 0 elsewhere
func (x *Node) Median(axis int) *Node {
	axis = x.axis("Median", axis)
	middle := (x.mustHaveElements("Median", axis) - 1) / 2
	return x.selectAlong("Median", axis, func(l line) int {
		room := rooms.Get().(*[]rank)
		defer rooms.Put(room)
		ranks := l.ranks(room, false, middle+1)
		if last := slices.MaxFunc(ranks, rank.compare); last.key == keyOfNaN {
			return last.place
		}
		return ranks[middle].place
	})
}

// extremeAlong returns the largest elements along the axis, or for the sign −1 the smallest, and their
// indices; NaN counts as both.
func (x *Node) extremeAlong(op string, axis int, sign float64) (y, indices *Node) {
	axis = x.axis(op, axis)
	x.mustHaveElements(op, axis)
	y = x.selectAlong(op, axis, func(l line) int {
		best, largest := l.first, uint64(0)
		for p := l.first; p < l.first+l.n*l.step; p += l.step {
			if key := keyOf(sign * l.data[p]); key > largest {
				best, largest = p, key
			}
		}
		return best
	})
	return y, y.indices(axis, x)
}

func (x *Node) mustHaveElements(op string, axis int) (n int) {
	if n = x.value.Dim(axis); n == 0 {
		fail(op, "there are no elements on axis %d of %v", axis, x)
	}
	return n
}

// ranked returns the first k elements of x along the axis, in order.
func (x *Node) ranked(op string, axis int, descending bool, k int) (y, indices *Node) {
	y = x.selection(op, func(at *tensor.Tensor, y *Node) {
		x := y.inputs[0].value
		shape := layoutOf(x)
		shape.shape[axis] = k
		places := at.Zeros(shape.dims()...).Data()
		room := rooms.Get().(*[]rank)
		defer rooms.Put(room)
		eachLine(x, axis, func(l line) {
			for j, r := range l.ranks(room, descending, k)[:k] {
				places[l.first/(l.n*l.step)*k*l.step+j*l.step+l.first%l.step] = float64(r.place)
			}
		})
	})
	return y, y.indices(axis, x)
}

// selectAlong returns, for each line of x along the axis, the element whose place choose returns.
func (x *Node) selectAlong(op string, axis int, choose func(l line) int) *Node {
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		x := y.inputs[0].value
		l := layoutOf(x)
		shape := l.shape
		places := at.Zeros(slices.Delete(shape[:l.rank], axis, axis+1)...).Data()
		k := 0
		eachLine(x, axis, func(l line) {
			places[k] = float64(choose(l))
			k++
		})
	})
}

// A line is the n elements of data that differ only in their index along an axis: from first on, step
// apart.
type line struct {
	data           []float64
	first, n, step int
}

// eachLine calls f for each line of x along the axis.
func eachLine(x *tensor.Tensor, axis int, f func(l line)) {
	l := layoutOf(x)
	n, step := l.shape[axis], l.step[axis]
	for start := 0; start < x.Len(); start += n * step {
		for first := start; first < start+step; first++ {
			f(line{x.Data(), first, n, step})
		}
	}
}

// A rank is what elements are ordered by: a key that rises with the number, then their place in data.
type rank struct {
	key   uint64
	place int
}

func (r rank) compare(s rank) int {
	if r.key < s.key || r.key == s.key && r.place < s.place {
		return -1
	}
	return 1
}

// rooms are for the ranks of a line.
var rooms = sync.Pool{New: func() any { return new([]rank) }}

const keyOfNaN = math.MaxUint64

// keyOf returns an integer that rises with v: 0 and −0 have the same, and NaN has the largest.
func keyOf(v float64) uint64 {
	if v != v {
		return keyOfNaN
	}
	bits := math.Float64bits(v + 0)                 // 0 for −0
	return bits ^ (uint64(int64(bits)>>63) | 1<<63) // of a negative number, the complement
}

// ranks returns the ranks of the elements of l, the first k in order.
func (l line) ranks(room *[]rank, descending bool, k int) []rank {
	*room = (*room)[:0]
	for i := range l.n {
		place := l.first + i*l.step
		r := rank{keyOf(l.data[place]), place}
		if descending {
			r.key = ^r.key
		}
		*room = append(*room, r)
	}
	sortFirst(*room, k)
	return *room
}

// sortFirst sorts x far enough for its first k to be in order. Quickselect (C. A. R. Hoare, Algorithm 65:
// Find, 1961) narrows down what is to be sorted, unless its pivots are bad.
func sortFirst(x []rank, k int) {
	lo, hi := 0, len(x) // lo ≤ k ≤ hi; what is before lo is less, and what is from hi on is more
	for rounds := 2 * bits.Len(uint(len(x))); hi-k > 16 && rounds > 0; rounds-- {
		three := [3]rank{x[lo], x[(lo+hi)/2], x[hi-1]}
		slices.SortFunc(three[:], rank.compare)
		i, j := lo, hi-1
		for i <= j {
			for x[i].compare(three[1]) < 0 {
				i++
			}
			for three[1].compare(x[j]) < 0 {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i, j = i+1, j-1
			}
		}
		if k <= i {
			hi = i
		} else {
			lo = i
		}
	}
	slices.SortFunc(x[:hi], rank.compare)
}

// indices returns the indices along x's axis of y, a selection of x.
func (y *Node) indices(axis int, x *Node) *Node {
	l := layoutOf(x.value)
	n, step := l.shape[axis], l.step[axis]
	return flat(&flatOp{unary: "Indices", forward: func(indices, at *tensor.Tensor) {
		to := indices.Like(at).Data()
		for k, p := range at.Data() {
			to[k] = float64(int(p) / step % n)
		}
	}}, y.Keep(0))
}
