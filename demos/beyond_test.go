package main

import (
	"context"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"
)

// TestBeyond runs the demos that do not take long; all are tested where they are: each prints something
// of what it found, and writes its page.
func TestBeyond(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains networks")
	}
	t.Parallel()
	for _, test := range []struct{ args, text, title string }{
		{"moons", "adding up as micrograd does          0.0e+00", "How equal is equal?"},
		{"orbit", "Without the moon, the first of these would miss by 2.20.", "The loss over all launches"},
		{"curve", "hold the true curve at 95.0 % of the places", "A thousand data sets"},
		{"linear", "multiplied out, are one", "Stacked linear layers are one linear layer"},
		{"surface", "The plane of the path", "What to do about depth"},
		{"surface -along 0.weight[0,1],6.bias[0]", "along 0.weight[0,1] and 6.bias[0]", "Two parameters"},
		{"wrong", "Dead rectifiers", "Rectifiers that are dead"},
	} {
		t.Run(test.args, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			status, stdout, stderr := command(test.args + " -out " + dir)
			name, _, _ := strings.Cut(test.args, " ")
			name += ".html"
			if status != 0 || stderr != "" || !strings.Contains(stdout, test.text) || !strings.Contains(stdout, "open "+filepath.Join(dir, name)) {
				t.Fatalf("status %d, errors %q, output without %q:\n%s", status, stderr, test.text, stdout)
			}
			if html := read(t, dir, name); !strings.Contains(html, test.title) {
				t.Errorf("the page does not hold %q", test.title)
			}
			t.Run("accessible", func(t *testing.T) { accessible(t, filepath.Join(dir, name)) })
		})
	}
}

// TestBeyondCancelled: a demo that is interrupted returns the cause.
func TestBeyondCancelled(t *testing.T) {
	if testing.Short() {
		t.Skip("one of them flies long before it looks")
	}
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	for _, d := range beyond {
		do := d.flags(flag.NewFlagSet(d.name, flag.ContinueOnError))
		if _, err := do(ctx, nil); err != cause {
			t.Errorf("%s: got the error %v, want %v", d.name, err, cause)
		}
	}
}
