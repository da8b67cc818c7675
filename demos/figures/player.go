package figures

import (
	"fmt"
	"math"
	"slices"
	"time"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/tensor"
)

// A player draws one training, at some of its iterations.
type player struct {
	figure  *Figure
	run     *training.Run // the figure's
	frames  []int         // the iterations shown, from 0, in order
	signals []unitSignals // of the units, by frame
}

// learning draws one of the figures 8 to 14.
func learning(f *Figure) error {
	all := newPlayer(f, len(f.Run.Loss))
	f.Facts, f.Code, f.Python, f.SVG = facts(f.Run), program(f.Run), python(f.Run), newPlayer(f, fileFrames).file()
	if f.Printed != nil {
		f.Text = append(f.Text, f.compared())
	}
	data := playerData{Iterations: len(f.Run.Loss), Loss: f.Run.Loss}
	for _, p := range []struct {
		name, title, desc string
		h                 float64
		draw              func(*draw.Node, draw.Box)
	}{
		{"prediction", "prediction", all.predictionText(), 368, all.prediction},
		{"loss", "loss", "The loss of each iteration so far, Σ (a − t)² over the training data.", 368, all.loss},
		{"weights", "weights", "The network. A line is as wide as its weight is large, dashed if it is negative; each unit shows its activation over the input.", 420, all.weights},
		{"gradients", "gradients and δ", "The network. A line is as wide as the gradient of its weight is large; each unit shows the mean size of its δ.", 420, all.gradients},
	} {
		const w = 390
		d := draw.New(w, p.h, fmt.Sprintf("f%d%s-", f.Number, p.name[:1]))
		d.Describe(fmt.Sprintf("Figure %d: %s", f.Number, p.title), p.desc)
		p.draw(d.Node, draw.Box{W: w, H: p.h})
		f.Panels = append(f.Panels, page.Panel{Name: p.name, Drawing: d, Frame: d.Frames() - 1})
		data.Tracks = append(data.Tracks, d.Tracks()...)
	}
	f.Data = data
	return nil
}

// playerData is what the page's player reads.
type playerData struct {
	Iterations int          `json:"iterations"`
	Loss       []float64    `json:"loss"`
	Tracks     []draw.Track `json:"tracks"`
}

// fileFrames is the number of frames of an animated file; the page has all.
const fileFrames = 34

// newPlayer shows n iterations at equal distances, the last among them.
func newPlayer(of *Figure, n int) *player {
	f := &player{figure: of, run: of.Run}
	total := len(of.Run.Loss)
	n = min(n, total)
	for i := range n {
		f.frames = append(f.frames, (i+1)*total/n-1)
	}
	f.signals = f.unitSignals()
	return f
}

// file returns the figure as an animated file.
func (f *player) file() []byte {
	d := draw.New(1120, 430, fmt.Sprintf("figure%d-", f.figure.Number))
	d.Describe(fmt.Sprintf("Figure %d: %s", f.figure.Number, f.figure.Title), f.predictionText())
	var counter []string
	for _, i := range f.frames {
		counter = append(counter, fmt.Sprintf("iteration %d", i+1))
	}
	d.TextFrames(1110, 22, counter...).Anchor(draw.End).Size(14)
	f.prediction(d.Node, draw.Box{X: 0, Y: 30, W: 400, H: 400})
	f.loss(d.Node, draw.Box{X: 400, Y: 30, W: 330, H: 400})
	f.weights(d.Node, draw.Box{X: 730, Y: 30, W: 390, H: 400})
	if d.Frames() == 1 {
		return d.Static(0)
	}
	return d.Animated(100*time.Millisecond, 2*time.Second)
}

// prediction draws what the network has learned: a surface over the plane, or a curve.
func (f *player) prediction(n *draw.Node, box draw.Box) {
	if f.run.Problem.Regression {
		f.curve(n, box)
	} else {
		f.surface(n, box)
	}
}

var plane = draw.Range{Lo: -.5, Hi: 1.5}

// surfacePoints is the number of points along an axis of the prediction surface: those of
// the history's grid, and one between any two, so that the boundary is smooth.
const surfacePoints = 2*problems.GridSize - 1

