package safetensors_test

import (
	"bytes"
	"math"
	"os"
	"slices"
	"testing"

	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

// What Python wrote is read with its values; see testdata/README.md.
func TestReadPython(t *testing.T) {
	t.Parallel()
	f, err := safetensors.ReadFile("testdata/types.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Metadata) != 1 || f.Metadata["format"] != "pt" {
		t.Errorf("metadata %v", f.Metadata)
	}
	numbers := []float64{0, 1, -2, 3.5, -0.15625, 100}
	for _, want := range []struct {
		name, typ string
		shape     []int
		numbers   []float64
	}{
		{"f64", "F64", []int{2, 3}, numbers},
		{"f32", "F32", []int{2, 3}, numbers},
		{"f16", "F16", []int{2, 3}, numbers},
		{"bf16", "BF16", []int{2, 3}, numbers},
		{"small", "F16", []int{6}, []float64{0x1p-24, -0x3.efp-16, 65504, math.Inf(1), math.NaN(), math.Inf(-1)}},
		{"i64", "I64", []int{4}, []float64{-1 << 53, 1 << 53, 1 << 62, -1 << 63}},
		{"i32", "I32", []int{2}, []float64{math.MinInt32, math.MaxInt32}},
		{"i16", "I16", []int{2}, []float64{math.MinInt16, math.MaxInt16}},
		{"i8", "I8", []int{2}, []float64{-128, 127}},
		{"u8", "U8", []int{2}, []float64{0, 255}},
		{"u16", "U16", []int{1}, []float64{65535}},
		{"u32", "U32", []int{1}, []float64{math.MaxUint32}},
		{"bool", "BOOL", []int{2}, []float64{1, 0}},
		{"scalar", "F64", []int{}, []float64{7}},
		{"none", "F32", []int{0, 3}, []float64{}},
	} {
		x := f.Tensors[want.name]
		delete(f.Tensors, want.name)
		if x == nil || !slices.Equal(x.Shape(), want.shape) || !slices.EqualFunc(x.Data(), want.numbers, sameBits) || f.Types[want.name] != want.typ {
			t.Errorf("%s: got %v %v, want %+v", want.name, f.Types[want.name], x, want)
		}
	}
	for name := range f.Tensors {
		t.Errorf("%s is read too", name)
	}
}

// sameBits compares numbers bit for bit; any NaN is as good as any other.
func sameBits(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

// What is written has the bytes that Python writes.
func TestWritePython(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/written.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	f := &safetensors.File{
		Tensors: map[string]*tensor.Tensor{
			"0.weight": tensor.FromSlice([]float64{.1, -2, 3e300, 5e-324, math.Copysign(0, -1), 1. / 3}, 3, 2),
			"0.bias":   tensor.FromSlice([]float64{.5, -.25}, 2),
			"é\"\\\n":  tensor.Scalar(7),
			"a":        tensor.New(0, 3),
			"single":   tensor.FromSlice([]float64{.1, 1e30}, 2),
		},
		Metadata: map[string]string{"what": "<this & that>"},
		Types:    map[string]string{"single": "F32", "a": "F64"},
	}
	var got bytes.Buffer
	if err := safetensors.Write(&got, f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("got\n%q, want\n%q", got.Bytes(), want)
	}
	read, err := safetensors.Read(&got)
	if err != nil {
		t.Fatal(err)
	}
	f.Tensors["single"] = tensor.FromSlice([]float64{float64(float32(.1)), float64(float32(1e30))}, 2)
	mustBeEqual(t, read, f)
}

func mustBeEqual(t *testing.T, got, want *safetensors.File) {
	t.Helper()
	if len(got.Tensors) != len(want.Tensors) || len(got.Metadata) != len(want.Metadata) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, x := range want.Tensors {
		y := got.Tensors[name]
		if !tensor.SameShape(x, y) || !slices.EqualFunc(x.Data(), y.Data(), sameBits) {
			t.Errorf("%s: got %v, want %v", name, y, x)
		}
	}
	for key, text := range want.Metadata {
		if got.Metadata[key] != text {
			t.Errorf("%s: got %q, want %q", key, got.Metadata[key], text)
		}
	}
}
