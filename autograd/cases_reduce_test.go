package autograd_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// first returns the first result.
func first(y, _ *node) *node { return y }

// Gradients at ties, zeros and infinities: PyTorch's, except where PyTorch has NaN.
func TestReductionsAtKinks(t *testing.T) {
	sum := func(f func(x *node, axis int) *node) func(x *node) *node {
		return func(x *node) *node { return f(x, 0) }
	}
	for _, c := range []struct {
		name  string
		f     func(x *node) *node
		x     []float64
		want  []float64
		wants []float64 // the second derivative: the gradient of the sum of the gradients
	}{
		{"max, all", func(x *node) *node { return x.Max() }, []float64{2, 2, 1}, []float64{.5, .5, 0}, []float64{0, 0, 0}},
		{"max, axis", func(x *node) *node { return x.Max(0) }, []float64{2, 2, 1}, []float64{.5, .5, 0}, nil},
		{"min", func(x *node) *node { return x.Min() }, []float64{1, 2, 1, 1}, []float64{1. / 3, 0, 1. / 3, 1. / 3}, nil},
		{"max along", func(x *node) *node { return first(x.MaxAlong(0)) }, []float64{2, 2, 1}, []float64{1, 0, 0}, nil},
		{"min along", func(x *node) *node { return first(x.MinAlong(0)) }, []float64{2, 1, 1}, []float64{0, 1, 0}, nil},
		{"max of NaN", func(x *node) *node { return x.Max() }, []float64{2, nan}, []float64{0, 1}, nil},
		{"max along with NaN", func(x *node) *node { return first(x.MaxAlong(0)) }, []float64{2, nan, nan}, []float64{0, 1, 0}, nil},
		{"median", sum((*node).Median), []float64{4, 1, 3, 2}, []float64{0, 0, 0, 1}, nil},
		{"median of ties", sum((*node).Median), []float64{2, 2, 1}, []float64{1, 0, 0}, nil},
		{"median of NaN", sum((*node).Median), []float64{2, nan, 1}, []float64{0, 1, 0}, nil},
		{"top 2", func(x *node) *node { return first(x.TopK(2, 0, true)) }, []float64{1, 3, 2, 3}, []float64{0, 1, 0, 1}, nil},
		{"prod, one zero", func(x *node) *node { return x.Prod() }, []float64{2, 0, 3, 4}, []float64{0, 24, 0, 0}, []float64{12, 26, 8, 6}},
		{"prod, two zeros", func(x *node) *node { return x.Prod() }, []float64{2, 3, 0, 0}, []float64{0, 0, 0, 0}, []float64{0, 0, 6, 6}},
		{"cumprod, one zero", sum((*node).CumProd), []float64{2, 0, 3, 4}, []float64{1, 32, 0, 0}, []float64{16, 32, 10, 6}},
		{"cumprod, zero last", sum((*node).CumProd), []float64{2, 3, 0}, []float64{4, 2, 6}, []float64{1 + 3, 1 + 2, 5}},
		{"cumprod, two zeros", sum((*node).CumProd), []float64{2, 0, 0, 3}, []float64{1, 2, 0, 0}, nil},
		{"cummax", sum((*node).CumMax), []float64{1, 1, 0, 2, 2}, []float64{1, 2, 0, 1, 1}, nil},
		{"cummin", sum((*node).CumMin), []float64{2, 2, 3, nan, 1, nan}, []float64{1, 2, 0, 2, 0, 1}, nil},
		{"norm at 0", func(x *node) *node { return x.Norm(2) }, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"exp(−‖x‖²) at 0", func(x *node) *node { return x.Norm(2).Square().Neg().Exp() }, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"norm", func(x *node) *node { return x.Norm(2) }, []float64{3, 0}, []float64{1, 0}, []float64{0, 1. / 3}},
		{"norm, large", func(x *node) *node { return x.Norm(2) }, []float64{3e200, -4e200}, []float64{.6, -.8}, nil},
		{"norm, small", func(x *node) *node { return x.Norm(2) }, []float64{3e-200, -4e-200}, []float64{.6, -.8}, nil},
		{"3-norm at 0", func(x *node) *node { return x.Norm(3) }, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"3-norm beside 0", func(x *node) *node { return x.Norm(3) }, []float64{0, 2}, []float64{0, 1}, []float64{0, 0}},
		{"4-norm at 0", func(x *node) *node { return x.Norm(4) }, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"1-norm", func(x *node) *node { return x.Norm(1) }, []float64{0, -2}, []float64{0, -1}, []float64{0, 0}},
		{"½-norm", func(x *node) *node { return x.Norm(.5) }, []float64{0, -4}, []float64{0, -1}, []float64{0, 0}},
		{"−1-norm at 0", func(x *node) *node { return x.Norm(-1) }, []float64{0, 2}, []float64{0, 0}, []float64{0, 0}},
		{"−1-norm beside 0", func(x *node) *node { return x.Norm(-1) }, []float64{0, 1, 2}, []float64{0, 0, 0}, []float64{0, 0, 0}},
		{"−2-norm of large and small", func(x *node) *node { return x.Norm(-2) }, []float64{3, 1e-200}, []float64{0, 1}, []float64{0, 0}},
		{"−1-norm", func(x *node) *node { return x.Norm(-1) }, []float64{2, -2}, []float64{.25, -.25}, nil},
		{"∞-norm", func(x *node) *node { return x.Norm(inf) }, []float64{2, -2, 1}, []float64{.5, -.5, 0}, []float64{0, 0, 0}},
		{"∞-norm at 0", func(x *node) *node { return x.Norm(inf) }, []float64{0, 0}, []float64{0, 0}, []float64{0, 0}},
		{"−∞-norm", func(x *node) *node { return x.Norm(-inf) }, []float64{3, -2}, []float64{0, -1}, nil},
		{"normalised zeros", func(x *node) *node { return x.Normalize(2, 0, 1e-3) }, []float64{0, 0}, []float64{1e3, 1e3}, []float64{0, 0}},
		{"std of constants", func(x *node) *node { return x.Std(1) }, []float64{5, 5}, []float64{0, 0}, []float64{0, 0}},
		{"std", func(x *node) *node { return x.Std(1) }, []float64{3, 1}, []float64{math.Sqrt(.5), -math.Sqrt(.5)}, []float64{0, 0}},
		{"var", func(x *node) *node { return x.Var(1) }, []float64{2281.5, 2281.25}, []float64{.25, -.25}, []float64{0, 0}},
		{"logsumexp, masked", func(x *node) *node { return x.LogSumExp() }, []float64{-inf, -inf}, []float64{0, 0}, []float64{0, 0}},
		{"logsumexp of large numbers", func(x *node) *node { return x.LogSumExp() }, []float64{1e16, 1e16}, []float64{.5, .5}, []float64{0, 0}},
		{"logsumexp, one masked", func(x *node) *node { return x.LogSumExp() }, []float64{-inf, 7}, []float64{0, 1}, []float64{0, 0}},
		{"logcumsumexp, masked", sum((*node).LogCumSumExp), []float64{-inf, -inf, 0, 0}, []float64{0, 0, 1.5, .5}, []float64{0, 0, -0, 0}},
		{"softmax, masked", func(x *node) *node { return x.Softmax(0).Square() }, []float64{-inf, -inf}, []float64{0, 0}, []float64{0, 0}},
		{"softmax, saturated", func(x *node) *node { return x.Softmax(0).Slice(0, 0, 1) }, []float64{1000, 0}, []float64{0, -0}, nil},
		{"cross-entropy", func(x *node) *node { return x.LogSoftmax(0).Slice(0, 0, 1).Neg() }, []float64{-431, 279, 427}, []float64{-1, 5.301718666092324e-65, 1}, nil},
	} {
		expectClose(t, c.name, gradient(func(x *node) *node { return c.f(x).Sum() }, c.x...), c.want)
		if c.wants != nil {
			expectClose(t, c.name+", second", derivatives(c.f, 2, c.x...)[1], c.wants)
			x := variable(c.x...)
			grad := autograd.Grad(c.f(x).Sum(), x)
			forward := autograd.JVP(grad[0], []*node{x}, []*node{autograd.Constant(tensor.Full(1, len(c.x)))})
			expectClose(t, c.name+", second, forward", forward.Value().Data(), c.wants)
		}
	}
}

