package autograd_test

import "slices"

func init() {
	for _, op := range []string{"matmul", "mm", "bmm", "mv", "dot"} {
		torch(op, func(s *torchSample) *node { return matrices(s.x(), s.node("other", 0)) })
	}
	torch("outer", func(s *torchSample) *node { return s.x().Reshape(-1, 1).Mul(s.node("vec2", 0)) })
}

// matrices returns the matrix product, vectors made a row and a column.
func matrices(x, y *node) *node {
	out := slices.Clone(x.Shape()[:max(0, len(x.Shape())-2)])
	if len(y.Shape()) > len(x.Shape()) {
		out = slices.Clone(y.Shape()[:max(0, len(y.Shape())-2)])
	}
	if len(x.Shape()) > 1 {
		out = append(out, x.Shape()[len(x.Shape())-2])
	} else {
		x = x.Reshape(1, -1)
	}
	if len(y.Shape()) > 1 {
		out = append(out, y.Shape()[len(y.Shape())-1])
	} else {
		y = y.Reshape(-1, 1)
	}
	return x.MatMul(y).Reshape(out...)
}
