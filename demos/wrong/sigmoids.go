package wrong

import (
	"context"
	"math"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

// A Saturation is how far the hidden sigmoids of a small network are saturated, for inputs in one unit
// of measurement or another.
type Saturation struct {
	Name   string
	Share  []float64 // before each step, of activations below 0.02 or above 0.98, where a sigmoid's slope a(1−a) is under 0.02
	Delta  float64   // before the first step, the root mean square of δ of the hidden layer
	Errors []float64 // before each step
}

const (
	saturationRate  = 2
	saturationSteps = 2000
)

// saturations trains on inputs from −50 to 150, say centimetres, and on the same inputs standardised.
func saturations(ctx context.Context) ([]Saturation, error) {
	x, t := ring()
	x.Scale(x, 100)
	raw, standard := Saturation{Name: "inputs from −50 to 150"}, Saturation{Name: "inputs standardised"}
	if err := raw.train(ctx, x, t); err != nil {
		return nil, err
	}
	if err := standard.train(ctx, data.Standardise(x).Of(x), t); err != nil {
		return nil, err
	}
	return []Saturation{raw, standard}, nil
}

func (s *Saturation) train(ctx context.Context, x, t *tensor.Tensor) error {
	init := layers.Xavier(seeded())
	net := layers.Sequential{layers.NewLinear(2, 8, init), layers.Sigmoid{}, layers.NewLinear(8, 1, init)}
	nodes := net.Trace(autograd.Constant(x)) // z and a of the hidden layer, and z of the output unit
	loss := layers.BinaryCrossEntropy(nodes[2], autograd.Constant(t))
	s.Delta = rootMeanSquare(autograd.Backward(loss).Of(nodes[0]))

	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(saturationRate, parameters...)
	plan := autograd.NewPlan(loss, parameters...).Keep(nodes[1])
	for range saturationSteps {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		s.Errors = append(s.Errors, plan.Forward().Item())
		s.Share = append(s.Share, saturated(nodes[1].Value()))
		descent.Step(plan.Backward())
	}
	return nil
}

// saturated returns the share of activations below 0.02 or above 0.98.
func saturated(a *tensor.Tensor) float64 {
	n := 0
	for _, v := range a.Data() {
		if v < .02 || v > .98 {
			n++
		}
	}
	return float64(n) / float64(a.Len())
}

// A Deep is a network of many layers, and how its training went.
type Deep struct {
	Name   string
	Deltas []float64 // before the first step, layer by layer: the root mean square of δ = ∂L/∂z
	Errors []float64 // before each step

	activation layers.Layer
	init       layers.Init
}

// The sizes of the deep networks, and the length of their training.
const (
	deepLayers, deepUnits = 10, 16
	deepSteps             = 300
)

// deltas returns the root mean square of δ of each layer of a network of Linear layers and activations.
func deltas(net layers.Sequential, x, t *autograd.Node) []float64 {
	nodes := net.Trace(x) // z and a of each layer
	grads := autograd.Backward(layers.BinaryCrossEntropy(nodes[len(nodes)-1], t))
	var sizes []float64
	for i := 0; i < len(nodes); i += 2 {
		sizes = append(sizes, rootMeanSquare(grads.Of(nodes[i])))
	}
	return sizes
}

// deepNets trains deep networks that differ in their activations and initial weights.
func deepNets(ctx context.Context) ([]Deep, error) {
	return trained(ctx, (*Deep).train, []Deep{
		{Name: "sigmoid, Xavier", activation: layers.Sigmoid{}, init: layers.Xavier(seeded())},
		{Name: "sigmoid, 4 × Xavier", activation: layers.Sigmoid{}, init: times(4, layers.Xavier(seeded()))},
		{Name: "tanh, Xavier", activation: layers.Tanh{}, init: layers.Xavier(seeded())},
		{Name: "ReLU, He", activation: layers.ReLU{}, init: layers.He(seeded())},
	})
}

func (d *Deep) train(ctx context.Context) error {
	inputs, targets := ring()
	x, t := autograd.Constant(inputs), autograd.Constant(targets)
	var net layers.Sequential
	in := 2
	for range deepLayers {
		net = append(net, layers.NewLinear(in, deepUnits, d.init), d.activation)
		in = deepUnits
	}
	net = append(net, layers.NewLinear(in, 1, d.init))
	d.Deltas = deltas(net, x, t)

	parameters := layers.Parameters(net)
	adam := optim.NewAdam(.01, parameters...)
	plan := autograd.NewPlan(layers.BinaryCrossEntropy(net.Forward(x), t), parameters...)
	for range deepSteps {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		d.Errors = append(d.Errors, plan.Forward().Item())
		adam.Step(plan.Backward())
	}
	return nil
}

// times returns an Init of weights a times as large as those of init.
func times(a float64, init layers.Init) layers.Init {
	return func(weight, bias *tensor.Tensor) {
		init(weight, bias)
		weight.Scale(weight, a)
	}
}

func rootMeanSquare(x *tensor.Tensor) float64 {
	return math.Sqrt(new(tensor.Tensor).Mean(new(tensor.Tensor).Square(x)).Item())
}

// seeded returns the random source of each network's initial parameters.
func seeded() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
