package npy_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/iotest"

	"gentlegrad/tensor"
	"gentlegrad/tensor/npy"
)

var (
	halves = tensor.Rows([][]float64{{0, 1.5, 3}, {4.5, 6, 7.5}})
	whole  = tensor.Rows([][]float64{{0, 1, 2}, {3, 100, 7}})
	python = map[string]*tensor.Tensor{ // see testdata/README.md
		"f8": halves, "big": halves, "fortran": halves, "version2": halves, "version3": halves,
		"scalar": tensor.Scalar(7), "vector": tensor.FromSlice([]float64{.1, math.Copysign(0, -1), math.Inf(1)}, 3), "empty": tensor.New(0, 3),
		"axes":      tensor.New(slices.Repeat([]int{1}, 16)...).Fill(1), // the room for the first moves the data
		"fortran3":  tensor.Arange(24).Reshape(2, 3, 4),
		"little-f4": whole, "big-f4": whole, "little-f2": whole, "little-i8": whole, "big-i8": whole, "little-i4": whole, "big-i4": whole,
		"little-i2": whole, "i1": whole, "little-u8": whole, "little-u4": whole, "big-u2": whole, "u1": whole,
		"bool": tensor.Rows([][]float64{{0, 1, 1}, {1, 1, 1}}),
	}
)

func equal(x, y *tensor.Tensor) bool {
	return tensor.SameShape(x, y) && slices.EqualFunc(x.Data(), y.Data(), func(a, b float64) bool {
		return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
	})
}

// What Python wrote is read, from files and from streams.
func TestReadPython(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.npy")
	if err != nil || len(files) != len(python) {
		t.Errorf("%d files, %d are listed: %v", len(files), len(python), err)
	}
	for name, want := range python {
		name = filepath.Join("testdata", name+".npy")
		x, err := npy.ReadFile(name)
		if err != nil || !equal(x, want) {
			t.Errorf("%s: got %v, %v, want %v", name, x, err, want)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		rest := bytes.NewReader(append(b, "rest"...))
		if x, err := npy.Read(iotest.OneByteReader(rest)); err != nil || !equal(x, want) || rest.Len() != 4 {
			t.Errorf("%s: got %v, %v, want %v; %d bytes are left", name, x, err, want, rest.Len())
		}
	}
}

// What is written has the bytes that NumPy writes.
func TestWritePython(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"f8", "scalar", "vector", "empty", "axes"} {
		want, err := os.ReadFile(filepath.Join("testdata", name+".npy"))
		if err != nil {
			t.Fatal(err)
		}
		var got bytes.Buffer
		if err := npy.Write(&got, python[name]); err != nil || !bytes.Equal(got.Bytes(), want) {
			t.Errorf("%s: %v\n%q, want\n%q", name, err, got.Bytes(), want)
		}
	}
}

func TestWriteFile(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "x.npy")
	for _, x := range []*tensor.Tensor{halves, tensor.Linspace(0, 1, 20_000)} {
		if err := npy.WriteFile(name, x); err != nil {
			t.Fatal(err)
		}
		if y, err := npy.ReadFile(name); err != nil || !equal(x, y) {
			t.Errorf("%v, %v", y, err)
		}
	}
	var e *npy.Error
	for _, x := range []*tensor.Tensor{nil, new(tensor.Tensor)} {
		if err := npy.WriteFile(name, x); !errors.As(err, &e) || err.Error() != "npy: array: it is nil, or empty: it has no shape yet" {
			t.Error(err)
		}
	}
	if y, err := npy.ReadFile(name); err != nil || y.Len() != 20_000 {
		t.Errorf("the old file is gone: %v", err)
	}
}

func TestZip(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]map[string]*tensor.Tensor{
		"arrays":     {"a": halves, "b": tensor.FromSlice([]float64{1, 2}, 2)},
		"compressed": {"a": halves, "zeros": tensor.New(1000)},
	} {
		got, err := npy.ReadZipFile("testdata/" + file + ".npz")
		mustBeEqual(t, got, err, want)
		name := filepath.Join(t.TempDir(), "written.npz")
		if err := npy.WriteZipFile(name, want); err != nil {
			t.Fatal(err)
		}
		got, err = npy.ReadZipFile(name)
		mustBeEqual(t, got, err, want)
	}
	var b bytes.Buffer
	if err := npy.WriteZip(&b, map[string]*tensor.Tensor{"a": nil}); err == nil || err.Error() != `npy: array "a": array: it is nil, or empty: it has no shape yet` {
		t.Error(err)
	}
}

func mustBeEqual(t *testing.T, got map[string]*tensor.Tensor, err error, want map[string]*tensor.Tensor) {
	t.Helper()
	if err != nil || len(got) != len(want) {
		t.Fatalf("got %v, %v, want %v", got, err, want)
	}
	for name, x := range want {
		if !equal(got[name], x) {
			t.Errorf("%s: got %v, want %v", name, got[name], x)
		}
	}
}

func TestNil(t *testing.T) {
	_, read := npy.Read(nil)
	_, readZip := npy.ReadZip(nil, 5)
	for want, err := range map[string]error{
		"npy: file: the reader is nil": read,
		"npy: zip: the reader is nil":  readZip,
		"npy: file: the writer is nil": npy.Write(nil, tensor.New(2)),
		"npy: zip: the writer is nil":  npy.WriteZip(nil, nil),
	} {
		if e := (*npy.Error)(nil); !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}
