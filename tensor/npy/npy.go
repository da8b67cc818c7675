// Package npy reads and writes arrays in NumPy's formats: .npy, an array, and .npz, a zip of named arrays
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
//
// Versions 1 to 3 are read, with numbers of the types f8, f4, f2, i8, i4, i2, i1, u8, u4, u2, u1 and b1,
// little- or big-endian, in C or Fortran order. All become float64, which represents their values
// exactly; a whole number that it cannot represent is an error. Arrays are written as f8, little-endian,
// in C order, with the bytes of NumPy's save.
//
// A malformed file is an *[Error], never a panic, and the memory used is in proportion to what has been
// read, whatever the header claims. The limits are a header of 64 KiB and those of a tensor: 16 axes, 2³²
// elements.
package npy

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"gentlegrad/tensor"
	"gentlegrad/tensor/internal/disk"
)

// An Error says what is wrong with a file, or with an array that cannot be written.
type Error struct {
	Where string // such as "header"
	Text  string // what is wrong there
	Err   error  // what caused it, or nil; if a .npy file ends too early it is or wraps io.ErrUnexpectedEOF
}

func (e *Error) Error() string { return "npy: " + e.Where + ": " + e.Text }

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

func errorf(where, format string, args ...any) *Error {
	return &Error{Where: where, Text: fmt.Sprintf(format, args...)}
}

func because(where string, err error) *Error {
	if e, ok := err.(*Error); ok { // of a part of the file
		return &Error{where, e.Where + ": " + e.Text, e.Err}
	}
	return &Error{Where: where, Text: err.Error(), Err: err}
}

const (
	magic     = "\x93NUMPY"
	maxHeader = 1 << 16 // bytes; that of an array of numbers has about a hundred
)

// ReadFile reads the named .npy file. Its error names the file, and wraps an *[Error] if the file is
// malformed.
func ReadFile(name string) (*tensor.Tensor, error) {
	return disk.Load(name, func(in *os.File, size int64) (*tensor.Tensor, error) { return read(in, size) })
}

// Read reads an array from r, and no more than that: another may follow. Its error is an *[Error], which
// wraps an error of r.
func Read(r io.Reader) (*tensor.Tensor, error) { return read(r, -1) }

// read reads an array from a file of at most size bytes; size is negative if it is not known.
func read(r io.Reader, size int64) (*tensor.Tensor, error) {
	if r == nil {
		return nil, errorf("file", "the reader is nil")
	}
	text, start, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	h, err := parse(text)
	if err != nil {
		return nil, err
	}
	n, e := disk.Elements(h.shape)
	if e != nil {
		return nil, because("header", e)
	}
	left := int64(-1)
	if size >= 0 {
		left = max(0, size-start)
	}
	numbers, e := disk.Read(r, h.kind, h.order, n, left)
	if e != nil {
		return nil, because("data", e)
	}
	return h.arrange(numbers), nil
}

// readHeader reads the start of a file, and returns the header's text, which gives type, order and
// shape, and the number of bytes before the data.
func readHeader(r io.Reader) (string, int64, *Error) {
	start, err := disk.Bytes(r, 8)
	if err != nil {
		return "", 0, because("start", err)
	}
	if string(start[:6]) != magic {
		return "", 0, errorf("start", "it is %q; that of a .npy file is %q", start[:6], magic)
	}
	width := int64(4)
	switch major, minor := start[6], start[7]; {
	case major < 1 || major > 3 || minor != 0:
		return "", 0, errorf("version", "it is %d.%d; 1.0, 2.0 and 3.0 are read", major, minor)
	case major == 1:
		width = 2
	}
	length, err := disk.Bytes(r, width)
	if err != nil {
		return "", 0, because("length of the header", err)
	}
	n := int64(binary.LittleEndian.Uint32(append(length, 0, 0)[:4]))
	if n > maxHeader {
		return "", 0, errorf("length of the header", "it is %d bytes; at most %d are possible", n, maxHeader)
	}
	text, err := disk.Bytes(r, n)
	if err != nil {
		return "", 0, because("header", err)
	}
	return string(text), 8 + width + n, nil
}

// arrange returns the tensor of the numbers, which are in the order of the file.
func (h *header) arrange(numbers []float64) *tensor.Tensor {
	if !h.fortran {
		return tensor.FromSlice(numbers, h.shape...)
	}
	reversed := slices.Clone(h.shape) // in Fortran's order the first index changes fastest
	slices.Reverse(reversed)
	return new(tensor.Tensor).Transpose(tensor.FromSlice(numbers, reversed...))
}

// WriteFile writes x to the named .npy file, whole or not at all: if it is interrupted, the old file or
// the new one is there, and perhaps a temporary one beside it.
func WriteFile(name string, x *tensor.Tensor) error {
	return disk.Replace(name, func(w io.Writer) error { return Write(w, x) })
}

// Write writes x to w. It returns an *[Error] if w is nil, or if x is nil or empty.
func Write(w io.Writer, x *tensor.Tensor) error {
	switch {
	case w == nil:
		return errorf("file", "the writer is nil")
	case x.IsEmpty():
		return errorf("array", "it is nil, or empty: it has no shape yet")
	}
	if _, err := w.Write(headerOf(x.Shape())); err != nil {
		return err
	}
	return disk.Write(w, x.Data(), disk.F64.Size)
}

// headerOf returns what precedes the elements, as NumPy writes it: with room for a first axis of 21
// digits, and 64-byte alignment.
func headerOf(shape []int) []byte {
	var axes []string
	for _, d := range shape {
		axes = append(axes, fmt.Sprint(d))
	}
	tuple := strings.Join(axes, ", ")
	if len(axes) == 1 {
		tuple += ","
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\x01\x00\x00\x00{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }", magic, tuple)
	if len(axes) > 0 {
		b.WriteString(strings.Repeat(" ", 21-len(axes[0])))
	}
	b.WriteString(strings.Repeat(" ", 63-b.Len()%64))
	b.WriteByte('\n')
	text := b.Bytes()
	binary.LittleEndian.PutUint16(text[8:], uint16(len(text)-10))
	return text
}
