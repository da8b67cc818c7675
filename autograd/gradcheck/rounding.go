package gradcheck

import (
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A shaker computes outputs anew from what the leaves hold when it is called, but moves the result of
// every operation at random by up to 2⁻⁵² of its size, times a factor; outputs are NaN where an
// operation is not defined. With the factor 1 this is what rounding may have done to the result, and a
// little more. The differences of the outputs show what rounding does to them, even where it is hidden:
// 1 − y² for a y near 1 looks constant from close by, and is a step function from further off
// (J. Vignes, A stochastic arithmetic for reliable scientific computation, 1993).
type shaker func(factor float64) []float64

// shaken returns the shaker of the ys; it leaves known nodes as they are.
func shaken(known map[*autograd.Node]bool, ys ...*autograd.Node) shaker {
	rng := rand.New(rand.NewPCG(5, 5))
	outputs, seen := 0, map[*autograd.Node]bool{}
	var list []*autograd.Node // those that operations compute, every one after its inputs
	var written []*tensor.Tensor
	for _, y := range ys {
		outputs += y.Value().Len()
		for _, x := range autograd.Graph(y) {
			if x.Op() != nil && x.NumInputs() > 0 && !known[x] && !seen[x] {
				seen[x] = true
				list, written = append(list, x), append(written, results(x)...)
			}
		}
	}
	return func(factor float64) []float64 {
		return orNaN(outputs, func() (all []float64) {
			for _, v := range written {
				v.Clear()
			}
			for _, y := range list {
				y.Op().Forward(y)
				if v := y.Value(); y.NeedsGrad() && !v.IsView() {
					for j, x := range v.Data() {
						v.Data()[j] += float64(x * factor * eps * (4*rng.Float64() - 2))
					}
				}
			}
			for _, y := range ys {
				all = append(all, y.Value().Data()...)
			}
			return all
		})
	}
}

// results returns what y's Forward writes: its value, and what it keeps.
func results(y *autograd.Node) []*tensor.Tensor {
	all := []*tensor.Tensor{y.Value()}
	for _, k := range kept(y) {
		all = append(all, k.Value())
	}
	return all
}

// roundingOf returns how far rounding moves each element of the ys, whose values at xs are values, while
// known nodes stay as they are.
func roundingOf(known map[*autograd.Node]bool, xs []*tensor.Tensor, values []float64, ys ...*autograd.Node) []float64 {
	return shaken(known, ys...).rounding(xs, values, func(int) float64 { return 0 })
}

// rounding returns how far rounding moves each of the values at xs. Rounding moves a value 2¹⁰ times
// as far if results are moved 2¹⁰ times as far, but a jump does not, as where the mask of the
// largest elements changes: this tells the two apart, whatever their sizes. A difference of up to
// the limit counts in any case.
func (f shaker) rounding(xs []*tensor.Tensor, values []float64, limit func(o int) float64) []float64 {
	far := f.far(xs, values)
	return f.spread(xs, 1, values, func(o int) float64 { return math.Max(limit(o), far[o]/64) })
}

// far returns how far rounding moves each of the values at xs if results are moved 2¹⁰ times as far.
func (f shaker) far(xs []*tensor.Tensor, values []float64) []float64 {
	return f.spread(xs, 1<<10, values, func(int) float64 { return math.Inf(1) })
}

// spread returns how far the results of f, with a factor and at points a few times the factor's ε from
// xs, are from the values; a distance above the limit does not count.
func (f shaker) spread(xs []*tensor.Tensor, factor float64, values []float64, limit func(o int) float64) []float64 {
	most := make([]float64, len(values))
	for k := range 16 {
		widen(most, moved(func() []float64 { return f(factor) }, xs, float64(k%8-4)*factor*eps, 0), values, limit)
	}
	return most
}

// widen makes each element of most at least the difference of values and others, unless this is above
// the limit.
func widen(most, values, others []float64, limit func(o int) float64) {
	for o, v := range values {
		if d := math.Abs(v - others[o]); d > most[o] && d <= limit(o) {
			most[o] = d
		}
	}
}

// upToJumps returns a limit for the rounding of these values, of inputs up to x: a difference above 10⁻⁶
// of the largest of them may be a jump, as where a sign that was moved is compared with 1.
func upToJumps(values []float64, x float64) func(int) float64 {
	limit := 1e-6 * max(x, largest(tensor.FromSlice(values, len(values))))
	return func(int) float64 { return limit }
}
