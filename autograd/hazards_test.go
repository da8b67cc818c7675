package autograd_test

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

func vector(data ...float64) *tensor.Tensor { return tensor.FromSlice(data, len(data)) }

// onBoth runs a test on the heap, on a tape and on a checked tape; leaf makes what
// expressions begin with of a Variable.
func onBoth(t *testing.T, test func(t *testing.T, leaf func(w *node) *node)) {
	t.Run("heap", func(t *testing.T) { test(t, func(w *node) *node { return w }) })
	t.Run("tape", func(t *testing.T) { test(t, new(autograd.Tape).Use) })
	t.Run("checked", func(t *testing.T) { test(t, (&autograd.Tape{Checked: true}).Use) })
}

func expect(t *testing.T, what string, got *tensor.Tensor, want ...float64) {
	t.Helper()
	if got.IsEmpty() || !slices.Equal(got.Data(), want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestFanOut(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x := leaf(autograd.Variable(vector(1, 2)))
		a := x.Scale(3)
		b := a.Mul(a).Add(a.Scale(2)).Add(x) // 9x² + 6x + x
		grads := autograd.Backward(b.Sum())
		expect(t, "x", grads.Of(x), 18+7, 36+7)
		expect(t, "a", grads.Of(a), 2*3+2, 2*6+2)
	})
}

// A diamond's middle is reached by two ways of different length.
func TestFanOutOfUnequalLength(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x := leaf(autograd.Variable(vector(2)))
		long := x.Square().Scale(1).AddScalar(0).Neg().Neg()
		expect(t, "x", autograd.Backward(long.Mul(x).Sum()).Of(x), 12)
	})
}

func TestIdentity(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x := leaf(autograd.Variable(tensor.Scalar(5)))
		expect(t, "Backward", autograd.Backward(x).Of(x), 1)
		expect(t, "BackwardTo", autograd.BackwardTo(x, x).Of(x), 1)
		expect(t, "again", autograd.BackwardTo(x, x).Of(x), 1)
		expect(t, "Grad", autograd.Grad(x, x)[0].Value(), 1)
	})
}

func TestUnusedInputs(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x, unused := leaf(autograd.Variable(vector(1, 2))), autograd.Variable(vector(1, 2, 3))
		loss := x.Sigmoid().Sum() // an Adder none of whose inputs is wanted
		expect(t, "Backward", autograd.Backward(loss).Of(unused), 0, 0, 0)
		expect(t, "BackwardTo", autograd.BackwardTo(loss, unused).Of(unused), 0, 0, 0)
		one := leaf(autograd.Variable(tensor.New(1))).Sigmoid()
		expect(t, "BackwardTo, at once", autograd.BackwardTo(one, unused).Of(unused), 0, 0, 0)
		used := leaf(unused) // on the tape, but not an ancestor of the loss
		expect(t, "used elsewhere", autograd.BackwardTo(x.Mul(x).Sum(), used, x).Of(used), 0, 0, 0)
		expect(t, "Grad", autograd.Grad(loss, unused)[0].Value(), 0, 0, 0)
		loss = x.Slice(0, 0, 1).Sum()
		expect(t, "made later", autograd.Backward(loss).Of(leaf(autograd.Variable(vector(7)))), 0)
		dead := x.Add(leaf(autograd.Variable(vector(1, 1)))) // depends on x, has no effect on the loss
		expect(t, "no effect", autograd.Backward(loss).Of(dead), 0, 0)
	})
}

func TestConstantsInGraph(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x, c := leaf(autograd.Variable(vector(1, 2))), autograd.Constant(vector(3, 4))
		y := c.Mul(c).Mul(x)
		expect(t, "x", autograd.Backward(y.Sum()).Of(x), 9, 16)
	})
}

func TestSameInputTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x := leaf(autograd.Variable(vector(1, 2)))
		m := leaf(autograd.Variable(tensor.FromSlice([]float64{1, 2, 3, 4}, 2, 2)))
		w := autograd.Constant(vector(1, 10, 100, 1000))
		tests := []struct {
			name string
			loss *node
			of   *node
			want []float64
		}{
			{"Mul", x.Mul(x).Sum(), x, []float64{2, 4}},
			{"Add", x.Add(x).Sum(), x, []float64{2, 2}},
			{"Sub", x.Sub(x).Sum(), x, []float64{0, 0}},
			{"Div", x.Div(x).Sum(), x, []float64{0, 0}},
			{"Concat", autograd.Concat(0, x, x).Mul(w).Sum(), x, []float64{101, 1010}},
			{"MatMul", m.MatMul(m).Sum(), m, []float64{7, 11, 9, 13}},
			{"MatMulNT", m.MatMulNT(m).Sum(), m, []float64{8, 12, 8, 12}},
			{"MatMulTN", m.MatMulTN(m).Sum(), m, []float64{6, 6, 14, 14}},
			{"SquaredError", x.SquaredError(x), x, []float64{0, 0}},
			{"Where", autograd.Where(vector(1, 0), x, x).Sum(), x, []float64{1, 1}},
		}
		for _, tt := range tests {
			expect(t, tt.name, autograd.Backward(tt.loss).Of(tt.of), tt.want...)
			expect(t, tt.name+" of it alone", autograd.BackwardTo(tt.loss, tt.of).Of(tt.of), tt.want...)
			expect(t, tt.name+" by Grad", autograd.Grad(tt.loss, tt.of)[0].Value(), tt.want...)
		}
		v := leaf(autograd.Variable(tensor.Full(2, 2, 2)))
		b := leaf(autograd.Variable(vector(0, 0)))
		expect(t, "Affine(x, x, b)", autograd.Backward(v.Affine(v, b).Sum()).Of(v), 8, 8, 8, 8)
	})
}

func TestSecondBackwardEqualsFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x := leaf(autograd.Variable(vector(1, 2)))
		y := x.Tanh().Mul(x)
		loss := y.Sum()
		first, second := autograd.Backward(loss), autograd.Backward(loss)
		for _, n := range []*node{x, y, loss} {
			if !sameBits(first.Of(n), second.Of(n)) || !sameBits(first.Of(n), autograd.BackwardTo(loss, n).Of(n)) {
				t.Errorf("%v: %v, then %v", n, first.Of(n), second.Of(n))
			}
		}
	})
}

func model(x *node, w, b *node) *node { return x.Affine(w, b).Tanh().Square().Mean() }

// Goroutines share a model; each has a tape.
func TestGoroutinesShareModel(t *testing.T) {
	w := autograd.Variable(tensor.Full(.3, 3, 2))
	b := autograd.Variable(vector(.1, -.2))
	batch := func(i int) *tensor.Tensor { return tensor.Full(float64(i)/10, 4, 3) }
	var total autograd.Gradients
	var parts [4]autograd.Gradients
	var group sync.WaitGroup
	for g := range parts {
		group.Go(func() {
			tape := new(autograd.Tape)
			for i := range 50 {
				grads := autograd.BackwardTo(model(tape.Constant(batch(g*50+i)), w, b), w, b)
				heap := autograd.Backward(model(autograd.Constant(batch(g*50+i)), w, b))
				if !sameBits(grads.Of(w), heap.Of(w)) {
					t.Errorf("goroutine %d, step %d: %v; on the heap %v", g, i, grads.Of(w), heap.Of(w))
				}
				parts[g].Add(grads)
				tape.Reset()
			}
		})
	}
	group.Wait()
	for g := range parts {
		total.Add(&parts[g])
	}
	sum := autograd.Constant(tensor.Scalar(0))
	for i := range 4 * 50 {
		sum = sum.Add(model(autograd.Constant(batch(i)), w, b))
	}
	want := autograd.Backward(sum)
	for _, p := range []*node{w, b} {
		if !tensor.AllClose(total.Of(p), want.Of(p), 1e-12, 0) {
			t.Errorf("sum of the parts' gradients %v\ngradient of the sum %v", total.Of(p), want.Of(p))
		}
	}
}

// Micro-batches on one tape, of which each uses other parameters; the total outlives it.
func TestMicroBatchesAdd(t *testing.T) {
	u, v := autograd.Variable(vector(1, 2)), autograd.Variable(vector(3, 4))
	tape := &autograd.Tape{Checked: true}
	var total autograd.Gradients
	expect(t, "of nothing", total.Of(u), 0, 0)
	for i := range 3 {
		x := tape.Constant(vector(1, 10))
		loss := x.Mul(u).Sum()
		if i == 1 {
			loss = loss.Add(x.Mul(v).Square().Sum())
		}
		total.Add(autograd.Backward(loss))
		tape.Reset()
	}
	total.Add(&total) // doubles
	expect(t, "u", total.Of(u), 6, 60)
	expect(t, "v", total.Of(v), 12, 1600)
	expect(t, "another", total.Of(autograd.Variable(vector(0))), 0)
}

