package autograd_test

import (
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
