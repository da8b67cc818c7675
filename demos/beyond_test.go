package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestBeyond runs demos, whose results are tested where they are made: each prints something of what it found, and writes its page.
func TestBeyond(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains networks")
	}
	t.Parallel()
	for _, test := range []struct{ args, text, title string }{
		{"moons", "adding up as micrograd does          0.0e+00", "How equal is equal?"},
		{"orbit", "Without the moon the first of these would miss by 2.20.", "The loss over all launches"},
		{"curve", "hold the true curve at 95.0 % of its places", "A thousand data sets"},
		{"sweeps", "Are there better error functions", "The questions that the article ends with"},
		{"linear", "multiplied out, are one", "Stacked linear layers are one"},
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
			if html := read(t, dir, name); !strings.Contains(string(html), test.title) {
				t.Errorf("the page does not hold %q", test.title)
			}
		})
	}
}
