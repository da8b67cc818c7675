package trace_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func vector(v ...float64) *node { return autograd.Variable(tensor.FromSlice(v, len(v))) }

func TestNonFinite(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	mask := autograd.Constant(tensor.FromSlice([]float64{0, inf}, 2)).Named("mask")
	x, zero := vector(-1, 2).Named("x"), vector(0, 1).Named("zero")
	large := vector(1e308, 1).Named("large")
	scalar := func(v float64) *node { return autograd.Constant(tensor.Scalar(v)) }
	for name, test := range map[string]struct {
		y    *node
		want []string
	}{
		"all finite":   {x.Mul(zero).Sum(), nil},
		"a constant":   {autograd.Constant(tensor.Scalar(2)), nil},
		"no recording": {autograd.Context{NoRecord: true}.Constant(tensor.Scalar(nan)).Exp(), []string{"v1 = Exp() [] gives NaN"}},
		// Values.
		"a leaf":         {vector(1, nan).Named("w").Exp().Sum(), []string{"w, a Variable, [2] holds NaN at [1]"}},
		"a NaN constant": {autograd.Constant(tensor.FromSlice([]float64{nan}, 1)).Mul(x).Sum(), []string{"v1, a Constant, [1] holds NaN at [0]"}},
		"the first":      {x.Log().Sqrt().Add(x.Sqrt()).Sum(), []string{"v1 = Log(x) [2] gives NaN at [0], where x = -1", "v3 = Sqrt(x) [2] gives NaN at [0], where x = -1"}},
		"not made by":    {x.Log().Exp().Mul(zero).Sum(), []string{"v1 = Log(x) [2] gives NaN at [0], where x = -1"}},
		"of infinities":  {zero.Sub(mask).Sub(x.Sub(mask)).Sum(), []string{"v3 = Sub(v1, v2) [2] gives NaN at [1], where v1 = -Inf, v2 = -Inf"}},
		"a masked value": {autograd.Where(mask.Eq(scalar(0)), x, mask).Neg().Exp().Sum(), nil},
		"of a product": {large.Reshape(1, 2).MatMul(large.Reshape(2, 1)).Sum(), []string{"v3 = MatMul(v1, v2) [1 1] gives +Inf at [0 0], of v1 from 1 to 1e+308, v2 from 1 to 1e+308",
			"v1 = Reshape(large) [1 2], 2 of 2, added to the gradient of large, a Variable, [2] gives +Inf at [0]: 1e+308 + 1e+308"}},
		"of a broadcast": {autograd.Constant(tensor.Full(-1, 2, 1)).Pow(vector(2, .5)).Sum(), []string{"v3 = Pow(v1, v2) [2 2] gives NaN at [0 1], where v1 = -1, v2 = 0.5"}},
		"not a scalar":   {x.Sqrt(), []string{"v1 = Sqrt(x) [2] gives NaN at [0], where x = -1"}},
		// Gradients.
		"of a root":     {zero.Sqrt().Sum(), []string{"the rule of v1 = Sqrt(zero) [2] gives for zero the gradient +Inf at [0], where ∂L/∂v1 = 1, v1 = 0, zero = 0"}},
		"no gradient":   {zero.Sqrt().Mul(zero).Sum().Scale(0), nil},
		"what follows":  {zero.Neg().Sqrt().Sum(), []string{"v2 = Sqrt(v1) [2] gives NaN at [1], where v1 = -1"}},
		"root of a sum": {zero.Slice(0, 0, 1).Sqrt().Sum().Mul(scalar(2)), []string{"the rule of v2 = Sqrt(v1) [1] gives for v1 the gradient +Inf at [0], where ∂L/∂v2 = 2, v2 = 0, v1 = 0"}},
		"broadcast": {scalar(1e300).Mul(vector(0).Named("w").Scale(1e300)).Sum(), []string{
			"the rule of v2 = Scale(w) [1] gives for w the gradient +Inf at [0], where ∂L/∂v2 = 1e+300, v2 = 0, w = 0"}},
	} {
		var got []string
		for _, f := range trace.NonFinite(test.y) {
			got = append(got, f.String())
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, test.want)
		}
	}
}

func TestNonFiniteSum(t *testing.T) {
	w := vector(0).Named("w")
	y := w.Scale(1.5e308).Add(w.Scale(1.5e308)).Sum()
	faults := trace.NonFinite(y)
	if len(faults) != 1 {
		t.Fatal(faults)
	}
	want := "v1 = Scale(w) [1], 2 of 2, added to the gradient of w, a Variable, [1] gives +Inf at [0]: 1.5e+308 + 1.5e+308"
	f := faults[0]
	if f.String() != want || !f.Sum || f.Input != 0 || f.Node.Op().Name() != "Scale" || !slices.Equal(f.Index, []int{0}) || !math.IsInf(f.Value, 1) {
		t.Errorf("got  %v %+v\nwant %s", f, f, want)
	}
}

// A fault says where its node was made if the context asks for it, and the line is the user's.
func TestMade(t *testing.T) {
	build := func(ctx autograd.Context) (x, z, y *node) {
		x = ctx.Constant(tensor.FromSlice([]float64{-1, 2}, 1, 2))
		net := layers.Sequential{layers.Sequential{layers.NewLinear(2, 2, nil)}, layers.Tanh{}}
		z = net.Trace(x)[1]
		y = z.
			Mul(x).Log()
		return x, z, y
	}
	x, z, y := build(autograd.Context{})
	for _, n := range []*node{x, z, y, vector(1), nil} {
		if got := n.Made(); got != "" {
			t.Errorf("%v was made at %s", n, got)
		}
	}
	x, z, y = build(autograd.Context{Positions: true})
	var line int
	if _, err := fmt.Sscanf(x.Made(), "nonfinite_test.go:%d", &line); err != nil {
		t.Fatalf("%s: %v", x.Made(), err)
	}
	for n, later := range map[*node]int{z: 2, y: 4, z.Input(0): 2, x.Add(x): 18} {
		if want := fmt.Sprintf("nonfinite_test.go:%d", line+later); n.Made() != want {
			t.Errorf("%v was made at %s, want %s", n, n.Made(), want)
		}
	}
	for _, n := range autograd.Graph(y) {
		if (n.Made() != "") != (n.Op() != nil || n == x) {
			t.Errorf("%v was made at %q", n, n.Made())
		}
	}
	off := autograd.Context{Training: true}.Constant(tensor.New(1, 2)).Add(x)
	if c := off.Context(); !c.Positions || !c.Training || off.Made() == "" {
		t.Errorf("a result has the context %+v of its inputs, and was made at %q", c, off.Made())
	}
	grad := autograd.Grad(y.Sum(), z)[0]
	if !strings.HasPrefix(grad.Made(), "nonfinite_test.go:") {
		t.Errorf("a gradient was made at %s", grad.Made())
	}
	faults := trace.NonFinite(y)
	want := fmt.Sprintf("], made at nonfinite_test.go:%d, gives ", line+4)
	if len(faults) == 0 || !strings.Contains(faults[0].String(), want) {
		t.Errorf("got %v, want %s", faults, want)
	}
}
