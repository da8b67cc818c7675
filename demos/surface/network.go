package surface

import (
	"context"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// newNet returns a network for RING with depth hidden layers of 8 tanh units. With skip, each but the
// first adds its input to its result.
func newNet(depth int, skip bool) layers.Sequential {
	init := layers.Xavier(rand.New(rand.NewPCG(1, 2)))
	net := layers.Sequential{layers.NewLinear(2, 8, init), layers.Tanh{}}
	for range depth - 1 {
		hidden := layers.Sequential{layers.NewLinear(8, 8, init), layers.Tanh{}}
		if skip {
			net = append(net, layers.Residual{Inner: hidden})
		} else {
			net = append(net, hidden...)
		}
	}
	return append(net, layers.NewLinear(8, 1, init), layers.Sigmoid{})
}

// A network is one to be trained, whose error can be computed at any point of the surface.
type network struct {
	net        layers.Sequential
	parameters []*autograd.Node
	plan       *autograd.Plan // of the error, mean (a−t)² over the article's points
	path       []point        // before each step, and after the last
	errors     []float64      // at the points of the path
}

// A point is a value for each parameter: a place on the error surface, or a direction.
type point []*tensor.Tensor

func newNetwork(net layers.Sequential) *network {
	inputs, targets := problems.MustByName("RING").MustData(legacy.New(problems.Seed), 10).Tensors()
	x, t := autograd.Constant(inputs), autograd.Constant(targets)
	n := &network{net: net, parameters: layers.Parameters(net)}
	n.plan = autograd.NewPlan(layers.MeanSquaredError(net.Forward(x), t), n.parameters...)
	return n
}

// train makes steps of descent on all points at once, and keeps the path.
func (n *network) train(ctx context.Context, steps int) error {
	descent := optim.NewGradientDescent(.2, n.parameters...)
	descent.Momentum = .9
	for step := 0; ; step++ {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n.errors = append(n.errors, n.plan.Forward().Item())
		n.path = append(n.path, n.here())
		if step == steps {
			return nil
		}
		descent.Step(n.plan.Backward())
	}
}

// here returns the current parameters.
func (n *network) here() point {
	var p point
	for _, w := range n.parameters {
		p = append(p, w.Value().Clone())
	}
	return p
}

// end returns where the training ended.
func (n *network) end() point { return n.path[len(n.path)-1] }

// at returns the error at a point.
func (n *network) at(p point) float64 {
	for i, w := range n.parameters {
		w.Set(p[i])
	}
	return n.plan.Forward().Item()
}

// plus returns p + a·d.
func (p point) plus(a float64, d point) point {
	out := make(point, len(p))
	for i := range p {
		out[i] = new(tensor.Tensor).AddScaled(p[i], a, d[i])
	}
	return out
}

// dot returns the sum of the products of all elements.
func (p point) dot(q point) float64 {
	sum := 0.0
	for i := range p {
		sum += new(tensor.Tensor).Sum(new(tensor.Tensor).Mul(p[i], q[i])).Item()
	}
	return sum
}

// zero returns the direction that leads nowhere.
func (p point) zero() point {
	out := make(point, len(p))
	for i := range p {
		out[i] = tensor.New(p[i].Shape()...)
	}
	return out
}
