package fit_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/optim/fit"
	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

// noise is a layer that draws random numbers in training. It counts its runs in Runs, as running
// statistics do, and draws from PCG(seed, run), as Dropout does.
type noise struct{ Runs *autograd.Node }

func (l noise) Forward(x *autograd.Node) *autograd.Node {
	if !x.Context().Training {
		return x
	}
	return autograd.Apply(&noiseOp{l.Runs, x.Context().Rand.Uint64(), 0}, x)
}

type noiseOp struct {
	runs      *autograd.Node
	seed, run uint64
}

func (*noiseOp) Name() string { return "Noise" }

func (op *noiseOp) Forward(y *autograd.Node) {
	op.run++
	op.runs.Value().AddScalar(op.runs.Value(), 1)
	y.Value().Like(y.Input(0).Value()).Normal(rand.New(rand.NewPCG(op.seed, op.run)), 0, .01)
	y.Value().Add(y.Value(), y.Input(0).Value())
}

func (*noiseOp) VJP(_ *autograd.Node, _ int, dy *autograd.Node) *autograd.Node { return dy }

// A problem is a network to be trained on moons, with 50 rows to train with and 12 to validate with: its
// validation loss falls for the first seven epochs.
type problem struct {
	*fit.Training
	descent           *optim.GradientDescent
	net               layers.Sequential
	train, validation []*tensor.Tensor
}

func newProblem() *problem {
	p := &problem{}
	rng := rand.New(rand.NewPCG(3, 4))
	x, t := moons(rng, 62)
	p.train, p.validation = data.Split(rng, .2, x, t)
	init := layers.Xavier(rng)
	runs := autograd.Constant(tensor.Scalar(0))
	p.net = layers.Sequential{layers.NewLinear(2, 8, init), layers.Tanh{}, noise{runs}, layers.NewLinear(8, 2, init)}
	p.descent = optim.NewGradientDescent(.03, layers.Parameters(p.net)...)
	p.descent.Momentum = .5
	p.Training = &fit.Training{
		Loss: func(batch ...*autograd.Node) *autograd.Node {
			return p.net.Forward(batch[0]).CrossEntropy(batch[1]).Mean()
		},
		Metrics: []fit.Metric{{Name: "accuracy", Of: func(batch ...*autograd.Node) *autograd.Node {
			return p.net.Forward(batch[0]).ArgMax(-1).Eq(batch[1]).Mean()
		}}},
		Optimiser: p.descent, State: []*autograd.Node{runs},
		Epochs: 8, BatchSize: 8, Rand: rng,
	}
	return p
}

func (p *problem) run(t *testing.T, ctx context.Context) (fit.History, error) {
	t.Helper()
	return p.Run(ctx, p.train, p.validation)
}

func (p *problem) values() (all []float64) {
	for _, x := range slices.Concat(p.descent.Parameters(), p.State) {
		all = append(all, x.Value().Data()...)
	}
	return all
}

// numbers returns the numbers of a history.
func numbers(h fit.History) (all []float64) {
	for _, e := range h.Epochs {
		all = append(append(all, e.Loss, e.Validation), e.Metrics...)
	}
	for _, v := range h.Values {
		all = append(all, v.Data()...)
	}
	return append(all, float64(h.Best))
}

func TestRunTwice(t *testing.T) {
	t.Parallel()
	a, b := newProblem(), newProblem()
	ha, _ := a.run(t, context.Background())
	hb, _ := b.run(t, context.Background())
	if !slices.Equal(numbers(ha), numbers(hb)) || !slices.Equal(a.values(), b.values()) {
		t.Errorf("two runs differ: %v and %v", ha, hb)
	}
	if first, last := ha.Epochs[0].Loss, ha.Epochs[7].Loss; len(ha.Epochs) != 8 || !(last < first/2) {
		t.Errorf("%d epochs, loss from %v to %v: want 8, and half the loss", len(ha.Epochs), first, last)
	}
}

