package layers_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func TestLinearForward(t *testing.T) {
	t.Parallel()
	w := tensor.FromSlice([]float64{1, 2, 3, 4, 5, 6}, 3, 2)
	b := tensor.FromSlice([]float64{10, 20}, 2)
	linear := &layers.Linear{Weight: autograd.Variable(w), Bias: autograd.Variable(b)}
	withoutBias := &layers.Linear{Weight: linear.Weight}
	for _, test := range []struct {
		name  string
		layer *layers.Linear
		x     *tensor.Tensor
		want  *tensor.Tensor
	}{
		{"one observation", linear, tensor.FromSlice([]float64{1, 0, 1}, 1, 3), tensor.FromSlice([]float64{16, 28}, 1, 2)},
		{"vector", linear, tensor.FromSlice([]float64{1, 0, 1}, 3), tensor.FromSlice([]float64{16, 28}, 2)},
		{"batch", linear, tensor.FromSlice([]float64{1, 0, 1, 0, 0, 0}, 2, 3), tensor.FromSlice([]float64{16, 28, 10, 20}, 2, 2)},
		{"sequences", linear, tensor.FromSlice([]float64{1, 0, 1, 0, 0, 0}, 1, 2, 3), tensor.FromSlice([]float64{16, 28, 10, 20}, 1, 2, 2)},
		{"empty batch", linear, tensor.New(0, 3), tensor.New(0, 2)},
		{"no bias: one observation", withoutBias, tensor.FromSlice([]float64{1, 0, 1}, 1, 3), tensor.FromSlice([]float64{6, 8}, 1, 2)},
		{"no bias: vector", withoutBias, tensor.FromSlice([]float64{1, 0, 1}, 3), tensor.FromSlice([]float64{6, 8}, 2)},
		{"no bias: sequences", withoutBias, tensor.FromSlice([]float64{1, 0, 1, 0, 0, 1}, 2, 1, 3), tensor.FromSlice([]float64{6, 8, 5, 6}, 2, 1, 2)},
		{"no bias: empty batch", withoutBias, tensor.New(0, 3), tensor.New(0, 2)},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := test.layer.Forward(autograd.Constant(test.x)).Value()
			if !tensor.Equal(got, test.want) {
				t.Errorf("got\n%v %v\nwant\n%v %v", got, got.Shape(), test.want, test.want.Shape())
			}
		})
	}
}

func TestLinearMistakes(t *testing.T) {
	t.Parallel()
	zero := layers.Init(func(weight, bias *tensor.Tensor) {})
	wantPanic(t, "layers: NewLinear: 0 inputs and 2 outputs; at least 1 of each is needed",
		func() { layers.NewLinear(0, 2, zero) })
	wantPanic(t, "layers: NewLinear: 2 inputs and -1 outputs; at least 1 of each is needed",
		func() { layers.NewLinear(2, -1, zero) })
}

func TestInitIsDeterministic(t *testing.T) {
	t.Parallel()
	for name, init := range map[string]func(*rand.Rand) layers.Init{
		"uniform": func(rng *rand.Rand) layers.Init { return layers.Uniform(rng, -.5, .5) },
		"xavier":  layers.Xavier,
	} {
		build := func(seed uint64) *layers.Linear {
			return layers.NewLinear(5, 4, init(rand.New(rand.NewPCG(seed, 0))))
		}
		a, b, c := build(1), build(1), build(2)
		if !tensor.Equal(a.Weight.Value(), b.Weight.Value()) || !tensor.Equal(a.Bias.Value(), b.Bias.Value()) {
			t.Errorf("%s: one seed gave two layers", name)
		}
		if tensor.Equal(a.Weight.Value(), c.Weight.Value()) {
			t.Errorf("%s: two seeds gave one layer", name)
		}
	}
}

// Layers made with one Init continue one stream of random numbers: weights, then
// biases, in row-major order.
func TestUniformDraws(t *testing.T) {
	t.Parallel()
	init := layers.Uniform(rand.New(rand.NewPCG(7, 8)), -2, 3)
	want := rand.New(rand.NewPCG(7, 8))
	for name, p := range layers.Named(layers.Sequential{layers.NewLinear(2, 3, init), layers.NewLinear(3, 1, init)}) {
		for i, got := range p.Value().Data() {
			if want := -2 + float64(5*want.Float64()); got != want {
				t.Errorf("%s, element %d: got %v, want %v", name, i, got, want)
			}
		}
	}
}

