package autograd_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

func rows(r ...[]float64) *node { return autograd.Variable(tensor.Rows(r)) }

// The determinant of a singular matrix is 0. Its gradient is the matrix of cofactors, which is finite.
func TestDetOfSingularMatrices(t *testing.T) {
	for _, c := range []struct {
		name      string
		a         *node
		cofactors []float64
	}{
		{"rank 1 of 2", rows([]float64{1, 2}, []float64{2, 4}), []float64{4, -2, -2, 1}},
		{"rank 0 of 2", rows([]float64{0, 0}, []float64{0, 0}), []float64{0, 0, 0, 0}},
		{"rank 0 of 1", rows([]float64{0}), []float64{1}},
		{"rank 2 of 3", rows([]float64{1, 2, 3}, []float64{4, 5, 6}, []float64{7, 8, 9}), []float64{-3, 6, -3, 6, -12, 6, -3, 6, -3}},
		{"rank 1 of 2, zeros on the diagonal", rows([]float64{0, 1}, []float64{0, 0}), []float64{0, 0, -1, 0}},
		{"rank 1 of 3", rows([]float64{1, 2, 3}, []float64{2, 4, 6}, []float64{3, 6, 9}), make([]float64, 9)},
	} {
		det := c.a.Det()
		if v := det.Value().Item(); !(math.Abs(v) <= 1e-14) {
			t.Errorf("%s: determinant %v", c.name, v)
		}
		got := autograd.Backward(det).Of(c.a)
		if want := tensor.FromSlice(c.cofactors, got.Shape()...); !tensor.AllClose(got, want, 1e-14, 1e-14) {
			t.Errorf("%s: cofactors %v, want %v", c.name, got, want)
		}
	}
	// ∂²det/∂a₀₀∂a₁₁ = 1 and ∂²det/∂a₀₁∂a₁₀ = −1, for any 2 × 2 matrix.
	h := autograd.Hessian(func(xs ...*node) *node { return xs[0].Det() }, tensor.Rows([][]float64{{1, 2}, {2, 4}}))[0][0].Reshape(4, 4)
	want := tensor.Rows([][]float64{{0, 0, 0, 1}, {0, 0, -1, 0}, {0, -1, 0, 0}, {1, 0, 0, 0}})
	if !tensor.AllClose(h, want, 0, 1e-14) {
		t.Errorf("Hessian of a singular matrix: %v", h)
	}
}

// Determinants and their derivatives neither overflow nor underflow on the way.
func TestDetOfLargeAndSmallNumbers(t *testing.T) {
	t.Parallel()
	const large, small = 0x1p700, 0x1p-700
	det := func(xs ...*node) *node { return xs[0].DiagEmbed(0, 0, 1).Det() }
	ones, twos := map[float64]float64{large: 1}, map[float64]float64{small: 2}
	for _, d := range [][]float64{{large, large, small, small}, {small, small, large, large}, {small, large, small, large}} {
		y, grads := autograd.ValueAndGrad(det, vector(d...))
		expect(t, "determinant", y, 1)
		expect(t, "gradient", grads[0], 1/d[0], 1/d[1], 1/d[2], 1/d[3])
		h := autograd.HVP(det, []*tensor.Tensor{vector(d...)}, []*tensor.Tensor{vector(ones[d[0]], ones[d[1]], ones[d[2]], ones[d[3]])})
		expect(t, "second derivatives", h[0], twos[d[0]], twos[d[1]], twos[d[2]], twos[d[3]])
	}
	blocks := make([]float64, 800) // the product of the first half is 2⁻¹²⁰⁰
	for i := range blocks {
		blocks[i] = 0.125
		if i >= 400 {
			blocks[i] = 8
		}
	}
	expect(t, "of many pivots", det(variable(blocks...)).Value(), 1)
}

// Derivatives that need the inverse of a singular matrix are not finite, but do not panic.
func TestDerivativesOfSingularMatrices(t *testing.T) {
	a := rows([]float64{1, 2}, []float64{2, 4})
	_, logAbs := a.SlogDet()
	first := autograd.Grad(a.Det(), a)[0]
	second := autograd.Grad(first.Square().Sum(), a)[0]
	for name, y := range map[string]*node{"SlogDet": logAbs, "third": second.Sum()} {
		if dx := autograd.Backward(y).Of(a).Data(); slices.ContainsFunc(dx, func(v float64) bool { return v-v == 0 }) {
			t.Errorf("%s: %v", name, dx)
		}
	}
}

