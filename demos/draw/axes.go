package draw

import "math"

// AxesSpec describes axes.
type AxesSpec struct {
	Box                   Box // with all labels
	X, Y                  Range
	Title, XLabel, YLabel string // marked up as in Text; "" for none
	Grid                  bool   // lines at the ticks
	LogY                  bool   // y is on a logarithmic scale: its range is positive
}

// Axes are a frame with ticks at round values, in which data is drawn. What is
// outside the frame does not show.
type Axes struct {
	X, Y  Scale // data units to pixels
	Frame Box   // without labels, in pixels
	Data  *Node // holds what is drawn, in pixels, clipped to the frame
	Over  *Node // above Data and the frame, not clipped

	xTicks, yTicks []Tick
}

const (
	tickSize  = 12.0 // pixels
	labelSize = 13.0
	titleSize = 14.0
)

// Axes adds axes. It panics if the box is too small to hold them, or if a range
// is empty or not finite, or has no logarithm where it needs one.
func (n *Node) Axes(spec AxesSpec) *Axes {
	spec.Box.check("Axes")
	spec.X.check("Axes")
	spec.Y.check("Axes")
	a := &Axes{}
	a.layout(spec)
	g := n.Group()
	g.Rect(a.Frame).Fill(Paper)
	if spec.Grid {
		a.grid(g)
	}
	a.Data = g.Group()
	a.Data.clip().Rect(a.Frame)
	g.Rect(a.Frame).Stroke(Stroke{Color: Muted, Width: 1})
	a.ticks(g)
	a.titles(g, spec)
	a.Over = g.Group()
	return a
}

// layout finds the frame, the scales and the ticks.
func (a *Axes) layout(spec AxesSpec) {
	b := spec.Box
	top, bottom := 8.0, 21.0
	if spec.Title != "" {
		top += 18
	}
	if spec.XLabel != "" {
		bottom += 18
	}
	a.Y = Scale{Data: spec.Y, From: b.Y + b.H - bottom, To: b.Y + top, Log: spec.LogY}
	a.yTicks = a.Y.Ticks(max(2, int((b.H-top-bottom)/34)))
	left := 11 + widest(a.yTicks)
	if spec.YLabel != "" {
		left += 19
	}
	a.X = Scale{Data: spec.X, From: b.X + left, To: b.X + b.W - 14}
	a.Frame = Box{b.X + left, b.Y + top, b.W - left - 14, b.H - top - bottom}
	a.Frame.check("Axes")
	a.xTicks = a.sideBySide()
}

// sideBySide returns as many ticks of x as have room for their labels side by side.
func (a *Axes) sideBySide() []Tick {
	for n := max(2, int(a.Frame.W/36)); ; n-- {
		ticks := Ticks(a.X.Data, n)
		if n == 1 || len(ticks) < 2 {
			return ticks
		}
		room := math.Abs(a.X.At(ticks[1].Value) - a.X.At(ticks[0].Value))
		if widest(ticks)+14 <= room {
			return ticks
		}
	}
}

func widest(ticks []Tick) float64 {
	w := 0.0
	for _, t := range ticks {
		w = max(w, textWidth(t.Label, tickSize))
	}
	return w
}

// grid draws all grid lines as one path.
func (a *Axes) grid(g *Node) {
	var p Pen
	for _, t := range a.xTicks {
		p.Move(a.X.At(t.Value), a.Frame.Y)
		p.Line(a.X.At(t.Value), a.Frame.Y+a.Frame.H)
	}
	for _, t := range a.yTicks {
		p.Move(a.Frame.X, a.Y.At(t.Value))
		p.Line(a.Frame.X+a.Frame.W, a.Y.At(t.Value))
	}
	g.Path(p.String()).Stroke(Stroke{Color: Rule, Width: 1})
}

func (a *Axes) ticks(g *Node) {
	bottom := a.Frame.Y + a.Frame.H
	var p Pen
	for _, t := range a.xTicks {
		x := a.X.At(t.Value)
		p.Move(x, bottom)
		p.Line(x, bottom+4)
		g.tick(x, bottom+16, Middle, t.Label)
	}
	for _, t := range a.yTicks {
		y := a.Y.At(t.Value)
		p.Move(a.Frame.X, y)
		p.Line(a.Frame.X-4, y)
		g.tick(a.Frame.X-7, y+4, End, t.Label)
	}
	g.Path(p.String()).Stroke(Stroke{Color: Muted, Width: 1})
}

