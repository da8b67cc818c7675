package tensor

import (
	"cmp"
	"slices"
	"unsafe"

	"gentlegrad/tensor/internal/kernel"
)

// broadcastShape returns, in room, the shape of an element-wise result by NumPy's rule, and whether the
// operands' shapes fit.
func broadcastShape(x, y []int, room *[maxRank]int) (shape []int, ok bool) {
	long, short := x, y
	if len(long) < len(short) {
		long, short = short, long
	}
	out := room[:copy(room[:], long)]
	lead := len(long) - len(short)
	for a, d := range short {
		switch l := out[lead+a]; {
		case l == d || d == 1:
		case l == 1:
			out[lead+a] = d
		default:
			return nil, false
		}
	}
	return out, true
}

// mustBroadcast is broadcastShape of x and y, which panics unless they fit.
func mustBroadcast(op string, x, y []int, room *[maxRank]int) []int {
	shape, ok := broadcastShape(x, y, room)
	if !ok {
		fail(op, "shapes do not broadcast: %v and %v", slices.Clone(x), slices.Clone(y))
	}
	return shape
}

// BroadcastTo sets z to x repeated to the given shape, along axes of length 1 and along new leading axes.
// It panics if x does not broadcast to that shape.
func (z *Tensor) BroadcastTo(x *Tensor, shape ...int) *Tensor {
	x.mustBeSet("BroadcastTo")
	if !broadcasts(x.shape(), shape) {
		fail("BroadcastTo", "shape %v does not broadcast to %v", x.Shape(), slices.Clone(shape))
	}
	if z.prepare("BroadcastTo", shape); len(z.data) > 0 {
		z.repeat(z.apart(x))
	}
	return z
}

// repeat sets z, which has elements, to x, repeated.
func (z *Tensor) repeat(x *Tensor) {
	w := newWalk(z.shape(), x.shape(), nil)
	w.run(func(n, o, at, _, step, _ int) {
		if step == 1 {
			copy(z.data[o:o+n], x.data[at:])
			return
		}
		kernel.Fill(z.data[o:o+n], x.data[at])
	})
}

// Broadcasts reports whether x can be repeated to y's shape, so that SumTo can sum y to x's. It is false
// if x or y is empty.
func Broadcasts(x, y *Tensor) bool {
	return !x.IsEmpty() && !y.IsEmpty() && broadcasts(x.shape(), y.shape())
}

// broadcasts reports whether a tensor of shape from can be repeated to shape to.
func broadcasts(from, to []int) bool {
	lead := len(to) - len(from)
	if lead < 0 {
		return false
	}
	for a, d := range from {
		if d != 1 && d != to[lead+a] {
			return false
		}
	}
	return true
}

// A walk goes over the elements of a result in runs of its last axis, and says
// where the operands' elements are. Axes along which both operands behave alike
// are merged first, so that a run is as long as it can be.
type walk struct {
	rank int
	axes [maxRank]struct{ length, x, y int } // x and y: the operands' strides, 0 where they repeat
}

// newWalk returns the walk over a result of shape out, which has elements, with
// operands of shapes x and y that broadcast to it.
func newWalk(out, x, y []int) walk {
	var w walk
	var sx, sy [maxRank]int
	strides(sx[:len(out)], x)
	strides(sy[:len(out)], y)
	for a, d := range out {
		if w.rank > 0 {
			if last := &w.axes[w.rank-1]; last.x == sx[a]*d && last.y == sy[a]*d {
				last.length, last.x, last.y = last.length*d, sx[a], sy[a]
				continue
			}
		}
		if d > 1 {
			w.axes[w.rank].length, w.axes[w.rank].x, w.axes[w.rank].y = d, sx[a], sy[a]
			w.rank++
		}
	}
	return w
}

// strides sets s to the distances in memory between neighbours along each of len(s) axes, for an operand
// of the given shape, aligned at the last axis; 0 where it has one element.
func strides(s []int, shape []int) {
	step := 1
	for i := 1; i <= len(shape); i++ {
		d := shape[len(shape)-i]
		if d > 1 {
			s[len(s)-i] = step
		}
		step *= d
	}
}

// run calls f for every run of n elements. o, x and y are the offsets of its first element in the result
// and the operands; dx and dy, which are 0 or 1, are the operands' steps.
func (w *walk) run(f func(n, o, x, y, dx, dy int)) {
	if w.rank == 0 {
		f(1, 0, 0, 0, 0, 0)
		return
	}
	inner := w.axes[w.rank-1]
	var index [maxRank]int
	o, x, y := 0, 0, 0
	for {
		f(inner.length, o, x, y, inner.x, inner.y)
		o += inner.length
		a := w.rank - 2
		for ; a >= 0; a-- {
			axis := &w.axes[a]
			index[a]++
			x += axis.x
			y += axis.y
			if index[a] < axis.length {
				break
			}
			x -= axis.x * axis.length
			y -= axis.y * axis.length
			index[a] = 0
		}
		if a < 0 {
			return
		}
	}
}

// apart returns x, or a copy of it if x and z overlap without being the same elements, so that an
// element-wise loop never reads what it has written.
func (z *Tensor) apart(x *Tensor) *Tensor {
	if !overlap(z.data, x.data) || len(z.data) == len(x.data) && &z.data[0] == &x.data[0] {
		return x
	}
	return x.Clone()
}

func overlap(a, b []float64) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	a0, b0 := uintptr(unsafe.Pointer(&a[0])), uintptr(unsafe.Pointer(&b[0]))
	return a0 < b0+8*uintptr(len(b)) && b0 < a0+8*uintptr(len(a))
}

// Overlapping returns the index of one of xs that shares memory with another of them or with one of
// others, or −1 if none does. It takes n log n time for n tensors.
func Overlapping(xs, others []*Tensor) int {
	type span struct {
		from, until uintptr
		place       int // −1 of others
	}
	var spans []span
	for i, x := range slices.Concat(xs, others) {
		if data := x.Data(); len(data) > 0 {
			from := uintptr(unsafe.Pointer(&data[0]))
			if i >= len(xs) {
				i = -1
			}
			spans = append(spans, span{from, from + 8*uintptr(len(data)), i})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	var x, other span // those that reach furthest so far
	for _, s := range spans {
		switch {
		case s.place >= 0 && s.from < max(x.until, other.until):
			return s.place
		case s.from < x.until:
			return x.place
		case s.place < 0 && s.until > other.until:
			other = s
		case s.place >= 0:
			x = s
		}
	}
	return -1
}
