package autograd_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

func vector(data ...float64) *tensor.Tensor { return tensor.FromSlice(data, len(data)) }

func variable(data ...float64) *node { return autograd.Variable(vector(data...)) }

func expect(t *testing.T, what string, got *tensor.Tensor, want ...float64) {
	t.Helper()
	if got.IsEmpty() || !slices.Equal(got.Data(), want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// everywhere expects a gradient from Backward, for all nodes and for x alone, from Grad, each twice, and
// from a plan, before and after it has run with other values. The plan takes over the graph.
func everywhere(t *testing.T, what string, loss, x *node, want ...float64) {
	t.Helper()
	for range 2 {
		expect(t, what, autograd.Backward(loss).Of(x), want...)
		expect(t, what+", alone", autograd.Backward(loss, x).Of(x), want...)
		expect(t, what+" by Grad", autograd.Grad(loss, x)[0].Value(), want...)
	}
	var leaves []*node
	for _, n := range autograd.Graph(loss) {
		if n.Op() == nil {
			leaves = append(leaves, n)
		}
	}
	plan := autograd.NewPlan(loss, x)
	for round := range 3 {
		for _, l := range leaves {
			l.Set(new(tensor.Tensor).Scale(l.Value(), []float64{1, 2, .5}[round]))
		}
		plan.Forward()
		got := plan.Backward()
		if round != 1 {
			expect(t, fmt.Sprintf("%s by a plan, round %d", what, round), got.Of(x), want...)
		}
	}
}

func TestFanOut(t *testing.T) {
	x := variable(1, 2)
	a := x.Scale(3)
	b := a.Mul(a).Add(a.Scale(2)).Add(x).Sum() // 9x² + 6x + x
	expect(t, "a", autograd.Backward(b).Of(a), 2*3+2, 2*6+2)
	everywhere(t, "x", b, x, 18+7, 36+7)
}

// A node is reached by two paths of different lengths.
func TestFanOutOfUnequalLength(t *testing.T) {
	x := variable(2)
	long := x.Square().Scale(1).AddScalar(0).Neg().Neg()
	everywhere(t, "x", long.Mul(x).Sum(), x, 12)
}

func TestIdentity(t *testing.T) {
	x := autograd.Variable(tensor.Scalar(5))
	everywhere(t, "x", x, x, 1)
}

func TestUnusedInputs(t *testing.T) {
	x, unused := variable(1, 2), variable(1, 2, 3)
	loss := x.Sigmoid().Sum() // an Adder none of whose inputs is wanted
	dead := x.Add(variable(1, 1))
	expect(t, "no effect", autograd.Backward(loss).Of(dead), 0, 0)
	expect(t, "not made yet", autograd.Backward(loss).Of(variable(7)), 0)
	everywhere(t, "unused", loss, unused, 0, 0, 0)
}

func TestConstantsInGraph(t *testing.T) {
	x, c := variable(1, 2), autograd.Constant(vector(3, 4))
	loss := c.Mul(c).Mul(x).Sum()
	for y := range autograd.Backward(loss).All() {
		if !y.NeedsGrad() {
			t.Errorf("there is a gradient of %v", y)
		}
	}
	everywhere(t, "x", loss, x, 9, 16)
}

// A graph is listed in the order in which its nodes were made, constants included.
func TestGraph(t *testing.T) {
	c, x := number(3), variable(1)
	square := x.Square()
	scaled := c.Scale(2)
	y := scaled.Add(square).Mul(x)
	if got, want := autograd.Graph(y), []*node{c, x, square, scaled, y.Input(0), y}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Indices may be Variables: a choice has no derivative, so their gradients are 0.
func TestIndicesHaveNoGradient(t *testing.T) {
	x, at := variable(1, 2, 3), variable(2, 0)
	for _, y := range []*node{x.TakeAlong(0, at), autograd.Put(x.Slice(0, 0, 2), at, x)} {
		dy := autograd.Constant(new(tensor.Tensor).Like(y.Value()).Fill(1))
		if dx := y.Op().VJP(y, 1, dy); dx != nil {
			t.Errorf("%v: the rule of its indices gives %v", y, dx)
		}
	}
	expect(t, "indices", autograd.Backward(x.TakeAlong(0, at).Square().Sum()).Of(at), 0, 0)
}

func TestSameInputTwice(t *testing.T) {
	x := variable(1, 2)
	m := autograd.Variable(tensor.Rows([][]float64{{1, 2}, {3, 4}}))
	w := autograd.Constant(vector(1, 10, 100, 1000))
	v, b := autograd.Variable(tensor.Full(2, 2, 2)), variable(0, 0)
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
		{"Where", autograd.Where(autograd.Constant(vector(1, 0)), x, x).Sum(), x, []float64{1, 1}},
		{"Affine", v.Affine(v, b).Sum(), v, []float64{8, 8, 8, 8}},
	}
	for _, tt := range tests {
		expect(t, tt.name, autograd.Backward(tt.loss).Of(tt.of), tt.want...)
		expect(t, tt.name+" of it alone", autograd.Backward(tt.loss, tt.of).Of(tt.of), tt.want...)
		expect(t, tt.name+" by Grad", autograd.Grad(tt.loss, tt.of)[0].Value(), tt.want...)
		plan := autograd.NewPlan(tt.loss, tt.of)
		for range 2 {
			plan.Forward()
			expect(t, tt.name+" by a plan", plan.Backward().Of(tt.of), tt.want...)
		}
	}
}

func model(x *node, w, b *node) *node { return x.Affine(w, b).Tanh().Square().Mean() }

// Goroutines share a model; each has a plan.
func TestGoroutinesShareModel(t *testing.T) {
	w := autograd.Variable(tensor.Full(.3, 3, 2))
	b := variable(.1, -.2)
	batch := func(i int) *tensor.Tensor { return tensor.Full(float64(i)/10, 4, 3) }
	var total autograd.Gradients
	var parts [4]autograd.Gradients
	var group sync.WaitGroup
	for g := range parts {
		group.Go(func() {
			x := autograd.Constant(batch(0))
			plan := autograd.NewPlan(model(x, w, b), w, b)
			for i := range 50 {
				x.Set(batch(g*50 + i))
				plan.Forward()
				grads := plan.Backward()
				heap := autograd.Backward(model(autograd.Constant(batch(g*50+i)), w, b))
				if !sameBits(grads.Of(w), heap.Of(w)) {
					t.Errorf("goroutine %d, step %d: %v; on the heap %v", g, i, grads.Of(w), heap.Of(w))
				}
				parts[g].Add(grads)
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
		if !tensor.AllClose(total.Of(p), want.Of(p), 1e-14, 0) {
			t.Errorf("sum of the parts' gradients %v\ngradient of the sum %v", total.Of(p), want.Of(p))
		}
	}
}

// Goroutines differentiate one graph at the same time.
func TestGoroutinesShareGraph(t *testing.T) {
	w, b := autograd.Variable(tensor.Full(.3, 3, 2)), variable(.1, -.2)
	loss := autograd.Concat(0, model(autograd.Constant(tensor.Full(.5, 4, 3)), w, b).Reshape(1), w.Reshape(-1)).Square().Sum()
	want := autograd.Backward(loss)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if got := autograd.Backward(loss, w); !sameBits(got.Of(w), want.Of(w)) {
					t.Error("another gradient")
				}
				if got := autograd.Grad(loss, b)[0].Value(); !sameBits(got, want.Of(b)) {
					t.Error("another gradient by Grad")
				}
			}
		})
	}
	group.Wait()
}

// The first three derivatives are those of the closed forms.
func TestHigherDerivatives(t *testing.T) {
	for _, f := range []struct {
		name string
		f    func(x *node) *node
		want func(x float64) [4]float64
	}{
		{"cube", func(x *node) *node { return x.Mul(x).Mul(x) }, func(x float64) [4]float64 { return [4]float64{x * x * x, 3 * x * x, 6 * x, 6} }},
		{"power", func(x *node) *node { return x.PowScalar(3) }, func(x float64) [4]float64 { return [4]float64{x * x * x, 3 * x * x, 6 * x, 6} }},
		{"square", (*node).Square, func(x float64) [4]float64 { return [4]float64{x * x, 2 * x, 2, 0} }},
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
			x := autograd.Variable(tensor.Scalar(v))
			y := f.f(x)
			for order, want := range f.want(v) {
				if order > 0 {
					y = autograd.Grad(y, x)[0]
				}
				if got := y.Value().Item(); !(math.Abs(got-want) <= 1e-14*math.Max(1, math.Abs(want))) {
					t.Errorf("%s(%v): derivative %d is %v, want %v", f.name, v, order, got, want)
				}
			}
		}
	}
}

