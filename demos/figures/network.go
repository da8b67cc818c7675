package figures

import (
	"fmt"
	"math"

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

// activations returns what each layer gives for each row of x, observations × units,
// with the parameters of an iteration: all from the library, without recording.
func (f *player) activations(p training.Parameters, x []float64) [][]float64 {
	inputs := f.run.Data.Inputs
	input := autograd.Context{NoRecord: true}.Constant(tensor.FromSlice(x, len(x)/inputs, inputs))
	var layers [][]float64
	for _, nodes := range f.run.Model.With(p).Trace(input) {
		layers = append(layers, nodes.A.Value().Data())
	}
	return layers
}

// network lays out the run's network under a title.
func (f *player) network(n *draw.Node, box draw.Box, title string) *draw.Diagram {
	spec := draw.DiagramSpec{Box: draw.Box{X: box.X, Y: box.Y + 24, W: box.W, H: box.H - 92}, Radius: radius}
	n.Text(box.X+box.W/2, box.Y+16, title).Anchor(draw.Middle).Size(14).Bold()
	p := f.run.Initial
	input := draw.Layer{Title: "input"}
	for i := range p.Weights[0].Dim(0) {
		input.Units = append(input.Units, draw.Unit{Label: fmt.Sprintf("x_%d", i+1)})
	}
	spec.Layers = append(spec.Layers, input)
	for l, w := range p.Weights {
		spec.Layers[l].Bias = &draw.Unit{Label: "1"}
		layer := draw.Layer{Title: "hidden"}
		if l == len(p.Weights)-1 {
			layer.Title = "output"
		}
		for j := range w.Dim(1) {
			layer.Units = append(layer.Units, draw.Unit{})
			for i := range w.Dim(0) {
				spec.Edges = append(spec.Edges, draw.Edge{Layer: l, From: i, To: j})
			}
			spec.Edges = append(spec.Edges, draw.Edge{Layer: l, From: draw.Bias, To: j})
		}
		spec.Layers = append(spec.Layers, layer)
	}
	return n.Diagram(spec)
}

// weights draws the network with its weights as lines, and in each unit its activation.
func (f *player) weights(n *draw.Node, box draw.Box) {
	dg := f.network(n, box, "Weights and activations")
	largest := 0.0
	for _, i := range f.frames {
		largest = max(largest, f.run.Parameters[i].LargestAbs())
	}
	f.eachEdge(dg, func(edge *draw.Node, l, i, j int) {
		var widths []float64
		var colors, dashing []string
		for _, k := range f.frames {
			w := parameter(f.run.Parameters[k].Weights[l], f.run.Parameters[k].Biases[l], i, j)
			color, dash := positive, "none"
			if w < 0 {
				color, dash = negative, dashes
			}
			widths = append(widths, 1+6*math.Abs(w)/largest)
			colors, dashing = append(colors, color), append(dashing, dash)
		}
		edge.SetNum("stroke-width", widths...).Set("stroke", colors...).Set("stroke-dasharray", dashing...)
	})
	over := "over the plane"
	if f.run.Problem.Regression {
		over = "over x"
		f.curvesInside(dg)
	} else {
		f.mapsInside(dg)
	}
	up, down := draw.Stroke{Color: positive, Width: 4}, draw.Stroke{Color: negative, Width: 4, Dash: dashes}
	widest := draw.Stroke{Width: 7}
	legendRow(n, box.X+8, box.Y+box.H-54, draw.Entry{Label: "positive", Line: &up}, draw.Entry{Label: "negative", Line: &down},
		draw.Entry{Label: fmt.Sprintf("|w| = %.1f", largest), Line: &widest})
	n.Text(box.X+10, box.Y+box.H-8, "in each unit: its activation "+over).Fill(draw.Muted).Size(12.5)
}

// eachEdge calls visit for every edge that is drawn: from unit i, or draw.Bias, of layer l.
func (f *player) eachEdge(dg *draw.Diagram, visit func(edge *draw.Node, l, i, j int)) {
	for l, w := range f.run.Initial.Weights {
		for j := range w.Dim(1) {
			for i := draw.Bias; i < w.Dim(0); i++ {
				if edge := dg.Edge(l, i, j); edge != nil {
					visit(edge, l, i, j)
				}
			}
		}
	}
}

// parameter returns the weight from unit i to unit j, or the bias of unit j.
func parameter(weight, bias *tensor.Tensor, i, j int) float64 {
	if i == draw.Bias {
		return bias.At(j)
	}
	return weight.At(i, j)
}

// mapPoints is the resolution of the map in a unit.
const mapPoints = 11

// mapsInside draws, in each unit, its activation over the input plane.
func (f *player) mapsInside(dg *draw.Diagram) {
	f.inputMaps(dg)
	grid := f.run.Problem.Grid(mapPoints)
	var frames [][][]float64
	for _, k := range f.frames {
		frames = append(frames, f.activations(f.run.Parameters[k], grid))
	}
	colors := quarters()
	for l, w := range f.run.Initial.Weights {
		units := w.Dim(1)
		levels := draw.Levels(draw.Range(f.run.Model.Layers[l].Activation.Classes), 3)
		for j := range units {
			inside := dg.Inside(l+1, j)
			if inside == nil {
				continue
			}
			r := f.unitRadius(dg, l+1, j)
			x := draw.Scale{Data: plane, From: -r, To: r}
			y := draw.Scale{Data: plane, From: r, To: -r}
			inside.Rect(draw.Box{X: -r, Y: -r, W: 2 * r, H: 2 * r}).Fill(colors[0])
			for b, level := range levels {
				var paths []string
				for k := range f.frames {
					z := make([]float64, mapPoints*mapPoints)
					for i := range z {
						z[i] = frames[k][l][i*units+j]
					}
					paths = append(paths, draw.ContourPath(draw.Grid{NX: mapPoints, NY: mapPoints, X: plane, Y: plane, Z: z}, level, x, y))
				}
				inside.Path(paths...).Fill(colors[b+1])
			}
		}
	}
}

// quarters returns the colours of four bands: each that of its middle, as in the prediction.
func quarters() []string {
	var colors []string
	for i := range 4 {
		colors = append(colors, draw.BlueOrange((float64(i)+.5)/4))
	}
	return colors
}

// inputMaps draws the inputs over the plane that they span.
func (f *player) inputMaps(dg *draw.Diagram) {
	colors := quarters()
	for i := range f.run.Initial.Weights[0].Dim(0) {
		inside := dg.Inside(0, i)
		if inside == nil {
			continue
		}
		r := f.unitRadius(dg, 0, i)
		for b, color := range colors {
			band := draw.Box{X: -r + float64(b)*r/2, Y: -r, W: r / 2, H: 2 * r} // x_1 grows to the right
			if i == 1 {
				band = draw.Box{X: -r, Y: r / 2 * float64(1-b), W: 2 * r, H: r / 2} // x_2 grows upwards
			}
			inside.Rect(band).Fill(color)
		}
		inside.Text(0, 5, fmt.Sprintf("x_%d", i+1)).Anchor(draw.Middle).Size(14).Halo().
			Fill("#111").Set("stroke", "#fff") // on the map, which is the same in light and dark
	}
}

func (f *player) unitRadius(dg *draw.Diagram, l, j int) float64 {
	_, _, r := dg.At(l, j)
	return r
}

// curvesInside draws, in each unit, its activation along the line.
func (f *player) curvesInside(dg *draw.Diagram) {
	xs := tensor.Linspace(line.Lo, line.Hi, 21).Data()
	var frames [][][]float64
	for _, k := range f.frames {
		frames = append(frames, f.activations(f.run.Parameters[k], xs))
	}
	for l, w := range f.run.Initial.Weights {
		units, last := w.Dim(1), l == len(f.run.Initial.Weights)-1
		heights := draw.Range{Lo: -1.2, Hi: 1.2}
		if last {
			heights = draw.Range{Lo: -1, Hi: 6}
		}
		for j := range units {
			inside := dg.Inside(l+1, j)
			if inside == nil {
				continue
			}
			r := f.unitRadius(dg, l+1, j)
			x, y := draw.Scale{Data: line, From: -r, To: r}, draw.Scale{Data: heights, From: r, To: -r}
			inside.Line(-r, y.At(0), r, y.At(0)).Stroke(draw.Stroke{Color: draw.Rule})
			var paths []string
			for k := range f.frames {
				var pen draw.Pen
				for i, v := range xs {
					step := pen.Line
					if i == 0 {
						step = pen.Move
					}
					step(x.At(v), y.At(frames[k][l][i*units+j]))
				}
				paths = append(paths, pen.String())
			}
			s := draw.Series(j + 1)
			if last {
				s = draw.Series(0)
			}
			inside.Path(paths...).Stroke(draw.Stroke{Color: s.Color, Width: 2.5})
		}
	}
}

// unitSignals are the error signals of one layer's units, by frame.
type unitSignals struct {
	mean, largest [][]float64 // |δ|, by unit, by frame
	saturated     [][]bool
}

// flat is the share of its largest slope below which a unit counts as saturated: the
// mean of g′(z) over the data, against ¼ for a sigmoid and 1 for a tanh.
const flat = 0.1

func (f *player) unitSignals() []unitSignals {
	out := make([]unitSignals, len(f.run.Initial.Weights))
	for l, w := range f.run.Initial.Weights {
		_, steepest := f.run.Model.Layers[l].Activation.At(0)
		for j := range w.Dim(1) {
			var mean, largest []float64
			var saturated []bool
			for _, k := range f.frames {
				s := f.run.Signals[k][l]
				mean, largest = append(mean, s.MeanDelta[j]), append(largest, s.MaxDelta[j])
				saturated = append(saturated, s.Slope[j] < flat*steepest)
			}
			out[l].mean, out[l].largest = append(out[l].mean, mean), append(out[l].largest, largest)
			out[l].saturated = append(out[l].saturated, saturated)
		}
	}
	return out
}

// gradients draws the network with the sizes of its gradients as lines, and in each unit
// that of its δ.
func (f *player) gradients(n *draw.Node, box draw.Box) {
	dg := f.network(n, box, "Gradients and δ")
	largest := 0.0
	for _, k := range f.frames {
		for _, s := range f.run.Signals[k] {
			for _, v := range append(append([]float64(nil), s.Weight.Data()...), s.Bias.Data()...) {
				largest = max(largest, v)
			}
		}
	}
	f.eachEdge(dg, func(edge *draw.Node, l, i, j int) {
		var widths []float64
		for _, k := range f.frames {
			s := f.run.Signals[k][l]
			widths = append(widths, .3+7*math.Sqrt(parameter(s.Weight, s.Bias, i, j)/largest))
		}
		edge.SetNum("stroke-width", widths...).Set("stroke", draw.Muted)
	})
	for l, s := range f.signals {
		for j := range s.mean {
			f.unitDelta(n, dg, l, j)
		}
	}
	widest := draw.Stroke{Color: draw.Muted, Width: 7.3}
	legendRow(n, box.X+8, box.Y+box.H-68, draw.Entry{Label: "saturated", Fill: saturatedFill},
		draw.Entry{Label: "mean |∂E/∂w| = " + small(largest), Line: &widest})
	n.Text(box.X+10, box.Y+box.H-23, "in each unit: mean |δ|, largest |δ|; widths as roots").Fill(draw.Muted).Size(12.5)
	n.Text(box.X+10, box.Y+box.H-6, "saturated: mean g′(z) under a tenth of its maximum").Fill(draw.Muted).Size(12.5)
}

// saturatedFill is behind the numbers of a saturated unit, whose ring is heavy too.
const saturatedFill = draw.Rule

// unitDelta writes the δ of a unit into it and marks it if it is saturated.
func (f *player) unitDelta(n *draw.Node, dg *draw.Diagram, l, j int) {
	x, y, r := dg.At(l+1, j)
	if r == 0 {
		return
	}
	s := f.signals[l]
	var means, maxima, fills []string
	var widths []float64
	for k := range f.frames {
		means, maxima = append(means, small(s.mean[j][k])), append(maxima, small(s.largest[j][k]))
		fill, width := draw.Paper, 1.5
		if s.saturated[j][k] {
			fill, width = saturatedFill, 4
		}
		fills, widths = append(fills, fill), append(widths, width)
	}
	dg.Unit(l+1, j).Fill(fills...).SetNum("stroke-width", widths...)
	n.TextFrames(x, y-1, means...).Anchor(draw.Middle).Size(12.5)
	n.TextFrames(x, y+13, maxima...).Anchor(draw.Middle).Size(12).Fill(draw.Muted)
}

// small writes a number with two significant digits, in little room.
func small(v float64) string {
	if v != 0 && v < .001 {
		return draw.Compact(fmt.Sprintf("%.0e", v))
	}
	return draw.Compact(fmt.Sprintf("%.2g", v))
}
