package gradcheck_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

type node = autograd.Node

func vector(data ...float64) *tensor.Tensor { return tensor.FromSlice(data, len(data)) }

func number(v float64) *node { return autograd.Constant(tensor.Scalar(v)) }

// A faulty operation is another one, with one element of the gradient of input 0 multiplied by a factor.
type faulty struct {
	autograd.Op
	factor  float64
	element int // −1: all
}

func (f faulty) Broadcasts() bool {
	b, ok := f.Op.(autograd.Broadcaster)
	return ok && b.Broadcasts()
}

func (f faulty) VJP(y *node, i int, dy *node) *node {
	dx := f.Op.VJP(y, i, dy)
	if i != 0 || dx == nil {
		return dx
	}
	factors := new(tensor.Tensor).Like(dx.Value()).Fill(1)
	for j := range factors.Data() {
		if f.element < 0 || j == f.element%factors.Len() {
			factors.Data()[j] = f.factor
		}
	}
	return dx.Mul(fixed(factors))
}

// fixed returns a constant that does not count as made by a rule.
func fixed(x *tensor.Tensor) *node { return number(0).BroadcastTo(x.Shape()...).Add(held(x)) }

// held returns a node that computes the value x.
func held(x *tensor.Tensor) *node { return autograd.Apply(holding{x}, number(0)) }

type holding struct{ x *tensor.Tensor }

func (holding) Name() string                { return "Holding" }
func (h holding) Forward(y *node)           { y.Value().Copy(h.x) }
func (holding) VJP(*node, int, *node) *node { return nil }

func wrong(f gradcheck.Func, factor float64, element int) gradcheck.Func {
	return func(xs ...*node) *node {
		y := f(xs...)
		return autograd.Apply(faulty{y.Op(), factor, element}, inputs(y)...)
	}
}

func inputs(y *node) (all []*node) {
	for i := range y.NumInputs() {
		all = append(all, y.Input(i))
	}
	return all
}

func one(f func(x *node) *node) gradcheck.Func {
	return func(xs ...*node) *node { return f(xs[0]) }
}

// A made operation has the value and the rule of a test.
type made struct {
	f   func(y, x *tensor.Tensor)
	vjp func(x, dy *node) *node
}

func (made) Name() string                         { return "Made" }
func (m made) Forward(y *node)                    { m.f(y.Value(), y.Input(0).Value()) }
func (m made) VJP(y *node, _ int, dy *node) *node { return m.vjp(y.Input(0), dy) }
func (m made) of(x *node) *node                   { return autograd.Apply(m, x) }
func each(f func(x float64) float64) func(y, x *tensor.Tensor) {
	return func(y, x *tensor.Tensor) { y.Map(x, f) }
}

// Operations that refuse some values near x can be checked.
func TestDomains(t *testing.T) {
	target := autograd.Constant(vector(1, 0, 1, 0))
	for name, tt := range map[string]struct {
		f func(x *node) *node
		x *tensor.Tensor
	}{
		"probabilities": {func(x *node) *node { return x.BinaryCrossEntropy(target) }, vector(.8, .3, .9999, 1e-3)},
		"definite":      {(*node).Cholesky, tensor.FromSlice([]float64{.2, .1, .1, .3}, 2, 2)},
	} {
		if err := gradcheck.Check(one(tt.f), tt.x); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := gradcheck.CheckSecond(one(tt.f), tt.x); err != nil {
			t.Errorf("%s, second: %v", name, err)
		}
		if _, _, err := gradcheck.Numerical(one(tt.f), tt.x); err != nil {
			t.Errorf("%s, numerical: %v", name, err)
		}
	}
	wrongAtEdge := one(func(x *node) *node { return negated(x.BinaryCrossEntropy(target).Square()) })
	if err := gradcheck.Check(wrongAtEdge, vector(math.Nextafter(1, 0), .3, .5, .5)); !errors.Is(err, gradcheck.ErrWrong) {
		t.Errorf("wrong, with a value that rounding may move to where it is refused: %v", err)
	}
	refused := one(func(x *node) *node { return x.BinaryCrossEntropy(target) })
	if err := gradcheck.Check(refused, vector(2, 2, 2, 2)); err == nil || !strings.Contains(err.Error(), "is not a probability") {
		t.Errorf("at a value that is refused: %v", err)
	}
}

// relu is Affine→ReLU→MatMul→Square→Sum with 32 hidden units on 8 rows.
func relu(seed uint64) (gradcheck.Func, []*tensor.Tensor) {
	rng := rand.New(rand.NewPCG(seed, 7))
	draw := func(shape ...int) *tensor.Tensor { return tensor.New(shape...).Uniform(rng, -1, 1) }
	f := func(xs ...*node) *node {
		return xs[0].Affine(xs[1], xs[2]).ReLU().MatMul(xs[3]).Square().Sum()
	}
	return f, []*tensor.Tensor{draw(8, 3), draw(3, 32), draw(32), draw(32, 2)}
}

