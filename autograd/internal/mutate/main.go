// Mutate tests the tests: it changes the source of the packages that compute and differentiate, in one
// place at a time, and reports the changes that no test notices.
//
//	go run ./autograd/internal/mutate                    # all of them
//	go run ./autograd/internal/mutate -sample 40         # some, always the same
//	go run ./autograd/internal/mutate -package autograd
//	go run ./autograd/internal/mutate -run 3fa9c01b      # one, by its identifier
//
// A survivor is printed with its place, its identifier, and the line before and after the change.
// Then either a test is missing, or the change changes no result; in that case it belongs, with
// the reason, in testdata/survivors.txt. A mutant listed there is reported only if a test notices
// it after all, or if it no longer exists; a sample contains no listed mutants. The exit status is
// 1 if anything is reported.
//
// Many mutants are compiled together, as copies of their functions' bodies; an environment variable
// chooses one of them. At first each test runs without a mutant, to find out how long it takes and which
// blocks of statements it reaches. Then each mutant is run by the short tests that reach its block,
// first those of its package, then those of packages that depend on it, until one fails. Mutants that do
// not compile are counted. One that hangs is noticed.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
)

// A target is a package to be mutated, with the packages whose tests may notice its mutants.
type target struct {
	dir   string
	tests []string
}

var targets = []target{
	{"optim", []string{"optim", "layers"}},
	{"layers", []string{"layers"}},
	{"autograd", []string{"autograd", "layers", "optim", "autograd/gradcheck"}},
	{"tensor", []string{"tensor", "autograd", "layers", "optim"}},
	{"tensor/internal/kernel", []string{"tensor/internal/kernel", "tensor", "autograd", "layers", "optim"}},
}

var (
	sample = flag.Int("sample", 0, "run only this `number` of mutants, none of them listed; 0 means all")
	seed   = flag.String("seed", "", "`text` that decides which mutants are in a sample")
	only   = flag.String("package", "", "mutate only the package in this `directory`")
	id     = flag.String("run", "", "run only the mutant with this `identifier`")
)

func main() {
	flag.Parse()
	if flag.NArg() > 0 || *sample < 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := mutate(); err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(1)
	}
}

// mutate makes the mutants, runs some or all of them, and prints the report.
func mutate() error {
	r, err := newRunner(runtime.NumCPU())
	if err != nil {
		return err
	}
	defer os.RemoveAll(r.temp)
	listed, err := readList()
	if err != nil {
		return err
	}
	var all []mutant
	for _, t := range targets {
		list, err := mutants(t.dir)
		if err != nil {
			return err
		}
		all = append(all, list...)
	}
	todo := choose(all, listed)
	if len(todo) == 0 {
		return fmt.Errorf("there are no mutants of package %q with identifier %q", *only, *id)
	}
	reports := 0
	report := func(what, key string) {
		reports++
		fmt.Printf("\n%s\n%s\n", what, key)
	}
	for _, key := range absent(listed, all) {
		report("listed, but there is no such mutant:", key)
	}
	b, err := r.newBatch(todo)
	if err != nil {
		return err
	}
	count := map[outcome]int{}
	for i, result := range inOrder(len(todo), r.workers, b.run) {
		if result.err != nil {
			return result.err
		}
		m, o := todo[i], result.outcome
		place := fmt.Sprintf("%s/%s:%d, %s", m.dir, m.file, m.line, m.hash(""))
		switch reason := listed[m.key]; {
		case o >= survived && reason != "":
			o = equivalent
		case o >= survived:
			report(fmt.Sprintf("%s %v:", place, o), m.key)
		case reason != "":
			report(fmt.Sprintf("%s is listed, but %v:", place, o), m.key)
		}
		count[o]++
	}
	fmt.Printf("\n%d mutants made, %d run: %d did not compile, %d noticed, %d survived, %d reached by no test, %d survived as listed\n",
		len(all), len(todo), count[notCompiling], count[noticed], count[survived], count[unreached], count[equivalent])
	if reports > 0 {
		return fmt.Errorf("there are %d reports to look at", reports)
	}
	return nil
}

// choose returns the mutants that the flags select. A sample consists of those with the smallest hashes,
// so it stays the same if other source changes.
func choose(all []mutant, listed map[string]string) []mutant {
	all = slices.DeleteFunc(slices.Clone(all), func(m mutant) bool {
		return *only != "" && m.dir != path.Clean(*only) || *id != "" && m.hash("") != *id || *sample > 0 && listed[m.key] != ""
	})
	if *sample > 0 {
		slices.SortFunc(all, func(a, b mutant) int { return cmp.Compare(a.hash(*seed), b.hash(*seed)) })
		all = all[:min(*sample, len(all))]
	}
	return all
}
