package figures

import (
	"fmt"
	"math"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/training"
	"gentlegrad/tensor"
)

const (
	positive = "#d55e00" // of a weight; Series has it too
	negative = "#0072b2"
	dashes   = "6 3" // of a negative weight
	radius   = 30.0  // of a unit that shows its activation
)

// activations returns the outputs of each layer, observations × units, for the rows of x and the
// parameters p, computed by the library without recording.
func (f *player) activations(p training.Parameters, x *tensor.Tensor) []*tensor.Tensor {
	var layers []*tensor.Tensor
	for _, nodes := range f.run.Model.With(p).Trace(autograd.Context{NoRecord: true}.Constant(x)) {
		layers = append(layers, nodes.A.Value())
	}
	return layers
}

// network lays out the run's network under a title, and leaves room below.
func (f *player) network(n *draw.Node, box draw.Box, title string, room float64, input func(i int) string) *draw.Diagram {
	spec := draw.DiagramSpec{Box: draw.Box{X: box.X, Y: box.Y + 24, W: box.W, H: box.H - 24 - room}, Radius: radius}
	n.Text(box.X+box.W/2, box.Y+16, title).Anchor(draw.Middle).Size(14).Bold()
	p := f.run.Initial
	inputs := draw.Layer{Title: "input"}
	for i := range p.Weights[0].Dim(0) {
		inputs.Units = append(inputs.Units, input(i))
	}
	spec.Layers = append(spec.Layers, inputs)
	for l, w := range p.Weights {
		spec.Layers[l].Bias = true
		layer := draw.Layer{Title: "hidden", Units: make([]string, w.Dim(1))} // without labels
		if l == len(p.Weights)-1 {
			layer.Title = "output"
		}
		for _, j := range draw.Shown(w.Dim(1)) { // all edges may be millions
			for _, i := range draw.Shown(w.Dim(0)) {
				spec.Edges = append(spec.Edges, draw.Edge{Layer: l, From: i, To: j})
			}
			spec.Edges = append(spec.Edges, draw.Edge{Layer: l, From: draw.Bias, To: j})
		}
		spec.Layers = append(spec.Layers, layer)
	}
	return n.Diagram(spec)
}

func inputName(i int) string { return fmt.Sprintf("x_{%d}", i+1) }

// weights draws the network with its weights as lines, and in each unit its activation.
func (f *player) weights(n *draw.Node, box draw.Box) {
	dg := f.network(n, box, "Weights and activations", 68, inputName)
	var frames []training.Parameters
	for _, k := range f.frames {
		frames = append(frames, f.parameters(k))
	}
	largest := f.edges(dg, frames, func(edge *draw.Node, ws []float64, largest float64) {
		signed(edge, ws, func(w float64) float64 { return 1 + 6*(w/largest) })
	})
	inside := "its activation over x"
	switch f.run.Data.Inputs {
	case 1:
		f.curvesInside(dg)
	case 2:
		inside = "its activation over the plane"
		f.mapsInside(dg)
	default:
		inside = "its mean activation"
		f.numbersInside(n, dg)
	}
	legendRow(n, box.X+8, box.Y+box.H-54, append(signs(), draw.Entry{Label: "|w| = " + draw.Compact(fmt.Sprintf("%.3g", largest)), Line: &draw.Stroke{Width: 7}})...)
	n.Text(box.X+10, box.Y+box.H-8, "in each unit: "+inside).Fill(draw.Muted).Size(12.5)
}

// signed draws a line by some numbers, frame by frame: their sizes give its width, their
// signs its colour and dashes.
func signed(edge *draw.Node, values []float64, width func(size float64) float64) {
	var widths []float64
	var colors, dashing []string
	for _, v := range values {
		color, dash := positive, "none"
		if v < 0 {
			color, dash = negative, dashes
		}
		widths = append(widths, width(math.Abs(v)))
		colors, dashing = append(colors, color), append(dashing, dash)
	}
	edge.SetNum("stroke-width", widths...).Set("stroke", colors...).Set("stroke-dasharray", dashing...)
}

