package main

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// explanations are those with a golden file.
var explanations = map[string]string{
	"xor":     "-problem XOR -observation 3",
	"sin-3-2": "-problem sin -hidden 3,2 -observation 2",
}

func explained(t *testing.T, args string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if status := run(append([]string{"explain"}, strings.Fields(args)...), &stdout, &stderr); status != 0 || stderr.Len() > 0 {
		t.Fatalf("explain %s: status %d, %s", args, status, &stderr)
	}
	return stdout.String()
}

func TestExplainGolden(t *testing.T) {
	t.Parallel()
	for name, args := range explanations {
		file := filepath.Join("testdata", "explain", name+".txt")
		got := explained(t, args)
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got := digitless(got); got != digitless(string(want)) {
			t.Errorf("explain %s differs from %s (go test ./demos -update writes it anew):\n%s", args, file, got)
		}
	}
}

// digitless leaves the last line out, a rounding error that differs between machines.
func digitless(text string) string {
	before, _, _ := strings.Cut(text, "Largest |manual")
	return before
}

// TestExplainNumbers recomputes every line from the numbers that are printed in it.
func TestExplainNumbers(t *testing.T) {
	t.Parallel()
	for args, lines := range map[string]int{
		"-problem XOR -observation 3":                              4 + 4 + 2 + 1 + 5 + 2*(12+5),
		"-problem sin -hidden 3,2 -observation 2":                  6 + 4 + 2 + 1 + 6 + 2*(6+8+3),
		"-problem ring -hidden 0 -observation 450":                 2 + 1 + 1 + 2*3,
		"-problem abs -hidden 12 -rate 1e-05":                      24 + 2 + 1 + 13 + 2*(24+13),
		"-problem and -hidden 2,3,2 -output tanh":                  4 + 6 + 4 + 2 + 1 + 8 + 2*(6+9+8+3),
		"-problem or -hidden 2 -output linear -observations 1":     4 + 2 + 1 + 3 + 2*(6+3),
		"-problem sin -hidden 0 -observations 1 -output SIGMOID":   2 + 1 + 1 + 2*2,
		"-problem xor -hidden 1,1 -output linear -observation 200": 2 + 2 + 2 + 1 + 3 + 2*(3+2+2),
	} {
		if got := checkNumbers(t, args, explained(t, args)); got != lines {
			t.Errorf("explain %s: %d quantities, want %d", args, got, lines)
		}
	}
}

// A printed line: a name, a formula, and what it comes to, manual and automatic.
var quantity = regexp.MustCompile(`^    (\S+) += (.*\S) += +(\S+) +(\S+)$`)

// checkNumbers returns the number of quantities.
func checkNumbers(t *testing.T, args, text string) int {
	known := map[string]float64{}
	start, n := "", 0
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if utf8.RuneCountInString(line) > 100 {
			t.Errorf("explain %s: a long line: %s", args, line)
		}
		if !strings.HasPrefix(line, "    ") {
			continue
		}
		if start != "" {
			line = start + " " + strings.TrimSpace(line)
		}
		m := quantity.FindStringSubmatch(line)
		if m == nil { // the formula goes on in the next line
			start = line
			continue
		}
		start = ""
		n++
		name, manual, automatic := m[1], parsed(m[3]), parsed(m[4])
		v, size, err := evaluate(m[2], known)
		if err != nil || !(math.Abs(v-manual) <= 1e-5*size) {
			t.Errorf("explain %s: the formula comes to %v (%v): %s", args, v, err, line)
		}
		if !(math.Abs(manual-automatic) <= 1e-5*math.Abs(manual)) {
			t.Errorf("explain %s: manual and automatic differ: %s", args, line)
		}
		known[name] = manual
	}
	if start != "" {
		t.Errorf("explain %s: a formula without a result: %s", args, start)
	}
	return n
}

func parsed(s string) float64 {
	var v float64
	if _, err := fmt.Sscan(strings.ReplaceAll(s, "−", "-"), &v); err != nil {
		return math.NaN()
	}
	return v
}

// A formula is read from left to right. Beside each value goes its size: what it would
// be without cancellation, in proportion to which the printed digits make it uncertain.
type formula struct {
	rest  string
	known map[string]float64
}

