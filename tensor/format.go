package tensor

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// How NumPy prints by default (numpy.set_printoptions).
const (
	printPrecision = 8    // digits after the point, at most
	printThreshold = 1000 // elements printed before "..." stands for the rest
	printEdge      = 3    // elements printed on each side of "..."
	printWidth     = 75   // characters in a line
)

// String returns the elements as NumPy prints them; "empty" for an empty tensor, and "<nil>" for nil.
func (x *Tensor) String() string {
	switch {
	case x == nil:
		return "<nil>"
	case !x.set:
		return "empty"
	}
	return formatArray(x.shape(), x.data)
}

// Format implements [fmt.Formatter]: %v and %s print what String returns, and the verbs of a float64, such as
// %.3f or %+10.2e, apply to each element, in the same brackets and lines.
func (x *Tensor) Format(state fmt.State, verb rune) {
	switch {
	case verb == 'v' || verb == 's' || x == nil:
		io.WriteString(state, x.String())
	case !strings.ContainsRune("beEfFgGxX", verb):
		fmt.Fprintf(state, "%%!%c(*tensor.Tensor=%s)", verb, x)
	case !x.set:
		io.WriteString(state, x.String())
	default:
		format := fmt.FormatString(state, verb)
		io.WriteString(state, layOut(x.shape(), x.data, func(shown []float64) func(v float64) string {
			width := 0
			for _, v := range shown {
				width = max(width, len(fmt.Sprintf(format, v)))
			}
			return func(v float64) string { return padLeft(fmt.Sprintf(format, v), width) }
		}))
	}
}

// formatArray returns the text of NumPy's print for a float64 array.
func formatArray(shape []int, data []float64) string {
	return layOut(shape, data, func(shown []float64) func(x float64) string {
		if len(shape) == 0 {
			return formatScalar
		}
		format := newNumberFormat(shown)
		return format.number
	})
}

// omitted is the index that stands for the elements not printed.
const omitted = -1

// layOut returns the text of an array as NumPy's print lays it out: nested brackets, columns, long rows
// wrapped, large arrays summarised. data is in row-major order. An array without axes prints as a number,
// one without elements as "[]". For the elements that are shown, text returns a function that writes each
// of them, all equally wide.
func layOut(shape []int, data []float64, text func(shown []float64) func(x float64) string) string {
	if len(data) == 0 {
		return "[]"
	}
	p := &printer{shape: shape, data: data, summarise: len(data) > printThreshold}
	p.text = text(p.appendShown(nil, 0, 0))
	if len(shape) == 0 {
		return p.text(data[0])
	}
	return p.block(0, 0)
}

