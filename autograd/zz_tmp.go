package autograd

import (
	"math"

	"gentlegrad/tensor"
)

func (x *Node) Log1p() *Node { return log1p.Of(x) }

var log1p = Pointwise("Log1p", math.Log1p, func(x, _ *Node) *Node { return scalar(x, 1).chainDiv(x.AddScalar(1)) })

func (x *Node) Abs() *Node { return abs.Of(x) }

var abs = PointwiseKernel(tensor.Abs, func(x, _ *Node) *Node { return x.Sign() })

func (x *Node) Sign() *Node { return sign.Of(x) }

var sign = Pointwise("Sign", func(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return x // 0, −0, NaN
}, nil)
