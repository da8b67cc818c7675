package autograd_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// net returns a small network's loss, its parameters, its input, and the pre-activation and activation
// of its hidden layer.
func net(batch int) (loss *node, parameters []*node, x, z, a *node) {
	draw := func(name string, shape ...int) *node {
		w := tensor.New(shape...)
		for i := range w.Data() {
			w.Data()[i] = float64((i*7+len(name)*5)%11)/5 - 1
		}
		return autograd.Variable(w).Named(name)
	}
	w1, b1, w2 := draw("w1", 3, 4), draw("b1", 4), draw("w2", 4, 2)
	x = autograd.Constant(tensor.New(batch, 3)).Named("x")
	z = x.Affine(w1, b1)
	a = z.Tanh()
	return a.MatMul(w2).Square().Mean().Add(w1.Square().Sum().Scale(.1)), []*node{w1, b1, w2}, x, z, a
}

func TestPlanKeeps(t *testing.T) {
	loss, parameters, x, z, a := net(2)
	value := loss.Value().Item()
	plan := autograd.NewPlan(loss, parameters...).Keep(z, a)
	mustPanic(t, "autograd: Value: Affine belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", func() { _ = z.Value() })
	if got := plan.Forward().Item(); got != value || loss.Value().Item() != value {
		t.Errorf("loss %v and %v, want %v", got, loss.Value(), value)
	}
	for range 2 {
		x.Set(tensor.Full(.3, 2, 3))
		_, wantParameters, _, _, _ := net(2)
		wantZ := autograd.Constant(tensor.Full(.3, 2, 3)).Affine(wantParameters[0], wantParameters[1])
		wantA := wantZ.Tanh()
		wantLoss := wantA.MatMul(wantParameters[2]).Square().Mean().Add(wantParameters[0].Square().Sum().Scale(.1))
		want := autograd.Backward(wantLoss)
		plan.Forward()
		grads := plan.Backward()
		if !sameBits(z.Value(), wantZ.Value()) || !sameBits(a.Value(), wantA.Value()) || !sameBits(grads.Of(z), want.Of(wantZ)) || !sameBits(grads.Of(a), want.Of(wantA)) {
			t.Errorf("z %v, δ %v; want %v, %v", z.Value(), grads.Of(z), wantZ.Value(), want.Of(wantZ))
		}
		for i, p := range parameters {
			if !sameBits(grads.Of(p), want.Of(wantParameters[i])) {
				t.Errorf("%v: %v, want %v", p, grads.Of(p), want.Of(wantParameters[i]))
			}
		}
	}
}

