package autograd_test

import "gentlegrad/autograd"

func init() {
	for op, f := range map[string]func(x *node) *node{
		"neg":        (*node).Neg,
		"reciprocal": (*node).Reciprocal,
		"sqrt":       (*node).Sqrt,
		"rsqrt":      (*node).Rsqrt,
		"square":     (*node).Square,
		"abs":        (*node).Abs,
		"sign":       (*node).Sign,
		"exp":        (*node).Exp,
		"exp2":       (*node).Exp2,
		"expm1":      (*node).Expm1,
		"log":        (*node).Log,
		"log1p":      (*node).Log1p,
		"log2":       (*node).Log2,
		"log10":      (*node).Log10,
		"sin":        (*node).Sin,
		"cos":        (*node).Cos,
		"tan":        (*node).Tan,
		"asin":       (*node).Asin,
		"acos":       (*node).Acos,
		"atan":       (*node).Atan,
		"sinh":       (*node).Sinh,
		"cosh":       (*node).Cosh,
		"tanh":       (*node).Tanh,
		"asinh":      (*node).Asinh,
		"acosh":      (*node).Acosh,
		"atanh":      (*node).Atanh,
		"sinc":       (*node).Sinc,
		"erf":        (*node).Erf,
		"erfc":       (*node).Erfc,
		"lgamma":     (*node).Lgamma,
		"digamma":    (*node).Digamma,
		"sigmoid":    (*node).Sigmoid,

		"nn.functional.relu":       (*node).ReLU,
		"nn.functional.relu6":      (*node).ReLU6,
		"nn.functional.selu":       (*node).SELU,
		"nn.functional.silu":       (*node).SiLU,
		"nn.functional.mish":       (*node).Mish,
		"nn.functional.logsigmoid": (*node).LogSigmoid,
		"nn.functional.softsign":   (*node).Softsign,
		"nn.functional.tanhshrink": (*node).Tanhshrink,
		"nn.functional.hardswish":  (*node).Hardswish,
	} {
		torch(op, func(s *torchSample) *node { return f(s.x()) })
	}
	torch("logit", func(s *torchSample) *node {
		if !s.has("eps", 0) {
			return s.x().Logit()
		}
		return s.x().LogitEps(s.float("eps", 0, 0))
	})
	torch("nn.functional.softplus", func(s *torchSample) *node {
		x, beta := s.x(), s.float("beta", 0, 1)
		z := x.Scale(beta)
		linear := z.Gt(number(s.float("threshold", 1, 20))) // PyTorch's, against overflow
		return autograd.Where(linear, x, z.Softplus().Scale(1/beta))
	})
	torch("nn.functional.hardsigmoid", func(s *torchSample) *node {
		y := s.x().Hardsigmoid()
		const f = 6 * float64(float32(1)/6) // PyTorch's slope is ⅙ with the digits of a float32
		return y.Scale(f).Add(y.Detach().Scale(1 - f))
	})
	torch("nn.functional.leaky_relu", func(s *torchSample) *node {
		return s.x().LeakyReLU(s.float("negative_slope", 0, .01))
	})
	torch("nn.functional.elu", func(s *torchSample) *node { return s.x().ELU(s.float("alpha", 0, 1)) })
	torch("nn.functional.celu", func(s *torchSample) *node { return s.x().CELU(s.float("alpha", 0, 1)) })
	torch("nn.functional.gelu", func(s *torchSample) *node {
		switch a := s.str("approximate", -1, "none"); a {
		case "none":
			return s.x().GELU()
		case "tanh":
			return s.x().GELUTanh()
		default:
			panic("approximate is " + a)
		}
	})
	torch("nn.functional.hardtanh", func(s *torchSample) *node {
		return s.x().Hardtanh(s.float("min_val", 0, -1), s.float("max_val", 1, 1))
	})
	torch("nn.functional.hardshrink", func(s *torchSample) *node { return s.x().Hardshrink(s.float("lambd", 0, .5)) })
	torch("nn.functional.softshrink", func(s *torchSample) *node { return s.x().Softshrink(s.float("lambd", 0, .5)) })
	torch("nn.functional.threshold", func(s *torchSample) *node {
		return s.x().Threshold(s.float("threshold", 0, 0), s.float("value", 1, 0))
	})
	torch("where", func(s *torchSample) *node { // x.where(mask, y)
		return autograd.Where(s.node("condition", 0), s.x(), s.node("other", 1))
	})
}
