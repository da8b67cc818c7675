package autograd_test

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// nnOps adds convolution, pooling, normalisation and attention.
func (l *list) nnOps() {
	l.convolutions()
	l.poolings()
	l.normalisations()
	l.attention()
}

// A convolution that uses every option.
var uneven = autograd.Conv{Stride: []int{2, 1}, Padding: []int{1}, Dilation: []int{1, 2}, Groups: 2}

func (l *list) convolutions() {
	type convolution = func(x, weight, bias *node, o autograd.Conv) *node
	add := func(name string, f convolution, o autograd.Conv, x, weight shape, bias ...shape) {
		l.add(name, func(xs ...*node) *node {
			if len(xs) == 2 {
				return f(xs[0], xs[1], nil, o)
			}
			return f(xs[0], xs[1], xs[2], o)
		}, signed, append([]shape{x, weight}, bias...)...)
	}
	strided := autograd.Conv{Stride: []int{2}, Padding: []int{1}, Dilation: []int{2}}
	add("Conv1D", (*node).Conv1D, autograd.Conv{}, shape{1, 2, 4}, shape{3, 2, 2}, shape{3})
	add("Conv1D(strided)", (*node).Conv1D, strided, shape{2, 1, 5}, shape{1, 1, 3}, shape{1})
	add("Conv1D(unbatched)", (*node).Conv1D, autograd.Conv{Same: true}, shape{1, 4}, shape{2, 1, 2})
	add("Conv2D", (*node).Conv2D, uneven, shape{2, 2, 3, 4}, shape{2, 1, 2, 2}, shape{2})
	add("Conv2D(depthwise)", (*node).Conv2D, autograd.Conv{Groups: 2}, shape{2, 2, 3}, shape{4, 1, 2, 3})
	add("Conv2D(batches)", (*node).Conv2D, autograd.Conv{Same: true}, shape{2, 1, 1, 2, 2}, shape{1, 1, 2, 1}, shape{1})
	add("Conv2D", (*node).Conv2D, uneven, shape{0, 2, 3, 4}, shape{2, 1, 2, 2}, shape{2})
	add("ConvTranspose1D", (*node).ConvTranspose1D, autograd.Conv{}, shape{1, 2, 3}, shape{2, 1, 2}, shape{1})
	add("ConvTranspose1D(unbatched)", (*node).ConvTranspose1D, strided, shape{1, 3}, shape{1, 2, 3})
	longer := uneven
	longer.OutputPadding = []int{1}
	add("ConvTranspose2D", (*node).ConvTranspose2D, longer, shape{1, 2, 2, 3}, shape{2, 1, 2, 2}, shape{2})
	add("ConvTranspose2D", (*node).ConvTranspose2D, uneven, shape{0, 2, 2, 3}, shape{2, 1, 2, 2}, shape{2})

	unfold := func(o autograd.Conv, x shape, kernel ...int) {
		l.add("Unfold", unary(func(x *node) *node { return x.Unfold(kernel, o) }), signed, x)
	}
	unfold(strided, shape{1, 2, 5}, 2)
	unfold(uneven, shape{2, 3, 3}, 2, 2)
	unfold(uneven, shape{0, 1, 3, 3}, 2, 1)
	unfold(autograd.Conv{}, shape{1, 2, 1, 2}, 2, 1, 1)
	fold := func(o autograd.Conv, x, size shape, kernel ...int) {
		l.add("Fold", unary(func(x *node) *node { return x.Fold(size, kernel, o) }), signed, x)
	}
	fold(autograd.Conv{}, shape{2, 4, 3}, shape{4}, 2)
	fold(uneven, shape{4, 6}, shape{3, 3}, 2, 2)
	fold(autograd.Conv{}, shape{0, 4, 3}, shape{4}, 2)
}

func (l *list) poolings() {
	type pooling = func(x *node, p autograd.Pool) *node
	add := func(name string, f pooling, p autograd.Pool, x shape) {
		l.add(name, unary(func(x *node) *node { return f(x, p) }), signed, x)
	}
	ceil := autograd.Pool{Kernel: []int{3}, Stride: []int{2}, Padding: []int{1}, Ceil: true}
	wide := autograd.Pool{Kernel: []int{2}, Stride: []int{1, 2}, Padding: []int{0, 1}, Dilation: []int{2, 1}}
	for _, p := range []autograd.Pool{{Kernel: []int{2}}, ceil} {
		add("MaxPool1D", (*node).MaxPool1D, p, shape{1, 2, 6})
		add("AvgPool1D", (*node).AvgPool1D, p, shape{1, 2, 6})
	}
	add("MaxPool1D", (*node).MaxPool1D, ceil, shape{2, 4})
	for _, p := range []autograd.Pool{{Kernel: []int{2}}, ceil, wide} {
		add("MaxPool2D", (*node).MaxPool2D, p, shape{2, 3, 4})
		add("AvgPool2D", (*node).AvgPool2D, p, shape{2, 3, 4})
	}
	add("MaxPool2D", (*node).MaxPool2D, wide, shape{0, 2, 3, 3})
	add("AvgPool2D", (*node).AvgPool2D, wide, shape{0, 2, 3, 3})
	ceil.ExcludePadding = true
	add("AvgPool2D(excluded)", (*node).AvgPool2D, ceil, shape{1, 3, 4})
	ceil.Divisor = -2
	add("AvgPool2D(divisor)", (*node).AvgPool2D, ceil, shape{1, 3, 4})

	for _, n := range []int{1, 2, 5} {
		l.add("AdaptiveAvgPool1D", unary(func(x *node) *node { return x.AdaptiveAvgPool1D(n) }), signed, shape{1, 2, 3})
		l.add("AdaptiveMaxPool1D", unary(func(x *node) *node { return x.AdaptiveMaxPool1D(n) }), signed, shape{2, 3})
	}
	for _, s := range []shape{{1, 2, 3, 4}, {1, 3, 2}, {0, 1, 3, 2}} {
		l.add("AdaptiveAvgPool2D", unary(func(x *node) *node { return x.AdaptiveAvgPool2D(2, 3) }), signed, s)
		l.add("AdaptiveMaxPool2D", unary(func(x *node) *node { return x.AdaptiveMaxPool2D(2, 3) }), signed, s)
	}
}