func TestLinearAlgebraValues(t *testing.T) {
	a := rows([]float64{4, 2}, []float64{2, 5})
	expect(t, "Det", a.Det().Value(), 16)
	expect(t, "Cholesky", a.Cholesky().Value().Reshape(4), 2, 0, 1, 2)
	sign, logAbs := rows([]float64{0, 1e200}, []float64{1e200, 0}).SlogDet()
	expect(t, "sign", sign.Value(), -1)
	expectNearly(t, "log|det| that overflows", logAbs.Value().Data(), []float64{921.0340371976183})
	sign, logAbs = rows([]float64{1, 2}, []float64{2, 4}).SlogDet()
	expect(t, "sign of a singular matrix", sign.Value(), 0)
	expectNearly(t, "its logarithm", logAbs.Value().Data(), []float64{-inf})
	sign, logAbs = autograd.Constant(tensor.FromSlice([]float64{nan, 1, 0, 1, -2, 0, 0, 0, 1, 2, 0, 0}, 3, 2, 2)).SlogDet()
	expectNearly(t, "signs of NaN, −0 and 0", sign.Value().Data(), []float64{nan, 0, 0})
	expectNearly(t, "logarithms of these", logAbs.Value().Data(), []float64{nan, -inf, -inf})
	expectNearly(t, "logarithm of a negative determinant", rows([]float64{-1}).LogDet().Value().Data(), []float64{nan})
	expect(t, "0 × 0", autograd.Constant(tensor.New(2, 0, 0)).Det().Value(), 1, 1)
	expect(t, "a pivot that is 0", rows([]float64{0, 1}, []float64{2, 0}).Solve(autograd.Constant(vector(3, 4))).Value(), 2, 3)
	later := rows([]float64{1, 1, 0}, []float64{1, 1, 1}, []float64{0, 1, 1}) // the second pivot is 0
	expect(t, "a later pivot that is 0", later.Solve(autograd.Constant(vector(3, 6, 5))).Value(), 1, 2, 3)
	expect(t, "its determinant", later.Det().Value(), -1)
	if v := rows([]float64{nan, 1}, []float64{2, 0}).Det().Value().Item(); v == v {
		t.Errorf("Det of NaN is %v", v)
	}
	if v := rows([]float64{0, 1}, []float64{nan, 1}).Det().Value().Item(); v == v {
		t.Errorf("Det of NaN below 0 is %v", v)
	}
	expectNearly(t, "Det where nothing needs to be swapped", rows([]float64{0, 0}, []float64{0, 0}).Det().Value().Data(), []float64{0})
	expect(t, "Det of a stack of stacks", autograd.Constant(tensor.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 3, 2, 1, 1)).Det().Value().Reshape(6), 1, 2, 3, 4, 5, 6)
	unit, large := autograd.Variable(tensor.Rows([][]float64{{1, 0}, {.5, 1}})), autograd.Constant(tensor.Full(1e200, 2, 1))
	solved := unit.SolveTriangular(large, false, true, true).Mul(large).Sum()
	expect(t, "a diagonal that does not count", autograd.Backward(solved).Of(unit).Reshape(4), 0, 0, -inf, 0)
	squares := autograd.Variable(tensor.FromSlice([]float64{4, 16}, 1, 2, 1, 1))
	expect(t, "by a stack of stacks", autograd.Backward(squares.Cholesky().Sum()).Of(squares).Reshape(2), .25, .125) // ½/√a

	// Nothing is rounded where the numbers and the multipliers are whole.
	whole := rows([]float64{1, 3}, []float64{1, 9})
	expect(t, "Det of whole numbers", whole.Det().Value(), 6)
	_, logAbs = whole.SlogDet()
	expect(t, "its logarithm", logAbs.Value(), number(6).Log().Value().Item())
	a = rows([]float64{1, 12}, []float64{12, 145}) // l·lᵀ with l = (1 0, 12 1)
	logDet := autograd.Einsum("ii->i", a.Cholesky()).Log().Sum().Scale(2)
	expect(t, "∂ log det a/∂a = a⁻¹ by Cholesky", autograd.Backward(logDet).Of(a).Reshape(4), 145, -12, -12, 1)
}

