package autograd_test

func init() {
	torch("add", func(s *torchSample) *node { return s.x().Add(s.scaledOther()) })
	torch("sub", func(s *torchSample) *node { return s.x().Sub(s.scaledOther()) })
	torch("mul", func(s *torchSample) *node { return s.x().Mul(s.node("other", 0)) })
	torch("div", func(s *torchSample) *node { return s.x().Div(s.node("other", 0)) })
	torch("pow", func(s *torchSample) *node { return s.x().Pow(s.node("exponent", 0)) })
	for op, f := range map[string]func(x, y *node) *node{
		"atan2":           (*node).Atan2,
		"hypot":           (*node).Hypot,
		"logaddexp":       (*node).LogAddExp,
		"maximum":         (*node).Maximum,
		"minimum":         (*node).Minimum,
		"special.xlog1py": (*node).Xlog1py,
		"xlogy":           (*node).Xlogy,
	} {
		torch(op, func(s *torchSample) *node { return f(s.x(), s.node("other", 0)) })
	}
	torch("clamp", func(s *torchSample) *node { return s.x().Clamp(s.node("min", 0), s.node("max", 1)) })
	torch("clamp_min", func(s *torchSample) *node { return s.x().ClampMin(s.node("min", 0)) })
	torch("clamp_max", func(s *torchSample) *node { return s.x().ClampMax(s.node("max", 0)) })
	torch("lerp", func(s *torchSample) *node { return s.x().Lerp(s.node("end", 0), s.node("weight", 1)) })
	torch("masked_fill", func(s *torchSample) *node { return s.x().MaskedFill(s.node("mask", 0), s.node("value", 1)) })
	torch("nn.functional.prelu", func(s *torchSample) *node { return s.x().PReLU(s.node("weight", 0)) })
	torch("addmm", func(s *torchSample) *node {
		product := s.node("mat1", 0).MatMul(s.node("mat2", 1))
		return s.x().Scale(s.float("beta", -1, 1)).Add(product.Scale(s.float("alpha", -1, 1)))
	})
	leaveOut("div", "rounds the quotient", func(c *torchCall) bool { return c.has("rounding_mode", -1) })
}

// scaledOther returns alpha · other.
func (c *torchCall) scaledOther() *node {
	return c.node("other", 0).Scale(c.float("alpha", -1, 1))
}
