package autograd_test

import (
	"go/scanner"
	"go/token"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Inputs on which other libraries have gone wrong, from their public bug reports. The right values were
// computed anew, by hand or with 50 digits.

// derivatives returns the first n derivatives of f at x, element by element.
func derivatives(f func(x *node) *node, n int, at ...float64) (all [][]float64) {
	x := variable(at...)
	y := f(x)
	for range n {
		y = autograd.Grad(y.Sum(), x)[0]
		all = append(all, y.Value().Data())
	}
	return all
}

func gradient(f func(x *node) *node, at ...float64) []float64 { return derivatives(f, 1, at...)[0] }

// nearly reports whether got and want agree to 14 digits. NaN equals NaN, but 0 does not equal −0.
func nearly(got, want float64) bool {
	if got == want && want != 0 {
		return true
	}
	if want == 0 || want != want || math.IsInf(want, 0) {
		return math.Float64bits(got) == math.Float64bits(want) || got != got && want != want
	}
	return math.Abs(got-want) <= 1e-14*math.Abs(want)
}

func expectNearly(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !slices.EqualFunc(got, want, nearly) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// A branch that Where does not choose does no harm, whatever its value, up to the fifth derivative.
func TestPoisonedBranches(t *testing.T) {
	zero := number(0)
	for _, c := range []struct {
		name string
		f    func(x *node) *node
		bad  float64 // where the branch is poisoned; it is chosen only where x > 0
	}{
		{"log", (*node).Log, 0},
		{"log of a negative", (*node).Log, -1},
		{"sqrt", (*node).Sqrt, 0},
		{"1/x", func(x *node) *node { return number(1).Div(x) }, 0},
		{"x^−1", func(x *node) *node { return x.PowScalar(-1) }, 0},
		{"sqrt of square", func(x *node) *node { return x.Square().Sqrt() }, 0},
		{"exp of NaN", (*node).Exp, nan},
		{"square of NaN", (*node).Square, nan},
		{"tanh of NaN", (*node).Tanh, nan},
		{"sigmoid of NaN", (*node).Sigmoid, nan},
		{"x·x of NaN", func(x *node) *node { return x.Mul(x) }, nan},
		{"log(exp(−1000x) + 1)", func(x *node) *node { return x.Neg().Scale(1000).Exp().AddScalar(1).Log() }, -1},
		{"x/x²", func(x *node) *node { return x.Div(x.Mul(x)) }, 0},
		{"log·sqrt", func(x *node) *node { return x.Log().Mul(x.Sqrt()) }, 0},
		{"exp(−1/x)", func(x *node) *node { return number(1).Div(x).Neg().Exp() }, 0},
		{"x^½", func(x *node) *node { return x.PowScalar(.5) }, 0},
		{"x^x", func(x *node) *node { return x.Pow(x) }, 0},
		{"x/x", func(x *node) *node { return x.Div(x) }, 0},
		{"√√x", func(x *node) *node { return x.Sqrt().Sqrt() }, 0},
		{"log √x", func(x *node) *node { return x.Sqrt().Log() }, 0},
		{"1/√x", func(x *node) *node { return number(1).Div(x.Sqrt()) }, 0},
		{"e/(e−1)", func(x *node) *node { e := x.Exp(); return e.Div(e.AddScalar(-1)) }, 0},
	} {
		masked := func(x *node) *node { return autograd.Where(x.Gt(zero), c.f(x), zero) }
		got, want := derivatives(masked, 5, c.bad, .7), derivatives(c.f, 5, .7)
		for k := range got {
			if got[k][0] != 0 || got[k][1] != want[k][0] {
				t.Errorf("%s, derivative %d: %v, want 0 and %v", c.name, k+1, got[k], want[k][0])
			}
		}
	}
	softplus := func(x *node) *node { return autograd.Where(x.Lt(number(30)), x.Exp().AddScalar(1).Log(), x) }
	expectNearly(t, "softplus by hand", gradient(softplus, 1000, 1), []float64{1, 1 / (1 + math.Exp(-1))})
}

// Multiplication by a mask does not mask: the value is NaN, as IEEE 754 says of 0·∞. The incoming
// gradient is exactly 0, and stays 0.
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

// Where dz/y underflows to 0, the gradient by y is not masked; other extremes of quotients.
func TestQuotients(t *testing.T) {
	for _, c := range []struct{ x, y, dz, dx, dy float64 }{
		{1e300, 1e150, 1e-200, 1e-350, -1e-200},
		{inf, inf, 1, 0, nan},
		{0, 1e-310, 1, inf, math.Copysign(0, -1)},
		{3, 2, 1, .5, -.75},
		{1, 0, 1, inf, -inf},
		{1, 0, 0, 0, 0},
		{1, 1e-300, 1e-10, 1e290, -inf},
	} {
		x, y := autograd.Variable(tensor.Scalar(c.x)), autograd.Variable(tensor.Scalar(c.y))
		grads := autograd.Backward(x.Div(y).Mul(number(c.dz)))
		if dx, dy := grads.Of(x).Item(), grads.Of(y).Item(); !nearly(dx, c.dx) && !(math.Abs(dx-c.dx) <= 1e-320) || !nearly(dy, c.dy) {
			t.Errorf("%v/%v, dz %v: got %v and %v, want %v and %v", c.x, c.y, c.dz, dx, dy, c.dx, c.dy)
		}
	}
}

func TestCases(t *testing.T) {
	z := autograd.Variable(tensor.Scalar(1))
	sum := z.Exp().Sub(number(0)).Sum().Add(z.Exp().Sub(autograd.Constant(tensor.New(1000))).Sum())
	expectNearly(t, "broadcast in a sum", autograd.Backward(sum).Of(z).Data(), []float64{2721.000110287504})

	a := autograd.Constant(tensor.FromSlice([]float64{1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2))
	b := autograd.Variable(tensor.Rows([][]float64{{9, 10}, {11, 12}}))
	everywhere(t, "batched product", a.MatMul(b).Sum(), b, 16, 16, 20, 20)

	power := func(p float64) func(x *node) *node { return func(x *node) *node { return x.PowScalar(p) } }
	for k, want := range []float64{0, 0, 0, 24, 0, 0} {
		if got := derivatives(power(4), 6, 0)[k][0]; got != want {
			t.Errorf("derivative %d of x⁴ at 0: %v", k+1, got)
		}
	}
	polynomial := func(x *node) *node { return x.Add(x.PowScalar(2)).Add(x.PowScalar(3)).Add(x.PowScalar(4)) }
	for k, want := range []float64{1, 2, 6, 24} {
		if got := derivatives(polynomial, 4, 0)[k][0]; got != want {
			t.Errorf("derivative %d of x+x²+x³+x⁴ at 0: %v", k+1, got)
		}
	}
	base, exponent := autograd.Constant(vector(0, 2)), variable(1, 1)
	everywhere(t, "power by the exponent", base.Pow(exponent).Sum(), exponent, 0, 1.3862943611198906)
	expect(t, "x⁰", tensor.FromSlice(gradient(power(0), 0, 1), 2), 0, 0)

	expect(t, "x·√x at 0", tensor.FromSlice(gradient(func(x *node) *node { return x.Mul(x.PowScalar(.5)) }, 0), 1), 0)
	expect(t, "where(x < 1, x, √x) at 0", tensor.FromSlice(gradient(func(x *node) *node { return autograd.Where(x.Lt(number(1)), x, x.Sqrt()) }, 0), 1), 1)
	flat := func(w *node) *node { return w.Mul(number(-1)).ReLU().Square().Sum().Sqrt().Square().Scale(.5) }
	expect(t, "½√(Σ relu²)²", tensor.FromSlice(gradient(flat, .5), 1), 0)

	saturated := func(v *node) *node { u := v.Scale(-1e8); return u.Tanh().Mul(u.Square()) }
	expectNearly(t, "saturation", derivatives(saturated, 2, 1)[1], []float64{-2e16})
	expect(t, "exp(−‖x‖²) at 0", tensor.FromSlice(gradient(func(x *node) *node { return x.Square().Sum().Neg().Exp() }, 0, 0), 2), 0, 0)
	expect(t, "log|Γ| at ±∞", autograd.Constant(vector(-inf, inf)).Lgamma().Value(), inf, inf)
	expect(t, "∞ to a negative power", tensor.FromSlice(gradient(power(-2), inf), 1), 0)
	expect(t, "ReLU at NaN", tensor.FromSlice(gradient((*node).ReLU, nan, 1), 2), 0, 1)
}

// The engine stays small. The limit counts lines of code, without comments and blank lines, of all files
// but those of families of operations.
func TestEngineIsSmall(t *testing.T) {
	families := []string{
		"forward.go", "functions.go", "checkpoint.go", "observer.go", "position.go", // forward mode, derivatives of functions, hooks, where nodes are made
		"arith.go", "chain.go", "constant.go", "kinds.go", "linear.go", "pointwise.go", "reduce.go", "shape.go",
		"activation.go", "elementary.go", "special.go", // functions of one number
		"extremes.go", "pairs.go", // functions of several
		"cumulative.go", "norm.go", "order.go", "softmax.go", "statistics.go", // along axes
		"index.go", "pad.go", "rearrange.go", "triangle.go", // parts and places
		"blocks.go", "decomposition.go", "determinant.go", "einsum.go", "products.go", "solve.go", // linear algebra
		"attention.go", "convolution.go", "gate.go", "normalisation.go", "pooling.go", "window.go", // layers of networks
		"classification.go", "distance.go", "loss.go", // losses
	}
	files := sources(t)
	if len(files) < 10 {
		t.Skip("the source is not here")
	}
	total := 0
	for name, file := range files {
		for _, i := range file.Imports {
			if i.Path.Value == `"unsafe"` {
				t.Errorf("%s imports unsafe", name)
			}
		}
		if slices.Contains(families, name) {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		total += linesOfCode(text)
	}
	if t.Logf("%d lines", total); total > engineLines {
		t.Errorf("%d lines of code, more than %d", total, engineLines)
	}
}

// linesOfCode counts the lines that hold more than comments.
func linesOfCode(text []byte) int {
	var s scanner.Scanner
	set := token.NewFileSet()
	file := set.AddFile("", set.Base(), len(text))
	s.Init(file, text, nil, 0)
	lines := map[int]bool{}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return len(lines)
		}
		if tok == token.SEMICOLON && literal == "\n" {
			continue
		}
		first := file.Line(pos)
		for i := range strings.Count(literal, "\n") + 1 {
			lines[first+i] = true
		}
	}
}

const engineLines = 1039
