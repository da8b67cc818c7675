package figures

import (
	"fmt"
	"math"

	"gentlegrad/autograd"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/training"
	"gentlegrad/tensor"
)

// A state is what a network computes at one iteration, forward and back: for one observation, or the
// means of a, |δ|, |∂E/∂w| and |∂E/∂b| over all observations that are drawn.
type state struct {
	layers    []signals
	gradients training.Parameters // ∂E/∂w and ∂E/∂b
	miss      float64             // |a − t| of the output
}

// Signals are those of each unit of one layer.
type signals struct {
	a, delta []float64
	largest  []float64 // |δ|
	slope    []float64 // g′(z): near 0 if the unit is flat
}

// observed is the state for one observation.
func (f *player) observed(p training.Parameters, i int) state {
	x, t := f.x.Slice(0, i, i+1), f.t.Slice(0, i, i+1)
	s, a := f.state(p, x, t, (*tensor.Tensor).Copy)
	s.miss = tensor.MaxAbsDiff(a, t)
	return s
}

// mean is the state for all observations.
func (f *player) mean(p training.Parameters) state {
	s, a := f.state(p, f.x, f.t, (*tensor.Tensor).Abs)
	miss := new(tensor.Tensor).Sub(a, f.t)
	s.miss = new(tensor.Tensor).Mean(miss.Abs(miss)).Item()
	return s
}

// state returns the state for observations x with targets t, with the means of what size makes of each δ
// and gradient, and the outputs; miss is not set. One traversal of the graph has the δ of each
// observation, and the gradient of a weight for one observation is the activity below times the δ above,
// |aδ| = |a||δ|.
func (f *player) state(p training.Parameters, x, t *tensor.Tensor, size func(z, x *tensor.Tensor) *tensor.Tensor) (s state, a *tensor.Tensor) {
	model := f.run.Model.With(p)
	trace := model.Trace(autograd.Constant(x))
	grads := autograd.Backward(model.Loss(trace, autograd.Constant(t)))
	mean := func(x *tensor.Tensor) *tensor.Tensor { return new(tensor.Tensor).Mean(x, 0) }
	a = x
	for l, layer := range model.Layers {
		d := grads.Of(trace[l].Z)
		delta := size(new(tensor.Tensor), d)
		weight := new(tensor.Tensor).MatMulTN(size(new(tensor.Tensor), a), delta)
		a = trace[l].A.Value()
		s.layers = append(s.layers, signals{
			a: mean(a).Data(), delta: mean(delta).Data(), largest: new(tensor.Tensor).Max(new(tensor.Tensor).Abs(d), 0).Data(),
			slope: mean(layer.Activation.Prime(new(tensor.Tensor), trace[l].Z.Value())).Data(),
		})
		s.gradients.Weights = append(s.gradients.Weights, weight.Scale(weight, 1/float64(x.Dim(0))))
		s.gradients.Biases = append(s.gradients.Biases, mean(delta))
	}
	return s, a
}

// states returns that of each frame, and its gradients.
func (f *player) states(at func(training.Parameters) state) (list []state, gradients []training.Parameters) {
	for _, k := range f.frames {
		s := at(f.parameters(k))
		list, gradients = append(list, s), append(gradients, s.gradients)
	}
	return list, gradients
}

const (
	// flat is the share of its largest slope, ¼ for a sigmoid and 1 for a tanh, below which a
	// unit counts as flat.
	flat = 0.1
	// closeTo is the share of the distance between the classes below which |a − t| counts as small.
	closeTo = 0.1
)

// The condition of a unit. A flat unit learns hardly anything. An output that is flat and right is
// settled, as it should be; any other flat unit is saturated.
type condition int

const (
	responsive condition = iota
	saturated
	settled
)

// condition returns the condition of a unit of layer l.
func (f *player) condition(s state, l, unit int) condition {
	g := f.run.Model.Layers[l].Activation
	switch {
	case s.layers[l].slope[unit] >= flat*g.Steep():
		return responsive
	case l == len(s.layers)-1 && s.miss < closeTo*(g.Classes.Hi-g.Classes.Lo):
		return settled
	}
	return saturated
}

