// Package training trains the article's networks: built from layers, differentiated by
// traversing the graph, and compared, at every step, with the article's delta rules.
package training

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A Config says what to train and how.
type Config struct {
	Problem      problems.Problem
	Hidden       []int   // units of each hidden layer, from the input on
	Iterations   int     // passes over the data, at most
	Observations int     // copies of each prototype to classify, or points of a curve
	LearningRate float64 // of the first iteration
	Anneal       float64 // by what the rate is multiplied after each iteration
	Batch        int     // observations in one step; 1 is online gradient descent
	Output       Output
	StopLoss     float64 // stop when an iteration's loss is below this; 0 is never
	StopChange   float64 // stop when no parameter changes by this much in an iteration; 0 is never
}

// Output is the kind of the output unit.
type Output string

// The kinds of output unit. Classes are coded 0 and 1, but −1 and 1 for Tanh.
const (
	Sigmoid Output = "sigmoid"
	Tanh    Output = "tanh"
	Linear  Output = "linear"
)

// Defaults returns how the article's figure trains on a problem, as the figure was
// published: without annealing in a classification. The figure for XOR is the one
// with a hidden layer.
func Defaults(p problems.Problem) Config {
	c := Config{
		Problem: p, Iterations: 100, Observations: p.Observations,
		LearningRate: 2, Anneal: 1, Batch: 1, Output: Sigmoid,
	}
	switch {
	case p.Regression:
		c.Hidden, c.LearningRate, c.Anneal, c.Output = []int{3}, 0.2, 0.95, Linear
	case p.Name == "XOR" || p.Name == "RING":
		c.Hidden = []int{4}
	}
	return c
}

// These keep a slip of the keyboard from filling the memory.
const (
	maxUnits        = 10_000
	maxParameters   = 10_000_000
	maxObservations = 1_000_000
	maxIterations   = 1_000_000
	maxKept         = 1 << 27 // numbers in the histories, or in one step: 1 GiB
)

// Validate returns an error that says what is wrong with the configuration, and what
// is allowed.
func (c Config) Validate() error {
	for _, n := range c.Hidden {
		if n < 1 || n > maxUnits {
			return fmt.Errorf("hidden layers need 1 to %d units each, got %v (0 alone is no hidden layer)", maxUnits, c.Hidden)
		}
	}
	switch {
	case c.Problem.Inputs < 1:
		return errors.New("there is no problem: want one of package problems")
	case c.Parameters() > maxParameters:
		return fmt.Errorf("hidden layers of %v units make %d parameters, want at most %d", c.Hidden, c.Parameters(), maxParameters)
	case c.Iterations < 1 || c.Iterations > maxIterations:
		return fmt.Errorf("iterations must be 1 to %d, got %d", maxIterations, c.Iterations)
	case c.Observations < 1 || c.Observations > maxObservations:
		return fmt.Errorf("observations must be 1 to %d, got %d", maxObservations, c.Observations)
	case !finite(c.LearningRate) || c.LearningRate <= 0:
		return fmt.Errorf("the learning rate must be a finite number above 0, got %v", c.LearningRate)
	case !finite(c.Anneal) || c.Anneal <= 0 || c.Anneal > 1:
		return fmt.Errorf("the annealing factor must be above 0 and at most 1, got %v", c.Anneal)
	case c.Batch < 1:
		return fmt.Errorf("the batch must be at least 1 observation, got %d", c.Batch)
	case c.Output != Sigmoid && c.Output != Tanh && c.Output != Linear:
		return fmt.Errorf("the output must be sigmoid, tanh or linear, got %q", c.Output)
	case !finite(c.StopLoss) || c.StopLoss < 0:
		return fmt.Errorf("the loss to stop at must be a finite number of at least 0, got %v", c.StopLoss)
	case !finite(c.StopChange) || c.StopChange < 0:
		return fmt.Errorf("the change to stop at must be a finite number of at least 0, got %v", c.StopChange)
	case c.activations() > maxKept/perUnit:
		return fmt.Errorf("a batch of so many observations makes %d activations, want at most %d", c.activations(), maxKept/perUnit)
	case c.kept() > maxKept/int64(c.Iterations):
		return fmt.Errorf("the histories of %d iterations of so large a network take %d MB, want at most %d MB: %d iterations", c.Iterations, megabytes(c.kept()*int64(c.Iterations)), megabytes(maxKept), maxKept/c.kept())
	}
	return nil
}

// megabytes returns the size of so many numbers.
func megabytes(numbers int64) int64 { return numbers * 8 / 1_000_000 }

// units returns the units of every layer, the inputs first.
func (c Config) units() []int {
	return append(append([]int{c.Problem.Inputs}, c.Hidden...), 1)
}

// Parameters returns the number of weights and biases.
func (c Config) Parameters() int64 {
	n := int64(0)
	units := c.units()
	for i, in := range units[:len(units)-1] {
		n += int64(in+1) * int64(units[i+1])
	}
	return n
}

// perUnit is about how many numbers a step keeps for each activation of a batch: z, a, their
// gradients, and what the delta rules need.
const perUnit = 10

// activations returns the number of activations of a batch.
func (c Config) activations() int64 {
	units := 0
	for _, n := range c.units() {
		units += n
	}
	return int64(min(c.Batch, c.Observations*max(1, len(c.Problem.Prototypes)))) * int64(units)
}

// kept returns about how many numbers an iteration adds to the histories.
func (c Config) kept() int64 {
	grid := int64(problems.GridSize)
	if !c.Problem.Regression {
		grid *= problems.GridSize
	}
	return 2*c.Parameters() + grid
}

