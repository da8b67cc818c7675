package autograd

import "math"

// Norm returns the p-norm of the vectors along the axes, which are removed, or of all of x if no axis is
// given. p may be any number; it panics if p is NaN.
//
//	y = (Σ |x|ᵖ)^(1/p)    ∂L/∂x = ∂L/∂y ⊙ sign(x) (|x|/y)^(p−1), which is x/y for p = 2
//
// For p = ∞ it is the largest |x|, and for p = −∞ the smallest, as Max and Min of Abs: equal ones share
// the gradient. For p = 0 it is the number of elements that are not 0, a constant without gradient.
// Vectors whose powers would overflow or underflow are scaled. Where y is 0, as for a vector of zeros,
// the gradient is 0 at every order; for p < 2 it is 0 where x is 0, too.
func (x *Node) Norm(p float64, axes ...int) *Node {
	switch {
	case p == 0:
		return x.Ne(Scalar(0)).Sum(axes...)
	case math.IsInf(p, 1):
		return x.Abs().Max(axes...)
	case math.IsInf(p, -1):
		return x.Abs().Min(axes...)
	case math.IsNaN(p):
		fail("Norm", "p is NaN")
	}
	x, axis := x.asOneAxis("Norm", axes)
	return x.reduction("Norm", []int{axis},
		func(y *Node) { y.value.Norm(y.inputs[0].value, p, axis) },
		func(x, y *Node) *Node { return x.slopeOfNorm(p, y.Unsqueeze(axis)) })
}

// slopeOfNorm returns the slope of the norm y.
func (x *Node) slopeOfNorm(p float64, y *Node) *Node {
	if p == 1 {
		return x.Sign()
	}
	zero, r := Scalar(0), x.Div(y)
	switch {
	case p == 2:
		return Where(y.Eq(zero), zero, r)
	case p < 0: // y is the smaller
		return Where(x.Eq(zero), zero, y.Div(x).Abs().PowScalar(1-p).Mul(x.Sign()))
	case math.Mod(p, 2) == 0:
		return Where(y.Eq(zero), zero, r.PowScalar(p-1))
	default:
		return Where(x.Eq(zero), zero, r.Abs().PowScalar(p-1).Mul(x.Sign()))
	}
}

// Normalize returns x with its vectors along the axis divided by their p-norms, so that their length is
// 1, or by eps where the norm is less: then vectors of zeros stay so, if eps > 0.
//
//	y = x/n for n = max(‖x‖, eps)    ∂L/∂x = ∂L/∂y / n − s Σ ∂L/∂y ⊙ y / n, where s is the slope of the norm (0 where it is < eps)
func (x *Node) Normalize(p float64, axis int, eps float64) *Node {
	axis = x.axis("Normalize", axis)
	length := x.Norm(p, axis).Unsqueeze(axis)
	return x.Div(length.ClampMin(Scalar(eps)))
}
