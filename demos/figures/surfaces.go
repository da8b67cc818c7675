package figures

import (
	"fmt"
	"math"
	"slices"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/layers"
)

// oneWeight draws figure 4.
func oneWeight(f *Figure) {
	values := startValues(41)
	shown := newDescent(start4...)
	curve := newErrorCurve(201)
	data := descentData{Steps: descentMarks, Values: values, Start: places(values, start4), Curve: tenThousandths(curve.es)}
	for _, w := range values {
		data.Starts = append(data.Starts, newStartData(newDescent(w)))
	}
	network, surface := draw.New(330, 110, "f4n-"), draw.New(400, 330, "f4s-")
	network.Describe("The network of figure 4", "One input feeds one output unit through the weight w1.")
	surface.Describe("The error as a function of the weight", "The curve is near 1 where the weight is very negative and near 0 where it is large.")
	drawChain(network.Node, draw.Box{W: 330, H: 110}, chain(start4...))
	data.Plane = curve.draw(surface.Node, draw.Box{W: 400, H: 330}, shown)
	file := draw.New(700, 330, "f4-")
	file.Describe("Figure 4: "+f.Title, "A network of one weight, and its error as a function of that weight with a path of gradient descent.")
	drawChain(file.Node, draw.Box{W: 260, H: 330}, chain(start4...))
	curve.draw(file.Node, draw.Box{X: 260, W: 440, H: 330}, shown)
	f.Panels = []page.Panel{{Name: "network", Drawing: network}, {Name: "surface", Drawing: surface}}
	f.Facts, f.Data, f.SVG = descentFacts(shown), data, file.Static(0)
}

// twoWeights draws figure 5.
func twoWeights(f *Figure) {
	values := startValues(21)
	shown := newDescent(start5...)
	surface := errorSurface{draw.Sample(41, 41, weightRange, weightRange, func(w1, w2 float64) float64 { return chainError(w1, w2) })}
	data := descentData{Steps: descentMarks, Values: values, Start: places(values, start5)}
	for _, w2 := range values {
		for _, w1 := range values {
			data.Starts = append(data.Starts, newStartData(newDescent(w1, w2)))
		}
	}
	network, solid, plan := draw.New(330, 110, "f5n-"), draw.New(420, 390, "f5s-"), draw.New(420, 370, "f5m-")
	network.Describe("The network of figure 5", "One input feeds one hidden unit through the weight w1, and the hidden unit feeds the output unit through w2.")
	solid.Describe("The error as a function of both weights", "A surface with a high plateau, a middle one, a valley, and a path of gradient descent.")
	plan.Describe("The same surface from above", "Bands of equal error over w1 and w2, and the same path of gradient descent.")
	drawChain(network.Node, draw.Box{W: 330, H: 110}, chain(start5...))
	data.Turn = surface.draw(solid.Node, draw.Box{W: 420, H: 390}, shown)
	data.Plane = surface.plan(plan.Node, draw.Box{W: 420, H: 370}, shown)
	file := draw.New(760, 400, "f5-")
	file.Describe("Figure 5: "+f.Title, "A network of two weights, and its error as a surface over both with a path of gradient descent.")
	drawChain(file.Node, draw.Box{W: 330, H: 400}, chain(start5...))
	surface.draw(file.Node, draw.Box{X: 330, W: 430, H: 372}, shown)
	traceKey(file.Node, 420, 384)
	f.Panels = []page.Panel{{Name: "network", Drawing: network}, {Name: "surface", Drawing: solid}, {Name: "map", Drawing: plan}}
	f.Facts, f.Data, f.SVG = descentFacts(shown), data, file.Static(0)
}

// places returns where a start is among the values of each weight.
func places(values, start []float64) []int {
	var out []int
	for _, w := range start {
		i := slices.Index(values, w)
		if i < 0 {
			panic(fmt.Sprintf("figures: the start %v is not among %v", start, values))
		}
		out = append(out, i)
	}
	return out
}

