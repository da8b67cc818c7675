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

// A Func computes a node, of any shape, from others by operations on nodes. Given the same
// values it returns the same value, and it keeps no state. Messages use a name that it gives
// to one of xs. Other Variables that it uses count as constants: to check a layer with its
// parameters, make the layer from the xs.
//
//	f := func(xs ...*autograd.Node) *autograd.Node {
//		return (&layers.Linear{Weight: xs[1], Bias: xs[2]}).Forward(xs[0])
//	}
//	err := gradcheck.Check(f, x, weight, bias)
type Func func(xs ...*autograd.Node) *autograd.Node

// The kinds of errors that Check returns, for errors.Is.
var (
	ErrWrong        = errors.New("wrong gradient")
	ErrKink         = errors.New("kink")         // the function has no derivative here
	ErrInconclusive = errors.New("inconclusive") // the values are too rough to decide
)

// An Error is a caller's mistake: a function that is nil, no inputs, nothing to compare.
type Error struct {
	Op   string // the function
	Text string // what is wrong, with the values
}

func (e *Error) Error() string { return "gradcheck: " + e.Op + ": " + e.Text }

// large is the limit of max(outputs, inputs) × inputs above which Check uses random directions.
const large = 250_000

// Check returns nil if the gradients of f at xs are right, otherwise the joined errors.
//
// For every output, with a seed of its own, and for every element x of the inputs, it compares the
// derivative that the gradient gives with a numerical one:
//
//  1. Steps. Central differences D(h) are taken at up to 48 steps h. The first is 0.433·max(1, |x|),
//     which is no multiple of simple periods; each of the others is half the one before. Three at a time
//     are extrapolated to h = 0: E(h) = (4 D(h/2) − D(h))/3, R(h) = (16 E(h/2) − E(h))/15 (W. Romberg,
//     Vereinfachte numerische Integration, 1955). The steps end early where the gradient of every output
//     agrees with R, with a bound of 10⁻⁸ of the derivative, if differences at steps 2⁶ to 2²⁴ times
//     smaller agree too, as far as their noise shows. Where the steps do not tell, or contradict the
//     gradient, they begin anew: at 0.433·|x| if |x| < 1, otherwise at 0.433.
//  2. Bounds. The error bound of R is 2·max(|R − the R before|, |R − the second of its E|) + 2·noise/h;
//     in the comparison with the gradient it is never below 10⁻¹² of the output's largest derivative.
//     The R with the smallest bound is kept, unless one at a smaller h contradicts it, with a bound of
//     at most a 16th of their difference, as where f swings with a period of which h was a multiple, or
//     where x is near a tie. An R that contradicts the gradient may be close to the R before by chance:
//     its bound is at least a quarter of the bound before.
//  3. Noise. The noise of f is the largest of three numbers, with ε = 2⁻⁵³. The first is 4ε|f|, or what
//     the smallest numbers round to. The second is how far f moves if the result of each of its
//     operations is moved at random by up to 2ε of its size, as 1 − y² does for a y near 1 (J. Vignes, A
//     stochastic arithmetic for reliable scientific computation, 1993). A jump does not count: it is
//     more than 10⁻⁶ of the largest input and output, and does not become 64 times as large where
//     results are moved 2¹⁰ times as far. The third is half of the fourth differences of f at a spacing
//     of about 10⁻¹² of the inputs, where a smooth function has none (R. W. Hamming, Introduction to
//     Applied Numerical Analysis, 1971; J. J. Moré and S. M. Wild, Estimating computational noise,
//     2011). If the smallest change of f by a step is below 2⁻⁴¹ of the largest, and smaller steps
//     change nothing, the noise is at least four times this change: an operation may round so, as 1 −
//     cos x near 0. The same holds if it is below 2⁻⁴⁸·max(1, |x|), and f near x is stairs of such
//     changes, as log(1 + exp x) at −20.
//  4. Kinks. If the slopes to the right and to the left do not approach one another as h is halved, and
//     no smaller h shows a smooth function, with a bound below an eighth of their difference, x is at a
//     kink, whatever the gradient: [ErrKink], with both slopes. A kink that only small steps show, as on
//     a bend, counts if the gradient is between the slopes. A jump counts as noise.
//  5. Right gradients. A gradient within the bound is right if the bound is narrow enough to tell:
//     below 2·10⁻⁴ of the derivative, or below 10⁻⁶ of the largest derivative of the output, or of
//     another one, as where one unit of many is saturated. The noise of the other output must be a
//     100th to 10⁴ times as large, and where it is larger, its derivative counts as so many times
//     smaller. If all gradients of the output are zero, the bound tells if it is below
//     10³·noise/max(1, |x|), or if D(h) falls in proportion to h down to the smallest step, as for
//     x·|x| at 0, where D(h) = h, and the bound is below 10⁻¹² of the largest D(h). Otherwise the
//     bound is too wide to tell: [ErrInconclusive].
//  6. Wrong gradients. A gradient beyond the bound is wrong, [ErrWrong], with three exceptions. The
//     noise is larger at the points where f was computed, or in fourth differences at a spacing of 10⁻¹⁰
//     of the inputs, and explains the difference; fourth differences that fall by more than 16 where the
//     spacing is 3·10⁻¹¹ are those of a bend, and do not count. Or the rounding of the gradient explains
//     it, which is found by moving the results of the gradient's operations, and is added to the bound
//     twice; what does not grow with how far they are moved is no rounding, however small it is, as
//     where the mask of the largest elements changes. Or both derivatives are zero to within noise and
//     rounding, as those of a sum of softmax are.
//  7. Swings. Where the numerical derivative is not known to 2·10⁻⁴, f may swing too fast for any step, as
//     sin x does from x = 3·10¹¹ on. This is so if f moves about as far as by the largest step where the
//     results of operations are moved 2¹⁰ times as far as by rounding, and if the gradient is so steep
//     that ε·max(1, |x|) times 2²⁰ would move f as far. A gradient that was not found right is then
//     neither wrong nor at a kink: [ErrInconclusive].
//
// Where max(outputs, inputs) × inputs is above 250,000, as with more than 500 inputs, f is
// differentiated along 3 random directions d instead: J·d, for up to 16 outputs and a random sum of all,
// is compared in the same way with the derivative of f(x + td) with respect to t. Where J·d is wrong and
// the remainder of the first-order expansion, f(x + td) − f(x) − t·J·d, falls by less than 3 where t is
// halved, the message says by how much: with a right gradient it falls by 4 (P. E. Farrell and others,
// Automated derivation of the adjoint of high-level transient finite element programs, 2013).
//
// Before the comparison, and for tensors without elements instead of it, Check tests
//
//   - that a second Backward, one for the inputs alone, and an [autograd.Plan], also after it has run
//     with values a little larger and smaller, give the same bits,
//   - that inputs are not modified,
//   - for each operation in f, that Forward gives the same value again; that its rules modify
//     nothing; that VJP is linear in dy; that AddVJPs, if there is one, gives the bits of VJP
//     followed by Add; and that JVP, if there is one, gives what follows from VJP: J·dx is the
//     gradient of ⟨Jᵀv, dx⟩ with respect to v. These two may differ by 10⁻⁹ of the size of their
//     terms, and by the rounding of the terms.
//
// If f or an operation in it panics at values near xs, with an error that is not the runtime's, it
// counts as not defined there, as the logarithm of a negative number. Any other panic counts as an
// error, with its place. f is called many times. It is an error if f uses a node that was computed
// before the call, since a plan would take over its memory.
func Check(f Func, xs ...*tensor.Tensor) (err error) { return check("Check", f, nil, xs) }

