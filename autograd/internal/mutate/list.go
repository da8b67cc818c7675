package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
)

// listFile holds the mutants that survive, and why.
const listFile = "autograd/internal/mutate/testdata/survivors.txt"

// readList returns the reasons in the list, by the keys of the mutants.
func readList() (map[string]string, error) {
	text, err := os.ReadFile(listFile)
	if err != nil {
		return nil, err
	}
	return parseList(string(text))
}

// parseList returns the reasons why listed mutants change no result, by their keys. Entries are
// separated by empty lines. An entry has one key or several, of three lines each, and then their reason.
// An entry that begins with # is a comment.
func parseList(text string) (map[string]string, error) {
	reasons := map[string]string{}
	for i, block := range strings.Split(text, "\n\n") {
		if strings.HasPrefix(block, "#") {
			continue
		}
		var keys []string
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		for len(lines) >= 3 && strings.HasPrefix(lines[1], "-") && strings.HasPrefix(lines[2], "+") {
			keys, lines = append(keys, strings.Join(lines[:3], "\n")), lines[3:]
		}
		reason := strings.Join(lines, "\n")
		if len(keys) == 0 || reason == "" {
			return nil, fmt.Errorf("entry %d of the list needs the package and the function, a line with -, one with +, and a reason:\n%s", i+1, block)
		}
		for _, key := range keys {
			if reasons[key] != "" {
				return nil, fmt.Errorf("the list has this twice:\n%s", key)
			}
			reasons[key] = reason
		}
	}
	return reasons, nil
}

// absent returns the listed keys that belong to no mutant.
func absent(listed map[string]string, all []mutant) []string {
	gone := maps.Clone(listed)
	for _, m := range all {
		delete(gone, m.key)
	}
	return slices.Sorted(maps.Keys(gone))
}
