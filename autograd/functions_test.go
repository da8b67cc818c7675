package autograd_test

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// Derivatives of functions are those of PyTorch.
func TestFunctionalAgreesWithTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/functional.json")
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(text, &raw); err != nil {
		t.Fatal(err)
	}
	get := func(name string) *tensor.Tensor {
		var x struct {
			Shape []int
			Data  []float64
		}
		if err := json.Unmarshal(raw[name], &x); err != nil || len(x.Data) == 0 {
			t.Fatal(name, err)
		}
		return tensor.FromSlice(x.Data, x.Shape...)
	}
	w1, w2 := autograd.Constant(get("W1")), autograd.Constant(get("W2"))
	f := func(xs ...*node) *node { return xs[0].Reshape(1, 3).MatMul(w1).Tanh().MatMul(w2).Reshape(2) }
	s := func(xs ...*node) *node { return f(xs...).Sigmoid().Square().Sum() }
	x, v := get("x"), get("v")
	expect := func(what string, got *tensor.Tensor) {
		t.Helper()
		if want := get(what); !tensor.AllClose(got, want, 1e-14, 1e-15) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	expect("jacobian", autograd.Jacobian(f, x)[0])
	expect("hessian", autograd.Hessian(s, x)[0][0])
	expect("hvp", autograd.HVP(s, []*tensor.Tensor{x}, []*tensor.Tensor{v})[0])

	at, dx := autograd.Variable(x), autograd.Constant(v)
	expect("vjp", autograd.VJP(f(at), autograd.Constant(get("u")), at)[0].Value())
	expect("jvp", autograd.JVP(f(at), []*node{at}, []*node{dx}).Value())
	forward := autograd.JVP(autograd.JVP(s(at), []*node{at}, []*node{dx}), []*node{at}, []*node{dx})
	expect("third_vv", autograd.Grad(forward, at)[0].Value())
	once := autograd.Grad(autograd.Grad(s(at), at)[0].Mul(dx).Sum(), at)[0].Mul(dx).Sum()
	expect("third_vv", autograd.Grad(once, at)[0].Value())
	plan := autograd.NewPlan(forward, at)
	plan.Forward()
	expect("third_vv", plan.Backward().Of(at))
}

func TestHessianOfSeveral(t *testing.T) {
	x, y := vector(1, 2), vector(3)
	f := func(xs ...*node) *node { return xs[0].Square().Mul(xs[1]).Sum() } // Σ xᵢ² y
	h := autograd.Hessian(f, x, y)
	expect(t, "xx", h[0][0].Reshape(4), 6, 0, 0, 6)
	expect(t, "xy", h[0][1].Reshape(2), 2, 4)
	expect(t, "yx", h[1][0].Reshape(2), 2, 4)
	expect(t, "yy", h[1][1].Reshape(1), 0)
	products := autograd.HVP(f, []*tensor.Tensor{x, y}, []*tensor.Tensor{vector(1, -1), vector(2)})
	expect(t, "Hv by x", products[0], 6+4, -6+8)
	expect(t, "Hv by y", products[1], 2-4)
}

// The products share no memory, even where the same node is the product for two inputs.
func TestProductsShareNoMemory(t *testing.T) {
	x, v := vector(1, 2), vector(1, -1)
	products := autograd.HVP(func(xs ...*node) *node { return xs[0].Add(xs[1]).Square().Sum() }, []*tensor.Tensor{x, x}, []*tensor.Tensor{v, v})
	products[0].Fill(0)
	expect(t, "Hv by y", products[1], 4, -4)
	if i := tensor.Overlapping(products, []*tensor.Tensor{x, v}); i >= 0 {
		t.Errorf("product %d shares memory with another tensor", i)
	}
}

