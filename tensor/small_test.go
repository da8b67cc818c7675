package tensor

import (
	"fmt"
	"testing"
)

// BenchmarkSmall has the methods of a training step at the sizes of tiny networks.
func BenchmarkSmall(b *testing.B) {
	run := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f()
			}
		})
	}
	rng := newRand(1)
	for _, n := range []int{1, 4, 16} {
		x, y, z := reals(rng, 1, n), reals(rng, 1, n), New(1, n)
		run(fmt.Sprintf("Add/n=%d", n), func() { z.Add(x, y) })
		run(fmt.Sprintf("Mul/n=%d", n), func() { z.Mul(x, y) })
		run(fmt.Sprintf("Square/n=%d", n), func() { z.Square(x) })
		run(fmt.Sprintf("Sigmoid/n=%d", n), func() { z.Sigmoid(x) })
		run(fmt.Sprintf("Tanh/n=%d", n), func() { z.Tanh(x) })
		run(fmt.Sprintf("ReLU/n=%d", n), func() { z.ReLU(x) })
		run(fmt.Sprintf("AddScaled/n=%d", n), func() { z.AddScaled(z, 1e-9, y) })
		run(fmt.Sprintf("Sum/n=%d", n), func() { z.Clear(); z.Sum(x) })
		run(fmt.Sprintf("Fresh/n=%d", n), func() { z.Clear(); z.Add(x, y) })
	}
	for _, s := range [][3]int{{1, 2, 4}, {1, 4, 1}, {4, 2, 4}, {8, 16, 16}} {
		m, k, n := s[0], s[1], s[2]
		x, w, bias, delta := reals(rng, m, k), reals(rng, k, n), reals(rng, n), reals(rng, m, n)
		z, dx, dw, db := New(m, n), New(m, k), New(k, n), New(n)
		name := fmt.Sprintf("%dx%d·%dx%d", m, k, k, n)
		run("MatMul/"+name, func() { z.MatMul(x, w) })
		run("AddMatMul/"+name, func() { z.AddMatMul(x, w) })
		run("AddMatMulNT/"+name, func() { dx.AddMatMulNT(delta, w) })
		run("AddMatMulTN/"+name, func() { dw.AddMatMulTN(x, delta) })
		run("Affine/"+name, func() { z.Affine(x, w, bias) })
		run("AddAffineGrads/"+name, func() { AddAffineGrads(dx, dw, db, delta, x, w) })
		run("AddAffineGrads/fresh/"+name, func() {
			dx.Clear()
			dw.Clear()
			db.Clear()
			AddAffineGrads(dx, dw, db, delta, x, w)
		})
	}
}
