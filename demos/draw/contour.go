package draw

import (
	"fmt"
	"math"
)

// A Grid holds values at NX by NY points that are equally spaced over X and Y,
// borders included: Z[j*NX+i] is the value at column i of X and row j of Y. A
// cell between four points is left out if one of its values is not finite.
type Grid struct {
	NX, NY int
	X, Y   Range
	Z      []float64
}

func (g Grid) check(op string) {
	g.X.check(op)
	g.Y.check(op)
	if g.NX < 2 || g.NY < 2 || len(g.Z) != g.NX*g.NY {
		panic(fmt.Sprintf("draw: %s: grid of %d by %d points with %d values", op, g.NX, g.NY, len(g.Z)))
	}
}

// Sample returns the grid of f over x and y.
func Sample(nx, ny int, x, y Range, f func(x, y float64) float64) Grid {
	g := Grid{nx, ny, x, y, make([]float64, nx*ny)}
	g.check("Sample")
	for j := range ny {
		for i := range nx {
			g.Z[j*nx+i] = f(g.x(float64(i)), g.y(float64(j)))
		}
	}
	return g
}

func (g Grid) x(i float64) float64 { return g.X.Lo + i/float64(g.NX-1)*(g.X.Hi-g.X.Lo) }
func (g Grid) y(j float64) float64 { return g.Y.Lo + j/float64(g.NY-1)*(g.Y.Hi-g.Y.Lo) }

// valid reports whether the cell right of and above point (i, j) is drawn.
func (g Grid) valid(i, j int) bool {
	if i < 0 || j < 0 || i >= g.NX-1 || j >= g.NY-1 {
		return false
	}
	k := j*g.NX + i
	return finite(g.Z[k]) && finite(g.Z[k+1]) && finite(g.Z[k+g.NX]) && finite(g.Z[k+g.NX+1])
}

// ContourPath returns path data for the region where the grid is at or above
// level, as closed polygons in pixels. Along the edges of cells the grid is
// linear; where two opposite corners of a cell are in the region and two are
// not, the mean of the four decides whether the region is connected. At level
// -Inf the region is all cells. Points that are nearly on a line, to 0.3
// pixels, are left out. Holes run the other way round, so that both
// fill rules give the same. It panics on a grid without cells and on NaN.
func ContourPath(g Grid, level float64, x, y Scale) string {
	return contour(g, level, x, y, true)
}

// tolerance is how far a contour may pass the points that it leaves out, in
// tenths of a pixel. It makes animations half as large.
const tolerance = 3

// A tracer follows the border of a region, which keeps the region at its left.
//
// The border runs through nodes. Node 3p is grid point p itself, 3p+1 the
// crossing between p and the point right of it, 3p+2 between p and the point
// above it. A crossing has at most one step in and one step out. A grid point
// can have two of each, where two cells touch at a corner; which one is taken
// does not change the area enclosed.
type tracer struct {
	g     Grid
	level float64
	next  []int32 // where the step from a node leads; 0 for nowhere
	extra []int32 // the second step from a grid point
	into  []bool  // nodes that a step leads to
}

// contour returns the border of a region, or else only the lines where the grid crosses level, from the
// same cells and corners: open where they end at the border of the grid, closed elsewhere.
func contour(g Grid, level float64, x, y Scale, region bool) string {
	g.check("ContourPath")
	if math.IsNaN(level) {
		panic("draw: ContourPath: level is NaN")
	}
	nodes := 3*g.NX*g.NY + 1
	t := &tracer{g, level, make([]int32, nodes), make([]int32, g.NX*g.NY), make([]bool, nodes)}
	for j := range g.NY - 1 {
		for i := range g.NX - 1 {
			if g.valid(i, j) {
				t.cell(i, j, region)
			}
		}
	}
	return t.path(x, y)
}

// step records a step. Nodes are counted from 1 here, so that 0 is none.
func (t *tracer) step(from, to int) {
	from++
	if t.next[from] == 0 {
		t.next[from] = int32(to + 1)
	} else {
		t.extra[(from-1)/3] = int32(to + 1)
	}
	t.into[to+1] = true
}