// A function that is flat in an input has zeros there, of the right shapes.
func TestFlatFunctions(t *testing.T) {
	x, y := vector(1, 2), vector(3)
	for name, f := range map[string]autograd.Func{
		"of y alone": func(xs ...*node) *node { return xs[1].Sum() },
		"a constant": func(...*node) *node { return number(7) },
		"a mask":     func(xs ...*node) *node { return xs[0].Gt(number(0)).Sum() },
	} {
		_, grads := autograd.ValueAndGrad(f, x, y)
		expect(t, name+": gradient", grads[0], 0, 0)
		expect(t, name+": Jacobian", autograd.Jacobian(f, x, y)[0], 0, 0)
		expect(t, name+": Hessian", autograd.Hessian(f, x, y)[0][0].Reshape(4), 0, 0, 0, 0)
		expect(t, name+": HVP", autograd.HVP(f, []*tensor.Tensor{x, y}, []*tensor.Tensor{x, y})[0], 0, 0)
	}
	if got := autograd.Jacobian(func(xs ...*node) *node { return xs[0].Exp() }, tensor.New(0, 2))[0]; !slices.Equal(got.Shape(), []int{0, 2, 0, 2}) {
		t.Errorf("Jacobian of nothing: %v", got.Shape())
	}
}

// The gradients of the examples add up to that of the batch.
func TestPerExample(t *testing.T) {
	w, b := tensor.Rows([][]float64{{1, -2}, {.5, 1}}), vector(.1, -.2)
	x, target := tensor.Rows([][]float64{{1, 2}, {-1, .5}, {0, 3}}), tensor.Rows([][]float64{{1, 0}, {0, 1}, {1, 1}})
	loss := func(xs ...*node) *node { return xs[2].Affine(xs[0], xs[1]).Sigmoid().SquaredError(xs[3]) }
	each := autograd.PerExample(loss, []*tensor.Tensor{w, b}, []*tensor.Tensor{x, target})
	_, all := autograd.ValueAndGrad(func(xs ...*node) *node {
		return loss(append(xs, autograd.Constant(x), autograd.Constant(target))...)
	}, w, b)
	for i := range each {
		if sum := new(tensor.Tensor).Sum(each[i], 0); !tensor.AllClose(sum, all[i], 1e-14, 1e-16) {
			t.Errorf("gradient %d: the examples add up to %v, the batch has %v", i, sum, all[i])
		}
	}
	mustPanic(t, "autograd: PerExample: there is no batch", func() { autograd.PerExample(loss, []*tensor.Tensor{w}, nil) })
	const noExamples = "tensor %d of the batch has shape %v; its first axis must be the examples, as many as in the other tensors"
	const noTensor = "the tensor is nil, or empty: it has no shape yet"
	for _, bad := range []struct {
		want  string
		batch []*tensor.Tensor
	}{
		{noTensor, []*tensor.Tensor{nil, target}},
		{noTensor, []*tensor.Tensor{x, new(tensor.Tensor)}},
		{fmt.Sprintf(noExamples, 0, "[]"), []*tensor.Tensor{tensor.Scalar(1), target}},
		{fmt.Sprintf(noExamples, 1, "[]"), []*tensor.Tensor{x, tensor.Scalar(1)}},
		{fmt.Sprintf(noExamples, 1, "[2 2]"), []*tensor.Tensor{x, tensor.New(2, 2)}},
		{fmt.Sprintf(noExamples, 1, "[4 2]"), []*tensor.Tensor{x, tensor.New(4, 2)}},
	} {
		mustPanic(t, "autograd: PerExample: "+bad.want, func() { autograd.PerExample(loss, []*tensor.Tensor{w, b}, bad.batch) })
	}
}

