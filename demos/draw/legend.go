package draw

import (
	"fmt"
	"math"
	"strconv"
)

// An Entry of a legend has a sample: a line, a marker, a marker on a line, or a
// square of a colour.
type Entry struct {
	Label  string  // marked up as in Text
	Line   *Stroke // nil for none
	Marker *Marker // nil for none
	Fill   string  // a square of this colour; "" for none

	Outline float64 // of that square, in pixels; 0 means a fine one
}

// Legend adds a legend with its top left corner at (x, y) pixels, one entry
// below the other, and returns the room that it takes, estimated.
func (n *Node) Legend(x, y float64, entries ...Entry) Box {
	const row, sample = 19.0, 30.0
	width := 0.0
	for _, e := range entries {
		width = max(width, textWidth(e.Label, tickSize))
	}
	b := Box{x, y, width + sample + 18, row*float64(len(entries)) + 8}
	g := n.Group()
	g.Rect(b).Set("rx", "3").Fill(Paper).Set("fill-opacity", ".85").Stroke(Stroke{Color: Rule, Width: 1})
	for i, e := range entries {
		mid := y + 4 + row*(float64(i)+.5)
		e.draw(g, x+6, x+6+sample, mid)
		g.Text(x+12+sample, mid+4, e.Label).Size(tickSize)
	}
	return b
}

func (e Entry) draw(g *Node, left, right, y float64) {
	if e.Fill != "" {
		outline := Stroke{Color: Muted, Width: .5}
		if e.Outline > 0 {
			outline = Stroke{Width: e.Outline}
		}
		g.Rect(Box{right - 20, y - 6, 12, 12}).Fill(e.Fill).Stroke(outline)
	}
	if e.Line != nil {
		g.Line(left, y, right, y).Stroke(*e.Line)
	}
	if e.Marker != nil {
		g.Markers(*e.Marker, []float64{(left + right) / 2}, []float64{y})
	}
}

// ColorBar adds the key to [Axes.Contours]: an upright bar of the colours, with
// the levels between them where there is room, and a label above. The
// box holds all of it.
func (n *Node) ColorBar(b Box, levels []float64, colors []string, label string) {
	b.check("ColorBar")
	if len(levels) == 0 || len(colors) != len(levels)+1 {
		panic(fmt.Sprintf("draw: ColorBar: %d levels with %d colors", len(levels), len(colors)))
	}
	g := n.Group()
	bar := Box{b.X, b.Y + 8, 14, b.H - 16}
	if label != "" {
		g.Text(b.X, b.Y+12, label).Size(tickSize)
		bar.Y, bar.H = bar.Y+12, bar.H-12
	}
	h := bar.H / float64(len(colors))
	for i, c := range colors {
		g.Rect(Box{bar.X, bar.Y + bar.H - float64(i+1)*h, bar.W, h}).Fill(c)
	}
	g.Rect(bar).Stroke(Stroke{Color: Muted, Width: 1})
	every := 1
	for h*float64(every) < 14 {
		every++
	}
	labels := levelLabels(levels)
	for i := (len(levels) - 1) % every / 2; i < len(levels); i += every {
		y := bar.Y + bar.H - float64(i+1)*h
		g.Line(bar.X+bar.W, y, bar.X+bar.W+3, y).Stroke(Stroke{Color: Muted, Width: 1})
		g.tick(bar.X+bar.W+6, y+4, Start, labels[i])
	}
}

// levelLabels writes levels with as few decimals as leave each within an eighth of a step of its place.
func levelLabels(levels []float64) []string {
	step := (levels[len(levels)-1] - levels[0]) / float64(max(1, len(levels)-1))
	labels := make([]string, len(levels))
	write := func(decimals int) (near bool) {
		near = true
		for i, v := range levels {
			labels[i] = strconv.FormatFloat(v+tie*step, 'f', decimals, 64)
			written, _ := strconv.ParseFloat(labels[i], 64)
			near = near && math.Abs(written-v) <= step*(1./8+tie)
			if labels[i] = typographic(labels[i]); written == 0 {
				labels[i] = "0"
			}
		}
		return near
	}
	for decimals := 0; !write(decimals) && decimals < 15; decimals++ {
	}
	return labels
}
