package optim_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gentlegrad/optim"
)

func TestConstant(t *testing.T) {
	t.Parallel()
	for _, i := range []int{0, 1, 1000, 3} {
		if got := optim.Constant(.3).Rate(i); got != .3 {
			t.Errorf("Rate(%d) is %v, want 0.3", i, got)
		}
	}
}

// powers returns rate, rate·factor, rate·factor·factor, …
func powers(rate, factor float64, n int) []float64 {
	rates := make([]float64, n)
	for i := range rates {
		rates[i] = rate
		rate *= factor
	}
	return rates
}

func TestExponentialIsRepeatedMultiplication(t *testing.T) {
	t.Parallel()
	const n = 1000
	for _, factor := range []float64{.95, 1, 1.01, .1, 0, 1. / 3, -.5, -1} {
		want := powers(.5, factor, n)
		up, down, anyhow := optim.Exponential(.5, factor), optim.Exponential(.5, factor), optim.Exponential(.5, factor)
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range n {
			r := rng.IntN(n)
			for _, x := range []struct {
				name      string
				schedule  optim.Schedule
				iteration int
			}{{"upwards", up, i}, {"downwards", down, n - 1 - i}, {"at random", anyhow, r}, {"again", anyhow, r}} {
				got := x.schedule.Rate(x.iteration)
				if math.Float64bits(got) != math.Float64bits(want[x.iteration]) {
					t.Fatalf("factor %v, asked %s: Rate(%d) is %v, want %v", factor, x.name, x.iteration, got, want[x.iteration])
				}
			}
		}
	}
}

func TestExponentialAgainstPyTorch(t *testing.T) {
	t.Parallel()
	data := readGolden(t).Exponential
	if len(data.Rates) == 0 {
		t.Error("the file has no rates")
	}
	schedule := optim.Exponential(data.Rate, data.Factor)
	for i, want := range data.Rates {
		if got := schedule.Rate(i); got != want {
			t.Errorf("Rate(%d) is %v, want %v", i, got, want)
		}
	}
}

// The first 65,536 iterations are by repeated multiplication, whatever becomes of the rate.
func TestExponentialOfTheFirstBlock(t *testing.T) {
	t.Parallel()
	const n = 1 << 16
	for _, factor := range []float64{.999999, .99, .5, -.5, -.6, -1, -.99, 1, 1.01, 0, math.Copysign(0, -1), math.Inf(1), math.NaN(), 5e-324} {
		want, s := powers(-.5, factor, n), optim.Exponential(-.5, factor)
		for i, want := range want {
			if got := s.Rate(i); math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Fatalf("factor %v: Rate(%d) is %v, want %v", factor, i, got, want)
			}
		}
		if got := optim.Exponential(-.5, factor).Rate(n - 1); got != want[n-1] && !math.IsNaN(want[n-1]) {
			t.Errorf("factor %v: asked alone, Rate(%d) is %v, want %v", factor, n-1, got, want[n-1])
		}
	}
}

// Far iterations are right to eight digits, and the same whatever was asked for before.
func TestExponentialFar(t *testing.T) {
	t.Parallel()
	const block = 1 << 16
	iterations := []int{block - 1, block, block + 1, 2*block - 1, 2 * block, 200_000, 2_000_000_000, 2_000_000_001, math.MaxInt}
	for _, factor := range []float64{.999999, .9999999999, .95, -.999999, 1} {
		s := optim.Exponential(.5, factor)
		ask := slices.Concat(iterations, []int{5, 2 * block, 3, block})
		slices.Reverse(iterations)
		for _, i := range append(ask, iterations...) {
			got := s.Rate(i)
			if again := optim.Exponential(.5, factor).Rate(i); got != again {
				t.Errorf("factor %v: Rate(%d) is %v, and %v when asked alone", factor, i, got, again)
			}
			if want := .5 * math.Pow(factor, float64(i)); !(math.Abs(got-want) <= 1e-8*math.Abs(want)+1e-300) {
				t.Errorf("factor %v: Rate(%d) is %v, about %v is wanted", factor, i, got, want)
			}
		}
	}
}

// The second block begins with η₀ times the power of γ^65,536.
func TestExponentialOfTheSecondBlock(t *testing.T) {
	t.Parallel()
	const block = 1 << 16
	for _, factor := range []float64{.99999, .9999, 1.0001} {
		want := powers(.3*powers(1, factor, block+1)[block], factor, 100)
		for i, want := range want {
			if got := optim.Exponential(.3, factor).Rate(block + i); got != want {
				t.Errorf("factor %v: Rate(%d) is %v, want %v", factor, block+i, got, want)
			}
		}
	}
}

// Across blocks, too, the rate falls from one iteration to the next.
func TestExponentialFalls(t *testing.T) {
	t.Parallel()
	s := optim.Exponential(.5, .9999)
	last := 1.
	for i := range 1 << 18 {
		rate := s.Rate(i)
		if !(rate < last) {
			t.Fatalf("Rate(%d) is %v after %v", i, rate, last)
		}
		last = rate
	}
}

// With a multiplication for each iteration, it would take seconds. (Not parallel: it measures the time.)
func TestExponentialIsQuick(t *testing.T) {
	quickest := func(factor float64) time.Duration {
		least := time.Hour
		for range 10 {
			start := time.Now()
			optim.Exponential(.5, factor).Rate(2_000_000_000)
			least = min(least, time.Since(start))
		}
		return least
	}
	usual := quickest(.999999)
	if usual > 20*time.Millisecond { // a fraction of 1 ms, except on slow machines and under the race detector
		t.Errorf("it took %v", usual)
	}
	// This rate comes to alternate between ±5e-324, and products as small as that are slow.
	if tiny := quickest(-.6); tiny > 5*usual {
		t.Errorf("factor -0.6 took %v, 0.999999 %v", tiny, usual)
	}
}
