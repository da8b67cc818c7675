package memory

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

const (
	units    = 16
	batch    = 32
	steps    = 1500
	every    = 50 // steps between two measurements
	heldOut  = 500
	rate     = .01
	clip     = 1 // the norm that gradients are clipped to
	tolerant = .1
)

// A Network reads a sequence and answers at its end.
type Network struct {
	Recurrent layers.Layer   // [n, length, 2] to [n, length, units]
	Answer    *layers.Linear // of the last of these
}

// Forward returns the answers to sequences x [n, length, 2]: [n, 1].
func (n *Network) Forward(x *autograd.Node) *autograd.Node {
	last := n.Recurrent.Forward(x).Slice(1, length-1, length)
	return n.Answer.Forward(last.Reshape(-1, units))
}

// newLSTM returns a network with long short-term memory, whose forget gates begin mostly open (F. Gers
// and others, Learning to forget, 2000).
func newLSTM(rng *rand.Rand) *Network {
	init := layers.Xavier(rng)
	lstm := layers.NewLSTM(2, units, layers.Stack{}, init)
	lstm.Cells[0].BiasIH.Value().Slice(0, units, 2*units).Fill(1) // behind those of the input gates
	return &Network{lstm, layers.NewLinear(units, 1, init)}
}

// newRNN returns a network whose state is the tanh of a linear function of its last state and the input.
func newRNN(rng *rand.Rand) *Network {
	init := layers.Xavier(rng)
	return &Network{layers.NewRNN(2, units, layers.Stack{}, init), layers.NewLinear(units, 1, init)}
}

// A Run is a trained network and a record of its training.
type Run struct {
	Name  string
	Net   *Network
	Steps []float64 // of gradient descent before each measurement
	Error []float64 // then: the mean of (a−t)² over the sequences held out
	Reach []float64 // before training: the size of ∂L/∂xₖ at each place k
	Close float64   // at the end: the share of answers within 0.1 of the sum
}

// A Result is a run of each network, on the same sequences.
type Result struct {
	LSTM, RNN *Run
	sequence  *tensor.Tensor // one of those held out, [1, length, 2]
}

// Train trains both networks from a fixed seed, to the same bits each time and on every machine. It
// returns the error of ctx if ctx is cancelled.
func Train(ctx context.Context, _ io.Writer) (*Result, error) {
	x, t := tensor.New(heldOut, length, 2), tensor.New(heldOut, 1)
	draw(rand.New(rand.NewPCG(1, 1)), x, t)
	lstm, rnn := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	r := &Result{
		LSTM: &Run{Name: "LSTM", Net: newLSTM(lstm)}, RNN: &Run{Name: "RNN", Net: newRNN(rnn)},
		sequence: telling(x),
	}
	if err := r.LSTM.train(ctx, lstm, x, t); err != nil {
		return nil, err
	}
	return r, r.RNN.train(ctx, rnn, x, t)
}

// telling returns the first of the sequences whose marked numbers are large, and not close to one
// another or to an end: [1, length, 2].
func telling(x *tensor.Tensor) *tensor.Tensor {
	for i := range x.Dim(0) {
		var at []int
		for k := range length {
			if x.At(i, k, 1) == 1 && x.At(i, k, 0) > .6 {
				at = append(at, k)
			}
		}
		if len(at) == 2 && at[0] > 7 && at[1]-at[0] > 15 && at[1] < length-7 {
			return x.Slice(0, i, i+1)
		}
	}
	return x.Slice(0, 0, 1)
}

