package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"gentlegrad/tensor"
)

// remainder checks, along random directions d, that f(x + td) − f(x) − t·J·d falls as t², for up to 16
// outputs.
func remainder(f Func, xs []*tensor.Tensor) error {
	rng := rand.New(rand.NewPCG(9, 9))
	nodes := variables(xs)
	y := f(nodes...)
	outputs := y.Value().Len()
	chosen := rng.Perm(outputs)[:min(outputs, 16)]
	near := clones(xs)
	rough := noise(func() []float64 { return f(variables(near)...).Value().Clone().Data() }, near)
	rows := make([][]*tensor.Tensor, len(chosen))
	for k, o := range chosen {
		rows[k] = seeded(y, o, nodes)
	}
	var errs []error
	for range 3 {
		d := directions(rng, xs)
		values := along(f, xs, d)
		for k, o := range chosen {
			slope, size := 0.0, 0.0
			for i := range d {
				for j, v := range d[i].Data() {
					slope += rows[k][i].Data()[j] * v
					size += math.Abs(rows[k][i].Data()[j] * v)
				}
			}
			noise := math.Max(rough[o], 4*eps*math.Abs(values[0][o]))
			if ratio := fall(values, o, slope, noise, eps*size); ratio < 3 {
				errs = append(errs, fmt.Errorf("gradcheck: %w: output %v: along a random direction the remainder of the first-order expansion falls by %.3g where the step is halved, not by 4",
					ErrWrong, index(o, y.Shape()), ratio))
			}
		}
		if errs != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// directions returns tensors of numbers of the sizes of xs' elements.
func directions(rng *rand.Rand, xs []*tensor.Tensor) []*tensor.Tensor {
	d := clones(xs)
	for _, x := range d {
		for j, v := range x.Data() {
			x.Data()[j] = (.5 + rng.Float64()) * float64(1-2*rng.IntN(2)) * math.Max(math.Abs(v), 1e-3)
		}
	}
	return d
}

// along returns the values of f at x, and at x + td for t = 1, ½, ¼, ….
func along(f Func, xs, d []*tensor.Tensor) (values [][]float64) {
	for k := range 41 {
		t := 0.0
		if k > 0 {
			t = math.Pow(2, 1-float64(k))
		}
		at := clones(xs)
		for i, x := range at {
			x.AddScaled(x, t, d[i])
		}
		values = append(values, f(variables(at)...).Value().Clone().Data())
	}
	return values
}

// fall returns by what the remainder of an output falls where the smallest step at which it is well above
// the rounding of values, and of the slope, is halved; 4 if there is none.
func fall(values [][]float64, o int, slope, noise, slopeNoise float64) float64 {
	ratio := 4.0
	for k := 1; k < len(values)-1; k++ {
		t := math.Pow(2, 1-float64(k))
		a := math.Abs(values[k][o] - values[0][o] - t*slope)
		b := math.Abs(values[k+1][o] - values[0][o] - t/2*slope)
		if floor := 50 * (noise + t*slopeNoise); a > floor && b > floor/4 && !math.IsInf(a, 0) && !math.IsInf(b, 0) {
			ratio = a / b
		}
	}
	return ratio
}
