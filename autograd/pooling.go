package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// A Pool says how the windows of a pooling lie. Each list has a number for each spatial axis, or one for
// all of them.
type Pool struct {
	Kernel   []int // the size of a window
	Stride   []int // from one window to the next; nil is Kernel
	Padding  []int // at either end: −∞ for a maximum, 0 for an average; nil is none
	Dilation []int // from one element of a window to the next; nil is 1

	// If elements would be left over at the end, Ceil adds a last window, which reaches beyond the
	// padding; but not one that begins after the elements, in the padding or beyond.
	Ceil bool

	// For averages: ExcludePadding leaves the padding out of the number of elements, and a Divisor other
	// than 0 replaces that number.
	ExcludePadding bool
	Divisor        float64
}

// MaxPool1D is MaxPool2D with one spatial axis: x […, n].
func (x *Node) MaxPool1D(p Pool) *Node { return x.maxPool("MaxPool1D", 1, p) }

// MaxPool2D returns the largest element of each window of x […, h, w]: […, h′, w′]. NaN is larger than
// any number; of equal elements it takes the first in the window, row by row.
//
//	∂L/∂xᵢ = Σ ∂L/∂y over the windows of which xᵢ is the largest, first
//
// It panics if no window fits, or if one lies in the padding alone.
func (x *Node) MaxPool2D(p Pool) *Node { return x.maxPool("MaxPool2D", 2, p) }

func (x *Node) maxPool(op string, axes int, p Pool) *Node {
	return x.largest(op, p.windows(op, x.spatial(op, axes)))
}

// AdaptiveMaxPool1D is AdaptiveMaxPool2D with one spatial axis.
func (x *Node) AdaptiveMaxPool1D(n int) *Node { return x.adaptiveMaxPool("AdaptiveMaxPool1D", n) }

// AdaptiveMaxPool2D is MaxPool2D of the windows of AdaptiveAvgPool2D.
func (x *Node) AdaptiveMaxPool2D(h, w int) *Node { return x.adaptiveMaxPool("AdaptiveMaxPool2D", h, w) }

func (x *Node) adaptiveMaxPool(op string, count ...int) *Node {
	return x.largest(op, adaptive(op, x.spatial(op, len(count)), count...))
}

// AvgPool1D is AvgPool2D with one spatial axis: x […, n].
func (x *Node) AvgPool1D(p Pool) *Node { return x.avgPool("AvgPool1D", 1, p) }

// AvgPool2D returns the mean of each window of x […, h, w]: […, h′, w′]. The zeros of the padding count
// as elements unless p.ExcludePadding is set; what lies beyond the padding does not.
//
//	∂L/∂xᵢ = Σ ∂L/∂y / n over the windows that xᵢ is in, which have n elements
//
// It panics if no window fits, or if ExcludePadding leaves one without elements.
func (x *Node) AvgPool2D(p Pool) *Node { return x.avgPool("AvgPool2D", 2, p) }

func (x *Node) avgPool(op string, axes int, p Pool) *Node {
	size := x.spatial(op, axes)
	w := p.windows(op, size)
	if p.Divisor != 0 {
		return x.sums(w).Div(Scalar(p.Divisor))
	}
	if p.ExcludePadding {
		return x.sums(w).Div(w.elements(op))
	}
	p = p.perAxis(op, axes)
	var padded []slide // where the padding counts as elements
	for a, n := range size {
		padded = append(padded, evenly(n+2*p.Padding[a], p.Kernel[a], w.count[a], p.Stride[a], 0, p.Dilation[a]))
	}
	return x.sums(w).Div(lay(op, padded).elements(op))
}

// AdaptiveAvgPool1D is AdaptiveAvgPool2D with one spatial axis.
func (x *Node) AdaptiveAvgPool1D(n int) *Node { return x.adaptiveAvgPool("AdaptiveAvgPool1D", n) }

// AdaptiveAvgPool2D returns the means of h × w windows that cover x […, n, m]: […, h, w]. Window i of h
// goes from element ⌊i n/h⌋ up to, not including, ⌈(i+1) n/h⌉, and likewise along the other axis; windows
// may overlap.
//
//	∂L/∂xᵢ = Σ ∂L/∂y / n over the windows that xᵢ is in, which have n elements
//
// It panics if x has no elements along a spatial axis, or if h or w is less than 1.
func (x *Node) AdaptiveAvgPool2D(h, w int) *Node { return x.adaptiveAvgPool("AdaptiveAvgPool2D", h, w) }