// Third derivatives of s·det a, where ∂²det a/∂a₀₀∂a = (0 0 0, 0 a₂₂ −a₂₁, 0 −a₁₂ a₁₁).
func TestThirdDerivativesOfDet(t *testing.T) {
	a, s := rows([]float64{4, 1, 0}, []float64{0, 3, 5}, []float64{7, 6, 4}), autograd.Variable(tensor.Scalar(3))
	at := func(x *node, i, j int) *node { return x.Slice(0, i, i+1).Slice(1, j, j+1).Sum() }
	near := func(what string, got *node, want ...float64) {
		t.Helper()
		if want := tensor.FromSlice(want, got.Shape()...); !tensor.AllClose(got.Value(), want, 1e-14, 1e-14) {
			t.Errorf("%s: got %v, want %v", what, got.Value(), want)
		}
	}
	second := autograd.Grad(at(autograd.Grad(a.Det().Mul(s), a)[0], 0, 0), a)[0]
	near("second", second, 0, 0, 0, 0, 12, -18, 0, -15, 9)
	third := autograd.Grad(at(second, 2, 1), a, s)
	near("by a", third[0], 0, 0, 0, 0, 0, -3, 0, 0, 0)
	near("by s", third[1], -5)
	e22 := autograd.Constant(tensor.Rows([][]float64{{0, 0, 0}, {0, 0, 0}, {0, 0, 1}}))
	near("in the direction of a₂₂ and s", autograd.JVP(second, []*node{a, s}, []*node{e22, number(1)}), 0, 0, 0, 0, 3+4, -6, 0, -5, 3)
}

func TestEinsumValues(t *testing.T) {
	x := autograd.Constant(tensor.Rows([][]float64{{1, 2}, {3, 4}}))
	expect(t, "trace", autograd.Einsum("ii", x).Value(), 5)
	expect(t, "order without an arrow", autograd.Einsum("ba", x).Value().Reshape(4), 1, 3, 2, 4)
	expect(t, "the last letters", autograd.Einsum("zZ->Zz", x).Value().Reshape(4), 1, 3, 2, 4)
	expect(t, "an ellipsis twice, without an arrow", autograd.Einsum("...i,...i", x, x).Value(), 5, 25)
	expect(t, "a diagonal around an axis", autograd.Einsum("iji->ij", autograd.Constant(tensor.Arange(12).Reshape(2, 3, 2))).Value().Reshape(6), 0, 2, 4, 7, 9, 11)
	if autograd.Einsum("ij->ij", x) != x {
		t.Error("an equation that changes nothing makes a node")
	}
	if z := autograd.Einsum("ij,jk->ik", x, x); z.NumInputs() != 2 || z.Input(0) != x || z.Input(1) != x {
		t.Errorf("the product of matrices is %v, whose inputs are not just these", z)
	}
	u, v := variable(1), variable(inf)
	none := autograd.VJP(autograd.Einsum("i,j->ij", u, v), autograd.Constant(tensor.New(1, 1)), u)
	expect(t, "no gradient of an outer product, times ∞", none[0].Value(), 0)
	expect(t, "cross", autograd.Constant(vector(1, 0, 0)).Cross(autograd.Constant(vector(0, 1, 0)), 0).Value(), 0, 0, 1)
}

