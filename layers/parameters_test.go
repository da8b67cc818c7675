package layers_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

type node = autograd.Node

func names(net any) (all []string) {
	for name := range layers.Named(net) {
		all = append(all, name)
	}
	return all
}

// parameter returns a Variable of one element.
func parameter(v float64) *node { return autograd.Variable(tensor.Full(v, 1)) }

// A wrapper has no methods for its parameters: the field is enough.
type wrapper struct{ Inner layers.Layer }

func (w *wrapper) Forward(x *node) *node { return w.Inner.Forward(x) }

// A liar has methods whose names mean nothing here.
type liar struct{ W *node }

func (liar) Parameters() int                  { return 0 }
func (liar) Named(string) liar                { panic("called") }
func (liar) String() string                   { panic("called") }
func (l liar) Forward(x *node) *node          { return x.Mul(l.W) }
func (liar) MarshalText() ([]byte, error)     { panic("called") }
func (l liar) Range(func(string, *node) bool) {}

// Structs that are embedded.
type (
	Exported   struct{ W *node }
	unexported struct{ W *node }
	pointed    struct{ W *node }
	renamed    struct{ W *node }
)

type embedder struct {
	Exported
	unexported
	*pointed
	renamed `grad:"other"`
	layers.Layer
	V *node
}

// Types that lead to themselves, of which only the second has a node.
type (
	left  struct{ Right *right }
	right struct {
		Left *left
		W    *node
	}
	ring struct{ Next *ring }
)

// A key has a String method that must not be called.
type key int

func (key) String() string { panic("called") }

// rich has a field of each kind.
type rich struct {
	Heads    []*layers.Linear
	ByName   map[string]*node
	ByIndex  map[int8]*node
	ByKey    map[key]*node
	ByCount  map[uint]*node
	Pair     [2]*node
	Deep     struct{ Deeper struct{ W *node } }
	Pointer  **node
	Any      any
	Anything []any
	Left     *node           `grad:"-"`
	LeftAll  *layers.Linear  `grad:"-"`
	leftToo  []*node         `grad:"-"`
	Renamed  *node           `grad:"gain"`
	State    *node           // a Constant
	Zero     *node           // the zero Node
	Nothing  *layers.Linear  // nil
	None     layers.Layer    // nil
	Empty    map[string]bool // and nil
	Scores   map[float64]int // no nodes: any keys will do
	Rings    map[float64]*ring
	Self     *rich
	Äußerst  *node
	Text     string
	Function func(*node) *node
	count    int
}

func newRich() *rich {
	p := parameter
	w := p(1)
	r := &rich{
		Heads:  []*layers.Linear{fromZeros(2, 2), {Weight: p(1)}, nil},
		ByName: map[string]*node{"z": p(1), "a": p(2), "B": p(3)}, ByIndex: map[int8]*node{10: p(1), 9: p(2), -1: p(3)},
		ByKey: map[key]*node{2: p(1), 1: p(1)}, ByCount: map[uint]*node{10: p(1), 9: p(2)},
		Pair: [2]*node{p(1), p(2)}, Pointer: &w, Any: p(1), Anything: []any{1, "a", []*node{p(1)}},
		Left: p(1), LeftAll: fromZeros(1, 1), leftToo: []*node{p(1)}, Renamed: p(1),
		State: autograd.Constant(tensor.Scalar(1)), Zero: new(node), Äußerst: p(1),
		Function: p(1).Add, count: 1, Scores: map[float64]int{.5: 1}, Rings: map[float64]*ring{.5: {}},
	}
	r.Deep.Deeper.W, r.Self = p(1), r
	return r
}

// busy has unexported fields that hold nodes, none of which is thereby a parameter.
type busy struct {
	W       *node
	alias   *node
	plan    *autograd.Plan
	grads   *autograd.Gradients
	descent *optim.GradientDescent
	last    *node            // computed
	z       map[string]*node // computed
	state   *node            // a Constant
	swish   *autograd.Function
	rng     *rand.Rand
	note    any // not looked into
	inner   layers.Layer
}

