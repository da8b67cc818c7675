package walk

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io"
	"strings"

	"gentlegrad/autograd"
)

//go:embed colors.css
var colorsCSS string

//go:embed graph.css
var graphCSS string

//go:embed walk.css
var walkCSS string

//go:embed page.css
var pageCSS string

//go:embed address.js
var addressJS string

//go:embed walk.js
var walkJS string

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// Style is the style sheet of what Fragment returns, and Script its script. A page needs each once.
func Style() string { return colorsCSS + graphCSS + walkCSS }

// Script is the script of Fragment; scripts after it on a page can use its address functions too.
// Without it the page shows the graph, with all its numbers, and the steps as a table.
func Script() string { return addressJS + walkJS }

// WritePage writes the walk from a loss as a page, in a file of its own: the graph with its numbers,
// through which the reader steps, forward and back. The page needs no other files or network, and works
// without script and on paper. It shows nodes by their names, and of large tensors only a part. In small
// graphs whose context has no Rand, numerical derivatives with their error bounds stand beside the
// gradients. WritePage panics as [autograd.Backward] does.
func WritePage(w io.Writer, title string, loss *autograd.Node) error {
	b := NewBook("walk", title, New(loss), nil)
	return pageTemplate.Execute(w, map[string]any{
		"Title": title, "Style": template.CSS(pageCSS + Style()), "Script": template.JS(Script()), "Walk": Fragment(b),
	})
}

// SVG returns the graph of a book's first walk, as it is at a step, as a file of its own. It panics
// if there is no such step.
func (b *Book) SVG(step string) []byte {
	for k, s := range b.Walks[0].Steps {
		if s.ID == step {
			about := fmt.Sprintf(`<title>%s: %s</title><style>%s%s</style><rect class="paper" width="100%%" height="100%%"/>`, html.EscapeString(b.Title), html.EscapeString(s.Title+". "+s.Says), colorsCSS, graphCSS)
			return []byte(b.paint(0, k, `width="WIDTH" role="img"`, about))
		}
	}
	panic(fmt.Sprintf("walk: SVG: %s has no step %q", b.ID, step))
}

// Fragment returns a part of a page: one or more graphs, and the controls to step through them. The page
// must have Style and Script, and no other Fragment.
func Fragment(books ...*Book) template.HTML {
	var p strings.Builder
	p.WriteString(`<div class="books" role="group" aria-label="Walk">` + "\n")
	if len(books) > 1 {
		p.WriteString(`<fieldset class="chooser" hidden><legend>Graph</legend>` + "\n")
		for i, b := range books {
			checked := map[bool]string{true: " checked"}[i == 0]
			fmt.Fprintf(&p, `<label><input type="radio" name="graph" value="%s"%s><span>%s</span></label>`+"\n", b.ID, checked, html.EscapeString(b.Title))
		}
		p.WriteString("</fieldset>\n")
	}
	for _, b := range books {
		p.WriteString(b.section())
	}
	p.WriteString(controls)
	p.WriteString("</div>\n")
	return template.HTML(p.String())
}

// controls show the current step and change it. Only one of the buttons is a tab stop: the
// others have keys of their own.
const controls = `<div class="middle">
<div class="now" hidden>
<p class="head"><b class="what"></b> <span class="phase"></span></p>
<p class="say"></p>
<p class="formula"><span class="rule"></span> <span class="nums"></span></p>
<p class="sum"></p>
<p class="live" role="status"></p>
<dl><div><dt>By hand</dt><dd class="hand"></dd></div><div><dt>Numerical</dt><dd class="measured"></dd></div></dl>
</div>
<p class="key"><b>To read the graph.</b> A node shows its value and, below it, its gradient, marked ∂, or δ for a z. A round node is a leaf; for a dashed one no gradient is wanted. On its right, a node has a dot for each user, filled once that user has passed back its contribution. When all dots are filled, the sum is complete, and the walk may visit the node.</p>
</div>
<div class="bar" role="group" aria-label="Steps of the walk" hidden>
<button type="button" data-do="first" tabindex="-1" aria-keyshortcuts="Home" aria-label="First step">|◀</button>
<button type="button" data-do="back" tabindex="-1" aria-keyshortcuts="ArrowLeft" aria-label="Step back">◀</button>
<button type="button" data-do="play" aria-keyshortcuts="Space" aria-label="Play">Play</button>
<button type="button" data-do="next" tabindex="-1" aria-keyshortcuts="ArrowRight" aria-label="Step">▶</button>
<button type="button" data-do="last" tabindex="-1" aria-keyshortcuts="End" aria-label="Last step">▶|</button>
<input type="range" min="1" value="1" aria-label="Step">
<output></output>
</div>
<p class="keys" hidden>Arrow keys step, with Shift from node to node; Space plays; Home and End go to the first and last step. Click or tap a node to go to its visit. <button type="button" class="link" aria-expanded="false">All steps as a table</button></p>
`

