package layers_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func names(net any) (all []string) {
	for name := range layers.Named(net) {
		all = append(all, name)
	}
	return all
}

func parameter(v ...float64) *autograd.Node { return autograd.Variable(tensor.FromSlice(v, len(v))) }

// A wrapper has no methods for its parameters: the fields are enough.
type wrapper struct{ Inner layers.Layer }

func (w *wrapper) Forward(x *autograd.Node) *autograd.Node { return w.Inner.Forward(x) }

// A liar has methods of names that mean nothing here.
type liar struct{ W *autograd.Node }

func (liar) Parameters() int                           { return 0 }
func (l liar) Forward(x *autograd.Node) *autograd.Node { return x.Mul(l.W) }

type base struct{ Bias *autograd.Node }

type rich struct {
	base
	Heads   []*layers.Linear
	ByName  map[string]*autograd.Node
	ByIndex map[int]*autograd.Node
	Pair    [2]*autograd.Node
	Deep    struct{ W *autograd.Node }
	Other   any
	Left    *autograd.Node `grad:"-"`
	Renamed *autograd.Node `grad:"gain"`
	State   *autograd.Node
	Nothing *layers.Linear
	Self    *rich
	secret  int
	Text    string
}

func TestNames(t *testing.T) {
	t.Parallel()
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	a, b := layers.NewLinear(2, 3, init), layers.NewLinear(3, 3, init)
	withoutBias := &layers.Linear{Weight: a.Weight}
	p := parameter
	r := &rich{base: base{p(1)}, Heads: []*layers.Linear{b, withoutBias}, ByName: map[string]*autograd.Node{"z": p(1), "a": p(2)},
		ByIndex: map[int]*autograd.Node{10: p(1), 9: p(2)}, Pair: [2]*autograd.Node{p(1), p(2)}, Other: p(1), Left: p(1), Renamed: p(1),
		State: autograd.Constant(tensor.Scalar(1))}
	r.Deep.W, r.Self = p(1), r
	for _, test := range []struct {
		name string
		net  any
		want []string
	}{
		{"activation", layers.Tanh{}, nil},
		{"linear", a, []string{"weight", "bias"}},
		{"linear without bias", withoutBias, []string{"weight"}},
		{"empty sequential", layers.Sequential{}, nil},
		{"activations count", layers.Sequential{a, layers.ReLU{}, b}, []string{"0.weight", "0.bias", "2.weight", "2.bias"}},
		{"nested", layers.Sequential{layers.Tanh{}, layers.Sequential{withoutBias, b}}, []string{"1.0.weight", "1.1.weight", "1.1.bias"}},
		{"tied", layers.Sequential{b, layers.Tanh{}, b}, []string{"0.weight", "0.bias"}},
		{"ten and more", layers.Sequential{9: layers.Tanh{}, 10: a}, []string{"10.weight", "10.bias"}},
		{"wrapped", layers.Sequential{&wrapper{&wrapper{a}}}, []string{"0.inner.inner.weight", "0.inner.inner.bias"}},
		{"methods", liar{p(1)}, []string{"w"}},
		{"a struct of its own", r, []string{"base.bias", "heads.0.weight", "heads.0.bias", "heads.1.weight", "byName.a", "byName.z",
			"byIndex.9", "byIndex.10", "pair.0", "pair.1", "deep.w", "other", "gain"}},
		{"a map", map[string]layers.Layer{"b": a, "a": b}, []string{"a.weight", "a.bias", "b.weight", "b.bias"}},
	} {
		for range 3 { // the order stays the same
			got := names(test.net)
			if !slices.Equal(got, test.want) {
				t.Errorf("%s: got  %v\nwant %v", test.name, got, test.want)
			}
			if nodes := layers.Parameters(test.net); len(nodes) != len(got) {
				t.Errorf("%s: %d nodes", test.name, len(nodes))
			}
		}
	}
}

