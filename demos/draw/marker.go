package draw

import "math"

// Shape is the form of a marker.
type Shape int

// The shapes. Their sizes are such that their areas look the same.
const (
	Dot Shape = iota
	Square
	Triangle
	Cross
)

// A Marker is how a point is drawn. The zero Marker is a filled Ink dot.
type Marker struct {
	Shape  Shape
	Hollow bool    // an outline around the background's colour; a Cross has no inside
	Color  string  // "" means Ink
	Edge   string  // outline of a filled marker; "" means Paper
	Size   float64 // diameter of the dot in pixels; 0 means 7
}

func (m Marker) filled() Marker {
	if m.Color == "" {
		m.Color = Ink
	}
	if m.Edge == "" {
		m.Edge = Paper
	}
	if m.Size == 0 {
		m.Size = 7
	}
	return m
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

// MovingMarker adds one marker that is at point k, in pixels, in frame k. It is
// absent in frames whose point is not finite.
func (n *Node) MovingMarker(m Marker, xs, ys []float64) *Node {
	mustMatch("MovingMarker", len(xs), len(ys))
	ds := make([]string, len(xs))
	for k := range xs {
		ds[k] = m.path(xs[k], ys[k])
	}
	return n.Path(ds...).marked(m)
}

// marked gives n the marker's colours.
func (n *Node) marked(m Marker) *Node {
	m = m.filled()
	switch {
	case m.Shape == Cross:
		return n.Stroke(Stroke{Color: m.Color, Width: 2})
	case m.Hollow:
		return n.Fill(Paper).Stroke(Stroke{Color: m.Color, Width: outline})
	}
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

// The line around a hollow marker is within its size, the edge that sets a
// filled marker off against others is around it.
const outline, edge = 1.75, 1.0

func (m Marker) draw(p *Pen, x, y float64) {
	r := (m.Size + edge) / 2
	if m.Hollow {
		r = max((m.Size-outline)/2, .5)
	}
	switch m.Shape {
	case Dot:
		p.Circle(x, y, r)
	case Square: // π r² = (2h)²
		h := r * math.Sqrt(math.Pi) / 2
		p.polygon(x-h, y-h, x+h, y-h, x+h, y+h, x-h, y+h)
	case Triangle: // π r² = ¾ √3 R², R from the centre to a corner
		R := r * math.Sqrt(4*math.Pi/(3*math.Sqrt(3)))
		w := R * math.Sqrt(3) / 2
		p.polygon(x, y-R, x+w, y+R/2, x-w, y+R/2)
	case Cross:
		h := m.Size / 2 * .8
		p.Move(x-h, y-h)
		p.Line(x+h, y+h)
		p.Move(x-h, y+h)
		p.Line(x+h, y-h)
	default:
		panic("draw: Marker: no such shape")
	}
}

func (p *Pen) polygon(xy ...float64) {
	p.Move(xy[0], xy[1])
	for i := 2; i < len(xy); i += 2 {
		p.Line(xy[i], xy[i+1])
	}
	p.Close()
}