// section returns the book's first walk, and the numbers of the others.
func (b *Book) section() string {
	first := b.walkHTML(0)
	if len(b.Walks) == 1 {
		return first + "</section>\n"
	}
	var all [][]string
	for k := range b.Walks {
		other := b.walkHTML(k)
		if skeleton(other) != skeleton(first) {
			panic("walk: internal error: the walks of " + b.ID + " are not alike")
		}
		all = append(all, numbersIn(other))
	}
	data, err := json.Marshal(newTable(all))
	if err != nil {
		panic("walk: internal error: " + err.Error())
	}
	return first + `<script type="application/json" class="numbers">` + string(data) + "</script>\n</section>\n"
}

func (b *Book) walkHTML(walk int) string {
	var o strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&o, format, args...) }
	class := "walk"
	if b.program == nil {
		class += " alone"
	}
	p("<section class=\"%s\" id=\"%s\" aria-label=\"%s\">\n", class, b.ID, html.EscapeString(b.Title))
	p("<div class=\"about\"><h3>%s</h3><p>%s</p>%s</div>\n", html.EscapeString(b.Title), html.EscapeString(b.About), b.choosers())
	m := b.mark(walk)
	if b.program != nil {
		b.left(&o, walk, m)
	}
	label := html.EscapeString(b.Title) + ": the recorded graph, left to right. All its steps are in a table."
	p("<div class=\"graph\" tabindex=\"0\" role=\"group\" aria-label=\"Graph: arrow keys step\">%s</div>\n", b.paint(walk, -1, `style="--w:calc(WIDTH*.0625rem)" role="img" aria-label="`+label+`"`, ""))
	b.code(&o, m)
	b.table(&o, walk)
	return o.String()
}

// choosers are for the observation and the state.
func (b *Book) choosers() string {
	if len(b.Walks) == 1 {
		return ""
	}
	var o strings.Builder
	o.WriteString(`<p class="which" hidden>`)
	for _, c := range []struct {
		label, name string
		options     []string
	}{{"Observation", "observation", b.Observations}, {"Parameters", "state", b.States}} {
		fmt.Fprintf(&o, `<label>%s <select data-which="%s">`, c.label, c.name)
		for i, s := range c.options {
			fmt.Fprintf(&o, `<option value="%d">%s</option>`, i, html.EscapeString(s))
		}
		o.WriteString("</select></label> ")
	}
	o.WriteString("</p>")
	return o.String()
}

// lights are the attributes of what is lit in some steps.
func lights(on, half []int) string {
	s := ""
	if len(on) > 0 {
		s += ` data-on="` + strings.Trim(fmt.Sprint(on), "[]") + `"`
	}
	if len(half) > 0 {
		s += ` data-half="` + strings.Trim(fmt.Sprint(half), "[]") + `"`
	}
	return s
}

// left writes the left book.
func (b *Book) left(o io.Writer, walk int, m *marks) {
	p := func(format string, args ...any) { fmt.Fprintf(o, format, args...) }
	p("<div class=\"left\"><h4 class=\"title\">By hand: the delta rules</h4>\n")
	if b.Again != "" {
		underlined := map[bool]string{true: " (underlined)"}[b.hasAgain(walk)]
		p("<p class=\"again\"><b>To be derived again</b>%s. %s</p>\n", underlined, html.EscapeString(b.Again))
	}
	step := ""
	for i, l := range b.Lines[walk] {
		if l.Step != step {
			if step != "" {
				p("</ol>\n")
			}
			step = l.Step
			p("<h5><b>%s</b> %s</h5><ol>\n", step, titles[step])
		}
		key := fmt.Sprintf("line %d", i)
		class := ""
		if l.Again {
			class = "new"
		}
		if !l.With.isEmpty() {
			class += " long"
		}
		p("<li class=\"%s\"%s><span class=\"r\">%s = %s</span> ", strings.TrimSpace(class), lights(m.on[key], m.half[key]), html.EscapeString(l.Name), html.EscapeString(l.Rule))
		if !l.With.isEmpty() {
			p("<span class=\"n\">= %s</span> ", l.With.HTML())
		}
		p("<span class=\"v\">= %s</span>", only(l.Value, graphDigits).HTML())
		if on := m.on[key]; l.Step != "I" && len(on) > 0 {
			gap := largestGap(l.Value, b.Walks[walk].byID(l.Node).Gradient)
			p(" <span class=\"ok\" data-from=\"%d\">%s</span>", on[0], text("walk differs by ").number(gap).HTML())
		}
		p("</li>\n")
	}
	if step != "" {
		p("</ol>\n<h5><b>IV</b> update</h5>")
		p("<p class=\"by\">w ← w − η ∂E/∂w: the optimiser’s work, no part of the walk.</p>")
	}
	p("</div>\n")
}

func (w *Walk) byID(id string) *Node {
	for i := range w.Nodes {
		if w.Nodes[i].ID == id {
			return &w.Nodes[i]
		}
	}
	panic("walk: internal error: there is no node " + id)
}

