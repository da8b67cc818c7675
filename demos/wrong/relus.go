package wrong

import (
	"context"
	"math"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A Rectified is a network of rectifiers, and how its training went: to the end, or until its
// error was no longer finite.
type Rectified struct {
	Name   string
	Dead   []float64 // before each step, the share of hidden units whose z is positive for no observation
	Errors []float64

	activation layers.Layer
	rate       float64
	clip       float64 // of the gradient's norm; 0 is none
}

// The networks of rectifiers.
const (
	rectified      = 16 // units in each of two hidden layers
	rectifiedSteps = 200
)

// relus trains a network with a rate that is too large, and the same with remedies.
func relus(ctx context.Context) ([]Rectified, error) {
	return trained(ctx, (*Rectified).train, []Rectified{
		{Name: "ReLU, rate 8", activation: layers.ReLU{}, rate: 8},
		{Name: "leaky ReLU, rate 8", activation: layers.LeakyReLU{Slope: .1}, rate: 8},
		{Name: "ReLU, rate 1", activation: layers.ReLU{}, rate: 1},
		{Name: "ReLU, rate 8, clipped", activation: layers.ReLU{}, rate: 8, clip: .1},
	})
}

func (r *Rectified) train(ctx context.Context) error {
	x, t := ring()
	init := layers.He(seeded())
	net := layers.Sequential{
		layers.NewLinear(2, rectified, init), r.activation,
		layers.NewLinear(rectified, rectified, init), r.activation,
		layers.NewLinear(rectified, 1, init),
	}
	nodes := net.Trace(autograd.Constant(x)) // z and a of each layer
	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(r.rate, parameters...)
	plan := autograd.NewPlan(layers.BinaryCrossEntropy(nodes[4], autograd.Constant(t)), parameters...).Keep(nodes[0], nodes[2])
	for range rectifiedSteps {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		loss := plan.Forward().Item()
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return nil
		}
		r.Errors = append(r.Errors, loss)
		r.Dead = append(r.Dead, (dead(nodes[0].Value())+dead(nodes[2].Value()))/2)
		grads := plan.Backward()
		if r.clip > 0 {
			optim.ClipNorm(grads, r.clip)
		}
		descent.Step(grads)
	}
	return nil
}

// dead returns the share of units, which are the columns of z, that are positive for no observation. A
// ReLU gives 0 for all observations then, and no gradient goes through it that could change this.
func dead(z *tensor.Tensor) float64 {
	n := 0
	for _, largest := range new(tensor.Tensor).Max(z, 0).Data() {
		if largest <= 0 {
			n++
		}
	}
	return float64(n) / float64(z.Dim(1))
}
