package autograd_test

import "gentlegrad/autograd"

func init() {
	for op, other := range map[string]string{"matmul": "other", "mm": "mat2", "bmm": "mat2"} {
		torch(op, func(s *torchSample) *node { return s.x().MatMul(s.node(other, 0)) })
	}
	torch("mv", func(s *torchSample) *node { return s.x().MatVec(s.node("vec", 0)) })
	torch("dot", func(s *torchSample) *node { return s.x().Dot(s.node("tensor", 0)) })
	torch("vdot", func(s *torchSample) *node { return s.x().Dot(s.node("other", 0)) })
	torch("inner", func(s *torchSample) *node { return s.x().Inner(s.node("other", 0)) })
	torch("outer", func(s *torchSample) *node { return s.x().Outer(s.node("vec2", 0)) })
	torch("tensordot", func(s *torchSample) *node {
		x, y := s.x(), s.node("other", 0)
		var xAxes, yAxes []int
		switch dims := s.arg("dims", 1).(type) {
		case []any:
			xAxes, yAxes = ints(dims[0]), ints(dims[1])
		default:
			n := s.int("dims", 1, 2)
			for i := range n {
				xAxes, yAxes = append(xAxes, len(x.Shape())-n+i), append(yAxes, i)
			}
		}
		return x.TensorDot(y, xAxes, yAxes)
	})
	torch("einsum", func(s *torchSample) *node { return autograd.Einsum(s.str("equation", 0, ""), s.xs()...) })
	torch("cross", func(s *torchSample) *node {
		x, y := s.x(), s.node("other", 0)
		axis := s.int("dim", 1, 100)
		if axis == 100 { // by default the first axis of length 3
			for axis = 0; x.Shape()[axis] != 3; {
				axis++
			}
		}
		return x.Cross(y, axis)
	})
	torch("linalg.det", func(s *torchSample) *node { return s.x().Det() })
	torch("linalg.inv", func(s *torchSample) *node { return s.x().Inverse() })
	torch("linalg.slogdet", func(s *torchSample) *node { sign, _ := s.x().SlogDet(); return sign })
	torch("linalg.solve", func(s *torchSample) *node {
		a, b := s.x(), s.node("B", 0)
		if !s.bool("left", -1, true) { // x·a = b
			return a.SwapAxes(-2, -1).Solve(b.SwapAxes(-2, -1)).SwapAxes(-2, -1)
		}
		return a.Solve(b)
	})
	torch("linalg.solve_triangular", func(s *torchSample) *node {
		return s.x().SolveTriangular(s.node("B", 0), s.bool("upper", -1, false), s.bool("left", -1, true), s.bool("unitriangular", -1, false))
	})
}