// The order of an einsum's products is told by what is multiplied last.
func TestEinsumOrder(t *testing.T) {
	t.Parallel()
	length := map[rune]int{'n': 20, 'i': 10, 'j': 9, 'k': 2, 'm': 2, 'a': 20, 'b': 20, 'c': 2, 'd': 19}
	for _, c := range []struct {
		equation, reason string
		last             []int // lengths of the last product's operands
	}{
		{"ni,nj,ij->n", "all take nij multiplications: the smallest product", []int{20 * 9, 20 * 9}},
		{"nj,ij,ni->n", "wherever it is", []int{20 * 9, 20 * 9}},
		{"ni,ij,j->n", "a matrix and a vector, not two matrices", []int{20 * 10, 10}},
		{"ab,bc,cd->ad", "bc,cd takes fewest multiplications, but its product is large", []int{20 * 2, 2 * 19}},
		{"k,kj,jm,m->", "k and m have no index in common", []int{2, 2}},
	} {
		terms, _, _ := strings.Cut(c.equation, "->")
		var xs []*node
		for _, term := range strings.Split(terms, ",") {
			var shape []int
			for _, l := range term {
				shape = append(shape, length[l])
			}
			xs = append(xs, autograd.Constant(tensor.New(shape...)))
		}
		var got []int
		for z := autograd.Einsum(c.equation, xs...); len(got) == 0; z = z.Input(0) {
			if z.NumInputs() == 2 {
				got = []int{z.Input(0).Value().Len(), z.Input(1).Value().Len()}
			}
		}
		if !slices.Equal(got, c.last) {
			t.Errorf("%s, %s: last come %v elements, not %v", c.equation, c.reason, got, c.last)
		}
	}
	u, v, w := variable(1, 2), variable(3, 4), variable(5, 6)
	if z := autograd.Einsum("i,i,i->", u, v, w); z.Input(0).Input(1).Input(0) != w {
		t.Errorf("of equal products the first is not the first: %v", z)
	}
}

// The halves of subnormal numbers are rounded before they are added, also where a processor can do both
// at once.
func TestCholeskyOfSubnormals(t *testing.T) {
	t.Parallel()
	const least = math.SmallestNonzeroFloat64
	for _, x := range []*node{rows([]float64{1, 2 * least}, []float64{least, 1}), rows([]float64{1, least}, []float64{2 * least, 1})} {
		if got := x.Cholesky().Value().At(1, 0); got != least {
			t.Errorf("the half of %v and its transpose is %v, not %v", x.Value(), got, least)
		}
	}
}

func TestLinearAlgebraPanics(t *testing.T) {
	square, wide, v := rows([]float64{1, 2}, []float64{2, 4}), autograd.Variable(tensor.New(2, 3)), variable(1, 2)
	stack := autograd.Variable(tensor.New(3, 2, 2))
	for want, f := range map[string]func(){
		"autograd: Solve: the matrix is singular: pivot 1 is 0":                                                                                  func() { square.Solve(v) },
		"autograd: Inverse: matrix 0, of shape [3 2 2], is singular: pivot 0 is 0":                                                               func() { stack.Inverse() },
		"autograd: Det: needs square matrices […, n, n]; got shape [2 3]":                                                                        func() { wide.Det() },
		"autograd: Solve: matrices of shape [2 2] do not fit a right-hand side of shape [3 1]":                                                   func() { square.Solve(autograd.Constant(tensor.New(3, 1))) },
		"autograd: SolveTriangular: matrices of shape [2 2] do not fit a right-hand side of shape [1 3]":                                         func() { square.SolveTriangular(autograd.Constant(tensor.New(1, 3)), true, false, false) },
		"autograd: SolveTriangular: matrices of shape [2 2] do not fit a right-hand side of shape [2]":                                           func() { square.SolveTriangular(v, true, false, false) },
		"autograd: SolveTriangular: the leading axes do not broadcast: [3 2 2] and [4 1 2]":                                                      func() { stack.SolveTriangular(autograd.Constant(tensor.New(4, 1, 2)), true, false, false) },
		"autograd: Cholesky: the matrix is not positive definite: the square of pivot 1 is 0":                                                    func() { square.Cholesky() },
		"autograd: Dot: the vectors have 2 and 3 elements; they need equally many":                                                               func() { v.Dot(variable(1, 2, 3)) },
		"autograd: Outer: input 0 has shape [2 2]; it must be a vector":                                                                          func() { square.Outer(v) },
		"autograd: MatVec: needs a matrix [m, k] and a vector [k]; got [2 3] and [2]":                                                            func() { wide.MatVec(v) },
		"autograd: TensorDot: axis 1 of [2 3] and axis 0 of [2] differ":                                                                          func() { wide.TensorDot(v, []int{1}, []int{0}) },
		"autograd: Cross: shapes [2] and [2] need an axis of length 3 in the same place; axis -1 is not one":                                     func() { v.Cross(v, -1) },
		`autograd: Einsum: "ij,jk": 2 terms for 1 operands`:                                                                                      func() { autograd.Einsum("ij,jk", wide) },
		`autograd: Einsum: "ijk": term "ijk" has 3 letters, but operand 0 has shape [2 3]`:                                                       func() { autograd.Einsum("ijk", wide) },
		`autograd: Einsum: "ij,jk": j has length 3 in an operand, and 2 in operand 1, of shape [2 3]`:                                            func() { autograd.Einsum("ij,jk", wide, wide) },
		`autograd: Einsum: "ij->ik": k is after the arrow, but in no term before it`:                                                             func() { autograd.Einsum("ij->ik", wide) },
		`autograd: Einsum: "ij->ii": i occurs twice after the arrow`:                                                                             func() { autograd.Einsum("ij->ii", wide) },
		`autograd: Einsum: "i1": '1' in "i1" is not a letter; an equation has letters, commas, at most one ->, and in each term at most one ...`: func() { autograd.Einsum("i1", wide) },
		`autograd: Einsum: "ié": 'é' in "ié" is not a letter; an equation has letters, commas, at most one ->, and in each term at most one ...`: func() { autograd.Einsum("ié", wide) },
		`autograd: Einsum: "ii": i has length 2 and 3 in operand 0, of shape [2 3]`:                                                              func() { autograd.Einsum("ii", wide) },
	} {
		mustPanic(t, want, f)
	}
}

