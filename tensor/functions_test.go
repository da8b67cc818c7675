package tensor

import (
	"fmt"
	"math"
	"testing"

	"gentlegrad/tensor/internal/kernel"
)

var unaryOps = []struct {
	name string
	op   func(z, x *Tensor) *Tensor
	f    func(x float64) float64
}{
	{"Neg", tt.Neg, func(x float64) float64 { return -x }},
	{"Abs", tt.Abs, math.Abs},
	{"Sqrt", tt.Sqrt, math.Sqrt},
	{"Square", tt.Square, func(x float64) float64 { return x * x }},
	{"Exp", tt.Exp, kernel.Exp1},
	{"Log", tt.Log, kernel.Log1},
	{"Sigmoid", tt.Sigmoid, kernel.Sigmoid1},
	{"Tanh", tt.Tanh, kernel.Tanh1},
	{"ReLU", tt.ReLU, func(x float64) float64 { return choose(x, 0, x > 0) }},
	{"Map", func(z, x *Tensor) *Tensor { return z.Map(x, math.Floor) }, math.Floor},
	{"Copy", tt.Copy, func(x float64) float64 { return x }},
	{"Clone", func(_, x *Tensor) *Tensor { return x.Clone() }, func(x float64) float64 { return x }},
}

func TestUnary(t *testing.T) {
	t.Parallel()
	rng := newRand(1)
	for _, op := range unaryOps {
		for _, shape := range [][]int{{}, {0}, {1}, {9}, {3, 0}, {4, 5}, {2, 3, 1, 2, 2}} {
			for _, x := range []*Tensor{reals(rng, shape...), special(rng, shape...)} {
				want := naiveFill(shape, func(index []int) float64 { return op.f(x.At(index...)) })
				what := fmt.Sprint(op.name, shape)
				mustEqual(t, what, op.op(new(Tensor), x), want)
				mustEqual(t, what+" into a tensor", op.op(Full(7, shape...), x), want)
				mustEqual(t, what+" in place", op.op(x, x), want)
			}
		}
	}
}

func TestUnarySpecial(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		name    string
		op      func(z, x *Tensor) *Tensor
		x, want float64
	}{
		{"relu(NaN)", tt.ReLU, nan, nan},
		{"relu(−∞)", tt.ReLU, -inf, 0},
		{"relu(∞)", tt.ReLU, inf, inf},
		{"relu(−0)", tt.ReLU, math.Copysign(0, -1), 0},
		{"√−1", tt.Sqrt, -1, nan},
		{"ln 0", tt.Log, 0, -inf},
		{"ln −1", tt.Log, -1, nan},
		{"e^−∞", tt.Exp, -inf, 0},
		{"e^∞", tt.Exp, inf, inf},
		{"sigmoid(−∞)", tt.Sigmoid, -inf, 0},
		{"tanh(NaN)", tt.Tanh, nan, nan},
		{"−0", tt.Neg, 0, math.Copysign(0, -1)},
	} {
		mustEqual(t, c.name, c.op(new(Tensor), Scalar(c.x)), Scalar(c.want))
	}
}

func BenchmarkSigmoid(b *testing.B) {
	x, z := reals(newRand(1), 1e6), new(Tensor)
	benchmarkBytes(b, "n=1000000", 2, func() { z.Sigmoid(x) })
}
