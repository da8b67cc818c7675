package optim_test

import (
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// rosenbrock returns (1−x)² + 100(y−x²)², whose valley is curved: its minimum is at 1, 1.
func rosenbrock(x, y *autograd.Node) *autograd.Node {
	return x.AddScalar(-1).Square().Add(y.Sub(x.Square()).Square().Scale(100))
}

func TestLBFGS(t *testing.T) {
	t.Parallel()
	x, y := variable(-1.2), variable(1)
	r := optim.NewLBFGS(x, y).Minimise(func() *autograd.Node { return rosenbrock(x, y) })
	if !r.Converged || r.Evaluations > 80 || r.Loss > 1e-18 {
		t.Errorf("it ended with %+v", r)
	}
	if a, b := x.Value().Item(), y.Value().Item(); math.Abs(a-1) > 1e-9 || math.Abs(b-1) > 1e-9 {
		t.Errorf("it ended at %v, %v", a, b)
	}
	if again := optim.NewLBFGS(x, y).Minimise(func() *autograd.Node { return rosenbrock(x, y) }); again.Iterations != 0 || again.Evaluations != 1 {
		t.Errorf("from the minimum: %+v", again)
	}
}

// A quadratic function of n variables, with a Hessian of condition 10,000, in tensors of several shapes.
func TestLBFGSQuadratic(t *testing.T) {
	t.Parallel()
	a, b := autograd.Variable(tensor.Linspace(-3, 5, 6).Reshape(2, 3)), autograd.Variable(tensor.Full(2, 4))
	scaleA, scaleB := autograd.Constant(tensor.Linspace(.01, 10, 6).Reshape(2, 3)), autograd.Constant(tensor.Linspace(1, 100, 4))
	r := optim.NewLBFGS(a, b).Minimise(func() *autograd.Node {
		return a.AddScalar(-1).Square().Mul(scaleA).Sum().Add(b.AddScalar(2).Square().Mul(scaleB).Sum())
	})
	if !r.Converged || r.Iterations > 100 {
		t.Errorf("it ended with %+v", r)
	}
	if d := max(tensor.MaxAbsDiff(a.Value(), tensor.Full(1, 2, 3)), tensor.MaxAbsDiff(b.Value(), tensor.Full(-2, 4))); d > 1e-6 {
		t.Errorf("it ended %v off: %v, %v", d, a.Value(), b.Value())
	}
}

// Steps far out of a function's domain, where it is NaN or infinite, are taken back.
func TestLBFGSLeavesNoDomain(t *testing.T) {
	t.Parallel()
	for _, start := range []float64{1e-3, .1, 3, 1e3} {
		x := variable(start)
		r := optim.NewLBFGS(x).Minimise(func() *autograd.Node { return x.Sub(x.Log()) }) // at 1
		if got := x.Value().Item(); !r.Converged || math.Abs(got-1) > 1e-8 {
			t.Errorf("from %v to %v, %+v", start, got, r)
		}
	}
}

// Where it can't converge it ends, at the lowest point found.
func TestLBFGSEnds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		f    func(x *autograd.Node) *autograd.Node
		most float64 // of the loss
	}{
		{"a kink", func(x *autograd.Node) *autograd.Node {
			y := x.AddScalar(-1. / 3)
			return y.ReLU().Scale(3).Sub(y)
		}, 1e-3},
		{"falls for ever", func(x *autograd.Node) *autograd.Node { return x.Scale(-1) }, -1e6},
		{"falls to −∞", func(x *autograd.Node) *autograd.Node { return x.PowScalar(3).Neg() }, -1e6},
		{"NaN", func(x *autograd.Node) *autograd.Node { return x.Neg().Log() }, math.Inf(1)},
	} {
		t.Run(test.name, func(t *testing.T) {
			x := variable(3)
			r := optim.NewLBFGS(x).Minimise(func() *autograd.Node { return test.f(x) })
			if r.Converged || r.Loss > test.most || r.Evaluations > 20_000 {
				t.Errorf("it ended at %v with %+v", x.Value(), r)
			}
			if got := test.f(x).Value().Item(); got != r.Loss && !(math.IsNaN(got) && math.IsNaN(r.Loss)) {
				t.Errorf("the loss is %v, and was said to be %v", got, r.Loss)
			}
		})
	}
}

// The loss is never above what it was, whatever the number of iterations.
func TestLBFGSIterations(t *testing.T) {
	t.Parallel()
	last := math.Inf(1)
	for n := range 30 {
		x, y := variable(-1.2), variable(1)
		o := optim.NewLBFGS(x, y)
		o.Iterations = n
		r := o.Minimise(func() *autograd.Node { return rosenbrock(x, y) })
		if r.Iterations != n || r.Loss >= last || r.Loss != rosenbrock(x, y).Value().Item() {
			t.Fatalf("%d iterations: %+v, after a loss of %v", n, r, last)
		}
		last = r.Loss
	}
}
