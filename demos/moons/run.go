package moons

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"gentlegrad/autograd"
	"gentlegrad/demos/chart"
	"gentlegrad/layers"
	"gentlegrad/optim"
)

const steps = 100

// rate is the learning rate of a step, counted from 0.
func rate(step int) float64 { return 1 - .9*float64(step)/steps }

// A Result is what trainings of the network gave, all from micrograd's initial parameters.
type Result struct {
	OneByOne []float64 // losses, each before a step, added up one by one, as micrograd does
	Usual    []float64 // the same by layers.Linear

	Net      layers.Sequential // trained, by layers.Linear
	Accuracy float64           // of Net, on its training data

	Took         time.Duration // micrograd's training, as recorded
	Anew, ByPlan time.Duration // ours, now: the fastest of five with graphs built anew, and by a plan

	*record
	snapshots []snapshot
}

// Run trains the network with both ways of adding up, and then measures the time. It returns the error
// of ctx if ctx is cancelled.
func Run(ctx context.Context, _ io.Writer) (*Result, error) {
	r := &Result{record: read()}
	r.Took = time.Duration(r.Seconds * float64(time.Second))
	r.OneByOne = r.train(r.newModel(oneByOne), nil)
	m := r.newModel(usual)
	r.Net = m.Sequential
	r.Usual = r.train(m, func(step int) {
		if step == 0 || step == 20 {
			r.snapshots = append(r.snapshots, newSnapshot(fmt.Sprintf("before step %d", step+1), r.Net))
		}
	})
	r.snapshots = append(r.snapshots, newSnapshot("after step 100", r.Net))
	r.Accuracy = r.Net.Forward(r.x).Mul(r.t).Gt(autograd.Scalar(0)).Mean().Value().Item()
	r.Anew, r.ByPlan = math.MaxInt64, math.MaxInt64
	for range 5 {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		r.Anew = min(r.Anew, r.time(func(m model) { r.train(m, nil) }))
		r.ByPlan = min(r.ByPlan, r.time(func(m model) { r.trainByPlan(m) }))
	}
	return r, nil
}

// train makes the steps, each with a graph built anew, and returns the losses before them. before, if
// not nil, is called before each step.
func (r *record) train(m model, before func(step int)) (losses []float64) {
	descent := optim.NewGradientDescent(1, layers.Parameters(m.Sequential)...)
	for step := range steps {
		if before != nil {
			before(step)
		}
		l := m.loss(r.x, r.t)
		losses = append(losses, l.Value().Item())
		descent.LearningRate = rate(step)
		descent.Minimise(l)
	}
	return losses
}

// trainByPlan makes the same steps by a plan.
func (r *record) trainByPlan(m model) (losses []float64) {
	parameters := layers.Parameters(m.Sequential)
	descent := optim.NewGradientDescent(1, parameters...)
	plan := autograd.NewPlan(m.loss(r.x, r.t), parameters...)
	for step := range steps {
		losses = append(losses, plan.Forward().Item())
		descent.LearningRate = rate(step)
		descent.Step(plan.Backward())
	}
	return losses
}

// time returns how long a training of a new network takes.
func (r *record) time(train func(model)) time.Duration {
	m := r.newModel(usual)
	start := time.Now()
	train(m)
	return time.Since(start)
}

// differences returns |a − b| / |b| of each element, and the largest of these.
func differences(a, b []float64) (each []float64, most float64) {
	for i := range b {
		each = append(each, math.Abs(a[i]-b[i])/math.Abs(b[i]))
		most = max(most, each[i])
	}
	return each, most
}

// String returns a report: the losses, how far apart they are, and the times.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%v\n\n", r.Net)
	fmt.Fprintf(&b, "%-6s %-22s %s\n", "step", "loss", "micrograd's")
	for _, step := range []int{0, 1, 2, 10, 50, 99} {
		fmt.Fprintf(&b, "%4d   %-22v %v\n", step+1, r.OneByOne[step], r.Micrograd[step])
	}
	b.WriteString("\nThe largest relative difference of a loss from micrograd's in 100 steps:\n")
	for _, l := range r.others() {
		_, most := differences(l.Y, r.Micrograd)
		fmt.Fprintf(&b, "  %-42s %.1e\n", l.Name, most)
	}
	fmt.Fprintf(&b, "\n%.0f %% of the points are on the right side of 0.\n", 100*r.Accuracy)
	b.WriteString("\nThe 100 steps took\n")
	for _, f := range r.times() {
		fmt.Fprintf(&b, "  %-42s %s\n", f.Name, f.Value)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// others are the losses that are compared with those of micrograd with operands visited in a fixed order.
func (r *Result) others() []chart.Line {
	return []chart.Line{
		{Name: "here, adding up as micrograd does", Y: r.OneByOne},
		{Name: "here, by layers.Linear", Y: r.Usual},
		{Name: "micrograd, as its author published it", Y: r.Published},
	}
}
