package figures

import (
	"fmt"
	"math"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/demos/training"
)

var problemNames = map[string]string{
	"AND": "AND", "OR": "OR", "XOR": "XOR", "RING": "RING", "SIN": "sin x + 2.5", "ABS": "|x|",
}

func (f *player) predictionText() string {
	switch {
	case f.run.Data.Inputs == 2 && f.run.Problem.Regression:
		return "The network’s prediction over the plane and the training data, iteration by iteration."
	case f.run.Data.Inputs == 2:
		return "The network’s prediction over the plane, its decision boundary and the training data, iteration by iteration."
	case f.contribute():
		return "The training data, the prediction of the network, and what each hidden unit contributes to it, iteration by iteration."
	}
	return "The training data and the prediction of the network, iteration by iteration."
}

// compared says how the training of the printed code differs.
func (f *Figure) compared() string {
	return fmt.Sprintf(
		"The published figure was made without annealing, and so is the training that plays here. The article’s printed code multiplies the learning rate by 0.95 after every iteration: its loss is the dashed line, which ends at %s instead of %s.",
		number(f.Printed.Loss[len(f.Printed.Loss)-1]), number(f.Run.Loss[len(f.Run.Loss)-1]))
}

// facts returns the settings and results.
func facts(r *training.Run) []page.Fact {
	c := r.Config
	list := []page.Fact{
		{Name: "Network", Value: c.Network()},
		{Name: "Data", Value: observations(r)},
		{Name: "Training", Value: fmt.Sprintf("%s, %s of %s", draw.Count(len(r.Loss), "iteration"), draw.Count(r.Steps, "step"), method(r))},
		{Name: "Learning rate", Value: rate(c.LearningRate, c.Anneal)},
		{Name: "Loss", Value: number(r.Loss[0]) + " → " + number(r.Loss[len(r.Loss)-1])},
	}
	if !math.IsNaN(r.Accuracy) {
		value := draw.Percent(r.Accuracy) + " of the training data"
		if r.Held.N > 0 {
			value += ", " + draw.Percent(r.HeldAccuracy) + " of the held-out rows"
		}
		list = append(list, page.Fact{Name: "Accuracy", Value: value})
	}
	return append(list, page.Fact{Name: "Largest |automatic − manual|", Value: draw.Powers(fmt.Sprintf("%.1e", r.MaxDifference)) + ", over every δ and gradient of every step"})
}

func observations(r *training.Run) string {
	text := draw.Count(r.Data.N, "observation")
	if name, ok := problemNames[r.Problem.Name]; ok && r.Table == nil {
		text = fmt.Sprintf("%s of %s: %s", draw.Count(r.Data.N, "noisy observation"), name, r.Problem.Description)
	}
	if r.Data.N > mostObservations {
		text += fmt.Sprintf("; %d of them are shown", mostObservations)
	}
	return text
}

func method(r *training.Run) string {
	rule := "gradient descent"
	if r.Optimiser != training.Defaults(r.Problem).Optimiser {
		rule = r.Optimiser
	}
	if r.Momentum > 0 {
		rule += fmt.Sprintf(" with momentum %g", r.Momentum)
	}
	if r.Batch == 1 {
		return "online " + rule
	}
	return fmt.Sprintf("%s, on batches of %d observations", rule, r.Batch)
}

func rate(first, anneal float64) string {
	if anneal == 1 {
		return draw.Powers(fmt.Sprint(first)) + ", the same in every iteration"
	}
	return fmt.Sprintf("%s, × %s after every iteration", draw.Powers(fmt.Sprint(first)), draw.Powers(fmt.Sprint(anneal)))
}

// number writes a loss with four significant digits, as the player's script does.
func number(v float64) string { return draw.Powers(strings.TrimSuffix(fmt.Sprintf("%#.4g", v), ".")) }
