package kernel

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// products are the kernels for x·y, those that add it to z, and where each has xᵢₚ and yₚⱼ; and the loops
// in Go that are used without vectors.
var products = []struct {
	name     string
	set, add func(z, x, y []float64, m, k, n int)
	x        func(i, p, m, k int) int
	y        func(p, j, k, n int) int
}{
	{"NN", MatMulNN, AddMatMulNN, func(i, p, m, k int) int { return i*k + p }, func(p, j, k, n int) int { return p*n + j }},
	{"TN", MatMulTN, AddMatMulTN, func(i, p, m, k int) int { return p*m + i }, func(p, j, k, n int) int { return p*n + j }},
	{"NT", MatMulNT, AddMatMulNT, func(i, p, m, k int) int { return i*k + p }, func(p, j, k, n int) int { return j*k + p }},
	{"loopsNN", matMulNN, func(z, x, y []float64, m, k, n int) { addProduct(z, x, k, 1, y, m, k, n) },
		func(i, p, m, k int) int { return i*k + p }, func(p, j, k, n int) int { return p*n + j }},
	{"loopsTN", matMulTN, func(z, x, y []float64, m, k, n int) { addProduct(z, x, 1, m, y, m, k, n) },
		func(i, p, m, k int) int { return p*m + i }, func(p, j, k, n int) int { return p*n + j }},
	{"loopsNT", matMulNT, addMatMulNT, func(i, p, m, k int) int { return i*k + p }, func(p, j, k, n int) int { return j*k + p }},
}

// productSizes are values of m, k and n: all small ones, and some large ones.
func productSizes() (sizes [][3]int) {
	for m := range 7 {
		for k := range 18 {
			for n := range 18 {
				sizes = append(sizes, [3]int{m, k, n})
			}
		}
	}
	for n := range 100 {
		sizes = append(sizes, [3]int{n, 3, 5}, [3]int{3, n, 5}, [3]int{2, 5, n}, [3]int{1, n, 1}, [3]int{n, 1, n}, [3]int{9, 9, n})
	}
	for _, n := range []int{255, 256, 257, 511, 512, 600} {
		sizes = append(sizes, [3]int{2, 1, n}, [3]int{2, 6, n}, [3]int{1, 5, n})
	}
	for _, n := range []int{depth, 2 * depth, height, 2 * height} {
		sizes = append(sizes, [3]int{5, n, 30}, [3]int{n, 5, 30})
	}
	return append(sizes, [3]int{70, depth + 1, 30}, [3]int{258, 257, 13}, [3]int{261, 513, 26}, [3]int{7, 600, 37}, [3]int{1, 700, 50}, [3]int{300, 300, 1}, [3]int{17, 20, 300})
}

// factors returns numbers many of which are ±0, or so small that many of their products round to ±0.
func factors(r *rand.Rand, n int) []float64 {
	x := uniformIn(r, n, -1, 1)
	for i := range x {
		switch r.IntN(8) {
		case 0:
			x[i] = math.Copysign(0, x[i])
		case 1:
			x[i] *= 1e-200
		}
	}
	return x
}

// checkProduct runs loop on x of m·k, y of k·n and z of m·n numbers, and compares z with want.
func checkProduct(t *testing.T, s [3]int, loop func(z, x, y []float64), want func(z, x, y []float64) []float64) {
	t.Helper()
	m, k, n := s[0], s[1], s[2]
	r := rand.New(rand.NewPCG(uint64(m*10000+k*100+n), 1))
	z, checkZ := guarded(t, factors(r, m*n))
	x, checkX := guarded(t, factors(r, m*k))
	y, checkY := guarded(t, factors(r, k*n))
	if len(x) > 2 && len(y) > 0 && k%5 == 4 {
		x[2], y[len(y)/2] = math.NaN(), math.Inf(-1)
	}
	x0, y0 := slices.Clone(x), slices.Clone(y)
	result := want(z, x, y)
	loop(z, x, y)
	what := fmt.Sprintf("%d × %d × %d", m, k, n)
	mustMatch(t, what, z, result)
	mustMatch(t, what+": x afterwards", x, x0)
	mustMatch(t, what+": y afterwards", y, y0)
	checkZ(what)
	checkX(what)
	checkY(what)
}

// TestMatMul compares the kernels with the sums that they document, bit for bit.
func TestMatMul(t *testing.T) {
	t.Parallel()
	for _, p := range products {
		of := func(s [3]int) func(z, x, y []float64) []float64 {
			m, k, n := s[0], s[1], s[2]
			return func(_, x, y []float64) []float64 {
				z := make([]float64, m*n)
				for i := range m {
					for j := range n {
						for q := range k {
							z[i*n+j] = math.FMA(x[p.x(i, q, m, k)], y[p.y(q, j, k, n)], z[i*n+j])
						}
					}
				}
				return z
			}
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range productSizes() {
				checkProduct(t, s, func(z, x, y []float64) { p.set(z, x, y, s[0], s[1], s[2]) }, of(s))
			}
		})
		t.Run("Add"+p.name, func(t *testing.T) {
			t.Parallel()
			for _, s := range productSizes() {
				checkProduct(t, s, func(z, x, y []float64) { p.add(z, x, y, s[0], s[1], s[2]) }, func(z, x, y []float64) []float64 {
					want := of(s)(z, x, y)
					for i := range want {
						want[i] = z[i] + want[i]
					}
					return want
				})
			}
		})
	}
}

