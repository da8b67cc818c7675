package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// products are the kernels for z + x·y, and where they have xᵢₚ and yₚⱼ.
var products = []struct {
	name string
	loop func(z, x, y []float64, m, k, n int)
	add  func(z, x, y []float64, m, k, n int)
	x    func(i, p, m, k int) int
	y    func(p, j, k, n int) int
}{
	{"NN", MatMulNN, AddMatMulNN, func(i, p, m, k int) int { return i*k + p }, func(p, j, k, n int) int { return p*n + j }},
	{"TN", MatMulTN, AddMatMulTN, func(i, p, m, k int) int { return p*m + i }, func(p, j, k, n int) int { return p*n + j }},
	{"NT", MatMulNT, AddMatMulNT, func(i, p, m, k int) int { return i*k + p }, func(p, j, k, n int) int { return j*k + p }},
}

// TestMatMul compares the kernels with the sum that they document, for all small sizes
// and some large ones, bit for bit.
func TestMatMul(t *testing.T) {
	t.Parallel()
	var sizes [][3]int
	for m := range 7 {
		for k := range 18 {
			for n := range 18 {
				sizes = append(sizes, [3]int{m, k, n})
			}
		}
	}
	for n := range 100 {
		sizes = append(sizes, [3]int{n, 3, 5}, [3]int{3, n, 5}, [3]int{2, 5, n}, [3]int{1, n, 1}, [3]int{n, 1, n})
	}
	sizes = append(sizes, [3]int{3, 5, 256}, [3]int{3, 5, 257}, [3]int{2, 4, 600})
	for _, p := range products {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range sizes {
				m, k, n := s[0], s[1], s[2]
				r := rand.New(rand.NewPCG(uint64(m*10000+k*100+n), 1))
				z, checkZ := guarded(t, uniformIn(r, m*n, -1, 1))
				x, checkX := guarded(t, uniformIn(r, m*k, -1, 1))
				y, checkY := guarded(t, uniformIn(r, k*n, -1, 1))
				if len(x) > 2 && len(y) > 0 && k%5 == 4 {
					x[2], y[len(y)/2] = math.NaN(), math.Inf(-1)
				}
				want, x0, y0 := slices.Clone(z), slices.Clone(x), slices.Clone(y)
				for i := range m {
					for j := range n {
						for q := range k {
							want[i*n+j] = math.FMA(x[p.x(i, q, m, k)], y[p.y(q, j, k, n)], want[i*n+j])
						}
					}
				}
				sum, product := slices.Clone(z), make([]float64, m*n)
				p.loop(product, x, y, m, k, n)
				p.loop(z, x, y, m, k, n)
				what := fmt.Sprintf("%d × %d × %d", m, k, n)
				mustMatch(t, what, z, want)
				for i, v := range product {
					product[i] = sum[i] + v
				}
				p.add(sum, x, y, m, k, n)
				mustMatch(t, what+", added once", sum, product)
				mustMatch(t, what+": x afterwards", x, x0)
				mustMatch(t, what+": y afterwards", y, y0)
				checkZ(what)
				checkX(what)
				checkY(what)
			}
		})
	}
}

// TestMatMulZeroTimesNaN checks that no product is left out.
func TestMatMulZeroTimesNaN(t *testing.T) {
	t.Parallel()
	for _, p := range products {
		for _, k := range []int{1, 2, 3, 4, 5, 8, 9} {
			for _, n := range []int{1, 3, 4, 5, 40} {
				for at := range k { // the index in the inner axis of what is not a number
					z, x, y := make([]float64, 2*n), make([]float64, 2*k), make([]float64, k*n)
					for j := range n {
						y[p.y(at, j, k, n)] = math.NaN()
					}
					p.loop(z, x, y, 2, k, n)
					mustMatch(t, fmt.Sprintf("%s %d × %d, NaN at %d", p.name, k, n, at), z, slices.Repeat([]float64{math.NaN()}, 2*n))
				}
			}
		}
	}
}

func TestMatMulBits(t *testing.T) {
	t.Parallel()
	for i, want := range []uint64{0xa5743f0b385516fc, 0x3a14cd294c67770c, 0xef4841e78fa1c27d} {
		r := rand.New(rand.NewPCG(1, 1))
		m, k, n := 21, 35, 27
		z, x, y := uniformIn(r, m*n, -1, 1), uniformIn(r, m*k, -1, 1), uniformIn(r, k*n, -1, 1)
		products[i].loop(z, x, y, m, k, n)
		mustHash(t, products[i].name, want, hashOf(z))
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, p := range products {
		for _, n := range []int{4, 32, 128} {
			b.Run(fmt.Sprintf("%s/n=%d", p.name, n), func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 1))
				z, x, y := make([]float64, n*n), uniformIn(r, n*n, -1, 1), uniformIn(r, n*n, -1, 1)
				for b.Loop() {
					clear(z)
					p.loop(z, x, y, n, n, n)
				}
				b.ReportMetric(2*float64(n*n*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
