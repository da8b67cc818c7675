package autograd

import "gentlegrad/tensor"

func (x *Node) LogSoftmax(axes ...int) *Node {
	m := Constant(new(tensor.Tensor).Max(x.value, axes...))
	x = x.Sub(m.repeatAlong(axes, x))
	return x.Sub(x.Exp().Sum(axes...).Log().repeatAlong(axes, x))
}

func (x *Node) Norm(p float64, axes ...int) *Node {
	switch {
	case p == 0:
		return x.Ne(scalar(x, 0)).Sum(axes...)
	case p == 1:
		return x.Abs().Sum(axes...)
	case p == 2:
		return x.Square().Sum(axes...).Sqrt()
	}
	return x.Abs().PowScalar(p).Sum(axes...).PowScalar(1 / p)
}
