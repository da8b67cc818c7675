package autograd_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// The tests of this file run over the list of all operations.

func variables(xs []*tensor.Tensor) []*node {
	nodes := make([]*node, len(xs))
	for i, x := range xs {
		nodes[i] = autograd.Variable(x)
	}
	return nodes
}

// slow reports whether the tests take ten times as long as usual: under the race detector, or in an
// emulator with -short.
func slow() bool { return raceEnabled || testing.Short() && runtime.GOARCH != "amd64" }

// forAllOps runs the test on all operations, and reports whether it did: -run may have selected some.
func forAllOps(t *testing.T, test func(t *testing.T, c opCase)) (all bool) {
	t.Parallel()
	cases, run := allOps(), 0
	for i, c := range cases {
		if slow() && i%8 > 0 {
			continue // a part of them
		}
		t.Run(strings.ReplaceAll(c.name, " ", ","), func(t *testing.T) {
			run++
			test(t, c)
		})
	}
	return run == len(cases)
}

// sameBits reports whether x and y have the same shape and the same bits.
func sameBits(x, y *tensor.Tensor) bool {
	if !tensor.SameShape(x, y) {
		return false
	}
	for i, v := range x.Data() {
		if w := y.Data()[i]; math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
			return false
		}
	}
	return true
}

func TestDerivatives(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		if err := gradcheck.Check(c.f, c.xs...); err != nil {
			t.Error(err)
		}
		if err := gradcheck.CheckSecond(c.f, c.xs...); err != nil {
			t.Error("second:", err)
		}
	})
}

func TestThirdDerivatives(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes long")
	}
	done := map[string]bool{}
	forAllOps(t, func(t *testing.T, c opCase) {
		op, _, _ := strings.Cut(c.name, "[[") // with its axes
		if done[op] || !slices.ContainsFunc(c.xs, func(x *tensor.Tensor) bool { return x.Len() > 1 }) {
			return
		}
		done[op] = true // for other shapes, of which some are broadcast, the rules are the same
		if err := gradcheck.CheckSecond(gradcheck.Gradient(c.f), c.xs...); err != nil {
			t.Error(err)
		}
	})
}

// cotangent returns numbers of y's shape, for ∂L/∂y.
func cotangent(y *tensor.Tensor) *tensor.Tensor {
	v := new(tensor.Tensor).Like(y)
	for i := range v.Data() {
		v.Data()[i] = 1 - float64(i%7)/4
	}
	return v
}

// AddVJPs adds what VJP returns, to an empty tensor and to one with values, whichever inputs are wanted.
func TestAddVJPsEqualsVJP(t *testing.T) {
	adders := 0
	all := forAllOps(t, func(t *testing.T, c opCase) {
		xs := variables(c.xs)
		y := c.f(xs...)
		op, ok := y.Op().(autograd.Adder)
		if !ok {
			return
		}
		for i, x := range xs {
			if i >= y.NumInputs() || y.Input(i) != x {
				return // c is several operations
			}
		}
		adders++
		dy := autograd.Constant(cotangent(y.Value()))
		for wanted := 1; wanted < 1<<len(c.xs); wanted++ {
			for _, start := range []float64{0, 1} {
				into := make([]*tensor.Tensor, len(c.xs))
				for i, x := range c.xs {
					if wanted>>i&1 == 0 {
						continue
					}
					into[i] = new(tensor.Tensor)
					if start != 0 {
						into[i].Like(x).Fill(start)
					}
				}
				op.AddVJPs(y, dy.Value(), into)
				for i, x := range c.xs {
					if into[i] == nil {
						continue
					}
					want := op.VJP(y, i, dy).Value().Clone()
					if !tensor.SameShape(want, x) {
						want = new(tensor.Tensor).SumTo(want, x.Shape()...)
					}
					if start != 0 {
						want.Add(new(tensor.Tensor).Like(x).Fill(start), want)
					}
					if !sameBits(into[i], want) {
						t.Errorf("wanted %b, start %v: input %d: AddVJPs gives\n%v\nVJP\n%v", wanted, start, i, into[i], want)
					}
				}
			}
		}
	})
	if all && adders < 220 {
		t.Errorf("only %d applications of an Adder", adders)
	}
}

func TestForwardAgain(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		y := c.f(variables(c.xs)...)
		before := y.Value().Clone()
		y.Value().Clear()
		y.Op().Forward(y)
		if !sameBits(before, y.Value()) {
			t.Errorf("first %v\nthen %v", before, y.Value())
		}
	})
}

// The heap, a plan, and a plan that has run with other values give the same bits.
func TestPlanGivesTheSameBits(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		loss := func(xs []*node) (loss, y *node) {
			y = c.f(xs...)
			return y.Mul(autograd.Constant(cotangent(y.Value()))).Sum(), y
		}
		at := [2][]*tensor.Tensor{c.xs, nil} // the values of the case, and others
		for _, x := range c.xs {
			at[1] = append(at[1], new(tensor.Tensor).Scale(x, 1.25))
		}
		xs := variables(c.xs)
		planned, z := loss(xs)
		plan := autograd.NewPlan(planned, xs...).Keep(z)
		for _, values := range [][]*tensor.Tensor{at[0], at[1], at[1], at[0]} {
			ws := variables(values)
			heap, y := loss(ws)
			want := autograd.Backward(heap)
			for i, x := range xs {
				x.Set(values[i])
			}
			if got := plan.Forward(); !sameBits(got, heap.Value()) || !sameBits(z.Value(), y.Value()) {
				t.Errorf("plan %v and %v\nheap %v and %v", got, z.Value(), heap.Value(), y.Value())
			}
			grads := plan.Backward()
			again := plan.Backward()
			for i, x := range xs {
				if got := grads.Of(x); !sameBits(got, want.Of(ws[i])) || !sameBits(again.Of(x), got) {
					t.Errorf("input %d: plan %v\nheap %v", i, got, want.Of(ws[i]))
				}
			}
		}
	})
}

