package autograd_test

func init() {
	torch("sum", func(s *torchSample) *node { return s.reduce((*node).Sum) })
	torch("mean", func(s *torchSample) *node { return s.reduce((*node).Mean) })
	torch("softmax", func(s *torchSample) *node { return s.along((*node).Softmax) })
	torch("log_softmax", func(s *torchSample) *node { return s.along((*node).LogSoftmax) })
	torch("nn.functional.softmin", func(s *torchSample) *node { return s.along((*node).Softmin) })
	torch("logsumexp", func(s *torchSample) *node { return s.reduce((*node).LogSumExp) })
}

// reduce returns f of the input over the axes dim, by position 0, which it keeps if keepdim, by position 1,
// says so.
func (c *torchCall) reduce(f func(x *node, axes ...int) *node) *node {
	axes := c.axes("dim", 0)
	return c.keepdim(f(c.x(), axes...), axes, 1)
}

// along returns f of the input along the axis dim, by position 0.
func (c *torchCall) along(f func(x *node, axis int) *node) *node {
	return c.vector(func(x *node) *node { return f(x, c.int("dim", 0, -1)) })
}

// vector returns f of the input, of whose shape the result is; a scalar is made a vector of one for it.
func (c *torchCall) vector(f func(x *node) *node) *node {
	if x := c.x(); len(x.Shape()) > 0 {
		return f(x)
	}
	return f(c.x().Reshape(1)).Reshape()
}