// gradients draws the network with a line for the mean size of each weight's gradient, and in each
// unit the mean size of its δ.
func (f *player) gradients(n *draw.Node, box draw.Box) {
	dg := f.network(n, box, "Gradients and δ", signalsRoom, inputName)
	states, frames := f.states(f.mean)
	largest := f.edges(dg, frames, func(edge *draw.Node, gradients []float64, largest float64) {
		var widths []float64
		for _, g := range gradients {
			widths = append(widths, gradientWidth(g, largest))
		}
		edge.SetNum("stroke-width", widths...).Set("stroke", draw.Muted)
	})
	f.eachUnit(func(l, j int) {
		f.unitSignals(n, dg, l, j, states, func(s signals) (string, string) { return small(s.delta[j]), small(s.largest[j]) })
	})
	gradientsLegend(n, box, "in each unit: mean |δ|, and below it the largest |δ|", "mean g′(z)",
		draw.Entry{Label: "mean |∂E/∂w| = " + small(largest), Line: &draw.Stroke{Color: draw.Muted, Width: widestGradient}})
}

// gradientWidth is the width of a gradient's line: it grows with the square root, so that
// small gradients can be seen. A gradient that is not finite has the widest line.
func gradientWidth(size, largest float64) float64 {
	share := size / max(largest, math.SmallestNonzeroFloat64)
	if math.IsNaN(share) {
		share = 1
	}
	return .3 + (widestGradient-.3)*math.Sqrt(share)
}

const (
	widestGradient = 7.3
	signalsRoom    = 98 // for the legends and texts below, in pixels
	heavy          = 4  // the ring of a flat unit
)

// eachUnit calls visit for every unit that is shown, except inputs.
func (f *player) eachUnit(visit func(l, j int)) {
	for l, w := range f.run.Initial.Weights {
		for _, j := range draw.Shown(w.Dim(1)) {
			visit(l, j)
		}
	}
}

// saturatedFill is behind the numbers of a saturated unit. The rings of saturated and of settled units
// are heavy.
const saturatedFill = draw.Rule

// unitSignals writes two numbers into a unit, and marks its condition.
func (f *player) unitSignals(n *draw.Node, dg *draw.Diagram, l, j int, states []state, numbers func(signals) (upper, lower string)) {
	var uppers, lowers, fills []string
	var widths []float64
	for _, s := range states {
		upper, lower := numbers(s.layers[l])
		uppers, lowers = append(uppers, upper), append(lowers, lower)
		fill, width := draw.Paper, 1.5
		switch f.condition(s, l, j) {
		case saturated:
			fill, width = saturatedFill, heavy
		case settled:
			width = heavy
		}
		fills, widths = append(fills, fill), append(widths, width)
	}
	dg.Unit(l+1, j).Fill(fills...).SetNum("stroke-width", widths...)
	x, y, r := dg.At(l+1, j)
	size := numberSize(r)
	n.TextFrames(x, y-.1*size, uppers...).Anchor(draw.Middle).Size(size)
	n.TextFrames(x, y+size, lowers...).Anchor(draw.Middle).Size(.96 * size).Fill(draw.Muted)
}

// gradientsLegend says what the lines and the numbers in each unit mean, and which units are flat.
func gradientsLegend(n *draw.Node, box draw.Box, inside, slope string, lines ...draw.Entry) {
	legendRow(n, box.X+8, box.Y+box.H-98, lines...)
	legendRow(n, box.X+8, box.Y+box.H-68,
		draw.Entry{Label: "saturated", Fill: saturatedFill, Outline: heavy}, draw.Entry{Label: "settled: a is near t", Fill: draw.Paper, Outline: heavy})
	n.Text(box.X+10, box.Y+box.H-23, inside).Fill(draw.Muted).Size(12.5)
	n.Text(box.X+10, box.Y+box.H-6, "both: "+slope+" is under a tenth of its maximum").Fill(draw.Muted).Size(12.5)
}

// small writes a number with two significant digits, in little room.
func small(v float64) string {
	if v != 0 && math.Abs(v) < .001 {
		return draw.Compact(fmt.Sprintf("%.0e", v))
	}
	return draw.Compact(fmt.Sprintf("%.2g", v))
}
