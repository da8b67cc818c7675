package fit

import (
	"maps"
	"math/rand/v2"
	"slices"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// plans are the plans of a graph by the number of rows: one for full batches, one for a smaller last
// batch. Each is made when it is first needed.
type plans map[int]*planned

// A planned graph is a plan, the Constants that take the batch, and the nodes of the metrics.
type planned struct {
	plan    *autograd.Plan
	batch   []*autograd.Node
	metrics []*autograd.Node
	random  bool // random numbers were drawn when it was built
}

// of returns the plan for a batch with as many rows.
func (ps plans) of(batch []*tensor.Tensor, build func(batch []*tensor.Tensor) *planned) *planned {
	rows := batch[0].Dim(0)
	if ps[rows] == nil {
		ps[rows] = build(batch)
	}
	return ps[rows]
}

// forgetRandom forgets the graphs that draw random numbers, so that each epoch builds them
// with a seed from the source: a training that is resumed after an epoch, from the same
// source, draws the same numbers.
func (ps plans) forgetRandom() {
	maps.DeleteFunc(ps, func(_ int, p *planned) bool { return p.random })
}

// forward returns the loss of a batch.
func (p *planned) forward(batch []*tensor.Tensor) float64 {
	for i, x := range batch {
		p.batch[i].Set(x)
	}
	return p.plan.Forward().Item()
}

// planStep returns the plan of a step. Building the graph computes it, which may change State; that is no
// step, and is undone.
func (t *Training) planStep(batch []*tensor.Tensor) *planned {
	source := &watched{source: t.Rand}
	ctx := autograd.Context{Training: true}
	if t.Rand != nil {
		ctx.Rand = rand.New(source)
	}
	defer restore(t.State, copies(t.State))
	p := &planned{batch: constants(ctx, batch)}
	p.plan = autograd.NewPlan(one("Run", "Loss", t.Loss(slices.Clone(p.batch)...)), t.parameters()...)
	p.random = source.drawn
	return p
}

// planScore returns the plan of the loss and the metrics of validation data.
func (t *Training) planScore(batch []*tensor.Tensor) *planned {
	p := &planned{batch: constants(autograd.Context{}, batch)}
	for _, m := range t.Metrics {
		p.metrics = append(p.metrics, one("Run", m.Name, m.Of(slices.Clone(p.batch)...)))
	}
	p.plan = autograd.NewPlan(one("Run", "Loss", t.Loss(slices.Clone(p.batch)...))).Keep(p.metrics...)
	return p
}

// one returns a node, and panics unless it has one element.
func one(op, what string, y *autograd.Node) *autograd.Node {
	if y == nil || y.Value().Len() != 1 {
		fail(op, "the %s of a batch is %v; it must have one element, such as a mean", what, y)
	}
	return y
}

func constants(ctx autograd.Context, batch []*tensor.Tensor) []*autograd.Node {
	nodes := make([]*autograd.Node, len(batch))
	for i, x := range batch {
		nodes[i] = ctx.Constant(x)
	}
	return nodes
}

// copies returns copies of the nodes' values.
func copies(nodes []*autograd.Node) (values []*tensor.Tensor) {
	for _, x := range nodes {
		values = append(values, x.Value().Clone())
	}
	return values
}

// restore gives the nodes the values that they had.
func restore(nodes []*autograd.Node, values []*tensor.Tensor) {
	for i, x := range nodes {
		x.Value().Copy(values[i])
	}
}

// A watched source notes whether it was drawn from.
type watched struct {
	source *rand.Rand
	drawn  bool
}

func (w *watched) Uint64() uint64 {
	w.drawn = true
	return w.source.Uint64()
}
