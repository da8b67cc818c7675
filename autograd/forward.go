package autograd

import "gentlegrad/tensor"

// A JVPer is an Op with a rule of its own for forward mode. For other Ops the engine derives the rule
// from VJP, which is linear in dy: the rule is the transpose of that linear function.
type JVPer interface {
	Op

	// JVP returns the Jacobian–vector product ẏ = Σ ∂y/∂xᵢ ẋᵢ over the inputs, in y's shape or one that
	// broadcasts to it; nil means zero. dx[i] is ẋᵢ, in xᵢ's shape, or nil for zero; at least one is not
	// nil. Like VJP, it is built from operations on nodes. [gentlegrad/autograd/gradcheck] compares it
	// with VJP.
	JVP(y *Node, dx []*Node) *Node
}

// JVP returns the Jacobian–vector product of y, of any shape, with the tangents dxs of the nodes xs: the
// derivative of y in the direction in which each x changes by its dx. This is forward mode: it walks y's
// graph from the leaves to y, operands before results. So it costs about as much as computing y again,
// however many elements y and the xs have; VJP and Grad are cheaper where y has few elements and the xs
// have many. The result, of y's shape, is a node that can be differentiated further.
//
// It panics unless there is a tangent for each x, of its shape; and if an x is a Constant, if y was not
// recorded, or if a leaf was modified since.
func JVP(y *Node, xs, dxs []*Node) *Node {
	mustBeNode("JVP", y)
	if len(xs) != len(dxs) {
		fail("JVP", "there are %d nodes and %d tangents; each node needs one", len(xs), len(dxs))
	}
	for i, x := range xs {
		mustNeedGradient("JVP", x)
		mustBeNode("JVP", dxs[i])
		if !tensor.SameShape(x.value, dxs[i].value) {
			fail("JVP", "the tangent of %v is %v; it needs the same shape", x, dxs[i])
		}
	}
	return pushForward("JVP", y, 0, xs, dxs).dependingOn(y)
}

// pushForward is JVP, where nil is zero and nodes older than since count as leaves.
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

// push returns the tangent of y that comes from the tangents of its inputs.
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

// jvp asks y's rule, or derives it. With gᵢ(v) = VJPᵢ(v) = Jᵢᵀv, the gradient of Σᵢ gᵢ(v) ⊙ ẋᵢ by v is
// Σᵢ Jᵢẋᵢ. As VJPs are linear in v, any v will do; at 0 nothing overflows.
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

// sumOver returns the sum of f over the tangents that are not zero; nil is zero.
func sumOver(dx []*Node, f func(i int, d *Node) *Node) *Node {
	var sum *Node
	for i, d := range dx {
		if d != nil {
			sum = plus(sum, f(i, d))
		}
	}
	return sum
}

// symmetricJVP is the JVP of an op whose Jacobians are symmetric, such as the diagonal ones of an op that
// is applied element by element. They are their own transposes, so the rules of reverse mode serve.
func symmetricJVP(y *Node, dx []*Node) *Node {
	return sumOver(dx, func(i int, d *Node) *Node { return y.op.VJP(y, i, d) })
}