func evaluate(text string, known map[string]float64) (v, size float64, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	f := &formula{strings.ReplaceAll(text, " ", ""), known}
	v, size = f.sum()
	if f.rest != "" {
		err = fmt.Errorf("%q is left over", f.rest)
	}
	return v, size, err
}

func (f *formula) take(s string) bool {
	rest, ok := strings.CutPrefix(f.rest, s)
	f.rest = rest
	return ok
}

func (f *formula) sum() (v, size float64) {
	v, size = f.product()
	for {
		switch {
		case f.take("+"):
			w, more := f.product()
			v, size = v+w, size+more
		case f.take("−"):
			w, more := f.product()
			v, size = v-w, size+more
		default:
			return v, size
		}
	}
}

func (f *formula) product() (v, size float64) {
	v, size = f.factor()
	for {
		half := v == 0.5 && strings.HasPrefix(f.rest, "(") // ½ (…)
		switch {
		case f.take("·"), half:
			w, more := f.factor()
			v, size = v*w, size*more
		case f.take("/"):
			w, more := f.factor()
			v, size = v/w, size*more/(w*w)
		default:
			return v, size
		}
	}
}

func (f *formula) factor() (v, size float64) {
	v, size = f.atom()
	if f.take("²") {
		v, size = v*v, size*size
	}
	return v, size
}

var numeral = regexp.MustCompile(`^−?[0-9.]+(e[−+]?[0-9]+)?`)

func (f *formula) atom() (v, size float64) {
	switch {
	case f.take("½"):
		return 0.5, 0.5
	case f.take("e^−"):
		v, size = f.atom()
		v = math.Exp(-v)
		return v, v * (1 + size)
	case f.take("tanh("):
		v, size = f.sum()
		if !f.take(")") {
			panic("no ) at " + f.rest)
		}
		return math.Tanh(v), math.Abs(math.Tanh(v)) + size
	case f.take("("):
		v, size = f.sum()
		if !f.take(")") {
			panic("no ) at " + f.rest)
		}
		return v, size
	}
	if m := numeral.FindString(f.rest); m != "" {
		f.take(m)
		return parsed(m), math.Abs(parsed(m))
	}
	v, ok := f.known[f.rest] // alone
	if !ok {
		panic("what is " + f.rest)
	}
	f.rest = ""
	return v, math.Abs(v)
}

func TestWrap(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("−", formulaWidth)
	for _, test := range []struct{ parts, want []string }{
		{[]string{"a"}, []string{"a"}},
		{[]string{"a", "b", "c"}, []string{"a b c"}},
		{[]string{long, "b"}, []string{long, "b"}},
		{[]string{"a", long, "b"}, []string{"a", long, "b"}},
		{[]string{long[:len(long)-2*len("−")], "b", "c"}, []string{long[:len(long)-2*len("−")] + " b", "c"}},
	} {
		if got := wrap(test.parts); fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("wrap(%q) = %q, want %q", test.parts, got, test.want)
		}
	}
}

// What is explained is printed as it is worked out, and no more once it does not get through.
func TestExplainStreams(t *testing.T) {
	t.Parallel()
	var w pieces
	if status := run(strings.Fields("explain -hidden 300,30"), &w, io.Discard); status != 0 || len(w) < 20 || slices.Max(w) > 1<<16 {
		t.Errorf("status %d; pieces of %v bytes", status, w)
	}
	p, err := problems.ByName("XOR")
	if err != nil {
		t.Fatal(err)
	}
	data, model, err := training.New(training.Defaults(p))
	if err != nil {
		t.Fatal(err)
	}
	e := newExplanation(training.Defaults(p), data, model, 0, &full{})
	if units := slices.Collect(e.units(0)); len(units) != 4 {
		t.Errorf("units %v", units)
	}
	e.text("text")
	if err := e.out.Flush(); err == nil {
		t.Error("no error")
	}
	if units := slices.Collect(e.units(0)); len(units) != 0 {
		t.Errorf("units %v after an error", units)
	}
}

// pieces are the lengths of what is written.
type pieces []int

func (p *pieces) Write(text []byte) (int, error) {
	*p = append(*p, len(text))
	return len(text), nil
}
