package figures

import (
	"bytes"
	"encoding/json"
	"go/format"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gentlegrad/demos/draw"
)

// The surfaces that the article drew, by NumPy.
func TestErrorsAreTheArticles(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../testdata/article/error-surfaces.json")
	must(t, err)
	var golden struct {
		Grid   []float64   `json:"grid"`
		Single []float64   `json:"single_layer"`
		Two    [][]float64 `json:"two_layer_rows_are_w2"`
	}
	must(t, json.Unmarshal(text, &golden))
	if len(golden.Grid) != 50 || len(golden.Single) != 50 || len(golden.Two) != 50 {
		t.Fatalf("grid of %d, %d and %d values", len(golden.Grid), len(golden.Single), len(golden.Two))
	}
	if got := startValues(50); !slices.EqualFunc(got, golden.Grid, func(a, b float64) bool { return near(a, b, 1e-14) }) {
		t.Errorf("grid %v, want %v", got, golden.Grid)
	}
	for i, w1 := range golden.Grid {
		if got := chainError(w1); !near(got, golden.Single[i], 1e-12) {
			t.Errorf("E(%v) = %v, want %v", w1, got, golden.Single[i])
		}
		for j, w2 := range golden.Grid {
			if got, want := chainError(w1, w2), golden.Two[j][i]; !near(got, want, 1e-12) {
				t.Errorf("E(%v, %v) = %v, want %v", w1, w2, got, want)
			}
		}
	}
}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

// Descents against the delta rules, written out for one unit a layer.
func TestDescents(t *testing.T) {
	t.Parallel()
	g := func(z float64) float64 { return 1 / (1 + math.Exp(-z)) }
	for _, start := range [][]float64{{3, -6}, {-10, -10}, {8, -8}, {2, -6}, {0, 0}} {
		d := newDescent(start...)
		w1, w2 := start[0], start[1]
		for step, p := range d.points {
			a1 := g(w1)
			a2 := g(a1 * w2)
			for k, want := range []float64{w1, w2, (a2 - 1) * (a2 - 1)} {
				if !near(p[k], want, 1e-9) {
					t.Fatalf("from %v: value %d after %d steps is %v, want %v", start, k, step, p[k], want)
				}
			}
			delta2 := (a2 - 1) * a2 * (1 - a2)
			delta1 := delta2 * w2 * a1 * (1 - a1)
			if step == 0 && !(near(d.gradient[0], delta1, 1e-15) && near(d.gradient[1], delta2*a1, 1e-15)) {
				t.Errorf("from %v: gradient %v, want %v and %v", start, d.gradient, delta1, delta2*a1)
			}
			w1, w2 = w1-descentRate*delta1, w2-descentRate*delta2*a1
		}
		if len(d.points) != descentSteps+1 {
			t.Errorf("%d points", len(d.points))
		}
	}
}

// No point of a descent may be far from what is drawn.
func TestThinned(t *testing.T) {
	t.Parallel()
	for _, start := range [][]float64{{-6}, {10}, {3, -6}, {-10, 0}, {2, -6}} {
		d := newDescent(start...)
		keep, marks := d.thinned()
		if !slices.IsSorted(keep) || len(keep) > 80 {
			t.Errorf("from %v: keeps %v", start, keep)
		}
		for m, k := range marks {
			if keep[k] != descentMarks[m] {
				t.Errorf("from %v: mark %d is at step %d", start, m, keep[k])
			}
		}
		for s := range keep[1:] {
			for i := keep[s] + 1; i < keep[s+1]; i++ {
				if v := d.detour(keep[s], i, keep[s+1]); !(v <= .0015) {
					t.Errorf("from %v: the line misses step %d by %v", start, i, v)
				}
			}
		}
	}
}

// What the texts claim: E is low where both weights are large, near 1 where the second
// is very negative and ¼ where the first is; of the descents some arrive, some stay.
func TestErrorSurfaceFates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		weights []float64
		e       float64
	}{{[]float64{-10}, 1}, {[]float64{10}, 0}, {[]float64{10, 10}, 0}, {[]float64{10, -10}, 1}, {[]float64{-10, 10}, .25}, {[]float64{-10, -10}, .25}} {
		if e := chainError(c.weights...); !near(e, c.e, .001) {
			t.Errorf("E(%v) = %v, want about %v", c.weights, e, c.e)
		}
	}
	var soon, late, never int
	for _, s := range surfaceData(t)[1].Starts {
		switch start, end := s.E[2], s.E[3]; {
		case start < .01:
			soon++
		case end < .01:
			late++
		case end > .2:
			never++
		}
	}
	if soon < 50 || late < 50 || never < 50 || soon+late+never < 430 {
		t.Errorf("of 441 descents %d are down after 100 steps, %d after 1000, and %d never", soon, late, never)
	}
}