func newBusy() *busy {
	w := parameter(1)
	y := w.Square()
	hidden := parameter(1)
	return &busy{
		W: w, alias: w, plan: autograd.NewPlan(y, w), grads: autograd.Backward(w.Square()), descent: optim.NewGradientDescent(1, w),
		last: w.Exp(), z: map[string]*node{"z": w.Exp()}, state: autograd.Constant(tensor.Scalar(1)),
		swish: autograd.Pointwise("swish", func(x float64) float64 { return x }, func(x, y *node) *node { return x.Mul(hidden) }),
		rng:   rand.New(rand.NewPCG(1, 2)), note: hidden, inner: layers.Tanh{},
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	a, b := fromZeros(2, 3), fromZeros(3, 3)
	withoutBias := &layers.Linear{Weight: a.Weight}
	p := parameter
	r, l := &right{W: p(1)}, new(left)
	r.Left, l.Right = l, r
	circle := new(ring)
	circle.Next = circle
	list := []layers.Layer{a, b}
	inner := &wrapper{a}
	type hides struct {
		inner *wrapper
		Inner *wrapper
	}
	type shows struct {
		Inner *wrapper
		inner *wrapper
	}
	type two struct {
		First *node `grad:"-"`
		W     *node
	}
	loop := []any{nil, p(1)}
	loop[0] = loop
	for _, test := range []struct {
		name string
		net  any
		want []string
	}{
		{"activation", layers.Tanh{}, nil},
		{"linear", a, []string{"weight", "bias"}},
		{"linear, no pointer", *a, []string{"weight", "bias"}},
		{"linear without bias", withoutBias, []string{"weight"}},
		{"empty linear", &layers.Linear{}, nil},
		{"empty sequential", layers.Sequential{}, nil},
		{"nil sequential", layers.Sequential(nil), nil},
		{"nil layers", layers.Sequential{nil, (*layers.Linear)(nil), layers.Sequential(nil)}, nil},
		{"activations count", layers.Sequential{a, layers.ReLU{}, b}, []string{"0.weight", "0.bias", "2.weight", "2.bias"}},
		{"nested", layers.Sequential{layers.Tanh{}, layers.Sequential{withoutBias, b}}, []string{"1.0.weight", "1.1.weight", "1.1.bias"}},
		{"tied", layers.Sequential{b, layers.Tanh{}, b}, []string{"0.weight", "0.bias"}},
		{"half tied", layers.Sequential{a, withoutBias, &layers.Linear{Weight: p(1), Bias: a.Bias}}, []string{"0.weight", "0.bias", "2.weight"}},
		{"ten and more", layers.Sequential{9: layers.Tanh{}, 10: a}, []string{"10.weight", "10.bias"}},
		{"wrapped", layers.Sequential{&wrapper{&wrapper{a}}}, []string{"0.inner.inner.weight", "0.inner.inner.bias"}},
		{"methods", liar{p(1)}, []string{"w"}},
		{"nodes", []*node{p(1), p(2)}, []string{"0", "1"}},
		{"a node", p(1), []string{""}},
		{"a map", map[string]layers.Layer{"b": a, "a": b}, []string{"a.weight", "a.bias", "b.weight", "b.bias"}},
		{"a map without order, and entries", map[float64]*node{}, nil},
		{"a function that is a layer", layers.Func((*node).Square), nil},
		{"a number that is a layer", times(2), nil},
		{"an empty struct", struct{}{}, nil},
		{"a pointer to one", &struct{}{}, nil},
		{"layers of one type", []layers.ReLU{{}}, nil},
		{"functions", map[string]layers.Func{"f": layers.Tanh{}.Forward}, nil},
		{"pointers to layers", [1]**layers.Dropout{}, nil},
		{"a pointer to a sequence", &layers.Sequential{}, nil},
		{"a field of each kind", newRich(), []string{"heads.0.weight", "heads.0.bias", "heads.1.weight", "byName.B", "byName.a", "byName.z",
			"byIndex.-1", "byIndex.9", "byIndex.10", "byKey.1", "byKey.2", "byCount.9", "byCount.10", "pair.0", "pair.1", "deep.deeper.w", "pointer",
			"any", "anything.2.0", "gain", "äußerst"}},
		{"embedded", embedder{Exported{p(1)}, unexported{p(1)}, &pointed{p(1)}, renamed{p(1)}, a, p(1)},
			[]string{"exported.w", "unexported.w", "pointed.w", "other.w", "layer.weight", "layer.bias", "v"}},
		{"types that lead to themselves", l, []string{"right.w"}},
		{"the same from the other side", r, []string{"w"}},
		{"a type that leads to itself alone", circle, nil},
		{"a list in itself", loop, []string{"1"}},
		{"a part of a list first", [][]layers.Layer{list[:1], list}, []string{"0.0.weight", "0.0.bias", "1.1.weight", "1.1.bias"}},
		{"unexported, then exported", hides{inner, inner}, []string{"inner.inner.weight", "inner.inner.bias"}},
		{"exported, then unexported", shows{inner, inner}, []string{"inner.inner.weight", "inner.inner.bias"}},
		{"left out, then not", two{r.W, r.W}, []string{"w"}},
		{"unexported nodes that are no parameters", newBusy(), []string{"w"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 3 { // the order stays the same
				got := names(test.net)
				if !slices.Equal(got, test.want) {
					t.Errorf("got  %q\nwant %q", got, test.want)
				}
				var nodes []*node
				for _, p := range layers.Named(test.net) {
					nodes = append(nodes, p)
				}
				if !slices.Equal(layers.Parameters(test.net), nodes) {
					t.Error("Parameters has other nodes")
				}
			}
		})
	}
}

func TestNamedStops(t *testing.T) {
	t.Parallel()
	var got []string
	for name := range layers.Named(xorNet()) {
		got = append(got, name)
		break
	}
	if !slices.Equal(got, []string{"0.weight"}) {
		t.Errorf("got %q, want the first name", got)
	}
}

func TestParametersAreTheLayersNodes(t *testing.T) {
	t.Parallel()
	net := xorNet()
	first, second := net[0].(*layers.Linear), net[2].(*layers.Linear)
	if got := layers.Parameters(net); !slices.Equal(got, []*node{first.Weight, first.Bias, second.Weight, second.Bias}) {
		t.Errorf("got %v", got)
	}
}

// NewLinear names its Variables, for messages. The names that Named yields are others, and it writes none
// of them.
func TestNamedWritesNothing(t *testing.T) {
	t.Parallel()
	net := layers.Sequential{fromZeros(1, 1), &layers.Linear{Weight: parameter(1)}}
	for range layers.Named(net) {
	}
	var got []string
	for _, p := range layers.Parameters(net) {
		got = append(got, p.Name())
	}
	if want := []string{"weight", "bias", ""}; !slices.Equal(got, want) {
		t.Errorf("nodes are named %q, want %q", got, want)
	}
}

// times is a layer that is a number.
type times float64

func (f times) Forward(x *node) *node { return x.Scale(float64(f)) }

// A nest is a slice of itself.
type nest []nest

// Fields that are mistakes.
type (
	hiding struct {
		w     *node
		ws    []*node
		inner struct{ deep map[string][1]*node }
		keys  map[float64]*node
	}
	hidingLayer struct{ inner layers.Layer }
	hidingBlock struct {
		blocks []interface{ Mix(a, b *node) *node }
	}
	hidingMaker struct{ maker interface{ Make() *node } }
	mixer       struct{ W *node }
	embeddedSet []*node
	embedsSet   struct{ embeddedSet }
	dotted      struct {
		W *node `grad:"a.b"`
	}
	twice struct {
		A *node `grad:"w"`
		W *node
	}
	byValue  struct{ W node }
	keyed    struct{ Heads map[[2]int]*layers.Linear }
	computed struct{ Ws map[string]*node }
)

// A keyedLayer has a field that is a mistake.
type keyedLayer struct{ keyed }

func (keyedLayer) Forward(x *node) *node { return x }

func (dotted) Forward(x *node) *node { return x }

func (h hidingLayer) Forward(x *node) *node { return h.inner.Forward(x) }

func (m *mixer) Mix(a, b *node) *node { return a.Add(b).Mul(m.W) }
func (m *mixer) Make() *node          { return m.W }

func TestParameterMistakes(t *testing.T) {
	t.Parallel()
	enc, p := fromZeros(2, 3), parameter(1)
	const hidden = "would not be trained; export the field, or leave it out by the tag `grad:\"-\"`"
	const cannot = " can't have a Variable; it must be a Layer, a struct, a node, or a list or map of these"
	hide := &hiding{w: p, ws: []*node{nil, parameter(1)}, keys: map[float64]*node{.5: parameter(1)}}
	hide.inner.deep = map[string][1]*node{"a": {parameter(2)}}
	for _, test := range []struct {
		name string
		net  any
		want string
	}{
		{"computed", &layers.Linear{Weight: enc.Weight.Transpose()},
			"weight of layers.Linear is Transpose [3 2], computed outside Forward: it goes stale; compute it in Forward"},
		{"computed, in a network", layers.Sequential{enc, &layers.Linear{Weight: enc.Weight.Transpose()}},
			"1.weight of layers.Linear is Transpose [3 2], computed outside Forward: it goes stale; compute it in Forward"},
		{"computed, several", computed{map[string]*node{"b": p.Exp().Named("scale"), "a": p.Square()}},
			"ws.a of layers_test.computed is Square [1] = 1, computed outside Forward: it goes stale; compute it in Forward\n" +
				"ws.b of layers_test.computed is Exp scale [1] = 2.718281828459045, computed outside Forward: it goes stale; compute it in Forward"},
		{"computed, no field", []*node{p.Exp()}, "0 is Exp [1] = 2.718281828459045, computed outside Forward: it goes stale; compute it in Forward"},
		{"detached", layers.Sequential{&scale{p.Detach()}},
			"0.factor of layers_test.scale is Detach [1] = 1, computed and not state: it would not be saved; keep autograd.Constant of a Clone of its Value, or leave it out by the tag `grad:\"-\"`"},
		{"computed from constants", []*node{autograd.Constant(tensor.Scalar(3)).Square()},
			"0 is Square [] = 9, computed and not state: it would not be saved; keep autograd.Constant of a Clone of its Value, or leave it out by the tag `grad:\"-\"`"},
		{"unexported", hide, "w is a Variable in an unexported field of layers_test.hiding: it " + hidden +
			"\nws.1 is a Variable in an unexported field of layers_test.hiding: it " + hidden +
			"\ninner.deep.a.0 is a Variable in an unexported field of layers_test.hiding: it " + hidden +
			"\nkeys.? is a Variable in an unexported field of layers_test.hiding: it " + hidden},
		{"unexported layer", layers.Sequential{hidingLayer{&layers.Linear{Weight: p}}},
			"0.inner.weight is a Variable in an unexported field of layers_test.hidingLayer: it " + hidden},
		{"unexported, an interface that takes nodes", hidingBlock{[]interface{ Mix(a, b *node) *node }{&mixer{p}}},
			"blocks.0.w is a Variable in an unexported field of layers_test.hidingBlock: it " + hidden},
		{"unexported, an interface that gives nodes", &hidingMaker{&mixer{p}},
			"maker.w is a Variable in an unexported field of layers_test.hidingMaker: it " + hidden},
		{"embedded, not a struct", embedsSet{embeddedSet{p}},
			"embeddedSet.0 is a Variable in an unexported field of layers_test.embedsSet: it " + hidden},
		{"no order", map[float64]*node{1: p}, "the network is a map[float64]*autograd.Node, whose keys have no order: they must be strings or whole numbers"},
		{"no order, a field", wrapper{keyedLayer{keyed{map[[2]int]*layers.Linear{{1, 2}: enc}}}},
			"inner.keyed.heads of layers_test.keyed is a map[[2]int]*layers.Linear, whose keys have no order: they must be strings or whole numbers"},
		{"a dot", layers.Sequential{dotted{p}}, "0.w of layers_test.dotted has the tag `grad:\"a.b\"`: a name can't have a dot"},
		{"one name", twice{p, parameter(2)}, "w of layers_test.twice has the name of another parameter: rename one by the tag `grad:\"name\"`"},
		{"no pointer", byValue{*p}, "w of layers_test.byValue is an autograd.Node: make it a *autograd.Node"},
		{"nothing", nil, "the network is nil"},
		{"a number", 3, "the network is of type int, which" + cannot},
		{"a pointer to one", new(float64), "the network is of type *float64, which" + cannot},
		{"text", "net", "the network is of type string, which" + cannot},
		{"numbers", []float64{1}, "the network is of type []float64, which" + cannot},
		{"a map of numbers", map[string]int{}, "the network is of type map[string]int, which" + cannot},
		{"a slice of itself", nest{nil}, "the network is of type layers_test.nest, which" + cannot},
		{"a method", layers.Tanh{}.Forward, "the network is of type func(*autograd.Node) *autograd.Node, which" + cannot},
		{"nil pointer", (*layers.Linear)(nil), "the network is a nil *layers.Linear"},
		{"nil function", (func(*node) *node)(nil), "the network is a nil func(*autograd.Node) *autograd.Node"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 3 {
				wantPanic(t, "layers: Parameters: "+test.want, func() { layers.Parameters(test.net) })
				wantPanic(t, "layers: Named: "+test.want, func() { layers.Named(test.net) })
			}
			_ = fmt.Sprint(test.net) // prints all the same
		})
	}
}

// A weight that is computed outside Forward can be applied, though not trained.
func TestComputedWeightIsApplied(t *testing.T) {
	t.Parallel()
	enc := layers.NewLinear(3, 2, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	x := normal(4, 2)
	got := (&layers.Linear{Weight: enc.Weight.Transpose()}).Forward(autograd.Constant(x)).Value()
	if want := new(tensor.Tensor).MatMulNT(x, enc.Weight.Value()); !tensor.Equal(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
}
