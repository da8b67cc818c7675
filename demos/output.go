package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
)

// makeDirectory makes a directory, if there is none. It returns an error if no file can be
// made in it.
func makeDirectory(name string) error {
	if err := os.MkdirAll(name, 0o777); err != nil {
		return err
	}
	if err := probe(name); err != nil {
		return fmt.Errorf("%s can't be written: %w", name, err)
	}
	return nil
}

// checkFile returns an error if writeFiles can't write a file: before a long training,
// not after it.
func checkFile(name string) error {
	if _, err := destination(name); err != nil {
		return fmt.Errorf("%s can't be written: %w", name, err)
	}
	return nil
}

// destination returns the name of the file to write under a name: what it links to, if it
// is a link. It returns an error if that can't be written.
func destination(name string) (string, error) {
	target, err := filepath.EvalSymlinks(name)
	if err != nil {
		if info, err := os.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
			return "", errors.New("it is a link to nothing")
		}
		return name, probe(filepath.Dir(name)) // a new file
	}
	switch info, err := os.Stat(target); {
	case err != nil:
		return "", reason(err)
	case info.IsDir():
		return "", errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("it is not a regular file")
	}
	file, err := os.OpenFile(target, os.O_WRONLY, 0) // it will be replaced, which does not ask
	if err != nil {
		return "", reason(err)
	}
	return target, errors.Join(file.Close(), probe(filepath.Dir(target)))
}

// probe makes a file in a directory and takes it away.
func probe(dir string) error {
	file, err := os.CreateTemp(dir, ".demos-*")
	if err != nil {
		return reason(err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// isDevice reports whether a file is there and must be written as it is: /dev/null, a
// named pipe.
func isDevice(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

// isOutput reports whether a name, such as /dev/stdout, is the standard output's.
func isOutput(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return false
	}
	output, err := os.Stdout.Stat()
	return err == nil && os.SameFile(info, output)
}

// A file is a name and what is to be written under it.
type file struct {
	name string
	text []byte
}

// writeFiles writes all of the files whole, or none: it writes others beside them and then
// renames those. An interrupt while it does so is an error.
func writeFiles(files ...file) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	temporaries, targets := make([]string, len(files)), make([]string, len(files))
	defer func() {
		for _, name := range temporaries {
			os.Remove(name) // those that were not renamed
		}
	}()
	for i, f := range files {
		target, err := destination(f.name)
		if err == nil {
			targets[i] = target
			temporaries[i], err = writeBeside(target, f.text, interrupts)
		}
		if err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, reason(err))
		}
	}
	for i, f := range files {
		if err := os.Rename(temporaries[i], targets[i]); err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, reason(err))
		}
	}
	return nil
}

// writeBeside writes a text to a new file in the directory of another, with the other's
// permissions if that is there. It returns the new file's name, also with an error.
func writeBeside(target string, text []byte, interrupts <-chan os.Signal) (name string, err error) {
	mode := fs.FileMode(0o666)
	info, err := os.Stat(target)
	if err == nil {
		mode = info.Mode().Perm()
	}
	name = filepath.Join(filepath.Dir(target), fmt.Sprintf(".demos-%d-%s", os.Getpid(), filepath.Base(target)))
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return name, err
	}
	if info != nil {
		err = out.Chmod(mode) // whatever the umask
	}
	for part := range slices.Chunk(text, 1<<20) {
		select {
		case s := <-interrupts:
			err = errors.Join(err, fmt.Errorf("%v", s))
		default:
		}
		if err != nil {
			break
		}
		_, err = out.Write(part)
	}
	return name, errors.Join(err, out.Close())
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