func TestPlanMistakes(t *testing.T) {
	loss, parameters, x, z, a := net(2)
	other := variable(1, 2)
	plan := autograd.NewPlan(loss, parameters...)
	inference := func() *autograd.Plan { loss, _, _, _, _ := net(2); return autograd.NewPlan(loss) }
	tests := []struct {
		want string
		f    func()
	}{
		{"NewPlan: the node is a nil or zero Node", func() { autograd.NewPlan(nil) }},
		{"NewPlan: the node is a nil or zero Node", func() { autograd.NewPlan(other.Sum(), nil) }},
		{"NewPlan: Constant x [2 3] has no gradient: it depends on no Variable, or only through operations without a gradient", func() { autograd.NewPlan(other.Sum(), x) }},
		{"NewPlan: Sum [] = 0 has no gradient: it depends on no Variable, or only through operations without a gradient", func() { autograd.NewPlan(x.Sum(), other) }},
		{"Keep: the node is a nil or zero Node", func() { inference().Keep(nil) }},
		{"Backward: the plan was made for inference: NewPlan was given no nodes to take gradients with respect to", func() { p := inference(); p.Forward(); p.Backward() }},
		{"Backward: the plan's Forward has not run, or another plan has taken its nodes since", func() { plan.Backward() }},
		{"Backward: Affine belongs to a plan: the plan's Backward returns gradients with respect to the nodes that NewPlan was given", func() { autograd.Backward(loss) }},
		{"Grad: Affine belongs to a plan: the plan's Backward returns gradients with respect to the nodes that NewPlan was given", func() { autograd.Grad(loss, parameters[0]) }},
		{"VJP: Affine belongs to a plan: the plan's Backward returns gradients with respect to the nodes that NewPlan was given", func() { autograd.VJP(loss, number(1), parameters[0]) }},
		{"Value: Tanh [2 4] belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", func() { plan.Forward(); a.Value() }},
		{"Value: Affine [2 4] belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", func() { z.Square() }},
		{"Backward: Affine [2 4] belongs to a plan: the plan's Backward returns gradients with respect to the nodes that NewPlan was given", func() { autograd.Backward(loss) }},
		{"Grad: Affine [2 4] belongs to a plan: the plan's Backward returns gradients with respect to the nodes that NewPlan was given", func() { autograd.Grad(loss, parameters[0]) }},
		{"Backward: the seed has shape [2]; it needs the shape of Add []", func() { plan.Backward(vector(1, 2)) }},
		{"Backward: there are 2 seeds; at most one is possible", func() { plan.Backward(tensor.Scalar(1), tensor.Scalar(1)) }},
		{"Backward: Scale [2] has 2 elements; only a result of one element needs no seed", func() {
			p := autograd.NewPlan(other.Scale(2), other)
			p.Forward()
			p.Backward()
		}},
		{"Set: Constant x [2 3] can't be set to a tensor of shape [1 3]", func() { x.Set(tensor.New(1, 3)) }},
		{"Set: Constant x [2 3] can't be set to a tensor of shape [0 3]", func() { x.Set(tensor.New(0, 3)) }},
		{"Set: a nil or zero Node can't be set to a tensor of shape [2]", func() { new(autograd.Node).Set(vector(1, 2)) }},
		{"Set: the tensor is nil, or empty: it has no shape yet", func() { x.Set(nil) }},
		{"Set: Square [2] was computed; only a Variable or a Constant can be set", func() { other.Square().Set(vector(1, 2)) }},
		{"Of: the gradient of Variable [2] was not asked for", func() { plan.Forward(); plan.Backward().Of(other) }},
	}
	for _, tt := range tests {
		mustPanic(t, "autograd: "+tt.want, tt.f)
	}
	x.Value().Clear()
	mustPanic(t, "autograd: Set: the tensor is nil, or empty: it has no shape yet", func() { x.Set(new(tensor.Tensor)) })
	x.Value().Copy(tensor.New(5, 3))
	mustPanic(t, "autograd: Forward: Constant x [5 3] had the shape [2 3] when the plan was made; another shape needs another plan", func() { plan.Forward() })
}

// A rule whose gradient would not follow the data is refused.
func TestPlanRefusesWhatDoesNotFollow(t *testing.T) {
	w, foreign := variable(1, 2), variable(3, 4).Scale(2)
	keeping := autograd.Apply(keepsViewOf{true}, foreign)
	for want, vjp := range map[string]func(y, dy *node) *node{
		"autograd: NewPlan: the VJP of Rule made the Constant [2], which would not follow the data: compute it by operations, or keep it in Forward": func(y, dy *node) *node {
			return dy.Mul(autograd.Constant(new(tensor.Tensor).Gt(y.Value(), tensor.Scalar(0))))
		},
		"autograd: NewPlan: Mul [2] was not recorded, since the context of its input Constant [] = 2 has NoRecord": func(y, dy *node) *node {
			return dy.Mul(autograd.Context{NoRecord: true}.Constant(tensor.Scalar(2)))
		},
		"autograd: NewPlan: the VJP of Rule uses Keep [2], which is not computed from the inputs, the result or dy":  func(y, dy *node) *node { return dy.Mul(keeping.Keep(0)) },
		"autograd: NewPlan: the VJP of Rule uses Scale [2], which is not computed from the inputs, the result or dy": func(y, dy *node) *node { return dy.Mul(foreign) },
	} {
		loss := autograd.Apply(&returning{"Rule", vjp}, w).Sum()
		mustPanic(t, want, func() { autograd.NewPlan(loss, w) })
	}
	constant := func(y, dy *node) *node { return dy.Mul(autograd.Constant(tensor.Scalar(2))) } // a constant of one number is allowed
	plan := autograd.NewPlan(autograd.Apply(&returning{"Rule", constant}, w).Sum(), w)
	plan.Forward()
	expect(t, "w", plan.Backward().Of(w), 2, 2)
}

