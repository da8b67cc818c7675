package kernel

// Sum returns Σ xᵢ. Element i goes to lane i mod 8, and the lanes are added in
// pairs: ((0+4)+(2+6)) + ((1+5)+(3+7)).
func Sum(x []float64) float64 {
	if len(x) == 1 {
		return x[0]
	}
	var s [8]float64
	for ; len(x) >= 8; x = x[8:] {
		for l := range s {
			s[l] += x[l]
		}
	}
	for l, v := range x {
		s[l] += v
	}
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]))
}

// HalfSquaredDistance returns ½ Σ (xᵢ − yᵢ)², summed in lanes as Sum does.
func HalfSquaredDistance(x, y []float64) float64 {
	if len(x) == 1 {
		d := x[0] - y[0]
		return 0.5 * (d * d)
	}
	var s [8]float64
	for i, v := range x {
		d := v - y[i]
		s[i%8] += float64(d * d)
	}
	return 0.5 * (((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7])))
}
