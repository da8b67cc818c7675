package autograd_test

import (
	"fmt"
	"math"
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

func use(tape *autograd.Tape, ws []*node) []*node {
	nodes := make([]*node, len(ws))
	for i, w := range ws {
		nodes[i] = tape.Use(w)
	}
	return nodes
}

func forAllOps(t *testing.T, test func(t *testing.T, c opCase)) {
	t.Parallel()
	for _, c := range allOps() {
		t.Run(strings.ReplaceAll(c.name, " ", ","), func(t *testing.T) { test(t, c) })
	}
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
	forAllOps(t, func(t *testing.T, c opCase) {
		if err := gradcheck.CheckSecond(gradcheck.Gradient(c.f), c.xs...); err != nil {
			t.Error(err)
		}
	})
}

// cotangent returns numbers of y's shape.
func cotangent(y *tensor.Tensor) *tensor.Tensor {
	v := new(tensor.Tensor).Like(y)
	for i := range v.Data() {
		v.Data()[i] = 1 - float64(i%7)/4
	}
	return v
}

// AddVJPs adds what VJP returns, to nothing and to something, whichever inputs are wanted.
func TestAddVJPsEqualsVJP(t *testing.T) {
	adders := 0
	forAllOps(t, func(t *testing.T, c opCase) {
		y := c.f(variables(c.xs)...)
		op, ok := y.Op().(autograd.Adder)
		if !ok {
			return
		}
		adders++
		dy := autograd.Context{NoRecord: true}.Constant(cotangent(y.Value()))
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
				op.AddVJPs(y, dy, into)
				for i, x := range c.xs {
					if into[i] == nil {
						continue
					}
					want := new(tensor.Tensor).Like(x).Fill(start)
					want.AddSumTo(op.VJP(y, i, dy).Value())
					if !tensor.AllClose(into[i], want, 1e-14, 1e-14) {
						t.Errorf("wanted %b, start %v: input %d: AddVJPs gives\n%v\nVJP\n%v", wanted, start, i, into[i], want)
					}
				}
			}
		}
	})
	if adders < 20 {
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

// results returns the value of an operation and the gradients of Σ y·v with respect to
// its inputs, some of which are constants.
func results(f func(...*node) *node, xs []*node) (all []*tensor.Tensor) {
	y := f(xs...)
	all = append(all, y.Value().Clone())
	grads := autograd.Backward(y.Mul(autograd.Constant(cotangent(y.Value()))).Sum())
	for _, x := range xs {
		if x.NeedsGrad() {
			all = append(all, grads.Of(x).Clone())
		}
	}
	return all
}

// The heap, a tape in three rounds, and a checked tape give the same bits.
func TestTapeGivesTheSameBits(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		ws := variables(c.xs)
		want := results(c.f, ws)
		for _, tape := range []*autograd.Tape{{}, {Checked: true}} {
			for round := range 3 {
				for i, got := range results(c.f, use(tape, ws)) {
					if !sameBits(got, want[i]) {
						t.Errorf("checked %v, round %d, tensor %d: %v\nwant %v", tape.Checked, round, i, got, want[i])
					}
				}
				tape.Reset()
			}
		}
	})
}

// The gradient of one input does not depend on whether one of another is wanted.
func TestOneVariableAmongConstants(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		want := results(c.f, variables(c.xs))
		for i, x := range c.xs {
			ws := make([]*node, len(c.xs))
			for k, x := range c.xs {
				ws[k] = autograd.Constant(x)
			}
			ws[i] = autograd.Variable(x)
			if got := results(c.f, ws)[1]; !sameBits(got, want[1+i]) {
				t.Errorf("input %d alone: %v\namong Variables: %v", i, got, want[1+i])
			}
		}
	})
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
		mustPanic(t, "autograd: Backward: Sum [] depends on no Variable", func() { autograd.Backward(y) })
	})
}

// Gradients share no memory with one another, with a value, or with the seed; neither
// if every input is used twice.
func TestGradientsDoNotAlias(t *testing.T) {
	forAllOps(t, func(t *testing.T, c opCase) {
		for _, tape := range []*autograd.Tape{nil, {}, {Checked: true}} {
			xs := variables(c.xs)
			if tape != nil {
				xs = use(tape, xs)
			}
			y := c.f(xs...)
			z := y.Add(c.f(xs...)).Mul(y)
			loss := z.Sum()
			grads := autograd.Backward(loss)
			var tensors []*tensor.Tensor
			var names []string
			nodes := graph(loss)
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
		}
	})
}

// graph returns all nodes that y was computed from.
func graph(y *node) []*node {
	nodes, seen := []*node{y}, map[*node]bool{y: true}
	for next := 0; next < len(nodes); next++ {
		for i := range nodes[next].NumInputs() {
			if x := nodes[next].Input(i); !seen[x] {
				seen[x] = true
				nodes = append(nodes, x)
			}
		}
	}
	return nodes
}

// mustBeApart writes into each of the first tensors and looks at all.
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

// allocations lists the operations that allocate on a warm tape, in a step of forward,
// BackwardTo and Reset, and the largest number of allocations of one of their cases:
// what package tensor needs for broadcasting, stacks of matrices and more than 4 axes,
// and what a rule needs for a mask or a permutation. All others allocate nothing.
var allocations = map[string]float64{
	"Affine": 2, "Concat": 6, "MatMul": 6, "MatMulNT": 6, "MatMulTN": 6, "Pow": 12, "Reshape": 1, "Slice": 1, "Transpose": 2,
	"Where": 13, "Where scalar": 13, "Where wider": 13, "divideSlope": 2, "timesSlope": 4,
}

func TestTapeMemory(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	largest := map[string]float64{}
	for _, c := range allOps() {
		name, _, _ := strings.Cut(c.name, "[")
		name, _, _ = strings.Cut(name, "(")
		ws := variables(c.xs)
		target := cotangent(c.f(ws...).Value())
		tape := new(autograd.Tape)
		xs := make([]*node, len(ws))
		step := func() {
			for i, w := range ws {
				xs[i] = tape.Use(w)
			}
			loss := c.f(xs...).SquaredError(tape.Constant(target))
			autograd.BackwardTo(loss, ws...)
			tape.Reset()
		}
		for range 3 {
			step()
		}
		largest[name] = max(largest[name], testing.AllocsPerRun(20, step))
	}
	for name, n := range largest {
		if n > allocations[name] {
			t.Errorf("%s: %v allocations, want at most %v", name, n, allocations[name])
		}
		if n < allocations[name] {
			t.Logf("%s allocates %v times, less than its entry %v", name, n, allocations[name])
		}
	}
}
