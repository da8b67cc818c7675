package autograd

import (
	"slices"

	"gentlegrad/tensor"
)

// A JVPer is an Op with a rule of its own for forward mode. Without one the engine derives it from
// VJP, which is linear in dy: the transpose of that linear function is the rule.
type JVPer interface {
	Op

	// JVP returns the Jacobian–vector product ẏ = Σ ∂y/∂xᵢ ẋᵢ over the inputs, of y's shape, or one
	// that broadcasts to it; nil means zero. dx[i] is ẋᵢ, of xᵢ's shape; nil is zero, and at least one is
	// not nil. It is built from operations on nodes, as VJP is. [gentlegrad/autograd/gradcheck]
	// compares it with VJP.
	JVP(y *Node, dx []*Node) *Node
}

// JVP returns the Jacobian–vector product of y, of any shape, with the tangents dxs of the nodes xs:
// the derivative of y in the direction in which each x changes by its dx. It is forward mode: it walks the
// graph that y was computed by from the leaves to y, operands before results, so it costs about as much as
// computing y again, however many numbers y and the xs have; VJP and Grad are cheaper where y has few
// numbers and the xs have many. The result, of y's shape, is a node, to be differentiated further.
//
// It panics unless there is a tangent for each x, of its shape, if an x is a Constant, if y was not recorded, and if a leaf was
// modified since.
func JVP(y *Node, xs, dxs []*Node) *Node {
	mustBeNode("JVP", y)
	if len(xs) != len(dxs) {
		fail("JVP", "there are %d nodes and %d tangents", len(xs), len(dxs))
	}
	for i, x := range xs {
		mustNeedGradient("JVP", x)
		mustBeNode("JVP", dxs[i])
		if !tensor.SameShape(x.value, dxs[i].value) {
			fail("JVP", "the tangent of %v is %v, of another shape", x, dxs[i])
		}
	}
	return pushForward("JVP", y, 0, xs, dxs).dependingOn(y)
}

// pushForward is JVP, where nil is zero, that goes back no further than nodes which are older than since.
func pushForward(op string, y *Node, since uint64, xs, dxs []*Node) *Node {
	mustBeRecorded(op, y)
	var g index
	g.order(y, false, since)
	at := make([]*Node, len(g.list)) // the tangents, by place; nil is zero
	for i, x := range xs {
		if place := g.find(x); place >= 0 {
			at[place] = plus(at[place], dxs[i])
		}
	}
	for place, y := range g.list {
		if y.number >= since {
			y.mustBeCurrent(op)
			at[place] = plus(at[place], g.push(y, at))
		}
	}
	return at[len(at)-1]
}

// push returns the tangent of y that comes from those of its inputs.
func (g *index) push(y *Node, at []*Node) *Node {
	dx := make([]*Node, len(y.inputs))
	zero := true
	for i, x := range y.inputs {
		if x.needs {
			dx[i] = at[g.find(x)]
			zero = zero && dx[i] == nil
		}
	}
	if zero {
		return nil
	}
	dy := jvp(y, dx)
	switch {
	case dy == nil || tensor.SameShape(dy.value, y.value):
		return dy
	case !tensor.Broadcasts(dy.value, y.value):
		fail(y.op.Name(), "the JVP has shape %v, the result has %v", dy.value.Shape(), y.value.Shape())
	}
	return dy.BroadcastTo(y.value.Shape()...)
}

// jvp asks y's rule, or derives it: with gᵢ(v) = VJPᵢ(v) = Jᵢᵀv, the gradient of Σᵢ gᵢ(v) ⊙ ẋᵢ by v is Σᵢ Jᵢẋᵢ.
// That of VJPs is linear in v, so any v does; 0 is one at which nothing overflows.
func jvp(y *Node, dx []*Node) *Node {
	if op, ok := y.op.(JVPer); ok {
		return op.JVP(y, dx)
	}
	mark := numbers.Load() + 1
	v := Variable(new(tensor.Tensor).Like(y.value).Fill(0))
	sum := sumOver(dx, func(i int, d *Node) *Node {
		g := y.op.VJP(y, i, v)
		if g == nil {
			return nil
		}
		return fitting(y, i, g).Mul(d).Sum()
	})
	if sum == nil {
		return nil
	}
	return vjpOrNil("JVP", sum, constantLike(sum, 1), mark, []*Node{v})[0]
}

// plus returns x + y, where nil is zero.
func plus(x, y *Node) *Node {
	switch {
	case x == nil:
		return y
	case y == nil:
		return x
	}
	return x.Add(y)
}

// sumOver returns the sum of f of the tangents that are not zero; nil is zero.
func sumOver(dx []*Node, f func(i int, d *Node) *Node) *Node {
	var sum *Node
	for i, d := range dx {
		if d != nil {
			sum = plus(sum, f(i, d))
		}
	}
	return sum
}

// eachJVP is the JVP of an op that is linear in each input where the others are held: a sum over the inputs
// of the op with that one replaced by its tangent.
func eachJVP(y *Node, dx []*Node) *Node {
	return sumOver(dx, func(i int, d *Node) *Node {
		xs := slices.Clone(y.inputs)
		xs[i] = d
		return apply(y.op, xs...)
	})
}

// symmetricJVP is the JVP of an op whose Jacobians are symmetric, as they are of one that is applied element by element, where they
// are diagonal: they are their own transposes, so the rules of reverse mode serve.
func symmetricJVP(y *Node, dx []*Node) *Node {
	return sumOver(dx, func(i int, d *Node) *Node { return y.op.VJP(y, i, d) })
}
