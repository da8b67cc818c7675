package tensor

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// naiveMatMul returns x·y with the leading axes broadcast, computed index by index: the products are
// added, with one rounding each, in ascending order of the inner axis.
func naiveMatMul(x, y *Tensor) *Tensor {
	lead := func(t *Tensor) []int { return t.Shape()[:t.Rank()-2] }
	stack, _ := naiveBroadcast(lead(x), lead(y))
	matrix := func(t *Tensor, index []int) []int { // the index of one of t's matrices
		own := slices.Clone(index[len(index)-t.Rank()+2:])
		for a, d := range lead(t) {
			if d == 1 {
				own[a] = 0
			}
		}
		return own
	}
	return naiveFill(append(stack, x.Dim(-2), y.Dim(-1)), func(index []int) (s float64) {
		at, i, j := index[:len(stack)], index[len(stack)], index[len(stack)+1]
		xi, yi := matrix(x, at), matrix(y, at)
		for p := range x.Dim(-1) {
			s = math.FMA(x.At(append(xi, i, p)...), y.At(append(yi, p, j)...), s)
		}
		return s
	})
}

// swapLast returns x with its last two axes exchanged.
func swapLast(x *Tensor) *Tensor {
	perm := make([]int, x.Rank())
	for a := range perm {
		perm[a] = a
	}
	n := len(perm)
	perm[n-1], perm[n-2] = n-2, n-1
	return new(Tensor).Transpose(x, perm...)
}

// checkMatMul checks the products of x and y.
func checkMatMul(t *testing.T, x, y *Tensor) {
	t.Helper()
	what := fmt.Sprintf("%v × %v", x.Shape(), y.Shape())
	want := naiveMatMul(x, y)
	xt, yt := swapLast(x), swapLast(y)
	mustEqual(t, "MatMul "+what, new(Tensor).MatMul(x, y), want)
	mustEqual(t, "MatMulNT "+what, new(Tensor).MatMulNT(x, yt), want)
	mustEqual(t, "MatMulTN "+what, new(Tensor).MatMulTN(xt, y), want)
	if x.Rank() > 2 || y.Rank() > 2 {
		return
	}
	mustEqual(t, "AddMatMul into an empty tensor "+what, new(Tensor).AddMatMul(x, y), want)
	mustEqual(t, "AddMatMulNT into an empty tensor "+what, new(Tensor).AddMatMulNT(x, yt), want)
	mustEqual(t, "AddMatMulTN into an empty tensor "+what, new(Tensor).AddMatMulTN(xt, y), want)
	start := reals(newRand(9), want.Shape()...)
	want.Add(start, want)
	mustEqual(t, "AddMatMul "+what, start.Clone().AddMatMul(x, y), want)
	mustEqual(t, "AddMatMulNT "+what, start.Clone().AddMatMulNT(x, yt), want)
	mustEqual(t, "AddMatMulTN "+what, start.Clone().AddMatMulTN(xt, y), want)
}

func TestMatMulSizes(t *testing.T) {
	t.Parallel()
	sizes := []int{0, 1, 2, 3, 4, 5, 7, 8, 9, 16, 17}
	rng := newRand(1)
	for _, m := range sizes {
		for _, k := range sizes {
			for _, n := range sizes {
				checkMatMul(t, reals(rng, m, k), reals(rng, k, n))
				checkMatMul(t, tiny(rng, m, k), tiny(rng, k, n))
			}
		}
	}
}

// tiny returns a tensor of numbers many of whose products are ±0, round to ±0, or are NaN.
func tiny(rng *rand.Rand, shape ...int) *Tensor {
	values := []float64{0, math.Copysign(0, -1), 1e-200, -1e-200, 1, -1, 5e-324, math.Inf(1)}
	return New(shape...).Map(New(shape...), func(float64) float64 { return values[rng.IntN(len(values))] })
}

func TestMatMulBatched(t *testing.T) {
	t.Parallel()
	rng := newRand(2)
	for _, c := range []struct {
		name string
		x, y []int // leading axes
	}{
		{"stack by stack", []int{3}, []int{3}},
		{"stack by matrix", []int{3}, nil},
		{"matrix by stack", nil, []int{3}},
		{"outer", []int{2, 1}, []int{3}},
		{"one", []int{1}, []int{1, 1}},
		{"empty", []int{0}, []int{1}},
		{"empty by matrix", []int{2, 0}, nil},
		{"four axes", []int{2, 1, 3, 1}, []int{1, 2, 1, 2}},
		{"three axes", []int{2, 3, 2}, []int{3, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, size := range [][3]int{{2, 3, 4}, {1, 5, 1}, {3, 0, 2}, {0, 2, 2}, {2, 2, 0}, {5, 8, 9}} {
				m, k, n := size[0], size[1], size[2]
				checkMatMul(t, reals(rng, append(slices.Clone(c.x), m, k)...), reals(rng, append(slices.Clone(c.y), k, n)...))
			}
		})
	}
}

// TestMatMulOfNothing checks that a stack of matrices without elements takes no time, however many it has.
func TestMatMulOfNothing(t *testing.T) {
	t.Parallel()
	mustEqual(t, "no rows", new(Tensor).MatMul(New(1<<40, 0, 3), New(3, 2)), New(1<<40, 0, 2))
}