// Classes returns the numbers that classes are coded by.
func (c Config) Classes() struct{ Lo, Hi float64 } {
	if c.Output == Tanh {
		return struct{ Lo, Hi float64 }{-1, 1}
	}
	return struct{ Lo, Hi float64 }{0, 1}
}

// Network describes the layers in a line, such as "2-4-1 sigmoid, sigmoid".
func (c Config) Network() string {
	s := fmt.Sprint(c.Problem.Inputs)
	for _, n := range c.Hidden {
		s += fmt.Sprintf("-%d", n)
	}
	s += "-1 "
	if len(c.Hidden) > 0 {
		s += c.hiddenActivation().Name + ", "
	}
	return s + string(c.Output)
}

func (c Config) hiddenActivation() delta.Activation {
	if c.Problem.Regression {
		return delta.Tanh
	}
	return delta.Sigmoid
}

func (c Config) outputActivation() delta.Activation {
	switch c.Output {
	case Tanh:
		return delta.Tanh
	case Linear:
		return delta.Linear
	}
	return delta.Sigmoid
}

// A Model is a network built twice on the same parameters: of layers, to be
// differentiated automatically, and for the delta rules.
type Model struct {
	Net     layers.Sequential
	Linears []*layers.Linear // those in Net, from the input on
	Closed  delta.Network    // shares memory with Linears
}

// New returns the data and the network of a configuration, before training. The
// parameters are drawn from the same random numbers as the data, after them, in the
// article's order: all weights, then all biases, evenly from [−½, ½).
func New(c Config) (problems.Data, *Model, error) {
	if err := c.Validate(); err != nil {
		return problems.Data{}, nil, err
	}
	source := legacy.New(problems.Seed)
	data, err := c.Problem.Data(source, c.Observations)
	if err != nil {
		return problems.Data{}, nil, err
	}
	if classes := c.Classes(); !c.Problem.Regression {
		for i, t := range data.T {
			data.T[i] = classes.Lo + t*(classes.Hi-classes.Lo)
		}
	}
	return data, newModel(c, rand.New(source)), nil
}

func newModel(c Config, rng *rand.Rand) *Model {
	m := new(Model)
	units := c.units()
	for i, in := range units[:len(units)-1] {
		linear := layers.NewLinear(in, units[i+1], nil)
		activation := c.hiddenActivation()
		if i == len(c.Hidden) {
			activation = c.outputActivation()
		}
		m.Linears = append(m.Linears, linear)
		m.Net = append(m.Net, linear, layerOf(activation))
		m.Closed = append(m.Closed, delta.Layer{
			Weight: linear.Weight.Value(), Bias: linear.Bias.Value(), Activation: activation,
		})
	}
	for _, l := range m.Linears {
		l.Weight.Value().Uniform(rng, -.5, .5)
	}
	for _, l := range m.Linears {
		l.Bias.Value().Uniform(rng, -.5, .5)
	}
	return m
}

func layerOf(a delta.Activation) layers.Layer {
	switch a.Name {
	case delta.Tanh.Name:
		return layers.Tanh{}
	case delta.Linear.Name:
		return layers.Identity{}
	}
	return layers.Sigmoid{}
}

// Predict returns the network's output for each row of x, observations × inputs.
func (m *Model) Predict(x *tensor.Tensor) []float64 {
	input := autograd.Context{NoRecord: true}.Constant(x)
	return m.Net.Forward(input).Value().Clone().Data()
}

// Nodes are what a layer computes: the pre-activation z and the activation a. Of a linear activation they are
// one node.
type Nodes struct{ Z, A *autograd.Node }

// Trace returns the nodes of each layer for the input x. The gradient of a z is its δ.
func (m *Model) Trace(x *autograd.Node) []Nodes { return Trace(m.Net, x) }

// Trace is Model.Trace for a network of layers that each are a Linear and an activation.
func Trace(net layers.Sequential, x *autograd.Node) []Nodes {
	results := net.Trace(x)
	nodes := make([]Nodes, len(results)/2)
	for l := range nodes {
		nodes[l] = Nodes{results[2*l], results[2*l+1]}
	}
	return nodes
}

// Difference returns the largest |automatic − manual| over every δ and every gradient: of
// those that were found by traversing the graph of Net's nodes, as Trace returns them, and
// those of a pass through Closed.
func (m *Model) Difference(pass *delta.Pass, nodes []Nodes, grads *autograd.Gradients) float64 {
	largest := 0.0
	for l, linear := range m.Linears {
		s := &pass.Layers[l]
		largest = max(largest, tensor.MaxAbsDiff(grads.Of(nodes[l].Z), &s.Delta),
			tensor.MaxAbsDiff(grads.Of(linear.Weight), &s.WeightGradient),
			tensor.MaxAbsDiff(grads.Of(linear.Bias), &s.BiasGradient))
	}
	return largest
}

// With returns a network of the same layers with other parameters, which it shares.
func (m *Model) With(p Parameters) layers.Sequential {
	var net layers.Sequential
	for i, l := range m.Net {
		if _, ok := l.(*layers.Linear); ok {
			l = &layers.Linear{Weight: autograd.Variable(p.Weights[i/2]), Bias: autograd.Variable(p.Biases[i/2])}
		}
		net = append(net, l)
	}
	return net
}

// SteepestSlope returns the largest g′(z) of a layer's activation: at z = 0.
func (m *Model) SteepestSlope(layer int) float64 {
	return m.Closed[layer].Activation.Prime(new(tensor.Tensor), tensor.Scalar(0)).Item()
}
