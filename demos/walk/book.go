package walk

import (
	"fmt"
	"slices"
)

// A Book shows a graph: a walk for each observation in each state, all with the same steps, and the
// rules by hand beside them.
type Book struct {
	ID, Title, About, Again string
	States, Observations    []string // of the walks: those of the first state, then those of the second, …

	Walks   []*Walk
	Lines   [][]Line // of each walk; nil without rules by hand
	program []codeLine
	numbers [][]*Numerical // of each walk, by node
}

// NewBook returns a book of one walk, with rules by hand beside it; nil for none.
func NewBook(id, title string, w *Walk, lines []Line) *Book {
	b := &Book{ID: id, Title: title}
	b.add(w, lines)
	return b
}

// add adds a walk and the rules by hand for it.
func (b *Book) add(w *Walk, lines []Line) {
	b.Walks, b.Lines = append(b.Walks, w), append(b.Lines, lines)
	var all []*Numerical
	for i := range w.Nodes {
		var n *Numerical
		if w.Nodes[i].Gradient != nil && i < len(w.Nodes)-1 {
			n = w.numerical(i)
		}
		all = append(all, n)
	}
	b.numbers = append(b.numbers, all)
}

// line returns the index of the line about a node, in step II or III, among the lines of a walk, or −1.
func (b *Book) line(walk, node int) int {
	id := b.Walks[walk].Nodes[node].ID
	return slices.IndexFunc(b.Lines[walk], func(l Line) bool { return l.Step != "I" && l.Node == id })
}

// complete returns the node whose gradient a step changes or uses, and whether that gradient
// is complete after the step.
func (s *Step) complete() (node int, ok bool) {
	switch s.Kind {
	case Visit:
		return s.Node, true
	case Pass:
		return s.To, s.Part == s.Parts
	}
	return -1, false
}

// byHand says what the rules by hand give for the gradient of a step, beside the walk's.
func (b *Book) byHand(walk int, s *Step) Expression {
	node, ok := s.complete()
	switch {
	case b.Lines[walk] == nil || node == len(b.Walks[walk].Nodes)-1:
		return Expression{}
	case !ok && s.Kind == Pass:
		return text(fmt.Sprintf("part %d of %d: nothing to compare yet", s.Part, s.Parts))
	case !ok:
		return Expression{}
	}
	i := b.line(walk, node)
	if i < 0 {
		return text("no rule of its own")
	}
	l := &b.Lines[walk][i]
	return put(l.Name + " = " + l.Rule + ": differs by ").number(largestGap(l.Value, b.Walks[walk].Nodes[node].Gradient))
}

// numerically says what the numerical gradient is, beside the walk's.
func (b *Book) numerically(walk int, s *Step) Expression {
	node, ok := s.complete()
	if !ok || b.numbers[walk][node] == nil {
		return Expression{}
	}
	n := b.numbers[walk][node]
	e := only(n.Gradient, stepDigits)
	e.form += " ± "
	e = e.number(n.Bound)
	e.form += ": differs by "
	return e.number(largestGap(n.Gradient, b.Walks[walk].Nodes[node].Gradient))
}
