package autograd_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// tangents returns a direction for each input, which depends on k.
func tangents(xs []*tensor.Tensor, k int) []*node {
	vs := make([]*node, len(xs))
	for i, x := range xs {
		v := new(tensor.Tensor).Like(x)
		for j := range v.Data() {
			v.Data()[j] = 1 - float64((j+i+k)%5)/2.5
		}
		vs[i] = autograd.Constant(v)
	}
	return vs
}

// Forward mode gives the derivative in a direction: it agrees with the numerical one and, transposed,
// with reverse mode, on the heap and by a plan.
func TestForwardMode(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		xs, vs := variables(c.xs), tangents(c.xs, 0)
		y := c.f(xs...)
		dy := autograd.JVP(y, xs, vs)
		if err := checkJVP(c.f, c.xs, vs, dy.Value()); err != nil {
			t.Error(err)
		}
		u := autograd.Constant(cotangent(y.Value()))
		var scale, transposed float64
		for i, g := range autograd.VJP(y, u, xs...) {
			for j, v := range g.Value().Data() {
				transposed += v * vs[i].Value().Data()[j]
				scale += math.Abs(v * vs[i].Value().Data()[j])
			}
		}
		product := dy.Mul(u).Sum().Value().Item()
		if !(math.Abs(product-transposed) <= 1e-14*scale) {
			t.Errorf("⟨u, Jv⟩ = %v, ⟨Jᵀu, v⟩ = %v", product, transposed)
		}
		before := dy.Value().Clone()
		if got := autograd.NewPlan(dy).Forward(); !sameBits(got, before) {
			t.Errorf("plan %v, heap %v", got, before)
		}
	})
}

// checkJVP returns an error if dy is not the numerical derivative of f at xs in the direction vs.
func checkJVP(f gradcheck.Func, xs []*tensor.Tensor, vs []*node, dy *tensor.Tensor) (err error) {
	line := func(ts ...*node) *node { // f on the line x + t·v
		at := make([]*node, len(xs))
		for i, x := range xs {
			at[i] = autograd.Constant(x).Add(ts[0].Mul(vs[i]))
		}
		return f(at...)
	}
	want, bounds, err := gradcheck.Numerical(line, tensor.Scalar(0))
	if err != nil {
		return err
	}
	for i, v := range want[0].Data() {
		if got := dy.Data()[i]; !(math.Abs(got-v) <= bounds[0].Data()[i]) {
			err = errors.Join(err, fmt.Errorf("element %d: %v, numerically %v ± %v", i, got, v, bounds[0].Data()[i]))
		}
	}
	return err
}

// A jvpOfShape is an operation whose JVP has the given shape, which must broadcast to the result's.
type jvpOfShape struct {
	*returning
	shape []int
}

func (op jvpOfShape) JVP(y *node, dx []*node) *node {
	return autograd.Constant(tensor.Full(2, op.shape...))
}

func TestShapeOfJVP(t *testing.T) {
	w := variable(1, 2, 3)
	jvp := func(shape ...int) *node {
		y := autograd.Apply(jvpOfShape{&returning{name: "Shaped"}, shape}, w)
		return autograd.JVP(y, []*node{w}, []*node{variable(1, 1, 1)})
	}
	expect(t, "a number", jvp().Value(), 2, 2, 2)
	for _, shape := range [][]int{{2}, {2, 3}} {
		mustPanic(t, fmt.Sprintf("autograd: Shaped: the JVP has shape %v, the result has [3]", shape), func() { jvp(shape...) })
	}
}

// A forward-mode rule is asked only if an input has a tangent. Without such a rule, the one of reverse
// mode is asked, and nil is zero.
func TestForwardModeOfZeros(t *testing.T) {
	x, w, one := variable(1, 2), variable(3, 4), autograd.Constant(vector(1, 1))
	asked := jvpOfShape{&returning{name: "Asked"}, nil}
	y := autograd.Apply(asked, w).Add(x)
	expect(t, "by x alone", autograd.JVP(y, []*node{x}, []*node{one}).Value(), 1, 1)
	expect(t, "by w", autograd.JVP(y, []*node{w}, []*node{one}).Value(), 2, 2)
	flat := autograd.Apply(&returning{"Flat", func(*node, *node) *node { return nil }}, x)
	expect(t, "a flat function", autograd.JVP(flat, []*node{x}, []*node{one}).Value(), 0, 0)
	free := autograd.Apply(&returning{"Free", func(*node, *node) *node { return one }}, x)
	expect(t, "a rule that forgets dy", autograd.JVP(free, []*node{x}, []*node{one}).Value(), 0, 0)
	mask := variable(1, 0)
	chosen := autograd.Where(mask, one, one).Dot(autograd.Constant(vector(inf, inf)))
	expect(t, "by a mask", autograd.JVP(chosen, []*node{mask}, []*node{one}).Value(), 0)
}

// The gradients of parts of one tensor are added in one node, whose tangent comes from all, one or none
// of them.
func TestForwardModeOfParts(t *testing.T) {
	x := variable(1, 2, 3, 4)
	first, second := x.Slice(0, 0, 2), x.Slice(0, 2, 4)
	for _, tt := range []struct {
		name    string
		loss    *node
		hessian []float64 // its diagonal
	}{
		{"both", first.Square().Sum().Add(second.PowScalar(3).Sum()), []float64{2, 2, 18, 24}},
		{"one", first.Square().Sum().Add(second.Sum()), []float64{2, 2, 0, 0}},
		{"none", first.Sum().Add(second.Sum()).Add(x.Square().Sum()), []float64{2, 2, 2, 2}},
	} {
		g := autograd.Grad(tt.loss, x)[0]
		expect(t, tt.name, autograd.JVP(g, []*node{x}, []*node{variable(1, 1, 1, 1)}).Value(), tt.hessian...)
	}
}

// What forward mode gives can be differentiated.
func TestForwardModeAgain(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		if err := gradcheck.Check(func(xs ...*node) *node { return autograd.JVP(c.f(xs...), xs, tangents(c.xs, 1)) }, c.xs...); err != nil {
			t.Error(err)
		}
	})
}

// A forward-mode rule gives what is derived from the reverse-mode rule, whichever inputs have a tangent.
func TestRuleOfForwardModeEqualsDerivedOne(t *testing.T) {
	rules := 0
	all := forAllOps(t, func(t *testing.T, c opCase) {
		xs, vs := variables(c.xs), tangents(c.xs, 2)
		y := c.f(xs...)
		for i := range y.NumInputs() {
			if i >= len(xs) || y.Input(i) != xs[i] {
				return // c is several operations
			}
		}
		for some := 1; some < 1<<len(xs); some++ {
			dx := make([]*node, y.NumInputs())
			for i := range xs {
				if some>>i&1 == 1 {
					dx[i] = vs[i]
				}
			}
			rule, ok := autograd.RuleJVP(y, dx)
			if !ok {
				return
			}
			rules++
			derived := autograd.DerivedJVP(y, dx)
			got, want := rule.BroadcastTo(y.Shape()...).Value(), derived.Value()
			if !tensor.AllClose(got, want, 1e-14, 1e-15) {
				t.Errorf("tangents %b: the rule gives\n%v\nderived is\n%v", some, got, want)
			}
		}
	})
	if all && rules < 1400 {
		t.Errorf("only %d rules", rules)
	}
}
