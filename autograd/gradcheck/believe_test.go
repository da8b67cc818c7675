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

// A faulty operation is another with one element of the gradient of input 0 multiplied by a factor.
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

// fixed returns a constant that is no rule's making.
func fixed(x *tensor.Tensor) *node { return number(0).BroadcastTo(x.Shape()...).Add(held(x)) }

// held has a value that it computes.
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

// A branch in Go code is found where an input is at the limit.
func TestFindsBranches(t *testing.T) {
	for _, limit := range []float64{-1, 0, 1} {
		for _, is := range []func(x float64) bool{
			func(x float64) bool { return x >= limit },
			func(x float64) bool { return x > limit },
		} {
			f := one(func(x *node) *node {
				if is(x.Value().Data()[0]) {
					return x.Scale(3)
				}
				return x.Scale(2)
			})
			if err := gradcheck.Check(f, vector(limit)); err == nil || !strings.Contains(err.Error(), "what Go code does between operations is not repeated") {
				t.Errorf("at %v: %v", limit, err)
			}
		}
	}
}

// negated is x with a gradient whose sign is turned.
func negated(x *node) *node { return wrong(one(same1), -1, -1)(x) }

// A made operation has any rules.
type made struct {
	f   func(y, x *tensor.Tensor)
	vjp func(x, dy *node) *node
}

func (made) Name() string                         { return "Made" }
func (m made) Forward(y *node)                    { m.f(y.Value(), y.Input(0).Value()) }
func (m made) VJP(y *node, _ int, dy *node) *node { return m.vjp(y.Input(0), dy) }
func (m made) of(x *node) *node                   { return autograd.Apply(m, x) }
func sumOfSquares(y, x *tensor.Tensor)            { y.Sum(new(tensor.Tensor).Mul(x, x)) }
func each(f func(x float64) float64) func(y, x *tensor.Tensor) {
	return func(y, x *tensor.Tensor) { y.Map(x, f) }
}

