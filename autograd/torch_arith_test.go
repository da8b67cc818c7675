package autograd_test

func init() {
	torch("add", func(s *torchSample) *node { return s.x().Add(s.scaledOther()) })
	torch("sub", func(s *torchSample) *node { return s.x().Sub(s.scaledOther()) })
	torch("mul", func(s *torchSample) *node { return s.x().Mul(s.node("other", 0)) })
	torch("div", func(s *torchSample) *node { return s.x().Div(s.node("other", 0)) })
	torch("pow", func(s *torchSample) *node { return s.x().Pow(s.node("exponent", 0)) })
	leaveOut("div", "rounds the quotient", func(c *torchCall) bool { return c.has("rounding_mode", -1) })
}

// scaledOther returns alpha · other.
func (c *torchCall) scaledOther() *node {
	return c.node("other", 0).Scale(c.float("alpha", -1, 1))
}
