package optim

import "gentlegrad/tensor"

// power returns bⁿ by squaring: D. E. Knuth, The Art of Computer Programming, volume 2,
// section 4.6.3, algorithm A.
func power(b float64, n int) float64 {
	a := 1.0
	for ; n > 0; n, b = n>>1, b*b {
		if n&1 == 1 {
			a *= b
		}
	}
	return a
}

// A fraction computes powers whose exponents are fractions, by the operation of tensors: unlike math.Pow,
// it has the same bits on every machine. It holds the memory for that.
type fraction struct{ x, y, z tensor.Tensor }

func (f *fraction) power(x, y float64) float64 {
	f.x.Zeros().Fill(x)
	f.y.Zeros().Fill(y)
	return f.z.Pow(&f.x, &f.y).Item()
}
