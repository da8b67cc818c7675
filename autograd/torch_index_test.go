package autograd_test

import "gentlegrad/autograd"

func init() {
	torch("index_select", func(s *torchSample) *node {
		return s.vector(func(x *node) *node { return x.IndexSelect(s.int("dim", 0, 0), s.node("index", 1).Reshape(-1)) })
	})
	torch("gather", func(s *torchSample) *node {
		index := s.node("index", 1)
		if index.Value().Len() == 0 { // its shape may be any
			return s.x().Reshape(-1).Slice(0, 0, 0).Reshape(index.Shape()...)
		}
		return asVector(s.x()).Gather(s.int("dim", 0, 0), asVector(index)).Reshape(index.Shape()...)
	})
	torch("take_along_dim", func(s *torchSample) *node {
		index := s.node("indices", 0)
		if !s.has("dim", 1) {
			return s.x().Reshape(-1).TakeAlong(0, index.Reshape(-1))
		}
		return s.x().TakeAlong(s.int("dim", 1, 0), index)
	})
	torch("nn.functional.embedding", (*torchSample).embedding)
	leaveOut("nn.functional.embedding", "changes the table", func(c *torchCall) bool { return c.has("max_norm", 2) })
	leaveOut("nn.functional.embedding", "divides the gradient by how often a row was named",
		func(c *torchCall) bool { return c.bool("scale_grad_by_freq", 4, false) })
	torch("index_add", func(s *torchSample) *node {
		source := asVector(s.node("source", 2)).Scale(s.float("alpha", -1, 1))
		return s.vector(func(x *node) *node { return x.IndexAdd(s.int("dim", 0, 0), asVector(s.node("index", 1)), source) })
	})
	torch("scatter", func(s *torchSample) *node {
		if s.str("reduce", -1, "") == "add" {
			return s.scattered((*node).ScatterAdd)
		}
		return s.scattered((*node).Scatter)
	})
	leaveOut("scatter", "multiplies what is there", func(c *torchCall) bool { return c.str("reduce", -1, "") == "multiply" })
	torch("scatter_add", func(s *torchSample) *node { return s.scattered((*node).ScatterAdd) })
}

// embedding has the table as its input, as the samples do. The row padding_idx gets no gradient.
func (s *torchSample) embedding() *node {
	indices := s.node("indices", 0)
	if indices == nil {
		indices = s.node("input", 0)
	}
	y := autograd.Embedding(s.x(), indices)
	if !s.has("padding_idx", 1) {
		return y
	}
	padding := s.int("padding_idx", 1, 0)
	if padding < 0 {
		padding += s.x().Shape()[0]
	}
	return autograd.Where(indices.Eq(number(float64(padding))).Unsqueeze(-1), y.Detach(), y)
}

// scattered returns f of the source, or of one number in all places.
func (s *torchSample) scattered(f func(x *node, axis int, index, source *node) *node) *node {
	index := asVector(s.node("index", 1))
	var source *node
	if s.has("src", 2) {
		source = s.node("src", 2)
	} else {
		source = s.node("value", 2)
	}
	if _, isNumber := s.arg("src", 2).(float64); isNumber || !s.has("src", 2) {
		source = source.BroadcastTo(index.Shape()...)
	}
	if index.Value().Len() == 0 { // its shape may be any
		return s.x().Scale(1)
	}
	return s.vector(func(x *node) *node { return f(x, s.int("dim", 0, 0), index, asVector(source)) })
}
