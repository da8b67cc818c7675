package wrong

import (
	"context"
	"math"

	"gentlegrad/autograd"
	"gentlegrad/autograd/trace"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A Flow is the size of the gradient that reaches each step of a sequence from a loss at its end.
type Flow struct {
	Name  string
	Norms []float64 // of ∂L/∂zₜ, of an LSTM of ∂L/∂xₜ, for t = 1, 2, …
}

// The length of the sequences, their number in a batch, and the units of the recurrent networks.
const (
	length, sequences, units = 50, 16, 8
)

// flows measures recurrent networks whose weight is ρ times a rotation, so that ρ is the
// size of all its eigenvalues.
func flows() []Flow {
	var all []Flow
	for _, rho := range radii {
		all = append(all, Flow{radiusName("linear", rho), flow(recurrent(layers.Identity{}, rho))})
	}
	all = append(all, Flow{radiusName("tanh", 1.1), flow(recurrent(layers.Tanh{}, 1.1))})
	lstm := layers.NewLSTM(units, units, layers.Stack{}, layers.Orthogonal(seeded(), 1))
	lstm.Cells[0].BiasIH.Value().Slice(0, units, 2*units).Fill(3) // so that the forget gate hardly forgets
	return append(all, Flow{"LSTM", flow(lstm)})
}

// recurrent returns a network whose input is added to z, so that ∂L/∂x is ∂L/∂z.
func recurrent(activation layers.Layer, rho float64) *layers.RNN {
	rnn := layers.NewRNN(units, units, layers.Stack{}, layers.Orthogonal(seeded(), rho))
	rnn.Activation = activation
	rnn.Cells[0].WeightIH.Set(tensor.Eye(units))
	return rnn
}

// flow returns the norm of ∂L/∂x at each step, where L is the sum of the outputs at the last one.
func flow(net layers.Layer) []float64 {
	x := autograd.Variable(tensor.New(1, length, units).Normal(seeded(), 0, 1))
	last := net.Forward(x).Slice(1, length-1, length)
	grad := autograd.Backward(last.Sum(), x).Of(x)
	var norms []float64
	for t := range length {
		norms = append(norms, new(tensor.Tensor).Norm(grad.Slice(1, t, t+1).Reshape(units), 2, 0).Item())
	}
	return norms
}

// An Adder is a recurrent network that learns to answer at the end of a sequence of n numbers with their
// sum, divided by √n so that it has the variance 1.
type Adder struct {
	Name   string
	Errors []float64 // before each step, until one is not finite
	Norms  []float64 // of the gradient, before it is clipped
	Fault  string    // where the infinity or NaN came from, by trace.NonFinite; "" if all was finite

	clip float64 // 0 is none
}

const (
	adderRadius = 1.1
	adderRate   = .01
	adderSteps  = 400
)

// adders trains one network without clipping, and one with it.
func adders(ctx context.Context) ([]Adder, error) {
	return trained(ctx, (*Adder).train, []Adder{{Name: "not clipped"}, {Name: "clipped to norm 1", clip: 1}})
}

func (r *Adder) train(ctx context.Context) error {
	rng := seeded()
	rnn := layers.NewRNN(1, units, layers.Stack{}, layers.Orthogonal(rng, adderRadius))
	rnn.Activation = layers.Identity{}
	last := layers.Func(func(h *autograd.Node) *autograd.Node { return h.Slice(1, length-1, length).Reshape(-1, units) })
	net := layers.Sequential{rnn, last, layers.NewLinear(units, 1, layers.Xavier(rng))}

	x, t := autograd.Constant(tensor.New(sequences, length, 1)), autograd.Constant(tensor.New(sequences, 1))
	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(adderRate, parameters...)
	plan := autograd.NewPlan(layers.MeanSquaredError(net.Forward(x), t), parameters...)
	for range adderSteps {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		batch := tensor.New(sequences, length, 1).Normal(rng, 0, 1)
		x.Set(batch)
		sum := new(tensor.Tensor).Sum(batch, 1)
		t.Set(sum.Scale(sum, 1/math.Sqrt(length)))
		loss := plan.Forward().Item()
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			r.Fault = trace.NonFinite(layers.MeanSquaredError(net.Forward(x), t))[0].String()
			return nil
		}
		grads := plan.Backward()
		limit := r.clip
		if limit == 0 {
			limit = math.Inf(1)
		}
		r.Errors = append(r.Errors, loss)
		r.Norms = append(r.Norms, optim.ClipNorm(grads, limit))
		descent.Step(grads)
	}
	return nil
}
