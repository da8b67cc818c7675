package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write golden files and pictures anew")

// TestGallery holds the pictures of the README to what the program draws.
func TestGallery(t *testing.T) {
	numbers := []int{5, 6, 11}
	runs, err := trainAll(numbers, io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pictures(numbers, runs, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		name := filepath.Join("gallery", fmt.Sprintf("figure-%02d.svg", f.Number))
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