func (x *Node) adaptiveAvgPool(op string, count ...int) *Node {
	w := adaptive(op, x.spatial(op, len(count)), count...)
	return x.sums(w).Div(w.elements(op))
}

// spatial returns the sizes of x's last axes, the spatial ones.
func (x *Node) spatial(op string, axes int) []int {
	mustBeNode(op, x)
	shape := x.Shape()
	if len(shape) < axes {
		fail(op, "%v has too few axes: %d spatial ones are needed", x, axes)
	}
	return shape[len(shape)-axes:]
}

// perAxis returns p with a number for each spatial axis in every list.
func (p Pool) perAxis(op string, axes int) Pool {
	if len(p.Kernel) == 0 {
		fail(op, "there is no Kernel")
	}
	p.Kernel, p.Padding = perAxis(op, "kernel", p.Kernel, axes, 1, 1), perAxis(op, "padding", p.Padding, axes, 0, 0)
	p.Dilation = perAxis(op, "dilation", p.Dilation, axes, 1, 1)
	if len(p.Stride) == 0 {
		p.Stride = p.Kernel
	}
	p.Stride = perAxis(op, "stride", p.Stride, axes, 1, 1)
	return p
}

// windows returns the windows of a pooling of x's spatial size.
func (p Pool) windows(op string, size []int) *windows {
	p = p.perAxis(op, len(size))
	var axes []slide
	for a, n := range size {
		kernel, stride, padding, dilation := p.Kernel[a], p.Stride[a], p.Padding[a], p.Dilation[a]
		reach := dilation*(kernel-1) + 1
		if p.Ceil && n > 0 && reach-stride < n+2*padding {
			reach = min(reach, n+2*padding) // if no window fits, one takes all elements
		}
		rest := mustReach(op, size, n+2*padding, reach)
		count := rest/stride + 1
		if p.Ceil && rest%stride > 0 && count*stride < n+padding {
			count++
		}
		axes = append(axes, evenly(n, kernel, count, stride, padding, dilation))
	}
	return lay(op, axes)
}

// adaptive returns as many windows as count says along each axis, whatever the size.
func adaptive(op string, size []int, count ...int) *windows {
	var axes []slide
	for a, n := range size {
		m := count[a]
		if m < 1 || n < 1 || m > 1<<30 {
			fail(op, "%v windows can't be laid on size %v", count, size)
		}
		start, end := func(i int) int { return i * n / m }, func(i int) int { return ((i+1)*n + m - 1) / m }
		kernel := 0
		for i := range m {
			kernel = max(kernel, end(i)-start(i))
		}
		axes = append(axes, slide{n, kernel, m, func(k, i int) int {
			if p := start(i) + k; p < end(i) {
				return p
			}
			return -1
		}})
	}
	return lay(op, axes)
}

// elements returns a constant with the number of elements of each window, without padding:
// [windows along each axis]. It panics if a window has none.
func (w *windows) elements(op string) *Node {
	n := tensor.New(w.count...)
	for k, p := range w.at {
		if p >= 0 {
			n.Data()[k%n.Len()]++
		}
	}
	if slices.Contains(n.Data(), 0) {
		fail(op, "a window lies entirely in the padding: size %v", w.size)
	}
	return Constant(n)
}

// sums returns the sum of each window of x: […, windows along each axis].
func (x *Node) sums(w *windows) *Node {
	lead := x.value.Shape()[:x.value.Rank()-len(w.size)]
	return x.windows(w, join(lead, w.each, w.number())).Sum(-2).Reshape(join(lead, w.count...)...)
}

// largest returns the largest element of each window of x: […, windows along each axis].
func (x *Node) largest(op string, w *windows) *Node {
	w.elements(op) // which panics if a window has none
	shape := join(x.value.Shape()[:x.value.Rank()-len(w.size)], w.count...)
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		w.findLargest(at.Zeros(shape...).Data(), y.inputs[0].value.Data())
	})
}

// findLargest sets at to the place of the largest element of each window, for each channel of x.
func (w *windows) findLargest(at, x []float64) {
	n, number, first := product(w.size), w.number(), 0
	for ; len(at) > 0; at, x, first = at[number:], x[n:], first+n {
		for i := range number {
			best, largest := 0, uint64(0) // keys need no branch, which random numbers would mispredict
			for k := i; k < len(w.at); k += number {
				if p := w.at[k]; p >= 0 {
					if key := keyOf(x[p]); key > largest {
						best, largest = p, key
					}
				}
			}
			at[i] = float64(first + best)
		}
	}
}
