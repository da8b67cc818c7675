// Package browsertest drives a headless Chromium from tests, over the pipe variant of the DevTools protocol.
//
// A test starts one [Browser], opens a [Page] in it for each thing to look at, and acts
// like a user: keys, clicks, drags. Every method waits at most the page's timeout, and its
// error says what it waited for.
package browsertest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const (
	startTimeout = 60 * time.Second // a cold start on a busy machine
	closeTimeout = 3 * time.Second  // for an orderly end, before Chromium is killed
)

// Browser is a running Chromium with an empty profile. Its methods may be called from several goroutines.
type Browser struct {
	session
	cmd    *exec.Cmd
	r      *os.File
	dir    string        // the profile and the log
	exited chan struct{} // closed when the process has been reaped and the reader has returned
}

// Start runs Chromium until tb ends: the program that the environment variable CHROMIUM names, or else
// the first of the usual ones that is installed. When there is none, tb is skipped, or fails if
// GENTLEGRAD_BROWSER=required.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	path, err := find()
	switch {
	case err == nil:
	case os.Getenv("GENTLEGRAD_BROWSER") == "required":
		tb.Fatalf("%v (GENTLEGRAD_BROWSER=required)", err)
	default:
		tb.Skip(err)
	}
	b, err := launch(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.close(); err != nil {
			tb.Error(err)
		}
	})
	return b
}

// find returns the path of Chromium.
func find() (string, error) {
	if !supported {
		return "", errors.New("browsertest: Chromium cannot be driven through pipes on this operating system")
	}
	names := []string{"chromium", "chromium-browser", "google-chrome",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"}
	if name := os.Getenv("CHROMIUM"); name != "" {
		names = []string{name}
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("browsertest: found none of %q: install Chromium (apt install chromium, or brew install "+
		"--cask chromium) or set CHROMIUM to its path", names)
}

// flags returns the command line for a profile in dir.
func flags(dir string) []string {
	list := []string{"--remote-debugging-pipe", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--no-default-browser-check", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
		"--disable-dev-shm-usage", // containers have little of it
		"--use-mock-keychain",     // or macOS asks the user
		"--user-data-dir=" + filepath.Join(dir, "profile")}
	if os.Getuid() == 0 {
		list = append(list, "--no-sandbox") // Chromium does not run as root with one
	}
	return list
}

// launch starts the program at path and waits for its first answer.
func launch(path string) (*Browser, error) {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		return nil, err
	}
	b := &Browser{dir: dir, cmd: exec.Command(path, flags(dir)...), exited: make(chan struct{})}
	if err := b.run(); err != nil {
		return nil, errors.Join(fmt.Errorf("browsertest: start %s: %w", path, err), os.RemoveAll(dir))
	}
	if err := b.call(startTimeout, "Browser.getVersion", nil, nil); err != nil {
		err = fmt.Errorf("browsertest: start %s: %w\n%s", path, err, b.logTail())
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

// run starts the process, which reads its file descriptor 3 and writes 4, and the goroutine that reads
// from it.
func (b *Browser) run() error {
	log, err := os.Create(filepath.Join(b.dir, "log"))
	if err != nil {
		return err
	}
	defer log.Close()
	childReads, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer childReads.Close()
	r, childWrites, err := os.Pipe()
	if err != nil {
		return errors.Join(err, w.Close())
	}
	defer childWrites.Close()

	b.cmd.ExtraFiles = []*os.File{childReads, childWrites}
	b.cmd.Stdout, b.cmd.Stderr = log, log
	if len(b.dir) < 50 { // Chromium makes a socket there, whose path may have about 100 bytes
		b.cmd.Env = append(os.Environ(), "TMPDIR="+b.dir)
	}
	ownGroup(b.cmd)
	if err := b.cmd.Start(); err != nil {
		return errors.Join(err, w.Close(), r.Close())
	}
	b.r, b.conn = r, newConn(w)
	go b.serve()
	return nil
}

// serve reads until the pipe ends, which it does when Chromium dies, then makes sure that all of it is dead.
func (b *Browser) serve() {
	err := b.conn.read(b.r)
	killGroup(b.cmd) // before Wait: until then nothing else can have the number of this process
	_ = b.cmd.Wait() // its result is in ProcessState
	b.conn.err = fmt.Errorf("Chromium has ended: %v, %w", b.cmd.ProcessState, err)
	close(b.conn.done)
	close(b.exited)
}

// close ends Chromium, first politely, then by force, and removes its files.
func (b *Browser) close() error {
	_ = b.call(closeTimeout, "Browser.close", nil, nil)
	if !b.wait(closeTimeout) {
		_ = b.r.SetReadDeadline(time.Now()) // ends serve, which kills
		if !b.wait(startTimeout) {
			return fmt.Errorf("browsertest: waited %v for Chromium (process %d) to die", startTimeout, b.cmd.Process.Pid)
		}
	}
	_, _ = b.r.Close(), b.conn.w.Close()
	return removeAll(b.dir)
}

// wait reports whether the process has ended within the timeout.
func (b *Browser) wait(timeout time.Duration) bool {
	select {
	case <-b.exited:
		return true
	case <-time.After(timeout):
		return false
	}
}

// removeAll removes a directory in which dying children of Chromium may still write for a moment.
func removeAll(dir string) error {
	deadline := time.Now().Add(closeTimeout)
	for {
		err := os.RemoveAll(dir)
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// logTail returns the end of what Chromium has printed.
func (b *Browser) logTail() string {
	data, err := os.ReadFile(filepath.Join(b.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}
