package disk

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"slices"
)

// A Kind is how a number is stored in a file.
type Kind struct {
	Size   int // in bytes
	decode func(o binary.ByteOrder, b []byte) (float64, error)
}

// The kinds of numbers, as NumPy and safetensors have them.
var (
	F64  = float(8, func(o binary.ByteOrder, b []byte) float64 { return math.Float64frombits(o.Uint64(b)) })
	F32  = float(4, func(o binary.ByteOrder, b []byte) float64 { return float64(math.Float32frombits(o.Uint32(b))) })
	F16  = float(2, func(o binary.ByteOrder, b []byte) float64 { return half(o.Uint16(b)) })
	BF16 = float(2, func(o binary.ByteOrder, b []byte) float64 {
		return float64(math.Float32frombits(uint32(o.Uint16(b)) << 16))
	})
	I64 = Kind{8, func(o binary.ByteOrder, b []byte) (float64, error) {
		n := int64(o.Uint64(b))
		return exact(float64(n), uint64(max(n, -n))) // −2⁶³ is its own negative, and as a uint64 its magnitude
	}}
	U64 = Kind{8, func(o binary.ByteOrder, b []byte) (float64, error) {
		n := o.Uint64(b)
		return exact(float64(n), n)
	}}
	I32 = float(4, func(o binary.ByteOrder, b []byte) float64 { return float64(int32(o.Uint32(b))) })
	U32 = float(4, func(o binary.ByteOrder, b []byte) float64 { return float64(o.Uint32(b)) })
	I16 = float(2, func(o binary.ByteOrder, b []byte) float64 { return float64(int16(o.Uint16(b))) })
	U16 = float(2, func(o binary.ByteOrder, b []byte) float64 { return float64(o.Uint16(b)) })
	I8  = float(1, func(_ binary.ByteOrder, b []byte) float64 { return float64(int8(b[0])) })
	U8  = float(1, func(_ binary.ByteOrder, b []byte) float64 { return float64(b[0]) })

	Bool = Kind{1, func(_ binary.ByteOrder, b []byte) (float64, error) {
		if b[0] > 1 {
			return 0, fmt.Errorf("the byte is %d; it must be 0, false, or 1, true", b[0])
		}
		return float64(b[0]), nil
	}}
)

// float is a kind whose every value is a float64.
func float(size int, decode func(o binary.ByteOrder, b []byte) float64) Kind {
	return Kind{size, func(o binary.ByteOrder, b []byte) (float64, error) { return decode(o, b), nil }}
}

// exact returns v, which was made from a whole number of the given magnitude, or an error if that number
// has more binary digits than a float64.
func exact(v float64, magnitude uint64) (float64, error) {
	if bits.Len64(magnitude)-bits.TrailingZeros64(magnitude) > 53 {
		return 0, fmt.Errorf("a whole number near %.0f is not exactly a float64: beyond 2⁵³ not all are", v)
	}
	return v, nil
}

// half returns an IEEE 754 number of 16 bits: a sign, 5 bits of exponent, 10 of fraction.
func half(h uint16) float64 {
	exponent, fraction := int(h>>10&31), float64(h&1023)
	var v float64
	switch {
	case exponent == 0: // zero, or subnormal
		v = math.Ldexp(fraction, -24)
	case exponent < 31:
		v = math.Ldexp(1024+fraction, exponent-25)
	case fraction == 0:
		v = math.Inf(1)
	default:
		v = math.NaN()
	}
	return math.Copysign(v, 1-2*float64(h>>15))
}

const (
	maxRank     = 16                           // of a tensor
	maxElements = min(1<<32, math.MaxInt/1024) // of a tensor
)

// Elements returns the number of elements of a shape, or an error if a tensor can't have it.
func Elements(shape []int) (int, error) {
	if len(shape) > maxRank {
		return 0, fmt.Errorf("there are %d axes; at most %d are possible", len(shape), maxRank)
	}
	n, tooMany := uint64(1), false
	for _, d := range shape {
		if d < 0 || d > maxElements {
			return 0, fmt.Errorf("shape %v has an axis of %d; from 0 to %d is possible", shape, d, maxElements)
		}
		tooMany = tooMany || d > 0 && n > maxElements/uint64(d)
		n *= uint64(d) // which may wrap around if there are too many
	}
	if tooMany && !slices.Contains(shape, 0) {
		return 0, fmt.Errorf("shape %v has too many elements; at most %d are possible", shape, maxElements)
	}
	return int(n), nil
}

// chunk is how many bytes are read at a time.
const chunk = 1 << 16

// Read returns n numbers of a kind from r, which has at most left bytes; left is negative if that is not
// known. The memory that it allocates is in proportion to what it has read, and not to n, unless the
// bytes are known to be there.
func Read(r io.Reader, k Kind, o binary.ByteOrder, n int, left int64) ([]float64, error) {
	need := int64(n) * int64(k.Size)
	first := min(n, chunk)
	if left >= 0 {
		if need > left {
			return nil, tooShort("the data need", need, left)
		}
		first = n
	}
	numbers := make([]float64, 0, first)
	buf := make([]byte, min(need, chunk))
	for len(numbers) < n {
		b := buf[:min(chunk, (n-len(numbers))*k.Size)]
		if m, err := io.ReadFull(r, b); err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = tooShort("the data need", need, int64(len(numbers)*k.Size+m))
			}
			return nil, err
		}
		for ; len(b) > 0; b = b[k.Size:] {
			v, err := k.decode(o, b)
			if err != nil {
				return nil, fmt.Errorf("element %d: %w", len(numbers), err)
			}
			numbers = append(numbers, v)
		}
	}
	return numbers, nil
}

// Bytes returns the next n bytes of r. It allocates as it reads. An error that comes with the last of
// them is ignored, as by [io.ReadFull].
func Bytes(r io.Reader, n int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, n))
	switch have := int64(len(b)); {
	case have == n:
		return b, nil
	case err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		err = tooShort("it needs", n, have)
	}
	return nil, err
}

func tooShort(what string, need, have int64) error {
	return fmt.Errorf("%s %d bytes, but the file ends after %d of them: %w", what, need, have, io.ErrUnexpectedEOF)
}

// Write writes numbers to w, little-endian, each as a float of size bytes: 8, or 4, to which it is
// rounded.
func Write(w io.Writer, numbers []float64, size int) error {
	var buf []byte
	for part := range slices.Chunk(numbers, 1<<13) {
		buf = buf[:0]
		for _, v := range part {
			if size == F32.Size {
				buf = binary.LittleEndian.AppendUint32(buf, math.Float32bits(float32(v)))
			} else {
				buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(v))
			}
		}
		if _, err := w.Write(buf); err != nil {
			return err
		}
	}
	return nil
}
