package training

import (
	"math"
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/delta"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// BenchmarkStep times one step of gradient descent, forward, backward and update, of the article's XOR
// network on one observation: by a plan; by building the graph on the heap each time; by the delta rules
// written with tensors; and by the delta rules written for this one network on flat slices, which is the
// floor. Then, by plans, that of networks of the same size with other layers and losses.
func BenchmarkStep(b *testing.B) {
	b.Run("net=2-4-1/impl=autograd", func(b *testing.B) { benchmarkPlan(b, xorNet(), layers.SquaredError) })
	b.Run("net=2-4-1/impl=heap", benchmarkHeap)
	b.Run("net=2-4-1/impl=delta", benchmarkDelta)
	b.Run("net=2-4-1/impl=floor", benchmarkFloor)
	b.Run("net=2-4-1/act=relu/loss=mse", func(b *testing.B) {
		l := linears()
		benchmarkPlan(b, layers.Sequential{l[0], layers.ReLU{}, l[1]}, layers.MeanSquaredError)
	})
	b.Run("net=2-4-1/layer=matmul+add", func(b *testing.B) {
		l := linears()
		benchmarkPlan(b, layers.Sequential{composed{l[0]}, layers.Sigmoid{}, composed{l[1]}, layers.Sigmoid{}}, layers.SquaredError)
	})
	b.Run("net=2-4-1/act=own", func(b *testing.B) {
		l := linears()
		benchmarkPlan(b, layers.Sequential{l[0], ownLayer{}, l[1], ownLayer{}}, layers.SquaredError)
	})
}

func linears() [2]*layers.Linear {
	init := layers.Uniform(rand.New(rand.NewPCG(1, 2)), -.5, .5)
	return [2]*layers.Linear{layers.NewLinear(2, 4, init), layers.NewLinear(4, 1, init)}
}

// A composed layer is a Linear made of two operations.
type composed struct{ *layers.Linear }

func (l composed) Forward(x *autograd.Node) *autograd.Node { return x.MatMul(l.Weight).Add(l.Bias) }

// own is an activation by an operation of a user's own: y = x/(1+|x|), with slope (1−|y|)².
type own struct{}

func (own) Name() string { return "Softsign" }

func (own) Forward(y *autograd.Node) {
	y.Value().Map(y.Input(0).Value(), func(x float64) float64 { return x / (1 + math.Abs(x)) })
	y.Keep(0).Value().Map(y.Value(), func(y float64) float64 { return math.Copysign(1, y) })
}

func (own) VJP(y *autograd.Node, _ int, dy *autograd.Node) *autograd.Node {
	return dy.Chain(y.Mul(y.Keep(0)).Neg().AddScalar(1).Square())
}

type ownLayer struct{}

func (ownLayer) Forward(x *autograd.Node) *autograd.Node { return autograd.Apply(own{}, x) }

func xorNet() layers.Sequential {
	l := linears()
	return layers.Sequential{l[0], layers.Sigmoid{}, l[1], layers.Sigmoid{}}
}

// observation returns one of XOR's four, in turn.
func observation(i int) (x, t *tensor.Tensor) {
	p, q := float64(i&1), float64(i>>1&1)
	return tensor.FromSlice([]float64{p, q}, 1, 2), tensor.FromSlice([]float64{math.Abs(p - q)}, 1, 1)
}

func observations() (xs, ts [4]*tensor.Tensor) {
	for i := range xs {
		xs[i], ts[i] = observation(i)
	}
	return xs, ts
}

// benchmarkPlan is the step that the README shows.
func benchmarkPlan(b *testing.B, net layers.Sequential, loss func(a, t *autograd.Node) *autograd.Node) {
	b.ReportAllocs()
	inputs, targets := observations()
	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(.01, parameters...)
	x, t := autograd.Constant(inputs[0]), autograd.Constant(targets[0])
	plan := autograd.NewPlan(loss(net.Forward(x), t), parameters...)
	i := 0
	for b.Loop() {
		x.Set(inputs[i&3])
		t.Set(targets[i&3])
		plan.Forward()
		descent.Step(plan.Backward())
		i++
	}
}

func benchmarkHeap(b *testing.B) {
	b.ReportAllocs()
	net := xorNet()
	descent := optim.NewGradientDescent(2, layers.Parameters(net)...)
	inputs, targets := observations()
	i := 0
	for b.Loop() {
		a := net.Forward(autograd.Constant(inputs[i&3]))
		descent.Minimise(layers.SquaredError(a, autograd.Constant(targets[i&3])))
		i++
	}
}

func benchmarkDelta(b *testing.B) {
	b.ReportAllocs()
	l := linears()
	net := delta.Network{
		{Weight: l[0].Weight.Value(), Bias: l[0].Bias.Value(), Activation: delta.Sigmoid},
		{Weight: l[1].Weight.Value(), Bias: l[1].Bias.Value(), Activation: delta.Sigmoid},
	}
	xs, ts := observations()
	var pass delta.Pass
	i := 0
	for b.Loop() {
		net.ForwardPropagate(&pass, xs[i&3])
		net.BackpropagateErrors(&pass, ts[i&3])
		net.CalculateGradients(&pass)
		net.UpdateParameters(&pass, 2)
		i++
	}
}

func benchmarkFloor(b *testing.B) {
	b.ReportAllocs()
	net := newFloor()
	xs, ts := observations()
	var x [4][]float64
	var t [4]float64
	for i := range xs {
		x[i], t[i] = xs[i].Data(), ts[i].Item()
	}
	i := 0
	for b.Loop() {
		net.step(x[i&3], t[i&3], 2)
		i++
	}
}

// BenchmarkLarge times a step, by a plan, of a network of three layers of the size that handwritten
// digits take, on 128 observations: 308 million floating-point operations in its matrix products.
func BenchmarkLarge(b *testing.B) {
	b.ReportAllocs()
	rng := rand.New(rand.NewPCG(1, 2))
	init := layers.Xavier(rng)
	net := layers.Sequential{layers.NewLinear(784, 512, init), layers.Tanh{}, layers.NewLinear(512, 256, init), layers.Tanh{}, layers.NewLinear(256, 10, init)}
	x, t := tensor.New(128, 784).Uniform(rng, 0, 1), tensor.New(128)
	for i := range t.Data() {
		t.Data()[i] = float64(rng.IntN(10))
	}
	parameters := layers.Parameters(net)
	descent := optim.NewGradientDescent(.01, parameters...)
	plan := autograd.NewPlan(layers.CrossEntropy(net.Forward(autograd.Constant(x)), autograd.Constant(t)), parameters...)
	for b.Loop() {
		plan.Forward()
		descent.Step(plan.Backward())
	}
}

// A floor is the network 2-4-1 by hand, for one observation, on flat slices.
type floor struct {
	w1, b1, w2, b2 []float64
}

func newFloor() *floor {
	l := linears()
	return &floor{l[0].Weight.Value().Data(), l[0].Bias.Value().Data(), l[1].Weight.Value().Data(), l[1].Bias.Value().Data()}
}

func (n *floor) step(x []float64, t, rate float64) {
	w1, b1, w2 := n.w1[:8], n.b1[:4], n.w2[:4]
	x0, x1 := x[0], x[1]
	var a [4]float64
	z := n.b2[0]
	for j := range a {
		a[j] = 1 / (1 + math.Exp(-(x0*w1[j] + x1*w1[4+j] + b1[j])))
		z += a[j] * w2[j]
	}
	out := 1 / (1 + math.Exp(-z))
	delta := rate * (out - t) * out * (1 - out)
	n.b2[0] -= delta
	for j := range a {
		d := delta * w2[j] * a[j] * (1 - a[j])
		w2[j] -= delta * a[j]
		b1[j] -= d
		w1[j] -= d * x0
		w1[4+j] -= d * x1
	}
}