// A run is what this loop does, which builds every graph anew.
func TestRunByHand(t *testing.T) {
	t.Parallel()
	p := newProblem()
	p.net = slices.Delete(p.net, 2, 3) // no noise
	got, err := p.run(t, context.Background())
	if err != nil {
		t.Fatal(err)
	}
	q := newProblem()
	q.net = slices.Delete(q.net, 2, 3)
	mean := func(f fit.Func, batches [][]*tensor.Tensor, each func(loss *autograd.Node)) float64 {
		sum, rows := 0.0, 0.0
		for _, b := range batches {
			loss := f(autograd.Constant(b[0]), autograd.Constant(b[1]))
			sum += float64(loss.Value().Item() * float64(b[0].Dim(0)))
			rows += float64(b[0].Dim(0))
			each(loss)
		}
		return sum / rows
	}
	batches := func(rng *rand.Rand, xs []*tensor.Tensor) (all [][]*tensor.Tensor) {
		for b := range data.Batches(rng, 8, xs...) {
			all = append(all, []*tensor.Tensor{b[0].Clone(), b[1].Clone()})
		}
		return all
	}
	for i, e := range got.Epochs {
		loss := mean(q.Loss, batches(q.Rand, q.train), q.descent.Minimise)
		held := batches(nil, q.validation)
		validation := mean(q.Loss, held, func(*autograd.Node) {})
		accuracy := mean(q.Metrics[0].Of, held, func(*autograd.Node) {})
		if e.Loss != loss || e.Validation != validation || e.Metrics[0] != accuracy {
			t.Errorf("epoch %d: got %v, want %v %v %v", i, e, loss, validation, accuracy)
		}
	}
	if !slices.Equal(p.values(), q.values()) {
		t.Error("the parameters differ")
	}
}

// With the loss mean(w·x) and a rate of 0, the epoch's loss is the mean of all x, whatever the batches.
func TestLastBatchCountsByItsSize(t *testing.T) {
	t.Parallel()
	w := autograd.Variable(tensor.Scalar(1))
	x := tensor.FromSlice([]float64{1, 2, 3, 4, 100}, 5)
	for size := 1; size <= 6; size++ {
		mean := func(batch ...*autograd.Node) *autograd.Node { return w.Mul(batch[0]).Mean() }
		training := &fit.Training{
			Loss: mean, Metrics: []fit.Metric{{Name: "again", Of: mean}},
			Optimiser: optim.NewGradientDescent(0, w), Epochs: 2, BatchSize: size,
		}
		h, err := training.Run(context.Background(), []*tensor.Tensor{x}, []*tensor.Tensor{x})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range h.Epochs {
			if e.Loss != 22 || e.Validation != 22 || e.Metrics[0] != 22 {
				t.Errorf("batches of %d: %v, want 22 three times", size, e)
			}
		}
		if got := fit.Evaluate(mean, size, []*tensor.Tensor{x}); got != 22 {
			t.Errorf("batches of %d: Evaluate gives %v, want 22", size, got)
		}
	}
}

func TestEarlyStopping(t *testing.T) {
	t.Parallel()
	p := newProblem()
	p.Epochs, p.Patience = 60, 3
	var at [][]float64 // the values after each epoch
	p.AfterEpoch = func(h fit.History) error {
		at = append(at, p.values())
		if len(at) == 5 {
			p.descent.LearningRate = 50 // which does harm
		}
		return nil
	}
	h, err := p.run(t, context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Epochs) != 8 || h.Best != 5 {
		t.Fatalf("%d epochs, the best is %d, with a patience of 3", len(h.Epochs), h.Best)
	}
	for i, e := range h.Epochs {
		if i != h.Best-1 && e.Validation < h.Epochs[h.Best-1].Validation {
			t.Errorf("epoch %d with %v is better than the best, %d", i+1, e.Validation, h.Best)
		}
	}
	if got := p.values(); !slices.Equal(got, at[h.Best-1]) || slices.Equal(got, at[len(at)-1]) {
		t.Error("the values are not those after the best epoch")
	}
}

