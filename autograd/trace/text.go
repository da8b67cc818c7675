package trace

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// String returns the backward pass as text for a terminal. For each step it shows the node with its
// value and gradient, and for each edge the local rule, the rule with numbers, and its result; where a
// node gets several contributions, also their sum so far. Of a tensor of many numbers it shows the
// shape and the first numbers.
func (t *Trace) String() string {
	var s strings.Builder
	for i := range t.Steps {
		fmt.Fprintf(&s, "step %d\n", i+1)
		t.write(&s, &t.Steps[i])
	}
	return s.String()
}

// write writes the table of a step.
func (t *Trace) write(s *strings.Builder, step *Step) {
	w := tabwriter.NewWriter(s, 0, 0, 2, ' ', 0)
	defer w.Flush()
	add := func(left, right string) { fmt.Fprintf(w, "  %s\t%s\n", left, right) }

	y, dy := step.Node, t.labels.gradient(step.Node)
	name := t.labels.of[y] + " = " + t.labels.made(y)
	if y.Op() == nil {
		name = t.labels.of[y] + ", a " + t.labels.made(y)
	}
	add(name, numbers(t.value(y)))
	add(dy, numbers(step.Gradient))
	for k := range step.Edges {
		e := &step.Edges[k]
		add("→ "+t.labels.of[e.To]+": "+e.Formula(dy, t.labels.name), t.withNumbers(e, step.Gradient)+numbers(e.Contribution))
		if e.Parts > 1 {
			sum := numbers(e.After)
			if e.Before != nil {
				sum = operand(e.Before) + " + " + operand(e.Contribution) + " = " + sum
			}
			add(fmt.Sprintf("  %s, %d of %d", t.labels.gradient(e.To), e.Part, e.Parts), sum)
		}
	}
}

// withNumbers returns the rule of an edge with numbers, followed by "= ", or "" if there are too many
// numbers.
func (t *Trace) withNumbers(e *Edge, dy *tensor.Tensor) string {
	many := dy.Len() > fewNumbers
	for i := range e.From.NumInputs() {
		many = many || e.From.Input(i).Value().Len() > fewNumbers
	}
	switch {
	case many || e.Contribution == nil:
		return ""
	case e.Slope != nil: // upstream × local
		product := operand(dy) + " × " + operand(e.Slope)
		if e.Summed {
			product = "Σ(" + product + ")"
		}
		return product + " = "
	case e.formula == "VJP"+subscript(e.Input)+"($d)" || e.formula == "$d" && !e.Summed:
		return ""
	}
	return e.Formula(operand(dy), func(x *autograd.Node) string { return operand(t.value(x)) }) + " = "
}
