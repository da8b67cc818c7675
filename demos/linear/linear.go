// Package linear shows what the article says about linear layers: several, one after another, can do no
// more than one. It trains a stack of them on XOR, and compares it with the one layer that multiplying
// out the weights gives, and with the same stack trained with tanh between the layers.
package linear

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"

	"gentlegrad/autograd"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// newStack returns three layers, 2-8-8-1, with an activation after each of the first two.
func newStack(rng *rand.Rand, activation layers.Layer) layers.Sequential {
	init := layers.Xavier(rng)
	return layers.Sequential{
		layers.NewLinear(2, 8, init), activation,
		layers.NewLinear(8, 8, init), activation,
		layers.NewLinear(8, 1, init),
	}
}

// multiplyOut returns one layer that computes what the Linear layers of a network compute one after another:
//
//	(x w₁ + b₁) w₂ + b₂ = x (w₁ w₂) + (b₁ w₂ + b₂)
func multiplyOut(net layers.Sequential) *layers.Linear {
	w, b := tensor.Eye(2), tensor.New(2)
	for _, layer := range net {
		if l, ok := layer.(*layers.Linear); ok {
			w = new(tensor.Tensor).MatMul(w, l.Weight.Value())
			b = new(tensor.Tensor).Affine(b.Reshape(1, b.Len()), l.Weight.Value(), l.Bias.Value()).Reshape(w.Dim(1))
		}
	}
	return &layers.Linear{Weight: autograd.Variable(w), Bias: autograd.Variable(b)}
}

// A Network is a network that was trained on XOR, or the stack multiplied out.
type Network struct {
	Name    string
	Net     layers.Layer
	Loss    []float64      // mean (a−t)² before each step
	Surface *tensor.Tensor // its outputs on the grid of problems.Problem
}

// A Result holds the networks, and how close the one layer is to the stack.
type Result struct {
	Stack, Single, Tanh Network
	Product             Network // the stack, multiplied out
	// Before and After are the greatest differences between the stack's and the product's outputs on the
	// grid, before and after training.
	Before, After float64
	Points        problems.Data
}

const (
	steps = 2000
	rate  = .2
)

// Run trains the networks, each from the same seed. It returns the error of ctx if ctx is cancelled.
func Run(ctx context.Context, _ io.Writer) (*Result, error) {
	xor := problems.MustByName("XOR")
	points := xor.MustData(legacy.New(problems.Seed), xor.Observations)
	grid := tensor.FromSlice(xor.Grid(problems.GridSize), problems.GridSize*problems.GridSize, 2)
	stack := newStack(seed(), layers.Identity{})
	r := &Result{
		Stack:  Network{Name: "three linear layers", Net: stack},
		Single: Network{Name: "one linear layer", Net: layers.NewLinear(2, 1, layers.Xavier(seed()))},
		Tanh:   Network{Name: "three layers with tanh in between", Net: newStack(seed(), layers.Tanh{})},
		Points: points,
	}
	r.Before = tensor.MaxAbsDiff(outputs(stack, grid), outputs(multiplyOut(stack), grid))
	for _, n := range []*Network{&r.Stack, &r.Single, &r.Tanh} {
		if err := n.train(ctx, points); err != nil {
			return nil, err
		}
		n.Surface = outputs(n.Net, grid)
	}
	r.Product = Network{Name: "multiplied out", Net: multiplyOut(stack)}
	r.Product.Surface = outputs(r.Product.Net, grid)
	r.After = tensor.MaxAbsDiff(r.Stack.Surface, r.Product.Surface)
	return r, nil
}

func seed() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

// train descends the mean of (a−t)² over all points.
func (n *Network) train(ctx context.Context, points problems.Data) error {
	inputs, targets := points.Tensors()
	x, t := autograd.Constant(inputs), autograd.Constant(targets)
	parameters := layers.Parameters(n.Net)
	descent := optim.NewGradientDescent(rate, parameters...)
	plan := autograd.NewPlan(layers.MeanSquaredError(n.Net.Forward(x), t), parameters...)
	for range steps {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n.Loss = append(n.Loss, plan.Forward().Item())
		descent.Step(plan.Backward())
	}
	return nil
}

// outputs returns the outputs of a network for rows of inputs.
func outputs(net layers.Layer, x *tensor.Tensor) *tensor.Tensor {
	return net.Forward(autograd.Constant(x)).Value()
}

// last is the loss before the last step.
func (n Network) last() float64 { return n.Loss[len(n.Loss)-1] }

// String returns how well the networks learned XOR, and how close the one layer is to the stack.
func (r *Result) String() string {
	text := fmt.Sprintf("Mean (a−t)² on the article's XOR after %d steps; always answering ½ gives 0.25:\n", steps)
	for _, n := range []Network{r.Stack, r.Single, r.Tanh} {
		text += fmt.Sprintf("  %-35s %.4f\n", n.Name, n.last())
	}
	l := r.Product.Net.(*layers.Linear)
	return text + fmt.Sprintf("\nThe three linear layers, multiplied out, are one: w = %.4f, b = %.4f\nGreatest difference between their outputs on the grid: %.0e before training, %.0e after.",
		l.Weight.Value().Data(), l.Bias.Value().Data(), r.Before, r.After)
}
