package kernel

// Sums have one order, whatever the processor:
//
//   - Up to 1024 elements are one block: element i goes to lane i mod 32, in ascending order, and
//     lanes are added in pairs, l and l+16, then l and l+8, l+4, l+2, l+1.
//   - More are cut in two, the first part the largest power of two of whole blocks that leaves something,
//     and the sums of both are added.
//
// So the error grows with the logarithm of the number of elements: N. J. Higham, The accuracy of floating
// point summation, SIAM Journal on Scientific Computing 14 (1993).
const (
	lanes     = 32
	blockSize = 1024
)

// Sum returns Σ xᵢ.
func Sum(x []float64) float64 {
	switch {
	case len(x) == 1:
		return x[0]
	case len(x) <= blockSize:
		return sumBlock(x)
	}
	n := firstPart(len(x))
	return Sum(x[:n]) + Sum(x[n:])
}

// firstPart returns the largest blockSize·2ᵏ below n.
func firstPart(n int) int {
	part := blockSize
	for 2*part < n {
		part *= 2
	}
	return part
}

func sumBlock(x []float64) float64 {
	var s [lanes]float64
	if len(x) <= 8 { // the other lanes are zero
		copy(s[:], x)
		for l := range x {
			s[l] += 0
		}
		return addLanes8(&s)
	}
	for ; len(x) >= lanes; x = x[lanes:] {
		for l := range s {
			s[l] += x[l]
		}
	}
	for l, v := range x {
		s[l] += v
	}
	return addLanes(&s)
}

func addLanes(s *[lanes]float64) float64 {
	for l := range 16 {
		s[l] += s[l+16]
	}
	for l := range 8 {
		s[l] += s[l+8]
	}
	return addLanes8(s)
}

func addLanes8(s *[lanes]float64) float64 {
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// HalfSquaredDistance returns ½ Σ (xᵢ − yᵢ)², summed as Sum does.
func HalfSquaredDistance(x, y []float64) float64 {
	if len(x) == 1 {
		d := x[0] - y[0]
		return 0.5 * (d * d)
	}
	return 0.5 * squaredDistance(x, y)
}

func squaredDistance(x, y []float64) float64 {
	if len(x) > blockSize {
		n := firstPart(len(x))
		return squaredDistance(x[:n], y[:n]) + squaredDistance(x[n:], y[n:])
	}
	var s [lanes]float64
	for i, v := range x {
		d := v - y[i]
		s[i%lanes] += float64(d * d)
	}
	return addLanes(&s)
}

// Rows adds to z the rows, of len(z) elements each, one after another; for one element their sum.
func Rows(z, rows []float64) {
	switch n := len(z); n {
	case 0:
	case 1:
		z[0] += Sum(rows)
	default:
		for ; len(rows) > 0; rows = rows[n:] {
			for i, v := range rows[:n] {
				z[i] += v
			}
		}
	}
}

// AddRows adds to z the sum of the rows: what Rows makes of zeros, once.
func AddRows(z, rows []float64) {
	n := len(z)
	if n < 2 {
		Rows(z, rows)
		return
	}
	var room block
	room.rows(z, func(part []float64, j int) {
		for r := rows; len(r) > 0; r = r[n:] {
			for i, v := range r[j:][:len(part)] {
				part[i] += v
			}
		}
	})
}
