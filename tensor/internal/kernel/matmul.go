package kernel

import "math"

// In the matrix products z is m × n and k is the length of the inner axis. Each
// element of z starts at what is there and takes the products of the inner axis
// in ascending order, each with one rounding (a fused multiply-add); those named Add…
// start at 0, and add the result to what is there. z may not overlap an operand.

// MatMulNN sets zᵢⱼ = zᵢⱼ + Σₚ xᵢₚ yₚⱼ, with x m × k and y k × n.
func MatMulNN(z, x, y []float64, m, k, n int) {
	for i := range m {
		VecMat(z[i*n:(i+1)*n], x[i*k:(i+1)*k], y, n)
	}
}

// AddMatMulNN adds x·y to z, with x m × k and y k × n.
func AddMatMulNN(z, x, y []float64, m, k, n int) {
	var room block
	for i := range m {
		room.rows(z[i*n:(i+1)*n], func(part []float64, j int) { VecMat(part, x[i*k:(i+1)*k], y[j:], n) })
	}
}

// A block is memory for a part of a row.
type block [256]float64

// rows adds to z, a part at a time, what f adds to zeros for the part of z that begins at j.
func (b *block) rows(z []float64, f func(part []float64, j int)) {
	for j := 0; j < len(z); j += len(b) {
		part := b[:min(len(b), len(z)-j)]
		clear(part)
		f(part, j)
		for i, v := range part {
			z[j+i] += v
		}
	}
}

// VecMat sets zⱼ = zⱼ + Σₚ xₚ yₚⱼ, with rows of y that begin n elements apart.
func VecMat(z, x, y []float64, n int) {
	if n == 1 { // y is a column
		s := z[0]
		for p, w := range y[:len(x)] {
			s = math.FMA(x[p], w, s)
		}
		z[0] = s
		return
	}
	for ; len(x) > 4; x, y = x[4:], y[4*n:] {
		addFour(z, x[0], x[1], x[2], x[3], y, n)
	}
	if len(x) == 4 {
		addFour(z, x[0], x[1], x[2], x[3], y, n)
		return
	}
	for p, v := range x {
		for j, w := range y[p*n:][:len(z)] {
			z[j] = math.FMA(v, w, z[j])
		}
	}
}

// addFour adds four rows of y, of n elements each, to z, each times a number.
func addFour(z []float64, a0, a1, a2, a3 float64, y []float64, n int) {
	y0, y1, y2, y3 := y[:len(z)], y[n:][:len(z)], y[2*n:][:len(z)], y[3*n:][:len(z)]
	for j, v := range z {
		z[j] = math.FMA(a3, y3[j], math.FMA(a2, y2[j], math.FMA(a1, y1[j], math.FMA(a0, y0[j], v))))
	}
}

// small is the size of a result that is gone through again for every row of the
// operands, rather than row by row.
const small = 64

// MatMulTN sets zᵢⱼ = zᵢⱼ + Σₚ xₚᵢ yₚⱼ, with x k × m and y k × n.
func MatMulTN(z, x, y []float64, m, k, n int) {
	if m*n <= small {
		for p := range k {
			AddOuter(z, x[p*m:(p+1)*m], y[p*n:(p+1)*n])
		}
		return
	}
	for i := range min(m, m*k) { // none if there is nothing to add
		rowTN(z[i*n:(i+1)*n], x[i:], y, m, k, n)
	}
}

// AddMatMulTN adds xᵀ·y to z, with x k × m and y k × n.
func AddMatMulTN(z, x, y []float64, m, k, n int) {
	var room block
	for i := range min(m, m*k) { // none if there is nothing to add
		room.rows(z[i*n:(i+1)*n], func(part []float64, j int) { rowTN(part, x[i:], y[j:], m, k, n) })
	}
}

// rowTN sets zⱼ = zⱼ + Σₚ x[p·m] y[p·n+j].
func rowTN(z, x, y []float64, m, k, n int) {
	p := 0
	for ; p+4 <= k; p += 4 {
		addFour(z, x[p*m], x[(p+1)*m], x[(p+2)*m], x[(p+3)*m], y[p*n:], n)
	}
	for ; p < k; p++ {
		v := x[p*m]
		for j, w := range y[p*n:][:len(z)] {
			z[j] = math.FMA(v, w, z[j])
		}
	}
}

// AddOuter sets zᵢⱼ = zᵢⱼ + xᵢ yⱼ, with z len(x) × len(y).
func AddOuter(z, x, y []float64) {
	for _, v := range x {
		zi := z[:len(y)]
		for j, w := range y {
			zi[j] = math.FMA(v, w, zi[j])
		}
		z = z[len(y):]
	}
}

// Outer sets zᵢⱼ = xᵢ yⱼ, with z len(x) × len(y): what AddOuter makes of zeros.
func Outer(z, x, y []float64) {
	if len(y) == 1 {
		x, y = y, x // one row, not many of one element
	}
	for _, v := range x {
		zi := z[:len(y)]
		for j, w := range y {
			zi[j] = float64(v*w) + 0
		}
		z = z[len(y):]
	}
}

// MatMulNT sets zᵢⱼ = zᵢⱼ + Σₚ xᵢₚ yⱼₚ, with x m × k and y n × k.
func MatMulNT(z, x, y []float64, m, k, n int) {
	if k == 1 {
		AddOuter(z, x, y)
		return
	}
	for i := range m {
		xi, zi := x[i*k:(i+1)*k], z[i*n:(i+1)*n]
		j := 0
		for ; j+4 <= n; j += 4 {
			y0, y1 := y[j*k:][:len(xi)], y[(j+1)*k:][:len(xi)]
			y2, y3 := y[(j+2)*k:][:len(xi)], y[(j+3)*k:][:len(xi)]
			s0, s1, s2, s3 := zi[j], zi[j+1], zi[j+2], zi[j+3]
			for p, v := range xi {
				s0, s1 = math.FMA(v, y0[p], s0), math.FMA(v, y1[p], s1)
				s2, s3 = math.FMA(v, y2[p], s2), math.FMA(v, y3[p], s3)
			}
			zi[j], zi[j+1], zi[j+2], zi[j+3] = s0, s1, s2, s3
		}
		for ; j < n; j++ {
			zi[j] = dot(zi[j], xi, y[j*k:])
		}
	}
}

// AddMatMulNT adds x·yᵀ to z, with x m × k and y n × k.
func AddMatMulNT(z, x, y []float64, m, k, n int) {
	for i := range m {
		for j := range n {
			z[i*n+j] += dot(0, x[i*k:(i+1)*k], y[j*k:])
		}
	}
}

// dot returns s + Σₚ xₚ yₚ.
func dot(s float64, x, y []float64) float64 {
	y = y[:len(x)]
	for p, v := range x {
		s = math.FMA(v, y[p], s)
	}
	return s
}