func TestFunctionsPanic(t *testing.T) {
	x := vector(1, 2)
	square := func(xs ...*node) *node { return xs[0].Square() }
	v := autograd.Variable(x)
	for want, f := range map[string]func(){
		"autograd: Jacobian: the function is nil":                                                                                 func() { autograd.Jacobian(nil, x) },
		"autograd: Hessian: there are no tensors to differentiate with respect to":                                                func() { autograd.Hessian(square) },
		"autograd: Hessian: Square [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)":      func() { autograd.Hessian(square, x) },
		"autograd: ValueAndGrad: Square [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)": func() { autograd.ValueAndGrad(square, x) },
		"autograd: HVP: Square [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)":          func() { autograd.HVP(square, []*tensor.Tensor{x}, []*tensor.Tensor{x}) },
		"autograd: PerExample: Square [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)":   func() { autograd.PerExample(square, []*tensor.Tensor{x}, []*tensor.Tensor{x}) },
		"autograd: Jacobian: the function returned nil":                                                                           func() { autograd.Jacobian(func(...*node) *node { return nil }, x) },
		"autograd: HVP: tensor 0 has shape [2], its vector [1]; they must be the same": func() {
			autograd.HVP(func(xs ...*node) *node { return xs[0].Sum() }, []*tensor.Tensor{x}, []*tensor.Tensor{vector(1)})
		},
		"autograd: HVP: tensor 0 has shape [2], its vector [1 2]; they must be the same": func() {
			autograd.HVP(func(xs ...*node) *node { return xs[0].Sum() }, []*tensor.Tensor{x}, []*tensor.Tensor{x.Reshape(1, 2)})
		},
		"autograd: HVP: tensor 0 has shape [2], its vector []; they must be the same": func() {
			autograd.HVP(func(xs ...*node) *node { return xs[0].Sum() }, []*tensor.Tensor{x}, []*tensor.Tensor{nil})
		},
		"autograd: HVP: there are 1 tensors and 0 vectors; each tensor needs one":   func() { autograd.HVP(func(xs ...*node) *node { return xs[0].Sum() }, []*tensor.Tensor{x}, nil) },
		"autograd: VJP: the seed is Constant [3]; it needs the shape of Square [2]": func() { autograd.VJP(square(v), autograd.Constant(tensor.New(3)), v) },
		"autograd: JVP: there are 1 nodes and 0 tangents; each node needs one":      func() { autograd.JVP(square(v), []*node{v}, nil) },
		"autograd: JVP: the tangent of Variable [2] is Constant [3]; it needs the same shape": func() {
			autograd.JVP(square(v), []*node{v}, []*node{autograd.Constant(tensor.New(3))})
		},
		"autograd: ValueAndGrad: tensor 0 is nil, or empty: it has no shape yet": func() { autograd.ValueAndGrad(square, nil) },
	} {
		mustPanic(t, want, f)
	}
}

// A derivative inside a function is not confused with one outside it: examples of M. Hutchinson and J.
// Siskind.
func TestNestedDerivatives(t *testing.T) {
	inner := func(f func(y *node) *node, at float64) *node { // d f/dy, as a node of x
		y := variable(at)
		return autograd.Grad(f(y).Sum(), y)[0]
	}
	expect(t, "x·d/dy(x+y)", vector(gradient(func(x *node) *node {
		return x.Mul(inner(func(y *node) *node { return x.Add(y) }, 3))
	}, 5)...), 1)
	expect(t, "x·d/dy(xy)", vector(gradient(func(x *node) *node {
		return x.Mul(inner(func(y *node) *node { return x.Mul(y) }, 3))
	}, 4)...), 8)
	x := variable(4)
	y := variable(3)
	one := []*node{autograd.Constant(vector(1))}
	dy := autograd.JVP(x.Mul(y), []*node{y}, one)
	expect(t, "forward over forward", autograd.JVP(x.Mul(dy), []*node{x}, one).Value(), 8)
}

// A Checkpoint gives what the function itself gives, forward and backward, recorded or not, on the heap
// and by a plan.
func TestCheckpoint(t *testing.T) {
	w, b := tensor.Rows([][]float64{{1, -2}, {.5, 1}}), vector(.1, -.2)
	block := func(xs ...*node) *node {
		h := xs[0]
		for range 5 {
			h = h.Affine(xs[1], xs[2]).Tanh().Add(xs[0])
		}
		return h
	}
	whole := func(f func(xs ...*node) *node) (loss *node, xs []*node) {
		x := autograd.Variable(tensor.Rows([][]float64{{1, 2}, {-1, .5}, {0, 3}}))
		xs = []*node{x, autograd.Variable(w), autograd.Variable(b)}
		y := f(f(x.Exp(), xs[1], xs[2]), xs[1], xs[2])
		return y.Square().Sum(), xs
	}
	direct, xs := whole(block)
	saved, ys := whole(func(xs ...*node) *node { return autograd.Checkpoint(block, xs...) })
	same := func(what string, got, want *tensor.Tensor) {
		t.Helper()
		if !tensor.AllClose(got, want, 1e-14, 0) {
			t.Errorf("%s: %v, directly %v", what, got, want)
		}
	}
	same("value", saved.Value(), direct.Value())
	if n := saved.Input(0).Input(0); autograd.SavedBytes(n) < 10*8*6 {
		t.Errorf("%d bytes saved", autograd.SavedBytes(n))
	}
	want, got := autograd.Backward(direct, xs...), autograd.Backward(saved, ys...)
	recorded, directly := autograd.Grad(saved, ys...), autograd.Grad(direct, xs...)
	second := func(grads []*node, xs []*node) []*node {
		sum := number(0)
		for _, g := range grads {
			sum = sum.Add(g.Square().Sum())
		}
		return autograd.Grad(sum, xs...)
	}
	twice, twiceDirectly := second(recorded, ys), second(directly, xs)
	ones := func(xs []*node) (dxs []*node) {
		for _, x := range xs {
			dxs = append(dxs, autograd.Constant(new(tensor.Tensor).Like(x.Value()).Fill(1)))
		}
		return dxs
	}
	same("JVP", autograd.JVP(saved, ys, ones(ys)).Value(), autograd.JVP(direct, xs, ones(xs)).Value())
	for i := range xs {
		same("gradient", got.Of(ys[i]), want.Of(xs[i]))
		same("recorded", recorded[i].Value(), directly[i].Value())
		same("second order", twice[i].Value(), twiceDirectly[i].Value())
	}
	plan := autograd.NewPlan(saved, ys...)
	for range 2 {
		same("plan", plan.Forward(), direct.Value())
		grads := plan.Backward()
		for i := range xs {
			same("gradient of a plan", grads.Of(ys[i]), want.Of(xs[i]))
		}
	}
}

