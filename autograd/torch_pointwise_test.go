package autograd_test

import "gentlegrad/autograd"

func init() {
	for op, f := range map[string]func(x *node) *node{
		"neg":                (*node).Neg,
		"exp":                (*node).Exp,
		"log":                (*node).Log,
		"sqrt":               (*node).Sqrt,
		"square":             (*node).Square,
		"sigmoid":            (*node).Sigmoid,
		"tanh":               (*node).Tanh,
		"nn.functional.relu": (*node).ReLU,
	} {
		torch(op, func(s *torchSample) *node { return f(s.x()) })
	}
	torch("reciprocal", func(s *torchSample) *node { return number(1).Div(s.x()) })
	torch("where", func(s *torchSample) *node { // x.where(mask, y)
		return autograd.Where(s.node("condition", 0), s.x(), s.node("other", 1))
	})
}
