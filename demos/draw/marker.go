package draw

import (
	"cmp"
	"math"
)

// Shape is the form of a marker.
type Shape int

// The shapes. Their sizes are such that their areas look the same.
const (
	Dot Shape = iota
	Square
)

// A Marker is how a point is drawn. The zero Marker is an Ink dot.
type Marker struct {
	Shape Shape
	Color string  // "" means Ink
	Edge  string  // outline; "" means Paper
	Size  float64 // diameter of the dot in pixels; 0 means 7
}

func (m Marker) filled() Marker {
	return Marker{m.Shape, cmp.Or(m.Color, Ink), cmp.Or(m.Edge, Paper), cmp.Or(m.Size, 7)}
}

// Markers adds a group with a marker at each of the points, in pixels, each on top of
// those before it. Points that are not finite are left out. It panics if there are not as
// many x as y.
func (n *Node) Markers(m Marker, xs, ys []float64) *Node {
	mustMatch("Markers", len(xs), len(ys))
	g := n.Group().marked(m)
	for i := range xs {
		if d := m.path(xs[i], ys[i]); d != "" {
			g.Path(d)
		}
	}
	return g
}

// marked gives n the marker's colours.
func (n *Node) marked(m Marker) *Node {
	m = m.filled()
	return n.Fill(m.Color).Stroke(Stroke{Color: m.Edge, Width: edge})
}

// path returns the marker's outline at a point, or nothing if that is not finite.
func (m Marker) path(x, y float64) string {
	var p Pen
	if finite(x) && finite(y) {
		m.filled().draw(&p, x, y)
	}
	return p.String()
}

// edge is the width of the line that sets a marker off against others. It is
// around the marker's size.
const edge = 1.0

func (m Marker) draw(p *Pen, x, y float64) {
	r := (m.Size + edge) / 2
	switch m.Shape {
	case Dot:
		p.Circle(x, y, r)
	case Square: // π r² = (2h)²
		h := r * math.Sqrt(math.Pi) / 2
		p.Move(x-h, y-h)
		p.Line(x+h, y-h)
		p.Line(x+h, y+h)
		p.Line(x-h, y+h)
		p.Close()
	default:
		panic("draw: Marker: no such shape")
	}
}