func TestMatMulNaN(t *testing.T) {
	t.Parallel()
	for _, v := range []float64{math.NaN(), math.Inf(1)} {
		for _, k := range []int{1, 2, 5, 40} {
			x, y := New(3, k), Full(v, k, 3)
			for _, z := range []*Tensor{new(Tensor).MatMul(x, y), new(Tensor).MatMulNT(x, swapLast(y)), new(Tensor).MatMulTN(swapLast(x), y)} {
				mustEqual(t, fmt.Sprintf("0 × %v, inner axis %d", v, k), z, Full(math.NaN(), 3, 3))
			}
		}
	}
}

func TestAffine(t *testing.T) {
	t.Parallel()
	rng := newRand(4)
	for _, lead := range [][]int{nil, {1}, {4}, {0}, {2, 3}, {2, 1, 2, 3, 2}} {
		for _, size := range [][2]int{{3, 4}, {1, 1}, {5, 1}, {0, 2}, {2, 0}, {17, 9}} {
			in, out := size[0], size[1]
			x, w, b := reals(rng, append(slices.Clone(lead), in)...), reals(rng, in, out), reals(rng, out)
			shape := append(slices.Clone(lead), out)
			want := naiveFill(shape, func(index []int) float64 {
				s := b.At(index[len(index)-1])
				for p := range in {
					s = math.FMA(x.At(append(slices.Clone(index[:len(index)-1]), p)...), w.At(p, index[len(index)-1]), s)
				}
				return s
			})
			what := fmt.Sprint("Affine", x.Shape(), w.Shape())
			mustEqual(t, what, new(Tensor).Affine(x, w, b), want)
			checkAffineGrads(t, what, reals(rng, shape...), x, w)
			checkAffineGrads(t, what+" tiny", tiny(rng, shape...), tiny(rng, x.Shape()...), tiny(rng, in, out))
		}
	}
}

// checkAffineGrads compares AddAffineGrads with the products and sums that it stands for.
func checkAffineGrads(t *testing.T, what string, delta, x, w *Tensor) {
	t.Helper()
	in, out := w.Dim(0), w.Dim(1)
	m := 1
	for _, d := range x.Shape()[:x.Rank()-1] {
		m *= d
	}
	rng := newRand(8)
	x2, delta2 := x.Reshape(m, in), delta.Reshape(m, out)
	wantX := new(Tensor).MatMulNT(delta2, w).Reshape(x.Shape()...)
	wantW := new(Tensor).MatMulTN(x2, delta2)
	wantB := new(Tensor).SumTo(delta, out)
	dx, dw, db := new(Tensor), new(Tensor), new(Tensor)
	for _, start := range []bool{false, true} {
		if start {
			dx, dw, db = special(rng, x.Shape()...), special(rng, in, out), special(rng, out)
			wantX, wantW, wantB = wantX.Add(dx, wantX), wantW.Add(dw, wantW), wantB.Add(db, wantB)
		}
		dx2, dw2, db2 := new(Tensor), new(Tensor), new(Tensor)
		if start {
			dx2, dw2, db2 = dx.Clone(), dw.Clone(), db.Clone()
		}
		AddAffineGrads(dx, nil, nil, delta, x, w)
		AddAffineGrads(nil, dw, nil, delta, x, w)
		AddAffineGrads(nil, nil, db, delta, x, w)
		AddAffineGrads(dx2, dw2, db2, delta, x, w)
		mustEqual(t, what+" dx", dx, wantX)
		mustEqual(t, what+" dw", dw, wantW)
		mustEqual(t, what+" db", db, wantB)
		mustEqual(t, what+" all at once: dx", dx2, wantX)
		mustEqual(t, what+" all at once: dw", dw2, wantW)
		mustEqual(t, what+" all at once: db", db2, wantB)
	}
	AddAffineGrads(nil, nil, nil, delta, x, w)
}

func TestAddAffineGradsOverlap(t *testing.T) {
	t.Parallel()
	delta, x, w := New(3, 3), New(3, 3), New(3, 3)
	for i, operand := range []*Tensor{delta, x, w} {
		into := operand.Reshape(3, 3)
		bias := operand.Slice(0, 1, 2).Reshape(3)
		for name, run := range map[string]func(){
			"dx": func() { AddAffineGrads(into, nil, nil, delta, x, w) },
			"dw": func() { AddAffineGrads(nil, into, nil, delta, x, w) },
			"db": func() { AddAffineGrads(nil, nil, bias, delta, x, w) },
		} {
			t.Run(fmt.Sprint(name, i), func(t *testing.T) {
				mustPanic(t, "tensor: AddAffineGrads: destination shares memory with an operand", run)
			})
		}
	}
}

func TestMatMulBits(t *testing.T) {
	t.Parallel()
	rng := newRand(6)
	x, y := reals(rng, 19, 23), reals(rng, 23, 13)
	mustHash(t, "MatMul", 0xc78bc8bd6ac6161d, new(Tensor).MatMul(x, y), new(Tensor).MatMulNT(x, x), new(Tensor).MatMulTN(y, y))
	mustHash(t, "Affine", 0x46ae9385bd45b6d8, new(Tensor).Affine(x, y, reals(rng, 13)))
}

func BenchmarkMatMul(b *testing.B) {
	for _, n := range []int{32, 128, 512} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x, y := reals(newRand(1), n, n), reals(newRand(2), n, n)
			z := New(n, n)
			for b.Loop() {
				z.MatMul(x, y)
			}
			b.ReportMetric(2*float64(n*n*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
		})
	}
}
