package layers_test

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"weak"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// The settings are PyTorch's, and those of the papers.
func TestDefaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name      string
		got, want float64
	}{
		{"PReLU", layers.NewPReLU(2).Weight.Value().At(1), .25},
		{"BatchNorm, Eps", layers.NewBatchNorm(2).Eps, 1e-5},
		{"BatchNorm, Momentum", layers.NewBatchNorm(2).Momentum, .1},
		{"LayerNorm", layers.NewLayerNorm(2).Eps, 1e-5},
		{"RMSNorm", layers.NewRMSNorm(2).Eps, 1e-6},
		{"GroupNorm", layers.NewGroupNorm(1, 2).Eps, 1e-5},
		{"InstanceNorm", layers.NewInstanceNorm(2).Eps, 1e-5},
	} {
		if test.got != test.want {
			t.Errorf("%s: %v, want %v", test.name, test.got, test.want)
		}
	}
}

// A layer that works along the last axis gives the same row by row, for any number of axes.
func TestLastAxis(t *testing.T) {
	t.Parallel()
	init := layers.Normal(rand.New(rand.NewPCG(1, 2)), 0, .6)
	for _, l := range []layers.Layer{
		layers.GLU{}, layers.Softmax{}, layers.Softmin{}, layers.LogSoftmax{},
		layers.NewLinear(4, 3, init), &layers.Linear{Weight: layers.NewLinear(4, 3, init).Weight},
	} {
		x := autograd.Constant(normal(2, 3, 4))
		all := l.Forward(x).Value()
		for i := range 2 {
			for j := range 3 {
				row := l.Forward(x.Slice(0, i, i+1).Slice(1, j, j+1).Reshape(4)).Value()
				want := all.Slice(0, i, i+1).Slice(1, j, j+1).Reshape(row.Len())
				if !(tensor.MaxAbsDiff(row, want) <= 1e-15) {
					t.Errorf("%v: row %d %d is %v, want %v", l, i, j, row, want)
				}
			}
		}
	}
}

// Attention of one sequence is that of a batch of one.
func TestAttentionOfOne(t *testing.T) {
	t.Parallel()
	init := layers.Normal(rand.New(rand.NewPCG(1, 2)), 0, .6)
	for _, heads := range []int{1, 2} {
		l := layers.NewMultiHeadAttention(4, heads, init)
		x := autograd.Constant(normal(3, 4))
		got, want := l.Forward(x), l.Forward(x.Reshape(1, 3, 4)).Reshape(3, 4)
		if !(tensor.MaxAbsDiff(got.Value(), want.Value()) <= 1e-15) {
			t.Errorf("%d heads: got\n%v\nwant\n%v", heads, got.Value(), want.Value())
		}
	}
}

// LayerNorm and RMSNorm normalise over all axes of their weights.
func TestNormOfTwoAxes(t *testing.T) {
	t.Parallel()
	x := normal(2, 3, 4)
	flat := autograd.Constant(x.Reshape(2, 12))
	for _, test := range []struct{ two, one layers.Layer }{
		{layers.NewLayerNorm(3, 4), layers.NewLayerNorm(12)}, {layers.NewRMSNorm(3, 4), layers.NewRMSNorm(12)},
	} {
		got, want := test.two.Forward(autograd.Constant(x)).Reshape(2, 12), test.one.Forward(flat)
		if !(tensor.MaxAbsDiff(got.Value(), want.Value()) <= 1e-14) {
			t.Errorf("%v: got\n%v\nwant\n%v", test.two, got.Value(), want.Value())
		}
	}
	if got := layers.NewLayerNorm(3, 4).Forward(autograd.Constant(x.Slice(0, 0, 1).Reshape(3, 4))); !tensor.SameShape(got.Value(), tensor.New(3, 4)) {
		t.Errorf("the norm of one observation has shape %v", got.Shape())
	}
}

// In training, forward and reverse mode of BatchNorm agree.
func TestBatchNormInTraining(t *testing.T) {
	t.Parallel()
	l := layers.NewBatchNorm(3)
	v, x := training(normal(5, 3))
	weights := autograd.Constant(normal(3, 5).Reshape(5, 3))
	y := l.Forward(x).Mul(weights).Sum()
	direction := normal(15).Reshape(5, 3)
	forward := autograd.JVP(y, []*node{v}, []*node{autograd.Constant(direction)}).Value().Item()
	backward := autograd.Backward(y, v).Of(v)
	if want := new(T).Sum(new(T).Mul(backward, direction)).Item(); !(math.Abs(forward-want) < 1e-14*math.Abs(want)) {
		t.Errorf("forwards %v, backwards %v", forward, want)
	}
}

