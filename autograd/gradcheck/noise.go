package gradcheck

import (
	"math"

	"gentlegrad/tensor"
)

const eps = 0x1p-53

// points is the number of points of which differences are taken.
const points = 9

// noise returns how rough each output is: by how much rounding in its operations moves it or, if this is
// larger, half the size of its fourth differences at points so close together that a smooth function has
// none, as where the computation within an operation is rough; 0 where values are not finite. The points
// are about 10⁻¹² of |x| apart, or of smallest if that is larger. They are not exactly so, since 10⁻¹⁵ is
// nearly a multiple of 2⁻⁵³, to multiples of which numbers below 1 are rounded.
func noise(f func() []float64, shaken shaker, xs []*tensor.Tensor, smallest float64) []float64 {
	rough, values := fourths(f, xs, 1.038e-12, smallest), f()
	rounding := shaken.rounding(xs, values, upToJumps(values, largest(xs...)))
	for o := range rough {
		rough[o] = math.Max(rough[o]/2, rounding[o])
	}
	return rough
}

// fourths returns the size of the largest fourth difference of each output; 0 where values are not finite.
func fourths(f func() []float64, xs []*tensor.Tensor, t, smallest float64) []float64 {
	var table [points][]float64
	for k := range table {
		table[k] = moved(f, xs, float64(k-points/2)*t, smallest)
	}
	differences := fourthDifferences(table[:])
	all := make([]float64, len(table[0]))
	for o := range all {
		for _, d := range differences {
			all[o] = math.Max(all[o], math.Abs(d[o]))
		}
		if !isFinite(all[o]) {
			all[o] = 0
		}
	}
	return all
}

// fourthDifferences returns the fourth differences of the rows of a table, which it overwrites.
func fourthDifferences(table [][]float64) [][]float64 {
	for range 4 {
		for k, next := range table[1:] {
			for o, v := range next {
				table[k][o] = v - table[k][o]
			}
		}
		table = table[:len(table)-1]
	}
	return table
}

// wider returns the noise that fourth differences show at wider spacings: that of rounding within an
// operation, whose result does not change between closer points, while other parts of f do. There are
// two spacings, since one may be a multiple of the steps of such a rounding. Differences that fall with
// the spacing, but not down to the known noise rough, are those of a bend, as in a fast swing.
func wider(f func() []float64, xs []*tensor.Tensor, rough []float64) []float64 {
	far, near := fourths(f, xs, 1e-10, 1e-3), fourths(f, xs, 3e-11, 1e-3)
	for o, v := range near {
		if 64*rough[o] < v && v < far[o]/16 {
			far[o], near[o] = 0, 0
		}
	}
	return larger(far, near)
}

// larger returns the larger of each two elements.
func larger(a, b []float64) []float64 {
	all := make([]float64, len(a))
	for o := range all {
		all[o] = math.Max(a[o], b[o])
	}
	return all
}

// moved returns f with each element x moved by about t·max(|x|, smallest), some more than others.
func moved(f func() []float64, xs []*tensor.Tensor, t, smallest float64) []float64 {
	given := clones(xs)
	defer func() {
		for i, x := range xs {
			copy(x.Data(), given[i].Data())
		}
	}()
	for i, x := range xs {
		for j, v := range given[i].Data() {
			x.Data()[j] = v + float64(t*math.Max(math.Abs(v), smallest)*(1+float64((j*7+i*3)%5)/5))
		}
	}
	return f()
}
