package layers_test

import (
	"math/rand/v2"
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

// normal returns a tensor of normally distributed numbers, the same ones for the same shape.
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

// A scale is a layer of a user's own.
type scale struct{ Factor *autograd.Node }

func (s *scale) Forward(x *autograd.Node) *autograd.Node { return x.Mul(s.Factor) }

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
