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
	"strconv"
	"strings"
	"sync"
	"time"
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
	noticing   map[string][]string // the tests that noticed mutants of a function, the last one first
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

// runAll runs mutants, in batches, and yields what became of each, in their order.
func (r *runner) runAll(todo []mutant) iter.Seq2[mutant, result] {
	return func(yield func(mutant, result) bool) {
		for list := range slices.Chunk(todo, 6000) {
			b, err := r.newBatch(list)
			if err != nil {
				yield(list[0], result{err: err})
				return
			}
			defer os.RemoveAll(b.bin)
			for i, o := range inOrder(len(list), r.workers, b.run) {
				if !yield(list[i], o) {
					return
				}
			}
		}
	}
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

// newBatch compiles mutants, and runs each test without one.
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

// A test is that of a package, a subtest of a slow one, or all of a package.
type test struct {
	dir, name string // "" is all
	took      time.Duration // of the processor
	whole     time.Duration // what the test took that a subtest is in
	fails     bool          // in a batch without a mutant: it counts allocations, say, of a function that is inlined otherwise
	reaches   map[int]bool  // the blocks
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

// measure runs a test without a mutant, and the subtests of a slow one, each by itself.
func (b *batch) measure(dir, name string) (all []*test) {
	t := &test{dir: dir, name: name, reaches: map[int]bool{}}
	reached := filepath.Join(b.bin, "reached-"+strings.ReplaceAll(path.Join(dir, name), "/", "-"))
	cmd := b.command(b.bin, dir, none, []*test{t}, reached, "-test.v")
	out, err := cmd.CombinedOutput()
	t.took, t.fails = cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), err != nil
	subtests := regexp.MustCompile(`(?m)^=== RUN +(`+regexp.QuoteMeta(name)+`/[^/\n]+)$`).FindAllStringSubmatch(string(out), -1)
	tenth := time.Duration(len(b.mutants) / 10) // may run all of the test, or the subtests that reach them
	if _, isSubtest := t.top(); !isSubtest && t.took > quick && t.took*tenth > quick*time.Duration(len(subtests)) {
		for _, s := range subtests {
			all = append(all, b.measure(dir, s[1])...)
		}
		for _, s := range all {
			s.whole = t.took
		}
	}
	if all != nil {
		return all
	}
	text, _ := os.ReadFile(reached) // there is none if it reaches nothing
	for _, block := range strings.Fields(string(text)) {
		i, _ := strconv.Atoi(block)
		t.reaches[i] = true
	}
	return []*test{t}
}

// run runs the tests that reach a mutant until one fails.
func (b *batch) run(i int) result {
	m := b.mutants[i]
	if b.broken[i] {
		return result{notCompiling, nil}
	}
	var tests, others []*test // the others have to be run without the other mutants of the batch
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
			if !strings.Contains(out, bin+"/0.go:") {
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

// notice runs tests on a mutant until one fails: those that noticed another mutant of the function, then the quick ones of
// each package, then its slow ones.
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
			if !strings.Contains(string(out), "--- FAIL: "+t.name+" ") {
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

func (t *test) id() string { return t.dir + " " + t.name }

// top is the name of the test that a subtest is in.
func (t *test) top() (name string, isSubtest bool) {
	name, _, isSubtest = strings.Cut(t.name, "/")
	return name, isSubtest
}

// groups returns the tests of each process: the quick ones of a package, or a slow one, or subtests of one.
func groups(tests []*test) (all [][]*test) {
	at := map[string]int{}
	took := map[string]time.Duration{} // of quick ones, in each package
	for _, t := range tests {
		took[t.dir] += t.took
		key := fmt.Sprint(t.dir, int(took[t.dir]/(4*quick)))
		if top, isSubtest := t.top(); isSubtest || t.took > quick {
			key = t.dir + " " + top
		}
		if _, known := at[key]; !known {
			at[key] = len(all)
			all = append(all, nil)
		}
		all[at[key]] = append(all[at[key]], t)
	}
	return all
}

// pattern is that for the names of tests of one group.
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
		p += "/^(" + strings.Join(subs, "|") + ")$"
	}
	return p
}

// limited runs a binary with 8 GB of memory, and seconds of the processor, at most: a mutant may want all there is.
const limited = `ulimit -v 8000000; ulimit -t "$0"; exec "$@"`

// command runs tests of one package on mutant i, five times as long as they take without one at most. The numbers of
// the blocks they reach are appended to a file.
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
