package steps

import (
	"math"
	"slices"
	"strings"

	"gentlegrad/demos/draw"
)

// Sizes in the graph, in pixels. Text must stay legible when the graph is as narrow as
// a phone.
const (
	pitch  = 102 // from unit to unit
	boxW   = 97  // a node
	row    = 18  // a line in a node
	tab    = 16  // a bias
	gap    = 16  // between z and a
	fan    = 60  // between layers, at least
	text   = 13  // a label, whose index is smaller
	small  = 12  // a number
	top    = 8
	plateW = 52  // a weight's plate
	aside  = 147 // from the output to the error
)

// A graph draws the graph from the input, below, to the error: each z, each a and E
// is a node, each weight an edge, each bias a tab under its unit.
type graph struct {
	p       *pass
	scenes  []scene
	ways    *draw.Node // edges
	lights  *draw.Node // edges when they are lit
	plates  *draw.Node // weights
	nodes   *draw.Node
	centre  float64
	tops    []float64 // of each layer's activations
	inputsY float64   // top of the inputs
}

// graphSize returns the size of the graph.
func (p *pass) graphSize() (width, height float64) {
	units := max(4, len(p.x))
	for _, l := range p.layers {
		units = max(units, l.units)
	}
	g := p.layout()
	return float64(units*pitch + 8), g.inputsY + 2*row + 4
}

// layout places the layers, the last one at the top.
func (p *pass) layout() *graph {
	g := &graph{p: p, tops: make([]float64, len(p.layers))}
	y := float64(top)
	for l := len(p.layers) - 1; l >= 0; l-- {
		g.tops[l] = y
		y += 4*row + gap + tab + p.fan(l)
	}
	g.inputsY = y
	return g
}

// fan is the height of the edges of a layer: room for a row of weights for each source.
func (p *pass) fan(l int) float64 {
	switch n := p.layers[l].inputs; {
	case p.layers[l].units == 1:
		return fan
	case n == 1:
		return fan + 18
	default:
		return 60 * float64(n+1)
	}
}

// drawGraph draws one frame for each scene.
func (p *pass) drawGraph(to *draw.Node, scenes []scene) {
	width, _ := p.graphSize()
	g := p.layout()
	g.scenes, g.centre = scenes, width/2
	g.ways, g.lights, g.plates, g.nodes = to.Group(), to.Group(), to.Group(), to.Group()
	for i := range p.x {
		g.node(p.a(-1, i), "∂E/∂"+p.a(-1, i), "∂E/∂x", g.x(len(p.x), i), g.inputsY)
	}
	for l := range p.layers {
		for j := range p.layers[l].units {
			g.unit(l, j)
		}
	}
	g.error()
}

// x is the centre of unit j of a layer.
func (g *graph) x(units, j int) float64 {
	return g.centre + pitch*(float64(j)-float64(units-1)/2)
}

// unit draws a unit: from its edges to its activation.
func (g *graph) unit(l, j int) {
	p, layer := g.p, &g.p.layers[l]
	x, top := g.x(layer.units, j), g.tops[l]
	zTop := top + 2*row + gap
	for i := range layer.inputs {
		g.weight(l, i, j)
	}
	g.way(p.edge(l, j), x, zTop, x, top+2*row)
	g.nodes.Text(x+7, zTop-5, "g").Size(small).Fill(draw.Muted)
	g.tab(p.b(l, j), x, zTop+2*row)
	g.node(p.z(l, j), p.d(l, j), mark(p.d(l, j)), x, zTop)
	g.node(p.a(l, j), "∂E/∂"+p.a(l, j), "∂E/∂a", x, top)
}

// error draws the error beside the output, and the target below it.
func (g *graph) error() {
	top := g.tops[len(g.tops)-1]
	x := g.centre + aside
	tTop := top + 2.5*row + gap
	g.way("a→E", g.centre+boxW/2, top+row, x-boxW/2, top+row)
	g.way("t→E", x, tTop, x, top+2*row)
	g.node("E", "∂E/∂E", "∂E/∂E", x, top)
	g.leaf("t", x, tTop)
}

// weight draws the edge from unit i below, and its number.
func (g *graph) weight(l, i, j int) {
	id := g.p.w(l, i, j)
	x1, y1, x2, y2 := g.edge(l, i, j)
	g.way(id, x1, y1, x2, y2)
	x, y := g.place(l, i, j)
	g.plate(id, x, y)
}

// edge returns the ends of the edge from unit i below to unit j of layer l. The edges of
// a unit end side by side.
func (g *graph) edge(l, i, j int) (x1, y1, x2, y2 float64) {
	layer := &g.p.layers[l]
	x1, y1 = g.x(layer.inputs, i), g.inputsY
	if l > 0 {
		y1 = g.tops[l-1]
	}
	spread := min(44, 74/float64(max(layer.inputs-1, 1)))
	x2 = g.x(layer.units, j) + spread*(float64(i)-float64(layer.inputs-1)/2)
	return x1, y1, x2, g.tops[l] + 4*row + gap + tab
}

// place returns where on its edge a weight's number is. Edges to several units cross near
// their sources, so that the numbers are near the units, a row of them for each source.
func (g *graph) place(l, i, j int) (x, y float64) {
	layer := &g.p.layers[l]
	x1, y1, x2, y2 := g.edge(l, i, j)
	t := .38
	switch {
	case layer.units > 1 && layer.inputs > 1:
		t = 1 - (14+20*float64(layer.inputs-1-i))/(y1-y2)
	case layer.units > 1:
		t = .6
	}
	return x1 + t*(x2-x1), y1 + t*(y2-y1)
}

