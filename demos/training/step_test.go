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

// BenchmarkStep times one step of gradient descent, forward, backward and update, of
// the article's XOR network on one observation: by traversal of the graph, by the
// delta rules written with tensors, and by the delta rules written for this one
// network on flat slices, which is the floor.
func BenchmarkStep(b *testing.B) {
	b.Run("net=2-4-1/impl=autograd", benchmarkAutograd)
	b.Run("net=2-4-1/impl=delta", benchmarkDelta)
	b.Run("net=2-4-1/impl=floor", benchmarkFloor)
}

func xorNet() layers.Sequential {
	init := layers.Uniform(rand.New(rand.NewPCG(1, 2)), -.5, .5)
	return layers.Sequential{
		layers.NewLinear(2, 4, init), layers.Sigmoid{},
		layers.NewLinear(4, 1, init), layers.Sigmoid{},
	}
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

func benchmarkAutograd(b *testing.B) {
	b.ReportAllocs()
	net := xorNet()
	params := layers.Nodes(net.Parameters())
	descent := optim.NewGradientDescent(2, params...)
	xs, ts := observations()
	tape := new(autograd.Tape)
	i := 0
	for b.Loop() {
		a := net.Forward(tape.Constant(xs[i&3]))
		loss := layers.SquaredError(a, tape.Constant(ts[i&3]))
		descent.Step(autograd.BackwardTo(loss, params...))
		tape.Reset()
		i++
	}
}

func benchmarkDelta(b *testing.B) {
	b.ReportAllocs()
	l := xorNet().Parameters()
	net := delta.Network{
		{Weight: l[0].Node.Value(), Bias: l[1].Node.Value(), Activation: delta.Sigmoid},
		{Weight: l[2].Node.Value(), Bias: l[3].Node.Value(), Activation: delta.Sigmoid},
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

// A floor is the network 2-4-1 by hand, for one observation, on flat slices.
type floor struct {
	w1, b1, w2, b2 []float64
}

func newFloor() *floor {
	p := xorNet().Parameters()
	return &floor{p[0].Node.Value().Data(), p[1].Node.Value().Data(), p[2].Node.Value().Data(), p[3].Node.Value().Data()}
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
