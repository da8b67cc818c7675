package autograd

import "gentlegrad/tensor"

// Functions that choose between numbers, element by element, broadcast. What is not chosen gets no
// gradient, even where ∂L/∂z is infinite or NaN. The result is NaN where an input is. There both inputs
// of Maximum and Minimum get the gradient, and of a clamp x does.

// Maximum returns the larger of x and y, broadcast; NaN where either is.
//
//	∂L/∂x = ∂L/∂z where x > y, half of it where x = y, and 0 where x < y    ∂L/∂y likewise
func (x *Node) Maximum(y *Node) *Node { return apply(maximum, x, y) }

// Minimum returns the smaller of x and y, broadcast; NaN where either is.
//
//	∂L/∂x = ∂L/∂z where x < y, half of it where x = y, and 0 where x > y    ∂L/∂y likewise
func (x *Node) Minimum(y *Node) *Node { return apply(minimum, x, y) }

// ClampMin returns x, but lo where x is less; NaN where either is. Unlike Maximum, it gives x all of the
// gradient where x = lo.
//
//	∂L/∂x = 0 where x < lo, else ∂L/∂z    ∂L/∂lo = ∂L/∂z where x < lo, else 0
func (x *Node) ClampMin(lo *Node) *Node { return apply(clampMin, x, lo) }

// ClampMax returns x, but hi where x is more; NaN where either is. Unlike Minimum, it gives x all of the
// gradient where x = hi.
//
//	∂L/∂x = 0 where x > hi, else ∂L/∂z    ∂L/∂hi = ∂L/∂z where x > hi, else 0
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

// shared returns dz, but 0 where the other input is chosen, and half of dz where both are.
func (dz *Node) shared(other, both *Node) *Node {
	return Where(other, Scalar(0), Where(both, dz.Scale(.5), dz))
}

// Clamp returns x, but lo where x is less and hi where x is more, all broadcast; where lo > hi it returns
// hi, and where x or a bound is NaN, NaN. Either bound may be nil, for none. It panics if both are nil.
//
//	∂L/∂x = 0 where x < lo or x > hi, else ∂L/∂z
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

// ClampScalar is Clamp for numbers; lo = −Inf or hi = +Inf is no bound.
func (x *Node) ClampScalar(lo, hi float64) *Node {
	return gated("Clamp", func(z, x []float64) {
		for i, v := range x {
			z[i] = min(max(v, lo), hi)
		}
	}, func(dx, x, dy []float64) {
		for i, v := range x {
			dx[i] = either(v < lo, 0, either(max(v, lo) > hi, 0, dy[i]))
		}
	}).Of(x)
}

// MaskedFill returns value where the mask is 1, and x where it is 0, all broadcast. It panics if the mask
// holds anything but zeros and ones.
//
//	∂L/∂x = ∂L/∂z where mask is 0, else 0    ∂L/∂value = ∂L/∂z where mask is 1, else 0
func (x *Node) MaskedFill(mask, value *Node) *Node { return Where(mask, value, x) }

// PReLU returns x where x is positive and w·x elsewhere: a ReLU with a slope below 0 that is learned. The
// weight w is one number, or a vector with one for each channel; the channels are axis 1 of x.
//
//	∂L/∂x = ∂L/∂z where x > 0, else ∂L/∂z ⊙ w    ∂L/∂w = 0 where x > 0, else ∂L/∂z ⊙ x
//
// K. He and others, Delving deep into rectifiers, 2015. It panics unless there are as many weights as
// channels, or one.
func (x *Node) PReLU(weight *Node) *Node {
	mustBeNode("PReLU", x, weight)
	shape := x.value.Shape()
	switch n := weight.value.Len(); {
	case n == 1:
		weight = weight.Reshape()
	case weight.value.Rank() == 1 && len(shape) > 1 && shape[1] == n:
		weight = weight.alongChannels("PReLU", n, len(shape)-2)
	default:
		fail("PReLU", "the weight has shape %v; it must be one number, or one for each channel, axis 1 of shape %v", weight.value.Shape(), shape)
	}
	return Where(x.Gt(Scalar(0)), x, x.Mul(weight))
}
