package layers

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// ones returns a weight of ones, which scales by nothing, and a bias of zeros.
func ones(shape ...int) (weight, bias *autograd.Node) {
	return autograd.Variable(tensor.Full(1, shape...)).Named("weight"), autograd.Variable(tensor.New(shape...)).Named("bias")
}

// LayerNorm normalises each observation to mean 0 and variance 1, over the last axes of x, as many as
// Weight has; then it scales by Weight and adds Bias. The result has x's shape. (Ba, Kiros and Hinton,
// 2016)
//
//	y = (x − mean) / √(variance + Eps) ⊙ Weight + Bias
type LayerNorm struct {
	Weight, Bias *autograd.Node // of the shape of x's last axes; nil for none; with neither, the last axis is normalised
	Eps          float64        // prevents division by 0
}

// NewLayerNorm returns a layer for x whose last axes have this shape, with weights 1, biases 0 and Eps
// 1e-5. It panics if no shape is given, or if a length is less than 1.
func NewLayerNorm(shape ...int) *LayerNorm {
	mustHaveShape("NewLayerNorm", shape)
	l := &LayerNorm{Eps: 1e-5}
	l.Weight, l.Bias = ones(shape...)
	return l
}

// Forward returns x, normalised.
func (l *LayerNorm) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	return x.LayerNorm(l.Weight, l.Bias, l.Eps, lastAxes("LayerNorm", x, l.Weight, l.Bias)...)
}

// String returns the shape, such as "LayerNorm 8".
func (l *LayerNorm) String() string { return "LayerNorm" + shapeOf(l.Weight) }

// RMSNorm divides each observation by the root of its mean square, over the last axes of x, as many as
// Weight has, and scales by Weight. The result has x's shape. (Zhang and Sennrich, 2019)
//
//	y = x / √(mean(x²) + Eps) ⊙ Weight
type RMSNorm struct {
	Weight *autograd.Node // of the shape of x's last axes; nil for none, which normalises the last axis
	Eps    float64        // prevents division by 0
}

// NewRMSNorm returns a layer for x whose last axes have this shape, with weights 1 and Eps 1e-6. It
// panics if no shape is given, or if a length is less than 1.
func NewRMSNorm(shape ...int) *RMSNorm {
	mustHaveShape("NewRMSNorm", shape)
	weight, _ := ones(shape...)
	return &RMSNorm{weight, 1e-6}
}

// Forward returns x, normalised.
func (l *RMSNorm) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	return x.RMSNorm(l.Weight, l.Eps, lastAxes("RMSNorm", x, l.Weight)...)
}

// String returns the shape, such as "RMSNorm 8".
func (l *RMSNorm) String() string { return "RMSNorm" + shapeOf(l.Weight) }

func mustHaveShape(op string, shape []int) {
	if len(shape) == 0 {
		fail(op, "there is no shape; at least one axis is needed")
	}
	mustBePositive(op, "lengths", shape...)
}

// lastAxes returns the last axes of x, as −1, −2, …, that the weights have. It panics unless the lengths
// are the same.
func lastAxes(op string, x *autograd.Node, weights ...*autograd.Node) (axes []int) {
	mustBeSet(op, "the input is nil", x)
	for _, w := range weights {
		if w == nil {
			continue
		}
		n := w.Value().Rank()
		if axes != nil && n != len(axes) {
			fail(op, "the weight and the bias have %d axes and %d; they need the same shape", len(axes), n)
		}
		axes = []int{}
		for a := -1; a >= -n; a-- {
			if n > x.Value().Rank() || x.Value().Dim(a) != w.Value().Dim(a) {
				fail(op, "the input has shape %v; it must end in %v, the shape of the weights", x.Shape(), w.Shape())
			}
			axes = append(axes, a)
		}
	}
	return axes
}

// mustFitChannels panics unless x [N, C, …], or [C], has as many channels as each of the weights [C],
// which may be nil.
func mustFitChannels(op string, x *autograd.Node, weights ...*autograd.Node) {
	mustBeSet(op, "the input is nil", x)
	shape := x.Shape()
	if len(shape) == 0 {
		fail(op, "the input has shape []; it needs axes [N C …]")
	}
	c := shape[min(1, len(shape)-1)]
	for _, w := range weights {
		if w != nil && !w.Value().HasShape(c) {
			fail(op, "the input has shape %v, with %d channels; %v needs shape [%d]", shape, c, w, c)
		}
	}
}

// shapeOf returns the part of String about a weight.
func shapeOf(weight *autograd.Node) string {
	if weight == nil || weight.Value() == nil {
		return ""
	}
	return " " + times(weight.Shape())
}

// GroupNorm normalises, in each observation, each group of neighbouring channels to mean 0 and variance
// 1: x [N, C, …] keeps its shape. (Wu and He, 2018)
type GroupNorm struct {
	Weight, Bias *autograd.Node // C; nil for none
	Groups       int            // of channels; it divides their number
	Eps          float64        // prevents division by 0
}

// NewGroupNorm returns a layer for that many channels, with weights 1, biases 0 and Eps 1e-5. It panics
// if a number is less than 1, or if the groups do not divide the channels.
func NewGroupNorm(groups, channels int) *GroupNorm {
	mustBePositive("NewGroupNorm", "groups and channels", groups, channels)
	if channels%groups != 0 {
		fail("NewGroupNorm", "%d groups do not divide %d channels", groups, channels)
	}
	l := &GroupNorm{Groups: groups, Eps: 1e-5}
	l.Weight, l.Bias = ones(channels)
	return l
}

// Forward returns x, normalised.
func (l *GroupNorm) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustFitChannels("GroupNorm", x, l.Weight, l.Bias)
	return x.GroupNorm(l.Groups, l.Weight, l.Bias, l.Eps)
}

// String returns the groups and channels, such as "GroupNorm 2 groups of 6".
func (l *GroupNorm) String() string {
	text := fmt.Sprintf("GroupNorm %d groups", l.Groups)
	if shape := shapeOf(l.Weight); shape != "" {
		text += " of" + shape
	}
	return text
}

// InstanceNorm is GroupNorm of each channel by itself: x [N, C, …] keeps its shape. (Ulyanov,
// Vedaldi and Lempitsky, 2016)
type InstanceNorm struct {
	Weight, Bias *autograd.Node // C; nil for none
	Eps          float64        // prevents division by 0
}

// NewInstanceNorm returns a layer for that many channels, with weights 1, biases 0 and Eps 1e-5. It
// panics if channels is less than 1.
func NewInstanceNorm(channels int) *InstanceNorm {
	mustBePositive("NewInstanceNorm", "channels", channels)
	l := &InstanceNorm{Eps: 1e-5}
	l.Weight, l.Bias = ones(channels)
	return l
}

// Forward returns x, normalised.
func (l *InstanceNorm) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	mustFitChannels("InstanceNorm", x, l.Weight, l.Bias)
	return x.InstanceNorm(l.Weight, l.Bias, l.Eps)
}

// String returns the channels, such as "InstanceNorm 3".
func (l *InstanceNorm) String() string { return "InstanceNorm" + shapeOf(l.Weight) }
