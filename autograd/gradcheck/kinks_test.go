package gradcheck_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// Where an operation rounds, small steps show nothing: neither is a gradient of 0 right, nor is the
// derivative 0.
func TestWhatRounds(t *testing.T) {
	missing := autograd.Pointwise("Expm1", func(x float64) float64 { return math.Exp(x) - 1 }, func(x, _ *node) *node { return x.Scale(0) })
	if err := gradcheck.Check(one(missing.Of), vector(1e-8)); !errors.Is(err, gradcheck.ErrWrong) {
		t.Errorf("missing: %v", err)
	}
	versine := autograd.Pointwise("Versine", func(x float64) float64 { return 1 - math.Cos(x) }, nil)
	d, bounds, err := gradcheck.Numerical(one(versine.Of), vector(.01))
	if err != nil || !(math.Abs(d[0].Item()-math.Sin(.01)) <= bounds[0].Item()) || !(bounds[0].Item() < 1e-10) {
		t.Errorf("%v ± %v, error %v", d, bounds, err)
	}
	for _, x := range []float64{-1e-8, -1e-6, -1e-4, 1e-6} {
		d, bounds, err := gradcheck.Numerical(one(missing.Of), vector(x))
		if off := math.Abs(d[0].Item() - math.Exp(x)); err != nil || !(off <= bounds[0].Item()) || !(bounds[0].Item() < 1e-8) {
			t.Errorf("exp x − 1 at %v: %v ± %v, error %v", x, d, bounds, err)
		}
	}
}

// What an operation rounds to multiples of 10⁻¹⁶ is no constant, however little it changes, but what is
// constant between two kinks is one.
func TestWhatRoundsFarAway(t *testing.T) {
	scaled := func(factor float64) gradcheck.Func {
		return one(autograd.Pointwise("Softplus", func(x float64) float64 { return math.Log(1 + math.Exp(x)) },
			func(x, _ *node) *node { return x.Sigmoid().Scale(factor) }).Of)
	}
	for _, x := range []float64{-1, -10, -15, -20, -24, -30} {
		if err := gradcheck.Check(scaled(1), vector(x, .5)); err != nil {
			t.Errorf("at %v: %v", x, err)
		}
		for _, factor := range []float64{0, 2} {
			if err := gradcheck.Check(scaled(factor), vector(x)); !errors.Is(err, gradcheck.ErrWrong) {
				t.Errorf("at %v, %v times: %v", x, factor, err)
			}
		}
		d, bounds, err := gradcheck.Numerical(scaled(1), vector(x))
		if off := math.Abs(d[0].Item() - 1/(1+math.Exp(-x))); err != nil || !(off <= bounds[0].Item()) || !(bounds[0].Item() < .1*d[0].Item()) {
			t.Errorf("at %v: %v ± %v, error %v", x, d, bounds, err)
		}
	}
	for _, f := range []func(x *node) *node{
		func(x *node) *node { return x.Softshrink(1e-4).Scale(1e-12) },
		func(x *node) *node { return x.Hardshrink(1e-4).Scale(1e-12) },
		func(x *node) *node { return x.Softshrink(.01).Square().Scale(1e-11) },
	} {
		if err := gradcheck.Check(one(f), vector(1e-5, 1)); err != nil {
			t.Errorf("between kinks: %v", err)
		}
	}
}

func TestNumericalKink(t *testing.T) {
	d, b, err := gradcheck.Numerical(one((*node).ReLU), vector(0, 1))
	if err != nil || !math.IsInf(b[0].At(0, 0), 1) || !(math.Abs(d[0].At(1, 1)-1) <= b[0].At(1, 1)) || !(b[0].At(1, 1) <= 1e-8) || d[0].At(0, 1) != 0 {
		t.Errorf("%v ± %v, %v", d, b, err)
	}
}

// At large steps, the bend of x² hides a kink.
func TestSmallKink(t *testing.T) {
	for _, c := range []float64{1, .1, 1e-3, 1e-4} {
		f := one(func(x *node) *node { return x.AddScalar(1).Square().Add(x.ReLU().Scale(c)) })
		if err := gradcheck.Check(f, vector(0)); !errors.Is(err, gradcheck.ErrKink) || errors.Is(err, gradcheck.ErrWrong) {
			t.Errorf("%g: %v", c, err)
		}
	}
}

