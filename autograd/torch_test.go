package autograd_test

import (
	"fmt"
	"math"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// torchOps has an adapter for each of PyTorch's operations; the files torch_…_test.go fill it.
var torchOps = map[string]func(s *torchSample) *node{}

// torch adds an operation, by its name in PyTorch.
func torch(op string, f func(s *torchSample) *node) {
	if torchOps[op] != nil {
		panic("torch: " + op + " is there twice")
	}
	torchOps[op] = f
}

// torchLeftOut are PyTorch's options that have no counterpart here, by operation.
var torchLeftOut = map[string][]torchOption{}

type torchOption struct {
	reason string
	is     func(c *torchCall) bool
}

// leaveOut leaves out the samples of an operation for which is returns true, for a reason.
func leaveOut(op, reason string, is func(c *torchCall) bool) {
	torchLeftOut[op] = append(torchLeftOut[op], torchOption{reason, is})
}

// leftOut returns why a sample is left out; "" if it is not.
func (s *torchSample) leftOut() string {
	for _, option := range torchLeftOut[s.op] {
		if option.is(&s.torchCall) {
			return option.reason
		}
	}
	return ""
}

// torchFlaws are operations whose derivatives PyTorch computes by a formula that is less accurate than a
// sample's movement says.
var torchFlaws = map[string]torchFlaw{}

type torchFlaw struct {
	reason string
	// mend takes known errors out of what a sample wants, and returns how far that may be off for other
	// reasons: an absolute number, as large as the rounding errors of the formula.
	mend func(s *torchSample) (noise float64)
}

// flawed says why PyTorch's derivatives of an operation are not exact, and how to mend them.
func flawed(op, reason string, mend func(s *torchSample) (noise float64)) {
	torchFlaws[op] = torchFlaw{reason, mend}
}

// Values, gradients, second derivatives and tangents are PyTorch's, on its own samples. The subtests are
// op/number: go test -run 'TestTorch/^softmax$' -v runs one operation, and says what it left out.
func TestTorch(t *testing.T) {
	samples := torchSamples(t)
	if len(samples) == 0 {
		t.Fatal("no samples")
	}
	var ops []string // in the file's order
	of := map[string][]*torchSample{}
	for _, s := range samples {
		if of[s.op] == nil {
			ops = append(ops, s.op)
		}
		of[s.op] = append(of[s.op], s)
	}
	t.Run("every operation is here", func(t *testing.T) {
		missing := slices.DeleteFunc(slices.Clone(ops), func(op string) bool { return torchOps[op] != nil })
		if len(missing) > 0 {
			t.Errorf("no such operation: %d of %d: %s", len(missing), len(ops), strings.Join(missing, ", "))
		}
	})
	for _, op := range ops {
		if f := torchOps[op]; f != nil {
			t.Run(op, func(t *testing.T) {
				t.Parallel()
				compareOp(t, op, f, of[op])
			})
		}
	}
	count(t, ops, of)
}

// compareOp compares an operation's samples, except those left out.
func compareOp(t *testing.T, op string, f func(s *torchSample) *node, samples []*torchSample) {
	ran := 0
	for _, s := range samples {
		if s.leftOut() != "" {
			continue
		}
		ran++
		t.Run(fmt.Sprint(s.number), func(t *testing.T) {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("panic: %v\n%s", p, debug.Stack())
				}
			}()
			y := f(s)
			if flaw, ok := torchFlaws[op]; ok {
				s.noise = flaw.mend(s)
			}
			s.compare(t, y)
		})
	}
	if ran == 0 {
		t.Errorf("all %d samples are left out", len(samples))
	}
}

// count prints how many samples run and how many are left out, of each operation.
func count(t *testing.T, ops []string, of map[string][]*torchSample) {
	var lines strings.Builder
	all, out := 0, 0
	for _, op := range ops {
		if torchOps[op] == nil {
			continue
		}
		reasons := map[string]int{}
		n := 0
		for _, s := range of[op] {
			if why := s.leftOut(); why != "" {
				reasons[why]++
				n++
			}
		}
		all, out = all+len(of[op])-n, out+n
		fmt.Fprintf(&lines, "%s: %d run, %d left out", op, len(of[op])-n, n)
		for _, option := range torchLeftOut[op] {
			fmt.Fprintf(&lines, "; %d: %s", reasons[option.reason], option.reason)
		}
		if flaw, ok := torchFlaws[op]; ok {
			fmt.Fprintf(&lines, "; mended: %s", flaw.reason)
		}
		lines.WriteByte('\n')
	}
	t.Logf("%d samples of %d operations run, %d are left out\n%s", all, len(ops), out, &lines)
}

