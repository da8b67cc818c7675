package autograd_test

import "fmt"

func init() {
	torch("nn.functional.mse_loss", func(s *torchSample) *node {
		return s.reduction(s.x().Sub(s.node("target", 0)).Square())
	})
}

// reduction returns the losses as PyTorch's option says: all, their sum, or their mean.
func (c *torchCall) reduction(losses *node) *node {
	switch r := c.str("reduction", -1, "mean"); r {
	case "none":
		return losses
	case "sum":
		return losses.Sum()
	case "mean":
		return losses.Mean()
	default:
		panic(fmt.Sprintf("the reduction is %q", r))
	}
}
