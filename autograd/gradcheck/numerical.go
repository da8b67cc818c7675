package gradcheck

import (
	"fmt"
	"math"

	"gentlegrad/tensor"
)

const eps = 0x1p-53

// A slope is a numerical derivative of one output by one element, and how far it may be off.
type slope struct {
	value, bound float64
	left, right  float64 // one-sided
	kink         bool
}

// Numerical returns the numerical Jacobian of f at xs, as Check has it, and its error bounds: for each
// input a tensor with f's shape followed by the input's, so that of a scalar f it has the input's
// shape, as a gradient has. At a kink the bound is infinite.
//
// The error is not nil if there are no inputs, and if f panics.
func Numerical(f Func, xs ...*tensor.Tensor) (derivatives, bounds []*tensor.Tensor, err error) {
	defer recoverInto(&err)
	if err := mustBeInputs(xs); err != nil {
		return nil, nil, err
	}
	given := clones(xs)
	y := f(variables(given)...)
	for i, slopes := range numerical(f, given) {
		shape := append(y.Shape(), xs[i].Shape()...)
		d, b := tensor.New(shape...), tensor.New(shape...)
		n := len(slopes)
		for j, outputs := range slopes {
			for o, s := range outputs {
				d.Data()[o*n+j], b.Data()[o*n+j] = s.value, s.bound
				if s.kink {
					b.Data()[o*n+j] = math.Inf(1)
				}
			}
		}
		derivatives, bounds = append(derivatives, d), append(bounds, b)
	}
	return derivatives, bounds, nil
}

// numerical returns the derivatives by input, element and output.
func numerical(f Func, xs []*tensor.Tensor) [][][]slope {
	value := func() []float64 { return f(variables(xs)...).Value().Clone().Data() }
	rough := noise(value, xs)
	all := make([][][]slope, len(xs))
	for i, x := range xs {
		for j := range x.Data() {
			all[i] = append(all[i], derivative(value, &x.Data()[j], rough))
		}
	}
	return all
}

// differences are what f gives at one step size, for each output.
type differences struct {
	h                           float64
	central, noise, left, right []float64
}

// derivative returns the slope of each output by *x.
func derivative(f func() []float64, x *float64, rough []float64) []slope {
	mid := f()
	best := make([]slope, len(mid))
	for o := range best {
		best[o].bound = math.Inf(1)
	}
	var steps []differences
	var before []float64 // the last extrapolation
	for k := range 48 {
		steps = append(steps, differ(f, x, math.Max(1, math.Abs(*x))/2*math.Pow(2, -float64(k)), mid, rough))
		if len(steps) < 3 {
			continue
		}
		now := make([]float64, len(mid))
		for o := range mid {
			now[o] = best[o].improve(steps[len(steps)-3:], o, before)
		}
		if before = now; precise(best) {
			break
		}
	}
	return best
}

func differ(f func() []float64, x *float64, h float64, mid, rough []float64) differences {
	at := *x
	defer func() { *x = at }()
	*x = at + h
	up, right := f(), *x
	*x = at - h
	down, left := f(), *x
	d := differences{h: (right - left) / 2}
	for o := range mid {
		size := math.Max(math.Abs(up[o]), math.Max(math.Abs(down[o]), math.Abs(mid[o])))
		d.central = append(d.central, (up[o]-down[o])/(right-left))
		d.noise = append(d.noise, math.Max(4*eps*size, rough[o])/d.h)
		d.right = append(d.right, (up[o]-mid[o])/(right-at))
		d.left = append(d.left, (mid[o]-down[o])/(at-left))
	}
	return d
}

// improve makes s the extrapolation of three steps for output o, if its bound is smaller, and returns
// the extrapolation.
func (s *slope) improve(steps []differences, o int, before []float64) float64 {
	a, b, c := steps[0], steps[1], steps[2]
	e1, e2 := (4*b.central[o]-a.central[o])/3, (4*c.central[o]-b.central[o])/3
	r := (16*e2 - e1) / 15
	change := math.Abs(r - e1)
	if before != nil {
		change = math.Abs(r - before[o])
	}
	bound := 2*math.Max(change, math.Abs(r-e2)) + 2*c.noise[o]
	if bound < s.bound && !math.IsInf(r, 0) {
		bend, last := math.Abs(c.right[o]-c.left[o]), math.Abs(b.right[o]-b.left[o])
		kink := bend > 8*c.noise[o] && bend > .6*last && bend > 1e-6*math.Max(math.Abs(c.right[o]), math.Abs(c.left[o]))
		*s = slope{r, bound, c.left[o], c.right[o], kink}
	}
	return r
}

// precise reports whether smaller steps are of no use.
func precise(slopes []slope) bool {
	for _, s := range slopes {
		if !(s.bound <= 1e-8*math.Abs(s.value)) || s.kink {
			return false
		}
	}
	return true
}

// judge compares the slope with an automatic derivative a, one of a row with this largest element, in
// a Jacobian with that largest.
func (s *slope) judge(a, row, whole float64) error {
	s.bound = math.Max(s.bound, 1e-9*row)
	d := math.Abs(a - s.value)
	tight := s.bound < math.Inf(1) && s.bound <= math.Max(2e-4*math.Max(math.Abs(a), math.Abs(s.value)), 1e-6*whole)
	switch {
	case d == 0 && a == 0, d <= s.bound && (tight || s.bound < 1e-300):
		return nil
	case s.kink:
		return ErrKink
	case d <= s.bound:
		return ErrInconclusive
	}
	return ErrWrong
}

// compare says how the slope and the automatic derivative a compare.
func (s *slope) compare(a float64, err error) string {
	if err == ErrKink {
		return fmt.Sprintf("automatic %.9g, slopes %.9g to the left and %.9g to the right", a, s.left, s.right)
	}
	return fmt.Sprintf("automatic %.9g, numerical %.9g ± %.2g", a, s.value, s.bound)
}

// noise returns how rough each output is: half the size of the fourth differences of values at points
// so near one another that a smooth function has none.
func noise(f func() []float64, xs []*tensor.Tensor) []float64 {
	given := clones(xs)
	defer func() {
		for i, x := range xs {
			copy(x.Data(), given[i].Data())
		}
	}()
	const points = 9
	var table [points][]float64
	for k := range points {
		for i, x := range xs {
			for j, v := range given[i].Data() {
				step := math.Max(math.Abs(v), 1e-3) * 1e-12 * (1 + float64((j*7+i*3)%5)/5)
				x.Data()[j] = v + float64(k-points/2)*step
			}
		}
		table[k] = f()
	}
	rough := make([]float64, len(table[0]))
	for o := range rough {
		var d [points]float64
		for k := range d {
			d[k] = table[k][o]
		}
		for n := points - 1; n > points-5; n-- {
			for k := range n {
				d[k] = d[k+1] - d[k]
			}
		}
		for k := range points - 4 {
			rough[o] = math.Max(rough[o], math.Abs(d[k])/2)
		}
	}
	return rough
}
