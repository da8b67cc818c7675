package autograd_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Values at the edges of what operations accept: lengths of 0 and 1, equal numbers, NaN and infinities,
// axes that are not named.
func TestEdges(t *testing.T) {
	x := variable
	matrix := rows([]float64{1, 2, 6}, []float64{10, 40, 70})
	root := math.Sqrt
	for _, tt := range []struct {
		name string
		y    *node
		want []float64
	}{
		{"BatchNorm of nothing", autograd.Variable(tensor.New(0)).BatchNorm(nil, nil, nil, nil, 1e-5), nil},
		{"LayerNorm of the last axis", matrix.LayerNorm(nil, nil, 0), []float64{-2 / root(14./3), -1 / root(14./3), 3 / root(14./3), -30 / root(600), 0, 30 / root(600)}},
		{"RMSNorm of the last axis", rows([]float64{1, 7}, []float64{-3, 1}).RMSNorm(nil, 0), []float64{.2, 1.4, -3 / root(5), 1 / root(5)}},
		{"replicated far", x(1, 2).PadReplicate(0, 3, 3), []float64{1, 1, 1, 1, 2, 2, 2, 2}},
		{"hypot of NaN and ∞", x(nan, inf).Hypot(x(inf, nan)), []float64{inf, inf}},
		{"hypot of the largest", x(math.MaxFloat64, 0).Hypot(x(0, math.MaxFloat64)), []float64{math.MaxFloat64, math.MaxFloat64}},
		{"hypot of small and large", x(1e-300, 1e300).Hypot(x(1e300, 1e-300)), []float64{1e300, 1e300}},
		{"a transposed convolution to one", autograd.Variable(tensor.Full(3, 1, 1, 1)).ConvTranspose1D(autograd.Variable(tensor.Full(2, 1, 1, 1)), nil, autograd.Conv{}), []float64{6}},
		{"a window for all of one", autograd.Variable(tensor.Full(3, 1, 1, 1)).AdaptiveAvgPool1D(1), []float64{3}},
		{"Inner with a number", x(1, 2).Inner(number(3)), []float64{3, 6}},
		{"a number Inner", number(3).Inner(x(1, 2)), []float64{3, 6}},
		{"TensorDot of a longer axis", x(1, 2, 3).TensorDot(x(2), []int{0}, []int{0}), []float64{12}},
		{"TensorDot with a longer axis", x(2).TensorDot(x(1, 2, 3), []int{0}, []int{0}), []float64{12}},
		{"MoveAxis", autograd.Variable(tensor.Arange(6).Reshape(1, 2, 3)).MoveAxis(1, 2), []float64{0, 3, 1, 4, 2, 5}},
		{"MoveAxis to the front", autograd.Variable(tensor.Arange(6).Reshape(1, 2, 3)).MoveAxis(2, 0), []float64{0, 3, 1, 4, 2, 5}},
		{"Chunk of one", x(1, 2).Chunk(0, 1)[0], []float64{1, 2}},
		{"no differences", x(1, 4).Diff(0, 0), []float64{1, 4}},
	} {
		expectNearly(t, tt.name, tt.y.Value().Data(), tt.want)
	}
	if parts := autograd.Variable(tensor.New(4)).Chunk(0, 2); len(parts) != 2 {
		t.Errorf("4 in 2 parts are %d", len(parts))
	}
}

// Solving systems of 1×1 matrices is division, whichever leading axes broadcast.
func TestSolveBroadcasts(t *testing.T) {
	shaped := func(shape ...int) *node { return counted(shape...).AddScalar(1) }
	for _, tt := range [][2][]int{
		{{2, 3, 2}, {2, 3, 2}},
		{{2, 3, 2}, {1}},
		{{1}, {2, 3, 2}},
		{{2, 3}, {1, 1}},
		{{2, 1, 2}, {3, 1}},
		{{3, 1}, {2, 1, 2}},
	} {
		a, b := shaped(append(tt[0], 1, 1)...), shaped(append(tt[1], 1, 1)...)
		got, want := a.Solve(b), b.Div(a)
		if !tensor.SameShape(got.Value(), want.Value()) {
			t.Fatalf("%v: shape %v, want %v", tt, got.Shape(), want.Shape())
		}
		expectNearly(t, fmt.Sprint(tt), got.Value().Data(), want.Value().Data())
	}
	a := autograd.Variable(tensor.FromSlice([]float64{1, 0, 0, 2, 4, 0, 0, 5}, 2, 2, 2))
	expect(t, "a vector for each of two matrices", a.Solve(variable(8, 40)).Value().Reshape(4), 8, 20, 2, 8)
}

