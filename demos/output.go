package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// checkFile returns an error if a file can't be written: before a long training, not
// after it.
func checkFile(name string) error {
	if isDevice(name) {
		return nil
	}
	err := probe(filepath.Dir(name))
	if info, e := os.Stat(name); e == nil && info.IsDir() {
		err = errors.New("it is a directory")
	}
	if err != nil {
		return fmt.Errorf("%s can't be written: %w", name, err)
	}
	return nil
}

// probe makes a file in a directory and takes it away.
func probe(dir string) error {
	file, err := os.CreateTemp(dir, ".demos-*")
	if err != nil {
		return reason(err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// isDevice reports whether a file is there and must be written as it is: /dev/stdout, a
// named pipe.
func isDevice(name string) bool {
	info, err := os.Stat(name)
	return err == nil && !info.IsDir() && !info.Mode().IsRegular()
}

// writeFile writes a file whole or not at all: it writes another beside it and renames
// that.
func writeFile(name string, text []byte) (err error) {
	if isDevice(name) {
		return os.WriteFile(name, text, 0o666)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s can't be written: %w", name, reason(err))
		}
	}()
	target := name
	if linked, err := filepath.EvalSymlinks(name); err == nil {
		target = linked
	}
	temporary := filepath.Join(filepath.Dir(target), fmt.Sprintf(".demos-%d-%s", os.Getpid(), filepath.Base(target)))
	defer func() {
		if err != nil {
			os.Remove(temporary)
		}
	}()
	if err := os.WriteFile(temporary, text, 0o666); err != nil {
		return err
	}
	return os.Rename(temporary, target)
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
