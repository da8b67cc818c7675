package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// labels are what the nodes of one graph are called: their Names.
type labels struct {
	of   map[*autograd.Node]string
	loss string // L, or the loss's name
}

func newLabels(y *autograd.Node) labels {
	l := labels{Names(y, printable), "L"}
	if y.Name() != "" {
		l.loss = l.of[y]
	}
	return l
}

// Names returns what y and the nodes that it was computed from are called: by their own names, as text writes these, with #2, #3 and so on
// where several have one, and else v1, v2, … in the order of their making. No two have the same. It panics if y is nil.
func Names(y *autograd.Node, text func(name string) string) map[*autograd.Node]string {
	if text == nil {
		fail("Names", "the function is nil")
	}
	graph := autograd.Graph(y)
	names, taken, last := make(map[*autograd.Node]string, len(graph)), map[string]bool{}, map[string]int{}
	for _, x := range graph {
		if x.Name() == "" {
			continue
		}
		own := text(x.Name())
		name := own
		for taken[name] {
			last[own] = max(last[own], 1) + 1
			name = own + "#" + strconv.Itoa(last[own])
		}
		names[x], taken[name] = name, true
	}
	n := 0
	for _, x := range graph {
		for names[x] == "" {
			n++
			if name := "v" + strconv.Itoa(n); !taken[name] {
				names[x] = name
			}
		}
	}
	return names
}

// printable returns a name as it is, or quoted if something in it can't be seen.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
		return strconv.Quote(name)
	}
	return name
}

func (l *labels) gradient(x *autograd.Node) string { return "∂" + l.loss + "/∂" + l.of[x] }

func (l *labels) name(x *autograd.Node) string { return l.of[x] }

// made returns how x was made, such as Affine(x, w, b), or what kind of leaf it is.
func (l *labels) made(x *autograd.Node) string {
	switch {
	case x.Op() != nil:
		inputs := make([]string, x.NumInputs())
		for i := range inputs {
			inputs[i] = l.of[x.Input(i)]
		}
		return printable(x.Op().Name()) + "(" + strings.Join(inputs, ", ") + ")"
	case x.NeedsGrad():
		return "Variable"
	}
	return "Constant"
}

const fewNumbers = 8 // so many are written out

// number writes a number with four digits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// numbers writes a tensor in one line: all its numbers, or its shape and the first.
func numbers(x *tensor.Tensor) string {
	switch {
	case x == nil:
		return "0"
	case x.Len() == 0:
		return fmt.Sprintf("%v empty", x.Shape())
	case x.Len() > fewNumbers:
		first := x.Data()[:3]
		return fmt.Sprintf("%v %s %s %s …", x.Shape(), number(first[0]), number(first[1]), number(first[2]))
	}
	var texts []string
	for _, v := range x.Data() {
		texts = append(texts, number(v))
	}
	for _, n := range slices.Backward(x.Shape()) { // each axis joins n texts to one
		var rows []string
		for row := range slices.Chunk(texts, n) {
			rows = append(rows, "["+strings.Join(row, " ")+"]")
		}
		texts = rows
	}
	return texts[0]
}

// operand is numbers for within a formula: a negative number is in parentheses.
func operand(x *tensor.Tensor) string {
	if s := numbers(x); strings.HasPrefix(s, "-") {
		return "(" + s + ")"
	} else {
		return s
	}
}
