package autograd

import (
	"cmp"
	"math"
	"slices"

	"gentlegrad/tensor"
)

// What orders the elements along an axis. All are selections: the gradient goes where the numbers came from. Of equal
// elements the first comes first. NaN counts as larger than all numbers. Indices are constants, without a gradient, and a
// [Plan] follows the data.

// Sort returns x with its elements along the axis in rising order, or falling. Equal ones stay in their order, and NaN
// counts as larger than all numbers.
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
	return x.ranked(op, axis, descending, 0, x.value.Dim(axis))
}

// TopK returns the k largest elements along the axis, in falling order, or the k smallest in rising order; and their
// indices along it, which are constants. It panics unless 0 ≤ k ≤ the length of the axis.
//
//	∂L/∂x = ∂L/∂y at the k elements, and 0 elsewhere
func (x *Node) TopK(k, axis int, largest bool) (y, indices *Node) {
	axis = x.axis("TopK", axis)
	if n := x.value.Dim(axis); k < 0 || k > n {
		fail("TopK", "there are no %d of %d elements on axis %d of %v", k, n, axis, x)
	}
	return x.ranked("TopK", axis, largest, 0, k)
}

// MaxAlong returns the largest elements along the axis, which the result no longer has, and their indices along it, which
// are constants: the first of equal ones, and the first NaN if there is one. (Max goes over several axes, and
// equal ones share the gradient.) It panics if there are no elements to choose from.
//
//	∂L/∂x = ∂L/∂y at the indices, and 0 elsewhere
func (x *Node) MaxAlong(axis int) (y, indices *Node) {
	return x.extremeAlong("MaxAlong", axis, func(v, best float64) bool { return v > best })
}

// MinAlong returns the smallest elements along the axis and their indices, as MaxAlong does the largest.
//
//	∂L/∂x = ∂L/∂y at the indices, and 0 elsewhere
func (x *Node) MinAlong(axis int) (y, indices *Node) {
	return x.extremeAlong("MinAlong", axis, func(v, best float64) bool { return v < best })
}

// ArgMax returns the indices along the axis of what MaxAlong returns: constants.
func (x *Node) ArgMax(axis int) *Node {
	_, indices := x.MaxAlong(axis)
	return indices
}

// ArgMin returns the indices along the axis of what MinAlong returns: constants.
func (x *Node) ArgMin(axis int) *Node {
	_, indices := x.MinAlong(axis)
	return indices
}

// Median returns the medians along the axis, which the result no longer has: of an even number of elements the lower of
// the two in the middle; NaN if there is one. It panics if there are no elements.
//
//	∂L/∂x = ∂L/∂y at the medians, and 0 elsewhere
func (x *Node) Median(axis int) *Node {
	axis = x.axis("Median", axis)
	n := x.mustHaveElements("Median", axis)
	return x.selectAlong("Median", axis, func(places, data []float64) float64 {
		slices.SortFunc(places, byValue(data, false))
		if last := places[n-1]; math.IsNaN(data[int(last)]) {
			return last
		}
		return places[(n-1)/2]
	})
}

// extremeAlong returns the best elements along the axis, and their indices.
func (x *Node) extremeAlong(op string, axis int, better func(v, best float64) bool) (y, indices *Node) {
	axis = x.axis(op, axis)
	x.mustHaveElements(op, axis)
	y = x.selectAlong(op, axis, func(places, data []float64) float64 {
		best := places[0]
		for _, p := range places {
			v, b := data[int(p)], data[int(best)]
			if !math.IsNaN(b) && (better(v, b) || math.IsNaN(v)) {
				best = p
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

// ranked returns the elements of x along the axis that come at ranks from to to, not included.
func (x *Node) ranked(op string, axis int, descending bool, from, to int) (y, indices *Node) {
	y = x.selection(op, func(at *tensor.Tensor, y *Node) {
		x := y.inputs[0].value
		l := layoutOf(x)
		n, step := l.shape[axis], l.step[axis]
		l.shape[axis] = to - from
		places := at.Zeros(l.dims()...).Data()
		eachLine(y, axis, func(first int, line, data []float64) {
			slices.SortFunc(line, byValue(data, descending))
			for j, p := range line[from:to] {
				places[first/(n*step)*(to-from)*step+j*step+first%step] = p
			}
		})
	})
	return y, y.indices(axis, x)
}

// selectAlong returns of each line of x along the axis the element whose place choose returns, of the places of all.
func (x *Node) selectAlong(op string, axis int, choose func(places, data []float64) float64) *Node {
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		l := layoutOf(y.inputs[0].value)
		shape := l.shape
		places := at.Zeros(slices.Delete(shape[:l.rank], axis, axis+1)...).Data()
		k := 0
		eachLine(y, axis, func(_ int, line, data []float64) {
			places[k] = choose(line, data)
			k++
		})
	})
}

// eachLine calls f for each line of y's input along the axis: with the place of its first element, the places of all in a slice that f
// may modify, and the data that these are places in. For the slice Forward keeps a tensor.
func eachLine(y *Node, axis int, f func(first int, places, data []float64)) {
	x := y.inputs[0].value
	l := layoutOf(x)
	n, step := l.shape[axis], l.step[axis]
	room := y.Keep(1).value.Zeros(n).Data()
	for start := 0; start < x.Len(); start += n * step {
		for first := start; first < start+step; first++ {
			for j := range room {
				room[j] = float64(first + j*step)
			}
			f(first, room, x.Data())
		}
	}
}

// byValue returns the order of places by what is there in data, and then, rising in either case, by place.
func byValue(data []float64, descending bool) func(a, b float64) int {
	return func(a, b float64) int {
		order := compare(data[int(a)], data[int(b)])
		if descending {
			order = -order
		}
		return cmp.Or(order, cmp.Compare(a, b))
	}
}

// compare compares numbers; NaN is the largest. For cmp.Compare it is the smallest, so their negatives are compared.
func compare(v, w float64) int { return cmp.Compare(-w, -v) }

// indices returns the indices along x's axis of y, a selection of x.
func (y *Node) indices(axis int, x *Node) *Node {
	l := layoutOf(x.value)
	return flat(indicesOp{n: l.shape[axis], step: l.step[axis]}, y.Keep(0))
}

// indicesOp turns the places of elements into their indices along an axis of n, on which neighbours are step apart.
type indicesOp struct {
	flatRules
	n, step int
}

func (indicesOp) Name() string { return "Indices" }

func (indicesOp) arity() int { return 1 }

func (op indicesOp) Forward(y *Node) {
	at := y.inputs[0].value
	indices := y.value.Like(at).Data()
	for k, p := range at.Data() {
		indices[k] = float64(int(p) / op.step % op.n)
	}
}
