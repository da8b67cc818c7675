package training

import (
	"fmt"
	"iter"
	"math"
	"slices"
	"time"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// A Run is the record of one training: the histories that the article keeps, and more.
// Element i of a history is of iteration i, from 0.
type Run struct {
	Config
	Data  problems.Data // targets as trained on: −1 and 1 for a tanh output
	Held  problems.Data // the observations of a table that are held out for validation; empty without a table
	Model *Model        // at the end

	Loss       []float64    // Σ (a−t)² over the iteration, or the cross-entropy, each before its update
	Validation []float64    // the same over the held-out observations, after the iteration; nil for none
	Initial    Parameters   // before training
	Parameters []Parameters // after the iteration

	Prediction    []float64 // at the end, on the problem's grid, or for the held-out observations
	Accuracy      float64   // share of the training data classified right; NaN in a regression
	HeldAccuracy  float64   // the same for the held-out observations
	MaxDifference float64   // largest |automatic − manual| over every δ and gradient of every step
	Steps         int
	Stopped       string // the rule that ended the training
	Time          time.Duration
}

// Train trains a network. After each iteration it calls progress, unless that is nil,
// with the number of iterations done. It returns an error if the configuration is not valid,
// or if the loss, the parameters or the predictions are no longer finite.
func Train(c Config, progress func(done int)) (*Run, error) {
	c.Hidden = slices.Clone(c.Hidden)
	data, model, err := New(c)
	if err != nil {
		return nil, err
	}
	return newTrainer(c, data, model).train(progress)
}

func (t *trainer) train(progress func(done int)) (*Run, error) {
	start := time.Now()
	r := t.run
	schedule := optim.Exponential(r.LearningRate, r.Anneal)
	for i := 0; r.Stopped == ""; i++ {
		t.optimiser.Settings().LearningRate = schedule.Rate(i)
		loss := 0.0
		for x, target := range inParts(r.Data, r.Batch) {
			loss += t.step(x, target)
		}
		t.keep(loss)
		if err := r.diverged(); err != nil {
			return nil, err
		}
		r.Stopped = r.stop()
		if progress != nil {
			progress(i + 1)
		}
	}
	r.Accuracy, r.HeldAccuracy = r.accuracy(r.Data), r.accuracy(r.Held)
	r.Time = time.Since(start)
	return r, nil
}

// diverged returns an error if the last iteration left a number that is not finite.
func (r *Run) diverged() error {
	last := len(r.Loss) - 1
	what := ""
	switch {
	case !finite(r.Loss[last]):
		what = fmt.Sprintf("the loss of iteration %d is %v", last+1, r.Loss[last])
	case !finite(r.Parameters[last].LargestAbs()):
		what = fmt.Sprintf("iteration %d, of loss %.6g, left parameters that are not finite", last+1, r.Loss[last])
	case !finite(r.Prediction...):
		what = fmt.Sprintf("iteration %d, of loss %.6g, left predictions that are not finite", last+1, r.Loss[last])
	default:
		return nil
	}
	return fmt.Errorf("%s: training on %s diverges at a learning rate of %v; try a smaller one", what, r.Problem.Name, r.LearningRate)
}

func finite(vs ...float64) bool {
	return !slices.ContainsFunc(vs, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) })
}

// stop returns which of the article's three rules ends the training now, or "" if none does: the
// error is low, the parameters stand still, or all iterations are done.
func (r *Run) stop() string {
	done := len(r.Loss)
	before := r.Initial
	if done > 1 {
		before = r.Parameters[done-2]
	}
	change := r.Parameters[done-1].largestChange(before)
	switch {
	case r.Loss[done-1] < r.StopLoss:
		return fmt.Sprintf("loss %.6g is below %g", r.Loss[done-1], r.StopLoss)
	case change < r.StopChange:
		return fmt.Sprintf("no parameter changed by as much as %g", r.StopChange)
	case done == r.Iterations:
		return "all iterations are done"
	}
	return ""
}

// A trainer holds what a run needs during training.
type trainer struct {
	run       *Run
	optimiser optim.Optimiser
	passes    map[int]*pass // by the number of observations
	closed    delta.Pass
	grid      *tensor.Tensor
}

// A pass is the graph of a batch, as a plan.
type pass struct {
	x, t  *autograd.Node
	trace Trace
	plan  *autograd.Plan
}

