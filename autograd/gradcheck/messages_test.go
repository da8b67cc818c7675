package gradcheck_test

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// turned is Σ x³ⱼ with a gradient that is wrongly transposed.
type turned struct{}

func (turned) Name() string { return "Turned" }
func (turned) Forward(y *node) {
	cubes := new(tensor.Tensor).Map(y.Input(0).Value(), func(v float64) float64 { return v * v * v })
	y.Value().Sum(cubes)
}
func (turned) VJP(y *node, _ int, dy *node) *node {
	x := y.Input(0)
	return dy.Mul(x.Square().Scale(3)).Transpose().Reshape(x.Shape()...)
}

// absolute is |x|, whose gradient at 0 is the mean of the two slopes.
var absolute = autograd.Pointwise("Absolute", math.Abs, func(x, _ *node) *node {
	return x.Gt(number(0)).Sub(x.Lt(number(0)))
})

// Each kind of error is recognised by errors.Is and by its whole text.
func TestKinds(t *testing.T) {
	square := one((*node).Square)
	matrix := tensor.Rows([][]float64{{1, 2, 3}, {4, 5, 6}})
	weight := one(func(x *node) *node { return wrong(square, -1, -1)(x.Named("weight")) })
	for _, tt := range []struct {
		name string
		f    gradcheck.Func
		x    *tensor.Tensor
		kind error
		want string
	}{
		{"wrong", wrong(square, 1.001, 1), vector(1, 2), gradcheck.ErrWrong, `gradcheck: wrong gradient: output [1] by input 0 [1]: automatic 4.004, numerical 4 ± 4e-12`},
		{"by one factor", wrong(square, 2, -1), vector(1, 2), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0] by input 0 [0]: automatic 4, numerical 2 ± 4e-12
gradcheck: wrong gradient: output [1] by input 0 [1]: automatic 8, numerical 4 ± 8e-12
gradcheck: input 0: the wrong derivatives are 2 times what they should be`},
		{"by a factor near 1", wrong(square, 1.00001, -1), vector(1, 2), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0] by input 0 [0]: automatic 2.00002, numerical 2 ± 2e-12
gradcheck: wrong gradient: output [1] by input 0 [1]: automatic 4.00004, numerical 4 ± 4e-12
gradcheck: input 0: the wrong derivatives are 1.00001 times what they should be`},
		{"as its own transpose", wrong(square, 1+5e-7, -1), tensor.Rows([][]float64{{1, 2}, {2, 1}}), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic 2.000001, numerical 2 ± 2e-12
gradcheck: wrong gradient: output [0 1] by input 0 [0 1]: automatic 4.000002, numerical 4 ± 4e-12
gradcheck: wrong gradient: output [1 0] by input 0 [1 0]: automatic 4.000002, numerical 4 ± 4e-12
gradcheck: wrong gradient: output [1 1] by input 0 [1 1]: automatic 2.000001, numerical 2 ± 2e-12
gradcheck: input 0: the wrong derivatives are 1.0000005 times what they should be`},
		{"of a row", wrong(square, 1+5e-7, -1), tensor.Rows([][]float64{{1, 2}}), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic 2.000001, numerical 2 ± 2e-12
gradcheck: wrong gradient: output [0 1] by input 0 [0 1]: automatic 4.000002, numerical 4 ± 4e-12
gradcheck: input 0: the wrong derivatives are 1.0000005 times what they should be`},
		{"sign", wrong(square, -1, -1), vector(1, 2), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0] by input 0 [0]: automatic -2, numerical 2 ± 2e-12
gradcheck: wrong gradient: output [1] by input 0 [1]: automatic -4, numerical 4 ± 4e-12
gradcheck: input 0: the sign is wrong`},
		{"sign of a number", wrong(square, -1, -1), tensor.Scalar(3), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [] by input 0 []: automatic -6, numerical 6 ± 6e-12
gradcheck: input 0: the sign is wrong`},
		{"named", weight, vector(1), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0] by weight [0]: automatic -2, numerical 2 ± 2e-12
