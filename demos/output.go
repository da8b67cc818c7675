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
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return name, probe(filepath.Dir(name)) // a new file
	}
	if err != nil {
		return "", reason(err)
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		if name, err = filepath.EvalSymlinks(name); err != nil {
			return "", fmt.Errorf("it is a link that leads nowhere: %w", reason(err))
		}
		if info, err = os.Stat(name); err != nil {
			return "", reason(err)
		}
	}
	switch {
	case info.IsDir():
		return "", errors.New("it is a directory")
	case !info.Mode().IsRegular():
		return "", errors.New("it is not a regular file")
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0) // it will be replaced, which does not ask
	if err != nil {
		return "", reason(err)
	}
	return name, errors.Join(file.Close(), probe(filepath.Dir(name)))
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
// renames those. An interrupt before the first is renamed is an error; after that it waits,
// and only a rename that fails leaves some written and some not.
func writeFiles(files ...file) error {
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupts)
	var temporaries, targets []string
	defer func() {
		for _, name := range temporaries {
			os.Remove(name) // those that were not renamed
		}
	}()
	for _, f := range files {
		target, err := destination(f.name)
		if err == nil && slices.Contains(targets, target) {
			err = fmt.Errorf("it is the same file as another, %s", target)
		}
		if err == nil {
			var temporary string
			if temporary, err = writeBeside(target, f.text, interrupts); temporary != "" {
				temporaries, targets = append(temporaries, temporary), append(targets, target)
			}
		}
		if err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, reason(err))
		}
	}
	if err := interrupted(interrupts); err != nil {
		return err
	}
	for i, f := range files {
		if err := os.Rename(temporaries[i], targets[i]); err != nil {
			return fmt.Errorf("%s can't be written: %w", f.name, reason(err))
		}
	}
	return nil
}

// writeBeside writes a text to a new file in the directory of another, with the other's
// permissions if that is there. It returns the new file's name, also with an error, unless
// it made none.
func writeBeside(target string, text []byte, interrupts <-chan os.Signal) (name string, err error) {
	out, err := createBeside(target)
	if err != nil {
		return "", err
	}
	if info, e := os.Stat(target); e == nil {
		err = out.Chmod(info.Mode().Perm())
	}
	for part := range slices.Chunk(text, 1<<20) {
		if err = errors.Join(err, interrupted(interrupts)); err != nil {
			break
		}
		_, err = out.Write(part)
	}
	return out.Name(), errors.Join(err, out.Close())
}

// createBeside makes a new file in the directory of another.
func createBeside(target string) (*os.File, error) {
	for n := 0; ; n++ {
		name := filepath.Join(filepath.Dir(target), fmt.Sprintf(".demos-%d-%d", os.Getpid(), n))
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return file, err
		}
	}
}

// interrupted returns an error if there was an interrupt.
func interrupted(interrupts <-chan os.Signal) error {
	select {
	case s := <-interrupts:
		return fmt.Errorf("%v", s)
	default:
		return nil
	}
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
