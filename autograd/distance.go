package autograd

// Distances of vectors, and losses made of them: one number for each pair of vectors.

// CosineSimilarity returns the cosine of the angle between the vectors of x and of y along the axis,
// which is removed; x and y are broadcast. A length below ε counts as ε, so the cosine with a vector of
// zeros is 0. PyTorch's ε is 1e-8.
//
//	z = Σ x̂ŷ, for x̂ = x/max(‖x‖, ε)    ∂L/∂x = ∂L/∂z (ŷ − z x/‖x‖)/max(‖x‖, ε)    ∂L/∂y likewise
//
// Where ‖x‖ < ε this is not quite the slope, which is ŷ/ε: the gradient passes through a length that
// counts as ε, as in PyTorch.
func (x *Node) CosineSimilarity(y *Node, axis int, eps float64) *Node {
	mustBeNode("CosineSimilarity", x, y)
	shape := x.Mul(y).value.Shape() // broadcast
	return x.unit(shape, axis, eps).Mul(y.unit(shape, axis, eps)).Sum(axis)
}

// unit returns x, repeated to the shape, with its vectors along the axis divided by their lengths, or by
// ε where those are less.
func (x *Node) unit(shape []int, axis int, eps float64) *Node {
	if !x.value.HasShape(shape...) {
		x = x.BroadcastTo(shape...)
	}
	length := x.Norm(2, axis).noLessThan("CosineSimilarity", eps)
	return x.Div(length.repeatAlong([]int{axis}, x))
}

// PairwiseDistance returns the p-norm ‖x − y + ε‖ for the vectors of x and y along the last axis,
// broadcast: shapes […, n] give […]. PyTorch's ε is 1e-6: it avoids the kink of the norm where x = y.
//
//	∂L/∂x = ∂L/∂z ⊙ the slope of the norm, which is (x−y+ε)/z for p = 2    ∂L/∂y = −∂L/∂x
func (x *Node) PairwiseDistance(y *Node, p, eps float64) *Node {
	return x.Sub(y).AddScalar(eps).Norm(p, -1)
}

// Cdist returns the distances ‖xᵢ − yⱼ‖, by the p-norm, of each row of x from each row of y: shapes
// […, m, n] and […, k, n] give […, m, k], where the leading axes broadcast. It needs memory for m·k·n
// numbers.
//
//	∂L/∂xᵢ = Σⱼ ∂L/∂zᵢⱼ ⊙ the slope of the norm at xᵢ − yⱼ    ∂L/∂yⱼ = −Σᵢ likewise
//
// Where two points coincide the slope is 0. It panics if the points of x and of y differ in their number
// of coordinates.
func (x *Node) Cdist(y *Node, p float64) *Node {
	mustBeNode("Cdist", x, y)
	a, b := x.value.Shape(), y.value.Shape()
	if len(a) < 2 || len(b) < 2 || a[len(a)-1] != b[len(b)-1] {
		fail("Cdist", "shapes %v and %v are not […, points, coordinates] with equally many coordinates", a, b)
	}
	if a[len(a)-1] == 0 {
		p = 1 // all distances are 0; a sum of nothing is, a largest of nothing is not
	}
	return x.Unsqueeze(-2).Sub(y.Unsqueeze(-3)).Norm(p, -1)
}

// CosineEmbedding returns, for the cosine c of each pair of vectors along the last axis, 1 − c where the
// target t is 1, max(0, c − margin) where it is −1, and 0 for other targets. x and y have shape […, n],
// the targets […]. c is their CosineSimilarity with ε = 1e-8. (PyTorch adds 1e-12 to the squares of the
// lengths instead, which makes |c| smaller where they are short.)
//
//	∂L/∂c = −∂L/∂z where t = 1, ∂L/∂z where t = −1 and c > margin, else 0
func (x *Node) CosineEmbedding(y, t *Node, margin float64) *Node {
	c, zero := x.CosineSimilarity(y, -1, 1e-8), Scalar(0)
	mustMatch("CosineEmbedding", c, t)
	return Where(t.Eq(Scalar(1)), c.Neg().AddScalar(1),
		Where(t.Eq(Scalar(-1)), c.AddScalar(-margin).ReLU(), zero))
}

// HingeEmbedding returns, element by element, x where the target t is 1, max(0, margin − x) where it
// is −1, and their sum for other targets. x is a distance that should be small where t is 1 and large
// where t is −1.
//
//	∂L/∂x = ∂L/∂y where t ≠ −1, less ∂L/∂y where t ≠ 1 and x < margin
func (x *Node) HingeEmbedding(t *Node, margin float64) *Node {
	mustMatch("HingeEmbedding", x, t)
	zero := Scalar(0)
	return Where(t.Eq(Scalar(-1)), zero, x).
		Add(Where(t.Eq(Scalar(1)), zero, x.Neg().AddScalar(margin).ReLU()))
}

// MarginRanking returns max(0, margin − t(x−y)), element by element: a target t of 1 asks for x above
// y, −1 for y above x.
//
//	∂L/∂x = −∂L/∂z ⊙ t where t(x−y) < margin, else 0    ∂L/∂y = −∂L/∂x
func (x *Node) MarginRanking(y, t *Node, margin float64) *Node {
	d := x.difference("MarginRanking", y)
	mustMatch("MarginRanking", d, t)
	return t.Mul(d).Neg().AddScalar(margin).ReLU()
}

// TripletMargin returns max(0, d(x, positive) − d(x, negative) + margin) for each x, called the anchor,
// where d is PairwiseDistance with p and ε. If swap is set, d(positive, negative) replaces d(x, negative)
// where it is less. Shapes […, n] give […].
//
//	∂L/∂d(x, positive) = ∂L/∂z, and ∂L/∂d(x, negative) = −∂L/∂z, where z > 0, else 0
//
// V. Balntas and others, Learning local feature descriptors with triplets, 2016.
func (x *Node) TripletMargin(positive, negative *Node, margin, p, eps float64, swap bool) *Node {
	far := x.PairwiseDistance(negative, p, eps)
	if swap {
		far = far.Minimum(positive.PairwiseDistance(negative, p, eps))
	}
	return x.PairwiseDistance(positive, p, eps).Sub(far).AddScalar(margin).ReLU()
}