// drawChain draws a network of one unit a layer.
func drawChain(n *draw.Node, box draw.Box, net layers.Sequential) {
	spec := draw.DiagramSpec{Box: box, Layers: []draw.Layer{{Units: []string{"a_0"}}}}
	for i := range layers.Parameters(net) {
		spec.Layers = append(spec.Layers, draw.Layer{Units: []string{fmt.Sprintf("a_%d", i+1)}})
		spec.Edges = append(spec.Edges, draw.Edge{Layer: i, Label: fmt.Sprintf("w_%d", i+1)})
	}
	spec.Layers[len(spec.Layers)-1].Units[0] = "a_{out}"
	n.Diagram(spec)
}

// An errorCurve is the error as a function of one weight.
type errorCurve struct{ ws, es []float64 }

func newErrorCurve(n int) errorCurve {
	c := errorCurve{ws: startValues(n)}
	for _, w := range c.ws {
		c.es = append(c.es, chainError(w))
	}
	return c
}

// draw draws the curve with a descent, and returns where its axes are.
func (c errorCurve) draw(n *draw.Node, box draw.Box, d descent) planeData {
	key := 26.0
	axes := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W, H: box.H - key},
		X:   weightRange, Y: draw.Range{Lo: -.04, Hi: 1.04}, XLabel: "w_1", YLabel: "E(w_1)", Grid: true,
	})
	axes.Line(draw.Stroke{Color: draw.Series(0).Color, Width: 2.5}, c.ws, c.es)
	line, dots := d.path()
	trace(axes.Over, c.along(line), dots, func(p []float64) (x, y float64) { return axes.X.At(p[0]), axes.Y.At(p[1]) })
	traceKey(n, box.X+60, box.Y+box.H-key/2)
	return planeData{
		X: [2]float64{axes.X.At(weightRange.Lo), axes.X.At(weightRange.Hi)},
		Y: [2]float64{axes.Y.At(0), axes.Y.At(1)},
	}
}

// along inserts points of the curve between those of a descent: one step may lead far, and is drawn along
// the curve, not as a straight line.
func (c errorCurve) along(line [][]float64) [][]float64 {
	out := [][]float64{line[0]}
	for _, to := range line[1:] {
		between := len(out)
		lo, hi := min(out[between-1][0], to[0]), max(out[between-1][0], to[0])
		for i, w := range c.ws {
			if lo < w && w < hi {
				out = append(out, []float64{w, c.es[i]})
			}
		}
		if to[0] == lo { // it leads to the left
			slices.Reverse(out[between:])
		}
		out = append(out, to)
	}
	return out
}

// An errorSurface is the error as a function of two weights.
type errorSurface struct{ draw.Grid }

// The surface is first seen from this direction: the plateaus are behind the valley, and the
// slopes that lead down to it face the reader.
const surfaceAzimuth, surfaceElevation = 125, 35

// draw draws the surface with a descent, and returns the data that the script needs to turn it.
func (s errorSurface) draw(n *draw.Node, box draw.Box, d descent) *turnData {
	unit := draw.Range{Lo: 0, Hi: 1}
	surface := n.Surface(draw.SurfaceSpec{
		Box: draw.Box{X: box.X + 8, Y: box.Y, W: box.W - 8, H: box.H}, Grid: s.Grid, Z: unit, Azimuth: surfaceAzimuth, Elevation: surfaceElevation,
		XLabel: "w_1", YLabel: "w_2", ZLabel: "E",
	})
	surface.Cage.Class("cage")
	surface.Facets.Class("facets")
	line, dots := d.path()
	trace(surface.Over, line, dots, func(p []float64) (x, y float64) { return surface.Project(p[0], p[1], p[2]) })
	t := &turnData{N: s.NX, Heights: tenThousandths(s.Z), Azimuth: surfaceAzimuth, Elevation: surfaceElevation}
	hundredths := func(v float64) float64 { return math.Round(100*v) / 100 } // the same on every machine
	x, y := surface.Project(0, 0, .5)
	t.X, t.Y = hundredths(x), hundredths(y)
	t.Scale = hundredths(math.Hypot(surface.PX[1], surface.PX[2]) * weightRange.Hi)
	for k, r := range []draw.Range{weightRange, {Lo: 0, Hi: 1}} {
		for n := range 6 {
			t.Ticks[k] = append(t.Ticks[k], draw.Ticks(r, n+1))
		}
	}
	return t
}

