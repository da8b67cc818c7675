package figures

import (
	"math"
	"slices"

	"gentlegrad/demos/draw"
)

// loss draws the loss so far, and for comparison that of the printed code, or of the held-out rows.
func (f *player) loss(n *draw.Node, box draw.Box) { f.losses(n, box, false) }

// logLoss is loss on a logarithmic scale.
func (f *player) logLoss(n *draw.Node, box draw.Box) { f.losses(n, box, true) }

func (f *player) losses(n *draw.Node, box draw.Box, log bool) {
	var validation []float64 // scaled to the number of rows that are trained on, so that both can be compared
	for _, v := range f.run.Validation {
		validation = append(validation, v/float64(f.run.Held.N)*float64(f.run.Data.N))
	}
	all := slices.Concat(f.run.Loss, validation)
	if f.figure.Printed != nil {
		all = append(all, f.figure.Printed.Loss...)
	}
	ax := n.Axes(draw.AxesSpec{
		Box: draw.Box{X: box.X, Y: box.Y, W: box.W, H: box.H - 56}, X: draw.Range{Lo: 0, Hi: float64(max(len(f.run.Loss), 5))},
		Y: heights(all, log), LogY: log, Title: "Loss", XLabel: "iteration", YLabel: f.run.Model.LossFormula(), Grid: true,
	})
	ours := draw.Stroke{Color: draw.Ink, Width: 2.5}
	entries := []draw.Entry{{Label: "loss", Line: &ours}}
	if f.figure.Printed != nil {
		printed := draw.Stroke{Color: draw.Muted, Width: 1.5, Dash: "6 4"}
		xs, ys, _ := lossPoints(f.figure.Printed.Loss, nil)
		ax.Line(printed, xs, ys)
		entries = []draw.Entry{{Label: "as pictured", Line: &ours}, {Label: "as printed: rate × 0.95 per iteration", Line: &printed}}
	}
	if validation != nil {
		held := draw.Stroke{Color: draw.Series(2).Color, Width: 1.5}
		xs, ys, ends := lossPoints(validation, f.frames)
		ax.Grow(held, xs, ys, ends)
		entries = []draw.Entry{{Label: "training", Line: &ours}, {Label: "held out, scaled to as many rows", Line: &held}}
	}
	xs, ys, ends := lossPoints(f.run.Loss, f.frames)
	ax.Grow(ours, xs, ys, ends)
	var atX, atY []float64
	for _, end := range ends {
		x, y := math.NaN(), math.NaN() // before training there is no loss, and no marker
		if end >= 0 {
			x, y = xs[end], ys[end]
		}
		atX, atY = append(atX, x), append(atY, y)
	}
	ax.Moving(draw.Marker{Color: ours.Color}, atX, atY)
	n.Legend(ax.Frame.X, box.Y+box.H-50, entries...)
}

// heights is a range for losses: from 0, or on a logarithmic scale from the least positive one.
func heights(losses []float64, log bool) draw.Range {
	highest := min(max(slices.Max(losses), 1e-280), 1e308)
	if !log {
		return draw.Range{Lo: 0, Hi: highest * 1.05}
	}
	lowest := highest
	for _, v := range losses {
		if v > 0 {
			lowest = min(lowest, v)
		}
	}
	return draw.Range{Lo: lowest / 1.2, Hi: highest * 1.2}
}

// lossPoints returns the points of a line of losses; for a long training only some, at equal
// distances. ends holds for each frame the index of its last point: −1 before training, as an
// iteration's loss comes at its end.
func lossPoints(losses []float64, frames []int) (xs, ys []float64, ends []int) {
	iterations := evenly(len(losses), mostLosses)[1:]
	for _, k := range iterations {
		xs, ys = append(xs, float64(k)), append(ys, losses[k-1])
	}
	for _, k := range frames {
		i, there := slices.BinarySearch(iterations, k)
		if !there {
			i--
		}
		ends = append(ends, i)
	}
	return xs, ys, ends
}
