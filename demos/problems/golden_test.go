package problems_test

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// near compares with a relative tolerance of 1e-15.
func near(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(got[i]-want[i]) <= 1e-15*math.Abs(want[i])) {
			t.Errorf("%s %d: got %v, want %v", what, i, got[i], want[i])
		}
	}
}

// nearSum allows for the order of summation, which NumPy chooses.
func nearSum(t *testing.T, what string, values []float64, want float64) {
	t.Helper()
	var got, size float64
	for _, v := range values {
		got += v
		size += math.Abs(v)
	}
	if !(math.Abs(got-want) <= 1e-15*float64(len(values))*size) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func mustData(t *testing.T, name string, source *legacy.Source, observations int) problems.Data {
	t.Helper()
	p := problems.MustByName(name)
	d, err := p.Data(source, observations)
	if err != nil {
		t.Fatal(err)
	}
	if d.Inputs != p.Inputs || len(d.X) != d.N*d.Inputs || len(d.T) != d.N {
		t.Fatalf("%s: N = %d, Inputs = %d, len(X) = %d, len(T) = %d", name, d.N, d.Inputs, len(d.X), len(d.T))
	}
	return d
}

// run is what this test reads of a golden training run.
type run struct {
	Problem        string                 `json:"problem"`
	Observations   int                    `json:"observations"`
	N              int                    `json:"n_data"`
	FirstInputs    [][]float64            `json:"first_inputs"`
	FirstTargets   []float64              `json:"first_targets"`
	InputSum       float64                `json:"input_sum"`
	TargetSum      float64                `json:"target_sum"`
	InitialWeights map[string][][]float64 `json:"initial_weights"`
	InitialBiases  map[string][]float64   `json:"initial_biases"`
}

func TestArticleRuns(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../testdata/article/as-*/figure-*.json")
	if err != nil || len(files) != 12 {
		t.Fatalf("%d golden runs, want 12 (error: %v)", len(files), err)
	}
	for _, file := range files {
		name := strings.TrimPrefix(filepath.ToSlash(file), "../testdata/article/")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want run
			readJSON(t, file, &want)
			source := legacy.New(problems.Seed)
			got := mustData(t, want.Problem, source, want.Observations)
			if got.N != want.N {
				t.Fatalf("%d points, want %d", got.N, want.N)
			}
			first := slices.Concat(want.FirstInputs...)
			near(t, "inputs", got.X[:len(first)], first)
			near(t, "targets", got.T[:len(want.FirstTargets)], want.FirstTargets)
			nearSum(t, "sum of inputs", got.X, want.InputSum)
			nearSum(t, "sum of targets", got.T, want.TargetSum)
			checkParameters(t, source, want)
		})
	}
}

// checkParameters draws the initial parameters, which the article does in this
// order, from where the data left off.
func checkParameters(t *testing.T, source *legacy.Source, want run) {
	t.Helper()
	var parameters []float64
	for _, name := range []string{"w_1", "w_2"} {
		parameters = append(parameters, slices.Concat(want.InitialWeights[name]...)...)
	}
	for _, name := range []string{"b_1", "b_2"} {
		parameters = append(parameters, want.InitialBiases[name]...)
	}
	for i, p := range parameters {
		if got := source.Float64() - .5; got != p {
			t.Errorf("parameter %d: got %v, want %v", i, got, p)
		}
	}
}

// sizes is testdata/numpy-sizes.json.
type sizes struct {
	Cases []struct {
		Problem      string    `json:"problem"`
		Observations int       `json:"observations"`
		X            []float64 `json:"x"`
		T            []float64 `json:"t"`
		RandAfter    []float64 `json:"rand_after"`
	} `json:"cases"`
	Linspace []struct {
		Start  float64   `json:"start"`
		Stop   float64   `json:"stop"`
		N      int       `json:"n"`
		Values []float64 `json:"values"`
	} `json:"linspace"`
}

func TestOtherSizes(t *testing.T) {
	t.Parallel()
	var golden sizes
	readJSON(t, "testdata/numpy-sizes.json", &golden)
	if len(golden.Cases) != 24 {
		t.Fatalf("%d cases, want 24", len(golden.Cases))
	}
	for _, want := range golden.Cases {
		t.Logf("%s, %d observations", want.Problem, want.Observations)
		source := legacy.New(problems.Seed)
		got := mustData(t, want.Problem, source, want.Observations)
		near(t, "inputs", got.X, want.X)
		near(t, "targets", got.T, want.T)
		for i, r := range want.RandAfter {
			if v := source.Float64(); v != r {
				t.Errorf("draw %d after the data: got %v, want %v", i, v, r)
			}
		}
	}
}

func TestLinspace(t *testing.T) {
	t.Parallel()
	var golden sizes
	readJSON(t, "testdata/numpy-sizes.json", &golden)
	if len(golden.Linspace) != 9 {
		t.Fatalf("%d cases, want 9", len(golden.Linspace))
	}
	for _, want := range golden.Linspace {
		got := tensor.Linspace(want.Start, want.Stop, want.N).Data()
		if !slices.Equal(got, want.Values) {
			t.Errorf("Linspace(%v, %v, %d):\n got %v\nwant %v", want.Start, want.Stop, want.N, got, want.Values)
		}
	}
}
