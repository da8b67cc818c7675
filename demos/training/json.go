package training

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"

	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

// WriteJSON writes the run as JSON, ending in a newline. Parameters are keyed by the iteration
// after which they were reached, "0", "1", …, and then by "w_1", "b_1", …; weights are in × out.
// The final prediction is that over the problem's grid, row by row over y then x, or along x; for
// a table it is that for the held-out rows, in order. What the article does not have follows at the
// end, where there is any: settings other than the article's, and what belongs to a table.
// WriteJSON returns an error if a number is infinite or NaN, and the errors of w.
func (r *Run) WriteJSON(w io.Writer) error {
	j := &jsonWriter{w: bufio.NewWriter(w)}
	j.object(r.members)
	j.text("\n")
	if err := j.w.Flush(); j.err == nil {
		return err
	}
	return fmt.Errorf("training on %s: %w", r.Problem.Name, j.err)
}

// members yields the members of the JSON object of a run.
func (r *Run) members(yield func(key string, value any) bool) {
	var accuracy any
	if !math.IsNaN(r.Accuracy) {
		accuracy = r.Accuracy
	}
	prediction := tensor.FromSlice(r.Prediction, len(r.Prediction))
	switch {
	case r.Table != nil:
		prediction = prediction.Reshape(r.Held.N, r.Held.Outputs)
	case !r.Problem.Regression:
		prediction = prediction.Reshape(problems.GridSize, problems.GridSize)
	}
	list := []member{
		{"problem", r.Problem.Name},
		{"hidden", hiddenUnits(r.Hidden)},
		{"iterations", len(r.Loss)},
		{"observations", r.Observations},
		{"learning_rate", r.LearningRate},
		{"anneal", r.Anneal},
		{"loss_history", r.Loss},
		{"final_accuracy", accuracy},
		{"initial_weights", named("w", r.Initial.Weights)},
		{"initial_biases", named("b", r.Initial.Biases)},
		{"weights", r.history("w", func(p Parameters) []*tensor.Tensor { return p.Weights })},
		{"biases", r.history("b", func(p Parameters) []*tensor.Tensor { return p.Biases })},
		{"final_prediction", prediction},
		{"max_difference", r.MaxDifference},
	}
	for _, m := range append(list, r.beyond()...) {
		if !yield(m.key, m.value) {
			return
		}
	}
}

type member struct {
	key   string
	value any
}

// beyond returns what a run has beyond the article's.
func (r *Run) beyond() (list []member) {
	usual := Defaults(r.Problem)
	for _, setting := range []struct {
		key        string
		own, usual any
	}{
		{"seed", r.Seed, usual.Seed},
		{"activation", r.Activation, usual.Activation},
		{"output", r.Output, usual.Output},
		{"optimiser", r.Optimiser, usual.Optimiser},
		{"momentum", r.Momentum, usual.Momentum},
		{"batch", r.Batch, usual.Batch},
		{"stop_loss", r.StopLoss, usual.StopLoss},
		{"stop_change", r.StopChange, usual.StopChange},
	} {
		if setting.own != setting.usual {
			list = append(list, member{setting.key, setting.own})
		}
	}
	if r.Table == nil {
		return list
	}
	list = append(list, member{"columns", r.Table.Columns}, member{"target", r.Table.Target}, member{"means", r.Table.Scaling.Mean},
		member{"deviations", r.Table.Scaling.Deviation})
	if r.Problem.Regression {
		return append(list, member{"target_mean", r.Table.TargetScaling.Mean.Item()}, member{"target_deviation", r.Table.TargetScaling.Deviation.Item()},
			member{"validation_loss", r.Validation})
	}
	return append(list, member{"classes", r.Table.Classes}, member{"validation_loss", r.Validation}, member{"validation_accuracy", r.HeldAccuracy})
}

// hiddenUnits returns a number for one hidden layer or none, as in the article, and a list
// for more layers.
func hiddenUnits(hidden []int) any {
	switch len(hidden) {
	case 0:
		return 0
	case 1:
		return hidden[0]
	}
	return hidden
}

// members are the members of an object, in their order.
type members = iter.Seq2[string, any]

// history yields the weights, or the biases, after each iteration.
func (r *Run) history(letter string, of func(Parameters) []*tensor.Tensor) members {
	return inKeyOrder(len(r.Parameters), strconv.Itoa, func(i int) any { return named(letter, of(r.Parameters[i])) })
}

// named yields parameters, keyed "w_1", "w_2", … or "b_1", ….
func named(letter string, parameters []*tensor.Tensor) members {
	key := func(l int) string { return fmt.Sprintf("%s_%d", letter, l+1) }
	return inKeyOrder(len(parameters), key, func(l int) any { return parameters[l] })
}

// inKeyOrder yields n values in the order of their keys, in which package json writes a map.
func inKeyOrder(n int, key func(i int) string, value func(i int) any) members {
	index := map[string]int{}
	for i := range n {
		index[key(i)] = i
	}
	return func(yield func(string, any) bool) {
		for _, k := range slices.Sorted(maps.Keys(index)) {
			if !yield(k, value(index[k])) {
				return
			}
		}
	}
}

// A jsonWriter writes JSON piece by piece, since the text of a run can be larger than its numbers.
type jsonWriter struct {
	w   *bufio.Writer // keeps its first error
	err error         // the first value that can't be written
}

func (j *jsonWriter) text(s string) { j.w.WriteString(s) }

// object writes an object, as long as there is no error.
func (j *jsonWriter) object(of members) {
	between := "{"
	for key, value := range of {
		j.text(between)
		j.value(key)
		j.text(":")
		j.value(value)
		between = ","
		if j.err != nil {
			return
		}
	}
	j.text("}")
}

func (j *jsonWriter) value(v any) {
	switch v := v.(type) {
	case members:
		j.object(v)
	case *tensor.Tensor:
		j.tensor(v)
	default:
		text, err := json.Marshal(v)
		j.w.Write(text)
		if err != nil && j.err == nil {
			j.err = err
		}
	}
}

// tensor writes a vector as a list, and a matrix as a list of its rows.
func (j *jsonWriter) tensor(x *tensor.Tensor) {
	if x.Rank() == 1 {
		j.value(x.Data())
		return
	}
	between := "["
	for i := range x.Dim(0) {
		j.text(between)
		j.value(x.Slice(0, i, i+1).Data())
		between = ","
	}
	j.text("]")
}
