package draw

import (
	"fmt"
	"slices"
	"strings"
)

// A Node is an element of a drawing: a group, to which more elements can be
// added, or a shape. The methods that set something return the node itself.
type Node struct {
	drawing *Drawing
	tag     string
	id      string // of elements that have tracks, and of clip paths
	attrs   []attr
	kids    []*Node
	text    []string // of text: one marked-up string, or a plain one per frame
}

// attr has one value, or one for each frame.
type attr struct {
	name   string
	values []string
}

func (a attr) at(frame int) string { return a.values[min(frame, len(a.values)-1)] }

func (n *Node) add(tag string) *Node {
	kid := &Node{drawing: n.drawing, tag: tag}
	n.kids = append(n.kids, kid)
	return kid
}

// Set gives an attribute one value, or one for each frame of the drawing. It
// replaces what was set before. It panics if there is no value, if there is
// more than one and the drawing has another number of frames, if a value has
// NaN or Inf in it, and if a track has no SMIL equivalent: "transform" (move
// d, x or cx instead) and values with a semicolon.
func (n *Node) Set(name string, values ...string) *Node {
	values = n.frames(name, values)
	for k, v := range values {
		if name == "d" && v == "" { // SMIL has no empty values
			values[k] = "m0 0"
		}
		if strings.Contains(v, "NaN") || strings.Contains(v, "Inf") {
			panic(fmt.Sprintf("draw: Set: %s=%q is not finite", name, v))
		}
		if len(values) > 1 && (name == "transform" || strings.Contains(v, ";")) {
			panic(fmt.Sprintf("draw: Set: %s=%q cannot be animated", name, v))
		}
	}
	i := slices.IndexFunc(n.attrs, func(a attr) bool { return a.name == name })
	if i < 0 {
		i = len(n.attrs)
		n.attrs = append(n.attrs, attr{name: name})
	}
	n.attrs[i].values = values
	return n
}

// frames checks the number of values, and returns one value when all are equal.
func (n *Node) frames(name string, values []string) []string {
	d := n.drawing
	switch {
	case len(values) == 0:
		panic(fmt.Sprintf("draw: Set: no value for %s", name))
	case len(values) == 1:
		return slices.Clone(values)
	case d.frames > 0 && len(values) != d.frames:
		panic(fmt.Sprintf("draw: Set: %d values for %s in a drawing of %d frames", len(values), name, d.frames))
	}
	d.frames = len(values)
	if !slices.ContainsFunc(values, func(v string) bool { return v != values[0] }) {
		return []string{values[0]}
	}
	if n.id == "" {
		n.id = d.newID("")
	}
	return slices.Clone(values)
}

// SetNum is Set for numbers, written as [Num] does.
func (n *Node) SetNum(name string, values ...float64) *Node {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = Num(v)
	}
	return n.Set(name, texts...)
}

// Stroke sets how the outline is drawn, and no fill if none is set yet.
func (n *Node) Stroke(s Stroke) *Node {
	s = s.filled()
	if !slices.ContainsFunc(n.attrs, func(a attr) bool { return a.name == "fill" }) {
		n.Fill("none")
	}
	n.Set("stroke", s.Color).SetNum("stroke-width", s.Width)
	if s.Dash != "" {
		n.Set("stroke-dasharray", s.Dash)
	}
	return n
}

// Fill sets the colour of the inside, one or one for each frame.
func (n *Node) Fill(colors ...string) *Node { return n.Set("fill", colors...) }

// Class sets the element's class, for the style sheet of a page.
func (n *Node) Class(name string) *Node { return n.Set("class", name) }

// Opacity sets the opacity in [0, 1], one or one for each frame.
func (n *Node) Opacity(values ...float64) *Node { return n.SetNum("opacity", values...) }

// Group adds a group.
func (n *Node) Group() *Node { return n.add("g") }

// Path adds a path of SVG path data, such as a [Pen] writes, one or one for
// each frame.
func (n *Node) Path(d ...string) *Node { return n.add("path").Set("d", d...) }

// Polyline adds an open line through the points, in pixels. It breaks where a
// coordinate is not finite. It panics if there are not as many x as y.
func (n *Node) Polyline(xs, ys []float64) *Node {
	mustMatch("Polyline", len(xs), len(ys))
	return n.Path(linePath(xs, ys)).Stroke(Stroke{})
}

// Circle adds a circle around (x, y) with radius r, in pixels.
func (n *Node) Circle(x, y, r float64) *Node {
	return n.add("circle").SetNum("cx", x).SetNum("cy", y).SetNum("r", r)
}

// Rect adds a rectangle, in pixels.
func (n *Node) Rect(b Box) *Node {
	r := n.add("rect").SetNum("x", b.X).SetNum("y", b.Y)
	return r.SetNum("width", b.W).SetNum("height", b.H)
}

// Line adds a line from (x1, y1) to (x2, y2), in pixels.
func (n *Node) Line(x1, y1, x2, y2 float64) *Node {
	l := n.add("line").SetNum("x1", x1).SetNum("y1", y1)
	return l.SetNum("x2", x2).SetNum("y2", y2).Stroke(Stroke{})
}

// clip returns a clip path, to which a shape is added: what is outside it, in pixels of this node's
// children, does not show.
func (n *Node) clip() *Node {
	clip := &Node{drawing: n.drawing, tag: "clipPath", id: n.drawing.newID("c")}
	n.drawing.defs = append(n.drawing.defs, clip)
	n.Set("clip-path", "url(#"+clip.id+")")
	return clip
}

// moves reports whether the element itself has a track.
func (n *Node) moves() bool {
	return len(n.text) > 1 || slices.ContainsFunc(n.attrs, func(a attr) bool { return len(a.values) > 1 })
}

func (n *Node) tracks(to []Track) []Track {
	for _, a := range n.attrs {
		if len(a.values) > 1 {
			to = append(to, Track{n.id, a.name, a.values})
		}
	}
	if len(n.text) > 1 {
		to = append(to, Track{n.id, "text", n.text})
	}
	for _, kid := range n.kids {
		to = kid.tracks(to)
	}
	return to
}
