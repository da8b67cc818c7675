package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// Sliding windows: what convolution and pooling share. A window selects elements of the last axes of x,
// the spatial ones; the axes before them, batch and channels, are left alone.

// A Conv says how a convolution's windows lie. Each list has a number for each spatial axis, or one for
// all of them. The zero Conv has stride 1, no padding, dilation 1 and one group.
type Conv struct {
	Stride   []int // from one window to the next; nil is 1
	Padding  []int // zeros at either end; nil is none
	Dilation []int // from one element of a window to the next; nil is 1
	Same     bool  // instead of Padding: zeros that keep the input's size at stride 1; of an odd number, one more at the end
	Groups   int   // of channels, each convolved by itself; 0 is 1

	// OutputPadding makes the result of a transposed convolution longer at the end. A convolution with a
	// stride turns several sizes into the same one; OutputPadding chooses among them. nil is 0.
	OutputPadding []int
}

// Unfold returns the windows of x as columns: x […, C, spatial axes] with a kernel of as many axes gives
// […, C·k, n], the k elements of each of n windows, row by row. Padding is zeros. It is the first half of
// a convolution; the other is a matrix product. o.Groups is not used.
//
//	∂L/∂x = ∂L/∂y, each element added up over the windows that it is in, which is Fold
//
// There are as many spatial axes as numbers in the kernel. It panics if no window fits.
func (x *Node) Unfold(kernel []int, o Conv) *Node {
	lead, c, size := x.channels("Unfold", len(kernel))
	w := o.windows("Unfold", size, kernel)
	return x.windows(w, join(lead, c*w.each, w.number()))
}

// Fold is the transpose of Unfold: x […, C·k, n], the windows as columns, gives […, C, size…], where each
// element is the sum of its copies in the windows.
//
//	∂L/∂x = ∂L/∂y, unfolded
//
// It panics unless x has as many columns as there are windows, and a multiple of k rows.
func (x *Node) Fold(size, kernel []int, o Conv) *Node {
	lead, rows, columns := x.channels("Fold", 1)
	switch {
	case len(kernel) == 0:
		fail("Fold", "there is no kernel")
	case len(size) != len(kernel):
		fail("Fold", "the size %v and the kernel %v differ in their number of axes", size, kernel)
	}
	w := o.windows("Fold", size, kernel)
	if rows%w.each != 0 || columns[0] != w.number() {
		fail("Fold", "%v can't be windows of size %v, kernel %v: a multiple of %d rows and %d columns are needed", x, size, kernel, w.each, w.number())
	}
	return x.fold(w, join(join(lead, rows/w.each), w.size...))
}

// channels returns the parts of the shape of x […, C, spatial axes].
func (x *Node) channels(op string, axes int) (lead []int, c int, size []int) {
	mustBeNode(op, x)
	shape := x.Shape()
	a := len(shape) - axes - 1
	switch {
	case axes == 0:
		fail(op, "there is no kernel")
	case a < 0:
		fail(op, "%v has too few axes: channels and %d spatial ones are needed", x, axes)
	}
	return shape[:a:a], shape[a], shape[a+1:]
}

// join returns a shape of the axes lead, followed by the others.
func join(lead []int, axes ...int) []int { return append(slices.Clip(lead), axes...) }

// A windows says where windows lie.
type windows struct {
	size  []int // of the spatial axes
	count []int // of windows along each of them
	each  int   // elements of a window
	// The place of each element of each window, [each, number of windows], row by row among those of size; a
	// negative one is outside.
	at []int
}

func (w *windows) number() int { return product(w.count) }

// A slide says how windows lie along an axis of n elements: place gives the place of element k of window
// i, which may be outside.
type slide struct {
	n, kernel, count int
	place            func(k, i int) int
}

// lay lays windows on axes.
func lay(op string, axes []slide) *windows {
	w, elements := &windows{each: 1, at: []int{0}}, 1.0
	for _, s := range axes {
		elements *= float64(s.kernel) * float64(s.count)
	}
	if elements > 1<<32 {
		fail(op, "the windows have %.4g elements in all; at most 2³² are possible", elements)
	}
	for _, s := range axes {
		w.add(s)
	}
	return w
}

