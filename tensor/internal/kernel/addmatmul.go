package kernel

// These functions add a matrix product to z. The sum of products of each element starts from zero, in the
// order of the functions that set z, and is added to z once. So the bits are those of a separate product,
// and Add.

// AddMatMulNN sets zᵢⱼ = zᵢⱼ + (0 + Σₚ xᵢₚ yₚⱼ), with x m × k and y k × n.
func AddMatMulNN(z, x, y []float64, m, k, n int) {
	if worthwhile(k, 1, m, k, n) {
		product{nil, x, k, 1, y, n, 1, m, k, n}.add(z)
		return
	}
	addProduct(z, x, k, 1, y, m, k, n)
}

// AddMatMulTN sets zᵢⱼ = zᵢⱼ + (0 + Σₚ xₚᵢ yₚⱼ), with x k × m and y k × n.
func AddMatMulTN(z, x, y []float64, m, k, n int) {
	if worthwhile(1, 1, m, k, n) {
		product{nil, x, 1, m, y, n, 1, m, k, n}.add(z)
		return
	}
	addProduct(z, x, 1, m, y, m, k, n)
}

// addProduct is for an x whose element i, p is x[i*row+p*step].
func addProduct(z, x []float64, row, step int, y []float64, m, k, n int) {
	switch {
	case k == 1:
		addProducts(z, x[:m], y)
	case n == 1 && step == 1:
		for i := range m {
			z[i] += dot(x[i*row:][:k], y)
		}
	case n < narrow:
		addNarrow(z, x, row, step, y, m, k, n)
	default:
		addWide(z, x, row, step, y, m, k, n)
	}
}

// addProducts sets zᵢⱼ = zᵢⱼ + (0 + xᵢ yⱼ), with z len(x) × len(y).
func addProducts(z, x, y []float64) {
	if len(y) == 1 {
		x, y = y, x // one row, not many of one element
	}
	for _, v := range x {
		zi := z[:len(y)]
		for j, w := range y {
			zi[j] += fma(v, w, 0)
		}
		z = z[len(y):]
	}
}

// narrow is the number of columns from which it pays to sum in memory.
const narrow = 16

// addNarrow sums four columns at a time, and those that are left one by one.
func addNarrow(z, x []float64, row, step int, y []float64, m, k, n int) {
	for i := range m {
		zi, j := z[i*n:(i+1)*n], 0
		for ; j+4 <= n; j += 4 {
			var s0, s1, s2, s3 float64
			at, to := i*row, j
			for range k {
				v, yp := x[at], y[to:][:4]
				s0, s1 = fma(v, yp[0], s0), fma(v, yp[1], s1)
				s2, s3 = fma(v, yp[2], s2), fma(v, yp[3], s3)
				at, to = at+step, to+n
			}
			zi[j] += s0
			zi[j+1] += s1
			zi[j+2] += s2
			zi[j+3] += s3
		}
		for ; j < n; j++ {
			s, at, to := 0.0, i*row, j
			for range k {
				s = fma(x[at], y[to], s)
				at, to = at+step, to+n
			}
			zi[j] += s
		}
	}
}

// addWide sums up to 256 columns at a time, four rows of y after four.
func addWide(z, x []float64, row, step int, y []float64, m, k, n int) {
	var room [256]float64
	for i := range m {
		for j := 0; j < n; j += len(room) {
			s := room[:min(n-j, len(room))]
			clear(s)
			at, p := i*row, 0
			for ; p+4 <= k; p += 4 {
				addFour(s, s, x[at], x[at+step], x[at+2*step], x[at+3*step], y[p*n+j:], n)
				at += 4 * step
			}
			for ; p < k; p++ {
				addOne(s, s, x[at], y[p*n+j:])
				at += step
			}
			zi := z[i*n+j:][:len(s)]
			for c, v := range s {
				zi[c] += v
			}
		}
	}
}

// AddMatMulNT sets zᵢⱼ = zᵢⱼ + (0 + Σₚ xᵢₚ yⱼₚ), with x m × k and y n × k.
func AddMatMulNT(z, x, y []float64, m, k, n int) {
	if worthwhile(k, k, m, k, n) {
		product{nil, x, k, 1, y, 1, k, m, k, n}.add(z)
		return
	}
	addMatMulNT(z, x, y, m, k, n)
}

func addMatMulNT(z, x, y []float64, m, k, n int) {
	if k == 1 {
		addProducts(z, x, y)
		return
	}
	for i := range m {
		xi, zi := x[i*k:(i+1)*k], z[i*n:(i+1)*n]
		j := 0
		for ; j+4 <= n; j += 4 {
			s0, s1, s2, s3 := fourDots(xi, y[j*k:])
			zi[j] += s0
			zi[j+1] += s1
			zi[j+2] += s2
			zi[j+3] += s3
		}
		for ; j < n; j++ {
			zi[j] += dot(xi, y[j*k:])
		}
	}
}

// SumRows sets zⱼ = 0 + Σᵢ xᵢⱼ, where the rows of x have len(z) elements. It adds in the order of rows,
// but a single column in the order of Sum.
func SumRows(z, x []float64) {
	if len(x) < len(z) {
		clear(z) // there are no rows
		return
	}
	if len(z) == 1 && len(x) > 1 {
		z[0] = Sum(x)
		return
	}
	for j, v := range x[:len(z)] {
		z[j] = 0 + v
	}
	for at := len(z); at < len(x); at += len(z) {
		Add(z, z, x[at:at+len(z)])
	}
}

// AddSumRows sets zⱼ = zⱼ + (0 + Σᵢ xᵢⱼ), as SumRows does.
func AddSumRows(z, x []float64) {
	if len(z) == 1 {
		z[0] += 0 + Sum(x)
		return
	}
	n, j := len(z), 0
	for ; j+4 <= n; j += 4 {
		var s0, s1, s2, s3 float64
		for at := j; at < len(x); at += n {
			xi := x[at:][:4]
			s0, s1, s2, s3 = s0+xi[0], s1+xi[1], s2+xi[2], s3+xi[3]
		}
		z[j] += s0
		z[j+1] += s1
		z[j+2] += s2
		z[j+3] += s3
	}
	for ; j < n; j++ {
		s := 0.0
		for at := j; at < len(x); at += n {
			s += x[at]
		}
		z[j] += s
	}
}
