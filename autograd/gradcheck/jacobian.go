package gradcheck

import (
	"errors"
	"fmt"
	"math"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A matrix is the automatic Jacobian of f at xs: for each output, a row of the gradients with respect to the inputs.
type matrix struct {
	f     Func
	xs    []*tensor.Tensor
	names []string
	shape []int // f's
	rows  [][]*tensor.Tensor
	sizes []float64 // of the largest elements of the rows

	rounding map[int]float64 // of a row
}

// jacobian compares the automatic with the numerical Jacobian.
func jacobian(f Func, xs []*tensor.Tensor) error {
	m := automatic(f, xs)
	slopes := numerical(again(f, xs), xs, m.column)
	var all []error
	for i, x := range xs {
		var wrong []pair
		for j := range x.Data() {
			for o := range m.rows {
				e, s := m.at(o, i, j), &slopes[i][j][o]
				err := s.judge(e)
				switch {
				case err == ErrInconclusive && m.isSmall(o, slopes[i][j]), err != nil && err != ErrKink && m.isRounding(o, i, j, s):
					err = nil
				case err != nil:
					where := fmt.Sprintf("output %v by %s %v", index(o, m.shape), m.names[i], index(j, x.Shape()))
					all = append(all, fmt.Errorf("gradcheck: %w: %s: %s", err, where, s.compare(e, err)))
				}
				if err == ErrWrong {
					wrong = append(wrong, pair{e.value, s.smooth.value, s.smooth.bound})
				}
			}
		}
		if h := m.hint(wrong, slopes[i], i); h != "" {
			all = append(all, fmt.Errorf("gradcheck: %s: %s", m.names[i], h))
		}
	}
	return most(all)
}

// most joins errors, with the last one, as there may be a hint, but no more than 20.
func most(all []error) error {
	const n = 20
	if len(all) > n {
		last := all[len(all)-1]
		all = append(all[:n:n], fmt.Errorf("gradcheck: %d more", len(all)-n-1), last)
	}
	return errors.Join(all...)
}

// automatic returns the automatic Jacobian.
func automatic(f Func, xs []*tensor.Tensor) *matrix {
	nodes := variables(xs)
	y := f(nodes...)
	m := &matrix{f: f, xs: xs, names: names(nodes), shape: y.Shape(), rounding: map[int]float64{}}
	for o := range y.Value().Len() {
		row := seeded(y, o, 1, nodes)
		m.rows, m.sizes = append(m.rows, row), append(m.sizes, largest(row...))
	}
	return m
}

// seeded returns the gradients of output o times a.
func seeded(y *autograd.Node, o int, a float64, xs []*autograd.Node) []*tensor.Tensor {
	seed := tensor.New(y.Shape()...)
	seed.Data()[o] = a
	return backward(y, seed, xs)
}

// backward returns the gradients of Σ y·seed; zeros if nothing depends on xs.
func backward(y *autograd.Node, seed *tensor.Tensor, xs []*autograd.Node) (row []*tensor.Tensor) {
	var grads *autograd.Gradients
	if y.NeedsGrad() {
		grads = autograd.Backward(y.Mul(autograd.Constant(seed)).Sum(), xs...)
	}
	for _, x := range xs {
		if grads == nil {
			row = append(row, tensor.New(x.Shape()...))
		} else {
			row = append(row, grads.Of(x))
		}
	}
	return row
}

// at returns the derivative of output o by element j of input i.
func (m *matrix) at(o, i, j int) expected { return expected{m.rows[o][i].Data()[j], m.sizes[o]} }

// column returns the derivatives of all outputs by element j of input i.
func (m *matrix) column(i, j int) []expected {
	all := make([]expected, len(m.rows))
	for o := range all {
		all[o] = m.at(o, i, j)
	}
	return all
}

// isSmall reports whether the bound of a derivative of output o is below 10⁻⁶ of the largest derivative of outputs with
// similar noise, as that of a saturated unit is beside others.
func (m *matrix) isSmall(o int, outputs []slope) bool {
	e, row := outputs[o].smooth, 0.0
	for k, s := range outputs {
		if s.smooth.noise <= 100*e.noise && e.noise <= 100*s.smooth.noise {
			row = math.Max(row, m.sizes[k])
		}
	}
	return e.bound <= 1e-6*row
}

// isRounding reports whether a derivative and its slope are zero but for rounding, as those of a sum of softmax are, or
// no more apart than rounding makes them, and than 10⁻⁹ of the row.
func (m *matrix) isRounding(o, i, j int, s *slope) bool {
	if math.IsInf(s.smooth.bound, 1) {
		return false
	}
	if _, ok := m.rounding[o]; !ok {
		m.rounding[o] = m.roundingOf(o)
	}
	r, dx := 100*m.rounding[o], m.rows[o][i].Data()[j]
	off := math.Abs(dx - s.smooth.value)
	zero := r > 0 && math.Abs(dx) <= r && math.Abs(s.smooth.value) <= r+s.smooth.bound
	return zero || off <= r+s.smooth.bound && off <= 1e-9*m.sizes[o]
}

// roundingOf returns how rough a row is. A gradient is linear in its seed, and hardly another a few ε away: what is not
// so is rounding.
func (m *matrix) roundingOf(o int) (most float64) {
	at := clones(m.xs)
	for k := range 8 {
		a := 1.1 + float64(k)/10
		row := func() []float64 {
			nodes := variables(at)
			for i, dx := range seeded(m.f(nodes...), o, a, nodes) {
				for j, v := range dx.Data() {
					most = max(most, math.Abs(v/a-m.rows[o][i].Data()[j]))
				}
			}
			return nil
		}
		moved(row, at, float64(k-4)*0x1p-50, 0)
	}
	return most
}

// judge compares the slope with what is expected.
func (s *slope) judge(e expected) error {
	s.smooth.bound = math.Max(s.smooth.bound, rounding*e.row)
	agrees, bound := s.agrees(e), s.smooth.bound
	switch {
	case s.tells(e) && agrees:
		return nil
	case s.tells(e) && s.kinkedAround(e):
		return ErrKink
	case s.tells(e):
		return ErrWrong
	case s.kinked.bound < math.Inf(1) && s.kinked.bound <= bound:
		return ErrKink
	case agrees && (bound < 1e-300 || e.row == 0 && bound <= 1000*s.smooth.noise):
		return nil // as near as numbers come, or a constant but for its rounding
	case s.smooth.value == 0 && e.value == 0 && bound < math.Inf(1):
		return nil
	case agrees, math.IsInf(bound, 1):
		return ErrInconclusive
	}
	return ErrWrong
}

// kinkedAround reports whether smaller steps than smooth's show a kink, with slopes to both sides of what is expected: a small
// kink on a bend.
func (s *slope) kinkedAround(e expected) bool {
	k := s.kinked
	return k.bound < math.Inf(1) && k.h < s.smooth.h && math.Min(k.left, k.right)-k.bound <= e.value && e.value <= math.Max(k.left, k.right)+k.bound
}

// compare says how the slope and what is expected compare, which is err.
func (s *slope) compare(e expected, err error) string {
	switch {
	case err == ErrKink:
		return fmt.Sprintf("automatic %.9g, slopes %.9g to the left and %.9g to the right", e.value, s.kinked.left, s.kinked.right)
	case math.IsInf(s.smooth.bound, 1):
		return fmt.Sprintf("automatic %.9g, no numerical derivative: the function is not finite here or near by", e.value)
	}
	a, n := fmt.Sprintf("%.9g", e.value), fmt.Sprintf("%.9g", s.smooth.value)
	if a == n {
		a, n = fmt.Sprintf("%.17g", e.value), fmt.Sprintf("%.17g", s.smooth.value)
	}
	return fmt.Sprintf("automatic %s, numerical %s ± %.2g", a, n, s.smooth.bound)
}