// signs are the entries of a legend to what signed draws.
func signs() []draw.Entry {
	return []draw.Entry{
		{Label: "positive", Line: &draw.Stroke{Color: positive, Width: 4}},
		{Label: "negative", Line: &draw.Stroke{Color: negative, Width: 4, Dash: dashes}},
	}
}

// edges calls paint for every edge that is drawn, with its parameter in each frame, and returns the size
// of the largest parameter.
func (f *player) edges(dg *draw.Diagram, frames []training.Parameters, paint func(edge *draw.Node, values []float64, largest float64)) float64 {
	largest := 0.0
	for _, p := range frames {
		largest = max(largest, p.LargestAbs())
	}
	for l, w := range f.run.Initial.Weights {
		for _, j := range draw.Shown(w.Dim(1)) {
			for _, i := range append([]int{draw.Bias}, draw.Shown(w.Dim(0))...) {
				var values []float64
				for _, p := range frames {
					values = append(values, parameter(p, l, i, j))
				}
				paint(dg.Edge(l, i, j), values, largest)
			}
		}
	}
	return largest
}

// parameter returns, of layer l, the weight from unit i to unit j, or the bias of unit j.
func parameter(p training.Parameters, l, i, j int) float64 {
	if i == draw.Bias {
		return p.Biases[l].At(j)
	}
	return p.Weights[l].At(i, j)
}

// mapPoints is the resolution of the map in a unit, and insidePoints that of a curve.
const mapPoints, insidePoints = 11, 21

// An inside is what a unit that is shown draws in its circle.
type inside struct {
	*draw.Node
	layer, unit int // the layer counted from the first that has weights
	r           float64
	paths       [][]string // by line or band, by frame
}

// insides returns the units that are shown, except inputs.
func (f *player) insides(dg *draw.Diagram) (list []*inside) {
	f.eachUnit(func(l, j int) {
		_, _, r := dg.At(l+1, j)
		list = append(list, &inside{Node: dg.Inside(l+1, j), layer: l, unit: j, r: r})
	})
	return list
}

// mapsInside draws, in each unit, its activation over the input plane.
func (f *player) mapsInside(dg *draw.Diagram) {
	f.inputMaps(dg)
	mesh, colors, units, spread := f.mesh(mapPoints), quarters(), f.insides(dg), f.spread()
	for _, u := range units {
		u.paths = make([][]string, len(colors)-1)
	}
	for _, k := range f.frames {
		layers := f.activations(f.parameters(k), mesh)
		for _, u := range units {
			grid := f.grid(mapPoints, new(tensor.Tensor).SliceOf(layers[u.layer], 1, u.unit, u.unit+1).Data())
			x := draw.Scale{Data: grid.X, From: -u.r, To: u.r}
			y := draw.Scale{Data: grid.Y, From: u.r, To: -u.r}
			for b, level := range draw.Levels(spread[u.layer], len(u.paths)) {
				u.paths[b] = append(u.paths[b], draw.ContourPath(grid, level, x, y))
			}
		}
	}
	for _, u := range units {
		u.Rect(draw.Box{X: -u.r, Y: -u.r, W: 2 * u.r, H: 2 * u.r}).Fill(colors[0])
		for b, paths := range u.paths {
			u.Path(paths...).Fill(colors[b+1])
		}
	}
}

// spread returns the range over which the activations of each layer are drawn: for an activation
// that saturates, its whole range; otherwise, for the output that of the targets, for a hidden
// layer that of all frames.
func (f *player) spread() []draw.Range {
	mesh := f.mesh(insidePoints)
	shown := make([][][]float64, len(f.run.Initial.Weights)) // extents, by layer and frame
	for _, k := range f.frames {
		for l, a := range f.activations(f.parameters(k), mesh) {
			shown[l] = append(shown[l], []float64{slices.Min(a.Data()), slices.Max(a.Data())})
		}
	}
	out := make([]draw.Range, len(shown))
	for l, layer := range f.run.Model.Layers {
		low, lowSlope := layer.Activation.At(-1000)
		high, highSlope := layer.Activation.At(1000)
		switch {
		case lowSlope == 0 && highSlope == 0:
			out[l] = draw.Range{Lo: low, Hi: high}
		case l == len(out)-1:
			out[l] = draw.Extent(.1, f.run.Data.T)
		default:
			out[l] = draw.Extent(0, shown[l]...)
		}
	}
	return out
}

