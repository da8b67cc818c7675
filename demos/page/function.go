package page

import (
	"fmt"
	"regexp"
	"strings"
)

// Function returns a function or a method, with its comment, from Go source in gofmt's format, so that a
// page can show the code that ran. It panics if the source has none of that name.
func Function(source, name string) string {
	head := regexp.MustCompile(`\nfunc (?:\([^)]*\) )?` + name + `[(\[]`).FindStringIndex(source)
	if head == nil {
		panic(fmt.Sprintf("page: Function: the source has no function %q", name))
	}
	begin := strings.LastIndex(source[:head[0]+1], "\n\n") + 2
	end := head[0] + strings.Index(source[head[0]:], "\n}\n") + 3
	return source[begin:end]
}
