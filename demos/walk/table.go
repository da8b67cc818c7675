package walk

import (
	"regexp"
	"strings"
)

// A table holds the numbers of walks. Most numbers are shown in several places, the same places in every
// walk: they are written once per walk.
type table struct {
	Places []int    `json:"places"` // for each place, which of a walk's numbers it shows
	Walks  []string `json:"walks"`  // the numbers of each, with | between
}

func newTable(walks [][]string) (t table) {
	column := map[string]int{}
	kept := make([][]string, len(walks))
	for place := range walks[0] {
		key := ""
		for _, w := range walks {
			key += w[place] + "|"
		}
		n, ok := column[key]
		if !ok {
			n = len(column)
			column[key] = n
			for k, w := range walks {
				kept[k] = append(kept[k], w[place])
			}
		}
		t.Places = append(t.Places, n)
	}
	for _, numbers := range kept {
		t.Walks = append(t.Walks, strings.Join(numbers, "|"))
	}
	return t
}

// Numbers are in elements of their own, so that those of another walk can replace them.
var numbersHTML = regexp.MustCompile(`(<i>|<text class="num"[^>]*>)([^<]*)<`)

func skeleton(s string) string { return numbersHTML.ReplaceAllString(s, "$1<") }

func numbersIn(s string) []string {
	var all []string
	for _, m := range numbersHTML.FindAllStringSubmatch(s, -1) {
		all = append(all, m[2])
	}
	return all
}
