package draw

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The tests put 40 pixels between neighbouring points of a grid, so that a cell
// is large compared with what the path leaves out.
const cellSize = 40

func scales(g Grid) (x, y Scale) {
	return Scale{Data: g.X, From: 10, To: 10 + cellSize*float64(g.NX-1)}, Scale{Data: g.Y, From: 10 + cellSize*float64(g.NY-1), To: 10}
}

// above is the naive definition of a region, at u, v in units of cells: the
// part of the cell cut off by straight lines between crossings. It reports
// false for cells that are left out.
func above(g Grid, level, u, v float64) bool {
	i, j := int(math.Floor(u)), int(math.Floor(v))
	if !g.valid(i, j) {
		return false
	}
	u, v = u-float64(i), v-float64(j)
	k := j*g.NX + i
	z := [4]float64{g.Z[k], g.Z[k+1], g.Z[k+g.NX+1], g.Z[k+g.NX]}
	corner := [4][2]float64{{0, 0}, {1, 0}, {1, 1}, {0, 1}}
	crossing := func(a, b int) [2]float64 {
		s := (level/2 - z[a]/2) / (z[b]/2 - z[a]/2)
		return [2]float64{corner[a][0] + s*(corner[b][0]-corner[a][0]), corner[a][1] + s*(corner[b][1]-corner[a][1])}
	}
	var in []int
	for c := range z {
		if z[c] >= level {
			in = append(in, c)
		}
	}
	saddle := len(in) == 2 && in[1]-in[0] == 2
	if mean := z[0]/4 + z[1]/4 + z[2]/4 + z[3]/4; saddle && mean < level {
		for _, c := range in { // two corners cut off
			before, after := (c+3)%4, (c+1)%4
			triangle := polyline{points: [][2]float64{crossing(c, before), corner[c], crossing(c, after)}}
			if winding([]polyline{triangle}, u, v) != 0 {
				return true
			}
		}
		return false
	}
	var region polyline
	for c := range z {
		next := (c + 1) % 4
		if z[c] >= level {
			region.points = append(region.points, corner[c])
		}
		if (z[c] >= level) != (z[next] >= level) {
			region.points = append(region.points, crossing(c, next))
		}
	}
	return winding([]polyline{region}, u, v) != 0
}

// checkRegion compares ContourPath with the naive definition at points that are
// at least a pixel away from where the definition changes.
func checkRegion(t *testing.T, g Grid, level float64, rng *rand.Rand, points int) {
	t.Helper()
	x, y := scales(g)
	lines := readPath(t, ContourPath(g, level, x, y))
	for _, l := range lines {
		if !l.closed {
			t.Fatalf("a line is open: %v", l)
		}
	}
	for range points {
		u, v := float64(g.NX-1)*rng.Float64()*1.2-.1, float64(g.NY-1)*rng.Float64()*1.2-.1
		want, clear := above(g, level, u, v), true
		for a := range 12 {
			sin, cos := math.Sincos(float64(a) * math.Pi / 6)
			clear = clear && above(g, level, u+cos/cellSize, v+sin/cellSize) == want
		}
		if !clear {
			continue
		}
		w := winding(lines, 10+u*cellSize, y.From-v*cellSize)
		if (w != 0) != want || (w&1 == 1) != want {
			t.Fatalf("level %v, (%.3f, %.3f): winding %d, inside by definition: %t\n%v\n%v", level, u, v, w, want, g, lines)
		}
	}
}

func TestContourPath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		z     []float64 // 2 × 2: bottom left, bottom right, top left, top right
		level float64
		want  string
	}{
		{"all below", []float64{0, 0, 0, 0}, 1, ""},
		{"all above", []float64{2, 2, 2, 2}, 1, "m10 50h40v-40h-40z"},
		{"at the level", []float64{1, 1, 1, 1}, 1, "m10 50h40v-40h-40z"},
		{"everything", []float64{1, 2, 3, 4}, -inf, "m10 50h40v-40h-40z"},
		{"nothing", []float64{1, 2, 3, 4}, inf, ""},
		{"right half", []float64{0, 2, 0, 2}, 1, "m30 50h20v-40h-20z"},
		{"corner", []float64{2, 0, 0, 0}, 1, "m10 50h20l-20-20z"},
		{"all but a corner", []float64{0, 2, 2, 2}, 1, "m30 50h20v-40h-40v20z"},
		{"saddle, apart", []float64{2, 0, 0, 1.5}, 1, "m10 50h20l-20-20zm40-26.7v-13.3h-13.3z"},
		{"saddle, joined", []float64{3, 0, 0, 2}, 1, "m10 50h26.7l13.3-20v-20h-20l-20 13.3z"},
		{"NaN", []float64{3, 0, nan, 2}, 1, ""},
		{"huge", []float64{-math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64}, 0, "m30 50h20v-40h-20z"},
	}
	for _, tt := range tests {
		g := Grid{2, 2, unit, unit, tt.z}
		x, y := scales(g)
		if got := ContourPath(g, tt.level, x, y); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
		checkRegion(t, g, tt.level, rand.New(rand.NewPCG(1, 1)), 100)
	}
	panics(t, "level is NaN", func() { ContourPath(Grid{2, 2, unit, unit, make([]float64, 4)}, nan, Scale{}, Scale{}) })
	panics(t, "2 by 2 points with 3 values", func() { ContourPath(Grid{2, 2, unit, unit, make([]float64, 3)}, 0, Scale{}, Scale{}) })
	panics(t, "1 by 3", func() { contour(Grid{1, 3, unit, unit, make([]float64, 3)}, 0, Scale{}, Scale{}, false) })
}

