package training

import (
	"fmt"
	"gentlegrad/tensor"
	"math"
	"slices"
	"testing"
)

// changes returns the largest change of any parameter in each iteration.
func changes(r *Run) []float64 {
	var all []float64
	before := r.Initial
	for _, p := range r.Parameters {
		largest := 0.0
		for l := range p.Weights {
			largest = max(largest, tensor.MaxAbsDiff(p.Weights[l], before.Weights[l]), tensor.MaxAbsDiff(p.Biases[l], before.Biases[l]))
		}
		all = append(all, largest)
		before = p
	}
	return all
}

// firstBelow returns the number of iterations until one is below the limit.
func firstBelow(history []float64, limit float64) int {
	return 1 + slices.IndexFunc(history, func(v float64) bool { return v < limit })
}

// TestStop trains to the end, and again with a rule that must end it at an iteration
// known from the first time.
func TestStop(t *testing.T) {
	t.Parallel()
	base := func(c *Config) { c.Observations, c.Iterations, c.LearningRate = 20, 40, .5 }
	full := trained(t, "OR", base)
	loss, change := full.Loss, changes(full)
	if full.Stopped != "all iterations are done" || len(loss) != 40 {
		t.Fatalf("without a rule it stopped after %d iterations: %s", len(loss), full.Stopped)
	}
	for _, test := range []struct {
		name         string
		loss, change float64
		done         int
		stopped      string
	}{
		{"no rule", 0, 0, 40, "all iterations are done"},
		{"a loss that is reached", 2.5, 0, firstBelow(loss, 2.5), ""},
		{"the loss of an iteration itself is not below it", loss[9], 0, 11, ""},
		{"the next number after it is", math.Nextafter(loss[9], 100), 0, 10, ""},
		{"a loss that is not reached", loss[39], 0, 40, "all iterations are done"},
		{"any loss", 1e9, 0, 1, fmt.Sprintf("loss %.6g is below 1e+09", loss[0])},
		{"a loss in the last iteration", math.Nextafter(loss[39], 100), 0, 40, ""},
		{"a change that is reached", 0, .1, firstBelow(change, .1), "no parameter changed by as much as 0.1"},
		{"the change of an iteration itself is not below it", 0, change[6], firstBelow(change, change[6]), ""},
		{"the next number after it is", 0, math.Nextafter(change[6], 100), firstBelow(change, math.Nextafter(change[6], 100)), ""},
		{"any change, from the initial parameters on", 0, 1e9, 1, "no parameter changed by as much as 1e+09"},
		{"a change that is not reached", 0, 1e-9, 40, "all iterations are done"},
		{"both: the loss is named", 1e9, 1e9, 1, fmt.Sprintf("loss %.6g is below 1e+09", loss[0])},
	} {
		var seen []int
		c := defaults("OR", base)
		c.StopLoss, c.StopChange = test.loss, test.change
		r, err := Train(c, func(done int) { seen = append(seen, done) })
		must(t, err)
		if len(r.Loss) != test.done || !slices.Equal(r.Loss, loss[:test.done]) {
			t.Errorf("%s: it stopped after %d iterations, want %d", test.name, len(r.Loss), test.done)
		}
		want := test.stopped
		switch {
		case want != "":
		case test.loss > 0:
			want = fmt.Sprintf("loss %.6g is below %g", loss[test.done-1], test.loss)
		default:
			want = fmt.Sprintf("no parameter changed by as much as %g", test.change)
		}
		if r.Stopped != want {
			t.Errorf("%s: it says %q, want %q", test.name, r.Stopped, want)
		}
		if len(seen) != test.done || seen[0] != 1 || seen[len(seen)-1] != test.done {
			t.Errorf("%s: progress was %v, want 1 to %d", test.name, seen, test.done)
		}
	}
	if n := firstBelow(change, .1); n < 3 || n == 40 || firstBelow(loss, 2.5) < 3 {
		t.Errorf("the rules are met at once, or never: %v %v", change, loss)
	}
}
