// Package gradcheck tests gradients: automatic against numerical, and automatic against
// manual. It is for tests, in this module and in others.
//
//	func TestCube(t *testing.T) {
//		f := func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(cube{}, xs[0]) }
//		if err := gradcheck.Check(f, tensor.FromSlice([]float64{-1, 0, 2}, 3)); err != nil {
//			t.Error(err)
//		}
//	}
//
// A module that uses it needs go-cmp: run go mod tidy once.
package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Func computes a node, of any shape, from others by operations on nodes. It gives
// the same value whenever it gets the same, and keeps nothing. A name that it gives to one
// of xs is used in messages.
type Func func(xs ...*autograd.Node) *autograd.Node

// What Check finds can be told apart by errors.Is.
var (
	ErrWrong        = errors.New("wrong gradient")
	ErrKink         = errors.New("kink")         // the function has no derivative here
	ErrInconclusive = errors.New("inconclusive") // the function is too rough to tell
)

// large is the number of elements of a Jacobian, and of evaluations that it takes, from which on
// Check takes the test along random directions.
const large = 20_000

// Check returns nil if the gradients of f at xs are right, otherwise the joined errors.
//
// Of every output, with a seed each, it compares the gradient with respect to every element x of the
// inputs with a numerical one:
//
//  1. With central differences D(h), h = max(1, |x|)/2 and halved up to 48 times, it extrapolates three
//     to step 0 (W. Romberg, Vereinfachte numerische Integration, 1955):
//     E = (4 D(h/2) − D(h))/3, R = (16 E(h/2) − E(h))/15.
//  2. The error bound is 2·max(|R − R before|, |R − E|) + 2·noise/h. The estimate with the smallest is
//     taken. It is never below 10⁻⁹ of the largest gradient of the output.
//  3. The noise of f is 4ε|f|, or more if fourth differences of f at a spacing of 10⁻¹² show more, where
//     a smooth function has none (R. W. Hamming, Introduction to Applied Numerical Analysis, 1971; J. J.
//     Moré and S. M. Wild, Estimating computational noise, 2011).
//  4. If the slopes to the right and to the left do not come together as h is halved, it is a kink:
//     [ErrKink]. Otherwise a difference beyond the bound is an error, [ErrWrong], and a bound that is
//     too wide to tell is [ErrInconclusive].
//
// Where that takes more than 20,000 evaluations or gradients, the test is that the remainder of the
// first-order expansion along random directions, f(x + td) − f(x) − t·J·d, falls as t² for each of up to
// 16 outputs.
//
// It also checks that a second Backward, one for the inputs alone, and a [autograd.Plan], also after it
// has run with other values, give the same bits; that inputs stay as they are; and of each operation in f that
// Forward gives the same value again, that its rules modify nothing and that AddVJPs, if it has that, gives
// the bits of VJP followed by Add. A panic counts as an error, with its place.
func Check(f Func, xs ...*tensor.Tensor) (err error) {
	defer recoverInto(&err)
	if err := mustBeInputs(xs); err != nil {
		return err
	}
	given := clones(xs)
	if err := errors.Join(repeats(f, given), unmodified(xs, given), rules(f, given)); err != nil {
		return err
	}
	outputs, inputs := f(variables(given)...).Value().Len(), 0
	for _, x := range xs {
		inputs += x.Len()
	}
	if max(inputs, outputs)*inputs > large || outputs*inputs > large {
		return remainder(f, given)
	}
	return jacobian(f, given)
}

// CheckSecond is Check for the gradients of the gradients of f. It does not check the first ones.
func CheckSecond(f Func, xs ...*tensor.Tensor) error { return Check(Gradient(f), xs...) }

