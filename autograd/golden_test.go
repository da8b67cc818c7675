package autograd_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A torchTensor and a torchSample are described in testdata/README.md.
type torchTensor struct {
	Shape []int
	Data  []float64
	Grad  bool
}

type torchSample struct {
	Op             string
	Sample         int
	Inputs         []torchTensor
	Numbers        []int
	Kwargs         map[string]any
	Out, Cotangent torchTensor
	Grads          []torchTensor
	Second         []*torchTensor
}

func (x torchTensor) tensor() *tensor.Tensor {
	return tensor.New(x.Shape...).Copy(tensor.FromSlice(x.Data, x.Shape...))
}

// matrices returns f of two tensors, those with one axis made a row and a column.
func matrices(x, y *node) *node {
	out := slices.Clone(x.Shape()[:max(0, len(x.Shape())-2)])
	if len(y.Shape()) > len(x.Shape()) {
		out = slices.Clone(y.Shape()[:max(0, len(y.Shape())-2)])
	}
	if len(x.Shape()) > 1 {
		out = append(out, x.Shape()[len(x.Shape())-2])
	} else {
		x = x.Reshape(1, -1)
	}
	if len(y.Shape()) > 1 {
		out = append(out, y.Shape()[len(y.Shape())-1])
	} else {
		y = y.Reshape(-1, 1)
	}
	return x.MatMul(y).Reshape(out...)
}

// torchOps gives each of PyTorch's operations as one of ours.
var torchOps = map[string]func(s *torchSample, xs []*node) *node{
	"add":        func(s *torchSample, xs []*node) *node { return xs[0].Add(s.alpha(xs[1])) },
	"sub":        func(s *torchSample, xs []*node) *node { return xs[0].Sub(s.alpha(xs[1])) },
	"mul":        func(s *torchSample, xs []*node) *node { return xs[0].Mul(xs[1]) },
	"div":        func(s *torchSample, xs []*node) *node { return xs[0].Div(xs[1]) },
	"pow":        func(s *torchSample, xs []*node) *node { return xs[0].Pow(xs[1]) },
	"neg":        func(s *torchSample, xs []*node) *node { return xs[0].Neg() },
	"exp":        func(s *torchSample, xs []*node) *node { return xs[0].Exp() },
	"log":        func(s *torchSample, xs []*node) *node { return xs[0].Log() },
	"sqrt":       func(s *torchSample, xs []*node) *node { return xs[0].Sqrt() },
	"square":     func(s *torchSample, xs []*node) *node { return xs[0].Square() },
	"sigmoid":    func(s *torchSample, xs []*node) *node { return xs[0].Sigmoid() },
	"tanh":       func(s *torchSample, xs []*node) *node { return xs[0].Tanh() },
	"reciprocal": func(s *torchSample, xs []*node) *node { return number(1).Div(xs[0]) },
	"matmul":     func(s *torchSample, xs []*node) *node { return matrices(xs[0], xs[1]) },
	"mm":         func(s *torchSample, xs []*node) *node { return matrices(xs[0], xs[1]) },
	"bmm":        func(s *torchSample, xs []*node) *node { return matrices(xs[0], xs[1]) },
	"mv":         func(s *torchSample, xs []*node) *node { return matrices(xs[0], xs[1]) },
	"dot":        func(s *torchSample, xs []*node) *node { return matrices(xs[0], xs[1]) },
	"outer":      func(s *torchSample, xs []*node) *node { return xs[0].Reshape(-1, 1).Mul(xs[1]) },
	"sum":        func(s *torchSample, xs []*node) *node { return s.reduce(xs[0], (*node).Sum) },
	"mean":       func(s *torchSample, xs []*node) *node { return s.reduce(xs[0], (*node).Mean) },
	"reshape":    func(s *torchSample, xs []*node) *node { return xs[0].Reshape(s.Numbers...) },
	"permute":    func(s *torchSample, xs []*node) *node { return xs[0].Transpose(s.Numbers...) },
	"transpose": func(s *torchSample, xs []*node) *node {
		n := len(xs[0].Shape())
		if n == 0 {
			return xs[0].Transpose()
		}
		perm := make([]int, n)
		for i := range perm {
			perm[i] = i
		}
		a, b := (s.Numbers[0]+n)%n, (s.Numbers[1]+n)%n
		perm[a], perm[b] = b, a
		return xs[0].Transpose(perm...)
	},
	"narrow": func(s *torchSample, xs []*node) *node {
		return xs[0].Slice(s.Numbers[0], s.Numbers[1], s.Numbers[1]+s.Numbers[2])
	},
	"cat": func(s *torchSample, xs []*node) *node {
		axis, _ := s.Kwargs["dim"].(float64)
		return autograd.Concat(int(axis), xs...)
	},
	"where":              func(s *torchSample, xs []*node) *node { return autograd.Where(xs[1], xs[0], xs[2]) },
	"broadcast_to":       func(s *torchSample, xs []*node) *node { return xs[0].BroadcastTo(s.Numbers...) },
	"nn.functional.relu": func(s *torchSample, xs []*node) *node { return xs[0].ReLU() },
	"nn.functional.linear": func(s *torchSample, xs []*node) *node {
		if len(xs) == 3 {
			return xs[0].Affine(xs[1].Transpose(), xs[2])
		}
		x, w := xs[0], xs[1]
		return x.Reshape(-1, x.Shape()[len(x.Shape())-1]).MatMulNT(w).Reshape(s.Out.Shape...)
	},
	"nn.functional.mse_loss": func(s *torchSample, xs []*node) *node {
		if e := xs[0].SquaredError(xs[1]).Scale(2); s.Kwargs["reduction"] == "sum" {
			return e
		}
		return xs[0].Sub(xs[1]).Square().Mean()
	},
}

