package walk

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

// The sizes in a node's card, in pixels.
const (
	rowH   = 18.0
	headH  = 21.0
	padH   = 5.0
	kindW  = 6.3 // of a letter of the operation
	nameW  = 9.0
	numGap = 8.0
)

// A span is a range of steps in which something is shown: from one step until before another;
// until 0 means to the end.
type span struct{ from, until int }

// marks says what is lit in which steps.
type marks struct {
	on, half map[string][]int
	value    []int       // of a node: from when its value is known
	slots    [][]int     // of a node: the steps in which its gradient changes
	paid     map[Use]int // the step from which on the user has passed its contribution
}

// mark makes the marks of a walk's steps.
func (b *Book) mark(walk int) *marks {
	w := b.Walks[walk]
	m := &marks{on: map[string][]int{}, half: map[string][]int{}, value: make([]int, len(w.Nodes)), slots: make([][]int, len(w.Nodes)), paid: map[Use]int{}}
	for k := range w.Steps {
		s := &w.Steps[k]
		lit := func(format string, args ...any) {
			key := fmt.Sprintf(format, args...)
			m.on[key] = append(m.on[key], k)
		}
		if s.Node >= 0 {
			lit("node %d", s.Node)
		}
		switch s.Kind {
		case Leaves:
			for i, n := range w.Nodes {
				if !n.Op {
					lit("node %d", i)
				}
			}
			continue
		case Record:
			m.value[s.Node] = k
			lit("program %d", b.codeOf(w, s.Node))
			for i := range w.Nodes[s.Node].Inputs {
				lit("forward %v", Use{s.Node, i})
			}
			for i, l := range b.Lines[walk] {
				if l.Step == "I" && l.Node == w.Nodes[s.Node].ID {
					lit("line %d", i)
				}
			}
			continue
		case Visit:
			if s.Node == len(w.Nodes)-1 {
				m.slots[s.Node] = []int{k}
			}
			lit("code %d", map[bool]int{true: atVisit, false: atLeaf}[w.Nodes[s.Node].Op])
		case Pass:
			lit("code %d", atAdd)
			lit("gets %d", s.To)
			lit("back %v", Use{s.Node, s.Input})
			m.slots[s.To] = append(m.slots[s.To], k)
			m.paid[Use{s.Node, s.Input}] = k
			if i := b.line(walk, s.To); i >= 0 && s.Part < s.Parts {
				key := fmt.Sprintf("line %d", i)
				m.half[key] = append(m.half[key], k)
			} else if i >= 0 && !w.Nodes[s.To].Op {
				lit("line %d", i)
			}
		case Skip:
			at := atSkip // no gradient is wanted
			if w.Nodes[s.To].Gradient != nil {
				at = atLeaf
			}
			lit("code %d", at)
		}
		if i := b.line(walk, s.Node); i >= 0 { // stays lit while the node is visited
			lit("line %d", i)
		}
	}
	return m
}

// codeOf returns the line of the program that makes a node, or −1.
func (b *Book) codeOf(w *Walk, node int) int {
	for _, n := range w.Nodes[node:] {
		for i, l := range b.program {
			if l.node == n.ID {
				return i
			}
		}
	}
	return -1
}

// A painter writes the graph of a book as SVG. If at is a step, the graph is as it is in that step; if
// at is −1, it is as it is at the end, with everything that is computed.
type painter struct {
	strings.Builder
	walk *Walk
	*marks
	*layout
	cells []float64 // the width of a number in each node
	at    int
}

