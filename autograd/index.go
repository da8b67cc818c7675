package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Operations that read or write at places which another node, the index, holds. An index is a constant of
// whole numbers from 0 up to, not including, the length of the axis, which is checked; only TakeAlong
// takes negative ones. No gradient flows to an index, and a [Plan] follows its values. Where an element
// is read several times, its gradients add up.

// Gather returns the elements of x that the index names along the axis, in the index's shape. The index
// has as many axes as x, and is no longer than x except along the axis: for a matrix and axis 0
//
//	yᵢⱼ = x[indexᵢⱼ, j]    ∂L/∂xₖⱼ = Σ ∂L/∂yᵢⱼ over the i with indexᵢⱼ = k
//
// It panics if the shapes do not fit, or if an index is not a whole number from 0 up to, not including,
// the length of the axis; so do the other operations with an index.
func (x *Node) Gather(axis int, index *Node) *Node {
	return x.gather("Gather", x.axis("Gather", axis), index, false)
}

func (x *Node) gather(op string, axis int, index *Node, negative bool) *Node {
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		index := y.inputs[1].value
		places := at.Like(index).Data()
		layoutOf(y.inputs[0].value).eachPlace(op, axis, index, negative, func(k, place int) { places[k] = float64(place) })
	}, index)
}

// TakeAlong is Gather of an x and an index that are broadcast to each other, except along the axis.
// Negative indices count from the end: −1 is the last.
//
//	∂L/∂x as for Gather, summed over the repetitions
func (x *Node) TakeAlong(axis int, index *Node) *Node {
	a := x.axis("TakeAlong", axis)
	mustBeNode("TakeAlong", index)
	to, indexTo := x.Shape(), index.Shape()
	fits := len(to) == len(indexTo)
	for i := 0; i < len(to) && fits; i++ {
		n, m := to[i], indexTo[i]
		switch {
		case i == a || n == m:
		case n == 1:
			to[i] = m
		case m == 1:
			indexTo[i] = n
		default:
			fits = false
		}
	}
	if !fits {
		fail("TakeAlong", "%v and the index %v do not broadcast on the axes other than %d", x, index, axis)
	}
	if !x.value.HasShape(to...) { // a copy of x would make the gradients of T parts cost T times x
		x = x.BroadcastTo(to...)
	}
	return x.gather("TakeAlong", a, index.BroadcastTo(indexTo...), true)
}

// IndexSelect returns the parts of x at the indices of the axis that the index holds. In the result's
// shape, the index's shape replaces the axis: a vector makes the axis as long as itself, a scalar removes
// it.
//
//	∂L/∂x = at each index of the axis, Σ ∂L/∂y over the places where it was selected
func (x *Node) IndexSelect(axis int, index *Node) *Node {
	return x.indexSelect("IndexSelect", axis, index)
}

// Embedding returns the rows of a table [n, …], such as vectors for n words, that the indices name. The
// indices may have any shape: indices [b, t] of a table [n, d] give [b, t, d].
//
//	∂L/∂table = at each row, Σ ∂L/∂y over the places where it was named
func Embedding(table, indices *Node) *Node { return table.indexSelect("Embedding", 0, indices) }

func (x *Node) indexSelect(op string, axis int, index *Node) *Node {
	a := x.axis(op, axis)
	return x.selectionOfRows(op, x.value.Shape()[a+1:], func(at *tensor.Tensor, y *Node) {
		x, index := y.inputs[0].value, y.inputs[1].value
		l, i := layoutOf(x), layoutOf(index)
		if l.rank-1+i.rank > maxRank {
			fail(op, "%v at indices of shape %v would have more than %d axes", y.inputs[0], index.Shape(), maxRank)
		}
		l.rowsAt(op, at, a, index)
	}, index)
}

// rowsAt sets at to the places of what is at the indices of the axis, counted in rows, which are what the
// axes after it hold.
func (l layout) rowsAt(op string, at *tensor.Tensor, axis int, index *tensor.Tensor) {
	var room [maxRank]int
	i := layoutOf(index)
	l.step[axis] = 1
	at.Zeros(append(append(room[:0], l.dims()[:axis]...), i.dims()...)...)
	along(at, l, axis, index.Len(), func(j int) int { return whole(op, index.Data()[j], &l, axis, false) })
}

