// Package legacy draws the numbers of NumPy's legacy random stream,
// numpy.random.RandomState, which is also what numpy.random.seed and
// numpy.random.randn use. NumPy has frozen it: the same seed gives the same
// numbers in every version, and so it does here.
//
// The bits come from the Mersenne Twister MT19937:
//
//	M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-Dimensionally
//	Equidistributed Uniform Pseudo-Random Number Generator", ACM Transactions
//	on Modeling and Computer Simulation 8(1), 1998, pp. 3–30.
//	https://numpy.org/doc/stable/reference/random/legacy.html
//
// It exists to repeat old experiments. For new ones use math/rand/v2.
package legacy

// The constants of MT19937, named as in the paper's section 2.1 and its code.
const (
	stateWords = 624        // n, the degree of recurrence
	middleWord = 397        // m
	twist      = 0x9908b0df // a, the last row of the matrix A
	upperBit   = 0x80000000
	lowerBits  = 0x7fffffff
)

// A Source is one stream. It is not safe for use by several goroutines at
// once. Make one with New: the zero Source gives zeros.
type Source struct {
	state [stateWords]uint32
	used  int // words of state already handed out

	spare    float64 // the second value of the last polar pair,
	hasSpare bool    // kept for the next NormFloat64
}

// New returns the stream of numpy.random.RandomState(seed), which is seeded
// by the function that the paper's authors call init_genrand.
func New(seed uint32) *Source {
	s := &Source{used: stateWords}
	for i := range s.state {
		s.state[i] = seed
		seed = 1812433253*(seed^seed>>30) + uint32(i) + 1
	}
	return s
}

// Uint32 returns the next 32 bits of the generator.
func (s *Source) Uint32() uint32 {
	if s.used == stateWords {
		s.refill()
	}
	y := s.state[s.used]
	s.used++
	// The tempering of the paper's equations 2.2 to 2.5.
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	y ^= y >> 18
	return y
}

// refill makes the next 624 words in place, each from itself, its right
// neighbour and the word 397 places on (the paper's equation 2.1).
func (s *Source) refill() {
	for i := range s.state {
		y := s.state[i]&upperBit | s.state[(i+1)%stateWords]&lowerBits
		next := s.state[(i+middleWord)%stateWords] ^ y>>1
		if y&1 == 1 {
			next ^= twist
		}
		s.state[i] = next
	}
	s.used = 0
}

// Uint64 returns 53 random bits, made of two draws, in the low bits; the high
// 11 are zero. Float64 of math/rand/v2 uses just these:
//
//	rand.New(legacy.New(123)).Float64() == legacy.New(123).Float64()
//
// so a Source can initialise parameters with NumPy's numbers. The other
// methods of rand.Rand expect 64 random bits, and are wrong on this Source:
// for those use Perm and NormFloat64 here, which are NumPy's.
func (s *Source) Uint64() uint64 {
	a, b := s.Uint32()>>5, s.Uint32()>>6
	return uint64(a)<<26 | uint64(b)
}

// Float64 returns a number in [0, 1), a multiple of 2⁻⁵³: numpy.random.rand.
func (s *Source) Float64() float64 {
	return float64(s.Uint64()) / (1 << 53)
}