func TestAffine(t *testing.T) {
	t.Parallel()
	for _, affine := range []func(z, x, w, b []float64, m, k, n int){Affine, func(z, x, w, b []float64, m, k, n int) {
		for i := range m {
			affineRow(z[i*n:(i+1)*n], x[i*k:(i+1)*k], w, b)
		}
	}, func(z, x, w, b []float64, m, k, n int) {
		for i := range m {
			zi := z[i*n : (i+1)*n]
			copy(zi, b)
			affineRow(zi, x[i*k:(i+1)*k], w, zi)
		}
	}} {
		for _, s := range productSizes() {
			m, k, n := s[0], s[1], s[2]
			b := factors(rand.New(rand.NewPCG(5, uint64(n))), n)
			checkProduct(t, s, func(z, x, w []float64) { affine(z, x, w, b, m, k, n) }, func(_, x, w []float64) []float64 {
				z := slices.Repeat(b, m)
				for at := range z {
					i, j := at/n, at%n
					for p := range k {
						z[at] = math.FMA(x[i*k+p], w[p*n+j], z[at])
					}
				}
				return z
			})
		}
	}
}

func TestOuter(t *testing.T) {
	t.Parallel()
	for m := range 10 {
		for n := range 10 {
			checkProduct(t, [3]int{m, 1, n}, Outer, func(_, x, y []float64) []float64 {
				z := make([]float64, m*n)
				MatMulNN(z, x, y, m, 1, n)
				return z
			})
		}
	}
}

func TestSumRows(t *testing.T) {
	t.Parallel()
	for m := range 40 {
		for n := range 14 {
			of := func(x []float64) []float64 {
				z := make([]float64, n)
				if n == 1 {
					z[0] = 0 + Sum(x)
					return z
				}
				for i, v := range x {
					z[i%n] += v
				}
				return z
			}
			r := rand.New(rand.NewPCG(uint64(m), uint64(n)))
			x, checkX := guarded(t, factors(r, m*n))
			z, checkZ := guarded(t, factors(r, n))
			what, want := fmt.Sprintf("%d × %d", m, n), of(x)
			SumRows(z, x)
			mustMatch(t, "SumRows "+what, z, want)
			copy(z, factors(r, n))
			for i := range want {
				want[i] = z[i] + want[i]
			}
			AddSumRows(z, x)
			mustMatch(t, "AddSumRows "+what, z, want)
			checkX(what)
			checkZ(what)
		}
	}
}

// TestMatMulZeroTimesNaN checks that no product is left out.
func TestMatMulZeroTimesNaN(t *testing.T) {
	t.Parallel()
	for _, p := range products {
		for _, k := range []int{1, 2, 3, 4, 5, 8, 9} {
			for _, n := range []int{1, 3, 4, 5, 40} {
				for at := range k { // where the NaN is on the inner axis
					z, x, y := make([]float64, 2*n), make([]float64, 2*k), make([]float64, k*n)
					for j := range n {
						y[p.y(at, j, k, n)] = math.NaN()
					}
					what := fmt.Sprintf("%s %d × %d, NaN at %d", p.name, k, n, at)
					p.set(z, x, y, 2, k, n)
					mustMatch(t, what, z, slices.Repeat([]float64{math.NaN()}, 2*n))
					clear(z)
					p.add(z, x, y, 2, k, n)
					mustMatch(t, what+", added", z, slices.Repeat([]float64{math.NaN()}, 2*n))
				}
			}
		}
	}
}

func TestMatMulBits(t *testing.T) {
	t.Parallel()
	for i, want := range []uint64{0xe9f6eff711bd0c34, 0x37a1100a623ab539, 0x801fd953ce4898d4} {
		r := rand.New(rand.NewPCG(1, 1))
		m, k, n := 21, 35, 27
		z, x, y := uniformIn(r, m*n, -1, 1), uniformIn(r, m*k, -1, 1), uniformIn(r, k*n, -1, 1)
		products[i].add(z, x, y, m, k, n)
		added := slices.Clone(z)
		products[i].set(z, x, y, m, k, n)
		mustHash(t, products[i].name, want, hashOf(append(added, z...)))
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, p := range products {
		for _, n := range []int{4, 32, 128} {
			b.Run(fmt.Sprintf("%s/n=%d", p.name, n), func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 1))
				z, x, y := make([]float64, n*n), uniformIn(r, n*n, -1, 1), uniformIn(r, n*n, -1, 1)
				for b.Loop() {
					p.set(z, x, y, n, n, n)
				}
				b.ReportMetric(2*float64(n*n*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
			b.Run(fmt.Sprintf("Add%s/n=%d", p.name, n), func(b *testing.B) {
				r := rand.New(rand.NewPCG(1, 1))
				z, x, y := make([]float64, n*n), uniformIn(r, n*n, -1, 1), uniformIn(r, n*n, -1, 1)
				for b.Loop() {
					p.add(z, x, y, n, n, n)
				}
				b.ReportMetric(2*float64(n*n*n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
			})
		}
	}
}
