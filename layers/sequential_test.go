package layers_test

import (
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// fromZeros returns a Linear whose numbers do not matter.
func fromZeros(in, out int) *layers.Linear { return layers.NewLinear(in, out, nil) }

// forgetful returns no node.
type forgetful struct{}

func (forgetful) Forward(*autograd.Node) *autograd.Node { return nil }

// A block is a layer of one's own that has a network.
type block struct{ Body layers.Sequential }

func (b block) Forward(x *autograd.Node) *autograd.Node { return b.Body.Forward(x) }

// An embedding has the methods of what it embeds.
type embedding struct{ layers.Sequential }

// A judge computes a loss inside a network.
type judge struct{ t *autograd.Node }

func (j judge) Forward(x *autograd.Node) *autograd.Node { return layers.SquaredError(x, j.t) }

// A panicking layer panics with what it is told.
type panicking struct{ with any }

func (p panicking) Forward(*autograd.Node) *autograd.Node { panic(p.with) }

// A mistake inside a network says which layer made it.
func TestMistakesNameTheLayer(t *testing.T) {
	t.Parallel()
	a, b := fromZeros(2, 3), fromZeros(4, 2)
	inner := func(x string) string {
		return "Linear 4→2: tensor: Affine: inner dimensions differ: x has 3 columns, w 4 rows: [3 3] × [4 2] + [2]; " +
			"the inputs are [" + x + " [3 3] Variable weight [4 2] Variable bias [2]]"
	}
	for _, test := range []struct {
		name string
		net  layers.Sequential
		want string
	}{
		{"shapes", layers.Sequential{a, layers.Tanh{}, b}, "2: " + inner("Tanh")},
		{"shapes without bias", layers.Sequential{&layers.Linear{Weight: b.Weight}},
			"0: Linear 4→2, no bias: tensor: MatMul: inner dimensions differ: [3 2] × [4 2]; the inputs are [Constant [3 2] Variable weight [4 2]]"},
		{"nested", layers.Sequential{a, layers.Sequential{b}}, "1.0: " + inner("Affine")},
		{"nested by a pointer", layers.Sequential{a, &layers.Sequential{layers.Tanh{}, &layers.Sequential{b}}}, "1.1.0: " + inner("Tanh")},
		{"nested twice", layers.Sequential{layers.Sequential{a, layers.Sequential{layers.Tanh{}, b}}}, "0.1.1: " + inner("Tanh")},
		{"in a layer of one's own", layers.Sequential{a, block{layers.Sequential{layers.Tanh{}, b}}}, "1: block: 1: " + inner("Tanh")},
		{"in what a layer embeds", layers.Sequential{a, embedding{layers.Sequential{b}}}, "1: embedding: 0: " + inner("Affine")},
		{"no layer", layers.Sequential{layers.Tanh{}, nil}, "1: the layer is nil"},
		{"no layer, nested", layers.Sequential{layers.Tanh{}, layers.Sequential{nil}}, "1.0: the layer is nil"},
		{"nil Sequential", layers.Sequential{a, (*layers.Sequential)(nil)}, "1: the layer is a nil *layers.Sequential"},
		{"nil Linear", layers.Sequential{(*layers.Linear)(nil)}, "0: the layer is a nil *layers.Linear"},
		{"nil layer of one's own", layers.Sequential{a, (*scale)(nil)}, "1: the layer is a nil *layers_test.scale"},
		{"Linear without weight", layers.Sequential{a, &layers.Linear{}}, "1: Linear: the Weight is nil; NewLinear makes one"},
		{"nil Variable", layers.Sequential{&scale{}}, "0: scale: autograd: Mul: input 1 is a nil or zero Node"},
		{"a loss", layers.Sequential{a, judge{autograd.Constant(tensor.New(3))}},
			"1: judge: SquaredError: predictions have shape [3 3], targets [3]; a loss does not broadcast"},
		{"no result", layers.Sequential{a, forgetful{}}, "1: forgetful: its Forward returned nil"},
		{"no result, then another", layers.Sequential{forgetful{}, a}, "0: forgetful: its Forward returned nil"},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := autograd.Constant(normal(3, 2))
			wantPanic(t, "layers: "+test.want, func() { test.net.Forward(x) })
			wantPanic(t, "layers: "+test.want, func() { test.net.Trace(x) })
		})
	}
	wantPanic(t, "layers: 0: Linear 2→3: the input is nil", func() { layers.Sequential{a}.Forward(nil) })
	wantPanic(t, "layers: 0: Identity: the input is nil", func() { layers.Sequential{layers.Identity{}}.Forward(nil) })
	wantPanic(t, "layers: 0: Sigmoid: autograd: Sigmoid: input 0 is a nil or zero Node",
		func() { layers.Sequential{layers.Sigmoid{}}.Forward(nil) })
	for want, net := range map[string]layers.Sequential{
		"layers: Sequential: the input is nil":      {},
		"layers: 0: Sequential: the input is nil":   {layers.Sequential{}},
		"layers: 0.0: Sequential: the input is nil": {layers.Sequential{&layers.Sequential{}}},
	} {
		for _, x := range []*autograd.Node{nil, new(autograd.Node)} {
			wantPanic(t, want, func() { net.Forward(x) })
			wantPanic(t, want, func() { net.Trace(x) })
		}
	}
}

