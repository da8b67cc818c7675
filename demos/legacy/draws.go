package legacy

import (
	"fmt"
	"math"
	"math/bits"
)

// NormFloat64 returns a normally distributed number with mean 0 and standard
// deviation 1: numpy.random.randn. It is Marsaglia's polar form of the method
// of Box and Muller: a point (x, y), uniform in the unit disc, gives two
// values,
//
//	f·y and f·x,  f = √(−2 ln r² / r²),  r² = x² + y²,
//
// in this order. The second is kept for the next call, whatever is drawn in
// between.
//
// The logarithm is this package's own, so that every machine gets the same
// bits. They are within 2 units in the last place of NumPy's, whose logarithm
// is the C library's, and nearly always equal to them.
func (s *Source) NormFloat64() float64 {
	if s.hasSpare {
		s.hasSpare = false
		return s.spare
	}
	for {
		x, y := 2*s.Float64()-1, 2*s.Float64()-1
		r2 := float64(x*x) + float64(y*y) // rounded, never fused
		if r2 >= 1 || r2 == 0 {
			continue
		}
		f := math.Sqrt(-2 * log(r2) / r2)
		s.spare, s.hasSpare = f*x, true
		return f * y
	}
}

// Perm returns the numbers 0 … n−1 in random order:
// numpy.random.permutation(n). It is the shuffle of Fisher and Yates from the
// last index down.
//
// Perm panics if n is negative.
func (s *Source) Perm(n int) []int {
	if n < 0 {
		panic(fmt.Sprintf("legacy: Perm: negative n: %d", n))
	}
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	for i := n - 1; i > 0; i-- {
		j := s.upTo(uint32(i))
		p[i], p[j] = p[j], p[i]
	}
	return p
}

// upTo returns a number in [0, limit]. It draws as many bits as limit has until
// they are in range, which takes less than two draws on average.
func (s *Source) upTo(limit uint32) uint32 {
	mask := uint32(1)<<bits.Len32(limit) - 1
	for {
		if v := s.Uint32() & mask; v <= limit {
			return v
		}
	}
}
