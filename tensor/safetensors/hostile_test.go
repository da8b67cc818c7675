package safetensors_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

// file returns a file with a header and that many bytes of data after it.
func file(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func one(dtype, shape, offsets string) string {
	return fmt.Sprintf(`{"w":{"dtype":%q,"shape":%s,"data_offsets":%s}}`, dtype, shape, offsets)
}

var hostile = []struct {
	name string
	file []byte
	want string
}{
	{"nothing", nil, "length of the header: it needs 8 bytes, but the file ends after 0 of them"},
	{"seven bytes", make([]byte, 7), "length of the header: it needs 8 bytes, but the file ends after 7 of them"},
	{"no header", make([]byte, 8), `header: it begins with "" and not with a brace`},
	{"header of 2⁶³ bytes", binary.LittleEndian.AppendUint64(nil, 1<<63), "length of the header: it is 9223372036854775808 bytes; at most 100000000 are possible: this is not a safetensors file"},
	{"header of −1 bytes", bytes.Repeat([]byte{255}, 8), "length of the header: it is 18446744073709551615 bytes"},
	{"header longer than the file", append(binary.LittleEndian.AppendUint64(nil, 99_999_999), "{}"...), "header: it needs 99999999 bytes, but the file ends after 2 of them"},
	{"space first", file(" {}", 0), `header: it begins with " {}" and not with a brace`},
	{"an array", file("[]", 0), "not with a brace"},
	{"cut JSON", file(`{"w":{"dtype"`, 0), `header: byte 13: tensor "w": unexpected EOF`},
	{"more behind it", file(`{} {}`, 0), `header: byte 2: there is text after the last brace: "{}"`},
	{"a comma too many", file(`{"__metadata__":{},}`, 0), "header: byte 19: invalid character '}'"},
	{"invalid UTF-8", file("{\"\xff\":1}", 0), "header: byte 2 is not UTF-8"},
	{"deep", file(`{"w":`+strings.Repeat("[", 1e6), 0), "header: byte 6: tensor \"w\": found [ instead of {"},
	{"deep shape", file(one("F64", strings.Repeat("[", 1e6), "[0,8]"), 0), "found [ instead of a whole number"},
	{"deep metadata", file(`{"__metadata__":{"a":`+strings.Repeat("{", 1e6), 0), "found { instead of a string"},
	{"metadata null", file(`{"__metadata__":null}`, 0), "found null instead of {"},
	{"metadata number", file(`{"__metadata__":{"a":1}}`, 0), "found 1 instead of a string"},
	{"metadata twice", file(`{"__metadata__":{},"__metadata__":{}}`, 0), `the name "__metadata__" occurs twice`},
	{"key of metadata twice", file(`{"__metadata__":{"a":"","\u0061":""}}`, 0), `the name "a" occurs twice`},
	{"name twice", file(`{"w":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"w":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 2), `the name "w" occurs twice`},
	{"field twice", file(`{"w":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}}`, 1), `tensor "w": the name "dtype" occurs twice`},
	{"field missing", file(`{"w":{"dtype":"U8","shape":[1]}}`, 1), `tensor "w": it needs dtype, shape and data_offsets, but has only 2 of them`},
	{"field unknown", file(`{"w":{"dtype":"U8","shape":[1],"offset":[0,1]}}`, 1), `tensor "w": "offset" is neither dtype, shape nor data_offsets`},
	{"type unknown", file(one("F8_E4M3", "[1]", "[0,1]"), 1), `tensor "w": its type is "F8_E4M3"; those that are read are F64`},
	{"offsets that wrap, negative", file(one("F64", "[2]", "[1099511627792,-16]"), 16), "found -16 instead of a whole number"},
	{"offsets that wrap, unsigned", file(one("F64", "[2]", "[18446744073709551600,0]"), 16), `tensor "w": the offsets [18446744073709551600 0] are not a range of bytes`},
	{"offsets backwards", file(one("F64", "[2]", "[16,0]"), 16), "the offsets [16 0] are not a range of bytes"},
	{"offset too large", file(one("F64", "[2]", "[0,18446744073709551616]"), 16), "found 18446744073709551616 instead of a whole number"},
	{"offsets for 2⁶⁴−1 bytes", file(one("F64", "[2]", "[0,18446744073709551615]"), 16), "are not a range of bytes"},
	{"one offset", file(one("F64", "[2]", "[0]"), 16), "there are 1 offsets, not two"},
	{"three offsets", file(one("F64", "[2]", "[0,16,16]"), 16), "there are more than two offsets"},
	{"shape whose product wraps to 0", file(one("F64", "[4294967296,4294967296]", "[0,0]"), 0), `tensor "w": shape [4294967296 4294967296] has too many elements`},
	{"shape whose product wraps to 1", file(one("U8", "[641,6700417,4294967295]", "[0,1]"), 1), "has too many elements"},
	{"shape whose bytes wrap", file(one("F64", "[2305843009213693952]", "[0,0]"), 0), "has an axis of 2305843009213693952"},
	{"axis of −1", file(one("F64", "[-1]", "[0,8]"), 8), "found -1 instead of a whole number"},
	{"axis of 1.0", file(one("F64", "[1.0]", "[0,8]"), 8), "found 1.0 instead of a whole number"},
	{"axis of 1e0", file(one("F64", "[1e0]", "[0,8]"), 8), "found 1e0 instead of a whole number"},
	{"axis NaN", file(one("F64", "[NaN]", "[0,8]"), 8), "invalid character 'N'"},
	{"axis of text", file(one("F64", `["1"]`, "[0,8]"), 8), `found "1" instead of a whole number`},
	{"axis of 2⁶³", file(one("F64", `[9223372036854775808]`, "[0,8]"), 8), `the shape has an axis of 9223372036854775808`},
	{"17 axes", file(one("F64", "[1"+strings.Repeat(",1", 16)+"]", "[0,8]"), 8), `tensor "w": there are 17 axes; at most 16 are possible`},
	{"many axes", file(one("F64", "[1"+strings.Repeat(",1", 1e5)+"]", "[0,8]"), 8), `the shape has more than 16 axes`},
	{"shape and offsets differ", file(one("F64", "[2]", "[0,8]"), 8), `tensor "w": F64 of shape [2] has 16 bytes, but the offsets [0 8] are for 8`},
	{"data missing", file(one("F64", "[2]", "[0,16]"), 15), " 15 "},
	{"data claimed", file(one("F64", "[4294967296]", "[0,34359738368]"), 15), " 15 "},
	{"bytes behind", file(one("F64", "[2]", "[0,16]"), 17), "end: there are bytes after the last tensor"},
	{"gap before", file(one("U8", "[2]", "[1,3]"), 3), `tensor "w": it begins at byte 1; bytes from 0 on belong to no tensor`},
	{"overlap", file(`{"v":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 3), `tensor "v": it begins at byte 1, within tensor "w", which ends at byte 2`},
	{"the same bytes", file(`{"v":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 2), `tensor "w": it begins at byte 0, within tensor "v"`},
	{"gap", file(`{"v":{"dtype":"U8","shape":[2],"data_offsets":[3,5]},"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 5), `tensor "v": it begins at byte 3; bytes from 2 on belong to no tensor`},
	{"a bool of 2", append(file(one("BOOL", "[2]", "[0,2]"), 1), 2), `tensor "w": element 1: the byte is 2; it must be 0, false, or 1, true`},
	{"a whole number that float64 has not", append(file(one("I64", "[1]", "[0,8]"), 0), 1, 0, 0, 0, 0, 0, 32, 0), `tensor "w": element 0: a whole number near 9007199254740992 is not exactly a float64`},
}

// A malformed file gives an error that says what is wrong, however the file is read.
func TestHostile(t *testing.T) {
	t.Parallel()
	for _, c := range hostile {
		name := filepath.Join(t.TempDir(), "hostile.safetensors")
		if err := os.WriteFile(name, c.file, 0o666); err != nil {
			t.Fatal(err)
		}
		for way, read := range map[string]func() (*safetensors.File, error){
			"Parse":    func() (*safetensors.File, error) { return safetensors.Parse(c.file) },
			"Read":     func() (*safetensors.File, error) { return safetensors.Read(bytes.NewReader(c.file)) },
			"ReadFile": func() (*safetensors.File, error) { return safetensors.ReadFile(name) },
			"slowly": func() (*safetensors.File, error) {
				return safetensors.Read(iotest.OneByteReader(bytes.NewReader(c.file)))
			},
		} {
			if way == "slowly" && len(c.file) > 1e5 {
				continue
			}
			var e *safetensors.Error
			if f, err := read(); !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %s: got %v, %v, want an error with %q", c.name, way, f, err, c.want)
			} else if way == "ReadFile" && !strings.HasPrefix(err.Error(), name+": safetensors: ") {
				t.Errorf("%s: the error does not name the file: %v", c.name, err)
			}
		}
	}
}

// A file that is cut off anywhere gives an error that says so.
func TestTruncated(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile("testdata/types.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		for _, read := range []func() (*safetensors.File, error){
			func() (*safetensors.File, error) { return safetensors.Parse(whole[:n]) },
			func() (*safetensors.File, error) { return safetensors.Read(bytes.NewReader(whole[:n])) },
		} {
			if _, err := read(); !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%d of %d bytes: %v", n, len(whole), err)
			}
		}
	}
	_, err = safetensors.Parse(file(one("F64", "[2]", "[0,16]"), 15))
	if want := `safetensors: tensor "w": its offsets are [0 16], and there are only 15 bytes of data`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// An error of the reader is passed on.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	whole := file(one("F64", "[2]", "[0,16]"), 16)
	broken := errors.New("broken")
	for n := range len(whole) + 1 {
		r := io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken))
		if _, err := safetensors.Read(r); !errors.Is(err, broken) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	if _, err := safetensors.ReadFile(filepath.Join(t.TempDir(), "missing")); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// What the header claims is not allocated.
func TestClaims(t *testing.T) {
	for _, b := range [][]byte{
		append(binary.LittleEndian.AppendUint64(nil, 99_999_999), "{}"...),
		file(one("F64", "[4294967296]", "[0,34359738368]"), 1000),
		file(one("U8", "[65536,65536]", "[0,4294967296]"), 1000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := safetensors.Read(bytes.NewReader(b)); err == nil {
			t.Error("no error")
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
			t.Errorf("%.100q: %d bytes are allocated", b, n)
		}
	}
}

// A value that can't be written gives an error before anything is written.
func TestWriteMistakes(t *testing.T) {
	t.Parallel()
	x := tensor.FromSlice([]float64{1, 1e39}, 2)
	type tensors = map[string]*tensor.Tensor
	type texts = map[string]string
	for _, c := range []struct {
		f    safetensors.File
		want string
	}{
		{safetensors.File{Tensors: tensors{"__metadata__": x}}, `tensor "__metadata__": the name is reserved`},
		{safetensors.File{Tensors: tensors{"\xff": x}}, `tensor "\xff": the name is not UTF-8`},
		{safetensors.File{Tensors: tensors{"a": nil}}, `tensor "a": it is nil, or empty`},
		{safetensors.File{Tensors: tensors{"a": new(tensor.Tensor)}}, `tensor "a": it is nil, or empty`},
		{safetensors.File{Tensors: tensors{"a": x}, Types: texts{"a": "F16"}}, `tensor "a": its type is "F16"; F64 and F32 are written`},
		{safetensors.File{Tensors: tensors{"a": x}, Types: texts{"a": "F32"}}, `tensor "a": element 1, 1e+39, is too large for F32`},
		{safetensors.File{Tensors: tensors{"a": x}, Types: texts{"b": "F32"}}, `tensor "b": it has a type, but is not a tensor of the file`},
		{safetensors.File{Metadata: texts{"a": "\xff"}}, `metadata: "a": "\xff" is not UTF-8`},
		{safetensors.File{Metadata: texts{"a": strings.Repeat("a", 1e8)}}, "header: it has 100000032 bytes; at most 100000000 are possible"},
	} {
		if testing.Short() && len(c.f.Metadata["a"]) > 1e6 {
			continue
		}
		var e *safetensors.Error
		var b bytes.Buffer
		if err := safetensors.Write(&b, &c.f); !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) || b.Len() > 0 {
			t.Errorf("%d bytes, %v; want %s", b.Len(), err, c.want)
		}
	}
}

// FuzzRead reads any bytes, whole and as a stream; what is read is written, and read again.
func FuzzRead(f *testing.F) {
	for _, c := range hostile {
		if len(c.file) < 1000 {
			f.Add(c.file)
		}
	}
	f.Add(file(one("U8", "[1]", "[0,1]"), 1)) // without metadata
	for _, name := range []string{"types", "written"} {
		b, err := os.ReadFile("testdata/" + name + ".safetensors")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		x, err := safetensors.Parse(b)
		if y, err2 := safetensors.Read(iotest.HalfReader(bytes.NewReader(b))); (err == nil) != (err2 == nil) {
			t.Fatalf("Parse: %v; Read: %v", err, err2)
		} else if err != nil {
			if e := (*safetensors.Error)(nil); !errors.As(err, &e) || !errors.As(err2, &e) {
				t.Fatalf("not typed: %v; %v", err, err2)
			}
			return
		} else {
			mustBeEqual(t, x, y)
		}
		x.Types = nil
		var out bytes.Buffer
		if err := safetensors.Write(&out, x); err != nil {
			t.Fatal(err)
		}
		y, err := safetensors.Parse(out.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		mustBeEqual(t, y, x)
	})
}

func TestNil(t *testing.T) {
	_, read := safetensors.Read(nil)
	for want, err := range map[string]error{
		"safetensors: file: the reader is nil":                          read,
		"safetensors: file: the writer is nil":                          safetensors.Write(nil, new(safetensors.File)),
		"safetensors: file: the File is nil: there is nothing to write": safetensors.Write(new(bytes.Buffer), nil),
	} {
		if e := (*safetensors.Error)(nil); !errors.As(err, &e) || err.Error() != want {
			t.Errorf("%v; want %s", err, want)
		}
	}
}
