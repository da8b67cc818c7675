package kernel

import "math"

// Functions of one number: z and x have one length.

// Neg sets zᵢ = −xᵢ.
func Neg(z, x []float64) {
	z = z[:len(x)]
	for i, v := range x {
		z[i] = -v
	}
}

// Abs sets zᵢ = |xᵢ|.
func Abs(z, x []float64) {
	z = z[:len(x)]
	for i, v := range x {
		z[i] = math.Abs(v)
	}
}

// Square sets zᵢ = xᵢ².
func Square(z, x []float64) { Mul(z, x, x) }

// Sqrt sets zᵢ = √xᵢ.
func Sqrt(z, x []float64) {
	z = z[:len(x)]
	for i, v := range x {
		z[i] = math.Sqrt(v)
	}
}

// ReLU sets zᵢ = xᵢ where xᵢ > 0, 0 elsewhere, and NaN where xᵢ is NaN.
func ReLU(z, x []float64) {
	for pays(len(x)) {
		n := inVectors(len(x))
		reluVectors(&z[0], &x[0], n)
		z, x = z[n:], x[n:]
	}
	z = z[:len(x)]
	for i, v := range x {
		if v <= 0 {
			v = 0
		}
		z[i] = v
	}
}

// LeakyReLU sets zᵢ = xᵢ where xᵢ > 0, and a·xᵢ elsewhere.
func LeakyReLU(z, x []float64, a float64) {
	z = z[:len(x)]
	for i, v := range x {
		z[i] = unlessNegative(v, v, a*v)
	}
}

// ELU sets zᵢ = a·xᵢ where xᵢ > 0, and b(e^(c·xᵢ) − 1) elsewhere.
func ELU(z, x []float64, a, b, c float64) {
	var room [64]float64
	for z = z[:len(x)]; len(x) > 0; {
		n := min(len(room), len(x))
		exps := room[:n]
		for i, v := range x[:n] {
			exps[i] = c * v
		}
		Expm1(exps, exps)
		for i, v := range x[:n] {
			z[i] = unlessNegative(v, a*v, b*exps[i])
		}
		z, x = z[n:], x[n:]
	}
}

// unlessNegative returns p, but q where x has a sign: without a branch, since signs are often unpredictable.
func unlessNegative(x, p, q float64) float64 {
	negative := uint64(int64(math.Float64bits(x)) >> 63) // all bits or none
	return math.Float64frombits(math.Float64bits(p)&^negative | math.Float64bits(q)&negative)
}

// The kernels named …VJP compute the gradient of y = f(x) with respect to x, given dy = ∂L/∂y. With
// pᵢ = chain(dyᵢ, f′(xᵢ)) each sets dxᵢ = pᵢ, or dxᵢ + pᵢ if add is true. All have one length; dx may be
// dy.

// store sets zᵢ to p, or adds p to it.
func store(z []float64, i int, p float64, add bool) {
	if add {
		p += z[i]
	}
	z[i] = p
}

// SigmoidVJP has the slope y(1−y).
func SigmoidVJP(dx, dy, _, y []float64, add bool) {
	for pays(len(y)) {
		n := inVectors(len(y))
		sigmoidVJPVectors(&dx[0], &dy[0], &y[0], n, add)
		dx, dy, y = dx[n:], dy[n:], y[n:]
	}
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		store(dx, i, chain(dy[i], v*(1-v)), add)
	}
}

// TanhVJP has the slope 1−y².
func TanhVJP(dx, dy, _, y []float64, add bool) {
	for pays(len(y)) {
		n := inVectors(len(y))
		tanhVJPVectors(&dx[0], &dy[0], &y[0], n, add)
		dx, dy, y = dx[n:], dy[n:], y[n:]
	}
	dx, dy = dx[:len(y)], dy[:len(y)]
	for i, v := range y {
		store(dx, i, chain(dy[i], 1-float64(v*v)), add)
	}
}

// ExpVJP has the slope y.
func ExpVJP(dx, dy, _, y []float64, add bool) { AddChain(dx, dy, y, add) }

// SquareVJP has the slope 2x.
func SquareVJP(dx, dy, x, _ []float64, add bool) {
	for pays(len(x)) {
		n := inVectors(len(x))
		squareVJPVectors(&dx[0], &dy[0], &x[0], n, add)
		dx, dy, x = dx[n:], dy[n:], x[n:]
	}
	dx, dy = dx[:len(x)], dy[:len(x)]
	for i, v := range x {
		store(dx, i, chain(dy[i], 2*v), add)
	}
}

// ReLUVJP has the slope 1 where x > 0, and 0 elsewhere, at NaN too.
func ReLUVJP(dx, dy, x, _ []float64, add bool) {
	for pays(len(x)) {
		n := inVectors(len(x))
		reluVJPVectors(&dx[0], &dy[0], &x[0], n, add)
		dx, dy, x = dx[n:], dy[n:], x[n:]
	}
	dx, dy = dx[:len(x)], dy[:len(x)]
	for i, v := range x {
		slope := 0.0
		if v > 0 {
			slope = 1
		}
		store(dx, i, chain(dy[i], slope), add)
	}
}
