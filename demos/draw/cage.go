package draw

import "math"

// A cage is the box around a surface: its floor and its two far walls with grid
// lines, and three axes. The x and y axes are the near edges of the floor, the
// z axis is the upright edge farthest to the left: none of them is ever hidden
// by the surface, and none hides it.
type cage struct {
	View
	spec SurfaceSpec
	g    *Node

	labels []Box // of the ticks so far
}

func (c *cage) draw() {
	x, y, z := c.spec.Grid.X, c.spec.Grid.Y, c.spec.Z
	nearX, farX := c.near(1, x)
	nearY, farY := c.near(2, y)
	tx, ty, tz := c.ticksOn(1, x), c.ticksOn(2, y), c.ticksOn(3, z)
	var grid Pen
	for _, t := range tx {
		c.bend(&grid, [3]float64{t.Value, nearY, z.Lo}, [3]float64{t.Value, farY, z.Lo}, [3]float64{t.Value, farY, z.Hi})
	}
	for _, t := range ty {
		c.bend(&grid, [3]float64{nearX, t.Value, z.Lo}, [3]float64{farX, t.Value, z.Lo}, [3]float64{farX, t.Value, z.Hi})
	}
	for _, t := range tz {
		c.bend(&grid, [3]float64{nearX, farY, t.Value}, [3]float64{farX, farY, t.Value}, [3]float64{farX, nearY, t.Value})
	}
	c.g.Path(grid.String()).Stroke(Stroke{Color: Rule, Width: 1})
	var edges Pen
	c.axis(&edges, tx, c.spec.XLabel, [3]float64{x.Lo, nearY, z.Lo}, [3]float64{x.Hi, nearY, z.Lo}, 0)
	c.axis(&edges, ty, c.spec.YLabel, [3]float64{nearX, y.Lo, z.Lo}, [3]float64{nearX, y.Hi, z.Lo}, 1)
	leftX, leftY := c.left(1, x), c.left(2, y)
	c.axis(&edges, tz, c.spec.ZLabel, [3]float64{leftX, leftY, z.Lo}, [3]float64{leftX, leftY, z.Hi}, 2)
	c.g.Path(edges.String()).Stroke(Stroke{Color: Muted, Width: 1})
}

// ticksOn returns ticks for axis 1, 2 or 3: few if it is seen foreshortened.
func (c *cage) ticksOn(axis int, r Range) []Tick {
	length := math.Hypot(c.PX[axis], c.PY[axis]) * (r.Hi - r.Lo)
	return Ticks(r, min(max(int(length/18), 1), 6))
}

func (c *cage) bend(p *Pen, points ...[3]float64) {
	for k, q := range points {
		px, py := c.Project(q[0], q[1], q[2])
		if k == 0 {
			p.Move(px, py)
		} else {
			p.Line(px, py)
		}
	}
}

// axisName is the class of the names of the axes, which a page's script moves when it
// turns the box.
const axisName = "axis-name"

// left returns the end of a range, of x for axis 1 and y for axis 2, that is farther to the left; if
// both are as far, the one farther away.
func (c *cage) left(axis int, r Range) float64 {
	if c.PX[axis]+1e-6*c.Depth[axis] > 0 {
		return r.Lo
	}
	return r.Hi
}

// axis draws the edge of the box from a to b, along the given dimension, with
// ticks that point away from the box.
func (c *cage) axis(p *Pen, ticks []Tick, label string, a, b [3]float64, dim int) {
	c.bend(p, a, b)
	dx, dy := c.outwards(a, b)
	room := 0.0
	for _, t := range ticks {
		q := a
		q[dim] = t.Value
		px, py := c.Project(q[0], q[1], q[2])
		p.Move(px, py)
		p.Line(px+4*dx, py+4*dy)
		anchor := anchorFor(dx)
		c.label(px+9*dx, py+9*dy+4+3*dy, anchor, t.Label)
		room = max(room, textWidth(t.Label, tickSize))
	}
	if label == "" {
		return
	}
	px, py := c.Project((a[0]+b[0])/2, (a[1]+b[1])/2, (a[2]+b[2])/2)
	if dim == 2 {
		px -= 16 + room
		c.g.Text(px, py, label).Anchor(Middle).Size(labelSize).Rotate(-90, px, py).Class(axisName)
		return
	}
	d := 22 + room*math.Abs(dx)
	c.g.Text(px+d*dx, py+d*dy+6, label).Anchor(anchorFor(dx)).Size(labelSize).Class(axisName)
}

// label adds the number of a tick. It is empty where it would come too close to one of
// another axis, as at the corner where two axes meet; a page's script may fill it when it
// turns the box.
func (c *cage) label(x, y float64, anchor Anchor, s string) {
	w := textWidth(s, tickSize)
	b := Box{x - w*map[Anchor]float64{Start: 0, Middle: .5, End: 1}[anchor], y, w, 0}
	for _, k := range c.labels {
		if b.X < k.X+k.W+labelGap && k.X < b.X+b.W+labelGap && math.Abs(b.Y-k.Y) < tickSize {
			c.g.tick(x, y, anchor, "")
			return
		}
	}
	c.labels = append(c.labels, b)
	c.g.tick(x, y, anchor, s)
}

const labelGap = 14 // between two labels, at least

// outwards is the unit vector in pixels, at a right angle to the edge from a to
// b, that points away from the middle of the box.
func (c *cage) outwards(a, b [3]float64) (dx, dy float64) {
	ax, ay := c.Project(a[0], a[1], a[2])
	bx, by := c.Project(b[0], b[1], b[2])
	x, y, z := c.spec.Grid.X, c.spec.Grid.Y, c.spec.Z
	mx, my := c.Project((x.Lo+x.Hi)/2, (y.Lo+y.Hi)/2, (z.Lo+z.Hi)/2)
	length := math.Hypot(bx-ax, by-ay)
	if length < 1 { // seen along the edge
		return 0, 1
	}
	dx, dy = (by-ay)/length, -(bx-ax)/length
	if dx*(ax-mx)+dy*(ay-my) < 0 {
		dx, dy = -dx, -dy
	}
	return dx, dy
}

func anchorFor(dx float64) Anchor {
	switch {
	case dx > .1:
		return Start
	case dx < -.1:
		return End
	}
	return Middle
}
