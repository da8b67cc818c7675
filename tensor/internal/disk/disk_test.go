package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func write(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

func mustHold(t *testing.T, name, want string) {
	t.Helper()
	if got, err := os.ReadFile(name); err != nil || string(got) != want {
		t.Errorf("%s: got %.50q, %v, want %.50q", name, got, err, want)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "file")
	broken := errors.New("broken")
	for _, text := range []string{"first", "", strings.Repeat("third", 1e5)} {
		if err := Replace(name, write(text)); err != nil {
			t.Fatal(err)
		}
		mustHold(t, name, text)
		err := Replace(name, func(w io.Writer) error { return errors.Join(write(text+"more")(w), broken) })
		if !errors.Is(err, broken) {
			t.Error(err)
		}
		mustHold(t, name, text)
	}
	if files, err := os.ReadDir(dir); err != nil || len(files) != 1 {
		t.Errorf("left over: %v, %v", files, err)
	}
	if err := Replace(filepath.Join(dir, "none", "file"), write("")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := Replace(dir, write("")); err == nil || !strings.Contains(err.Error(), "it is not a regular file") {
		t.Error(err)
	}
}

// linked returns a directory that may hold links, and a function that returns a name's path in it.
func linked(t *testing.T) (dir string, in func(name string) string) {
	if runtime.GOOS == "windows" || runtime.GOARCH == "wasm" {
		t.Skip("no permissions or links")
	}
	dir = t.TempDir()
	return dir, func(name string) string { return filepath.Join(dir, name) }
}

func TestReplaceKeeps(t *testing.T) {
	t.Parallel()
	_, in := linked(t)
	name, link := in("file"), in("link")
	if err := errors.Join(os.WriteFile(name, nil, 0o666), os.Symlink("file", link)); err != nil {
		t.Fatal(err)
	}
	for _, permissions := range []fs.FileMode{0o640, 0o666} {
		if err := errors.Join(os.Chmod(name, permissions), Replace(link, write("new"))); err != nil {
			t.Fatal(err)
		}
		mustHold(t, name, "new")
		if info, err := os.Stat(name); err != nil || info.Mode() != permissions {
			t.Errorf("%v, %v, want %v", info.Mode(), err, permissions)
		}
	}
	if target, err := os.Readlink(link); err != nil || target != "file" {
		t.Errorf("the link is %s, %v", target, err)
	}
}

// A new file has the permissions of any new file; one that is to replace another never has more than that.
func TestReplacePermissions(t *testing.T) {
	t.Parallel()
	_, in := linked(t)
	f, err := create(in("old"), 0o600)
	if err := errors.Join(err, os.WriteFile(in("any"), nil, 0o666), Replace(in("new"), write(""))); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	made, err1 := f.Stat()
	other, err2 := os.Stat(in("any"))
	replaced, err3 := os.Stat(in("new"))
	if err := errors.Join(err1, err2, err3); err != nil || made.Mode() != 0o600 || replaced.Mode() != other.Mode() {
		t.Errorf("%v, %v, want %v, %v", made, replaced, other, err)
	}
}

// After a link, .. is the directory above what the link leads to, not the one above the link.
func TestReplaceMakesAbove(t *testing.T) {
	t.Parallel()
	dir, in := linked(t)
	err := errors.Join(os.MkdirAll(in("disk/runs"), 0o777), os.Symlink("disk/runs", in("runs")), os.Symlink("new", in("disk/latest")),
		os.Symlink("runs/../latest", in("link")), Replace(in("new"), write("another")),
		os.Symlink("disk/runs", in("up")), os.Symlink("up/../same", in("same")), os.Symlink("up/../same", in("disk/same"))) // there is no up in disk
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{in("link"), dir + "/runs/../latest"} {
		if err := Replace(name, write(name)); err != nil {
			t.Error(err)
		}
		mustHold(t, in("disk/new"), name)
		mustHold(t, in("new"), "another")
		os.Remove(in("disk/new"))
	}
	if err := Replace(in("same"), write("")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// The file that a link leads to need not be there yet: a link may name the latest file.
func TestReplaceMakes(t *testing.T) {
	t.Parallel()
	_, in := linked(t)
	err := errors.Join(os.Mkdir(in("runs"), 0o777), os.Symlink("runs", in("all")), os.Symlink("../5", in("runs/latest")),
		os.Symlink("all/latest", in("link")), os.Symlink(in("6"), in("absolute")), os.Symlink("self", in("self")), os.Symlink("none/7", in("nowhere")))
	if err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{"link": "5", "absolute": "6"} {
		for _, text := range []string{"made", "replaced"} {
			if err := Replace(in(link), write(text)); err != nil {
				t.Error(err)
			}
			mustHold(t, in(target), text)
		}
		if info, err := os.Lstat(in(link)); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", link, err)
		}
	}
	if err := Replace(in("self"), write("")); err == nil || !strings.Contains(err.Error(), "too many links") || !strings.Contains(err.Error(), in("self")) {
		t.Error(err)
	}
	if err := Replace(in("nowhere"), write("")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// A readerOnce gives its bytes together with an error.
type readerOnce struct {
	text string
	err  error
}

func (r *readerOnce) Read(p []byte) (int, error) {
	n := copy(p, r.text)
	r.text = r.text[n:]
	return n, r.err
}

func TestBytes(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, err := range []error{io.EOF, io.ErrUnexpectedEOF, fmt.Errorf("wrapped: %w", io.EOF), fmt.Errorf("wrapped: %w", io.ErrUnexpectedEOF), broken} {
		if b, err := Bytes(&readerOnce{"all", err}, 3); string(b) != "all" || err != nil {
			t.Errorf("%q, %v", b, err)
		}
		_, got := Bytes(&readerOnce{"all", err}, 4)
		if err == broken && got != broken {
			t.Error(got)
		}
		if err != broken && (!errors.Is(got, io.ErrUnexpectedEOF) || got.Error() != "it needs 4 bytes, but the file ends after 3 of them: unexpected EOF") {
			t.Errorf("%v: %v", err, got)
		}
	}
}

func TestElements(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape []int
		want  int // −1 for an error
	}{
		{nil, 1}, {[]int{2, 3}, 6}, {[]int{0}, 0}, {[]int{1 << 32, 1 << 32, 0}, 0},
		{[]int{1 << 32}, 1 << 32}, {[]int{1 << 16, 1 << 16}, 1 << 32},
		{[]int{1 << 32, 1 << 32}, -1}, {[]int{1<<32 + 1}, -1}, {[]int{1<<16 + 1, 1 << 16}, -1}, {[]int{1 << 31, 1 << 31, 4}, -1},
		{[]int{-1}, -1}, {[]int{0, -1}, -1}, {[]int{0, math.MaxInt}, -1}, {make([]int, 16), 0}, {make([]int, 17), -1},
	} {
		n, err := Elements(c.shape)
		if err != nil {
			n = -1
		}
		if n != c.want {
			t.Errorf("%v: %d, %v, want %d", c.shape, n, err, c.want)
		}
	}
}

// Every number of 16 bits has the value that IEEE 754 gives it.
func TestHalf(t *testing.T) {
	t.Parallel()
	for h := range 1 << 16 {
		var b [2]byte
		binary.LittleEndian.PutUint16(b[:], uint16(h))
		got, err := Read(bytes.NewReader(b[:]), F16, binary.LittleEndian, 1, -1)
		if err != nil {
			t.Fatal(err)
		}
		// As bits of a float64 it is the same number times 2⁻¹⁰⁰⁸, except for infinities and NaN.
		want := math.Float64frombits(uint64(h>>15)<<63|uint64(h&0x7fff)<<42) * 0x1p1008
		if h&0x7fff >= 0x7c00 {
			want = math.Float64frombits(uint64(h>>15)<<63 | 0x7ff<<52 | uint64(h&0x3ff)<<42)
		}
		if math.Float64bits(got[0]) != math.Float64bits(want) && (got[0] == got[0] || want == want) {
			t.Fatalf("%04x: %v, want %v", h, got[0], want)
		}
	}
}

func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    int64
		want bool
	}{
		{0, true}, {-1, true}, {1 << 53, true}, {1<<53 + 1, false}, {1<<53 + 2, true}, {-1<<53 - 1, false}, {math.MinInt64, true}, {math.MaxInt64, false}, {math.MinInt64 + 1, false},
	} {
		b := binary.BigEndian.AppendUint64(nil, uint64(c.n))
		v, err := Read(bytes.NewReader(b), I64, binary.BigEndian, 1, 8)
		if c.want != (err == nil) || err == nil && (v[0] != float64(c.n) || int64(v[0]) != c.n) {
			t.Errorf("%d: %v, %v", c.n, v, err)
		}
	}
	b := binary.BigEndian.AppendUint64(nil, 1<<63+1<<11)
	if v, err := Read(bytes.NewReader(b), U64, binary.BigEndian, 1, 8); err != nil || v[0] != 0x1p63+0x1p11 {
		t.Errorf("%v, %v", v, err)
	}
	b[7]++
	if v, err := Read(bytes.NewReader(b), U64, binary.BigEndian, 1, 8); err == nil {
		t.Error(v)
	}
}
