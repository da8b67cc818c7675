package kernel

// Neg sets z = −x.
func Neg(z, x []float64) {
	for i, v := range x {
		z[i] = -v
	}
}

// Square sets z = x².
func Square(z, x []float64) { Mul(z, x, x) }

// ReLU sets z = x where x > 0, 0 elsewhere, and NaN where x is NaN.
func ReLU(z, x []float64) {
	for i, v := range x {
		if v <= 0 {
			v = 0
		}
		z[i] = v
	}
}

// The kernels named …VJP set dx to p = dy·slope, or add p to it, where y = f(x) and slope = f′(x); but p is
// 0 where dy is exactly 0 and the product NaN.

// store does that for one element.
func store(dx []float64, i int, dy, slope float64, add bool) {
	p := float64(dy * slope)
	if p != p && dy == 0 {
		p = 0
	}
	if add {
		p += dx[i]
	}
	dx[i] = p
}

// SigmoidVJP has the slope y(1−y).
func SigmoidVJP(dx, dy, _, y []float64, add bool) {
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		store(dx, i, dy[i], v*(1-v), add)
	}
}

// TanhVJP has the slope 1−y².
func TanhVJP(dx, dy, _, y []float64, add bool) {
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		store(dx, i, dy[i], 1-float64(v*v), add)
	}
}

// ExpVJP has the slope y.
func ExpVJP(dx, dy, _, y []float64, add bool) {
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		store(dx, i, dy[i], v, add)
	}
}

// SquareVJP has the slope 2x.
func SquareVJP(dx, dy, x, _ []float64, add bool) {
	dx, dy = dx[:len(x)], dy[:len(x)]
	for i, v := range x {
		store(dx, i, dy[i], 2*v, add)
	}
}

// ReLUVJP has the slope 1 where x > 0, and 0 elsewhere, at NaN too.
func ReLUVJP(dx, dy, x, _ []float64, add bool) {
	dx, dy = dx[:len(x)], dy[:len(x)]
	for i, v := range x {
		slope := 0.0
		if v > 0 {
			slope = 1
		}
		store(dx, i, dy[i], slope, add)
	}
}
