package npy

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"gentlegrad/tensor"
	"gentlegrad/tensor/internal/disk"
)

// ReadZipFile reads the arrays of the named .npz file, by their names. Its error names the file, and
// wraps an *[Error] if the file is malformed.
func ReadZipFile(name string) (map[string]*tensor.Tensor, error) {
	return disk.Load(name, func(in *os.File, size int64) (map[string]*tensor.Tensor, error) {
		return ReadZip(in, max(size, 0))
	})
}

// ReadZip reads the arrays of a .npz file of size bytes from r, by their names without ".npy". They may
// be compressed, as by NumPy's savez_compressed: then the arrays can take up to about eight thousand
// times as much memory as the file has bytes, since each byte of a u1, i1 or b1 becomes a float64.
func ReadZip(r io.ReaderAt, size int64) (map[string]*tensor.Tensor, error) {
	if r == nil {
		return nil, errorf("zip", "the reader is nil")
	}
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, because("zip", err)
	}
	arrays := map[string]*tensor.Tensor{}
	left := uint64(size)
	for _, f := range archive.File {
		name, isArray := strings.CutSuffix(f.Name, ".npy")
		where := fmt.Sprintf("array %.200q", name)
		switch {
		case !isArray:
			return nil, errorf(where, "its name does not end in .npy")
		case arrays[name] != nil:
			return nil, errorf(where, "the name occurs twice")
		case f.CompressedSize64 > left:
			return nil, errorf(where, "the arrays have more bytes than the file: they overlap, or it ends too early")
		}
		left -= f.CompressedSize64
		x, err := readEntry(f)
		if err != nil {
			return nil, because(where, err)
		}
		arrays[name] = x
	}
	return arrays, nil
}

// readEntry reads a file of a zip: one array, with nothing behind it.
func readEntry(f *zip.File) (*tensor.Tensor, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	x, err := Read(in)
	if err != nil {
		return nil, err
	}
	switch n, err := io.ReadFull(in, make([]byte, 1)); { // at the end package zip checks the checksum
	case n > 0:
		return nil, fmt.Errorf("there are bytes after its elements")
	case err != io.EOF:
		return nil, err
	}
	return x, nil
}

// WriteZipFile writes arrays to the named .npz file, whole or not at all, as WriteFile does.
func WriteZipFile(name string, arrays map[string]*tensor.Tensor) error {
	return disk.Replace(name, func(w io.Writer) error { return WriteZip(w, arrays) })
}

// WriteZip writes arrays to w as a .npz file, in the order of their names, not compressed. It returns an
// *[Error] if w is nil, or if an array is nil or empty.
func WriteZip(w io.Writer, arrays map[string]*tensor.Tensor) error {
	if w == nil {
		return errorf("zip", "the writer is nil")
	}
	archive := zip.NewWriter(w)
	for _, name := range slices.Sorted(maps.Keys(arrays)) {
		entry, err := archive.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
		if err == nil {
			err = Write(entry, arrays[name])
		}
		if err != nil {
			return because(fmt.Sprintf("array %.200q", name), err)
		}
	}
	return archive.Close()
}
