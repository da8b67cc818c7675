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
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A Func computes a node, of any shape, from others by operations on nodes. It gives
// the same value whenever it gets the same, and keeps nothing. A name that it gives to one
// of xs is used in messages. Other Variables that it uses count as constants: to check a layer
// with its parameters, make it of the xs.
//
//	f := func(xs ...*autograd.Node) *autograd.Node {
//		return (&layers.Linear{Weight: xs[1], Bias: xs[2]}).Forward(xs[0])
//	}
//	err := gradcheck.Check(f, x, weight, bias)
type Func func(xs ...*autograd.Node) *autograd.Node

// What Check finds can be told apart by errors.Is.
var (
	ErrWrong        = errors.New("wrong gradient")
	ErrKink         = errors.New("kink")         // the function has no derivative here
	ErrInconclusive = errors.New("inconclusive") // the values are too rough to tell
)

// An Error is a caller's mistake: a function that is nil, no inputs, nothing to compare.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "gradcheck: " + e.Op + ": " + e.Text }

// large is the limit of max(outputs, inputs) × inputs beyond which Check takes random directions.
const large = 250_000

// Check returns nil if the gradients of f at xs are right, otherwise the joined errors.
//
// Of every output, with a seed of its own, it compares the derivative with respect to every element x of
// the inputs with a numerical one:
//
//  1. Central differences D(h), h = 0.433·max(1, |x|), which is no multiple of simple periods, and halved up to 48
//     times, are extrapolated to h = 0, three at a time: E(h) = (4 D(h/2) − D(h))/3, R(h) = (16 E(h/2) − E(h))/15 (W.
//     Romberg, Vereinfachte numerische Integration, 1955). It ends where the gradient of every output is within a
//     bound of 10⁻⁸ of its derivative, if differences at an h that is 2⁶ to 2²⁴ times smaller agree, as far as their
//     noise shows. Where this does not tell, or contradicts, h begins anew: at 0.433·|x| where x is small, and at
//     0.433 where it is large.
//  2. The error bound is 2·max(|R − the R before|, |R − its inner E|) + 2·noise/h. The R with the smallest bound is
//     kept, unless one at a smaller h contradicts it, with a bound of a sixteenth of their difference, as where f
//     swings with a period that h was a multiple of, or x is near a tie; in the comparison the bound is never below
//     10⁻¹² of the output's largest derivative. An R that contradicts the gradient may be near the R before by
//     chance: its bound is at least a 64th of the bound before.
//  3. The noise is the largest of three. One is 4ε|f|, or what the smallest numbers round to. One is what f differs
//     by if the result of each operation in it is moved at random by up to 2ε of its size, as that of 1 − y² for a y
//     near 1 (J. Vignes, A stochastic arithmetic for reliable scientific computation, 1993); it does not count if it
//     is a jump: more than 10⁻⁶ of the largest input and output, and no larger where results are moved by 2¹⁰ times
//     as much. One is half of the fourth differences of f at a spacing of 10⁻¹² of the inputs, where a smooth
//     function has none (R. W. Hamming, Introduction to Applied Numerical Analysis, 1971; J. J. Moré and S. M. Wild,
//     Estimating computational noise, 2011). Where the smallest change of f by a step is below 2⁻⁴¹ of the largest,
//     and smaller steps change nothing, it is at least four times that: an operation may round so, as 1 − cos x near 0.
//  4. If the slopes to the right and to the left do not come together as h is halved, and no smaller h shows a smooth
//     function, with a bound of an eighth of their difference, it is a kink, whatever the gradient: [ErrKink], with
//     both slopes. So is one that only small steps show, as on a bend, if the gradient is between the slopes. A jump
//     is noise.
//  5. A difference within the bound is right if the bound is below 2·10⁻⁴ of the derivative, or 10⁻⁶ of the largest
//     derivative of the output, or of other outputs, as where one unit of many is saturated: those whose noise is a
//     100th to 10⁴ times as large, and where it is larger their derivative counts as so many times smaller. If all of
//     the output's are zero it is right if the bound is below 10³·noise/max(1, |x|), or below 10⁻¹² of the largest D(h)
//     where D(h) falls as h does, to the smallest: of x·|x| at 0 it is h. Otherwise a bound so wide can't tell:
//     [ErrInconclusive].
//  6. A difference beyond the bound is wrong, [ErrWrong]; unless the noise is larger at the points where f was
//     computed, or in fourth differences at a spacing of 10⁻¹⁰ of the inputs (not of a bend, which fall by more than
//     16 where the spacing is 3·10⁻¹¹), and explains it; unless the rounding of the gradient does, which is found by
//     moving the results of its operations, and added to the bound twice (what does not grow is no rounding, however
//     small it is, as where the mask of the largest elements changes); and unless both derivatives are zero to within
//     these, as those of a sum of softmax are.
//
// Where max(outputs, inputs) × inputs is above 250,000 (500 inputs), f is differentiated along 3 random directions d
// instead: J·d, for up to 16 outputs and a random sum of all, is compared in the same way with the derivative of f(x
// + td) by t. Where that is wrong, the message also says how the remainder of the first-order expansion, f(x + td) −
// f(x) − t·J·d, falls where t is halved, if by less than 3: it is by 4 of a right gradient (P. E. Farrell and others,
// Automated derivation of the adjoint of high-level transient finite element programs, 2013).
//
// Before, Check tests that a second Backward, one for the inputs alone, and an [autograd.Plan], also after it has run
// with values a little larger and smaller, give the same bits; that inputs stay as they are; and of each operation in
// f that Forward gives the same value again, that its rules modify nothing, that AddVJPs, if it has that, gives the
// bits of VJP followed by Add, and that JVP, if it has that, gives what follows from VJP: J·dx is the gradient of
// ⟨Jᵀv, dx⟩ by v, and may differ by 10⁻⁹ of the size of its terms, and by their rounding; and that VJP is linear in
// dy. Where f or an operation in it panics with an error that is not the runtime's, at values near xs, it counts as
// not defined there, as the logarithm of a negative number. Any other panic counts as an error, with its place. Of
// tensors without elements this is all that there is to test. f is called many times; that it uses a node which was
// computed before is an error, for plans would take it.
func Check(f Func, xs ...*tensor.Tensor) (err error) { return check("Check", f, nil, xs) }

