package autograd_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"gentlegrad/autograd"
)

// A convention is the gradient of Σ f where f has a kink, a tie or a limit.
type convention struct {
	name string // in conventions.json
	f    func(xs ...*node) *node
	xs   [][]float64
	ours string // if it is not PyTorch's
}

func conventions() []convention {
	at := func(name string, f func(x *node) *node, x ...float64) convention {
		return convention{name: name, f: unary(f), xs: [][]float64{x}}
	}
	two := func(name string, f func(x, y *node) *node, x, y float64) convention {
		return convention{name: name, f: binary(f), xs: [][]float64{{x}, {y}}}
	}
	better := func(c convention, ours string) convention { c.ours = ours; return c }
	bce := func(x *node) *node {
		return x.BinaryCrossEntropyWithLogits(autograd.Constant(vector(0, 1)), nil).Mean()
	}
	return []convention{
		at("relu(0)", (*node).ReLU, 0),
		at("leaky_relu(0,.01)", func(x *node) *node { return x.LeakyReLU(.01) }, 0),
		at("elu(0)", func(x *node) *node { return x.ELU(1) }, 0),
		at("abs(0)", (*node).Abs, 0),
		at("sign(2)", (*node).Sign, 2),
		at("sqrt(0)", (*node).Sqrt, 0),
		at("log(0)", (*node).Log, 0),
		at("norm([0,0])", func(x *node) *node { return x.Norm(2) }, 0, 0),
		two("pow(0,0)", (*node).Pow, 0, 0),
		two("pow(0,2)", (*node).Pow, 0, 2),
		two("pow(-2,2) tensor exp", (*node).Pow, -2, 2),
		two("maximum tie", (*node).Maximum, 1, 1),
		at("max() all tie", func(x *node) *node { return x.Max() }, 2, 2, 1),
		at("amax tie", func(x *node) *node { return x.Max(0) }, 2, 2, 1),
		at("max(dim) tie", func(x *node) *node { y, _ := x.MaxAlong(0); return y }, 2, 2, 1),
		at("clamp(0..1) at bounds", func(x *node) *node { return x.Clamp(number(0), number(1)) }, 0, 1, 2),
		at("prod one zero", func(x *node) *node { return x.Prod() }, 0, 2, 3),
		at("prod two zeros", func(x *node) *node { return x.Prod() }, 0, 0, 3),
		at("sigmoid(+-800)", (*node).Sigmoid, 800, -800),
		at("tanh(1000)", (*node).Tanh, 1000),
		at("softplus(-800,0,800)", (*node).Softplus, -800, 0, 800),
		better(at("logsumexp([-inf,-inf])", func(x *node) *node { return x.LogSumExp() }, -inf, -inf), "[[0.0, 0.0]]"),
		better(at("logsumexp([1000,1000])", func(x *node) *node { return x.LogSumExp() }, 1000, 1000), "[[0.5, 0.5]]"),
		at("softmax [1000,0]", func(x *node) *node { return x.Softmax(0).Mul(autograd.Constant(vector(1, 0))) }, 1000, 0),
		at("bce_with_logits(+-800;y=0,1)", bce, 800, -800),
		better(at("where(x>0,sqrt(x),0) at 0 (NaN trap)", func(x *node) *node { return autograd.Where(x.Gt(number(0)), x.Sqrt(), number(0)) }, 0), "[[0.0]]"),
		at("floor(1.5)", (*node).Floor, 1.5),
		at("div 1/0", func(x *node) *node { return number(1).Div(x) }, 0),
		at("huber at delta", func(x *node) *node { return x.Huber(autograd.Constant(vector(0)), 1) }, 1),
		at("std const", func(x *node) *node { return x.Std(1) }, 3, 3),
		better(two("atan2(0,0)", (*node).Atan2, 0, 0), "[[0.0], [0.0]]"),
	}
}

// Gradients at kinks, ties and limits are PyTorch's, or better, as the package's docs say.
func TestConventionsOfTorch(t *testing.T) {
	text, err := os.ReadFile("testdata/conventions.json")
	if err != nil {
		t.Fatal(err)
	}
	var torch map[string]string
	if err := json.Unmarshal(text, &torch); err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range conventions() {
		want, found := torch[c.name]
		if !found {
			t.Errorf("%s: PyTorch has no such case", c.name)
			continue
		}
		delete(torch, c.name)
		line := fmt.Sprintf("//\t%-38s %s", c.name, want)
		if c.ours != "" {
			line = fmt.Sprintf("//\t%-38s %s    PyTorch: %s", c.name, c.ours, want)
			want = c.ours
		}
		if !strings.Contains(string(docs), line+"\n") {
			t.Errorf("doc.go lacks this line:\n%s", line)
		}
		var xs []*node
		for _, x := range c.xs {
			xs = append(xs, variable(x...))
		}
		y := c.f(xs...).Sum()
		grads, nodes := autograd.Backward(y), autograd.Grad(y, xs...)
		for i, x := range xs {
			wanted := strings.Split(strings.Trim(strings.Split(want, "], [")[i], "[]"), ", ")
			for k, text := range wanted {
				v, err := strconv.ParseFloat(text, 64)
				if err != nil {
					t.Fatal(err)
				}
				for _, got := range []float64{grads.Of(x).Data()[k], nodes[i].Value().Data()[k]} {
					if got != v && !(math.Abs(got-v) <= 1e-12) && (got == got || v == v) {
						t.Errorf("%s: input %d, element %d: %v, want %v", c.name, i, k, got, v)
					}
				}
			}
		}
	}
	for name := range torch {
		t.Errorf("%s is not compared", name)
	}
}
