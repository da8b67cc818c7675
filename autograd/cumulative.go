package autograd

import (
	"math"

	"gentlegrad/tensor"
)

// CumSum returns the cumulative sums of x along the axis.
//
//	yₖ = Σ xᵢ over i ≤ k    ∂L/∂xᵢ = Σ ∂L/∂yₖ over k ≥ i
func (x *Node) CumSum(axis int) *Node {
	return x.linear("CumSum",
		func(y, x *tensor.Tensor) { y.CumSum(x, axis) },
		func(_, dy *Node) *Node { return dy.Flip(axis).CumSum(axis).Flip(axis) })
}

// CumProd returns the cumulative products of x along the axis.
//
//	yₖ = Π xᵢ over i ≤ k    ∂L/∂xᵢ = yᵢ₋₁ rᵢ, where rᵢ = ∂L/∂yᵢ + xᵢ₊₁ rᵢ₊₁
//
// There is no division, so it is right with zeros, at every order. It takes time linear in the length of
// the axis.
func (x *Node) CumProd(axis int) *Node {
	return apply(cumProdOp{x.axis("CumProd", axis)}, x)
}

type cumProdOp struct{ axis int }

func (cumProdOp) Name() string { return "CumProd" }

func (cumProdOp) arity() int { return 1 }

func (op cumProdOp) Forward(y *Node) { y.value.CumProd(y.inputs[0].value, op.axis) }

func (op cumProdOp) VJP(y *Node, _ int, dy *Node) *Node {
	return recurrence(y.inputs[0], dy, op.axis, true).Chain(y.productBefore(op.axis))
}

func (op cumProdOp) JVP(y *Node, dx []*Node) *Node {
	return recurrence(y.inputs[0], dx[0].Chain(y.productBefore(op.axis)), op.axis, false)
}

// productBefore returns, for cumulative products y, the product of what comes before each element; the
// first is 1.
func (y *Node) productBefore(axis int) *Node {
	shape := y.value.Shape()
	n := shape[axis]
	if n == 0 {
		return y
	}
	shape[axis] = 1
	return Concat(axis, Scalar(1).BroadcastTo(shape...), y.Slice(axis, 0, n-1))
}

// shift returns x moved along the axis by 1 or −1, to higher or lower indices, with zeros moved in.
//
//	∂L/∂x = ∂L/∂y, moved back
func (x *Node) shift(axis, by int) *Node {
	if x.value.Dim(axis) == 0 {
		return x
	}
	return x.Pad(axis, by, -by, 0)
}

// recurrence returns the linear recurrence r of a and b, of one shape, along an axis ≥ 0. It starts from
// the first element, or from the last if it is reverse:
//
//	rᵢ = bᵢ + aᵢ rᵢ₋₁    or, if it is reverse, from the last one    rᵢ = bᵢ + aᵢ₊₁ rᵢ₊₁
//
// a₀ is not used. Where the r in a product is exactly 0, the product is 0: r is a gradient, and the
// product C₁ of chain.go. As functions of b, the two directions are each other's transpose, so gradients
// of recurrences are recurrences.
//
//	∂L/∂b = s, the other recurrence of a and ∂L/∂r    ∂L/∂aᵢ = C₂(sᵢ, rᵢ₋₁), or C₂(sᵢ₋₁, rᵢ) if it is reverse
func recurrence(a, b *Node, axis int, reverse bool) *Node {
	return apply(recurrenceOp{"Recurrence", axis, reverse}, a, b)
}

type recurrenceOp struct {
	binary
	axis    int
	reverse bool
}

func (op recurrenceOp) Forward(r *Node) {
	a, b := r.inputs[0].value, r.inputs[1].value
	z, x := r.value.Copy(b).Data(), a.Data()
	n, step := b.Dim(op.axis), layoutOf(b).step[op.axis]
	from, by, link := step, step, 0 // the first element that has one before it, the step to the next, and where its a is
	if op.reverse {
		from, by, link = (n-2)*step, -step, step
	}
	for line := 0; line < len(z); line += n * step {
		for range n - 1 {
			for i := line + from; i < line+from+step; i++ {
				if before := z[i-by]; before != 0 {
					z[i] += float64(x[i+link] * before)
				}
			}
			from += by
		}
		from -= (n - 1) * by
	}
}

