// Package safetensors reads and writes named tensors in the format that users of PyTorch exchange,
// https://github.com/huggingface/safetensors:
//
//	8 bytes   the length n of the header, little-endian
//	n bytes   the header, JSON: {"__metadata__": {"key": "text", …},
//	          "name": {"dtype": "F64", "shape": [2, 3], "data_offsets": [0, 48]}, …}, perhaps followed by spaces
//	the rest  the elements of the tensors, row-major, little-endian, without gaps
//
// Tensors of the types F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8 and BOOL are read into
// float64, which represents their values exactly; a whole number that it cannot represent is an error.
// Tensors are written as F64, or as F32 on request.
//
// A malformed file is an *[Error], never a panic, and the memory used is in proportion to what has been
// read, whatever the header claims. The limits are a header of 100 MB, as in the original, and those of a
// tensor: 16 axes, 2³² elements.
package safetensors

import (
	"fmt"
	"math"

	"gentlegrad/tensor"
	"gentlegrad/tensor/internal/disk"
)

// A File is the content of a file.
type File struct {
	Tensors  map[string]*tensor.Tensor // by name
	Metadata map[string]string         // other information; nil for none

	// Types has, by name, the types of the tensors in the file that was read, such as "F32". When a
	// tensor is written, "F64" or no type keeps all its bits, and "F32" rounds its elements.
	Types map[string]string
}

// An Error says what is wrong with a file, or with a File that cannot be written.
type Error struct {
	Where string // such as `tensor "0.weight"`
	Text  string // what is wrong there
	Err   error  // what caused it, or nil; if the file ends too early it is or wraps io.ErrUnexpectedEOF
}

func (e *Error) Error() string { return "safetensors: " + e.Where + ": " + e.Text }

// Unwrap returns e.Err.
func (e *Error) Unwrap() error { return e.Err }

func errorf(where, format string, args ...any) *Error {
	return &Error{Where: where, Text: fmt.Sprintf(format, args...)}
}

func because(where string, err error) *Error {
	return &Error{Where: where, Text: err.Error(), Err: err}
}

// of returns the Where of a mistake in a tensor.
func of(name string) string { return fmt.Sprintf("tensor %.200q", name) }

const (
	maxHeader = 100_000_000 // bytes, as in the original
	metadata  = "__metadata__"
)

var kinds = map[string]disk.Kind{
	"F64": disk.F64, "F32": disk.F32, "F16": disk.F16, "BF16": disk.BF16,
	"I64": disk.I64, "I32": disk.I32, "I16": disk.I16, "I8": disk.I8,
	"U64": disk.U64, "U32": disk.U32, "U16": disk.U16, "U8": disk.U8, "BOOL": disk.Bool,
}

// An entry is what the header says about a tensor.
type entry struct {
	Type    string    `json:"dtype"`
	Shape   []int     `json:"shape"`
	Offsets [2]uint64 `json:"data_offsets"`
	name    string
}

// length returns the number of the tensor's elements, or an error if its type, shape and offsets don't
// agree.
func (e *entry) length() (int, *Error) {
	kind, ok := kinds[e.Type]
	if !ok {
		return 0, errorf(of(e.name), "its type is %.50q; those that are read are F64, F32, F16, BF16, I64, I32, I16, I8, U64, U32, U16, U8 and BOOL", e.Type)
	}
	n, err := disk.Elements(e.Shape)
	if err != nil {
		return 0, because(of(e.name), err)
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin > end || end > math.MaxInt64 {
		return 0, errorf(of(e.name), "the offsets %d are not a range of bytes", e.Offsets)
	}
	if need := uint64(n) * uint64(kind.Size); end-begin != need {
		return 0, errorf(of(e.name), "%s of shape %d has %d bytes, but the offsets %d are for %d", e.Type, e.Shape, need, e.Offsets, end-begin)
	}
	return n, nil
}
