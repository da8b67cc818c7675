package page

import (
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"
)

// formula writes a formula as MathML, which browsers draw and screen readers read. It may have Latin and
// Greek letters, numbers, operators, subscripts a_i and a_{ij}, superscripts a^2 and a^{ij}, fractions
// {…}/{…}, and words in quotes.
func formula(s string) template.HTML {
	p := parser{left: s}
	return template.HTML("<math>" + p.row(0) + "</math>")
}

// A parser has what is left of a formula.
type parser struct{ left string }

// row parses up to end, the character that closes the row.
func (p *parser) row(end byte) string {
	var items []string
	for len(p.left) > 0 && p.left[0] != end {
		if p.left[0] == ' ' {
			p.left = p.left[1:]
			continue
		}
		item, group := p.item()
		for len(p.left) > 0 && (p.left[0] == '_' || p.left[0] == '^') {
			item = p.script(item)
		}
		if group && len(p.left) > 0 && p.left[0] == '/' {
			p.left = p.left[1:]
			below, _ := p.item()
			item = "<mfrac>" + item + below + "</mfrac>"
		}
		items = append(items, item)
	}
	return "<mrow>" + strings.Join(items, "") + "</mrow>"
}

// script parses a subscript, a superscript, or both, after item.
func (p *parser) script(item string) string {
	var low, high string
	for len(p.left) > 0 && (p.left[0] == '_' && low == "" || p.left[0] == '^' && high == "") {
		mark := p.left[0]
		p.left = p.left[1:]
		part, _ := p.item()
		if mark == '_' {
			low = part
		} else {
			high = part
		}
	}
	under := strings.Contains(item, "Σ") // the index that a sum runs over
	switch {
	case high == "" && under:
		return "<munder>" + item + low + "</munder>"
	case high == "":
		return "<msub>" + item + low + "</msub>"
	case low == "":
		return "<msup>" + item + high + "</msup>"
	}
	return "<msubsup>" + item + low + high + "</msubsup>"
}

// item parses one thing, and reports whether it is a group in braces.
func (p *parser) item() (item string, group bool) {
	if len(p.left) == 0 || p.left[0] == '}' {
		panic("page: a formula ends where something is missing")
	}
	r, size := utf8.DecodeRuneInString(p.left)
	switch {
	case r == '{':
		p.left = p.left[1:]
		item = p.row('}')
		if len(p.left) == 0 {
			panic("page: a formula has a { without }")
		}
		p.left = p.left[1:]
		return item, true
	case r == '"':
		text, rest, _ := strings.Cut(p.left[1:], `"`)
		p.left = rest
		return "<mtext>" + template.HTMLEscapeString(strings.ReplaceAll(text, " ", "\u00a0")) + "</mtext>", false
	case strings.ContainsRune("()", r): // which would grow
		p.left = p.left[1:]
		return `<mo stretchy="false">` + string(r) + "</mo>", false
	case unicode.IsDigit(r) || r == '½':
		rest := strings.TrimLeftFunc(p.left, func(r rune) bool { return unicode.IsDigit(r) || r == '.' || r == '½' })
		number := strings.TrimSuffix(p.left, rest)
		p.left = rest
		return "<mn>" + number + "</mn>", false
	case unicode.IsLetter(r) && r != 'Σ' && r != '∂':
		p.left = p.left[size:]
		if rest, primed := strings.CutPrefix(p.left, "′"); primed {
			p.left = rest
			return "<mrow><mi>" + string(r) + `</mi><mo lspace="0" rspace="0">′</mo></mrow>`, false
		}
		return "<mi>" + string(r) + "</mi>", false
	}
	p.left = p.left[size:]
	return "<mo>" + template.HTMLEscapeString(string(r)) + "</mo>", false
}
