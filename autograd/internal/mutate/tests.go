package main

import (
	"fmt"
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

// A test is one test of a package, or all tests of a package, or those subtests of a slow test whose
// names begin with the same word, such as those of one operation with operands of several shapes.
type test struct {
	dir, name string        // the name "" means all
	took      time.Duration // processor time
	whole     time.Duration // of a subtest: what the whole test took
	fails     bool          // in a batch even without a mutant, say because it counts allocations of functions that are not inlined there
	reaches   map[int]bool  // the blocks that it reaches
}

const quick = 50 * time.Millisecond

// measureAll runs each test of a package without a mutant.
func (b *batch) measureAll(dir string) error {
	out, err := b.command(b.bin, dir, none, []*test{{dir: dir}}, "", "-test.list=^(Test|Example|Fuzz)").Output()
	if err != nil {
		return fmt.Errorf("the list of tests of %s: %v\n%s", dir, err, out)
	}
	names := strings.Fields(string(out))
	for _, tests := range inOrder(len(names), b.workers, func(i int) []*test { return b.measure(dir, names[i]) }) {
		b.tests = append(b.tests, tests...)
	}
	return nil
}

// measure runs a test without a mutant; if it is slow, also its subtests, those whose names begin
// with the same word together.
func (b *batch) measure(dir, name string) (all []*test) {
	t := &test{dir: dir, name: name, reaches: map[int]bool{}}
	reached := filepath.Join(b.bin, "reached-"+strings.ReplaceAll(path.Join(dir, name), "/", "-"))
	cmd := b.command(b.bin, dir, none, []*test{t}, reached, "-test.v")
	out, err := cmd.CombinedOutput()
	t.took, t.fails = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), err != nil
	if _, isSubtest := t.top(); !isSubtest && t.took > quick {
		if all := b.measureParts(t, string(out)); all != nil {
			return all
		}
	}
	text, _ := os.ReadFile(reached) // there is none if it reaches nothing
	for _, block := range strings.Fields(string(text)) {
		i, _ := strconv.Atoi(block)
		t.reaches[i] = true
	}
	return []*test{t}
}

// measureParts measures the subtests of a test, which has printed their names, unless this takes longer
// than it saves, given that a tenth of the mutants may have to be run by the whole test.
func (b *batch) measureParts(t *test, printed string) (all []*test) {
	var names []string
	for _, found := range regexp.MustCompile(`(?m)^=== RUN +(`+regexp.QuoteMeta(t.name)+`/\w*)`).FindAllStringSubmatch(printed, -1) {
		names = append(names, found[1])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for i, name := range names {
		part := b.measure(t.dir, name)[0]
		if i == 0 && part.took*time.Duration(len(names)) > t.took*time.Duration(len(b.mutants)/10) {
			return nil
		}
		part.whole = t.took
		all = append(all, part)
	}
	return all
}

func (t *test) id() string { return t.dir + " " + t.name }

// top returns the name of the test that contains a subtest.
func (t *test) top() (name string, isSubtest bool) {
	name, _, isSubtest = strings.Cut(t.name, "/")
	return name, isSubtest
}

// groups returns the tests that each process runs: the quick ones of a package, a slow one,
// or subtests of a slow one.
func groups(tests []*test) (all [][]*test) {
	at := map[string]int{}
	took := map[string]time.Duration{} // of quick ones, in each package
	for _, t := range tests {
		top, isSubtest := t.top()
		key := t.dir + " " + top
		if !isSubtest && t.took <= quick {
			key = fmt.Sprint(t.dir, took[t.dir]/(4*quick))
			took[t.dir] += t.took
		}
		if _, known := at[key]; !known {
			at[key] = len(all)
			all = append(all, nil)
		}
		all[at[key]] = append(all[at[key]], t)
	}
	return all
}

// pattern returns the pattern that matches the names of a group's tests.
func pattern(group []*test) string {
	if group[0].name == "" {
		return "."
	}
	var tops, subs []string
	for _, t := range group {
		top, isSubtest := t.top()
		tops = append(tops, regexp.QuoteMeta(top))
		if isSubtest {
			subs = append(subs, regexp.QuoteMeta(t.name[len(top)+1:]))
		}
	}
	p := "^(" + strings.Join(slices.Compact(tops), "|") + ")$"
	if subs != nil {
		p += "/^(" + strings.Join(subs, "|") + `)\b`
	}
	return p
}

// limited runs a binary with at most 8 GB of memory and some seconds of processor time: a
// mutant may take all there is.
const limited = `ulimit -v 8000000; ulimit -t "$0"; exec "$@"`

// command runs tests of one package on mutant i, at most five times as long as they take without a
// mutant. The numbers of the blocks that they reach are appended to a file.
func (b *batch) command(bin, dir string, i int, group []*test, reached string, flags ...string) *exec.Cmd {
	took := time.Duration(0)
	for _, t := range group {
		took += t.took
		if t.took == 0 {
			took = time.Hour // it is not known
		}
	}
	if group[0].whole > 0 {
		took = min(took, group[0].whole)
	}
	limit := 3*time.Second + 5*took
	args := append([]string{"-c", limited, fmt.Sprint(int(limit.Seconds())), filepath.Join(bin, path.Base(dir)+".test"),
		"-test.short", "-test.failfast", "-test.timeout=" + (10 * limit).String(), "-test.run=" + pattern(group)}, flags...)
	cmd := exec.Command("sh", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), fmt.Sprint("MUTANT=", i), "REACHED="+reached)
	return cmd
}
