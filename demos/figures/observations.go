package figures

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/training"
	"gentlegrad/tensor"
)

// observations returns the observations whose gradients a reader can choose to see: among
// the predictions that end below their target, the farthest and the nearest, and the same
// among those that end above it.
func (f *player) observations() []observation {
	a := f.predict(f.frames[len(f.frames)-1], f.x)
	miss := f.missed(tensor.FromSlice(a, f.t.Shape()...))
	order := make([]int, len(miss))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(miss[i], miss[j]) })
	above, _ := slices.BinarySearchFunc(order, 0, func(i int, least float64) int { return cmp.Compare(miss[i], least) }) // where those begin
	var list []observation
	add := func(some []int, far, near int, side string) {
		if len(some) > 0 {
			list = append(list, observation{f, some[far], "farthest " + side + " t"})
		}
		if len(some) > 1 {
			list = append(list, observation{f, some[near], "nearest " + side + " t"})
		}
	}
	add(order[:above], 0, above-1, "below")
	add(order[above:], len(order)-above-1, 0, "above")
	return list
}

// missed returns a − t of each observation: of several outputs, that of its class.
func (f *player) missed(a *tensor.Tensor) []float64 {
	miss := new(tensor.Tensor).Sub(a, f.t)
	if outputs := f.t.Dim(1); outputs > 1 {
		miss = new(tensor.Tensor).Sum(miss.Mul(miss, f.t), 1) // t is 1 at the class, and 0 elsewhere
	}
	return miss.Data()
}

// target writes the target of an observation, or the name of its class.
func (f *player) target(i int) string {
	t := f.t.Slice(0, i, i+1).Data()
	if name, named := f.run.ClassName(f.run.Class(t)); named {
		return name
	}
	return short(t[0])
}

// An observation is one that can be chosen.
type observation struct {
	of    *player
	index int
	ends  string // where a is when the training ends, seen from t
}

// String says which one it is.
func (o observation) String() string {
	t := o.of.target(o.index)
	var xs []string
	for _, v := range o.of.x.Slice(0, o.index, o.index+1).Data() {
		xs = append(xs, short(v))
	}
	switch {
	case len(xs) == 1:
		return fmt.Sprintf("x = %s, t = %s", xs[0], t)
	case len(xs) > 4:
		return fmt.Sprintf("observation %d, t = %s", o.index+1, t)
	}
	return fmt.Sprintf("x = (%s), t = %s", strings.Join(xs, ", "), t)
}

// short writes a number of the data with two decimals, fewer if it has fewer.
func short(v float64) string { return draw.Powers(draw.Num(v)) }

// gradients draws the network with the gradients for the observation as lines, and in each unit its δ and
// its activation.
func (o observation) gradients(n *draw.Node, box draw.Box) {
	f := o.of
	dg := f.network(n, box, "Gradients and δ of one observation", signalsRoom, func(i int) string { return short(f.x.At(o.index, i)) })
	states, frames := f.states(func(p training.Parameters) state { return f.observed(p, o.index) })
	largest := f.edges(dg, frames, func(edge *draw.Node, gradients []float64, largest float64) {
		signed(edge, gradients, func(size float64) float64 { return gradientWidth(size, largest) })
	})
	f.eachUnit(func(l, j int) {
		f.unitSignals(n, dg, l, j, states, func(s signals) (string, string) { return small(s.delta[j]), small(s.a[j]) })
	})
	gradientsLegend(n, box, draw.Plain(o.String())+"; in each unit: δ, and below it a", "g′(z)",
		append(signs(), draw.Entry{Label: "|∂E/∂w| = " + small(largest), Line: &draw.Stroke{Width: widestGradient}})...)
}
