package safetensors

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/json"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"gentlegrad/tensor"
	"gentlegrad/tensor/internal/disk"
)

// WriteFile writes f to the named file, whole or not at all: if it is interrupted, the old file or the
// new one is there, and perhaps a temporary one beside it.
func WriteFile(name string, f *File) error {
	return disk.Replace(name, func(w io.Writer) error { return Write(w, f) })
}

// Write writes f to w: the tensors of type F64 before those of F32, so that all are aligned, each in the
// order of their names, as the original does. It returns an *[Error], and has written nothing, if w or f
// is nil, a name or the metadata are not UTF-8, a name is reserved, a tensor is nil, empty or too large
// for F32, Types has another type or a name that is no tensor's, or the header is too large.
func Write(w io.Writer, f *File) error {
	switch {
	case w == nil:
		return errorf("file", "the writer is nil")
	case f == nil:
		return errorf("file", "the File is nil: there is nothing to write")
	}
	entries, err := f.entries()
	if err != nil {
		return err
	}
	text, err := f.header(entries)
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	for _, e := range entries {
		if err := disk.Write(w, f.Tensors[e.name].Data(), kinds[e.Type].Size); err != nil {
			return err
		}
	}
	return nil
}

// entries returns the tensors in the order in which they are written.
func (f *File) entries() ([]*entry, error) {
	var entries []*entry
	for name, x := range f.Tensors {
		entries = append(entries, &entry{Type: cmp.Or(f.Types[name], "F64"), Shape: x.Shape(), name: name})
	}
	slices.SortFunc(entries, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(b.Type, a.Type), cmp.Compare(a.name, b.name)) // "F64" before "F32"
	})
	at := uint64(0)
	for _, e := range entries {
		if err := e.mustBeWritable(f.Tensors[e.name]); err != nil {
			return nil, err
		}
		e.Offsets = [2]uint64{at, at + uint64(f.Tensors[e.name].Len()*kinds[e.Type].Size)}
		at = e.Offsets[1]
	}
	for _, name := range slices.Sorted(maps.Keys(f.Types)) {
		if f.Tensors[name] == nil {
			return nil, errorf(of(name), "it has a type, but is not a tensor of the file")
		}
	}
	return entries, nil
}

func (e *entry) mustBeWritable(x *tensor.Tensor) error {
	switch {
	case e.name == metadata:
		return errorf(of(e.name), "the name is reserved")
	case !utf8.ValidString(e.name):
		return errorf(of(e.name), "the name is not UTF-8")
	case x.IsEmpty():
		return errorf(of(e.name), "it is nil, or empty: it has no shape yet")
	case e.Type == "F64":
		return nil
	case e.Type != "F32":
		return errorf(of(e.name), "its type is %q; F64 and F32 are written", e.Type)
	}
	for i, v := range x.Data() {
		if math.IsInf(float64(float32(v)), 0) && !math.IsInf(v, 0) {
			return errorf(of(e.name), "element %d, %v, is too large for F32", i, v)
		}
	}
	return nil
}

// header returns the length of the header and the header.
func (f *File) header(entries []*entry) ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 8))
	b.WriteByte('{')
	if len(f.Metadata) > 0 {
		for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
			if !utf8.ValidString(key) || !utf8.ValidString(f.Metadata[key]) {
				return nil, errorf("metadata", "%.200q: %.200q is not UTF-8", key, f.Metadata[key])
			}
		}
		appendField(b, metadata, f.Metadata) // in the order of the keys
	}
	for _, e := range entries {
		appendField(b, e.name, e)
	}
	b.WriteByte('}')
	b.WriteString(strings.Repeat(" ", -b.Len()&7)) // so that the data are aligned
	if b.Len()-8 > maxHeader {
		return nil, errorf("header", "it has %d bytes; at most %d are possible", b.Len()-8, maxHeader)
	}
	text := b.Bytes()
	binary.LittleEndian.PutUint64(text, uint64(len(text)-8))
	return text, nil
}

func appendField(b *bytes.Buffer, name string, value any) {
	if b.Len() > 9 { // not the first
		b.WriteByte(',')
	}
	for i, v := range []any{name, value} {
		if i == 1 {
			b.WriteByte(':')
		}
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			panic("safetensors: internal error: " + err.Error()) // strings and whole numbers can always be encoded
		}
		b.Truncate(b.Len() - 1) // Encode ends the line
	}
}
