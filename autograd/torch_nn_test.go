package autograd_test

import (
	"slices"

	"gentlegrad/autograd"
)

func init() {
	torch("nn.functional.linear", func(s *torchSample) *node {
		y := s.x().MatMul(s.node("weight", 0).Transpose())
		if b := s.node("bias", 1); b != nil {
			y = y.Add(b)
		}
		return y
	})
	torch("nn.functional.glu", func(s *torchSample) *node { return s.x().GLU(s.int("dim", 0, -1)) })
	torch("nn.functional.scaled_dot_product_attention", func(s *torchSample) *node {
		o := autograd.Attention{Causal: s.bool("is_causal", 4, false), Scale: s.float("scale", -1, 0)}
		if mask := s.node("attn_mask", 2); mask != nil && mask.Name() == "bool" {
			o.Mask = mask
		} else {
			o.Bias = mask
		}
		return autograd.ScaledDotProductAttention(s.x(), s.node("key", 0), s.node("value", 1), o)
	})
	leaveOut("nn.functional.scaled_dot_product_attention", "dropout is random",
		func(c *torchCall) bool { return c.float("dropout_p", 3, 0) > 0 })
}

// Convolutions.
func init() {
	conv := func(f func(x, weight, bias *node, o autograd.Conv) *node) func(s *torchSample) *node {
		return func(s *torchSample) *node {
			o := autograd.Conv{Stride: s.ints("stride", 2), Dilation: s.ints("dilation", 4), Groups: s.int("groups", 5, 1)}
			switch padding := s.arg("padding", 3); padding {
			case "same":
				o.Same = true
			case "valid":
			default:
				o.Padding = ints(padding)
			}
			return f(s.x(), s.node("weight", 0), s.node("bias", 1), o)
		}
	}
	transposed := func(f func(x, weight, bias *node, o autograd.Conv) *node) func(s *torchSample) *node {
		return func(s *torchSample) *node {
			return f(s.x(), s.node("weight", 0), s.node("bias", 1), autograd.Conv{
				Stride: s.ints("stride", 2), Padding: s.ints("padding", 3), OutputPadding: s.ints("output_padding", 4),
				Groups: s.int("groups", 5, 1), Dilation: s.ints("dilation", 6),
			})
		}
	}
	torch("nn.functional.conv1d", conv((*node).Conv1D))
	torch("nn.functional.conv2d", conv((*node).Conv2D))
	torch("nn.functional.conv_transpose1d", transposed((*node).ConvTranspose1D))
	torch("nn.functional.conv_transpose2d", transposed((*node).ConvTranspose2D))
	torch("nn.functional.unfold", func(s *torchSample) *node {
		return s.x().Unfold(pair(s.ints("kernel_size", 0)), autograd.Conv{
			Dilation: s.ints("dilation", 1), Padding: s.ints("padding", 2), Stride: s.ints("stride", 3),
		})
	})
	torch("nn.functional.fold", func(s *torchSample) *node {
		return s.x().Fold(pair(s.ints("output_size", 0)), pair(s.ints("kernel_size", 1)), autograd.Conv{
			Dilation: s.ints("dilation", 2), Padding: s.ints("padding", 3), Stride: s.ints("stride", 4),
		})
	})
}

// pair returns two numbers, which may be given as one.
func pair(list []int) []int {
	if len(list) == 1 {
		return slices.Repeat(list, 2)
	}
	return list
}

