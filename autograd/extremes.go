package autograd

import "gentlegrad/tensor"

// Functions that choose between numbers, element by element, broadcast. What is not chosen gets no gradient, not even of
// an infinite or NaN ∂L/∂z. The result is NaN where an input is, and then it counts as chosen.

// Maximum returns the larger of x and y, broadcast; NaN where either is.
//
//	∂L/∂x = ∂L/∂z where x > y, half of it where x = y, and 0 where x < y    ∂L/∂y likewise
func (x *Node) Maximum(y *Node) *Node { return apply(maximum, x, y) }

// Minimum returns the smaller of x and y, broadcast; NaN where either is.
//
//	∂L/∂x = ∂L/∂z where x < y, half of it where x = y, and 0 where x > y    ∂L/∂y likewise
func (x *Node) Minimum(y *Node) *Node { return apply(minimum, x, y) }

// ClampMin returns x where it is at least lo, and lo elsewhere. It differs from Maximum where x is lo.
//
//	∂L/∂x = ∂L/∂z where x ≥ lo, else 0    ∂L/∂lo = ∂L/∂z where x < lo, else 0
func (x *Node) ClampMin(lo *Node) *Node { return apply(clampMin, x, lo) }

// ClampMax returns x where it is at most hi, and hi elsewhere. It differs from Minimum where x is hi.
//
//	∂L/∂x = ∂L/∂z where x ≤ hi, else 0    ∂L/∂hi = ∂L/∂z where x > hi, else 0
func (x *Node) ClampMax(hi *Node) *Node { return apply(clampMax, x, hi) }

var (
	maximum = &pointwise2Op{"Maximum", (*tensor.Tensor).Maximum, vjps{
		func(x, y, _, dz *Node) *Node { return dz.shared(x.Lt(y), x.Eq(y)) },
		func(x, y, _, dz *Node) *Node { return dz.shared(y.Lt(x), x.Eq(y)) },
	}}
	minimum = &pointwise2Op{"Minimum", (*tensor.Tensor).Minimum, vjps{
		func(x, y, _, dz *Node) *Node { return dz.shared(x.Gt(y), x.Eq(y)) },
		func(x, y, _, dz *Node) *Node { return dz.shared(y.Gt(x), x.Eq(y)) },
	}}
	clampMin = &pointwise2Op{"ClampMin", (*tensor.Tensor).Maximum, vjps{
		func(x, lo, _, dz *Node) *Node { return Where(x.Lt(lo), Scalar(0), dz) },
		func(x, lo, _, dz *Node) *Node { return Where(x.Lt(lo), dz, Scalar(0)) },
	}}
	clampMax = &pointwise2Op{"ClampMax", (*tensor.Tensor).Minimum, vjps{
		func(x, hi, _, dz *Node) *Node { return Where(x.Gt(hi), Scalar(0), dz) },
		func(x, hi, _, dz *Node) *Node { return Where(x.Gt(hi), dz, Scalar(0)) },
	}}
)

// shared returns dz, but nothing where another is chosen, and half where both are.
func (dz *Node) shared(other, both *Node) *Node {
	return Where(other, Scalar(0), Where(both, dz.Scale(.5), dz))
}

// Clamp returns x, but lo where it is less and hi where it is more, all broadcast; hi where lo > hi. Either bound may be nil,
// for none. It panics if both are.
//
//	∂L/∂x = ∂L/∂z where lo ≤ x ≤ hi, else 0
//	∂L/∂lo = ∂L/∂z where x < lo ≤ hi, else 0    ∂L/∂hi = ∂L/∂z where x or lo > hi, else 0
func (x *Node) Clamp(lo, hi *Node) *Node {
	if lo == nil && hi == nil {
		fail("Clamp", "there is neither a lower nor an upper bound")
	}
	if lo != nil {
		x = x.ClampMin(lo)
	}
	if hi != nil {
		x = x.ClampMax(hi)
	}
	return x
}

// ClampScalar is Clamp for numbers; ∓Inf is no bound.
func (x *Node) ClampScalar(lo, hi float64) *Node { return x.Clamp(Scalar(lo), Scalar(hi)) }

// MaskedFill returns value where the mask is 1, and x where it is 0, all broadcast. It panics if the mask holds anything but
// zeros and ones.
//
//	∂L/∂x = ∂L/∂z where mask is 0, else 0    ∂L/∂value = ∂L/∂z where mask is 1, else 0
func (x *Node) MaskedFill(mask, value *Node) *Node { return Where(mask, value, x) }

// PReLU returns x where it is positive and w·x elsewhere: a ReLU that leaks as much as it learns to. The weight w is one
// number, or a vector of one for each channel, which are axis 1 of x.
//
//	∂L/∂x = ∂L/∂z where x > 0, else ∂L/∂z ⊙ w    ∂L/∂w = ∂L/∂z ⊙ x where x ≤ 0, else 0
//
// K. He and others, Delving deep into rectifiers, 2015. It panics if there are not as many weights as channels.
func (x *Node) PReLU(weight *Node) *Node {
	mustBeNode("PReLU", x, weight)
	shape := x.value.Shape()
	switch n := weight.value.Len(); {
	case n == 1:
		weight = weight.Reshape()
	case weight.value.Rank() == 1 && len(shape) > 1 && shape[1] == n:
		weight = weight.alongChannels("PReLU", n, len(shape)-2)
	default:
		fail("PReLU", "the weight has shape %v; it is one number, or one for each channel, axis 1 of shape %v", weight.value.Shape(), shape)
	}
	return Where(x.Gt(Scalar(0)), x, x.Mul(weight))
}
