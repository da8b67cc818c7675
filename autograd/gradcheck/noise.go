package gradcheck

import (
	"math"

	"gentlegrad/tensor"
)

const eps = 0x1p-53

// points is the number of points that differences are taken of.
const points = 9

// noise returns how rough each output is: half the size of the fourth differences of values at points
// so near one another that a smooth function has none; 0 where values are not finite. The points are 10⁻¹² of
// |x| apart, or of smallest if that is larger.
func noise(f func() []float64, xs []*tensor.Tensor, smallest float64) []float64 {
	rough := fourths(f, xs, 1e-12, smallest)
	for o := range rough {
		rough[o] /= 2
	}
	return rough
}

// stairs returns the noise where that is larger, of outputs that are step functions if looked at closely, as the
// slope of tanh at 15 is: 1 − y² of a y that is rounded to 2⁻⁵³. At one spacing there may be
// none, and at 8 times that fourth differences of their height, and at the next ones too; those of a smooth function grow
// to the 4096-fold, and no more unless they are tiny, at a kink to the 8-fold. It is no more than the rounding of numbers of size 1, or of
// the outputs'.
func stairs(f func() []float64, xs []*tensor.Tensor, rough []float64) []float64 {
	all := append([]float64{}, rough...)
	values := f()
	most := math.Max(1, largest(tensor.FromSlice(values, len(values))))
	last := fourths(f, xs, 1e-12, 1e-3)
	for t := 8e-12; t < .1; t *= 8 {
		now := fourths(f, xs, t, 1e-3)
		for o, d := range now {
			if (d <= 4*last[o] || last[o] == 0 || d > 2*4096*last[o] && d > eps*most/8) && d <= 64*eps*most {
				all[o] = max(all[o], d/2)
			}
		}
		last = now
	}
	return all
}

// fourths returns the size of the largest fourth difference of each output; 0 where values are not finite.
func fourths(f func() []float64, xs []*tensor.Tensor, t, smallest float64) []float64 {
	var table [points][]float64
	for k := range points {
		table[k] = moved(f, xs, float64(k-points/2)*t, smallest)
	}
	all := make([]float64, len(table[0]))
	for o := range all {
		var values [points]float64
		for k := range values {
			values[k] = table[k][o]
		}
		if d := fourth(values[:]); !math.IsNaN(d) && !math.IsInf(d, 0) {
			all[o] = d
		}
	}
	return all
}

// moved returns f where each x is moved by about t·max(|x|, smallest), some more than others.
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

// fourth returns the size of the largest fourth difference. It overwrites values.
func fourth(values []float64) float64 {
	for range 4 {
		for k := range len(values) - 1 {
			values[k] = values[k+1] - values[k]
		}
		values = values[:len(values)-1]
	}
	most := 0.0
	for _, v := range values {
		most = math.Max(most, math.Abs(v))
	}
	return most
}
