package gradcheck

import (
	"fmt"
	"math"
)

// A pair is an automatic and a numerical derivative that differ, and the bound.
type pair struct{ automatic, numerical, bound float64 }

// hint names a pattern in the wrong derivatives of an input, if there is a clear one.
func (m *matrix) hint(wrong []pair, slopes [][]slope, i int) string {
	if len(wrong) == 0 {
		return ""
	}
	if m.isTransposed(slopes, i) {
		return "the gradient is right if transposed"
	}
	factor := wrong[0].automatic / wrong[0].numerical
	for _, p := range wrong {
		if math.Abs(p.numerical) <= p.bound || // then it may be 0, and is no part of anything
			!(math.Abs(p.automatic-factor*p.numerical) <= (1+math.Abs(factor))*p.bound+1e-6*math.Abs(p.automatic)) {
			return ""
		}
	}
	switch {
	case math.Abs(factor+1) < 1e-6:
		return "the sign is wrong"
	case len(wrong) == 1 || math.IsInf(factor, 0):
		return ""
	case factor == 0:
		return "the gradient is missing"
	}
	text := fmt.Sprintf("%.4g", factor)
	if text == "1" {
		text = fmt.Sprintf("%.9g", factor)
	}
	return "the wrong derivatives are " + text + " times what they should be"
}

// isTransposed reports whether each row's gradient is right if it is read column by column, as if it had
// been computed for the transposed input.
func (m *matrix) isTransposed(slopes [][]slope, input int) bool {
	x := m.xs[input]
	if x.Rank() != 2 {
		return false
	}
	r, c, moved := x.Dim(0), x.Dim(1), false
	for o, row := range m.rows {
		for i := range r {
			for k := range c {
				at := i*c + k
				a, s := row[input].Data()[k*r+i], &slopes[at][o].smooth
				moved = moved || math.Abs(a-row[input].Data()[at]) > 1e-3*math.Abs(a)
				if !(math.Abs(a-s.value) <= s.bound+1e-6*math.Abs(a)) {
					return false
				}
			}
		}
	}
	return moved // otherwise it is its own transpose
}
