package autograd_test

import (
	"math"
	"strings"
	"testing"

	"gentlegrad/autograd"
)

// At kinks, jumps and limits, values and gradients are PyTorch's.
func TestPointwiseConventions(t *testing.T) {
	hardtanh := func(x *node) *node { return x.Hardtanh(-1, 2) }
	threshold := func(x *node) *node { return x.Threshold(1, -7) }
	hardshrink := func(x *node) *node { return x.Hardshrink(.5) }
	for _, c := range []struct {
		name            string
		f               func(x *node) *node
		at              []float64
		value, gradient []float64
	}{
		{"Abs", (*node).Abs, []float64{-2, 0, 3}, []float64{2, 0, 3}, []float64{-1, 0, 1}},
		{"Sign", (*node).Sign, []float64{-2, 0, 3}, []float64{-1, 0, 1}, []float64{0, 0, 0}},
		{"Floor", (*node).Floor, []float64{-1.5, -1, .5, 1.5, 2}, []float64{-2, -1, 0, 1, 2}, []float64{0, 0, 0, 0, 0}},
		{"Ceil", (*node).Ceil, []float64{-1.5, -1, .5, 1.5}, []float64{-1, -1, 1, 2}, []float64{0, 0, 0, 0}},
		{"Trunc", (*node).Trunc, []float64{-1.5, -.5, .5, 1.5}, []float64{-1, 0, 0, 1}, []float64{0, 0, 0, 0}},
		{"Round", (*node).Round, []float64{-2.5, -1.5, .5, 1.5, 1.6}, []float64{-2, -2, 0, 2, 2}, []float64{0, 0, 0, 0, 0}},
		{"LeakyReLU", func(x *node) *node { return x.LeakyReLU(.01) }, []float64{-100, 0, 2}, []float64{-1, 0, 2}, []float64{.01, .01, 1}},
		{"ELU", func(x *node) *node { return x.ELU(1) }, []float64{0, 800}, []float64{0, 800}, []float64{1, 1}},
		{"ELU(2)", func(x *node) *node { return x.ELU(2) }, []float64{0, 800, -800}, []float64{0, 800, -2}, []float64{2, 1, 0}},
		{"CELU(2)", func(x *node) *node { return x.CELU(2) }, []float64{0, 800, -2000}, []float64{0, 800, -2}, []float64{1, 1, 0}},
		{"SELU", (*node).SELU, []float64{0}, []float64{0}, []float64{1.758099340847376859940217520812}},
		{"Hardtanh", hardtanh, []float64{-5, -1, 0, 2, 3}, []float64{-1, -1, 0, 2, 2}, []float64{0, 0, 1, 0, 0}},
		{"Hardtanh(1, 1)", func(x *node) *node { return x.Hardtanh(1, 1) }, []float64{0, 1, 2}, []float64{1, 1, 1}, []float64{0, 0, 0}},
		{"Hardtanh(NaN, 1)", func(x *node) *node { return x.Hardtanh(nan, 1) }, []float64{-inf, 1, 2}, []float64{-inf, 1, 1}, []float64{1, 0, 0}},
		{"ReLU6", (*node).ReLU6, []float64{-1, 0, 3, 6, 7}, []float64{0, 0, 3, 6, 6}, []float64{0, 0, 1, 0, 0}},
		{"Threshold", threshold, []float64{.5, 1, 1.5}, []float64{-7, -7, 1.5}, []float64{0, 0, 1}},
		{"Threshold(NaN)", func(x *node) *node { return x.Threshold(nan, 3) }, []float64{-inf, inf}, []float64{-inf, inf}, []float64{1, 1}},
		{"Hardshrink", hardshrink, []float64{-2, -.5, 0, .5, .75}, []float64{-2, 0, 0, 0, .75}, []float64{1, 0, 0, 0, 1}},
		{"Hardshrink(-1)", func(x *node) *node { return x.Hardshrink(-1) }, []float64{-2, 0, 2}, []float64{-2, 0, 2}, []float64{1, 1, 1}},
		{"Softshrink", func(x *node) *node { return x.Softshrink(.5) }, []float64{-2, -.5, 0, .5, .75}, []float64{-1.5, 0, 0, 0, .25}, []float64{1, 0, 0, 0, 1}},
		{"Softshrink(0)", func(x *node) *node { return x.Softshrink(0) }, []float64{-2, 0, 2}, []float64{-2, 0, 2}, []float64{1, 0, 1}},
		{"Hardsigmoid", (*node).Hardsigmoid, []float64{-4, -3, 0, 3, 4}, []float64{0, 0, .5, 1, 1}, []float64{0, 0, 1. / 6, 0, 0}},
		{"Hardswish", (*node).Hardswish, []float64{-inf, -4, -3, 0, 3, 4, inf}, []float64{0, 0, 0, 0, 3, 4, inf}, []float64{0, 0, 0, .5, 1, 1, 1}},
		{"Softsign", (*node).Softsign, []float64{-1, 0, 3}, []float64{-.5, 0, .75}, []float64{.25, 1, .0625}},
		{"Logit", (*node).Logit, []float64{0, 5e-324, .5, 1}, []float64{-inf, -744.44007192138126231, 0, inf}, []float64{inf, inf, 4, inf}},
		{"LogitEps", func(x *node) *node { return x.LogitEps(.25) }, []float64{0, .25, .5, .75, 1}, []float64{-math.Log(3), -math.Log(3), 0, math.Log(3), math.Log(3)}, []float64{0, 16. / 3, 4, 16. / 3, 0}},
		{"Rsqrt", (*node).Rsqrt, []float64{0, 4}, []float64{inf, .5}, []float64{-inf, -.0625}},
		{"Log1p", (*node).Log1p, []float64{-1, 0}, []float64{-inf, 0}, []float64{inf, 1}},
		{"Asin", (*node).Asin, []float64{-1, 1}, []float64{-math.Pi / 2, math.Pi / 2}, []float64{inf, inf}},
		{"Acos", (*node).Acos, []float64{-1, 1}, []float64{math.Pi, 0}, []float64{-inf, -inf}},
		{"Acosh", (*node).Acosh, []float64{.5, 1}, []float64{nan, 0}, []float64{nan, inf}},
		{"Atanh", (*node).Atanh, []float64{-1, 1}, []float64{-inf, inf}, []float64{inf, inf}},
		{"Erfinv", (*node).Erfinv, []float64{-1, 1}, []float64{-inf, inf}, []float64{inf, inf}},
		{"Digamma", (*node).Digamma, []float64{0, math.Copysign(0, -1), -1, -2}, []float64{-inf, inf, nan, nan}, []float64{inf, inf, inf, inf}},
		{"Polygamma(2)", func(x *node) *node { return x.Polygamma(2) }, []float64{0, math.Copysign(0, -1), -1}, []float64{-inf, inf, nan}, []float64{inf, inf, inf}},
		{"Sinc", (*node).Sinc, []float64{0, 1, -2, 1e9}, []float64{1, 0, 0, 0}, []float64{0, -1, -.5, 1e-9}},
		{"Asinh", (*node).Asinh, []float64{0, 1e200}, []float64{0, 200*math.Ln10 + math.Ln2}, []float64{1, 1e-200}},
		{"Softplus", (*node).Softplus, []float64{-800, 0, 800}, []float64{0, math.Ln2, 800}, []float64{0, .5, 1}},
		{"LogSigmoid", (*node).LogSigmoid, []float64{-800, 40}, []float64{-800, -4.248354255291589e-18}, []float64{1, 4.248354255291589e-18}},
	} {
		x := variable(c.at...)
		y := c.f(x)
		for what, pair := range map[string][2][]float64{
			"value":            {y.Value().Data(), c.value},
			"gradient":         {autograd.Backward(y.Sum()).Of(x).Data(), c.gradient},
			"gradient of Grad": {autograd.Grad(y.Sum(), x)[0].Value().Data(), c.gradient},
		} {
			for i, got := range pair[0] {
				if want := pair[1][i]; got != want && !nearly(got, want) {
					t.Errorf("%s at %v: %s %v, want %v", c.name, c.at[i], what, got, want)
				}
			}
		}
	}
	// Second derivatives at kinks and beyond.
	for _, c := range []struct {
		name     string
		f        func(x *node) *node
		at, want float64
	}{
		{"Abs", (*node).Abs, 0, 0},
		{"ELU(2)", func(x *node) *node { return x.ELU(2) }, 0, 2},
		{"ELU(2)", func(x *node) *node { return x.ELU(2) }, 800, 0},
		{"CELU(2)", func(x *node) *node { return x.CELU(2) }, 0, .5},
		{"Softsign", (*node).Softsign, 0, 0},
		{"Hardswish", (*node).Hardswish, 0, 1. / 3},
		{"Hardswish", (*node).Hardswish, 3, 0},
		{"Hardswish", (*node).Hardswish, -3, 0},
	} {
		if got := derivatives(c.f, 2, c.at)[1][0]; got != c.want && !nearly(got, c.want) {
			t.Errorf("%s: second derivative at %v: %v, want %v", c.name, c.at, got, c.want)
		}
	}
}