// A positives is an operation whose result's shape depends on values.
type positives struct{}

func (positives) Name() string { return "Positives" }

func (positives) Forward(y *node) {
	var some []float64
	for _, v := range y.Input(0).Value().Data() {
		if v > 0 {
			some = append(some, v)
		}
	}
	y.Value().Copy(tensor.FromSlice(some, len(some)))
}

func (positives) VJP(*node, int, *node) *node { return nil }

func TestPlanRefusesShapesThatChange(t *testing.T) {
	x := variable(1, -2, 3)
	plan := autograd.NewPlan(autograd.Apply(positives{}, x).Sum(), x)
	expect(t, "the same", plan.Forward(), 4)
	x.Set(vector(1, 2, 3))
	mustPanic(t, "autograd: Forward: Positives [3] had the shape [2] when the plan was made: a shape that depends on values can't be in a plan",
		func() { plan.Forward() })
	x = variable(1, 2, 3, 4, 5, 6)
	plan = autograd.NewPlan(autograd.Apply(fold{}, x).Sum(), x)
	plan.Forward()
	for name, first := range map[string]float64{"Fold [3 2]": -1, "Fold [2 3 1]": 0} { // with equally many elements
		x.Set(vector(first, 2, 3, 4, 5, 6))
		mustPanic(t, "autograd: Forward: "+name+" had the shape [2 3] when the plan was made: a shape that depends on values can't be in a plan",
			func() { plan.Forward() })
	}
}

// A fold makes six numbers a matrix, whose shape depends on the first.
type fold struct{}

func (fold) Name() string { return "Fold" }

func (fold) Forward(y *node) {
	switch x := y.Input(0).Value(); x.Data()[0] {
	case -1:
		y.Value().View(x, 3, 2)
	case 0:
		y.Value().View(x, 2, 3, 1)
	default:
		y.Value().View(x, 2, 3)
	}
}

func (fold) VJP(_ *node, _ int, dy *node) *node { return dy.Reshape(6) }

// An absolute is an operation of a user's own that keeps the sign for its rule.
type absolute struct{}

func (absolute) Name() string { return "Absolute" }

func (absolute) Forward(y *node) {
	x := y.Input(0).Value()
	y.Value().Abs(x)
	y.Keep(0).Value().Gt(x, tensor.Scalar(0))
	y.Keep(1).Value().Lt(x, tensor.Scalar(0))
}

func (absolute) VJP(y *node, _ int, dy *node) *node { return dy.Mul(y.Keep(0).Sub(y.Keep(1))) }

func TestKeep(t *testing.T) {
	x := variable(1, -2, 0)
	y := autograd.Apply(absolute{}, x)
	expect(t, "kept", y.Keep(1).Value(), 0, 1, 0)
	mustPanic(t, "autograd: Keep: Absolute [3] keeps 2 values; there is no value 2", func() { y.Keep(2) })
	mustPanic(t, "autograd: Keep: Absolute [3] keeps 2 values; there is no value -1", func() { y.Keep(-1) })
	mustPanic(t, "autograd: Keep: Square [3] keeps 0 values; there is no value 0", func() { x.Square().Keep(0) })
	loss := y.Add(y.Keep(0).Scale(10)).Sum() // what is kept is a node like any other
	everywhere(t, "x", loss, x, 1, -1, 0)
	x = variable(1, -2, 0)
	y = autograd.Apply(absolute{}, x)
	plan := autograd.NewPlan(y.Mul(y.Keep(1)).Sum(), x).Keep(y.Keep(1))
	x.Set(vector(-3, 4, -5))
	plan.Forward()
	expect(t, "kept by a plan", y.Keep(1).Value(), 1, 0, 1)
	expect(t, "x", plan.Backward().Of(x), -1, 0, -1)
}

