package figures

import (
	"fmt"
	"slices"

	"gentlegrad/demos/activation"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

// mapped reports whether the inputs span a plane or a line, over which what is computed can be shown.
func (f *player) mapped() bool { return f.run.Data.Inputs <= 2 }

// predicts reports whether the network's prediction can be drawn: over a plane or along a line.
func (f *player) predicts() bool {
	weights := f.run.Initial.Weights
	return f.mapped() && weights[len(weights)-1].Dim(1) == 1
}

// prediction draws what the network has learned: a surface over the plane, or a curve. Around each of the
// given observations it draws a ring, which the page can show.
func (f *player) prediction(n *draw.Node, box draw.Box, observations ...observation) {
	draws, up := f.surface, f.x // where the height of a point is, after its first input
	column := 1
	if f.run.Data.Inputs == 1 {
		draws, up, column = f.curve, f.t, 0
	}
	ax := draws(n, box)
	for _, o := range observations {
		x, y := ax.X.At(f.x.At(o.index, 0)), ax.Y.At(up.At(o.index, column))
		ring := ax.Data.Group().Class("ring")
		ring.Circle(x, y, 8).Stroke(draw.Stroke{Color: "#fff", Width: 5})
		ring.Circle(x, y, 8).Stroke(draw.Stroke{Color: "#111", Width: 2.5})
	}
}

// Where the article draws.
var (
	plane = draw.Range{Lo: -.5, Hi: 1.5}
	line  = draw.Range{Lo: -5, Hi: 5}
)

// domain is the range of an input over which things are drawn: the article's, or that of the data.
func (f *player) domain(input int) draw.Range {
	switch p := f.run.Problem; {
	case p.Prototypes != nil:
		return plane
	case p.Function != nil:
		return line
	}
	return draw.Extent(.05, f.input(input))
}

// input returns one of the inputs of the observations.
func (f *player) input(i int) []float64 { return f.x.Slice(1, i, i+1).Data() }

// mesh returns size points of the domain along each of its axes, the first input running faster.
func (f *player) mesh(size int) *tensor.Tensor {
	x := f.domain(0)
	xs := tensor.Linspace(x.Lo, x.Hi, size).Data()
	if f.run.Data.Inputs == 1 {
		return tensor.FromSlice(xs, size, 1)
	}
	y := f.domain(1)
	var points []float64
	for _, y := range tensor.Linspace(y.Lo, y.Hi, size).Data() {
		for _, x := range xs {
			points = append(points, x, y)
		}
	}
	return tensor.FromSlice(points, size*size, 2)
}

// grid returns values at the points of a mesh of two inputs.
func (f *player) grid(size int, z []float64) draw.Grid {
	return draw.Grid{NX: size, NY: size, X: f.domain(0), Y: f.domain(1), Z: z}
}

// surfacePoints is the number of points along an axis of the prediction surface: those of
// the history's grid, and one between any two, so that the boundary is smooth.
const surfacePoints = 2*problems.GridSize - 1

// predict returns what the network gives after an iteration for each row of x.
func (f *player) predict(iteration int, x *tensor.Tensor) []float64 {
	return f.run.Model.With(f.parameters(iteration)).Predict(x)
}

// outputs is the range of the values to be predicted: the classes, or the targets.
func (f *player) outputs() draw.Range {
	if f.run.Problem.Regression {
		return draw.Extent(0, f.run.Data.T)
	}
	return draw.Range(f.run.Classes())
}

const bands = 10 // of the prediction surface

// surface draws the prediction over the plane, in bands, with the training data and, of classes, the
// decision boundary.
func (f *player) surface(n *draw.Node, box draw.Box) *draw.Axes {
	ax := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W - barWidth, H: box.H - barWidth - squareLess}, X: f.domain(0), Y: f.domain(1),
		Title: "Prediction and data", XLabel: "x_1", YLabel: "x_2",
	})
	mesh := f.mesh(surfacePoints)
	var grids []draw.Grid
	for _, k := range f.frames {
		grids = append(grids, f.grid(surfacePoints, f.predict(k, mesh)))
	}
	levels, colors := draw.Levels(f.outputs(), bands-1), draw.Bands(bands)
	ax.Contours(levels, colors, grids...)
	var entries []draw.Entry
	if f.run.Problem.Regression {
		f.scatterBands(ax, levels, colors)
	} else {
		entries = f.scatterClasses(ax)
		middle := (f.run.Classes().Lo + f.run.Classes().Hi) / 2
		boundary := draw.Stroke{Color: "#fff", Width: 2.5} // shows on dark and on middling bands
		ax.Isoline(boundary, middle, grids...)
		if slices.ContainsFunc(grids, func(g draw.Grid) bool { return slices.Min(g.Z) < middle && middle < slices.Max(g.Z) }) {
			boundary.Color = draw.Muted // there it stands on paper
			entries = append(entries, draw.Entry{Label: fmt.Sprintf("a = %g", middle), Line: &boundary})
		}
	}
	n.ColorBar(draw.Box{X: box.X + box.W - barWidth + 2, Y: ax.Frame.Y - 16, W: barWidth - 2, H: ax.Frame.H + 16}, levels, colors, "a_{out}")
	legendRow(n, ax.Frame.X, box.Y+box.W-barWidth-squareLess+8, entries...)
	return ax
}

// barWidth is the room for the colour bar, in pixels, and squareLess what the labels of the
// axes take more from the width than from the height.
const barWidth, squareLess = 60, 9

