package autograd

import (
	"math"
	"slices"

	"gentlegrad/tensor"
)

// Var returns the variance of x over the axes, which are removed, or over all if none is given. With n
// elements that become one, and their mean m, it is
//
//	y = Σ (x−m)² / max(n − correction, 0)    ∂L/∂x = ∂L/∂y ⊙ 2(x−m) / max(n − correction, 0)
//
// A correction of 1, Bessel's, estimates the variance from a sample; 0 gives the variance of the elements
// themselves; it may be any number. The differences are taken first, so that a large mean costs no
// digits. Where the divisor is 0, it is NaN for no elements or equal ones, and otherwise +Inf.
func (x *Node) Var(correction float64, axes ...int) *Node {
	axes = x.axesOrAll("Var", axes)
	n := float64(x.value.Count(axes...))
	return x.centred(axes).Square().Sum(axes...).Div(Scalar(max(n-correction, 0)))
}

// Std returns the standard deviation y of x over the axes, the square root of Var.
//
//	∂L/∂x = ∂L/∂y ⊙ (x−m) / (y ⊙ max(n − correction, 0))    (0 where y is 0, at every order)
func (x *Node) Std(correction float64, axes ...int) *Node {
	axes = x.axesOrAll("Std", axes)
	n := float64(x.value.Count(axes...))
	return x.centred(axes).Norm(2, axes...).Div(Scalar(math.Sqrt(max(n-correction, 0)))) // which does not overflow
}

// Prod returns the product of x over the axes, which are removed, or of all elements if no axis is given.
// The product of no elements is 1.
//
//	∂L/∂xᵢ = ∂L/∂y Π xⱼ over the j ≠ i
//
// The product of the others is made of those before and those after i, not by division: so it is right
// with zeros, and at every order.
func (x *Node) Prod(axes ...int) *Node {
	x, axis := x.asOneAxis("Prod", axes)
	return x.reduction("Prod", []int{axis},
		func(y *Node) { y.value.Prod(y.inputs[0].value, axis) },
		func(x, _ *Node) *Node { return x.prodOfOthers(axis) })
}

// prodOfOthers returns for each element of x the product of the others along the axis.
func (x *Node) prodOfOthers(axis int) *Node {
	before := x.CumProd(axis).productBefore(axis)
	behind := x.Flip(axis).CumProd(axis).productBefore(axis).Flip(axis)
	return before.Mul(behind)
}

// Max returns the largest elements of x over the axes, which are removed, or the largest of all if no
// axis is given; NaN if there is one. Equal ones share the gradient evenly; MaxAlong chooses the first.
// It panics if there are no elements to choose from.
//
//	∂L/∂x = ∂L/∂y / (how often y is there) where x = y, or both are NaN, else 0
func (x *Node) Max(axes ...int) *Node {
	return apply(&extremeOp{"Max", (*tensor.Tensor).Max, slices.Clone(axes)}, x)
}

// Min returns the smallest elements of x over the axes, as Max does the largest.
//
//	∂L/∂x = ∂L/∂y / (how often y is there) where x = y, or both are NaN, else 0
func (x *Node) Min(axes ...int) *Node {
	return apply(&extremeOp{"Min", (*tensor.Tensor).Min, slices.Clone(axes)}, x)
}

type extremeOp struct {
	unary
	forward func(y, x *tensor.Tensor, axes ...int) *tensor.Tensor
	axes    []int
}

func (op *extremeOp) Forward(y *Node) { op.forward(y.value, y.inputs[0].value, op.axes...) }

func (op *extremeOp) VJP(y *Node, _ int, dy *Node) *Node {
	x, chosen := y.inputs[0], op.chosen(y)
	return Where(chosen, dy.chainDiv(chosen.Sum(op.axes...)).putBack(op.axes, x), Scalar(0))
}

func (op *extremeOp) JVP(y *Node, dx []*Node) *Node {
	chosen := op.chosen(y)
	return Where(chosen, dx[0], Scalar(0)).Sum(op.axes...).chainDiv(chosen.Sum(op.axes...))
}

// chosen returns the mask of the elements of x that equal y, or that are NaN.
func (op *extremeOp) chosen(y *Node) *Node {
	x := y.inputs[0]
	return x.Eq(y.putBack(op.axes, x)).Add(x.Ne(x))
}