// A plan's run allocates nothing.
func TestPlanAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	for _, c := range allOps() {
		if strings.HasPrefix(c.name, "Checkpoint") {
			continue // it calls the function again
		}
		xs := variables(c.xs)
		loss := c.f(xs...).Square().Sum()
		plan := autograd.NewPlan(loss, xs...)
		if n := testing.AllocsPerRun(10, func() { plan.Forward(); plan.Backward() }); n > 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

// Apply accepts an operation of this package with as many inputs as it has, and no other number.
func TestArity(t *testing.T) {
	for _, c := range allOps() {
		for _, y := range autograd.Graph(c.f(variables(c.xs)...)) {
			if y.Op() == nil || y.Op().Name() == "Keep" {
				continue // a leaf, or what Forward kept
			}
			if again := autograd.Apply(y.Op(), inputsOf(y)...); !sameBits(again.Value(), y.Value()) {
				t.Errorf("%s: Apply gives %v, want %v", c.name, again, y)
			}
			if y.Op().Name() != "Concat" {
				checkArity(t, y)
			}
		}
	}
}

func checkArity(t *testing.T, y *node) {
	t.Helper()
	for n := range 5 {
		inputs := make([]*node, n)
		for i := range inputs {
			inputs[i] = autograd.Variable(tensor.New(2, 2))
		}
		if n != y.NumInputs() {
			mustPanic(t, fmt.Sprintf("autograd: %s: applied to %d inputs; it takes %d", y.Op().Name(), n, y.NumInputs()),
				func() { autograd.Apply(y.Op(), inputs...) })
		}
	}
}

// An operation that is applied again, to inputs of other shapes, broadcasts them.
func TestMulOfOtherShapes(t *testing.T) {
	v, m := variable(2, 3), autograd.Variable(tensor.Rows([][]float64{{1, 2}, {3, 4}}))
	op := v.Mul(v).Op()
	again := func(x, y *node) *node { return autograd.Apply(op, x, y).Square().Sum() }
	x := v.Value().Clone()
	everywhere(t, "a vector", again(v, m), v, 2*2*(1+9), 2*3*(4+16))
	everywhere(t, "a matrix", again(m, autograd.Variable(x)), m, 2*4, 2*9*2, 2*4*3, 2*9*4)
}

func TestArityOfIdentities(t *testing.T) {
	x := variable(1)
	for _, y := range []*node{x.Detach(), x.Hook(func(*tensor.Tensor) {}), x.ArgMax(0)} {
		mustPanic(t, fmt.Sprintf("autograd: %s: applied to 2 inputs; it takes 1", y.Op().Name()), func() { autograd.Apply(y.Op(), x, x) })
	}
}

func inputsOf(y *node) []*node {
	inputs := make([]*node, y.NumInputs())
	for i := range inputs {
		inputs[i] = y.Input(i)
	}
	return inputs
}

func TestConstantsHaveNoGradient(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		ws := make([]*node, len(c.xs))
		for k, x := range c.xs {
			ws[k] = autograd.Constant(x)
		}
		y := c.f(ws...).Sum()
		if y.NeedsGrad() {
			t.Error("a result of constants needs a gradient")
		}
		mustPanic(t, "autograd: Backward: "+y.String()+" has no gradient: it depends on no Variable, or only through operations without a gradient", func() { autograd.Backward(y) })
	})
}

// Gradients share no memory with one another, with a value, or with the seed, even if every input is used
// twice.
func TestGradientsDoNotAlias(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		xs := variables(c.xs)
		y := c.f(xs...)
		z := y.Add(c.f(xs...)).Mul(y)
		loss := z.Sum()
		grads := autograd.Backward(loss)
		var tensors []*tensor.Tensor
		var names []string
		nodes := autograd.Graph(loss)
		for _, n := range nodes {
			if n.NeedsGrad() {
				tensors = append(tensors, grads.Of(n))
				names = append(names, fmt.Sprintf("gradient of %v", n))
			}
		}
		gradients := len(tensors)
		for _, n := range nodes {
			tensors = append(tensors, n.Value())
			names = append(names, fmt.Sprintf("value of %v", n))
		}
		mustBeApart(t, tensors[:gradients], tensors, names)
	})
}

// mustBeApart overwrites each of the first tensors and checks that none of the others changes.
func mustBeApart(t *testing.T, first, all []*tensor.Tensor, names []string) {
	t.Helper()
	for i, x := range first {
		before := make([]*tensor.Tensor, len(all))
		for k, y := range all {
			before[k] = y.Clone()
		}
		x.Fill(12345)
		for k, y := range all {
			if k != i && !sameBits(before[k], y) {
				t.Errorf("%s shares memory with %s", names[i], names[k])
			}
		}
		copy(x.Data(), before[i].Data())
	}
}
