package npy_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"gentlegrad/tensor/npy"
)

// array returns a file of version 1 with a header and that many bytes of data after it.
func array(header string, data int) []byte {
	b := binary.LittleEndian.AppendUint16([]byte("\x93NUMPY\x01\x00"), uint16(len(header)))
	return append(append(b, header...), make([]byte, data)...)
}

func dict(descr, shape string) string {
	return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + "}"
}

var hostile = []struct {
	name string
	file []byte
	want string
}{
	{"nothing", nil, "start: it needs 8 bytes, but the file ends after 0 of them"},
	{"no magic", []byte("PK\x03\x04aaaaaaaaaaa"), `start: it is "PK\x03\x04aa"; that of a .npy file is "\x93NUMPY"`},
	{"version 0", []byte("\x93NUMPY\x00\x00aaaaaaaa"), "version: it is 0.0; 1.0, 2.0 and 3.0 are read"},
	{"version 4", []byte("\x93NUMPY\x04\x00aaaaaaaa"), "version: it is 4.0"},
	{"version 1.1", []byte("\x93NUMPY\x01\x01aaaaaaaa"), "version: it is 1.1"},
	{"header cut", []byte("\x93NUMPY\x01\x00\xf8\xff"), "header: it needs 65528 bytes, but the file ends after 0 of them"},
	{"length cut", []byte("\x93NUMPY\x02\x00\xf8\xff"), "length of the header: it needs 4 bytes, but the file ends after 2 of them"},
	{"header of 0xFFFFFFF0 bytes", []byte("\x93NUMPY\x02\x00\xf0\xff\xff\xff"), "length of the header: it is 4294967280 bytes; at most 65536 are possible"},
	{"header empty", array("", 0), `header: character 0: found "" instead of '{'`},
	{"no end", array("{", 0), "header: character 1: found \"\" instead of a string"},
	{"no key", array("{}", 0), "it needs descr, fortran_order and shape, but has only 0 of them"},
	{"no shape", array("{'descr': '<f8', 'fortran_order': False}", 0), "but has only 2 of them"},
	{"a key twice", array("{'descr': '<f8', 'descr': '<f8', 'shape': ()}", 8), "header: character 26: \"descr\" occurs twice"},
	{"unknown key", array("{'a': '<f8'}", 8), `"a" is neither descr, fortran_order nor shape`},
	{"string without end", array("{'descr: ", 8), "is not closed"},
	{"backslash", array(`{'\x64escr': '<f8'}`, 8), "or has a backslash"},
	{"no colon", array("{'descr' '<f8'}", 8), `header: character 9: found "'<f8'}" instead of ':'`},
	{"no comma", array("{'descr': '<f8' 'shape': ()}", 8), `header: character 16: found "'shape': ()}" instead of ','`},
	{"records", array("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", 8), "the elements are records"},
	{"text", array(dict("<U4", "(1,)"), 16), `the type is "<U4"; f8, f4,`},
	{"objects", array(dict("|O", "(1,)"), 16), `the type is "|O"; f8, f4,`},
	{"complex", array(dict("<c16", "(1,)"), 16), `the type is "<c16"; f8, f4,`},
	{"no type", array(dict("", "(1,)"), 16), `the type is ""; f8, f4,`},
	{"no order", array(dict("|f8", "(1,)"), 8), `the type is "|f8", whose order of bytes is neither`},
	{"native order", array(dict("=f8", "(1,)"), 8), `the type is "=f8", whose order of bytes is neither`},
	{"order of 0", array("{'descr': '<f8', 'fortran_order': 0, 'shape': ()}", 8), `header: character 34: found "0, 'shape': ()}" instead of True or False`},
	{"shape of −1", array(dict("<f8", "(-1,)"), 8), `header: character 51: found "-1,)}" instead of a whole number from 0 to 2⁶³−1`},
	{"shape NaN", array(dict("<f8", "(nan,)"), 8), `header: character 51: found "nan,)}" instead of a whole number from 0 to 2⁶³−1`},
	{"shape of 1.0", array(dict("<f8", "(1.0,)"), 8), `header: character 52: found ".0,)}" instead of ','`},
	{"shape without parentheses", array(dict("<f8", "1"), 8), `header: character 50: found "1}" instead of '('`},
	{"shape of 2⁶³", array(dict("<f8", "(9223372036854775808,)"), 8), `header: character 51: found "9223372036854775808,)}" instead of a whole number from 0 to 2⁶³−1`},
	{"shape that wraps to 0", array(dict("<f8", "(4294967296, 4294967296)"), 8), "header: shape [4294967296 4294967296] has too many elements"},
	{"shape whose bytes wrap", array(dict("<f8", "(2305843009213693952,)"), 8), "header: shape [2305843009213693952] has an axis of 2305843009213693952"},
	{"17 axes", array(dict("<f8", "("+strings.Repeat("1,", 17)+")"), 8), "header: there are 17 axes; at most 16 are possible"},
	{"deep", array("{'shape': "+strings.Repeat("(", 6e4), 8), `header: character 11: found "((((((((((((((((((((((((((((((" instead of a whole number from 0 to 2⁶³−1`},
	{"more behind", array(dict("<f8", "()")+"a", 8), "there is text after the last brace"},
	{"a zero byte behind", array(dict("<f8", "()")+"\x00", 8), "there is text after the last brace"},
	{"data missing", array(dict("<f8", "(2,)"), 15), "data: the data need 16 bytes, but the file ends after 15 of them"},
	{"data claimed", array(dict("<f8", "(4294967296,)"), 15), "data: the data need 34359738368 bytes, but the file ends after 15 of them"},
	{"a bool of 2", append(array(dict("|b1", "(2,)"), 1), 2), "data: element 1: the byte is 2; it must be 0, false, or 1, true"},
	{"2⁶⁴−1", append(array(dict("<u8", "()"), 0), bytes.Repeat([]byte{255}, 8)...), "data: element 0: a whole number near 18446744073709551616 is not exactly a float64"},
}

