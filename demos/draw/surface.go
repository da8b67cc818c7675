package draw

import "math"

// SurfaceSpec describes the surface of the heights of a grid.
type SurfaceSpec struct {
	Box                    Box // with all labels
	Grid                   Grid
	Z                      Range   // heights beyond are flattened; zero for the grid's own
	Azimuth, Elevation     float64 // of the camera in degrees; see NewView
	XLabel, YLabel, ZLabel string  // marked up as in Text; "" for none
}

// A Surface is drawn by a Node's Surface. Its View projects data to pixels.
type Surface struct {
	View
	Cage   *Node // the axes; the names of x, y and z have the class "axis-name"
	Facets *Node // from the farthest to the nearest
	Over   *Node // above the surface, in pixels
}

// Surface adds a shaded surface in the colours of Cividis, in a box with axes. It
// panics if the box is too small, the grid has no cells, or the elevation is not
// in [0, 90].
func (n *Node) Surface(spec SurfaceSpec) *Surface {
	spec.Box.check("Surface")
	spec.Grid.check("Surface")
	if spec.Z == (Range{}) {
		spec.Z = Extent(0, spec.Grid.Z)
	}
	b, margin := spec.Box, 46.0
	inner := Box{b.X + margin, b.Y + 10, b.W - 2*margin, b.H - margin}
	g := n.Group()
	view := NewView(inner, spec.Grid.X, spec.Grid.Y, spec.Z, spec.Azimuth, spec.Elevation)
	s := &Surface{View: view, Cage: g.Group(), Facets: g.Group(), Over: g.Group()}
	cage := cage{View: s.View, spec: spec, g: s.Cage}
	cage.draw()
	s.facets(s.Facets, spec)
	return s
}

// order returns the cells from the farthest to the nearest. Each cell's facet
// stands over the cell, so that it can only be hidden by facets over cells
// nearer to the camera along x, y or both, whatever the heights are.
func (v View) order(nx, ny int) (cells [][2]int) {
	for b := range ny - 1 {
		for a := range nx - 1 {
			i, j := a, b
			if v.Depth[1] < 0 {
				i = nx - 2 - a
			}
			if v.Depth[2] < 0 {
				j = ny - 2 - b
			}
			cells = append(cells, [2]int{i, j})
		}
	}
	return cells
}

// facets draws the surface, with outlines that also close the gaps between.
func (s *Surface) facets(g *Node, spec SurfaceSpec) {
	g.Set("stroke", "#000").Set("stroke-opacity", ".35").Set("stroke-width", ".5").Set("stroke-linejoin", "round")
	grid := spec.Grid
	light := s.light()
	for _, c := range s.order(grid.NX, grid.NY) {
		i, j := c[0], c[1]
		if !grid.valid(i, j) {
			continue
		}
		var p Pen
		var z [4]float64
		for k, d := range [4][2]int{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
			h := grid.Z[(j+d[1])*grid.NX+i+d[0]]
			z[k] = min(max(h, spec.Z.Lo), spec.Z.Hi)
			px, py := s.Project(grid.x(float64(i+d[0])), grid.y(float64(j+d[1])), z[k])
			if k == 0 {
				p.Move(px, py)
			} else {
				p.Line(px, py)
			}
		}
		p.Close()
		if d := p.String(); d != "" { // seen from its edge
			g.Path(d).Fill(spec.color(z, light))
		}
	}
}

// light is the direction to the light: above, and to the left of the camera.
func (s *Surface) light() [3]float64 {
	x, y := s.Depth[1], s.Depth[2]
	if h := math.Hypot(x, y); h > 0 {
		x, y = x/h, y/h
	}
	// The camera's left is its direction turned clockwise, seen from above.
	return [3]float64{.45*x + .55*y, .45*y - .55*x, .7}
}

// color is the colour of the mean height of a facet, darker away from the light.
func (spec SurfaceSpec) color(z [4]float64, light [3]float64) string {
	height := spec.Z.Hi - spec.Z.Lo
	mean := (z[0]/4 + z[1]/4 + z[2]/4 + z[3]/4 - spec.Z.Lo) / height
	slope := 1.5 / height // of the drawn box, which is 2 wide and 1.5 high
	nx := -(z[1] - z[0] + z[2] - z[3]) / 2 * slope * float64(spec.Grid.NX-1) / 2
	ny := -(z[3] - z[0] + z[2] - z[1]) / 2 * slope * float64(spec.Grid.NY-1) / 2
	cos := (nx*light[0] + ny*light[1] + light[2]) / math.Sqrt((nx*nx+ny*ny+1)*(light[0]*light[0]+light[1]*light[1]+light[2]*light[2]))
	return shade(Cividis(mean), .62+.38*max(0, cos))
}

// shade multiplies the light of a colour written as #rrggbb.
func shade(color string, by float64) string {
	rgb := linearRGB(parseHex(color))
	for k := range rgb {
		rgb[k] *= by * by
	}
	return hex(rgb)
}
