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

// lanes adds f(0), f(1), …, f(n−1) in the order that Sum documents.
func lanes(n int, f func(i int) float64) float64 {
	var lane [8]float64
	for i := range n {
		lane[i%8] += f(i)
	}
	pair := func(a, b int) float64 { return lane[a] + lane[b] }
	return (pair(0, 4) + pair(2, 6)) + (pair(1, 5) + pair(3, 7))
}

func TestSum(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		r := rand.New(rand.NewPCG(uint64(n), 1))
		x, checkX := guarded(t, uniformIn(r, n, -1, 1))
		y, checkY := guarded(t, uniformIn(r, n, -1, 1))
		x0, y0 := slices.Clone(x), slices.Clone(y)
		mustBits(t, "Sum", float64(n), Sum(x), lanes(n, func(i int) float64 { return x[i] }))
		distance := 0.5 * lanes(n, func(i int) float64 { d := x[i] - y[i]; return float64(d * d) })
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
	mustHash(t, "Sum", 0x8f444bd49b1b4e45, hashOf(sums))
	mustHash(t, "HalfSquaredDistance", 0x263f6945246249dd, hashOf(distances))
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