// A validation loss that is as large as the best is not better.
func TestPatience(t *testing.T) {
	t.Parallel()
	values := []float64{2, -1, 1, 0}
	for patience, want := range []struct {
		epochs, best int
		end          float64
	}{{4, 4, 0}, {3, 2, -1}, {4, 4, 0}} {
		w := autograd.Variable(tensor.Scalar(0))
		x := []*tensor.Tensor{tensor.Full(1, 1)}
		training := &fit.Training{
			Loss:      func(batch ...*autograd.Node) *autograd.Node { return w.Square().Mul(batch[0]) },
			Optimiser: optim.NewGradientDescent(0, w), Epochs: 4, BatchSize: 1, Patience: patience,
			BeforeStep: func(step int, _ *autograd.Gradients) { w.Value().Fill(values[step]) },
		}
		h, err := training.Run(context.Background(), x, x)
		if err != nil || len(h.Epochs) != want.epochs || h.Best != want.best || (h.Values != nil) != (patience > 0) || w.Value().Item() != want.end {
			t.Errorf("patience %d: %v, %v, at %v; want %v", patience, h, err, w.Value(), want)
		}
		if patience == 1 { // without patience, the history's values are not restored
			training.Patience, training.Resume = 0, h
			if _, err := training.Run(context.Background(), x, x); err != nil || w.Value().Item() != 0 {
				t.Errorf("resumed without patience: %v, at %v", err, w.Value())
			}
		}
	}
}

// A trained network is evaluated as it was during training.
func TestEvaluate(t *testing.T) {
	t.Parallel()
	p := newProblem()
	p.Patience = 3
	h, err := p.run(t, context.Background())
	if err != nil {
		t.Fatal(err)
	}
	best := h.Epochs[h.Best-1]
	for _, test := range []struct {
		name string
		of   fit.Func
		want float64
	}{{"loss", p.Loss, best.Validation}, {"accuracy", p.Metrics[0].Of, best.Metrics[0]}} {
		if got := fit.Evaluate(test.of, p.BatchSize, p.validation); got != test.want {
			t.Errorf("the %s is %v, it was %v", test.name, got, test.want)
		}
	}
	second := func(batch ...*autograd.Node) *autograd.Node {
		batch[0], batch[1] = batch[1], batch[0] // the slice is its own
		return batch[0].Mean()
	}
	if got := fit.Evaluate(second, 2, []*tensor.Tensor{tensor.FromSlice([]float64{1, 2, 3, 4}, 4), tensor.FromSlice([]float64{10, 20, 30, 40}, 4)}); got != 25 {
		t.Errorf("the mean of the second is %v, want 25", got)
	}
	for want, f := range map[string]func(){
		"fit: Evaluate: tensor 0 to evaluate with has shape [0 2]; at least 1 row is needed": func() { fit.Evaluate(p.Loss, 8, []*tensor.Tensor{tensor.New(0, 2)}) },
		"fit: Evaluate: the value of a batch is Constant [8 2]; it must have one element, such as a mean": func() {
			fit.Evaluate(func(batch ...*autograd.Node) *autograd.Node { return batch[0] }, 8, p.validation)
		},
		"fit: Evaluate: the function is nil": func() { fit.Evaluate(nil, 8, p.validation) },
	} {
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != want {
					t.Errorf("got panic %v, want %s", err, want)
				}
			}()
			f()
		}()
	}
}

// If the validation loss is NaN, no epoch is the best, and none is restored.
func TestPatienceWithNaN(t *testing.T) {
	t.Parallel()
	p := newProblem()
	p.Patience = 2
	p.validation[0].Fill(math.NaN())
	h, err := p.run(t, context.Background())
	if err != nil || len(h.Epochs) != 2 || h.Best != 0 || h.Values != nil {
		t.Errorf("%v, %v: want 2 epochs, none the best", h, err)
	}
}

