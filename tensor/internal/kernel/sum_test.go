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

// slowSum adds f(0), f(1), …, f(n−1) in the order that sum.go documents.
func slowSum(n int, f func(i int) float64) float64 {
	if n == 1 {
		return f(0)
	}
	var blocks []float64
	for start := 0; start == 0 || start < n; start += 1024 {
		var groups [][]float64
		for i := start; i == start || i < min(n, start+1024); i += 128 {
			lanes := make([]float64, 32)
			for k := i; k < min(n, i+128); k++ {
				lanes[k%32] += f(k)
			}
			groups = append(groups, lanes)
		}
		blocks = append(blocks, byHalves(inPairs(groups, func(x, y []float64) []float64 {
			z := make([]float64, 32)
			for l := range z {
				z[l] = x[l] + y[l]
			}
			return z
		})))
	}
	return inPairs(blocks, func(x, y float64) float64 { return x + y })
}

func inPairs[T any](x []T, add func(x, y T) T) T {
	if len(x) == 1 {
		return x[0]
	}
	p := 1
	for 2*p < len(x) {
		p *= 2
	}
	return add(inPairs(x[:p], add), inPairs(x[p:], add))
}

func byHalves(x []float64) float64 {
	if len(x) == 1 {
		return x[0]
	}
	var next []float64
	for l := range len(x) / 2 {
		next = append(next, x[l]+x[l+len(x)/2])
	}
	return byHalves(next)
}

// TestSumOrder checks every length up to nearly three blocks, and some beyond.
func TestSumOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	x, y := uniformIn(r, 1e5, -1, 1), uniformIn(r, 1e5, -1, 1)
	for i := range x {
		x[i] = math.Ldexp(x[i], r.IntN(30))
	}
	check := func(n int) {
		x, y := x[:n], y[:n]
		mustBits(t, "Sum", float64(n), Sum(x), slowSum(n, func(i int) float64 { return x[i] }))
		d := 0.5 * slowSum(n, func(i int) float64 { d := x[i] - y[i]; return float64(d * d) })
		mustBits(t, "HalfSquaredDistance", float64(n), HalfSquaredDistance(x, y), d)
	}
	for n := range 3001 {
		check(n)
	}
	for blocks := 3; blocks < 97; blocks++ {
		check(blocks*1024 - 1)
		check(blocks * 1024)
		check(blocks*1024 + 1)
	}
	check(len(x))
}

// TestSumOfFew checks the order in which up to 8 numbers are added, and sums of −0.
func TestSumOfFew(t *testing.T) {
	t.Parallel()
	for n := 2; n <= 8; n++ {
		r := rand.New(rand.NewPCG(uint64(n), 2))
		var s [8]float64
		x := uniformIn(r, n, -1, 1)
		copy(s[:], x)
		mustBits(t, "Sum", float64(n), Sum(x), ((s[0]+s[4])+(s[2]+s[6]))+((s[1]+s[5])+(s[3]+s[7])))
	}
	minus := math.Copysign(0, -1)
	mustBits(t, "Sum of −0", 1, Sum([]float64{minus}), minus)
	mustBits(t, "Sum of −0 and −0", 2, Sum([]float64{minus, minus}), 0)
	mustBits(t, "Sum of nothing", 0, Sum(nil), 0)
}

// A sum begins with 0, so a sum of several −0 is 0.
func TestSumOfMinusZeros(t *testing.T) {
	minus := math.Copysign(0, -1)
	for _, n := range []int{16, 17, 32, 33, 128, 129, 1024, 1025, 3000} {
		if s := Sum(slices.Repeat([]float64{minus}, n)); math.Signbit(s) {
			t.Errorf("the sum of %d of −0 is %v", n, s)
		}
	}
	z, more := []float64{1}, []float64{minus}
	SumRows(z, []float64{minus})
	AddSumRows(more, []float64{minus})
	if z[0] != 0 || math.Signbit(z[0]) || math.Signbit(more[0]) {
		t.Errorf("a row of −0 gives %v, and added to −0 %v", z, more)
	}
}

// TestSumAccuracy has a sum whose rounding errors have one sign: adding it up in few lanes is off by 2e-11.
func TestSumAccuracy(t *testing.T) {
	t.Parallel()
	x := slices.Repeat([]float64{0.1}, 1e7)
	mustBits(t, "Sum of 1e7 × 0.1", 1e7, Sum(x), 1e6)
	mustBits(t, "HalfSquaredDistance", 1e7, HalfSquaredDistance(x, make([]float64, 1e7)), 5e6*(x[0]*x[0]))
}

func TestSum(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		r := rand.New(rand.NewPCG(uint64(n), 1))
		x, checkX := guarded(t, uniformIn(r, n, -1, 1))
		y, checkY := guarded(t, uniformIn(r, n, -1, 1))
		x0, y0 := slices.Clone(x), slices.Clone(y)
		mustBits(t, "Sum", float64(n), Sum(x), slowSum(n, func(i int) float64 { return x[i] }))
		distance := 0.5 * slowSum(n, func(i int) float64 { d := x[i] - y[i]; return float64(d * d) })
		mustBits(t, "HalfSquaredDistance", float64(n), HalfSquaredDistance(x, y), distance)
		mustBits(t, "HalfSquaredDistance of x and x", float64(n), HalfSquaredDistance(x, x), 0)
		mustMatch(t, "x afterwards", x, x0)
		mustMatch(t, "y afterwards", y, y0)
		checkX("Sum")
		checkY("HalfSquaredDistance")

		for i := range n { // at every place
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
	for _, n := range []int{1, 4, 10, 20, 100, 1000, 1_000_000} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			x := uniformIn(rand.New(rand.NewPCG(1, 1)), n, -1, 1)
			for b.Loop() {
				Sum(x)
			}
			b.ReportMetric(8*float64(n)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GB/s")
		})
	}
}