func surfaceData(t *testing.T) []descentData {
	t.Helper()
	var out []descentData
	for _, f := range drawn(t, 4, 5) {
		out = append(out, f.Data.(descentData))
	}
	return out
}

func TestErrorSurfacesData(t *testing.T) {
	t.Parallel()
	size := 0
	for i, data := range surfaceData(t) {
		text, err := json.Marshal(data)
		must(t, err)
		size += len(text)
		weights := i + 1
		if want := int(math.Pow(float64(len(data.Values)), float64(weights))); len(data.Starts) != want {
			t.Errorf("figure %d: %d starts, want %d", i+4, len(data.Starts), want)
		}
		for n, s := range data.Starts {
			w1 := data.Values[n%len(data.Values)]
			if s.Path[0] != int(math.Round(100*w1)) || (len(s.Path)/(weights+1)-1) != s.Marks[len(s.Marks)-1] || len(s.E) != len(s.Marks) || len(s.G) != weights {
				t.Errorf("figure %d: start %d is %+v", i+4, n, s)
			}
			if e := float64(s.Path[weights]) / 1e4; !near(e, s.E[0], .001) {
				t.Errorf("figure %d: start %d is drawn at E = %v, which is %v", i+4, n, e, s.E[0])
			}
		}
	}
	if size > 250_000 {
		t.Errorf("%d bytes of data", size)
	}
}

func TestErrorSurfacesFiles(t *testing.T) {
	t.Parallel()
	list := drawn(t, 4, 5)
	for i, f := range list {
		if f.Number != i+4 || f.Kind != "descent" || f.Panels[0].Name != "network" || f.Panels[1].Name != "surface" {
			t.Errorf("figure %d, kind %q, panels %v", f.Number, f.Kind, f.Panels)
		}
		for _, want := range []string{`a<tspan dy="0.28em" font-size="0.78em">out</tspan>`, `w<tspan dy="0.28em" font-size="0.78em">1</tspan>`} {
			if !bytes.Contains(f.SVG, []byte(want)) {
				t.Errorf("figure %d has no label %s", f.Number, want)
			}
		}
	}
	// The script takes the facets' colours from the drawing.
	if n := bytes.Count(list[1].Panels[1].Drawing.Inline(0), []byte("<path")); n < 40*40 {
		t.Errorf("%d paths; want a facet for every cell", n)
	}
}

// The code shown is the code that ran; it compiles here, and is complete.
func TestDescentCode(t *testing.T) {
	t.Parallel()
	code := descentCode(3, -6)
	call, functions, _ := strings.Cut(code, "\n\n")
	if want := "net := chain(3, -6)\ndescend(net, 5, 1000, visit)"; call != want {
		t.Errorf("call %q, want %q", call, want)
	}
	formatted, err := format.Source([]byte("package p\n\n" + functions))
	if err != nil || string(formatted) != "package p\n\n"+functions {
		t.Errorf("%v in\n%s", err, functions)
	}
	for _, want := range []string{"layers.NewLinear(1, 1", "autograd.Backward(loss, weights...)", "optimiser.Step(grads)\n"} {
		if !strings.Contains(functions, want) {
			t.Errorf("no %q in\n%s", want, functions)
		}
	}
}

func TestScientific(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0", 1: "1", .25: "0.25", -.00311: "−0.00311", .00123456: "0.00123", -.000999: "−9.99·10⁻⁴", 4.5e-12: "4.50·10⁻¹²"} {
		if got := scientific(v); got != want {
			t.Errorf("scientific(%v) = %q, want %q", v, got, want)
		}
	}
	if got := draw.Num(digits(.123456) * 100); got != "12.3" {
		t.Errorf("digits: %s", got)
	}
}

// Every dot of a descent is seen, even where all are in one place: later ones are smaller
// and above.
func TestTraceDots(t *testing.T) {
	t.Parallel()
	d := draw.New(100, 100, "t-")
	line, dots := newDescent(start4...).path()
	trace(d.Node, line, dots, func([]float64) (x, y float64) { return 50, 50 })
	var radii []float64
	for _, m := range regexp.MustCompile(`<circle [^>]* r="([^"]*)"`).FindAllSubmatch(d.Static(0), -1) {
		r, err := strconv.ParseFloat(string(m[1]), 64)
		must(t, err)
		radii = append(radii, r)
	}
	if len(radii) != len(descentMarks) {
		t.Errorf("%d dots for %d marks", len(radii), len(descentMarks))
	}
	for k := 1; k < len(radii); k++ {
		if radii[k] > radii[k-1]-1 {
			t.Errorf("a dot of radius %v is on one of %v", radii[k], radii[k-1])
		}
	}
}
