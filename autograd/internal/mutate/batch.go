package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A batch is many mutants in one source, so that they are compiled and linked together. At the beginning
// of each function stand its mutants, of which an environment variable says which one is run; then
// follows the function itself, whose blocks report that they are reached.
type batch struct {
	*runner
	mutants []mutant       // whose numbers are their indices
	broken  map[int]bool   // those that do not compile
	blocks  map[string]int // the numbers of blocks by their places
	bin     string         // the directory of the binaries of tests
	tests   []*test
}

// none is the number for running no mutant, and unused that of a mutant which is never run.
const (
	none   = -1
	unused = -2
)

// newBatch compiles mutants, and runs each test without a mutant.
func (r *runner) newBatch(list []mutant) (*batch, error) {
	bin, err := os.MkdirTemp(r.temp, "batch")
	if err != nil {
		return nil, err
	}
	b := &batch{runner: r, mutants: list, broken: map[int]bool{}, blocks: map[string]int{}, bin: bin}
	for _, m := range list {
		if _, known := b.blocks[m.place()]; !known {
			b.blocks[m.place()] = len(b.blocks)
		}
	}
	var dirs []string
	for _, t := range targets {
		if slices.ContainsFunc(list, func(m mutant) bool { return m.dir == t.dir }) {
			dirs = append(dirs, t.tests...)
		}
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	if len(list) == 1 { // it is run alone, by all tests
		for _, dir := range dirs {
			b.tests = append(b.tests, &test{dir: dir, name: "", took: time.Minute, fails: true, reaches: map[int]bool{0: true}})
		}
		return b, nil
	}
	if err := b.build(dirs); err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		if err := b.measureAll(dir); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// place returns the place of the block that contains a mutant.
func (m mutant) place() string { return fmt.Sprint(path.Join(m.dir, m.file), ":", m.block) }

// support is added to a package with mutants.
const support = `package %s

import (
	"fmt"
	"os"
	"strconv"
	"sync/atomic"
)

var theMutant, _ = strconv.Atoi(os.Getenv("MUTANT"))

var reachedFile, _ = os.OpenFile(os.Getenv("REACHED"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o666) // nil without a name

var reachedBlocks [%d]atomic.Bool

func theMutantReached(block int) {
	if reachedFile != nil && !reachedBlocks[block].Load() && !reachedBlocks[block].Swap(true) {
		fmt.Fprintln(reachedFile, block)
	}
}
`

// overlay returns the changed files of a batch.
func (b *batch) overlay() (map[string]string, error) {
	files := map[string]string{}
	in := map[string][]int{}
	for i, m := range b.mutants {
		if m.function != nil {
			name := path.Join(m.dir, m.file)
			in[name] = append(in[name], i)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in)) {
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, source, parser.PackageClauseOnly)
		if err != nil {
			return nil, err
		}
		files[name] = b.source(string(source), in[name])
		files[path.Join(path.Dir(name), "the_mutant.go")] = fmt.Sprintf(support, f.Name.Name, len(b.blocks)+1)
	}
	return files, nil
}

// source returns the source of a file with some mutants in it.
func (b *batch) source(source string, numbers []int) string {
	insert := map[int]string{}
	cases := map[*function]string{}
	for _, i := range numbers {
		m := b.mutants[i]
		insert[m.block] = fmt.Sprintf("theMutantReached(%d);", b.blocks[m.place()])
		if cases[m.function] == "" { // unchanged it must compile
			cases[m.function] = m.function.copy(source, len(source), unused, m.file)
		}
		if !b.broken[i] {
			cases[m.function] += m.function.copy(m.source, len(source), i, fmt.Sprint(i, ".mutant"))
		}
	}
	for fn, text := range cases {
		line := 1 + strings.Count(source[:fn.from], "\n")
		insert[fn.from] = fmt.Sprintf("\nswitch theMutant {\n%s}\n//line %s:%d\n%s", text, b.mutants[numbers[0]].file, line, insert[fn.from])
	}
	var s strings.Builder
	end := 0
	for _, at := range slices.Sorted(maps.Keys(insert)) {
		s.WriteString(source[end:at] + insert[at])
		end = at
	}
	return s.String() + source[end:]
}

// copy returns the case of a mutant: a call of a function literal with the body from the mutant's
// source, whose length may differ from that of the original. The compiler reports errors in it as being
// in the file of the given name.
func (fn *function) copy(source string, originalLen, i int, name string) string {
	call := fmt.Sprintf("func(%s) %s {\n//line %s:1\n%s\n}(%s)", fn.in, fn.out, name, source[fn.from:fn.to+len(source)-originalLen], fn.args)
	if fn.out != "" {
		return fmt.Sprintf("case %d:\nreturn %s\n", i, call)
	}
	return fmt.Sprintf("case %d:\n%s\nreturn\n", i, call)
}

var inMutant = regexp.MustCompile(`\b(\d+)\.mutant:\d`)

// build compiles the tests with the mutants that compile.
func (b *batch) build(dirs []string) error {
	for {
		files, err := b.overlay()
		if err != nil {
			return err
		}
		out, err := b.runner.build(files, b.bin, dirs...)
		if err == nil {
			return nil
		}
		found := inMutant.FindAllStringSubmatch(out, -1)
		if found == nil {
			return fmt.Errorf("it does not compile: %v\n%s", err, out)
		}
		for _, f := range found {
			i, _ := strconv.Atoi(f[1])
			b.broken[i] = true
		}
	}
}

// build compiles the tests of packages, with files changed, into a directory.
func (r *runner) build(files map[string]string, bin string, dirs ...string) (output string, err error) {
	err = os.MkdirAll(bin, 0o777)
	replace := map[string]string{}
	for i, name := range slices.Sorted(maps.Keys(files)) {
		changed := filepath.Join(bin, fmt.Sprint(i, ".go"))
		replace[filepath.Join(r.root, name)] = changed
		err = errors.Join(err, os.WriteFile(changed, []byte(files[name]), 0o666))
	}
	text, err2 := json.Marshal(map[string]any{"Replace": replace})
	overlay := filepath.Join(bin, "overlay.json")
	if err = errors.Join(err, err2, os.WriteFile(overlay, text, 0o666)); err != nil {
		return "", err
	}
	args := []string{"test", "-c", "-vet=off", "-gcflags=./...=-e", "-overlay", overlay, "-o", bin + "/"}
	for _, dir := range dirs {
		args = append(args, "./"+dir)
	}
	out, err := exec.Command("go", args...).CombinedOutput()
	return string(out), err
}