// add adds an axis.
func (w *windows) add(s slide) {
	before := *w
	w.size, w.count, w.each = append(w.size, s.n), append(w.count, s.count), w.each*s.kernel
	w.at = make([]int, 0, len(w.at)*s.kernel*s.count)
	for row := range before.each {
		for k := range s.kernel {
			for column := range before.number() {
				for i := range s.count {
					at, p := before.at[row*before.number()+column], s.place(k, i)
					if 0 <= p && p < s.n {
						w.at = append(w.at, at*s.n+p) // negative if at is
					} else {
						w.at = append(w.at, -1)
					}
				}
			}
		}
	}
}

// evenly returns a slide of windows at even distances along an axis of n elements.
func evenly(n, kernel, count, stride, before, dilation int) slide {
	return slide{n, kernel, count, func(k, i int) int { return i*stride - before + k*dilation }}
}

// perAxis returns o with a number for each spatial axis in every list.
func (o Conv) perAxis(op string, axes int) Conv {
	o.Stride, o.Padding = perAxis(op, "stride", o.Stride, axes, 1, 1), perAxis(op, "padding", o.Padding, axes, 0, 0)
	o.Dilation = perAxis(op, "dilation", o.Dilation, axes, 1, 1)
	o.OutputPadding = perAxis(op, "output padding", o.OutputPadding, axes, 0, 0)
	return o
}

// windows returns the windows of a convolution of x's spatial size.
func (o Conv) windows(op string, size, kernel []int) *windows {
	if len(o.OutputPadding) > 0 && slices.Max(o.OutputPadding) > 0 {
		fail(op, "the output padding is %v, which only a transposed convolution has", o.OutputPadding)
	}
	o = o.perAxis(op, len(size))
	kernel = perAxis(op, "kernel", kernel, len(size), 1, 1)
	var axes []slide
	for a, n := range size {
		reach := o.Dilation[a] * (kernel[a] - 1)
		before, both := o.Padding[a], 2*o.Padding[a]
		if o.Same {
			before, both = reach/2, reach
		}
		rest := mustReach(op, size, n+both, reach+1)
		axes = append(axes, evenly(n, kernel[a], rest/o.Stride[a]+1, o.Stride[a], before, o.Dilation[a]))
	}
	return lay(op, axes)
}

// mustReach returns how many of the n elements along an axis, padding included, a window leaves over. It
// panics if the window reaches over more than n.
func mustReach(op string, size []int, n, reach int) int {
	if n < reach {
		fail(op, "a window covers %d elements of an axis that has %d with its padding: size %v", reach, n, size)
	}
	return n - reach
}

// perAxis returns the list with a number for each axis: the list itself, its one number repeated, or
// otherwise if it is empty.
func perAxis(op, what string, list []int, axes, otherwise, least int) []int {
	switch {
	case len(list) == 0:
		return slices.Repeat([]int{otherwise}, axes)
	case len(list) != 1 && len(list) != axes:
		fail(op, "the %s is %v; one number, or one for each of %d axes, is needed", what, list, axes)
	case slices.Min(list) < least:
		fail(op, "the %s is %v; at least %d is needed", what, list, least)
	case slices.Max(list) > 1<<30:
		fail(op, "the %s is %v; at most 2³⁰ is possible", what, list)
	case len(list) < axes:
		return slices.Repeat(list, axes)
	}
	return list
}

// windows returns the windows w of x […, size…] in the given shape, which ends in the elements of a
// window (perhaps those of each of several channels) and the windows.
func (x *Node) windows(w *windows, shape []int) *Node {
	return x.linear("Unfold",
		func(y, x *tensor.Tensor) { w.gather(y.Zeros(shape...).Data(), x.Data()) },
		func(x, dy *Node) *Node { return dy.fold(w, x.value.Shape()) })
}

// fold is the transpose of windows: its result has the shape […, size…].
func (x *Node) fold(w *windows, shape []int) *Node {
	return x.linear("Fold",
		func(y, x *tensor.Tensor) { w.scatter(y.Zeros(shape...).Data(), x.Data()) },
		func(x, dy *Node) *Node { return dy.windows(w, x.value.Shape()) })
}

// gather copies the elements of the windows from x to y, which is zero.
func (w *windows) gather(y, x []float64) {
	for n := product(w.size); len(y) > 0; x, y = x[n:], y[len(w.at):] {
		for k, p := range w.at {
			if p >= 0 {
				y[k] = x[p]
			}
		}
	}
}

// scatter adds the elements of the windows in y to x.
func (w *windows) scatter(x, y []float64) {
	for n := product(w.size); len(y) > 0; x, y = x[n:], y[len(w.at):] {
		for k, p := range w.at {
			if p >= 0 {
				x[p] += y[k]
			}
		}
	}
}
