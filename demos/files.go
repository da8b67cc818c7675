package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

// A file is a name, and what writes it.
type file struct {
	name  string
	write func(w io.Writer) error
}

// text returns a function that writes s.
func text(s []byte) func(w io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(s)
		return err
	}
}

// writeFiles writes all of the files completely, or none: it writes temporary files beside them, and
// renames these once all are complete. An interrupt before the renaming is an error, and one after it
// waits. Only if a rename fails are some files written and some not.
func writeFiles(files ...file) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return writeFilesUnless(ctx, files)
}

// writeFilesUnless is writeFiles, interrupted when ctx is done.
func writeFilesUnless(ctx context.Context, files []file) error {
	var directories, targets []string // a temporary directory beside each target
	defer func() {
		for _, dir := range directories {
			os.RemoveAll(dir)
		}
	}()
	const whole = "file" // in each of them
	for _, f := range files {
		target, err := destination(f.name)
		if err == nil && slices.Contains(targets, target) {
			err = fmt.Errorf("it is the same file as another, %s", target)
		}
		if err == nil {
			var dir string
			if dir, err = os.MkdirTemp(filepath.Dir(target), ".demos-*"); err == nil {
				directories, targets = append(directories, dir), append(targets, target)
				err = writeFile(ctx, filepath.Join(dir, whole), target, f.write)
			}
		}
		if err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, reason(err))
		}
	}
	for i, f := range files {
		if err := os.Rename(filepath.Join(directories[i], whole), targets[i]); err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, reason(err))
		}
	}
	return nil
}

// writeFile writes a new file, with the permissions of the file like if that exists.
func writeFile(ctx context.Context, name, like string, write func(io.Writer) error) error {
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	if info, e := os.Stat(like); e == nil {
		err = out.Chmod(info.Mode().Perm())
	}
	if err == nil {
		err = write(interruptible{ctx, out})
	}
	return cmp.Or(err, out.Close(), context.Cause(ctx))
}

// An interruptible writer fails once its context is done.
type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (i interruptible) Write(text []byte) (int, error) {
	if i.ctx.Err() != nil {
		return 0, context.Cause(i.ctx)
	}
	return i.w.Write(text)
}

// destination returns the name of the file to write for a name: the target, if it is a link.
// It returns an error if the file can't be written.
func destination(name string) (string, error) {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return name, probe(filepath.Dir(name)) // a new file
	case err != nil:
		return "", err
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := filepath.EvalSymlinks(name)
		if err != nil {
			return "", fmt.Errorf("it is a link that leads nowhere: %w", reason(err))
		}
		return destination(target)
	case info.IsDir():
		return "", errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("it is not a regular file")
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0) // may it be written? Replacing it would not ask
	if err != nil {
		return "", err
	}
	return name, errors.Join(file.Close(), probe(filepath.Dir(name)))
}

// makeOut makes the directory of the flag -out, if it does not exist. It returns an error if no
// file can be made in it.
func makeOut(flags *flag.FlagSet, name string) error {
	if name == "" {
		return usage(flags, errors.New("-out is empty: want a directory"))
	}
	const want = "(want a directory that can be written)"
	if err := os.MkdirAll(name, 0o777); err != nil {
		return fmt.Errorf("-out: %w %s", err, want)
	}
	if err := probe(name); err != nil {
		return fmt.Errorf("-out: %s can't be written: %w %s", name, reason(err), want)
	}
	return nil
}

// probe returns an error if no file can be made in a directory.
func probe(dir string) error {
	name, err := os.MkdirTemp(dir, ".demos-*")
	if err != nil {
		return err
	}
	return os.Remove(name)
}

// isDevice reports whether a file exists and must not be replaced, such as /dev/null or a
// named pipe.
func isDevice(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

// isOutput reports whether a name, such as /dev/stdout, is that of the standard output.
func isOutput(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	output, err := os.Stdout.Stat()
	return err == nil && os.SameFile(info, output)
}

// reason returns what went wrong, without the name of a temporary file.
func reason(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}
