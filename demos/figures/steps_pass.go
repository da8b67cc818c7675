package figures

import (
	"fmt"
	"math"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/training"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A stepsPass holds the numbers of one observation on its way through a network,
// forward and back, and of one update. All are the library's: values of nodes,
// gradients of [autograd.Backward], parameters after a step of gradient descent.
type stepsPass struct {
	config training.Config
	number int // of the observation, from 1
	of     int
	x, dx  []float64 // the inputs, and ∂E/∂x
	t      float64
	layers []stepsLayer

	e, dE   float64 // E and ∂E/∂E
	after   float64 // E with the new parameters
	largest float64 // |automatic − manual| over every δ and gradient
}

// A stepsLayer holds the numbers of one layer.
type stepsLayer struct {
	activation    delta.Activation
	z, a          []float64
	delta, da     []float64   // ∂E/∂z and ∂E/∂a
	w, dw, newW   [][]float64 // in × out
	b, db, newB   []float64
	newZ, newA    []float64 // with the new parameters
	inputs, units int
}

// newStepsPass sends an observation, counted from 1, through the untrained network of
// a configuration.
func newStepsPass(c training.Config, number int) (*stepsPass, error) {
	data, m, err := training.New(c)
	if err != nil {
		return nil, err
	}
	if number < 1 || number > data.N {
		return nil, fmt.Errorf("figures: observation %d of %d", number, data.N)
	}
	x := tensor.FromSlice(data.X, data.N, data.Inputs).Slice(0, number-1, number)
	t := tensor.FromSlice(data.T, data.N, 1).Slice(0, number-1, number)
	p := &stepsPass{config: c, number: number, of: data.N, x: stepsCopy(x), t: t.Item()}

	input := autograd.Variable(x) // learning needs no gradient of it, but it has one
	nodes := m.Trace(input)
	e := layers.SquaredError(nodes[len(nodes)-1].A, autograd.Constant(t))
	grads := autograd.Backward(e)
	p.e, p.dE, p.dx = e.Value().Item(), grads.Of(e).Item(), stepsCopy(grads.Of(input))
	for l := range m.Linears {
		p.layers = append(p.layers, newStepsLayer(m, l, nodes, grads))
	}
	p.compare(m, x, t, nodes, grads)
	p.update(m, x, t, grads)
	return p, nil
}

func newStepsLayer(m *training.Model, l int, nodes []training.Nodes, grads *autograd.Gradients) stepsLayer {
	z, a, linear := nodes[l].Z, nodes[l].A, m.Linears[l]
	w := linear.Weight
	return stepsLayer{
		activation: m.Closed[l].Activation,
		z:          stepsCopy(z.Value()), a: stepsCopy(a.Value()),
		delta: stepsCopy(grads.Of(z)), da: stepsCopy(grads.Of(a)),
		w: stepsRows(w.Value()), dw: stepsRows(grads.Of(w)),
		b: stepsCopy(linear.Bias.Value()), db: stepsCopy(grads.Of(linear.Bias)),
		inputs: w.Value().Dim(0), units: w.Value().Dim(1),
	}
}

// compare notes how far the automatic gradients are from the delta rules.
func (p *stepsPass) compare(m *training.Model, x, t *tensor.Tensor, nodes []training.Nodes, grads *autograd.Gradients) {
	var closed delta.Pass
	m.Closed.ForwardPropagate(&closed, x)
	m.Closed.BackpropagateErrors(&closed, t)
	m.Closed.CalculateGradients(&closed)
	p.largest = m.Difference(&closed, nodes, grads)
}

// update makes one step of gradient descent and looks at the observation again.
func (p *stepsPass) update(m *training.Model, x, t *tensor.Tensor, grads *autograd.Gradients) {
	optim.NewGradientDescent(p.config.LearningRate, layers.Parameters(m.Net)...).Step(grads)
	nodes := m.Trace(autograd.Constant(x))
	for l, linear := range m.Linears {
		layer := &p.layers[l]
		layer.newW, layer.newB = stepsRows(linear.Weight.Value()), stepsCopy(linear.Bias.Value())
		layer.newZ, layer.newA = stepsCopy(nodes[l].Z.Value()), stepsCopy(nodes[l].A.Value())
	}
	p.after = layers.SquaredError(nodes[len(nodes)-1].A, autograd.Constant(t)).Value().Item()
}

func stepsCopy(x *tensor.Tensor) []float64 { return append([]float64(nil), x.Data()...) }

func stepsRows(x *tensor.Tensor) [][]float64 {
	rows := make([][]float64, x.Dim(0))
	for i := range rows {
		rows[i] = stepsCopy(x.Slice(0, i, i+1))
	}
	return rows
}

// slope returns g′(z) for an activation a = g(z).
func (l *stepsLayer) slope(j int) float64 {
	switch a := l.a[j]; l.activation.Name {
	case delta.Tanh.Name:
		return 1 - float64(a*a)
	case delta.Linear.Name:
		return 1
	default:
		return a * (1 - a)
	}
}

// gradientOfA returns ∂E/∂a of unit j of layer l: of an input if l is −1.
func (p *stepsPass) gradientOfA(l, j int) float64 {
	if l < 0 {
		return p.dx[j]
	}
	return p.layers[l].da[j]
}

// below returns the activations that feed layer l.
func (p *stepsPass) below(l int) []float64 {
	if l == 0 {
		return p.x
	}
	return p.layers[l-1].a
}

// Names are plain, such as "z_1,2" for unit 2 of layer 1, and serve as ids. A unit that
// is alone in its layer has no number.

func stepsName(letter string, l, j, units int) string {
	if units == 1 {
		return fmt.Sprintf("%s_%d", letter, l+1)
	}
	return fmt.Sprintf("%s_%d,%d", letter, l+1, j+1)
}

func (p *stepsPass) z(l, j int) string { return stepsName("z", l, j, p.layers[l].units) }
func (p *stepsPass) d(l, j int) string { return stepsName("δ", l, j, p.layers[l].units) }
func (p *stepsPass) b(l, j int) string { return stepsName("b", l, j, p.layers[l].units) }

// a is the name of unit j that feeds layer l+1: an input if l is −1.
func (p *stepsPass) a(l, j int) string {
	switch {
	case l >= 0:
		return stepsName("a", l, j, p.layers[l].units)
	case len(p.x) == 1:
		return "x"
	}
	return fmt.Sprintf("x_%d", j+1)
}

// w is the name of the weight from unit i below to unit j of layer l.
func (p *stepsPass) w(l, i, j int) string {
	layer := p.layers[l]
	switch {
	case layer.units == 1:
		return fmt.Sprintf("w_%d,%d", l+1, i+1)
	case layer.units > 9 || layer.inputs > 9:
		return fmt.Sprintf("w_%d,%d,%d", l+1, i+1, j+1)
	}
	return fmt.Sprintf("w_%d,%d%d", l+1, i+1, j+1)
}

// stepsMark marks a name up for package draw: "z_{1,2}", "∂E/∂z_{1,2}".
func stepsMark(name string) string {
	if letter, index, ok := strings.Cut(name, "_"); ok {
		return letter + "_{" + index + "}"
	}
	return name
}

// stepsFull writes a number for a calculation, with five significant digits.
func stepsFull(v float64) string {
	if v != 0 && math.Abs(v) < .001 {
		return powers(fmt.Sprintf("%.4e", v))
	}
	return powers(fmt.Sprintf("%.5g", v))
}

// stepsSaid writes a number for a sentence, with three significant digits.
func stepsSaid(v float64) string { return powers(stepsRounded(v)) }

// stepsShort is stepsSaid for the graph, with seven characters at most, if v is below
// 10 000.
func stepsShort(v float64) string { return compact(stepsRounded(v)) }

func stepsRounded(v float64) string {
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

// stepsBracket is stepsFull with brackets around a negative number.
func stepsBracket(v float64) string {
	if math.Signbit(v) {
		return "(" + stepsFull(v) + ")"
	}
	return stepsFull(v)
}