// One input of many that is at a kink is found along a random direction.
func TestKinkOfMany(t *testing.T) {
	x := tensor.New(600).Normal(rand.New(rand.NewPCG(1, 3)), 0, 1)
	x.SetAt(0, 17)
	for _, f := range []func(x *node) *node{
		func(x *node) *node { return x.ReLU().Sum() },
		func(x *node) *node { return x.ReLU().Tanh().Sum() },
	} {
		if err := gradcheck.Check(one(f), x); !errors.Is(err, gradcheck.ErrKink) || errors.Is(err, gradcheck.ErrWrong) {
			t.Error(err)
		}
	}
}

// Along random directions, the squares of derivatives may be too large or too small for a float64.
func TestDirectionsOfAnySize(t *testing.T) {
	x := tensor.New(600).Uniform(rand.New(rand.NewPCG(1, 3)), .5, 1)
	for _, size := range []float64{1e-300, 1e-160, 1e160, 1e300} {
		right := one(func(x *node) *node { return x.Square().Scale(size).Sum() })
		if err := gradcheck.Check(right, x); err != nil {
			t.Errorf("right, %g: %v", size, err)
		}
		if err := gradcheck.Check(wrong(right, 1.001, -1), x); !errors.Is(err, gradcheck.ErrWrong) {
			t.Errorf("wrong, %g: %v", size, err)
		}
	}
	hidden := one(func(x *node) *node { return x.Square().Scale(1e-300).Sum().AddScalar(1) })
	if err := gradcheck.Check(hidden, x); !errors.Is(err, gradcheck.ErrInconclusive) {
		t.Errorf("beside 1: %v", err)
	}
}

func TestKinksThatRoundingMakes(t *testing.T) {
	a := vector(1.066658563614318, -0.92378935122880423, -1.3355380508253021, -0.31505110993292523, 0.95742859470818997, -1.2465022285890539, -1.1085508233612253, 1.2050661282585642, -0.9200239207167269).Reshape(3, 3)
	det := func(xs ...*node) *node { return xs[0].Det() }
	if err := gradcheck.CheckSecond(gradcheck.Gradient(det), a); err != nil {
		t.Error("third derivatives of a determinant, some of which are 0 but for rounding:", err)
	}
}

// Near where a bend begins, extrapolations from wider steps may be close to one another by chance.
func TestNearBend(t *testing.T) {
	for _, tt := range []struct{ x, slope, shift float64 }{
		{5.24756074824153e-05, 3.4499716938359865e-06, .26639000728668244},
		{1.3242828406201817e-05, .10990928093064253, 161.03474380396608},
		{1.0240874175496796e-07, 9.70244081747354, 1.0587350019858348},
		{2.7132850098452858e-05, 2.6469676647286383e-06, .00597522222667698},
		{.0033748921308696567, 2.4452256996021322e-05, 2203.0944144939986},
	} {
		f := one(func(x *node) *node { return x.ReLU().Square().Scale(tt.slope).AddScalar(tt.shift) })
		for _, x := range []float64{tt.x, -tt.x} {
			if err := gradcheck.Check(f, vector(x)); errors.Is(err, gradcheck.ErrWrong) || errors.Is(err, gradcheck.ErrKink) {
				t.Errorf("%v: %v", x, err)
			}
		}
	}
}

// Near a pole, wide steps see another function.
func TestNearPole(t *testing.T) {
	f := func(xs ...*node) *node { return xs[0].Div(xs[1]) }
	for _, y := range []float64{1e-3, 1e-9, 1e-12, 1e-15, 1e-17, 1e-30, 1e-100} {
		if err := gradcheck.Check(f, vector(1, 2), vector(y, -2*y)); err != nil {
			t.Errorf("%g: %v", y, err)
		}
	}
}

