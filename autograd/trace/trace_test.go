package trace_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/tensor"
)

type node = autograd.Node

// A cube is a user's operation, applied element by element, that says its rule.
type cube struct{}

func (cube) Name() string { return "Cube" }

func (cube) Forward(y *node) {
	x := y.Input(0).Value()
	y.Value().Mul(x, x)
	y.Value().Mul(y.Value(), x)
}

func (cube) VJP(y *node, _ int, dy *node) *node { return dy.Chain(y.Input(0).Square().Scale(3)) }

func (cube) Pointwise() bool { return true }

func (cube) Formula(int) string { return "$d ⊙ 3 $0²" }

// A sink is a user's operation with any number of inputs, of which the trace knows nothing: it adds the
// inputs with odd numbers, and gives no gradient to the others. It notes the order in which its rule is
// asked.
type sink struct {
	name  string
	asked *[]string
}

func (op sink) Name() string { return op.name }

func (sink) Forward(y *node) {
	y.Value().Like(y.Input(0).Value()).Fill(0)
	for i := 1; i < y.NumInputs(); i += 2 {
		y.Value().Add(y.Value(), y.Input(i).Value())
	}
}

func (op sink) VJP(y *node, i int, dy *node) *node {
	if op.asked != nil {
		*op.asked = append(*op.asked, fmt.Sprint(op.name, i))
	}
	if i%2 == 0 {
		return nil
	}
	return dy
}

var (
	swish = autograd.Pointwise("swish", func(x float64) float64 { return x / (1 + math.Exp(-x)) },
		func(x, y *node) *node { s := x.Sigmoid(); return s.Add(y.Mul(s.Neg().AddScalar(1))) })
	hypot = autograd.Pointwise2("hypot", math.Hypot,
		func(x, _, z *node) *node { return x.Div(z) }, func(_, y, z *node) *node { return y.Div(z) })
)

func draw(seed uint64, shape ...int) *tensor.Tensor {
	return tensor.New(shape...).Uniform(rand.New(rand.NewPCG(seed, 1)), .2, 1.5)
}

func variable(seed uint64, shape ...int) *node { return autograd.Variable(draw(seed, shape...)) }

func constant(seed uint64, shape ...int) *node { return autograd.Constant(draw(seed, shape...)) }

// network returns the loss of the article's network for so many observations, with named nodes.
func network(observations int) *node {
	x, t := constant(1, observations, 2).Named("x"), constant(2, observations, 1).Named("t")
	w1, b1 := variable(3, 2, 3).Named("w1"), variable(4, 3).Named("b1")
	w2, b2 := variable(5, 3, 1).Named("w2"), variable(6, 1).Named("b2")
	a1 := x.Affine(w1, b1).Named("z1").Sigmoid().Named("a1")
	return a1.Affine(w2, b2).Named("z2").Sigmoid().Named("a2").SquaredError(t).Named("E")
}

// graphs are losses of many kinds.
func graphs() map[string]*node {
	x, y, m, one := variable(1, 3), variable(2, 3), variable(3, 3, 3), variable(4)
	batch, wide, flat := variable(5, 2, 3, 3), variable(6, 2, 3), variable(7, 2, 1)
	g := map[string]*node{
		"article": network(1), "batch": network(5),
		"leaf":            one,
		"unused input":    autograd.Apply(sink{"sink", nil}, x, y, x).Sum(),
		"nothing reached": autograd.Apply(sink{"sink", nil}, x.Exp(), y).Sum(),
		"x·x":             x.Mul(x).Sum(),
		"x+x−x/x":         x.Add(x).Sub(x.Div(x)).Sum(),
		"m·m":             m.MatMul(m).Mul(m).Sum(),
		"tied":            wide.MatMul(m).Tanh().MatMulNT(m).SquaredError(wide),
		"fan-out":         x.Exp().Add(x.Sigmoid()).Mul(x.Sqrt()).Add(x.Log()).Sum(),
		"powers":          x.Pow(y).Add(y.PowScalar(3)).Add(x.Square()).Mean(),
		"broadcast":       wide.Mul(x).Add(flat.Mul(x)).Sum(0).Sub(one).Mul(one).Mean(),
		"batches":         batch.MatMul(m).MatMulTN(batch).Add(batch.Affine(m, x)).MatMulNT(m).Mean(),
		"where":           autograd.Where(x.Gt(y), x.Sqrt(), y.ReLU()).Sum(),
		"detach":          x.Mul(x.Detach()).Sum(),
		"functions":       swish.Of(x).Add(hypot.Of(wide, y)).Add(autograd.Apply(cube{}, x)).Sum(),
		"axes":            wide.Transpose().Reshape(6).BroadcastTo(2, 6).SumTo(1, 6).Scale(.3).AddScalar(1).Square().Sum(),
		"first order":     autograd.Grad(x.Exp().Mul(y).Log().Sum(), x)[0].Square().Sum(),
	}
	sum := x.Slice(0, 0, 1).Neg()
	for i := range 3 {
		sum = sum.Add(x.Slice(0, i, i+1)).Mul(autograd.Concat(0, x, y, x).Slice(0, i+2, i+3))
	}
	g["parts"] = sum.Sum()
	g["second order"] = autograd.Grad(autograd.Grad(x.Tanh().Mul(m).Sum(), x)[0].Square().Sum(), x)[0].Mul(x.Slice(0, 1, 2)).Sum()

	index := autograd.Constant(tensor.FromSlice([]float64{2, 0, 2, 2}, 4))
	g["repeated indices"] = x.IndexSelect(0, index).Exp().Sum().Mul(x.Square().Sum()).Add(x.IndexSelect(0, index).Mul(variable(11, 4)).Sum())
	g["checkpoint"] = autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Mul(xs[1]).Tanh().Mul(xs[0]) }, x, y).Sum().Add(x.Mul(y).Sum())
	g["hook"] = x.Exp().Hook(func(dx *tensor.Tensor) { dx.Scale(dx, .5) }).Mul(x).Sum()
	g["functions of two"] = x.Maximum(y).Hypot(x).Add(x.Atan2(y).Abs()).LogAddExp(y.Rsqrt()).Sum()
	g["normalised"] = wide.Sub(wide.Mean(1).Reshape(2, 1)).LeakyReLU(.1).Add(x.Softplus()).Flip(0).Pad(1, 1, 2, 0).Sum()

	h, w := constant(8, 1, 3), variable(9, 3, 3)
	for range 3 {
		h = h.MatMul(w).Add(constant(10, 1, 3)).Tanh()
	}
	g["recurrent"] = h.Sum()
	deep := one
	for range 20 { // a diamond of diamonds: 2²⁰ paths
		deep = deep.Scale(.4).Add(deep.Sigmoid())
	}
	g["diamonds"] = deep
	return g
}

