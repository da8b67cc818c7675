package draw

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestPen(t *testing.T) {
	t.Parallel()
	type xy = [2]float64
	tests := []struct {
		name   string
		points []xy
		closed bool
		want   string
	}{
		{"nothing", nil, false, ""},
		{"point", []xy{{1, 1}}, false, ""},
		{"repeated point", []xy{{1, 1}, {1, 1.01}}, false, ""},
		{"line", []xy{{1, 2}, {3, 5}}, false, "m1 2 2 3"},
		{"tenths", []xy{{1.26, -.04}, {0, .5}}, false, "m1.3 0-1.3 .5"},
		{"level, upright", []xy{{0, 0}, {5, 0}, {5, -5}}, false, "m0 0h5v-5"},
		{"straight on", []xy{{0, 0}, {5, 5}, {7, 7}, {8, 9}}, false, "m0 0 7 7 1 2"},
		{"and back", []xy{{0, 0}, {5, 0}, {3, 0}}, false, "m0 0h5-2"},
		{"closed", []xy{{0, 0}, {5, 0}, {5, 5}, {0, 0}}, true, "m0 0h5v5z"},
		{"closed, start on a side", []xy{{2, 0}, {5, 0}, {0, 5}, {0, 0}}, true, "m2 0h3l-5 5v-5z"},
		{"no area", []xy{{0, 0}, {5, 0}}, true, ""},
		{"far away", []xy{{0, 0}, {1e300, 1}}, false, "m0 0 100000 1"},
	}
	for _, tt := range tests {
		var p Pen
		for i, q := range tt.points {
			if i == 0 {
				p.Move(q[0], q[1])
			} else {
				p.Line(q[0], q[1])
			}
		}
		if tt.closed {
			p.Close()
		}
		if got := p.String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// Relative coordinates must not drift.
func TestPenDoesNotDrift(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	var p Pen
	var want [][2]float64
	for i := range 1000 {
		x, y := 500*rng.Float64(), 500*rng.Float64()
		want = append(want, [2]float64{x, y})
		if i%100 == 0 {
			p.Move(x, y)
		} else {
			p.Line(x, y)
		}
	}
	i := 0
	for _, l := range readPath(t, p.String()) {
		for _, q := range l.points {
			if !near(q[0], want[i][0], .051) || !near(q[1], want[i][1], .051) {
				t.Fatalf("point %d is %v, want %v", i, q, want[i])
			}
			i++
		}
	}
	if i != len(want) {
		t.Errorf("%d points of %d", i, len(want))
	}
}

func TestLinesBreak(t *testing.T) {
	t.Parallel()
	xs := []float64{0, 1, 2, 3, inf, 5, 6}
	ys := []float64{0, 1, nan, 3, 4, 5, 7}
	if got, want := linePath(xs, ys), "m0 0 1 1m4 4 1 2"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := len(lengths(xs, ys)); got != 2 {
		t.Errorf("a growing line has %d points before the first NaN", got)
	}
}

func TestGrow(t *testing.T) {
	t.Parallel()
	d := New(100, 100, "g")
	n := d.grow(Stroke{}, []float64{0, 3, 3, nan}, []float64{0, 4, 10, 0}, []int{-1, 0, 1, 2, 3, 1})
	for k, want := range []string{"0 1", "0 12", "5 12", "11 12", "11 12", "5 12"} {
		for _, a := range n.attrs {
			if a.name == "stroke-dasharray" && a.at(k) != want {
				t.Errorf("frame %d: %s, want %s", k, a.at(k), want)
			}
		}
	}
	d = New(100, 100, "g")
	d.grow(Stroke{}, []float64{nan, nan, 1, 1}, make([]float64, 4), []int{0, 1, 2, 3})
	parse(t, d.Animated(1, 0))
}

func TestSimplify(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var line []dot
		x, y := 0.0, 0.0
		for range 2 + rng.IntN(60) {
			x, y = x+20*rng.NormFloat64(), y+20*rng.NormFloat64()
			line = append(line, dot{int(x), int(y)})
		}
		short := simplify(append([]dot(nil), line...), 15)
		if short[0] != line[0] || short[len(short)-1] != line[len(line)-1] {
			t.Fatal("an end is gone")
		}
		for _, q := range line {
			if d := distance(short, q); d > 15 {
				t.Fatalf("point %v is %v away from %v", q, d, short)
			}
		}
	}
}

// distance is from q to a line, by sampling.
func distance(line []dot, q dot) float64 {
	best := math.Inf(1)
	for i := range line[1:] {
		for s := 0.0; s <= 1; s += 1.0 / 256 {
			x := float64(line[i].x) + s*float64(line[i+1].x-line[i].x)
			y := float64(line[i].y) + s*float64(line[i+1].y-line[i].y)
			best = min(best, math.Hypot(x-float64(q.x), y-float64(q.y)))
		}
	}
	return best - .5
}

func TestMarkersHaveTheSameArea(t *testing.T) {
	t.Parallel()
	square := readPath(t, Marker{Shape: Square, Size: 100}.path(0, 0))[0]
	area := 0.0
	for i, a := range square.points {
		b := square.points[(i+1)%len(square.points)]
		area += (a[0]*b[1] - a[1]*b[0]) / 2
	}
	if want := math.Pi * 50.5 * 50.5; !near(area, want, 20) || !square.closed {
		t.Errorf("area of the square %v, of the dot %v", area, want)
	}
	if got, want := (Marker{Size: 9}).path(10, 10), "m5 10a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"; got != want {
		t.Errorf("dot %q, want %q", got, want)
	}
	if got := (Marker{}).path(nan, 1); got != "" {
		t.Errorf("no point: %q", got)
	}
}
