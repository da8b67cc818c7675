package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An outcome is what became of a mutant.
type outcome int

const (
	notCompiling outcome = iota
	noticed
	survived
	equivalent // survived, and is listed
)

func (o outcome) String() string { return [...]string{"did not compile", "noticed", "survived"}[o] }

// slow are packages that have long tests, which -short leaves out.
var slow = []string{"autograd", "autograd/gradcheck"}

// A runner runs the tests of packages on changed source.
type runner struct {
	root, temp string
	limit      time.Duration // of the short tests of a package
}

// newRunner returns a runner for this module, and makes its root the current directory.
func newRunner() (*runner, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return nil, err
	}
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	if err := os.Chdir(root); err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "mutate")
	return &runner{root, temp, 0}, err
}

// baseline sees to it that the tests pass without a change, and how long they take: a mutant may take five times as long.
func (r *runner) baseline(todo []mutant) error {
	took := map[string]time.Duration{}
	for _, m := range todo {
		if took[m.dir] > 0 {
			continue
		}
		start := time.Now()
		if out, err := test(time.Hour, m.dir, "-short"); err != nil {
			return fmt.Errorf("without a mutant the tests of %s fail: %v\n%s", m.dir, err, out)
		}
		took[m.dir] = time.Since(start)
		r.limit = max(r.limit, 10*time.Second+5*took[m.dir])
	}
	return nil
}

// runAll runs mutants, several at a time, and yields what became of each, in their order.
func (r *runner) runAll(todo []mutant, workers int) iter.Seq2[mutant, outcome] {
	return func(yield func(mutant, outcome) bool) {
		results := make([]chan outcome, len(todo))
		for i := range todo {
			results[i] = make(chan outcome, 1)
		}
		free := make(chan bool, workers)
		go func() {
			for i, m := range todo {
				free <- true
				go func() {
					results[i] <- r.run(m, strconv.Itoa(i))
					<-free
				}()
			}
		}()
		for i, m := range todo {
			if !yield(m, <-results[i]) {
				return
			}
		}
	}
}

// run runs the tests on a mutant until one fails.
func (r *runner) run(m mutant, name string) outcome {
	file, overlay := filepath.Join(r.temp, name+".go"), filepath.Join(r.temp, name+".json")
	replace := map[string]any{"Replace": map[string]string{filepath.Join(r.root, m.dir, m.file): file}}
	text, err := json.Marshal(replace)
	if err = errors.Join(err, os.WriteFile(file, []byte(m.source), 0o666), os.WriteFile(overlay, text, 0o666)); err != nil {
		panic(err)
	}
	i := slices.IndexFunc(targets, func(t target) bool { return t.dir == m.dir })
	dirs := targets[i].tests
	for _, dir := range dirs {
		switch out, err := test(r.limit, dir, "-short", "-overlay", overlay); {
		case err != nil && strings.Contains(out, "[build failed]"):
			return notCompiling
		case err != nil:
			return noticed
		}
	}
	for _, dir := range dirs {
		if slices.Contains(slow, dir) {
			if _, err := test(10*time.Minute, dir, "-overlay", overlay); err != nil {
				return noticed
			}
		}
	}
	return survived
}

// limited runs a test with 8 GB of memory at most: a mutant may want all there is.
const limited = `sh -c 'ulimit -v 8000000; exec "$0" "$@"'`

// test runs the tests of a package.
func test(limit time.Duration, dir string, flags ...string) (output string, err error) {
	args := append([]string{"test", "-vet=off", "-count=1", "-failfast", "-timeout=" + limit.String(), "-exec", limited}, flags...)
	out, err := exec.Command("go", append(args, "./"+dir)...).CombinedOutput()
	return string(out), err
}