func TestHostile(t *testing.T) {
	t.Parallel()
	for _, c := range hostile {
		var e *npy.Error
		if x, err := npy.Read(bytes.NewReader(c.file)); !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v, want an error with %q", c.name, x, err, c.want)
		}
		name := filepath.Join(t.TempDir(), "hostile.npy")
		if err := os.WriteFile(name, c.file, 0o666); err != nil {
			t.Fatal(err)
		}
		if x, err := npy.ReadFile(name); !errors.As(err, &e) || !strings.HasPrefix(err.Error(), name+": npy: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the file: got %v, %v, want an error with %q", c.name, x, err, c.want)
		}
	}
}

func TestTruncated(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile("testdata/little-f2.npy")
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	for n := range len(whole) {
		if _, err := npy.Read(bytes.NewReader(whole[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if _, err := npy.Read(io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
}

// What the header claims is not allocated.
func TestClaims(t *testing.T) {
	for _, b := range [][]byte{
		array(dict("<f8", "(4294967296,)"), 1000),
		array(dict("|u1", "(4294967296,)"), 1000),
		[]byte("\x93NUMPY\x02\x00\xf0\xff\xff\xff"),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := npy.Read(bytes.NewReader(b)); err == nil {
			t.Error("no error")
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 2<<20 {
			t.Errorf("%.100q: %d bytes are allocated", b, n)
		}
	}
}

// zipped returns a zip of files, each given by its name and its contents.
func zipped(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i]})
		if err == nil {
			_, err = io.WriteString(f, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileZip(t *testing.T) {
	t.Parallel()
	scalar := string(array(dict("<f8", "()"), 8))
	damaged := zipped(t, "a.npy", scalar)
	damaged[bytes.Index(damaged, []byte("descr"))]++
	flipped := zipped(t, "a.npy", scalar)
	flipped[bytes.Index(flipped, []byte("()}"))+4]++
	// Two names for the same bytes, as in a zip bomb.
	again := zipped(t, "a.npy", string(array(dict("<f8", "(8192,)"), 1<<16)), "b.npy", scalar)
	directory := bytes.Index(again, []byte("PK\x01\x02"))
	second := directory + bytes.Index(again[directory+1:], []byte("PK\x01\x02")) + 1
	copy(again[second:], again[directory:directory+46])
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"nothing", nil, "zip: zip: not a valid zip file"},
		{"an array", []byte(scalar), "zip: zip: not a valid zip file"},
		{"another file", zipped(t, "a.txt", "text"), `array "a.txt": its name does not end in .npy`},
		{"a name twice", zipped(t, "a.npy", scalar, "a.npy", scalar), `array "a": the name occurs twice`},
		{"no array", zipped(t, "a.npy", "text"), `array "a": start: it needs 8 bytes`},
		{"more behind", zipped(t, "a.npy", scalar+"a"), `array "a": there are bytes after its elements`},
		{"header damaged", damaged, `array "a": header: `},
		{"elements damaged", flipped, `array "a": zip: checksum error`},
		{"overlap", again, `array "b": the arrays have more bytes than the file`},
	} {
		var e *npy.Error
		if x, err := npy.ReadZip(bytes.NewReader(c.file), int64(len(c.file))); !errors.As(err, &e) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, %v, want an error with %q", c.name, x, err, c.want)
		}
	}
}

// FuzzRead reads any bytes as an array and as a zip; an array that is read is written, and read again.
func FuzzRead(f *testing.F) {
	for _, c := range hostile {
		if len(c.file) < 1000 {
			f.Add(c.file)
		}
	}
	files, err := filepath.Glob("testdata/*.np[yz]")
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var e *npy.Error
		if _, err := npy.ReadZip(bytes.NewReader(b), int64(len(b))); err != nil && !errors.As(err, &e) {
			t.Fatalf("not typed: %v", err)
		}
		x, err := npy.Read(bytes.NewReader(b))
		if err != nil {
			if !errors.As(err, &e) {
				t.Fatalf("not typed: %v", err)
			}
			return
		}
		var out bytes.Buffer
		if err := npy.Write(&out, x); err != nil {
			t.Fatal(err)
		}
		if y, err := npy.Read(&out); err != nil || !equal(x, y) {
			t.Fatalf("%v, %v; want %v", y, err, x)
		}
	})
}
