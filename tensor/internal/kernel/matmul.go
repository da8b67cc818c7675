package kernel

// In the matrix products z is m × n and k is the length of the inner axis. Each
// element of z starts at zero, or the bias, and takes the products of the inner
// axis in ascending order, each with one rounding (a fused multiply-add). z may
// not overlap an operand.

// MatMulNN sets zᵢⱼ = 0 + Σₚ xᵢₚ yₚⱼ, with x m × k and y k × n.
func MatMulNN(z, x, y []float64, m, k, n int) {
	if worthwhile(k, 1, m, k, n) {
		product{nil, x, k, 1, y, n, 1, m, k, n}.set(z)
		return
	}
	matMulNN(z, x, y, m, k, n)
}

// matMulNN and the like are the loops in Go, for processors without vectors and for small products.
func matMulNN(z, x, y []float64, m, k, n int) {
	if n == 1 { // one row of m elements, not m rows of one
		matMulNT(z, y, x, 1, k, m)
		return
	}
	if k == 0 || k >= 4 {
		clear(z)
		for i := range m {
			zi := z[i*n : (i+1)*n]
			affineRow(zi, x[i*k:(i+1)*k], y, zi)
		}
		return
	}
	for i := range m { // zeros would be a good part of the work
		zi, xi := z[i*n:(i+1)*n], x[i*k:(i+1)*k]
		v := xi[0]
		for j, w := range y[:len(zi)] {
			zi[j] = fma(v, w, 0)
		}
		affineRow(zi, xi[1:], y[n:], zi)
	}
}

// Affine sets zᵢⱼ = bⱼ + Σₚ xᵢₚ wₚⱼ, with x m × k, w k × n and b of n elements.
func Affine(z, x, w, b []float64, m, k, n int) {
	if worthwhile(k, 1, m, k, n) {
		product{b, x, k, 1, w, n, 1, m, k, n}.set(z)
		return
	}
	for ; len(z) > n; z, x = z[n:], x[k:] {
		affineRow(z[:n], x[:k], w, b)
	}
	affineRow(z, x, w, b) // the last row
}

// affineRow sets zⱼ = bⱼ + Σₚ xₚ wₚⱼ, with w len(x) × len(z). z may be b.
func affineRow(z, x, w, b []float64) {
	if len(z) == 1 { // w is a column
		s := b[0]
		for p, v := range w[:len(x)] {
			s = fma(x[p], v, s)
		}
		z[0] = s
		return
	}
	if len(x) == 0 {
		copy(z, b)
	}
	for len(x) >= 4 {
		addFour(z, b, x[0], x[1], x[2], x[3], w, len(z))
		x, w, b = x[4:], w[4*len(z):], z
	}
	for _, v := range x {
		addOne(z, b, v, w)
		w, b = w[len(z):], z
	}
}

// addOne sets zⱼ = bⱼ + a·yⱼ, rounded once.
func addOne(z, b []float64, a float64, y []float64) {
	z, y = z[:len(b)], y[:len(b)]
	for j, v := range b {
		z[j] = fma(a, y[j], v)
	}
}

// addFour sets z to b plus four rows of y, of n elements each, times a0 to a3.
func addFour(z, b []float64, a0, a1, a2, a3 float64, y []float64, n int) {
	z = z[:len(b)]
	y0, y1, y2, y3 := y[:len(b)], y[n:][:len(b)], y[2*n:][:len(b)], y[3*n:][:len(b)]
	for j, v := range b {
		z[j] = fma(a3, y3[j], fma(a2, y2[j], fma(a1, y1[j], fma(a0, y0[j], v))))
	}
}

// small is the size of a result up to which all of it is updated for every row of the operands; a larger
// one is made row by row.
const small = 64

// MatMulTN sets zᵢⱼ = 0 + Σₚ xₚᵢ yₚⱼ, with x k × m and y k × n.
func MatMulTN(z, x, y []float64, m, k, n int) {
	if worthwhile(1, 1, m, k, n) {
		product{nil, x, 1, m, y, n, 1, m, k, n}.set(z)
		return
	}
	matMulTN(z, x, y, m, k, n)
}

func matMulTN(z, x, y []float64, m, k, n int) {
	if k > 0 && m*n <= small {
		Outer(z, x[:m], y[:n])
		for p := 1; p < k; p++ {
			addOuter(z, x[p*m:(p+1)*m], y[p*n:(p+1)*n])
		}
		return
	}
	clear(z)
	for i := range m {
		zi, p := z[i*n:(i+1)*n], 0
		for ; p+4 <= k; p += 4 {
			addFour(zi, zi, x[p*m+i], x[(p+1)*m+i], x[(p+2)*m+i], x[(p+3)*m+i], y[p*n:], n)
		}
		for ; p < k; p++ {
			addOne(zi, zi, x[p*m+i], y[p*n:])
		}
	}
}

// addOuter sets zᵢⱼ = zᵢⱼ + xᵢ yⱼ, rounded once, with z len(x) × len(y).
func addOuter(z, x, y []float64) {
	for _, v := range x {
		zi := z[:len(y)]
		for j, w := range y {
			zi[j] = fma(v, w, zi[j])
		}
		z = z[len(y):]
	}
}

// Outer sets zᵢⱼ = 0 + xᵢ yⱼ, rounded once (which may make −0), with z len(x) × len(y). Where it is called,
// inlined, its loops would have too few registers.
//
//go:noinline
func Outer(z, x, y []float64) {
	if len(y) == 1 {
		x, y = y, x // one row, not many of one element
	}
	for _, v := range x {
		zi := z[:len(y)]
		for j, w := range y {
			zi[j] = fma(v, w, 0)
		}
		z = z[len(y):]
	}
}

// MatMulNT sets zᵢⱼ = 0 + Σₚ xᵢₚ yⱼₚ, with x m × k and y n × k.
func MatMulNT(z, x, y []float64, m, k, n int) {
	if worthwhile(k, k, m, k, n) {
		product{nil, x, k, 1, y, 1, k, m, k, n}.set(z)
		return
	}
	matMulNT(z, x, y, m, k, n)
}

func matMulNT(z, x, y []float64, m, k, n int) {
	if k == 1 {
		Outer(z, x, y)
		return
	}
	for i := range m {
		xi, zi := x[i*k:(i+1)*k], z[i*n:(i+1)*n]
		j := 0
		for ; j+4 <= n; j += 4 {
			zi[j], zi[j+1], zi[j+2], zi[j+3] = fourDots(xi, y[j*k:])
		}
		for ; j < n; j++ {
			zi[j] = dot(xi, y[j*k:])
		}
	}
}

// dot returns 0 + Σₚ xₚ yₚ.
func dot(x, y []float64) (s float64) {
	y = y[:len(x)]
	for p, v := range x {
		s = fma(v, y[p], s)
	}
	return s
}

// fourDots returns the dots of x with four rows of y.
func fourDots(x, y []float64) (s0, s1, s2, s3 float64) {
	k := len(x)
	y0, y1, y2, y3 := y[:len(x)], y[k:][:len(x)], y[2*k:][:len(x)], y[3*k:][:len(x)]
	for p, v := range x {
		s0, s1 = fma(v, y0[p], s0), fma(v, y1[p], s1)
		s2, s3 = fma(v, y2[p], s2), fma(v, y3[p], s3)
	}
	return s0, s1, s2, s3
}
