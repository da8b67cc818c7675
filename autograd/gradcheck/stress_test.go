package gradcheck_test

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

var seeds = flag.Int("seeds", 5, "the number of seeds of each case of the stress tests")

// A stressCase is a function, and how its inputs are drawn: uniformly, with a random sign if signed.
type stressCase struct {
	name   string
	f      gradcheck.Func
	shapes [][]int
	lo, hi float64
	signed bool
}

func (c *stressCase) draw(seed int) (xs []*tensor.Tensor) {
	rng := rand.New(rand.NewPCG(uint64(seed), 11))
	for _, shape := range c.shapes {
		x := tensor.New(shape...).Uniform(rng, c.lo, c.hi)
		for j := range x.Data() {
			if c.signed && rng.IntN(2) == 0 {
				x.Data()[j] *= -1
			}
		}
		xs = append(xs, x)
	}
	return xs
}

type stressCases []stressCase

// unary adds a function of one input, with three shapes.
func (cs *stressCases) unary(name string, lo, hi float64, signed bool, f func(x *node) *node) {
	for _, shape := range [][]int{{}, {3}, {2, 3}} {
		*cs = append(*cs, stressCase{fmt.Sprintf("%s of %v in %v–%v", name, shape, lo, hi), one(f), [][]int{shape}, lo, hi, signed})
	}
}

func (cs *stressCases) several(name string, lo, hi float64, signed bool, f gradcheck.Func, shapes ...[]int) {
	*cs = append(*cs, stressCase{fmt.Sprintf("%s of %v in %v–%v", name, shapes, lo, hi), f, shapes, lo, hi, signed})
}

// stressed returns all cases; a fifth of them in short tests.
func stressed(t *testing.T) (cs stressCases) {
	cs.smooth()
	cs.steep()
	cs.shifted()
	cs.binary()
	cs.layers()
	cs.stairs()
	if t.Logf("%d cases", len(cs)); len(cs) < 300 {
		t.Error("they are fewer than 300")
	}
	if !testing.Short() {
		return cs
	}
	slices.SortFunc(cs, func(a, b stressCase) int { return strings.Compare(a.name, b.name) })
	var some stressCases
	for i := 0; i < len(cs); i += 5 {
		some = append(some, cs[i])
	}
	return some
}

// smooth adds functions that are smooth everywhere.
func (cs *stressCases) smooth() {
	for _, scale := range []float64{1e-3, 1, 5} {
		lo := scale / 10
		cs.unary("exp", lo, scale, true, (*node).Exp)
		cs.unary("sigmoid", lo, scale, true, (*node).Sigmoid)
		cs.unary("tanh", lo, scale, true, (*node).Tanh)
		cs.unary("square", lo, scale, true, (*node).Square)
		cs.unary("neg", lo, scale, true, (*node).Neg)
		cs.unary("mean", lo, scale, true, func(x *node) *node { return x.Mean() })
		cs.unary("cube", lo, scale, true, func(x *node) *node { return x.PowScalar(3) })
		cs.unary("softmax", lo, scale, true, func(x *node) *node { e := x.Exp(); return e.Div(e.Sum().AddScalar(.5)).Square() })
		cs.unary("1, by softmax", lo, scale, true, func(x *node) *node { e := x.Exp(); return e.Div(e.Sum()).Sum() })
		cs.unary("log sum exp", lo, scale, true, func(x *node) *node { return x.Exp().Sum().Log() })
		cs.unary("outer", lo, scale, true, func(x *node) *node { v := x.Reshape(-1, 1); return v.MatMulNT(v) })
		cs.unary("gaussian", lo, scale, true, func(x *node) *node { return x.Square().Neg().Exp() })
		cs.unary("deep", lo, scale, true, func(x *node) *node { return x.Tanh().Exp().Sigmoid().Square().Sum() })
	}
	for _, a := range []float64{1e-200, 1e-100, 1e100, 1e200} {
		cs.unary(fmt.Sprintf("%g·x²", a), .1, 2, true, func(x *node) *node { return x.Scale(a).Mul(x) })
		cs.unary(fmt.Sprintf("Π (%g·x)", a), .1, 2, true, func(x *node) *node { return x.Scale(a).Mul(x.AddScalar(3).Scale(1 / a)) })
	}
	cs.unary("x²", 1e-141, 1e-140, true, (*node).Square)
	cs.unary("x·1e200", 1e-200, 1e-199, true, func(x *node) *node { return x.Scale(1e200) })
	cs.unary("x²", 1e100, 1e101, true, (*node).Square)
}

