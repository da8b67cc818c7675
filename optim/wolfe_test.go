package optim

import (
	"math"
	"testing"
)

// Between two points of a cubic polynomial, from either side, the trial is at its minimum; if that is not
// well inside, in the middle.
func TestBetween(t *testing.T) {
	cubic := func(a float64) (x trial) { // (a−1)²(a+2), whose minimum is at 1
		x.a, x.loss, x.slope = a, (a-1)*(a-1)*(a+2), 2*(a-1)*(a+2)+(a-1)*(a-1)
		return x
	}
	for _, c := range []struct{ p, q, want float64 }{
		{0, 1.5, 1}, {1.5, 0, 1}, {-.5, 3, 1}, {.25, 1.25, 1},
		{0, 1.05, .525}, // too near an end
		{2, 3, 2.5},     // outside
	} {
		if got := between(cubic(c.p), cubic(c.q)); !(math.Abs(got-c.want) <= 1e-15) {
			t.Errorf("between %v and %v: %v, want %v", c.p, c.q, got, c.want)
		}
	}
	if got := between(trial{point: point{loss: math.NaN()}}, trial{a: 1}); got != .5 {
		t.Errorf("of NaN: %v", got)
	}
}

// A line is what a search sees of a function: its loss and slope at the trials, in the order in which
// they must come, and the result.
type line struct {
	name   string
	slope  float64 // at 0, where the loss is 0
	trials []trial
	want   float64
	found  bool
}

// The search makes the trials of algorithms 3.5 and 3.6. Where a number is NaN, the next trial is in the
// middle.
func TestSearch(t *testing.T) {
	nan := math.NaN()
	at := func(a, loss, slope float64) trial { return trial{point{loss: loss}, a, slope} }
	falling, stuck := line{"it falls and falls", -2, nil, 1 << 29, true}, line{"it never falls", -2, nil, 0, false}
	for i := range 30 {
		falling.trials = append(falling.trials, at(float64(int(1)<<i), -float64(int(1)<<i), -2))
	}
	for i := range 31 {
		stuck.trials = append(stuck.trials, at(1/float64(int(1)<<i), nan, -2))
	}
	for _, l := range []line{
		falling, stuck,
		{"level", 0, nil, 0, false},
		{"uphill", .5, nil, 0, false},
		{"flat enough", -2, []trial{at(1, -1, -1.8)}, 1, true},
		{"flat enough, upwards", -2, []trial{at(1, -1, 1.8)}, 1, true},
		{"not flat enough", -2, []trial{at(1, -1, -1.801), at(2, -2, 0)}, 2, true},
		{"just low enough", -2, []trial{at(1, -2e-4, -1.9), at(2, -2, 0)}, 2, true},
		{"a little too high", -2, []trial{at(1, -1.999e-4, -1.9), at(.21559676510497955, -1, 0)}, .21559676510497955, true},
		{"no slope", -2, []trial{at(1, -1, nan), at(.5, -1, 0)}, .5, true},
		{"as low as the last", -2, []trial{at(1, -1, -1.9), at(2, -1, -1.9), at(2-.5*(1+1/math.Sqrt(3)), -2, 0)}, 2 - .5*(1+1/math.Sqrt(3)), true},
		{"the minimum is passed", -.5, []trial{at(1, -1, .5), at(.5, -1.5, 0)}, .5, true},
		{"passed from the right, downhill to the left", -.5, []trial{at(1, -1, .5), at(.5, -2, .5), at(.25, -3, 0)}, .25, true},
		{"passed from the right, downhill to the right", -.5, []trial{at(1, -1, .5), at(.5, -2, -.5), at(.75, -3, 0)}, .75, true},
		{"the low end rises", -2, []trial{at(1, nan, 0), at(.5, -1, -1.9), at(.75, -2, 1.9), at(.625, -3, 0)}, .625, true},
		{"the low end falls", -2, []trial{at(1, nan, 0), at(.5, -1, -1.9), at(.75, -2, -1.9), at(.875, -3, 0)}, .875, true},
		{"as low as the low end", -2, []trial{at(1, nan, 0), at(.5, -1, -1.9), at(.75, -1, -1.9), at(.75-.125*(1+1/math.Sqrt(3)), -3, 0)}, .75 - .125*(1+1/math.Sqrt(3)), true},
	} {
		made := 0
		got, found := search(point{x: []float64{0}, gradient: []float64{l.slope}}, []float64{1}, 1, func(x []float64) point {
			if made == len(l.trials) {
				t.Fatalf("%s: a trial at %v, after all of them", l.name, x[0])
			}
			now := l.trials[made]
			if made++; !(math.Abs(x[0]-now.a) <= 1e-15*now.a) {
				t.Fatalf("%s: trial %d is at %v, want %v", l.name, made, x[0], now.a)
			}
			return point{x: x, gradient: []float64{now.slope}, loss: now.loss}
		})
		if made != len(l.trials) || !(math.Abs(got.x[0]-l.want) <= 1e-15) || found != l.found {
			t.Errorf("%s: %d trials, which found %v, %v; want %d, %v, %v", l.name, made, got.x[0], found, len(l.trials), l.want, l.found)
		}
	}
}

// Between points where a straight line would fall by less than the rounding of the loss, no trial is
// made.
func TestZoomEnds(t *testing.T) {
	t.Parallel()
	for slope, looks := range map[float64]bool{-.5: false, -.5004: true} {
		evaluations := 0
		s := lineSearch{d: []float64{1}, evaluate: func(x []float64) point {
			evaluations++
			return point{x: x, gradient: []float64{0}, loss: 1}
		}}
		s.start.x = []float64{0}
		low := trial{point: point{loss: 1}, a: 1, slope: slope}
		if got, ok := s.zoom(low, trial{point: point{loss: 1}, a: 1 + 0x1p-52}); evaluations > 0 != looks || got.loss != 1 || !ok {
			t.Errorf("slope %v: %d evaluations, %v", slope, evaluations, got)
		}
	}
}
