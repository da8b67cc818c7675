package layers_test

import (
	"fmt"
	"math"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func zeros(shape ...int) *autograd.Node { return autograd.Constant(tensor.New(shape...)) }

// without returns a TransformerLayer that has been changed.
func without(change func(l *layers.TransformerLayer)) *layers.TransformerLayer {
	l := layers.NewTransformerLayer(4, 2, 6, nil)
	change(l)
	return l
}

func TestLayersMistakes(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(tensor.New(2, 3))
	_, train := training(tensor.New(1, 3))
	for _, test := range []struct {
		want string
		f    func()
	}{
		{"layers: NewConv2D: the channels and the kernel's size are [3 0 3]; each must be at least 1", func() { layers.NewConv2D(3, 0, 3, autograd.Conv{}, nil) }},
		{"layers: NewConv1D: 2 groups do not divide 3 input and 4 output channels", func() { layers.NewConv1D(3, 4, 3, autograd.Conv{Groups: 2}, nil) }},
		{"layers: Conv2D: the Weight is nil; NewConv2D makes one", func() { new(layers.Conv2D).Forward(x) }},
		{"layers: NewGroupNorm: 2 groups do not divide 3 channels", func() { layers.NewGroupNorm(2, 3) }},
		{"layers: NewLayerNorm: there is no shape; at least one axis is needed", func() { layers.NewLayerNorm() }},
		{"layers: LayerNorm: the input has shape [2 3]; it must end in [4], the shape of the weights", func() { layers.NewLayerNorm(4).Forward(x) }},
		{"layers: LayerNorm: the weight and the bias have 2 axes and 1; they need the same shape", func() {
			(&layers.LayerNorm{Weight: zeros(2, 3), Bias: zeros(3)}).Forward(x)
		}},
		{"layers: LayerNorm: the weight and the bias have 0 axes and 1; they need the same shape", func() {
			(&layers.LayerNorm{Weight: zeros(), Bias: zeros(3)}).Forward(x)
		}},
		{"layers: BatchNorm: the input has shape [1 3]; it needs axes [N C …], with at least 2 numbers for each of the C channels", func() { layers.NewBatchNorm(3).Forward(train) }},
		{"layers: BatchNorm: one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them",
			func() { (&layers.BatchNorm{RunningMean: x}).Forward(x) }},
		{"layers: LSTM: there are no Cells; NewLSTM makes them", func() { new(layers.LSTM).Forward(x) }},
		{"layers: LSTM: a state to start with has shape [3 4 2]; it needs [2 4 2]: layers and directions, N, units", func() {
			layers.NewLSTM(3, 2, layers.Stack{Bidirectional: true}, nil).Run(zeros(4, 5, 3), zeros(2, 4, 2), zeros(3, 4, 2))
		}},
		{"layers: RNN: a state to start with has shape [1 1 2]; it needs [1 4 2]: layers and directions, N, units", func() {
			layers.NewRNN(3, 2, layers.Stack{}, nil).Run(zeros(4, 5, 3), zeros(1, 1, 2))
		}},
		{"layers: GRU: the input has shape [2 3]; it needs axes [N, T, in], with at least 1 step", func() { layers.NewGRU(3, 2, layers.Stack{}, nil).Forward(x) }},
		{"layers: NewGRU: 35184372088832 layers; at most 65536 are possible", func() { layers.NewGRU(3, 2, layers.Stack{Layers: 1 << 45}, nil) }},
		{"layers: NewRNN: the numbers of inputs, units and layers are [3 2 -1]; each must be at least 1", func() { layers.NewRNN(3, 2, layers.Stack{Layers: -1}, nil) }},
		{"layers: GRU: the weights have shapes [3 8] and [2 8]; 6 columns are needed for 2 units", func() {
			(&layers.GRU{Cells: layers.NewLSTM(3, 2, layers.Stack{}, nil).Cells}).Forward(autograd.Constant(tensor.New(1, 1, 3)))
		}},
		{"layers: NewMultiHeadAttention: 3 heads do not divide the size 4", func() { layers.NewMultiHeadAttention(4, 3, nil) }},
		{"layers: Residual: the input has shape [2 3], the result of Linear 3→1 has [2 1]; they must be the same", func() { layers.Residual{Inner: layers.NewLinear(3, 1, nil)}.Forward(x) }},
		{"layers: TransformerLayer: the Attention is a nil *layers.MultiHeadAttention", func() { new(layers.TransformerLayer).Forward(x) }},
		{"layers: TransformerLayer: the Norm1 is nil", func() { without(func(l *layers.TransformerLayer) { l.Norm1 = nil }).Forward(x) }},
		{"layers: TransformerLayer: the Norm2 is nil", func() { without(func(l *layers.TransformerLayer) { l.Norm2 = nil }).Forward(x) }},
		{"layers: Residual: the Forward of Func returned nil", func() {
			layers.Residual{Inner: layers.Func(func(*autograd.Node) *autograd.Node { return nil })}.Forward(x)
		}},
		{"layers: Func: the function is nil", func() { layers.Func(nil).Forward(x) }},
		{"layers: Residual: the Inner is nil", func() { layers.Residual{}.Forward(x) }},
		{"layers: Flatten: the input is a single number; it needs a first axis", func() { layers.Flatten{}.Forward(autograd.Constant(tensor.Scalar(1))) }},
		{"layers: NewEmbedding: the number of words and the size are [0 3]; each must be at least 1", func() { layers.NewEmbedding(0, 3, nil) }},
		{"layers: Normal: the random source is nil", func() { layers.Normal(nil, 0, 1) }},
		{"layers: XavierNormal: the random source is nil", func() { layers.XavierNormal(nil) }},
		{"layers: He: the random source is nil", func() { layers.He(nil) }},
		{"layers: LeCun: the random source is nil", func() { layers.LeCun(nil) }},
		{"layers: Orthogonal: the random source is nil", func() { layers.Orthogonal(nil, 1) }},
	} {
		wantPanic(t, test.want, test.f)
	}
}

// Layers and inputs that are nil, missing, too small, or of a shape that does not fit.
func TestLayersOfNothing(t *testing.T) {
	t.Parallel()
	x, vector, scalar := autograd.Constant(tensor.New(2, 3)), autograd.Constant(tensor.New(3)), autograd.Constant(tensor.Scalar(1))
	attention, block := layers.NewMultiHeadAttention(4, 2, nil), layers.NewTransformerLayer(4, 2, 6, nil)
	sequence := autograd.Constant(tensor.New(2, 5, 4))
	heads := func(n int) *layers.MultiHeadAttention { l := *attention; l.Heads = n; return &l }
	three := autograd.Constant(tensor.New(3))
	_, train := training(tensor.New(3))
	withMomentum := func(m float64) {
		_, x := training(tensor.New(2, 3))
		l := layers.NewBatchNorm(3)
		l.Momentum = m
		l.Forward(x)
	}
	withMomentum(0)
	withMomentum(1)
	cells := func() []*layers.Cell { return layers.NewRNN(3, 2, layers.Stack{}, nil).Cells }
	withoutHH, withoutIH := cells(), cells()
	withoutHH[0].WeightHH, withoutIH[0].WeightIH = nil, nil
	wide := cells()
	wide[0].WeightIH = autograd.Variable(tensor.New(3, 4))
	for _, test := range []struct {
		want string
		f    func()
	}{
		{"NewPReLU: the channels are [0]; each must be at least 1", func() { layers.NewPReLU(0) }},
		{"PReLU: the Weight is nil; NewPReLU makes one", func() { new(layers.PReLU).Forward(x) }},
		{"NewMultiHeadAttention: the size and heads are [4 0]; each must be at least 1", func() { layers.NewMultiHeadAttention(4, 0, nil) }},
		{"MultiHeadAttention: the input is nil", func() { attention.Attend(nil, sequence, nil) }},
		{"MultiHeadAttention: the context is nil", func() { attention.Attend(sequence, nil, nil) }},
		{"MultiHeadAttention: the input has shape [3], the context [2 5 4]; both need axes […, T, size]", func() { attention.Attend(vector, sequence, nil) }},
		{"MultiHeadAttention: the input has shape [2 5 4], the context [3]; both need axes […, T, size]", func() { attention.Attend(sequence, vector, nil) }},
		{"MultiHeadAttention: 0 heads do not divide vectors of shape [2 5 4]", func() { heads(0).Forward(sequence) }},
		{"MultiHeadAttention: 3 heads do not divide vectors of shape [2 5 4]", func() { heads(3).Forward(sequence) }},
		{"NewBatchNorm: the channels are [0]; each must be at least 1", func() { layers.NewBatchNorm(0) }},
		{"BatchNorm: the input is nil", func() { layers.NewBatchNorm(3).Forward(nil) }},
		{"BatchNorm: one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them",
			func() { (&layers.BatchNorm{RunningMean: three, RunningVariance: three}).Forward(x) }},
		{"BatchNorm: one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them",
			func() { (&layers.BatchNorm{RunningMean: three, Batches: scalar}).Forward(x) }},
		{"BatchNorm: one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them",
			func() { (&layers.BatchNorm{RunningVariance: three, Batches: scalar}).Forward(x) }},
		{"BatchNorm: one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them",
			func() { (&layers.BatchNorm{RunningVariance: three}).Forward(x) }},
		{"BatchNorm: one of RunningMean, RunningVariance and Batches is nil, but not all: NewBatchNorm makes them",
			func() { (&layers.BatchNorm{Batches: scalar}).Forward(x) }},
		{"BatchNorm: the input has shape [1 3]; it needs axes [N C …], with at least 2 numbers for each of the C channels",
			func() { (&layers.BatchNorm{Eps: .1}).Forward(autograd.Constant(tensor.New(1, 3))) }},
		{"BatchNorm: the input has shape [3]; it needs axes [N C …], with at least 2 numbers for each of the C channels", func() { layers.NewBatchNorm(3).Forward(train) }},
		{"BatchNorm: the input has shape [2 4], with 4 channels; Variable weight [3] needs shape [4]",
			func() { layers.NewBatchNorm(3).Forward(autograd.Constant(tensor.New(2, 4))) }},
		{"BatchNorm: the input has shape []; it needs axes [N C …]", func() { layers.NewBatchNorm(3).Forward(scalar) }},
		{"BatchNorm: the Momentum is -0.1; it must be from 0 to 1", func() { withMomentum(-.1) }},
		{"BatchNorm: the Momentum is 1.5; it must be from 0 to 1", func() { withMomentum(1.5) }},
		{"BatchNorm: the Momentum is NaN; it must be from 0 to 1", func() { withMomentum(math.NaN()) }},
		{"GroupNorm: the input is nil", func() { layers.NewGroupNorm(1, 3).Forward(nil) }},
		{"GroupNorm: the input has shape [2 5 4], with 5 channels; Variable weight [3] needs shape [5]",
			func() { layers.NewGroupNorm(1, 3).Forward(sequence) }},
		{"InstanceNorm: the input has shape [2 5 4], with 5 channels; Variable weight [3] needs shape [5]",
			func() { layers.NewInstanceNorm(3).Forward(sequence) }},
		{"Residual: the input is nil", func() { layers.Residual{Inner: layers.Tanh{}}.Forward(nil) }},
		{"Flatten: the input is nil", func() { layers.Flatten{}.Forward(nil) }},
		{"Dropout: the input is nil", func() { layers.Dropout{}.Forward(nil) }},
		{"Conv1D: the Weight is nil; NewConv1D makes one", func() { new(layers.Conv1D).Forward(x) }},
		{"ConvTranspose1D: the Weight is nil; NewConvTranspose1D makes one", func() { new(layers.ConvTranspose1D).Forward(x) }},
		{"ConvTranspose2D: the Weight is nil; NewConvTranspose2D makes one", func() { new(layers.ConvTranspose2D).Forward(x) }},
		{"NewConv1D: 2 groups do not divide 4 input and 3 output channels", func() { layers.NewConv1D(4, 3, 3, autograd.Conv{Groups: 2}, nil) }},
		{"NewConvTranspose2D: 2 groups do not divide 3 input and 4 output channels", func() { layers.NewConvTranspose2D(3, 4, 3, autograd.Conv{Groups: 2}, nil) }},
		{"Embedding: the input is nil", func() { layers.NewEmbedding(2, 3, nil).Forward(nil) }},
		{"Embedding: the Weight is nil; NewEmbedding makes one", func() { new(layers.Embedding).Forward(scalar) }},
		{"NewBilinear: the sizes are [2 0 3]; each must be at least 1", func() { layers.NewBilinear(2, 0, 3, nil) }},
		{"Bilinear: an input is nil", func() { layers.NewBilinear(3, 3, 2, nil).Forward(nil, x) }},
		{"Bilinear: an input is nil", func() { layers.NewBilinear(3, 3, 2, nil).Forward(x, nil) }},
		{"Bilinear: the Weight is nil; NewBilinear makes one", func() { new(layers.Bilinear).Forward(x, x) }},
		{"Huber: the predictions are nil", func() { layers.Huber(nil, x, 1) }},
		{"Huber: predictions have shape [2 3], targets [3]; a loss does not broadcast", func() { layers.Huber(x, vector, 1) }},
		{"CrossEntropy: the classes have shape [], the scores []; each row of scores, along the last axis, needs one class, a whole number", func() { layers.CrossEntropy(scalar, scalar) }},
		{"CrossEntropy: the scores have shape [2 0], with 0 classes; at least 1 is needed", func() { layers.CrossEntropy(zeros(2, 0), zeros(2)) }},
		{"Accuracy: the scores have shape [0], with 0 classes; at least 1 is needed", func() { layers.Accuracy(zeros(0), zeros()) }},
		{"CrossEntropy: the predictions have shape [0 3]; a mean needs at least 1 element", func() { layers.CrossEntropy(zeros(0, 3), zeros(0)) }},
		{"Accuracy: the predictions have shape [0 3]; a mean needs at least 1 element", func() { layers.Accuracy(zeros(0, 3), zeros(0)) }},
		{"Huber: the predictions have shape [2 0]; a mean needs at least 1 element", func() { layers.Huber(zeros(2, 0), zeros(2, 0), 1) }},
		{"NewRMSNorm: there is no shape; at least one axis is needed", func() { layers.NewRMSNorm() }},
		{"NewLayerNorm: the lengths are [3 0]; each must be at least 1", func() { layers.NewLayerNorm(3, 0) }},
		{"LayerNorm: the input is nil", func() { layers.NewLayerNorm(3).Forward(nil) }},
		{"LayerNorm: the input has shape [3]; it must end in [2 3], the shape of the weights", func() { layers.NewLayerNorm(2, 3).Forward(vector) }},
		{"NewGroupNorm: the groups and channels are [0 3]; each must be at least 1", func() { layers.NewGroupNorm(0, 3) }},
		{"NewInstanceNorm: the channels are [0]; each must be at least 1", func() { layers.NewInstanceNorm(0) }},
		{"RNN: the input is nil", func() { layers.NewRNN(3, 2, layers.Stack{}, nil).Forward(nil) }},
		{"RNN: there are 1 Cells and 2 of Reverse; Reverse needs as many, or none",
			func() { (&layers.RNN{Cells: cells(), Reverse: append(cells(), cells()...)}).Forward(sequence) }},
		{"RNN: the input has shape [2 0 3]; it needs axes [N, T, in], with at least 1 step",
			func() { layers.NewRNN(3, 2, layers.Stack{}, nil).Forward(autograd.Constant(tensor.New(2, 0, 3))) }},
		{"RNN: a cell is without weights; NewRNN makes them", func() { (&layers.RNN{Cells: []*layers.Cell{nil}}).Forward(sequence) }},
		{"RNN: a cell is without weights; NewRNN makes them", func() { (&layers.RNN{Cells: withoutHH}).Forward(sequence) }},
		{"RNN: a cell is without weights; NewRNN makes them", func() { (&layers.RNN{Cells: withoutIH}).Forward(sequence) }},
		{"RNN: the weights have shapes [3 4] and [2 2]; 2 columns are needed for 2 units", func() { (&layers.RNN{Cells: wide}).Forward(sequence) }},
	} {
		wantPanic(t, "layers: "+test.want, test.f)
	}
	for _, test := range []struct {
		layer fmt.Stringer
		want  string
	}{
		{&layers.MultiHeadAttention{Output: new(layers.Linear)}, "MultiHeadAttention, 0 heads"},
		{&layers.TransformerLayer{Attention: attention, Up: new(layers.Linear)}, "TransformerLayer"},
		{&layers.TransformerLayer{Attention: attention}, "TransformerLayer"},
		{&layers.TransformerLayer{Up: block.Up}, "TransformerLayer"},
		{&layers.Conv1D{Weight: x}, "Conv1D"},
		{&layers.Conv1D{Weight: new(autograd.Node)}, "Conv1D"},
		{layers.NewConv1D(2, 3, 4, autograd.Conv{Groups: 1}, nil), "Conv1D 2→3, kernel 4"},
		{&layers.Bilinear{Weight: sequence}, "Bilinear 5×4→2, no bias"},
		{&layers.Bilinear{Weight: x}, "Bilinear"},
		{&layers.Bilinear{Weight: new(autograd.Node)}, "Bilinear"},
		{&layers.LayerNorm{Weight: new(autograd.Node)}, "LayerNorm"},
		{&layers.GroupNorm{Groups: 2}, "GroupNorm 2 groups"},
		{&layers.GroupNorm{Groups: 2, Weight: new(autograd.Node)}, "GroupNorm 2 groups"},
		{new(layers.RNN), "RNN"},
		{&layers.RNN{Cells: []*layers.Cell{nil}}, "RNN"},
		{&layers.RNN{Cells: withoutHH}, "RNN"},
		{&layers.RNN{Cells: withoutIH}, "RNN"},
	} {
		if got := test.layer.String(); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
