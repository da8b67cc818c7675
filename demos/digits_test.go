package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// TestDigits runs the command, whose report is tested where it is made, and holds the README to its accuracy.
func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains a network")
	}
	dir := t.TempDir()
	status, stdout, stderr := command("digits -out " + dir)
	if status != 0 || stderr != "" {
		t.Fatalf("status %d, errors %q", status, stderr)
	}
	for _, want := range []string{"0: Conv2D 1→16, kernel 3×3", "359 held out\n", "read as", "\nIt took "} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the output does not hold %q:\n%s", want, stdout)
		}
	}
	_, accuracy, _ := strings.Cut(stdout, "are read right, ")
	accuracy, _, _ = strings.Cut(accuracy, ";")
	if claim := "which reads\n" + accuracy + " of those held out"; !strings.Contains(section(t, "## Build, train, save, load"), claim) {
		t.Errorf("the README does not say %q", claim)
	}
	t.Run("accessible", func(t *testing.T) { accessible(t, filepath.Join(dir, "digits.html")) })
}
