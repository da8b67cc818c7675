package gradcheck

import (
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// shaken returns the function that computes the ys anew, from what the leaves hold then, where the result of every operation
// is moved at random by up to 2⁻⁵² of its size: by what rounding may have done to it, and a little more. How the ys
// differ is what rounding does to them, however it is hidden: 1 − y² of a y near 1 looks constant from near by,
// and is a step function from further off (J. Vignes, A stochastic arithmetic for reliable scientific computation, 1993).
func shaken(ys ...*autograd.Node) func() []float64 {
	rng := rand.New(rand.NewPCG(5, 5))
	list := operations(ys)
	var written []*tensor.Tensor
	for _, y := range list {
		written = append(written, results(y)...)
	}
	return func() (all []float64) {
		for _, v := range written {
			v.Clear()
		}
		for _, y := range list {
			y.Op().Forward(y)
			if v := y.Value(); y.NeedsGrad() && !v.IsView() {
				for j, x := range v.Data() {
					v.Data()[j] += float64(x * eps * (4*rng.Float64() - 2))
				}
			}
		}
		for _, y := range ys {
			all = append(all, y.Value().Data()...)
		}
		return all
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

// operations returns the nodes that operations compute for the ys, every one behind its inputs.
func operations(ys []*autograd.Node) (list []*autograd.Node) {
	seen := map[*autograd.Node]bool{}
	for _, y := range ys {
		for _, x := range autograd.Graph(y) {
			if x.Op() != nil && x.NumInputs() > 0 && !seen[x] {
				seen[x] = true
				list = append(list, x)
			}
		}
	}
	return list
}

// spread returns how far what f gives, at points a few ε from xs, is from the values.
func spread(f func() []float64, xs []*tensor.Tensor, values []float64) []float64 {
	most := make([]float64, len(values))
	for k := range 16 {
		widen(most, moved(f, xs, float64(k%8-4)*eps, 0), values, largest(xs...))
	}
	return most
}

// widen makes most at least the differences of values, where these are rounding: what is more than 10⁻⁶ of the largest value and
// of x is a jump, as where a sign that was moved is compared with 1.
func widen(most, values, others []float64, x float64) {
	limit := 1e-6 * max(x, largest(tensor.FromSlice(others, len(others))))
	for o, v := range values {
		if d := math.Abs(v - others[o]); d > most[o] && d <= limit {
			most[o] = d
		}
	}
}
