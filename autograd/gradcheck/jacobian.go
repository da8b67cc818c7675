package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// A matrix is the automatic Jacobian of f at xs: for each output, a row of the gradients
// with respect to the inputs.
type matrix struct {
	f     Func
	xs    []*tensor.Tensor
	names []string
	shape []int // f's
	rows  [][]*tensor.Tensor
	sizes []float64 // of the largest elements of the rows

	rounding map[int][]float64 // of the elements of each row, once it is needed
}

// jacobian compares the automatic with the numerical Jacobian.
func jacobian(f Func, xs []*tensor.Tensor) error {
	m := automatic(f, xs)
	slopes := numerical(again(f, xs), shaken(nil, f(variables(xs)...)), xs, m.column)
	var all []error
	for i, x := range xs {
		var wrong []pair
		for j := range x.Data() {
			for o := range m.rows {
				e, s := m.at(o, i, j), &slopes[i][j][o]
				err := s.judgeRounded(e, m.sizes, func() float64 { return m.roundingOf(o, i, j) })
				if err == ErrInconclusive && m.isSmall(o, slopes[i][j]) {
					err = nil
				}
				if err != nil {
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

// most joins errors, but no more than about 20, including the last one, which may be a hint.
func most(all []error) error {
	const n = 20
	if len(all) > n+1 {
		last := all[len(all)-1]
		all = append(all[:n:n], fmt.Errorf("gradcheck: %d more", len(all)-n-1), last)
	}
	return errors.Join(all...)
}

// automatic returns the automatic Jacobian.
func automatic(f Func, xs []*tensor.Tensor) *matrix {
	nodes := variables(xs)
	y := f(nodes...)
	m := &matrix{f: f, xs: xs, names: names(nodes), shape: y.Shape(), rounding: map[int][]float64{}}
	for o := range y.Value().Len() {
		row := backward(y, oneAt(o, y), nodes)
		m.rows, m.sizes = append(m.rows, row), append(m.sizes, largest(row...))
	}
	return m
}

// oneAt returns a seed of y's shape that is 1 at element o and 0 elsewhere.
func oneAt(o int, y *autograd.Node) *tensor.Tensor {
	seed := tensor.New(y.Shape()...)
	seed.Data()[o] = 1
	return seed
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

// at returns the derivative of output o with respect to element j of input i.
func (m *matrix) at(o, i, j int) expected { return expected{m.rows[o][i].Data()[j], m.sizes[o]} }

// column returns the derivatives of all outputs with respect to element j of input i.
func (m *matrix) column(i, j int) []expected {
	all := make([]expected, len(m.rows))
	for o := range all {
		all[o] = m.at(o, i, j)
	}
	return all
}

// isSmall reports whether the bound of a derivative of output o is below 10⁻⁶ of the largest
// derivative of outputs with similar noise, as that of a saturated unit is beside others. An output
// with up to 10⁴ times the noise counts too, but its derivative as so many times smaller, as where the
// saturated unit has a small weight.
func (m *matrix) isSmall(o int, outputs []slope) bool {
	e, row := outputs[o].smooth, 0.0
	for k, s := range outputs {
		if n := s.smooth.noise; e.noise <= 100*n && n <= 1e4*e.noise {
			row = math.Max(row, m.sizes[k]*math.Min(1, e.noise/n))
		}
	}
	return e.bound <= 1e-6*row
}

// judgeRounded is judge, but allows for the rounding of what is expected, too. Both derivatives may be
// zero except for rounding, as those of a sum of softmax are. So may be the slopes to both sides, if the
// largest derivatives of the outputs, sizes, are so much larger.
func (s *slope) judgeRounded(e expected, sizes []float64, rounded func() float64) error {
	err := s.judge(e)
	if err == nil || math.IsInf(s.smooth.bound, 1) {
		return err
	}
	own, r := s.smooth.bound, 2*rounded()
	s.smooth.bound += r
	err = s.judge(e)
	isZero := r > 0 && math.Abs(e.value) <= r && math.Abs(s.smooth.value) <= own
	if isZero && (err != ErrKink || s.kinked.steepest() <= min(r, 64*eps*slices.Max(sizes))) {
		return nil
	}
	return err
}

// steepest returns the larger of the slopes' sizes.
func (e *estimate) steepest() float64 { return math.Max(math.Abs(e.left), math.Abs(e.right)) }

// roundingOf returns by how much rounding moves the derivative of output o with respect to element j of
// input i.
func (m *matrix) roundingOf(o, i, j int) float64 {
	if m.rounding[o] == nil {
		m.rounding[o] = m.roundingOfRow(o)
	}
	for _, x := range m.xs[:i] {
		j += x.Len()
	}
	return m.rounding[o][j]
}

func (m *matrix) roundingOfRow(o int) []float64 {
	var row []float64
	for _, dx := range m.rows[o] {
		row = append(row, dx.Data()...)
	}
	nodes := variables(m.xs)
	y := m.f(nodes...)
	if !y.NeedsGrad() {
		return make([]float64, len(row))
	}
	return roundingOf(nil, m.xs, row, autograd.VJP(y, autograd.Constant(oneAt(o, y)), nodes...)...)
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
	case s.isKinked():
		return ErrKink
	case agrees && bound < 1e-300:
		return nil // as close as numbers can be
	case agrees && e.row == 0 && (bound <= 1000*s.smooth.noise/s.unit || s.falls && bound <= 1e-12*s.largest):
		return nil // a constant except for its rounding, or a slope that falls with the step
	case s.smooth.value == 0 && e.value == 0 && bound < math.Inf(1):
		return nil
	case agrees, math.IsInf(bound, 1):
		return ErrInconclusive
	}
	return ErrWrong
}

// kinkedAround reports whether steps show a kink with what is expected between its slopes, as far as a
// bend lets them be known, and smaller steps show no smooth function: this is a small kink on a bend.
func (s *slope) kinkedAround(e expected) bool {
	k := s.kinked
	low, high := math.Min(k.left, k.right), math.Max(k.left, k.right)
	off := k.bound + (high-low)/4
	return k.bound < math.Inf(1) && !s.isSmoothNearer() && low-off <= e.value && e.value <= high+off
}

// compare describes how the slope and what is expected compare, given the judgement err.
func (s *slope) compare(e expected, err error) string {
	switch {
	case err == ErrKink:
		return fmt.Sprintf("automatic %.9g, slopes %.9g to the left and %.9g to the right", e.value, s.kinked.left, s.kinked.right)
	case s.hidden:
		return fmt.Sprintf("automatic %.9g, no numerical derivative: the function may swing too fast for any step", e.value)
	case math.IsInf(s.smooth.bound, 1):
		return fmt.Sprintf("automatic %.9g, no numerical derivative: the function is not finite here or nearby", e.value)
	}
	a, n := fmt.Sprintf("%.9g", e.value), fmt.Sprintf("%.9g", s.smooth.value)
	if a == n {
		a, n = fmt.Sprintf("%.17g", e.value), fmt.Sprintf("%.17g", s.smooth.value)
	}
	return fmt.Sprintf("automatic %s, numerical %s ± %.2g", a, n, s.smooth.bound)
}
