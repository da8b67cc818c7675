// Package figures draws the article's figures: as files, and as parts of a page that
// a reader can play with. What is drawn comes from the library: networks are real
// layers, derivatives and surfaces are values of graph nodes, trainings are runs.
package figures

import "gentlegrad/demos/draw"

// A Figure is one of the article's figures: panels for a page, and a file of its own.
type Figure struct {
	Number int
	Title  string
	Text   []string // paragraphs
	Panels []Panel
	Facts  []Fact // beside the panels
	Code   string // Go that builds the network with the library; "" for none

	// Kind is the part of the page's script that serves the figure: "" for none,
	// "player", "descent" or "steps". It gets Data as JSON.
	Kind string
	Data any

	SVG []byte // the file
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
