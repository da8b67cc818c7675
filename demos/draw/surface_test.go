package draw

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

var bumps = Sample(13, 11, Range{-2, 3}, Range{0, 4}, func(x, y float64) float64 {
	return math.Sin(2*x)*math.Cos(1.5*y) + .3*x
})

func TestViewFits(t *testing.T) {
	t.Parallel()
	b := Box{20, 30, 200, 100}
	for azimuth := -360.0; azimuth <= 360; azimuth += 15 {
		for _, elevation := range []float64{0, 30, 90} {
			x, y, z := Range{-2, 3}, Range{0, 4}, Range{10, 20}
			v := NewView(b, x, y, z, azimuth, elevation)
			var px, py []float64
			for _, c := range corners(x, y, z) {
				u, w := v.Project(c[0], c[1], c[2])
				px, py = append(px, u), append(py, w)
			}
			ex, ey := Extent(0, px), Extent(0, py)
			const eps = 1e-9
			if ex.Lo < b.X-eps || ex.Hi > b.X+b.W+eps || ey.Lo < b.Y-eps || ey.Hi > b.Y+b.H+eps {
				t.Errorf("azimuth %v, elevation %v: %v × %v", azimuth, elevation, ex, ey)
			}
			if !near(ex.Hi-ex.Lo, b.W, 1e-9) && !near(ey.Hi-ey.Lo, b.H, 1e-9) {
				t.Errorf("azimuth %v, elevation %v: does not fill the box", azimuth, elevation)
			}
		}
	}
	panics(t, "elevation of 91", func() { NewView(b, unit, unit, unit, 0, 91) })
	panics(t, "NewView: [NaN]", func() { NewView(b, unit, unit, unit, nan, 1) })
}

// The formula of NewView's comment, as a page's script would write it.
func TestViewFormula(t *testing.T) {
	t.Parallel()
	x, y, z := Range{-2, 3}, Range{0, 4}, Range{10, 20}
	v := NewView(Box{0, 0, 100, 100}, x, y, z, -60, 30)
	project := func(px, py, pz float64) (right, up, depth float64) {
		u, w, h := 2*(px+2)/5-1, 2*py/4-1, .75*(2*(pz-10)/10-1)
		sa, ca := math.Sincos(-60 * math.Pi / 180)
		se, ce := math.Sincos(30 * math.Pi / 180)
		return w*ca - u*sa, h*ce - (u*ca+w*sa)*se, h*se + (u*ca+w*sa)*ce
	}
	ox, oy := v.Project(.5, 2, 15)
	r0, _, _ := project(3, 2, 15)
	x1, _ := v.Project(3, 2, 15)
	scale := (x1 - ox) / r0
	rng := rand.New(rand.NewPCG(1, 9))
	for range 100 {
		q := [3]float64{5*rng.Float64() - 2, 4 * rng.Float64(), 10 + 10*rng.Float64()}
		right, up, depth := project(q[0], q[1], q[2])
		px, py := v.Project(q[0], q[1], q[2])
		if !near(px, ox+scale*right, 1e-9) || !near(py, oy-scale*up, 1e-9) {
			t.Errorf("%v at (%v, %v), want (%v, %v)", q, px, py, ox+scale*right, oy-scale*up)
		}
		if got := v.Depth[0] + v.Depth[1]*q[0] + v.Depth[2]*q[1] + v.Depth[3]*q[2]; !near(got, depth, 1e-9) {
			t.Errorf("depth %v, want %v", got, depth)
		}
	}
}

// The facet painted last at a pixel must be the nearest of those that cover it.
func TestPaintersOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 9))
	z := Extent(0, bumps.Z)
	covered := 0
	for azimuth := 0.0; azimuth < 360; azimuth += 15 {
		v := NewView(Box{0, 0, 300, 300}, bumps.X, bumps.Y, z, azimuth, 20)
		cells := v.order(bumps.NX, bumps.NY)
		if len(cells) != 12*10 {
			t.Fatalf("%d cells", len(cells))
		}
		for range 60 {
			px, py := 300*rng.Float64(), 300*rng.Float64()
			nearest, last, count := math.Inf(-1), math.Inf(-1), 0
			for _, c := range cells {
				if d, ok := depthAt(v, c[0], c[1], px, py); ok {
					nearest, last, count = max(nearest, d), d, count+1
				}
			}
			if count > 1 {
				covered++
			}
			if last < nearest-1e-9 {
				t.Errorf("azimuth %v: at (%v, %v) the facet on top has depth %v, another %v", azimuth, px, py, last, nearest)
			}
		}
	}
	if covered < 100 {
		t.Errorf("only %d pixels with more than one facet", covered)
	}
}

