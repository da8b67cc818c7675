package gradcheck

import (
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A shaker computes outputs anew, from what the leaves hold then, where the result of every operation is moved at random by up to
// 2⁻⁵² of its size, times a factor; NaN where an operation is not defined. With 1 that is what rounding may have done to it, and a
// little more. How the outputs differ is what rounding does to them, however it is hidden: 1 − y² of a y near 1 looks constant from
// near by, and is a step function from further off (J. Vignes, A stochastic arithmetic for reliable scientific computation, 1993).
type shaker func(factor float64) []float64

// shaken returns the shaker of the ys, which leaves known nodes as they are.
func shaken(known map[*autograd.Node]bool, ys ...*autograd.Node) shaker {
	rng := rand.New(rand.NewPCG(5, 5))
	list := operations(known, ys)
	var written []*tensor.Tensor
	for _, y := range list {
		written = append(written, results(y)...)
	}
	outputs := 0
	for _, y := range ys {
		outputs += y.Value().Len()
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

// operations returns the nodes, but for known ones, that operations compute for the ys, every one behind its inputs.
func operations(known map[*autograd.Node]bool, ys []*autograd.Node) (list []*autograd.Node) {
	seen := map[*autograd.Node]bool{}
	for _, y := range ys {
		for _, x := range autograd.Graph(y) {
			if x.Op() != nil && x.NumInputs() > 0 && !known[x] && !seen[x] {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	return list
}

// roundingOf returns how far rounding moves each element of the ys, which are the values at xs, where known nodes stay as they are.
func roundingOf(known map[*autograd.Node]bool, xs []*tensor.Tensor, values []float64, ys ...*autograd.Node) []float64 {
	return shaken(known, ys...).rounding(xs, values, func(int) float64 { return 0 })
}

// rounding returns how far rounding moves each of the values at xs, or what is below the limit. What is shaken 2¹⁰ times as much is
// moved 2¹⁰ times as far by that, but not by a jump, as where the mask of the largest elements changes: so this tells them apart,
// whatever the sizes are.
func (f shaker) rounding(xs []*tensor.Tensor, values []float64, limit func(o int) float64) []float64 {
	far := f.spread(xs, 1<<10, values, func(int) float64 { return math.Inf(1) })
	return f.spread(xs, 1, values, func(o int) float64 { return math.Max(limit(o), far[o]/64) })
}

// spread returns how far what f gives, at points a few ε from xs, times a factor, is from the values, unless that is above the limit.
func (f shaker) spread(xs []*tensor.Tensor, factor float64, values []float64, limit func(o int) float64) []float64 {
	most := make([]float64, len(values))
	for k := range 16 {
		widen(most, moved(func() []float64 { return f(factor) }, xs, float64(k%8-4)*factor*eps, 0), values, limit)
	}
	return most
}

// widen makes most at least the differences of values, unless they are above the limit.
func widen(most, values, others []float64, limit func(o int) float64) {
	for o, v := range values {
		if d := math.Abs(v - others[o]); d > most[o] && d <= limit(o) {
			most[o] = d
		}
	}
}

// upToJumps is a limit of what is rounding of these values, of inputs up to x: what is more than 10⁻⁶ of the largest may be a jump, as
// where a sign that was moved is compared with 1.
func upToJumps(values []float64, x float64) func(int) float64 {
	limit := 1e-6 * max(x, largest(tensor.FromSlice(values, len(values))))
	return func(int) float64 { return limit }
}
