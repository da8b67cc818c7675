package safetensors

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

// A header is the content of a file's JSON.
type header struct {
	metadata map[string]string
	entries  []*entry // in the order of the file
}

// parse reads a header, token by token: json.Unmarshal would take the last of two entries with the same
// name, round numbers and ignore unknown fields. It reads no deeper than the format goes.
func parse(text []byte) (*header, *Error) {
	if i := invalid(text); i >= 0 {
		return nil, errorf("header", "byte %d is not UTF-8", i)
	}
	if len(text) == 0 || text[0] != '{' {
		return nil, errorf("header", "it begins with %.20q and not with a brace", text)
	}
	p := &parser{json.NewDecoder(bytes.NewReader(text))}
	p.UseNumber()
	h := new(header)
	err := p.object(func(name string) error {
		if name == metadata {
			h.metadata = map[string]string{}
			return p.object(func(key string) (err error) {
				h.metadata[key], err = p.string()
				return err
			})
		}
		e := &entry{name: name}
		h.entries = append(h.entries, e)
		return p.entry(e)
	})
	at := p.InputOffset()
	if err == nil {
		if rest := bytes.TrimLeft(text[at:], " "); len(rest) > 0 {
			err = fmt.Errorf("there is text after the last brace: %.20q", rest)
		}
	}
	if err != nil {
		return nil, &Error{"header", fmt.Sprintf("byte %d: %v", at, err), err}
	}
	return h, nil
}

// invalid returns the index of the first byte that is not UTF-8, or −1.
func invalid(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}

type parser struct{ *json.Decoder }

// entry reads the entry of a tensor.
func (p *parser) entry(e *entry) error {
	seen := 0
	err := p.object(func(key string) (err error) {
		seen++
		switch key {
		case "dtype":
			e.Type, err = p.string()
		case "shape":
			e.Shape = []int{}
			err = p.array(func() error {
				d, err := p.number()
				if err == nil && d > math.MaxInt {
					err = fmt.Errorf("the shape has an axis of %d", d)
				}
				if err == nil && len(e.Shape) == 17 {
					err = fmt.Errorf("the shape has more than 16 axes")
				}
				e.Shape = append(e.Shape, int(d))
				return err
			})
		case "data_offsets":
			i := 0
			err = p.array(func() (err error) {
				if i == 2 {
					return fmt.Errorf("there are more than two offsets")
				}
				e.Offsets[i], err = p.number()
				i++
				return err
			})
			if err == nil && i != 2 {
				err = fmt.Errorf("there are %d offsets, not two", i)
			}
		default:
			err = fmt.Errorf("%.50q is neither dtype, shape nor data_offsets", key)
		}
		return err
	})
	if err == nil && seen != 3 {
		err = fmt.Errorf("it needs dtype, shape and data_offsets, but has only %d of them", seen)
	}
	if err != nil {
		return fmt.Errorf("tensor %.200q: %w", e.name, err)
	}
	return nil
}

// object reads an object, and calls field to read each value. A repeated name is an error.
func (p *parser) object(field func(name string) error) error {
	if err := p.delim('{'); err != nil {
		return err
	}
	names := map[string]bool{}
	for p.More() {
		name, err := p.string()
		if err != nil {
			return err
		}
		if names[name] {
			return fmt.Errorf("the name %.200q occurs twice", name)
		}
		names[name] = true
		if err := field(name); err != nil {
			return err
		}
	}
	return p.delim('}')
}

// array reads an array, and calls element to read each of its values.
func (p *parser) array(element func() error) error {
	if err := p.delim('['); err != nil {
		return err
	}
	for p.More() {
		if err := element(); err != nil {
			return err
		}
	}
	return p.delim(']')
}

// token reads the next token. The end of the text is a mistake: a token is asked for only where there
// must be one.
func (p *parser) token() (json.Token, error) {
	t, err := p.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return t, err
}

func (p *parser) delim(want json.Delim) error {
	t, err := p.token()
	if err == nil && t != want {
		err = fmt.Errorf("found %v instead of %v", show(t), want)
	}
	return err
}

func (p *parser) string() (string, error) {
	t, err := p.token()
	s, ok := t.(string)
	if err == nil && !ok {
		err = fmt.Errorf("found %v instead of a string", show(t))
	}
	return s, err
}

// number reads a whole number that is not negative, without a fraction or an exponent.
func (p *parser) number() (uint64, error) {
	t, err := p.token()
	if err != nil {
		return 0, err
	}
	if digits, ok := t.(json.Number); ok {
		if n, err := strconv.ParseUint(string(digits), 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, fmt.Errorf("found %v instead of a whole number from 0 to 2⁶⁴−1", show(t))
}

// show returns a short description of a token.
func show(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case string:
		return fmt.Sprintf("%.50q", t)
	case json.Number:
		return fmt.Sprintf("%.50s", string(t))
	}
	return fmt.Sprint(t)
}
