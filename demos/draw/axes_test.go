package draw

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Labels side by side must not touch, whatever the range and the width.
func TestTickLabelsDoNotOverlap(t *testing.T) {
	t.Parallel()
	for _, r := range []Range{unit, {-.001, .0012}, {0, 123456}, {-1e6, 2e6}, {99.91, 99.99}, {0, 3e-9}} {
		for w := 80.0; w < 900; w += 23 {
			d := New(w, 150, "a")
			ax := d.Axes(AxesSpec{Box: Box{0, 0, w, 150}, X: r, Y: unit})
			right := 0.0
			for _, e := range parse(t, d.Static(0)).tag("text") {
				if e.attrs["text-anchor"] != "middle" {
					continue
				}
				x, _ := strconv.ParseFloat(e.attrs["x"], 64)
				s := e.text
				for _, part := range e.kids {
					s += part.text
				}
				half := textWidth(s, tickSize) / 2
				if x-half < right {
					t.Errorf("range %v, width %v: %q begins at %v, the one before ends at %v", r, w, s, x-half, right)
				}
				right = x + half
			}
			if ax.Frame.X+ax.Frame.W > w {
				t.Errorf("frame %v in a width of %v", ax.Frame, w)
			}
		}
	}
}

func TestAxesPanics(t *testing.T) {
	t.Parallel()
	d := New(100, 100, "a")
	box := Box{0, 0, 100, 100}
	ax := d.Axes(AxesSpec{Box: box, X: unit, Y: unit})
	one, two := []float64{1}, []float64{1, 2}
	tests := []struct {
		want string
		f    func()
	}{
		{"Axes: range from 1 to 0", func() { d.Axes(AxesSpec{Box: box, X: Range{1, 0}, Y: unit}) }},
		{"Axes: [0 NaN]", func() { d.Axes(AxesSpec{Box: box, X: unit, Y: Range{0, nan}}) }},
		{"Axes: box", func() { d.Axes(AxesSpec{Box: Box{0, 0, 20, 100}, X: unit, Y: unit}) }},
		{"Line: 1 x values but 2", func() { ax.Line(Stroke{}, one, two) }},
		{"Grow: 1 x values but 2", func() { ax.Grow(Stroke{}, one, two, nil) }},
		{"Scatter: 1 x values but 2", func() { ax.Scatter(Marker{}, one, two) }},
		{"Moving: 1 x values but 2", func() { ax.Moving(Marker{}, one, two) }},
		{"Contours: 2 levels with 2 colors", func() { ax.Contours(two, []string{"a", "b"}) }},
		{"do not ascend", func() { ax.Contours([]float64{2, 1}, []string{"a", "b", "c"}, Sample(2, 2, unit, unit, add)) }},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) { panics(t, tt.want, tt.f) })
	}
}

func add(x, y float64) float64 { return x + y }

// Nothing that is not finite reaches the file, from any kind of data.
func TestDataThatIsNotFinite(t *testing.T) {
	t.Parallel()
	d := New(300, 300, "a")
	ax := d.Axes(AxesSpec{Box: Box{0, 0, 300, 300}, X: unit, Y: unit})
	xs, ys := []float64{0, nan, .5, inf, .8, 1}, []float64{0, .1, -inf, 1, nan, 1e308}
	ax.Line(Stroke{}, xs, ys)
	ax.Grow(Stroke{}, xs, ys, []int{0, 1, 2, 3, 4, 5})
	ax.Scatter(Marker{}, xs, ys)
	ax.Moving(Marker{}, xs, ys)
	g := Grid{2, 3, unit, unit, xs}
	ax.Contours([]float64{.5}, []string{"red", "blue"}, g)
	d.Surface(SurfaceSpec{Box: Box{0, 0, 300, 300}, Grid: g, Azimuth: 30, Elevation: 30})
	parse(t, d.Animated(time.Second, 0))
}

