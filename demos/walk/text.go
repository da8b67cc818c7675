package walk

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// WriteText writes one of a book's walks, counted from 0, as text: first what is derived by hand, then
// the walk step by step, beside the results of the rules by hand and of numerical derivatives. It
// returns the first error of out.
func (b *Book) WriteText(out io.Writer, walk int) error {
	w := bufio.NewWriter(out) // keeps its first error
	if b.About != "" {
		paragraph(w, "", b.About)
	}
	b.writeLines(w, walk)
	fmt.Fprintf(w, "\nThe walk\n")
	for i := range b.Walks[walk].Steps {
		s := &b.Walks[walk].Steps[i]
		fmt.Fprintf(w, "\n%3d  %s\n", i+1, s.Title)
		paragraph(w, "     ", s.Says)
		formula(w, s.Rule, s.Value)
		if !s.Sum.isEmpty() {
			paragraph(w, "       ", s.Sum.String())
		}
		if e := b.byHand(walk, s); !e.isEmpty() {
			paragraph(w, "     by hand    ", e.String())
		}
		if e := b.numerically(walk, s); !e.isEmpty() {
			paragraph(w, "     numerical  ", e.String())
		}
	}
	return w.Flush()
}

// titles are the article's steps.
var titles = map[string]string{"I": "forward", "II": "errors back", "III": "gradients"}

func (b *Book) writeLines(w io.Writer, walk int) {
	if b.Again != "" {
		fmt.Fprintln(w)
		paragraph(w, "", "To be derived again by hand: "+b.Again)
	}
	if b.Lines[walk] == nil {
		return
	}
	fmt.Fprintf(w, "\nBy hand")
	if b.Again != "" && b.hasAgain(walk) {
		fmt.Fprintf(w, " (* to be derived again)")
	}
	fmt.Fprintln(w)
	step := ""
	for _, l := range b.Lines[walk] {
		if l.Step != step {
			step = l.Step
			fmt.Fprintf(w, "\n%-3s  %s\n", step, titles[step])
		}
		mark := " "
		if l.Again {
			mark = "*"
		}
		numbers := l.With
		numbers.digits = graphDigits
		formula(w, mark+" "+l.Name+" = "+l.Rule, numbers.equals(l.Value))
	}
}

func (b *Book) hasAgain(walk int) bool {
	return slices.ContainsFunc(b.Lines[walk], func(l Line) bool { return l.Again })
}

// formula writes a rule, and the same with numbers.
func formula(w io.Writer, rule string, numbers Expression) {
	if numbers.isEmpty() {
		paragraph(w, "     ", rule)
		return
	}
	paragraph(w, "     ", rule+" = "+numbers.String())
}

const lineWidth = 100

// paragraph writes text in lines that are not too long, all aligned with the beginning of the first.
func paragraph(w io.Writer, start, text string) {
	line := start
	indent := strings.Repeat(" ", utf8.RuneCountInString(start)) + "  "
	if strings.TrimSpace(start) == "" {
		indent = start
		if strings.Contains(text, " = ") {
			indent += "  "
		}
	}
	width := utf8.RuneCountInString(line)
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case width+1+n > lineWidth:
			fmt.Fprintln(w, line)
			line, width = indent, utf8.RuneCountInString(indent)
		default:
			line, width = line+" ", width+1
		}
		line, width = line+word, width+n
	}
	fmt.Fprintln(w, line)
}
