package autograd_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// These tests run over the list of all operations at values where numbers and slopes are infinite or NaN.

// with returns c's inputs with one element replaced by v.
func (c opCase) with(input, element int, v float64) []*tensor.Tensor {
	xs := slices.Clone(c.xs)
	xs[input] = xs[input].Clone()
	xs[input].Data()[element] = v
	return xs
}

// unlessRefused calls f and reports whether it returned: an operation may refuse values, such as an index
// that is NaN.
func unlessRefused(t *testing.T, f func()) (ok bool) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			e, _ := p.(error)
			var ours *autograd.Error
			var tensors *tensor.Error
			if !errors.As(e, &ours) && !errors.As(e, &tensors) {
				t.Errorf("a panic that is not a typed error: %v", p)
			}
			ok = false
		}
	}()
	f()
	return true
}

// value returns the value of c's function at xs, or nil if it refuses them.
func (c opCase) value(t *testing.T, xs []*tensor.Tensor) (y *tensor.Tensor) {
	unlessRefused(t, func() { y = c.f(variables(xs)...).Value() })
	return y
}

// Exceptions are operations for which a rule does not hold, with the reasons.
type exceptions map[string]string

// hold reports what is wrong, unless the operation is an exception, which is then noted in seen.
func (e exceptions) hold(t *testing.T, c opCase, seen *sync.Map, format string, args ...any) {
	if name := opName(c); e[name] != "" {
		seen.Store(name, true)
	} else {
		t.Errorf(format, args...)
	}
}

// needed fails if the rule holds for an exception.
func (e exceptions) needed(t *testing.T, seen *sync.Map) {
	for name := range e {
		if _, ok := seen.Load(name); !ok {
			t.Errorf("%s is an exception, but the rule holds for it", name)
		}
	}
}

// A NaN reaches all results that depend on the number in its place, and no others.
func TestNaNGoesWhereTheNumberGoes(t *testing.T) {
	compared, product, one := "a comparison with NaN is false", "0 · NaN is NaN", "there is but one number, or but one is not masked"
	but := exceptions{
		"Where": compared, "MaskedFill": compared, "HingeEmbedding": compared, "CosineEmbedding": compared,
		"Sort": "NaN is behind all numbers", "ArgSort": "NaN is behind all numbers", "TopK": "NaN is above all numbers",
		"Prod": product, "CumProd": product, "Conv1D": product, "Conv2D": product,
		"Softmax": one, "Softmin": one, "LogSoftmax": one, "Var": one, "ScaledDotProductAttention": one,
		"Clamp": "where the bounds cross there is but one result",
	}
	var seen sync.Map
	all := forAllOps(t, func(t *testing.T, c opCase) {
		y := c.f(variables(c.xs)...).Value()
		others := []float64{0, 10, -10, 1e6, -1e6}
		for _, x := range c.xs {
			others = append(others, x.Data()...)
		}
		for i, x := range c.xs {
			for k, v := range x.Data() {
				bad := c.f(variables(c.with(i, k, nan))...).Value()
				depends := make([]bool, y.Len())
				for _, w := range append([]float64{v + .01, v - .01}, others...) {
					if z := c.value(t, c.with(i, k, w)); z != nil {
						for e := range depends {
							depends[e] = depends[e] || z.Data()[e] != y.Data()[e]
						}
					}
				}
				for e, b := range bad.Data() {
					if depends[e] != (b != b) || !depends[e] && math.Float64bits(b) != math.Float64bits(y.Data()[e]) {
						but.hold(t, c, &seen, "input %d, element %d is NaN: that result %d depends on it is %v; it was %v and is %v",
							i, k, e, depends[e], y.Data()[e], b)
					}
				}
			}
		}
	})
	if all {
		but.needed(t, &seen)
	}
}

// Where ∂L/∂y is exactly 0, so are the gradients, and the gradients of these, however large the slopes
// are.
func TestZeroTimesInfiniteSlope(t *testing.T) {
	sums := "it sums products, in which 0 · ∞ and 0 · NaN are NaN, as in any matrix product"
	matrix := "its rule has matrix products or quotients of a singular matrix"
	but := exceptions{
		"MatMul": sums, "MatMulNT": sums, "MatMulTN": sums, "Affine": sums, "Dot": sums, "MatVec": sums, "Inner": sums,
		"TensorDot": sums, "Einsum": sums, "Checkpoint": sums, "ScaledDotProductAttention": sums,
		"Conv1D": sums, "Conv2D": sums, "ConvTranspose1D": sums, "ConvTranspose2D": sums,
		"Solve": matrix, "SolveTriangular": matrix, "Inverse": matrix, "Cholesky": matrix, "Det": matrix, "LogDet": matrix, "SlogDet": matrix,
	}
	var seen sync.Map
	all := forAllOps(t, func(t *testing.T, c opCase) {
		zero := func(what string, grads []*node) {
			for i, g := range grads {
				for e, v := range g.Value().Data() {
					if v != 0 {
						but.hold(t, c, &seen, "%s: the gradient of input %d, element %d is %v", what, i, e, v)
					}
				}
			}
		}
		for i, x := range c.xs {
			for k := range x.Data() {
				for _, v := range []float64{0, -1, 1, 2, nan, inf, -inf, 1e300, 1e-320} {
					xs := variables(c.with(i, k, v))
					var y *node
					if !unlessRefused(t, func() { y = c.f(xs...) }) {
						continue
					}
					what := fmt.Sprintf("input %d, element %d is %v", i, k, v)
					grads := autograd.VJP(y, autograd.Constant(new(tensor.Tensor).Like(y.Value()).Fill(0)), xs...)
					zero(what, grads)
					sum := number(0)
					for _, g := range grads {
						sum = sum.Add(g.Sum())
					}
					zero(what+", second derivative", autograd.Grad(sum, xs...))
				}
			}
		}
	})
	if all {
		but.needed(t, &seen)
	}
}