func (op recurrenceOp) VJP(r *Node, i int, dr *Node) *Node {
	s := recurrence(r.inputs[0], dr, op.axis, !op.reverse)
	switch {
	case i == 1:
		return s
	case op.reverse:
		return s.shift(op.axis, 1).chain2(r)
	}
	return s.chain2(r.shift(op.axis, 1))
}

func (op recurrenceOp) JVP(r *Node, dx []*Node) *Node {
	db := dx[1]
	if da := dx[0]; da != nil && op.reverse {
		db = plus(db, da.chain2(r).shift(op.axis, -1))
	} else if da != nil {
		db = plus(db, da.chain2(r.shift(op.axis, 1)))
	}
	return recurrence(r.inputs[0], db, op.axis, op.reverse)
}

// LogCumSumExp returns the logarithms of the cumulative sums of e^x along the axis. It does not overflow.
//
//	yₖ = log Σ e^xᵢ over i ≤ k    ∂L/∂xᵢ = e^(xᵢ−yᵢ) rᵢ, where rᵢ = ∂L/∂yᵢ + e^(yᵢ−yᵢ₊₁) rᵢ₊₁
//
// No exponent is positive. An element of −Inf has no gradient.
func (x *Node) LogCumSumExp(axis int) *Node {
	return apply(logCumSumExpOp{x.axis("LogCumSumExp", axis)}, x)
}

type logCumSumExpOp struct{ axis int }

func (logCumSumExpOp) Name() string { return "LogCumSumExp" }

func (logCumSumExpOp) arity() int { return 1 }

func (op logCumSumExpOp) Forward(y *Node) { y.value.LogCumSumExp(y.inputs[0].value, op.axis) }

func (op logCumSumExpOp) VJP(y *Node, _ int, dy *Node) *Node {
	return recurrence(op.decay(y), dy, op.axis, true).Chain(y.inputs[0].expOver(y))
}

func (op logCumSumExpOp) JVP(y *Node, dx []*Node) *Node {
	return recurrence(op.decay(y), dx[0].Chain(y.inputs[0].expOver(y)), op.axis, false)
}

// decay returns e^(yᵢ₋₁−yᵢ): the share of each sum that comes from before.
func (op logCumSumExpOp) decay(y *Node) *Node { return y.shift(op.axis, 1).expOver(y) }

// expOver returns e^x / e^y as e^(x−y), which is 0 where x is −Inf, even if y is.
func (x *Node) expOver(y *Node) *Node {
	return Where(x.Eq(Scalar(math.Inf(-1))), Scalar(0), x.Sub(y).Exp())
}

// CumMax returns the largest element of x so far, along the axis; NaN from the first NaN on. Of equal
// elements the last gets the gradient.
//
//	yₖ = max xᵢ over i ≤ k    ∂L/∂xᵢ = Σ ∂L/∂yₖ over the k of which xᵢ is the largest
func (x *Node) CumMax(axis int) *Node {
	return x.cumulative("CumMax", axis, 1)
}

// CumMin returns the smallest element of x so far, along the axis, as CumMax does the largest.
//
//	yₖ = min xᵢ over i ≤ k    ∂L/∂xᵢ = Σ ∂L/∂yₖ over the k of which xᵢ is the smallest
func (x *Node) CumMin(axis int) *Node {
	return x.cumulative("CumMin", axis, -1)
}

// cumulative returns for each element of x along the axis the largest one so far, or for the sign −1 the
// smallest; NaN counts as both.
func (x *Node) cumulative(op string, axis int, sign float64) *Node {
	axis = x.axis(op, axis)
	return x.selection(op, func(at *tensor.Tensor, y *Node) {
		x := y.inputs[0].value
		data, places := x.Data(), at.Like(x).Data()
		n, step := x.Dim(axis), layoutOf(x).step[axis]
		for line := 0; line < len(data); line += n * step {
			for i := line; i < line+n*step; i++ {
				places[i] = float64(i)
				if i < line+step {
					continue
				}
				if best := places[i-step]; keyOf(sign*data[i]) < keyOf(sign*data[int(best)]) {
					places[i] = best
				}
			}
		}
	})
}
