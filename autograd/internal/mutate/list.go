package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// listFile holds the mutants that survive and why.
const listFile = "autograd/internal/mutate/testdata/survivors.txt"

// readList returns the reasons of the list by their keys.
func readList() (map[string]string, error) {
	text, err := os.ReadFile(listFile)
	if err != nil {
		return nil, err
	}
	return parseList(string(text))
}

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

// absent returns the listed keys that no mutant has.
func absent(listed map[string]string, all []mutant) []string {
	gone := maps.Clone(listed)
	for _, m := range all {
		delete(gone, m.key)
	}
	return slices.Sorted(maps.Keys(gone))
}
