package draw

import (
	"math"
	"strconv"
)

// A Pen writes compact path data: relative coordinates in tenths of a pixel,
// without points that a straight line passes anyway. Rounding is to a fixed
// raster, so that errors do not add up. The zero Pen is ready for use.
type Pen struct {
	b   []byte
	at  dot   // where the written data ends
	sub []dot // the line being drawn, not yet written
}

// dot is a point in tenths of a pixel.
type dot struct{ x, y int }

// far is where coordinates end, in pixels. Nothing that far away shows.
const far = 1e5

func raster(x, y float64) dot {
	mustFinite("Pen", x, y)
	tenths := func(v float64) int { return int(math.Round(10*min(max(v, -far), far) + tie)) }
	return dot{tenths(x), tenths(y)}
}

// Move begins a new line at (x, y) pixels. It panics if they are not finite.
func (p *Pen) Move(x, y float64) {
	p.flush(false)
	p.sub = append(p.sub, raster(x, y))
}

// Line goes on to (x, y) pixels. It panics if they are not finite, or if there
// is no line to go on with.
func (p *Pen) Line(x, y float64) {
	n := len(p.sub)
	if n == 0 {
		panic("draw: Pen: Line before Move")
	}
	q := raster(x, y)
	switch {
	case q == p.sub[n-1]:
	case n > 1 && straight(p.sub[n-2], p.sub[n-1], q):
		p.sub[n-1] = q
	default:
		p.sub = append(p.sub, q)
	}
}

// Close ends the line where it began. A line without area leaves no trace.
func (p *Pen) Close() {
	if n := len(p.sub); n > 1 && p.sub[n-1] == p.sub[0] {
		p.sub = p.sub[:n-1]
	}
	if n := len(p.sub); n > 2 && straight(p.sub[n-2], p.sub[n-1], p.sub[0]) {
		p.sub = p.sub[:n-1]
	}
	p.flush(true)
}

// Circle draws a circle around (x, y) with radius r, in pixels.
func (p *Pen) Circle(x, y, r float64) {
	p.flush(false)
	mustFinite("Pen", r)
	start, d := raster(x-r, y), int(math.Round(20*r))
	p.command('m', start.x-p.at.x, start.y-p.at.y)
	radius := Num(float64(d) / 20)
	p.at = start
	for _, dx := range []int{d, -d} {
		p.b = append(p.b, "a"+radius+" "+radius+" 0 1 0"...)
		p.number(dx, true)
		p.number(0, true)
	}
	p.b = append(p.b, 'z')
}

// String returns the path data drawn so far.
func (p *Pen) String() string {
	p.flush(false)
	return string(p.b)
}

// straight reports whether b lies on the way from a to c.
func straight(a, b, c dot) bool {
	ux, uy, vx, vy := b.x-a.x, b.y-a.y, c.x-b.x, c.y-b.y
	return ux*vy == uy*vx && ux*vx+uy*vy > 0
}

// flush writes the line drawn since the last Move.
func (p *Pen) flush(closed bool) {
	sub := p.sub
	p.sub = p.sub[:0]
	if len(sub) < 2 || closed && len(sub) < 3 {
		return
	}
	p.command('m', sub[0].x-p.at.x, sub[0].y-p.at.y)
	last := byte('l') // follows m without being written
	for i, q := range sub[1:] {
		dx, dy := q.x-sub[i].x, q.y-sub[i].y
		cmd, args := byte('l'), []int{dx, dy}
		switch {
		case dy == 0:
			cmd, args = 'h', args[:1]
		case dx == 0:
			cmd, args = 'v', args[1:]
		}
		if cmd == last {
			for _, v := range args {
				p.number(v, true)
			}
		} else {
			p.command(cmd, args...)
		}
		last = cmd
	}
	p.at = sub[len(sub)-1]
	if closed {
		p.b = append(p.b, 'z')
		p.at = sub[0]
	}
}

func (p *Pen) command(cmd byte, args ...int) {
	p.b = append(p.b, cmd)
	for i, v := range args {
		p.number(v, i > 0)
	}
}

// number writes tenths of a pixel, after a space if one is needed.
func (p *Pen) number(tenths int, separate bool) {
	if separate && tenths >= 0 {
		p.b = append(p.b, ' ')
	}
	if tenths < 0 {
		p.b = append(p.b, '-')
		tenths = -tenths
	}
	if tenths >= 10 || tenths == 0 {
		p.b = strconv.AppendInt(p.b, int64(tenths/10), 10)
	}
	if tenths%10 != 0 {
		p.b = append(p.b, '.', byte('0'+tenths%10))
	}
}

// linePath is a line through points in pixels that breaks at points that are
// not finite.
func linePath(xs, ys []float64) string {
	var p Pen
	broken := true
	for i := range xs {
		switch {
		case !finite(xs[i]) || !finite(ys[i]):
			broken = true
		case broken:
			p.Move(xs[i], ys[i])
			broken = false
		default:
			p.Line(xs[i], ys[i])
		}
	}
	return p.String()
}

// lengths returns the length of the line up to each point, in pixels, as the
// Pen draws it. It ends before the first point that is not finite.
func lengths(xs, ys []float64) []float64 {
	var out []float64
	sum, prev := 0.0, dot{}
	for i := range xs {
		if !finite(xs[i]) || !finite(ys[i]) {
			break
		}
		q := raster(xs[i], ys[i])
		if i > 0 {
			sum += math.Hypot(float64(q.x-prev.x), float64(q.y-prev.y)) / 10
		}
		out = append(out, sum)
		prev = q
	}
	return out
}

// grow adds a line through points in pixels that reaches point ends[k] in frame k: a
// dash as long as the line so far, and then a gap. The line ends before the
// first point that is not finite.
func (n *Node) grow(s Stroke, xs, ys []float64, ends []int) *Node {
	so := lengths(xs, ys)
	line := n.Path(linePath(xs[:len(so)], ys[:len(so)])).Stroke(Stroke{Color: s.Color, Width: s.Width})
	dashes := make([]string, len(ends))
	for k, end := range ends {
		dashes[k] = "0 1"
		if len(so) > 0 && end >= 0 {
			// One pixel more than the gap can need.
			dashes[k] = Num(so[min(end, len(so)-1)]) + " " + Num(math.Ceil(so[len(so)-1])+1)
		}
	}
	if len(dashes) > 0 {
		line.Set("stroke-dasharray", dashes...)
	}
	return line
}
