// Package disk has what the file formats of tensors share: how a file is read and replaced, how many
// elements a shape has, and how numbers of various kinds are read and written.
package disk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Load returns what read reads from the named file. size is the size of the file in bytes, or −1 if that
// is not known, as for a pipe. The error names the file, and wraps that of read.
func Load[T any](name string, read func(in *os.File, size int64) (T, error)) (T, error) {
	var none T
	in, err := os.Open(name)
	if err != nil {
		return none, err
	}
	defer in.Close()
	size := int64(-1)
	if info, err := in.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	x, err := read(in, size)
	if err != nil {
		return none, fmt.Errorf("%s: %w", name, err)
	}
	return x, nil
}

// Replace makes the named file hold what write writes, whole or not at all. It writes a new file beside
// it, makes sure that this is on the disk, and renames it: whenever the process or the machine stops, the
// old file or the new one is there, and perhaps a temporary one, named after the file with ".tmp-" and
// some digits. A symbolic link stays one: its target is replaced, or created. The permissions are those
// of the old file.
func Replace(name string, write func(w io.Writer) error) (err error) {
	target, err := filepath.EvalSymlinks(name)
	switch link, noLink := os.Readlink(name); {
	case err == nil:
		name = target
	case noLink != nil: // there is nothing yet
	case !errors.Is(err, fs.ErrNotExist): // such as a link to itself
		return &fs.PathError{Op: "replace", Path: name, Err: err}
	case filepath.IsAbs(link):
		return Replace(link, write)
	default:
		dir, _ := filepath.Split(name) // not cleaned, as by Dir and Join: if a is a link, a/.. is not .
		return Replace(dir+link, write)
	}
	permissions := fs.FileMode(0o666)
	old, err := os.Stat(name)
	switch {
	case err == nil && !old.Mode().IsRegular():
		return &fs.PathError{Op: "replace", Path: name, Err: errors.New("it is not a regular file")}
	case err == nil:
		permissions = old.Mode().Perm()
	}
	f, err := create(name, permissions)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close() // a second time, perhaps: that does nothing
			os.Remove(f.Name())
		}
	}()
	if old != nil {
		if err := f.Chmod(permissions); err != nil {
			return err
		}
	}
	buffered := bufio.NewWriterSize(f, 1<<16)
	if err := write(buffered); err != nil {
		return err
	}
	if err := errors.Join(buffered.Flush(), f.Sync()); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return err
	}
	// The new name is on the disk once the directory is. Some systems can't make sure of that: there the
	// old file may come back after a power failure, but whole.
	if dir, err := os.Open(filepath.Dir(name)); err == nil {
		dir.Sync()
		dir.Close()
	}
	return nil
}

// create makes a new file beside the named one, with the given permissions, less those that the system
// takes from any new file: os.CreateTemp would give access to its owner alone.
func create(name string, permissions fs.FileMode) (f *os.File, err error) {
	for range 100 {
		f, err = os.OpenFile(fmt.Sprintf("%s.tmp-%d", name, rand.Uint32()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, permissions)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, err
}