// plan draws the surface from above with a descent, and returns where its axes are.
func (s errorSurface) plan(n *draw.Node, box draw.Box, d descent) planeData {
	const key, bar = 26.0, 46.0
	axes := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W - bar, H: box.H - key},
		X:   weightRange, Y: weightRange, XLabel: "w_1", YLabel: "w_2",
	})
	levels := draw.Levels(draw.Range{Lo: 0, Hi: 1}, 9)
	colors := draw.Bands(10)
	axes.Contours(levels, colors, s.Grid)
	n.ColorBar(draw.Box{X: box.X + box.W - bar, Y: box.Y, W: bar, H: axes.Frame.H + 16}, levels, colors, "E")
	line, dots := d.path()
	trace(axes.Over, line, dots, func(p []float64) (x, y float64) { return axes.X.At(p[0]), axes.Y.At(p[1]) })
	traceKey(n, box.X+60, box.Y+box.H-key/2)
	ends := func(s draw.Scale) [2]float64 { return [2]float64{s.At(weightRange.Lo), s.At(weightRange.Hi)} }
	return planeData{X: ends(axes.X), Y: ends(axes.Y)}
}

// The colours of a descent: white with a dark edge, to be seen on every other colour.
const (
	traceColor = "#fff"
	traceEdge  = "#000"
	startColor = "#e4572e"
)

// trace draws a descent as a line, and a dot at every mark; at returns the pixel of a point. The script
// moves them, and finds them in this order: a dotted line along the whole way, parts of which the surface
// may hide; the dark edge and the white line of the visible part; and the dots, the start first. Each dot
// is smaller than the one below it, so that all can be seen where they meet.
func trace(n *draw.Node, line, dots [][]float64, at func(p []float64) (x, y float64)) {
	px, py := make([]float64, len(line)), make([]float64, len(line))
	for k, p := range line {
		px[k], py[k] = at(p)
	}
	g := n.Group().Class("trace")
	for _, s := range []draw.Stroke{{Color: traceColor, Width: 1, Dash: "1 3"}, {Color: traceEdge, Width: 4.5}, {Color: traceColor, Width: 2}} {
		g.Polyline(px, py).Stroke(s).Set("stroke-linejoin", "round").Set("stroke-linecap", "round")
	}
	for k, p := range dots {
		x, y := at(p)
		traceDot(g, x, y, k)
	}
}

// traceDot draws the dot of a mark: the start is orange, and later dots are smaller.
func traceDot(n *draw.Node, x, y float64, mark int) {
	color := traceColor
	if mark == 0 {
		color = startColor
	}
	n.Circle(x, y, [...]float64{7.5, 5, 3.8, 2.6}[mark]).Fill(color).Stroke(draw.Stroke{Color: traceEdge, Width: 1.25})
}

// traceKey draws what the marks of a descent mean, in one line.
func traceKey(n *draw.Node, x, y float64) {
	traceDot(n, x, y, 0)
	n.Text(x+13, y+4, "start")
	n.Text(x+58, y+4, "after")
	for k, words := range []struct {
		x    float64
		text string
	}{{98, "%d,"}, {142, "%d and"}, {214, "%d steps"}} {
		traceDot(n, x+words.x, y, k+1)
		n.Text(x+words.x+10, y+4, fmt.Sprintf(words.text, descentMarks[k+1]))
	}
}