// depthAt is the depth of a cell's facet, as two triangles, at a pixel.
func depthAt(v View, i, j int, px, py float64) (depth float64, ok bool) {
	point := func(i, j int) [3]float64 {
		x, y, z := bumps.x(float64(i)), bumps.y(float64(j)), bumps.Z[j*bumps.NX+i]
		u, w := v.Project(x, y, z)
		return [3]float64{u, w, v.Depth[0] + v.Depth[1]*x + v.Depth[2]*y + v.Depth[3]*z}
	}
	a, b, c, d := point(i, j), point(i+1, j), point(i+1, j+1), point(i, j+1)
	best := math.Inf(-1)
	for _, tri := range [][3][3]float64{{a, b, c}, {a, c, d}} {
		p, q, r := tri[0], tri[1], tri[2]
		area := (q[0]-p[0])*(r[1]-p[1]) - (r[0]-p[0])*(q[1]-p[1])
		s := ((px-p[0])*(r[1]-p[1]) - (r[0]-p[0])*(py-p[1])) / area
		u := ((q[0]-p[0])*(py-p[1]) - (px-p[0])*(q[1]-p[1])) / area
		if s >= 0 && u >= 0 && s+u <= 1 {
			best, ok = max(best, p[2]+s*(q[2]-p[2])+u*(r[2]-p[2])), true
		}
	}
	return best, ok
}

func TestSurface(t *testing.T) {
	t.Parallel()
	for azimuth := -180.0; azimuth <= 180; azimuth += 30 {
		for _, elevation := range []float64{0, 35, 90} {
			d := New(300, 300, "s")
			d.Surface(SurfaceSpec{Box: Box{0, 0, 300, 300}, Grid: bumps, Azimuth: azimuth, Elevation: elevation, XLabel: "x", YLabel: "y", ZLabel: "z"})
			parse(t, d.Static(0))
		}
	}
	flat := Sample(3, 3, unit, unit, func(x, y float64) float64 { return 2 })
	d := New(300, 300, "s")
	d.Surface(SurfaceSpec{Box: Box{0, 0, 300, 300}, Grid: flat, Azimuth: 40, Elevation: 30})
	parse(t, d.Static(0))
}

// What a page's script looks for: the groups, the facets in their order and the axes'
// names.
func TestSurfaceParts(t *testing.T) {
	t.Parallel()
	d := New(300, 300, "s")
	s := d.Surface(SurfaceSpec{Box: Box{0, 0, 300, 300}, Grid: bumps, Azimuth: 40, Elevation: 30, XLabel: "x", YLabel: "y", ZLabel: "z"})
	if got, want := len(s.Facets.kids), 12*10; got != want {
		t.Errorf("%d facets, want %d", got, want)
	}
	var names []string
	for _, kid := range s.Cage.kids {
		for _, a := range kid.attrs {
			if a.name == "class" && a.values[0] == "axis-name" {
				names = append(names, kid.text[0])
			}
		}
	}
	if got := strings.Join(names, " "); got != "x y z" {
		t.Errorf("names of axes %q, want x y z", got)
	}
}

// Where two axes meet, one number is left out, but for its place.
func TestSurfaceLabelsKeepApart(t *testing.T) {
	t.Parallel()
	weights := Range{-10, 10}
	grid := Sample(3, 3, weights, weights, func(x, y float64) float64 { return 0 })
	for azimuth := 5.0; azimuth < 360; azimuth += 10 {
		d := New(420, 390, "s")
		d.Surface(SurfaceSpec{Box: Box{W: 420, H: 390}, Grid: grid, Z: unit, Azimuth: azimuth, Elevation: 35})
		var boxes []Box
		for _, e := range parse(t, d.Static(0)).tag("text") {
			if e.text == "" {
				continue
			}
			x, _ := strconv.ParseFloat(e.attrs["x"], 64)
			y, _ := strconv.ParseFloat(e.attrs["y"], 64)
			w := textWidth(e.text, tickSize)
			b := Box{x - w*map[string]float64{"start": 0, "middle": .5, "end": 1}[e.attrs["text-anchor"]], y, w, 0}
			for _, k := range boxes {
				if b.X < k.X+k.W+labelGap-.1 && k.X < b.X+b.W+labelGap-.1 && math.Abs(b.Y-k.Y) < tickSize-.1 {
					t.Errorf("from %v: %s is too close to another number", azimuth, e.text)
				}
			}
			boxes = append(boxes, b)
		}
		if len(boxes) < 9 {
			t.Errorf("from %v: %d numbers", azimuth, len(boxes))
		}
	}
}
