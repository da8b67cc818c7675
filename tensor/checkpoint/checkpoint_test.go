package checkpoint_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"gentlegrad/tensor"
	"gentlegrad/tensor/checkpoint"
	"gentlegrad/tensor/safetensors"
)

func TestSaveLoad(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "run")
	want := &checkpoint.Run{
		Tensors: map[string]map[string]*tensor.Tensor{"a": {"x": tensor.Scalar(1), "b/x": tensor.New(0)}, "": {"": tensor.New(2)}, "none": {}},
		Text:    map[string]string{"a": "é", "": "", "b c": "d"},
		Bytes:   map[string][]byte{"a": {0, 255, 7}, "": nil},
	}
	if err := checkpoint.Save(name, want); err != nil {
		t.Fatal(err)
	}
	got, err := checkpoint.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Tensors) != 2 || len(got.Text) != 3 || len(got.Bytes) != 2 || got.Text["a"] != "é" || got.Text["b c"] != "d" || string(got.Bytes["a"]) != "\x00\xff\x07" || got.Tensors["a"]["x"].Item() != 1 || len(got.Tensors["none"]) != 0 {
		t.Errorf("got %v", got)
	}
	if !bytes.Equal(bytesOf(t, got), bytesOf(t, want)) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	type tensors = map[string]*tensor.Tensor
	name := filepath.Join(t.TempDir(), "run")
	var e *checkpoint.Error
	err := checkpoint.Save(name, &checkpoint.Run{Tensors: map[string]map[string]*tensor.Tensor{"a/b": {}}})
	if !errors.As(err, &e) || err.Error() != `checkpoint: the group's name "a/b" has a slash` {
		t.Error(err)
	}
	for _, err := range []error{checkpoint.Save(name, nil), checkpoint.Write(new(bytes.Buffer), nil)} {
		if !errors.As(err, &e) || err.Error() != "checkpoint: the Run is nil: there is nothing to save" {
			t.Error(err)
		}
	}
	if files, err := filepath.Glob(name + "*"); err != nil || len(files) > 0 {
		t.Errorf("there are the files %v, %v", files, err)
	}
	var s *safetensors.Error
	err = checkpoint.Save(name, &checkpoint.Run{Tensors: map[string]map[string]*tensor.Tensor{"a": {"x": nil}}})
	if !errors.As(err, &s) || err.Error() != `safetensors: tensor "a/x": it is nil, or empty: it has no shape yet` {
		t.Error(err)
	}
	if _, err := checkpoint.Read(strings.NewReader("short")); !errors.As(err, &s) {
		t.Error(err)
	}
	for _, c := range []struct {
		f    safetensors.File
		want string
	}{
		{safetensors.File{}, `checkpoint: the file's metadata have format "", version ""; those of a checkpoint are "gentlegrad checkpoint", "1"`},
		{safetensors.File{Metadata: map[string]string{"format": "gentlegrad checkpoint", "version": "2"}}, `version "2"`},
		{safetensors.File{Tensors: tensors{"x": tensor.New()}, Metadata: map[string]string{"format": "gentlegrad checkpoint", "version": "1"}}, `checkpoint: tensor "x" belongs to no group`},
		{safetensors.File{Metadata: map[string]string{"format": "gentlegrad checkpoint", "version": "1", "bytes a": "?"}}, `checkpoint: bytes "a": illegal base64 data at input byte 0`},
	} {
		if err := safetensors.WriteFile(name, &c.f); err != nil {
			t.Fatal(err)
		}
		if r, err := checkpoint.Load(name); r != nil || !errors.As(err, &e) || !strings.HasPrefix(err.Error(), name+": ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, %v, want %s", r, err, c.want)
		}
	}
}
