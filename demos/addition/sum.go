// Package addition trains a transformer to add two numbers written in decimal. It sees sums as texts,
// token by token, and is not told what the digits stand for.
package addition

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"gentlegrad/tensor"
)

const (
	digits  = 3               // of each of the two numbers
	numbers = 1000            // there are: 000 to 999
	written = digits + 1      // digits of the sum
	asked   = 2*digits + 1    // the place of the =, from which on digits are asked for
	length  = asked + written // tokens that go in: the sum's last digit does not
	tokens  = "0123456789+="  // a token is its place in this text
)

// A Sum is two numbers, from 0 to 999, that are to be added.
type Sum struct{ A, B int }

// question returns what is asked, such as "478+956=".
func (s Sum) question() string { return fmt.Sprintf("%0*d+%0*d=", digits, s.A, digits, s.B) }

// answer returns the digits of the sum in the order in which one adds by hand, the ones first, such as
// "4341": then a carry moves in the direction in which the digits are written.
func (s Sum) answer() string { return reverse(fmt.Sprintf("%0*d", written, s.A+s.B)) }

// carries returns how many columns of the sum carry a one into the next.
func (s Sum) carries() (n int) {
	for power := 10; power <= numbers; power *= 10 {
		if s.A%power+s.B%power >= power {
			n++
		}
	}
	return n
}

// encode returns a text as tokens, a sequence of whole numbers.
func encode(text string) []float64 {
	list := make([]float64, len(text))
	for i := range text {
		list[i] = float64(strings.IndexByte(tokens, text[i]))
	}
	return list
}

// someSums returns n different sums in a random order.
func someSums(rng *rand.Rand, n int) []Sum {
	sums := make([]Sum, n)
	for i, k := range rng.Perm(numbers * numbers)[:n] {
		sums[i] = Sum{k / numbers, k % numbers}
	}
	return sums
}

// tensors returns the tokens that go into the network, all but the last, [n, length], and the digits
// that it is asked for, [n, written].
func tensors(sums []Sum) (x, t *tensor.Tensor) {
	x, t = tensor.New(len(sums), length), tensor.New(len(sums), written)
	for i, s := range sums {
		copy(x.Data()[i*length:][:length], encode(s.question()+s.answer()))
		copy(t.Data()[i*written:], encode(s.answer()))
	}
	return x, t
}
