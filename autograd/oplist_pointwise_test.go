package autograd_test

import "math/rand/v2"

// pointwiseOps adds functions of one number.
func (l *list) pointwiseOps() {
	for _, op := range []struct {
		name string
		f    func(x *node) *node
		draw func(rng *rand.Rand) float64
	}{
		{"Reciprocal", (*node).Reciprocal, signed},
		{"Rsqrt", (*node).Rsqrt, positive},
		{"Exp2", (*node).Exp2, signed},
		{"Expm1", (*node).Expm1, signed},
		{"Log1p", (*node).Log1p, between(-.7, 2)},
		{"Log2", (*node).Log2, positive},
		{"Log10", (*node).Log10, positive},
		{"Abs", (*node).Abs, signed},
		{"Sign", farFromJumps((*node).Sign), signed},
		{"Floor", farFromJumps((*node).Floor), signed},
		{"Ceil", farFromJumps((*node).Ceil), signed},
		{"Trunc", farFromJumps((*node).Trunc), signed},
		{"Round", farFromJumps((*node).Round), signed},
		{"Sin", (*node).Sin, between(-4, 4)},
		{"Cos", (*node).Cos, between(-4, 4)},
		{"Tan", (*node).Tan, between(-1.2, 1.2)},
		{"Asin", (*node).Asin, between(-.8, .8)},
		{"Acos", (*node).Acos, between(-.8, .8)},
		{"Atan", (*node).Atan, between(-3, 3)},
		{"Sinh", (*node).Sinh, between(-3, 3)},
		{"Cosh", (*node).Cosh, between(-3, 3)},
		{"Asinh", (*node).Asinh, between(-3, 3)},
		{"Acosh", (*node).Acosh, between(1.3, 3)},
		{"Atanh", (*node).Atanh, between(-.7, .7)},

		{"Erf", (*node).Erf, between(-2, 2)},
		{"Erfc", (*node).Erfc, between(-2, 2)},
		{"Erfinv", (*node).Erfinv, between(-.7, .7)},
		{"Logit", (*node).Logit, between(.25, .75)},
		{"LogitEps", func(x *node) *node { return x.LogitEps(.45) }, between(.5, .6)},
		{"LogitEps", func(x *node) *node { return x.LogitEps(.3) }, between(.4, .6)},
		{"Sinc", (*node).Sinc, between(-2, 2)},
		{"Lgamma", (*node).Lgamma, between(.7, 4)},
		{"Lgamma negative", (*node).Lgamma, between(-1.7, -1.3)},
		{"Digamma", (*node).Digamma, between(.7, 4)},
		{"Polygamma(1)", func(x *node) *node { return x.Polygamma(1) }, between(.7, 4)},
		{"Polygamma(2) negative", func(x *node) *node { return x.Polygamma(2) }, between(-1.7, -1.3)},

		{"Softplus", (*node).Softplus, between(-3, 3)},
		{"LogSigmoid", (*node).LogSigmoid, between(-3, 3)},
		{"Softsign", (*node).Softsign, signed},
		{"SiLU", (*node).SiLU, between(-3, 3)},
		{"GELU", (*node).GELU, between(-3, 3)},
		{"GELUTanh", (*node).GELUTanh, between(-2, 2)},
		{"Mish", (*node).Mish, between(-3, 3)},
		{"ELU", func(x *node) *node { return x.ELU(1.3) }, signed},
		{"CELU", func(x *node) *node { return x.CELU(1.3) }, signed},
		{"SELU", (*node).SELU, signed},
		{"LeakyReLU", func(x *node) *node { return x.LeakyReLU(.1) }, signed},
		{"Threshold", func(x *node) *node { return x.Threshold(-3, 7) }, signed},
		{"Threshold below", func(x *node) *node { return x.Threshold(3, 7).Add(x) }, signed},
		{"Hardtanh", func(x *node) *node { return x.Hardtanh(-1, 2) }, offWhole},
		{"ReLU6", (*node).ReLU6, offWhole},
		{"Hardshrink", func(x *node) *node { return x.AddScalar(5).Hardshrink(2) }, signed},
		{"Hardshrink between", func(x *node) *node { return x.Hardshrink(3).Add(x) }, signed},
		{"Softshrink", func(x *node) *node { return x.Softshrink(1) }, offWhole},
		{"Tanhshrink", (*node).Tanhshrink, signed},
		{"Hardsigmoid", (*node).Hardsigmoid, offWhole},
		{"Hardswish", (*node).Hardswish, offWhole},
	} {
		for _, s := range []shape{{}, {5}, {2, 3}, {2, 0}} {
			l.add(op.name, unary(op.f), op.draw, s)
		}
	}
}

func between(low, high float64) func(rng *rand.Rand) float64 {
	return func(rng *rand.Rand) float64 { return low + float64((high-low)*rng.Float64()) }
}

// farFromJumps returns f of numbers from .28 to .32, where functions with jumps at multiples of ½ have none.
func farFromJumps(f func(x *node) *node) func(x *node) *node {
	return func(x *node) *node { return f(x.Scale(.01).AddScalar(.3)) }
}

// offWhole draws a number from −6 to 8 that is no nearer than .25 to a whole one, where kinks are.
func offWhole(rng *rand.Rand) float64 { return float64(rng.IntN(14)-6) + .25 + rng.Float64()/2 }
