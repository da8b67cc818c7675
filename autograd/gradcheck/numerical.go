package gradcheck

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Numerical returns the numerical Jacobian of f at xs, computed as by [Check], and its error bounds: for
// each input a tensor whose shape is f's followed by the input's. So for a scalar f it has the input's
// shape, as a gradient has, and can be compared with one derived by hand. A bound is at least 10⁻¹² of
// the output's largest derivative with respect to any of the inputs. At a kink the bound is infinite,
// and the derivative is the mean of the slopes to both sides. Where f swings too fast for any step, as Check
// says, both are those of what wide steps see.
//
// It returns an error if f is nil, if there are no inputs or one is nil or empty, or if f panics.
func Numerical(f Func, xs ...*tensor.Tensor) (derivatives, bounds []*tensor.Tensor, err error) {
	defer recoverInto(&err)
	if err := mustBe("Numerical", f, xs); err != nil {
		return nil, nil, err
	}
	f = f.notNil("Numerical")
	given := clones(xs)
	y := f(variables(given)...)
	slopes := numerical(values(f, given), shaken(nodesOf(y), f(variables(given)...)), given, nil)
	rows := make([]float64, y.Value().Len()) // the sizes of the largest derivatives
	for _, elements := range slopes {
		for _, outputs := range elements {
			for o, s := range outputs {
				rows[o] = max(rows[o], math.Abs(s.best().value))
			}
		}
	}
	for i, x := range xs {
		of := append(y.Shape(), x.Shape()...)
		d, b := tensor.New(of...), tensor.New(of...)
		for j, outputs := range slopes[i] {
			for o, s := range outputs {
				e := s.best()
				d.Data()[o*x.Len()+j], b.Data()[o*x.Len()+j] = e.value, math.Max(e.bound, rounding*rows[o])
				if e.kink {
					b.Data()[o*x.Len()+j] = math.Inf(1)
				}
			}
		}
		derivatives, bounds = append(derivatives, d), append(bounds, b)
	}
	return derivatives, bounds, nil
}

// values returns a function that returns the values of f at what xs hold when it is called;
// NaN where f is not defined.
func values(f Func, xs []*tensor.Tensor) func() []float64 {
	outputs := f(variables(xs)...).Value().Len()
	return func() []float64 {
		return orNaN(outputs, func() []float64 { return f(variables(xs)...).Value().Clone().Data() })
	}
}

// again returns a function that does the same as that of values, but by a plan if there can be one,
// which is faster. The plan must be known to repeat what f does.
func again(f Func, xs []*tensor.Tensor) func() []float64 {
	y := f(variables(xs)...)
	if !y.NeedsGrad() {
		return values(f, xs)
	}
	outputs, plan := y.Value().Len(), autograd.NewPlan(y)
	return func() []float64 {
		return orNaN(outputs, func() []float64 { return plan.Forward().Clone().Data() })
	}
}

// numerical returns the derivatives of the outputs of value, indexed by input, element and output.
// If expect is not nil, it returns what is expected for one element, and no more is computed than
// is needed to confirm this.
func numerical(value func() []float64, shaken shaker, xs []*tensor.Tensor, expect func(i, j int) []expected) [][][]slope {
	rough := noise(value, shaken, xs, 1e-3)
	fine := sync.OnceValue(func() []float64 { return noise(value, shaken, xs, 0) })
	wide := sync.OnceValue(func() []float64 { return wider(value, xs, rough) })
	far := sync.OnceValue(func() []float64 { return shaken.far(xs, value()) })
	all := make([][][]slope, len(xs))
	for i, x := range xs {
		for j := range x.Data() {
			n := line{f: value, x: &x.Data()[j], rough: rough, fine: fine}
			if expect != nil {
				n.expect = expect(i, j)
			}
			all[i] = append(all[i], n.slopes(shaken, wide, far))
		}
	}
	return all
}

// orNaN returns what f returns, or NaN for all outputs where f is not defined. It panics if the
// number of outputs has changed.
func orNaN(outputs int, f func() []float64) (all []float64) {
	if refused(func() { all = f() }) {
		return slices.Repeat([]float64{math.NaN()}, outputs)
	}
	if n := len(all); n != outputs {
		panic(&Error{"Func", fmt.Sprintf("the function has %d outputs at the inputs, but %d when it is computed again or nearby; its shape must not change", outputs, n)})
	}
	return all
}
