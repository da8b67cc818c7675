package layers_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// deviation returns the mean of a tensor's elements and their standard deviation.
func deviation(x *T) (mean, d float64) {
	mean = new(T).Mean(x).Item()
	centred := new(T).AddScalar(x, -mean)
	return mean, math.Sqrt(new(T).Mean(centred.Square(centred)).Item())
}

// The standard deviations are those that the papers derive: for a Linear, in × out, and for a convolution
// of 5 × 5 on 20 channels.
func TestInitDeviations(t *testing.T) {
	t.Parallel()
	const in, out = 300, 200
	for _, test := range []struct {
		name           string
		init           func(*rand.Rand) layers.Init
		linear, kernel float64 // standard deviations
	}{
		{"normal", func(rng *rand.Rand) layers.Init { return layers.Normal(rng, 0, 2) }, 2, 2},
		{"xavier", layers.Xavier, math.Sqrt(2. / 500), math.Sqrt(2. / (500 + 1500))},
		{"xavier normal", layers.XavierNormal, math.Sqrt(2. / 500), math.Sqrt(2. / (500 + 1500))},
		{"he", layers.He, math.Sqrt(2. / 300), math.Sqrt(2. / 500)},
		{"lecun", layers.LeCun, math.Sqrt(1. / 300), math.Sqrt(1. / 500)},
	} {
		t.Run(test.name, func(t *testing.T) {
			init := test.init(rand.New(rand.NewPCG(1, 2)))
			linear, conv := layers.NewLinear(in, out, init), layers.NewConv2D(20, 60, 5, autograd.Conv{}, init)
			for _, x := range []struct {
				weight *node
				want   float64
			}{{linear.Weight, test.linear}, {conv.Weight, test.kernel}} {
				if mean, d := deviation(x.weight.Value()); !(math.Abs(mean) <= x.want/50 && math.Abs(d/x.want-1) <= .02) {
					t.Errorf("%v: mean %v and deviation %v, want 0 and %v", x.weight, mean, d, x.want)
				}
			}
			if !tensor.Equal(linear.Bias.Value(), tensor.New(out)) || !tensor.Equal(conv.Bias.Value(), tensor.New(60)) {
				t.Error("the biases are not 0")
			}
		})
	}
}

func TestOrthogonal(t *testing.T) {
	t.Parallel()
	init := layers.Orthogonal(rand.New(rand.NewPCG(1, 2)), 3)
	for _, shape := range [][]int{{5, 5}, {7, 4}, {4, 7}, {1, 3}, {4, 3, 2, 2}, {20, 3, 2, 1}, {150, 150}} {
		w := tensor.New(shape...)
		init(w, tensor.New(0))
		m := w.Reshape(shape[0], -1)
		product := new(T).MatMulNT(m, m)
		if m.Dim(0) > m.Dim(1) {
			product = new(T).MatMulTN(m, m)
		}
		if want := new(T).Scale(tensor.Eye(product.Dim(0)), 9); !(tensor.MaxAbsDiff(product, want) <= 1e-13) {
			t.Errorf("%v: the product with itself is\n%v", shape, product)
		}
	}
}

// Each gate is initialised separately, in its own columns.
func TestGatesAreInitialisedEach(t *testing.T) {
	t.Parallel()
	calls := 0.
	l := layers.NewLSTM(3, 2, layers.Stack{Layers: 2, Bidirectional: true}, func(weight, bias *T) {
		calls++
		weight.Fill(calls)
		bias.Fill(-calls)
	})
	if calls != 2*2*2*4 {
		t.Errorf("%v calls, want 32", calls)
	}
	want := []float64{1, 1, 2, 2, 3, 3, 4, 4}
	for i := range 3 {
		for j, v := range want {
			if got := l.Cells[0].WeightIH.Value().At(i, j); got != v {
				t.Errorf("weight %d, %d is %v, want %v", i, j, got, v)
			}
			if got := l.Cells[0].BiasIH.Value().At(j); got != -v {
				t.Errorf("bias %d is %v, want %v", j, got, -v)
			}
		}
	}
	if got := l.Cells[1].WeightIH.Shape(); got[0] != 4 || got[1] != 8 {
		t.Errorf("the second layer has weights of shape %v, want [4 8]", got)
	}
}