// An operation over several axes at once combines these axes and no others.
func TestSeveralAxes(t *testing.T) {
	x := counted(2, 2, 2).AddScalar(1)
	for name, f := range map[string]func(x *node, axes ...int) *node{
		"Norm":      func(x *node, axes ...int) *node { return x.Norm(2, axes...) },
		"LogSumExp": (*node).LogSumExp,
		"Var":       func(x *node, axes ...int) *node { return x.Var(1, axes...) },
		"Prod":      (*node).Prod,
		"Max":       (*node).Max,
	} {
		for axis := range 3 {
			want := autograd.Concat(0, f(x.Slice(axis, 0, 1)).Reshape(1), f(x.Slice(axis, 1, 2)).Reshape(1))
			others := slices.Delete([]int{0, 1, 2}, axis, axis+1)
			expectNearly(t, fmt.Sprint(name, others), f(x, others...).Value().Data(), want.Value().Data())
		}
	}
}

// The 4-norm is as smooth as the fourth power: the fourth derivative of (x⁴ + 1)^¼ = 1 + x⁴/4 − … at 0 is
// 6.
func TestFourthDerivativeOfNorm(t *testing.T) {
	x := variable(0)
	y := autograd.Concat(0, x, autograd.Constant(vector(1))).Norm(4)
	for order, want := range []float64{0, 0, 0, 6} {
		y = autograd.Grad(y.Sum(), x)[0]
		if got := y.Value().Item(); got != want {
			t.Errorf("derivative %d: got %v, want %v", order+1, got, want)
		}
	}
}

// Functions without slopes have the gradient 0.
func TestFlatPointwise2(t *testing.T) {
	step := autograd.Pointwise2("Both", func(x, y float64) float64 { return min(math.Floor(x), math.Floor(y)) }, nil, nil)
	x, y := variable(1.5, 2.5), variable(2.2, .5)
	expect(t, "value", step.Of(x, y).Value(), 1, 0)
	everywhere(t, "x", step.Of(x, y).Add(x).Sum(), x, 1, 1)
	everywhere(t, "y", step.Of(x, y).Add(y).Sum(), y, 1, 1)
	direct := step.Of(x, y)
	if dx := direct.Op().VJP(direct, 0, direct); dx != nil {
		t.Errorf("the rule gives %v", dx)
	}
}

// Made returns the file and the line if the context asks for them, and otherwise nothing.
func TestMade(t *testing.T) {
	plain := autograd.Context{Training: true}.Constant(vector(1)).Named("plain")
	for _, x := range []*node{nil, variable(1), variable(1).Named("w"), plain, plain.Exp()} {
		if got := x.Made(); got != "" {
			t.Errorf("%v was made at %q", x, got)
		}
	}
	x := autograd.Context{Positions: true}.Constant(vector(1))
	_, _, line, _ := runtime.Caller(0)
	y := x.Exp()
	if got, want := y.Made(), fmt.Sprintf("edges_test.go:%d", line+1); got != want {
		t.Errorf("made at %q, want %q", got, want)
	}
	if !strings.HasPrefix(x.Made(), "edges_test.go:") {
		t.Errorf("made at %q", x.Made())
	}
}

