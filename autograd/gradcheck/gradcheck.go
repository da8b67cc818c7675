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

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Func computes a node, of any shape, from others by operations on nodes. It gives
// the same value whenever it gets the same, and keeps nothing.
type Func func(xs ...*autograd.Node) *autograd.Node

// Check returns nil if the gradients of f at xs are right, otherwise the joined errors.
//
// For a fixed pseudo-random v it takes the gradients of L = Σ f(xs)·v and compares each
// element with central differences, extrapolated to step 0 (W. Romberg,
// Vereinfachte numerische Integration, 1955):
//
//	D(h) = (L(x+h) − L(x−h)) / 2h
//	E(h) = (4 D(h/2) − D(h)) / 3
//	∂L/∂x ≈ (16 E(h/2) − E(h)) / 15,  h = max(1, |x|) / 256
//
// They may differ by 10⁻⁶ of their size plus 10⁻⁹ of Σ |f(xs)·v|, for rounding. f is to
// be smooth within h of every element: keep away from kinks.
//
// It also checks that the same gradients come from the heap, from a checked tape, from a
// tape that is used again, and from a second Backward; that every gradient has its input's
// shape; that inputs stay as they are; and of each operation in f that Forward gives the
// same value again, that its rules modify nothing and that AddVJPs, if it has that, adds
// what VJP returns. A panic with an *autograd.Error or a *tensor.Error counts as an error.
func Check(f Func, xs ...*tensor.Tensor) (err error) {
	defer recoverInto(&err)
	if len(xs) == 0 {
		return errors.New("gradcheck: no inputs: there is nothing to differentiate with respect to")
	}
	for i, x := range xs {
		if x == nil || x.IsEmpty() {
			return fmt.Errorf("gradcheck: input %d is nil or empty", i)
		}
	}
	given := clones(xs)
	v := cotangent(f, given)
	heap, size, err := gradients(f, v, nil, given)
	if err := errors.Join(err, onTapes(f, v, given, heap), unmodified(xs, given)); err != nil {
		return err
	}
	var errs []error
	for i := range xs {
		errs = append(errs, numerical(f, v, given, i, heap[i], 1e-9*size))
	}
	return errors.Join(append(errs, rules(f, given))...)
}

// CheckSecond is Check for the gradients of the gradients of f: of Σᵢ ∂L/∂xᵢ·uᵢ, where
// the uᵢ are fixed and pseudo-random too. It does not check the first ones.
func CheckSecond(f Func, xs ...*tensor.Tensor) error {
	return Check(Gradient(f), xs...)
}

// Gradient returns the function Σᵢ ∂L/∂xᵢ·uᵢ that CheckSecond checks, so that
// Gradient(Gradient(f)) can be checked for third derivatives.
func Gradient(f Func) Func {
	return func(xs ...*autograd.Node) *autograd.Node {
		y := f(xs...)
		zero := y.Context().Constant(tensor.Scalar(0))
		loss := weighted(y, random(1, y.Value()))
		if !loss.NeedsGrad() {
			return zero
		}
		var needed []*autograd.Node
		for _, x := range xs {
			if x.NeedsGrad() {
				needed = append(needed, x)
			}
		}
		sum := zero
		for i, dx := range autograd.Grad(loss, needed...) {
			sum = sum.Add(weighted(dx, random(2+uint64(i), dx.Value())))
		}
		return sum
	}
}