// CheckSecond is Check for [Gradient](f): for the derivatives of the automatic gradients of f, each element an
// output, for those of rules of forward mode, and for those of VJP by dy. It does not check the gradients themselves.
func CheckSecond(f Func, xs ...*tensor.Tensor) error {
	if f == nil {
		return check("CheckSecond", nil, nil, xs)
	}
	return check("CheckSecond", Gradient(f), f, xs)
}

// check is Check of f; of that of which it is the gradient, if of is not nil, it checks derivatives of rules of forward mode.
func check(op string, f, of Func, xs []*tensor.Tensor) (err error) {
	defer recoverInto(&err)
	if err := mustBe(op, f, xs); err != nil {
		return err
	}
	f = f.notNil(op)
	given := clones(xs)
	if err := errors.Join(repeats(f, given), unmodified(f, xs, given), rules(f, given, false)); err != nil {
		return err
	}
	if of != nil {
		if err := rules(of.notNil(op), given, true); err != nil {
			return err
		}
	}
	outputs, inputs := f(variables(given)...).Value().Len(), 0
	for _, x := range xs {
		inputs += x.Len()
	}
	if max(outputs, inputs)*inputs > large {
		return directions(f, given)
	}
	return jacobian(f, given)
}

// Gradient returns the function that CheckSecond checks: the gradients of f's outputs with respect to the
// inputs, all elements one after another. So Gradient(Gradient(f)) can be checked for third
// derivatives. Of many outputs it takes sums with pseudo-random weights, so that the elements are no
// more than about 100. It panics with an *[Error] if f is nil.
func Gradient(f Func) Func {
	if f == nil {
		panic(&Error{"Gradient", "the function is nil"})
	}
	return func(xs ...*autograd.Node) *autograd.Node {
		var needed, parts []*autograd.Node
		inputs := 0
		for _, x := range xs {
			if x.NeedsGrad() {
				needed = append(needed, x)
				inputs += x.Value().Len()
			}
		}
		y := f.notNil("Gradient")(xs...)
		for _, seed := range seeds(y.Value(), max(1, 100/max(1, inputs))) {
			for _, dx := range autograd.Grad(y.Mul(autograd.Constant(seed)).Sum(), needed...) {
				parts = append(parts, dx.Reshape(dx.Value().Len()))
			}
		}
		return autograd.Concat(0, parts...)
	}
}

