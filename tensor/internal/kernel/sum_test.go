package kernel

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// inLanes adds f(from), …, f(to−1) in the order that Sum documents.
func inLanes(from, to int, f func(i int) float64) float64 {
	if blocks := (to - from + 1023) / 1024; blocks > 1 {
		first := 1
		for 2*first < blocks {
			first *= 2
		}
		middle := from + 1024*first
		return inLanes(from, middle, f) + inLanes(middle, to, f)
	}
	lane := make([]float64, 32)
	for i := range to - from {
		lane[i%32] += f(from + i)
	}
	for half := 16; half > 0; half /= 2 {
		for l := range half {
			lane[l] += lane[l+half]
		}
	}
	return lane[0]
}

func lanesOf(n int, f func(i int) float64) float64 { return inLanes(0, n, f) }

// Ten million times 0.1 is a million but for the last digits; one after another they would be off by 2e-10 of it.
func TestSumOfMany(t *testing.T) {
	t.Parallel()
	if got := Sum(slices.Repeat([]float64{.1}, 10_000_000)); math.Abs(got-1e6) > 1e-15*1e6 {
		t.Errorf("got %v", got)
	}
}

// Rows add up one after another, from zero, and are added once.
func TestAddRows(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 5, 255, 256, 257, 600} {
		for _, m := range []int{0, 1, 3, 40} {
			r := rand.New(rand.NewPCG(uint64(n), 2))
			z, check := guarded(t, uniformIn(r, n, -1, 1))
			rows := uniformIn(r, m*n, -1, 1)
			want := slices.Clone(z)
			for j := range want {
				column := func(i int) float64 { return rows[i*n+j] }
				sum := 0.0
				for i := range m {
					sum += column(i)
				}
				if n == 1 {
					sum = lanesOf(m, column)
				}
				want[j] += sum
			}
			AddRows(z, rows)
			mustMatch(t, fmt.Sprint(m, " rows of ", n), z, want)
			check("AddRows")
		}
	}
}

func TestSum(t *testing.T) {
	t.Parallel()
	sizes := []int{127, 128, 1000, 1023, 1024, 1025, 2047, 2048, 2049, 3000, 3073, 5000, 9000}
	for n := range 100 + len(sizes) {
		if n >= 100 {
			n = sizes[n-100]
		}
		r := rand.New(rand.NewPCG(uint64(n), 1))
		x, checkX := guarded(t, uniformIn(r, n, -1, 1))
		y, checkY := guarded(t, uniformIn(r, n, -1, 1))
		x0, y0 := slices.Clone(x), slices.Clone(y)
		mustBits(t, "Sum", float64(n), Sum(x), lanesOf(n, func(i int) float64 { return x[i] }))
		distance := 0.5 * lanesOf(n, func(i int) float64 { d := x[i] - y[i]; return float64(d * d) })
		mustBits(t, "HalfSquaredDistance", float64(n), HalfSquaredDistance(x, y), distance)
		mustBits(t, "HalfSquaredDistance of x and x", float64(n), HalfSquaredDistance(x, x), 0)
		mustMatch(t, "x afterwards", x, x0)
		mustMatch(t, "y afterwards", y, y0)
		checkX("Sum")
		checkY("HalfSquaredDistance")

		for i := range n { // wherever it is
			x[i] = math.NaN()
			if s := Sum(x); s == s {
				t.Errorf("%d elements, element %d is NaN, the sum is %v", n, i, s)
			}
			if d := HalfSquaredDistance(y, x); d == d {
				t.Errorf("%d elements, element %d is NaN, the distance is %v", n, i, d)
			}
			x[i] = x0[i]
		}
	}
}

// hashOf returns the FNV-1a hash of the bits of the elements.
func hashOf(x []float64) uint64 {
	h := fnv.New64a()
	for _, v := range x {
		h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
	}
	return h.Sum64()
}

func TestSumBits(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	var sums, distances []float64
	for n := range 100 {
		x, y := uniformIn(r, n, -1, 1), uniformIn(r, n, -1, 1)
		sums, distances = append(sums, Sum(x)), append(distances, HalfSquaredDistance(x, y))
	}
	mustHash(t, "Sum", 0xad726800878fa607, hashOf(sums))
	mustHash(t, "HalfSquaredDistance", 0x724c926f0a8f8650, hashOf(distances))
}

func BenchmarkSum(b *testing.B) {
	for _, n := range []int{10, 1000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x := uniformIn(rand.New(rand.NewPCG(1, 1)), n, -1, 1)
			for b.Loop() {
				Sum(x)
			}
			b.ReportMetric(8*float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GB/s")
		})
	}
}
