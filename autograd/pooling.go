package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// A Pool says how the windows of a pooling lie. A list has a number for each spatial axis, or one for all.
type Pool struct {
	Kernel   []int // the size of a window
	Stride   []int // from one window to the next; nil is Kernel
	Padding  []int // at either end: −∞ for a maximum, 0 for an average; nil is none
	Dilation []int // from one element of a window to the next; nil is 1

	// Ceil adds a last window that reaches beyond the padding, where elements would be left over; but none that begins
	// behind the elements, in the padding or beyond.
	Ceil bool

	// For averages: leave padding out of the number of elements, or divide the sum by another number altogether, unless
	// that is 0.
	ExcludePadding bool
	Divisor        float64
}

// MaxPool1D is MaxPool2D with one spatial axis: x […, n].
func (x *Node) MaxPool1D(p Pool) *Node { return x.maxPool("MaxPool1D", 1, p) }

// MaxPool2D returns the largest element of each window of x […, h, w]: […, h′, w′]. A NaN is larger than any
// number; of equal elements the first in the window, row by row, is taken.
//
//	∂L/∂xᵢ = Σ ∂L/∂y over the windows of which xᵢ is the largest, first
//
// It panics if no window fits, and if one lies in the padding alone.
func (x *Node) MaxPool2D(p Pool) *Node { return x.maxPool("MaxPool2D", 2, p) }

func (x *Node) maxPool(op string, axes int, p Pool) *Node {
	return x.largest(op, p.windows(op, x.spatial(op, axes)))
}

// AdaptiveMaxPool1D is AdaptiveMaxPool2D with one spatial axis.
func (x *Node) AdaptiveMaxPool1D(n int) *Node {
	return x.largest("AdaptiveMaxPool1D", adaptive("AdaptiveMaxPool1D", x.spatial("AdaptiveMaxPool1D", 1), n))
}

// AdaptiveMaxPool2D is MaxPool2D of the windows of AdaptiveAvgPool2D.
func (x *Node) AdaptiveMaxPool2D(h, w int) *Node {
	return x.largest("AdaptiveMaxPool2D", adaptive("AdaptiveMaxPool2D", x.spatial("AdaptiveMaxPool2D", 2), h, w))
}

// AvgPool1D is AvgPool2D with one spatial axis: x […, n].
func (x *Node) AvgPool1D(p Pool) *Node { return x.avgPool("AvgPool1D", 1, p) }

// AvgPool2D returns the mean of each window of x […, h, w]: […, h′, w′]. The zeros of the padding count as elements
// unless p.ExcludePadding is set, but what lies beyond the padding does not.
//
//	∂L/∂xᵢ = Σ ∂L/∂y / n over the windows that xᵢ is in, which have n elements
//
// It panics if no window fits.
func (x *Node) AvgPool2D(p Pool) *Node { return x.avgPool("AvgPool2D", 2, p) }

func (x *Node) avgPool(op string, axes int, p Pool) *Node {
	size := x.spatial(op, axes)
	w := p.windows(op, size)
	if p.Divisor != 0 {
		return x.sums(w).Scale(1 / p.Divisor)
	}
	counted := w
	if !p.ExcludePadding {
		padded := p
		padded.Padding = nil
		for a, n := range perAxis(op, "padding", p.Padding, axes, 0, 0) {
			size[a] += 2 * n
		}
		counted = padded.windowsOf(op, size, w.count)
	}
	return x.sums(w).Div(counted.elements())
}

// AdaptiveAvgPool1D is AdaptiveAvgPool2D with one spatial axis.
func (x *Node) AdaptiveAvgPool1D(n int) *Node {
	return x.adaptiveAvgPool("AdaptiveAvgPool1D", n)
}

// AdaptiveAvgPool2D returns the means of windows of x […, n, m] that are laid so that there are h × w of them:
// […, h, w]. Window i of h goes from element ⌊i n/h⌋ up to, not including, ⌈(i+1) n/h⌉; windows may overlap.
//
//	∂L/∂xᵢ = Σ ∂L/∂y / n over the windows that xᵢ is in, which have n elements
//
// It panics if x has no elements along a spatial axis, or h or w is less than 1.
func (x *Node) AdaptiveAvgPool2D(h, w int) *Node {
	return x.adaptiveAvgPool("AdaptiveAvgPool2D", h, w)
}

func (x *Node) adaptiveAvgPool(op string, count ...int) *Node {
	w := adaptive(op, x.spatial(op, len(count)), count...)
	return x.sums(w).Div(w.elements())
}

