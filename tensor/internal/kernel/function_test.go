package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// extremes are numbers that a loop may treat specially.
var extremes = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.5, -2.5, 1e-300, -1e-300, 5e-324, -5e-324, 0x1p-1022, 1e300, -1e300,
	math.MaxFloat64, -math.MaxFloat64, math.Inf(1), math.Inf(-1), math.NaN(), 1e-17, 40, -40, 800, -800,
}

// functions are the functions of one number that have a slope here: f in terms of x, and the slope in
// terms of x and y = f(x), each operation rounded.
var functions = []struct {
	name   string
	values func(z, x []float64)
	vjp    func(dx, dy, x, y []float64, add bool) // none if nil
	f      func(x float64) float64
	slope  func(x, y float64) float64
}{
	{"Neg", Neg, nil, func(x float64) float64 { return -x }, nil},
	{"Abs", Abs, nil, math.Abs, nil},
	{"Sqrt", Sqrt, nil, math.Sqrt, nil},
	{"Exp", Exp, ExpVJP, Exp1, func(_, y float64) float64 { return y }},
	{"Square", Square, SquareVJP, func(x float64) float64 { return x * x }, func(x, _ float64) float64 { return 2 * x }},
	{"Sigmoid", Sigmoid, SigmoidVJP, Sigmoid1, func(_, y float64) float64 { return y * (1 - y) }},
	{"Tanh", Tanh, TanhVJP, Tanh1, func(_, y float64) float64 { return 1 - float64(y*y) }},
	{"ReLU", ReLU, ReLUVJP, func(x float64) float64 {
		if x <= 0 {
			return 0
		}
		return x
	}, func(x, _ float64) float64 {
		if x > 0 {
			return 1
		}
		return 0
	}},
}

func TestKinked(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 1))
	for _, f := range []struct {
		name   string
		values func(z, x []float64)
		below  func(x float64) float64
		slope  float64 // above 0
	}{
		{"LeakyReLU", func(z, x []float64) { LeakyReLU(z, x, .1) }, func(x float64) float64 { return .1 * x }, 1},
		{"ELU", func(z, x []float64) { ELU(z, x, 2, 3, .5) }, func(x float64) float64 { return 3 * Expm1One(.5*x) }, 2},
	} {
		scalar := func(x float64) float64 {
			if x > 0 {
				return f.slope * x
			}
			return f.below(x)
		}
		for n := range 150 {
			checkUnary(t, f.name, f.values, scalar, uniformIn(r, n, -3, 3))
		}
		checkUnary(t, f.name, f.values, scalar, hashInputs(r, 10_000))
	}
}

// chained is the product dy·slope, but 0 where dy is 0 and the product is NaN.
func chained(dy, slope float64) float64 {
	if p := dy * slope; p == p || dy != 0 {
		return p
	}
	return 0
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	for _, f := range functions {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			for n := range 40 {
				x, check := guarded(t, slices.Concat(uniformIn(rand.New(rand.NewPCG(1, uint64(n))), n, -3, 3), extremes))
				z, checkZ := guarded(t, make([]float64, len(x)))
				want := make([]float64, len(x))
				for i, v := range x {
					want[i] = f.f(v)
				}
				f.values(z, x)
				mustMatch(t, f.name, z, want)
				f.values(x, x)
				mustMatch(t, f.name+" in place", x, want)
				check(f.name)
				checkZ(f.name)
			}
		})
	}
}

// TestVJP compares the gradients with their formulas, for all pairs of extremes and for lengths that a
// loop may treat differently.
func TestVJP(t *testing.T) {
	t.Parallel()
	for _, f := range functions {
		if f.vjp == nil {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(1, 1))
			var dy, x []float64
			for _, v := range extremes {
				for _, w := range extremes {
					dy, x = append(dy, v), append(x, w)
				}
			}
			dy, x = append(dy, uniformIn(r, 1000, -2, 2)...), append(x, uniformIn(r, 1000, -2, 2)...)
			for n := range 20 {
				checkVJP(t, f.name, f.vjp, f.f, f.slope, dy[n:2*n], x[n:2*n])
			}
			checkVJP(t, f.name, f.vjp, f.f, f.slope, dy, x)
		})
	}
}

