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

// labels are the names of the nodes of one graph, as Names gives them.
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

// Names returns names for y and the nodes from which it was computed, no two of them the same. A node
// with a name of its own keeps it, as text writes it, followed by #2, #3 and so on where several nodes
// have the same. The others are called v1, v2, … in the order of their making. Names panics if y is nil.
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

// printable returns a name as it is, or quoted if it holds anything that can't be seen.
func printable(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) || r == unicode.ReplacementChar }) {
		return strconv.Quote(name)
	}
	return name
}

func (l *labels) gradient(x *autograd.Node) string { return "∂" + l.loss + "/∂" + l.of[x] }

func (l *labels) name(x *autograd.Node) string { return l.of[x] }

// made returns how x was made, such as Affine(x, w, b), or the kind of leaf that x is.
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

const fewNumbers = 8 // up to which all are written out

// number writes a number with four digits.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }

// numbers writes a tensor in one line: all its numbers if they are few, otherwise its shape and the
// first ones.
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

// operand is numbers for use in a formula: a negative number gets parentheses.
func operand(x *tensor.Tensor) string {
	if s := numbers(x); strings.HasPrefix(s, "-") {
		return "(" + s + ")"
	} else {
		return s
	}
}
