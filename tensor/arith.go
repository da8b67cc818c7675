package tensor

import "gentlegrad/tensor/internal/kernel"

// A loop2 is a kernel of two operands, each with len(z) elements or one.
type loop2 func(z, x, y []float64)

// Add sets z to x + y, element by element.
func (z *Tensor) Add(x, y *Tensor) *Tensor { return z.elementwise("Add", x, y, kernel.Add) }

// Sub sets z to x − y, element by element.
func (z *Tensor) Sub(x, y *Tensor) *Tensor { return z.elementwise("Sub", x, y, kernel.Sub) }

// Mul sets z to x · y, element by element; MatMul is the matrix product.
func (z *Tensor) Mul(x, y *Tensor) *Tensor { return z.elementwise("Mul", x, y, kernel.Mul) }

// Div sets z to x / y, element by element.
func (z *Tensor) Div(x, y *Tensor) *Tensor { return z.elementwise("Div", x, y, kernel.Div) }

// Pow sets z to x to the power of y, element by element, with the special cases
// of math.Pow: x⁰ and 1ʸ are 1 even for NaN, and a negative x to a power that is
// not whole is NaN.
func (z *Tensor) Pow(x, y *Tensor) *Tensor { return z.elementwise("Pow", x, y, kernel.Pow) }

// Maximum sets z to the larger of x and y, element by element; NaN if either is.
func (z *Tensor) Maximum(x, y *Tensor) *Tensor {
	return z.elementwise("Maximum", x, y, kernel.Maximum)
}

// Minimum sets z to the smaller of x and y, element by element; NaN if either is.
func (z *Tensor) Minimum(x, y *Tensor) *Tensor {
	return z.elementwise("Minimum", x, y, kernel.Minimum)
}

// AddScaled sets z to x + a·y, with product and sum rounded. It panics unless x and y have one shape.
func (z *Tensor) AddScaled(x *Tensor, a float64, y *Tensor) *Tensor {
	if !SameShape(x, y) {
		mustMatch("AddScaled", x, y)
	}
	if z == x {
		z.version++
	} else if !z.like("AddScaled", x) {
		x = z.apart(x)
	}
	if overlap(z.data, y.data) { // overlap, which is inlined, saves most a call
		y = z.apart(y)
	}
	kernel.AddScaled(z.data, x.data, a, y.data)
	return z
}

// Scale sets z to a·x.
func (z *Tensor) Scale(x *Tensor, a float64) *Tensor {
	if !z.renew(x) && !z.like("Scale", x) {
		x = z.apart(x)
	}
	kernel.Scale(z.data, a, x.data)
	return z
}

// AddScalar sets z to x + a.
func (z *Tensor) AddScalar(x *Tensor, a float64) *Tensor {
	if !z.renew(x) && !z.like("AddScalar", x) {
		x = z.apart(x)
	}
	kernel.Add(z.data, x.data, []float64{a})
	return z
}

// AddScaledDifference adds p = a·(x−y) to z, or sets an empty z to p, where p is 0 if a is exactly 0 and
// the product NaN. It panics unless all have one shape.
func (z *Tensor) AddScaledDifference(a float64, x, y *Tensor) *Tensor {
	if !SameShape(x, y) {
		mustMatch("AddScaledDifference", x, y)
	}
	fresh := z.renew(x) || z.like("AddScaledDifference", x)
	if !fresh {
		x, y = z.apart(x), z.apart(y)
	}
	kernel.ScaledDifference(z.data, a, x.data, y.data, !fresh)
	return z
}

// AddChain adds p = dy ⊙ slope to z, or sets an empty z to p, where p is 0 if dy is exactly 0 and the
// product NaN. It panics unless all have one shape.
func (z *Tensor) AddChain(dy, slope *Tensor) *Tensor {
	if !SameShape(dy, slope) {
		mustMatch("AddChain", dy, slope)
	}
	fresh := z.renew(dy) || z.like("AddChain", dy)
	if !fresh {
		dy, slope = z.apart(dy), z.apart(slope)
	}
	kernel.AddChain(z.data, dy.data, slope.data, !fresh)
	return z
}

func mustMatch(op string, x, y *Tensor) {
	x.mustBeSet(op)
	y.mustBeSet(op)
	if !SameShape(x, y) {
		fail(op, "shapes differ: %v and %v", x.Shape(), y.Shape())
	}
}

