package layers

import (
	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// BatchNorm normalises each channel of x to mean 0 and variance 1: x [N, C, …] keeps its shape. In
// training, as the Context of x says, it takes the mean and the variance of the batch, over all axes but
// that of the channels, and the running ones follow them (the running variance divides by n−1, as
// PyTorch's does). Otherwise it takes the running ones. (Ioffe and Szegedy, 2015)
//
//	y = (x − mean) / √(variance + Eps) ⊙ Weight + Bias
//
// The running statistics change once a run: when the graph is built, which computes it, and in each
// Forward of a Plan; not when a plan is made, nor when a Checkpoint recomputes. A graph that is built
// from zeros, to be set later, changes them too: build it from a first batch, or before they are set, as
// by Load. They are state, which is saved with the parameters. Training with one layer in several
// goroutines is a race; inference is not.
type BatchNorm struct {
	Weight, Bias *autograd.Node // C; nil for none

	// Constants, C, and the number of batches that they come from, a Constant of one number. If all three
	// are nil, the statistics are always those of the batch.
	RunningMean, RunningVariance, Batches *autograd.Node

	Momentum float64 // the weight of the new statistics, against the running ones; 0 weighs all batches alike
	Eps      float64 // prevents division by 0
}

// NewBatchNorm returns a layer for that many channels, with weights 1, biases 0, running means 0 and
// variances 1, Momentum 0.1 and Eps 1e-5. It panics if channels is less than 1.
func NewBatchNorm(channels int) *BatchNorm {
	mustBePositive("NewBatchNorm", "channels", channels)
	l := &BatchNorm{Momentum: .1, Eps: 1e-5}
	l.Weight, l.Bias = ones(channels)
	l.RunningMean = autograd.Constant(tensor.New(channels)).Named("running mean")
	l.RunningVariance = autograd.Constant(tensor.Full(1, channels)).Named("running variance")
	l.Batches = autograd.Constant(tensor.Scalar(0)).Named("batches")
	return l
}

// Forward returns x, normalised. With the statistics of the batch it panics if a channel has but one
// number, and so no variance; and, where the running ones follow them, if the Momentum is not in [0, 1].
func (l *BatchNorm) Forward(x *autograd.Node) *autograd.Node {
	mustBeMade(l)
	tracks := l.RunningMean != nil || l.RunningVariance != nil || l.Batches != nil
	if tracks {
		const text = "one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them"
		mustBeSet("BatchNorm", text, l.RunningMean)
		mustBeSet("BatchNorm", text, l.RunningVariance)
		mustBeSet("BatchNorm", text, l.Batches)
	}
	mustFitChannels("BatchNorm", x, l.Weight, l.Bias, l.RunningMean, l.RunningVariance) // before the running statistics change
	if tracks && !x.Context().Training {
		return x.BatchNorm(l.RunningMean, l.RunningVariance, l.Weight, l.Bias, l.Eps)
	}
	mean, variance := l.statistics(x)
	if tracks {
		if !(l.Momentum >= 0 && l.Momentum <= 1) {
			fail("BatchNorm", "the Momentum is %v; it must be from 0 to 1", l.Momentum)
		}
		variance = autograd.Apply(&trackOp{l, x.Value().Len() / mean.Value().Len()}, variance, mean)
	}
	return x.BatchNorm(mean, variance, l.Weight, l.Bias, l.Eps)
}

// statistics returns the mean and the variance of each channel.
func (l *BatchNorm) statistics(x *autograd.Node) (mean, variance *autograd.Node) {
	shape := x.Shape()
	if len(shape) < 2 || x.Value().Len() <= shape[1] {
		fail("BatchNorm", "the input has shape %v; it needs axes [N C …], with at least 2 numbers for each of the C channels", shape)
	}
	axes, kept := []int{0}, []int{1, shape[1]}
	for a := 2; a < len(shape); a++ {
		axes, kept = append(axes, a), append(kept, 1)
	}
	mean = x.Mean(axes...)
	return mean, x.Sub(mean.Reshape(kept...)).Square().Mean(axes...)
}

// FromTorch takes PyTorch's parameters and running statistics, whose names differ.
func (l *BatchNorm) FromTorch(m *TorchModule) {
	mustBeMade(l)
	for _, x := range []struct {
		name string
		node *autograd.Node
	}{
		{"weight", l.Weight}, {"bias", l.Bias}, {"running_mean", l.RunningMean}, {"running_var", l.RunningVariance},
		{"num_batches_tracked", l.Batches},
	} {
		if x.node != nil {
			m.Set(x.node, m.Tensor(x.name, x.node.Shape()...))
		}
	}
}

// String returns the channels, such as "BatchNorm 5".
func (l *BatchNorm) String() string { return "BatchNorm" + shapeOf(l.Weight) }

// trackOp returns its first input, the variance of a batch, and makes the running statistics follow it
// and its second input, the mean.
type trackOp struct {
	layer *BatchNorm
	n     int // numbers in a channel
}

func (*trackOp) Name() string { return "Track" }

func (*trackOp) Forward(y *autograd.Node) {
	y.Value().Copy(y.Input(0).Value())
	y.Keep(0).Value().Copy(y.Input(1).Value())
}

func (*trackOp) VJP(_ *autograd.Node, i int, dy *autograd.Node) *autograd.Node {
	if i == 0 {
		return dy
	}
	return nil
}

// JVP returns the variance's tangent: nil is none.
func (*trackOp) JVP(_ *autograd.Node, dx []*autograd.Node) *autograd.Node { return dx[0] }

// After makes the running statistics follow. The variance is estimated from a sample, so it is divided
// by n−1.
func (op *trackOp) After(y *autograd.Node) {
	l := op.layer
	batches := l.Batches.Value()
	batches.AddScalar(batches, 1)
	momentum := l.Momentum
	if momentum == 0 {
		momentum = 1 / batches.Item()
	}
	follow(l.RunningMean.Value(), y.Keep(0).Value(), momentum, 1)
	follow(l.RunningVariance.Value(), y.Value(), momentum, float64(op.n)/float64(op.n-1))
}

// follow sets running to (1−momentum)·running + momentum·scale·x.
func follow(running, x *tensor.Tensor, momentum, scale float64) {
	running.Scale(running, 1-momentum)
	for i, v := range x.Data() {
		running.Data()[i] += float64(momentum * float64(scale*v))
	}
}