// The gradient by a matrix that a stack of matrices is multiplied by is one product of all rows.
func TestStackByMatrix(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for _, stack := range [][]int{{0}, {1}, {2, 3}} {
		random := func(shape ...int) *tensor.Tensor { return tensor.New(shape...).Normal(rng, 0, 1) }
		x, w := autograd.Constant(random(append(stack, 4, 5)...)), autograd.Variable(random(5, 6))
		wt := autograd.Variable(new(tensor.Tensor).Transpose(w.Value()))
		seed := random(append(stack, 4, 6)...)
		rows := len(x.Value().Data()) / 5
		want := new(tensor.Tensor).MatMulTN(x.Value().Reshape(rows, 5), seed.Reshape(rows, 6))
		dy := autograd.Constant(seed)
		if got := autograd.VJP(x.MatMul(w), dy, w)[0].Value(); !sameBits(got, want) {
			t.Errorf("MatMul of %v:\n%v\nwant\n%v", stack, got, want)
		}
		if got := autograd.VJP(x.MatMulNT(wt), dy, wt)[0].Transpose().Value(); !sameBits(got, want) {
			t.Errorf("MatMulNT of %v:\n%v\nwant\n%v", stack, got, want)
		}
	}
}

// Matrices that broadcasting repeats are factored once each, and their solutions are in their places.
func TestSolveOfRepeatedMatrices(t *testing.T) {
	t.Parallel()
	a, b := autograd.Constant(tensor.New(2, 1, 3, 1, 1)), autograd.Constant(tensor.New(4, 1, 2, 3, 1, 2))
	for i, data := range [][]float64{a.Value().Data(), b.Value().Data()} {
		for k := range data {
			data[k] = float64(k + i + 1)
		}
	}
	if x := a.Solve(b).Value(); !tensor.AllClose(x, b.Div(a).Value(), 0, 0) {
		t.Errorf("x = %v", x)
	}
	if !autograd.FactoredOnce(a.Value(), b.Value()) {
		t.Error("a matrix is factored again")
	}
}

// Triangles by all diagonals, even those far outside the matrix.
func TestTriangles(t *testing.T) {
	t.Parallel()
	for rows := range 5 {
		for columns := range 5 {
			x := tensor.New(2, rows, columns)
			for i := range x.Data() {
				x.Data()[i] = float64(i + 1)
			}
			for _, k := range []int{math.MinInt, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, math.MaxInt} {
				lower, upper := tensor.New(x.Shape()...), tensor.New(x.Shape()...)
				for n, v := range x.Data() {
					switch d := n%columns - n/columns%rows; {
					case d < k:
						lower.Data()[n] = v
					case d == k:
						lower.Data()[n], upper.Data()[n] = v, v
					default:
						upper.Data()[n] = v
					}
				}
				got := autograd.Constant(x)
				if l, u := got.Tril(k).Value(), got.Triu(k).Value(); !sameBits(l, lower) || !sameBits(u, upper) {
					t.Errorf("%d × %d, diagonal %d: %v and %v", rows, columns, k, l, u)
				}
			}
		}
	}
}