func (p *painter) write(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// class returns the attributes of an element that is lit in some steps.
func (p *painter) class(name string, on []int) string {
	if slices.Contains(on, p.at) {
		name += " on"
	}
	return fmt.Sprintf(` class="%s"`, name) + lights(on, nil)
}

// seen returns the attributes of an element that is seen in a span.
func (p *painter) seen(name string, s span) string {
	until := ""
	if s.until > 0 {
		until = fmt.Sprintf(` data-until="%d"`, s.until)
		name += " partial"
	}
	at := p.at
	if at < 0 {
		at = len(p.walk.Steps) - 1
	}
	if at < s.from || s.until > 0 && at >= s.until {
		name += " off"
	}
	return fmt.Sprintf(` class="%s" data-from="%d"%s`, strings.TrimSpace(name), s.from, until)
}

// paint returns the SVG of a walk's graph, with enough room for the numbers of all walks. attributes are
// those of the svg element, and extra comes first in it.
func (b *Book) paint(walk, at int, attributes, extra string) string {
	p := &painter{walk: b.Walks[walk], marks: b.mark(walk), at: at}
	var sizes []box
	for i := range p.walk.Nodes {
		n := &p.walk.Nodes[i]
		width := 0.0
		for _, w := range b.Walks {
			width = max(width, w.widest(i))
		}
		p.cells = append(p.cells, width+numGap)
		m := newMatrix(n.Value, graphDigits)
		rows, columns := float64(len(m.cells)), 0.0
		if rows > 0 {
			columns = float64(len(m.cells[0]))
		}
		size := box{w: float64(columns*p.cells[i]) + 18, h: headH + rows*rowH + padH}
		if n.Gradient != nil {
			size.h += rows*rowH + 2
		}
		size.w = max(size.w, float64(nameW*float64(len([]rune(n.Name))))+float64(kindW*float64(len([]rune(n.label()))))+28)
		sizes = append(sizes, size)
	}
	p.layout = arrange(p.walk.Nodes, sizes)
	height := p.height
	if at >= 0 {
		height += captionH
	}
	p.write(`<svg xmlns="http://www.w3.org/2000/svg" class="wg" viewBox="0 0 %.0f %.0f" %s>%s`, p.width, height, strings.ReplaceAll(attributes, "WIDTH", fmt.Sprintf("%.0f", p.width)), extra)
	for i := range p.walk.Nodes {
		for _, u := range p.walk.Nodes[i].Users {
			p.edge(u)
		}
	}
	for i := range p.walk.Nodes {
		p.card(i)
	}
	if at >= 0 {
		p.caption(&p.walk.Steps[at])
	}
	p.write("</svg>")
	return p.String()
}

const captionH = 76.0

// caption writes what happens in a step below the graph.
func (p *painter) caption(s *Step) {
	for k, line := range []string{s.Title + ". " + s.Says, s.Rule + " = " + s.Value.String(), s.Sum.String()} {
		class := map[bool]string{true: "name", false: "said"}[k == 1]
		p.write(`<text class="%s" x="%.0f" y="%.1f">%s</text>`, class, margin, p.height+12+22*float64(k), html.EscapeString(line))
	}
}

// label returns the kind of a node, with its shape unless all its numbers are shown.
func (n *Node) label() string {
	if m := newMatrix(n.Value, graphDigits); m.rows > mostRows || m.columns > mostColumns {
		return fmt.Sprintf("%s %d×%d", n.Kind, m.rows, m.columns)
	}
	return n.Kind
}

// widest returns the width of the widest number that node i ever shows.
func (w *Walk) widest(i int) float64 {
	width := 0.0
	measure := func(m matrix) {
		for _, row := range m.cells {
			for _, s := range row {
				width = max(width, textWidth(s))
			}
		}
	}
	n := &w.Nodes[i]
	measure(newMatrix(n.Value, graphDigits))
	if n.Gradient != nil {
		measure(newMatrix(n.Gradient, graphDigits))
	}
	for k := range w.Steps {
		if s := &w.Steps[k]; s.Kind == Pass && s.To == i {
			measure(newMatrix(s.After, graphDigits))
		}
	}
	return width
}

// textWidth estimates the width of a number at 13 pixels, in a wide font.
func textWidth(s string) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			w += 8.3
		case r == '−', r == '…', r == '∞':
			w += 10.9
		default:
			w += 5.2
		}
	}
	return w
}

// edge draws the edge forward to a use, and on it the one back.
func (p *painter) edge(u Use) {
	way := p.routes[u]
	first, last := way[0], way[len(way)-1]
	p.write(`<g%s><path d="%s"/><path class="tip" d="M%.1f %.1fl-7 -3.5v7z"/></g>`, p.class("edge", p.on[fmt.Sprintf("forward %v", u)]), path(way, 4, 6), last.to, last.y)
	if from, ok := p.paid[u]; ok {
		back := p.class("back", p.on[fmt.Sprintf("back %v", u)])
		p.write(`<g%s><path%s d="%s"/><path class="tip" d="M%.1f %.1fl11 -6v12z"/><text x="%.1f" y="%.1f">+=</text></g>`,
			back, p.seen("paid", span{from: from}), path(way, 4, 6), first.from+5, first.y, first.from+9, first.y-9)
	}
}

