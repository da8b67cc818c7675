package trace

import (
	"fmt"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// DOT returns the graph by which y was computed, including constants, in the language of Graphviz: each
// node with its name, operation and shape, and with its value if that has few numbers. It panics if y is nil.
//
// The text is the same whenever a graph is built in the same way.
func DOT(y *autograd.Node) string {
	if y == nil {
		fail("DOT", "the node is nil")
	}
	p := picture{labels: newLabels(y), value: ownValue}
	return p.draw(y)
}

// DOT returns the graph of the loss as the function DOT does, but with the gradient on each node, and
// with the local rule on each edge along which a gradient flows.
func (t *Trace) DOT() string {
	p := picture{labels: t.labels, value: t.value, trace: t, rules: map[*autograd.Node]map[int]string{}}
	for _, s := range t.Steps {
		p.rules[s.Node] = map[int]string{}
		for k := range s.Edges {
			e := &s.Edges[k]
			p.rules[s.Node][e.Input] = e.Formula(t.labels.gradient(s.Node), t.labels.name)
		}
	}
	return p.draw(t.Loss)
}

// ownValue returns y's value, or nil if a plan has used its memory for another value.
func ownValue(y *autograd.Node) (v *tensor.Tensor) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(*autograd.Error); !ok {
				panic(p)
			}
		}
	}()
	return y.Value()
}

type picture struct {
	labels labels
	value  func(y *autograd.Node) *tensor.Tensor
	trace  *Trace // nil if there are no gradients
	rules  map[*autograd.Node]map[int]string
}

func (p *picture) draw(y *autograd.Node) string {
	var s strings.Builder
	s.WriteString("digraph {\n\trankdir=LR\n")
	graph := autograd.Graph(y)
	id := map[*autograd.Node]int{}
	for i, x := range graph {
		id[x] = i + 1
		style := "box"
		switch {
		case x.Op() != nil:
			style = "box, style=rounded"
		case !x.NeedsGrad():
			style = "box, style=dashed"
		}
		fmt.Fprintf(&s, "\tn%d [shape=%s, label=%s]\n", id[x], style, quote(p.lines(x)...))
	}
	for _, y := range graph {
		for i := range y.NumInputs() {
			fmt.Fprintf(&s, "\tn%d -> n%d", id[y.Input(i)], id[y])
			if rule, ok := p.rules[y][i]; ok {
				fmt.Fprintf(&s, " [label=%s]", quote(rule))
			}
			s.WriteByte('\n')
		}
	}
	s.WriteString("}\n")
	return s.String()
}

// lines returns the lines of text on a node.
func (p *picture) lines(x *autograd.Node) []string {
	lines := []string{p.labels.of[x] + ": " + p.labels.kind(x)}
	if v := p.value(x); v != nil {
		lines = append(lines, shapeAndNumbers(v))
	}
	if p.trace != nil && x.NeedsGrad() {
		lines = append(lines, p.labels.gradient(x)+" = "+numbers(p.trace.Gradient(x)))
	}
	return lines
}

// kind returns the name of the operation that made x, or the kind of leaf that x is.
func (l *labels) kind(x *autograd.Node) string {
	if x.Op() != nil {
		return printable(x.Op().Name())
	}
	return l.made(x)
}

func shapeAndNumbers(v *tensor.Tensor) string {
	if v.Len() == 0 || v.Len() > fewNumbers {
		return numbers(v)
	}
	return fmt.Sprintf("%v = %s", v.Shape(), numbers(v))
}

// quote returns lines as one string of DOT. Backslashes and entities have a meaning in
// labels, so they are escaped.
func quote(lines ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`, "\n", `\n`, "\r", "")
	for i, s := range lines {
		lines[i] = escape.Replace(strings.ToValidUTF8(s, "\uFFFD"))
	}
	return `"` + strings.Join(lines, `\n`) + `"`
}