func (n *Node) tick(x, y float64, anchor Anchor, s string) {
	n.Text(x, y, s).Anchor(anchor).Size(tickSize).Fill(Muted)
}

func (a *Axes) titles(g *Node, spec AxesSpec) {
	midX, midY := a.Frame.X+a.Frame.W/2, a.Frame.Y+a.Frame.H/2
	if spec.Title != "" {
		g.Text(midX, spec.Box.Y+16, spec.Title).Anchor(Middle).Size(titleSize).Bold()
	}
	if spec.XLabel != "" {
		g.Text(midX, spec.Box.Y+spec.Box.H-5, spec.XLabel).Anchor(Middle).Size(labelSize)
	}
	if spec.YLabel != "" {
		x := spec.Box.X + 13
		g.Text(x, midY, spec.YLabel).Anchor(Middle).Size(labelSize).Rotate(-90, x, midY)
	}
}

// Line adds a line through the points. Several ys are one for each frame. The
// line breaks where a value is not finite. It panics if there are not as many
// x as y.
func (a *Axes) Line(s Stroke, xs []float64, ys ...[]float64) *Node {
	ds := make([]string, len(ys))
	px := a.X.all(xs)
	for k := range ys {
		mustMatch("Line", len(xs), len(ys[k]))
		ds[k] = linePath(px, a.Y.all(ys[k]))
	}
	return a.Data.Path(ds...).Stroke(s).Set("stroke-linejoin", "round")
}

// Band fills what lies between two lines over the same x. It panics if there are not as many
// x as y, and if one is not finite.
func (a *Axes) Band(fill string, xs, lo, hi []float64) *Node {
	mustMatch("Band", len(xs), len(lo))
	mustMatch("Band", len(xs), len(hi))
	var p Pen
	p.Move(a.X.At(xs[0]), a.Y.At(lo[0]))
	for k := range xs {
		p.Line(a.X.At(xs[k]), a.Y.At(hi[k]))
	}
	for k := len(xs) - 1; k > 0; k-- {
		p.Line(a.X.At(xs[k]), a.Y.At(lo[k]))
	}
	p.Close()
	return a.Data.Path(p.String()).Fill(fill)
}

// Grow adds a line that reaches point ends[k] in frame k, as a loss so far does;
// before point 0 there is none of it. It is solid, whatever the dash of s, and ends
// before the first value that is not finite. It panics if there are not as many x as y.
func (a *Axes) Grow(s Stroke, xs, ys []float64, ends []int) *Node {
	mustMatch("Grow", len(xs), len(ys))
	return a.Data.grow(s, a.X.all(xs), a.Y.all(ys), ends).Set("stroke-linejoin", "round")
}

// Scatter adds a marker at each of the points; points that are not finite are
// left out. It panics if there are not as many x as y.
func (a *Axes) Scatter(m Marker, xs, ys []float64) *Node {
	mustMatch("Scatter", len(xs), len(ys))
	return a.Data.Markers(m, a.X.all(xs), a.Y.all(ys))
}

// Moving adds one marker that is at point k in frame k. It may overlap the
// frame, so that it does not vanish at the frame's edge, but is absent when its
// point is outside the frame.
func (a *Axes) Moving(m Marker, xs, ys []float64) *Node {
	mustMatch("Moving", len(xs), len(ys))
	ds := make([]string, len(xs))
	for k := range xs {
		if x, y := a.X.At(xs[k]), a.Y.At(ys[k]); a.Frame.holds(x, y) {
			ds[k] = m.path(x, y)
		}
	}
	return a.Over.Path(ds...).marked(m)
}

func (b Box) holds(x, y float64) bool {
	const eps = .01
	return x >= b.X-eps && x <= b.X+b.W+eps && y >= b.Y-eps && y <= b.Y+b.H+eps
}
