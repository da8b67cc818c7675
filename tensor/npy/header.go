package npy

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"gentlegrad/tensor/internal/disk"
)

// A header says how the elements are stored in a file.
type header struct {
	kind    disk.Kind
	order   binary.ByteOrder
	fortran bool
	shape   []int
}

var kinds = map[string]disk.Kind{
	"f8": disk.F64, "f4": disk.F32, "f2": disk.F16,
	"i8": disk.I64, "i4": disk.I32, "i2": disk.I16, "i1": disk.I8,
	"u8": disk.U64, "u4": disk.U32, "u2": disk.U16, "u1": disk.U8, "b1": disk.Bool,
}

// setType sets the kind of number from NumPy's type, such as "<f8".
func (h *header) setType(descr string) error {
	order, name := "", descr
	if descr != "" {
		order, name = descr[:1], descr[1:]
	}
	var ok bool
	if h.kind, ok = kinds[name]; !ok {
		return fmt.Errorf("the type is %.50q; f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1 and b1 are read", descr)
	}
	switch {
	case order == "<", order == "|" && h.kind.Size == 1:
		h.order = binary.LittleEndian
	case order == ">":
		h.order = binary.BigEndian
	default:
		return fmt.Errorf("the type is %q, whose order of bytes is neither <, little-endian, nor >, big-endian", descr)
	}
	return nil
}

// parse reads the text of a header, a dictionary as Python writes it:
//
//	{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
func parse(text string) (*header, *Error) {
	h, p := new(header), &parser{text: text}
	seen := map[string]bool{}
	p.list('{', '}', func() {
		key := p.string()
		p.expect(':')
		if p.err == nil && seen[key] {
			p.fail("%.50q occurs twice", key)
		}
		seen[key] = true
		switch {
		case p.err != nil:
		case key == "descr":
			if p.next() == '[' {
				p.fail("the elements are records; only numbers can be read")
				return
			}
			if descr := p.string(); p.err == nil {
				p.err = h.setType(descr)
			}
		case key == "fortran_order":
			h.fortran = p.bool()
		case key == "shape":
			h.shape = []int{}
			p.list('(', ')', func() { h.shape = append(h.shape, p.number()) })
		default:
			p.fail("%.50q is neither descr, fortran_order nor shape", key)
		}
	})
	if p.next(); p.at < len(p.text) { // next returns 0 for a zero byte too
		p.fail("there is text after the last brace")
	}
	if p.err == nil && len(seen) != 3 {
		p.fail("it needs descr, fortran_order and shape, but has only %d of them", len(seen))
	}
	if p.err != nil {
		return nil, &Error{"header", fmt.Sprintf("character %d: %v", p.at, p.err), p.err}
	}
	return h, nil
}

// A parser reads the literals of Python that occur in headers. After a mistake it reads nothing more.
type parser struct {
	text string
	at   int
	err  error
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, args...)
	}
}

// next returns the next character that is not space, or 0 at the end.
func (p *parser) next() byte {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) expect(c byte) {
	if p.next() != c {
		p.fail("found %.20q instead of %q", p.text[p.at:], c)
	}
	if p.err == nil {
		p.at++
	}
}

// list reads elements with commas between them, and perhaps one after the last.
func (p *parser) list(open, end byte, element func()) {
	p.expect(open)
	for p.err == nil && p.next() != end {
		element()
		if p.next() != end {
			p.expect(',')
		}
	}
	p.expect(end)
}

func (p *parser) string() string {
	quote := p.next()
	if quote != '\'' && quote != '"' {
		p.fail("found %.20q instead of a string", p.text[p.at:])
		return ""
	}
	s, _, ok := strings.Cut(p.text[p.at+1:], string(quote))
	if !ok || strings.Contains(s, `\`) {
		p.fail("the string %.50q is not closed, or has a backslash", p.text[p.at:])
		return ""
	}
	p.at += len(s) + 2
	return s
}

func (p *parser) bool() bool {
	p.next()
	for word, v := range map[string]bool{"False": false, "True": true} {
		if strings.HasPrefix(p.text[p.at:], word) {
			p.at += len(word)
			return v
		}
	}
	p.fail("found %.20q instead of True or False", p.text[p.at:])
	return false
}

func (p *parser) number() int {
	p.next()
	rest := strings.TrimLeft(p.text[p.at:], "0123456789")
	end := len(p.text) - len(rest)
	n, err := strconv.Atoi(p.text[p.at:end])
	if err != nil {
		p.fail("found %.30q instead of a whole number from 0 to 2⁶³−1", p.text[p.at:])
	}
	if p.err == nil {
		p.at = end
	}
	return n
}
