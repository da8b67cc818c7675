package training

import (
	"math"
	"math/rand/v2"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/demos/activation"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A Model is a network built twice on the same parameters: of layers, to be
// differentiated automatically, and as a network for the delta rules.
type Model struct {
	Layers []Layer           // from the input on
	Net    layers.Sequential // the Linear and the activation of each layer
	Closed delta.Network     // shares memory with Layers
}

// A Layer is a Linear and the activation that follows it.
type Layer struct {
	Linear     *layers.Linear
	Activation activation.Function
}

func newModel(ls []Layer) *Model {
	m := &Model{Layers: ls}
	for _, l := range ls {
		m.Net = append(m.Net, l.Linear, l.Activation.Layer)
		m.Closed = append(m.Closed, delta.Layer{
			Weight: l.Linear.Weight.Value(), Bias: l.Linear.Bias.Value(), Activation: l.Activation.Activation,
		})
	}
	return m
}

// New returns the data and the network of a configuration, before training. The parameters
// are drawn after the data from the same random numbers, in the article's order: all weights,
// then all biases, uniformly from [−½, ½). For a table the range is [−1/√n, 1/√n) in a layer
// with more than 4 inputs, n of them, since many inputs would saturate its units.
func New(c Config) (problems.Data, *Model, error) {
	if err := c.Validate(); err != nil {
		return problems.Data{}, nil, err
	}
	source := legacy.New(c.Seed)
	if c.Table != nil {
		return c.coded(c.Table.Train), c.model(rand.New(source)), nil
	}
	data := c.Problem.MustData(source, c.Observations) // Validate has checked the number
	return c.coded(data), c.model(rand.New(source)), nil
}

// coded returns data whose classes 0 and 1 are replaced by the numbers that stand for them at the output
// unit.
func (c Config) coded(d problems.Data) problems.Data {
	if c.Problem.Regression {
		return d
	}
	classes := c.Classes()
	d.T = slices.Clone(d.T)
	for i, t := range d.T {
		d.T[i] = classes.Lo + float64(t*(classes.Hi-classes.Lo))
	}
	return d
}

// model returns the network with its parameters drawn.
func (c Config) model(rng *rand.Rand) *Model {
	var ls []Layer
	units := c.units()
	for l, in := range units[:len(units)-1] {
		ls = append(ls, Layer{layers.NewLinear(in, units[l+1], nil), c.activation(l)})
	}
	for l := range ls {
		ls[l].Linear.Weight.Value().Uniform(rng, -c.spread(l), c.spread(l))
	}
	for l := range ls {
		ls[l].Linear.Bias.Value().Uniform(rng, -c.spread(l), c.spread(l))
	}
	return newModel(ls)
}

// spread returns the largest size that the initial parameters of a layer may have.
func (c Config) spread(layer int) float64 {
	if c.Table == nil {
		return .5
	}
	return min(.5, 1/math.Sqrt(float64(c.units()[layer])))
}

// Parameters are the parameters of each layer, from the input on: weights in × out, biases out.
type Parameters struct {
	Weights, Biases []*tensor.Tensor
}

// copyParameters returns a copy of the current parameters.
func (m *Model) copyParameters() Parameters {
	var p Parameters
	for _, l := range m.Layers {
		p.Weights = append(p.Weights, l.Linear.Weight.Value().Clone())
		p.Biases = append(p.Biases, l.Linear.Bias.Value().Clone())
	}
	return p
}

// LargestAbs returns the size of the largest parameter.
func (p Parameters) LargestAbs() float64 {
	largest := 0.0
	for _, x := range slices.Concat(p.Weights, p.Biases) {
		for _, v := range x.Data() {
			largest = max(largest, math.Abs(v))
		}
	}
	return largest
}

// largestChange returns the largest |change| of a parameter.
func (p Parameters) largestChange(before Parameters) float64 {
	change := 0.0
	for l := range p.Weights {
		change = max(change, tensor.MaxAbsDiff(before.Weights[l], p.Weights[l]), tensor.MaxAbsDiff(before.Biases[l], p.Biases[l]))
	}
	return change
}

// With returns a network of the same layers with the parameters p, whose memory it shares.
func (m *Model) With(p Parameters) *Model {
	var ls []Layer
	for l, layer := range m.Layers {
		linear := &layers.Linear{Weight: autograd.Variable(p.Weights[l]), Bias: autograd.Variable(p.Biases[l])}
		ls = append(ls, Layer{linear, layer.Activation})
	}
	return newModel(ls)
}

// Nodes are what a layer computes: the pre-activation z and the activation a. With a linear
// activation they are the same node.
type Nodes struct{ Z, A *autograd.Node }

// A Trace holds the nodes of each layer, from the input on. The gradient of a Z is its δ.
type Trace []Nodes

// Output returns the network's prediction.
func (t Trace) Output() *autograd.Node { return t[len(t)-1].A }

// Trace returns the nodes of each layer for the input x, observations × inputs.
func (m *Model) Trace(x *autograd.Node) Trace {
	t := make(Trace, 0, len(m.Layers))
	for pair := range slices.Chunk(m.Net.Trace(x), 2) { // Net has two results per layer
		t = append(t, Nodes{Z: pair[0], A: pair[1]})
	}
	return t
}

// Predict returns the network's output for each row of x, observations × inputs.
func (m *Model) Predict(x *tensor.Tensor) []float64 {
	input := autograd.Context{NoRecord: true}.Constant(x)
	return m.Net.Forward(input).Value().Clone().Data()
}

// Loss returns the error that is descended, for a trace and targets t: the article's ½ Σ (a−t)², or with
// softmax outputs the cross-entropy −Σ t log a.
func (m *Model) Loss(trace Trace, t *autograd.Node) *autograd.Node {
	if m.crossEntropy() {
		return trace[len(trace)-1].Z.CrossEntropyOf(t).Sum()
	}
	return layers.SquaredError(trace.Output(), t)
}

func (m *Model) crossEntropy() bool {
	return m.Layers[len(m.Layers)-1].Activation.Name == activation.Softmax.Name
}

// shown returns the loss that is printed and drawn for a value of Loss: the article leaves out the ½.
func (m *Model) shown(loss *tensor.Tensor) float64 {
	if m.crossEntropy() {
		return loss.Item()
	}
	return 2 * loss.Item()
}

// LossFormula returns the formula of the loss that is printed and drawn.
func (m *Model) LossFormula() string {
	if m.crossEntropy() {
		return "−Σ t log a"
	}
	return "Σ (a − t)^2"
}

// LossOf returns the loss of observations x with targets t as it is printed and drawn:
// Σ (a−t)², or the cross-entropy.
func (m *Model) LossOf(x, t *tensor.Tensor) float64 {
	ctx := autograd.Context{NoRecord: true}
	return m.shown(m.Loss(m.Trace(ctx.Constant(x)), ctx.Constant(t)).Value())
}

// Difference returns the largest |automatic − manual| over every δ and every gradient: the
// automatic ones are those in grads, found by traversing the graph of a trace, and the manual
// ones those of a pass through Closed.
func (m *Model) Difference(pass *delta.Pass, trace Trace, grads *autograd.Gradients) float64 {
	largest := 0.0
	for l, layer := range m.Layers {
		s := &pass.Layers[l]
		largest = max(largest, tensor.MaxAbsDiff(grads.Of(trace[l].Z), &s.Delta),
			tensor.MaxAbsDiff(grads.Of(layer.Linear.Weight), &s.WeightGradient),
			tensor.MaxAbsDiff(grads.Of(layer.Linear.Bias), &s.BiasGradient))
	}
	return largest
}
