package fit

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	p := &progress{w: &b}
	training := &Training{Epochs: 20, Metrics: []Metric{{Name: "accuracy"}}}
	h := History{Epochs: []Epoch{{Loss: .5, Validation: math.NaN()}}}
	p.show(training, h)
	h = History{Best: 1, Epochs: []Epoch{{Validation: .25}, {Loss: 1. / 3, Validation: .75, Metrics: []float64{.9}}}}
	p.show(training, h)
	p.end()
	want := "\r\x1b[Kepoch 1 of 20: loss 0.5" +
		"\r\x1b[Kepoch 2 of 20: loss 0.3333, validation 0.75, least 0.25 in epoch 1, accuracy 0.9\n"
	if b.String() != want {
		t.Errorf("got\n%q\nwant\n%q", b.String(), want)
	}
	b.Reset()
	if (&progress{w: &b}).end(); b.Len() != 0 {
		t.Errorf("nothing was shown, but it ended with %q", b.String())
	}
}

func TestIsTerminal(t *testing.T) { // not parallel: it sets TERM
	t.Setenv("TERM", "xterm")
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if isTerminal(f) || isTerminal(nil) || isTerminal(&strings.Builder{}) || isTerminal((*os.File)(nil)) {
		t.Error("a file, nil or a buffer is said to be a terminal")
	}
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
	if err != nil {
		t.Skip(err)
	}
	defer device.Close()
	for term, want := range map[string]bool{"xterm": true, "dumb": false} {
		t.Setenv("TERM", term)
		if got := isTerminal(device); got != want {
			t.Errorf("TERM=%s: %v, want %v", term, got, want)
		}
	}
}