// formatScalar is Python's repr of a float: all digits that tell x from its
// neighbours, and an exponent below 1e-4 and from 1e16 up.
func formatScalar(x float64) string {
	if s, ok := nonFinite(x); ok {
		return s
	}
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e16) {
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// nonFinite returns the text of a NaN or an infinity, and whether x is one.
func nonFinite(x float64) (string, bool) {
	switch {
	case math.IsNaN(x):
		return "nan", true
	case math.IsInf(x, 1):
		return "inf", true
	case math.IsInf(x, -1):
		return "-inf", true
	}
	return "", false
}

// A printer lays out one array.
type printer struct {
	shape     []int
	data      []float64
	summarise bool
	text      func(x float64) string // equally wide for every element
}

// shown returns the indices to print along an axis of length n.
func (p *printer) shown(n int) []int {
	var indices []int
	for i := 0; i < n; i++ {
		if p.summarise && n > 2*printEdge && i == printEdge {
			indices = append(indices, omitted)
			i = n - printEdge
		}
		indices = append(indices, i)
	}
	return indices
}

// appendShown appends the elements to print of the block at the given axis
// whose index, counted in blocks of that axis, is block.
func (p *printer) appendShown(elements []float64, axis, block int) []float64 {
	if axis == len(p.shape) {
		return append(elements, p.data[block])
	}
	n := p.shape[axis]
	for _, i := range p.shown(n) {
		if i != omitted {
			elements = p.appendShown(elements, axis+1, block*n+i)
		}
	}
	return elements
}

// block returns the text of one block: its sub-blocks on lines of their own, with one blank line between
// them for every axis that they have beyond one.
func (p *printer) block(axis, block int) string {
	inner := len(p.shape) - 1 - axis
	if inner == 0 {
		return p.row(block)
	}
	n := p.shape[axis]
	var parts []string
	for _, i := range p.shown(n) {
		part := "..."
		if i != omitted {
			part = p.block(axis+1, block*n+i)
		}
		parts = append(parts, part)
	}
	separator := strings.Repeat("\n", inner) + strings.Repeat(" ", axis+1)
	return "[" + strings.Join(parts, separator) + "]"
}

// row returns the text of one run of the last axis, wrapped so that it ends,
// with the brackets that close it, within the width of a line.
func (p *printer) row(block int) string {
	axes := len(p.shape)
	n := p.shape[axes-1]
	indent := strings.Repeat(" ", axes)
	width := printWidth - axes

	var text strings.Builder
	line := indent
	for k, i := range p.shown(n) {
		word := "..."
		if i != omitted {
			word = p.text(p.data[block*n+i])
		}
		if k > 0 {
			line += " "
		}
		if k > 0 && len(line)+len(word) > width {
			text.WriteString(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += word
	}
	return "[" + (text.String() + line)[axes:] + "]"
}

// A numberFormat is how all numbers of one array are printed.
type numberFormat struct {
	scientific     bool
	left, right    int // characters on each side of the point
	fraction       int // scientific: digits between the point and the e
	exponentDigits int // scientific
}

// newNumberFormat chooses the format that suits the given elements.
func newNumberFormat(elements []float64) numberFormat {
	f := numberFormat{scientific: needsExponent(elements)}
	for _, x := range elements {
		if _, ok := nonFinite(x); !ok {
			f.widen(x)
		}
	}
	if f.scientific {
		f.right = f.fraction + len("e+") + f.exponentDigits
	}
	for _, x := range elements {
		if s, ok := nonFinite(x); ok {
			f.left = max(f.left, len(s)-len(".")-f.right)
		}
	}
	return f
}

// needsExponent is NumPy's rule: an exponent where the magnitudes, zeros aside,
// are too large, too small, or too far apart for columns of plain decimals.
func needsExponent(elements []float64) bool {
	least, most := math.Inf(1), 0.
	for _, x := range elements {
		if _, ok := nonFinite(x); ok || x == 0 {
			continue
		}
		least, most = min(least, math.Abs(x)), max(most, math.Abs(x))
	}
	return most >= 1e8 || least < 1e-4 || most/least > 1000
}

// widen makes room for x.
func (f *numberFormat) widen(x float64) {
	text := f.shortest(x)
	if f.scientific {
		mantissa, exponent, _ := strings.Cut(text, "e")
		f.exponentDigits = max(f.exponentDigits, len(exponent)-len("+"))
		text = mantissa
	}
	whole, fraction, _ := strings.Cut(text, ".")
	f.left = max(f.left, len(whole))
	if f.scientific {
		f.fraction = max(f.fraction, len(fraction))
	} else {
		f.right = max(f.right, len(fraction))
	}
}

// shortest returns the fewest digits that tell x from its neighbours, or x rounded to printPrecision
// digits after the point if that is fewer. There is no point without digits after it.
func (f *numberFormat) shortest(x float64) string {
	verb := byte('f')
	if f.scientific {
		verb = 'e'
	}
	text := strconv.FormatFloat(x, verb, -1, 64)
	mantissa, _, _ := strings.Cut(text, "e")
	if _, fraction, _ := strings.Cut(mantissa, "."); len(fraction) <= printPrecision {
		return text
	}
	mantissa, exponent, hasExponent := strings.Cut(strconv.FormatFloat(x, verb, printPrecision, 64), "e")
	mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	if hasExponent {
		return mantissa + "e" + exponent
	}
	return mantissa
}

// number returns the text of x, as wide as that of every other number.
func (f *numberFormat) number(x float64) string {
	if s, ok := nonFinite(x); ok {
		return padLeft(s, f.left+len(".")+f.right)
	}
	if f.scientific {
		return f.exponentForm(x)
	}
	whole, fraction, _ := strings.Cut(f.shortest(x), ".")
	return padLeft(whole, f.left) + "." + fraction + strings.Repeat(" ", f.right-len(fraction))
}

// exponentForm returns x in scientific notation, with as many digits as the array's longest number needs.
func (f *numberFormat) exponentForm(x float64) string {
	text := strconv.FormatFloat(x, 'e', f.fraction, 64)
	mantissa, exponent, _ := strings.Cut(text, "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	sign, digits := exponent[:1], exponent[1:]
	zeros := strings.Repeat("0", f.exponentDigits-len(digits))
	return padLeft(whole, f.left) + "." + fraction + "e" + sign + zeros + digits
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}
