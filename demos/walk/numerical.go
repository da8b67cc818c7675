package walk

import (
	"cmp"
	"math"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// A Numerical is the numerical gradient of a node, with the largest error bound of its elements.
type Numerical struct {
	Gradient *tensor.Tensor
	Bound    float64
}

// Beyond these sizes a numerical gradient takes too long.
const mostElements, mostNodes = 32, 100

// numerical returns the numerical gradient of node i: that of the loss as a function of the node's
// value, from which the rest of the graph is computed again. It is nil if there is none, since the
// node is large or at a kink, or operations may draw random numbers.
func (w *Walk) numerical(i int) *Numerical {
	x, loss := &w.Nodes[i], w.Nodes[len(w.Nodes)-1].node
	if x.Value.Len() > mostElements || len(w.Nodes) > mostNodes || loss.Context().Rand != nil {
		return nil
	}
	f := func(xs ...*autograd.Node) *autograd.Node { return w.again(i, xs[0]) }
	values, bounds, err := gradcheck.Numerical(f, x.Value)
	if err != nil {
		return nil
	}
	n := &Numerical{Gradient: values[0].Reshape(x.Value.Shape()...)}
	for _, b := range bounds[0].Data() {
		n.Bound = math.Max(n.Bound, b)
	}
	if math.IsInf(n.Bound, 0) || math.IsNaN(n.Bound) {
		return nil
	}
	return n
}

// again returns the loss computed again with x for node i.
func (w *Walk) again(i int, x *autograd.Node) *autograd.Node {
	last := len(w.Nodes) - 1
	nodes := make([]*autograd.Node, len(w.Nodes)) // nil for those that do not depend on x
	nodes[i] = x
	for k := i + 1; k <= last; k++ {
		n := &w.Nodes[k]
		depends := false
		inputs := make([]*autograd.Node, len(n.Inputs))
		for j, in := range n.Inputs {
			depends = depends || nodes[in] != nil
			inputs[j] = cmp.Or(nodes[in], w.Nodes[in].node)
		}
		if depends {
			nodes[k] = autograd.Apply(unobserved{n.node.Op()}, inputs...)
		}
	}
	return nodes[last]
}

// An unobserved operation is no Observer, whose After would count this as a run.
type unobserved struct{ autograd.Op }
