package trace

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Fault is a place where a NaN or an infinity comes from: an operation that made one from numbers that
// held none, or a leaf that holds one.
type Fault struct {
	Node *autograd.Node // the leaf, or the result of the operation
	// Input is the input for which the operation's rule gives a bad gradient; −1 if the node's value is bad.
	Input int
	// Sum says that the rule is not the cause: the gradient overflowed when contributions were added.
	Sum   bool
	Index []int   // of the first bad element, in the value or in the input's gradient
	Value float64 // the bad element

	text string
}

// String says what happened, with the numbers from which the bad one was made, and where the node was made if
// that is recorded (by Positions of autograd.Context).
func (f Fault) String() string { return f.text }

// NonFinite returns where NaNs and infinities in y come from; if y has one element and a gradient flows
// to it, also where those in the gradients come from. Faults in values come first, in the order in which
// the nodes were made, and then faults in gradients, in the order of the backward pass. The first is
// usually the one to look at. There is none if everything is finite.
//
// A value or gradient is a fault if it holds a NaN and nothing from which it was made does, or if it holds an
// infinity and everything from which it was made is finite. A constant may hold infinities, as masks do.
//
// It panics if y is nil, and as autograd.Backward does.
func NonFinite(y *autograd.Node) []Fault {
	if y == nil {
		fail("NonFinite", "the node is nil")
	}
	f := finder{labels: newLabels(y)}
	for _, x := range autograd.Graph(y) {
		f.forward(x)
	}
	if y.NeedsGrad() && y.Value().Len() == 1 {
		for _, s := range walk(y).Steps {
			for k := range s.Edges {
				f.backward(&s.Edges[k], s.Gradient)
			}
		}
	}
	return f.faults
}

type finder struct {
	labels labels
	faults []Fault
}

// forward checks the value of x.
func (f *finder) forward(x *autograd.Node) {
	k := arises(x.Value(), inputs(x)...)
	if k < 0 || x.Op() == nil && !x.NeedsGrad() && !math.IsNaN(x.Value().Data()[k]) {
		return
	}
	f.add(Fault{Node: x, Input: -1}, x.Value(), k, func(at string) string {
		if x.Op() == nil {
			return fmt.Sprintf("%s holds %s", f.describe(x), at)
		}
		return fmt.Sprintf("%s gives %s%s", f.describe(x), at, f.operands(x, x, k, nil))
	})
}

// backward checks what goes along an edge, and the sum at its end.
func (f *finder) backward(e *Edge, dy *tensor.Tensor) {
	if e.Contribution == nil {
		return
	}
	from := append(inputs(e.From), e.From.Value(), dy)
	if k := arises(e.Contribution, from...); k >= 0 {
		f.add(Fault{Node: e.From, Input: e.Input}, e.Contribution, k, func(at string) string {
			return fmt.Sprintf("the rule of %s gives for %s the gradient %s%s", f.describe(e.From), f.labels.of[e.To], at, f.operands(e.From, e.To, k, dy))
		})
	} else if e.Before == nil {
		return
	} else if k := arises(e.After, e.Before, e.Contribution); k >= 0 {
		f.add(Fault{Node: e.From, Input: e.Input, Sum: true}, e.After, k, func(at string) string {
			return fmt.Sprintf("%s, %d of %d, added to the gradient of %s gives %s: %s + %s",
				f.describe(e.From), e.Part, e.Parts, f.describe(e.To), at, number(e.Before.Data()[k]), number(e.Contribution.Data()[k]))
		})
	}
}

// add adds a fault at element k of v.
func (f *finder) add(fault Fault, v *tensor.Tensor, k int, text func(at string) string) {
	fault.Index, fault.Value = index(k, v.Shape()), v.Data()[k]
	at := number(fault.Value)
	if len(fault.Index) > 0 {
		at += fmt.Sprintf(" at %v", fault.Index)
	}
	fault.text = text(at)
	f.faults = append(f.faults, fault)
}

// describe returns the name of x, how and where it was made, and its shape.
func (f *finder) describe(x *autograd.Node) string {
	s := f.labels.of[x] + " = " + f.labels.made(x)
	if x.Op() == nil {
		s = f.labels.of[x] + ", a " + f.labels.made(x) + ","
	}
	s += fmt.Sprintf(" %v", x.Shape())
	if at := x.Made(); at != "" {
		s += ", made at " + at + ","
	}
	return s
}

// operands returns what y was made of at element k of a tensor of x's shape. That is y's own shape or,
// in the backward pass, where dy is given, the shape of an input. It gives the numbers themselves if y's
// operation is applied element by element, otherwise the least and the largest.
func (f *finder) operands(y, x *autograd.Node, k int, dy *tensor.Tensor) string {
	there := isPointwise(y.Op()) && tensor.SameShape(x.Value(), y.Value())
	var parts []string
	add := func(name string, v *tensor.Tensor) {
		switch {
		case there:
			parts = append(parts, name+" = "+number(new(tensor.Tensor).BroadcastTo(v, y.Shape()...).Data()[k]))
		case v.Len() > 0:
			lo, hi := new(tensor.Tensor).Min(v).Item(), new(tensor.Tensor).Max(v).Item()
			if lo == hi {
				parts = append(parts, name+" = "+number(lo))
			} else {
				parts = append(parts, name+" from "+number(lo)+" to "+number(hi))
			}
		}
	}
	if dy != nil {
		add(f.labels.gradient(y), dy)
		add(f.labels.of[y], y.Value())
	}
	for i := range y.NumInputs() {
		add(f.labels.of[y.Input(i)], y.Input(i).Value())
	}
	switch {
	case len(parts) == 0:
		return ""
	case there:
		return ", where " + strings.Join(parts, ", ")
	}
	return ", of " + strings.Join(parts, ", ")
}

// inputs returns the values of y's inputs.
func inputs(y *autograd.Node) []*tensor.Tensor {
	var list []*tensor.Tensor
	for i := range y.NumInputs() {
		list = append(list, y.Input(i).Value())
	}
	return list
}

// arises returns the place of the first NaN in v, if none of the tensors from which it was made holds one;
// otherwise that of the first infinity, if all these tensors are finite; otherwise −1.
func arises(v *tensor.Tensor, from ...*tensor.Tensor) int {
	nan, inf := bad(v)
	if nan < 0 && inf < 0 {
		return -1
	}
	for _, x := range from {
		n, i := bad(x)
		if n >= 0 {
			return -1
		}
		if i >= 0 {
			inf = -1
		}
	}
	if nan >= 0 {
		return nan
	}
	return inf
}

// bad returns the places of the first NaN and of the first infinity; −1 if there is none.
func bad(v *tensor.Tensor) (nan, inf int) {
	isInf := func(x float64) bool { return math.IsInf(x, 0) }
	return slices.IndexFunc(v.Data(), math.IsNaN), slices.IndexFunc(v.Data(), isInf)
}

// index returns the index of element k in a tensor of the shape.
func index(k int, shape []int) []int {
	at := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		at[a] = k % shape[a]
		k /= shape[a]
	}
	return at
}