func sameBits(x, y *tensor.Tensor) bool {
	return tensor.SameShape(x, y) && slices.EqualFunc(x.Data(), y.Data(), func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b)
	})
}

// The gradients are those of autograd.Backward, bit by bit, and the edges' sums follow one another.
func TestBackwardSums(t *testing.T) {
	for name, loss := range graphs() {
		grads := autograd.Backward(loss)
		tr := trace.Backward(loss)
		sums := map[*node]*tensor.Tensor{}
		visited := map[*node]bool{}
		for _, s := range tr.Steps {
			y := s.Node
			if !sameBits(s.Gradient, grads.Of(y)) || !sameBits(s.Gradient, tr.Gradient(y)) {
				t.Errorf("%s: %v has the gradient %v, want %v", name, y, s.Gradient, grads.Of(y))
			}
			visited[y] = true
			for _, e := range s.Edges {
				if e.From != y || y.Input(e.Input) != e.To || visited[e.To] || e.Before != sums[e.To] {
					t.Errorf("%s: a wrong edge from %v to %v", name, y, e.To)
				}
				if e.Contribution != nil && !tensor.SameShape(e.Contribution, e.To.Value()) {
					t.Errorf("%s: %v contributes %v to %v", name, y, e.Contribution, e.To)
				}
				sums[e.To] = e.After
				switch {
				case e.Contribution == nil && e.After != e.Before:
					t.Errorf("%s: nothing from %v changes %v", name, y, e.To)
				case e.Contribution != nil && e.Before == nil && !sameBits(e.After, e.Contribution):
					t.Errorf("%s: the first contribution to %v is %v, not %v", name, e.To, e.After, e.Contribution)
				}
			}
		}
		for x := range grads.All() {
			if !visited[x] {
				t.Errorf("%s: no step for %v", name, x)
			}
		}
	}
}

// The rules are asked in the order of autograd.Backward, and then once more.
func TestBackwardOrder(t *testing.T) {
	var asked []string
	apply := func(name string, xs ...*node) *node { return autograd.Apply(sink{name, &asked}, xs...) }
	for name, build := range map[string]func(x, y *node) *node{
		"chain": func(x, _ *node) *node { return apply("c", x, apply("b", x, apply("a", x, x))) },
		"diamond": func(x, _ *node) *node {
			a := apply("a", x, x)
			return apply("d", a, apply("b", a, a), a, apply("c", a, a))
		},
		"late use": func(x, y *node) *node {
			a, b := apply("a", x, y), apply("b", y, x)
			c := apply("c", b, a)
			return apply("e", c, b, a, apply("d", a, c, b, b))
		},
	} {
		loss := build(variable(1), variable(2))
		asked = nil
		autograd.Backward(loss)
		want := asked
		asked = nil
		var got []string
		for _, s := range trace.Backward(loss).Steps {
			for _, e := range s.Edges {
				got = append(got, fmt.Sprint(s.Node.Op().Name(), e.Input))
			}
		}
		if !slices.Equal(got, want) || len(want) < 5 {
			t.Errorf("%s: edges %v, want %v", name, got, want)
		}
		if twice := append(slices.Clone(want), want...); !slices.Equal(asked, twice) {
			t.Errorf("%s: asked %v, want %v", name, asked, twice)
		}
	}
}

