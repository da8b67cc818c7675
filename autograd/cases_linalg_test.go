package autograd_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

func rows(r ...[]float64) *node { return autograd.Variable(tensor.Rows(r)) }

// The determinant of a singular matrix is 0, and its gradient the cofactors, which are finite.
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
		{"rank 1 of 3", rows([]float64{1, 2, 3}, []float64{2, 4, 6}, []float64{3, 6, 9}), make([]float64, 9)},
	} {
		det := c.a.Det()
		if v := det.Value().Item(); v > 1e-14 || v < -1e-14 {
			t.Errorf("%s: determinant %v", c.name, v)
		}
		got := autograd.Backward(det).Of(c.a)
		if want := tensor.FromSlice(c.cofactors, got.Shape()...); !tensor.AllClose(got, want, 1e-13, 1e-13) {
			t.Errorf("%s: cofactors %v, want %v", c.name, got, want)
		}
	}
	// ∂²det/∂a₀₀∂a₁₁ = 1 and ∂²det/∂a₀₁∂a₁₀ = −1, of any 2 × 2 matrix.
	h := autograd.Hessian(func(xs ...*node) *node { return xs[0].Det() }, tensor.Rows([][]float64{{1, 2}, {2, 4}}))[0][0].Reshape(4, 4)
	want := tensor.Rows([][]float64{{0, 0, 0, 1}, {0, 0, -1, 0}, {0, -1, 0, 0}, {1, 0, 0, 0}})
	if !tensor.AllClose(h, want, 0, 1e-14) {
		t.Errorf("Hessian of a singular matrix: %v", h)
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
	later := rows([]float64{1, 1, 0}, []float64{1, 1, 1}, []float64{0, 1, 1}) // whose second pivot is 0
	expect(t, "a later pivot that is 0", later.Solve(autograd.Constant(vector(3, 6, 5))).Value(), 1, 2, 3)
	expect(t, "its determinant", later.Det().Value(), -1)
	if v := rows([]float64{nan, 1}, []float64{2, 0}).Det().Value().Item(); v == v {
		t.Errorf("Det of NaN is %v", v)
	}
	v := autograd.Constant(vector(4, 8))
	both := autograd.Constant(tensor.FromSlice([]float64{2, 0, 0, 2, 4, 0, 0, 4}, 2, 2, 2))
	expect(t, "a vector for each matrix", both.Solve(v).Value(), 2, 4, 1, 2)
	divisors := autograd.Constant(tensor.FromSlice([]float64{1, 2, 3, 4, 6, 12}, 2, 3, 1, 1))
	expect(t, "a matrix for all", divisors.Solve(rows([]float64{12})).Value(), 12, 6, 4, 3, 2, 1)
	numbers := counted(2, 3, 2, 1, 1).AddScalar(1)
	expect(t, "a matrix for each", numbers.Solve(numbers.Square()).Value(), numbers.Value().Data()...)
	expect(t, "inner product with a number", v.Inner(number(3)).Value(), 12, 24)
	expect(t, "TensorDot with one that is repeated", v.TensorDot(constant([]float64{2}), []int{0}, []int{0}).Value(), 24)
	x := autograd.Constant(tensor.Rows([][]float64{{1, 2}, {3, 4}}))
	expect(t, "trace", autograd.Einsum("ii", x).Value(), 5)
	expect(t, "order without an arrow", autograd.Einsum("ba", x).Value().Reshape(4), 1, 3, 2, 4)
	expect(t, "cross", autograd.Constant(vector(1, 0, 0)).Cross(autograd.Constant(vector(0, 1, 0)), 0).Value(), 0, 0, 1)
}

func TestLinearAlgebraPanics(t *testing.T) {
	square, wide, v := rows([]float64{1, 2}, []float64{2, 4}), autograd.Variable(tensor.New(2, 3)), variable(1, 2)
	stack := autograd.Variable(tensor.New(3, 2, 2))
	for want, f := range map[string]func(){
		"autograd: Solve: the matrix is singular: pivot 1 is 0":                                                        func() { square.Solve(v) },
		"autograd: Inverse: matrix 0, of shape [3 2 2], is singular: pivot 0 is 0":                                     func() { stack.Inverse() },
		"autograd: Det: needs square matrices […, n, n]; got shape [2 3]":                                              func() { wide.Det() },
		"autograd: Solve: matrices of shape [2 2] do not fit a right side of shape [3 1]":                              func() { square.Solve(autograd.Constant(tensor.New(3, 1))) },
		"autograd: Cholesky: the matrix is not positive definite: the square of pivot 1 is 0":                          func() { square.Cholesky() },
		"autograd: Dot: the vectors have 2 and 3 elements":                                                             func() { v.Dot(variable(1, 2, 3)) },
		"autograd: Outer: input 0 has shape [2 2], it is no vector":                                                    func() { square.Outer(v) },
		"autograd: MatVec: needs a matrix [m, k] and a vector [k]; got [2 3] and [2]":                                  func() { wide.MatVec(v) },
		"autograd: TensorDot: axis 1 of [2 3] and axis 0 of [2] differ":                                                func() { wide.TensorDot(v, []int{1}, []int{0}) },
		"autograd: Cross: shapes [2] and [2] are to have an axis of length 3 in one place; it is not axis -1":          func() { v.Cross(v, -1) },
		`autograd: Einsum: "ij,jk": 2 terms for 1 operands`:                                                            func() { autograd.Einsum("ij,jk", wide) },
		`autograd: Einsum: "ijk": term "ijk" has 3 letters, operand 0 has shape [2 3]`:                                 func() { autograd.Einsum("ijk", wide) },
		`autograd: Einsum: "ij,jk": j has length 3 in an operand, and 2 in operand 1, of shape [2 3]`:                  func() { autograd.Einsum("ij,jk", wide, wide) },
		`autograd: Einsum: "ij->ik": k is behind the arrow, but in no term before it`:                                  func() { autograd.Einsum("ij->ik", wide) },
		`autograd: Einsum: "ij->ii": i is twice behind the arrow`:                                                      func() { autograd.Einsum("ij->ii", wide) },
		`autograd: Einsum: "i1": '1' in "i1" is no letter; there are letters, commas, one -> and in each term one ...`: func() { autograd.Einsum("i1", wide) },
		`autograd: Einsum: "ié": 'é' in "ié" is no letter; there are letters, commas, one -> and in each term one ...`: func() { autograd.Einsum("ié", wide) },
		`autograd: Einsum: "ii": i has length 2 and 3 in operand 0, of shape [2 3]`:                                    func() { autograd.Einsum("ii", wide) },
	} {
		mustPanic(t, want, f)
	}
}