// A sequence in two parts, the second starting from the state that the first ended in, gives what the
// whole gives.
func TestRunFromState(t *testing.T) {
	t.Parallel()
	init := layers.Normal(rand.New(rand.NewPCG(1, 2)), 0, .5)
	x := autograd.Constant(normal(2, 5, 3))
	a, b := x.Slice(1, 0, 2), x.Slice(1, 2, 5)
	two := layers.Stack{Layers: 2}
	lstm, gru, rnn := layers.NewLSTM(3, 4, two, init), layers.NewGRU(3, 4, two, init), layers.NewRNN(3, 4, two, init)
	for name, parts := range map[string]func() (whole, first, second, end *node){
		"LSTM": func() (whole, first, second, end *node) {
			first, h, c := lstm.Run(a, nil, nil)
			second, end, _ = lstm.Run(b, h, c)
			return lstm.Forward(x), first, second, end
		},
		"GRU": func() (whole, first, second, end *node) {
			first, h := gru.Run(a, nil)
			second, end = gru.Run(b, h)
			return gru.Forward(x), first, second, end
		},
		"RNN": func() (whole, first, second, end *node) {
			first, h := rnn.Run(a, nil)
			second, end = rnn.Run(b, h)
			return rnn.Forward(x), first, second, end
		},
	} {
		whole, first, second, end := parts()
		if got := autograd.Concat(1, first, second); !(tensor.MaxAbsDiff(got.Value(), whole.Value()) <= 1e-15) {
			t.Errorf("%s: got\n%v\nwant\n%v", name, got.Value(), whole.Value())
		}
		if got := end.Slice(0, 1, 2).Squeeze(0); !tensor.Equal(got.Value(), second.Slice(1, 2, 3).Squeeze(1).Value()) {
			t.Errorf("%s: the state of the last layer is\n%v\nits output\n%v", name, got.Value(), second.Value())
		}
	}
}

// What a mask hides does not matter.
func TestAttentionMask(t *testing.T) {
	t.Parallel()
	l := layers.NewTransformerLayer(4, 2, 6, layers.Xavier(rand.New(rand.NewPCG(1, 2))))
	x := normal(1, 3, 4)
	mask := autograd.Constant(tensor.FromSlice([]float64{1, 1, 0}, 1, 1, 1, 3))
	want := l.Forward(autograd.Constant(x.Slice(0, 0, 1)).Slice(1, 0, 2))
	got := l.ForwardMasked(autograd.Constant(x), mask).Slice(1, 0, 2)
	if !(tensor.MaxAbsDiff(got.Value(), want.Value()) <= 1e-14) {
		t.Errorf("got\n%v\nwant\n%v", got.Value(), want.Value())
	}
}

func TestEmbeddingAndBilinear(t *testing.T) {
	t.Parallel()
	init := layers.Normal(rand.New(rand.NewPCG(1, 2)), 0, 1)
	e := layers.NewEmbedding(5, 3, init)
	if got := e.Forward(autograd.Constant(tensor.FromSlice([]float64{4, 0}, 2))).Value().Slice(0, 0, 1); !tensor.Equal(got, e.Weight.Value().Slice(0, 4, 5)) {
		t.Errorf("word 4 is %v in\n%v", got, e.Weight.Value())
	}
	b := layers.NewBilinear(2, 3, 4, init)
	b.Bias.Value().Fill(1)
	x, y := normal(5, 2), normal(5, 3)
	z := b.Forward(autograd.Constant(x), autograd.Constant(y)).Value()
	for n := range 5 {
		for k := range 4 {
			want := 1.
			for i := range 2 {
				for j := range 3 {
					want += x.At(n, i) * b.Weight.Value().At(k, i, j) * y.At(n, j)
				}
			}
			if got := z.At(n, k); !(math.Abs(got-want) <= 1e-14) {
				t.Errorf("z[%d, %d] is %v, want %v", n, k, got, want)
			}
		}
	}
	for _, test := range []struct{ got, want string }{
		{e.String(), "Embedding 5→3"}, {b.String(), "Bilinear 2×3→4"},
		{(&layers.Embedding{}).String(), "Embedding"}, {(&layers.Bilinear{}).String(), "Bilinear"},
	} {
		if test.got != test.want {
			t.Errorf("it prints as %s, want %s", test.got, test.want)
		}
	}
}

// No direction of a rotation is preferred: of many, the mean is near 0, and that of fourth powers near
// 1/5, as for any element of a vector that is uniformly distributed on the sphere.
func TestOrthogonalIsEven(t *testing.T) {
	t.Parallel()
	const n = 2000
	init := layers.Orthogonal(rand.New(rand.NewPCG(1, 2)), 1)
	sum, powers := tensor.New(2, 3), tensor.New(2, 3)
	for range n {
		w := tensor.New(2, 3)
		init(w, tensor.New(0))
		sum.Add(sum, w)
		w.Square(w)
		powers.Add(powers, w.Square(w))
	}
	if sum.Scale(sum, 1./n); !(tensor.MaxAbsDiff(sum, tensor.New(2, 3)) <= 4/math.Sqrt(3*n)) {
		t.Errorf("the mean of %d is\n%v", n, sum)
	}
	if mean := new(T).Mean(powers).Item() / n; !(math.Abs(mean-.2) <= .01) {
		t.Errorf("the mean of fourth powers is %v, want 0.2", mean)
	}
}

// An Embedding draws its weights, and nothing more.
func TestEmbeddingDraws(t *testing.T) {
	t.Parallel()
	rng, same := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	layers.NewEmbedding(5, 3, layers.Uniform(rng, 0, 1))
	tensor.New(5, 3).Uniform(same, 0, 1)
	if got, want := rng.Uint64(), same.Uint64(); got != want {
		t.Error("the random source has not given 15 numbers")
	}
}