// x³ and tanh, three times over; the third of x³ is 6 everywhere.
func TestHigherDerivatives(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		for _, f := range []struct {
			name string
			f    func(x *node) *node
			want func(x float64) [4]float64
		}{
			{"cube", func(x *node) *node { return x.Mul(x).Mul(x) }, func(x float64) [4]float64 { return [4]float64{x * x * x, 3 * x * x, 6 * x, 6} }},
			{"power", func(x *node) *node { return x.Pow(autograd.Constant(tensor.Scalar(3))) }, func(x float64) [4]float64 { return [4]float64{x * x * x, 3 * x * x, 6 * x, 6} }},
			{"tanh", (*node).Tanh, func(x float64) [4]float64 {
				y := math.Tanh(x)
				s := 1 - y*y
				return [4]float64{y, s, -2 * y * s, s * (6*y*y - 2)}
			}},
			{"sigmoid", (*node).Sigmoid, func(x float64) [4]float64 {
				y := 1 / (1 + math.Exp(-x))
				s := y * (1 - y)
				return [4]float64{y, s, s * (1 - 2*y), s * (1 - 6*y + 6*y*y)}
			}},
		} {
			for _, v := range []float64{-1.2, .3, 2} {
				x := leaf(autograd.Variable(tensor.Scalar(v)))
				y := f.f(x)
				for order, want := range f.want(v) {
					if order > 0 {
						y = autograd.Grad(y, x)[0]
					}
					if got := y.Value().Item(); math.Abs(got-want) > 1e-13*math.Max(1, math.Abs(want)) {
						t.Errorf("%s(%v): derivative %d is %v, want %v", f.name, v, order, got, want)
					}
				}
			}
		}
	})
}

// A gradient that is used in a loss, as in a gradient penalty.
func TestGradientPenalty(t *testing.T) {
	f := func(xs ...*node) *node {
		x, w := xs[0], xs[1]
		y := x.MatMul(w).Tanh()
		g := autograd.Grad(y.Sum(), x)[0]
		return y.Sum().Add(g.Square().Sum())
	}
	x := tensor.FromSlice([]float64{.1, -.5, .3, .7, .2, -.9}, 2, 3)
	w := tensor.FromSlice([]float64{.4, -.6, .8}, 3, 1)
	if err := gradcheck.Check(f, x, w); err != nil {
		t.Error(err)
	}
	if err := gradcheck.CheckSecond(f, x, w); err != nil {
		t.Error(err)
	}
}

// Large graphs need no stack. Each result has an effect on the loss: y ← 1.000001·y + x.
func TestChainOfAMillion(t *testing.T) {
	n := 500_000
	if testing.Short() || raceEnabled {
		n = 20_000
	}
	chain := func(x *node) *node {
		y := x
		for range n {
			y = y.Scale(1.000001).Add(x)
		}
		return y
	}
	w := autograd.Variable(tensor.Scalar(1))
	want := 1.0
	for range n {
		want = want*1.000001 + 1
	}
	for _, where := range []string{"heap", "tape"} {
		x := w
		if where == "tape" {
			x = new(autograd.Tape).Use(w)
		}
		if got := autograd.BackwardTo(chain(x), x).Of(x).Item(); math.Abs(got/want-1) > 1e-9 {
			t.Errorf("%s: %v, want %v", where, got, want)
		}
	}
}

func TestNoRecord(t *testing.T) {
	w := autograd.Variable(vector(1, 2))
	for _, tape := range []*autograd.Tape{nil, {}, {Checked: true}} {
		x := autograd.Context{Tape: tape, NoRecord: true}.Constant(vector(3, 4))
		y := w.Mul(x)
		loss := w.Square().Add(y).Sum() // contagious, even behind a Variable
		expect(t, "value", loss.Value(), 1+4+3+8)
		if loss.NeedsGrad() || !loss.Context().NoRecord {
			t.Errorf("tape %v: %v was recorded", tape, loss)
		}
		const want = "autograd: Backward: Sum [] was not recorded: the context of its input Constant [2] has NoRecord"
		mustPanic(t, want, func() { autograd.Backward(loss) })
		mustPanic(t, "autograd: Grad: Sum [] was not recorded: the context of its input Constant [2] has NoRecord", func() { autograd.Grad(loss, w) })
		recorded := autograd.Backward(w.Sum())
		if tape == nil {
			mustPanic(t, "autograd: Of: Mul [2] has no gradient: it was not recorded", func() { recorded.Of(y) })
		}
		d := y.Detach()
		if d.Context().NoRecord || d.Context().Tape != tape {
			t.Error("Detach keeps NoRecord, or loses the tape")
		}
		expect(t, "after Detach", autograd.Backward(w.Mul(d).Sum()).Of(w), 3, 8)
	}
}