func (s *torchSample) alpha(x *node) *node {
	if a, ok := s.Kwargs["alpha"].(float64); ok {
		return x.Scale(a)
	}
	return x
}

func (s *torchSample) reduce(x *node, f func(x *node, axes ...int) *node) *node {
	var axes []int
	switch dim := s.Kwargs["dim"].(type) {
	case float64:
		axes = []int{int(dim)}
	case []any:
		for _, d := range dim {
			axes = append(axes, int(d.(float64)))
		}
	}
	if len(x.Shape()) == 0 {
		axes = nil // PyTorch takes a scalar for a vector of one
	}
	return f(x, axes...).Reshape(s.Out.Shape...)
}

func torchSamples(t *testing.T) (samples []torchSample) {
	file, err := os.Open("testdata/torch-ops.json.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(unzipped).Decode(&samples); err != nil {
		t.Fatal(err)
	}
	return samples
}

// Values, gradients and second derivatives are PyTorch's, to 1e-12 of the largest
// element (and 1e-15, where terms cancel); on the heap and by a plan.
func TestAgreesWithPyTorch(t *testing.T) {
	samples := torchSamples(t)
	if len(samples) < 100 {
		t.Fatalf("only %d samples", len(samples))
	}
	seen := map[string]bool{}
	for _, s := range samples {
		f := torchOps[s.Op]
		if f == nil {
			t.Errorf("%s: no such operation", s.Op)
			continue
		}
		seen[s.Op] = true
		t.Run(fmt.Sprint(s.Op, s.Sample), func(t *testing.T) {
			s.compare(t, f)
		})
	}
	for op := range torchOps {
		if !seen[op] {
			t.Errorf("%s: no samples", op)
		}
	}
}

func (s *torchSample) compare(t *testing.T, f func(*torchSample, []*node) *node) {
	var xs, wanted []*node
	for _, in := range s.Inputs {
		x := autograd.Constant(in.tensor())
		if in.Grad {
			x = autograd.Variable(in.tensor())
		}
		if xs = append(xs, x); in.Grad {
			wanted = append(wanted, x)
		}
	}
	y := f(s, xs)
	near(t, "out", y.Value(), &s.Out)
	loss := y.Mul(autograd.Constant(s.Cotangent.tensor())).Sum()
	grads, nodes := autograd.Backward(loss), autograd.Grad(loss, wanted...)
	second := autograd.Constant(tensor.Scalar(0))
	for i, x := range wanted {
		near(t, fmt.Sprint("gradient ", i), grads.Of(x), &s.Grads[i])
		near(t, fmt.Sprint("gradient node ", i), nodes[i].Value(), &s.Grads[i])
		if n := nodes[i].Value().Len(); n > 0 {
			v := tensor.Linspace(.5, -1, n).Reshape(nodes[i].Shape()...)
			second = second.Add(nodes[i].Mul(autograd.Constant(v)).Sum())
		}
	}
	for i, x := range wanted {
		got := new(tensor.Tensor).Like(x.Value()).Fill(0)
		if second.NeedsGrad() {
			got = autograd.Backward(second).Of(x)
		}
		var want *torchTensor
		if s.Second != nil {
			want = s.Second[i]
		}
		near(t, fmt.Sprint("second ", i), got, want)
	}
	plan := autograd.NewPlan(y, wanted...)
	plan.Forward()
	planned := plan.Backward(s.Cotangent.tensor())
	for i, x := range wanted {
		near(t, fmt.Sprint("gradient of a plan ", i), planned.Of(x), &s.Grads[i])
	}
}

// near compares x with PyTorch's, of which nil is zero.
func near(t *testing.T, what string, x *tensor.Tensor, want *torchTensor) {
	t.Helper()
	if want == nil {
		want = &torchTensor{Shape: x.Shape(), Data: make([]float64, x.Len())}
	}
	largest := 0.0
	for _, v := range want.Data {
		largest = math.Max(largest, math.Abs(v))
	}
	if !slices.Equal(x.Shape(), want.Shape) {
		t.Errorf("%s: shape %v, want %v", what, x.Shape(), want.Shape)
		return
	}
	for i, v := range want.Data {
		if !(math.Abs(x.Data()[i]-v) <= 1e-12*largest+1e-15) {
			t.Errorf("%s: element %d: %v, want %v", what, i, x.Data()[i], v)
			return
		}
	}
}
