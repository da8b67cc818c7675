package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"slices"

	"gentlegrad/tensor"
	"gentlegrad/tensor/internal/disk"
)

// ReadFile reads the named file. Its error names the file, and wraps an *[Error] if the file is
// malformed.
func ReadFile(name string) (*File, error) {
	return disk.Load(name, func(in *os.File, size int64) (*File, error) { return read(in, size) })
}

// Read reads a file from r, up to its end. Its error is an *[Error], which wraps an error of r.
func Read(r io.Reader) (*File, error) { return read(r, -1) }

// Parse reads the file in data; the tensors share no memory with data.
func Parse(data []byte) (*File, error) { return read(bytes.NewReader(data), int64(len(data))) }

// read reads a file of the given size, which is negative if it is not known.
func read(r io.Reader, size int64) (*File, error) {
	if r == nil {
		return nil, errorf("file", "the reader is nil")
	}
	text, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	h, err := parse(text)
	if err != nil {
		return nil, err
	}
	left := int64(-1)
	if size >= 0 {
		left = size - 8 - int64(len(text))
	}
	f := &File{Tensors: map[string]*tensor.Tensor{}, Metadata: h.metadata, Types: map[string]string{}}
	if err := f.readTensors(r, h.entries, left); err != nil {
		return nil, err
	}
	return f, nil
}

// readHeader reads the length and the JSON of the header, and returns the JSON.
func readHeader(r io.Reader) ([]byte, *Error) {
	length, err := disk.Bytes(r, 8)
	if err != nil {
		return nil, because("length of the header", err)
	}
	n := binary.LittleEndian.Uint64(length)
	if n > maxHeader {
		return nil, errorf("length of the header", "it is %d bytes; at most %d are possible: this is not a safetensors file", n, maxHeader)
	}
	text, err := disk.Bytes(r, int64(n))
	if err != nil {
		return nil, because("header", err)
	}
	return text, nil
}

// readTensors reads the tensors, in the order of their bytes. left is how many bytes there are, or
// negative if that is not known.
func (f *File) readTensors(r io.Reader, entries []*entry, left int64) *Error {
	slices.SortStableFunc(entries, func(a, b *entry) int {
		return slices.Compare(a.Offsets[:], b.Offsets[:])
	})
	at := uint64(0)
	for i, e := range entries { // all are checked before a byte is read
		if _, err := e.length(); err != nil {
			return err
		}
		switch begin := e.Offsets[0]; {
		case begin < at:
			return errorf(of(e.name), "it begins at byte %d, within tensor %.200q, which ends at byte %d", begin, entries[i-1].name, at)
		case begin > at:
			return errorf(of(e.name), "it begins at byte %d; bytes from %d on belong to no tensor", begin, at)
		case left >= 0 && e.Offsets[1] > uint64(left):
			return &Error{of(e.name), fmt.Sprintf("its offsets are %d, and there are only %d bytes of data", e.Offsets, left), io.ErrUnexpectedEOF}
		}
		at = e.Offsets[1]
	}
	for _, e := range entries {
		n, _ := e.length()
		numbers, err := disk.Read(r, kinds[e.Type], binary.LittleEndian, n, left)
		if err != nil {
			return because(of(e.name), err)
		}
		f.Tensors[e.name], f.Types[e.name] = tensor.FromSlice(numbers, e.Shape...), e.Type
	}
	if n, err := io.ReadFull(r, make([]byte, 1)); n > 0 {
		return errorf("end", "there are bytes after the last tensor")
	} else if err != io.EOF {
		return because("end", err)
	}
	return nil
}