// What the layer panicked with is wrapped.
func TestMistakesUnwrap(t *testing.T) {
	t.Parallel()
	mistake := &tensor.Error{Op: "MatMul", Text: "is wrong"}
	for _, original := range []error{mistake, &autograd.Error{Op: "Of", Text: "is wrong"}, &layers.Error{Op: "Of", Text: "is wrong"}} {
		for name, net := range map[string]layers.Sequential{
			"flat":   {panicking{original}},
			"nested": {layers.Tanh{}, layers.Sequential{panicking{original}}},
			"own":    {block{layers.Sequential{panicking{original}}}},
		} {
			err, ok := recovered(net).(*layers.Error)
			if !ok || !errors.Is(err, original) {
				t.Errorf("%s, %T: recovered %v", name, original, err)
			}
		}
	}
	var err *tensor.Error
	if !errors.As(recovered(layers.Sequential{panicking{mistake}}).(error), &err) || err != mistake {
		t.Errorf("found %v", err)
	}
	if inner := (&layers.Error{Op: "Of", Text: "is wrong"}).Unwrap(); inner != nil {
		t.Errorf("an error of no network wraps %v", inner)
	}
}

// recovered returns what net panics with.
func recovered(net layers.Sequential) (p any) {
	defer func() { p = recover() }()
	net.Forward(autograd.Constant(normal(1, 2)))
	return nil
}

type outOfRange struct{ i int }

func (l outOfRange) Forward(x *autograd.Node) *autograd.Node { return []*autograd.Node{x}[l.i] }

// Panics that are not a caller's mistakes pass unchanged.
func TestOtherPanics(t *testing.T) {
	t.Parallel()
	other := errors.New("mine")
	for _, p := range []any{"mine", 3, other} {
		if got := recovered(layers.Sequential{layers.Tanh{}, layers.Sequential{panicking{p}}}); got != p {
			t.Errorf("recovered %v, want %v", got, p)
		}
	}
	for _, l := range []layers.Layer{outOfRange{1}, &scaleOf{}} {
		if got, ok := recovered(layers.Sequential{layers.Sequential{l}}).(runtime.Error); !ok {
			t.Errorf("%T: recovered %v", l, got)
		}
	}
}

// A scaleOf has a layer that is nil.
type scaleOf struct{ *scale }

// A panic through a network shows where it was raised.
func TestPanicHasItsStack(t *testing.T) {
	t.Parallel()
	defer func() {
		recover()
		stack := make([]byte, 1<<16)
		stack = stack[:runtime.Stack(stack, false)]
		if !strings.Contains(string(stack), "outOfRange.Forward") {
			t.Errorf("the stack does not name the layer's Forward:\n%s", stack)
		}
	}()
	layers.Sequential{layers.Sequential{outOfRange{1}}}.Forward(autograd.Constant(normal(1, 2)))
}

// A goroutine that ends inside a network, as by t.FailNow, ends.
func TestGoexit(t *testing.T) {
	t.Parallel()
	ended := make(chan any)
	go func() {
		defer func() { ended <- recover() }()
		layers.Sequential{exiting{}}.Forward(autograd.Constant(normal(1)))
	}()
	if p := <-ended; p != nil {
		t.Errorf("recovered %v", p)
	}
}

type exiting struct{}

func (exiting) Forward(*autograd.Node) *autograd.Node {
	runtime.Goexit()
	return nil
}

// Naming the layer in a mistake allocates nothing if there is none. (Not parallel: it counts
// allocations.)
func TestSequentialDoesNotAllocate(t *testing.T) {
	x := autograd.Constant(normal(3))
	net := layers.Sequential{layers.Identity{}, layers.Sequential{layers.Identity{}}}
	if n := testing.AllocsPerRun(100, func() { net.Forward(x) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSequential(b *testing.B) {
	x := autograd.Constant(normal(3))
	net := layers.Sequential{layers.Identity{}, layers.Identity{}, layers.Identity{}, layers.Identity{}}
	b.Run("layers=4", func(b *testing.B) {
		for b.Loop() {
			net.Forward(x)
		}
	})
	b.Run("layers=4/impl=loop", func(b *testing.B) {
		for b.Loop() {
			y := x
			for _, l := range net {
				y = l.Forward(y)
			}
		}
	})
}

// Goroutines share a network, for inference and for gradients of their own.
func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	net := layers.Sequential{layers.NewLinear(2, 4, layers.Xavier(rand.New(rand.NewPCG(1, 2)))), layers.Tanh{}, block{layers.Sequential{fromZeros(4, 1)}}}
	x, target := normal(3, 2), tensor.Full(.5, 3, 1)
	parameters := layers.Parameters(net)
	loss := func() *autograd.Node {
		return layers.SquaredError(net.Forward(autograd.Constant(x)), autograd.Constant(target))
	}
	want, wantGrads := net.Forward(autograd.Constant(x)).Value(), autograd.Backward(loss(), parameters...)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 25 {
				got := net.Forward(autograd.Context{NoRecord: true}.Constant(x)).Value()
				if !tensor.Equal(got, want) {
					t.Error("another prediction")
				}
				grads := autograd.Backward(loss(), layers.Parameters(net)...)
				for name, p := range layers.Named(net) {
					if !tensor.Equal(grads.Of(p), wantGrads.Of(p)) {
						t.Errorf("%s: another gradient", name)
					}
				}
				if net.String() == "" || layers.Check(net, autograd.Constant(x)) != nil {
					t.Error("another network")
				}
			}
		})
	}
	group.Wait()
}
