package steps

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/activation"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/training"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A pass holds the numbers of one observation on its way through a network,
// forward and back, and of one update. All are the library's: values of nodes,
// gradients of [autograd.Backward], parameters after a step of gradient descent.
type pass struct {
	config training.Config
	number int // of the observation, from 1
	of     int
	x, dx  []float64 // the inputs, and ∂E/∂x
	t      float64
	layers []layer

	e, dE   float64 // E and ∂E/∂E
	after   float64 // E with the new parameters
	largest float64 // |automatic − manual| over every δ and gradient
}

// A layer holds the numbers of one layer.
type layer struct {
	activation    activation.Function
	z, a          []float64
	delta, da     []float64   // ∂E/∂z and ∂E/∂a
	w, dw, newW   [][]float64 // in × out
	b, db, newB   []float64
	newZ, newA    []float64 // with the new parameters
	inputs, units int
}

// newPass sends an observation, counted from 1, through the untrained network of
// a configuration.
func newPass(c training.Config, number int) (*pass, error) {
	data, m, err := training.New(c)
	if err != nil {
		return nil, err
	}
	if number < 1 || number > data.N {
		return nil, fmt.Errorf("steps: observation %d of %d", number, data.N)
	}
	x := tensor.FromSlice(data.X, data.N, data.Inputs).Slice(0, number-1, number)
	t := tensor.FromSlice(data.T, data.N, 1).Slice(0, number-1, number)
	p := &pass{config: c, number: number, of: data.N, x: clone(x), t: t.Item()}

	input := autograd.Variable(x) // learning needs no gradient of it, but it has one
	trace := m.Trace(input)
	e := layers.SquaredError(trace.Output(), autograd.Constant(t))
	grads := autograd.Backward(e)
	p.e, p.dE, p.dx = e.Value().Item(), grads.Of(e).Item(), clone(grads.Of(input))
	for l := range m.Layers {
		p.layers = append(p.layers, newLayer(m.Layers[l], trace[l], grads))
	}
	p.compare(m, x, t, trace, grads)
	p.update(m, x, t, grads)
	return p, nil
}

func newLayer(l training.Layer, nodes training.Nodes, grads *autograd.Gradients) layer {
	w, b := l.Linear.Weight, l.Linear.Bias
	return layer{
		activation: l.Activation,
		z:          clone(nodes.Z.Value()), a: clone(nodes.A.Value()),
		delta: clone(grads.Of(nodes.Z)), da: clone(grads.Of(nodes.A)),
		w: rows(w.Value()), dw: rows(grads.Of(w)),
		b: clone(b.Value()), db: clone(grads.Of(b)),
		inputs: w.Value().Dim(0), units: w.Value().Dim(1),
	}
}

// compare notes how far the automatic gradients are from the delta rules.
func (p *pass) compare(m *training.Model, x, t *tensor.Tensor, trace training.Trace, grads *autograd.Gradients) {
	var closed delta.Pass
	m.Closed.ForwardPropagate(&closed, x)
	m.Closed.BackpropagateErrors(&closed, t)
	m.Closed.CalculateGradients(&closed)
	p.largest = m.Difference(&closed, trace, grads)
}

// update makes one step of gradient descent and looks at the observation again.
func (p *pass) update(m *training.Model, x, t *tensor.Tensor, grads *autograd.Gradients) {
	optim.NewGradientDescent(p.config.LearningRate, layers.Parameters(m.Net)...).Step(grads)
	trace := m.Trace(autograd.Constant(x))
	for l := range p.layers {
		layer, linear := &p.layers[l], m.Layers[l].Linear
		layer.newW, layer.newB = rows(linear.Weight.Value()), clone(linear.Bias.Value())
		layer.newZ, layer.newA = clone(trace[l].Z.Value()), clone(trace[l].A.Value())
	}
	p.after = layers.SquaredError(trace.Output(), autograd.Constant(t)).Value().Item()
}

func clone(x *tensor.Tensor) []float64 { return slices.Clone(x.Data()) }

func rows(x *tensor.Tensor) [][]float64 {
	rows := make([][]float64, x.Dim(0))
	for i := range rows {
		rows[i] = clone(x.Slice(0, i, i+1))
	}
	return rows
}

// gradientOfA returns ∂E/∂a of unit j of layer l: of an input if l is −1.
func (p *pass) gradientOfA(l, j int) float64 {
	if l < 0 {
		return p.dx[j]
	}
	return p.layers[l].da[j]
}

// below returns the activations that feed layer l.
func (p *pass) below(l int) []float64 {
	if l == 0 {
		return p.x
	}
	return p.layers[l-1].a
}

// Names are plain, such as "z_1,2" for unit 2 of layer 1, and serve as ids. A unit that
// is alone in its layer has no number.

func name(letter string, l, j, units int) string {
	if units == 1 {
		return fmt.Sprintf("%s_%d", letter, l+1)
	}
	return fmt.Sprintf("%s_%d,%d", letter, l+1, j+1)
}

func (p *pass) z(l, j int) string { return name("z", l, j, p.layers[l].units) }
func (p *pass) d(l, j int) string { return name("δ", l, j, p.layers[l].units) }
func (p *pass) b(l, j int) string { return name("b", l, j, p.layers[l].units) }

// a is the name of unit j that feeds layer l+1: an input if l is −1.
func (p *pass) a(l, j int) string {
	switch {
	case l >= 0:
		return name("a", l, j, p.layers[l].units)
	case len(p.x) == 1:
		return "x"
	}
	return fmt.Sprintf("x_%d", j+1)
}

// w is the name of the weight from unit i below to unit j of layer l.
func (p *pass) w(l, i, j int) string {
	layer := p.layers[l]
	switch {
	case layer.units == 1:
		return fmt.Sprintf("w_%d,%d", l+1, i+1)
	case layer.units > 9 || layer.inputs > 9:
		return fmt.Sprintf("w_%d,%d,%d", l+1, i+1, j+1)
	}
	return fmt.Sprintf("w_%d,%d%d", l+1, i+1, j+1)
}

// mark marks a name up for package draw: "z_{1,2}", "∂E/∂z_{1,2}".
func mark(name string) string {
	if letter, index, ok := strings.Cut(name, "_"); ok {
		return letter + "_{" + index + "}"
	}
	return name
}

// full writes a number for a calculation, with five significant digits.
func full(v float64) string {
	if v != 0 && math.Abs(v) < .001 {
		return draw.Powers(fmt.Sprintf("%.4e", v))
	}
	return draw.Powers(fmt.Sprintf("%.5g", v))
}

// said writes a number for a sentence, with three significant digits.
func said(v float64) string { return draw.Powers(rounded(v)) }

// short is said for the graph, with seven characters at most, if v is below
// 10 000.
func short(v float64) string { return draw.Compact(rounded(v)) }

func rounded(v float64) string {
	switch a := math.Abs(v); {
	case a == 0:
		return "0"
	case a < .001:
		return fmt.Sprintf("%.1e", v)
	case a < .01:
		return fmt.Sprintf("%.2g", v)
	case a < 1000:
		return fmt.Sprintf("%.3g", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// bracket is full with brackets around a negative number.
func bracket(v float64) string {
	if math.Signbit(v) {
		return "(" + full(v) + ")"
	}
	return full(v)
}