// CheckSecond is Check for [Gradient](f): it checks the derivatives of the automatic gradients of f,
// each element of which is an output. It also checks the derivatives of the rules of forward mode, and
// those of VJP with respect to dy. It does not check the gradients themselves.
func CheckSecond(f Func, xs ...*tensor.Tensor) error {
	if f == nil {
		return check("CheckSecond", nil, nil, xs)
	}
	return check("CheckSecond", Gradient(f), f, xs)
}

// check is Check of f. If of is not nil, it is the function whose gradient f is, and check also checks
// the derivatives of its rules of forward mode.
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
// inputs, as a vector of all their elements. Checking Gradient(Gradient(f)) checks third derivatives. If f
// has many outputs, Gradient takes sums of them with pseudo-random weights, so that there are no more than
// about 100 elements, or as many as the inputs have. It panics with an *[Error] if f is nil.
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

// seeds returns at least one and at most n tensors of y's shape. If y has no more than n elements, each
// tensor has a 1 for one of them; otherwise each has random numbers at every n-th element.
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

// random returns a tensor of x's shape with numbers of sizes from ½ to 1½, the same for the same seed
// and shape.
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

// notNil returns a function like f that panics with a message of its own if f returns nil.
func (f Func) notNil(op string) Func {
	return func(xs ...*autograd.Node) *autograd.Node {
		y := f(slices.Clone(xs)...)
		if y == nil {
			panic(&Error{op, "the function returned nil"})
		}
		return y
	}
}

// mustBe returns an error unless there is something to check.
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

// names returns the names of the inputs of f in messages: those that f gives them, if it does.
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