// seeds returns at most n tensors of y's shape, one at least: a 1 in each for an element, if there are no more elements
// than n, otherwise for every n-th element a random number.
func seeds(y *tensor.Tensor, n int) (all []*tensor.Tensor) {
	weights := random(1, y)
	alone := y.Len() <= n
	for k := range max(1, min(n, y.Len())) {
		seed := tensor.New(y.Shape()...)
		for o := k; o < y.Len(); o += n {
			if seed.Data()[o] = weights.Data()[o]; alone {
				seed.Data()[o] = 1
			}
		}
		all = append(all, seed)
	}
	return all
}

// random returns numbers of x's shape with sizes from ½ to 1½, always the same.
func random(seed uint64, x *tensor.Tensor) *tensor.Tensor {
	rng := rand.New(rand.NewPCG(seed, 0))
	v := new(tensor.Tensor).Like(x)
	for i := range v.Data() {
		v.Data()[i] = signed(rng)
	}
	return v
}

// signed returns a number with a size from ½ to 1½.
func signed(rng *rand.Rand) float64 { return (.5 + rng.Float64()) * float64(1-2*rng.IntN(2)) }

// notNil returns f with a message of its own if it returns nil.
func (f Func) notNil(op string) Func {
	return func(xs ...*autograd.Node) *autograd.Node {
		y := f(slices.Clone(xs)...)
		if y == nil {
			panic(&Error{op, "the function returned nil"})
		}
		return y
	}
}

// mustBe returns an error if there is nothing to check.
func mustBe(op string, f Func, xs []*tensor.Tensor) error {
	switch {
	case f == nil:
		return &Error{op, "the function is nil"}
	case len(xs) == 0:
		return &Error{op, "there are no inputs to differentiate with respect to"}
	}
	for i, x := range xs {
		if x.IsEmpty() {
			return &Error{op, fmt.Sprintf("input %d is nil or empty", i)}
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

// names returns how messages name the inputs of f: as f does, if it does.
func names(nodes []*autograd.Node) []string {
	all := make([]string, len(nodes))
	for i, x := range nodes {
		if all[i] = x.Name(); all[i] == "" {
			all[i] = fmt.Sprintf("input %d", i)
		}
	}
	return all
}

func unmodified(f Func, xs, now []*tensor.Tensor) (err error) {
	for i, x := range xs {
		if !sameBits(x, now[i]) {
			nodes := variables(clones(xs))
			f(nodes...)
			err = errors.Join(err, fmt.Errorf("gradcheck: %s was modified", names(nodes)[i]))
		}
	}
	return err
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

// sameBits reports whether x and y have the same shape and numbers.
func sameBits(x, y *tensor.Tensor) bool {
	return tensor.SameShape(x, y) && slices.EqualFunc(x.Data(), y.Data(), sameNumber)
}

// sameNumber reports whether v and w have the same bits; a NaN is like any other.
func sameNumber(v, w float64) bool {
	return math.Float64bits(v) == math.Float64bits(w) || v != v && w != w
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