gradcheck: weight: the sign is wrong`},
		{"missing", wrong(square, 0, -1), vector(1, 2), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0] by input 0 [0]: automatic 0, numerical 2 ± 3.7e-14
gradcheck: wrong gradient: output [1] by input 0 [1]: automatic 0, numerical 4 ± 9.9e-14
gradcheck: input 0: the gradient is missing`},
		{"transposed", one(func(x *node) *node { return autograd.Apply(turned{}, x) }), matrix, gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [] by input 0 [0 1]: automatic 48, numerical 12 ± 1.1e-10
gradcheck: wrong gradient: output [] by input 0 [0 2]: automatic 12, numerical 27 ± 1.1e-10
gradcheck: wrong gradient: output [] by input 0 [1 0]: automatic 75, numerical 48 ± 1.1e-10
gradcheck: wrong gradient: output [] by input 0 [1 1]: automatic 27, numerical 75 ± 1.1e-10
gradcheck: input 0: the gradient is right if transposed`},
		{"NaN", wrong(square, math.NaN(), 0), vector(1, 2), gradcheck.ErrWrong, `
gradcheck: wrong gradient: output [0] by input 0 [0]: automatic NaN, numerical 2 ± 3.7e-14
gradcheck: wrong gradient: output [1] by input 0 [0]: automatic NaN, numerical 0 ± 4e-12`},
		{"kink", one((*node).ReLU), vector(0, 1), gradcheck.ErrKink, `gradcheck: kink: output [0] by input 0 [0]: automatic 0, slopes 0 to the left and 1 to the right`},
		{"kink, scaled", one(func(x *node) *node { return x.AddScalar(-4).ReLU().Scale(1e-6).AddScalar(1) }), vector(4), gradcheck.ErrKink, `gradcheck: kink: output [0] by input 0 [0]: automatic 0, slopes 0 to the left and 1e-06 to the right`},
		{"kink with the mean slope", one(absolute.Of), vector(0), gradcheck.ErrKink, `gradcheck: kink: output [0] by input 0 [0]: automatic 0, slopes -1 to the left and 1 to the right`},
		{"kink at another place", one(func(x *node) *node {
			return autograd.Where(x.Gt(number(4)), x.Scale(3).AddScalar(-20), x.Scale(-2))
		}), vector(4), gradcheck.ErrKink, `gradcheck: kink: output [0] by input 0 [0]: automatic -2, slopes -2 to the left and 3 to the right`},
		{"jump", one(func(x *node) *node { return x.Gt(number(1)).Add(x) }), vector(1), gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [0] by input 0 [0]: automatic 1, numerical 12.1364452 ± 67`},
		{"rough", one(func(x *node) *node { return x.AddScalar(1e16).AddScalar(-1e16) }), vector(1), gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [0] by input 0 [0]: automatic 1, numerical 22.2728904 ± 1.3e+02`},
		{"rough beside steep", one(func(x *node) *node {
			return autograd.Concat(0, x.Scale(1e10), x.Square().AddScalar(1e16))
		}), vector(3), gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [1] by input 0 [0]: automatic 6, numerical 6.15840287 ± 55`},
		{"saturated alone", one((*node).Tanh), vector(16), gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [0] by input 0 [0]: automatic 5.04041253e-14, numerical 5.03346166e-14 ± 6.7e-15`},
		{"not finite", one((*node).Log), vector(-1), gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [0] by input 0 [0]: automatic -1, no numerical derivative: the function is not finite here or nearby`},
		{"end of the domain", one((*node).Sqrt), vector(0), gradcheck.ErrInconclusive, `gradcheck: inconclusive: output [0] by input 0 [0]: automatic +Inf, no numerical derivative: the function is not finite here or nearby`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := gradcheck.Check(tt.f, tt.x)
			for _, kind := range []error{gradcheck.ErrWrong, gradcheck.ErrKink, gradcheck.ErrInconclusive} {
				if errors.Is(err, kind) != (kind == tt.kind) {
					t.Errorf("is %v: %v", kind, errors.Is(err, kind))
				}
			}
			if got := fmt.Sprint(err); got != strings.TrimPrefix(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// Of many errors, the first 20 are reported, and then the pattern.
func TestManyErrors(t *testing.T) {
	err := gradcheck.Check(wrong(one((*node).Exp), 1.5, -1), tensor.Arange(25))
	lines := strings.Split(fmt.Sprint(err), "\n")
	const want = "gradcheck: 5 more\ngradcheck: input 0: the wrong derivatives are 1.5 times what they should be"
	if got := strings.Join(lines[20:], "\n"); got != want || !strings.Contains(lines[19], "output [19] by input 0 [19]: ") {
		t.Errorf("got %v", err)
	}
	err = gradcheck.Check(wrong(one((*node).Exp), 1.5, -1), tensor.Arange(20))
	if lines := strings.Split(fmt.Sprint(err), "\n"); len(lines) != 21 || strings.Contains(err.Error(), "more") {
		t.Errorf("got %v", err)
	}
}

// What should be 0, and is found as 0 but for rounding, is wrong by no factor.
func TestNoFactor(t *testing.T) {
	one0 := made{each(func(float64) float64 { return 0 }), func(_, dy *node) *node { return dy }}
	f := one(func(x *node) *node { return x.Add(x.Square()).Sub(x).Sub(x.Square()).Add(one0.of(x)) })
	if err := gradcheck.Check(f, vector(.3, .7, 1.1)); !errors.Is(err, gradcheck.ErrWrong) || strings.Contains(err.Error(), "times") {
		t.Error(err)
	}
}

func TestMistakes(t *testing.T) {
	square := one((*node).Square)
	x := vector(1)
	for _, tt := range []struct{ got, want any }{
		{gradcheck.Check(nil), "gradcheck: Check: the function is nil"},
		{gradcheck.Check(nil, x), "gradcheck: Check: the function is nil"},
		{gradcheck.CheckSecond(nil, x), "gradcheck: CheckSecond: the function is nil"},
		{gradcheck.Check(square), "gradcheck: Check: there are no inputs to differentiate with respect to"},
		{gradcheck.CheckSecond(square), "gradcheck: CheckSecond: there are no inputs to differentiate with respect to"},
		{gradcheck.Check(square, x, nil), "gradcheck: Check: input 1 is nil or empty"},
		{gradcheck.Check(square, new(tensor.Tensor)), "gradcheck: Check: input 0 is nil or empty"},
		{gradcheck.Check(func(...*node) *node { return nil }, x), "gradcheck: Check: the function returned nil"},
		{last(gradcheck.Numerical(nil, x)), "gradcheck: Numerical: the function is nil"},
		{last(gradcheck.Numerical(square)), "gradcheck: Numerical: there are no inputs to differentiate with respect to"},
		{last(gradcheck.Numerical(func(...*node) *node { return nil }, x)), "gradcheck: Numerical: the function returned nil"},
		{last(gradcheck.Numerical(shrinking(), vector(1, 2, 3))), "gradcheck: Func: the function has 2 outputs at the inputs, but 1 when it is computed again or nearby; its shape must not change"},
		{panicOf(func() { gradcheck.Gradient(nil) }), "gradcheck: Gradient: the function is nil"},
	} {
		err, _ := tt.got.(error)
		var mistake *gradcheck.Error
		if !errors.As(err, &mistake) || err.Error() != tt.want {
			t.Errorf("got %v, want %v", tt.got, tt.want)
		}
	}
}

// shrinking returns a function that returns one element less of a vector of 3 at each call, but at least
// one.
func shrinking() gradcheck.Func {
	n := 4
	return one(func(x *node) *node {
		n = max(1, n-1)
		return x.Slice(0, 0, n)
	})
}

// If the shape changes when a function is computed again, the error has both shapes.
func TestShapeThatChanges(t *testing.T) {
	err := gradcheck.Check(shrinking(), vector(1, 2, 3))
	if want := "gradcheck: the value: a plan at other values gives shape [3], the graph [1]; what Go code does between operations is not repeated"; fmt.Sprint(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func last(_, _ []*tensor.Tensor, err error) error { return err }

func panicOf(f func()) (p any) {
	defer func() { p = recover() }()
	f()
	return nil
}

// careless returns a function of an input named x that panics as f does.
func careless(f func(x float64) float64) gradcheck.Func {
	return func(xs ...*node) *node { return autograd.Pointwise("careless", f, nil).Of(xs[0].Named("x")) }
}

// A panic becomes an error, with the line that made the mistake.
func TestPanics(t *testing.T) {
	var none []int
	_, _, line, _ := runtime.Caller(0)
	fs := []gradcheck.Func{
		func(...*node) *node { panic("mine") },
		func(xs ...*node) *node { return xs[none[3]] },
		func(xs ...*node) *node { var p *cube; return autograd.Apply(*p, xs[0]) },
		func(xs ...*node) *node { return xs[0].Add(nil) },
		func(xs ...*node) *node { return xs[0].Add(autograd.Constant(tensor.New(3))) },
		applied(cube{func(y, dy *node) *node { return dy.Scale(float64(none[2])) }}),
		applied(cube{func(y, dy *node) *node { return dy.Add(nil) }}),
		careless(func(float64) float64 { return float64(none[4]) }),
	}
	for i, want := range []string{
		"mine",
		"runtime error: index out of range [3] with length 0",
		"runtime error: invalid memory address or nil pointer dereference",
		"autograd: Add: input 1 is a nil or zero Node",
		"tensor: Add: shapes do not broadcast: [2 2] and [3]",
		"runtime error: index out of range [2] with length 0",
		"autograd: Add: input 1 is a nil or zero Node",
		"runtime error: index out of range [4] with length 0",
	} {
		want = fmt.Sprintf("gradcheck: panic at messages_test.go:%d: %s", line+2+i, want)
		err := gradcheck.Check(fs[i], point)
		if fmt.Sprint(err) != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
		var own *autograd.Error
		var shapes *tensor.Error
		var run runtime.Error
		if errors.As(err, &own) != strings.Contains(want, " autograd:") || errors.As(err, &shapes) != strings.Contains(want, " tensor:") ||
			errors.As(err, &run) != strings.Contains(want, "runtime error") {
			t.Errorf("%v does not wrap what panicked", err)
		}
	}
}
