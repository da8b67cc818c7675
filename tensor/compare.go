package tensor

import "math"

// Equal reports whether x and y have the same shape and equal elements. NaN and an empty tensor equal
// nothing; −0 equals 0.
func Equal(x, y *Tensor) bool { return AllClose(x, y, 0, 0) }

// AllClose reports whether x and y have the same shape and every |x−y| is at most
// atol + rtol·|y|, as NumPy's allclose does. Equal infinities are close; NaN is
// close to nothing.
func AllClose(x, y *Tensor, rtol, atol float64) bool {
	if !SameShape(x, y) {
		return false
	}
	for i, v := range x.data {
		w := y.data[i]
		if v != w && !(math.Abs(v-w) <= atol+float64(rtol*math.Abs(w)) && !math.IsInf(w, 0)) {
			return false
		}
	}
	return true
}

// MaxAbsDiff returns the largest |x−y|, or NaN if an element is NaN in one of them or the same infinity
// in both. It panics if their shapes differ, or if one is empty.
func MaxAbsDiff(x, y *Tensor) float64 {
	mustMatch("MaxAbsDiff", x, y)
	largest := 0.0
	for i, v := range x.data {
		largest = max(largest, math.Abs(v-y.data[i]))
	}
	return largest
}
