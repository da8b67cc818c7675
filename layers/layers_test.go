package layers_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// xorNet returns the article's network for XOR, 2-4-1.
func xorNet() layers.Sequential {
	init := layers.Uniform(rand.New(rand.NewPCG(1, 2)), -.5, .5)
	return layers.Sequential{
		layers.NewLinear(2, 4, init), layers.Sigmoid{},
		layers.NewLinear(4, 1, init), layers.Sigmoid{},
	}
}

// normal returns a tensor of normally distributed numbers, the same ones for a shape.
func normal(shape ...int) *tensor.Tensor {
	seed := uint64(3)
	for _, n := range shape {
		seed = 31*seed + uint64(n)
	}
	return tensor.New(shape...).Normal(rand.New(rand.NewPCG(seed, 0)), 0, 1)
}

func TestParameterNames(t *testing.T) {
	t.Parallel()
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	a, b := layers.NewLinear(2, 3, init), layers.NewLinear(3, 3, init)
	withoutBias := &layers.Linear{Weight: a.Weight}
	for _, test := range []struct {
		name  string
		layer layers.Layer
		want  []string
	}{
		{"no layer", nil, nil},
		{"activation", layers.Tanh{}, nil},
		{"linear", a, []string{"weight", "bias"}},
		{"linear without bias", withoutBias, []string{"weight"}},
		{"empty sequential", layers.Sequential{}, nil},
		{"activations count", layers.Sequential{a, layers.ReLU{}, b}, []string{"0.weight", "0.bias", "2.weight", "2.bias"}},
		{"nested", layers.Sequential{layers.Tanh{}, layers.Sequential{withoutBias, b}},
			[]string{"1.0.weight", "1.1.weight", "1.1.bias"}},
		{"tied", layers.Sequential{b, b}, []string{"0.weight", "0.bias", "1.weight", "1.bias"}},
		{"ten and more", layers.Sequential{9: layers.Tanh{}, 10: a}, []string{"10.weight", "10.bias"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 3 { // the order stays the same
				var got []string
				for _, p := range layers.Parameters(test.layer) {
					got = append(got, p.Name)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("names differ (−want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestParametersAreTheLayersNodes(t *testing.T) {
	t.Parallel()
	net := xorNet()
	first, second := net[0].(*layers.Linear), net[2].(*layers.Linear)
	want := []*autograd.Node{first.Weight, first.Bias, second.Weight, second.Bias}
	got := layers.Nodes(net.Parameters())
	if len(got) != len(want) {
		t.Fatalf("got %d nodes, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("node %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// A shared parameter would be updated twice by one step if its node came twice.
func TestNodesHasEachNodeOnce(t *testing.T) {
	t.Parallel()
	w, b := autograd.Variable(tensor.New(2, 2)), autograd.Variable(tensor.New(2))
	got := layers.Nodes([]layers.Parameter{{"0.weight", w}, {"0.bias", b}, {"1.weight", w}, {"1.bias", b}})
	if len(got) != 2 || got[0] != w || got[1] != b {
		t.Errorf("got %v, want the weight and the bias, once each", got)
	}
	if got := layers.Nodes(nil); len(got) != 0 {
		t.Errorf("Nodes of no parameters: got %v", got)
	}
}

func TestSequential(t *testing.T) {
	t.Parallel()
	net := xorNet()
	x := autograd.Constant(normal(3, 2))
	nodes := net.Trace(x)
	if len(nodes) != len(net) {
		t.Fatalf("Trace gave %d nodes for %d layers", len(nodes), len(net))
	}
	in := x
	for i, l := range net {
		want := l.Forward(in)
		if !tensor.Equal(nodes[i].Value(), want.Value()) {
			t.Errorf("layer %d: Trace has\n%v\nForward\n%v", i, nodes[i].Value(), want.Value())
		}
		in = want
	}
	if got := net.Forward(x); !tensor.Equal(got.Value(), in.Value()) {
		t.Errorf("Forward: got\n%v\nwant\n%v", got.Value(), in.Value())
	}
	if got := (layers.Sequential{}).Forward(x); got != x {
		t.Errorf("no layer: got %v, want the input", got)
	}
	if got := (layers.Sequential{}).Trace(x); len(got) != 0 {
		t.Errorf("no layer: Trace gave %v", got)
	}
	if got := (layers.Identity{}).Forward(x); got != x {
		t.Errorf("Identity: got %v, want the input", got)
	}
}

func TestSequentialWithoutLayer(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(normal(3, 2))
	net := layers.Sequential{layers.Tanh{}, nil}
	wantPanic(t, "layers: Sequential: layer 1 is nil", func() { net.Forward(x) })
	wantPanic(t, "layers: Sequential: layer 1 is nil", func() { net.Trace(x) })
}

// wantPanic calls f and checks the text of the error that it panics with.
func wantPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if err, ok := recover().(error); !ok || err.Error() != want {
			t.Errorf("got panic %v\nwant      %s", err, want)
		}
	}()
	f()
}