// Right gradients, where a fixed step would be too long.
func TestAcceptsWhatIsSteep(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    gradcheck.Func
		x    *tensor.Tensor
	}{
		{"log", one((*node).Log), vector(.01, .002, .001)},
		{"log, nearer", one((*node).Log), vector(1e-6)},
		{"log, far", one((*node).Log), vector(1e6)},
		{"tanh(1000x)", one(func(x *node) *node { return x.Scale(1000).Tanh() }), vector(.0005)},
		{"tanh(1e5x)", one(func(x *node) *node { return x.Scale(1e5).Tanh() }), vector(1e-5, -3e-6)},
		{"sqrt", one((*node).Sqrt), vector(1e-4, 1e-8)},
		{"1/x", one(func(x *node) *node { return number(1).Div(x) }), vector(1e-3, -1e-5)},
		{"exp", one((*node).Exp), vector(-30, 0, 40)},
		{"near a kink", one((*node).ReLU), vector(1e-5, -1e-5, 1)},
		{"at a bend that begins", one(func(x *node) *node { return x.ReLU().Square() }), vector(0, 1)},
		{"at a bend that begins at 5", one(func(x *node) *node { return x.AddScalar(-5).ReLU().Square() }), vector(5)},
		{"at a bend that jumps", one(func(x *node) *node { return x.Mul(x.Abs()) }), vector(0)},
	} {
		if err := gradcheck.Check(tt.f, tt.x); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	for seed := range uint64(*seeds) {
		f, xs := relu(seed)
		if err := gradcheck.Check(f, xs...); err != nil {
			t.Errorf("ReLU, seed %d: %v", seed, err)
		}
	}
}

// Right gradients that look wrong.
func TestAcceptsWhatHides(t *testing.T) {
	softmax := func(x *node) *node { e := x.Exp(); return e.Div(e.Sum()) }
	normed := func(x *node) *node {
		c := x.Sub(x.Mean())
		return c.Div(c.Square().Mean().AddScalar(1e-5).Sqrt())
	}
	var sine *autograd.Function
	sine = autograd.Pointwise("Sine", math.Sin, func(x, _ *node) *node { return sine.Of(x.AddScalar(math.Pi / 2)) })
	versine := autograd.Pointwise("Versine", func(x float64) float64 { return 1 - math.Cos(x) }, func(x, _ *node) *node { return sine.Of(x) })
	ruleless := made{each(math.Floor), func(_, _ *node) *node { panic("no gradient comes here") }}
	for _, tt := range []struct {
		name string
		f    func(x *node) *node
		x    *tensor.Tensor
	}{
		{"what has no rule, behind a mask", func(x *node) *node { return x.Mul(ruleless.of(x).Gt(autograd.Scalar(0))) }, vector(-1.5, 2.5)},
		{"what has no rule, detached", func(x *node) *node { return x.Mul(ruleless.of(x).Detach()) }, vector(-1.5, 2.5)},
		{"a sum of softmax", func(x *node) *node { return softmax(x).Sum() }, vector(.3, -1, 2)},
		{"a sum of deviations", func(x *node) *node { return x.Sub(x.Mean()).Sum() }, vector(.3, -1, 2)},
		{"a sum of normed", func(x *node) *node { return normed(x).Sum() }, vector(.3, -1, 2)},
		{"a sum of one", softmax, vector(2e-4)},
		{"a wave of a period that the steps are multiples of", func(x *node) *node {
			return x.Add(sine.Of(x.Scale(2048 * math.Pi)))
		}, vector(.1, .77)},
		{"saturated beside others", (*node).Tanh, vector(.1, 8, 15, 18, 30)},
		{"what overflows for another dy", func(x *node) *node { return x.Scale(1e307) }, vector(1e-3)},
		{"all saturated", (*node).Tanh, vector(30, -40)},
		{"what cancels", func(x *node) *node { return x.AddScalar(1e10).AddScalar(-1e10) }, vector(1.3)},
		{"nearly saturated", func(x *node) *node { return x.Softmax(0) }, vector(20, .5)},
		{"a tie within the first steps", func(x *node) *node { return x.Square().Max() }, vector(.002, -.001)},
		{"ties within the first steps", func(x *node) *node { return x.Square().Sort(0, false) }, vector(.02, -.01)},
		{"sorted, near one another", func(x *node) *node { return x.Sort(0, false) }, vector(-.0038, .0333, .0693, -.0392)},
		{"steps", (*node).Floor, vector(-9.515094771875882, 9.1, 100.3)},
		{"steps of large numbers", (*node).Floor, vector(-1.0065342119192548e8)},
		{"subnormal numbers", (*node).GELU, vector(-38, -37.5)},
		{"an operation that rounds", versine.Of, vector(1e-8, 1e-6, -1e-4, .001, .01)},
		{"an operation that rounds more", autograd.Pointwise("1000", func(x float64) float64 { return (x + 1000) - 1000 },
			func(x, _ *node) *node { return x.Scale(0).AddScalar(1) }).Of, vector(1e-8, 1e-6, -1e-4, .001, .01)},
		{"an operation that rounds beside one that does not", func(x *node) *node {
			return x.Sin().Scale(.3).Add(autograd.Pointwise("100", func(x float64) float64 { return (x + 100) - 100 },
				func(x, _ *node) *node { return x.Scale(0).AddScalar(1) }).Of(x))
		}, vector(-.00059, .0013)},
		{"an Adder that gives the gradient of two inputs that are one node at once", func(x *node) *node {
			return autograd.Checkpoint(func(xs ...*node) *node { return xs[0].ReLU().Mul(xs[1].Exp()).Neg() }, x, x)
		}, vector(-.5, .7)},
	} {
		if err := gradcheck.Check(one(tt.f), tt.x); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if err := gradcheck.CheckSecond(one(tt.f), tt.x); err != nil {
			t.Errorf("%s, second: %v", tt.name, err)
		}
	}
}

