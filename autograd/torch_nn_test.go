package autograd_test

func init() {
	torch("nn.functional.linear", func(s *torchSample) *node {
		y := s.x().MatMul(s.node("weight", 0).Transpose())
		if b := s.node("bias", 1); b != nil {
			y = y.Add(b)
		}
		return y
	})
	leaveOut("nn.functional.scaled_dot_product_attention", "dropout is random",
		func(c *torchCall) bool { return c.float("dropout_p", 3, 0) > 0 })
}
