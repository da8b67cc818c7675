package addition

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gentlegrad/demos/internal/cputime"
	"gentlegrad/layers"
)

func TestSum(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		sum              Sum
		question, answer string
		carries          int
	}{
		{Sum{0, 0}, "000+000=", "0000", 0},
		{Sum{478, 956}, "478+956=", "4341", 3},
		{Sum{999, 1}, "999+001=", "0001", 3},
		{Sum{35, 46}, "035+046=", "1800", 1},
		{Sum{500, 500}, "500+500=", "0001", 1},
		{Sum{999, 999}, "999+999=", "8991", 3},
	} {
		if q, a, c := test.sum.question(), test.sum.answer(), test.sum.carries(); q != test.question || a != test.answer || c != test.carries {
			t.Errorf("%v is written %s%s, with %d carries; want %s%s, %d", test.sum, q, a, c, test.question, test.answer, test.carries)
		}
	}
	if got, want := encode("09+1="), []float64{0, 9, 10, 1, 11}; !slices.Equal(got, want) {
		t.Errorf("got the tokens %v, want %v", got, want)
	}
	x, digits := tensors([]Sum{{478, 956}})
	if want := []float64{4, 7, 8, 10, 9, 5, 6, 11, 4, 3, 4}; !slices.Equal(x.Data(), want) {
		t.Errorf("got the input %v, want %v: without the digit that is asked for last", x.Data(), want)
	}
	if want := []float64{4, 3, 4, 1}; !slices.Equal(digits.Data(), want) {
		t.Errorf("got the digits %v, want %v", digits.Data(), want)
	}
}

func TestByOne(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{"1811": true, "2821": true, "0281": false, "0821": true, "3821": false, "1820": true} {
		if got := (Mistake{Sum{884, 397}, answer}).byOne(); got != want { // 1281
			t.Errorf("%s: %v", answer, got)
		}
	}
}

// The sums to train on and those held out are different ones.
func TestSomeSums(t *testing.T) {
	t.Parallel()
	list := someSums(rand.New(rand.NewPCG(1, 2)), trained+heldOut)
	seen := map[Sum]bool{}
	for _, s := range list {
		if seen[s] || s.A < 0 || s.A >= numbers || s.B < 0 || s.B >= numbers {
			t.Fatalf("%v is there twice, or has too large numbers", s)
		}
		seen[s] = true
	}
}

// A digit is predicted from what stands before it alone: the scores do not change with what comes later.
func TestCausal(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	net := newNetwork(layers.Xavier(rng), layers.Normal(rng, 0, 1))
	weights := net.attention(Sum{123, 456})
	if len(weights) != blocks {
		t.Fatalf("attention of %d blocks, want %d", len(weights), blocks)
	}
	for _, w := range weights {
		for h := range heads {
			for i := range written {
				sum := 0.0
				for j := range length {
					v := w.At(0, h, i, j)
					if later := j > asked+i; later != (v == 0) {
						t.Errorf("head %d looks at place %d with %v for digit %d", h, j, v, i)
					}
					sum += v
				}
				if !(math.Abs(sum-1) <= 1e-12) {
					t.Errorf("the weights of head %d for digit %d add up to %v", h, i, sum)
				}
			}
		}
	}
}

// The claim: from a fixed seed at least 99 % of sums that were not trained on, in under two minutes on
// two cores.
func TestTrain(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains a network")
	}
	start := cputime.Used()
	r, err := Train(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if took := cputime.Used() - start; took > 2*time.Minute {
		t.Errorf("the training took %v", took)
	}
	if len(r.HeldOut) != heldOut || !(r.Accuracy() >= .99) {
		t.Errorf("%v of %d sums are right, want 99 %%", r.Accuracy(), len(r.HeldOut))
	}
	// What it writes by itself is what the exam says.
	wrong := 0
	for _, s := range r.HeldOut {
		if r.Net.Answer(s.question()) != s.answer() {
			wrong++
		}
	}
	if got := 1 - float64(wrong)/heldOut; !(math.Abs(got-r.Accuracy()) <= 1e-12) {
		t.Errorf("the network writes %v of the sums right, the exam says %v", got, r.Accuracy())
	}
	for i, share := range r.aligned() {
		if !(share >= .7) {
			t.Errorf("for the %s the first block looks at the digits of the column with %v, want most", columns[i], share)
		}
	}
	list, epoch := r.mistakes()
	if epoch == 0 {
		t.Fatal("there are no mistakes to show")
	}
	for _, m := range list {
		if m.Answer == m.Sum.answer() || !strings.Contains(r.String(), m.Sum.String()+", not "+reverse(m.Answer)) {
			t.Errorf("%v is no mistake, or not in the report", m)
		}
	}
	html, err := r.Page().Render()
	for _, want := range []string{"func newNetwork(", "are wrong by 1, 10, 100 or 1000"} { // as byOne counts
		if err != nil || !strings.Contains(string(html), want) {
			t.Errorf("the page does not hold %q (%v)", want, err)
		}
	}
}
