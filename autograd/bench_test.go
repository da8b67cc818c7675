package autograd_test

import (
	"math/rand/v2"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// BenchmarkChain times 1000 operations on one element, forward and backward.
func BenchmarkChain(b *testing.B) {
	const n = 1000
	w := autograd.Variable(tensor.Scalar(.999))
	one := tensor.Scalar(1)
	chain := func(x, w *node) *node {
		for range n / 2 {
			x = x.Mul(w).Add(w)
		}
		return x
	}
	perOp := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/node")
	}
	b.Run("impl=heap", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			autograd.Backward(chain(autograd.Constant(one), w), w)
		}
		perOp(b)
	})
	b.Run("impl=plan", func(b *testing.B) {
		b.ReportAllocs()
		plan := autograd.NewPlan(chain(autograd.Constant(one), w), w)
		for b.Loop() {
			plan.Forward()
			plan.Backward()
		}
		perOp(b)
	})
}

// BenchmarkOperations times operations that have loops of their own, on 256 × 256 elements, forward and
// backward.
func BenchmarkOperations(b *testing.B) {
	const n = 256
	rng := rand.New(rand.NewPCG(1, 2))
	normal := func() *node { return autograd.Variable(tensor.New(n, n).Normal(rng, 0, 1)) }
	x, y, index := normal(), normal(), autograd.Constant(tensor.New(n, n).Map(tensor.New(n, n), func(float64) float64 { return float64(rng.IntN(n)) }))
	for _, op := range []struct {
		name string
		f    func() *node
	}{
		{"Gather/axis=0", func() *node { return x.Gather(0, index) }},
		{"Gather/axis=1", func() *node { return x.Gather(1, index) }},
		{"ScatterAdd", func() *node { return x.ScatterAdd(1, index, y) }},
		{"PadReflect", func() *node { return x.PadReflect(1, 3, 3) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			for b.Loop() {
				autograd.Backward(op.f().Sum(), x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n/n, "ns/value")
		})
	}
}