// train trains the network on sequences drawn anew for each step, and measures it on the
// held-out sequences x and sums t.
func (r *Run) train(ctx context.Context, rng *rand.Rand, x, t *tensor.Tensor) error {
	parameters := layers.Parameters(r.Net)
	some, sums := tensor.New(batch, length, 2), tensor.New(batch, 1)
	plan := autograd.NewPlan(layers.MeanSquaredError(r.Net.Forward(autograd.Constant(some)), autograd.Constant(sums)), parameters...)
	answers := r.Net.Forward(autograd.Constant(x))
	exam := autograd.NewPlan(layers.MeanSquaredError(answers, autograd.Constant(t))).Keep(answers)
	r.Reach = r.reach(x, t)

	adam := optim.NewAdam(rate, parameters...)
	schedule := optim.Cosine(rate, rate/100, steps)
	for step := range steps + 1 {
		if step%every == 0 {
			r.Steps, r.Error = append(r.Steps, float64(step)), append(r.Error, exam.Forward().Item())
		}
		if err := context.Cause(ctx); err != nil || step == steps {
			r.Close = closeTo(answers.Value(), t)
			return err
		}
		draw(rng, some, sums)
		plan.Forward()
		grads := plan.Backward()
		optim.ClipNorm(grads, clip)
		adam.LearningRate = schedule.Rate(step)
		adam.Step(grads)
	}
	return nil
}

// reach returns the size of the derivative of the loss with respect to each place of the sequences: the
// root of the sum of its squares.
func (r *Run) reach(x, t *tensor.Tensor) []float64 {
	in := autograd.Variable(x)
	loss := layers.MeanSquaredError(r.Net.Forward(in), autograd.Constant(t))
	dx := autograd.Backward(loss, in).Of(in)
	squares := new(tensor.Tensor).Square(dx)
	return new(tensor.Tensor).Sqrt(new(tensor.Tensor).Sum(squares, 0, 2)).Data()
}

// closeTo returns the share of answers that are within 0.1 of the sums.
func closeTo(answers, sums *tensor.Tensor) float64 {
	n := 0
	for i, a := range answers.Data() {
		if math.Abs(a-sums.Data()[i]) <= tolerant {
			n++
		}
	}
	return float64(n) / float64(sums.Len())
}

// cells returns the memory cells of the LSTM after each place of a sequence [1, length, 2], unit by unit.
func (r *Run) cells(sequence *tensor.Tensor) [units][]float64 {
	lstm := r.Net.Recurrent.(*layers.LSTM)
	var all [units][]float64
	var h, c *autograd.Node // at first zero
	x := autograd.Constant(sequence)
	for k := range length {
		_, h, c = lstm.Run(x.Slice(1, k, k+1), h, c)
		for u, v := range c.Value().Data() {
			all[u] = append(all[u], v)
		}
	}
	return all
}

// answer returns the network's answer to one sequence.
func (r *Run) answer(sequence *tensor.Tensor) float64 {
	return r.Net.Forward(autograd.Constant(sequence)).Value().Item()
}

// end returns the last error.
func (r *Run) end() float64 { return r.Error[len(r.Error)-1] }

// solved returns the number of steps after which the error was less than a tenth of chance, or 0 if it
// never was.
func (r *Run) solved() int {
	for i, e := range r.Error {
		if e < Chance/10 {
			return int(r.Steps[i])
		}
	}
	return 0
}

// String returns a report: the networks, and how well they learned the task.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Two of %d numbers from 0 to 1 are marked, one in each half; at the end the network is asked for their sum.\n", length)
	fmt.Fprintf(&b, "%d steps of Adam, %d new sequences each; measured on %d others. Always answering 1 has the error %.4f.\n\n", steps, batch, heldOut, Chance)
	for _, run := range []*Run{r.LSTM, r.RNN} {
		fmt.Fprintf(&b, "%v\n  mean (a−t)² %.4f; %.1f %% of the answers within 0.1", run.Net.Recurrent, run.end(), 100*run.Close)
		if n := run.solved(); n > 0 {
			fmt.Fprintf(&b, "; below a tenth of %.4f after %d steps", Chance, n)
		}
		fmt.Fprintf(&b, "\n  before training, the loss depends %.1g times as much on the first number as on the last\n", run.Reach[0]/run.Reach[length-1])
	}
	return strings.TrimSuffix(b.String(), "\n")
}