func TestLegendAndColorBar(t *testing.T) {
	t.Parallel()
	d := New(300, 300, "a")
	s := Series(1)
	b := d.Legend(10, 10, Entry{Label: "line", Line: &s}, Entry{Label: "<m>_1", Marker: &Marker{Shape: Square}}, Entry{Label: "f", Fill: "red"})
	if b.H != 3*19+8 || b.W < 60 {
		t.Errorf("legend takes %v", b)
	}
	var shown []string
	for _, e := range parse(t, d.Static(0)).tag("g")[1].kids {
		shown = append(shown, e.name+strings.TrimSpace(e.text))
	}
	if got, want := strings.Join(shown, " "), "rect line textline g text<m> rect textf"; got != want {
		t.Errorf("the legend is made of %s, want %s", got, want)
	}
	for want, r := range map[string]Range{
		"0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9":                            {0, 1},
		"−0.8 −0.6 −0.4 −0.2 0 0.2 0.4 0.6 0.8":                          {-1, 1},
		"−2.35 −2.30 −2.25 −2.20 −2.15 −2.10 −2.05 −2.00 −1.95":          {-2.4, -1.9},
		"0.0041 0.0042 0.0043 0.0044 0.0045 0.0046 0.0047 0.0048 0.0049": {.004, .005},
		"1100 1200 1300 1400 1500 1600 1700 1800 1900":                   {1000, 2000},
		"−0.7 −0.3 0 0.3 0.7 1.0 1.3 1.7 2.0":                            {-1, 7. / 3},
		"0.25 0.50 0.75 1.00 1.25 1.50 1.75 2.00 2.25":                   {0, 2.5},
		"0.1 0.5 0.9 1.3 1.7 2.1 2.5 2.9 3.3":                            {-.35, 3.65}, // 0.05, 0.45, …
	} {
		d := New(300, 300, "a")
		d.ColorBar(Box{200, 0, 60, 200}, Levels(r, 9), Bands(10), "a")
		var labels []string
		for _, e := range parse(t, d.Static(0)).tag("text")[1:] {
			labels = append(labels, e.text)
		}
		if got := strings.Join(labels, " "); got != want {
			t.Errorf("levels from %v to %v are %s, want %s", r.Lo, r.Hi, got, want)
		}
	}
	panics(t, "2 levels with 2", func() { d.ColorBar(Box{0, 0, 9, 99}, []float64{1, 2}, []string{"a", "b"}, "") })
}

func ExampleAxes_Grow() {
	d := New(400, 200, "loss")
	d.Describe("Loss", "The loss falls from 4 to 1 in four iterations.")
	ax := d.Axes(AxesSpec{Box: Box{0, 0, 400, 200}, X: Range{0, 3}, Y: Range{0, 5}, XLabel: "iteration", YLabel: "loss"})
	ax.Grow(Series(0), []float64{0, 1, 2, 3}, []float64{4, 2.5, 1.5, 1}, []int{0, 1, 2, 3})
	for _, t := range d.Tracks() {
		fmt.Println(t.ID, t.Attr, t.Values)
	}
	// Output:
	// loss-2 stroke-dasharray [0 364 125.03 364 245.19 364 362.49 364]
}

// A band goes along its upper line and back along the lower one.
func TestBand(t *testing.T) {
	t.Parallel()
	d := New(300, 200, "b-")
	ax := d.Axes(AxesSpec{Box: Box{W: 300, H: 200}, X: Range{Lo: 0, Hi: 2}, Y: Range{Lo: 0, Hi: 1}})
	ax.Band("red", []float64{0, 1, 2}, []float64{.2, .1, .2}, []float64{.6, .9, .6})
	var p Pen
	p.Move(ax.X.At(0), ax.Y.At(.2))
	for _, at := range [][2]float64{{0, .6}, {1, .9}, {2, .6}, {2, .2}, {1, .1}} {
		p.Line(ax.X.At(at[0]), ax.Y.At(at[1]))
	}
	p.Close()
	if svg := string(d.Static(0)); !strings.Contains(svg, `d="`+p.String()+`" fill="red"`) {
		t.Errorf("there is no path %s in\n%s", &p, svg)
	}
}
