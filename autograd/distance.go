package autograd

import "slices"

// Distances of vectors, and losses made of them: one number for each pair of vectors.

// CosineSimilarity returns the cosine of the angle between the vectors of x and of y along the axis, which the result no longer
// has; x and y are broadcast. A length below ε counts as ε: the cosine with a vector of zeros is 0. PyTorch's ε is 1e-8.
//
//	z = Σ x̂ŷ, for x̂ = x/max(‖x‖, ε)    ∂L/∂x = ∂L/∂z (ŷ − z x/‖x‖)/max(‖x‖, ε)    ∂L/∂y likewise
//
// Where ‖x‖ < ε that is not quite the slope, ŷ/ε: a length that counts as ε passes its gradient on, as in PyTorch.
func (x *Node) CosineSimilarity(y *Node, axis int, eps float64) *Node {
	mustBeNode("CosineSimilarity", x, y)
	shape := x.Mul(y).value.Shape() // broadcast
	return x.unit(shape, axis, eps).Mul(y.unit(shape, axis, eps)).Sum(axis)
}

// unit returns x, repeated to the shape, with its vectors along the axis divided by their lengths, or by ε.
func (x *Node) unit(shape []int, axis int, eps float64) *Node {
	if !slices.Equal(x.value.Shape(), shape) {
		x = x.BroadcastTo(shape...)
	}
	length := x.Norm(2, axis).noLessThan("CosineSimilarity", eps)
	return x.Div(length.repeatAlong([]int{axis}, x))
}

// PairwiseDistance returns ‖x − y + ε‖, with p for the norm, of the vectors of x and y along the last axis, broadcast: of shape
// […, n] they give […]. PyTorch's ε is 1e-6: where x = y the slope of a norm has a kink, which ε avoids.
//
//	∂L/∂x = ∂L/∂z ⊙ the slope of the norm, which is (x−y+ε)/z for p = 2    ∂L/∂y = −∂L/∂x
func (x *Node) PairwiseDistance(y *Node, p, eps float64) *Node {
	return x.Sub(y).AddScalar(eps).Norm(p, -1)
}

// Cdist returns the distances ‖xᵢ − yⱼ‖, with p for the norm, of each row of x from each row of y: of shapes […, m, n] and
// […, k, n] they give […, m, k], where the axes in front broadcast. It takes m·k·n numbers of memory.
//
//	∂L/∂xᵢ = Σⱼ ∂L/∂zᵢⱼ ⊙ the slope of the norm at xᵢ − yⱼ    ∂L/∂yⱼ = −Σᵢ likewise
//
// Where two points coincide the slope is 0. It panics if the points of x and y have not as many coordinates.
func (x *Node) Cdist(y *Node, p float64) *Node {
	mustBeNode("Cdist", x, y)
	a, b := x.value.Shape(), y.value.Shape()
	if len(a) < 2 || len(b) < 2 || a[len(a)-1] != b[len(b)-1] {
		fail("Cdist", "shapes %v and %v are not of points with as many coordinates, the last axis", a, b)
	}
	if a[len(a)-1] == 0 {
		p = 1 // all distances are 0; a sum of nothing is, a largest of nothing is not
	}
	return x.Unsqueeze(-2).Sub(y.Unsqueeze(-3)).Norm(p, -1)
}

// CosineEmbedding returns, for the cosine c of each pair of vectors along the last axis, 1 − c where the target is 1, and
// max(0, c − margin) where it is −1; 0 for other targets. x and y have shape […, n], the targets […].
//
//	∂L/∂c = −∂L/∂z where t = 1, ∂L/∂z where t = −1 and c > margin, else 0
func (x *Node) CosineEmbedding(y, t *Node, margin float64) *Node {
	c, zero := x.CosineSimilarity(y, -1, 1e-8), Scalar(0)
	mustMatch("CosineEmbedding", c, t)
	return Where(t.Eq(Scalar(1)), c.Neg().AddScalar(1),
		Where(t.Eq(Scalar(-1)), c.AddScalar(-margin).ReLU(), zero))
}

// HingeEmbedding returns, element by element, x where the target is 1, max(0, margin − x) where it is −1, and both together where
// it is neither: x is a distance, which is to be small or large.
//
//	∂L/∂x = ∂L/∂y where t = 1, −∂L/∂y where t = −1 and x < margin, else 0
func (x *Node) HingeEmbedding(t *Node, margin float64) *Node {
	mustMatch("HingeEmbedding", x, t)
	zero := Scalar(0)
	return Where(t.Eq(Scalar(-1)), zero, x).
		Add(Where(t.Eq(Scalar(1)), zero, x.Neg().AddScalar(margin).ReLU()))
}

// MarginRanking returns max(0, margin − t(x−y)), element by element: a target of 1 asks for x above y, −1 for y above x.
//
//	∂L/∂x = −∂L/∂z ⊙ t where t(x−y) < margin, else 0    ∂L/∂y = −∂L/∂x
func (x *Node) MarginRanking(y, t *Node, margin float64) *Node {
	d := x.difference("MarginRanking", y)
	mustMatch("MarginRanking", d, t)
	return t.Mul(d).Neg().AddScalar(margin).ReLU()
}

// TripletMargin returns max(0, d(x, positive) − d(x, negative) + margin), for each x, called the anchor, of shape […, n], where
// d is PairwiseDistance with p and ε; if swap, d(positive, negative) is taken for d(x, negative) where it is less. The result
// has shape […].
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
