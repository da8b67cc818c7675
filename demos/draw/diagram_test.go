package draw

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func layers(sizes ...int) (spec DiagramSpec) {
	spec.Box = Box{0, 0, 600, 400}
	for l, n := range sizes {
		spec.Layers = append(spec.Layers, Layer{Title: "t", Units: make([]string, n), Bias: true})
		for i := Bias; l > 0 && i < sizes[l-1]; i++ {
			for j := range n {
				spec.Edges = append(spec.Edges, Edge{Layer: l - 1, From: i, To: j, Label: "w_{ij}"})
			}
		}
	}
	spec.Layers[len(sizes)-1].Bias = false
	return spec
}

// Circles must be in the box and must not touch, for all sizes.
func TestDiagramLayout(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 25; n++ {
		spec := layers(1, n, 2, n, 3)
		d := New(600, 400, "a")
		g := d.Diagram(spec)
		type circle struct{ x, y, r float64 }
		var all []circle
		for l, layer := range spec.Layers {
			for u := Bias; u < len(layer.Units); u++ {
				if u == Bias && !layer.Bias {
					continue
				}
				if x, y, r := g.At(l, u); r > 0 {
					all = append(all, circle{x, y, r})
				} else if g.Unit(l, u) != nil || g.Inside(l, u) != nil {
					t.Errorf("%d units: layer %d unit %d is not shown but has a circle", n, l, u)
				}
			}
		}
		for i, a := range all {
			if a.r < 3 || a.x-a.r < 0 || a.x+a.r > 600 || a.y-a.r < 22 || a.y+a.r > 400 {
				t.Errorf("%d units: circle %v", n, a)
			}
			for _, b := range all[:i] {
				if math.Hypot(a.x-b.x, a.y-b.y) < a.r+b.r+2 {
					t.Errorf("%d units: circles %v and %v touch", n, a, b)
				}
			}
		}
		parse(t, d.Static(0))
	}
}

func TestDiagramSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	spec := layers(2, 100)
	d := New(600, 400, "a")
	g := d.Diagram(spec)
	texts := map[string]int{}
	for _, e := range parse(t, d.Static(0)).tag("text") {
		texts[e.text]++
	}
	if texts["⋮"] != 1 || texts["100 units"] != 1 {
		t.Errorf("texts %v", texts)
	}
	for u, want := range map[int]bool{0: true, 17: true, 18: false, 98: false, 99: true} {
		if got := g.Unit(1, u) != nil; got != want {
			t.Errorf("unit %d shown: %t", u, got)
		}
		if got := g.Edge(0, 1, u) != nil; got != want {
			t.Errorf("edge to unit %d shown: %t", u, got)
		}
	}
}

// Of many layers the titles and the numbers of units are smaller, or left out; what is inside small units has no size below 0.
func TestDiagramOfManyLayers(t *testing.T) {
	t.Parallel()
	for n, titled := range map[int]bool{2: true, 16: true, 30: false, 1000: false} {
		units := 30
		if n == 1000 { // which takes long otherwise
			units = 1
		}
		spec := layers(slices.Repeat([]int{units}, n)...)
		for l := range spec.Layers {
			spec.Layers[l].Title = "hidden"
		}
		d := New(600, 400, "a")
		d.Diagram(spec).Inside(1, 0)
		svg, seen := parse(t, d.Static(0)), 0
		for _, e := range svg.tag("text") {
			if e.text != "hidden" && e.text != "30 units" {
				continue
			}
			seen++
			if size, _ := strconv.ParseFloat(e.attrs["font-size"], 64); size < leastSize || 1.2*textWidth(e.text, size) > 600/float64(n) {
				t.Errorf("%d layers: a title of %v pixels", n, size)
			}
		}
		if want := map[bool]int{true: 2 * n}[titled]; seen != want {
			t.Errorf("%d layers, %d texts, want %d", n, seen, want)
		}
		for _, e := range svg.tag("circle") {
			if strings.HasPrefix(e.attrs["r"], "-") {
				t.Errorf("%d layers: a circle of radius %s", n, e.attrs["r"])
			}
		}
	}
}

func TestDiagramTracks(t *testing.T) {
	t.Parallel()
	d := New(600, 400, "a")
	g := d.Diagram(layers(2, 1))
	g.Edge(0, 0, 0).Set("stroke", "red", "blue").SetNum("stroke-width", 1, 2)
	g.Unit(1, 0).Fill("red", "blue")
	g.Inside(1, 0).Path("m0 0h1", "m0 0h2").Stroke(Stroke{})
	if n := len(d.Tracks()); n != 4 {
		t.Errorf("%d tracks", n)
	}
	parse(t, d.Animated(1e9, 0))
}

func TestDiagramPanics(t *testing.T) {
	t.Parallel()
	d := New(600, 400, "a")
	with := func(e Edge) func() {
		return func() {
			spec := layers(2, 3)
			spec.Edges = []Edge{e}
			d.Diagram(spec)
		}
	}
	tests := []struct {
		want string
		f    func()
	}{
		{"0 layers", func() { d.Diagram(DiagramSpec{Box: Box{0, 0, 9, 9}}) }},
		{"layer 1 has no units", func() { d.Diagram(layers(2, 0)) }},
		{"unit 2 in layer 0 of 2 units", with(Edge{From: 2})},
		{"unit 3 in layer 1 of 3 units", with(Edge{To: 3})},
		{"layer 2 of 2", with(Edge{Layer: 1})},
		{"leads to a bias unit", with(Edge{To: Bias})},
		{"no area", func() { d.Diagram(DiagramSpec{Layers: layers(1).Layers}) }},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) { panics(t, tt.want, tt.f) })
	}
}

func TestGoldenDiagram(t *testing.T) {
	t.Parallel()
	d := New(600, 400, "net")
	d.Diagram(layers(2, 3, 1))
	golden(t, "diagram.svg", d.Static(0))
}