// newPass makes a plan for batches of as many observations as x has. The plan keeps every z, for
// its δ, and the prediction.
func (m *Model) newPass(x, t *tensor.Tensor) *pass {
	p := &pass{x: autograd.Constant(x), t: autograd.Constant(t)}
	p.trace = m.Trace(p.x)
	kept := []*autograd.Node{p.trace.Output()}
	for _, nodes := range p.trace {
		kept = append(kept, nodes.Z)
	}
	p.plan = autograd.NewPlan(m.Loss(p.trace, p.t), layers.Parameters(m.Net)...).Keep(kept...)
	return p
}

func newTrainer(c Config, data problems.Data, model *Model) *trainer {
	o, _ := optimiserOf(c.Optimiser)
	t := &trainer{
		run:       &Run{Config: c, Data: data, Model: model, Initial: model.copyParameters()},
		optimiser: o.make(c.LearningRate, c.Momentum, layers.Parameters(model.Net)...),
		passes:    map[int]*pass{},
	}
	if c.Table != nil {
		t.run.Held = c.coded(c.Table.Held)
		t.grid, _ = t.run.Held.Tensors()
	} else {
		grid := c.Problem.Grid(problems.GridSize)
		t.grid = tensor.FromSlice(grid, len(grid)/data.Inputs, data.Inputs)
	}
	return t
}

// step takes one step of descent: forward; backward, by traversing the graph; the same by the
// delta rules, at the same parameters; and the update. It returns the loss that is shown.
func (t *trainer) step(x, target *tensor.Tensor) float64 {
	m, p := t.run.Model, t.passes[x.Dim(0)]
	if p == nil {
		p = m.newPass(x, target)
		t.passes[x.Dim(0)] = p
	}
	p.x.Set(x)
	p.t.Set(target)
	loss := m.shown(p.plan.Forward())
	grads := p.plan.Backward()

	m.Closed.ForwardPropagate(&t.closed, x)
	m.Closed.BackpropagateErrors(&t.closed, target)
	m.Closed.CalculateGradients(&t.closed)
	t.run.MaxDifference = max(t.run.MaxDifference, m.Difference(&t.closed, p.trace, grads))
	t.optimiser.Step(grads)
	t.run.Steps++
	return loss
}

// keep adds the iteration to the histories.
func (t *trainer) keep(loss float64) {
	r := t.run
	r.Loss = append(r.Loss, loss)
	r.Parameters = append(r.Parameters, r.Model.copyParameters())
	r.Prediction = r.Model.Predict(t.grid)
	if r.Held.N > 0 {
		loss := 0.0
		for x, t := range inParts(r.Held, some) {
			loss += r.Model.LossOf(x, t)
		}
		r.Validation = append(r.Validation, loss)
	}
}

// some observations need little memory.
const some = 1024

// inParts yields observations and their targets, n at a time, in their order.
func inParts(d problems.Data, n int) iter.Seq2[*tensor.Tensor, *tensor.Tensor] {
	x, t := d.Tensors()
	return func(yield func(x, t *tensor.Tensor) bool) {
		for i := 0; i < d.N; i += n {
			j := min(i+n, d.N)
			if !yield(x.Slice(0, i, j), t.Slice(0, i, j)) {
				return
			}
		}
	}
}

// accuracy returns the share of observations that are classified right: of two classes, where
// the output is on the right side of the middle between them; of more, where the largest output
// is that of the right class.
func (r *Run) accuracy(d problems.Data) float64 {
	if r.Problem.Regression || d.N == 0 {
		return math.NaN()
	}
	right := 0
	for x, t := range inParts(d, some) {
		a := r.Model.Predict(x)
		for i := 0; i < len(a); i += d.Outputs {
			if r.Class(a[i:i+d.Outputs]) == r.Class(t.Data()[i:i+d.Outputs]) {
				right++
			}
		}
	}
	return float64(right) / float64(d.N)
}

// Class returns the class that the outputs, or targets, of an observation stand for.
func (r *Run) Class(outputs []float64) int {
	if len(outputs) > 1 {
		return slices.Index(outputs, slices.Max(outputs))
	}
	if outputs[0] > (r.Classes().Lo+r.Classes().Hi)/2 {
		return 1
	}
	return 0
}