// cell records the steps in one cell. Going round a cell counterclockwise, the
// region is left at a side whose first corner is inside and whose second is
// not. From there the border crosses the cell to where the region is entered:
// at the side before if the corner is alone, at the side after if the
// region goes through the cell's centre.
func (t *tracer) cell(i, j int, region bool) {
	p := j*t.g.NX + i
	corners := [4]int{p, p + 1, p + 1 + t.g.NX, p + t.g.NX}
	sides := [4]int{3*p + 1, 3*(p+1) + 2, 3*(p+t.g.NX) + 1, 3*p + 2}
	var in [5]bool
	sum := 0.0
	for c, q := range corners {
		in[c] = t.g.Z[q] >= t.level
		sum += t.g.Z[q] / 4
	}
	in[4] = in[0]
	way := 3 // the side before
	if sum >= t.level {
		way = 1
	}
	for c := range 4 {
		if !in[c] || in[c+1] {
			continue
		}
		e := (c + way) % 4
		for in[e] || !in[e+1] {
			e = (e + way) % 4
		}
		t.step(sides[c], sides[e])
	}
	if region {
		t.sides(i, j, corners, sides, in)
	}
}

// sides records the steps along the sides of a cell that has no neighbour.
func (t *tracer) sides(i, j int, corners, sides [4]int, in [5]bool) {
	neighbour := [4][2]int{{i, j - 1}, {i + 1, j}, {i, j + 1}, {i - 1, j}}
	for c := range 4 {
		if t.g.valid(neighbour[c][0], neighbour[c][1]) {
			continue
		}
		from, to := 3*corners[c], 3*corners[(c+1)%4]
		switch {
		case in[c] && in[c+1]:
			t.step(from, to)
		case in[c]:
			t.step(from, sides[c])
		case in[c+1]:
			t.step(sides[c], to)
		}
	}
}

// path follows all steps: first lines with a beginning, then closed ones.
func (t *tracer) path(x, y Scale) string {
	var p Pen
	for n := range t.next {
		if t.next[n] != 0 && !t.into[n] {
			t.follow(&p, n, x, y)
		}
	}
	for n := range t.next {
		for t.next[n] != 0 {
			t.follow(&p, n, x, y)
		}
	}
	return p.String()
}

func (t *tracer) follow(p *Pen, start int, x, y Scale) {
	px, py := t.at(start-1, x, y)
	p.Move(px, py)
	n := start
	for {
		n = t.leave(n)
		if n == 0 {
			break
		}
		px, py = t.at(n-1, x, y)
		p.Line(px, py)
		if n == start {
			break
		}
	}
	p.sub = simplify(p.sub, tolerance)
	if n == start {
		p.Close()
	}
}

// leave takes a step from a node and returns where it leads, 0 for nowhere.
func (t *tracer) leave(n int) int {
	next := int(t.next[n])
	t.next[n] = 0
	if q := (n - 1) / 3; (n-1)%3 == 0 && t.extra[q] != 0 {
		t.next[n], t.extra[q] = t.extra[q], 0
	}
	return next
}

// at returns the pixel of a node.
func (t *tracer) at(node int, x, y Scale) (float64, float64) {
	p := node / 3
	i, j := float64(p%t.g.NX), float64(p/t.g.NX)
	switch node % 3 {
	case 1:
		i += t.crossing(t.g.Z[p], t.g.Z[p+1])
	case 2:
		j += t.crossing(t.g.Z[p], t.g.Z[p+t.g.NX])
	}
	return x.At(t.g.x(i)), y.At(t.g.y(j))
}

// crossing is where the level is between a and b, in [0, 1]. Halves keep the
// differences finite.
func (t *tracer) crossing(a, b float64) float64 {
	u := (t.level/2 - a/2) / (b/2 - a/2)
	return min(max(u, 0), 1)
}

// Contours fills the frame with bands of colour: colors[0] below levels[0],
// colors[i] from levels[i-1] on. Several grids are one for each frame. A band
// is painted over the ones below it, so that no gap shows between them. The
// levels must ascend, and there must be one color more.
func (a *Axes) Contours(levels []float64, colors []string, grids ...Grid) *Node {
	if len(colors) != len(levels)+1 {
		panic(fmt.Sprintf("draw: Contours: %d levels with %d colors", len(levels), len(colors)))
	}
	n := a.Data.Group()
	for c, color := range colors {
		level := math.Inf(-1)
		if c > 0 {
			level = levels[c-1]
		}
		if c > 1 && !(levels[c-2] < level) {
			panic(fmt.Sprintf("draw: Contours: levels %v do not ascend", levels))
		}
		n.Path(a.contours(level, true, grids)...).Fill(color)
	}
	return n
}

// Isoline adds the line where the grid crosses level. Several grids are one for
// each frame.
func (a *Axes) Isoline(s Stroke, level float64, grids ...Grid) *Node {
	return a.Data.Path(a.contours(level, false, grids)...).Stroke(s)
}

func (a *Axes) contours(level float64, region bool, grids []Grid) []string {
	ds := make([]string, len(grids))
	for k, g := range grids {
		ds[k] = contour(g, level, a.X, a.Y, region)
	}
	return ds
}
