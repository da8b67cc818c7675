package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// explanations are those with a golden file.
var explanations = map[string]string{
	"xor":       "-problem XOR -observation 3",
	"sin-3-2":   "-problem sin -hidden 3,2 -observation 2",
	"tied":      "-graph tied -observation 3",
	"recurrent": "-graph recurrent -after",
}

func explained(t *testing.T, args string) string {
	t.Helper()
	status, stdout, stderr := command("explain " + args)
	if status != 0 || stderr != "" {
		t.Fatalf("explain %s: status %d, %s", args, status, stderr)
	}
	return stdout
}

func TestExplainGolden(t *testing.T) {
	t.Parallel()
	for name, args := range explanations {
		file := filepath.Join("testdata", "explain", name+".txt")
		got := explained(t, args)
		if *update {
			must(t, os.MkdirAll(filepath.Dir(file), 0o777))
			must(t, os.WriteFile(file, []byte(got), 0o666))
		}
		if same(got) != same(read(t, file)) {
			t.Errorf("explain %s differs from %s (go test ./demos -update writes it anew):\n%s", args, file, got)
		}
	}
}

// same returns a text without its errors and their bounds, which are rounding errors that differ between
// machines.
func same(text string) string {
	return regexp.MustCompile(`(±|differs by) [^ :]+`).ReplaceAllString(strings.Join(strings.Fields(text), " "), "$1")
}

// Of any network, every parameter has a rule by hand that agrees with the walk, and no line is too long.
func TestExplain(t *testing.T) {
	t.Parallel()
	verdict := regexp.MustCompile(`differs\s+by\s+(\S+)`)
	for args, layers := range map[string]int{
		"-problem XOR -observation 3":                              2,
		"-problem XOR -observation 3 -after -iterations 20":        2,
		"-problem ring -hidden 0 -observation 450":                 1,
		"-problem abs -hidden 12 -rate 1e-05":                      2,
		"-problem and -hidden 2,3,2 -output tanh":                  4,
		"-problem sin -hidden 0 -observations 1 -output SIGMOID":   1,
		"-problem xor -hidden 1,1 -output linear -observation 200": 3,
		"-hidden 300,30": 3,
	} {
		got := explained(t, args)
		for line := range strings.Lines(got) {
			if n := utf8.RuneCountInString(line); n > 130 {
				t.Errorf("explain %s: a line of %d characters: %s", args, n, line)
			}
		}
		for l := range layers {
			for _, letter := range []string{"w", "b"} {
				visit := fmt.Sprintf("Visit %s%c, a leaf", letter, '₁'+rune(l))
				_, rest, ok := strings.Cut(got, visit)
				rest, _, _ = strings.Cut(rest, "\n\n")
				if !ok || !strings.Contains(rest, "by hand") {
					t.Errorf("explain %s: %s has no rule by hand beside it:\n%s", args, visit, rest)
				}
			}
		}
		for _, m := range verdict.FindAllStringSubmatch(got, -1) {
			if m[1] != "0" && !regexp.MustCompile(`·10⁻[¹²]\S`).MatchString(m[1]) {
				t.Errorf("explain %s: differs by %s", args, m[1])
			}
		}
	}
}
