package autograd_test

import (
	"fmt"
	"math"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

func init() {
	torch("nn.functional.mse_loss", func(s *torchSample) *node {
		return s.weighed(s.x().Sub(s.node("target", 0)).Square())
	})
	torch("nn.functional.l1_loss", func(s *torchSample) *node {
		return s.weighed(together((*node).AbsoluteError, s.x(), s.node("target", 0)))
	})
	torch("nn.functional.huber_loss", func(s *torchSample) *node {
		delta := s.float("delta", 2, 1)
		return s.weighed(together(func(a, t *node) *node { return a.Huber(t, delta) }, s.x(), s.node("target", 0)))
	})
	torch("nn.functional.smooth_l1_loss", func(s *torchSample) *node {
		beta := s.float("beta", 4, 1)
		return s.reduction(together(func(a, t *node) *node { return a.SmoothL1(t, beta) }, s.x(), s.node("target", 0)))
	})
	torch("nn.functional.poisson_nll_loss", func(s *torchSample) *node {
		x, t := s.x(), s.node("target", 0)
		var losses *node
		if s.bool("log_input", 1, true) {
			losses = together((*node).PoissonNLLWithLog, x, t)
		} else {
			eps := s.float("eps", 4, 1e-8)
			losses = together(func(x, t *node) *node { return x.PoissonNLL(t, eps) }, x, t)
		}
		if s.bool("full", 2, false) {
			losses = losses.Add(t.LogFactorial())
		}
		return s.reduction(losses)
	})
	torch("nn.functional.gaussian_nll_loss", gaussian)

	torch("nn.functional.nll_loss", func(s *torchSample) *node {
		return s.byClass(classesLast(s.x()), func(x, classes *node) *node { return x.NLL(classes) })
	})
	torch("nn.functional.cross_entropy", crossEntropy)
	torch("nn.functional.binary_cross_entropy", func(s *torchSample) *node {
		return s.reduction(s.times("weight", 1, s.x().BinaryCrossEntropy(s.node("target", 0))))
	})
	flawed("nn.functional.binary_cross_entropy", "second order adds 1e-12 to x and to 1−x, by which it divides", mendBinaryCrossEntropy)
	torch("nn.functional.binary_cross_entropy_with_logits", func(s *torchSample) *node {
		losses := s.x().BinaryCrossEntropyWithLogits(s.node("target", 0), s.node("pos_weight", 5))
		return s.reduction(s.times("weight", 1, losses))
	})
	torch("nn.functional.kl_div", func(s *torchSample) *node {
		f := (*node).KLDivergence
		if s.bool("log_target", -1, false) {
			f = (*node).KLDivergenceOfLogs
		}
		losses := together(f, s.x(), s.node("target", 0))
		if s.str("reduction", 3, "mean") != "batchmean" {
			return s.reduction(losses)
		}
		batch := 1
		if shape := s.x().Shape(); len(shape) > 0 {
			batch = shape[0]
		}
		return losses.Sum().Scale(1 / float64(batch))
	})
	torch("nn.functional.soft_margin_loss", func(s *torchSample) *node {
		return s.reduction(together((*node).SoftMargin, s.x(), s.node("target", 0)))
	})
}

// together broadcasts x and t for a loss, which does not.
func together(loss func(x, t *node) *node, x, t *node) *node {
	shape := x.Add(t).Shape()
	return loss(x.BroadcastTo(shape...), t.BroadcastTo(shape...))
}

// times returns the losses, multiplied by a weight if there is one.
func (c *torchCall) times(name string, position int, losses *node) *node {
	if w := c.node(name, position); w != nil {
		return losses.Mul(w)
	}
	return losses
}

// mendBinaryCrossEntropy takes the ε = 1e-12 out of PyTorch's second derivatives by x, which are
// (x²−2xt+t) / ((x+ε)(1−x+ε))².
func mendBinaryCrossEntropy(s *torchSample) (noise float64) {
	if s.want.Second == nil || s.wanted[0] != s.x() {
		return 0
	}
	losses := autograd.Variable(tensor.New(s.x().Shape()...))
	y := s.reduction(s.times("weight", 1, losses))
	upstream := autograd.VJP(y, autograd.Constant(s.want.Cotangent.tensor()), losses)[0].Value().Data()
	v := evenly(.5, -1, s.x()).Data()
	for i, x := range s.x().Value().Data() {
		t := s.node("target", 0).Value().Data()[i]
		ratio := (1 + 1e-12/x) * (1 + 1e-12/(1-x))
		exact := (x*x - 2*x*t + t) / (x * x * (1 - x) * (1 - x))
		s.want.Second[0].Data[i] += torchNumber(upstream[i] * v[i] * exact * (1 - 1/(ratio*ratio)))
	}
	return 0
}

// weighed is reduction, but if there is a weight, the mean is weighted.
func (c *torchCall) weighed(losses *node) *node {
	w := c.node("weight", -1)
	if w == nil {
		return c.reduction(losses)
	}
	losses = losses.Mul(w)
	if c.str("reduction", -1, "mean") == "mean" {
		return losses.Sum().Div(w.BroadcastTo(losses.Shape()...).Sum())
	}
	return c.reduction(losses)
}

// classesLast returns x with the axis of the classes, which is 1, or 0 in a vector, moved to the end.
func classesLast(x *node) *node {
	perm := make([]int, 0, 8)
	for i := range x.Shape() {
		if i != 1 {
			perm = append(perm, i)
		}
	}
	if len(x.Shape()) > 1 {
		perm = append(perm, 1)
	}
	return x.Transpose(perm...)
}

// classes returns the target with −1 for the class to be ignored, and the weight of each example.
func (c *torchCall) classes(x *node) (classes, weights *node) {
	classes = c.node("target", 0)
	ignored := number(c.float("ignore_index", 3, -100))
	classes = autograd.Where(classes.Eq(ignored), number(-1), classes)
	w := c.node("weight", 1)
	if w == nil {
		shape := x.Shape()
		w = number(1).BroadcastTo(shape[len(shape)-1])
	}
	return classes, w.OfClasses(classes)
}

// byClass reduces losses of classes, whose mean is weighted by the weights of the classes.
func (c *torchCall) byClass(x *node, loss func(x, classes *node) *node) *node {
	classes, weights := c.classes(x)
	return c.byWeight(loss(x, classes).Mul(weights), weights)
}

func (c *torchCall) byWeight(losses, weights *node) *node {
	if c.str("reduction", 5, "mean") == "mean" {
		return losses.Sum().Div(weights.Sum())
	}
	return c.reduction(losses)
}

func crossEntropy(s *torchSample) *node {
	x, smoothing := classesLast(s.x()), s.float("label_smoothing", 6, 0)
	if !slices.Equal(s.x().Shape(), s.node("target", 0).Shape()) {
		if smoothing == 0 {
			return s.byClass(x, (*node).CrossEntropy)
		}
		classes, weights := s.classes(x)
		return s.byWeight(x.SmoothCrossEntropy(classes, smoothing, s.node("weight", 1)), weights)
	}
	t := classesLast(s.node("target", 0))
	shape := x.Shape()
	t = t.Scale(1 - smoothing).AddScalar(smoothing / float64(shape[len(shape)-1]))
	return s.reduction(x.CrossEntropyOf(s.times("weight", 1, t)))
}

func gaussian(s *torchSample) *node {
	x, v, eps := s.x(), s.node("var", 1), s.float("eps", 3, 1e-6)
	if shape := x.Shape(); len(shape) > 0 && slices.Equal(v.Shape(), shape[:len(shape)-1]) {
		v = v.Reshape(append(v.Shape(), 1)...)
	}
	losses := together(func(x, t *node) *node { return x.GaussianNLL(t, v, eps) }, x, s.node("target", 0))
	if s.bool("full", 2, false) {
		losses = losses.AddScalar(.5 * math.Log(2*math.Pi))
	}
	return s.reduction(losses)
}

// reduction returns the losses as PyTorch's option says: all, their sum, or their mean.
func (c *torchCall) reduction(losses *node) *node {
	switch r := c.str("reduction", -1, "mean"); r {
	case "none":
		return losses
	case "sum":
		return losses.Sum()
	case "mean":
		return losses.Mean()
	default:
		panic(fmt.Sprintf("the reduction is %q", r))
	}
}
