package training

import (
	"testing"
	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

func BenchmarkParts(b *testing.B) {
	net := xorNet()
	params := layers.Nodes(net.Parameters())
	descent := optim.NewGradientDescent(2, params...)
	xs, ts := observations()
	tape := new(autograd.Tape)
	b.Run("const+reset", func(b *testing.B) {
		for b.Loop() { tape.Constant(xs[0]); tape.Constant(ts[0]); tape.Reset() }
	})
	b.Run("forward", func(b *testing.B) {
		for b.Loop() { net.Forward(tape.Constant(xs[0])); tape.Reset() }
	})
	b.Run("forward+loss", func(b *testing.B) {
		for b.Loop() { layers.SquaredError(net.Forward(tape.Constant(xs[0])), tape.Constant(ts[0])); tape.Reset() }
	})
	loss := layers.SquaredError(net.Forward(tape.Constant(xs[0])), tape.Constant(ts[0]))
	b.Run("backward", func(b *testing.B) {
		m := tape.Mark()
		for b.Loop() { autograd.BackwardTo(loss, params...); tape.Release(m) }
	})
	g := autograd.BackwardTo(loss, params...)
	b.Run("step", func(b *testing.B) {
		for b.Loop() { descent.Step(g) }
	})
	x, w, bb := xs[0], params[0].Value(), params[1].Value()
	gw0 := tensor.New(2, 4); _ = gw0; z := new(tensor.Tensor).Affine(x, w, bb)
	b.Run("tensor.Affine", func(b *testing.B) {
		for b.Loop() { z.Clear(); z.Affine(x, w, bb) }
	})
	a := new(tensor.Tensor)
	b.Run("tensor.Sigmoid4", func(b *testing.B) {
		for b.Loop() { a.Clear(); a.Sigmoid(z) }
	})
	gw := new(tensor.Tensor)
	b.Run("tensor.AddTN", func(b *testing.B) {
		for b.Loop() { gw.Clear(); gw.AddMatMulTN(x, z) }
	})
	gb := new(tensor.Tensor)
	b.Run("tensor.AddRows", func(b *testing.B) {
		for b.Loop() { gb.Clear(); tensor.AddAffineGrads(nil, nil, gb, z, x, w) }
	})
	b.Run("tensor.AddSigmoidGrad", func(b *testing.B) {
		for b.Loop() { a.Clear(); a.AddSigmoidGrad(z, z) }
	})
	b.Run("tensor.AddScaled", func(b *testing.B) {
		for b.Loop() { w.AddScaled(w, -1e-9, gw0) }
	})
	b.Run("node.Sigmoid", func(b *testing.B) {
		c := tape.Constant(z)
		for b.Loop() { m:=tape.Mark(); c.Sigmoid(); tape.Release(m) }
	})
}
