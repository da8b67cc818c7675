package gradcheck_test

import (
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// cube is y = x³, with the rules that a test gives it.
type cube struct {
	vjp func(y, dy *autograd.Node) *autograd.Node
}

func (cube) Name() string { return "Cube" }

func (cube) Forward(y *autograd.Node) {
	x := y.Input(0).Value()
	y.Value().Map(x, func(v float64) float64 { return v * v * v })
}

func (op cube) VJP(y *autograd.Node, _ int, dy *autograd.Node) *autograd.Node { return op.vjp(y, dy) }

func right(y, dy *autograd.Node) *autograd.Node { return dy.Mul(y.Input(0).Square().Scale(3)) }

// adder is cube with an AddVJPs.
type adder struct {
	cube
	add func(y *autograd.Node, dy, dx *tensor.Tensor)
}

func (op adder) AddVJPs(y *autograd.Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	op.add(y, dy, dx[0])
}

// addRight adds dy·3x² to dx, as right and Add do.
func addRight(scale float64, y *autograd.Node, dy, dx *tensor.Tensor) {
	fresh := dx.IsEmpty()
	dx.Like(dy)
	for i, x := range y.Input(0).Value().Data() {
		v := scale * (dy.Data()[i] * (x * x * 3))
		if !fresh {
			v += dx.Data()[i]
		}
		dx.Data()[i] = v
	}
}

func applied(op autograd.Op) gradcheck.Func {
	return func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(op, xs[0]) }
}

var point = tensor.FromSlice([]float64{-1.5, 0.25, 0, 2}, 2, 2)

// The checker is checked on rules that are wrong in one way each.
func TestCheckFinds(t *testing.T) {
	calls := 0
	tests := []struct {
		name string
		f    gradcheck.Func
		want string // "" for none
	}{
		{"nothing wrong", applied(cube{right}), ""},
		{"0.1 % too large", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return right(y, dy).Scale(1.001) }}), "gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic 6.75675"},
		{"nil gradient", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return nil }}), "automatic 0, numerical "},
		{"wrong shape", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return right(y, dy).Reshape(4) }}),
			"autograd: Cube: the VJP of input 0 has shape [4], the input has [2 2]"},
		{"summed shape", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return right(y, dy).Sum() }}),
			"autograd: Cube: the VJP of input 0 has shape [], the input has [2 2]"},
		{"modifies dy", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dx := right(y, dy)
			dy.Value().Data()[0]++
			return dx
		}}), "VJP of Cube modifies dy"},
		{"modifies dy before use", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dy.Value().Scale(dy.Value(), 3)
			return dy.Mul(y.Input(0).Square())
		}}), "VJP of Cube modifies dy"},
		{"modifies its input", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dx := right(y, dy)
			y.Input(0).Value().Data()[0]++
			return dx
		}}), "gradcheck: input 0 was modified"},
		{"modifies its result", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dx := right(y, dy)
			y.Value().Data()[0] = 0
			return dx
		}}), "VJP of Cube modifies its result"},
		{"inside", func(xs ...*autograd.Node) *autograd.Node {
			return autograd.Apply(cube{func(y, dy *autograd.Node) *autograd.Node {
				dx := right(y, dy)
				dy.Value().Data()[0]++
				return dx
			}}, xs[0].Scale(2)).Scale(2)
		}, "VJP of Cube modifies dy"},
		{"detached", func(xs ...*autograd.Node) *autograd.Node { return xs[0].Detach().Square() }, "automatic 0, numerical "},
		{"half detached", func(xs ...*autograd.Node) *autograd.Node { return xs[0].Mul(xs[0].Detach()) }, "output [0 0] by input 0 [0 0]: automatic "},
		{"constant", func(xs ...*autograd.Node) *autograd.Node { return autograd.Constant(tensor.Scalar(1)) }, ""},
		{"NaN", func(xs ...*autograd.Node) *autograd.Node { return xs[0].Log() }, "automatic "},
		{"state", func(xs ...*autograd.Node) *autograd.Node {
			return autograd.Apply(cube{func(y, dy *autograd.Node) *autograd.Node {
				calls++
				return right(y, dy).Scale(float64(calls))
			}}, xs[0])
		}, "gradcheck: input 0 [0 0]: a second Backward gives 9.968713076797306, the first 4.984356538398653"},
		{"shapes in f", func(xs ...*autograd.Node) *autograd.Node { return xs[0].MatMul(xs[0].Reshape(1, 4)) },
			"tensor: MatMul: inner dimensions differ"},
		{"adder", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) { addRight(1, y, dy, dx) }}), ""},
		{"adder 0.1 % off", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) { addRight(1.001, y, dy, dx) }}),
			"gradcheck: AddVJPs of Cube: input 0 [0 0]: stores 9.022861047375907; VJP gives 9.013847200175732\n"},
		{"adder that sets", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {
			dx.Clear()
			addRight(1, y, dy, dx)
		}}), "gradcheck: AddVJPs of Cube: input 0 [0 0]: adds to -14.940034689982873 and gives 9.013847200175732; VJP and Add give -5.926187489807141"},
		{"adder that adds nothing", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {}}), "AddVJPs left the gradient of input 0 empty"},
		{"adder that modifies dy", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {
			addRight(1, y, dy, dx)
			dy.Data()[1] = 0
		}}), "AddVJPs of Cube modifies dy"},
		{"adder that views", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {
			dx.Clear()
			dx.View(dy, dy.Shape()...)
		}}), "autograd: Cube: AddVJPs left the gradient of input 0 empty, a view"},
		{"adds to what was there", func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(hoarder{}, xs[0]) },
			"Forward of Hoarder gives another value when it runs again"},
		{"adder of another shape", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) { dx.Copy(tensor.New(3)) }}),
			"autograd: Cube: AddVJPs left the gradient of input 0 empty, a view, or not of the input's shape [2 2]: [3]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := point.Clone()
			err := gradcheck.Check(tt.f, point)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
			if !tensor.Equal(before, point) {
				t.Error("the point was modified")
			}
		})
	}
}