// A function that swings many times within the first step is not taken for what it swings around, nor is
// its right gradient taken for a wrong one.
func TestSwings(t *testing.T) {
	t.Parallel()
	for _, k := range []float64{1, 2, 3, 4, 7, 8, 16, 32, 64, 100, 128, 1024, 1 << 16} {
		wave := func(xs ...*autograd.Node) *autograd.Node {
			return xs[0].Square().Add(xs[0].Scale(k * math.Pi).Sin())
		}
		at := tensor.FromSlice([]float64{.3, .7}, 2)
		if err := gradcheck.Check(wave, at); err != nil {
			t.Errorf("sin(%vπx): %v", k, err)
		}
		missing := autograd.Pointwise("missing", func(x float64) float64 { return x*x + math.Sin(k*math.Pi*x) },
			func(x, _ *autograd.Node) *autograd.Node { return x.Scale(2) })
		if err := gradcheck.Check(func(xs ...*autograd.Node) *autograd.Node { return missing.Of(xs[0]) }, at); !errors.Is(err, gradcheck.ErrWrong) {
			t.Errorf("sin(%vπx) without its slope: %v", k, err)
		}
		got, bounds, err := gradcheck.Numerical(func(xs ...*autograd.Node) *autograd.Node { return wave(xs...).Sum() }, at)
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range at.Data() {
			want := 2*x + k*math.Pi*math.Cos(k*math.Pi*x)
			if v := got[0].Data()[i]; !(math.Abs(v-want) <= bounds[0].Data()[i]) {
				t.Errorf("sin(%vπx): numerically %v ± %v, is %v", k, v, bounds[0].Data()[i], want)
			}
		}
	}
	for _, x := range []float64{1e7 + .3, 1e8 + .3, 1e9 + .3, -1e10 - .3} {
		for name, f := range map[string]gradcheck.Func{
			"a sine": func(xs ...*autograd.Node) *autograd.Node { return xs[0].Sin() },
			"a bump": func(xs ...*autograd.Node) *autograd.Node { return xs[0].AddScalar(-math.Trunc(x)).Square().Neg().Exp() },
		} {
			if err := gradcheck.Check(f, tensor.FromSlice([]float64{x}, 1)); err != nil {
				t.Errorf("%s at %v: %v", name, x, err)
			}
		}
	}
}

// A function that swings too fast for any step is not taken for what wide steps see. But one that is
// constant except for its rounding is.
func TestSwingsTooFast(t *testing.T) {
	sine, ofExp := one((*node).Sin), one(func(x *node) *node { return x.Exp().Sin() })
	for _, x := range []float64{1e12 + .3, -1e13 - .3, 1e14 + .3, 1e16, 1e20, -1e100} {
		if err := gradcheck.Check(sine, vector(x)); !errors.Is(err, gradcheck.ErrInconclusive) || !strings.HasSuffix(err.Error(), ": the function may swing too fast for any step") {
			t.Errorf("a sine at %v: %v", x, err)
		}
		if err := gradcheck.Check(wrong(sine, 2, -1), vector(x)); !errors.Is(err, gradcheck.ErrInconclusive) {
			t.Errorf("a sine at %v, wrong: %v", x, err)
		}
		if x := 2 * math.Log(math.Abs(x)); x < 300 {
			if err := gradcheck.Check(ofExp, vector(x)); !errors.Is(err, gradcheck.ErrInconclusive) {
				t.Errorf("a sine of exp %v: %v", x, err)
			}
		}
	}
	x := vector(20931020731.755203) // steps are small enough here
	if err := gradcheck.Check(sine, x); err != nil {
		t.Errorf("a sine of %v: %v", x, err)
	}
	if err := gradcheck.Check(wrong(sine, 1.001, -1), x); !errors.Is(err, gradcheck.ErrWrong) {
		t.Errorf("a sine of %v, wrong: %v", x, err)
	}
	added := one(func(x *node) *node {
		return made{each(func(float64) float64 { return 0 }), func(_, dy *node) *node { return dy }}.of(x)
	})
	for name, f := range map[string]func(x *node) *node{
		"a sum of softmax":    func(x *node) *node { return x.Softmax(0).Sum() },
		"a sum of deviations": func(x *node) *node { return x.Sub(x.Mean()).Sum() },
		"what cancels":        func(x *node) *node { return x.AddScalar(1e10).Sub(x).AddScalar(-1e10) },
		"saturated":           func(x *node) *node { return x.Square().AddScalar(30).Tanh() },
	} {
		for _, size := range []float64{1e-3, 1, 100} {
			x := vector(.3*size, -size, 2*size)
			if err := gradcheck.Check(one(func(x *node) *node { return f(x).Add(added(x)) }), x); !errors.Is(err, gradcheck.ErrWrong) {
				t.Errorf("%s of size %v: %v", name, size, err)
			}
		}
	}
}
