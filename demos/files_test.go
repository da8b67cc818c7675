package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A file that is there keeps its permissions.
func TestWriteFilesKeepsMode(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	for _, mode := range []os.FileMode{0o600, 0o640, 0o666} {
		must(t, os.WriteFile(name, []byte("old"), 0o666))
		must(t, os.Chmod(name, mode))
		must(t, writeFiles(file{name, text([]byte("new"))}))
		text, _ := os.ReadFile(name)
		info, err := os.Stat(name)
		must(t, err)
		if info.Mode() != mode || string(text) != "new" {
			t.Errorf("mode %v: now %v, holding %q", mode, info.Mode(), text)
		}
	}
}

// Of several files either all are written or none, and nothing else is left.
func TestWriteFilesAllOrNone(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, want string
		obstruct   func(name string) error
	}{
		{"directory", "it is a directory", func(name string) error { return os.Mkdir(name, 0o777) }},
		{"link", "it is a link that leads nowhere: no such file or directory", func(name string) error { return os.Symlink("nothing", name) }},
		{"loop", "it is a link that leads nowhere: EvalSymlinks: too many links", func(name string) error { return os.Symlink(name, name) }},
		{"link to a", "it is the same file as another, ", func(name string) error {
			a := filepath.Join(filepath.Dir(name), "a")
			return errors.Join(os.WriteFile(a, []byte("old"), 0o666), os.Symlink(a, name))
		}},
	} {
		dir := t.TempDir()
		bad := filepath.Join(dir, "bad")
		if err := test.obstruct(bad); err != nil {
			t.Skip(err)
		}
		err := writeFiles(file{filepath.Join(dir, "a"), text([]byte("a"))}, file{bad, text(nil)}, file{filepath.Join(dir, "z"), text(nil)})
		if want := bad + " can't be written: " + test.want; err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", test.name, err, want)
		}
		if text, err := os.ReadFile(filepath.Join(dir, "a")); err == nil && string(text) == "old" {
			os.Remove(filepath.Join(dir, "a"))
		}
		mustHold(t, dir, "bad")
	}
}

// A file without permission to write is left alone, although it could be replaced.
func TestWriteFilesReadOnly(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	must(t, os.WriteFile(name, []byte("old"), 0o444))
	if f, err := os.OpenFile(name, os.O_WRONLY, 0); err == nil {
		f.Close()
		t.Skip("this user may write everywhere")
	}
	if err := writeFiles(file{name, text([]byte("new"))}); err == nil {
		t.Error("it was written")
	}
	if text, _ := os.ReadFile(name); string(text) != "old" {
		t.Errorf("it holds %q", text)
	}
}

// An interrupt while a file is written leaves those that were there before, and no others.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"first", "last"} {
		dir := t.TempDir()
		first := filepath.Join(dir, "first")
		must(t, os.WriteFile(first, []byte("old"), 0o666))
		ctx, interrupt := context.WithCancelCause(t.Context())
		writes := func(name string) file {
			return file{filepath.Join(dir, name), func(w io.Writer) error {
				if _, err := w.Write([]byte("new")); err != nil {
					return err
				}
				if name == at {
					interrupt(errors.New("interrupt"))
				}
				_, err := w.Write(make([]byte, 3<<20))
				return err
			}}
		}
		err := writeFilesUnless(ctx, []file{writes("first"), writes("last")})
		if err == nil || !strings.HasPrefix(err.Error(), filepath.Join(dir, at)+" can't be written: interrupt") {
			t.Errorf("%s: got %v", at, err)
		}
		if text, _ := os.ReadFile(first); string(text) != "old" {
			t.Errorf("%s: the file holds %q", at, text)
		}
		mustHold(t, dir, "first")
	}
}

// A text that can't be made is not written.
func TestWriteFilesError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := func(w io.Writer) error { return errors.Join(text([]byte("half"))(w), errors.New("it is bad")) }
	err := writeFiles(file{filepath.Join(dir, "a"), text(nil)}, file{filepath.Join(dir, "b"), bad})
	if want := filepath.Join(dir, "b") + " can't be written: it is bad"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	mustHold(t, dir)
}

// A message is one line, whatever the arguments hold.
func TestMessageIsOneLine(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"-x\ny"}, {"a\nb"}, {"train", "-fo\no=3"}, {"train", "-json", "no\ndir\r\x1b[2J/x"}, {"-figures", "1\nx"},
	} {
		var stdout, stderr bytes.Buffer
		status := run(args, &stdout, &stderr)
		text := stderr.String()
		if status == 0 || strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\r\x1b") || stdout.Len() > 0 {
			t.Errorf("%q: status %d, %q", args, status, text)
		}
	}
}