func TestCheckpointOfRepeatedInputs(t *testing.T) {
	x := variable(3, -1)
	y := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Square().Mul(xs[1]) }, x, x)
	expect(t, "x²·x in forward mode", autograd.JVP(y, []*node{x}, []*node{autograd.Constant(vector(1, 10))}).Value(), 27, 30)
	everywhere(t, "x²·x", y.Sum(), x, 27, 3)
	for i, want := range []bool{true, false} {
		if dx := y.Op().VJP(y, i, autograd.Constant(vector(1, 1))); (dx != nil) != want {
			t.Errorf("the VJP of input %d: %v", i, dx)
		}
	}
	flat := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Gt(number(0)) }, x)
	everywhere(t, "a mask", flat.Add(x).Sum(), x, 1, 1)
	part := autograd.Checkpoint(func(xs ...*node) *node { return xs[1].Exp().Scale(0) }, x, variable(1, 1))
	everywhere(t, "one of two", part.Add(x).Sum(), x, 1, 1)
}

// What f draws differs each time a Checkpoint is computed, but is the same when it is recomputed for the
// backward pass.
func TestCheckpointDrawsTheSame(t *testing.T) {
	noise := func(xs ...*node) *node {
		draw := autograd.Constant(new(tensor.Tensor).Like(xs[0].Value()).Uniform(xs[0].Context().Rand, 0, 1))
		return xs[0].Mul(draw)
	}
	source := rand.NewPCG(1, 2)
	ctx := autograd.Context{Rand: rand.New(source)}
	w := autograd.Variable(vector(1, 1, 1))
	y := autograd.Checkpoint(noise, ctx.Constant(vector(1, 1, 1)).Mul(w))
	before := *source
	plan := autograd.NewPlan(y.Sum(), w).Keep(y)
	var last []float64
	for range 3 {
		plan.Forward()
		drawn := slices.Clone(y.Value().Data())
		if got := plan.Backward().Of(w).Data(); !slices.Equal(got, drawn) {
			t.Errorf("forward %v, backward %v", drawn, got)
		}
		if slices.Equal(drawn, last) {
			t.Errorf("the same was drawn again: %v", drawn)
		}
		last = drawn
	}
	if *source != before {
		t.Error("the plan drew from the context's Rand")
	}
}

