package autograd_test

import (
	"fmt"
	"math"
	"strings"

	"gentlegrad/autograd"
)

func init() {
	torch("sum", func(s *torchSample) *node { return s.reduce((*node).Sum) })
	torch("mean", func(s *torchSample) *node { return s.reduce((*node).Mean) })
	for op, f := range map[string]func(x *node, axis int) *node{
		"softmax": (*node).Softmax, "log_softmax": (*node).LogSoftmax, "nn.functional.softmin": (*node).Softmin,
		"nn.functional.softmax": (*node).Softmax, "nn.functional.log_softmax": (*node).LogSoftmax,
		"cumsum": (*node).CumSum, "cumprod": (*node).CumProd, "logcumsumexp": (*node).LogCumSumExp,
		"cummax": (*node).CumMax, "cummin": (*node).CumMin,
	} {
		torch(op, func(s *torchSample) *node { return s.along(f) })
	}
	for op, f := range map[string]func(x *node, axes ...int) *node{
		"logsumexp": (*node).LogSumExp, "prod": (*node).Prod, "amax": (*node).Max, "amin": (*node).Min,
	} {
		torch(op, func(s *torchSample) *node { return s.reduce(f) })
	}
	torch("var", func(s *torchSample) *node { return s.variance((*node).Var) })
	torch("std", func(s *torchSample) *node { return s.variance((*node).Std) })
	torch("max", func(s *torchSample) *node { return s.extreme((*node).Max, (*node).MaxAlong, (*node).Maximum) })
	torch("min", func(s *torchSample) *node { return s.extreme((*node).Min, (*node).MinAlong, (*node).Minimum) })
	torch("median", (*torchSample).median)
	torch("sort", func(s *torchSample) *node {
		return s.vector(func(x *node) *node { return x.Sort(s.int("dim", 0, -1), s.bool("descending", 1, false)) })
	})
	torch("topk", func(s *torchSample) *node {
		return s.vector(func(x *node) *node {
			y, _ := x.TopK(s.int("k", 0, 0), s.int("dim", 1, -1), s.bool("largest", 2, true))
			return y
		})
	})
	torch("norm", func(s *torchSample) *node { return s.norm("p", "dim") })
	torch("linalg.vector_norm", func(s *torchSample) *node { return s.norm("ord", "dim") })
	torch("nn.functional.normalize", func(s *torchSample) *node {
		return s.vector(func(x *node) *node {
			return x.Normalize(s.order("p", 0), s.int("dim", 1, 1), s.float("eps", 2, 1e-12))
		})
	})
	leaveOut("mean", "the mean of no elements is NaN; here it panics, which tells an empty batch from a broken one", func(c *torchCall) bool {
		axes := c.axes("dim", 0)
		return len(axes) > 0 && c.x().Value().Count(axes...) == 0
	})
	flawed("logcumsumexp", "forward mode adds 1e-13 to a sum that it divides by; backward takes e to the power of numbers as large as x, of which the digits are lost", mendLogCumSumExp)
	flawed("logsumexp", "the digits of e^(x−y) that a large y has not", func(s *torchSample) (noise float64) { return 0x1p-53 * s.largest() })
	leaveOut("topk", "not sorted: PyTorch leaves the order open", func(c *torchCall) bool { return !c.bool("sorted", 3, true) })
	leaveOut("norm", "the nuclear norm is one of singular values", func(c *torchCall) bool { return c.arg("p", 0) == "nuc" })
}

// reduce returns f of the input over the axes dim, position 0, which are kept if keepdim, position 1,
// says so.
func (c *torchCall) reduce(f func(x *node, axes ...int) *node) *node {
	axes := c.axes("dim", 0)
	return c.keepdim(f(c.x(), axes...), axes, 1)
}

// along returns f of the input along the axis dim, position 0.
func (c *torchCall) along(f func(x *node, axis int) *node) *node {
	return c.vector(func(x *node) *node { return f(x, c.int("dim", 0, -1)) })
}

