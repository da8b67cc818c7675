package main

import (
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
	must(t, err)
	must(t, trainAll(list, io.Discard, io.Discard))
	drawAll(list, io.Discard)
	for _, f := range list {
		name := filepath.Join("gallery", f.File()+".svg")
		if *update {
			must(t, os.WriteFile(name, f.SVG, 0o644))
			continue
		}
		if read(t, name) != string(f.SVG) {
			t.Errorf("%s is not what figure %d looks like now; go test ./demos -run TestGallery -update draws it anew", name, f.Number)
		}
	}
}
