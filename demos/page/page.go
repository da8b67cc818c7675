// Package page makes HTML pages of figures: each opens from disk, offline, and holds
// its drawings, its style sheet and its script.
package page

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"regexp"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/walk"
)

// A Page has a title, which is its heading too, and figures.
type Page struct {
	Title   string
	Lead    template.HTML // the paragraph below the heading
	Opening []Section     // before the figures
	Figures []Figure
	Closing []Section
	Foot    template.HTML // where things are from
}

// A Section is words: a paragraph or several, a list, or a table.
type Section struct {
	ID, Title string
	Body      template.HTML
}

// A Figure is a section of a page: panels that a reader can play with, words beside them.
type Figure struct {
	Number int
	Title  string
	Text   []string // paragraphs
	Panels []Panel
	Facts  []Fact // beside the text
	// Formulas stand beside the text too: a_i and a_{ij} for what is lowered, e^z for what is raised, {…}/{…} for a
	// fraction.
	Formulas []string
	Code     string        // Go that builds the network with the library; "" for none
	Python   string        // the same as the article does it, in NumPy; "" for none
	Body     template.HTML // above the panels: a fragment of package walk, or a table; "" for none
	Links    []Link        // below the words
	// Kind is the part of the script that serves the figure: "" for none, "player"
	// or "descent". It gets Data as JSON.
	Kind string
	Data any
}

// A Panel is a drawing that stands on the page by itself.
type Panel struct {
	Name    string // for the script and the style sheet
	Drawing *draw.Drawing
	Frame   int // the one shown at first
}

// A Fact is a line of a table: a setting or a result.
type Fact struct {
	Name, Value string
}

// A Link leads to a file beside the page.
type Link struct {
	Text, Address string
}

//go:embed page.html page.css *.js
var files embed.FS

var pageTemplate = template.Must(template.New("page.html").Funcs(template.FuncMap{
	"inline": func(p Panel) template.HTML { return template.HTML(p.Drawing.Inline(p.Frame)) },
	"words":  words,
	"math":   formula,
}).ParseFS(files, "page.html"))

// Render returns the page as HTML. The drawings are markup that package draw has escaped; all
// the rest but Lead, Foot and Body is escaped here.
func (p Page) Render() ([]byte, error) {
	css, err := files.ReadFile("page.css")
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	script, err := scripts()
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	var b bytes.Buffer
	err = pageTemplate.Execute(&b, map[string]any{
		"Style":  template.CSS(draw.Style() + "\n" + string(css) + walk.Style()),
		"Script": template.JS(script),
		"Page":   p,
	})
	if err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	return b.Bytes(), nil
}

// lowered matches what package draw lowers: the character or the {group} after a _.
var lowered = regexp.MustCompile(`_(?:\{([^{}]*)\}|([\pL\d]))`)

// words escapes a text and marks up its subscripts.
func words(s string) template.HTML {
	return template.HTML(lowered.ReplaceAllString(template.HTMLEscapeString(s), "<sub>$1$2</sub>"))
}

// scripts returns the parts of the script, one after another: first page.js, which the
// others register with.
func scripts() (string, error) {
	script := ""
	for _, name := range []string{"page.js", "player.js", "descent.js"} {
		part, err := files.ReadFile(name)
		if err != nil {
			return "", err
		}
		script += string(part) + "\n"
	}
	return script + "start();\n" + walk.Script(), nil
}
