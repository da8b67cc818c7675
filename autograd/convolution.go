package autograd

import "slices"

// Convolutions, with the channels first: matrix products of the weight and the windows of x. They are
// made of other operations, which have derivatives of every order and in both modes.

// Conv1D is Conv2D with one spatial axis: x […, C, n], weight [out, C/groups, k].
func (x *Node) Conv1D(weight, bias *Node, o Conv) *Node {
	return x.convolve("Conv1D", 1, weight, bias, o)
}

// Conv2D returns the convolution of x […, C, h, w] with the weight [out, C/groups, kh, kw]:
// […, out, h′, w′]. Each element is the sum of a window of x times the weight, plus the bias [out] of its
// channel; the bias may be nil. The kernel is not flipped: strictly, it is a cross-correlation. With
// groups, the channels of x and of the result are divided into that many parts, and each part of the
// result comes from the same part of x alone; with C groups the convolution is depthwise.
//
//	y = weight · windows(x) + bias
//	∂L/∂weight = ∂L/∂y · windows(x)ᵀ    ∂L/∂x = fold(weightᵀ · ∂L/∂y), a ConvTranspose2D    ∂L/∂bias = Σ ∂L/∂y
//
// The size along an axis is h′ = ⌊(h + 2 padding − dilation (kh−1) − 1) / stride⌋ + 1. It panics if that
// is less than 1, or if the channels do not fit.
func (x *Node) Conv2D(weight, bias *Node, o Conv) *Node {
	return x.convolve("Conv2D", 2, weight, bias, o)
}

func (x *Node) convolve(op string, axes int, weight, bias *Node, o Conv) *Node {
	lead, c, size := x.channels(op, axes)
	groups, kernel := o.fit(op, axes, weight)
	out := weight.value.Dim(0)
	if weight.value.Dim(1)*groups != c || out%groups != 0 {
		fail(op, "the channels of %v and of the weight %v [out, in/groups, kernel] do not fit with %d groups", x, weight, groups)
	}
	w := o.windows(op, size, kernel)
	rows := c / groups * w.each
	columns := x.windows(w, join(lead, groups, rows, w.number()))
	y := weight.Reshape(groups, out/groups, rows).MatMul(columns)
	return y.Reshape(join(join(lead, out), w.count...)...).scaledChannels(op, axes, nil, bias)
}

// ConvTranspose1D is ConvTranspose2D with one spatial axis: x […, C, n], weight [C, out/groups, k].
func (x *Node) ConvTranspose1D(weight, bias *Node, o Conv) *Node {
	return x.convTranspose("ConvTranspose1D", 1, weight, bias, o)
}

// ConvTranspose2D returns the transpose of a convolution: x […, C, h, w] and the weight
// [C, out/groups, kh, kw] give […, out, h′, w′]. Each element of x adds to the result a window: the
// element times the weight. The bias [out] may be nil. If x is ∂L/∂y of Conv2D with the same weight, the
// result is ∂L/∂x.
//
//	y = fold(weightᵀ · x) + bias
//	∂L/∂weight = x · windows(∂L/∂y)ᵀ    ∂L/∂x = weight · windows(∂L/∂y), a Conv2D    ∂L/∂bias = Σ ∂L/∂y
//
// The size along an axis is h′ = stride (h−1) − 2 padding + dilation (kh−1) + output padding + 1. It
// panics if that is less than 1, if the output padding is neither less than the stride nor less than the
// dilation, if o.Same is set, or if the channels do not fit.
func (x *Node) ConvTranspose2D(weight, bias *Node, o Conv) *Node {
	return x.convTranspose("ConvTranspose2D", 2, weight, bias, o)
}

func (x *Node) convTranspose(op string, axes int, weight, bias *Node, o Conv) *Node {
	lead, c, size := x.channels(op, axes)
	groups, kernel := o.fit(op, axes, weight)
	out := weight.value.Dim(1) * groups
	if weight.value.Dim(0) != c || c%groups != 0 {
		fail(op, "the channels of %v and of the weight %v [in, out/groups, kernel] do not fit with %d groups", x, weight, groups)
	}
	w := o.transposed(op, size, kernel)
	columns := weight.Reshape(groups, c/groups, out/groups*w.each).MatMulTN(x.Reshape(join(lead, groups, c/groups, w.number())...))
	return columns.fold(w, join(join(lead, out), w.size...)).scaledChannels(op, axes, nil, bias)
}

// fit returns the number of groups and the kernel's size.
func (o Conv) fit(op string, axes int, weight *Node) (groups int, kernel []int) {
	mustBeNode(op, weight)
	if weight.value.Rank() != axes+2 {
		fail(op, "the weight %v needs %d axes", weight, axes+2)
	}
	if o.Groups < 0 {
		fail(op, "there are %d groups; the number must not be negative", o.Groups)
	}
	return max(o.Groups, 1), weight.Shape()[2:]
}

// transposed returns the windows that a transposed convolution lays on its result; count is their number
// along each axis.
func (o Conv) transposed(op string, count, kernel []int) *windows {
	if o.Same {
		fail(op, "a transposed convolution can't be Same")
	}
	o, kernel = o.perAxis(op, len(count)), perAxis(op, "kernel", kernel, len(count), 1, 1)
	var axes []slide
	for a, count := range count {
		stride, padding, dilation, extra := o.Stride[a], o.Padding[a], o.Dilation[a], o.OutputPadding[a]
		if extra >= max(stride, dilation) {
			fail(op, "the output padding %v must be less than the stride %v or the dilation %v", o.OutputPadding, o.Stride, o.Dilation)
		}
		n := stride*(count-1) - 2*padding + dilation*(kernel[a]-1) + extra + 1
		if n < 1 {
			fail(op, "the result would have %d elements along spatial axis %d: kernel %v, stride %v, padding %v", n, a, kernel, o.Stride, o.Padding)
		}
		axes = append(axes, evenly(n, kernel[a], count, stride, padding, dilation))
	}
	return lay(op, axes)
}

// alongChannels returns x [C] as [C, 1, …], with an axis of length 1 for each of the spatial axes.
func (x *Node) alongChannels(op string, c, axes int) *Node {
	if x.value.Rank() != 1 || x.value.Dim(0) != c {
		fail(op, "%v needs shape [%d], a number for each channel", x, c)
	}
	return x.withShape(append([]int{c}, slices.Repeat([]int{1}, axes)...))
}