// Poolings.
func init() {
	largest := func(f func(x *node, p autograd.Pool) *node) func(s *torchSample) *node {
		return func(s *torchSample) *node {
			return f(s.x(), autograd.Pool{Kernel: s.ints("kernel_size", 0), Stride: s.ints("stride", 1),
				Padding: s.ints("padding", 2), Dilation: s.ints("dilation", 3), Ceil: s.bool("ceil_mode", 4, false)})
		}
	}
	average := func(f func(x *node, p autograd.Pool) *node) func(s *torchSample) *node {
		return func(s *torchSample) *node {
			return f(s.x(), autograd.Pool{Kernel: s.ints("kernel_size", 0), Stride: s.ints("stride", 1),
				Padding: s.ints("padding", 2), Ceil: s.bool("ceil_mode", 3, false),
				ExcludePadding: !s.bool("count_include_pad", 4, true), Divisor: s.float("divisor_override", 5, 0)})
		}
	}
	torch("nn.functional.max_pool1d", largest((*node).MaxPool1D))
	torch("nn.functional.max_pool2d", largest((*node).MaxPool2D))
	torch("nn.functional.avg_pool1d", average((*node).AvgPool1D))
	torch("nn.functional.avg_pool2d", average((*node).AvgPool2D))
	torch("nn.functional.adaptive_avg_pool1d", func(s *torchSample) *node { return s.x().AdaptiveAvgPool1D(s.outputSize(1)[0]) })
	torch("nn.functional.adaptive_max_pool1d", func(s *torchSample) *node { return s.x().AdaptiveMaxPool1D(s.outputSize(1)[0]) })
	torch("nn.functional.adaptive_avg_pool2d", func(s *torchSample) *node {
		n := s.outputSize(2)
		return s.x().AdaptiveAvgPool2D(n[0], n[1])
	})
	torch("nn.functional.adaptive_max_pool2d", func(s *torchSample) *node {
		n := s.outputSize(2)
		return s.x().AdaptiveMaxPool2D(n[0], n[1])
	})
}

// outputSize returns the argument output_size, for the last axes of the input; None stands for an axis's
// own size.
func (c *torchCall) outputSize(axes int) []int {
	shape := c.x().Shape()
	sizes, ok := c.arg("output_size", 0).([]any)
	if !ok {
		sizes = []any{c.arg("output_size", 0)}
	}
	n := make([]int, axes)
	for i := range n {
		if v := sizes[i%len(sizes)]; v != nil {
			n[i] = whole(v.(float64))
		} else {
			n[i] = shape[len(shape)-axes+i]
		}
	}
	return n
}

// Normalisations.
func init() {
	torch("nn.functional.layer_norm", func(s *torchSample) *node {
		return s.x().LayerNorm(s.node("weight", 1), s.node("bias", 2), s.float("eps", 3, 1e-5), s.lastAxes("normalized_shape", 0)...)
	})
	torch("nn.functional.rms_norm", func(s *torchSample) *node {
		const epsilon = 0x1p-52
		return s.x().RMSNorm(s.node("weight", 1), s.float("eps", 2, epsilon), s.lastAxes("normalized_shape", 0)...)
	})
	torch("nn.functional.group_norm", func(s *torchSample) *node {
		return s.x().GroupNorm(s.int("num_groups", 0, 1), s.node("weight", 1), s.node("bias", 2), s.float("eps", 3, 1e-5))
	})
	torch("nn.functional.batch_norm", func(s *torchSample) *node {
		mean, variance := s.node("running_mean", 0), s.node("running_var", 1)
		if s.bool("training", 4, false) {
			mean, variance = nil, nil
		}
		x := s.x()
		if len(x.Shape()) == 1 { // PyTorch treats it as a batch of one
			x = x.Unsqueeze(0)
		}
		y := x.BatchNorm(mean, variance, s.node("weight", 2), s.node("bias", 3), s.float("eps", 6, 1e-5))
		return y.Reshape(s.x().Shape()...)
	})
	torch("nn.functional.instance_norm", func(s *torchSample) *node {
		weight, bias, eps := s.node("weight", 2), s.node("bias", 3), s.float("eps", 6, 1e-5)
		if s.bool("use_input_stats", 4, true) {
			return s.x().InstanceNorm(weight, bias, eps)
		}
		return s.x().BatchNorm(s.node("running_mean", 0), s.node("running_var", 1), weight, bias, eps)
	})
}

// lastAxes returns as many of the last axes as the shape in an argument has.
func (c *torchCall) lastAxes(name string, position int) (axes []int) {
	for i := range c.ints(name, position) {
		axes = append(axes, -1-i)
	}
	return axes
}