// On the heap, what is not recorded keeps no graph.
func TestNoRecordKeepsNoGraph(t *testing.T) {
	x := autograd.Context{NoRecord: true}.Constant(vector(3, 4))
	if y := x.Square().Scale(2); y.NumInputs() != 0 {
		t.Errorf("%d inputs kept", y.NumInputs())
	}
}

func TestDetach(t *testing.T) {
	onBoth(t, func(t *testing.T, leaf func(*node) *node) {
		x := leaf(autograd.Variable(vector(1, 2)))
		y := x.Square()
		loss := y.Detach().Mul(x).Sum()
		expect(t, "x", autograd.Backward(loss).Of(x), 1, 4)
		if y.Detach().NeedsGrad() || y.Detach().Op() != nil {
			t.Error("a detached node is not a Constant")
		}
	})
}

// Contexts flow from every input.
func TestContextFlows(t *testing.T) {
	tape := new(autograd.Tape)
	a := autograd.Context{Training: true}.Constant(vector(1))
	b := tape.Constant(vector(2))
	w := autograd.Variable(vector(3))
	for _, y := range []*node{a.Mul(b), b.Mul(a), w.Mul(b).Mul(a), b.Mul(w).Mul(a)} {
		if c := y.Context(); c.Tape != tape || !c.Training || c.NoRecord {
			t.Errorf("context %+v", c)
		}
	}
	if w.Mul(w).Context() != (autograd.Context{}) {
		t.Error("a context came from nowhere")
	}
}

// A weight decay is computed from parameters alone.
func TestParametersAloneOnTape(t *testing.T) {
	w, b := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2, 1)), autograd.Variable(vector(1))
	x := tensor.FromSlice([]float64{3, 4}, 1, 2)
	for _, tape := range []*autograd.Tape{{}, {Checked: true}} {
		for round := range 3 {
			decay := tape.Use(w).Square().Sum()
			loss := tape.Constant(x).Affine(w, b).Sum().Add(decay)
			grads := autograd.BackwardTo(loss, w, b)
			expect(t, fmt.Sprint("w, round ", round), grads.Of(w), 3+2, 4+4)
			expect(t, "w as seen from the tape", grads.Of(tape.Use(w)), 3+2, 4+4)
			expect(t, "b", grads.Of(b), 1)
			if seen := tape.Use(w); tape.Use(w) != seen || tape.Use(seen) != seen {
				t.Error("Use of one Variable gives two nodes")
			}
			tape.Reset()
		}
	}
	tape := new(autograd.Tape)
	if c := tape.Use(autograd.Context{Training: true}.Constant(x)); c.NeedsGrad() || c.Context() != (autograd.Context{Tape: tape, Training: true}) {
		t.Errorf("Use of a Constant: %v, context %+v", c, c.Context())
	}
}

// A new Variable, seen for the first time as an input of an operation, stands before
// its result on the tape, so that Release and a second round can tell them apart.
func TestNewVariableThenRelease(t *testing.T) {
	for _, tape := range []*autograd.Tape{{}, {Checked: true}} {
		for range 3 {
			x := tape.Constant(vector(1, 2))
			var ws [40]*node
			for i := range ws {
				ws[i] = autograd.Variable(vector(float64(i), 1))
			}
			for range 2 {
				for i, w := range ws {
					mark := tape.Mark()
					for range i % 3 {
						x.Neg()
					}
					y := x.Mul(w)
					z := y.Add(x).Mul(w) // x(w²+w), after w has been used
					grads := autograd.BackwardTo(z.Sum(), w)
					expect(t, fmt.Sprint("w", i), grads.Of(w), 2*float64(i)+1, 6)
					tape.Release(mark)
				}
			}
			tape.Reset()
		}
	}
}
