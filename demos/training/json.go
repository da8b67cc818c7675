package training

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

// JSON returns the run as JSON, ending in a newline. Parameters are keyed by the
// iteration after which they were so, "0", "1", …, then "w_1", "b_1", …; weights are
// in × out. The final prediction is of the problem's grid: row by row over y then x,
// or along x.
func (r *Run) JSON() ([]byte, error) {
	weights, biases := map[string]any{}, map[string]any{}
	for i, p := range r.Parameters {
		weights[strconv.Itoa(i)] = named("w", p.Weights)
		biases[strconv.Itoa(i)] = named("b", p.Biases)
	}
	var accuracy any
	if !math.IsNaN(r.Accuracy) {
		accuracy = r.Accuracy
	}
	text, err := json.Marshal(struct {
		Problem         string    `json:"problem"`
		Hidden          any       `json:"hidden"`
		Iterations      int       `json:"iterations"`
		Observations    int       `json:"observations"`
		LearningRate    float64   `json:"learning_rate"`
		Anneal          float64   `json:"anneal"`
		LossHistory     []float64 `json:"loss_history"`
		FinalAccuracy   any       `json:"final_accuracy"`
		InitialWeights  any       `json:"initial_weights"`
		InitialBiases   any       `json:"initial_biases"`
		Weights         any       `json:"weights"`
		Biases          any       `json:"biases"`
		FinalPrediction any       `json:"final_prediction"`
		MaxDifference   float64   `json:"max_difference"`
	}{
		Problem: r.Problem.Name, Hidden: hiddenUnits(r.Hidden),
		Iterations: len(r.Loss), Observations: r.Observations,
		LearningRate: r.LearningRate, Anneal: r.Anneal,
		LossHistory: r.Loss, FinalAccuracy: accuracy,
		InitialWeights: named("w", r.Initial.Weights), InitialBiases: named("b", r.Initial.Biases),
		Weights: weights, Biases: biases,
		FinalPrediction: r.finalPrediction(), MaxDifference: r.MaxDifference,
	})
	if err != nil {
		return nil, fmt.Errorf("training on %s: %w", r.Problem.Name, err)
	}
	return append(text, '\n'), nil
}

// hiddenUnits is a number for one hidden layer or none, as in the article, and a list
// for more.
func hiddenUnits(hidden []int) any {
	switch len(hidden) {
	case 0:
		return 0
	case 1:
		return hidden[0]
	}
	return hidden
}

// named returns the parameters as nested lists, keyed "w_1", "w_2", … or "b_1", ….
func named(letter string, parameters []*tensor.Tensor) map[string]any {
	m := map[string]any{}
	for l, p := range parameters {
		m[fmt.Sprintf("%s_%d", letter, l+1)] = nested(p)
	}
	return m
}

func nested(x *tensor.Tensor) any {
	if x.Rank() == 1 {
		return x.Data()
	}
	rows := make([]any, x.Dim(0))
	for i := range rows {
		rows[i] = x.Slice(0, i, i+1).Data()
	}
	return rows
}

func (r *Run) finalPrediction() any {
	last := r.Predictions[len(r.Predictions)-1]
	if r.Problem.Regression {
		return last
	}
	return nested(tensor.FromSlice(last, problems.GridSize, problems.GridSize))
}