// steep adds functions that are steep near 0, or whose domain ends there.
func (cs *stressCases) steep() {
	for _, scale := range []float64{1e-12, 1e-6, 1e-3, 1, 100} {
		lo := scale / 10
		cs.unary("log", lo, scale, false, (*node).Log)
		cs.unary("sqrt", lo, scale, false, (*node).Sqrt)
		cs.unary("1/x", lo, scale, true, func(x *node) *node { return x.PowScalar(-1) })
		cs.unary("x^1.5", lo, scale, false, func(x *node) *node { return x.PowScalar(1.5) })
		cs.unary("x log x", lo, scale, false, func(x *node) *node { return x.Mul(x.Log()) })
		cs.unary("relu", lo, scale, true, (*node).ReLU)
		cs.unary("tanh x/scale", lo, scale, true, func(x *node) *node { return x.Scale(1 / scale).Tanh() })
	}
	for _, slope := range []float64{10, 1000, 1e6} {
		cs.unary(fmt.Sprintf("tanh(%g·x)", slope), .1/slope, 3/slope, true, func(x *node) *node { return x.Scale(slope).Tanh() })
		cs.unary(fmt.Sprintf("exp(%g·x)", slope), .1/slope, 3/slope, true, func(x *node) *node { return x.Scale(slope).Exp() })
	}
}

// shifted adds functions whose values are much larger than their slopes, or than one another.
func (cs *stressCases) shifted() {
	for _, c := range []float64{1e4, -1e6, 1e8, -1e10} {
		cs.unary(fmt.Sprintf("x² + %g", c), 1, 3, true, func(x *node) *node { return x.Square().AddScalar(c) })
		cs.unary(fmt.Sprintf("exp x + %g", c), 1, 3, false, func(x *node) *node { return x.Exp().AddScalar(c) })
	}
	for _, a := range []float64{1e3, 1e10, 1e20} {
		cs.unary(fmt.Sprintf("tanh, and %g times 1/x", a), .5, 2, true, func(x *node) *node {
			return autograd.Concat(0, x.Reshape(-1).Tanh(), x.Reshape(-1).PowScalar(-1).Scale(a))
		})
		cs.unary(fmt.Sprintf("%g times x, x², and that smaller", a), .1, 2, true, func(x *node) *node {
			v := x.Reshape(-1)
			return autograd.Concat(0, v.Square().Scale(1/a), v.Scale(a), v.Square())
		})
	}
}

// binary adds functions of two numbers, broadcast.
func (cs *stressCases) binary() {
	for name, f := range map[string]func(x, y *node) *node{
		"mul": (*node).Mul, "div": (*node).Div, "pow": (*node).Pow,
		"squared error": func(x, y *node) *node { return x.Sub(y).Square().Sum() },
		"hypot":         func(x, y *node) *node { return x.Square().Add(y.Square()).Sqrt() },
	} {
		for _, scale := range []float64{1e-2, 1, 10} {
			for _, shape := range [][]int{{}, {3}, {2, 3}} {
				cs.several(name, scale/5, scale, false, func(xs ...*node) *node { return f(xs[0], xs[1]) }, shape, []int{2, 3})
			}
		}
	}
}

func (cs *stressCases) layers() {
	for _, scale := range []float64{.1, 1, 3} {
		for n := range 5 {
			x, w, b := []int{2, n + 1}, []int{n + 1, 3}, []int{3}
			cs.several("affine, tanh", 0, scale, true, func(xs ...*node) *node { return xs[0].Affine(xs[1], xs[2]).Tanh() }, x, w, b)
			cs.several("product", 0, scale, true, func(xs ...*node) *node { return xs[0].MatMul(xs[1]) }, x, w)
		}
		cs.several("32 ReLU", 0, scale, true, func(xs ...*node) *node {
			return xs[0].Affine(xs[1], xs[2]).ReLU().MatMul(xs[3]).Square().Sum()
		}, []int{8, 3}, []int{3, 32}, []int{32}, []int{32, 2})
		cs.several("8 ReLU on 4 rows", 0, scale, true, func(xs ...*node) *node {
			return xs[0].Affine(xs[1], xs[2]).ReLU().MatMul(xs[3])
		}, []int{4, 2}, []int{2, 8}, []int{8}, []int{8, 2})
	}
}