func (l *list) normalisations() {
	const eps = .25
	layer := func(name string, axes []int, x, weight shape) {
		l.add(name, func(xs ...*node) *node { return xs[0].LayerNorm(xs[1], xs[2], eps, axes...) }, signed, x, weight, weight)
	}
	layer("LayerNorm", nil, shape{3}, shape{3})
	layer("LayerNorm", nil, shape{2, 3}, shape{3})
	layer("LayerNorm(0,−1)", []int{0, -1}, shape{2, 2, 2}, shape{2, 1, 2})
	layer("LayerNorm", nil, shape{0, 3}, shape{3})
	l.add("LayerNorm(plain)", unary(func(x *node) *node { return x.LayerNorm(nil, nil, eps) }), signed, shape{2, 3})
	l.add("RMSNorm", binary(func(x, w *node) *node { return x.RMSNorm(w, eps) }), signed, shape{2, 3}, shape{3})
	l.add("RMSNorm(1,0)", binary(func(x, w *node) *node { return x.RMSNorm(w, eps, 1, 0) }), signed, shape{2, 3}, shape{})
	l.add("RMSNorm(plain)", unary(func(x *node) *node { return x.RMSNorm(nil, eps) }), signed, shape{3})
	l.add("RMSNorm", binary(func(x, w *node) *node { return x.RMSNorm(w, eps) }), signed, shape{2, 0}, shape{0})

	batch := func(xs ...*node) *node { return xs[0].BatchNorm(nil, nil, xs[1], xs[2], eps) }
	running := func(xs ...*node) *node { return xs[0].BatchNorm(xs[1], xs[2], nil, xs[3], eps) }
	for _, s := range []shape{{3, 2}, {2, 2, 2}, {0, 2, 3}} {
		l.add("BatchNorm", batch, signed, s, shape{2}, shape{2})
		l.add("BatchNorm(running)", running, positive, s, shape{2}, shape{2}, shape{2})
	}
	l.add("BatchNorm(running)", running, positive, shape{2}, shape{2}, shape{2}, shape{2})

	group := func(xs ...*node) *node { return xs[0].GroupNorm(2, xs[1], xs[2], eps) }
	instance := func(xs ...*node) *node { return xs[0].InstanceNorm(xs[1], xs[2], eps) }
	for _, s := range []shape{{1, 4, 2}, {2, 4}, {0, 4, 1, 2}} {
		l.add("GroupNorm", group, signed, s, shape{4}, shape{4})
	}
	for _, s := range []shape{{2, 2, 3}, {1, 2, 2, 2}, {0, 2, 3}} {
		l.add("InstanceNorm", instance, signed, s, shape{2}, shape{2})
	}
}

func (l *list) attention() {
	add := func(name string, o autograd.Attention, shapes ...shape) {
		l.add("ScaledDotProductAttention"+name, func(xs ...*node) *node {
			o := o
			if len(xs) == 4 {
				o.Bias = xs[3]
			}
			return autograd.ScaledDotProductAttention(xs[0], xs[1], xs[2], o)
		}, signed, shapes...)
	}
	add("", autograd.Attention{}, shape{2, 3}, shape{3, 3}, shape{3, 2})
	add("(causal)", autograd.Attention{Causal: true, Scale: .5}, shape{2, 3, 2}, shape{2, 2, 2}, shape{2, 2, 1})
	add("(bias)", autograd.Attention{}, shape{1, 2, 2}, shape{2, 3, 2}, shape{2, 3, 1}, shape{2, 3})
	masked := autograd.Attention{Mask: autograd.Constant(tensor.Rows([][]float64{{1, 0, 1}, {0, 0, 0}}))}
	add("(masked)", masked, shape{2, 2}, shape{3, 2}, shape{3, 2})
	add("(grouped)", autograd.Attention{}, shape{1, 4, 1, 2}, shape{1, 2, 2, 2}, shape{1, 2, 2, 1})
	add("(empty)", autograd.Attention{}, shape{0, 2, 3}, shape{0, 3, 3}, shape{0, 3, 2})

	for _, r := range []struct {
		x    shape
		axis int
	}{{shape{4}, 0}, {shape{2, 4}, -1}, {shape{2, 2, 3}, 1}, {shape{0, 2}, 1}} {
		l.add("GLU", unary(func(x *node) *node { return x.GLU(r.axis) }), signed, r.x)
	}
}