// A layer of 90,000 weights is checked along random directions, in seconds.
func TestLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes minutes in WebAssembly")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	x, w := tensor.New(20, 300).Uniform(rng, -1, 1), tensor.New(300, 300).Uniform(rng, -.1, .1)
	here := x.Clone()
	linear := func(xs ...*node) *node { return xs[0].MatMul(xs[1]) }
	for _, tt := range []struct {
		name string
		f    gradcheck.Func
		kind error
		want string // what it begins with
	}{
		{"right", func(xs ...*node) *node { return linear(xs...).Tanh() }, nil, "<nil>"},
		{"scalar", func(xs ...*node) *node { return linear(xs...).Tanh().Mean() }, nil, "<nil>"},
		{"zero but for rounding", func(xs ...*node) *node { return linear(xs...).Softmax(1).Sum(1) }, nil, "<nil>"},
		{"deviations", func(xs ...*node) *node { return linear(xs...).LayerNorm(nil, nil, 1e-5).Sum() }, nil, "<nil>"},
		{"kinks", func(xs ...*node) *node { return linear(xs...).ReLU().MatMulNT(xs[1]).ReLU().Sum() }, nil, "<nil>"},
		{"1 of 6,000 outputs by 0.1 %", func(xs ...*node) *node { return wrong(linear, 1.001, 77)(xs...).Tanh().Sum() }, gradcheck.ErrWrong,
			`gradcheck: wrong gradient: output [] along a random direction: automatic 56.6597831, numerical 56.6596156 ± 3.5e-10; the remainder of the first-order expansion falls by 2.01 where the step is halved, not by 4`},
		{"1 of 90,000 weights by 0.1 %", func(xs ...*node) *node { return linear(xs[0], wrong(one(same1), 1.001, 77)(xs[1])).Square().Mean() }, gradcheck.ErrWrong,
			`gradcheck: wrong gradient: output [] along a random direction: automatic 0.00947180802, numerical 0.00947180861 ± 1.8e-14`},
		{"all by 1 %", wrong(func(xs ...*node) *node { return linear(xs...).Tanh() }, 1.01, -1), gradcheck.ErrWrong, `gradcheck: wrong gradient: output [7 110] along a random direction: automatic -1.86316904, numerical -1.84472182 ± 2.8e-12; the remainder of the first-order expansion falls by 2 where the step is halved, not by 4`},
		{"rough", func(xs ...*node) *node { return linear(xs...).Sum().AddScalar(1e20) }, gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [] along a random direction: automatic 61.2999917, numerical 0 ± 1.4e+06`},
		{"at a kink", func(xs ...*node) *node { return linear(xs[0].Sub(autograd.Constant(here)), xs[1]).ReLU().Sum() }, gradcheck.ErrKink, `gradcheck: kink: output [] along a random direction: automatic 0, slopes -1482.75347 to the left and 1414.91251 to the right`},
	} {
		start := time.Now()
		err := gradcheck.Check(tt.f, x, w)
		first, _, _ := strings.Cut(fmt.Sprint(err), "\n")
		if !errors.Is(err, tt.kind) || first != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, first, tt.want)
		}
		t.Logf("%s: %v", tt.name, time.Since(start))
	}
}

func same1(x *node) *node { return x.Scale(1) }
