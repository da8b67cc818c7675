package layers

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"gentlegrad/autograd"
)

// String lists the layers, a line each, with the numbers of their parameters, and the total, in which a
// parameter of several layers counts once.
func (s Sequential) String() string { return s.list(nil) }

// list is String of a Sequential within others, given pointers to their first layers.
func (s Sequential) list(within []*Layer) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Sequential, %s", count(find(s)))
	for i, l := range s {
		fmt.Fprintf(&b, "\n  %d: %s", i, strings.ReplaceAll(line(l, append(within, &s[0])), "\n", "\n  "))
	}
	return b.String()
}

// line returns a layer and the number of its parameters, if it has any.
func line(l Layer, within []*Layer) string {
	if s, ok := sequential(l); ok {
		if len(s) > 0 && slices.Contains(within, &s[0]) {
			return "a Sequential that contains itself"
		}
		return s.list(within)
	}
	text := describe(l)
	if isMissing(l) {
		return text
	}
	w := find(l)
	if len(w.parameters) > 0 {
		text += ", " + count(w)
	}
	for _, m := range w.mistakes {
		text += "\n  mistake: " + m
	}
	return text
}

func count(w *walker) string {
	n := w.numbers()
	if n == 1 {
		return "1 parameter"
	}
	return fmt.Sprintf("%d parameters", n)
}

// numbers returns how many numbers the parameters have.
func (w *walker) numbers() (n int) {
	for _, p := range w.parameters {
		n += p.node.Value().Len()
	}
	return n
}

// describe returns a layer in a few words: the first line of its String, or its type if that String is
// the method of a struct embedded in it.
func describe(l Layer) string {
	v := reflect.ValueOf(l)
	switch _, ok := sequential(l); {
	case !v.IsValid():
		return "nil"
	case isNil(v):
		return "a nil " + v.Type().String()
	case ok:
		return "Sequential"
	}
	if s, ok := l.(fmt.Stringer); ok {
		text := fmt.Sprint(s) // which catches panics of String
		if !embeds(reflect.Indirect(v), text) {
			text, _, _ = strings.Cut(text, "\n")
			return text
		}
	}
	t := reflect.Indirect(v).Type()
	return cmp.Or(t.Name(), t.String())
}

// isMissing reports whether there is no layer: nil, or a nil pointer.
func isMissing(l Layer) bool {
	v := reflect.ValueOf(l)
	return !v.IsValid() || isNil(v)
}

// embeds reports whether v is a struct that embeds a value which prints as text: then v's String is that
// of the embedded value, and does not describe v.
func embeds(v reflect.Value, text string) bool {
	if v.Kind() != reflect.Struct {
		return false
	}
	for f, value := range v.Fields() {
		if f.Anonymous && value.CanInterface() && fmt.Sprint(value.Interface()) == text {
			return true
		}
	}
	return false
}

// isSet reports whether a parameter is there, and has that rank.
func isSet(p *autograd.Node, rank int) bool {
	return p != nil && p.Value().Rank() == rank
}

// noBias returns the part of String that says that there is no bias.
func noBias(bias *autograd.Node) string {
	if bias == nil {
		return ", no bias"
	}
	return ""
}
