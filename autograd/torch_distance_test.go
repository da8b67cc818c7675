package autograd_test

func init() {
	torch("nn.functional.cosine_similarity", func(s *torchSample) *node {
		x, y := s.x(), s.node("x2", 0)
		if len(x.Shape())+len(y.Shape()) == 0 { // PyTorch treats a scalar as a vector of one
			x, y = x.Reshape(1), y.Reshape(1)
		}
		return x.CosineSimilarity(y, s.int("dim", 1, 1), s.float("eps", 2, 1e-8))
	})
	torch("nn.functional.pairwise_distance", func(s *torchSample) *node {
		d := s.x().PairwiseDistance(s.node("x2", 0), s.float("p", 1, 2), s.float("eps", 2, 1e-6))
		if s.bool("keepdim", 3, false) {
			return d.Reshape(append(d.Shape(), 1)...)
		}
		return d
	})
	torch("cdist", func(s *torchSample) *node { return s.x().Cdist(s.node("x2", 0), s.float("p", 1, 2)) })
	torch("nn.functional.cosine_embedding_loss", func(s *torchSample) *node {
		return s.reduction(s.x().CosineEmbedding(s.node("input2", 0), s.node("target", 1), s.float("margin", 2, 0)))
	})
	torch("nn.functional.hinge_embedding_loss", func(s *torchSample) *node {
		margin := s.float("margin", 1, 1)
		return s.reduction(together(func(x, t *node) *node { return x.HingeEmbedding(t, margin) }, s.x(), s.node("target", 0)))
	})
	torch("nn.functional.margin_ranking_loss", func(s *torchSample) *node {
		return s.reduction(s.x().MarginRanking(s.node("input2", 0), s.node("target", 1), s.float("margin", 2, 0)))
	})
	torch("nn.functional.triplet_margin_loss", func(s *torchSample) *node {
		return s.reduction(s.x().TripletMargin(s.node("positive", 0), s.node("negative", 1), s.float("margin", 2, 1),
			s.float("p", 3, 2), s.float("eps", 4, 1e-6), s.bool("swap", 5, false)))
	})
}