// ScatterAdd returns x with the source's elements added at the places that the index names along the
// axis: those that Gather with this index would read. The source is at least as long as the index along
// every axis; what is beyond is not used.
//
//	∂L/∂x = ∂L/∂y    ∂L/∂source = ∂L/∂y, gathered
func (x *Node) ScatterAdd(axis int, index, source *Node) *Node {
	source = source.corner("ScatterAdd", index)
	places := x.fromIndex("ScatterAdd", axis, index, func(places *tensor.Tensor, l layout, a int, index *tensor.Tensor) {
		at := places.Like(index).Data()
		l.eachPlace("ScatterAdd", a, index, false, func(k, place int) { at[k] = float64(place) })
	})
	return x.Add(source.put(places, x))
}

// Scatter returns x with elements set to the source's, at the same places as in ScatterAdd. If several go
// to one place, the last of them, in the order of memory, stays.
//
//	∂L/∂x = ∂L/∂y, 0 where an element was set    ∂L/∂source = ∂L/∂y, gathered, 0 for what did not stay
func (x *Node) Scatter(axis int, index, source *Node) *Node {
	source = source.corner("Scatter", index)
	// For each element of x, the place of the source's element that it becomes, or −1.
	origin := x.fromIndex("Scatter", axis, index, func(origin *tensor.Tensor, l layout, a int, index *tensor.Tensor) {
		to := origin.Zeros(l.dims()...).Fill(-1).Data()
		l.eachPlace("Scatter", a, index, false, func(k, place int) { to[place] = float64(k) })
	})
	return Where(origin.Ge(Scalar(0)), source.take(origin, nil), x)
}

// IndexAdd returns x with parts of the source added along the axis: the source's part i to x's part at
// the i-th number of the index, a vector. For a factor, Scale the source.
//
//	∂L/∂x = ∂L/∂y    ∂L/∂source = ∂L/∂y.IndexSelect(axis, index)
func (x *Node) IndexAdd(axis int, index, source *Node) *Node {
	a := x.axis("IndexAdd", axis)
	mustBeNode("IndexAdd", index, source)
	shape := x.Shape()
	shape[a] = index.Value().Len()
	if index.value.Rank() != 1 || !source.Value().HasShape(shape...) {
		fail("IndexAdd", "the source is %v; with the indices %v along axis %d of %v it needs shape %v", source, index, axis, x, shape)
	}
	places := x.fromIndex("IndexAdd", a, index, func(places *tensor.Tensor, l layout, a int, index *tensor.Tensor) {
		l.rowsAt("IndexAdd", places, a, index)
	})
	return x.Add(source.put(places, x))
}

// corner returns the first elements of x along each axis, as many as the index has.
func (x *Node) corner(op string, index *Node) *Node {
	mustBeNode(op, x, index)
	shape := index.Shape()
	if len(shape) != x.Value().Rank() {
		fail(op, "the source %v and the index %v differ in their number of axes", x, index)
	}
	for a, n := range shape {
		switch have := x.value.Dim(a); {
		case n > have:
			fail(op, "the index %v is longer than the source %v along axis %d", index, x, a)
		case n < have:
			x = x.Slice(a, 0, n)
		}
	}
	return x
}

// fromIndex returns what f computes from x's layout, an axis and the index: places, which have no
// gradient.
func (x *Node) fromIndex(op string, axis int, index *Node, f func(places *tensor.Tensor, l layout, a int, index *tensor.Tensor)) *Node {
	a := x.axis(op, axis)
	l := layoutOf(x.Value())
	return flat(&flatOp{unary: unary(op + " places"), forward: func(places, index *tensor.Tensor) { f(places, l, a, index) }}, index)
}

