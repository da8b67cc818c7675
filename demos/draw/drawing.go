package draw

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"time"
)

// A Drawing is an SVG picture with one or more frames. Its embedded Node is the
// root, to which elements are added. It is not safe for concurrent use.
type Drawing struct {
	*Node
	width, height float64
	prefix        string
	title, desc   string
	defs          []*Node
	frames        int // 0 until the first track is set
	ids           int
}

var validPrefix = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// New returns an empty drawing of width by height pixels. Every id in it starts
// with prefix, so that drawings with different prefixes can stand in one page.
// It panics if the size is not positive or the prefix is not a letter followed
// by letters, digits, '-' and '_'.
func New(width, height float64, prefix string) *Drawing {
	Box{W: width, H: height}.check("New")
	if !validPrefix.MatchString(prefix) {
		panic(fmt.Sprintf("draw: New: prefix %q is not a name", prefix))
	}
	d := &Drawing{width: width, height: height, prefix: prefix}
	d.Node = &Node{drawing: d, tag: "g"}
	return d
}

// Describe sets the title and the description that a screen reader reads.
func (d *Drawing) Describe(title, desc string) { d.title, d.desc = title, desc }

// Width returns the width in pixels.
func (d *Drawing) Width() float64 { return d.width }

// Frames is the number of frames, 1 for a drawing without tracks.
func (d *Drawing) Frames() int { return max(1, d.frames) }

// Static returns a stand-alone file that shows frame k, counted from 0.
// It panics if there is no such frame.
func (d *Drawing) Static(k int) []byte {
	d.checkFrame("Static", k)
	return d.render(writer{frame: k}, Style())
}

// Inline returns an element for an HTML page that shows frame k, without a
// style sheet; see [Style]. Elements that have tracks have ids; see
// [Drawing.Tracks]. It panics if there is no such frame.
func (d *Drawing) Inline(k int) []byte {
	d.checkFrame("Inline", k)
	return d.render(writer{frame: k, ids: true}, "")
}

// Animated returns a stand-alone file that plays all frames over and over, each
// for the time given, the last one longer by hold. It has no script. The last
// frame shows where animation is not supported, where the reader prefers
// reduced motion, and on paper. It panics if frame ≤ 0 or hold < 0.
func (d *Drawing) Animated(frame, hold time.Duration) []byte {
	if frame <= 0 || hold < 0 {
		panic(fmt.Sprintf("draw: Animated: frame time %v, hold %v", frame, hold))
	}
	w := writer{frame: d.Frames() - 1}
	style := Style()
	if d.frames > 1 {
		w.clock = newClock(d.frames, frame, hold)
		style += stillStyle
	}
	return d.render(w, style)
}

func (d *Drawing) checkFrame(op string, k int) {
	if k < 0 || k >= d.Frames() {
		panic(fmt.Sprintf("draw: %s: frame %d of %d", op, k, d.Frames()))
	}
}

// A Track is one attribute of one element of an inlined drawing over all frames.
type Track struct {
	ID     string   // id of the element
	Attr   string   // name of the attribute; "text" is the text content
	Values []string // one for each frame
}

// Tracks returns the tracks in the order of the document.
func (d *Drawing) Tracks() []Track {
	tracks := []Track{}
	for _, n := range d.defs {
		tracks = n.tracks(tracks)
	}
	return d.Node.tracks(tracks)
}

// MarshalJSON writes {"id":…,"attr":…,"values":[…]}, where a number stands for as many frames more
// of the value before it: ["a","b",2] is a, b, b, b.
func (t Track) MarshalJSON() ([]byte, error) {
	values := []any{}
	for i := 0; i < len(t.Values); {
		j := i + 1
		for j < len(t.Values) && t.Values[j] == t.Values[i] {
			j++
		}
		values = append(values, t.Values[i])
		if more := j - i - 1; more > 0 {
			values = append(values, more)
		}
		i = j
	}
	return json.Marshal(struct {
		ID     string `json:"id"`
		Attr   string `json:"attr"`
		Values []any  `json:"values"`
	}{t.ID, t.Attr, values})
}

func (d *Drawing) newID(kind string) string {
	d.ids++
	return fmt.Sprintf("%s-%s%d", d.prefix, kind, d.ids)
}

func (d *Drawing) render(w writer, style string) []byte {
	var b bytes.Buffer
	w.b = &b
	d.openRoot(&w)
	if style != "" {
		b.WriteString("<style>" + style + "</style>\n")
	}
	if len(d.defs) > 0 {
		b.WriteString("<defs>\n")
		for _, n := range d.defs {
			w.node(n)
		}
		b.WriteString("</defs>\n")
	}
	w.open("rect", "width", Num(d.width), "height", Num(d.height), "fill", Paper)
	b.WriteString("/>\n")
	w.node(d.Node)
	b.WriteString("</svg>\n")
	return b.Bytes()
}

func (d *Drawing) openRoot(w *writer) {
	size := Num(d.width) + " " + Num(d.height)
	w.open("svg", "xmlns", "http://www.w3.org/2000/svg", "class", "draw",
		"width", Num(d.width), "height", Num(d.height), "viewBox", "0 0 "+size,
		"font-family", "system-ui,sans-serif", "font-size", "12", "role", "img")
	labels := ""
	if d.title != "" {
		labels = d.prefix + "-title"
	}
	if d.desc != "" {
		labels += " " + d.prefix + "-desc"
	}
	if labels != "" {
		w.attr("aria-labelledby", labels)
	}
	w.b.WriteString(">\n")
	w.element("title", d.prefix+"-title", d.title)
	w.element("desc", d.prefix+"-desc", d.desc)
}
