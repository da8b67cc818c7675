package layers_test

import (
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A closure is a layer that may use a Variable which no field shows.
type closure struct{ F func(x *node) *node }

func (c closure) Forward(x *node) *node { return c.F(x) }

// A frozen layer has a Variable that is not to be trained.
type frozen struct {
	Inner *scale `grad:"-"`
}

func (f frozen) Forward(x *node) *node { return f.Inner.Forward(x) }

type twoScales struct{ Used, Unused *scale }

func (s *twoScales) Forward(x *node) *node { return s.Used.Forward(x) }

func TestCheck(t *testing.T) {
	t.Parallel()
	hidden, p := parameter(1).Named("hidden"), parameter(2)
	hide := func(x *node) *node { return x.Mul(hidden) }
	v := parameter(3)
	for _, test := range []struct {
		name string
		net  layers.Layer
		x    *node
		want string
	}{
		{"right", layers.Sequential{&scale{p}, layers.Tanh{}, &scale{p}, fromZeros(1, 2)}, nil, ""},
		{"no parameters", layers.Tanh{}, nil, ""},
		{"no operations", layers.Identity{}, nil, ""},
		{"left out", layers.Sequential{&scale{p}, frozen{&scale{hidden}}}, nil, ""},
		{"the input is a Variable", layers.Sequential{&scale{p}}, v, ""},
		{"the input was computed from one", layers.Sequential{&scale{p}}, v.Square(), ""},
		{"the input was computed from a parameter", layers.Sequential{&scale{p}}, p.Square(), ""},
		{"a closure", layers.Sequential{closure{hide}, &twoScales{&scale{p}, &scale{v}}}, nil,
			"the result depends on Variable hidden [1] = 1, which is in no exported field: it would not be trained\n" +
				"the result does not depend on 1.unused.factor, Variable [1] = 3"},
		{"two in closures", closure{func(x *node) *node { return x.Mul(p).Add(hide(x)) }}, nil,
			"the result depends on Variable [1] = 2, which is in no exported field: it would not be trained\n" +
				"the result depends on Variable hidden [1] = 1, which is in no exported field: it would not be trained"},
		{"detached", layers.Sequential{block{layers.Sequential{&scale{p}}}, closure{(*node).Detach}, &scale{v}}, nil,
			"the result does not depend on 0.body.0.factor, Variable [1] = 2"},
		{"an unexported field", hidingLayer{&scale{p}}, nil,
			"inner.factor is a Variable in an unexported field of layers_test.hidingLayer: it would not be trained; export the field, or leave it out by the tag `grad:\"-\"`"},
		{"not recorded", &scale{p}, autograd.Context{NoRecord: true}.Constant(tensor.New(1)),
			"the result was not recorded, for its context has NoRecord: what it depends on is not known"},
		{"no result", forgetful{}, nil, "Forward returned nil"},
		{"nil", nil, nil, "the network is nil"},
		{"nil pointer", (*scale)(nil), nil, "the network is a nil *layers_test.scale"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.x == nil {
				test.x = autograd.Constant(tensor.Full(3, 1))
			}
			err := layers.Check(test.net, test.x)
			if got, _ := err.(*layers.Error); err != nil && (got == nil || got.Text != test.want || got.Op != "Check") || err == nil && test.want != "" {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
	wantPanic(t, "layers: 0: Linear 1→2: the input is nil", func() { layers.Check(layers.Sequential{fromZeros(1, 2)}, nil) })
}

// The graph has more paths than can be walked one by one.
func TestCheckOfManyPaths(t *testing.T) {
	t.Parallel()
	p := parameter(1)
	net := closure{func(x *node) *node {
		y := x.Mul(p)
		for range 100 {
			y = y.Add(y)
		}
		return y
	}}
	const want = "layers: Check: the result depends on Variable [1] = 1, which is in no exported field: it would not be trained"
	if err := layers.Check(net, autograd.Constant(tensor.New(1))); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
