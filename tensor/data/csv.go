package data

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"gentlegrad/tensor"
)

// A Table is a CSV file: columns of text, by name.
type Table struct {
	Names []string // of the columns, in their order

	cells [][]string // the records
	lines []int      // where each record begins in the file
}

// MarshalText returns an error: encoding/json would write the names without the cells.
func (Table) MarshalText() ([]byte, error) {
	return nil, errors.New("data: a Table can't be encoded, since its cells would be missing: keep the CSV file")
}

// MarshalBinary returns an error, as MarshalText does.
func (t Table) MarshalBinary() ([]byte, error) { return t.MarshalText() }

// Missing says what becomes of a missing value: a cell that is empty, or holds NA or NaN, in upper or
// lower case.
type Missing int

const (
	Refuse Missing = iota // an error
	AsNaN                 // NaN
)

// ReadCSV reads a file of comma-separated values (RFC 4180). Its first record has the names of the
// columns, unless names are given: then the file has no such record, and may be empty. Lines end with LF,
// CR LF or CR. Spaces and tabs around names and cells are ignored, and so are blank lines: in a file of
// one column, write a missing value as NA.
//
// It returns an error if a quote is not closed or stands in a cell without quotes, if a line has more or
// fewer cells than there are names, if a name occurs twice, or if there are no names. An error in a quote
// gives line and cell, one in the number of cells the line, from 1. It panics if r is nil.
func ReadCSV(r io.Reader, names ...string) (*Table, error) {
	if r == nil {
		fail("ReadCSV", "the reader is nil")
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("data: ReadCSV: %w", err)
	}
	const mark = "\ufeff" // which spreadsheets begin a file with
	reader := csv.NewReader(bytes.NewReader(tidy(bytes.TrimPrefix(text, []byte(mark)))))
	reader.FieldsPerRecord = -1 // checked below, with a message that has both numbers
	t := &Table{}
	if len(names) > 0 {
		if err := t.setNames(slices.Clone(names)); err != nil {
			return nil, err
		}
	}
	for {
		record, err := reader.Read()
		switch {
		case err == io.EOF && t.Names == nil:
			return nil, errors.New("data: ReadCSV: the file is empty; its first line must have the names of the columns")
		case err == io.EOF:
			return t, nil
		case err != nil:
			wrong := err.(*csv.ParseError) // there is no other: the text is in memory
			return nil, fmt.Errorf("data: ReadCSV: line %d, cell %d: %w", wrong.StartLine, len(record)+1, wrong.Err)
		}
		line, _ := reader.FieldPos(0)
		for i := range record {
			record[i] = strings.TrimSpace(record[i])
		}
		if t.Names == nil {
			err = t.setNames(record)
		} else {
			err = t.add(record, line)
		}
		if err != nil {
			return nil, err
		}
	}
}

