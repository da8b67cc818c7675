package layers_test

import (
	"fmt"
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// T is a short name for the table of closed forms.
type T = tensor.Tensor

// closedForms has the gradients of the article's layers and losses as they are derived by hand: for y, a
// function of vs, the gradients of vs, given y and dy = ∂L/∂y.
var closedForms = []struct {
	name string
	vs   []*T
	y    gradcheck.Func
	want func(vs []*T, y, dy *T) []*T
}{
	{"linear", []*T{normal(4, 3), normal(3, 2), normal(2)}, linear, linearGrads},
	{"linear of one observation", []*T{normal(1, 3), normal(3, 2), normal(2)}, linear, linearGrads},
	{"linear of a vector", []*T{normal(3), normal(3, 2), normal(2)}, linear, linearGrads},
	{"linear of sequences", []*T{normal(2, 4, 3), normal(3, 5), normal(5)}, linear, linearGrads},
	{"linear of four axes", []*T{normal(2, 1, 4, 3), normal(3, 5), normal(5)}, linear, linearGrads},
	{"linear, one input, one output", []*T{normal(4, 1), normal(1, 1), normal(1)}, linear, linearGrads},
	{"linear of no observations", []*T{normal(0, 3), normal(3, 2), normal(2)}, linear, linearGrads},
	{"linear without bias", []*T{normal(4, 3), normal(3, 2)}, linear, linearGrads},
	{"linear without bias of a vector", []*T{normal(3), normal(3, 2)}, linear, linearGrads},
	{"linear without bias of sequences", []*T{normal(2, 4, 3), normal(3, 5)}, linear, linearGrads},
	{"sigmoid", []*T{normal(3, 4)}, layer(layers.Sigmoid{}), func(_ []*T, y, dy *T) []*T {
		return []*T{slope(dy, y, func(y float64) float64 { return y * (1 - y) })}
	}},
	{"tanh", []*T{normal(3, 4)}, layer(layers.Tanh{}), func(_ []*T, y, dy *T) []*T {
		return []*T{slope(dy, y, func(y float64) float64 { return 1 - y*y })}
	}},
	{"relu", []*T{normal(3, 4)}, layer(layers.ReLU{}), func(vs []*T, _, dy *T) []*T {
		return []*T{slope(dy, vs[0], func(z float64) float64 { return map[bool]float64{true: 1}[z > 0] })}
	}},
	{"identity", []*T{normal(3, 4)}, layer(layers.Identity{}), func(_ []*T, _, dy *T) []*T { return []*T{dy} }},
	{"squared error", []*T{normal(3, 2), normal(2, 3).Reshape(3, 2)}, func(vs ...*node) *node {
		return layers.SquaredError(vs[0], vs[1])
	}, func(vs []*T, _, dy *T) []*T { return errorGrads(vs, dy.Item()) }},
	{"mean squared error", []*T{normal(3, 2), normal(2, 3).Reshape(3, 2)}, func(vs ...*node) *node {
		return layers.MeanSquaredError(vs[0], vs[1])
	}, func(vs []*T, _, dy *T) []*T { return errorGrads(vs, dy.Item()*2/6) }},
}

func layer(l layers.Layer) gradcheck.Func {
	return func(vs ...*node) *node { return l.Forward(vs[0]) }
}

// linear is the layer with input, weight and, if there is one, bias.
func linear(vs ...*node) *node {
	l := &layers.Linear{Weight: vs[1]}
	if len(vs) == 3 {
		l.Bias = vs[2]
	}
	return l.Forward(vs[0])
}

// linearGrads is step III of the article for any number of observations, and
// ∂L/∂x = δ wᵀ, which step II propagates.
func linearGrads(vs []*T, _, delta *T) []*T {
	x, w := vs[0], vs[1]
	rows := x.Len() / w.Dim(0)
	xs, ds := x.Reshape(rows, w.Dim(0)), delta.Reshape(rows, w.Dim(1))
	grads := []*T{
		new(T).MatMul(ds, new(T).Transpose(w)).Reshape(x.Shape()...),
		new(T).MatMul(new(T).Transpose(xs), ds),
		new(T).Sum(ds, 0),
	}
	return grads[:len(vs)]
}

func slope(dy, at *T, f func(float64) float64) *T {
	s := new(T).Map(at, f)
	return s.Mul(dy, s)
}

func errorGrads(vs []*T, scale float64) []*T {
	da := new(T).Scale(new(T).Sub(vs[0], vs[1]), scale)
	return []*T{da, new(T).Neg(da)}
}

func TestGradients(t *testing.T) {
	t.Parallel()
	for _, test := range closedForms {
		t.Run(test.name, func(t *testing.T) {
			vs := make([]*node, len(test.vs))
			for i, v := range test.vs {
				vs[i] = autograd.Variable(v)
			}
			y := test.y(vs...)
			dy := tensor.Linspace(-1, 1.5, y.Value().Len()).Reshape(y.Shape()...)
			grads := autograd.Backward(y.Mul(autograd.Constant(dy)).Sum())
			manual, automatic := map[string]*T{}, map[string]*T{}
			for i, want := range test.want(test.vs, y.Value(), dy) {
				name := fmt.Sprintf("input %d", i)
				manual[name], automatic[name] = want, grads.Of(vs[i])
			}
			if err := gradcheck.Compare(manual, automatic, 1e-14); err != nil {
				t.Errorf("closed form: %v", err)
			}
			if err := gradcheck.Check(test.y, test.vs...); err != nil {
				t.Errorf("numerical: %v", err)
			}
			if err := gradcheck.CheckSecond(test.y, test.vs...); err != nil {
				t.Errorf("numerical, second: %v", err)
			}
		})
	}
}

// At a kink, and where an exponential overflows, the convention decides.
func TestActivationsAtExtremes(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	for _, test := range []struct {
		name           string
		layer          layers.Layer
		z, value, grad float64
	}{
		{"sigmoid(0)", layers.Sigmoid{}, 0, .5, .25},
		{"sigmoid(800)", layers.Sigmoid{}, 800, 1, 0},
		{"sigmoid(−800)", layers.Sigmoid{}, -800, 0, 0},
		{"sigmoid(∞)", layers.Sigmoid{}, inf, 1, 0},
		{"sigmoid(−∞)", layers.Sigmoid{}, -inf, 0, 0},
		{"sigmoid(NaN)", layers.Sigmoid{}, nan, nan, nan},
		{"tanh(0)", layers.Tanh{}, 0, 0, 1},
		{"tanh(1000)", layers.Tanh{}, 1000, 1, 0},
		{"tanh(−∞)", layers.Tanh{}, -inf, -1, 0},
		{"tanh(NaN)", layers.Tanh{}, nan, nan, nan},
		{"relu(0)", layers.ReLU{}, 0, 0, 0},
		{"relu(−0)", layers.ReLU{}, math.Copysign(0, -1), 0, 0},
		{"relu(smallest)", layers.ReLU{}, math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat64, 1},
		{"relu(∞)", layers.ReLU{}, inf, inf, 1},
		{"relu(−∞)", layers.ReLU{}, -inf, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			z := autograd.Variable(tensor.Full(test.z, 1))
			a := test.layer.Forward(z)
			grad := autograd.Backward(a.Sum()).Of(z)
			for _, x := range []struct {
				what      string
				got, want float64
			}{{"value", a.Value().Item(), test.value}, {"gradient", grad.Item(), test.grad}} {
				if x.got != x.want && !(math.IsNaN(x.got) && math.IsNaN(x.want)) {
					t.Errorf("%s is %v, want %v", x.what, x.got, x.want)
				}
			}
		})
	}
}