// traversal is the loop of backpropagate in package autograd, and what its method pass does for each input.
var traversal = []string{
	"for place := len(t.list) - 1; place >= 0; place-- {",
	"\ty, dy, into := t.list[place], s.dy(place), t.into[place]",
	"\tif dy == nil || len(into) == 0 {",
	"\t\tcontinue // ∂L/∂y is zero, or no wanted gradient depends on it",
	"\t}",
	"\tt.pass(s, y, dy, into)",
	"}",
	"",
	"for _, to := range into {",
	"\tif dx := y.op.VJP(y, to.input, dy); dx != nil {",
	"\t\ts.add(to.place, dx, …)",
	"\t}",
	"}",
}

// The lines of it at which a step is.
const (
	atVisit = 1
	atLeaf  = 3 // and where nothing has reached a node
	atSkip  = 8
	atAdd   = 10
)

// code writes the program and the traversal.
func (b *Book) code(o io.Writer, m *marks) {
	p := func(format string, args ...any) { fmt.Fprintf(o, format, args...) }
	title := "h4" // below the walk's
	if b.program == nil {
		title = "h2" // below that of the page, which is the walk's
	}
	p("<div class=\"source\">")
	line := func(key, code string) {
		depth := len(code) - len(strings.TrimLeft(code, "\t"))
		p("<span style=\"--in:%d\"%s>%s</span>\n", depth, lights(m.on[key], nil), html.EscapeString(strings.TrimLeft(code, "\t")))
	}
	if b.program != nil {
		p("<h4 class=\"title\">The program <small>records</small></h4><pre>")
		for i, l := range b.program {
			line(fmt.Sprintf("program %d", i), l.code)
		}
		p("</pre>")
	}
	p("<%[1]s class=\"title\">The traversal <small>walks: the same for every graph</small></%[1]s><pre>", title)
	for i, code := range traversal {
		line(fmt.Sprintf("code %d", i), code)
	}
	p("</pre><p class=\"vars\"></p></div>\n")
}

// table writes the steps, with everything that the script shows.
func (b *Book) table(o io.Writer, walk int) {
	p := func(format string, args ...any) { fmt.Fprintf(o, format, args...) }
	w := b.Walks[walk]
	p("<div class=\"all\"><table><caption>All %d steps: %s</caption><thead><tr><th scope=\"col\">Step</th><th scope=\"col\">What happens</th><th scope=\"col\">Rule and numbers</th>", len(w.Steps), html.EscapeString(b.Title))
	if b.Lines[walk] != nil {
		p("<th scope=\"col\">By hand</th>")
	}
	p("<th scope=\"col\">Numerical</th></tr></thead><tbody>\n")
	for i := range w.Steps {
		s := &w.Steps[i]
		node, class := "", ""
		if s.Node >= 0 {
			node = w.Nodes[s.Node].ID
		}
		if s.Kind == Pass && s.Part < s.Parts {
			class = "part"
		}
		id := html.EscapeString(b.ID + "/" + s.ID)
		address := strings.ReplaceAll(id, "%", "%25")
		p("<tr id=\"%s\" data-node=\"%s\" data-vars=\"%s\" data-phase=\"%s\" class=\"%s\"><th scope=\"row\"><a href=\"#%s\">%d</a></th>", id, html.EscapeString(node), html.EscapeString(s.Variables), b.phase(s), class, address, i+1)
		p("<td><b>%s.</b> <span class=\"says\">%s</span></td><td><span class=\"rule\">%s</span>", html.EscapeString(s.Title), html.EscapeString(s.Says), html.EscapeString(s.Rule))
		if !s.Value.isEmpty() {
			p(" <span class=\"nums\">= %s</span>", s.Value.HTML())
		}
		if !s.Sum.isEmpty() {
			p(" <span class=\"sum\">%s</span>", s.Sum.HTML())
		}
		p("</td>")
		if b.Lines[walk] != nil {
			p("<td class=\"hand\">%s</td>", b.byHand(walk, s).HTML())
		}
		p("<td class=\"measured\">%s</td></tr>\n", b.numerically(walk, s).HTML())
	}
	p("</tbody></table></div>\n")
}

// phase says which of the article's steps it is.
func (b *Book) phase(s *Step) string {
	switch {
	case s.Kind == Leaves:
		return ""
	case b.program == nil:
		return map[bool]string{true: "forward", false: "backward"}[s.Kind == Record]
	case s.Kind == Record:
		return "I forward"
	}
	return "II and III, one walk"
}

// HTML is the expression as HTML: numbers are in i elements, and a matrix is a grid. Its parentheses and
// semicolons are invisible, but are read aloud and copied.
func (e Expression) HTML() string {
	return e.write(func(m matrix, bracket bool) string {
		if m.isScalar() {
			return "<i>" + bracketed(m.cells[0][0], bracket) + "</i>"
		}
		columns := 0
		if len(m.cells) > 0 {
			columns = len(m.cells[0])
		}
		var s strings.Builder
		fmt.Fprintf(&s, `<span class="m c%d"><u>(</u>`, columns)
		for r, row := range m.cells {
			for c, number := range row {
				switch {
				case c > 0:
					s.WriteString(" ")
				case r > 0:
					s.WriteString("<u>; </u>")
				}
				s.WriteString("<i>" + number + "</i>")
			}
		}
		s.WriteString("<u>)</u></span>")
		return s.String()
	}, html.EscapeString)
}
