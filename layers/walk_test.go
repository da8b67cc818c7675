package layers_test

import (
	"math"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// An observer is an interface with a method that takes a node, and returns none.
type observer interface{ Observe(x *node) }

type observing struct{ W *node }

func (observing) Observe(*node) {}

// A counter is an interface that has nothing to do with nodes.
type counter interface{ Add(n int) }

type counting struct{ W *node }

func (counting) Add(int) {}

// What is found and what is not, where the search may end early.
func TestWhatIsFound(t *testing.T) {
	t.Parallel()
	p, q := parameter(1), parameter(2)
	itself := map[string]any{"w": p}
	itself["again"] = itself
	planned := p.Square()
	autograd.NewPlan(planned.Sum(), p)
	plan := autograd.NewPlan(q.Square().Sum(), q)
	const hidden = "would not be trained; export the field, or leave it out by the tag `grad:\"-\"`"
	for _, test := range []struct {
		name, want string // the names, or the mistakes
		net        any
	}{
		{"left out, and hidden", "w", &struct {
			W    *node
			q    *node
			Left *node `grad:"-"`
		}{p, q, q}},
		{"a map in itself", "w", itself},
		{"the zero Node", "", &struct{ W *node }{new(node)}},
		{"no order, left out", "w", &struct {
			W    *node
			Left map[float64]*node `grad:"-"`
		}{p, map[float64]*node{.5: q, math.NaN(): q}}},
		{"a Constant left out", "w", &struct {
			W    *node
			Left *node `grad:"-"`
		}{p, autograd.Constant(tensor.New(2))}},
		{"computed and left out", "w", &struct {
			W    *node
			Left *node `grad:"-"`
		}{p, q.Detach()}},
		{"computed and hidden", "w", &struct {
			W *node
			h *node
		}{p, q.Detach()}},
		{"the value of what was computed", "w", &struct{ W, H *node }{p, autograd.Constant(p.Square().Value().Clone())}},
		{"a plan", "w", &struct {
			Plan *autograd.Plan
			W    *node
		}{plan, p}},
		{"the bias of an attention", "o.bias", &struct{ O autograd.Attention }{autograd.Attention{Bias: p}}},
		{"any", "any", &struct{ Any any }{p}},
		{"of a plan", "y of struct { Y *autograd.Node } is Square, computed outside Forward: it goes stale; compute it in Forward", &struct{ Y *node }{planned}},
		{"hidden, but it takes nodes", "o.w is a Variable in an unexported field of struct { o layers_test.observer }: it " + hidden, &struct{ o observer }{observing{p}}},
		{"hidden, of no nodes", "w", &struct {
			W *node
			c counter
		}{p, counting{q}}},
		{"hidden, with something exported", "w", &struct {
			W *node
			c struct{ Any any }
		}{p, struct{ Any any }{q}}},
		{"a Node that has inputs", "y of struct { Y autograd.Node } is an autograd.Node: make it a *autograd.Node", &struct{ Y node }{*p.Exp()}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			func() {
				defer func() {
					if err, ok := recover().(error); ok {
						got = strings.TrimPrefix(err.Error(), "layers: Named: ")
					}
				}()
				got = strings.Join(names(test.net), " ")
			}()
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
	if got := layers.State(&struct{ W *node }{new(node)}); len(got) != 0 {
		t.Errorf("the zero Node has the state %v", got)
	}
	const want = "Sequential, 0 parameters\n  0: keyedLayer\n    mistake: keyed.heads of layers_test.keyed is a map[[2]int]*layers.Linear, whose keys have no order: they must be strings or whole numbers"
	if got := (layers.Sequential{keyedLayer{keyed{map[[2]int]*layers.Linear{{1, 2}: fromZeros(1, 1)}}}}).String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A module is a layer whose tensors have other names in PyTorch; one of them may be missing.
type module struct{ W, V *node }

func (l *module) FromTorch(m *layers.TorchModule) {
	if m.Has("omega") {
		m.Set(l.W, m.Tensor("omega", 1))
	}
	m.Set(l.V, m.Tensor("nu", 1))
}

type (
	partA module
	partB module
)

func (l *partA) FromTorch(m *layers.TorchModule) { (*module)(l).FromTorch(m) }
func (l *partB) FromTorch(m *layers.TorchModule) { (*module)(l).FromTorch(m) }

// PyTorch's names for a network's parameters, which get the values 1, 2, … in this order.
func TestTorchNames(t *testing.T) {
	t.Parallel()
	newModule := func() *module { return &module{parameter(0), parameter(0)} }
	shared := newModule()
	for _, test := range []struct {
		name, torch string
		net         any
		want        string // names here, in order, of parameters with the values 1, 2, …
	}{
		{"alone", "omega nu", newModule(), "w v"},
		{"a field", "part.omega part.nu", &struct{ Part module }{*newModule()}, "part.w part.v"},
		{"a field of a value", "part.omega part.nu", struct{ Part module }{*newModule()}, "part.w part.v"},
		{"an element of a map", "part.omega part.nu", map[string]module{"part": *newModule()}, "part.w part.v"},
		{"a value in an interface", "0.omega 0.nu", []any{*newModule()}, "0.w 0.v"},
		{"a value twice", "0.omega 0.nu 1.omega 1.nu", []any{*shared, *newModule(), *shared}, "0.w 0.v 1.w 1.v"},
		{"another with the same node", "0.nu", []*module{{nil, shared.V}, {nil, shared.V}}, "0.v"},
		{"a pointer", "part.omega part.nu", struct{ Part *module }{newModule()}, "part.w part.v"},
		{"an interface", "part.omega part.nu", struct{ Part layers.TorchLayer }{newModule()}, "part.w part.v"},
		{"nil", "w", struct {
			A *module
			B layers.TorchLayer
			W *node
		}{nil, nil, parameter(0)}, "w"},
		{"no weight", "w", struct {
			Linear *layers.Linear
			W      *node
		}{new(layers.Linear), parameter(0)}, "w"},
		{"twice", "0.omega 0.nu", []*module{shared, shared}, "0.w 0.v"},
		{"left out", "w", struct {
			Part *module `grad:"-"`
			W    *node
		}{newModule(), parameter(0)}, "w"},
		{"embedded, unexported", "part_a.w part_a.v part_b.w part_b.v", &struct {
			partA
			partB
		}{partA(*newModule()), partB(*newModule())}, "partA.w partA.v partB.w partB.v"},
		{"nothing but a tensor that is not needed", "0 1.pe 2.pe", []any{parameter(0), new(skips), new(skips)}, "0"},
		{"a tensor that is not needed, since another has set the node", "0.nu 1.pe", []any{&module{nil, shared.V}, &struct {
			skips
			V *node
		}{V: shared.V}}, "0.v"},
		{"deep", "0.inner.omega 0.inner.nu", []any{struct{ Inner *module }{newModule()}}, "0.inner.w 0.inner.v"},
		{"within a module", "part.0.omega part.0.nu", within{[]*module{newModule()}}, "parts.0.w parts.0.v"},
		{"a cell without biases", "weight_hh_l0 weight_ih_l0", withoutBiases(), "cells.0.weightHH cells.0.weightIH"},
		{"nil, but there", "nu omega", &module{nil, parameter(0)}, "v"},
		{"capitals", "bn1 bns cnn_encoder mlp_out q_proj rnn running_mean bias_ih w", struct{ BN1, BNs, CNNEncoder, MLPOut, QProj, RNN, RunningMean, BiasIH, W *node }{
			parameter(0), parameter(0), parameter(0), parameter(0), parameter(0), parameter(0), parameter(0), parameter(0), parameter(0),
		}, "bN1 bNs cNNEncoder mLPOut qProj rNN runningMean biasIH w"},
		{"a tag", "lnF", struct {
			Norm *node `grad:"lnF"`
		}{parameter(0)}, "lnF"},
	} {
		t.Run(test.name, func(t *testing.T) {
			state := map[string]*tensor.Tensor{}
			for i, name := range strings.Fields(test.torch) {
				state[name] = tensor.Full(float64(i+1), 1)
				if strings.HasPrefix(name, "weight_") {
					state[name] = state[name].Reshape(1, 1)
				}
			}
			if err := layers.SetTorchState(test.net, state); err != nil {
				t.Fatal(err)
			}
			got := layers.State(test.net)
			for i, name := range strings.Fields(test.want) {
				if got[name] == nil || got[name].Item() != float64(i+1) {
					t.Errorf("%s is %v, want %d", name, got[name], i+1)
				}
			}
			if len(got) != len(strings.Fields(test.want)) {
				t.Errorf("the state is %v", got)
			}
		})
	}
}

// A skips computes what PyTorch has a tensor for.
type skips struct {
	Table   *node `grad:"-"`
	Skipped int
}

func (l *skips) FromTorch(m *layers.TorchModule) {
	m.Skip("pe")
	l.Skipped++
}

// A layer's FromTorch is called once, and of the layer itself where that can be.
func TestTorchAsksOnce(t *testing.T) {
	t.Parallel()
	l := new(skips)
	if err := layers.SetTorchState([]any{l, struct{ Again *skips }{l}}, nil); err != nil || l.Skipped != 1 {
		t.Errorf("it was called %d times, %v", l.Skipped, err)
	}
}

func withoutBiases() *layers.RNN {
	l := layers.NewRNN(1, 1, layers.Stack{}, nil)
	l.Cells[0].BiasIH, l.Cells[0].BiasHH = nil, nil
	return l
}

type within struct{ Parts []*module }

func (w within) FromTorch(m *layers.TorchModule) { m.Layer("part", w.Parts) }

// The parts of an equal are all set to the same tensors.
type equal within

func (e equal) FromTorch(m *layers.TorchModule) {
	for _, part := range e.Parts {
		part.FromTorch(m)
	}
}

// If a layer's FromTorch does not set everything, that is a mistake, wherever the layer is.
func TestTorchMistakes(t *testing.T) {
	t.Parallel()
	state := map[string]*tensor.Tensor{"0.nu": tensor.New(1)}
	twice := module{parameter(0), parameter(0)}
	err := layers.SetTorchState([]module{twice, twice}, state)
	if err == nil || !strings.HasSuffix(err.Error(), "missing:\n\t0.w, which its layer's FromTorch does not set") {
		t.Error(err)
	}
	wantPanic(t, "layers: FromTorch: Variable [2] of module \"0\" can't be set to a tensor of shape [1]", func() {
		layers.SetTorchState([]*module{{parameter(0), autograd.Variable(tensor.New(2))}}, state)
	})
	for _, query := range []*layers.Linear{nil, {}} {
		wantPanic(t, "layers: MultiHeadAttention: one of Query, Key and Value is without weights; NewMultiHeadAttention makes them", func() {
			linear := layers.NewLinear(2, 2, nil)
			layers.SetTorchState(&layers.MultiHeadAttention{Query: query, Key: linear, Value: linear}, nil)
		})
	}
	for lacking, bias := range map[string]*tensor.Tensor{"missing:\n\tin_proj_bias": nil, "of another shape:\n\tin_proj_bias has shape [2], the network's has [6]": tensor.New(2)} {
		err := layers.SetTorchState(layers.NewMultiHeadAttention(2, 1, nil), map[string]*tensor.Tensor{
			"in_proj_weight": tensor.New(6, 2), "in_proj_bias": bias, "out_proj.weight": tensor.New(2, 2), "out_proj.bias": tensor.New(2),
		})
		if err == nil || err.Error() != "layers: SetTorchState: the tensors do not fit the network, which is left as it was\n"+lacking {
			t.Error(err)
		}
	}
	err = layers.SetTorchState(equal{[]*module{{parameter(0), parameter(0)}, {parameter(0), parameter(0)}}}, map[string]*tensor.Tensor{"omega": tensor.New(2), "nu": tensor.New(2)})
	if err == nil || !strings.HasSuffix(err.Error(), "of another shape:\n\tomega has shape [2], the network's has [1]\n\tnu has shape [2], the network's has [1]") {
		t.Error(err)
	}
	scalar := autograd.Variable(tensor.Scalar(0)) // an empty tensor has no axes either
	err = layers.SetTorchState([]*node{scalar}, map[string]*tensor.Tensor{"0": new(tensor.Tensor)})
	if err == nil || !strings.HasSuffix(err.Error(), "missing:\n\t0") {
		t.Error(err)
	}
	if err := layers.SetTorchState(&layers.RNN{Cells: []*layers.Cell{nil}}, nil); err != nil {
		t.Error(err)
	}
	for _, name := range strings.Fields("i h g f e d c b a") {
		state[name] = tensor.New(1)
	}
	err = layers.SetTorchState([]*module{{nil, parameter(0)}}, state)
	if err == nil || !strings.HasSuffix(err.Error(), "unexpected:\n\ta\n\tb\n\tc\n\td\n\te\n\tf\n\tg\n\th\n\ti") {
		t.Error(err)
	}
	err = layers.SetState(parameter(0), map[string]*tensor.Tensor{"": tensor.New(2)})
	if err == nil || !strings.HasSuffix(err.Error(), "of another shape:\n\t has shape [2], the network's has [1]") {
		t.Error(err)
	}
	if err := layers.LoadTorch("testdata/no such file", fromZeros(1, 1)); err == nil {
		t.Error("no error for a file that is not there")
	}
}

// Both directions of recurrent networks are loaded from PyTorch.
func TestTorchReverse(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]layers.Layer{
		"RNN":  layers.NewRNN(1, 1, layers.Stack{Bidirectional: true}, nil),
		"LSTM": layers.NewLSTM(1, 1, layers.Stack{Bidirectional: true}, nil),
		"GRU":  layers.NewGRU(1, 1, layers.Stack{Bidirectional: true}, nil),
	} {
		state := map[string]*tensor.Tensor{}
		gates := map[string]int{"RNN": 1, "LSTM": 4, "GRU": 3}[name]
		for i, direction := range []string{"", "_reverse"} {
			for j, side := range []string{"ih", "hh"} {
				state["weight_"+side+"_l0"+direction] = tensor.Full(float64(1+2*i+j), gates, 1)
				state["bias_"+side+"_l0"+direction] = tensor.Full(float64(-1-2*i-j), gates)
			}
		}
		if err := layers.SetTorchState(l, state); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := layers.State(l)
		if got["reverse.0.weightHH"].At(0, 0) != 4 || got["reverse.0.biasIH"].At(0) != -3 || got["cells.0.weightIH"].At(0, 0) != 1 {
			t.Errorf("%s: the state is %v", name, got)
		}
	}
}

// linearly prints a name that begins with that of the layer in it, but is another.
type linearly struct{ Inner *layers.Linear }

func (l linearly) Forward(*node) *node { return l.Inner.Forward(nil) }
func (linearly) String() string        { return "Linearly" }

func TestLayerOfALikeName(t *testing.T) {
	t.Parallel()
	wantPanic(t, "layers: 0: Linearly: Linear: the input is nil", func() { layers.Sequential{linearly{fromZeros(1, 1)}}.Forward(parameter(1)) })
}
