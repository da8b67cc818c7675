package main

import (
	"cmp"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// An outcome is what became of a mutant.
type outcome int

const (
	notCompiling outcome = iota
	noticed
	survived
	unreached  // survived, because no test gets there
	equivalent // survived, and is listed
)

func (o outcome) String() string {
	return [...]string{"did not compile", "noticed", "survived", "is reached by no test"}[o]
}

// A runner runs the tests of packages on changed source.
type runner struct {
	root, temp string
	workers    int
	mutex      sync.Mutex
	noticing   map[string][]string // the tests that noticed mutants of each function, the latest first
}

// newRunner returns a runner for this module, and makes its root the current directory.
func newRunner(workers int) (*runner, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return nil, err
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	if err := os.Chdir(root); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "mutate")
	return &runner{root: root, temp: temp, workers: workers, noticing: map[string][]string{}}, err
}

// A result is an outcome, or why there is none.
type result struct {
	outcome
	err error
}

// inOrder calls f for 0, 1, … n−1, several at a time, and yields what it returns in that order.
func inOrder[T any](n, workers int, f func(int) T) iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		results := make([]chan T, n)
		for i := range results {
			results[i] = make(chan T, 1)
		}
		free := make(chan bool, workers)
		go func() {
			for i := range n {
				free <- true
				go func() {
					results[i] <- f(i)
					<-free
				}()
			}
		}()
		for i := range n {
			if !yield(i, <-results[i]) {
				return
			}
		}
	}
}

// run runs the tests that reach a mutant until one fails.
func (b *batch) run(i int) result {
	m := b.mutants[i]
	if b.broken[i] {
		return result{notCompiling, nil}
	}
	var tests, others []*test // others have to be run without the other mutants of the batch
	for _, t := range b.tests {
		switch {
		case !slices.Contains(dependents(m.dir), t.dir) || m.function != nil && !t.reaches[b.blocks[m.place()]]:
		case m.function == nil || t.fails:
			others = append(others, t)
		default:
			tests = append(tests, t)
		}
	}
	if len(tests)+len(others) == 0 {
		return result{unreached, nil}
	}
	if b.notice(m, b.bin, i, tests) {
		return result{noticed, nil}
	}
	if len(others) == 0 {
		return result{survived, nil}
	}
	return b.runAlone(m, others)
}

// runAlone runs tests on a mutant that is compiled by itself.
func (b *batch) runAlone(m mutant, tests []*test) result {
	bin, err := os.MkdirTemp(b.temp, "mutant")
	if err != nil {
		return result{0, err}
	}
	defer os.RemoveAll(bin)
	for _, dir := range dependents(m.dir) {
		here := slices.DeleteFunc(slices.Clone(tests), func(t *test) bool { return t.dir != dir })
		if len(here) == 0 {
			continue
		}
		if out, err := b.runner.build(map[string]string{path.Join(m.dir, m.file): m.source}, bin, dir); err != nil {
			if !strings.Contains(out, filepath.Base(bin)+"/0.go:") { // go may write the directory as a relative one
				return result{0, fmt.Errorf("%v\n%s", err, out)}
			}
			return result{notCompiling, nil}
		}
		if b.notice(m, bin, none, here) {
			return result{noticed, nil}
		}
	}
	return result{survived, nil}
}

func dependents(dir string) []string {
	return targets[slices.IndexFunc(targets, func(t target) bool { return t.dir == dir })].tests
}

// notice runs tests on a mutant until one fails: those that noticed another mutant of the function, then
// the quick ones of each package, then its slow ones.
func (b *batch) notice(m mutant, bin string, i int, tests []*test) bool {
	function, _, _ := strings.Cut(m.key, "\n")
	b.mutex.Lock()
	before := slices.Concat(b.noticing[function], b.noticing[m.file])
	b.mutex.Unlock()
	var first, rest []*test
	for _, t := range tests {
		if slices.Contains(before, t.id()) {
			first = append(first, t)
		} else {
			rest = append(rest, t)
		}
	}
	dirs := dependents(m.dir)
	slices.SortStableFunc(rest, func(s, t *test) int {
		return cmp.Or(cmp.Compare(slices.Index(dirs, s.dir), slices.Index(dirs, t.dir)), cmp.Compare(s.took, t.took))
	})
	for _, group := range slices.Concat(groups(first), groups(rest)) {
		out, err := b.command(bin, group[0].dir, i, group, "").CombinedOutput()
		if err == nil {
			continue
		}
		b.mutex.Lock()
		for _, t := range group {
			if !regexp.MustCompile(`--- FAIL: ` + regexp.QuoteMeta(t.name) + `\b`).Match(out) {
				continue
			}
			for _, place := range []string{function, m.file} {
				list := slices.DeleteFunc(b.noticing[place], func(id string) bool { return id == t.id() })
				b.noticing[place] = slices.Insert(list[:min(2, len(list))], 0, t.id())
			}
		}
		b.mutex.Unlock()
		return true
	}
	return false
}