// legendRow puts entries side by side.
func legendRow(n *draw.Node, x, y float64, entries ...draw.Entry) {
	for _, e := range entries {
		b := n.Legend(x, y, e)
		x += b.W + 8
	}
}

// scatterClasses draws the training data of two classes, which differ in shape and lightness, not in colour.
func (f *player) scatterClasses(ax *draw.Axes) (entries []draw.Entry) {
	classes := f.run.Classes()
	for i, c := range []struct {
		class  float64
		marker draw.Marker
	}{
		{classes.Lo, draw.Marker{Shape: draw.Square, Color: "#fff", Edge: "#111", Size: 5.5}},
		{classes.Hi, draw.Marker{Shape: draw.Dot, Color: "#111", Edge: "#fff", Size: 5.5}},
	} {
		f.scatter(ax, c.marker, func(t float64) bool { return t == c.class })
		label := "class " + draw.Powers(fmt.Sprint(c.class))
		if name, named := f.run.ClassName(i); named {
			label = draw.Plain(name)
		}
		entries = append(entries, draw.Entry{Label: label, Marker: &c.marker})
	}
	return entries
}

// scatterBands draws training data in the colours of their targets.
func (f *player) scatterBands(ax *draw.Axes, levels []float64, colors []string) {
	for b, color := range colors {
		f.scatter(ax, draw.Marker{Color: color, Edge: "#fff", Size: 5.5}, func(t float64) bool {
			i, there := slices.BinarySearch(levels, t)
			return i == b && !there || i == b-1 && there
		})
	}
}

// scatter draws the observations that have some of the targets.
func (f *player) scatter(ax *draw.Axes, m draw.Marker, some func(t float64) bool) {
	var xs, ys []float64
	for i, t := range f.t.Data() {
		if some(t) {
			xs, ys = append(xs, f.x.At(i, 0)), append(ys, f.x.At(i, 1))
		}
	}
	ax.Scatter(m, xs, ys)
}

const (
	curvePoints = 41
	mostUnits   = 5 // that a curve is the sum of, and that have a line of their own
)

// unitStroke is the line of a hidden unit: not the prediction's, nor that of a positive weight.
func unitStroke(j int) draw.Stroke { return draw.Series(j%mostUnits + 2) }

// curve draws the prediction along the line, the data, and, if the hidden units are few, what each of
// them contributes: a_j w_jk + b_k.
func (f *player) curve(n *draw.Node, box draw.Box) *draw.Axes {
	xs := f.mesh(curvePoints)
	var predictions [][]float64
	for _, k := range f.frames {
		predictions = append(predictions, f.predict(k, xs))
	}
	contributions := f.contributions(xs)
	rows := (len(contributions) + 3) / 2 // of the legend
	shown := [][]float64{f.run.Data.T, predictions[len(predictions)-1]}
	for _, frames := range contributions {
		shown = append(shown, frames[len(frames)-1])
	}
	ax := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W, H: box.H - float64(20*rows) - 12}, X: f.domain(0), Y: draw.Extent(.05, shown...),
		Title: "Data and prediction", XLabel: "x", YLabel: "y", Grid: true,
	})
	data := draw.Marker{Color: "#8a8a8a", Size: 5.5}
	ax.Scatter(data, f.input(0), f.t.Data())
	entries := []draw.Entry{{Label: "data", Marker: &data}}
	for j, ys := range contributions {
		s := unitStroke(j)
		s.Width, s.Dash = 2, []string{"7 4", "3 3", "9 3 2 3", "2 5"}[j%4]
		ax.Line(s, xs.Data(), ys...)
		entries = append(entries, draw.Entry{Label: fmt.Sprintf("a_%d w_%d + b", j+1, j+1), Line: &s})
	}
	prediction := draw.Series(0)
	prediction.Width, prediction.Dash = 3, ""
	ax.Line(prediction, xs.Data(), predictions...)
	entries = append(entries, draw.Entry{Label: "prediction", Line: &prediction})
	left := (len(entries) + 1) / 2
	y := box.Y + box.H - float64(20*rows) - 6
	n.Legend(ax.Frame.X, y, entries[:left]...)
	n.Legend(ax.Frame.X+ax.Frame.W/2, y, entries[left:]...)
	return ax
}

// contribute reports whether it is drawn what the units of the last hidden layer contribute: if the output
// is linear, so that the contributions add up, and the units are few.
func (f *player) contribute() bool {
	out := len(f.run.Hidden)
	return out > 0 && f.run.Hidden[out-1] <= mostUnits && f.run.Output == activation.Linear.Name
}

// contributions returns what each unit of the last hidden layer contributes at xs, a_j w_jk + b_k, frame by
// frame.
func (f *player) contributions(xs *tensor.Tensor) [][][]float64 {
	if !f.contribute() {
		return nil
	}
	out := len(f.run.Hidden)
	all := make([][][]float64, f.run.Hidden[out-1])
	for _, k := range f.frames {
		p := f.parameters(k)
		hidden := f.activations(p, xs)[out-1]
		for j := range all {
			ys := make([]float64, xs.Dim(0))
			for i := range ys {
				ys[i] = float64(hidden.At(i, j)*p.Weights[out].At(j, 0)) + p.Biases[out].At(0)
			}
			all[j] = append(all[j], ys)
		}
	}
	return all
}