// weighted returns Σ y·v.
func weighted(y *autograd.Node, v *tensor.Tensor) *autograd.Node {
	return y.Mul(autograd.Constant(v)).Sum()
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

func clones(xs []*tensor.Tensor) []*tensor.Tensor {
	copies := make([]*tensor.Tensor, len(xs))
	for i, x := range xs {
		copies[i] = x.Clone()
	}
	return copies
}

func variables(tape *autograd.Tape, xs []*tensor.Tensor) []*autograd.Node {
	nodes := make([]*autograd.Node, len(xs))
	for i, x := range xs {
		if nodes[i] = autograd.Variable(x); tape != nil {
			nodes[i] = tape.Use(nodes[i])
		}
	}
	return nodes
}

func cotangent(f Func, xs []*tensor.Tensor) *tensor.Tensor {
	return random(1, f(variables(nil, xs)...).Value())
}

// gradients returns the automatic gradients of L = Σ f(xs)·v, and Σ |f(xs)·v|.
func gradients(f Func, v *tensor.Tensor, tape *autograd.Tape, xs []*tensor.Tensor) (grads []*tensor.Tensor, size float64, err error) {
	nodes := variables(tape, xs)
	loss := weighted(f(nodes...), v)
	terms := loss.Input(0).Value()
	for _, t := range terms.Data() {
		size += math.Abs(t)
	}
	if !loss.NeedsGrad() {
		for _, x := range xs {
			grads = append(grads, new(tensor.Tensor).Like(x).Fill(0))
		}
		return grads, size, nil
	}
	first, second, asked := autograd.Backward(loss), autograd.Backward(loss), autograd.BackwardTo(loss, nodes...)
	for i, x := range nodes {
		grads = append(grads, first.Of(x).Clone())
		if differ(first.Of(x), second.Of(x)) >= 0 {
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d: a second Backward gives another gradient", i))
		}
		if differ(first.Of(x), asked.Of(x)) >= 0 {
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d: BackwardTo gives another gradient than Backward", i))
		}
	}
	return grads, size, err
}

// onTapes compares the gradients on the heap with those on a checked tape, and on a tape
// that is used again.
func onTapes(f Func, v *tensor.Tensor, xs, heap []*tensor.Tensor) error {
	for _, tape := range []*autograd.Tape{{Checked: true}, {}} {
		for range 3 {
			taped, _, err := gradients(f, v, tape, xs)
			for i, x := range xs {
				err = errors.Join(err, shapes(i, x, heap[i], taped[i]))
			}
			if err != nil {
				return err
			}
			tape.Reset()
		}
	}
	return nil
}

func unmodified(xs, now []*tensor.Tensor) (err error) {
	for i, x := range xs {
		if j := differ(x, now[i]); j >= 0 {
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d was modified", i))
		}
	}
	return err
}

func shapes(i int, x, heap, taped *tensor.Tensor) error {
	switch {
	case !tensor.SameShape(x, heap):
		return fmt.Errorf("gradcheck: input %d has shape %v, its gradient %v", i, x.Shape(), heap.Shape())
	case differ(heap, taped) >= 0:
		return fmt.Errorf("gradcheck: input %d: the gradient on a tape is another than on the heap:\n%v\n%v", i, taped, heap)
	}
	return nil
}

// numerical compares the gradient with respect to xs[i] with differences of L.
func numerical(f Func, v *tensor.Tensor, xs []*tensor.Tensor, i int, automatic *tensor.Tensor, margin float64) (err error) {
	value := func() float64 { return weighted(f(variables(nil, xs)...), v).Value().Item() }
	for j, a := range automatic.Data() {
		n := derivative(value, &xs[i].Data()[j])
		if !(math.Abs(a-n) <= 1e-6*math.Max(math.Abs(a), math.Abs(n))+margin) {
			err = errors.Join(err, fmt.Errorf("gradcheck: input %d, element %v: automatic %.9g, numerical %.9g", i, index(j, automatic.Shape()), a, n))
		}
	}
	return err
}

// derivative returns the derivative of f with respect to *x, as Check describes it.
func derivative(f func() float64, x *float64) float64 {
	at := *x
	defer func() { *x = at }()
	difference := func(h float64) float64 {
		*x = at + h
		right, up := f(), *x
		*x = at - h
		left, down := f(), *x
		return (right - left) / (up - down)
	}
	h := math.Max(1, math.Abs(at)) / 256
	d1, d2, d4 := difference(h), difference(h/2), difference(h/4)
	e1, e2 := (4*d2-d1)/3, (4*d4-d2)/3
	return (16*e2 - e1) / 15
}

// differ returns the place of the first element in which x and y have not the same
// bits, 0 if their shapes differ, or −1.
func differ(x, y *tensor.Tensor) int {
	if !tensor.SameShape(x, y) {
		return 0
	}
	for i, v := range x.Data() {
		if math.Float64bits(v) != math.Float64bits(y.Data()[i]) {
			return i
		}
	}
	return -1
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

// recoverInto turns a panic with an error of autograd, tensor or this package into *err.
func recoverInto(err *error) {
	switch p := recover().(type) {
	case nil:
	case *autograd.Error, *tensor.Error:
		*err = fmt.Errorf("gradcheck: panic: %w", p.(error))
	default:
		panic(p)
	}
}
