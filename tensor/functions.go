package tensor

import "gentlegrad/tensor/internal/kernel"

type Function struct {
	Name   string
	Values func(z, x []float64)
	VJP    func(dx, dy, x, y []float64, add bool)
}
type Function2 struct {
	Name   string
	Values func(z, x, y []float64)
}

func (z *Tensor) Apply(f *Function, x *Tensor) *Tensor {
	if !z.like(f.Name, x) {
		x = z.apart(x)
	}
	f.Values(z.data, x.data)
	return z
}
func (z *Tensor) Apply2(f *Function2, x, y *Tensor) *Tensor {
	return z.elementwise(f.Name, x, y, f.Values)
}

var (
	Exp     = Function{"Exp", kernel.Exp, nil}
	Square  = Function{"Square", func(z, x []float64) { kernel.Mul(z, x, x) }, vjp(func(x, y float64) float64 { return 2 * x })}
	Sigmoid = Function{"Sigmoid", kernel.Sigmoid, func(dx, dy, x, y []float64, add bool) {
		dx, dy = dx[:len(y)], dy[:len(y)]
		if add {
			for i, v := range y {
				p := dy[i] * (v * (1 - v))
				if p != p && dy[i] == 0 {
					p = 0
				}
				dx[i] += p
			}
			return
		}
		for i, v := range y {
			p := dy[i] * (v * (1 - v))
			if p != p && dy[i] == 0 {
				p = 0
			}
			dx[i] = p
		}
	}}
	Tanh = Function{"Tanh", kernel.Tanh, vjp(func(x, y float64) float64 { return 1 - float64(y*y) })}
	ReLU = Function{"ReLU", func(z, x []float64) {
		for i, v := range x {
			if v <= 0 {
				v = 0
			}
			z[i] = v
		}
	}, vjp(func(x, y float64) float64 {
		if x > 0 {
			return 1
		}
		return 0
	})}
)

func vjp(slope func(x, y float64) float64) func(dx, dy, x, y []float64, add bool) {
	return func(dx, dy, x, y []float64, add bool) {
		for i, v := range x {
			p := dy[i] * slope(v, y[i])
			if p != p && dy[i] == 0 {
				p = 0
			}
			if add {
				p += dx[i]
			}
			dx[i] = p
		}
	}
}