// A node that is kept twice, or is the result too, is computed once.
func TestPlanKeepsTwice(t *testing.T) {
	x := variable(3)
	c := new(counter)
	y := autograd.Apply(c, x)
	plan := autograd.NewPlan(y, x).Keep(y, y)
	c.runs = 0
	plan.Forward()
	if c.runs != 1 {
		t.Errorf("computed %d times", c.runs)
	}
}

// Plans of one graph run one after the other, and so do plans that share a part of it.
func TestPlansShareNodes(t *testing.T) {
	x := variable(1, 2)
	trunk := x.Square().Exp()
	a, b := trunk.Sum(), trunk.Tanh().Mul(trunk).Sum()
	wantA, wantB := autograd.Backward(a).Of(x), autograd.Backward(b).Of(x)
	first, second, third := autograd.NewPlan(a, x), autograd.NewPlan(b, x), autograd.NewPlan(a, x).Keep(trunk)
	for range 3 {
		for _, p := range []struct {
			plan *autograd.Plan
			y    *node
			want *tensor.Tensor
		}{{first, a, wantA}, {second, b, wantB}, {third, a, wantA}, {first, a, wantA}} {
			if got := p.plan.Forward(); got != p.y.Value() {
				t.Errorf("the result is %v, want %v", got, p.y.Value())
			}
			if got := p.plan.Backward().Of(x); !sameBits(got, p.want) {
				t.Errorf("%v, want %v", got, p.want)
			}
		}
	}
	first.Forward()
	second.Forward()
	mustPanic(t, "autograd: Backward: the plan's Forward has not run, or another plan has taken its nodes since", func() { first.Backward() })
	mustPanic(t, "autograd: Value: Sum [] belongs to a plan, which has no value of it: call Forward, and give it to Keep unless it is the result", func() { a.Value() })
}

// Rows of a Jacobian by seeds, after one Forward.
func TestPlanSeeds(t *testing.T) {
	x := variable(1, 2, 3)
	plan := autograd.NewPlan(x.Mul(x.Slice(0, 0, 1)), x) // x₀x
	plan.Forward()
	for i, want := range [][]float64{{2, 0, 0}, {2, 1, 0}, {3, 0, 1}} {
		seed := tensor.New(3)
		seed.SetAt(1, i)
		expect(t, fmt.Sprint("row ", i), plan.Backward(seed).Of(x), want...)
	}
}

// A seed holds for one Backward.
func TestPlanSeedServesOnce(t *testing.T) {
	x := variable(1, 2)
	plan := autograd.NewPlan(x.Square().Sum(), x)
	plan.Forward()
	expect(t, "with a seed", plan.Backward(tensor.Scalar(3)).Of(x), 6, 12)
	expect(t, "without", plan.Backward().Of(x), 2, 4)
}

// remembers is y = 2x, computed again when x's version is another one.
type remembers struct {
	version uint32
	value   tensor.Tensor
}

func (*remembers) Name() string { return "Remembers" }

func (op *remembers) Forward(y *node) {
	if x := y.Input(0).Value(); op.value.IsEmpty() || x.Version() != op.version {
		op.version = x.Version()
		op.value.Clear()
		op.value.Scale(x, 2)
	}
	y.Value().Copy(&op.value)
}

func (*remembers) VJP(_ *node, _ int, dy *node) *node { return dy.Scale(2) }

// Each seed is a change of ∂L/∂y, which its version shows to the operations of a rule, also where none is
// given.
func TestPlanSeedIsAChange(t *testing.T) {
	x, double := variable(3), new(remembers)
	y := autograd.Apply(&returning{"Double", func(_, dy *node) *node { return autograd.Apply(double, dy) }}, x)
	plan := autograd.NewPlan(y, x)
	plan.Forward()
	expect(t, "with a seed", plan.Backward(vector(5)).Of(x), 10)
	expect(t, "without", plan.Backward().Of(x), 2)
}

