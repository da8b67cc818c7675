package gradcheck_test

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
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

// addRight adds scale·dy·3x² to dx, with the operations of right and Add.
func addRight(scale float64, y *autograd.Node, dy, dx *tensor.Tensor) {
	fresh := dx.IsEmpty()
	dx.Like(dy)
	for i, x := range y.Input(0).Value().Data() {
		v := float64(scale * (dy.Data()[i] * (x * x * 3)))
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

// The checker is tested on rules that are wrong in one way each.
func TestCheckFinds(t *testing.T) {
	calls := 0
	tests := []struct {
		name string
		f    gradcheck.Func
		want string // "" if it finds nothing
	}{
		{"nothing wrong", applied(cube{right}), ""},
		{"0.1 % too large", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return right(y, dy).Scale(1.001) }}), `
gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic 6.75675, numerical 6.75 ± 6.8e-12
gradcheck: wrong gradient: output [0 1] by input 0 [0 1]: automatic 0.1876875, numerical 0.1875 ± 1.9e-13
gradcheck: wrong gradient: output [1 1] by input 0 [1 1]: automatic 12.012, numerical 12 ± 1.2e-11
gradcheck: input 0: the wrong derivatives are 1.001 times what they should be`},
		{"nil gradient", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return nil }}), `
gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic 0, numerical 6.75 ± 1.3e-13
gradcheck: wrong gradient: output [0 1] by input 0 [0 1]: automatic 0, numerical 0.1875 ± 1.3e-15
gradcheck: wrong gradient: output [1 1] by input 0 [1 1]: automatic 0, numerical 12 ± 2.4e-13
gradcheck: input 0: the gradient is missing`},
		{"wrong shape", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return right(y, dy).Reshape(4) }}),
			`gradcheck: panic at gradcheck_test.go:N: autograd: Cube: the VJP of input 0 has shape [4], the input has [2 2]`},
		{"summed shape", applied(cube{func(y, dy *autograd.Node) *autograd.Node { return right(y, dy).Sum() }}),
			`gradcheck: panic at gradcheck_test.go:N: autograd: Cube: the VJP of input 0 has shape [], the input has [2 2]`},
		{"modifies dy", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dx := right(y, dy)
			dy.Value().Data()[0]++
			return dx
		}}), `gradcheck: VJP of Cube modifies dy`},
		{"modifies dy before use", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dy.Value().Scale(dy.Value(), 3)
			return dy.Mul(y.Input(0).Square())
		}}), `
gradcheck: input 0 [0 0]: a plan gives 1.6614521794662174, Backward 4.984356538398652
gradcheck: VJP of Cube modifies dy`},
		{"modifies its input", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dx := right(y, dy)
			y.Input(0).Value().Data()[0]++
			return dx
		}}), `
gradcheck: input 0 [0 0]: a second Backward gives 0.5538173931554058, the first 4.984356538398653
gradcheck: input 0 was modified
gradcheck: VJP of Cube modifies input 0`},
		{"modifies its result", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			dx := right(y, dy)
			y.Value().Data()[0] = 0
			return dx
		}}), `gradcheck: VJP of Cube modifies its result`},
		{"inside", func(xs ...*autograd.Node) *autograd.Node {
			return autograd.Apply(cube{func(y, dy *autograd.Node) *autograd.Node {
				dx := right(y, dy)
				dy.Value().Data()[0]++
				return dx
			}}, xs[0].Scale(2)).Scale(2)
		}, `gradcheck: VJP of Cube modifies dy`},
		{"detached", func(xs ...*autograd.Node) *autograd.Node { return xs[0].Detach().Square() }, `
gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic 0, numerical -3 ± 5.5e-14
gradcheck: wrong gradient: output [0 1] by input 0 [0 1]: automatic 0, numerical 0.5 ± 3.1e-15
gradcheck: wrong gradient: output [1 1] by input 0 [1 1]: automatic 0, numerical 4 ± 8.2e-14
gradcheck: input 0: the gradient is missing`},
		{"half detached", func(xs ...*autograd.Node) *autograd.Node { return xs[0].Mul(xs[0].Detach()) }, `
gradcheck: wrong gradient: output [0 0] by input 0 [0 0]: automatic -1.5, numerical -3 ± 1.5e-12
gradcheck: wrong gradient: output [0 1] by input 0 [0 1]: automatic 0.25, numerical 0.5 ± 2.5e-13
gradcheck: wrong gradient: output [1 1] by input 0 [1 1]: automatic 2, numerical 4 ± 2e-12
gradcheck: input 0: the wrong derivatives are 0.5 times what they should be`},
		{"constant", func(xs ...*autograd.Node) *autograd.Node { return autograd.Constant(tensor.Scalar(1)) }, ""},
		{"NaN", func(xs ...*autograd.Node) *autograd.Node { return xs[0].Log() }, `
gradcheck: inconclusive: output [0 0] by input 0 [0 0]: automatic -0.666666667, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [1 0] by input 0 [0 0]: automatic -0, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [0 0] by input 0 [0 1]: automatic 0, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [1 0] by input 0 [0 1]: automatic 0, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [0 0] by input 0 [1 0]: automatic 0, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [1 0] by input 0 [1 0]: automatic +Inf, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [0 0] by input 0 [1 1]: automatic 0, no numerical derivative: the function is not finite here or nearby
gradcheck: inconclusive: output [1 0] by input 0 [1 1]: automatic 0, no numerical derivative: the function is not finite here or nearby`},
		{"state", func(xs ...*autograd.Node) *autograd.Node {
			return autograd.Apply(cube{func(y, dy *autograd.Node) *autograd.Node {
				calls++
				return right(y, dy).Scale(float64(calls))
			}}, xs[0])
		}, `gradcheck: input 0 [0 0]: a second Backward gives 9.968713076797306, the first 4.984356538398653
gradcheck: wrong gradient: VJP of Cube is not linear in dy: for input 0 [0 0] it gives 36.05538880070293, and -180.27694400351464 for -4 dy`},
		{"shapes in f", func(xs ...*autograd.Node) *autograd.Node { return xs[0].MatMul(xs[0].Reshape(1, 4)) },
			`gradcheck: panic at gradcheck_test.go:N: tensor: MatMul: inner dimensions differ: [2 2] × [1 4]`},
		{"adder", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) { addRight(1, y, dy, dx) }}), ""},
		{"adder 0.1 % off", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) { addRight(1.001, y, dy, dx) }}),
			`
gradcheck: AddVJPs of Cube: input 0 [0 0]: stores 9.022861047375907; VJP gives 9.013847200175732
gradcheck: AddVJPs of Cube: input 0 [0 0]: adds to -14.940034689982873 and gives -5.917173642606967; VJP and Add give -5.926187489807141`},
		{"adder that sets", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {
			dx.Clear()
			addRight(1, y, dy, dx)
		}}), `gradcheck: AddVJPs of Cube: input 0 [0 0]: adds to -14.940034689982873 and gives 9.013847200175732; VJP and Add give -5.926187489807141`},
		{"adder that adds nothing", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {}}), `gradcheck: panic at gradcheck_test.go:N: autograd: Cube: after AddVJPs the gradient of input 0 is empty, a view, or not of the input's shape [2 2]: its shape is []`},
		{"adder that modifies dy", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {
			addRight(1, y, dy, dx)
			dy.Data()[1] = 0
		}}), `
gradcheck: AddVJPs of Cube modifies dy`},
		{"adder that views", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) {
			dx.Clear()
			dx.View(dy, dy.Shape()...)
		}}), `gradcheck: panic at gradcheck_test.go:N: autograd: Cube: after AddVJPs the gradient of input 0 is empty, a view, or not of the input's shape [2 2]: its shape is [2 2]`},
		{"adds to what was there", func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(hoarder{}, xs[0]) },
			`
gradcheck: the value [0 0]: a plan at other values gives -3.0003662109375, the graph -1.5003662109375; what Go code does between operations is not repeated
gradcheck: Forward of Hoarder gives another value when it runs again`},
		{"constant from a value", func(xs ...*autograd.Node) *autograd.Node {
			return xs[0].Mul(autograd.Constant(xs[0].Value().Clone()))
		}, `gradcheck: the value [0 0]: a plan at other values gives 2.25054931640625, the graph 2.2510987669229507; what Go code does between operations is not repeated`},
		{"branch on a value", func(xs ...*autograd.Node) *autograd.Node {
			if xs[0].Value().Data()[0] == point.Data()[0] {
				return xs[0].Square()
			}
			return xs[0].Exp()
		}, `gradcheck: the value [0 0]: a plan at other values gives 2.2510987669229507, the graph 0.22304846240351428; what Go code does between operations is not repeated`},
		{"constant made by a rule", applied(cube{func(y, dy *autograd.Node) *autograd.Node {
			x := y.Input(0).Value()
			return dy.Mul(autograd.Constant(new(tensor.Tensor).Mul(x, x).Scale(x, 3)))
		}}), `gradcheck: panic at gradcheck_test.go:N: autograd: NewPlan: the VJP of Cube made the Constant [2 2], which would not follow the data: compute it by operations, or keep it in Forward`},
		{"named, modified", func(xs ...*autograd.Node) *autograd.Node {
			xs[0].Named("weight").Value().Data()[3] = 7
			return xs[0].Square()
		}, `gradcheck: weight was modified`},
		{"keeps what it counts", func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(new(keeper), xs[0]) }, `gradcheck: Forward of Keeper changes what it keeps, value 0, when it runs again`},
		{"adds for one node twice", func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(pair{}, xs[0], xs[0]) }, `
gradcheck: AddVJPs of Pair: input 0 [0 0]: stores 2.6707695407928096; VJP gives 4.006154311189214
gradcheck: AddVJPs of Pair: input 0 [0 0]: adds to -1.7159340653681092 and gives 2.6707695407928096; VJP and Add give 2.2902202458211054`},
		{"adds for two nodes", func(xs ...*autograd.Node) *autograd.Node {
			return autograd.Apply(pair{}, xs[0].Named("left"), xs[0].Scale(2).Named("right"))
		}, `gradcheck: AddVJPs of Pair: right [0 0]: adds to 2.762874415123731 and gives 2.6707695407928096; VJP and Add give 5.433643955916541`},
		{"forward mode", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node { return dx.Mul(x.Square()).Scale(3) }}), ""},
		{"forward mode 0.1 % off in one element", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node {
			return dx.Mul(x.Square()).Scale(3).Mul(autograd.Constant(tensor.FromSlice([]float64{1, 1.001, 1, 1}, 2, 2)))
		}}), `gradcheck: JVP of Cube, for input 0: element [0 1] is -0.12194530465237507; by VJP it is -0.12182348117120388`},
		{"forward mode that is NaN", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node { return dx.Sub(dx).Log().Sqrt() }}), `gradcheck: JVP of Cube, for input 0: element [0 0] is NaN; by VJP it is -3.4134988561463957`},
		{"forward mode that is infinite", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node { return dx.Scale(math.Inf(1)) }}), `gradcheck: JVP of Cube, for input 0: element [0 0] is -Inf; by VJP it is -3.4134988561463957`},
		{"forward mode of a small element", func(xs ...*autograd.Node) *autograd.Node {
			sizes := autograd.Constant(tensor.FromSlice([]float64{1e10, 1e5, 1, 1e-5}, 2, 2))
			return autograd.Apply(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node {
				return dx.Mul(x.Square()).Scale(3).Mul(autograd.Constant(tensor.FromSlice([]float64{1, 1, 1, 1.001}, 2, 2)))
			}}, xs[0].Mul(sizes))
		}, `gradcheck: JVP of Cube, for input 0: element [1 1] is 1.463850184906414e-09; by VJP it is 1.462387797109305e-09`},
		{"forward mode that forgets", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node { return nil }}), `gradcheck: JVP of Cube, for input 0: element [0 0] is 0; by VJP it is -3.4134988561463957`},
		{"forward mode of another shape", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node { return dx.Sum(0).Sum(0) }}), `gradcheck: JVP of Cube, for input 0: element [0 0] is 1.4855035513675385; by VJP it is -3.4134988561463957`},
		{"forward mode that modifies", applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node {
			x.Value().Data()[0] = 1
			return dx.Mul(x.Square()).Scale(3)
		}}), `
gradcheck: JVP of Cube modifies input 0`},
		{"forward mode of one input", func(xs ...*autograd.Node) *autograd.Node {
			return autograd.Apply(forwardPair{}, xs[0].Named("left"), xs[0].Scale(2).Named("right"))
		}, `gradcheck: JVP of Pair, for left and right: element [0 0] is -3.813092949610204; by VJP it is -3.3073894153662935`},
		{"adder of another shape", applied(&adder{cube{right}, func(y *autograd.Node, dy, dx *tensor.Tensor) { dx.Copy(tensor.New(3)) }}),
			`gradcheck: panic at gradcheck_test.go:N: autograd: Cube: after AddVJPs the gradient of input 0 is empty, a view, or not of the input's shape [2 2]: its shape is [3]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := point.Clone()
			err := gradcheck.Check(tt.f, point)
			if got := lines.ReplaceAllString(fmt.Sprint(err), "_test.go:N:"); got != strings.TrimPrefix(cmp.Or(tt.want, "<nil>"), "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if !tensor.Equal(before, point) {
				t.Error("the point was modified")
			}
		})
	}
}

var lines = regexp.MustCompile(`_test\.go:\d+:`)

// A forward is cube with a rule of forward mode.
type forward struct {
	cube
	jvp func(x, dx *autograd.Node) *autograd.Node
}

func (op *forward) JVP(y *autograd.Node, dx []*autograd.Node) *autograd.Node {
	return op.jvp(y.Input(0), dx[0])
}

// A forwardPair is x + 2y, whose rule of forward mode counts x twice where both change.
type forwardPair struct{ pairRules }

func (forwardPair) JVP(y *autograd.Node, dx []*autograd.Node) *autograd.Node {
	switch {
	case dx[0] == nil:
		return dx[1].Scale(2)
	case dx[1] == nil:
		return dx[0]
	}
	return dx[0].Add(dx[1]).Scale(2)
}

// A keeper is the identity, and keeps the number of its runs.
type keeper struct{ runs float64 }

func (*keeper) Name() string { return "Keeper" }

func (k *keeper) Forward(y *autograd.Node) {
	k.runs++
	y.Value().Copy(y.Input(0).Value())
	y.Keep(0).Value().Copy(tensor.Scalar(k.runs))
}

func (*keeper) VJP(y *autograd.Node, _ int, dy *autograd.Node) *autograd.Node { return dy }

// pairRules are the rules of x + 2y.
type pairRules struct{}

func (pairRules) Name() string { return "Pair" }

func (pairRules) Forward(y *autograd.Node) {
	y.Value().AddScaled(y.Input(0).Value(), 2, y.Input(1).Value())
}

func (pairRules) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node {
	return dy.Scale(float64(1 + i))
}

// A pair is x + 2y, whose AddVJPs overwrites the gradient of y instead of adding to it.
type pair struct{ pairRules }

func (pair) AddVJPs(y *autograd.Node, dy *tensor.Tensor, dx []*tensor.Tensor) {
	if dx[0] != nil && dx[0].IsEmpty() {
		dx[0].Copy(dy)
	} else if dx[0] != nil {
		dx[0].Add(dx[0], dy)
	}
	if dx[1] != nil {
		dx[1].Clear()
		dx[1].Scale(dy, 2)
	}
}

// A hoarder is the identity only if its buffer held zeros.
type hoarder struct{}

func (hoarder) Name() string { return "Hoarder" }

func (hoarder) Forward(y *autograd.Node) {
	x := y.Input(0).Value()
	for i, v := range x.Data() {
		y.Value().Like(x).Data()[i] += v
	}
}

func (hoarder) VJP(y *autograd.Node, i int, dy *autograd.Node) *autograd.Node { return dy }

// The derivatives of a forward-mode rule are right unless it is detached.
func TestDetachedForwardMode(t *testing.T) {
	for detached, want := range map[bool]string{
		false: "<nil>",
		true:  "gradcheck: JVP of Cube, for input 0: its derivative by input 0 [0 0] is 0; by VJP it is 6.077779181684593",
	} {
		f := applied(&forward{cube{right}, func(x, dx *autograd.Node) *autograd.Node {
			if y := dx.Mul(x.Square()).Scale(3); !detached {
				return y
			}
			return dx.Mul(x.Square()).Scale(3).Detach()
		}})
		if err := gradcheck.Check(f, point); err != nil {
			t.Errorf("detached %v: %v", detached, err)
		}
		if got := fmt.Sprint(gradcheck.CheckSecond(f, point)); got != want {
			t.Errorf("detached %v: got\n%s\nwant\n%s", detached, got, want)
		}
	}
}

func TestCheckSecond(t *testing.T) {
	once := func(y, dy *autograd.Node) *autograd.Node { // right, but its derivative is not
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

// Errors name the input and its element.
func TestCheckNamesInputs(t *testing.T) {
	f := func(xs ...*autograd.Node) *autograd.Node { return xs[0].Add(xs[1].Mul(xs[1].Detach())) }
	err := gradcheck.Check(f, tensor.Arange(2), tensor.Full(3, 1))
	if err == nil || strings.Contains(err.Error(), "input 0") || !strings.Contains(err.Error(), "output [0] by input 1 [0]: automatic ") {
		t.Errorf("got %v", err)
	}
}

// If a function used what was computed before it is called, a plan would take that: it is refused.
func TestCheckOfOthersNode(t *testing.T) {
	t.Parallel()
	m := autograd.Variable(tensor.FromSlice([]float64{1, 2}, 2)).Square()
	for _, f := range []gradcheck.Func{
		func(xs ...*node) *node { return xs[0].Mul(m) },
		func(...*node) *node { return m },
		func(xs ...*node) *node { return xs[0].Gt(m) },
	} {
		err := gradcheck.Check(f, tensor.FromSlice([]float64{3, 4}, 2))
		if want := "gradcheck: the function uses Square [2], which was computed before: it must compute this itself, or use a Constant of its value"; fmt.Sprint(err) != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := m.Value().At(1); got != 4 {
		t.Errorf("the node has the value %v", got)
	}
	autograd.Backward(m.Sum()) // which panics if a plan has m
}

// Numerical leaves what was computed before as it is.
func TestNumericalOfOthersNodes(t *testing.T) {
	t.Parallel()
	x := autograd.Variable(tensor.Linspace(-1, 1, 100))
	h := x.Exp()
	loss := autograd.Where(x.Gt(autograd.Scalar(0)), h, x).Sum()
	want := h.Value().Clone()
	derivative, _, err := gradcheck.Numerical(func(xs ...*node) *node { return xs[0].Mul(h.Sum().Add(loss)) }, vector(2))
	if slope := h.Sum().Add(loss).Value().Item(); err != nil || !(math.Abs(derivative[0].Item()-slope) <= 1e-12*slope) {
		t.Errorf("got %v, %v, want %v", derivative, err, slope)
	}
	if !tensor.Equal(h.Value(), want) {
		t.Errorf("a value is %v, was %v", h.Value(), want)
	}
	autograd.Backward(loss) // which panics if a node was computed again
}
