package training

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gentlegrad/tensor"
)

// text returns the run as JSON.
func text(t *testing.T, r *Run) string {
	t.Helper()
	var b strings.Builder
	must(t, r.WriteJSON(&b))
	return b.String()
}

// decoded returns what package json makes of a text.
func decoded(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	must(t, json.Unmarshal([]byte(text), &m))
	return m
}

// lists returns a tensor as JSON decodes it: lists of lists, or a list.
func lists(x *tensor.Tensor) any {
	list := []any{}
	for i := range x.Dim(0) {
		if x.Rank() == 2 {
			list = append(list, lists(x.Slice(0, i, i+1).Reshape(x.Dim(1))))
		} else {
			list = append(list, x.At(i))
		}
	}
	return list
}

func namedLists(letter string, tensors []*tensor.Tensor) map[string]any {
	m := map[string]any{}
	for l, x := range tensors {
		m[fmt.Sprint(letter, "_", l+1)] = lists(x)
	}
	return m
}

// TestJSON compares everything in the JSON with the run: numbers must be the same bits.
func TestJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		problem string
		hidden  []int
		want    any
	}{
		{"AND", nil, 0.},
		{"XOR", []int{4}, 4.},
		{"RING", []int{3, 2}, []any{3., 2.}},
		{"SIN", []int{3}, 3.},
		{"ABS", []int{2, 2, 2}, []any{2., 2., 2.}},
	} {
		r := trained(t, test.problem, func(c *Config) {
			c.Iterations, c.Observations, c.Hidden, c.Anneal, c.LearningRate = 12, 3, test.hidden, .99, .1
		})
		weights, biases := map[string]any{}, map[string]any{}
		for i, p := range r.Parameters {
			weights[fmt.Sprint(i)], biases[fmt.Sprint(i)] = namedLists("w", p.Weights), namedLists("b", p.Biases)
		}
		want := map[string]any{
			"problem": test.problem, "hidden": test.want, "iterations": 12., "observations": 3.,
			"learning_rate": .1, "anneal": .99,
			"loss_history": floats(r.Loss), "final_accuracy": r.Accuracy,
			"initial_weights": namedLists("w", r.Initial.Weights), "initial_biases": namedLists("b", r.Initial.Biases),
			"weights": weights, "biases": biases,
			"final_prediction": floats(r.Prediction), "max_difference": r.MaxDifference,
		}
		if r.Problem.Regression {
			want["final_accuracy"] = nil
		} else {
			want["final_prediction"] = lists(tensor.FromSlice(r.Prediction, 20, 20))
		}
		s := text(t, r)
		got := decoded(t, s)
		for key := range want {
			if !reflect.DeepEqual(got[key], want[key]) {
				t.Errorf("%s: %s is\n%v\nwant\n%v", test.problem, key, got[key], want[key])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d keys, want %d", test.problem, len(got), len(want))
		}
		if strings.Count(s, "\n") != 1 || !strings.HasSuffix(s, "}\n") {
			t.Errorf("%s: the JSON is not one line: %q", test.problem, s)
		}
	}
}

func floats(vs []float64) any {
	list := []any{}
	for _, v := range vs {
		list = append(list, v)
	}
	return list
}

// TestJSONKeys states the order of the keys and the nesting as written.
func TestJSONKeys(t *testing.T) {
	t.Parallel()
	r := trained(t, "AND", func(c *Config) { c.Iterations, c.Observations = 2, 1 })
	r.Loss = []float64{.1, 1e-300}
	for _, p := range append(r.Parameters, r.Initial) {
		p.Weights[0].Copy(tensor.FromSlice([]float64{1. / 3, -2}, 2, 1))
		p.Biases[0].Fill(math.MaxFloat64)
	}
	r.MaxDifference, r.Accuracy = 5e-324, .75
	got := text(t, r)
	from, to := strings.Index(got, `"final_prediction":[[`), strings.Index(got, `,"max_difference"`)
	if from < 0 || to < from {
		t.Fatal(got)
	}
	got = got[:from] + got[to+1:]
	const w, b = `{"w_1":[[0.3333333333333333],[-2]]}`, `{"b_1":[1.7976931348623157e+308]}`
	want := `{"problem":"AND","hidden":0,"iterations":2,"observations":1,"learning_rate":2,"anneal":1,` +
		`"loss_history":[0.1,1e-300],"final_accuracy":0.75,"initial_weights":` + w + `,"initial_biases":` + b +
		`,"weights":{"0":` + w + `,"1":` + w + `},"biases":{"0":` + b + `,"1":` + b + `},"max_difference":5e-324}` + "\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Settings other than the article's stand at the end; those of the article are not repeated.
func TestJSONSettings(t *testing.T) {
	t.Parallel()
	r := trained(t, "AND", func(c *Config) {
		c.Seed, c.Activation, c.Output, c.Optimiser, c.Momentum = 7, "relu", "tanh", descent, .5
		c.Batch, c.StopLoss, c.StopChange, c.Iterations = 4, .25, 1e-9, 2
	})
	want := `,"seed":7,"activation":"relu","output":"tanh","momentum":0.5,"batch":4,"stop_loss":0.25,"stop_change":1e-9}` + "\n"
	if got := text(t, r); !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s\nwant at the end\n%s", got, want)
	}
}

// A run that stops early has as many iterations as it made.
func TestJSONStopped(t *testing.T) {
	t.Parallel()
	r := trained(t, "OR", func(c *Config) { c.StopLoss = 10 })
	m := decoded(t, text(t, r))
	n := float64(len(r.Loss))
	if m["iterations"] != n || n >= 100 || len(m["loss_history"].([]any)) != len(r.Loss) || len(m["weights"].(map[string]any)) != len(r.Loss) {
		t.Errorf("%v iterations, %d losses, %d weights; want %v", m["iterations"], len(m["loss_history"].([]any)), len(m["weights"].(map[string]any)), n)
	}
}

// What is no number can't be written.
func TestJSONNaN(t *testing.T) {
	t.Parallel()
	r := trained(t, "AND", func(c *Config) { c.Iterations, c.Observations = 1, 1 })
	r.Loss = slices.Clone(r.Loss)
	r.Loss[0] = math.NaN()
	if err := r.WriteJSON(io.Discard); err == nil || err.Error() != "training on AND: json: unsupported value: NaN" {
		t.Errorf("got %v", err)
	}
}

// The text is what package json writes of the same maps: it sorts their keys as strings.
func TestJSONSorted(t *testing.T) {
	t.Parallel()
	r := trained(t, "AND", func(c *Config) {
		c.Iterations, c.Observations, c.Hidden = 11, 1, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1}
	})
	s := text(t, r)
	for key, value := range decoded(t, s) {
		want, err := json.Marshal(value)
		must(t, err)
		if member := fmt.Sprintf("%q:%s", key, want); !strings.Contains(s, member) {
			t.Errorf("no %s in\n%s", member, s)
		}
	}
}