func TestIsolines(t *testing.T) {
	t.Parallel()
	g := Sample(9, 9, Range{-2, 2}, Range{-2, 2}, func(x, y float64) float64 { return -x*x - y*y })
	x, y := scales(g)
	ring := readPath(t, contour(g, -1.5, x, y, false))
	if len(ring) != 1 || !ring[0].closed {
		t.Errorf("a circle is %v", ring)
	}
	arcs := readPath(t, contour(g, -5, x, y, false))
	if len(arcs) != 4 {
		t.Errorf("%d arcs at the corners", len(arcs))
	}
	for _, l := range arcs {
		if l.closed {
			t.Errorf("closed: %v", l)
		}
	}
	for _, l := range append(arcs, ring...) {
		for i, p := range l.points {
			b := l.points[(i+1)%len(l.points)]
			// The region is at the left of its border, seen with y upwards.
			if i+1 < len(l.points) && cross(p, b, [2]float64{x.At(0), y.At(0)}) <= 0 {
				t.Errorf("%v: the middle is not at the left of %v to %v", l, p, b)
			}
		}
	}
	g.Z[4*9+6] = nan // cuts the ring open
	if cut := readPath(t, contour(g, -1.5, x, y, false)); len(cut) != 1 || cut[0].closed {
		t.Errorf("a circle with a cell left out is %v", cut)
	}
}

// cross is positive if c is at the left of the way from a to b, in pixels.
func cross(a, b, c [2]float64) float64 {
	return (b[1]-a[1])*(c[0]-a[0]) - (b[0]-a[0])*(c[1]-a[1])
}

func TestContourOracle(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		g := Grid{2 + rng.IntN(7), 2 + rng.IntN(7), Range{-3, 5}, unit, nil}
		for range g.NX * g.NY {
			z := math.Round(8*rng.Float64()) / 4 // often exactly at a level
			if rng.IntN(12) == 0 {
				z = []float64{nan, inf, -inf}[rng.IntN(3)]
			}
			g.Z = append(g.Z, z)
		}
		for _, level := range []float64{-inf, .25, 1, 1.37} {
			checkRegion(t, g, level, rng, 60)
		}
	}
}

func FuzzContour(f *testing.F) {
	f.Add(uint8(3), []byte{1, 2, 3, 4, 255, 6, 7, 8, 9}, 4.5)
	f.Add(uint8(2), []byte{200, 0, 0, 200}, 100.)
	f.Fuzz(func(t *testing.T, nx uint8, data []byte, level float64) {
		n := int(nx)
		if n < 2 || len(data)/n < 2 || len(data) > 400 || math.IsNaN(level) {
			t.Skip()
		}
		g := Grid{n, len(data) / n, unit, unit, nil}
		for _, b := range data[:g.NX*g.NY] {
			z := float64(b)
			switch b {
			case 255:
				z = nan
			case 254:
				z = inf
			case 253:
				z = math.MaxFloat64
			case 252:
				z = -math.MaxFloat64
			}
			g.Z = append(g.Z, z)
		}
		checkRegion(t, g, level, rand.New(rand.NewPCG(7, 8)), 40)
		x, y := scales(g)
		readPath(t, contour(g, level, x, y, false))
	})
}

// wave is a grid like the predictions of a network.
func wave(n int, phase float64) Grid {
	r := Range{-.5, 1.5}
	return Sample(n, n, r, r, func(x, y float64) float64 {
		return 1 / (1 + math.Exp(-6*math.Sin(2*x+phase)*math.Cos(3*y-phase)))
	})
}

func TestAnimationSize(t *testing.T) {
	t.Parallel()
	const frames = 100
	d := New(330, 330, "a")
	ax := d.Axes(AxesSpec{Box: Box{0, 0, 330, 330}, X: Range{-.5, 1.5}, Y: Range{-.5, 1.5}})
	var grids []Grid
	for k := range frames {
		grids = append(grids, wave(20, float64(k)/20))
	}
	ax.Contours(Levels(unit, 9), Bands(10), grids...)
	if n := len(d.Animated(1e8, 0)); n > 400_000 {
		t.Errorf("%d frames take %d bytes", frames, n)
	}
}

func BenchmarkContourPath(b *testing.B) {
	for _, n := range []int{20, 100} {
		b.Run(fmt.Sprintf("points=%dx%d", n, n), func(b *testing.B) {
			g := wave(n, 1)
			x, y := Scale{Data: g.X, To: 300}, Scale{Data: g.Y, From: 300}
			b.ReportAllocs()
			for b.Loop() {
				ContourPath(g, .5, x, y)
			}
		})
	}
}