// way draws an edge twice: as it always is, and over it as it is when lit, with an arrow
// up on the way forward and down on the way back.
func (g *graph) way(id string, x1, y1, x2, y2 float64) {
	g.ways.Line(x1, y1, x2, y2).Stroke(draw.Stroke{Color: draw.Muted, Width: 1}).Opacity(.6)
	display := func(heads ...int) []string {
		return each(g.scenes, func(s scene) string {
			if slices.Contains(s.lit, id) && (len(heads) == 0 || slices.Contains(heads, s.group)) {
				return "inline"
			}
			return "none"
		})
	}
	stroke := each(g.scenes, scene.color)
	light := g.lights.Group().Set("data-edge", id).Set("display", display()...)
	light.Line(x1, y1, x2, y2).Set("stroke", stroke...).SetNum("stroke-width", 2.5)
	light.Path(head(x1, y1, x2, y2)).Fill(color(0)).Set("display", display(0)...)
	light.Path(head(x2, y2, x1, y1)).Fill(color(1)).Set("display", display(1)...)
}

// head is the head of an arrow that ends at (x2, y2).
func head(x1, y1, x2, y2 float64) string {
	n := math.Hypot(x2-x1, y2-y1)
	ux, uy := 9*(x2-x1)/n, 9*(y2-y1)/n
	var p draw.Pen
	p.Move(x2, y2)
	p.Line(x2-ux-.5*uy, y2-uy+.5*ux)
	p.Line(x2-ux+.5*uy, y2-uy-.5*ux)
	p.Close()
	return p.String()
}

// plate draws a weight's number.
func (g *graph) plate(id string, x, y float64) {
	box := draw.Box{X: x - plateW/2., Y: y - 7.5, W: plateW, H: 15}
	g.plates.Rect(box).Set("rx", "3").Fill(draw.Paper)
	g.tinted(g.plates, id, true, box)
	g.plates.Rect(box).Set("rx", "3").Stroke(draw.Stroke{Width: 1.5}).Set("stroke", each(g.scenes, func(s scene) string {
		switch {
		case slices.Contains(s.lit, id):
			return s.color()
		case s.changed(id):
			return color(len(groups) - 1)
		}
		return "none"
	})...)
	g.number(g.plates, id, x, y+4, draw.Middle, small)
}

// tab draws a bias under its unit.
func (g *graph) tab(id string, x, y float64) {
	box := draw.Box{X: x - 41, Y: y, W: 82, H: tab}
	g.nodes.Rect(box).Set("rx", "3").Fill(draw.Paper)
	g.tinted(g.nodes, id, true, box)
	g.outline(id, box).Set("stroke-dasharray", each(g.scenes, func(s scene) string {
		if s.changed(id) {
			return "none"
		}
		return "3 2"
	})...)
	g.nodes.Text(x-36, y+12, "b").Size(small)
	g.number(g.nodes, id, x+36, y+12, draw.End, small)
}

// node draws a node with its value and, below, its gradient, with a label.
func (g *graph) node(id, gradient, label string, x, y float64) {
	box := draw.Box{X: x - boxW/2, Y: y, W: boxW, H: 2 * row}
	g.nodes.Rect(box).Set("rx", "5").Fill(draw.Paper)
	box.H = row
	g.line(id, mark(id), box)
	box.Y += row
	g.line(gradient, label, box)
	box.Y, box.H = y, 2*row
	g.outline(id, box)
}

// leaf draws the target.
func (g *graph) leaf(id string, x, y float64) {
	box := draw.Box{X: x - boxW/2, Y: y, W: boxW, H: row}
	g.nodes.Rect(box).Set("rx", "5").Fill(draw.Paper)
	g.line(id, mark(id), box)
	g.outline(id, box)
}

// line draws a line in a node: a label and a number.
func (g *graph) line(place, label string, box draw.Box) {
	g.tinted(g.nodes, place, false, box)
	size := float64(text)
	if strings.HasPrefix(label, "∂") {
		size = small
	}
	g.nodes.Text(box.X+4, box.Y+12, label).Size(size)
	g.number(g.nodes, place, box.X+box.W-4, box.Y+13, draw.End, small)
}

// tinted puts the colour of the group that worked a number out behind it.
func (g *graph) tinted(to *draw.Node, place string, parameter bool, box draw.Box) {
	to.Rect(box).Set("rx", "4").Set("fill-opacity", ".2").
		Fill(each(g.scenes, func(s scene) string { return s.tint(place, parameter) })...)
}

// outline draws the outline of a node, heavy when it is looked at.
func (g *graph) outline(id string, box draw.Box) *draw.Node {
	return g.nodes.Rect(box).Set("rx", "5").Fill("none").Set("data-node", id).
		Set("stroke", each(g.scenes, func(s scene) string {
			if s.weight(id) > 0 {
				return s.color()
			}
			return draw.Muted
		})...).
		Set("stroke-width", each(g.scenes, func(s scene) string { return [3]string{"1", "2", "3.5"}[s.weight(id)] })...)
}

// number draws the number that a place has, if any.
func (g *graph) number(to *draw.Node, place string, x, y float64, anchor draw.Anchor, size float64) {
	to.TextFrames(x, y, each(g.scenes, func(s scene) string { return s.text[place] })...).
		Anchor(anchor).Size(size).Set("data-number", place)
}
