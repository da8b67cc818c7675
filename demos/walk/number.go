package walk

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/tensor"
)

// Significant digits: fewer where there is less room.
const (
	graphDigits = 3 // in the graph and in the rules by hand
	stepDigits  = 4 // in a step
	gapDigits   = 2 // of a difference and of an error bound
)

// number writes v with n significant digits, including trailing zeros: below 0.001 and from a million on
// with a power of ten. Whole numbers are written as they are.
func number(v float64, n int) string {
	switch a := math.Abs(v); {
	case math.IsNaN(v):
		return "NaN"
	case math.IsInf(v, 0):
		return sign(v) + "∞"
	case v == math.Trunc(v) && a < 1e4:
		return sign(v) + strconv.FormatFloat(a, 'f', 0, 64)
	default:
		scientific := strconv.FormatFloat(a, 'e', n-1, 64)
		_, exponent, _ := strings.Cut(scientific, "e")
		e, _ := strconv.Atoi(exponent)
		if e < -3 || e >= 6 {
			return sign(v) + draw.Powers(scientific)
		}
		return sign(v) + strconv.FormatFloat(a, 'f', max(0, n-1-e), 64)
	}
}

func sign(v float64) string {
	if v < 0 {
		return "−"
	}
	return ""
}

var subscripts = strings.NewReplacer("0", "₀", "1", "₁", "2", "₂", "3", "₃", "4", "₄", "5", "₅", "6", "₆", "7", "₇", "8", "₈", "9", "₉")

// Of a larger matrix the first rows and columns are shown.
const mostRows, mostColumns = 4, 4

// A matrix holds the numbers of a tensor as they are shown, row by row. A scalar is one number and a
// vector is one row; of three or more axes, the last is that of the columns and all others make the
// rows. Where the matrix is cut, it ends in "…". Without elements there are no cells.
type matrix struct {
	cells         [][]string
	rows, columns int // of the tensor
}

func newMatrix(t *tensor.Tensor, digits int) matrix {
	m := matrix{rows: 1, columns: 1}
	if shape := t.Shape(); len(shape) > 0 {
		m.columns = shape[len(shape)-1]
		for _, n := range shape[:len(shape)-1] {
			m.rows *= n
		}
	}
	data := t.Data()
	if len(data) == 0 {
		return m
	}
	for r := range min(m.rows, mostRows) {
		var row []string
		for c := range min(m.columns, mostColumns) {
			row = append(row, number(data[r*m.columns+c], digits))
		}
		if m.columns > mostColumns {
			row = append(row, "…")
		}
		m.cells = append(m.cells, row)
	}
	if m.rows > mostRows {
		row := make([]string, len(m.cells[0]))
		for c := range row {
			row[c] = "…"
		}
		m.cells = append(m.cells, row)
	}
	return m
}

func (m matrix) isScalar() bool { return m.rows == 1 && m.columns == 1 }

// text writes the matrix in one line. A scalar gets parentheses if its sign needs them.
func (m matrix) text(bracket bool) string {
	if m.isScalar() {
		return bracketed(m.cells[0][0], bracket)
	}
	var rows []string
	for _, row := range m.cells {
		rows = append(rows, strings.Join(row, " "))
	}
	s := "(" + strings.Join(rows, "; ") + ")"
	if m.rows > mostRows || m.columns > mostColumns {
		s = fmt.Sprintf("%d×%d ", m.rows, m.columns) + s
	}
	return s
}

func bracketed(s string, bracket bool) string {
	if bracket && strings.HasPrefix(s, "−") {
		return "(" + s + ")"
	}
	return s
}

// transposed returns the transpose of a matrix, and a scalar or vector as it is.
func transposed(t *tensor.Tensor) *tensor.Tensor {
	if t.Rank() != 2 {
		return t
	}
	return new(tensor.Tensor).Transpose(t)
}

// largestGap returns the largest |x − y|; it is infinite if one of x and y is NaN and the other is not.
func largestGap(x, y *tensor.Tensor) float64 {
	gap := 0.0
	for i, v := range x.Data() {
		if w := y.Data()[i]; v != w && !(math.IsNaN(v) && math.IsNaN(w)) {
			d := math.Abs(v - w)
			if math.IsNaN(d) {
				d = math.Inf(1)
			}
			gap = max(gap, d)
		}
	}
	return gap
}