// NaN gives NaN, in all functions of one number.
func TestPointwiseNaN(t *testing.T) {
	var l list
	l.pointwiseOps()
	for _, c := range l {
		if c.xs[0].Len() != 5 || strings.HasPrefix(c.name, "LogitEps") {
			continue
		}
		c.xs[0].Data()[3] = nan
		for i, v := range c.f(autograd.Constant(c.xs[0])).Value().Data() {
			if (v != v) != (i == 3) {
				t.Errorf("%s of %v: element %d is %v", c.name, c.xs[0], i, v)
			}
		}
	}
	if y := number(nan).LogitEps(.1).Value().Item(); y == y {
		t.Errorf("LogitEps of NaN is %v", y)
	}
}

// Where no gradient comes in, an infinite slope does no harm, up to the fourth derivative.
func TestPointwiseMasking(t *testing.T) {
	zero := number(0)
	for _, c := range []struct {
		name string
		f    func(x *node) *node
		bad  float64 // where the slope, or the value, is infinite or NaN
		good float64
	}{
		{"Reciprocal", (*node).Reciprocal, 0, .5},
		{"Rsqrt", (*node).Rsqrt, 0, .5},
		{"Rsqrt below", (*node).Rsqrt, -1, .5},
		{"Log1p", (*node).Log1p, -1, .5},
		{"Log2", (*node).Log2, 0, .5},
		{"Log10", (*node).Log10, 0, .5},
		{"Asin", (*node).Asin, 1, .5},
		{"Asin beyond", (*node).Asin, 2, .5},
		{"Acos", (*node).Acos, -1, .5},
		{"Acosh", (*node).Acosh, 1, 1.5},
		{"Acosh below", (*node).Acosh, .75, 1.5},
		{"Atanh", (*node).Atanh, 1, .5},
		{"Erfinv", (*node).Erfinv, 1, .5},
		{"Logit", (*node).Logit, 1, .5},
		{"Logit", (*node).Logit, 0, .25},
		{"Lgamma", (*node).Lgamma, 0, .5},
		{"Digamma", (*node).Digamma, -1, .5},
		{"Sinh", (*node).Sinh, 1e3, .5},
		{"Exp2", (*node).Exp2, 1e4, .5},
		{"Expm1", (*node).Expm1, 1e3, .5},
		{"ELU", func(x *node) *node { return x.ELU(1) }, nan, .5},
		{"SiLU", (*node).SiLU, -inf, .5},
		{"GELU", (*node).GELU, -inf, .5},
		{"Mish", (*node).Mish, -inf, .5},
		{"Sinc", (*node).Sinc, inf, .5},
	} {
		masked := func(x *node) *node { return autograd.Where(x.Eq(number(c.good)), c.f(x), zero) }
		got, want := derivatives(masked, 4, c.bad, c.good), derivatives(c.f, 4, c.good)
		for k := range got {
			if got[k][0] != 0 || got[k][1] != want[k][0] {
				t.Errorf("%s, derivative %d: %v, want 0 and %v", c.name, k+1, got[k], want[k][0])
			}
		}
	}
}

