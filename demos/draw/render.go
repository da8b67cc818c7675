package draw

import (
	"bytes"
	"encoding/xml"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A writer writes nodes as XML: one frame, or all of them when it has a clock.
type writer struct {
	b     *bytes.Buffer
	frame int    // to show; the last one when there is a clock
	ids   bool   // give ids to moving elements
	clock *clock // nil unless animated
}

// A clock says when each frame begins, as a fraction of the animation.
type clock struct {
	dur   string
	begin []string
}

func newClock(frames int, frame, hold time.Duration) *clock {
	total := time.Duration(frames)*frame + hold
	c := &clock{dur: strconv.FormatFloat(total.Seconds(), 'f', -1, 64) + "s"}
	for k := range frames {
		at := float64(k) * float64(frame) / float64(total)
		s := strconv.FormatFloat(at, 'f', 5, 64)
		c.begin = append(c.begin, strings.TrimRight(strings.TrimRight(s, "0"), "."))
	}
	c.begin[0] = "0"
	return c
}

func (w *writer) open(tag string, attrs ...string) {
	w.b.WriteByte('<')
	w.b.WriteString(tag)
	for i := 0; i < len(attrs); i += 2 {
		w.attr(attrs[i], attrs[i+1])
	}
}

func (w *writer) attr(name, value string) {
	w.b.WriteByte(' ')
	w.b.WriteString(name)
	w.b.WriteString(`="`)
	w.escape(value)
	w.b.WriteByte('"')
}

// escape writes text; characters that XML does not allow become U+FFFD.
func (w *writer) escape(s string) {
	xml.EscapeText(w.b, []byte(s)) // a bytes.Buffer returns no error
}

func (w *writer) element(tag, id, text string) {
	if text == "" {
		return
	}
	w.open(tag, "id", id)
	w.b.WriteByte('>')
	w.escape(text)
	w.b.WriteString("</" + tag + ">\n")
}

// node writes n. When animated, a node with tracks is written twice: moving,
// and its last frame for those who want it still.
func (w *writer) node(n *Node) {
	if w.clock == nil || !n.moves() {
		w.still(n, "")
		return
	}
	if len(n.text) > 1 {
		w.strip(n)
	} else {
		w.openNode(n, "draw-run")
		w.b.WriteByte('>')
		w.animations(n.attrs)
		w.content(n)
		w.b.WriteString("</" + n.tag + ">\n")
	}
	frozen := writer{b: w.b, frame: w.frame}
	frozen.still(n, "draw-still")
}

func (w *writer) still(n *Node, class string) {
	w.openNode(n, class)
	if class == "draw-still" {
		w.attr("display", "none")
	}
	if len(n.kids) == 0 && len(n.text) == 0 {
		w.b.WriteString("/>\n")
		return
	}
	w.b.WriteByte('>')
	w.content(n)
	w.b.WriteString("</" + n.tag + ">\n")
}

// openNode writes the start of n's tag, with class added to its own.
func (w *writer) openNode(n *Node, class string) {
	w.open(n.tag)
	if n.tag == "clipPath" || w.ids && n.moves() {
		w.attr("id", n.id)
	}
	if class != "" && !slices.ContainsFunc(n.attrs, func(a attr) bool { return a.name == "class" }) {
		w.attr("class", class)
	}
	for _, a := range n.attrs {
		v := a.at(w.frame)
		if a.name == "class" && class != "" {
			v += " " + class
		}
		w.attr(a.name, v)
	}
}

func (w *writer) content(n *Node) {
	switch {
	case len(n.text) == 1:
		w.markup(n.text[0])
	case len(n.text) > 1:
		w.escape(n.text[w.frame])
	case len(n.kids) > 0:
		w.b.WriteByte('\n')
	}
	for _, kid := range n.kids {
		w.node(kid)
	}
}

func (w *writer) animations(attrs []attr) {
	for _, a := range attrs {
		if len(a.values) > 1 {
			w.animate(a.name, a.values)
		}
	}
}

// animate writes a track, each run of equal values once.
func (w *writer) animate(name string, values []string) {
	var runs, times []string
	for k, v := range values {
		if name == "stroke-dasharray" && v == "none" {
			v = "1 0" // Chromium leaves an animation out that has none among its dashes
		}
		if k == 0 || v != runs[len(runs)-1] {
			runs = append(runs, v)
			times = append(times, w.clock.begin[k])
		}
	}
	w.open("animate", "attributeName", name, "calcMode", "discrete", "dur", w.clock.dur,
		"repeatCount", "indefinite", "keyTimes", strings.Join(times, ";"), "values", strings.Join(runs, ";"))
	w.b.WriteString("/>")
}

// strip writes a text with frames. SMIL cannot change the content of a text, so
// all contents are lines of one text, which moves up and down behind a window
// that is one line high. It costs some forty bytes for each different content.
func (w *writer) strip(n *Node) {
	x, y, size := n.num("x", 0), n.num("y", 0), n.num("font-size", 12)
	line := 2 * size
	lines, ys := n.lines(y, line)
	id := n.id + "-w"
	w.open("clipPath", "id", id)
	w.b.WriteByte('>')
	w.open("rect", "x", Num(x-2000), "y", Num(y-1.2*size), "width", "4000", "height", Num(1.7*size))
	w.b.WriteString("/></clipPath>")
	w.open("g", "class", "draw-run", "clip-path", "url(#"+id+")", "aria-hidden", "true")
	for _, a := range n.attrs {
		if !slices.Contains([]string{"x", "y", "class"}, a.name) {
			w.attr(a.name, a.at(w.frame))
		}
	}
	w.b.WriteByte('>')
	w.open("text", "y", ys[len(ys)-1])
	w.b.WriteByte('>')
	w.animate("y", ys)
	for i, s := range lines {
		w.open("tspan", "x", Num(x))
		if i > 0 {
			w.attr("dy", Num(line))
		}
		w.b.WriteByte('>')
		w.escape(s)
		w.b.WriteString("</tspan>")
	}
	w.b.WriteString("</text>")
	w.animations(n.attrs)
	w.b.WriteString("</g>\n")
}

// lines returns the different contents of a text and, for each frame, the y
// that brings its content to the place y.
func (n *Node) lines(y, line float64) (lines, ys []string) {
	row := map[string]int{}
	for _, s := range n.text {
		r, ok := row[s]
		if !ok {
			r = len(lines)
			row[s] = r
			lines = append(lines, s)
		}
		ys = append(ys, Num(y-float64(r)*line))
	}
	return lines, ys
}

// num is the value of a numeric attribute that has no track.
func (n *Node) num(name string, unset float64) float64 {
	for _, a := range n.attrs {
		if a.name != name {
			continue
		}
		if len(a.values) > 1 {
			panic("draw: TextFrames: the text's " + name + " has a track too")
		}
		v, err := strconv.ParseFloat(a.values[0], 64)
		if err != nil {
			panic("draw: TextFrames: " + name + "=" + a.values[0] + " is not a number")
		}
		return v
	}
	return unset
}