// quarters returns the colours of four bands: each that of its middle, as in the prediction.
func quarters() []string {
	var colors []string
	for i := range 4 {
		colors = append(colors, draw.Cividis((float64(i)+.5)/4))
	}
	return colors
}

// inputMaps draws the inputs over the plane that they span.
func (f *player) inputMaps(dg *draw.Diagram) {
	colors := quarters()
	for i := range 2 {
		inside := dg.Inside(0, i)
		_, _, r := dg.At(0, i)
		for b, color := range colors {
			band := draw.Box{X: -r + float64(b)*r/2, Y: -r, W: r / 2, H: 2 * r} // x_1 grows to the right
			if i == 1 {
				band = draw.Box{X: -r, Y: r / 2 * float64(1-b), W: 2 * r, H: r / 2} // x_2 grows upwards
			}
			inside.Rect(band).Fill(color)
		}
		inside.Rect(draw.Box{X: -12, Y: -10, W: 24, H: 20}).Set("rx", "4").Fill("#fff").Opacity(.85)
		inside.Text(0, 4, inputName(i)).Anchor(draw.Middle).Size(14).Fill("#111") // the map is the same in light and dark
	}
}

// curvesInside draws, in each unit, its activation along the line.
func (f *player) curvesInside(dg *draw.Diagram) {
	xs, units, spread := f.mesh(insidePoints), f.insides(dg), f.spread()
	for _, k := range f.frames {
		layers := f.activations(f.parameters(k), xs)
		for _, u := range units {
			x, y := u.scales(f.domain(0), spread[u.layer])
			var pen draw.Pen
			for i, v := range xs.Data() {
				step := pen.Line
				if i == 0 {
					step = pen.Move
				}
				step(x.At(v), y.At(layers[u.layer].At(i, u.unit)))
			}
			u.paths = append(u.paths, []string{pen.String()})
		}
	}
	for _, u := range units {
		_, y := u.scales(f.domain(0), spread[u.layer])
		u.Line(-u.r, y.At(0), u.r, y.At(0)).Stroke(draw.Stroke{Color: draw.Rule})
		s := unitStroke(u.unit)
		if u.layer == len(spread)-1 {
			s = draw.Series(0) // as in the prediction
		}
		u.Path(slices.Concat(u.paths...)...).Stroke(draw.Stroke{Color: s.Color, Width: 2.5})
	}
}

// scales are those of a curve in the unit, with some room above and below.
func (u *inside) scales(x, y draw.Range) (across, up draw.Scale) {
	return draw.Scale{Data: x, From: -u.r, To: u.r}, draw.Scale{Data: y, From: .8 * u.r, To: -.8 * u.r}
}

// numbersInside writes, in each unit, its mean activation over the observations.
func (f *player) numbersInside(n *draw.Node, dg *draw.Diagram) {
	units := f.insides(dg)
	texts := make([][]string, len(units))
	for _, k := range f.frames {
		layers := f.activations(f.parameters(k), f.x)
		for i, u := range units {
			texts[i] = append(texts[i], small(new(tensor.Tensor).Mean(layers[u.layer], 0).At(u.unit)))
		}
	}
	for i, u := range units {
		x, y, r := dg.At(u.layer+1, u.unit)
		n.TextFrames(x, y+4, texts[i]...).Anchor(draw.Middle).Size(numberSize(r))
	}
}

// numberSize is the size of a number in a unit.
func numberSize(r float64) float64 { return min(12.5, .42*r) }