// eachPlace calls f for each element of the index, with its number k and the place that it names along
// the axis. Negative indices, if they are allowed, count from the end.
func (l layout) eachPlace(op string, axis int, index *tensor.Tensor, negative bool, f func(k, place int)) {
	i := layoutOf(index)
	fits := i.rank == l.rank
	for a := 0; a < l.rank && fits; a++ {
		fits = a == axis || i.shape[a] <= l.shape[a]
	}
	if !fits {
		fail(op, "an index of shape %v does not fit shape %v along axis %d", index.Shape(), slices.Clone(l.dims()), axis)
	}
	i.step, i.step[axis] = l.step, 0 // the place of index 0
	i.rank--                         // the last axis is walked in rows
	numbers, n, between := index.Data(), i.shape[i.rank], i.step[i.rank]
	length, step := l.shape[axis], l.step[axis]
	i.walk(0, func(row, place int) {
		for j, v := range numbers[row*n:][:n] {
			p := int(v)
			if uint(p) >= uint(length) || float64(p) != v { // saves most a call
				p = whole(op, v, &l, axis, negative)
			}
			f(row*n+j, place+p*step)
			place += between
		}
	})
}

// whole returns v, an index into an axis, as a number from 0.
func whole(op string, v float64, l *layout, axis int, negative bool) int {
	n, lowest := l.shape[axis], 0
	if negative {
		lowest = -n
	}
	if !(v >= float64(lowest) && v < float64(n)) || v != math.Trunc(v) {
		fail(op, "index %v is not a whole number from %d to %d: axis %d of shape %v has length %d", v, lowest, n-1, axis, slices.Clone(l.dims()), n)
	}
	if v < 0 {
		v += float64(n)
	}
	return int(v)
}

// maxRank is the largest number of axes that a tensor has.
const maxRank = 16

// A layout says where a tensor's elements are in memory: neighbours along axis a are step[a] apart.
type layout struct {
	rank        int
	shape, step [maxRank]int
}

func layoutOf(x *tensor.Tensor) (l layout) {
	l.rank = x.Rank()
	step := 1
	for a := l.rank - 1; a >= 0; a-- {
		l.shape[a], l.step[a] = x.Dim(a), step
		step *= l.shape[a]
	}
	return l
}

// dims returns the shape.
func (l *layout) dims() []int { return l.shape[:l.rank] }

// walk calls f for each element, row by row: it is the k-th, and its place is start + Σ jₐ·step[a], where
// jₐ is its index on axis a.
func (l *layout) walk(start int, f func(k, place int)) {
	var index [maxRank]int
	place := start
	for k := range product(l.dims()) {
		f(k, place)
		for a := l.rank - 1; a >= 0; a-- {
			index[a]++
			place += l.step[a]
			if index[a] < l.shape[a] {
				break
			}
			place -= l.step[a] * l.shape[a]
			index[a] = 0
		}
	}
}

// along sets at to the places of a selection along one axis of a tensor with the layout l: the result has
// n indices there, and at index j it has what l has at index from(j).
func along(at *tensor.Tensor, l layout, axis, n int, from func(j int) int) {
	if product(l.shape[:axis]) == 0 {
		return
	}
	places, inner := at.Data(), l.step[axis]
	block := places[:n*inner] // the others differ from it only in where they begin
	for j := range n {
		place := from(j) * inner
		for i := range inner {
			block[j*inner+i] = float64(place + i)
		}
	}
	for outer := len(block); outer < len(places); outer += len(block) {
		first := float64(outer / len(block) * l.shape[axis] * inner)
		for i, place := range block {
			places[outer+i] = first + place
		}
	}
}

// axisOf returns an axis of n as a number from 0, and whether it exists.
func axisOf(axis, n int) (a int, ok bool) {
	if axis < 0 {
		axis += n
	}
	return axis, axis >= 0 && axis < n
}

// axis returns an axis of x as a number from 0; negative ones count from the end.
func (x *Node) axis(op string, axis int) int {
	mustBeNode(op, x)
	a, ok := axisOf(axis, x.Value().Rank())
	if !ok {
		fail(op, "axis %d is out of range for %v", axis, x)
	}
	return a
}

// axesOrAll returns axes of x as numbers from 0, or all axes if none is given. It panics if an axis is
// named twice.
func (x *Node) axesOrAll(op string, axes []int) []int {
	mustBeNode(op, x)
	if len(axes) == 0 {
		return inOrder(x.Value().Rank())
	}
	var set []int
	for _, axis := range axes {
		a := x.axis(op, axis)
		if slices.Contains(set, a) {
			fail(op, "axis %d of %v is named twice", a, x)
		}
		set = append(set, a)
	}
	return set
}
