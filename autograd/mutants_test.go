package autograd_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// These tests test the tests of the rules: a rule that is even slightly wrong is refused. Mutants of the
// source are in internal/mutate.

// A fault is an error in a rule: the results for inputs k and l are swapped, unless k = l, and that for k
// is multiplied by a factor.
type fault struct {
	name   string
	k, l   int
	factor float64
}

// faults returns the faults that the rule of y's operation may have.
func faults(y *node) (all []fault) {
	for k := range y.NumInputs() {
		all = append(all,
			fault{fmt.Sprintf("input %d: sign turned", k), k, k, -1},
			fault{fmt.Sprintf("input %d: 1.001 times", k), k, k, 1.001})
		for l := range k {
			if tensor.SameShape(y.Input(l).Value(), y.Input(k).Value()) {
				all = append(all, fault{fmt.Sprintf("inputs %d and %d swapped", l, k), k, l, 1})
			}
		}
	}
	return all
}

// A wrongVJP is an operation with a fault in its rule.
type wrongVJP struct {
	autograd.Op
	fault
}

func (op wrongVJP) VJP(y *node, i int, dy *node) *node {
	from := i
	switch i {
	case op.k:
		from = op.l
	case op.l:
		from = op.k
	}
	dx := op.Op.VJP(y, from, dy)
	if i != op.k || dx == nil {
		return dx
	}
	return dx.Scale(op.factor)
}

func (op wrongVJP) Broadcasts() bool {
	b, ok := op.Op.(autograd.Broadcaster)
	return ok && b.Broadcasts()
}

// A wrongJVP is an operation with a fault in its rule of forward mode, which is linear in the tangents.
type wrongJVP struct {
	autograd.JVPer
	fault
}

func (op wrongJVP) JVP(y *node, dx []*node) *node {
	dx = slices.Clone(dx)
	dx[op.k], dx[op.l] = dx[op.l], dx[op.k]
	if dx[op.k] != nil {
		dx[op.k] = dx[op.k].Scale(op.factor)
	}
	return op.JVPer.JVP(y, dx)
}

func (op wrongJVP) Broadcasts() bool { return wrongVJP{Op: op.JVPer}.Broadcasts() }

// last returns f with its last operation replaced by another.
func last(f gradcheck.Func, op func(op autograd.Op) autograd.Op) gradcheck.Func {
	return func(xs ...*node) *node {
		y := f(xs...)
		return autograd.Apply(op(y.Op()), inputsOf(y)...)
	}
}

// gradcheck refuses each rule with its sign turned, a thousandth too large, or with two inputs swapped,
// in a few of the cases where this changes the gradient; and so does checkJVP each rule of forward mode.
func TestRuleMutants(t *testing.T) {
	t.Parallel()
	if slow() {
		t.Skip("it takes long")
	}
	m := mutants{each: 3, made: map[string]int{}}
	if testing.Short() {
		m.each = 1
	}
	for _, c := range allOps() {
		y := c.f(variables(c.xs)...)
		if y.Op() == nil {
			continue
		}
		for _, fault := range faults(y) {
			m.vjp(t, c, fault)
			if _, ok := y.Op().(autograd.JVPer); ok {
				m.jvp(t, c, fault)
			}
		}
	}
	total := 0
	for _, n := range m.made {
		total += n
	}
	t.Logf("%d mutants, %d of them different", total, len(m.made))
	if len(m.made) < 1400 {
		t.Error("they are fewer than 1,400")
	}
}

// mutants counts mutants by their names.
type mutants struct {
	each int // how many of one name are enough
	made map[string]int
}

func (m *mutants) vjp(t *testing.T, c opCase, wrong fault) {
	f := last(c.f, func(op autograd.Op) autograd.Op { return wrongVJP{op, wrong} })
	gradient := func(f gradcheck.Func) *tensor.Tensor { return gradcheck.Gradient(f)(variables(c.xs)...).Value() }
	name := opName(c) + ", VJP, " + wrong.name
	if m.made[name] == m.each || !differ(gradient(c.f), gradient(f)) {
		return
	}
	m.made[name]++
	if err := gradcheck.Check(f, c.xs...); !errors.Is(err, gradcheck.ErrWrong) {
		t.Errorf("%s, of %s: %v", name, c.name, err)
	}
}

func (m *mutants) jvp(t *testing.T, c opCase, wrong fault) {
	f := last(c.f, func(op autograd.Op) autograd.Op { return wrongJVP{op.(autograd.JVPer), wrong} })
	vs := tangents(c.xs, 3)
	jvp := func(f gradcheck.Func) *tensor.Tensor {
		xs := variables(c.xs)
		return autograd.JVP(f(xs...), xs, vs).Value()
	}
	name := opName(c) + ", JVP, " + wrong.name
	if m.made[name] == m.each || !differ(jvp(c.f), jvp(f)) {
		return
	}
	m.made[name]++
	if checkJVP(c.f, c.xs, vs, jvp(f)) == nil {
		t.Errorf("%s, of %s is not noticed", name, c.name)
	}
}

// differ reports whether x and y differ by more than rounding.
func differ(x, y *tensor.Tensor) bool {
	d, size := 0.0, 0.0
	for i, v := range x.Data() {
		d, size = max(d, math.Abs(v-y.Data()[i])), max(size, math.Abs(v))
	}
	return d > 1e-8*size
}
