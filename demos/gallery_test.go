package main

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write golden files and pictures anew")

// TestGallery holds the pictures of the README to what the program draws.
func TestGallery(t *testing.T) {
	list, err := parseFigures("5,6,11")
	if err != nil {
		t.Fatal(err)
	}
	if err = trainAll(list, io.Discard, io.Discard); err == nil {
		err = drawAll(list, io.Discard)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		name := filepath.Join("gallery", f.File()+".svg")
		if *update {
			if err := os.WriteFile(name, f.SVG, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, f.SVG) {
			t.Errorf("%s is not what figure %d looks like now; go test ./demos -run TestGallery -update draws it anew", name, f.Number)
		}
	}
}
