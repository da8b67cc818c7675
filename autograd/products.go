package autograd

// Products of vectors and tensors. The matrix product is in linear.go, Einsum in einsum.go.

// Dot returns the number Σᵢ xᵢ yᵢ for two vectors of the same length.
//
//	∂L/∂x = ∂L/∂z · y    ∂L/∂y = ∂L/∂z · x
func (x *Node) Dot(y *Node) *Node {
	if mustBeVectors("Dot", x, y); x.value.Len() != y.value.Len() {
		fail("Dot", "the vectors have %d and %d elements; they need equally many", x.value.Len(), y.value.Len())
	}
	return x.MatMul(y)
}

// Outer returns the matrix zᵢⱼ = xᵢ yⱼ of two vectors: [m] and [n] give [m, n].
//
//	∂L/∂x = ∂L/∂z · y    ∂L/∂y = ∂L/∂zᵀ · x
func (x *Node) Outer(y *Node) *Node {
	mustBeVectors("Outer", x, y)
	return x.Reshape(x.value.Len(), 1).Mul(y)
}

// MatVec returns the product of a matrix and a vector: [m, k] by [k] gives [m].
//
//	∂L/∂x = ∂L/∂z ⊗ y    ∂L/∂y = xᵀ · ∂L/∂z
func (x *Node) MatVec(y *Node) *Node {
	mustBeNode("MatVec", x, y)
	if x.value.Rank() != 2 || y.value.Rank() != 1 || x.value.Dim(1) != y.value.Len() {
		fail("MatVec", "needs a matrix [m, k] and a vector [k]; got %v and %v", x.value.Shape(), y.value.Shape())
	}
	return x.MatMul(y)
}

func mustBeVectors(op string, xs ...*Node) {
	for i, x := range xs {
		if mustBeNode(op, x); x.value.Rank() != 1 {
			fail(op, "input %d has shape %v; it must be a vector", i, x.value.Shape())
		}
	}
}

// Inner returns the sums of products over the last axes of x and of y: […, k] and [··, k] give […, ··].
// If x or y is a scalar, it multiplies the other.
//
//	∂L/∂x and ∂L/∂y are products of that kind too: see MatMul
func (x *Node) Inner(y *Node) *Node {
	mustBeNode("Inner", x, y)
	if x.value.Rank() == 0 || y.value.Rank() == 0 {
		return x.Mul(y)
	}
	if x.value.Dim(-1) != y.value.Dim(-1) {
		fail("Inner", "the last axes differ: %v and %v", x.value.Shape(), y.value.Shape())
	}
	return x.TensorDot(y, []int{-1}, []int{-1})
}

// TensorDot returns the sums of products over pairs of axes, xAxes[i] of x and yAxes[i] of y: the result
// has the other axes of x, then those of y. The axes of a pair have the same length, or one has length 1
// and is repeated.
//
//	z[i…, j…] = Σₖ x[i…, k…] y[k…, j…]
//
// The gradients are products of the same kind: see MatMul.
func (x *Node) TensorDot(y *Node, xAxes, yAxes []int) *Node {
	const op = "TensorDot"
	mustBeNode(op, x, y)
	if len(xAxes) != len(yAxes) {
		fail(op, "%d axes of the first are given, %v, and %d of the second, %v; they must be equally many", len(xAxes), xAxes, len(yAxes), yAxes)
	}
	a, b := indexed{x, make([]label, x.value.Rank())}, indexed{y, make([]label, y.value.Rank())}
	for i, axis := range xAxes {
		k, l := x.axis(op, axis), y.axis(op, yAxes[i])
		if a.labels[k] != 0 || b.labels[l] != 0 {
			fail(op, "an axis is named twice in %v or %v", xAxes, yAxes)
		}
		if m, n := x.value.Dim(k), y.value.Dim(l); m != n && m != 1 && n != 1 {
			fail(op, "axis %d of %v and axis %d of %v differ", axis, x.value.Shape(), yAxes[i], y.value.Shape())
		}
		a.labels[k], b.labels[l] = label(1+i), label(1+i)
	}
	next := label(len(xAxes))
	var out []label
	for _, labels := range [][]label{a.labels, b.labels} {
		for i := range labels {
			if labels[i] == 0 {
				next++
				labels[i] = next
				out = append(out, next)
			}
		}
	}
	return contract(out, a, b)
}

// Cross returns the cross products of the vectors of three numbers along an axis of x and y, which
// broadcast; axis is counted in the result's shape.
//
//	z₀ = x₁y₂ − x₂y₁    z₁ = x₂y₀ − x₀y₂    z₂ = x₀y₁ − x₁y₀
//	∂L/∂x = y × ∂L/∂z    ∂L/∂y = ∂L/∂z × x
func (x *Node) Cross(y *Node, axis int) *Node {
	mustBeNode("Cross", x, y)
	a := axis // from the end
	if rank := max(x.value.Rank(), y.value.Rank()); axis >= 0 {
		a -= rank
	}
	for _, v := range []*Node{x, y} {
		if a >= 0 || a < -v.value.Rank() || v.value.Dim(a) != 3 {
			fail("Cross", "shapes %v and %v need an axis of length 3 in the same place; axis %d is not one", x.value.Shape(), y.value.Shape(), axis)
		}
	}
	turned := func(v *Node, k int) *Node { // so that element 0 is vₖ
		return Concat(a, v.Slice(a, k, 3), v.Slice(a, 0, k))
	}
	return turned(x, 1).Mul(turned(y, 2)).Sub(turned(x, 2).Mul(turned(y, 1)))
}

// matrixTranspose returns x with its last two axes swapped.
func (x *Node) matrixTranspose() *Node { return x.SwapAxes(-2, -1) }
