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
	if !r.Converged || r.Evaluations > 80 || !(r.Loss <= 1e-18) {
		t.Errorf("it ended with %+v", r)
	}
	if a, b := x.Value().Item(), y.Value().Item(); !(math.Abs(a-1) <= 1e-9 && math.Abs(b-1) <= 1e-9) {
		t.Errorf("it ended at %v, %v", a, b)
	}
	if again := optim.NewLBFGS(x, y).Minimise(func() *autograd.Node { return rosenbrock(x, y) }); again.Iterations != 0 || again.Evaluations != 1 {
		t.Errorf("from the minimum: %+v", again)
	}
}

// A quadratic function with a Hessian of condition 10,000, in tensors of several shapes.
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
	if d := max(tensor.MaxAbsDiff(a.Value(), tensor.Full(1, 2, 3)), tensor.MaxAbsDiff(b.Value(), tensor.Full(-2, 4))); !(d <= 5e-8) { // the gradient is at least .02 d, and at most 1e-9
		t.Errorf("it ended %v off: %v, %v", d, a.Value(), b.Value())
	}
}

// Steps far out of a function's domain, where it is NaN or infinite, are taken back.
func TestLBFGSLeavesNoDomain(t *testing.T) {
	t.Parallel()
	for _, start := range []float64{1e-3, .1, 3, 1e3} {
		x := variable(start)
		r := optim.NewLBFGS(x).Minimise(func() *autograd.Node { return x.Sub(x.Log()) }) // at 1
		if got := x.Value().Item(); !r.Converged || !(math.Abs(got-1) <= 1e-8) {
			t.Errorf("from %v to %v, %+v", start, got, r)
		}
	}
}

// Where it can't converge, it ends at the lowest point found.
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
	} {
		t.Run(test.name, func(t *testing.T) {
			x := variable(3)
			r := optim.NewLBFGS(x).Minimise(func() *autograd.Node { return test.f(x) })
			if r.Converged || !(r.Loss <= test.most) || r.Evaluations > 20_000 {
				t.Errorf("it ended at %v with %+v", x.Value(), r)
			}
			if got := test.f(x).Value().Item(); got != r.Loss {
				t.Errorf("the loss is %v, and was said to be %v", got, r.Loss)
			}
		})
	}
}

// Where rounding hides whether the loss falls, and the gradient can't get as small as the tolerance, a
// step takes about two evaluations.
func TestLBFGSRounding(t *testing.T) {
	t.Parallel()
	for _, scale := range []float64{1e4, 1e6, 1e8} {
		x := autograd.Variable(tensor.FromSlice([]float64{.3, .1}, 2))
		r := optim.NewLBFGS(x).Minimise(func() *autograd.Node { return x.Scale(scale).Sin().Sum().AddScalar(-41) })
		if r.Converged || r.Loss != -43 || r.Evaluations > 420 {
			t.Errorf("scaled by %v it ended with %+v", scale, r)
		}
	}
}

// If rounding hides only for a while whether the loss falls, it goes on.
func TestLBFGSLargeLoss(t *testing.T) {
	t.Parallel()
	for _, scales := range [][]float64{{1e6, 1e-4}, {1, 1e6, 1e-4}, {1, 1e3, 1e6, 1e-4}} {
		x := autograd.Variable(tensor.New(len(scales)).Fill(1))
		r := optim.NewLBFGS(x).Minimise(func() *autograd.Node {
			return x.Square().Mul(autograd.Constant(tensor.FromSlice(scales, len(scales)))).Sum().AddScalar(1e6)
		})
		if !r.Converged || r.Loss != 1e6 || r.Evaluations > 80 {
			t.Errorf("scaled by %v it ended with %+v", scales, r)
		}
	}
}

// From a loss that is not finite, no step is made or even tried.
func TestLBFGSBeginsNowhere(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		start float64
		f     func(x *autograd.Node) *autograd.Node
	}{
		{"+Inf, finite gradient", 1e160, func(x *autograd.Node) *autograd.Node { return x.Square().Scale(1e-10) }},
		{"+Inf, infinite gradient", 1e3, func(x *autograd.Node) *autograd.Node { return x.Exp() }},
		{"−Inf, finite gradient", 1e160, func(x *autograd.Node) *autograd.Node { return x.Square().Scale(-1e-10) }},
		{"NaN", 3, func(x *autograd.Node) *autograd.Node { return x.Neg().Log() }},
	} {
		x := variable(test.start)
		r := optim.NewLBFGS(x).Minimise(func() *autograd.Node { return test.f(x) })
		loss := test.f(x).Value().Item()
		if same := r.Loss == loss || math.IsNaN(r.Loss) && math.IsNaN(loss); !same || r.Iterations != 0 || r.Evaluations != 1 || r.Converged {
			t.Errorf("%s: it ended with %+v, want a loss of %v, 0 iterations, 1 evaluation", test.name, r, loss)
		}
		if got := x.Value().Item(); got != test.start {
			t.Errorf("%s: it went from %v to %v", test.name, test.start, got)
		}
	}
}