// compare compares y, what the sample's call gives here, and its derivatives, with PyTorch's.
func (s *torchSample) compare(t *testing.T, y *node) {
	s.near(t, "out", y.Value(), s.want.Out)
	if len(s.want.Grads) != len(s.wanted) {
		t.Fatalf("%d gradients for %d inputs", len(s.want.Grads), len(s.wanted))
	}
	if t.Failed() {
		return
	}
	if !y.NeedsGrad() { // a flat function: all of PyTorch's derivatives must be zero
		s.flat(t)
		return
	}
	s.compareGradients(t, y)
	if s.want.JVP != nil {
		s.near(t, "tangent", tangent(y, s.wanted), s.want.JVP)
	}
	plan := autograd.NewPlan(y, s.wanted...)
	s.near(t, "out of a plan", plan.Forward(), s.want.Out)
	planned := plan.Backward(s.want.Cotangent.tensor())
	for i, x := range s.wanted {
		s.near(t, fmt.Sprint("gradient of a plan ", i), planned.Of(x), s.want.Grads[i])
	}
}

// compareGradients compares the gradients of Σ y ⊙ cotangent, and the gradients of Σ gradients ⊙ v.
func (s *torchSample) compareGradients(t *testing.T, y *node) {
	loss := y.Mul(autograd.Constant(s.want.Cotangent.tensor())).Sum()
	grads, nodes := autograd.Backward(loss), autograd.Grad(loss, s.wanted...)
	sum := number(0)
	for i, x := range s.wanted {
		s.near(t, fmt.Sprint("gradient ", i), grads.Of(x), s.want.Grads[i])
		s.near(t, fmt.Sprint("gradient node ", i), nodes[i].Value(), s.want.Grads[i])
		sum = sum.Add(nodes[i].Mul(autograd.Constant(evenly(.5, -1, x))).Sum())
	}
	if s.want.Second == nil {
		return // zero, or not defined in PyTorch
	}
	if len(s.want.Second) != len(s.wanted) {
		t.Fatalf("%d second gradients for %d inputs", len(s.want.Second), len(s.wanted))
	}
	second := autograd.Backward(sum)
	for i, x := range s.wanted {
		s.near(t, fmt.Sprint("second gradient ", i), second.Of(x), s.want.Second[i])
	}
}

// flat compares zero with PyTorch's derivatives.
func (s *torchSample) flat(t *testing.T) {
	for i, x := range s.wanted {
		zero := tensor.New(x.Shape()...)
		s.near(t, fmt.Sprint("gradient ", i), zero, s.want.Grads[i])
		if s.want.Second != nil {
			s.near(t, fmt.Sprint("second gradient ", i), zero, s.want.Second[i])
		}
	}
	if s.want.JVP != nil {
		s.near(t, "tangent", tensor.New(s.want.Out.Shape...), s.want.JVP)
	}
}

// tangent returns y's tangent in forward mode, with PyTorch's tangents of the xs.
func tangent(y *node, xs []*node) *tensor.Tensor {
	dxs := make([]*node, len(xs))
	for i, x := range xs {
		dxs[i] = autograd.Constant(evenly(1, -.5, x))
	}
	return autograd.JVP(y, xs, dxs).Value()
}

// evenly returns numbers that go evenly from a to b, in x's shape. They have the bits of PyTorch's
// linspace, which goes from both ends to the middle: some results, such as second differences, are
// rounding alone.
func evenly(a, b float64, x *node) *tensor.Tensor {
	y := tensor.New(x.Shape()...)
	n := y.Len()
	step := (b - a) / float64(max(n-1, 1))
	for i := range n {
		if v := &y.Data()[i]; i < n/2 || n == 1 {
			*v = math.FMA(step, float64(i), a)
		} else {
			*v = math.FMA(-step, float64(n-1-i), b)
		}
	}
	return y
}

// near compares x with PyTorch's tensor; nil is zero. The difference may be 1e-9 or, if that is more, ten
// times as much as one unit in the last place of the sample's inputs moves the result, relative to the
// element, to a thousandth of the largest one, or to 1e-6; and s.noise more.
func (s *torchSample) near(t *testing.T, what string, x *tensor.Tensor, want *torchTensor) {
	t.Helper()
	if want == nil {
		want = &torchTensor{Shape: x.Shape(), Data: make([]torchNumber, x.Len())}
	}
	if !slices.Equal(x.Shape(), want.Shape) {
		t.Errorf("%s: shape %v, want %v", what, x.Shape(), want.Shape)
		return
	}
	largest := 0.0 // of the finite ones: an infinite one would let everything pass
	for _, v := range want.Data {
		if a := math.Abs(float64(v)); a > largest && !math.IsInf(a, 0) {
			largest = a
		}
	}
	tolerance := 1e-9
	if m := 10 * s.movement; m > tolerance {
		tolerance = m
	}
	for i, b := range want.Data {
		a, b := x.Data()[i], float64(b)
		if a == b || math.IsNaN(a) && math.IsNaN(b) { // infinite ones too
			continue
		}
		if scale := max(math.Abs(b), 1e-3*largest, 1e-6); math.IsInf(b, 0) || !(math.Abs(a-b) <= tolerance*scale+s.noise) {
			t.Errorf("%s: element %d: %v, want %v (%.1e apart; %.1e is allowed)", what, i, a, b, math.Abs(a-b), tolerance*scale+s.noise)
			return
		}
	}
}
