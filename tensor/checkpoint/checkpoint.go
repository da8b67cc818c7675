// Package checkpoint saves a training run in one file, so that it can be resumed with the same bits as if
// it had not been stopped.
//
//	c := &checkpoint.Run{
//		Tensors: map[string]map[string]*tensor.Tensor{"net": layers.State(net), "optimiser": maps.Collect(o.State())},
//		Bytes:   map[string][]byte{"random": …},        // a *rand.PCG's MarshalBinary
//		Text:    map[string]string{"step": strconv.Itoa(step)},
//	}
//	err := checkpoint.Save("run.safetensors", c)
//
// The checkpoint must hold all that the next step depends on: parameters and state of the network, the
// state of the optimiser and of the schedule, random sources, and the position in the data. Numbers are
// stored as tensors, or as text with all their bits, such as that of strconv's FormatFloat(v, 'g', -1,
// 64).
//
// It can't hold a plan. An operation in a plan that draws random numbers, such as dropout, has a seed of
// its own and counts the runs: so make such a plan anew after each checkpoint, even if the run is not
// stopped, as package fit does after each epoch.
//
// The file is in the format of safetensors, which other programs can open. Its tensors are named
// "group/name". Its metadata, with at most 100 MB in all, have text under "text name", and bytes, in
// base64, under "bytes name"; "format" is "gentlegrad checkpoint" and "version" is "1".
package checkpoint

import (
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"gentlegrad/tensor"
	"gentlegrad/tensor/safetensors"
)

// A Run is what a checkpoint holds. A group without tensors, such as that of an optimiser without state,
// is missing after loading, and reads as an empty map.
type Run struct {
	Tensors map[string]map[string]*tensor.Tensor // groups of named tensors; a group's name has no slash
	Text    map[string]string
	Bytes   map[string][]byte
}

// An Error says what is wrong with a checkpoint.
type Error struct {
	Text string
}

func (e *Error) Error() string { return "checkpoint: " + e.Text }

const (
	format  = "gentlegrad checkpoint"
	version = "1"
)

// Save writes a checkpoint to the named file, whole or not at all: whenever the process is stopped, the
// old checkpoint or the new one is there, and perhaps a temporary file beside it. It returns an *[Error]
// if the run is nil or a group's name has a slash; other errors are those of safetensors.WriteFile.
func Save(name string, r *Run) error {
	f, err := r.file()
	if err != nil {
		return err
	}
	return safetensors.WriteFile(name, f)
}

// Write writes a checkpoint to w. It returns errors as Save does.
func Write(w io.Writer, r *Run) error {
	f, err := r.file()
	if err != nil {
		return err
	}
	return safetensors.Write(w, f)
}

// Load reads the checkpoint in the named file. Its error names the file, and wraps a *safetensors.Error if
// the file is malformed, or an *[Error] if it is no checkpoint of this version.
func Load(name string) (*Run, error) {
	f, err := safetensors.ReadFile(name)
	if err != nil {
		return nil, err
	}
	r, err := parse(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// Read reads a checkpoint from r, up to its end. It returns errors as Load does.
func Read(r io.Reader) (*Run, error) {
	f, err := safetensors.Read(r)
	if err != nil {
		return nil, err
	}
	return parse(f)
}

func (r *Run) file() (*safetensors.File, error) {
	if r == nil {
		return nil, &Error{"the Run is nil: there is nothing to save"}
	}
	f := &safetensors.File{
		Tensors:  map[string]*tensor.Tensor{},
		Metadata: map[string]string{"format": format, "version": version},
	}
	for _, group := range slices.Sorted(maps.Keys(r.Tensors)) {
		if strings.Contains(group, "/") {
			return nil, &Error{fmt.Sprintf("the group's name %q has a slash", group)}
		}
		for name, x := range r.Tensors[group] {
			f.Tensors[group+"/"+name] = x
		}
	}
	for name, text := range r.Text {
		f.Metadata["text "+name] = text
	}
	for name, b := range r.Bytes {
		f.Metadata["bytes "+name] = base64.StdEncoding.EncodeToString(b)
	}
	return f, nil
}

func parse(f *safetensors.File) (*Run, error) {
	if got, v := f.Metadata["format"], f.Metadata["version"]; got != format || v != version {
		return nil, &Error{fmt.Sprintf("the file's metadata have format %.50q, version %.50q; those of a checkpoint are %q, %q", got, v, format, version)}
	}
	r := &Run{Tensors: map[string]map[string]*tensor.Tensor{}, Text: map[string]string{}, Bytes: map[string][]byte{}}
	for _, key := range slices.Sorted(maps.Keys(f.Tensors)) {
		group, name, ok := strings.Cut(key, "/")
		if !ok {
			return nil, &Error{fmt.Sprintf("tensor %.200q belongs to no group", key)}
		}
		if r.Tensors[group] == nil {
			r.Tensors[group] = map[string]*tensor.Tensor{}
		}
		r.Tensors[group][name] = f.Tensors[key]
	}
	for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
		kind, name, _ := strings.Cut(key, " ")
		switch kind {
		case "text":
			r.Text[name] = f.Metadata[key]
		case "bytes":
			b, err := base64.StdEncoding.DecodeString(f.Metadata[key])
			if err != nil {
				return nil, &Error{fmt.Sprintf("bytes %.200q: %v", name, err)}
			}
			r.Bytes[name] = b
		}
	}
	return r, nil
}
