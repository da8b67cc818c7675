package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// An Attention says what queries may attend to. The zero Attention lets each attend to all keys.
type Attention struct {
	Mask   *Node   // 1 where a query may attend to a key, else 0; broadcast to the scores […, L, S]; nil is all ones
	Bias   *Node   // added to the scores, and broadcast likewise; −Inf masks too
	Causal bool    // query i may attend to the keys 0 … i only
	Scale  float64 // of the scores; 0 is 1/√E
}

// ScaledDotProductAttention returns, for each query, the mean of the values, weighted by how well their
// keys match the query: queries q […, L, E], keys k […, S, E] and values v […, S, V] give […, L, V]. The
// axes before these broadcast.
//
//	y = softmax(scale · q·kᵀ + bias) · v, over the keys, where a masked score is −Inf
//
// A query that may attend to no key gets zeros, and gives no gradient. No gradient flows to the mask.
//
// If the axis before these counts heads, q may have a multiple of the heads of k and v: then each group
// of neighbouring heads of q shares one head of k and v (grouped-query attention). It panics if the
// shapes do not fit, and if the mask holds anything but zeros and ones. (Vaswani et al., 2017; Ainslie et
// al., 2023)
func ScaledDotProductAttention(q, k, v *Node, o Attention) *Node {
	const op = "ScaledDotProductAttention"
	for _, x := range []*Node{q, k, v} {
		mustBeNode(op, x)
		if len(x.Shape()) < 2 {
			fail(op, "%v needs at least two axes", x)
		}
	}
	switch e, s := k.value.Dim(-1), k.value.Dim(-2); {
	case q.value.Dim(-1) != e:
		fail(op, "the queries %v and the keys %v differ in their last axis, the length of a vector", q, k)
	case v.value.Dim(-2) != s:
		fail(op, "there are %d keys %v and %d values %v; each key needs one", s, k, v.value.Dim(-2), v)
	}
	if o.Scale == 0 {
		o.Scale = 1 / math.Sqrt(float64(q.value.Dim(-1)))
	}
	scores := byHeads(op, q.Scale(o.Scale), k, (*Node).MatMulNT)
	for _, x := range []*Node{o.Mask, o.Bias} {
		if x != nil && !tensor.Broadcasts(x.Value(), scores.value) {
			fail(op, "the mask or bias %v does not broadcast to the scores, of shape %v", x, scores.value.Shape())
		}
	}
	if o.Bias != nil {
		scores = scores.Add(o.Bias)
	}
	masked := Scalar(math.Inf(-1))
	if o.Mask != nil {
		if data := o.Mask.value.Data(); slices.ContainsFunc(data, func(v float64) bool { return v != 0 && v != 1 }) {
			fail(op, "the mask %v may hold only ones, where a query may attend to a key, and zeros; numbers to add to the scores go into Bias", o.Mask)
		}
		scores = Where(o.Mask, scores, masked)
	}
	if o.Causal {
		past := Scalar(1).BroadcastTo(q.value.Dim(-2), k.value.Dim(-2)).Tril(0)
		scores = Where(Constant(past.value), scores, masked) // a leaf, which a plan does not compute again
	}
	return byHeads(op, scores.Softmax(-1), v, (*Node).MatMul)
}

// byHeads multiplies the matrices x […, heads, ·, ·] by y […, groups, ·, ·]. Each group's matrix is
// shared by heads/groups neighbouring heads.
func byHeads(op string, x, y *Node, multiply func(x, y *Node) *Node) *Node {
	if x.value.Rank() < 3 || y.value.Rank() < 3 {
		return multiply(x, y)
	}
	heads, groups := x.value.Dim(-3), y.value.Dim(-3)
	if heads == groups || heads == 1 { // it broadcasts
		return multiply(x, y)
	}
	if groups == 0 || heads%groups != 0 {
		fail(op, "%d heads of queries can't share %d heads of keys or values; a multiple is needed", heads, groups)
	}
	shape := x.value.Shape()
	a := len(shape) - 3
	z := multiply(x.Reshape(join(shape[:a], groups, heads/groups, shape[a+1], shape[a+2])...), y.Unsqueeze(-3))
	shape = z.value.Shape()
	return z.Reshape(join(shape[:a], heads, shape[a+2], shape[a+3])...)
}
