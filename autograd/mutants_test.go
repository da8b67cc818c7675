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

// The tests of the rules are tested: what is wrong in a rule, be it little, is found. Mutants of the source are in
// internal/mutate.

// A mutantOp is an operation whose rule is changed.
type mutantOp struct {
	autograd.Op
	vjp func(op autograd.Op, y *node, i int, dy *node) *node
}

func (m mutantOp) VJP(y *node, i int, dy *node) *node { return m.vjp(m.Op, y, i, dy) }

func (m mutantOp) Broadcasts() bool {
	b, ok := m.Op.(autograd.Broadcaster)
	return ok && b.Broadcasts()
}

// ruleMutants returns wrong rules of the operation that made y, by what is wrong.
func ruleMutants(y *node) map[string]mutantOp {
	all := map[string]mutantOp{}
	for k := range y.NumInputs() {
		for what, factor := range map[string]float64{"sign turned": -1, "1.001 times": 1.001} {
			all[fmt.Sprintf("input %d: %s", k, what)] = mutantOp{y.Op(), func(op autograd.Op, y *node, i int, dy *node) *node {
				dx := op.VJP(y, i, dy)
				if i != k || dx == nil {
					return dx
				}
				return dx.Scale(factor)
			}}
		}
		for l := range k {
			if tensor.SameShape(y.Input(l).Value(), y.Input(k).Value()) {
				all[fmt.Sprintf("inputs %d and %d swapped", l, k)] = mutantOp{y.Op(), func(op autograd.Op, y *node, i int, dy *node) *node {
					switch i {
					case k:
						i = l
					case l:
						i = k
					}
					return op.VJP(y, i, dy)
				}}
			}
		}
	}
	return all
}

// Each rule with its sign turned, a thousandth too large, or that of another input, is refused, in a few
// of the cases where this gives another gradient.
func TestRuleMutants(t *testing.T) {
	t.Parallel()
	made, tried, each := 0, map[string]int{}, 3
	if testing.Short() {
		each = 1
	}
	for _, c := range allOps() {
		y := c.f(variables(c.xs)...)
		if y.Op() == nil || !y.NeedsGrad() {
			continue
		}
		for what, m := range ruleMutants(y) {
			f := func(xs ...*node) *node {
				return autograd.Apply(m, inputsOf(c.f(xs...))...)
			}
			name := opName(c) + what
			if tried[name] == each || !differ(gradcheck.Gradient(c.f), gradcheck.Gradient(f), c.xs) {
				continue
			}
			made++
			tried[name]++
			if err := gradcheck.Check(f, c.xs...); !errors.Is(err, gradcheck.ErrWrong) {
				t.Errorf("%s: %s: %v", c.name, what, err)
			}
		}
	}
	t.Logf("%d mutants, %d of them different", made, len(tried))
	if made < 100 {
		t.Error("they are fewer than 100")
	}
}

// differ reports whether f and g differ at xs by more than rounding.
func differ(f, g gradcheck.Func, xs []*tensor.Tensor) bool {
	u, v := f(variables(xs)...).Value().Data(), g(variables(xs)...).Value().Data()
	d, size := 0.0, 0.0
	for i := range u {
		d, size = max(d, math.Abs(u[i]-v[i])), max(size, math.Abs(u[i]))
	}
	return d > 1e-8*size
}
