package layers

import (
	"fmt"
	"reflect"
	"strings"
)

// String lists the layers, with the numbers of their parameters.
func (s Sequential) String() string {
	var b strings.Builder
	for i, l := range s {
		text := describe(l)
		if inner, ok := l.(Sequential); ok {
			text = "Sequential\n\t" + strings.ReplaceAll(inner.String(), "\n", "\n\t")
		}
		fmt.Fprintf(&b, "%d: %s%s\n", i, text, countOf(l))
	}
	return b.String() + "total" + countOf(s)
}

// countOf says how many parameters a network has, if it has any.
func countOf(net any) string {
	found, err := find(net)
	n := 0
	for _, p := range found {
		n += p.node.Value().Len()
	}
	switch {
	case err != nil:
		return ", parameters not known: " + strings.ReplaceAll(err.Error(), "\n", "; ")
	case n == 1:
		return ", 1 parameter"
	case n == 0 && reflect.TypeOf(net) != reflect.TypeFor[Sequential]():
		return ""
	}
	return fmt.Sprintf(", %d parameters", n)
}

// describe returns a layer in one line: its String, or its type.
func describe(l Layer) string {
	v := reflect.ValueOf(l)
	if !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Sprintf("%T that is nil", l)
	}
	if s, ok := l.(fmt.Stringer); ok {
		line, _, _ := strings.Cut(s.String(), "\n")
		return line
	}
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}
