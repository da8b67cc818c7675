package training

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
)

// TestOtherSettings trains at settings that the article has no figure of, and compares
// with its code at these settings: see testdata/README.md.
func TestOtherSettings(t *testing.T) {
	text, err := os.ReadFile("testdata/runs.json")
	must(t, err)
	var runs []struct {
		golden
		Weights map[string][][]float64 `json:"weights"`
		Biases  map[string][]float64   `json:"biases"`
	}
	must(t, json.Unmarshal(text, &runs))
	if len(runs) < 8 {
		t.Fatalf("found %d runs", len(runs))
	}
	for _, g := range runs {
		t.Run(fmt.Sprintf("%s-%d-%d", g.Problem, g.Hidden, g.Observations), func(t *testing.T) {
			t.Parallel()
			r := mustTrain(t, g.config())
			near(t, "loss", r.Loss, g.LossHistory, 1e-10)
			last := r.Parameters[len(r.Parameters)-1]
			if len(g.Weights) != len(last.Weights) || len(g.Biases) != len(last.Biases) {
				t.Fatalf("%d layers, want %d", len(last.Weights), len(g.Weights))
			}
			for l := range last.Weights {
				w, b := fmt.Sprint("w_", l+1), fmt.Sprint("b_", l+1)
				if got, want := last.Weights[l].Shape(), []int{len(g.Weights[w]), len(g.Biases[b])}; !slices.Equal(got, want) {
					t.Errorf("%s has shape %v, want %v", w, got, want)
				}
				near(t, w, last.Weights[l].Data(), slices.Concat(g.Weights[w]...), 1e-10)
				near(t, b, last.Biases[l].Data(), g.Biases[b], 1e-10)
			}
			if !(r.MaxDifference <= 1e-12) {
				t.Errorf("automatic and manual gradients differ by %g", r.MaxDifference)
			}
		})
	}
}
