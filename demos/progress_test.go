package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBar(t *testing.T) {
	t.Parallel()
	var terminal bytes.Buffer
	shows := func(want string) {
		t.Helper()
		if terminal.String() != want {
			t.Errorf("it shows %q, want %q", &terminal, want)
		}
		terminal.Reset()
	}
	bar := newBar(&terminal, 60)
	bar.show("XOR", 0)
	shows("\r\x1b[KXOR        " + strings.Repeat("░", 30) + " 0 of 60")
	bar.show("XOR", 1) // not half a cell
	shows("")
	bar.show("XOR", 2)
	shows("\r\x1b[KXOR        █" + strings.Repeat("░", 29) + " 2 of 60")
	bar.show("XOR", 60)
	shows("\r\x1b[KXOR        " + strings.Repeat("█", 30) + " 60 of 60")
	bar.clear()
	shows("\r\x1b[K")
}

// Elsewhere than on a terminal there is nothing.
func TestNoBar(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(name)
	must(t, err)
	defer file.Close()
	var buffer bytes.Buffer
	for _, w := range []io.Writer{file, &buffer} {
		bar := newProgress(w, 3)
		for done := range 4 {
			bar.show("XOR", done)
		}
		bar.clear()
	}
	text, err := os.ReadFile(name)
	if err != nil || len(text) > 0 || buffer.Len() > 0 {
		t.Errorf("a file shows %q, a pipe %q (%v)", text, &buffer, err)
	}
}

func TestDumbTerminal(t *testing.T) { // not parallel: it sets TERM
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
	if err != nil {
		t.Skip(err)
	}
	defer device.Close()
	for term, want := range map[string]bool{"xterm": true, "dumb": false} {
		t.Setenv("TERM", term)
		if got := isTerminal(device); got != want {
			t.Errorf("TERM=%s: %v, want %v", term, got, want)
		}
	}
}