// Gradient returns the function that CheckSecond checks: the elements of the gradients of Σ f·v with
// respect to the inputs, one after another, for a fixed pseudo-random v. So Gradient(Gradient(f)) can
// be checked for third derivatives.
func Gradient(f Func) Func {
	return func(xs ...*autograd.Node) *autograd.Node {
		y := f(xs...)
		loss := y.Mul(autograd.Constant(random(1, y.Value()))).Sum()
		var needed, parts []*autograd.Node
		for _, x := range xs {
			if x.NeedsGrad() {
				needed = append(needed, x)
			}
		}
		for _, dx := range autograd.Grad(loss, needed...) {
			parts = append(parts, dx.Reshape(-1))
		}
		return autograd.Concat(0, parts...)
	}
}

// random returns numbers of x's shape with sizes from ½ to 1½, always the same.
func random(seed uint64, x *tensor.Tensor) *tensor.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	v := new(tensor.Tensor).Like(x)
	for i := range v.Data() {
		v.Data()[i] = (.5 + rng.Float64()) * float64(1-2*rng.IntN(2))
	}
	return v
}

func mustBeInputs(xs []*tensor.Tensor) error {
	if len(xs) == 0 {
		return errors.New("gradcheck: no inputs: there is nothing to differentiate with respect to")
	}
	for i, x := range xs {
		if x == nil || x.IsEmpty() {
			return fmt.Errorf("gradcheck: input %d is nil or empty", i)
		}
	}
	return nil
}

func clones(xs []*tensor.Tensor) []*tensor.Tensor {
	copies := make([]*tensor.Tensor, len(xs))
	for i, x := range xs {
		copies[i] = x.Clone()
	}
	return copies
}

func variables(xs []*tensor.Tensor) []*autograd.Node {
	nodes := make([]*autograd.Node, len(xs))
	for i, x := range xs {
		nodes[i] = autograd.Variable(x)
	}
	return nodes
}

func unmodified(xs, now []*tensor.Tensor) (err error) {
	for i, x := range xs {
		if !sameBits(x, now[i]) {
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d was modified", i))
		}
	}
	return err
}

// jacobian compares the automatic with the numerical Jacobian.
func jacobian(f Func, xs []*tensor.Tensor) error {
	rows, names := automatic(f, xs)
	slopes := numerical(f, xs)
	whole := 0.0
	for _, row := range rows {
		whole = max(whole, largest(row...))
	}
	var errs []error
	shape := f(variables(xs)...).Shape()
	for i, x := range xs {
		var wrong []pair
		for j := range x.Data() {
			for o, row := range rows {
				a, s := row[i].Data()[j], slopes[i][j][o]
				if err := s.judge(a, largest(row...), whole); err != nil {
					errs = append(errs, fmt.Errorf("gradcheck: %w: output %v by %s %v: %s", err, index(o, shape), names[i], index(j, x.Shape()), s.compare(a, err)))
					wrong = append(wrong, pair{a, s.value, s.bound})
				}
			}
		}
		if h := hint(wrong, x, rows, slopes[i], i); h != "" {
			errs = append(errs, fmt.Errorf("gradcheck: %s: %s", names[i], h))
		}
	}
	const most = 20
	if len(errs) > most {
		errs = append(errs[:most], fmt.Errorf("gradcheck: %d more", len(errs)-most))
	}
	return errors.Join(errs...)
}

// automatic returns the Jacobian: for each output the gradients with respect to the inputs, and the
// inputs' names.
func automatic(f Func, xs []*tensor.Tensor) (rows [][]*tensor.Tensor, names []string) {
	nodes := variables(xs)
	y := f(nodes...)
	for o := range y.Value().Len() {
		rows = append(rows, seeded(y, o, nodes))
	}
	for i, x := range nodes {
		names = append(names, fmt.Sprintf("input %d", i))
		if x.Name() != "" {
			names[i] = x.Name()
		}
	}
	return rows, names
}

// seeded returns the gradients of output o.
func seeded(y *autograd.Node, o int, xs []*autograd.Node) (row []*tensor.Tensor) {
	seed := new(tensor.Tensor).Like(y.Value()).Fill(0)
	seed.Data()[o] = 1
	loss := y.Mul(autograd.Constant(seed)).Sum()
	for _, x := range xs {
		dx := new(tensor.Tensor).Like(x.Value()).Fill(0)
		if loss.NeedsGrad() {
			dx.Copy(autograd.Backward(loss, x).Of(x))
		}
		row = append(row, dx)
	}
	return row
}