// tidy turns CR and CR LF into LF, and removes the space around cells. Package csv would take it for a
// part of the cell; before a quote it would be an error, and in a line by itself a cell. tidy overwrites
// the text.
func tidy(text []byte) []byte {
	const space = " \t"
	quoted := false
	z := text[:0]
	for i, c := range text {
		if c == '\r' {
			if i+1 < len(text) && text[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',' || c == '\n':
			z = bytes.TrimRight(z, space)
		case strings.IndexByte(space, c) >= 0 && (len(z) == 0 || z[len(z)-1] == ',' || z[len(z)-1] == '\n'):
			continue
		}
		z = append(z, c)
	}
	return bytes.TrimRight(z, space)
}

func (t *Table) setNames(names []string) error {
	for i, name := range names {
		if first := slices.Index(names, name); first < i {
			return fmt.Errorf("data: ReadCSV: columns %d and %d have the same name %s; if the file has no names, give them", first+1, i+1, quote(name))
		}
	}
	t.Names = names
	return nil
}

func (t *Table) add(record []string, line int) error {
	if len(record) != len(t.Names) {
		return fmt.Errorf("data: ReadCSV: line %d has %d cells, there are %d names", line, len(record), len(t.Names))
	}
	t.cells, t.lines = append(t.cells, record), append(t.lines, line)
	return nil
}

// Numbers returns the named columns, or all if none is named, as a tensor of shape [records, columns].
// Numbers are decimal, such as -2, .5 or 1e-3, without Go's forms 1_000 and 0x1p3. The error says in
// which line and column there is no finite number, or which column does not exist.
func (t *Table) Numbers(missing Missing, names ...string) (*tensor.Tensor, error) {
	if len(names) == 0 {
		names = t.Names
	}
	return t.numbers(missing, names)
}

// NumbersExcept is Numbers of all columns but the named ones, such as the targets.
func (t *Table) NumbersExcept(missing Missing, names ...string) (*tensor.Tensor, error) {
	for _, name := range names {
		if _, err := t.column("NumbersExcept", name); err != nil {
			return nil, err
		}
	}
	return t.numbers(missing, slices.DeleteFunc(slices.Clone(t.Names), func(name string) bool { return slices.Contains(names, name) }))
}

func (t *Table) numbers(missing Missing, names []string) (*tensor.Tensor, error) {
	x := tensor.New(len(t.cells), len(names))
	for j, name := range names {
		column, err := t.column("Numbers", name)
		if err != nil {
			return nil, err
		}
		for i, record := range t.cells {
			v, err := number(record[column], missing)
			if err != nil {
				return nil, fmt.Errorf("data: Numbers: line %d, column %s: %w", t.lines[i], quote(name), err)
			}
			x.Data()[i*len(names)+j] = v
		}
	}
	return x, nil
}

// Classes returns a column of text as class numbers, from 0, in a tensor of shape [records], and the
// different texts that these stand for, sorted. A missing value, as described for [Missing], is an error
// that gives the line.
func (t *Table) Classes(name string) (classes *tensor.Tensor, texts []string, err error) {
	column, err := t.column("Classes", name)
	if err != nil {
		return nil, nil, err
	}
	number := map[string]int{}
	for i, record := range t.cells {
		if isMissing(record[column]) {
			return nil, nil, fmt.Errorf("data: Classes: line %d, column %s: the value is missing", t.lines[i], quote(name))
		}
		number[record[column]] = 0
	}
	texts = slices.Sorted(maps.Keys(number))
	for i, text := range texts {
		number[text] = i
	}
	classes = tensor.New(len(t.cells))
	for i, record := range t.cells {
		classes.Data()[i] = float64(number[record[column]])
	}
	return classes, texts, nil
}

func (t *Table) column(op, name string) (int, error) {
	if len(t.cells) > 0 && len(t.Names) != len(t.cells[0]) {
		return 0, fmt.Errorf("data: %s: there are %d names for %d columns", op, len(t.Names), len(t.cells[0]))
	}
	i := slices.Index(t.Names, name)
	if i < 0 {
		return 0, fmt.Errorf("data: %s: there is no column %s, only %s", op, quote(name), quote(strings.Join(t.Names, ", ")))
	}
	return i, nil
}

func isMissing(cell string) bool {
	return cell == "" || strings.EqualFold(cell, "NA") || strings.EqualFold(cell, "NaN")
}

// number returns the number that a cell holds.
func number(cell string, missing Missing) (float64, error) {
	if isMissing(cell) {
		if missing == AsNaN {
			return math.NaN(), nil
		}
		return 0, errors.New("the value is missing")
	}
	v, err := strconv.ParseFloat(cell, 64)
	switch {
	case strings.ContainsAny(cell, "xX_"): // part of a number in Go, but not in a file, where this is rather a label
		return 0, fmt.Errorf("%s is not a number", quote(cell))
	case err == nil && math.IsInf(v, 0):
		return 0, fmt.Errorf("%s is not finite", quote(cell))
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%s is too large", quote(cell))
	case err != nil:
		return 0, fmt.Errorf("%s is not a number", quote(cell))
	}
	return v, nil
}

// quote returns text in quotes, cut off where it is too long for a message.
func quote(text string) string {
	const most = 60
	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most]) + "…"
	}
	return strconv.Quote(text)
}
