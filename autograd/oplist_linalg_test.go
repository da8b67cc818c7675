package autograd_test

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// linalgOps adds linear algebra.
func (l *list) linalgOps() {
	l.products()
	l.einsums()
	for _, s := range []shape{{1, 1}, {3, 3}, {2, 2, 2}, {0, 0}, {0, 2, 2}} {
		l.add("Inverse", unary(func(x *node) *node { return regular(x).Inverse() }), signed, s)
		l.add("Det", unary((*node).Det), signed, s)
		l.add("SlogDet", unary(func(x *node) *node { sign, logAbs := x.SlogDet(); return logAbs.Mul(sign) }), signed, s)
		l.add("LogDet", unary(func(x *node) *node { return regular(x).LogDet() }), signed, s)
		l.add("Cholesky", unary(func(x *node) *node { return regular(x.MatMulNT(x)).Cholesky() }), signed, s)
	}
	solve := binary(func(a, b *node) *node { return regular(a).Solve(b) })
	for _, s := range [][2]shape{
		{{1, 1}, {1}}, {{3, 3}, {3, 2}}, {{2, 2, 2}, {2, 2}}, {{2, 1, 2, 2}, {3, 2, 1}}, {{2, 2}, {2, 0}}, {{0, 0}, {0, 2}}, {{0, 2, 2}, {2, 1}},
	} {
		l.add("Solve", solve, signed, s[0], s[1])
	}
	for _, upper := range []bool{false, true} {
		for _, unit := range []bool{false, true} {
			left := binary(func(a, b *node) *node { return a.SolveTriangular(b, upper, true, unit) })
			right := binary(func(a, b *node) *node { return a.SolveTriangular(b, upper, false, unit) })
			l.add("SolveTriangular left", left, signed, shape{3, 3}, shape{3, 2})
			l.add("SolveTriangular left", left, signed, shape{2, 2, 2}, shape{2, 1})
			l.add("SolveTriangular right", right, signed, shape{2, 2}, shape{3, 2})
		}
	}
}

// regular returns matrices x + 4·1, which are far from singular ones.
func regular(x *node) *node {
	return x.Add(autograd.Constant(tensor.Eye(x.Shape()[len(x.Shape())-1])).Scale(4))
}

func (l *list) products() {
	for _, s := range [][2]shape{{{3}, {3}}, {{0}, {0}}, {{1}, {1}}} {
		l.add("Dot", binary((*node).Dot), signed, s[0], s[1])
		l.add("MatMul of vectors", binary((*node).MatMul), signed, s[0], s[1])
	}
	for _, s := range [][2]shape{{{2}, {2, 3}}, {{3, 2}, {2}}, {{2}, {2, 2, 3}}, {{2, 3, 2}, {2}}} {
		l.add("MatMul of vectors", binary((*node).MatMul), signed, s[0], s[1])
	}
	for _, s := range [][2]shape{{{3}, {2}}, {{1}, {3}}, {{0}, {2}}} {
		l.add("Outer", binary((*node).Outer), signed, s[0], s[1])
	}
	l.add("MatVec", binary((*node).MatVec), signed, shape{2, 3}, shape{3})
	l.add("MatVec", binary((*node).MatVec), signed, shape{2, 0}, shape{0})
	for _, s := range [][2]shape{{{3}, {3}}, {{2, 3}, {3}}, {{2, 2}, {2, 1, 2}}, {{}, {2}}} {
		l.add("Inner", binary((*node).Inner), signed, s[0], s[1])
	}
	dot := func(x, y []int) func(xs ...*node) *node {
		return binary(func(a, b *node) *node { return a.TensorDot(b, x, y) })
	}
	l.add("TensorDot", dot([]int{0, -1}, []int{1, 0}), signed, shape{2, 2, 3}, shape{3, 2})
	l.add("TensorDot none", dot(nil, nil), signed, shape{2}, shape{1, 3})
	l.add("TensorDot repeated", dot([]int{1}, []int{0}), signed, shape{2, 1}, shape{3})
	cross := func(axis int) func(xs ...*node) *node {
		return binary(func(a, b *node) *node { return a.Cross(b, axis) })
	}
	l.add("Cross", cross(0), signed, shape{3}, shape{3})
	l.add("Cross", cross(-1), signed, shape{2, 3}, shape{1, 3})
	l.add("Cross", cross(0), signed, shape{3, 2}, shape{3, 2})
}

func (l *list) einsums() {
	for _, c := range []struct {
		equation string
		shapes   []shape
	}{
		{"i->", []shape{{3}}},
		{"ii->i", []shape{{3, 3}}},
		{"ii", []shape{{3, 3}}},
		{"iji->j", []shape{{2, 3, 2}}},
		{"ij,jk->ik", []shape{{2, 3}, {3, 2}}},
		{"ij, Ab -> ijAb", []shape{{1, 2}, {2, 2}}},
		{"bij,bjk", []shape{{2, 1, 3}, {2, 3, 2}}},
		{"...ij,...j->...i", []shape{{2, 2, 3}, {3}}},
		{"i,i,i->", []shape{{3}, {3}, {1}}},
		{"ij,j,kj->ik", []shape{{2, 2}, {2}, {3, 2}}},
		{"ij->ji", []shape{{0, 2}}},
	} {
		l.add("Einsum "+c.equation, func(xs ...*node) *node { return autograd.Einsum(c.equation, xs...) }, signed, c.shapes...)
	}
}