// fine returns the prediction of an iteration on the finer grid.
func (f *player) fine(iteration int) []float64 {
	layers := f.activations(f.run.Parameters[iteration], f.run.Problem.Grid(surfacePoints))
	return layers[len(layers)-1]
}

const bands = 10 // of the prediction surface

// surface draws the prediction over the plane, in bands, with the decision boundary and
// the training data.
func (f *player) surface(n *draw.Node, box draw.Box) {
	ax := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W - barWidth, H: box.W - barWidth - squareLess}, X: plane, Y: plane,
		Title: "Prediction and data", XLabel: "x_1", YLabel: "x_2",
	})
	var grids []draw.Grid
	for _, i := range f.frames {
		grids = append(grids, draw.Grid{NX: surfacePoints, NY: surfacePoints, X: plane, Y: plane, Z: f.fine(i)})
	}
	classes := f.run.Classes()
	middle := (classes.Lo + classes.Hi) / 2
	levels, colors := draw.Levels(draw.Range(classes), bands-1), draw.ColorMap(draw.BlueOrange).Bands(bands)
	ax.Contours(levels, colors, grids...)
	boundary := draw.Stroke{Color: "#555", Width: 2.5} // shows on light and dark bands
	ax.Isoline(boundary, middle, grids...)
	low, high := classMarkers()
	for _, c := range []struct {
		class  float64
		marker draw.Marker
	}{{classes.Lo, low}, {classes.Hi, high}} {
		xs, ys := f.points(c.class)
		ax.Scatter(c.marker, xs, ys)
	}
	n.ColorBar(draw.Box{X: box.X + box.W - barWidth + 2, Y: ax.Frame.Y - 16, W: barWidth - 2, H: ax.Frame.H + 16}, levels, colors, "a_{out}")
	entries := []draw.Entry{
		{Label: fmt.Sprintf("class %g", classes.Lo), Marker: &low},
		{Label: fmt.Sprintf("class %g", classes.Hi), Marker: &high},
	}
	if slices.ContainsFunc(grids, func(g draw.Grid) bool { return slices.Min(g.Z) < middle && middle < slices.Max(g.Z) }) {
		boundary.Color = draw.Muted // there it stands on paper
		entries = append(entries, draw.Entry{Label: fmt.Sprintf("a = %g", middle), Line: &boundary})
	}
	legendRow(n, ax.Frame.X, box.Y+box.W-barWidth-squareLess+8, entries...)
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

// classMarkers tells the classes apart by shape and lightness, not by colour.
func classMarkers() (low, high draw.Marker) {
	return draw.Marker{Shape: draw.Square, Color: "#fff", Edge: "#111", Size: 5.5},
		draw.Marker{Shape: draw.Dot, Color: "#111", Edge: "#fff", Size: 5.5}
}

// points returns the training data of a class.
func (f *player) points(class float64) (xs, ys []float64) {
	d := f.run.Data
	for i, t := range d.T {
		if t == class {
			xs, ys = append(xs, d.X[2*i]), append(ys, d.X[2*i+1])
		}
	}
	return xs, ys
}

var line = draw.Range{Lo: -5, Hi: 5}

