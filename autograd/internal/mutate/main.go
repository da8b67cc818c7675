// Mutate tests the tests: it changes the source of the packages that compute and differentiate, in one place at a
// time, and reports the changes that no test notices.
//
//	go run ./autograd/internal/mutate                    # all of them: hours
//	go run ./autograd/internal/mutate -sample 40         # some, always the same
//	go run ./autograd/internal/mutate -package autograd
//	go run ./autograd/internal/mutate -run 3fa9c01b      # one, by its identifier
//
// A survivor is printed with its place, its identifier, and the line before and after. Then either a test is missing,
// or the change changes no result: that belongs, with the reason, into testdata/survivors.txt. What is listed there
// is reported only if it is noticed after all, or if there is no such mutant; a sample has nothing of the list.
// The exit status is 1 if anything is reported.
//
// Mutants need not compile: those that do not are counted. The tests of the mutant's package are run first, the short
// ones, then those of packages that depend on it, then the long ones. A mutant that hangs is noticed.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
)

// A target is a package to be mutated, and the packages whose tests may notice.
type target struct {
	dir   string
	tests []string
}

var targets = []target{
	{"tensor/internal/kernel", []string{"tensor/internal/kernel", "tensor", "autograd", "layers", "optim"}},
	{"tensor", []string{"tensor", "autograd", "layers", "optim"}},
	{"autograd", []string{"autograd", "layers", "optim", "autograd/gradcheck"}},
	{"layers", []string{"layers"}},
	{"optim", []string{"optim", "layers"}},
}

func main() {
	sample := flag.Int("sample", 0, "run only this `number` of mutants; 0 is all")
	seed := flag.String("seed", "", "what `text` decides which ones are in a sample")
	dir := flag.String("package", "", "mutate only the package in this `directory`")
	id := flag.String("run", "", "run only the mutant with this `identifier`, or those that it is the beginning of")
	flag.Parse()
	ok, err := run(*dir, func(all []mutant, listed map[string]string) []mutant {
		if *id != "" {
			return slices.DeleteFunc(all, func(m mutant) bool { return !strings.HasPrefix(m.hash(""), *id) })
		}
		return choose(all, *sample, *seed, listed)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// choose returns n of the mutants that are not listed, those with the smallest hashes: it stays the same where
// other source changes. If n is 0 it returns all.
func choose(all []mutant, n int, seed string, listed map[string]string) []mutant {
	if n == 0 {
		return all
	}
	all = slices.DeleteFunc(all, func(m mutant) bool { return listed[m.key] != "" })
	slices.SortStableFunc(all, func(a, b mutant) int { return cmp.Compare(a.hash(seed), b.hash(seed)) })
	return all[:min(n, len(all))]
}

// run makes the mutants of one package, or of all, runs those that are chosen, and prints a report. It reports
// whether there is nothing to complain about.
func run(dir string, chosen func([]mutant, map[string]string) []mutant) (ok bool, err error) {
	r, err := newRunner()
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(r.temp)
	text, err := os.ReadFile(listFile)
	if err != nil {
		return false, err
	}
	listed, err := parseList(string(text))
	if err != nil {
		return false, err
	}
	var all []mutant
	for _, t := range targets {
		if dir != "" && path.Clean(dir) != t.dir {
			continue
		}
		list, err := mutants(t.dir)
		if err != nil {
			return false, err
		}
		all = append(all, list...)
	}
	if len(all) == 0 {
		return false, fmt.Errorf("no package %q to mutate: there are %v", dir, targets)
	}
	gone := absent(listed, all, dir)
	made := len(all)
	todo := chosen(all, listed)
	if err := r.baseline(todo); err != nil {
		return false, err
	}
	count := map[outcome]int{}
	wrong := len(gone)
	for _, key := range gone {
		fmt.Printf("\nlisted, but there is no such mutant:\n%s\n", key)
	}
	for m, o := range r.runAll(todo, runtime.NumCPU()) {
		listed := listed[m.key] != ""
		switch {
		case o == survived && listed:
			o = equivalent
		case o == survived:
			wrong++
			fmt.Printf("\n%s:%d: survived, %s\n%s\n", path.Join(m.dir, m.file), m.line, m.hash(""), m.key)
		case listed:
			wrong++
			fmt.Printf("\n%s:%d: listed, but %v, %s\n%s\n", path.Join(m.dir, m.file), m.line, o, m.hash(""), m.key)
		}
		count[o]++
	}
	fmt.Printf("\n%d mutants made, %d run:", made, len(todo))
	for _, o := range slices.Sorted(maps.Keys(count)) {
		fmt.Printf(" %d %v;", count[o], o)
	}
	fmt.Println()
	return wrong == 0, nil
}