// What large steps do not see: another function near x.
func TestFindsWhatIsNear(t *testing.T) {
	toAll := made{func(y, x *tensor.Tensor) { y.Max(x) }, func(x, dy *node) *node { return dy.BroadcastTo(x.Shape()...) }}
	through := made{each(func(x float64) float64 { return max(x, 1e-4) }), func(_, dy *node) *node { return dy }}
	turned := made{each(func(x float64) float64 { return math.Abs(x*x - 1e-4) }), func(x, dy *node) *node { return dy.Mul(x.Scale(2)) }}
	for _, tt := range []struct {
		name string
		f    func(x *node) *node
		x    *tensor.Tensor
	}{
		{"the largest of squares, without a mask", func(x *node) *node { return toAll.of(x.Sub(autograd.Constant(vector(1, 2, 3))).Square()) }, vector(1.01, 1.98, 3.03)},
		{"a limit, straight through", func(x *node) *node { return through.of(x.Square()) }, vector(.005)},
		{"a sign that is turned", turned.of, vector(.005)},
		{"a sign that is turned, from below", turned.of, vector(-.003)},
	} {
		if err := gradcheck.Check(one(tt.f), tt.x); !errors.Is(err, gradcheck.ErrWrong) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// A VJP is linear in dy, and so is its derivative.
func TestFindsWhatIsNotLinear(t *testing.T) {
	for name, vjp := range map[string]func(x, dy *node) *node{
		"forgotten": func(x, dy *node) *node { return x.Scale(2) },
		"squared":   func(x, dy *node) *node { return x.Scale(2).Mul(dy.Square()) },
		"absolute":  func(x, dy *node) *node { return x.Scale(2).Mul(dy.Abs()) },
	} {
		if err := gradcheck.Check(one(made{sumOfSquares, vjp}.of), vector(.3, -1, 2)); !errors.Is(err, gradcheck.ErrWrong) {
			t.Errorf("dy is %s: %v", name, err)
		}
	}
	detached := made{sumOfSquares, func(x, dy *node) *node { return x.Scale(2).Mul(dy.Detach()) }}
	if err := gradcheck.CheckSecond(one(detached.of), vector(1, 2)); !errors.Is(err, gradcheck.ErrWrong) {
		t.Errorf("dy is detached: %v", err)
	}
}

// A triple is the sum of up to three inputs of one shape, with rules that may be wrong.
type triple struct {
	jvp func(dx []*node) *node
}

func (triple) Name() string { return "Triple" }

func (triple) Forward(y *node) {
	y.Value().Copy(y.Input(0).Value())
	for i := 1; i < y.NumInputs(); i++ {
		y.Value().Add(y.Value(), y.Input(i).Value())
	}
}

func (triple) VJP(_ *node, _ int, dy *node) *node { return dy }

func (op triple) JVP(_ *node, dx []*node) *node { return op.jvp(dx) }

// An adding is a triple that may add wrongly.
type adding struct {
	triple
	overwrites func(dx []*tensor.Tensor) int // the index of one whose sum is lost, or −1
}

func (op adding) AddVJPs(_ *node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	lost := op.overwrites(dx)
	for i, into := range dx {
		switch {
		case into == nil:
		case into.IsEmpty() || i == lost:
			into.Copy(dy)
		default:
			into.Add(into, dy)
		}
	}
}

// sumOf is the right JVP of a triple.
func sumOf(dx []*node) (sum *node) {
	for _, d := range dx {
		switch {
		case sum == nil:
			sum = d
		case d != nil:
			sum = sum.Add(d)
		}
	}
	return sum
}

// Rules may be wrong for some of the inputs together alone.
func TestFindsCombinations(t *testing.T) {
	right := func([]*tensor.Tensor) int { return -1 }
	for _, tt := range []struct {
		name, want string
		op         autograd.Op
	}{
		{"all right", "", adding{triple{sumOf}, right}},
		{"a sum is lost where one is wanted", "adds to", adding{triple{sumOf}, func(dx []*tensor.Tensor) int {
			if dx[1] == nil && dx[2] == nil {
				return 0
			}
			return -1
		}}},
		{"a sum is lost beside one that begins", "adds to", adding{triple{sumOf}, func(dx []*tensor.Tensor) int {
			if dx[0] != nil && dx[1] != nil && dx[0].IsEmpty() && !dx[1].IsEmpty() {
				return 1
			}
			return -1
		}}},
		{"two tangents", "JVP of Triple, for input 0 and input 2", triple{func(dx []*node) *node {
			if dx[0] != nil && dx[1] == nil && dx[2] != nil {
				return dx[0]
			}
			return sumOf(dx)
		}}},
	} {
		f := func(xs ...*node) *node { return autograd.Apply(tt.op, xs...) }
		err := gradcheck.Check(f, vector(1, 2), vector(3, 4), vector(5, 6))
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	detached := triple{func(dx []*node) *node { return dx[0].Detach() }}
	if err := gradcheck.CheckSecond(func(xs ...*node) *node { return autograd.Apply(detached, xs[0].Square()) }, vector(1, 2)); err == nil || !strings.Contains(err.Error(), "the tangent of input 0") {
		t.Errorf("a tangent is detached: %v", err)
	}
}

// A cubed is x³ with a JVP that does without the derivative of its slope where x is small.
type cubed struct{ made }

func (cubed) JVP(y *node, dx []*node) *node {
	x := y.Input(0)
	slope := x.Square().Scale(3)
	return dx[0].Chain(autograd.Where(x.Lt(number(.01)), slope.Detach(), slope))
}

func TestFindsSmallSecondDerivatives(t *testing.T) {
	op := cubed{made{each(func(x float64) float64 { return x * x * x }), func(x, dy *node) *node { return dy.Chain(x.Square().Scale(3)) }}}
	err := gradcheck.CheckSecond(func(xs ...*node) *node { return autograd.Apply(op, xs[0]) }, vector(1e3, 1e-3, 2))
	if err == nil || !strings.Contains(err.Error(), "its derivative by input 0 [1]") {
		t.Error(err)
	}
}

// Operations that refuse values near x can be checked.
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
	if err := gradcheck.Check(refused, vector(2, 2, 2, 2)); err == nil || !strings.Contains(err.Error(), "is no probability") {
		t.Errorf("at a value that is refused: %v", err)
	}
}

// What a margin that grows with values lets pass.
func TestFindsWhatHides(t *testing.T) {
	// y = x² + c with a gradient that is wrong by a factor
	shifted := func(c, factor float64) gradcheck.Func {
		return one(func(x *node) *node { return wrong(one((*node).Square), factor, -1)(x).AddScalar(c) })
	}
	for _, tt := range []struct {
		name string
		f    gradcheck.Func
		x    *tensor.Tensor
	}{
		{"x² + 1e10, doubled", shifted(1e10, 2), vector(1, 2)},
		{"x² − 1e10, doubled", shifted(-1e10, 2), vector(1, 2, 3)},
		{"x² + 1e8, 1.001", shifted(1e8, 1.001), vector(1, 2)},
		{"x² + 1e6, 1.001", shifted(1e6, 1.001), vector(1, 2)},
		{"an element 1e10 times smaller, by half", one(func(x *node) *node {
			return x.Slice(0, 0, 1).Scale(1e10).Add(wrong(one((*node).Square), .5, -1)(x.Slice(0, 1, 2))).Sum()
		}), vector(1, 2)},
		{"an output 1e10 times smaller, by half", one(func(x *node) *node {
			return autograd.Concat(0, x.Scale(1e10), wrong(one((*node).Square), .5, -1)(x))
		}), vector(1, 2)},
		{"an output 1e10 times smaller, one element", one(func(x *node) *node {
			return autograd.Concat(0, wrong(one((*node).Sigmoid), 1.001, 1)(x), x.Scale(1e10))
		}), vector(.3, -.2)},
		{"the largest, small beside x", one(func(x *node) *node { return negated(x.Max().Scale(1e-4)) }), vector(300, 100)},
		{"the largest of large x", one(func(x *node) *node { return negated(x.Max()) }), vector(3e6, 1e6)},
		{"the smallest of large x", one(func(x *node) *node { return negated(x.Min(0)) }), vector(3e9, 1e9)},
		{"exp, far away, as 0", unnoticed(func(x *node) *node { return x.AddScalar(-1e12).Exp() }), vector(1e12)},
		{"exp, steep and far away, as 0", unnoticed(func(x *node) *node { return x.AddScalar(-1e9).Scale(1000).Exp() }), vector(1e9)},
		{"exp beside 4e15, as 0", unnoticed(func(x *node) *node { return x.Scale(1000).Exp().AddScalar(4e15) }), vector(0)},
		{"exp of 1e15x, as 0", unnoticed(func(x *node) *node { return x.Scale(1e15).Exp() }), vector(0)},
		{"u + u|u|, as 0", unnoticed(func(x *node) *node { u := x.Scale(1e15); return u.Add(u.Mul(u.Abs())) }), vector(0)},
		{"a pole 1e-14 away, as 0", unnoticed((*node).Reciprocal), vector(1e-14)},
		{"a swing of 1e10 radians, as 0", unnoticed((*node).Sin), vector(1.1e10)},
		{"a swing of 1e10 radians beside x, as 0", one(func(x *node) *node { return x.Add(x.Detach().Sin()) }), vector(1.1e10)},
		{"the largest of small slopes", one(func(x *node) *node { return negated(number(1).Div(x).Max()) }), vector(1e4, 2e4)},
	} {
		if err := gradcheck.Check(tt.f, tt.x); !errors.Is(err, gradcheck.ErrWrong) && !errors.Is(err, gradcheck.ErrInconclusive) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// unnoticed is f with a gradient of 0.
func unnoticed(f func(x *node) *node) gradcheck.Func {
	return one(func(x *node) *node { return f(x.Detach()).Add(x.Scale(0)) })
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

// What is right, where a fixed step is too long.
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

// What is right, and looks as if it were not.
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

// A layer of 90,000 weights takes the test along random directions, which takes seconds.
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
			`gradcheck: wrong gradient: output [] along a random direction: automatic 56.6597831, numerical 56.6596156 ± 2.5e-10; the remainder of the first-order expansion falls by 2.01 where the step is halved, not by 4`},
		{"1 of 90,000 weights by 0.1 %", func(xs ...*node) *node { return linear(xs[0], wrong(one(same1), 1.001, 77)(xs[1])).Square().Mean() }, gradcheck.ErrWrong,
			`gradcheck: wrong gradient: output [] along a random direction: automatic 0.00947180802, numerical 0.00947180861 ± 1.8e-14`},
		{"all by 1 %", wrong(func(xs ...*node) *node { return linear(xs...).Tanh() }, 1.01, -1), gradcheck.ErrWrong, `gradcheck: wrong gradient: output [7 110] along a random direction: automatic -1.86316904, numerical -1.84472182 ± 2.1e-12; the remainder of the first-order expansion falls by 2 where the step is halved, not by 4`},
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

// Where an operation rounds, small steps show nothing: neither is a gradient of 0 right then, nor is the derivative 0.
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
}

func TestNumericalKink(t *testing.T) {
	d, b, err := gradcheck.Numerical(one((*node).ReLU), vector(0, 1))
	if err != nil || !math.IsInf(b[0].At(0, 0), 1) || !(math.Abs(d[0].At(1, 1)-1) <= 1e-8) || d[0].At(0, 1) != 0 {
		t.Errorf("%v ± %v, %v", d, b, err)
	}
}

// The bend of x² hides a kink at large steps.
func TestSmallKink(t *testing.T) {
	for _, c := range []float64{1, .1, 1e-3, 1e-4} {
		f := one(func(x *node) *node { return x.AddScalar(1).Square().Add(x.ReLU().Scale(c)) })
		if err := gradcheck.Check(f, vector(0)); !errors.Is(err, gradcheck.ErrKink) || errors.Is(err, gradcheck.ErrWrong) {
			t.Errorf("%g: %v", c, err)
		}
	}
}

// One input of many at a kink is found along a random direction.
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

func TestKinksThatRoundingMakes(t *testing.T) {
	a := vector(1.066658563614318, -0.92378935122880423, -1.3355380508253021, -0.31505110993292523, 0.95742859470818997, -1.2465022285890539, -1.1085508233612253, 1.2050661282585642, -0.9200239207167269).Reshape(3, 3)
	det := func(xs ...*node) *node { return xs[0].Det() }
	if err := gradcheck.CheckSecond(gradcheck.Gradient(det), a); err != nil {
		t.Error("third derivatives of a determinant, some of which are 0 but for rounding:", err)
	}
}

// Near a pole wide steps see another function.
func TestNearPole(t *testing.T) {
	f := func(xs ...*node) *node { return xs[0].Div(xs[1]) }
	for _, y := range []float64{1e-3, 1e-9, 1e-12, 1e-15, 1e-17, 1e-30, 1e-100} {
		if err := gradcheck.Check(f, vector(1, 2), vector(y, -2*y)); err != nil {
			t.Errorf("%g: %v", y, err)
		}
	}
}

// A function that swings many times within the first step is neither taken for what it swings around, nor right gradients for wrong.
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
			if v := got[0].Data()[i]; !(math.Abs(v-want) <= bounds[0].Data()[i]+1e-10*k) {
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