func TestCheckpointPanics(t *testing.T) {
	w, x := variable(2).Named("w"), variable(3)
	lost := func(xs ...*node) *node { return xs[0].Mul(w) }
	mustPanic(t, "autograd: Checkpoint: the function uses Variable w [1] = 2, which is not among its nodes: pass it too",
		func() { autograd.Checkpoint(lost, x) })
	mustPanic(t, "autograd: Checkpoint: the function uses Variable w [1] = 2, which is not among its nodes: pass it too",
		func() { autograd.Checkpoint(func(...*node) *node { return w.Exp().Square() }, x) })
	mustPanic(t, "autograd: Checkpoint: the function uses Variable w [1] = 2, which is not among its nodes: pass it too",
		func() { autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Add(w.Exp()) }, x) })
	for _, f := range []func(outer, inner *node) *node{
		func(outer, inner *node) *node { return outer.Mul(inner) },
		func(outer, inner *node) *node { return inner.Mul(outer) },
	} {
		for given, refused := range map[*node]string{w: "Constant in a Checkpoint [1] = 2", number(2): "Constant in a Checkpoint [] = 2"} {
			mustPanic(t, "autograd: Checkpoint: the function uses "+refused+", which is not among its nodes: pass it too", func() {
				autograd.Checkpoint(func(xs ...*node) *node {
					return autograd.Checkpoint(func(ys ...*node) *node { return f(xs[1], ys[0]) }, xs[0])
				}, x, given)
			})
		}
	}
	late := func(xs ...*node) *node { // the outer Checkpoint finds its own nodes when it is computed again
		return autograd.Checkpoint(func(ys ...*node) *node { return ys[0].Mul(xs[1].Scale(2)) }, xs[0])
	}
	mustPanic(t, "autograd: Checkpoint: the function uses Identity [1] = 2, which is not among its nodes: pass it too",
		func() { autograd.Backward(autograd.Checkpoint(late, x, w)) })
	doubled := func(xs ...*node) *node {
		h := w
		for range 40 {
			h = h.Add(h)
		}
		return xs[0].Mul(h)
	}
	everywhere(t, "a chain of fan-outs", autograd.Checkpoint(doubled, x, w).Sum(), w, 3*(1<<40))
	tripled := w.Scale(3)
	mustPanic(t, "autograd: Checkpoint: the function uses Scale [1] = 6, which is not among its nodes: pass it too",
		func() { autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(tripled) }, x, w) })
	unrecorded := autograd.Context{NoRecord: true}.Constant(vector(1))
	hidden := autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(unrecorded) }, x)
	mustPanic(t, "autograd: Checkpoint: Mul [1] = 3 was not recorded, since the context of its input Constant [1] = 1 has NoRecord",
		func() { autograd.Backward(hidden, x) })
	mustPanic(t, "autograd: Grad: Mul [1] = 9 was not recorded, since the context of its input Constant in a Checkpoint [1] = 3 has NoRecord",
		func() {
			autograd.Checkpoint(func(xs ...*node) *node { return autograd.Grad(xs[0].Mul(xs[0]), xs[0])[0] }, x)
		})
	everywhere(t, "given", autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(w) }, x, w).Sum(), w, 3)
	everywhere(t, "given, and used with a constant", autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(w.Scale(2).Add(number(1))) }, x, w).Sum(), w, 6)
	mustPanic(t, "autograd: Checkpoint: the function is nil", func() { autograd.Checkpoint(nil, x) })
}

func TestHook(t *testing.T) {
	x := variable(1, 2)
	var seen [][]float64
	h := x.Square().Hook(func(grad *tensor.Tensor) {
		seen = append(seen, slices.Clone(grad.Data()))
		for i, v := range grad.Data() {
			grad.Data()[i] = math.Min(v, 1)
		}
	})
	loss := h.Mul(autograd.Constant(vector(.5, 7))).Sum()
	expect(t, "value", loss.Value(), 14.5+14)
	grads := autograd.Backward(loss)
	expect(t, "what the hook changed", grads.Of(x), 1, 4)
	expect(t, "what came to it", grads.Of(h), .5, 7)
	expect(t, "recorded", autograd.Grad(loss, x)[0].Value(), 1, 4)
	expect(t, "forward mode", autograd.JVP(loss, []*node{x}, []*node{autograd.Constant(vector(1, 0))}).Value(), 1)
	plan := autograd.NewPlan(loss, x)
	before := len(seen)
	for range 2 {
		plan.Forward()
		expect(t, "by a plan", plan.Backward().Of(x), 1, 4)
	}
	if len(seen) != before+2 || before != 3 {
		t.Errorf("the hook was called %d times, then %d", before, len(seen))
	}
	if plan.Keep(h); len(seen) != before+3 {
		t.Errorf("the hook was called %d times, then %d, with Keep", before, len(seen))
	}
	for _, g := range seen {
		if !slices.Equal(g, []float64{.5, 7}) {
			t.Errorf("the hook saw %v", g)
		}
	}
}

