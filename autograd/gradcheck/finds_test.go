package gradcheck_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// A branch in Go code is found if an input is at its limit.
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

// negated is x with a gradient of the wrong sign.
func negated(x *node) *node            { return wrong(one(same1), -1, -1)(x) }
func sumOfSquares(y, x *tensor.Tensor) { y.Sum(new(tensor.Tensor).Mul(x, x)) }

// What large steps do not see: near x the function is another one.
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

// A VJP that is not linear in dy is found, and so is one whose derivative is not.
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

// An adding is a triple whose AddVJPs may be wrong.
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

// A rule may be wrong only for some combinations of the inputs.
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

// A cubed is x³ with a JVP that leaves out the derivative of its slope where x is small.
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

// Faults that a margin growing with the values would hide do not pass.
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
