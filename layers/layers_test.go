package layers_test

import (
	"errors"
	"math/rand/v2"
	"sync"
	"testing"

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
	wantPanic(t, "layers: 1: <nil> that is nil: layers: Sequential: layer 1 is nil", func() { net.Forward(x) })
	wantPanic(t, "layers: 1: <nil> that is nil: layers: Sequential: layer 1 is nil", func() { net.Trace(x) })
}

// A mistake inside a network says in which layer.
func TestMistakesNameTheLayer(t *testing.T) {
	t.Parallel()
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	x := autograd.Constant(normal(3, 2))
	a, b := layers.NewLinear(2, 3, init), layers.NewLinear(4, 2, init)
	const inner = "tensor: Affine: inner dimensions differ: x has 3 columns, w 4 rows: [3 3] × [4 2] + [2]"
	for want, net := range map[string]layers.Sequential{
		"layers: 2: Linear 4→2: " + inner:                                                               {a, layers.Tanh{}, b},
		"layers: 1.0: Linear 4→2: " + inner:                                                             {a, layers.Sequential{b}},
		"layers: 1: Linear: layers: Linear: its Weight is nil; NewLinear makes one":                     {a, &layers.Linear{}},
		"layers: 0: *layers.Linear that is nil: layers: Linear: its Weight is nil; NewLinear makes one": {(*layers.Linear)(nil)},
		"layers: 0: *layers_test.scale that is nil: the *layers_test.scale is nil":                      {(*scale)(nil)},
		"layers: 0: scale: autograd: Mul: input 1 is a nil or zero Node":                                {&scale{}},
	} {
		wantPanic(t, want, func() { net.Forward(x) })
		wantPanic(t, want, func() { net.Trace(x) })
	}
	defer func() {
		var err *tensor.Error
		if !errors.As(recover().(error), &err) {
			t.Error("the mistake itself is not found")
		}
	}()
	layers.Sequential{a, b}.Forward(x)
}

// Panics that are no mistakes of a caller pass as they are.
func TestOtherPanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if p := recover(); p != "mine" {
			t.Errorf("recovered %v", p)
		}
	}()
	layers.Sequential{panicking{}}.Forward(autograd.Constant(normal(1)))
}

type panicking struct{}

func (panicking) Forward(*autograd.Node) *autograd.Node { panic("mine") }

// A scale is a layer of a user's own.
type scale struct{ Factor *autograd.Node }

func (s *scale) Forward(x *autograd.Node) *autograd.Node { return x.Mul(s.Factor) }

// Goroutines share a network.
func TestConcurrentInference(t *testing.T) {
	t.Parallel()
	net, x := xorNet(), normal(3, 2)
	want := net.Forward(autograd.Constant(x)).Value()
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 50 {
				if got := net.Forward(autograd.Context{NoRecord: true}.Constant(x)).Value(); !tensor.Equal(got, want) {
					t.Error("another prediction")
				}
			}
		})
	}
	group.Wait()
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
