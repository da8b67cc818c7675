package draw

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
)

// DiagramSpec describes layers of units in columns, with edges between them.
// Labels are marked up as in Text.
type DiagramSpec struct {
	Box    Box
	Layers []Layer
	Edges  []Edge
	Radius float64 // of the units, at most, in pixels; 0 means 22
}

// A Layer is a column of units.
type Layer struct {
	Title string
	Units []string // the label of each, inside its circle if there is room
	Bias  bool     // a smaller unit "1" below the others, which no edge leads to
}

// Bias is the number of a layer's bias unit, in Edge and in a Diagram's methods.
const Bias = -1

// An Edge goes from a unit of a layer to a unit of the next layer. Units are
// counted from 0.
type Edge struct {
	Layer    int // of the unit From
	From, To int
	Label    string
}

// A Diagram is drawn by a Node's Diagram.
type Diagram struct {
	spec    DiagramSpec
	columns []column
	g       *Node
	circles map[[2]int]*Node
	edges   map[[3]int]*Node
}

// A column holds the rows of a layer: which unit is where.
type column struct {
	x      float64
	ys     map[int]float64 // of the units shown
	gap    float64         // y of the dots that stand for the others, or 0
	radius float64
	pitch  float64 // from one row to the next
}

// Diagram adds a network diagram. A layer of more than 20 units shows its first
// ones and its last one with "⋮" between, and says how many there are; edges of
// the others are not drawn. It panics if there is no layer, if a layer is empty,
// or if an edge leads to a unit that does not exist.
func (n *Node) Diagram(spec DiagramSpec) *Diagram {
	spec.Box.check("Diagram")
	spec.Radius = cmp.Or(spec.Radius, 22)
	if len(spec.Layers) == 0 {
		panic("draw: Diagram: 0 layers")
	}
	d := &Diagram{spec: spec, g: n.Group(), circles: map[[2]int]*Node{}, edges: map[[3]int]*Node{}}
	for l := range spec.Layers {
		d.columns = append(d.columns, d.column(l))
	}
	arrows, labels := d.g.Group(), d.g.Group()
	for _, e := range spec.Edges {
		d.edge(arrows, labels, e)
	}
	for l := range spec.Layers {
		d.layer(l)
	}
	return d
}

// column lays out a layer.
func (d *Diagram) column(l int) column {
	layer, b := d.spec.Layers[l], d.spec.Box
	if len(layer.Units) == 0 {
		panic(fmt.Sprintf("draw: Diagram: layer %d has no units", l))
	}
	width := b.W / float64(len(d.spec.Layers))
	c := column{x: b.X + width*(float64(l)+.5), ys: map[int]float64{}}
	shown := rows(len(layer.Units))
	if layer.Bias {
		shown = append(shown, Bias)
	}
	top, height := b.Y, b.H
	if d.titled() {
		top, height = top+22, height-22
	}
	if d.shortened() {
		height -= 18
	}
	c.pitch = height / float64(len(shown))
	c.radius = min(d.spec.Radius, .4*c.pitch, .28*width)
	if c.pitch > 3.6*d.spec.Radius { // units of a short layer stay together
		c.pitch = 3.6 * d.spec.Radius
		top += (height - c.pitch*float64(len(shown))) / 2
	}
	for r, unit := range shown {
		y := top + c.pitch*(float64(r)+.5)
		if unit == dots {
			c.gap = y
		} else {
			c.ys[unit] = y
		}
	}
	return c
}

const (
	limit = 20 // units; a layer of more is shortened
	dots  = -2 // in rows, stands for the units that are not shown
)

// rows are the units shown in a layer of n units.
func rows(n int) (units []int) {
	if n <= limit {
		for u := range n {
			units = append(units, u)
		}
		return units
	}
	return append(append(rows(limit-2), dots), n-1)
}

// Shown returns the units that a Diagram shows of a layer of n.
func Shown(n int) []int {
	return slices.DeleteFunc(rows(n), func(unit int) bool { return unit == dots })
}

func (d *Diagram) titled() bool {
	return slices.ContainsFunc(d.spec.Layers, func(l Layer) bool { return l.Title != "" })
}

func (d *Diagram) shortened() bool {
	return slices.ContainsFunc(d.spec.Layers, func(l Layer) bool { return len(l.Units) > limit })
}

// layer draws the units of a layer, its title and what it leaves out.
func (d *Diagram) layer(l int) {
	layer, c, b := d.spec.Layers[l], d.columns[l], d.spec.Box
	if size := d.fitting(labelSize, layer.Title); layer.Title != "" && size >= leastSize {
		d.g.Text(c.x, b.Y+13, layer.Title).Anchor(Middle).Size(size).Bold()
	}
	if c.gap != 0 {
		d.g.Text(c.x, c.gap+7, "⋮").Anchor(Middle).Size(20)
		units := strconv.Itoa(len(layer.Units)) + " units"
		if size := d.fitting(tickSize, units); size >= leastSize {
			d.g.Text(c.x, b.Y+b.H-4, units).Anchor(Middle).Size(size).Fill(Muted)
		}
	}
	for u, label := range layer.Units {
		d.unit(l, u, label)
	}
	if layer.Bias {
		d.unit(l, Bias, "1")
	}
}

