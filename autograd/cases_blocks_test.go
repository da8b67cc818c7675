package autograd_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// expectProduct fails unless x·y is z, up to a few roundings of sums of their lengths.
func expectProduct(t *testing.T, what string, x, y, z *node) {
	t.Helper()
	norm := func(x *node) float64 { return x.Square().Sum().Sqrt().Value().Item() }
	bound := 1e-15 * norm(x) * norm(y)
	if d := tensor.MaxAbsDiff(x.MatMul(y).Value(), z.Value()); !(d <= bound) {
		t.Errorf("%s: a product differs by %v, more than %v", what, d, bound)
	}
}

// Matrices that are taken by halves, once and several times, in parts of several lengths.
func TestLargeMatrices(t *testing.T) {
	t.Parallel()
	for _, n := range []int{49, 97, 230} {
		rng := rand.New(rand.NewPCG(uint64(n), 0))
		draw := func(columns int) *node { return autograd.Variable(tensor.New(n, columns).Normal(rng, 0, 1)) }
		a, b, one := draw(n), draw(70), autograd.Constant(tensor.Eye(n))
		x := a.Solve(b)
		expectProduct(t, "Solve", a, x, b)
		expectProduct(t, "Inverse", a, a.Inverse(), one)
		inverse := autograd.Grad(a.Det(), a)[0].Div(a.Det()).SwapAxes(0, 1) // ∂(det a)/∂a = det a · a⁻ᵀ
		expectProduct(t, "the gradient of Det", a, inverse, one)
		dx := draw(70)
		expectProduct(t, "transposed Solve", a.SwapAxes(0, 1), autograd.VJP(x, dx, b)[0], dx)

		s := a.MatMulNT(a).Add(one)
		l := s.Cholesky()
		expectProduct(t, "Cholesky", l, l.SwapAxes(0, 1), s)
		if !tensor.Equal(l.Value(), l.Tril(0).Value()) {
			t.Errorf("Cholesky of %d rows is no lower triangle", n)
		}
		again := a.MatMulNT(a).Add(one).Cholesky()
		plan := autograd.NewPlan(again)
		for range 2 {
			if plan.Forward(); !tensor.Equal(again.Value(), l.Value()) {
				t.Errorf("Cholesky of %d rows differs in a plan", n)
			}
		}
		expectNearly(t, "LogDet and Cholesky", s.LogDet().Value().Data(), l.Diagonal(0, 0, 1).Log().Sum().Scale(2).Value().Data())

		for i := range 8 {
			upper, left, unit := i&1 == 1, i&2 == 0, i&4 == 4
			part := (*node).Tril
			if upper {
				part = (*node).Triu
			}
			well := a.Scale(.01).Add(one)
			triangle, b := part(well, 0), b
			if unit {
				triangle = triangle.Sub(triangle.Mul(one)).Add(one)
			}
			if !left {
				triangle, b = triangle.SwapAxes(0, 1), b.SwapAxes(0, 1)
			}
			x := well.SolveTriangular(b, upper, left, unit)
			if !left {
				x, b = x.SwapAxes(0, 1), b.SwapAxes(0, 1)
			}
			expectProduct(t, fmt.Sprint("SolveTriangular of ", n, upper, left, unit), triangle, x, b)
		}
	}
}

// What is wrong with a large matrix is found in all of its parts, and said of the matrix.
func TestLargeMatricesThatFail(t *testing.T) {
	t.Parallel()
	for _, pivot := range []int{0, 24, 47, 48, 70, 99} {
		diagonal := func(v float64) *node {
			a := tensor.Eye(100)
			a.SetAt(v, pivot, pivot)
			return autograd.Constant(a)
		}
		mustPanic(t, fmt.Sprintf("autograd: Inverse: the matrix is singular: pivot %d is 0", pivot), func() { diagonal(0).Inverse() })
		mustPanic(t, fmt.Sprintf("autograd: Cholesky: the matrix is not positive definite: the square of pivot %d is -3", pivot),
			func() { diagonal(-3).Cholesky() })
		expect(t, "Det", diagonal(-3).Det().Value(), -3)
		expect(t, "Det of 0", diagonal(0).Det().Value(), 0)
		singular, cofactors, other := diagonal(0).Value(), tensor.New(100, 100), (pivot+50)%100
		singular.SetAt(1, pivot, other) // this row is that of the other one
		cofactors.SetAt(1, pivot, pivot)
		cofactors.SetAt(-1, other, pivot)
		x := autograd.Variable(singular)
		if got := autograd.Grad(x.Det(), x)[0].Value(); !tensor.Equal(got, cofactors) {
			t.Errorf("the gradient of Det at a matrix whose rows %d and %d are the same is %v", pivot, other, got)
		}
		for name, y := range map[string]*node{"Inverse": diagonal(nan).Inverse(), "Cholesky": diagonal(nan).Cholesky(), "Det": diagonal(nan).Det()} {
			if !slices.ContainsFunc(y.Value().Data(), func(v float64) bool { return v != v }) {
				t.Errorf("%s loses NaN of row %d", name, pivot)
			}
		}
	}
}
