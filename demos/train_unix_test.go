//go:build linux || darwin

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A named pipe, as /dev/stdout may be, is written to and not replaced by a file.
func TestTrainPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skip(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDWR, 0) // opens at once, and holds what is written
	must(t, err)
	defer reader.Close()
	status, _, stderr := command("train -iterations 1 -observations 1 -json " + pipe)
	if status != 0 {
		t.Fatal(stderr)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Fatalf("the pipe is no pipe any more: %v, %v", info, err)
	}
	start := make([]byte, 16)
	if _, err := reader.Read(start); err != nil || !strings.HasPrefix(string(start), `{"problem":"XOR"`) {
		t.Errorf("the pipe gave %q (%v)", start, err)
	}
	mustHold(t, dir, "pipe")
}
