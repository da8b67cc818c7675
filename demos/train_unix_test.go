//go:build linux || darwin

package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gentlegrad/demos/page"
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

// An interrupt while the page of a demo is made is an error, and there is no page.
func TestBeyondInterrupted(t *testing.T) { // not parallel: the signal is for all
	dir := t.TempDir()
	d := demo{"slow", "draw slowly", running(func(ctx context.Context, _ io.Writer) (slow, error) { return slow{ctx}, nil })}
	err := d.command([]string{"-out", dir}, io.Discard, io.Discard)
	if want := "-out: " + filepath.Join(dir, "slow.html") + " can't be written: interrupt signal received"; err == nil || err.Error() != want {
		t.Errorf("got the error %v, want %s", err, want)
	}
	mustHold(t, dir)
}

// slow is interrupted while it makes its page.
type slow struct{ ctx context.Context }

func (slow) String() string { return "" }

func (s slow) Page() page.Page {
	syscall.Kill(os.Getpid(), syscall.SIGINT)
	<-s.ctx.Done()
	return page.Page{}
}