// Derivatives of sinc up to order 20, including where the formula changes.
func TestSincAtAnyOrder(t *testing.T) {
	for _, c := range []struct {
		order    int
		at, want float64 // by mpmath
	}{
		{1, 1e-6, -3.289868133693206e-06},
		{2, 0, -3.289868133696453},
		{2, 1e-6, -3.289868133686713},
		{1, 0.01, -0.0328954344817124},
		{1, 0.3, -0.9020281301388888},
		{1, -0.7, 1.3652403755203533},
		{1, 1.25, -0.42163481436410105},
		{1, 7.3, -0.07568613687999279},
		{2, 0.01, -3.2888941000101957},
		{2, 0.3, -2.4584852862661744},
		{2, -0.7, 0.26982700697582357},
		{2, 1.25, 2.4517688782459084},
		{2, 7.3, 0.368900564372276},
		{3, 0.01, 0.19479529272766102},
		{3, 0.3, 5.24749315292437},
		{3, -0.7, -7.131038417133915},
		{3, 1.25, -0.301153948079076},
		{3, 7.3, 0.6430830438088203},
		{4, 0.01, 19.474951580404113},
		{4, 0.3, 13.648773849855683},
		{4, -0.7, -4.913641288402105},
		{4, 1.25, -16.57610616613601},
		{4, 7.3, -3.7886214988889666},
		{5, 0.01, -1.3732374272360797},
		{5, 0.3, -36.627473667589356},
		{5, -0.7, 46.69631529570153},
		{5, 1.25, 11.201521609055359},
		{5, 7.3, -5.248290363637921},
		{6, 0.01, -137.28860285387603},
		{6, 0.3, -92.70094533007024},
		{6, -0.7, 46.57538024235989},
		{6, 1.25, 119.34357170712808},
		{6, 7.3, 38.22806408032667},
		{7, 0.01, 10.54139338951499},
		{7, 0.3, 279.3874253785803},
		{7, -0.7, -341.51818285771185},
		{7, 1.25, -124.48014705066593},
		{7, 7.3, 40.7525946759769},
		{8, .5, 162.55206566138645}, // this row and those below by the series, with 60 digits
		{8, .625, -203.87790642994586},
		{8, 4.25, 607.2970643806201},
		{10, .66, 2731.48550286891613},
		{10, 4.7, -1648.94190306582857},
		{20, 2.46, 177867917.384388692},
		{20, 3.55, -117614794.510025574},
	} {
		if got := derivatives((*node).Sinc, c.order, c.at)[c.order-1][0]; !(math.Abs(got-c.want) <= 1e-13*math.Abs(c.want)) {
			t.Errorf("derivative %d of sinc at %v: %v, want %v", c.order, c.at, got, c.want)
		}
	}
	if y := number(1.5e308).Sinc().Value().Item(); y != 0 {
		t.Errorf("sinc of a large number is %v", y)
	}
	if got := derivatives((*node).Sinc, 5, 0); got[0][0] != 0 || got[2][0] != 0 || got[4][0] != 0 {
		t.Errorf("odd derivatives of sinc at 0: %v", got)
	}
}

