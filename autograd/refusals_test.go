package autograd_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// Operations refuse what they can't do with a text that says why.
func TestRefusals(t *testing.T) {
	m := func(shape ...int) *node { return autograd.Variable(tensor.Full(.5, shape...)) }
	z := func(shape ...int) *node { return autograd.Constant(tensor.New(shape...)) }
	v, w := m(2), m(3)
	nothing := func(...*node) *node { return nil }
	for _, tt := range []struct {
		want string
		f    func()
	}{
		{"NLL: the node is a nil or zero Node", func() { (*node)(nil).NLL(z(2)) }},
		{"Detach: applied to 2 inputs; it takes 1", func() { autograd.Apply(v.Detach().Op(), v, v) }},
		{"LogAbsDet: applied to 2 inputs; it takes 1", func() {
			_, y := m(2, 2).SlogDet()
			autograd.Apply(y.Op(), v, v)
		}},
		{"Conv1D: a nil or zero Node needs shape [3], a number for each channel", func() { m(1, 4, 5).Conv1D(m(3, 4, 2), new(node), autograd.Conv{}) }},
		{"CosineSimilarity: the node is a nil or zero Node", func() { v.CosineSimilarity(nil, 0, 1e-8) }},
		{"Cdist: the node is a nil or zero Node", func() { (*node)(nil).Cdist(v, 2) }},
		{"Cdist: the node is a nil or zero Node", func() { v.Cdist(nil, 2) }},
		{"Cdist: shapes [2] and [3 2] are not […, points, coordinates] with equally many coordinates", func() { v.Cdist(m(3, 2), 2) }},
		{"HingeEmbedding: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).HingeEmbedding(z(2), 1) }},
		{"MarginRanking: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).MarginRanking(z(2, 1), z(2), 1) }},
		{"Cholesky: the matrix is not positive definite: the square of pivot 0 is -1", func() { autograd.Constant(tensor.Full(-1, 1, 1)).Cholesky() }},
		{"Einsum: the node is a nil or zero Node", func() { autograd.Einsum("i", nil) }},
		{`Einsum: "i": term "i" has 1 letters, but operand 0 has shape [2 3]`, func() { autograd.Einsum("i", m(2, 3)) }},
		{`Einsum: "...,...": axis -1 of the ellipsis has length 2 in an operand, and 3 in operand 1, of shape [3]`, func() { autograd.Einsum("...,...", v, w) }},
		{"Grad: the node is a nil or zero Node", func() { autograd.Grad(nil, v) }},
		{"VJP: the node is a nil or zero Node", func() { autograd.VJP(nil, v, v) }},
		{"VJP: the node is a nil or zero Node", func() { autograd.VJP(v, nil, v) }},
		{"VJP: the seed is Variable [3]; it needs the shape of Variable [2]", func() { autograd.VJP(v, w, v) }},
		{"JVP: the node is a nil or zero Node", func() { autograd.JVP(nil, []*node{v}, []*node{v}) }},
		{"JVP: the node is a nil or zero Node", func() { autograd.JVP(v.Exp(), []*node{v}, []*node{nil}) }},
		{"JVP: Constant [2] has no gradient: it depends on no Variable, or only through operations without a gradient", func() { autograd.JVP(v.Exp(), []*node{z(2)}, []*node{z(2)}) }},
		{"JVP: Mul [2] was not recorded, since the context of its input Constant [2] has NoRecord", func() {
			autograd.JVP(v.Mul(autograd.Context{NoRecord: true}.Constant(tensor.New(2))), []*node{v}, []*node{z(2)})
		}},
		{"Graph: the node is a nil or zero Node", func() { autograd.Graph(nil) }},
		{"Add: the gradients are nil", func() { (*autograd.Gradients)(nil).Add(new(autograd.Gradients)) }},
		{"Checkpoint: there are no nodes to compute from", func() { autograd.Checkpoint(nothing) }},
		{"SavedBytes: the node is a nil or zero Node", func() { autograd.SavedBytes(nil) }},
		{"Checkpoint: the node is a nil or zero Node", func() { autograd.Checkpoint(nothing, v) }},
		{"Hook: the function is nil", func() { v.Hook(nil) }},
		{"Hook: the function changed the gradient's shape from [2] to [3]", func() {
			autograd.Backward(v.Scale(2).Hook(func(dx *tensor.Tensor) { dx.Clear(); dx.Like(w.Value()) }).Sum())
		}},
		{"OfClasses: the node is a nil or zero Node", func() { (*node)(nil).OfClasses(z(2)) }},
		{"OfClasses: the node is a nil or zero Node", func() { m(2, 3).OfClasses(nil) }},
		{"LogSoftmax: input 0 is a nil or zero Node", func() { (*node)(nil).CrossEntropy(z(2)) }},
		{"CrossEntropy: the node is a nil or zero Node", func() { m(2, 3).CrossEntropy(nil) }},
		{"CrossEntropyOf: predictions have shape [2 3], targets [2]; a loss does not broadcast", func() { m(2, 3).CrossEntropyOf(z(2)) }},
		{"SmoothCrossEntropy: the smoothing is -0.1; it must be from 0 to 1", func() { m(2, 3).SmoothCrossEntropy(z(2), -.1, nil) }},
		{"SmoothCrossEntropy: Constant [1] = 0 needs shape [3], a weight for each class", func() { m(2, 3).SmoothCrossEntropy(z(2), .1, z(1)) }},
		{"SmoothCrossEntropy: Constant [2] needs shape [1], a weight for each class", func() { m(2, 1).SmoothCrossEntropy(z(2), .1, z(2)) }},
		{"SmoothCrossEntropy: a nil or zero Node needs shape [3], a weight for each class", func() { m(2, 3).SmoothCrossEntropy(z(2), .1, new(node)) }},
		{"SmoothCrossEntropy: the smoothing is 1.1; it must be from 0 to 1", func() { m(2, 3).SmoothCrossEntropy(z(2), 1.1, nil) }},
		{"BinaryCrossEntropy: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).BinaryCrossEntropy(z(2)) }},
		{"BinaryCrossEntropy: -0.5 is not a probability, from 0 to 1", func() { m(2).Neg().BinaryCrossEntropy(z(2)) }},
		{"BinaryCrossEntropy: 1.5 is not a probability, from 0 to 1", func() { m(2).Scale(3).BinaryCrossEntropy(z(2)) }},
		{"BinaryCrossEntropyWithLogits: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).BinaryCrossEntropyWithLogits(z(2), nil) }},
		{"KLDivergence: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).KLDivergence(z(2)) }},
		{"KLDivergenceOfLogs: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).KLDivergenceOfLogs(z(2)) }},
		{"SoftMargin: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).SoftMargin(z(2)) }},
		{"Conv1D: the channels of Variable [1 4 5] and of the weight Variable [3 2 2] [out, in/groups, kernel] do not fit with 2 groups", func() { m(1, 4, 5).Conv1D(m(3, 2, 2), nil, autograd.Conv{Groups: 2}) }},
		{"ConvTranspose1D: the channels of Variable [1 3 5] and of the weight Variable [3 2 2] [in, out/groups, kernel] do not fit with 2 groups", func() { m(1, 3, 5).ConvTranspose1D(m(3, 2, 2), nil, autograd.Conv{Groups: 2}) }},
		{"Conv1D: Variable [2] needs shape [3], a number for each channel", func() { m(1, 4, 5).Conv1D(m(3, 4, 2), m(2), autograd.Conv{}) }},
		{"CosineSimilarity: the node is a nil or zero Node", func() { (*node)(nil).CosineSimilarity(v, 0, 1e-8) }},
		{"Cholesky: matrix 1, of shape [2 2 2], is not positive definite: the square of pivot 1 is -6", func() { autograd.Constant(tensor.FromSlice([]float64{1, 0, 0, 1, 4, 2, 2, -5}, 2, 2, 2)).Cholesky() }},
		{"Cholesky: needs square matrices […, n, n]; got shape [2 3]", func() { m(2, 3).Cholesky() }},
		{"Cholesky: needs square matrices […, n, n]; got shape [2]", func() { m(2).Cholesky() }},
		{"Split: the lengths [2 2] do not add up to that of axis 0 of Variable [3]", func() { w.Split(0, 2, 2) }},
		{"Split: the lengths [3 1] do not add up to that of axis 0 of Variable [3]", func() { w.Split(0, 3, 1) }},
		{"Split: the lengths [-1 4] do not add up to that of axis 0 of Variable [3]", func() { w.Split(0, -1, 4) }},
		{"PadReplicate: axis 0 of Variable [3] can't be padded by -4 and 5: it is too short to be cut", func() { w.PadReplicate(0, -4, 5) }},
		{"MatVec: needs a matrix [m, k] and a vector [k]; got [4 2 3] and [2]", func() { m(4, 2, 3).MatVec(v) }},
		{"MatVec: needs a matrix [m, k] and a vector [k]; got [3 2] and [2 1]", func() { m(3, 2).MatVec(m(2, 1)) }},
		{"Inner: the last axes differ: [2] and [2 1]", func() { v.Inner(m(2, 1)) }},
		{"TensorDot: 1 axes of the first are given, [0], and 2 of the second, [0 1]; they must be equally many", func() { v.TensorDot(m(2, 2), []int{0}, []int{0, 1}) }},
		{"TensorDot: an axis is named twice in [0 0] or [0 1]", func() { m(2, 2).TensorDot(m(2, 2), []int{0, 0}, []int{0, 1}) }},
		{"TensorDot: an axis is named twice in [0 1] or [-1 1]", func() { m(2, 2).TensorDot(m(2, 2), []int{0, 1}, []int{-1, 1}) }},
		{"TensorDot: axis 0 of [2] and axis -1 of [3] differ", func() { v.TensorDot(w, []int{0}, []int{-1}) }},
		{"Cross: shapes [3] and [3] need an axis of length 3 in the same place; axis 1 is not one", func() { w.Cross(w, 1) }},
		{"Cross: shapes [3] and [3] need an axis of length 3 in the same place; axis 2 is not one", func() { w.Cross(w, 2) }},
		{"Cross: shapes [3] and [3] need an axis of length 3 in the same place; axis -2 is not one", func() { w.Cross(w, -2) }},
		{"AdaptiveAvgPool1D: [1] windows can't be laid on size [0]", func() { m(1, 1, 0).AdaptiveAvgPool1D(1) }},
		{"BatchNorm: Variable [1] = 0.5 needs axes [N C …]", func() { m(1).BatchNorm(nil, nil, nil, nil, 1e-5) }},
		{"Solve: needs square matrices […, n, n]; got shape []", func() { m().Solve(m(1, 1)) }},
		{"Solve: the leading axes do not broadcast: [2 1 1] and [3 1 1]", func() { m(2, 1, 1).Solve(m(3, 1, 1)) }},
		{"SolveTriangular: matrices of shape [2 2] do not fit a right-hand side of shape [2]", func() { m(2, 2).SolveTriangular(v, false, true, false) }},
		{"SolveTriangular: matrices of shape [2 2] do not fit a right-hand side of shape [2]", func() { m(2, 2).SolveTriangular(v, false, false, false) }},
		{"DiagEmbed: the result for Variable [2] has 2 axes; 0 and -2 are not two of them", func() { v.DiagEmbed(0, 0, -2) }},
		{"Fold: Variable [3 2] can't be windows of size [3], kernel [2]: a multiple of 2 rows and 2 columns are needed", func() { m(3, 2).Fold([]int{3}, []int{2}, autograd.Conv{}) }},
		{"Keep: Early [2] keeps 0 values; there is no value 2", func() { autograd.Apply(early{}, v) }},
		{"PReLU: the weight has shape [1 3]; it must be one number, or one for each channel, axis 1 of shape [2 3]", func() { m(2, 3).PReLU(m(1, 3)) }},
		{"IndexSelect: Variable [2 2] at indices of shape [1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1] would have more than 16 axes", func() { m(2, 2).IndexSelect(0, z(slices.Repeat([]int{1}, 16)...)) }},
		{"IndexAdd: the source is Variable [2]; with the indices Constant [1 2] along axis 0 of Variable [3] it needs shape [2]", func() { w.IndexAdd(0, z(1, 2), v) }},
		{"IndexAdd: the node is a nil or zero Node", func() { w.IndexAdd(0, nil, v) }},
		{"TakeAlong: the node is a nil or zero Node", func() { w.TakeAlong(0, nil) }},
		{"ScatterAdd: the node is a nil or zero Node", func() { w.ScatterAdd(0, nil, v) }},
		{"Flip: the node is a nil or zero Node", func() { (*node)(nil).Flip() }},
		{"MeanSquaredError: the node is a nil or zero Node", func() { (*node)(nil).MeanSquaredError(v) }},
		{"PoissonNLL: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).PoissonNLL(z(2), 1e-8) }},
		{"PoissonNLLWithLog: predictions have shape [2 1], targets [2]; a loss does not broadcast", func() { m(2, 1).PoissonNLLWithLog(z(2)) }},
		{"BatchNorm: Variable [3] needs axes [N C …]", func() { w.BatchNorm(nil, nil, nil, nil, 1e-5) }},
		{"PadReplicate: axis 0 of Variable [1 0] can't be padded by 4294967297 and 0: a side is padded by at most 4294967296", func() { m(1, 0).PadReplicate(0, 1<<32+1, 0) }},
		{"Inner: the last axes differ: [3] and [1]", func() { w.Inner(m(1)) }},
		{"TensorDot: 2 axes of the first are given, [0 1], and 1 of the second, [0]; they must be equally many", func() { m(2, 2).TensorDot(v, []int{0, 1}, []int{0}) }},
		{"Cross: shapes [3 3] and [3] need an axis of length 3 in the same place; axis 0 is not one", func() { m(3, 3).Cross(w, 0) }},
		{"Split: the lengths [2 -1 2] do not add up to that of axis 0 of Variable [3]", func() { w.Split(0, 2, -1, 2) }},
		{"DiagEmbed: the result for Variable [1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1] = 0.5 would have more than 16 axes", func() { m(slices.Repeat([]int{1}, 16)...).DiagEmbed(0, 0, 1) }},
		{"Unfold: there is no kernel", func() { m(2, 3).Unfold(nil, autograd.Conv{}) }},
		{"Fold: there is no kernel", func() { m(3, 1).Fold(nil, nil, autograd.Conv{}) }},
		{"Conv1D: the dilation is [4611686018427387904]; at most 2³⁰ is possible", func() { z(1, 1, 5).Conv1D(z(1, 1, 5), nil, autograd.Conv{Dilation: []int{1 << 62}}) }},
		{"Conv2D: the windows have 7.206e+16 elements in all; at most 2³² are possible", func() {
			z(1, 1, 1).Conv2D(z(1, 1, 1, 1), nil, autograd.Conv{Padding: []int{1 << 27}})
		}},
		{"Conv1D: the output padding is [1], which only a transposed convolution has", func() { z(1, 1, 5).Conv1D(z(1, 1, 2), nil, autograd.Conv{OutputPadding: []int{1}}) }},
		{"MaxPool1D: Constant [] = 0 has too few axes: 1 spatial ones are needed", func() { z().MaxPool1D(autograd.Pool{Kernel: []int{1}}) }},
		{"AdaptiveAvgPool1D: [1099511627776] windows can't be laid on size [5]", func() { z(5).AdaptiveAvgPool1D(1 << 40) }},
		{"Chunk: Constant [0] can't be divided into 9223372036854775807 parts", func() { z(0).Chunk(0, math.MaxInt) }},
		{"Tile: Constant [0 4] can't be repeated 4611686018427387904 times", func() { z(0, 4).Tile(1, 1<<62) }},
		{"Pad: axis 0 of Constant [3] can't be padded by -9223372036854775808 and 0: it is too short to be cut", func() { z(3).Pad(0, math.MinInt, 0, 0) }},
		{"PadReplicate: axis 0 of Constant [3] can't be padded by -9223372036854775808 and -9223372036854775808: it is too short to be cut", func() {
			z(3).PadReplicate(0, math.MinInt, math.MinInt)
		}},
		{"ScaledDotProductAttention: there are 5 keys Constant [2 5 4] and 6 values Constant [2 6 4]; each key needs one", func() {
			autograd.ScaledDotProductAttention(z(2, 3, 4), z(2, 5, 4), z(2, 6, 4), autograd.Attention{})
		}},
		{"ScaledDotProductAttention: the queries Constant [2 3 4] and the keys Constant [2 5 2] differ in their last axis, the length of a vector", func() {
			autograd.ScaledDotProductAttention(z(2, 3, 4), z(2, 5, 2), z(2, 5, 4), autograd.Attention{})
		}},
		{"SmoothL1: predictions have shape [3], targets [2]; a loss does not broadcast", func() { z(3).SmoothL1(z(2), 1) }},
		{"CrossEntropy: there are no classes", func() { m(1, 0).CrossEntropy(z(1)) }},
		{"PerExample: the function is nil", func() { autograd.PerExample(nil, []*tensor.Tensor{tensor.New(1)}, []*tensor.Tensor{tensor.New(1)}) }},
		{"Unfold: the kernel is [0]; at least 1 is needed", func() { m(2, 3).Unfold([]int{0}, autograd.Conv{}) }},
	} {
		mustPanic(t, "autograd: "+tt.want, tt.f)
	}
}

// early is an operation that asks for a third value to be kept before the first.
type early struct{}

func (early) Name() string                { return "Early" }
func (early) Forward(y *node)             { y.Value().Copy(y.Input(0).Value()); y.Keep(2) }
func (early) VJP(*node, int, *node) *node { return nil }

// A zero Node as an input is refused in these words, and so is nil with an error, unless it means that there
// is no input.
func TestNoInput(t *testing.T) {
	optional := map[string][]int{
		"Clamp": {1, 2}, "BinaryCrossEntropyWithLogits": {2}, "SmoothCrossEntropy": {1}, "ScaledDotProductAttention": {3},
		"Conv1D": {2}, "Conv2D": {2}, "ConvTranspose1D": {2}, "ConvTranspose2D": {2},
		"BatchNorm": {1, 2, 3}, "GroupNorm": {1, 2}, "InstanceNorm": {1, 2}, "LayerNorm": {1, 2}, "RMSNorm": {1},
	}
	forAllOps(t, func(t *testing.T, c opCase) {
		for i := range c.xs {
			for _, none := range []*node{nil, new(node)} {
				xs := variables(c.xs)
				xs[i] = none
				switch err := refusal(func() { c.f(xs...) }); {
				case err == nil && none == nil && slices.Contains(optional[opName(c)], i):
				case !errors.As(err, new(*autograd.Error)), none != nil && !strings.Contains(err.Error(), "a nil or zero Node"):
					t.Errorf("input %d: %v", i, err)
				}
			}
		}
	})
}

// refusal returns the error that f panics with, or nil.
func refusal(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = p.(error)
		}
	}()
	f()
	return nil
}

// Values at the bounds of what is allowed are accepted.
func TestBoundsAreAllowed(t *testing.T) {
	x, classes := autograd.Variable(tensor.Rows([][]float64{{1, 2, 3}, {0, -1, 1}})), autograd.Constant(vector(2, 0))
	expectNearly(t, "smoothing of 0", x.SmoothCrossEntropy(classes, 0, nil).Value().Data(), x.CrossEntropy(classes).Value().Data())
	all := x.LogSoftmax(-1).Mean(-1).Neg()
	expectNearly(t, "smoothing of 1", x.SmoothCrossEntropy(classes, 1, nil).Value().Data(), all.Value().Data())
	expectNearly(t, "probabilities 0 and 1", autograd.Variable(vector(0, 1)).BinaryCrossEntropy(autograd.Constant(vector(0, 1))).Value().Data(), []float64{0, 0})
	ones := func(axes int) []int { return slices.Repeat([]int{1}, axes) }
	expect(t, "16 axes of a selection", x.IndexSelect(1, autograd.Constant(tensor.New(ones(15)...))).Value(), 1, 0)
	expect(t, "16 axes of matrices", autograd.Variable(tensor.Full(3, ones(15)...)).DiagEmbed(0, 0, 1).Value(), 3)
	expect(t, "windows of one element", autograd.Variable(tensor.Full(3, 1, 1)).AdaptiveAvgPool1D(2).Value(), 3, 3)
	if n := len(x.Chunk(0, 1)); n != 1 {
		t.Errorf("one part is %d", n)
	}
}

// The weight of what is positive multiplies only the first part of the cross-entropy, t log σ(x).
func TestPositiveWeight(t *testing.T) {
	x, target, weight := variable(.3, -2), autograd.Constant(vector(1, .25)), autograd.Constant(vector(2, 3))
	y := x.BinaryCrossEntropyWithLogits(target, weight)
	s := x.Sigmoid()
	want := weight.Mul(target).Mul(s.Log()).Add(target.Neg().AddScalar(1).Mul(s.Neg().AddScalar(1).Log())).Neg()
	expectNearly(t, "value", y.Value().Data(), want.Value().Data())
	expectNearly(t, "gradient", autograd.Grad(y.Sum(), x)[0].Value().Data(), autograd.Grad(want.Sum(), x)[0].Value().Data())
}

// Where nothing is recomputed nothing is saved.
func TestSavedBytesOfOthers(t *testing.T) {
	x := variable(1, 2)
	if n := autograd.SavedBytes(x.Exp()); n != 0 {
		t.Errorf("%d bytes saved by Exp", n)
	}
	if n := autograd.SavedBytes(autograd.Checkpoint(func(xs ...*node) *node { return xs[0].Neg() }, x)); n != 0 {
		t.Errorf("%d bytes saved by a Checkpoint of one operation", n)
	}
}

// A node that is asked for twice has one gradient.
func TestAskedTwice(t *testing.T) {
	v, w := variable(1, 2), variable(3, 4)
	grads := autograd.Backward(v.Mul(w).Sum(), v, w, v)
	grads.Scale(2)
	expectNearly(t, "gradient", grads.Of(v).Data(), []float64{6, 8})
	n := 0
	for range grads.All() {
		n++
	}
	if n != 2 {
		t.Errorf("%d gradients of 2 nodes", n)
	}
}

// A rule that returns a node that it made before is refused once that node is gone.
func TestRuleReturnsTwice(t *testing.T) {
	var made *node
	again := &returning{"Again", func(y, dy *node) *node {
		if made == nil {
			made = dy.Scale(2)
		}
		return made
	}}
	same := &returning{"Same", func(_, dy *node) *node { return dy }}
	x := variable(1, 2)
	for _, ops := range [][]autograd.Op{{again, again, again}, {same, again, same, same, again}} {
		made = nil
		y := x
		for _, op := range ops {
			y = autograd.Apply(op, y)
		}
		mustPanic(t, "autograd: Again: the VJP of input 0 returned a node that an earlier call had returned, and whose value is gone: each call must make its own", func() { autograd.Backward(y.Sum(), x) })
	}
}