// stairs adds functions that are step functions if looked at closely: a number in them is rounded before
// a subtraction takes away its first digits.
func (cs *stressCases) stairs() {
	for _, scale := range []float64{1e-6, 1e-3, 1} {
		lo := scale / 10
		cs.unary("(x + 1e8 − 1e8)²", lo+1, scale+1, true, func(x *node) *node { return x.AddScalar(1e8).AddScalar(-1e8).Square() })
		cs.unary("log(1 + x)", lo, scale, true, func(x *node) *node { return x.AddScalar(1).Log() })
		cs.unary("exp x − 1", lo, scale, true, func(x *node) *node { return x.Exp().AddScalar(-1) })
		cs.unary("√(1 + x²) − 1", lo, scale, true, func(x *node) *node { return x.Square().AddScalar(1).Sqrt().AddScalar(-1) })
		cs.unary("1 − exp(−x²)", lo, scale, true, func(x *node) *node { return x.Square().Neg().Exp().Neg().AddScalar(1) })
	}
	cs.unary("1 − tanh² x", 3, 8, true, func(x *node) *node { return x.Tanh().Square().Neg().AddScalar(1) })
	cs.unary("σ(x)(1 − σ(x))", 5, 10, true, func(x *node) *node { y := x.Sigmoid(); return y.Mul(y.Neg().AddScalar(1)) })
	cs.unary("log(1 − σ(x))", 5, 10, true, func(x *node) *node { return x.Sigmoid().Neg().AddScalar(1).Log() })
	for n := range 3 {
		x, w, b := []int{2, n + 2}, []int{n + 2, 3}, []int{3}
		cs.several("affine, sigmoid", 0, 3, true, func(xs ...*node) *node { return xs[0].Affine(xs[1], xs[2]).Sigmoid() }, x, w, b)
		cs.several("affine, softmax", 0, 3, true, func(xs ...*node) *node {
			e := xs[0].Affine(xs[1], xs[2]).Exp()
			return e.Div(e.Sum(1).Reshape(2, 1))
		}, x, w, b)
	}
}

// No right gradient is refused, nor a right second derivative.
func TestStressRight(t *testing.T) {
	t.Parallel()
	for _, c := range stressed(t) {
		n := *seeds
		if testing.Short() {
			n = 1
		}
		for seed := range n {
			if err := gradcheck.Check(c.f, c.draw(seed)...); err != nil {
				t.Errorf("%s, seed %d: %v", c.name, seed, err)
			}
			if err := gradcheck.CheckSecond(c.f, c.draw(seed)...); err != nil {
				t.Errorf("%s, seed %d, second: %v", c.name, seed, err)
			}
		}
	}
}

// A fault of 0.1 % in one element of one rule is found, and so is one in the derivative of a rule.
func TestStressFaults(t *testing.T) {
	t.Parallel()
	first, second := 0, 0
	for _, c := range stressed(t) {
		for seed := range max(1, *seeds/20) {
			xs := c.draw(seed)
			for element := range min(xs[0].Len(), 3) {
				where := fmt.Sprintf("%s, seed %d, element %d", c.name, seed, element)
				if f := wrong(c.f, 1.001, element); differ(gradcheck.Gradient(c.f), gradcheck.Gradient(f), xs) {
					first++
					if err := gradcheck.Check(f, xs...); !errors.Is(err, gradcheck.ErrWrong) {
						t.Errorf("%s: %v", where, err)
					}
				}
				slope := gradcheck.Gradient(c.f)
				f := wrongSecond(c.f, 1.001, element)
				if g := gradcheck.Gradient(f); !differ(slope, g, xs) && differ(gradcheck.Gradient(slope), gradcheck.Gradient(g), xs) {
					second++
					if err := gradcheck.CheckSecond(f, xs...); !errors.Is(err, gradcheck.ErrWrong) {
						t.Errorf("%s, second: %v", where, err)
					}
				}
			}
		}
	}
	if t.Logf("%d faults, %d second", first, second); first < 150 || second < 100 {
		t.Error("they are fewer than 150 and 100")
	}
}

// wrongSecond is f, whose gradient by input 0 of its last operation is right, but has a derivative that
// is wrong by a factor in one element.
func wrongSecond(f gradcheck.Func, factor float64, element int) gradcheck.Func {
	return func(xs ...*node) *node {
		y := f(xs...)
		return autograd.Apply(faultySecond{faulty{y.Op(), factor, element}}, inputs(y)...)
	}
}

type faultySecond struct{ faulty }

func (f faultySecond) VJP(y *node, i int, dy *node) *node {
	dx := f.Op.VJP(y, i, dy)
	if i != 0 || dx == nil {
		return dx
	}
	return autograd.Apply(faulty{same, f.factor, f.element}, dx)
}

var same = autograd.Variable(tensor.Scalar(1)).Scale(1).Op() // y = x

// differ reports whether two functions have values whose difference can be found: a gradient of 0 times
// 1.001, for example, is not wrong.
func differ(f, g gradcheck.Func, xs []*tensor.Tensor) bool {
	value := func(f gradcheck.Func) *tensor.Tensor {
		var nodes []*node
		for _, x := range xs {
			nodes = append(nodes, autograd.Variable(x))
		}
		return f(nodes...).Value()
	}
	d, size := 0.0, 0.0
	u, v := value(f).Data(), value(g).Data() // for a sum of softmax, they are rounding alone
	for j := range u {
		d, size = max(d, math.Abs(u[j]-v[j])), max(size, math.Abs(u[j]))
	}
	return d > 1e-8*size && (d > 1e-13 || 0 < size && size < 1e-50)
}