// A function may store what it computes in the slice that it is given.
func TestFunctionsMayUseTheirSlice(t *testing.T) {
	t.Parallel()
	square := func(xs ...*node) *node {
		xs[0] = xs[0].Square()
		return xs[0].Sum()
	}
	x, ones := vector(1, 2, 3), vector(1, 1, 1)
	_, grads := autograd.ValueAndGrad(square, x)
	expect(t, "gradient", grads[0], 2, 4, 6)
	expect(t, "Jacobian", autograd.Jacobian(square, x)[0], 2, 4, 6)
	expect(t, "Hessian", autograd.Hessian(square, x)[0][0], 2, 0, 0, 0, 2, 0, 0, 0, 2)
	expect(t, "its product", autograd.HVP(square, []*tensor.Tensor{x}, []*tensor.Tensor{ones})[0], 2, 2, 2)
	product := func(xs ...*node) *node {
		xs[0], xs[3] = xs[0].Square(), xs[3].Scale(2)
		return xs[0].Mul(xs[3]).Sum()
	}
	each := autograd.PerExample(product, []*tensor.Tensor{x, ones, ones}, []*tensor.Tensor{vector(1, 2)})
	expect(t, "each example's", each[0], 4, 8, 12, 8, 16, 24)
	if err := gradcheck.Check(square, x); err != nil {
		t.Error(err)
	}
}

// What a function uses is not taken by a plan that the caller does not see: it is refused.
func TestFunctionsLeaveOthersNodes(t *testing.T) {
	t.Parallel()
	m := autograd.Constant(vector(1, 2)).Square()
	f := func(xs ...*node) *node { return xs[0].Square().Mul(m).Sum() }
	const used = ": the function uses Square [2], which was computed before: it must compute this itself, or use a Constant of its value"
	mustPanic(t, "autograd: Jacobian"+used, func() { autograd.Jacobian(f, vector(3, 4)) })
	mustPanic(t, "autograd: Hessian"+used, func() { autograd.Hessian(f, vector(3, 4)) })
	mustPanic(t, "autograd: PerExample"+used, func() { autograd.PerExample(f, []*tensor.Tensor{vector(3, 4)}, []*tensor.Tensor{vector(1)}) })
	expect(t, "the node", m.Value(), 1, 4)
	_, grads := autograd.ValueAndGrad(f, vector(3, 4))
	expect(t, "the gradient", grads[0], 6, 32)
}

// PerExample builds its graph on the first example, not on zeros, which a function may refuse.
func TestPerExampleBuildsOnAnExample(t *testing.T) {
	positive := func(xs ...*node) *node {
		if xs[1].Value().Data()[0] <= 0 {
			t.Errorf("the function sees %v", xs[1].Value())
		}
		return xs[0].Mul(xs[1].Log()).Sum()
	}
	batch := tensor.Rows([][]float64{{1, 2}, {3, 4}})
	got := autograd.PerExample(positive, []*tensor.Tensor{vector(1, 1)}, []*tensor.Tensor{batch})[0]
	expect(t, "gradients", got, 0, math.Log(2), math.Log(3), math.Log(4))
	one := autograd.PerExample(positive, []*tensor.Tensor{vector(1, 1)}, []*tensor.Tensor{tensor.Rows([][]float64{{1, 2}})})[0]
	expect(t, "gradients of one", one, 0, math.Log(2))
	none := autograd.PerExample(func(xs ...*node) *node {
		if !slices.Equal(xs[1].Shape(), []int{1, 2}) {
			t.Errorf("an example has the shape %v", xs[1].Shape())
		}
		return xs[0].Mul(xs[1]).Sum()
	}, []*tensor.Tensor{vector(1, 1)}, []*tensor.Tensor{tensor.New(0, 2)})[0]
	if !slices.Equal(none.Shape(), []int{0, 2}) {
		t.Errorf("of no examples: %v", none)
	}
}

// The value that ValueAndGrad returns is the caller's own.
func TestValueAndGradGivesItsOwnValue(t *testing.T) {
	x := vector(3)
	value, _ := autograd.ValueAndGrad(func(xs ...*node) *node { return xs[0].Reshape(1, 1) }, x)
	x.Fill(7)
	expect(t, "value", value, 3)
}
