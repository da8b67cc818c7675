package layers

import (
	"fmt"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Conv1D is a convolution with one spatial axis: x […, in, n] becomes […, out, n′].
type Conv1D struct {
	Weight *autograd.Node // out × in/groups × kernel, as in PyTorch
	Bias   *autograd.Node // out; nil for none
	autograd.Conv
}

// NewConv1D returns a convolution from in to out channels with a kernel of the given length. init sets
// its parameters; nil leaves them 0. It panics if a size is less than 1, or the groups do not divide the
// channels. To have no bias, set Bias to nil.
func NewConv1D(in, out, kernel int, o autograd.Conv, init Init) *Conv1D {
	l := &Conv1D{Conv: o}
	l.Weight, l.Bias = newConv("NewConv1D", in, out, kernel, 1, false, o, init)
	return l
}

// Forward returns the convolution of x […, in, n].
func (l *Conv1D) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("Conv1D", "the Weight is nil; NewConv1D makes one", l.Weight)
	return x.Conv1D(l.Weight, l.Bias, l.Conv)
}

// String returns the channels, the kernel and the options, such as "Conv1D 3→4, kernel 3, padding 1".
func (l *Conv1D) String() string { return describeConv("Conv1D", l.Weight, l.Bias, l.Conv, false) }

// Conv2D is a convolution of images: x […, in, h, w] becomes […, out, h′, w′]; see Conv2D of package
// autograd. For a kernel that is not square, make the struct with a Weight of your own.
type Conv2D struct {
	Weight *autograd.Node // out × in/groups × kernel × kernel, as in PyTorch
	Bias   *autograd.Node // out; nil for none
	autograd.Conv
}

// NewConv2D returns a convolution from in to out channels with a square kernel; the rest is as for
// NewConv1D.
func NewConv2D(in, out, kernel int, o autograd.Conv, init Init) *Conv2D {
	l := &Conv2D{Conv: o}
	l.Weight, l.Bias = newConv("NewConv2D", in, out, kernel, 2, false, o, init)
	return l
}

// Forward returns the convolution of x […, in, h, w].
func (l *Conv2D) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("Conv2D", "the Weight is nil; NewConv2D makes one", l.Weight)
	return x.Conv2D(l.Weight, l.Bias, l.Conv)
}

// String returns the channels, the kernel and the options, such as "Conv2D 3→4, kernel 3×3, stride 2".
func (l *Conv2D) String() string { return describeConv("Conv2D", l.Weight, l.Bias, l.Conv, false) }

// ConvTranspose1D is a transposed convolution with one spatial axis: x […, in, n] becomes […, out, n′].
type ConvTranspose1D struct {
	Weight *autograd.Node // in × out/groups × kernel, as in PyTorch
	Bias   *autograd.Node // out; nil for none
	autograd.Conv
}

// NewConvTranspose1D returns a transposed convolution; its arguments are NewConv1D's.
func NewConvTranspose1D(in, out, kernel int, o autograd.Conv, init Init) *ConvTranspose1D {
	l := &ConvTranspose1D{Conv: o}
	l.Weight, l.Bias = newConv("NewConvTranspose1D", in, out, kernel, 1, true, o, init)
	return l
}

// Forward returns the transposed convolution of x […, in, n].
func (l *ConvTranspose1D) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("ConvTranspose1D", "the Weight is nil; NewConvTranspose1D makes one", l.Weight)
	return x.ConvTranspose1D(l.Weight, l.Bias, l.Conv)
}

// String returns the channels, the kernel and the options.
func (l *ConvTranspose1D) String() string {
	return describeConv("ConvTranspose1D", l.Weight, l.Bias, l.Conv, true)
}

// ConvTranspose2D is a transposed convolution, which enlarges images: x […, in, h, w]
// becomes […, out, h′, w′].
type ConvTranspose2D struct {
	Weight *autograd.Node // in × out/groups × kernel × kernel, as in PyTorch
	Bias   *autograd.Node // out; nil for none
	autograd.Conv
}

// NewConvTranspose2D returns a transposed convolution with a square kernel; its arguments are NewConv1D's.
func NewConvTranspose2D(in, out, kernel int, o autograd.Conv, init Init) *ConvTranspose2D {
	l := &ConvTranspose2D{Conv: o}
	l.Weight, l.Bias = newConv("NewConvTranspose2D", in, out, kernel, 2, true, o, init)
	return l
}

// Forward returns the transposed convolution of x […, in, h, w].
func (l *ConvTranspose2D) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustBeSet("ConvTranspose2D", "the Weight is nil; NewConvTranspose2D makes one", l.Weight)
	return x.ConvTranspose2D(l.Weight, l.Bias, l.Conv)
}

// String returns the channels, the kernel and the options.
func (l *ConvTranspose2D) String() string {
	return describeConv("ConvTranspose2D", l.Weight, l.Bias, l.Conv, true)
}

// newConv returns the parameters of a convolution, transposed or not, with that many spatial axes.
func newConv(op string, in, out, kernel, axes int, transposed bool, o autograd.Conv, init Init) (weight, bias *autograd.Node) {
	groups := max(o.Groups, 1)
	mustBePositive(op, "channels and the kernel's size", in, out, kernel)
	if in%groups != 0 || out%groups != 0 {
		fail(op, "%d groups do not divide %d input and %d output channels", groups, in, out)
	}
	channels := []int{out, in / groups}
	if transposed {
		channels = []int{in, out / groups}
	}
	shape := append(channels, slices.Repeat([]int{kernel}, axes)...)
	return init.parameters(tensor.New(shape...), tensor.New(out))
}

func describeConv(name string, weight, bias *autograd.Node, o autograd.Conv, transposed bool) string {
	if weight == nil || weight.Value().Rank() < 3 {
		return name
	}
	shape := weight.Shape()
	in, out := shape[1]*max(o.Groups, 1), shape[0]
	if transposed {
		in, out = out, in
	}
	text := fmt.Sprintf("%s %d→%d, kernel %s", name, in, out, times(shape[2:]))
	text += describeWindows(o.Stride, o.Padding, o.Dilation, o.OutputPadding)
	if o.Same {
		text += ", same size"
	}
	if o.Groups > 1 {
		text += fmt.Sprintf(", %d groups", o.Groups)
	}
	return text + noBias(bias)
}

// describeWindows returns the part of String about the windows: the options that are set.
func describeWindows(stride, padding, dilation, outputPadding []int) (text string) {
	for _, option := range []struct {
		name    string
		numbers []int
	}{{"stride", stride}, {"padding", padding}, {"dilation", dilation}, {"output padding", outputPadding}} {
		if len(option.numbers) > 0 {
			text += ", " + option.name + " " + times(option.numbers)
		}
	}
	return text
}

// times returns numbers with × between them.
func times(numbers []int) string {
	return strings.ReplaceAll(strings.Trim(fmt.Sprint(numbers), "[]"), " ", "×")
}
