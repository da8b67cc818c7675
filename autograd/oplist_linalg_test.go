package autograd_test

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// linalgOps adds linear algebra.
func (l *list) linalgOps() {
	l.vectorProducts()
	l.einsums()
	l.solves()
	l.determinants()
}

func (l *list) vectorProducts() {
	for _, p := range [][2]shape{{{3}, {3}}, {{3}, {3, 2}}, {{1, 3}, {3}}, {{3}, {2, 3, 2}}, {{2, 2, 3}, {3}}, {{0}, {0, 2}}, {{0}, {0}}} {
		l.add("MatMul", binary((*node).MatMul), signed, p[0], p[1])
	}
	for _, n := range []int{0, 1, 4} {
		l.add("Dot", binary((*node).Dot), signed, shape{n}, shape{n})
		l.add("Outer", binary((*node).Outer), signed, shape{n}, shape{2})
		l.add("MatVec", binary((*node).MatVec), signed, shape{2, n}, shape{n})
	}
	for _, p := range [][2]shape{{{3}, {3}}, {{2, 3}, {3}}, {{2, 3}, {2, 1, 3}}, {{}, {2}}, {{2, 0}, {1, 0}}} {
		l.add("Inner", binary((*node).Inner), signed, p[0], p[1])
	}
	for _, c := range []struct {
		x, y         shape
		xAxes, yAxes []int
	}{
		{shape{2, 3}, shape{3, 2}, []int{1}, []int{0}}, {shape{2, 3}, shape{3, 2}, []int{-1, 0}, []int{0, -1}},
		{shape{2}, shape{3}, nil, nil}, {shape{2, 1, 3}, shape{3, 2}, []int{1, 2}, []int{1, 0}}, {shape{0, 2}, shape{0}, []int{0}, []int{0}},
	} {
		dot := func(x, y *node) *node { return x.TensorDot(y, c.xAxes, c.yAxes) }
		l.add(fmt.Sprint("TensorDot", c.xAxes, c.yAxes), binary(dot), signed, c.x, c.y)
	}
	for _, c := range []struct {
		x, y shape
		axis int
	}{{shape{3}, shape{3}, 0}, {shape{2, 3}, shape{2, 3}, 1}, {shape{3, 2}, shape{3, 1}, 0}, {shape{2, 3}, shape{3}, -1}, {shape{0, 3}, shape{3}, 1}} {
		l.add(fmt.Sprintf("Cross(%d)", c.axis), binary(func(x, y *node) *node { return x.Cross(y, c.axis) }), signed, c.x, c.y)
	}
}

func (l *list) einsums() {
	for _, c := range []struct {
		equation string
		shapes   []shape
	}{
		{"i->", []shape{{3}}}, {"ii", []shape{{3, 3}}}, {"iji->j", []shape{{2, 3, 2}}}, {"ij->ji", []shape{{2, 3}}},
		{"i,i->i", []shape{{3}, {3}}}, {"ij,jk", []shape{{2, 3}, {3, 2}}}, {"bij,bjk->bki", []shape{{2, 1, 3}, {2, 3, 2}}},
		{"ij,k->ijk", []shape{{2, 2}, {2}}}, {"ij,kl->j", []shape{{2, 2}, {2, 2}}}, {"ik,k,jk->ij", []shape{{2, 3}, {3}, {2, 3}}},
		{"...i,i...->...", []shape{{2, 3}, {3, 1}}}, {"aab,b...c->ac", []shape{{2, 2, 1}, {3, 2, 2}}}, {"ij,jk->ik", []shape{{0, 2}, {2, 0}}},
		{"...,...", []shape{{2}, {}}}, {"i,i,i->", []shape{{3}, {3}, {1}}}, {"ij, Ab -> ijAb", []shape{{1, 2}, {2, 2}}},
	} {
		einsum := func(xs ...*node) *node { return autograd.Einsum(c.equation, xs...) }
		l.add("Einsum("+c.equation+")", einsum, signed, c.shapes...)
	}
}

// addRegular is add for functions of regular, well-conditioned matrices: 8 is added to the diagonal of
// the first input, so that no step of a numerical derivative makes it singular.
func (l *list) addRegular(name string, f func(xs ...*node) *node, shapes ...shape) {
	l.add(name, f, signed, shapes...)
	a := (*l)[len(*l)-1].xs[0]
	for i := range a.Data() {
		if n := a.Dim(-1); i/n%n == i%n {
			a.Data()[i] += 8
		}
	}
}

func (l *list) solves() {
	for _, s := range [][2]shape{
		{{2, 2}, {2, 3}}, {{3, 3}, {3}}, {{2, 2, 2}, {2, 2}}, {{2, 2, 2}, {2, 1}}, {{2, 2}, {2, 2, 1}}, {{2, 1, 1, 1}, {2, 1, 1}},
		{{0, 0}, {0, 2}}, {{0, 2, 2}, {2, 1}}, {{2, 2}, {2, 0}},
	} {
		l.addRegular("Solve", binary((*node).Solve), s[0], s[1])
	}
	for i, s := range [][2]shape{
		{{3, 3}, {3, 2}}, {{2, 2}, {2, 2}}, {{2, 2}, {2, 2}}, {{2, 2, 2}, {2, 2}}, {{2, 2}, {2, 2, 2}}, {{1, 2, 2}, {2, 2, 2}}, {{0, 0}, {0, 0}}, {{1, 1}, {1, 1}},
	} {
		upper, left, unit := i&1 == 1, i&2 == 0, i&4 == 4
		triangular := func(a, b *node) *node { return a.SolveTriangular(b, upper, left, unit) }
		l.addRegular(fmt.Sprintf("SolveTriangular(%v,%v,%v)", upper, left, unit), binary(triangular), s[0], s[1])
	}
	for _, s := range []shape{{1, 1}, {3, 3}, {2, 2, 2}, {0, 0}, {0, 2, 2}} {
		l.addRegular("Inverse", unary((*node).Inverse), s)
		l.addRegular("Cholesky", unary((*node).Cholesky), s)
		squares := func(x *node) *node { return x.MatMulNT(x).Add(autograd.Constant(tensor.Eye(s[len(s)-1]))) } // positive definite for any x
		l.add("Cholesky of squares", unary(func(x *node) *node { return squares(x).Cholesky() }), signed, s)
	}
}

func (l *list) determinants() {
	for _, s := range []shape{{1, 1}, {2, 2}, {3, 3}, {2, 2, 2}, {0, 0}, {2, 0, 0}, {0, 2, 2}} {
		l.add("Det", unary((*node).Det), signed, s)
		l.addRegular("LogDet", unary((*node).LogDet), s)
		l.addRegular("SlogDet", unary(func(a *node) *node {
			sign, logAbs := a.Neg().SlogDet()
			return sign.Mul(logAbs)
		}), s)
	}
	l.add("Det", unary((*node).Det), signed, shape{4, 4})
}