// A pair is an automatic and a numerical derivative that differ.
type pair struct{ automatic, numerical, bound float64 }

// hint names a pattern in what is wrong, if there is a clear one.
func hint(wrong []pair, x *tensor.Tensor, rows [][]*tensor.Tensor, slopes [][]slope, input int) string {
	if len(wrong) < 2 {
		return ""
	}
	if isTransposed(x, rows, slopes, input) {
		return "the gradient is right if transposed"
	}
	factor := wrong[0].automatic / wrong[0].numerical
	for _, p := range wrong {
		if !(math.Abs(p.automatic-factor*p.numerical) <= (1+math.Abs(factor))*p.bound+1e-6*math.Abs(p.automatic)) {
			return ""
		}
	}
	switch {
	case math.Abs(factor+1) < 1e-6:
		return "the sign is turned"
	case factor == 0:
		return "the gradient is missing"
	}
	return fmt.Sprintf("what is wrong is %.4g times what it should be", factor)
}

func isTransposed(x *tensor.Tensor, rows [][]*tensor.Tensor, slopes [][]slope, input int) bool {
	if x.Rank() != 2 || x.Dim(0) != x.Dim(1) {
		return false
	}
	n := x.Dim(0)
	for o, row := range rows {
		for j, a := range row[input].Data() {
			s := slopes[j%n*n+j/n][o]
			if !(math.Abs(a-s.value) <= s.bound+1e-6*math.Abs(a)) {
				return false
			}
		}
	}
	return true
}

// largest returns the size of the largest finite element.
func largest(xs ...*tensor.Tensor) float64 {
	m := 0.0
	for _, x := range xs {
		for _, v := range x.Data() {
			if a := math.Abs(v); a > m && !math.IsInf(a, 0) {
				m = a
			}
		}
	}
	return m
}

// sameBits reports whether x and y have the same shape and bits; a NaN is like any other.
func sameBits(x, y *tensor.Tensor) bool {
	if !tensor.SameShape(x, y) {
		return false
	}
	for i, v := range x.Data() {
		if w := y.Data()[i]; math.Float64bits(v) != math.Float64bits(w) && (v == v || w == w) {
			return false
		}
	}
	return true
}

// index returns the index of element j of a tensor.
func index(j int, shape []int) []int {
	at := make([]int, len(shape))
	for a := len(shape) - 1; a >= 0; a-- {
		at[a] = j % shape[a]
		j /= shape[a]
	}
	return at
}

// recoverInto turns a panic into *err.
func recoverInto(err *error) {
	p := recover()
	switch e := p.(type) {
	case nil:
	case *autograd.Error, *tensor.Error:
		*err = fmt.Errorf("gradcheck: panic at %s: %w", panicPlace(), e.(error))
	case error:
		*err = fmt.Errorf("gradcheck: panic at %s: %w", panicPlace(), e)
	default:
		*err = fmt.Errorf("gradcheck: panic at %s: %v", panicPlace(), p)
	}
}

// panicPlace returns file and line of the first frame below the panic that is neither of the
// runtime nor of this module's libraries, or of the first if there is none.
func panicPlace() string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(2, pcs[:])])
	first, panicking := "", false
	for {
		f, more := frames.Next()
		place := fmt.Sprintf("%s:%d", f.File[strings.LastIndex(f.File, "/")+1:], f.Line)
		switch {
		case strings.HasPrefix(f.Function, "runtime."):
			panicking = panicking || f.Function == "runtime.gopanic"
		case panicking && !isLibrary(f.Function):
			return place
		case panicking && first == "":
			first = place
		}
		if !more {
			return first
		}
	}
}

func isLibrary(function string) bool {
	for _, name := range []string{"gentlegrad/tensor.", "gentlegrad/tensor/", "gentlegrad/autograd.", "gentlegrad/autograd/gradcheck."} {
		if strings.HasPrefix(function, name) {
			return true
		}
	}
	return false
}
