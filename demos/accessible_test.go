package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/internal/browsertest"
	"gentlegrad/demos/walk"
	"gentlegrad/tensor"
)

// checker is the environment variable that holds the path of axe-core's axe.min.js,
// https://github.com/dequelabs/axe-core, which is no part of this module: npm install axe-core.
const checker = "GENTLEGRAD_AXE"

// accessible fails if the accessibility checker finds fault with a page that was written, or skips
// without the checker: on a phone and on a wide screen, light and dark, with all opened that can be.
func accessible(t *testing.T, name string) {
	t.Helper()
	for _, o := range []browsertest.Options{
		{Width: 400, Height: 800, Mobile: true}, {Width: 400, Height: 800, Mobile: true, Dark: true},
		{Width: 1400, Height: 900}, {Width: 1400, Height: 900, Dark: true},
	} {
		for _, f := range faults(t, name, o) {
			t.Errorf("%s, %d wide, dark %v: %s", filepath.Base(name), o.Width, o.Dark, f)
		}
	}
}

// A fault is a rule of the checker's that elements of a page break.
type fault struct {
	ID, Help string
	Nodes    []struct {
		Target         []any
		FailureSummary string
	}
}

func (f fault) String() string {
	s := fmt.Sprintf("%s: %s: %d elements", f.ID, f.Help, len(f.Nodes))
	for _, n := range f.Nodes[:min(len(f.Nodes), 5)] {
		s += fmt.Sprint("\n\t", n.Target, " ", strings.Join(strings.Fields(n.FailureSummary), " "))
	}
	return s
}

// faults returns what the checker finds in a page.
func faults(t *testing.T, name string, o browsertest.Options) (list []fault) {
	t.Helper()
	script := os.Getenv(checker)
	if script == "" {
		t.Skipf("no accessibility checker: set %s to the path of axe.min.js, from npm install axe-core", checker)
	}
	if testing.Short() {
		t.Skip("an accessibility check takes seconds")
	}
	axe, err := os.ReadFile(script)
	if err != nil {
		t.Fatalf("%s: %v", checker, err)
	}
	o.Offline, o.ReducedMotion = true, true
	p, err := browsertest.Start(t).Open(browsertest.FileURL(name), o)
	must(t, err)
	for _, run := range []string{string(axe), `document.querySelectorAll("summary, [aria-expanded=false]").forEach(e => e.click())`} {
		if err := p.Eval(run+"; 0", nil); err != nil {
			t.Fatalf("%.300s … %v", err, errors.Unwrap(err))
		}
	}
	must(t, p.Eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations)`, &list))
	return list
}

// The page that a reader of the library has of a graph of his own.
func TestWalkIsAccessible(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(tensor.Linspace(-1, 1, 6).Reshape(2, 3)).Named("x")
	w := autograd.Variable(tensor.Linspace(-1, 1, 6).Reshape(3, 2)).Named("w")
	name := filepath.Join(t.TempDir(), "walk.html")
	file, err := os.Create(name)
	must(t, err)
	must(t, walk.WritePage(file, "A graph of one’s own", x.MatMul(w).Sigmoid().Square().Sum()))
	must(t, file.Close())
	accessible(t, name)
}

// A checker that is blind would find nothing either.
func TestCheckerSees(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "bad.html")
	if err := os.WriteFile(name, []byte(`<h1>Bad</h1><img src="data:,"><button></button><p style="color:#999;background:#fff">faint`), 0o666); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, f := range faults(t, name, browsertest.Options{}) {
		found[f.ID] = true
	}
	for _, id := range []string{"image-alt", "button-name", "color-contrast", "html-has-lang"} {
		if !found[id] {
			t.Errorf("%s is not found; found: %v", id, found)
		}
	}
}