// fitting returns the size of a text, at most the given one, at which it does not meet that of the next layer.
func (d *Diagram) fitting(size float64, text string) float64 {
	const share = .8 // of the room of its layer, since bold letters are wider
	return min(size, size*share*d.spec.Box.W/float64(len(d.spec.Layers))/max(1, textWidth(text, size)))
}

// leastSize is the height below which a text can't be read, and is left out.
const leastSize = 6.5

func (d *Diagram) unit(l, u int, label string) {
	x, y, r := d.At(l, u)
	if r == 0 {
		return
	}
	circle := d.g.Circle(x, y, r).Fill(Paper).Stroke(Stroke{})
	if u == Bias {
		circle.Set("stroke-dasharray", "3 2")
	}
	d.circles[[2]int{l, u}] = circle
	size := min(max(13, .55*r), .95*r, 1.7*r*13/max(1, textWidth(label, 13)))
	if label != "" && size >= leastSize {
		d.g.Text(x, y+.35*size, label).Anchor(Middle).Size(size)
	}
}

// At returns the centre and the radius of a unit in pixels. The radius is 0 if
// the unit is not shown. It panics if there is no such unit.
func (d *Diagram) At(layer, unit int) (x, y, r float64) {
	d.check(layer, unit)
	c := d.columns[layer]
	y, ok := c.ys[unit]
	switch {
	case !ok:
		return c.x, c.gap, 0
	case unit == Bias:
		return c.x, y, .7 * c.radius
	}
	return c.x, y, c.radius
}

func (d *Diagram) check(layer, unit int) {
	if layer < 0 || layer >= len(d.columns) {
		panic(fmt.Sprintf("draw: Diagram: layer %d of %d", layer, len(d.columns)))
	}
	l := d.spec.Layers[layer]
	if unit >= len(l.Units) || unit < Bias || unit == Bias && !l.Bias {
		panic(fmt.Sprintf("draw: Diagram: unit %d in layer %d of %d units", unit, layer, len(l.Units)))
	}
}

// Unit returns the circle of a unit, to give it tracks; nil if it is not shown.
func (d *Diagram) Unit(layer, unit int) *Node {
	d.check(layer, unit)
	return d.circles[[2]int{layer, unit}]
}

// Edge returns the group of an edge's line and arrow, to give it tracks of
// stroke and stroke-width; nil if it is not drawn.
func (d *Diagram) Edge(layer, from, to int) *Node { return d.edges[[3]int{layer, from, to}] }

// Inside returns a group in which a small drawing can be put into a unit: its
// origin is the unit's centre, and what is outside the circle does not show.
// It returns nil if the unit is not shown.
func (d *Diagram) Inside(layer, unit int) *Node {
	x, y, r := d.At(layer, unit)
	if r == 0 {
		return nil
	}
	g := d.g.Group().Set("transform", "translate("+Num(x)+" "+Num(y)+")")
	g.clip().Circle(0, 0, max(0, r-.75))
	return g
}

// edge draws an arrow from circle to circle, and its label beside the source:
// labels of one source's edges must not meet those of the next source.
func (d *Diagram) edge(arrows, labels *Node, e Edge) {
	x1, y1, r1 := d.At(e.Layer, e.From)
	if e.To == Bias {
		panic(fmt.Sprintf("draw: Diagram: edge of layer %d leads to a bias unit", e.Layer))
	}
	x2, y2, r2 := d.At(e.Layer+1, e.To)
	if r1 == 0 || r2 == 0 {
		return
	}
	length := math.Hypot(x2-x1, y2-y1)
	ux, uy := (x2-x1)/length, (y2-y1)/length
	ax, ay, bx, by := x1+ux*r1, y1+uy*r1, x2-ux*(r2+1), y2-uy*(r2+1)
	g := arrows.Group().Stroke(Stroke{})
	g.Path(linePath([]float64{ax, bx}, []float64{ay, by}))
	size := min(7, .35*min(r1, r2)+2)
	g.Path(linePath(
		[]float64{bx - size*(ux-.5*uy), bx, bx - size*(ux+.5*uy)},
		[]float64{by - size*(uy+.5*ux), by, by - size*(uy-.5*ux)}))
	d.edges[[3]int{e.Layer, e.From, e.To}] = g
	if e.Label != "" {
		t := d.labelAt(e.Layer)
		labels.plate(x1+t*(x2-x1), y1+t*(y2-y1), e.Label)
	}
}

// plate adds a text around (x, y), outlined, on a plate that covers what is below it.
func (n *Node) plate(x, y float64, s string) {
	w := .92 * textWidth(s, titleSize)
	n.Rect(Box{x - w/2, y - 7.5, w, 15}).Fill(Paper)
	text := n.Text(x, y+4.5, s).Anchor(Middle).Size(titleSize)
	text.Set("stroke", Paper).Set("stroke-width", "4").Set("stroke-linejoin", "round").Set("paint-order", "stroke")
}

// labelAt is how far along the edges of a layer their labels are, as a fraction.
// At t, the labels of one source are t·pitch₂ apart and fill m·t·pitch₂; the
// sources are (1-t)·pitch₁ apart. These are equal at t below.
func (d *Diagram) labelAt(layer int) float64 {
	from, to := d.columns[layer], d.columns[layer+1]
	m := float64(len(to.ys))
	t := from.pitch / (from.pitch + m*to.pitch)
	if len(from.ys) == 1 {
		t = .5
	}
	return min(max(t, (from.radius+16)/(to.x-from.x)), .5)
}
