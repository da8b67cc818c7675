package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// directions is the check for large inputs and outputs: it compares derivatives along random directions.
func directions(f Func, xs []*tensor.Tensor) error {
	rng := rand.New(rand.NewPCG(9, 9))
	nodes := variables(xs)
	y := f(nodes...)
	seeds, outputs := someOutputs(rng, y)
	var rows [][]*tensor.Tensor
	for _, seed := range seeds {
		rows = append(rows, backward(y, seed, nodes))
	}
	at := clones(xs)
	elements := again(f, at)
	sums := func(elements []float64) []float64 {
		y := tensor.FromSlice(elements, y.Shape()...)
		v := make([]float64, len(seeds))
		for k, seed := range seeds {
			v[k] = new(tensor.Tensor).Sum(new(tensor.Tensor).Mul(y, seed)).Data()[0]
		}
		return v
	}
	values := func() []float64 { return sums(elements()) }
	rounded := shaken(nil, f(variables(at)...))
	rough := noise(values, func(factor float64) []float64 { return sums(rounded(factor)) }, at, 1e-3)
	var all []error
	for range 3 {
		d := direction(rng, xs)
		t := 0.0
		n := line{x: &t, rough: rough, f: func() []float64 {
			for i, x := range at {
				x.AddScaled(xs[i], t, d[i])
			}
			return values()
		}}
		for _, row := range rows {
			n.expect = append(n.expect, product(row, d))
		}
		slopes := n.derivative(.5, nil)
		values := sync.OnceValue(n.halvings)
		for k, e := range n.expect {
			err := slopes[k].judgeRounded(e, []float64{e.row}, func() float64 { return roundingAlong(f, xs, seeds[k], d, e.value) })
			if err != nil {
				all = append(all, fmt.Errorf("gradcheck: %w: %s along a random direction: %s%s", err, outputs[k], slopes[k].compare(e, err), n.remainder(k, err, values)))
			}
		}
		if all != nil {
			break // the others would say the same
		}
	}
	return most(all)
}

// roundingAlong returns how far rounding moves the derivative along direction d of the outputs,
// weighted by seed and summed.
func roundingAlong(f Func, xs []*tensor.Tensor, seed *tensor.Tensor, d []*tensor.Tensor, value float64) float64 {
	nodes := variables(xs)
	y := f(nodes...)
	if !y.NeedsGrad() {
		return 0
	}
	sum := autograd.Scalar(0)
	for i, dx := range autograd.VJP(y, autograd.Constant(seed), nodes...) {
		sum = sum.Add(dx.Mul(autograd.Constant(d[i])).Sum())
	}
	return roundingOf(nil, xs, []float64{value}, sum)[0]
}

// someOutputs returns seeds and their names: one for each of up to 16 outputs and, if there are more,
// one for a random sum of all.
func someOutputs(rng *rand.Rand, y *autograd.Node) (seeds []*tensor.Tensor, names []string) {
	n := y.Value().Len()
	for _, o := range rng.Perm(n)[:min(n, 16)] {
		seeds, names = append(seeds, oneAt(o, y)), append(names, fmt.Sprintf("output %v", index(o, y.Shape())))
	}
	if n > 16 {
		seeds, names = append(seeds, random(2, y.Value())), append(names, "a random sum of all outputs")
	}
	return seeds, names
}

// direction returns tensors of random numbers of about the sizes of xs' elements.
func direction(rng *rand.Rand, xs []*tensor.Tensor) []*tensor.Tensor {
	d := clones(xs)
	for _, x := range d {
		for j, v := range x.Data() {
			x.Data()[j] = signed(rng) * math.Max(math.Abs(v), 1e-3)
		}
	}
	return d
}

// product returns the product of a row and a direction. Its size in a row is taken as √Σ(Jⱼ·dⱼ)², which
// a sum with random signs has.
func product(row, d []*tensor.Tensor) expected {
	sum, size := 0.0, 0.0
	for i := range d {
		for j, v := range d[i].Data() {
			p := row[i].Data()[j] * v
			sum, size = sum+p, math.Hypot(size, p)
		}
	}
	return expected{sum, size}
}

// halvings returns f at 0, and at t = 1, ½, ¼, ….
func (n *line) halvings() [][]float64 {
	defer func() { *n.x = 0 }()
	all := [][]float64{n.f()}
	for t := 1.0; t > 0x1p-48; t /= 2 {
		*n.x = t
		all = append(all, n.f())
	}
	return all
}

// remainder says, for a wrong output o, by how much the remainder of the first-order expansion falls at the
// smallest step where it is well above the noise, if that is less than 3.
func (n *line) remainder(o int, err error, values func() [][]float64) string {
	if err != ErrWrong {
		return ""
	}
	all, ratio, before, t := values(), math.Inf(1), math.Inf(1), 1.0
	floor := 50 * math.Max(n.rough[o], 4*eps*math.Abs(all[0][o]))
	for _, v := range all[1:] {
		rest := math.Abs(v[o] - all[0][o] - float64(t*n.expect[o].value))
		if rest < floor {
			break
		}
		ratio, before, t = before/rest, rest, t/2
	}
	if !(ratio < 3) {
		return ""
	}
	return fmt.Sprintf("; the remainder of the first-order expansion falls by %.3g where the step is halved, not by 4", ratio)
}
