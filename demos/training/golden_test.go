package training

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"gentlegrad/demos/problems"
)

// A golden is one run of the article's own code: see ../testdata/README.md.
type golden struct {
	Problem        string
	Hidden         int
	Iterations     int
	Observations   int
	LearningRate   float64 `json:"learning_rate"`
	Anneal         float64
	InitialWeights map[string][][]float64            `json:"initial_weights"`
	InitialBiases  map[string][]float64              `json:"initial_biases"`
	LossHistory    []float64                         `json:"loss_history"`
	Weights        map[string]map[string][][]float64 `json:"weights"`
	Biases         map[string]map[string][]float64   `json:"biases"`
	Final          json.RawMessage                   `json:"final_prediction"`
	Accuracy       *float64                          `json:"final_accuracy"`
	Movement       struct {
		Loss  []float64 `json:"loss_history"`
		Final float64   `json:"final"`
	}
}

// TestArticle trains every run of the article that was recorded and compares losses,
// parameters and predictions, to 1e-10 relative or ten times what one unit in the last
// place of the activations moves the run by.
func TestArticle(t *testing.T) {
	files, err := filepath.Glob("../testdata/article/as-*/figure-*.json")
	if err != nil || len(files) != 12 {
		t.Fatalf("found %d golden files, want 12 (%v)", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file))+"/"+filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			g := readGolden(t, file)
			g.compare(t, mustTrain(t, g.config()))
		})
	}
}

func readGolden(t *testing.T, file string) golden {
	text, err := os.ReadFile(file)
	must(t, err)
	var g golden
	must(t, json.Unmarshal(text, &g))
	return g
}

// config returns what the article's code trained by: online, with the output unit that
// it has for the problem.
func (g golden) config() Config {
	c := Defaults(problems.MustByName(g.Problem))
	c.Iterations, c.Observations, c.LearningRate, c.Anneal, c.Hidden = g.Iterations, g.Observations, g.LearningRate, g.Anneal, nil
	if g.Hidden > 0 {
		c.Hidden = []int{g.Hidden}
	}
	return c
}

func (g golden) compare(t *testing.T, r *Run) {
	if !(r.MaxDifference <= 1e-12) {
		t.Errorf("automatic and manual gradients differ by %g", r.MaxDifference)
	}
	for l := range r.Initial.Weights {
		w, b := fmt.Sprint("w_", l+1), fmt.Sprint("b_", l+1)
		near(t, "initial "+w, r.Initial.Weights[l].Data(), slices.Concat(g.InitialWeights[w]...), 0)
		near(t, "initial "+b, r.Initial.Biases[l].Data(), g.InitialBiases[b], 0)
	}
	if len(r.Loss) != len(g.LossHistory) {
		t.Fatalf("%d losses, want %d", len(r.Loss), len(g.LossHistory))
	}
	for i, want := range g.LossHistory {
		near(t, fmt.Sprintf("loss of iteration %d", i), r.Loss[i:i+1], []float64{want}, g.tolerance(i))
	}
	for _, at := range []int{0, 9, 99} {
		key := fmt.Sprint(at)
		for l, weight := range r.Parameters[at].Weights {
			w, b := fmt.Sprint("w_", l+1), fmt.Sprint("b_", l+1)
			near(t, "iteration "+key+" "+w, weight.Data(), slices.Concat(g.Weights[key][w]...), g.tolerance(at))
			near(t, "iteration "+key+" "+b, r.Parameters[at].Biases[l].Data(), g.Biases[key][b], g.tolerance(at))
		}
	}
	near(t, "final prediction", r.Prediction, g.prediction(t), max(1e-10, 10*g.Movement.Final))
	if g.Accuracy == nil != math.IsNaN(r.Accuracy) || g.Accuracy != nil && *g.Accuracy != r.Accuracy {
		t.Errorf("accuracy %v, want %v", r.Accuracy, g.Accuracy)
	}
}

// tolerance is relative, for what is known after iteration i. The recorded movement is
// of the losses and of the end; the parameters in between are held to the loss's.
func (g golden) tolerance(i int) float64 {
	m := g.Movement.Loss[i]
	if i == len(g.LossHistory)-1 {
		m = max(m, g.Movement.Final)
	}
	return max(1e-10, 10*m)
}

func (g golden) prediction(t *testing.T) []float64 {
	var grid [][]float64
	if err := json.Unmarshal(g.Final, &grid); err == nil {
		return slices.Concat(grid...)
	}
	var line []float64
	must(t, json.Unmarshal(g.Final, &line))
	return line
}

// near fails unless every |got−want| is at most the tolerance times |want|, with an
// allowance for elements that are nothing but rounding: those of the unit that dies in
// figure 14 are 1e-17. A tolerance of 0 allows nothing.
func near(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", what, len(got), len(want))
		return
	}
	largest := 0.0
	for _, v := range want {
		largest = max(largest, math.Abs(v))
	}
	for i := range got {
		if !(math.Abs(got[i]-want[i]) <= tolerance*(math.Abs(want[i])+1e-5*largest)) {
			t.Errorf("%s: element %d is %v, want %v", what, i, got[i], want[i])
			return
		}
	}
}