// Steps are counted over all epochs, of 50 rows. A batch may be larger than that.
func TestSteps(t *testing.T) {
	t.Parallel()
	for size, steps := range map[int]int{1: 50, 25: 2, 49: 2, 50: 1, math.MaxInt: 1} {
		p, next := newProblem(), 0
		p.BatchSize = size
		p.Optimiser = struct{ optim.Optimiser }{p.descent} // which need not be a pointer
		p.BeforeStep = func(step int, grads *autograd.Gradients) {
			if step != next {
				t.Errorf("step %d, want %d", step, next)
			}
			next++
		}
		if _, err := p.run(t, context.Background()); err != nil || next != steps*p.Epochs {
			t.Errorf("batches of %d: %d steps in %d epochs, %v", size, next, p.Epochs, err)
		}
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	cause := errors.New("enough")
	for _, after := range []int{1, 7, 10, 14} { // steps; an epoch has 7
		ctx, cancel := context.WithCancelCause(context.Background())
		p, steps := newProblem(), 0
		p.BeforeStep = func(step int, grads *autograd.Gradients) {
			if step != steps {
				t.Errorf("step %d, want %d", step, steps)
			}
			if steps++; steps == after {
				cancel(cause)
			}
		}
		if after == 10 {
			p.validation = nil // then no batch of it follows
		}
		h, err := p.run(t, ctx)
		if err != cause || steps != after || len(h.Epochs) != (after-1)/7 {
			t.Errorf("cancelled in step %d: %d steps, %d epochs, %v", after, steps, len(h.Epochs), err)
		}
		if runs := p.State[0].Value().Item(); runs != float64(after) {
			t.Errorf("cancelled in step %d: the state is of %v runs", after, runs)
		}
		// The step was made as a whole: the parameters are those of a run that is not cancelled.
		q, seen := newProblem(), 0
		var want []float64
		q.BeforeStep = func(int, *autograd.Gradients) {
			if seen == after {
				want = q.values()
			}
			seen++
		}
		if _, err := q.run(t, context.Background()); err != nil {
			t.Fatal(err)
		}
		if n := len(want) - 1; !slices.Equal(p.values()[:n], want[:n]) {
			t.Errorf("cancelled in step %d: the parameters are not those after %d steps", after, after)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := newProblem()
	before := p.values()
	if h, err := p.run(t, ctx); !errors.Is(err, context.Canceled) || len(h.Epochs) != 0 || !slices.Equal(p.values(), before) {
		t.Errorf("cancelled before: %v, %v", h, err)
	}
}

// A run that is stopped after any epoch, and resumed by another Training with the same parameters, state,
// momentum and random source, has the bits of one that is not stopped.
func TestResume(t *testing.T) {
	t.Parallel()
	whole := newProblem()
	whole.Patience = 4
	want, err := whole.run(t, context.Background())
	if err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	for n := 1; n < len(want.Epochs); n++ {
		p := newProblem()
		p.Patience = 4
		var checkpoint fit.History
		var values []*tensor.Tensor
		p.AfterEpoch = func(h fit.History) error {
			if len(h.Epochs) < n {
				return nil
			}
			checkpoint = h
			for _, x := range slices.Concat(p.descent.Parameters(), p.State) {
				values = append(values, x.Value().Clone())
			}
			return stop
		}
		if h, err := p.run(t, context.Background()); err != stop || len(h.Epochs) != n {
			t.Fatalf("%d epochs, %v", len(h.Epochs), err)
		}
		for i, x := range slices.Concat(p.descent.Parameters(), p.State) {
			x.Value().Copy(values[i]) // it had those of the best epoch
		}
		second := *p.Training
		second.Resume, second.AfterEpoch = checkpoint, nil
		h, err := second.Run(context.Background(), p.train, p.validation)
		if err != nil || !slices.Equal(numbers(h), numbers(want)) || !slices.Equal(p.values(), whole.values()) {
			t.Errorf("resumed after %d epochs: got %v, %v\nwant %v", n, numbers(h), err, numbers(want))
		}
	}
}

// A history that was resumed stays as it is, and so does the one that this gave when it is resumed again.
func TestResumeTwice(t *testing.T) {
	t.Parallel()
	for _, patience := range []int{0, 8} { // without, a history has no values
		p := newProblem()
		p.Patience = patience
		p.AfterEpoch = func(h fit.History) error {
			if len(h.Epochs) == 5 {
				p.Resume = h
			}
			return nil
		}
		var all [3]fit.History
		var before [3][]float64
		for i := range all {
			h, err := p.run(t, context.Background())
			if err != nil {
				t.Fatal(err)
			}
			all[i], before[i] = h, numbers(h)
		}
		for i, h := range all {
			if !slices.Equal(numbers(h), before[i]) {
				t.Errorf("history %d was\n%v\nand is\n%v", i, before[i], numbers(h))
			}
		}
	}
}

// A step changes the state once; the building of its graph does not.
func TestStateChangesOnceAStep(t *testing.T) {
	t.Parallel()
	p := newProblem()
	if _, err := p.run(t, context.Background()); err != nil || p.State[0].Value().Item() != 8*7 {
		t.Errorf("%v: the layer ran %v times in 8 epochs of 7 steps", err, p.State[0].Value())
	}
}

// Nor does the building of a graph change the state where the Loss panics.
func TestStateStaysWhereTheLossPanics(t *testing.T) {
	t.Parallel()
	p := newProblem()
	p.Loss = func(batch ...*autograd.Node) *autograd.Node {
		p.net.Forward(batch[0])
		panic("no loss")
	}
	defer func() {
		if recover() != "no loss" || p.State[0].Value().Item() != 0 {
			t.Errorf("the layer ran %v times in no step", p.State[0].Value())
		}
	}()
	p.run(t, context.Background())
}

// A step allocates nothing: an epoch of many steps allocates as often as one of few.
func TestStepAllocatesNothing(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector has a sync.Pool forget now and then")
	}
	allocs := func(rows int) float64 {
		p := newProblem()
		p.net = slices.Delete(p.net, 2, 3)
		x, classes := moons(p.Rand, rows)
		p.Epochs = 1
		return testing.AllocsPerRun(5, func() {
			if _, err := p.Run(context.Background(), []*tensor.Tensor{x, classes}, p.validation); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocs(8*3+5), allocs(8*300+5); many > few+20 {
		t.Errorf("4 steps allocate %v times, 301 steps %v times", few, many)
	}
}

func TestNoValidation(t *testing.T) {
	t.Parallel()
	p := newProblem()
	p.validation = nil
	h, err := p.run(t, context.Background())
	if err != nil || h.Best != 0 || len(h.Epochs) != 8 || !math.IsNaN(h.Epochs[7].Validation) || h.Epochs[7].Metrics != nil {
		t.Errorf("%v, %v", h, err)
	}
}

func TestNoProgressInPipes(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p := newProblem()
	p.Progress = w
	if _, err := p.run(t, context.Background()); err != nil {
		t.Fatal(err)
	}
	w.Close()
	var got bytes.Buffer
	if n, err := got.ReadFrom(r); n != 0 || err != nil {
		t.Errorf("a pipe got %q, %v", got.String(), err)
	}
	p = newProblem()
	p.Progress = &got
	if _, err := p.run(t, context.Background()); err != nil || got.Len() != 0 {
		t.Errorf("a buffer got %q, %v", got.String(), err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		want   string
		change func(p *problem)
	}{
		{"fit: Run: the context is nil", func(p *problem) {
			var none context.Context
			p.Run(none, p.train, p.validation)
		}},
		{"fit: Run: the Loss is nil", func(p *problem) { p.Loss = nil }},
		{"fit: Run: the Optimiser is nil", func(p *problem) { p.Optimiser = nil }},
		{"fit: Run: the Optimiser is nil", func(p *problem) { p.Optimiser = (*optim.Adam)(nil) }},
		{"fit: Run: the Optimiser has no parameters: nothing is trained", func(p *problem) { p.Optimiser = new(optim.GradientDescent) }},
		{"fit: Run: Epochs is 0; it must be at least 1", func(p *problem) { p.Epochs = 0 }},
		{`fit: Run: the function of the metric "accuracy" is nil`, func(p *problem) { p.Metrics[0].Of = nil }},
		{"fit: Run: the BatchSize is 0; it must be at least 1", func(p *problem) { p.BatchSize = 0 }},
		{"fit: Run: a Patience of 1 needs validation data", func(p *problem) { p.Patience, p.validation = 1, nil }},
		{"fit: Run: there are 2 tensors to train with and 1 to validate with; at least 1 is needed, and as many or none to validate with",
			func(p *problem) { p.validation = p.validation[:1] }},
		{"fit: Run: there are 0 tensors to train with and 0 to validate with; at least 1 is needed, and as many or none to validate with",
			func(p *problem) { p.train, p.validation = nil, nil }},
		{"fit: Run: tensor 1 to train with has shape [0]; at least 1 row is needed", func(p *problem) { p.train[1] = tensor.New(0) }},
		{"fit: Run: tensor 0 to validate with has shape []; at least 1 row is needed", func(p *problem) { p.validation[0] = tensor.Scalar(1) }},
		{"fit: Run: tensor 1 to validate with has 3 rows, tensor 0 has 12; they need equally many", func(p *problem) { p.validation[1] = tensor.New(3) }},
		{"fit: Run: tensor 1 to train with has 3 rows, tensor 0 has 50; they need equally many", func(p *problem) { p.train[1] = tensor.New(3) }},
		{"fit: Run: there are 1 values to resume with; 4 parameters and 1 nodes of the State need one each",
			func(p *problem) {
				p.Resume = fit.History{Epochs: make([]fit.Epoch, 1), Values: make([]*tensor.Tensor, 1)}
			}},
		{"fit: Run: value 0 to resume with has shape [7]; it needs the shape of Variable weight [2 8]",
			func(p *problem) {
				p.Resume = fit.History{Epochs: make([]fit.Epoch, 1), Values: slices.Repeat([]*tensor.Tensor{tensor.New(7)}, 5)}
			}},
		{"fit: Run: the best epoch to resume with is 2; it must be from 0 to 1, the number of epochs",
			func(p *problem) { p.Resume = fit.History{Epochs: make([]fit.Epoch, 1), Best: 2} }},
		{"fit: Run: the history to resume with has no Values of its best epoch, 1; Patience needs them, and only a run with Patience keeps them",
			func(p *problem) {
				p.Patience, p.Resume = 1, fit.History{Epochs: make([]fit.Epoch, 1), Best: 1}
			}},
		{"fit: Run: the best epoch to resume with is -1; it must be from 0 to 0, the number of epochs", func(p *problem) { p.Resume.Best = -1 }},
		{"fit: Run: a node of the State is nil, or a zero Node", func(p *problem) { p.State[0] = nil }},
		{"fit: Run: a node of the State is nil, or a zero Node", func(p *problem) { p.State[0] = new(autograd.Node) }},
		{"fit: Evaluate: the function is nil", func(p *problem) { fit.Evaluate(nil, 1, p.train) }},
		{"fit: Evaluate: there are no tensors", func(p *problem) { fit.Evaluate(p.Loss, 1, nil) }},
		{"fit: Run: the Loss of a batch is a nil or zero Node; it must have one element, such as a mean",
			func(p *problem) { p.Loss = func(...*autograd.Node) *autograd.Node { return nil } }},
		{"fit: Run: the accuracy of a batch is Eq [8]; it must have one element, such as a mean",
			func(p *problem) {
				p.Metrics[0].Of = func(batch ...*autograd.Node) *autograd.Node { return batch[1].Eq(batch[1]) }
			}},
	} {
		p := newProblem()
		func() {
			defer func() {
				if err, ok := recover().(error); !ok || err.Error() != test.want {
					t.Errorf("got panic %v\nwant      %s", err, test.want)
				}
			}()
			test.change(p)
			p.run(t, context.Background())
		}()
	}
}
