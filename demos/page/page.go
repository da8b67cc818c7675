// Package page makes HTML pages of figures. A page opens from disk, offline: it contains
// its drawings, its style sheet and its script.
package page

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"regexp"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/walk"
)

// A Page has a title, which is also its heading, and figures.
type Page struct {
	Title   string
	Lead    template.HTML // the paragraph below the heading
	Opening []Section     // before the figures
	Figures []Figure
	Closing []Section
	Foot    template.HTML // sources
}

// A Section is text: paragraphs, a list, or a table.
type Section struct {
	ID, Title string
	Body      template.HTML
}

// A Figure is a section of a page: panels that a reader can play with, and text about them.
type Figure struct {
	Number int
	Title  string
	Text   []string // paragraphs
	Panels []Panel
	Facts  []Fact // beside the text
	// Formulas stand beside the text too. In them a_i and a_{ij} make subscripts, e^z a
	// superscript, {…}/{…} a fraction.
	Formulas []string
	Code     string        // Go that builds the network with the library; "" for none
	Python   string        // the same as the article does it, in NumPy; "" for none
	Body     template.HTML // above the panels: a Fragment of package walk, or a table; "" for none
	Links    []Link        // below the words
	// Kind is the part of the script that serves the figure: "" for none, "player"
	// or "descent". It gets Data as JSON.
	Kind string
	Data any
}

// A Panel is a single drawing on the page.
type Panel struct {
	Name    string // for the script and the style sheet
	Drawing *draw.Drawing
	Frame   int  // the frame shown at first
	Hidden  bool // until the script shows it
}

// A Fact is a line of a table: a setting or a result.
type Fact struct {
	Name, Value string
}

// A Link leads to a file beside the page.
type Link struct {
	Text, Address string
}

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed page.js
	pageJS string // what the other parts of the script use
	//go:embed player.js
	playerJS string
	//go:embed descent.js
	descentJS string
	//go:embed turntable.js
	turntableJS string
)

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"inline": func(p Panel) template.HTML { return template.HTML(p.Drawing.Inline(p.Frame)) },
	"words":  words,
	"math":   formula,
}).Parse(pageHTML))

// Render returns the page as HTML. The drawings are markup that package draw has escaped;
// everything else except Lead, Foot, and the Body of figures and sections is escaped here.
func (p Page) Render() ([]byte, error) {
	script := strings.Join([]string{walk.Script(), pageJS, playerJS, descentJS, turntableJS}, "\n") + "start();\n"
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, map[string]any{
		"Style":  template.CSS(draw.Style() + "\n" + pageCSS + walk.Style()), // the colours are walk's
		"Script": template.JS(script),
		"Page":   p,
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return b.Bytes(), nil
}

// Escaped returns a text as HTML, for a Lead or a Foot without markup.
func Escaped(text string) template.HTML { return template.HTML(template.HTMLEscapeString(text)) }

// lowered matches what becomes a subscript, as in package draw: the character or the {group} after a _.
var lowered = regexp.MustCompile(`_(?:\{([^{}]*)\}|([\pL\d]))`)

// words escapes a text, marks up its subscripts, and keeps a % on the line of its number.
func words(s string) template.HTML {
	s = strings.ReplaceAll(s, " %", "\u00a0%")
	return template.HTML(lowered.ReplaceAllString(template.HTMLEscapeString(s), "<sub>$1$2</sub>"))
}