// path returns the path of an edge, a little shorter at each end.
func path(way []stretch, start, end float64) string {
	var s strings.Builder
	for i, w := range way {
		from, to := w.from, w.to
		if i == 0 {
			from, to = min(from+start, max(to, from+start)), max(to, from+start)
			fmt.Fprintf(&s, "M%.1f %.1f", from, w.y)
		} else {
			before := way[i-1]
			x0 := before.to
			if i == 1 {
				x0 = max(x0, before.from+start)
			}
			bend := (from - x0) / 2
			if i == len(way)-1 {
				to -= end
				from = min(from, to)
			}
			fmt.Fprintf(&s, "C%.1f %.1f %.1f %.1f %.1f %.1f", x0+bend, before.y, from-bend, w.y, from, w.y)
		}
		fmt.Fprintf(&s, "H%.1f", to)
	}
	return s.String()
}

func (p *painter) card(i int) {
	n, b := &p.walk.Nodes[i], p.boxes[i]
	class, rx := "node op", 4.0
	if !n.Op {
		class, rx = "node "+strings.TrimSpace("leaf "+map[bool]string{true: "const"}[n.Gradient == nil]), 12
	}
	p.write(`<g%s data-go="%s">`, p.class(class, p.on[fmt.Sprintf("node %d", i)]), html.EscapeString(n.ID))
	if on := p.on[fmt.Sprintf("gets %d", i)]; len(on) > 0 {
		p.write(`<rect%s x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.0f"/>`, p.class("gets", on), b.x-4, b.y-4, b.w+8, b.h+8, rx+3)
	}
	p.write(`<rect class="card" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="%.0f"/>`, b.x, b.y, b.w, b.h, rx)
	p.write(`<path class="here" d="M%.1f %.1fl-7 -9h14z"/>`, b.x+b.w/2, b.y-3)
	p.write(`<text class="name" x="%.1f" y="%.1f">%s</text><text class="kind" x="%.1f" y="%.1f">%s</text>`,
		b.x+8, b.y+15, html.EscapeString(n.Name), b.x+b.w-8, b.y+15, html.EscapeString(n.label()))
	value := newMatrix(n.Value, graphDigits)
	y, h := b.y+headH, float64(len(value.cells))*rowH
	p.write(`<rect class="value" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/><g%s>`, b.x+2.5, y, b.w-5, h, p.seen("", span{from: p.value[i]}))
	p.numbers(i, value, y)
	p.write(`</g>`)
	if n.Gradient != nil {
		p.gradient(i, y+h+2, h)
	}
	p.write("</g>\n")
}

// numbers writes a matrix into the card of node i.
func (p *painter) numbers(i int, m matrix, y float64) {
	b := p.boxes[i]
	for r, row := range m.cells {
		for c, s := range row {
			p.write(`<text class="num" x="%.1f" y="%.1f">%s</text>`, b.x+b.w-7-float64(float64(len(row)-1-c)*p.cells[i]), y+float64(r)*rowH+13, s)
		}
	}
}

// gradient draws the slot in which the gradient of node i gathers, and a dot for each use, filled once
// its contribution is there.
func (p *painter) gradient(i int, y, h float64) {
	n, b := &p.walk.Nodes[i], p.boxes[i]
	letter := "∂"
	if n.Delta {
		letter = "δ"
	}
	p.write(`<rect class="slot" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/><text class="sign" x="%.1f" y="%.1f">%s</text>`, b.x+2.5, y, b.w-5, h, b.x+6, y+13, letter)
	for k, from := range p.slots[i] {
		s := span{from: from}
		if k+1 < len(p.slots[i]) {
			s.until = p.slots[i][k+1]
		}
		sum := n.Gradient
		if step := &p.walk.Steps[from]; step.Kind == Pass {
			sum = step.After
		}
		p.write(`<g%s><rect class="full" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/><text class="sign" x="%.1f" y="%.1f">%s</text>`,
			p.seen("sum", s), b.x+2.5, y, b.w-5, h, b.x+6, y+13, letter)
		p.numbers(i, newMatrix(sum, graphDigits), y)
		p.write(`</g>`)
	}
	for _, u := range n.Users {
		at := p.routes[u][0]
		p.write(`<circle class="port" cx="%.1f" cy="%.1f" r="4"/>`, at.from, at.y)
		if from, ok := p.paid[u]; ok {
			p.write(`<circle%s cx="%.1f" cy="%.1f" r="4"/>`, p.seen("paid", span{from: from}), at.from, at.y)
		}
	}
}