// elementwise sets z to f of x and y, broadcast.
func (z *Tensor) elementwise(op string, x, y *Tensor, f loop2) *Tensor {
	x.mustBeSet(op)
	y.mustBeSet(op)
	var fresh bool
	switch {
	case x.rank == y.rank && SameShape(x, y), len(y.data) == 1 && y.rank <= x.rank:
		fresh = z.renew(x) || z.like(op, x)
	case len(x.data) == 1 && x.rank <= y.rank:
		fresh = z.renew(y) || z.like(op, y)
	default:
		return z.broadcast(op, x, y, f)
	}
	if !fresh {
		if overlap(z.data, x.data) {
			x = z.apart(x)
		}
		if overlap(z.data, y.data) {
			y = z.apart(y)
		}
	}
	f(z.data, x.data, y.data)
	return z
}

// broadcast is elementwise for different shapes, each of which may be repeated.
func (z *Tensor) broadcast(op string, x, y *Tensor, f loop2) *Tensor {
	var room [maxRank]int
	z.prepare(op, mustBroadcast(op, x.shape(), y.shape(), &room))
	if len(z.data) == 0 {
		return z
	}
	x, y = z.apart(x), z.apart(y)
	if len(x.data) == len(z.data) && len(y.data) == len(z.data) { // the shapes differ only in axes of length 1
		f(z.data, x.data, y.data)
		return z
	}
	w := newWalk(z.shape(), x.shape(), y.shape())
	w.run(func(n, o, xo, yo, dx, dy int) {
		f(z.data[o:o+n], x.data[xo:xo+1+dx*(n-1)], y.data[yo:yo+1+dy*(n-1)])
	})
	return z
}

// Eq sets z to 1 where x = y and to 0 elsewhere; NaN equals nothing.
func (z *Tensor) Eq(x, y *Tensor) *Tensor {
	return z.elementwise("Eq", x, y, kernel.Eq)
}

// Ne sets z to 1 where x ≠ y and to 0 elsewhere; NaN differs from everything, NaN included.
func (z *Tensor) Ne(x, y *Tensor) *Tensor {
	return z.elementwise("Ne", x, y, kernel.Ne)
}

// Lt sets z to 1 where x < y and to 0 elsewhere.
func (z *Tensor) Lt(x, y *Tensor) *Tensor {
	return z.elementwise("Lt", x, y, kernel.Lt)
}

// Le sets z to 1 where x ≤ y and to 0 elsewhere.
func (z *Tensor) Le(x, y *Tensor) *Tensor {
	return z.elementwise("Le", x, y, kernel.Le)
}

// Gt sets z to 1 where x > y and to 0 elsewhere.
func (z *Tensor) Gt(x, y *Tensor) *Tensor {
	return z.elementwise("Gt", x, y, func(z, x, y []float64) { kernel.Lt(z, y, x) })
}

// Ge sets z to 1 where x ≥ y and to 0 elsewhere.
func (z *Tensor) Ge(x, y *Tensor) *Tensor {
	return z.elementwise("Ge", x, y, func(z, x, y []float64) { kernel.Le(z, y, x) })
}

// Where sets z to x where the mask is 1 and to y where it is 0, all broadcast. Elements that are not
// chosen have no effect, not even NaN. It panics if the mask holds anything but 0 and 1.
func (z *Tensor) Where(mask, x, y *Tensor) *Tensor {
	mask.mustBeSet("Where")
	x.mustBeSet("Where")
	y.mustBeSet("Where")
	if i := kernel.NotMask(mask.data); i >= 0 {
		fail("Where", "mask element %d is %v; it must be 0 or 1", i, mask.data[i])
	}
	var room, room2 [maxRank]int
	shape := mustBroadcast("Where", x.shape(), y.shape(), &room)
	shape = mustBroadcast("Where", mask.shape(), shape, &room2)
	if z.prepare("Where", shape); len(z.data) == 0 {
		return z
	}
	for _, operand := range [...]**Tensor{&mask, &x, &y} {
		if overlap(z.data, (*operand).data) {
			*operand = (*operand).Clone()
		}
	}
	z.repeat(y)
	w := newWalk(shape, mask.shape(), x.shape())
	w.run(func(n, o, m, at, dm, dx int) {
		kernel.Select(z.data[o:o+n], mask.data[m:m+1+dm*(n-1)], x.data[at:at+1+dx*(n-1)])
	})
	return z
}