func TestInitDistribution(t *testing.T) {
	t.Parallel()
	const in, out = 300, 200
	for _, test := range []struct {
		name   string
		init   func(*rand.Rand) layers.Init
		lo, hi float64
	}{
		{"uniform", func(rng *rand.Rand) layers.Init { return layers.Uniform(rng, -1, 3) }, -1, 3},
		{"xavier", layers.Xavier, -math.Sqrt(6. / 500), math.Sqrt(6. / 500)},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := layers.NewLinear(in, out, test.init(rand.New(rand.NewPCG(1, 2))))
			w := l.Weight.Value()
			lo, hi := new(tensor.Tensor).Min(w).Item(), new(tensor.Tensor).Max(w).Item()
			width := test.hi - test.lo
			// Of 60,000 draws the extremes come within 1/1000 of the bounds.
			if lo < test.lo || lo > test.lo+width/1000 || hi >= test.hi || hi < test.hi-width/1000 {
				t.Errorf("weights from %v to %v, want nearly [%v, %v)", lo, hi, test.lo, test.hi)
			}
			mean := new(tensor.Tensor).Mean(w).Item()
			centred := new(tensor.Tensor).AddScalar(w, -mean)
			variance := new(tensor.Tensor).Mean(centred.Square(centred)).Item()
			if want := (test.lo + test.hi) / 2; !(math.Abs(mean-want) <= width/200) {
				t.Errorf("mean %v, want %v", mean, want)
			}
			if want := width * width / 12; !(math.Abs(variance/want-1) <= .02) {
				t.Errorf("variance %v, want %v", variance, want)
			}
		})
	}
}

func TestNilArguments(t *testing.T) {
	t.Parallel()
	x := autograd.Constant(normal(1, 2))
	linear := layers.NewLinear(2, 1, nil)
	withoutBias := &layers.Linear{Weight: linear.Weight}
	zero, empty := new(autograd.Node), autograd.Constant(tensor.New(0, 2))
	for _, test := range []struct {
		want string
		f    func()
	}{
		{"layers: Linear: the layer is nil", func() { (*layers.Linear)(nil).Forward(x) }},
		{"layers: Linear: the Weight is nil; NewLinear makes one", func() { (&layers.Linear{}).Forward(x) }},
		{"layers: Linear: the Weight is nil; NewLinear makes one", func() { (&layers.Linear{Bias: linear.Bias}).Forward(x) }},
		{"layers: Linear: the Weight is nil; NewLinear makes one", func() { (&layers.Linear{Weight: zero}).Forward(x) }},
		{"layers: Linear: the input is nil", func() { linear.Forward(nil) }},
		{"layers: Linear: the input is nil", func() { withoutBias.Forward(nil) }},
		{"layers: Linear: the input is nil", func() { linear.Forward(zero) }},
		{"layers: Linear: the input is nil", func() { withoutBias.Forward(zero) }},
		{"layers: Identity: the input is nil", func() { layers.Identity{}.Forward(nil) }},
		{"autograd: Sigmoid: input 0 is a nil or zero Node", func() { layers.Sigmoid{}.Forward(nil) }},
		{"autograd: Tanh: input 0 is a nil or zero Node", func() { layers.Tanh{}.Forward(zero) }},
		{"autograd: ReLU: input 0 is a nil or zero Node", func() { layers.ReLU{}.Forward(nil) }},
		{"layers: Xavier: the random source is nil", func() { layers.Xavier(nil) }},
		{"layers: Uniform: the random source is nil", func() { layers.Uniform(nil, 0, 1) }},
		{"layers: SquaredError: the predictions are nil", func() { layers.SquaredError(nil, x) }},
		{"layers: SquaredError: the targets are nil", func() { layers.SquaredError(x, nil) }},
		{"layers: MeanSquaredError: the predictions are nil", func() { layers.MeanSquaredError(zero, zero) }},
		{"layers: MeanSquaredError: the targets are nil", func() { layers.MeanSquaredError(x, zero) }},
		{"layers: MeanSquaredError: the predictions have shape [0 2]; a mean needs at least 1 element",
			func() { layers.MeanSquaredError(empty, empty) }},
	} {
		wantPanic(t, test.want, test.f)
	}
}