// A plan of gradients that Grad gave: the second derivatives of Σ x⁴.
func TestPlanOfGrad(t *testing.T) {
	x := variable(1, 2)
	dx := autograd.Grad(x.Square().Square().Sum(), x)[0]
	plan := autograd.NewPlan(dx.Sum(), x).Keep(dx)
	for _, v := range []float64{3, 1} {
		x.Set(vector(v, 2))
		plan.Forward()
		expect(t, "first", dx.Value(), 4*v*v*v, 32)
		expect(t, "second", plan.Backward().Of(x), 12*v*v, 48)
	}
}

// The gradients of a run are the caller's until the next one.
func TestPlanGradientsMayBeModified(t *testing.T) {
	w, unreached, other := variable(1, 2), variable(5), variable(1, 1)
	plan := autograd.NewPlan(w.Square().Sum(), w, unreached)
	var total autograd.Gradients
	for range 3 {
		plan.Forward()
		g := plan.Backward()
		mustPanic(t, "autograd: Of: the gradient of Variable [2] was not asked for", func() { g.Of(other) })
		expect(t, "w", g.Of(w), 2, 4)
		expect(t, "unreached", g.Of(unreached), 0)
		total.Add(g)
		g.Scale(100)
		g.Of(unreached).Fill(7)
		g.Add(autograd.Backward(w.Mul(other).Sum()))
	}
	expect(t, "total", total.Of(w), 6, 12)
	twice := autograd.NewPlan(w.Square().Sum(), w, w)
	twice.Forward()
	n := 0
	for range twice.Backward().All() {
		n++
	}
	if n != 1 {
		t.Errorf("%d gradients of one node", n)
	}
}

// Forward leaves the gradients of the previous run alone, whatever memory it needs for values that are
// read once.
func TestPlanForwardLeavesGradients(t *testing.T) {
	x := variable(1, 2, 3)
	y := x
	for range 4 {
		y = y.Scale(2).Neg().AddScalar(1)
	}
	plan := autograd.NewPlan(y.Square().Sum(), x)
	plan.Forward()
	grad := plan.Backward().Of(x)
	want := grad.Clone()
	plan.Forward()
	if !sameBits(grad, want) {
		t.Errorf("%v, which was %v", grad, want)
	}
}

// A wall lets no gradient through.
type wall struct{}

func (wall) Name() string { return "Wall" }

func (wall) Forward(y *node) { y.Value().Copy(y.Input(0).Value()) }

func (wall) VJP(*node, int, *node) *node { return nil }

