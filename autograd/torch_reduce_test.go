package autograd_test

func init() {
	torch("sum", func(s *torchSample) *node { return s.reduce((*node).Sum) })
	torch("mean", func(s *torchSample) *node { return s.reduce((*node).Mean) })
}

// reduce returns f of the input over the axes dim, by position 0, which it keeps if keepdim, by position 1,
// says so.
func (c *torchCall) reduce(f func(x *node, axes ...int) *node) *node {
	axes := c.axes("dim", 0)
	return c.keepdim(f(c.x(), axes...), axes, 1)
}