// Each run of a plan drops about half of the elements.
func TestDropoutOfEachRun(t *testing.T) {
	t.Parallel()
	_, x := training(tensor.Full(1, 1000))
	y := layers.Dropout{P: .5}.Forward(x)
	plan := autograd.NewPlan(y).Keep(y)
	for run := range 20 {
		plan.Forward()
		dropped := 0
		for _, v := range y.Value().Data() {
			if v == 0 {
				dropped++
			}
		}
		if dropped < 400 || dropped > 600 {
			t.Errorf("run %d dropped %d of 1000", run, dropped)
		}
	}
}

// If sequences are padded at their end, the forward direction is right up to the padding, and TakeAlong
// gives its last step.
func TestPaddedSequences(t *testing.T) {
	t.Parallel()
	init := layers.Normal(rand.New(rand.NewPCG(1, 2)), 0, .6)
	x := normal(2, 5, 3)
	for _, l := range []layers.Layer{
		layers.NewRNN(3, 4, layers.Stack{Layers: 2}, init), layers.NewGRU(3, 4, layers.Stack{}, init), layers.NewLSTM(3, 4, layers.Stack{}, init),
	} {
		y := l.Forward(autograd.Constant(x))
		last := y.TakeAlong(1, autograd.Constant(tensor.FromSlice([]float64{1, 3}, 2, 1, 1)))
		for i, n := range []int{2, 4} {
			alone := l.Forward(autograd.Constant(x.Slice(0, i, i+1).Slice(1, 0, n))).Value()
			for u := range 4 {
				for step := range n {
					if got, want := y.Value().At(i, step, u), alone.At(0, step, u); !(math.Abs(got-want) < 1e-14) {
						t.Errorf("%v: sequence %d, step %d: got %v, want %v", l, i, step, got, want)
					}
				}
				if got, want := last.Value().At(i, 0, u), y.Value().At(i, n-1, u); got != want {
					t.Errorf("%v: the end of sequence %d: got %v, want %v", l, i, got, want)
				}
			}
		}
	}
}

// Dropout in a recurrent network is between its layers: not before the first, nor after the last.
func TestDropoutBetweenLayers(t *testing.T) {
	t.Parallel()
	init := layers.Normal(rand.New(rand.NewPCG(1, 2)), 0, .6)
	_, x := training(normal(2, 4, 3))
	for _, n := range []int{1, 2, 3} {
		l := layers.NewRNN(3, 5, layers.Stack{Layers: n}, init)
		l.Dropout.P = .5
		drops := 0
		y := l.Forward(x)
		for _, now := range autograd.Graph(y) {
			if now.Op() != nil && now.Op().Name() == "Dropout" {
				drops++
				if now == y || now.Input(0) == x {
					t.Errorf("%d layers: the input or the output is dropped", n)
				}
			}
		}
		if drops != n-1 {
			t.Errorf("%d layers: %d times, want %d", n, drops, n-1)
		}
	}
}

// Dropout in a TransformerLayer applies to what attention and the Linears give, and between the Linears.
func TestDropoutInTransformerLayer(t *testing.T) {
	t.Parallel()
	for _, first := range []bool{false, true} {
		l := layers.NewTransformerLayer(4, 2, 6, nil)
		l.NormFirst, l.Dropout.P = first, .5
		_, x := training(normal(2, 3, 4))
		var dropped []string
		for _, y := range autograd.Graph(l.Forward(x)) {
			if y.Op() != nil && y.Op().Name() == "Dropout" {
				dropped = append(dropped, y.Input(0).Op().Name())
			}
		}
		if want := []string{"Affine", "ReLU", "Affine"}; !slices.Equal(dropped, want) {
			t.Errorf("norm first %v: dropped are the results of %v, want %v", first, dropped, want)
		}
	}
}

// A state that is given to the next Run as a Clone lets go of the graph that it was computed from.
func TestRunsLetGoOfGraphs(t *testing.T) {
	t.Parallel()
	l := layers.NewRNN(2, 3, layers.Stack{}, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	x := autograd.Constant(tensor.Full(.5, 1, 4, 2))
	var first weak.Pointer[autograd.Node]
	next := func() *autograd.Node {
		_, end := l.Run(x, nil)
		first = weak.Make(end)
		detached, _ := l.Run(x, end.Detach())
		y, _ := l.Run(x, autograd.Constant(end.Value().Clone()))
		w := l.Cells[0].WeightHH
		if got, want := autograd.Backward(y.Sum()).Of(w), autograd.Backward(detached.Sum()).Of(w); !slices.Equal(got.Data(), want.Data()) {
			t.Errorf("the gradient is %v, after Detach %v", got, want)
		}
		return y
	}()
	if runtime.GC(); first.Value() != nil {
		t.Error("the first graph is in use")
	}
	runtime.KeepAlive(next)
}