func checkVJP(t *testing.T, name string, vjp func(dx, dy, x, y []float64, add bool), f func(x float64) float64, slope func(x, y float64) float64, dy, x []float64) {
	t.Helper()
	y, set, added, start := make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		y[i] = f(v)
		p := chained(dy[i], slope(v, y[i]))
		start[i] = extremes[(i*7)%len(extremes)]
		set[i], added[i] = p, start[i]+p
	}
	dx, check := guarded(t, start)
	what := fmt.Sprint(name, " of ", len(x))
	vjp(dx, dy, x, y, true)
	mustMatch(t, what+", added", dx, added)
	vjp(dx, dy, x, y, false)
	mustMatch(t, what, dx, set)
	dx = slices.Clone(dy)
	vjp(dx, dx, x, y, false)
	mustMatch(t, what+", dx is dy", dx, set)
	check(what)
}

// TestReLUAtNaN checks that the slope at NaN is 0, and that dy is passed on where it is NaN.
func TestReLUAtNaN(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	x, dy := []float64{nan, nan, -1, -1, 0, 1}, []float64{3, 0, 3, nan, math.Inf(1), 3}
	y, dx := make([]float64, 6), make([]float64, 6)
	ReLU(y, x)
	mustMatch(t, "ReLU", y, []float64{nan, nan, 0, 0, 0, 1})
	ReLUVJP(dx, dy, x, y, false)
	mustMatch(t, "its gradient", dx, []float64{0, 0, 0, nan, nan, 3})
}

// TestChain checks zeros, infinities and NaN: where dy is 0, so is the result.
func TestChain(t *testing.T) {
	t.Parallel()
	nan, inf, minus := math.NaN(), math.Inf(1), math.Copysign(0, -1)
	for _, c := range []struct{ dy, slope, want float64 }{
		{0, inf, 0}, {0, nan, 0}, {minus, -inf, 0}, {minus, nan, 0}, {0, -2, minus}, {minus, 2, minus}, {minus, -2, 0},
		{1, nan, nan}, {nan, 0, nan}, {inf, 0, nan}, {5e-324, inf, inf}, {1e-200, -1e-200, minus},
	} {
		mustBits(t, fmt.Sprint("chain with slope ", c.slope), c.dy, chain(c.dy, c.slope), c.want)
	}
}

// Max and Min agree with the built-in functions, which tell the zeros apart; Prod multiplies in order.
func TestExtremes(t *testing.T) {
	t.Parallel()
	check := func(x ...float64) {
		t.Helper()
		larger, smaller, product := math.Inf(-1), math.Inf(1), 1.0
		for _, v := range x {
			larger, smaller, product = max(larger, v), min(smaller, v), product*v
		}
		mustMatch(t, fmt.Sprint("of ", x), []float64{Max(x), Min(x), Prod(x)}, []float64{larger, smaller, product})
	}
	check()
	for _, v := range extremes {
		check(v)
		for _, w := range extremes {
			check(v, w)
			check(v, w, v, -w)
		}
	}
	r := rand.New(rand.NewPCG(1, 1))
	for n := range 70 {
		check(uniformIn(r, n, -2, 2)...)
		for _, v := range extremes {
			x, zeros := uniformIn(r, n+1, -2, 2), make([]float64, n+1)
			i := r.IntN(n + 1)
			x[i], zeros[i] = v, v
			check(x...)
			check(zeros...)
			zeros[r.IntN(n+1)] = math.Copysign(0, -1)
			check(zeros...)
		}
	}
	check(uniformIn(r, 9000, -2, 2)...) // in several parts
	zeros := slices.Repeat([]float64{math.Copysign(0, -1)}, 16)
	zeros[15] = 0
	check(zeros...)
	zeros[0], zeros[15] = 0, zeros[0]
	check(zeros...)
}