// curve draws the prediction along the line, the data, and what each hidden unit
// contributes: a_j w_jk + b_k.
func (f *player) curve(n *draw.Node, box draw.Box) {
	units := 0
	if n := len(f.run.Hidden); n > 0 {
		units = f.run.Hidden[n-1]
	}
	xs := tensor.Linspace(line.Lo, line.Hi, curvePoints).Data()
	var predictions [][]float64
	contributions := make([][][]float64, units)
	for _, i := range f.frames {
		layers := f.activations(f.run.Parameters[i], xs)
		out := len(layers) - 1
		predictions = append(predictions, layers[out])
		w, b := f.run.Parameters[i].Weights[out], f.run.Parameters[i].Biases[out]
		for j := range contributions {
			ys := make([]float64, len(xs))
			for k := range ys {
				ys[k] = layers[out-1][k*units+j]*w.At(j, 0) + b.At(0)
			}
			contributions[j] = append(contributions[j], ys)
		}
	}
	rows := (units + 3) / 2 // of the legend
	shown := append([][]float64{f.run.Data.T, predictions[len(predictions)-1]}, last(contributions)...)
	heights := draw.Extent(.05, shown...)
	ax := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W, H: box.H - float64(20*rows) - 12}, X: line, Y: heights,
		Title: "Data and prediction", XLabel: "x", YLabel: "y", Grid: true,
	})
	data := draw.Marker{Color: "#8a8a8a", Size: 5.5}
	ax.Scatter(data, f.run.Data.X, f.run.Data.T)
	entries := []draw.Entry{{Label: "data", Marker: &data}}
	for j, ys := range contributions {
		s := draw.Series(j + 1)
		s.Width, s.Dash = 2, []string{"7 4", "3 3", "9 3 2 3", "2 5"}[j%4]
		ax.Line(s, xs, ys...)
		entries = append(entries, draw.Entry{Label: fmt.Sprintf("a_%d w_%d + b", j+1, j+1), Line: &s})
	}
	prediction := draw.Series(0)
	prediction.Width, prediction.Dash = 3, ""
	ax.Line(prediction, xs, predictions...)
	entries = append(entries, draw.Entry{Label: "prediction", Line: &prediction})
	left := (len(entries) + 1) / 2
	y := box.Y + box.H - float64(20*rows) - 6
	n.Legend(ax.Frame.X, y, entries[:left]...)
	n.Legend(ax.Frame.X+ax.Frame.W/2, y, entries[left:]...)
}

const curvePoints = 41

// last returns what the units contribute in the last frame.
func last(contributions [][][]float64) [][]float64 {
	var out [][]float64
	for _, frames := range contributions {
		out = append(out, frames[len(frames)-1])
	}
	return out
}

// loss draws the loss so far, and that of the printed code for comparison.
func (f *player) loss(n *draw.Node, box draw.Box) {
	highest := 0.0
	for _, v := range f.run.Loss {
		highest = math.Max(highest, v)
	}
	entries := 1
	if f.figure.Printed != nil {
		for _, v := range f.figure.Printed.Loss {
			highest = math.Max(highest, v)
		}
		entries = 2
	}
	total := len(f.run.Loss)
	ax := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W, H: box.H - 56}, X: draw.Range{Lo: 0, Hi: float64(max(total, 2))},
		Y: draw.Range{Lo: 0, Hi: highest * 1.05}, Title: "Loss", XLabel: "iteration", YLabel: "Σ (a − t)^2", Grid: true,
	})
	ours, printed := draw.Stroke{Color: draw.Series(1).Color, Width: 2.5}, draw.Stroke{Color: draw.Muted, Width: 1.5, Dash: "6 4"}
	if f.figure.Printed != nil {
		ax.Line(printed, count(len(f.figure.Printed.Loss)), f.figure.Printed.Loss)
	}
	var xs, ys []float64
	for _, i := range f.frames {
		xs, ys = append(xs, float64(i+1)), append(ys, f.run.Loss[i])
	}
	if len(f.frames) == total {
		ax.Grow(ours, xs, ys)
	} else {
		ax.Line(ours, count(total), f.lossSoFar()...)
	}
	ax.Moving(draw.Marker{Color: ours.Color}, xs, ys)
	row := []draw.Entry{{Label: "as pictured", Line: &ours}, {Label: "as printed: rate × 0.95 per iteration", Line: &printed}}
	if f.figure.Printed == nil {
		row[0].Label = "loss"
	}
	n.Legend(ax.Frame.X, box.Y+box.H-50, row[:entries]...)
}

// lossSoFar returns, for each frame, the losses of all iterations up to it: those between
// frames too, and NaN after it.
func (f *player) lossSoFar() [][]float64 {
	var frames [][]float64
	for _, last := range f.frames {
		losses := slices.Clone(f.run.Loss)
		for i := last + 1; i < len(losses); i++ {
			losses[i] = math.NaN()
		}
		frames = append(frames, losses)
	}
	return frames
}

// count returns 1, 2, …, n.
func count(n int) []float64 {
	xs := make([]float64, n)
	for i := range xs {
		xs[i] = float64(i + 1)
	}
	return xs
}
