package layers_test

import (
	"fmt"
	"testing"

	"gentlegrad/layers"
)

// A talker prints its text.
type talker struct {
	*scale
	text string
}

func (t talker) String() string { return t.text }

// A fragile layer's String panics.
type fragile struct{ layers.Layer }

func (fragile) String() string { panic("called") }

type generic[T any] struct{ W T }

func (generic[T]) Forward(x *node) *node { return x }

// An adapter is a function as a layer.
type adapter func(x *node) *node

func (a adapter) Forward(x *node) *node { return a(x) }

// A spoken layer is a function that says what it is; a titled one is a struct that has this in a field.
type (
	spoken func(x *node) *node
	titled struct{ Title string }
)

func (s spoken) Forward(x *node) *node { return s(x) }
func (spoken) String() string          { return "says so" }
func (titled) Forward(x *node) *node   { return x }
func (t titled) String() string        { return t.Title }

func TestString(t *testing.T) {
	t.Parallel()
	a, b := fromZeros(2, 4), fromZeros(4, 1)
	one := &scale{parameter(1)}
	circle := layers.Sequential{nil}
	circle[0] = &circle
	for _, test := range []struct {
		name string
		net  any
		want string
	}{
		{"activations", []any{layers.Sigmoid{}, layers.Tanh{}, layers.ReLU{}, layers.Identity{}}, "[Sigmoid Tanh ReLU Identity]"},
		{"linear", a, "Linear 2→4"},
		{"linear without bias", &layers.Linear{Weight: a.Weight}, "Linear 2→4, no bias"},
		{"linear without weight", &layers.Linear{}, "Linear"},
		{"linear that is nil", (*layers.Linear)(nil), "Linear"},
		{"linear of the zero Node", &layers.Linear{Weight: new(node)}, "Linear"},
		{"linear of no matrix", &layers.Linear{Weight: parameter(1)}, "Linear of weight [1]"},
		{"computed weight", &layers.Linear{Weight: a.Weight.Transpose()}, "Linear 4→2, no bias"},
		{"empty", layers.Sequential{}, "Sequential, 0 parameters"},
		{"xor", xorNet(), `Sequential, 17 parameters
  0: Linear 2→4, 12 parameters
  1: Sigmoid
  2: Linear 4→1, 5 parameters
  3: Sigmoid`},
		{"nested", layers.Sequential{a, layers.Sequential{layers.Tanh{}, layers.Sequential{b}}, one}, `Sequential, 18 parameters
  0: Linear 2→4, 12 parameters
  1: Sequential, 5 parameters
    0: Tanh
    1: Sequential, 5 parameters
      0: Linear 4→1, 5 parameters
  2: scale, 1 parameter`},
		{"nested by a pointer", &layers.Sequential{&layers.Sequential{b}}, `Sequential, 5 parameters
  0: Sequential, 5 parameters
    0: Linear 4→1, 5 parameters`},
		{"shared", layers.Sequential{b, layers.Tanh{}, b}, `Sequential, 5 parameters
  0: Linear 4→1, 5 parameters
  1: Tanh
  2: Linear 4→1, 5 parameters`},
		{"layers of one's own", layers.Sequential{block{layers.Sequential{a}}, &wrapper{b}, closure{}, talker{one, "says\nmore"}, adapter(one.Forward),
			generic[int]{}, struct{ layers.Tanh }{}}, `Sequential, 18 parameters
  0: block, 12 parameters
  1: wrapper, 5 parameters
  2: closure
  3: says, 1 parameter
  4: adapter
  5: generic[int]
  6: struct { layers.Tanh }`},
		{"what is embedded does not describe", layers.Sequential{embedding{layers.Sequential{a}}, struct{ *layers.Linear }{b}}, `Sequential, 17 parameters
  0: embedding, 12 parameters
  1: struct { *layers.Linear }, 5 parameters`},
		{"what is not embedded describes", layers.Sequential{spoken(one.Forward), titled{"a title"}}, `Sequential, 0 parameters
  0: says so
  1: a title`},
		{"nothing", layers.Sequential{nil, (*layers.Linear)(nil), adapter(nil)}, `Sequential, 0 parameters
  0: nil
  1: a nil *layers.Linear
  2: a nil layers_test.adapter`},
		{"mistakes", layers.Sequential{a, hidingLayer{one}, layers.Sequential{&layers.Linear{Weight: a.Weight.Transpose()}, dotted{parameter(1)}}},
			`Sequential, 13 parameters
  0: Linear 2→4, 12 parameters
  1: hidingLayer
    mistake: inner.factor is a Variable in an unexported field of layers_test.hidingLayer: it would not be trained; ` +
				"export the field, or leave it out by the tag `grad:\"-\"`" + `
  2: Sequential, 1 parameter
    0: Linear 4→2, no bias
      mistake: weight of layers.Linear is Transpose [4 2], computed outside Forward: it goes stale; compute it in Forward
    1: dotted, 1 parameter
      mistake: w of layers_test.dotted has the tag ` + "`grad:\"a.b\"`: a name can't have a dot"},
		{"itself", circle, `Sequential, 0 parameters
  0: a Sequential that contains itself`},
		{"empty ones", layers.Sequential{layers.Sequential{}, layers.Sequential{}}, `Sequential, 0 parameters
  0: Sequential, 0 parameters
  1: Sequential, 0 parameters`},
		{"a String that panics", layers.Sequential{fragile{}}, `Sequential, 0 parameters
  0: %!v(PANIC=String method: called)`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := fmt.Sprint(test.net); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