// The loss falls with each further iteration.
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

// minimise minimises Rosenbrock's function with a setting changed.
func minimise(set func(o *optim.LBFGS)) optim.Result {
	x, y := variable(-1.2), variable(1)
	o := optim.NewLBFGS(x, y)
	set(o)
	return o.Minimise(func() *autograd.Node { return rosenbrock(x, y) })
}

// A smaller memory forgets, and takes other steps.
func TestLBFGSMemory(t *testing.T) {
	t.Parallel()
	one, two, ten := minimise(func(o *optim.LBFGS) { o.Memory = 1 }), minimise(func(o *optim.LBFGS) { o.Memory = 2 }), minimise(func(o *optim.LBFGS) {})
	if !one.Converged || !two.Converged || one.Evaluations == two.Evaluations || two.Evaluations == ten.Evaluations {
		t.Errorf("Memory 1: %+v\nMemory 2: %+v\nMemory 10: %+v", one, two, ten)
	}
}

// A gradient as large as the tolerance is small enough.
func TestLBFGSTolerance(t *testing.T) {
	t.Parallel()
	x := variable(1)
	o := optim.NewLBFGS(x)
	o.Tolerance = 2
	if r := o.Minimise(x.Square); !r.Converged || r.Iterations != 0 {
		t.Errorf("it ended with %+v", r)
	}
}

// The points where the loss is evaluated, of functions that are defined by their values there.
func TestLBFGSByHand(t *testing.T) {
	t.Parallel()
	type at struct {
		x        []float64
		loss     float64
		gradient []float64
	}
	never := make([]at, 31) // trials whose loss is NaN, each at half the distance
	for i := range never {
		never[i] = at{[]float64{1 - 1./3/float64(int(1)<<i)}, math.NaN(), []float64{0}}
	}
	for _, test := range []struct {
		name       string
		points     []at
		iterations int
	}{
		// The first step has the length 1, or that of the gradient.
		{"a steep start", []at{{[]float64{0}, 0, []float64{-4}}, {[]float64{1}, -1, []float64{0}}}, 1},
		{"a gentle start", []at{{[]float64{0}, 0, []float64{-.5}}, {[]float64{.5}, -1, []float64{0}}}, 1},
		// s = (½, ½), y = (2, 3), H = (s·y)/(y·y) = 2.5/13 between the loops: d = −(0.1, 2.1)/13.
		{"a step by H", []at{
			{[]float64{0, 0}, 0, []float64{-2, -2}},
			{[]float64{.5, .5}, -1, []float64{0, 1}},
			{[]float64{.5 - .1/13, .5 - 2.1/13}, -2, []float64{0, 0}},
		}, 2},
		// y = 1.5 makes −⅓ of the gradient ½; then the gradient alone.
		{"H forgotten", append(append([]at{{[]float64{0}, 0, []float64{-1}}, {[]float64{1}, -1, []float64{.5}}}, never...),
			at{[]float64{.5}, -2, []float64{0}}), 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := autograd.Variable(tensor.New(len(test.points[0].x)))
			made := 0
			r := optim.NewLBFGS(w).Minimise(func() *autograd.Node {
				if made == len(test.points) {
					t.Fatalf("evaluated at %v, after all points", w.Value())
				}
				now := test.points[made]
				made++
				if want := tensor.FromSlice(now.x, len(now.x)); !(tensor.MaxAbsDiff(w.Value(), want) <= 1e-15) {
					t.Fatalf("evaluation %d is at %v, want %v", made, w.Value(), want)
				}
				slope := w.Mul(autograd.Constant(tensor.FromSlice(now.gradient, len(now.x)))).Sum()
				return slope.AddScalar(now.loss - slope.Value().Item())
			})
			if want := (optim.Result{Loss: test.points[len(test.points)-1].loss, Iterations: test.iterations, Evaluations: len(test.points), Converged: true}); r != want {
				t.Errorf("got  %+v\nwant %+v", r, want)
			}
		})
	}
}
