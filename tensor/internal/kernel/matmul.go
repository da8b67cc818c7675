package kernel

import "math"

// In the matrix products z is m × n and k is the length of the inner axis. Each
// element of z starts at what is there and takes the products of the inner axis
// in ascending order, each with one rounding (a fused multiply-add). z may not
// overlap an operand.

// MatMulNN sets zᵢⱼ = zᵢⱼ + Σₚ xᵢₚ yₚⱼ, with x m × k and y k × n.
func MatMulNN(z, x, y []float64, m, k, n int) {
	if k*n <= small {
		matMulSmall(z, x, y, m, k, n)
		return
	}
	for i := range m {
		addRows(z[i*n:(i+1)*n], x[i*k:(i+1)*k], 1, y, k, n)
	}
}

// small is the size of a second operand up to which a loop per element is faster than
// one per row.
const small = 32

// matMulSmall is MatMulNN with a loop per element.
func matMulSmall(z, x, y []float64, m, k, n int) {
	for i := range m {
		xi, zi := x[i*k:(i+1)*k], z[i*n:(i+1)*n]
		for j, s := range zi {
			at := j
			for _, v := range xi {
				s = math.FMA(v, y[at], s)
				at += n
			}
			zi[j] = s
		}
	}
}

// MatMulTN sets zᵢⱼ = zᵢⱼ + Σₚ xₚᵢ yₚⱼ, with x k × m and y k × n.
func MatMulTN(z, x, y []float64, m, k, n int) {
	if k == 1 {
		addOuter(z, x, y)
		return
	}
	for i := range m {
		if k > 0 {
			addRows(z[i*n:(i+1)*n], x[i:], m, y, k, n)
		}
	}
}

// addOuter sets zᵢⱼ = zᵢⱼ + xᵢ yⱼ.
func addOuter(z, x, y []float64) {
	for _, v := range x {
		zi := z[:len(y)]
		for j, w := range y {
			zi[j] = math.FMA(v, w, zi[j])
		}
		z = z[len(y):]
	}
}

// addRows sets zⱼ = zⱼ + Σₚ aₚ yₚⱼ, where aₚ is x[p·stride].
func addRows(z, x []float64, stride int, y []float64, k, n int) {
	p := 0
	for ; p+4 <= k; p += 4 {
		a0, a1, a2, a3 := x[p*stride], x[(p+1)*stride], x[(p+2)*stride], x[(p+3)*stride]
		y0, y1 := y[p*n:][:len(z)], y[(p+1)*n:][:len(z)]
		y2, y3 := y[(p+2)*n:][:len(z)], y[(p+3)*n:][:len(z)]
		for j, v := range z {
			z[j] = math.FMA(a3, y3[j], math.FMA(a2, y2[j], math.FMA(a1, y1[j], math.FMA(a0, y0[j], v))))
		}
	}
	for ; p < k; p++ {
		a, yp := x[p*stride], y[p*n:][:len(z)]
		for j, v := range z {
			z[j] = math.FMA(a, yp[j], v)
		}
	}
}

// MatMulNT sets zᵢⱼ = zᵢⱼ + Σₚ xᵢₚ yⱼₚ, with x m × k and y n × k.
func MatMulNT(z, x, y []float64, m, k, n int) {
	if k == 1 {
		addOuter(z, x, y)
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
			yj, s := y[j*k:][:len(xi)], zi[j]
			for p, v := range xi {
				s = math.FMA(v, yj[p], s)
			}
			zi[j] = s
		}
	}
}