// A result that a float64 can hold neither overflows nor underflows on the way, and loses no digits. The
// right values were computed by hand or, for functions, by mpmath with 60 digits.
func TestNothingIsLostOnTheWay(t *testing.T) {
	x := variable
	polygamma := func(n int, at float64) *node { return number(at).Polygamma(n) }
	far, rising := make([]float64, 10), make([]float64, 10) // 10¹⁵ + i, and the i normalised
	for i := range far {
		far[i], rising[i] = 1e15+float64(i), (float64(i)-4.5)/math.Sqrt(8.25)
	}
	class := autograd.Constant(tensor.Rows([][]float64{{0}})).Reshape(1)
	masked := autograd.Variable(tensor.Rows([][]float64{{0, 1, -inf}}))
	for _, tt := range []struct {
		name string
		y    *node
		want []float64
	}{
		{"trigamma", x(1e160, 1e200, 1e300, inf).Polygamma(1), []float64{1e-160, 1e-200, 1e-300, 0}},
		{"polygamma 2", polygamma(2, 1e112), []float64{-1e-224}},
		{"polygamma 5", polygamma(5, 1e56), []float64{2.4e-279}},
		{"polygamma 168", x(-.5, -1.5).Polygamma(168), []float64{-4.3956548950710642e272, -1.4144412170366502e235}},
		{"digamma below 0", x(-1e-310).Digamma(), []float64{inf}},
		{"lgamma near 0", x(1e-320, -1e-308).Lgamma(), []float64{736.8272408909739, 709.1962086421661}},
		{"sinh", x(710, -710).Sinh(), []float64{1.1169973830808557e308, -1.1169973830808557e308}},
		{"cosh", x(710, -710).Cosh(), []float64{1.1169973830808557e308, 1.1169973830808557e308}},
		{"acos near 1", x(1-0x1p-52, 1-0x1p-53).Acos(), []float64{2.1073424255447016e-8, 1.4901161193847657e-8}},
		{"tanhshrink", x(1e-8, 1e-5, -1e-5, .5, -.999, nan).Tanhshrink(), []float64{1e-24 / 3, 3.3333333332e-16, -3.3333333332e-16, 0.03788284273999024, -0.23782613833943005, nan}},
		{"variance of large numbers", x(far...).Var(0), []float64{8.25}},
		{"LayerNorm of large numbers", x(far...).LayerNorm(nil, nil, 0), rising},
		{"deviation of equal numbers", x(.1, .1, .1).Std(1), []float64{0}},
		{"deviation of large numbers", x(1e200, -1e200, 0).Std(1), []float64{1e200}},
		{"deviation of small numbers", x(1e-200, -1e-200, 0).Std(1), []float64{1e-200}},
		{"Cholesky of a large number", autograd.Variable(tensor.Rows([][]float64{{1e308}})).Cholesky(), []float64{1e154}},
		{"SmoothL1 of a large β", x(1e250).SmoothL1(x(0), 1e200), []float64{1e250}},
		{"SmoothL1 of a small β", x(1e-150).SmoothL1(x(0), 1e-200), []float64{1e-150}},
		{"SmoothL1 of a small difference", x(1e-200).SmoothL1(x(0), 1e-190), []float64{.5e-210}},
		{"a masked class, without smoothing", masked.SmoothCrossEntropy(class, 0, nil), []float64{1.3132616875182228}},
		{"a masked class of weight 0", masked.SmoothCrossEntropy(class, .5, autograd.Constant(vector(1, 1, 0))), []float64{.5*1.3132616875182228 + .5/3*(1.3132616875182228+.3132616875182228)}},
		{"no count of a rate of 0", x(-inf).PoissonNLLWithLog(number(0).Reshape(1)), []float64{0}},
	} {
		expectNearly(t, tt.name, tt.y.Value().Data(), tt.want)
	}
	second := autograd.Hessian(func(xs ...*node) *node { return xs[0].LogAddExp(xs[1]).Sum() }, vector(50), vector(0))
	const slope = 1.9287498479639178e-22 // σ′(50)
	expectNearly(t, "LogAddExp, second order", []float64{second[0][0].Item(), second[0][1].Item(), second[1][0].Item(), second[1][1].Item()}, []float64{slope, -slope, -slope, slope})
	for _, h := range autograd.Hessian(func(xs ...*node) *node { return xs[0].Std(1) }, vector(.7, .7, .7))[0][0].Data() {
		if h != 0 {
			t.Errorf("the deviation of equal numbers has the second derivative %v", h)
		}
	}
}