func TestParametersAreTheLayersNodes(t *testing.T) {
	t.Parallel()
	net := xorNet()
	first, second := net[0].(*layers.Linear), net[2].(*layers.Linear)
	if got := layers.Parameters(net); !slices.Equal(got, []*autograd.Node{first.Weight, first.Bias, second.Weight, second.Bias}) {
		t.Errorf("got %v", got)
	}
}

type hiding struct {
	w  *autograd.Node
	ws []*autograd.Node
}

type both struct {
	w *autograd.Node
	W *autograd.Node
}

type dotted struct {
	W *autograd.Node `grad:"a.b"`
}

func TestParameterMistakes(t *testing.T) {
	t.Parallel()
	enc := layers.NewLinear(2, 3, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	p := parameter(1)
	const hidden = " is a Variable in an unexported field: it would not be trained; export the field, or leave it out by the tag `grad:\"-\"`"
	for want, net := range map[string]any{
		"weight is Transpose [3 2], computed outside of Forward, and goes stale: compute it in Forward":   &layers.Linear{Weight: enc.Weight.Transpose()},
		"1.weight is Transpose [3 2], computed outside of Forward, and goes stale: compute it in Forward": layers.Sequential{enc, &layers.Linear{Weight: enc.Weight.Transpose()}},
		"w" + hidden + "\nws.0" + hidden: &hiding{p, []*autograd.Node{parameter(1)}},
		"the network is a map[float64]*autograd.Node, whose keys have no order: parameters need one": map[float64]*autograd.Node{1: p},
		`W has the tag "a.b": a name has no dot`:                                                     dotted{p},
		"the network is nil: <nil>":                                                                  nil,
		"the network is nil: *layers.Linear":                                                         (*layers.Linear)(nil),
	} {
		wantPanic(t, "layers: Parameters: "+want, func() { layers.Parameters(net) })
		wantPanic(t, "layers: Named: "+want, func() { names(net) })
		_ = fmt.Sprint(net) // prints all the same
	}
	if got := names(both{p, p}); !slices.Equal(got, []string{"W", "w"}) && len(got) != 1 {
		t.Errorf("a Variable that is found elsewhere: %v", got)
	}
}

// A function has a Variable that no field shows.
type closure struct {
	F func(x *autograd.Node) *autograd.Node
}

func (c closure) Forward(x *autograd.Node) *autograd.Node { return c.F(x) }

func TestCheck(t *testing.T) {
	t.Parallel()
	hidden, unused := parameter(1).Named("hidden"), parameter(2)
	x := autograd.Constant(tensor.FromSlice([]float64{3}, 1))
	if err := layers.Check(layers.Sequential{&scale{parameter(2)}, layers.Tanh{}}, x); err != nil {
		t.Error(err)
	}
	net := layers.Sequential{closure{func(x *autograd.Node) *autograd.Node { return x.Mul(hidden) }}, &twoScales{&scale{parameter(2)}, &scale{unused}}}
	err := layers.Check(net, x)
	const want = "layers: Check: the result depends on Variable hidden [1] = 1, which is in no exported field: it would not be trained\n" +
		"layers: Check: the result does not depend on 1.unused.factor, Variable [1] = 2"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

type twoScales struct{ Used, Unused *scale }

func (s *twoScales) Forward(x *autograd.Node) *autograd.Node { return s.Used.Forward(x) }

// Encoding writes no network without its numbers.
func TestEncoding(t *testing.T) {
	t.Parallel()
	for _, net := range []any{xorNet()[0], xorNet(), xorNet()[0].(*layers.Linear).Weight, xorNet()[0].(*layers.Linear).Weight.Value()} {
		if text, err := json.Marshal(net); err == nil {
			t.Errorf("json of %T: %s", net, text)
		}
		if err := json.Unmarshal([]byte(`{"Weight": "1"}`), &layers.Linear{}); err == nil {
			t.Error("json is read")
		}
	}
	for _, net := range []any{xorNet()[0], xorNet()[0].(*layers.Linear).Weight} {
		if err := gob.NewEncoder(new(bytes.Buffer)).Encode(net); err == nil || !strings.Contains(err.Error(), "autograd: a Node is not encoded") {
			t.Errorf("gob of %T: %v", net, err)
		}
	}
}