func TestPolygamma(t *testing.T) {
	for _, c := range []struct {
		order    int
		at, want float64 // by mpmath
	}{
		{1, 1, math.Pi * math.Pi / 6},
		{1, .5, math.Pi * math.Pi / 2},
		{0, 1e-10, -10000000000.577215},
		{0, 0.1, -10.423754940411076},
		{0, 3.7, 1.1671535393615113},
		{0, 9.99, 2.250700372831201},
		{0, 10000000000.0, 23.025850929890456},
		{0, -0.3, 2.113309779635399},
		{0, -10.25, 5.516858419886273},
		{1, 1e-10, 1e+20},
		{1, 0.1, 101.43329915079275},
		{1, 9.99, 0.10527695014824179},
		{1, 12.01, 0.08682646626597082},
		{1, 10000000000.0, 1.00000000005e-10},
		{1, -0.3, 13.945160267805722},
		{1, -10.25, 19.646252424622652},
		{2, 0.1, -2001.8614573783436},
		{2, 3.7, -0.09539530872855403},
		{2, 100000.0, -1.00001000005e-10},
		{2, -0.3, 67.63908119988317},
		{3, 3.7, 0.058279217956563614},
		{3, -2.0001, 5.999999999949354e+16},
		{4, 0.1, -2400015.6072031953},
		{4, -10.25, 24481.574336748214},
		{5, 3.7, 0.06393975390203979},
		{10, 3.7, -2.207828787318997},
		{10, -0.25, 15220204428462.791},
		{20, 0.1, -2.432902008176637e+39},
		{20, 50.0, -1.5484472745325126e-17},
		{40, 3.7, -4.1247560670090187e+24},
		{1, -1e9 - .25, 19.739208801178716}, // 2π² − 1e-9, by reflection
		{19, 30, 7.445107098657235e-13},     // this row and those below by the Euler–Maclaurin formula after 4,000 terms, with 80 digits
		{19, 12, 4.009562133845949e-05},
		{40, 52, -6.701678772115926e-23},
		{99, 110, 1.1416822966499711e-48},
		{99, 60, 1.7695634670524346e-22},
		{170, 181.5, -6.442360723272741e-80},
		{170, 200, -4.23554280011251e-87},
		{40, 10, -8327848.7216611865692},
		{120, 131, -7.2051571661924794459e-58},
		{170, 1, -7.2574156153079989674e+306}, // −170! ζ(171)
		{170, 10, -7.2574162215317992471e+135},
		{0, -1e15 - .5, 34.53877639491068626},
	} {
		y := number(c.at).Polygamma(c.order).Value().Item()
		if !(math.Abs(y-c.want) <= 1e-14*math.Abs(c.want)) {
			t.Errorf("polygamma(%d, %v) = %v, want %v (%.1e)", c.order, c.at, y, c.want, math.Abs(y/c.want-1))
		}
	}
	if y := number(131).Polygamma(120).Value().Item(); !(math.Abs(y/-7.2051571661924794459e-58-1) <= 3e-15) {
		t.Errorf("polygamma(120, 131) = %v", y) // where the last terms count most
	}
	if y := number(-1.25).Polygamma(170).Value().Item(); y != inf {
		t.Errorf("polygamma(170, −1.25) = %v, want +Inf", y)
	}
	// Near its zero, digamma is as accurate as the rounding of x allows.
	if y := number(1.4616321449683623).Digamma().Value().Item(); !(math.Abs(y) <= 1e-15) {
		t.Errorf("digamma near its zero: %v", y)
	}
}

