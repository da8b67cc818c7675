package optim_test

import (
	"math"
	"math/rand/v2"
	"testing"

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
	for _, factor := range []float64{.95, 1, 1.01, .1, 0, 1. / 3, -.5} {
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
	schedule := optim.Exponential(data.Rate, data.Factor)
	for i, want := range data.Rates {
		if got := schedule.Rate(i); got != want {
			t.Errorf("Rate(%d) is %v, want %v", i, got, want)
		}
	}
}

// Far iterations are quick, and the same whatever was asked for before.
func TestExponentialFar(t *testing.T) {
	t.Parallel()
	const factor = .999999
	want := powers(.5, factor, 1<<16)
	s := optim.Exponential(.5, factor)
	if got := s.Rate(1<<16 - 1); got != want[1<<16-1] {
		t.Errorf("got %v, want %v", got, want[1<<16-1])
	}
	for _, i := range []int{1 << 16, 1<<16 + 1, 200_000, 2_000_000_000, 1 << 62} {
		got := s.Rate(i)
		if again := optim.Exponential(.5, factor).Rate(i); got != again {
			t.Errorf("Rate(%d) is %v, and %v when asked alone", i, got, again)
		}
		if want := .5 * math.Pow(factor, float64(i)); math.Abs(got-want) > 1e-7*want {
			t.Errorf("Rate(%d) is %v, about %v is wanted", i, got, want)
		}
	}
}