// spatial returns the sizes of x's last axes.
func (x *Node) spatial(op string, axes int) []int {
	_, _, size := x.channels(op, axes)
	return size
}

// windows returns the windows of a pooling of this size.
func (p Pool) windows(op string, size []int) *windows {
	axes := len(size)
	if p.Kernel == nil {
		fail(op, "the kernel is nil")
	}
	kernel, padding := perAxis(op, "kernel", p.Kernel, axes, 1, 1), perAxis(op, "padding", p.Padding, axes, 0, 0)
	stride, dilation := p.strides(op, axes), perAxis(op, "dilation", p.Dilation, axes, 1, 1)
	count := make([]int, axes)
	for a, n := range size {
		rest := n + 2*padding[a] - dilation[a]*(kernel[a]-1) - 1
		if rest < 0 {
			fail(op, "the windows reach over %d elements, more than the %d of the size %v and its padding: kernel %v, dilation %v", dilation[a]*(kernel[a]-1)+1, n+2*padding[a], size, kernel, dilation)
		}
		count[a] = rest/stride[a] + 1
		if p.Ceil && rest%stride[a] > 0 && count[a]*stride[a] < n+padding[a] {
			count[a]++
		}
	}
	return p.windowsOf(op, size, count)
}

// strides returns the stride along each axis.
func (p Pool) strides(op string, axes int) []int {
	if p.Stride == nil {
		return perAxis(op, "stride", p.Kernel, axes, 1, 1)
	}
	return perAxis(op, "stride", p.Stride, axes, 1, 1)
}

// windowsOf returns as many windows along each axis.
func (p Pool) windowsOf(op string, size, count []int) *windows {
	axes := len(size)
	kernel, padding := perAxis(op, "kernel", p.Kernel, axes, 1, 1), perAxis(op, "padding", p.Padding, axes, 0, 0)
	stride, dilation := p.strides(op, axes), perAxis(op, "dilation", p.Dilation, axes, 1, 1)
	w := noAxis()
	for a, n := range size {
		w.slide(n, kernel[a], count[a], stride[a], padding[a], dilation[a])
	}
	return w
}

// adaptive returns windows of which there are a number along each axis, whatever the size.
func adaptive(op string, size []int, count ...int) *windows {
	w := noAxis()
	for a, n := range size {
		m := count[a]
		if m < 1 || n < 1 {
			fail(op, "%v windows can't be laid on the size %v", count, size)
		}
		start, end := func(i int) int { return i * n / m }, func(i int) int { return ((i+1)*n + m - 1) / m }
		kernel := 0
		for i := range m {
			kernel = max(kernel, end(i)-start(i))
		}
		w.axis(n, kernel, m, func(k, i int) int {
			if p := start(i) + k; p < end(i) {
				return p
			}
			return -1
		})
	}
	return w
}

// elements returns a constant of how many elements, padding not counted, each window has: [windows along each axis].
func (w *windows) elements() *Node {
	n := tensor.New(w.count...)
	for k, p := range w.at {
		if p >= 0 {
			n.Data()[k%n.Len()]++
		}
	}
	return Constant(n)
}

// sums returns the sum of each window of x: […, windows along each axis].
func (x *Node) sums(w *windows) *Node {
	lead := x.value.Shape()[:x.value.Rank()-len(w.size)]
	return x.windows(w).Sum(-2).Reshape(join(lead, w.count...)...)
}

// largest returns the largest element of each window of x: […, windows along each axis].
func (x *Node) largest(op string, w *windows) *Node {
	for _, n := range w.elements().value.Data() {
		if n == 0 {
			fail(op, "a window lies in the padding alone: size %v", w.size)
		}
	}
	shape := join(x.value.Shape()[:x.value.Rank()-len(w.size)], w.count...)
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		w.findLargest(at.Zeros(shape...).Data(), y.inputs[0].value.Data())
	})
}

// findLargest sets at to the place of the largest element of each window, where x may have many channels.
func (w *windows) findLargest(at, x []float64) {
	n, number, first := product(w.size), w.number(), 0
	for ; len(at) > 0; at, first = at[number:], first+n {
		for i := range number {
			best, largest := -1, math.Inf(-1)
			for k := i; k < len(w.at); k += number {
				if p := w.at[k]; p >= 0 {
					if v := x[first+p]; best < 0 || v > largest || v != v && largest == largest {
						best, largest = first+p, v
					}
				}
			}
			at[i] = float64(best)
		}
	}
}