// A sum keeps its memory while something is still to be added to it, even if no rule reads it.
func TestPlanSumNobodyReads(t *testing.T) {
	x := variable(1, 2, 3)
	y := autograd.Apply(wall{}, x)
	loss := y.Tanh().Sum().Add(x.Exp().Sum()).Add(y.Exp().Sum()) // to y, to x, and to y again
	want := autograd.Backward(loss, x).Of(x).Clone()
	plan := autograd.NewPlan(loss, x)
	plan.Forward()
	if got := plan.Backward().Of(x); !sameBits(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// The gradients of a chain of 40 layers need the memory of a few, and inference that of two or three values.
func TestPlanMemory(t *testing.T) {
	const n, depth = 1000, 40
	chain := func(x *node) *node {
		for range depth {
			x = x.Tanh()
		}
		return x
	}
	x := autograd.Variable(tensor.New(n))
	if got := autograd.NewPlan(chain(x).Sum()).Bytes(); got > 8*(3*n+1) {
		t.Errorf("inference takes %d values", got/8/n)
	}
	if got := autograd.NewPlan(chain(x)).Bytes(); got != 8*3*n { // two in turn, and the result
		t.Errorf("inference takes %d values for one", got/8/n)
	}
	if got := autograd.NewPlan(chain(x).Sum(), x).Bytes() - depth*8*n; got > 5*8*n {
		t.Errorf("gradients take %d values", got/8/n)
	}
	whole, view := autograd.NewPlan(x.Exp().Sum()).Bytes(), autograd.NewPlan(x.Exp().Reshape(n, 1).Sum()).Bytes()
	if ofLeaf := autograd.NewPlan(x.Reshape(n, 1).Exp().Sum()).Bytes(); whole != view || whole != ofLeaf {
		t.Errorf("with a view %d bytes, of a leaf %d, without %d", view, ofLeaf, whole)
	}
	composed := func(x *node) *node { // by rules that make nodes
		for range depth {
			x = x.Mul(x).AddScalar(.1).Neg()
		}
		return x
	}
	if got := autograd.NewPlan(composed(x).Sum(), x).Bytes() - 2*depth*8*n; got > 3*8*n {
		t.Errorf("gradients by rules that make nodes take %d values", got/8/n)
	}
	own := func(x *node) *node {
		for range depth {
			x = autograd.Apply(&returning{"Own", func(y, dy *node) *node { return dy.Mul(y.Sin().Cos()) }}, x)
		}
		return x
	}
	if got := autograd.NewPlan(own(x).Sum(), x).Bytes() - depth*8*n; got > 5*8*n {
		t.Errorf("gradients by rules that make several nodes take %d values", got/8/n)
	}
}

func TestPlanString(t *testing.T) {
	loss, parameters, _, _, _ := net(2)
	plan := autograd.NewPlan(loss.Named("loss"), parameters[2])
	plan.Forward()
	plan.Backward()
	const want = `Add loss []: 9 steps forward, 5 backward, 440 bytes
forward  Affine [2 4], 64 bytes
forward  Tanh [2 4], 64 bytes
forward  MatMul [2 2], 32 bytes
forward  Square [2 2], 32 bytes
forward  Mean [], 8 bytes
forward  Square [3 4], 96 bytes
forward  Sum [], 8 bytes
forward  Scale [], 8 bytes
forward  Add loss [], 8 bytes
backward add to inputs of Identity []: [], 8 bytes;
backward Scale [], 8 bytes
backward BroadcastTo [2 2], 32 bytes
backward add to inputs of Square [2 2]: [2 2], 32 bytes;
backward add to inputs of MatMul [2 2]: [4 2], 64 bytes;
`
	if got := plan.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	w, unreached := variable(1), variable(1, 2)
	plan = autograd.NewPlan(w.Sum(), w, unreached)
	plan.Forward()
	plan.Backward()
	if got, want := plan.String(), "backward Scale [2], 16 bytes\n"; !strings.Contains(got, want) {
		t.Errorf("no line %sin\n%s", want, got)
	}
}

// A leaf whose shape has changed is refused, even if it has many axes.
func TestPlanRefusesShapesOfManyAxes(t *testing.T) {
	w := autograd.Variable(tensor.New(1, 1, 1, 2, 3))
	plan := autograd.NewPlan(w.Sum(), w)
	w.Value().Clear()
	w.Value().Zeros(1, 1, 1, 3, 2)
	mustPanic(t, "autograd: Forward: Variable [1 1 1 3 2] had the shape [1 1 1 2 3] when the plan was made; another shape needs another plan", func() { plan.Forward() })
}

// A node inside a plan has no value to print.
func TestStringInPlan(t *testing.T) {
	w := variable(3)
	y := w.Square()
	plan := autograd.NewPlan(y.Exp(), w)
	plan.Forward()
	if got := y.String(); got != "Square [1]" {
		t.Errorf("got %q", got)
	}
}

func TestNewGradients(t *testing.T) {
	w, v := variable(1, 2), variable(3)
	g := autograd.NewGradients(map[*node]*tensor.Tensor{w: vector(5, 6), v: vector(7)})
	expect(t, "w", g.Of(w), 5, 6)
	g.Scale(2)
	var order []*node
	for x, dx := range g.All() {
		order = append(order, x)
		if x == v {
			expect(t, "v", dx, 14)
		}
	}
	for range g.All() {
		break
	}
	if len(order) != 2 || order[0] != w {
		t.Errorf("order %v", order)
	}
	many, made := map[*node]*tensor.Tensor{}, []*node{}
	for range 20 {
		x := variable(1)
		many[x], made = vector(1), append(made, x)
	}
	order = nil
	for x := range autograd.NewGradients(many).All() {
		order = append(order, x)
	}
	if !slices.Equal(order, made) {
		t.Error("the gradients are not in the order in which the nodes were made")
	}
	mustPanic(t, "autograd: Of: the gradient of Variable [1] = 1 was not asked for", func() { g.Of(variable(1)) })
	mustPanic(t, "autograd: NewGradients: Variable [2] has a gradient of another shape: [1]", func() {
		autograd.NewGradients(map[*node]*tensor.Tensor{w: vector(1)})
	})
	mustPanic(t, "autograd: NewGradients: Constant [1] = 1 has no gradient: it depends on no Variable, or only through operations without a gradient", func() {
		autograd.NewGradients(map[*node]*tensor.Tensor{autograd.Constant(vector(1)): vector(1)})
	})
	both := vector(1)
	mustPanic(t, "autograd: NewGradients: the gradient of Variable [1] = 2 shares memory with another one, or with the value of a node", func() {
		autograd.NewGradients(map[*node]*tensor.Tensor{variable(1): both, variable(2): both})
	})
	mustPanic(t, "autograd: NewGradients: the gradient of Variable [1] = 1 shares memory with another one, or with the value of a node", func() {
		autograd.NewGradients(map[*node]*tensor.Tensor{autograd.Variable(both): both})
	})
}

// The gradients of micro-batches that use different parameters add up.
func TestMicroBatchesAdd(t *testing.T) {
	u, v := variable(1, 2), variable(3, 4)
	var total autograd.Gradients
	for i := range 3 {
		x := autograd.Constant(vector(1, 10))
		loss := x.Mul(u).Sum()
		if i == 1 {
			loss = loss.Add(x.Mul(v).Square().Sum())
		}
		total.Add(autograd.Backward(loss))
	}
	total.Add(&total) // doubles
	expect(t, "u", total.Of(u), 6, 60)
	expect(t, "v", total.Of(v), 12, 1600)
	expect(t, "another", total.Of(variable(0)), 0)
	total.Add(autograd.Backward(u.Sum(), u))
	mustPanic(t, "autograd: Of: the gradient of Variable [1] = 0 was not asked for", func() { total.Of(variable(0)) })
	none := func() *autograd.Gradients { return autograd.NewGradients(nil) }
	all := func() *autograd.Gradients { return autograd.Backward(u.Sum()) }
	some := func() *autograd.Gradients { return autograd.Backward(u.Sum(), u) }
	for _, tt := range []struct {
		g, h *autograd.Gradients
		all  bool
	}{{all(), all(), true}, {all(), none(), true}, {none(), all(), true}, {all(), some(), false}, {some(), all(), false}, {some(), none(), false}, {none(), some(), false}, {none(), none(), false}, {some(), some(), false}} {
		tt.g.Add(tt.h)
		if got := refusal(func() { tt.g.Of(v) }) == nil; got != tt.all {
			t.Errorf("the sum has all gradients: %v, want %v", got, tt.all)
		}
	}
	part := autograd.Backward(u.Sum(), u)
	part.Add(part)
	mustPanic(t, "autograd: Of: the gradient of Variable [2] was not asked for", func() { part.Of(v) })
	z := u.Scale(2)
	g := autograd.Backward(z.Square().Sum())
	g.Add(autograd.Backward(u.Sum()))
	expect(t, "added to a result", g.Of(u), 9, 17)
	mustPanic(t, "autograd: Of: Scale [2] was computed; after Add there are gradients of Variables alone", func() { g.Of(z) })
}