// expectClose is expectNearly, except that a zero may have either sign and be off by 1e-14.
func expectClose(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if !slices.EqualFunc(got, want, func(v, w float64) bool {
		return math.Abs(v-w) <= 1e-14*max(1, math.Abs(w)) && (w == 0 || math.Abs(v-w) <= 1e-14*math.Abs(w))
	}) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestValuesOfReductions(t *testing.T) {
	x := values
	empty := autograd.Constant(tensor.New(0))
	for _, c := range []struct {
		name string
		got  *node
		want []float64
	}{
		{"var in two passes", x(2281.5, 2281.25).Var(1), []float64{.03125}},
		{"var, a fraction", x(1, 3).Var(.5), []float64{2 / 1.5}},
		{"var, below zero", x(1, 3).Var(-2), []float64{.5}},
		{"var of one", x(7).Var(1), []float64{nan}},
		{"var, corrected for more", x(1, 3).Var(5), []float64{inf}},
		{"std, corrected for more", x(1, 3).Std(5), []float64{inf}},
		{"var of none", empty.Var(1), []float64{nan}},
		{"std of none", empty.Std(0), []float64{nan}},
		{"var of NaN", x(1, nan).Var(0), []float64{nan}},
		{"prod of none", empty.Prod(), []float64{1}},
		{"logsumexp of none", empty.LogSumExp(), []float64{-inf}},
		{"norm of none", empty.Norm(2), []float64{0}},
		{"0-norm", x(0, -3, nan, 0).Norm(0), []float64{2}},
		{"norm of NaN", x(0, nan).Norm(2), []float64{nan}},
		{"∞-norm of NaN", x(0, nan).Norm(inf), []float64{nan}},
		{"normalised", x(3, -4).Normalize(2, 0, 1e-12), []float64{.6, -.8}},
		{"normalised NaN", x(3, nan).Normalize(2, 0, 1e-12), []float64{nan, nan}},
		{"sorted", x(2, nan, -1, inf, 2).Sort(0, false), []float64{-1, 2, 2, inf, nan}},
		{"sorted, falling", x(2, nan, -1, inf, 2).Sort(-1, true), []float64{nan, inf, 2, 2, -1}},
		{"order", x(2, nan, -1, inf, 2).ArgSort(0, false), []float64{2, 0, 4, 3, 1}},
		{"order, falling", x(2, nan, -1, inf, 2).ArgSort(0, true), []float64{1, 3, 0, 4, 2}},
		{"order of NaNs", x(nan, nan, 1).ArgSort(0, false), []float64{2, 0, 1}},
		{"order of NaNs, falling", x(nan, 1, nan).ArgSort(0, true), []float64{0, 2, 1}},
		{"sorted, one by one", x(2, 1).Unsqueeze(1).Sort(1, false), []float64{2, 1}},
		{"prod of all but the last axis", counted(2, 2, 2).AddScalar(1).Prod(0, 1), []float64{1 * 3 * 5 * 7, 2 * 4 * 6 * 8}},
		{"arg max", x(2, 5, 5).ArgMax(0), []float64{1}},
		{"arg min", x(2, 1, 5, 1).ArgMin(0), []float64{1}},
		{"arg min of NaN", x(2, nan, 1).ArgMin(0), []float64{1}},
		{"arg max of large numbers", x(1e308, 1.5e308).ArgMax(0), []float64{1}},
		{"arg min of large numbers", x(-1e308, -1.5e308).ArgMin(0), []float64{1}},
		{"cummax of large numbers", x(1.5e308, 1e308).CumMax(0), []float64{1.5e308, 1.5e308}},
		{"cummin of large numbers", x(-1.5e308, -1e308).CumMin(0), []float64{-1.5e308, -1.5e308}},
		{"lower median", x(4, 1, 3, 2).Median(0), []float64{2}},
		{"median of NaN", x(4, nan, 3).Median(0), []float64{nan}},
		{"cummax", x(1, 3, 2, nan, 9).CumMax(0), []float64{1, 3, 3, nan, nan}},
		{"cummin", x(3, 1, 2, nan, 0).CumMin(0), []float64{3, 1, 1, nan, nan}},
	} {
		expectNearly(t, c.name, c.got.Value().Data(), c.want)
	}
	m := autograd.Constant(tensor.Rows([][]float64{{3, 1, 2}, {4, 6, 5}}))
	y, i := m.TopK(2, 1, true)
	expect(t, "top 2", y.Value(), 3, 2, 6, 5)
	expect(t, "their indices", i.Value(), 0, 2, 1, 2)
	y, i = m.MaxAlong(0)
	expect(t, "max of columns", y.Value(), 4, 6, 5)
	expect(t, "their indices", i.Value(), 1, 1, 1)
	y, i = autograd.Constant(vector(1e308, 1.5e308)).MaxAlong(0)
	expect(t, "max of large numbers", y.Value(), 1.5e308)
	expect(t, "its index", i.Value(), 1)
	y, i = autograd.Constant(vector(-1e308, -1.5e308)).MinAlong(0)
	expect(t, "min of large numbers", y.Value(), -1.5e308)
	expect(t, "its index", i.Value(), 1)
	expect(t, "order in columns", m.ArgSort(0, true).Value(), 1, 1, 1, 0, 0, 0)
	expect(t, "median of rows", m.Median(-1).Value(), 2, 5)
}

// A plan follows the data: which elements are largest changes from run to run.
func TestPlanFollowsTheOrder(t *testing.T) {
	x := autograd.Variable(vector(1, 3, 2))
	y, i := x.TopK(2, 0, true)
	plan := autograd.NewPlan(y.Mul(autograd.Constant(vector(1, 10))).Sum().Add(i.Sum().Mul(number(0))), x).Keep(i)
	for _, c := range []struct{ x, indices, want []float64 }{
		{[]float64{1, 3, 2}, []float64{1, 2}, []float64{0, 1, 10}},
		{[]float64{9, 3, 4}, []float64{0, 2}, []float64{1, 0, 10}},
	} {
		x.Set(vector(c.x...))
		plan.Forward()
		expect(t, "indices", i.Value(), c.indices...)
		expect(t, "gradient", plan.Backward().Of(x), c.want...)
	}
}

// Products and cumulative sums along an axis so long that quadratic time would be noticed.
func TestLongScans(t *testing.T) {
	const n = 1 << 18
	x := autograd.Variable(tensor.Full(1, n))
	for name, y := range map[string]*node{"product": x.Prod(), "cumulative product": x.CumProd(0).Slice(0, n-1, n), "cumulative sum": x.CumSum(0).Slice(0, n-1, n)} {
		g := autograd.Grad(y.Sum(), x)[0]
		if got := g.Value(); got.Data()[0] != 1 || got.Data()[n-1] != 1 {
			t.Errorf("%s: gradient %v", name, got)
		}
	}
}

func TestReductionsOfBadInput(t *testing.T) {
	v, empty := variable(1, 2, 3), autograd.Variable(tensor.New(0, 2))
	for _, c := range []struct {
		want string
		f    func()
	}{
		{"tensor: Softmax: axis 1 out of range for shape [3]", func() { v.Softmax(1) }},
		{"tensor: LogSoftmax: axis -2 out of range for shape [3]", func() { v.LogSoftmax(-2) }},
		{"autograd: LogSumExp: axis 1 is out of range for Variable [3]", func() { v.LogSumExp(1) }},
		{"autograd: LogSumExp: axis 0 of Variable [3] is named twice", func() { v.LogSumExp(0, -1) }},
		{"autograd: Prod: axis 2 is out of range for Variable [3]", func() { v.Prod(2) }},
		{"autograd: Var: axis 2 is out of range for Variable [3]", func() { v.Var(1, 2) }},
		{"autograd: Norm: p is NaN", func() { v.Norm(nan) }},
		{"autograd: Norm: axis 3 is out of range for Variable [3]", func() { v.Norm(2, 3) }},
		{"autograd: Normalize: axis 3 is out of range for Variable [3]", func() { v.Normalize(2, 3, 1) }},
		{"tensor: Mean: axis 1 out of range for shape [3]", func() { v.Mean(1) }},
		{"tensor: Max: axis 1 out of range for shape [3]", func() { v.Max(1) }},
		{"tensor: Min: shape [0 2] has no elements over the axes [0]", func() { empty.Min(0) }},
		{"autograd: ArgMin: there are no elements on axis 0 of Variable [0 2]", func() { empty.ArgMin(0) }},
		{"autograd: MaxAlong: there are no elements on axis 0 of Variable [0 2]", func() { empty.MaxAlong(0) }},
		{"autograd: ArgMin: axis 1 is out of range for Variable [3]", func() { v.ArgMin(1) }},
		{"autograd: Median: there are no elements on axis 0 of Variable [0 2]", func() { empty.Median(0) }},
		{"autograd: TopK: 4 of the 3 elements on axis 0 of Variable [3] can't be taken", func() { v.TopK(4, -1, true) }},
		{"autograd: TopK: -1 of the 3 elements on axis 0 of Variable [3] can't be taken", func() { v.TopK(-1, 0, true) }},
		{"autograd: Sort: axis 1 is out of range for Variable [3]", func() { v.Sort(1, true) }},
		{"autograd: ArgSort: axis 1 is out of range for Variable [3]", func() { v.ArgSort(1, true) }},
		{"tensor: CumSum: axis 1 out of range for shape [3]", func() { v.CumSum(1) }},
		{"autograd: CumProd: axis 1 is out of range for Variable [3]", func() { v.CumProd(1) }},
		{"autograd: LogCumSumExp: axis 1 is out of range for Variable [3]", func() { v.LogCumSumExp(1) }},
		{"autograd: CumMax: axis -2 is out of range for Variable [3]", func() { v.CumMax(-2) }},
		{"autograd: Median: the node is a nil or zero Node", func() { (*node)(nil).Median(0) }},
	} {
		mustPanic(t, c.want, c.f)
	}
}

// A zero does not hide a NaN.
func TestProdOfNaN(t *testing.T) {
	x := variable(0, nan, 3)
	if dx := autograd.Backward(x.Prod()).Of(x).Data(); !math.IsNaN(dx[0]) || dx[1] != 0 || !math.IsNaN(dx[2]) {
		t.Errorf("got %v", dx)
	}
}

// A row that Where does not choose has gradients of 0, to the fourth order, even if its products overflow
// or are NaN.
func TestMaskedRows(t *testing.T) {
	t.Parallel()
	for _, row := range [][]float64{{1e200, 1e200, 1e200, 1e200}, {1, inf, 2, 3}, {1, nan, 2, 3}, {0, inf, 0, 1}} {
		for name, f := range map[string]func(x *node) *node{
			"CumProd":      func(x *node) *node { return x.CumProd(1) },
			"LogCumSumExp": func(x *node) *node { return x.LogCumSumExp(1) },
			"LogSumExp":    func(x *node) *node { return x.LogSumExp(1).Unsqueeze(1) },
			"Prod":         func(x *node) *node { return x.Prod(1).Unsqueeze(1) },
			"Std":          func(x *node) *node { return x.Std(1, 1).Unsqueeze(1) },
		} {
			x := autograd.Variable(tensor.Rows([][]float64{row, {1, 2, 3, 4}}))
			chosen := autograd.Constant(tensor.FromSlice([]float64{0, 1}, 2, 1))
			y := autograd.Where(chosen, f(x), number(0)).Sum()
			for order := range 4 {
				dx := autograd.Grad(y, x)[0]
				expect(t, fmt.Sprintf("%s of %v, order %d", name, row, order+1), dx.Slice(0, 0, 1).Value(), 0, 0, 0, 0)
				y = dx.Sum()
			}
		}
	}
}