// The logarithms of powers of 2 and of 10 are exact.
func TestLogarithmsAreExact(t *testing.T) {
	for k := -1074; k < 1024; k++ {
		if y := number(math.Ldexp(1, k)).Log2().Value().Item(); y != float64(k) {
			t.Errorf("log2 of 2^%d is %v", k, y)
		}
	}
	for k, x := 0, 1.; k <= 22; k, x = k+1, 10*x {
		if y := number(x).Log10().Value().Item(); y != float64(k) {
			t.Errorf("log10 of 10^%d is %v", k, y)
		}
	}
	for name, f := range map[string]func(x *node) *node{"Log2": (*node).Log2, "Log10": (*node).Log10} {
		y := f(autograd.Constant(vector(0, -1, inf, nan))).Value().Data()
		if y[0] != -inf || y[1] == y[1] || y[2] != inf || y[3] == y[3] {
			t.Errorf("%s of 0, −1, ∞, NaN: %v", name, y)
		}
	}
}

// Softplus with a sharpness, which overflows if it is written by hand, and derivatives far from 0.
func TestSoftplus(t *testing.T) {
	sharp := func(x *node) *node { return x.Scale(5).Softplus().Scale(.2) }
	expectNearly(t, "log(1+e^(5x))/5", sharp(variable(20, 50, 100)).Value().Data(), []float64{20, 50, 100})
	expectNearly(t, "its slope", gradient(sharp, 20, 50, 100), []float64{1, 1, 1})
	for order, want := range []float64{0, 0, 0} {
		for _, at := range []float64{-800, 800} {
			if got := derivatives((*node).Softplus, 4, at)[order+1][0]; got != want {
				t.Errorf("derivative %d at %v: %v", order+2, at, got)
			}
		}
	}
}

func TestPointwiseMessages(t *testing.T) {
	x := variable(1, 2)
	for want, f := range map[string]func(){
		"autograd: Digamma: input 0 is a nil or zero Node":                func() { (*node)(nil).Digamma() },
		"autograd: Polygamma: the order is -1; it must be from 0 to 170":  func() { x.Polygamma(-1) },
		"autograd: Polygamma: the order is 171; it must be from 0 to 170": func() { x.Polygamma(171) },
		"autograd: CELU: α must not be 0":                                 func() { x.CELU(0) },
		"autograd: Hardtanh: the limits are 2 and 1, in the wrong order":  func() { x.Hardtanh(2, 1) },
		"autograd: Softshrink: λ is -1; it must not be negative":          func() { x.Softshrink(-1) },
	} {
		mustPanic(t, want, f)
	}
}