func TestParts(t *testing.T) {
	x := variable(1)
	var got []string
	for _, s := range trace.Backward(x.Mul(x).Add(x)).Steps {
		for _, e := range s.Edges {
			got = append(got, fmt.Sprintf("%s%d %d/%d", s.Node.Op().Name(), e.Input, e.Part, e.Parts))
		}
	}
	if want := []string{"Add0 1/1", "Add1 1/3", "Mul0 2/3", "Mul1 3/3"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Where there is a slope, upstream × local is the contribution, up to rounding. All functions of numbers
// have a slope.
func TestSlopes(t *testing.T) {
	pointwise := map[string]bool{}
	for name, loss := range graphs() {
		for _, s := range trace.Backward(loss).Steps {
			for _, e := range s.Edges {
				if e.Slope == nil {
					continue
				}
				pointwise[s.Node.Op().Name()] = true
				product := new(tensor.Tensor).Mul(s.Gradient, e.Slope)
				if got := product.SumTo(product.Clone(), s.Node.Shape()...); e.Summed {
					product = new(tensor.Tensor).SumTo(got, e.To.Shape()...)
				}
				if !tensor.AllClose(product, e.Contribution, 1e-14, 1e-300) {
					t.Errorf("%s: %v: upstream × local = %v, contribution %v", name, s.Node, product, e.Contribution)
				}
			}
		}
	}
	for _, op := range []string{"Add", "Sub", "Mul", "Div", "Pow", "Neg", "Scale", "AddScalar", "Exp", "Log", "Sqrt",
		"Square", "Sigmoid", "Tanh", "ReLU", "Where", "Chain", "ChainDiv", "swish", "hypot", "Cube"} {
		if !pointwise[op] {
			t.Errorf("no slope of %s", op)
		}
	}
	for _, op := range []string{"Affine", "MatMul", "Sum", "Reshape", "sink"} {
		if pointwise[op] {
			t.Errorf("a slope of %s", op)
		}
	}
}

// A trace keeps what it saw, whatever becomes of the leaves.
func TestTraceKeeps(t *testing.T) {
	x := variable(1, 2).Named("x")
	tr := trace.Backward(x.Mul(x).Sum())
	text, dot := tr.String(), tr.DOT()
	x.Value().Fill(7)
	if tr.String() != text || tr.DOT() != dot {
		t.Errorf("was\n%s%s\nis\n%s%s", text, dot, tr, tr.DOT())
	}
}

func TestDeepGraph(t *testing.T) {
	y := variable(1)
	for range 20_000 {
		y = y.AddScalar(0)
	}
	tr := trace.Backward(y)
	if n := len(tr.Steps); n != 20_001 {
		t.Errorf("%d steps", n)
	}
	if len(tr.String()) < 1e5 || len(trace.DOT(y)) < 1e5 || trace.NonFinite(y) != nil {
		t.Error("the text is too short, or there are faults")
	}
}

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if p := recover(); fmt.Sprint(p) != want {
			t.Errorf("got  %v\nwant %s", p, want)
		}
	}()
	f()
}

func TestPanics(t *testing.T) {
	x := variable(1, 2)
	tr := trace.Backward(x.Sum())
	c := constant(1, 2)
	stale := x.Sum()
	x.Value().Fill(1)
	for want, f := range map[string]func(){
		"autograd: Backward: the node is a nil or zero Node":                                                                                       func() { trace.Backward(nil) },
		"autograd: Backward: Constant [2] has 2 elements; gradients are taken of a node of one element (Sum or Mean makes one)":                    func() { trace.Backward(c) },
		"autograd: Backward: Sum [] = 2.025317091688063 has no gradient: it depends on no Variable, or only through operations without a gradient": func() { trace.Backward(c.Sum()) },
		"trace: DOT: the node is nil":                             func() { trace.DOT(nil) },
		"trace: NonFinite: the node is nil":                       func() { trace.NonFinite(nil) },
		"trace: Gradient: the node is nil":                        func() { tr.Gradient(nil) },
		"trace: Gradient: no gradient flows through Constant [2]": func() { tr.Gradient(c) },
		"autograd: Graph: the node is a nil or zero Node":         func() { autograd.Graph(nil) },
		"autograd: Backward: Sum [] = 2.025317091688063 is out of date: one of its inputs [Variable [2]] was modified since; build the graph anew (or mend its Forward, if that modifies an input)": func() {
			trace.Backward(stale)
		},
		"autograd: Backward: Sum [] = 0 was not recorded, since the context of its input Constant [2] has NoRecord": func() {
			trace.Backward(autograd.Context{NoRecord: true}.Constant(tensor.New(2)).Sum())
		},
	} {
		mustPanic(t, want, f)
	}
}

// What the loss does not depend on has the gradient 0.
func TestGradientElsewhere(t *testing.T) {
	x, y := variable(1, 2), variable(2, 3)
	if got := trace.Backward(x.Sum()).Gradient(y).String(); got != "[0. 0. 0.]" {
		t.Error(got)
	}
	if s := new(trace.Trace).String(); s != "" {
		t.Errorf("the zero trace is %q", s)
	}
}
