package autograd_test

import "gentlegrad/autograd"

func init() {
	torch("reshape", func(s *torchSample) *node { return s.x().Reshape(s.ints("shape", 0)...) })
	torch("permute", func(s *torchSample) *node { return s.x().Transpose(s.ints("dims", 0)...) })
	torch("transpose", func(s *torchSample) *node {
		n := len(s.x().Shape())
		if n == 0 { // a scalar, which PyTorch takes for a vector
			return s.x().Transpose()
		}
		perm := make([]int, n)
		for i := range perm {
			perm[i] = i
		}
		a, b := (s.int("dim0", 0, 0)+n)%n, (s.int("dim1", 1, 0)+n)%n
		perm[a], perm[b] = b, a
		return s.x().Transpose(perm...)
	})
	torch("narrow", func(s *torchSample) *node {
		start := s.int("start", 1, 0)
		return s.x().Slice(s.int("dim", 0, 0), start, start+s.int("length", 2, 0))
	})
	torch("cat", func(s *torchSample) *node { return autograd.Concat(s.int("dim", 0, 0), s.xs()...) })
	torch("broadcast_to", func(s *torchSample) *node { return s.x().BroadcastTo(s.ints("size", 0)...) })
}