// vector returns f of the input. A scalar is made a vector of one for f, and the result a scalar again.
func (c *torchCall) vector(f func(x *node) *node) *node {
	if x := c.x(); len(x.Shape()) > 0 {
		return f(x)
	}
	return f(c.x().Reshape(1)).Reshape()
}

// variance returns f, Var or Std, with the correction 1 unless another is given, as a number or by
// unbiased.
func (c *torchCall) variance(f func(x *node, correction float64, axes ...int) *node) *node {
	correction := c.float("correction", -1, 1)
	if unbiased, ok := c.arg("", 0).(bool); ok { // var(unbiased)
		c.args, c.kwargs["unbiased"] = nil, unbiased
	}
	if !c.bool("unbiased", 1, true) {
		correction = 0
	}
	axes := c.axes("dim", 0)
	return c.keepdim(f(c.x(), correction, axes...), axes, 2)
}

// extreme returns the largest or the smallest elements: of all, along one axis, or of two tensors.
func (c *torchCall) extreme(all func(x *node, axes ...int) *node, along func(x *node, axis int) (y, indices *node), two func(x, y *node) *node) *node {
	if other, ok := c.arg("other", 0).(*autograd.Node); ok {
		return two(c.x(), other)
	}
	if !c.has("dim", 0) || len(c.x().Shape()) == 0 {
		return all(c.x())
	}
	axes := c.axes("dim", 0)
	y, _ := along(c.x(), axes[0])
	return c.keepdim(y, axes, 1)
}

// median returns the median along one axis, or of all elements. In the latter case PyTorch would share
// the gradient among equal ones.
func (s *torchSample) median() *node {
	if !s.has("dim", 0) || len(s.x().Shape()) == 0 {
		return s.x().Reshape(-1).Median(0)
	}
	axes := s.axes("dim", 0)
	return s.keepdim(s.x().Median(axes[0]), axes, 1)
}

// norm returns the norm of order p, position 0; dim and keepdim come after it.
func (c *torchCall) norm(p, dim string) *node {
	axes := c.axes(dim, 1)
	return c.keepdim(c.x().Norm(c.order(p, 0), axes...), axes, 2)
}

// order returns the order of a norm: a number, or "fro" or "inf" as a word.
func (c *torchCall) order(name string, position int) float64 {
	switch p := c.arg(name, position).(type) {
	case nil:
		return 2
	case float64:
		return p
	default:
		switch strings.ToLower(fmt.Sprint(p)) {
		case "fro":
			return 2
		case "inf", "infinity":
			return inf
		case "-inf", "-infinity":
			return -inf
		}
		panic(fmt.Sprintf("the order of a norm is %v", p))
	}
}

// mendLogCumSumExp takes the 1e-13 out of PyTorch's tangents, Σ eˣẋ / (Σ eˣ + 1e-13), where each eˣ is
// divided by e^max. PyTorch's gradients are differences of numbers e^(log|dy| − y + x), with the rounding
// errors of y and x in the exponent.
func mendLogCumSumExp(s *torchSample) (noise float64) {
	if s.want.JVP != nil {
		y := s.along((*node).LogCumSumExp)
		if y.Value().Rank() > 0 {
			axis := s.int("dim", 0, -1)
			most := s.x().Max(axis).Unsqueeze(axis).BroadcastTo(y.Shape()...).Value()
			for i, v := range s.want.JVP.Data {
				s.want.JVP.Data[i] = v * torchNumber(1+1e-13*math.Exp(most.Data()[i]-y.Value().Data()[i]))
			}
		}
	}
	return 0x1p-52 * s.largest()
}

// largest returns the largest |x|.
func (s *torchSample) largest() (largest float64) {
	for _, v := range s.x().Value().Data() {
		largest = max(largest, math.Abs(v))
	}
	return largest
}