// A hoarder is the identity, if its buffer held zeros.
type hoarder struct{}

func (hoarder) Name() string { return "Hoarder" }

func (hoarder) Forward(y *autograd.Node) {
	x := y.Input(0).Value()
	for i, v := range x.Data() {
		y.Value().Like(x).Data()[i] += v
	}
}

func (hoarder) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node { return dy }

func TestCheckSecond(t *testing.T) {
	once := func(y, dy *autograd.Node) *autograd.Node { // right, but its own derivative is not
		return dy.Mul(y.Input(0).Detach().Square().Scale(3))
	}
	if err := gradcheck.CheckSecond(applied(cube{right}), point); err != nil {
		t.Error(err)
	}
	if err := gradcheck.Check(applied(cube{once}), point); err != nil {
		t.Error(err)
	}
	if err := gradcheck.CheckSecond(applied(cube{once}), point); err == nil || !strings.Contains(err.Error(), "automatic 0, numerical ") {
		t.Errorf("got %v", err)
	}
	if err := gradcheck.Check(gradcheck.Gradient(gradcheck.Gradient(applied(cube{right}))), point); err != nil {
		t.Errorf("third derivative: %v", err)
	}
	linear := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Scale(2) }
	if err := gradcheck.CheckSecond(linear, point); err != nil {
		t.Errorf("linear: %v", err)
	}
}

// Several inputs are told apart, each with its shape.
func TestCheckNamesInputs(t *testing.T) {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Add(xs[1].Mul(xs[1].Detach())) }
	err := gradcheck.Check(f, tensor.Arange(2), tensor.Full(3, 1))
	if err == nil || strings.Contains(err.Error(), "input 0") || !strings.Contains(err.Error(), "output [0] by input 1 [0]: automatic ") {
		t.Errorf("got %v", err)
	}
}

func TestCheckInputs(t *testing.T) {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Exp().Input(1) }
	for want, xs := range map[string][]*tensor.Tensor{
		"gradcheck: Check: there are no inputs":     nil,
		"gradcheck: Check: input 1 is nil or empty": {point, nil},
		"gradcheck: Check: input 0 is nil or empty": {new(tensor.Tensor), point},
		"gradcheck: panic at gradcheck_test.go:":    {tensor.Arange(3)},
	} {
		if err := gradcheck.Check(f, xs...); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A panic is an error, with its place.
func TestPanics(t *testing.T) {
	var none []int
	for want, f := range map[string]gradcheck.Func{
		": mine": func(...*autograd.Node) *autograd.Node { panic("mine") },
		": runtime error: index out of range [3] with length 0": func(xs ...*autograd.Node) *autograd.Node { return xs[none[3]] },
		": runtime error: invalid memory address or nil pointer dereference": func(xs ...*autograd.Node) *autograd.Node {
			var p *cube
			return autograd.Apply(*p, xs[0])
		},
		": autograd: Add: input 1 is a nil or zero Node": func(xs ...*autograd.Node) *autograd.Node { return xs[0].Add(nil) },
		": tensor: Add: shapes do not broadcast: [2 2] and [3]": func(xs ...*autograd.Node) *autograd.Node {
			return xs[0].Add(autograd.Constant(tensor.New(3)))
		},
	} {
		err := gradcheck.Check(f, point)
		if err == nil || !strings.HasPrefix(err.Error(), "gradcheck: panic at gradcheck_test.go:") || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("got %v, want …%s", err, want)
		}
	}
}
