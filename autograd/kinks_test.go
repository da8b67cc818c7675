package autograd_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
)

var inf, nan = math.Inf(1), math.NaN()

func number(v float64) *node { return autograd.Scalar(v) }

// Gradients of Σ f at kinks, zeros and overflow are those of PyTorch 1.13.1.
func TestConventions(t *testing.T) {
	first := func(f func(x *node) *node) func(xs ...*node) *node {
		return func(xs ...*node) *node { return f(xs[0]) }
	}
	pow := func(xs ...*node) *node { return xs[0].Pow(xs[1]) }
	div := func(xs ...*node) *node { return xs[0].Div(xs[1]) }
	tests := []struct {
		name string
		f    func(xs ...*node) *node
		xs   []float64
		want []float64
	}{
		{"relu(0)", first((*node).ReLU), []float64{0}, []float64{0}},
		{"sqrt(0)", first((*node).Sqrt), []float64{0}, []float64{inf}},
		{"log(0)", first((*node).Log), []float64{0}, []float64{inf}},
		{"pow(0,0)", pow, []float64{0, 0}, []float64{0, 0}},
		{"pow(0,2)", pow, []float64{0, 2}, []float64{0, 0}},
		{"pow(-2,2)", pow, []float64{-2, 2}, []float64{-4, nan}},
		{"sigmoid(800)", first((*node).Sigmoid), []float64{800}, []float64{0}},
		{"sigmoid(-800)", first((*node).Sigmoid), []float64{-800}, []float64{0}},
		{"tanh(1000)", first((*node).Tanh), []float64{1000}, []float64{0}},
		{"div 1/0", div, []float64{1, 0}, []float64{inf, -inf}}, // PyTorch's table has the second
	}
	for _, tt := range tests {
		var xs []*node
		for _, v := range tt.xs {
			xs = append(xs, autograd.Variable(vector(v)))
		}
		y := tt.f(xs...).Sum()
		grads, nodes := autograd.Backward(y), autograd.Grad(y, xs...)
		for i, x := range xs {
			for _, got := range []float64{grads.Of(x).Item(), nodes[i].Value().Item()} {
				if got != tt.want[i] && (got == got || tt.want[i] == tt.want[i]) {
					t.Errorf("%s: input %d: %v, want %v", tt.name, i, got, tt.want[i])
				}
			}
		}
	}
}

// Where nothing comes back, an infinite slope does no harm: gradients are 0 there, not
// NaN as in PyTorch; first and second ones.
func TestMasking(t *testing.T) {
	tests := []struct {
		name string
		f    func(x *node) *node
		df   func(x float64) float64 // for x > 0
	}{
		{"sqrt", (*node).Sqrt, func(x float64) float64 { return .5 / math.Sqrt(x) }},
		{"log", (*node).Log, func(x float64) float64 { return 1 / x }},
		{"1/x", func(x *node) *node { return number(1).Div(x) }, func(x float64) float64 { return -1 / (x * x) }},
		{"x/x", func(x *node) *node { return x.Div(x) }, func(x float64) float64 { return 0 }},
		{"x^½", func(x *node) *node { return x.Pow(number(.5)) }, func(x float64) float64 { return .5 / math.Sqrt(x) }},
		{"x^−1", func(x *node) *node { return x.Pow(number(-1)) }, func(x float64) float64 { return -1 / (x * x) }},
		{"x^x", func(x *node) *node { return x.Pow(x) }, func(x float64) float64 { return math.Pow(x, x) * (math.Log(x) + 1) }},
		{"sqrt∘sqrt", func(x *node) *node { return x.Sqrt().Sqrt() }, func(x float64) float64 { return .25 * math.Pow(x, -.75) }},
		{"log∘sqrt", func(x *node) *node { return x.Sqrt().Log() }, func(x float64) float64 { return .5 / x }},
		{"1/sqrt", func(x *node) *node { return number(1).Div(x.Sqrt()) }, func(x float64) float64 { return -.5 * math.Pow(x, -1.5) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			x := autograd.Variable(vector(0, 4, 0, .25))
			y := autograd.Where(x.Gt(number(0)), tt.f(x), number(0))
			got := autograd.Backward(y.Sum()).Of(x).Data()
			want := []float64{0, tt.df(4), 0, tt.df(.25)}
			for i, v := range want {
				if !(math.Abs(got[i]-v) <= 1e-12*math.Max(1, math.Abs(v))) {
					t.Errorf("%s: gradient %v, want %v", tt.name, got, want)
					break
				}
			}
			dy := autograd.Grad(y.Sum(), x)[0]
			if !dy.NeedsGrad() {
				return
			}
			second := autograd.Backward(dy.Mul(number(1)).Sum()).Of(x).Data()
			h := 1e-5
			for i, at := range x.Value().Data() {
				want := 0.0
				if at > 0 {
					want = (tt.df(at+h) - tt.df(at-h)) / (2 * h)
				}
				if !(math.Abs(second[i]-want) <= 1e-6*math.Max(1, math.Abs(want))) {
					t.Errorf("%s: second derivatives %v; at %v want %v", tt.name, second, at, want)
				}
			}
		})
	}
}

// Multiplying by a mask instead is no mask: the value is NaN, as IEEE 754 says of 0·∞. The gradient that
// comes back is exactly 0, and stays so.
func TestZeroTimesInfinityIsNotHidden(t *testing.T) {
	x := variable(0)
	if v := x.Log().Mul(autograd.Constant(vector(0))).Value().Item(); v == v {
		t.Errorf("0·log 0 = %v, want NaN", v)
	}
	expect(t, "0 through an infinite slope", autograd.Backward(x.Log().Mul(autograd.Constant(vector(0))).Sum()).Of(x), 0)
	if d := autograd.Backward(x.Mul(variable(nan)).Sum()).Of(x).Item(); d == d {
		t.Errorf("gradient %v, want NaN", d)
	}
	if d := autograd.Backward(x.Mul(x).Mul(variable(inf)).Sum()).Of(x).Item(); d == d {
		t.Errorf("∞·0 = %v, want NaN", d)
	}
}
