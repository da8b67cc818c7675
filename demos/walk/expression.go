package walk

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"gentlegrad/tensor"
)

// An Expression is a formula that contains tensors, such as "(0.41 0.52)ᵀ · −0.125". It can become HTML
// or text.
type Expression struct {
	form    string // the i-th tensor is the character first + i
	tensors []operand
	digits  int // of the next tensor
}

type operand struct {
	*tensor.Tensor
	digits int
}

const first = '\uE000' // of Unicode's private characters

// put adds a tensor and returns the character that stands for it.
func (e *Expression) put(t *tensor.Tensor) string {
	e.tensors = append(e.tensors, operand{t, e.digits})
	return string(first + rune(len(e.tensors)-1))
}

// only is the expression of a tensor alone.
func only(t *tensor.Tensor, digits int) Expression {
	e := Expression{digits: digits}
	e.form = e.put(t)
	return e
}

// text is a form without tensors.
func text(s string) Expression { return Expression{form: s} }

// equals returns "e = t", or t alone if e is empty.
func (e Expression) equals(t *tensor.Tensor) Expression {
	if e.form == "" {
		return only(t, e.digits)
	}
	e.form += " = " + e.put(t)
	return e
}

// number returns the expression followed by a number of few digits.
func (e Expression) number(v float64) Expression {
	e.form += e.put(tensor.Scalar(v))
	e.tensors[len(e.tensors)-1].digits = gapDigits
	return e
}

func (e Expression) isEmpty() bool { return e.form == "" }

// String is the expression as text.
func (e Expression) String() string {
	return e.write(func(m matrix, bracket bool) string { return m.text(bracket) }, func(s string) string { return s })
}

// What stands before and after a number that is no operand.
var (
	begins = regexp.MustCompile(`^$|(= |: |\()$`)
	ends   = regexp.MustCompile(`^($| =|\)| ±)`)
)

// write writes the expression: its tensors by one function, the text between them by another. A ᵀ after
// a tensor of no more than two axes transposes it; a negative scalar gets parentheses where it is an
// operand.
func (e Expression) write(tensorText func(m matrix, bracket bool) string, other func(string) string) string {
	form := e.form
	for i := range e.tensors { // "(x)ᵀ", with parentheses for an x of several letters
		c := string(first + rune(i))
		form = strings.ReplaceAll(form, "("+c+")ᵀ", c+"ᵀ")
	}
	var out, between strings.Builder
	before := ""
	for len(form) > 0 {
		r, size := utf8.DecodeRuneInString(form)
		form = form[size:]
		if i := int(r - first); i < 0 || i >= len(e.tensors) {
			between.WriteRune(r)
			continue
		}
		t := e.tensors[r-first]
		if rest, ok := strings.CutPrefix(form, "ᵀ"); ok && t.Rank() <= 2 {
			t.Tensor, form = transposed(t.Tensor), rest
		}
		before += between.String()
		alone := begins.MatchString(before) && ends.MatchString(form)
		out.WriteString(other(between.String()))
		between.Reset()
		out.WriteString(tensorText(newMatrix(t.Tensor, t.digits), !alone))
		before = "…"
	}
	return out.String() + other(between.String())
}
