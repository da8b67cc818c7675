package autograd

import "gentlegrad/tensor"

// The products of the chain rule give exactly 0 where no gradient comes in, even if the slope is infinite
// or NaN: so masking works. Let C₁(a, b) = a·b, but 0 where a is 0, and C₂(a, b) = a·b, but 0 where
// either is 0. The gradients of both are made of these two, so this holds at every order:
//
//	∂L/∂a = Cₖ(∂L/∂z, b)    ∂L/∂b = C₂(∂L/∂z, a)    for z = Cₖ(a, b)
//
// At first order it is C₁: where a slope is 0, C₂ would hide a NaN in the incoming gradient.

// Chain returns dy ⊙ slope, broadcast, but 0 where dy is exactly 0, even if the slope is infinite or NaN
// there. Gradient rules with a slope use it, so that no gradient means no gradient.
//
//	∂L/∂dy = ∂L/∂z ⊙ slope    (0 where ∂L/∂z is exactly 0)
//	∂L/∂slope = ∂L/∂z ⊙ dy    (0 where either is exactly 0)
func (dy *Node) Chain(slope *Node) *Node { return apply(chain1, dy, slope) }

func (x *Node) chain2(y *Node) *Node { return apply(chain2, x, y) }

// chainDiv returns dy / y, broadcast, but 0 where dy is exactly 0, even if y is 0.
//
//	∂L/∂dy = ∂L/∂z / y    ∂L/∂y = −∂L/∂z ⊙ z / y    (likewise)
func (dy *Node) chainDiv(y *Node) *Node { return apply(chainDiv, dy, y) }

var chain1, chain2, chainDiv = new(pointwise2Op), new(pointwise2Op), new(pointwise2Op)

func init() {
	*chain1 = pointwise2(&tensor.Chain, vjps{
		func(_, b, _, dz *Node) *Node { return dz.Chain(b) },
		func(a, _, _, dz *Node) *Node { return dz.chain2(a) },
	})
	*chain2 = pointwise2(&tensor.Chain2, vjps{
		func(_, b, _, dz *Node) *Node { return dz.chain2(b) },
		func(a, _, _, dz *Node) *Node { return dz.chain2(a) },
	})
	*chainDiv = pointwise2(&tensor.ChainDiv, vjps{
		func(_, b, _, dz *Node) *Node { return dz.chainDiv(b) },
		func(_, b, z, dz *Node) *Node { return dz.chain2(z.chainDiv(b)).Neg() },
	})
}
