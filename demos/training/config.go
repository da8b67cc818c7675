// Package training trains the article's networks: built from layers, differentiated by
// traversing the graph, and compared, at every step, with the article's delta rules.
package training

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gentlegrad/demos/activation"
	"gentlegrad/demos/problems"
)

// A Config says what to train and how.
type Config struct {
	Problem      problems.Problem
	Table        *Table  // a user's own data, in place of the problem's; nil for none
	Seed         uint32  // of the data and the initial parameters
	Hidden       []int   // units of each hidden layer, from the input on
	Iterations   int     // passes over the data, at most
	Observations int     // copies of each prototype to classify, or points of a curve
	LearningRate float64 // of the first iteration
	Anneal       float64 // factor by which the rate is multiplied after each iteration
	Batch        int     // observations in one step; 1 is online gradient descent
	Activation   string  // name of that of the hidden units
	Output       string  // name of the activation of the output units
	Optimiser    string  // its name
	Momentum     float64 // of gradient descent; 0 is none
	StopLoss     float64 // stop when an iteration's loss is below this; 0 means never
	StopChange   float64 // stop when no parameter changes by this much in an iteration; 0 means never
}

// Defaults returns the settings of the article's figure of a problem, as the figure was
// published: for a classification without annealing, and for XOR with a hidden layer.
func Defaults(p problems.Problem) Config {
	c := Config{
		Problem: p, Seed: problems.Seed, Iterations: 100, Observations: p.Observations, Anneal: 1, Batch: 1,
		Activation: activation.Sigmoid.Name, Output: activation.Sigmoid.Name, Optimiser: descent,
	}
	switch {
	case p.Regression:
		c.Hidden, c.Anneal, c.Activation, c.Output = []int{3}, 0.95, activation.Tanh.Name, activation.Linear.Name
	case p.Name == "XOR" || p.Name == "RING":
		c.Hidden = []int{4}
	}
	c.LearningRate = c.DefaultRate()
	return c
}

// DefaultsOf returns the settings with which a network is trained on a table by default.
func DefaultsOf(t *Table) Config {
	c := Defaults(problems.Problem{
		Name: t.Name, Description: t.Target, Regression: t.Classes == nil, Inputs: t.Train.Inputs, Observations: t.Train.N,
	})
	c.Table, c.Hidden, c.Anneal, c.Activation = t, []int{8}, 1, activation.Tanh.Name
	if len(t.Classes) > 2 {
		c.Output = activation.Softmax.Name
	}
	c.LearningRate = c.DefaultRate()
	return c
}

// AsPrinted returns the configuration of the article's printed code, which anneals in a
// classification too.
func (c Config) AsPrinted() Config {
	c.Anneal = 0.95
	return c
}

// These limits keep a slip of the keyboard from running for hours. Besides, what needs too
// much memory is refused.
const (
	maxUnits        = 10_000
	maxParameters   = 10_000_000
	maxObservations = 1_000_000
	maxIterations   = 1_000_000
)

// Validate returns an error that says what is wrong with the configuration, and what
// is allowed.
func (c Config) Validate() error {
	for _, n := range c.Hidden {
		if n < 1 || n > maxUnits {
			return fmt.Errorf("hidden layers need 1 to %d units each, got %v (0 alone is no hidden layer)", maxUnits, c.Hidden)
		}
	}
	optimiser, known := optimiserOf(c.Optimiser)
	_, knownOutput := activation.ByName(activation.Outputs(), c.Output)
	_, knownHidden := activation.ByName(activation.Hidden(), c.Activation)
	softmax := c.Output == activation.Softmax.Name
	switch {
	case c.Problem.Inputs < 1:
		return errors.New("there is no problem: want one of package problems")
	case c.parameters() > maxParameters:
		return fmt.Errorf("hidden layers of %v units make %d parameters, want at most %d", c.Hidden, c.parameters(), maxParameters)
	case c.Iterations < 1 || c.Iterations > maxIterations:
		return fmt.Errorf("iterations must be 1 to %d, got %d", maxIterations, c.Iterations)
	case c.Observations < 1 || c.Observations > maxObservations:
		return fmt.Errorf("observations must be 1 to %d, got %d", maxObservations, c.Observations)
	case !known:
		return fmt.Errorf("no optimiser is called %q: want one of %s", c.Optimiser, OptimiserNames())
	case !finite(c.Momentum) || c.Momentum < 0 || c.Momentum >= 1:
		return fmt.Errorf("momentum must be at least 0 and below 1, got %v", c.Momentum)
	case c.Momentum > 0 && !optimiser.momentum:
		return fmt.Errorf("momentum goes with %s; %s makes averages of its own", descent, c.Optimiser)
	case !finite(c.LearningRate) || c.LearningRate <= 0:
		return fmt.Errorf("the learning rate must be a finite number above 0, got %v", c.LearningRate)
	case !finite(c.Anneal) || c.Anneal <= 0 || c.Anneal > 1:
		return fmt.Errorf("the annealing factor must be above 0 and at most 1, got %v", c.Anneal)
	case c.Batch < 1:
		return fmt.Errorf("the batch must be at least 1 observation, got %d", c.Batch)
	case c.outputs() == 1 && (!knownOutput || softmax):
		return fmt.Errorf("the output must be sigmoid, tanh or linear, got %q", c.Output)
	case c.outputs() > 1 && !softmax:
		return fmt.Errorf("the output of %d classes must be softmax, got %q", c.outputs(), c.Output)
	case !knownHidden:
		return fmt.Errorf("no activation is called %q: want one of %s", c.Activation, ActivationNames())
	case !finite(c.StopLoss) || c.StopLoss < 0:
		return fmt.Errorf("the loss to stop at must be a finite number of at least 0, got %v", c.StopLoss)
	case !finite(c.StopChange) || c.StopChange < 0:
		return fmt.Errorf("the change to stop at must be a finite number of at least 0, got %v", c.StopChange)
	}
	return c.memory().refuse()
}

// units returns the units of every layer, the inputs first.
func (c Config) units() []int {
	return append(append([]int{c.Problem.Inputs}, c.Hidden...), c.outputs())
}

// outputs returns the number of output units: one for each class of more than two.
func (c Config) outputs() int {
	if c.Table != nil && len(c.Table.Classes) > 2 {
		return len(c.Table.Classes)
	}
	return 1
}

// Network describes the layers in a line, such as "2-4-1 sigmoid, sigmoid".
func (c Config) Network() string {
	var units []string
	for _, n := range c.units() {
		units = append(units, strconv.Itoa(n))
	}
	s := strings.Join(units, "-") + " "
	if len(c.Hidden) > 0 {
		s += c.Activation + ", "
	}
	return s + c.Output
}

// activation returns the activation of a layer, counted from 0.
func (c Config) activation(layer int) activation.Function {
	if layer == len(c.Hidden) {
		f, _ := activation.ByName(activation.Outputs(), c.Output)
		return f
	}
	f, _ := activation.ByName(activation.Hidden(), c.Activation)
	return f
}

// ActivationNames lists the activations of hidden units.
func ActivationNames() string {
	var names []string
	for _, f := range activation.Hidden() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// Classes returns the numbers by which classes are coded.
func (c Config) Classes() activation.Classes { return c.activation(len(c.Hidden)).Classes }
