package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// listFile holds the mutants that survive and why.
const listFile = "autograd/internal/mutate/testdata/survivors.txt"

// parseList returns the reasons why listed mutants change no result, by their keys. Between empty lines there
// is one: the three lines of its key, then the reason. One that begins with # is a comment.
func parseList(text string) (map[string]string, error) {
	reasons := map[string]string{}
	for i, block := range strings.Split(text, "\n\n") {
		if strings.HasPrefix(block, "#") {
			continue
		}
		lines := strings.SplitN(strings.Trim(block, "\n"), "\n", 4)
		if len(lines) < 4 || !strings.HasPrefix(lines[1], "-") || !strings.HasPrefix(lines[2], "+") || lines[3] == "" {
			return nil, fmt.Errorf("entry %d of the list is not the package and the function, a line with -, one with +, and a reason:\n%s", i+1, block)
		}
		key := strings.Join(lines[:3], "\n")
		if reasons[key] != "" {
			return nil, fmt.Errorf("the list has twice:\n%s", key)
		}
		reasons[key] = lines[3]
	}
	return reasons, nil
}

// absent returns the listed keys of a package, or of all, that no mutant has.
func absent(listed map[string]string, all []mutant, dir string) (gone []string) {
	there := map[string]bool{}
	for _, m := range all {
		there[m.key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(listed)) {
		if !there[key] && (dir == "" || strings.HasPrefix(key, dir+" ")) {
			gone = append(gone, key)
		}
	}
	return gone
}
