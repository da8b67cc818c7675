package autograd

// GLU returns a ⊙ σ(b), the gated linear unit, where a is the first half of x along the axis and b the
// second. It panics if x's length there is odd. (Dauphin et al., 2017)
//
//	∂L/∂a = ∂L/∂y ⊙ σ(b)    ∂L/∂b = ∂L/∂y ⊙ a ⊙ σ(b) ⊙ (1 − σ(b))
func (x *Node) GLU(axis int) *Node {
	axis = x.axis("GLU", axis)
	n := x.value.Dim(axis)
	if n%2 != 0 {
		fail("GLU", "%v has an odd length on axis %d: it can't be halved", x, axis)
	}
	return x.Slice(axis, 0, n/2).Mul(x.Slice(axis, n/2, n).Sigmoid())
}