// Without dependence the gradient is zero, at any order, and can be differentiated, also by Backward and
// a plan.
func TestGradIsZeroAtAnyOrder(t *testing.T) {
	x, other := variable(3, 4), variable(1)
	y := x.Square().Sum()
	for order := 1; order <= 6; order++ {
		dy := autograd.Grad(y, x)[0]
		want := [][]float64{{6, 8}, {2, 2}}
		if order <= 2 {
			expect(t, fmt.Sprint("order ", order), dy.Value(), want[order-1]...)
		} else {
			expect(t, fmt.Sprint("order ", order), dy.Value(), 0, 0)
		}
		expect(t, "of another", autograd.Grad(dy.Sum(), other)[0].Value(), 0)
		y = dy.Sum()
	}
	expect(t, "Backward", autograd.Backward(y).Of(x), 0, 0)
	plan := autograd.NewPlan(y, x)
	plan.Forward()
	expect(t, "plan", plan.Backward().Of(x), 0, 0)
	zero := autograd.Grad(autograd.Constant(tensor.Scalar(1)), x)[0]
	expect(t, "of a constant", zero.Value(), 0, 0)
	expect(t, "of that", autograd.Backward(zero.Sum()).Of(x), 0, 0)
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

// Large graphs need no deep stack, on the heap or by a plan: the limit set here is too low for a function
// that calls itself for each node. Each result has an effect on the loss: y ← 1.000001·y + w.
func TestLongChain(t *testing.T) {
	defer debug.SetMaxStack(debug.SetMaxStack(1 << 20))
	n := 100_000
	if testing.Short() || raceEnabled {
		n = 20_000
	}
	w := autograd.Variable(tensor.Scalar(1))
	y, want := w, 1.0
	for range n {
		y = y.Scale(1.000001).Add(w)
		want = want*1.000001 + 1
	}
	got := autograd.Backward(y, w).Of(w).Item()
	plan := autograd.NewPlan(y, w)
	plan.Forward()
	if p := plan.Backward().Of(w).Item(); !(math.Abs(got/want-1) <= 1e-13) || p != got {
		t.Errorf("heap %v, plan %v, want %v", got, p, want)
	}
}

func TestWideGraph(t *testing.T) {
	x, n := autograd.Variable(tensor.Scalar(1)), 100_000
	if testing.Short() || raceEnabled {
		n = 5_000
	}
	y := x.Scale(0)
	for i := range n {
		y = y.Add(x.Scale(float64(i)))
	}
	expect(t, "x", autograd.Backward(y, x).Of(x), float64(n)*float64(n-1)/2)
}

// The backward pass of a concatenation takes memory linear in the number of nodes.
func TestConcatOfMany(t *testing.T) {
	bytes := func(n int) int {
		xs := make([]*node, n)
		for i := range xs {
			xs[i] = variable(float64(i))
		}
		loss := autograd.Concat(0, xs...).Square().Sum()
		var grads *autograd.Gradients
		bytes := allocated(func() { grads = autograd.Backward(loss, xs...) })
		expect(t, "the last", grads.Of(xs[n-1]), 2*float64(n-1))
		return bytes / n
	}
	if few, many := bytes(1000), bytes(32_000); many > 2*few {
		t.Errorf("%d bytes for each of 1000 nodes, %d for each of 32000", few, many)
	}
}

// The gradients of inner nodes are freed as soon as they have been passed on; none is kept for another
// Backward.
func TestBackwardFreesGradients(t *testing.T) {
	const n, depth = 100_000, 20
	x := autograd.Variable(tensor.New(n))
	y := x
	for range depth {
		y = y.Scale(.5)
	}
	loss := y.Sum()
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // inUse runs it
	before := inUse()
	grads := autograd.Backward(loss, x)
	if more := inUse() - before; more > 8*n*3 {
		t.Errorf("%d values more are in use", more/8)
	}
	expect(t, "gradient", grads.Of(x).Slice(0, 0, 1), 1./(1<<depth))
	runtime.KeepAlive(loss)
}

// inUse returns the bytes of the heap in use.
func inUse() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// While a plan is made, what rules make is freed once it has been added up.
func TestPlanIsMadeInLittleMemory(t *testing.T) {
	const n, depth = 100_000, 20
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	x := autograd.Variable(tensor.New(n))
	y, before, asked := x, 0, 0
	own := &returning{"Own", func(y, dy *node) *node {
		if asked++; asked == depth {
			if more := inUse() - before; more > 8*n*6 {
				t.Errorf("%d values more are in use", more/8)
			}
		}
		return dy.Mul(y.Sin().Cos())
	}}
	for range depth {
		y = autograd.Apply(own, y)
	}
	loss := y.Sum()
	before = inUse()
	autograd.NewPlan(loss, x)
	if asked != depth {
		t.Errorf("asked %d times", asked)
	}
}

// A plan keeps what its runs need, not what it took to make it.
func TestPlanTakesLittleMemory(t *testing.T) {
	const n = 10_000
	w := variable(.5)
	y := w
	for range n {
		y = y.Mul(w)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	before := inUse()
	plan := autograd.NewPlan(y, w)
	if more := (inUse() - before) / n; more > 760 {
		t.Errorf("%d bytes for each operation", more)
	}
	runtime.KeepAlive(plan)
}

func TestNoRecord(t *testing.T) {
	w := variable(1, 2)
	x := autograd.Context{NoRecord: true}.Constant(vector(3, 4)).Named("x")
	y := w.Mul(x)
	loss := w.Square().Add(y).Sum() // NoRecord is contagious, even behind a Variable
	expect(t, "value", loss.Value(), 1+4+3+8)
	if loss.NeedsGrad() || !loss.Context().NoRecord || loss.NumInputs() != 0 {
		t.Errorf("%v was recorded", loss)
	}
	const why = " was not recorded, since the context of its input Constant x [2] has NoRecord"
	mustPanic(t, "autograd: Backward: Sum [] = 16"+why, func() { autograd.Backward(loss) })
	mustPanic(t, "autograd: Grad: Sum [] = 16"+why, func() { autograd.Grad(loss, w) })
	mustPanic(t, "autograd: NewPlan: Sum [] = 16"+why, func() { autograd.NewPlan(loss) })
	mustPanic(t, "autograd: Of: Mul [2]"+why, func() { autograd.Backward(w.Sum()).Of(y) })
	mustPanic(t, "autograd: Backward: Sum [] = 9"+why, func() { autograd.Backward(x.Pad(0, 1, 1, 1).Sum()) })
	d := y.Detach()
	if d.Context().NoRecord {
		t.Error("Detach keeps NoRecord")
	}
	everywhere(t, "after Detach", w.Mul(d).Sum(), w, 3, 8)
}

func TestDetach(t *testing.T) {
	x := variable(1, 2)
	y := x.Square().Detach()
	if y.NeedsGrad() {
		t.Error("a detached node needs a gradient")
	}
	loss := y.Mul(x).Sum()
	plan := autograd.NewPlan(loss, x)
	x.Set(vector(3, 4))
	plan.Forward()
	expect(t, "it follows x", plan.Backward().Of(x), 9, 16)
}

// Contexts flow from every input.
func TestContextFlows(t *testing.T) {
	a := autograd.Context{Training: true}.Constant(vector(1))
	b := autograd.Constant(vector(2))
	w := variable(3)
	for _, y := range []*node{a.Mul(b), b.Mul(a), w.Mul(b).Mul(a), b.Mul(w).Mul(a)} {
		if c := y.Context(); !c.Training || c.NoRecord {
			t.Errorf("context %+v", c)
		}
	}
	if w.Mul(w).Context() != (autograd.Context{}) {
		t.Error("a context came from nowhere")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	all := autograd.Context{Training: true, Positions: true, Rand: rng}
	for _, part := range []autograd.Context{{Training: true}, {Positions: true}, {Rand: rng}} {
		rest := all
		switch {
		case part.Training:
			rest.Training = false
		case part.Positions:
			rest.Positions = false
		default:
			rest.Rand = nil
		}
		x, y := part.Constant(vector(1)), rest.Constant(vector(2))
		for _, z := range []*node{x.Mul(y), y.Mul(x), w.Mul(x).Mul(y), w.Mul(y).Mul(x)} {
			if z.Context() != all {
				t.Errorf("%+v and %+v give %+v", part, rest, z.Context())
			}
		}
		if made := x.Made(); strings.HasPrefix(made, "hazards_test.go:") != part.Positions {
			t.Errorf("made at %q", made)
		}
	}
	other := autograd.Context{Rand: rand.New(rand.NewPCG(3, 4))}.Constant(vector(1))
	if z := all.Constant(vector(1)).Mul(other); z.Context().Rand != rng {
		t.Error("the result does not have the first Rand")
	}
	stop := autograd.Context{NoRecord: true}.Constant(vector(1)).Named("stop")
	for _, first := range []*node{a, stop} {
		lost := func(xs ...*node) *node { return first.Mul(xs[0]).Mul(w) }
		mustPanic(t, "autograd: Checkpoint: the function uses Variable [1] = 3, which is not among its nodes: pass it too",
			func() { autograd.Checkpoint(lost, b) })
	}
	for _, y := range []*node{a.Mul(stop).Mul(w), stop.Mul(a).Mul(w)} {
		mustPanic(t, "autograd: Backward: Mul [1] = 3 was not recorded, since the context of its input Constant stop [1] = 1 has NoRecord",
			func() { autograd.Backward(y) })
		if c := y.Context(); !c.NoRecord || !c.Training {
			t.Errorf("context %+v", c)
		}
	}
}
