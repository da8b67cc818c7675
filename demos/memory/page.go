package memory

import (
	"cmp"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strings"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/page"
)

//go:embed train.go
var source string

// Page returns the trainings, the reach of the gradients, and what the memory holds.
func (r *Result) Page() page.Page {
	return page.Page{
		Title:   "Memory: a recurrent network learns to wait",
		Lead:    "In a sequence of 50 numbers two are marked, and at the end the network should answer with their sum. A number that was marked early has to be kept while dozens of others go by, and the gradient has to find its way back just as far.",
		Figures: []page.Figure{r.learning(), r.reaching(), r.remembering()},
		Foot:    "The task is the adding problem of S. Hochreiter and J. Schmidhuber, Long short-term memory (1997).",
	}
}

// learning shows the errors.
func (r *Result) learning() page.Figure {
	chance := chart.Line{Name: "always answering 1", X: []float64{0, steps}, Y: []float64{Chance, Chance}}
	c := chart.Chart{
		Name: "error", Title: "Error on sequences held out", X: "step", Y: "mean (a − t)^2", LogY: true,
		Desc:  "The errors of the LSTM and of the plain recurrent network over the steps of training, and that of always answering 1.",
		Lines: []chart.Line{{Name: "LSTM", X: r.LSTM.Steps, Y: r.LSTM.Error}, {Name: "plain RNN", X: r.RNN.Steps, Y: r.RNN.Error}, chance},
	}
	f := page.Figure{
		Number: 1, Title: "One learns it, the other does not",
		Text: []string{
			"Both networks have 16 units and the same optimiser, and get new sequences in each step. The sum of two random numbers from 0 to 1 is 1 on average; always answering 1 has the mean squared error 1/6.",
			fmt.Sprintf("The plain recurrent network, hₜ = tanh(xₜ W + hₜ₋₁ U + b), ends not far below that error, at %.2f. The LSTM is below a tenth of it after %d steps, and at the end its answers are within 0.1 of the sum for %.1f %% of the sequences.", r.RNN.end(), r.LSTM.solved(), 100*r.LSTM.Close),
		},
		Panels: []page.Panel{c.Panel()},
		Code:   page.Function(source, "newLSTM") + "\n" + page.Function(source, "newRNN") + "\n" + page.Function(source, "Forward"),
	}
	for _, run := range []*Run{r.LSTM, r.RNN} {
		f.Facts = append(f.Facts, page.Fact{Name: run.Name, Value: fmt.Sprintf("error %.4f, %.1f %% within 0.1", run.end(), 100*run.Close)})
	}
	return f
}

// reaching shows how far back the gradients reach.
func (r *Result) reaching() page.Figure {
	c := chart.Chart{
		Name: "reach", Title: "Before training", X: "place in the sequence", Y: "size of ∂L/∂x", LogY: true,
		Desc:  "How much the loss depends on each place of the sequence, for both networks.",
		Lines: []chart.Line{{Name: "LSTM", Y: r.LSTM.Reach}, {Name: "plain RNN", Y: r.RNN.Reach}},
	}
	return page.Figure{
		Number: 2, Title: "How far back the gradient reaches",
		Text: []string{
			"The loss is computed at the end. Backpropagation through time walks back through the unrolled sequence. At each place of the plain network the gradient is multiplied by Uᵀ and by the slope of tanh, which together shrink it, so it falls exponentially with the distance from the end.",
			fmt.Sprintf("In an LSTM the memory goes from place to place by c ← f ⊙ c + …, and along this path its gradient is multiplied only by the forget gate f, which can learn to be nearly 1. The bias of this gate begins at 1, so f is about 0.73 at first, not ½. Before training, including what flows through h, which all gates see, the gradient at the first number is %.1g of that at the last; in the plain network it is %.1g.",
				r.LSTM.Reach[0]/r.LSTM.Reach[length-1], r.RNN.Reach[0]/r.RNN.Reach[length-1]),
			"The curves show the size of grads.Of(x) at each place: the root of the sum of its squares over all sequences. Any node can be asked for its gradient in this way.",
		},
		Panels: []page.Panel{c.Panel()},
		Code:   page.Function(source, "reach"),
	}
}

// remembering shows the memory of the trained LSTM while it reads a sequence.
func (r *Result) remembering() page.Figure {
	cells := r.LSTM.cells(r.sequence)
	c := chart.Chart{
		Name: "cells", Title: "Memory cells", X: "place in the sequence", Y: "c",
		Desc: "The cells whose changes stand out most at the marked numbers, which are points, while the network reads a sequence.",
	}
	for _, u := range r.takingIn(cells)[:4] {
		c.Lines = append(c.Lines, chart.Line{Name: fmt.Sprintf("unit %d", u+1), Y: cells[u]})
	}
	marked := chart.Line{Name: "the marked numbers", Marked: true}
	var sum float64
	var numbers []string
	for k := range length {
		if v := r.sequence.At(0, k, 0); r.sequence.At(0, k, 1) == 1 {
			marked.X, marked.Y = append(marked.X, float64(k+1)), append(marked.Y, v)
			sum += v
			numbers = append(numbers, fmt.Sprintf("%.3f at place %d", v, k+1))
		}
	}
	c.Lines = append(c.Lines, marked)
	answer := r.LSTM.answer(r.sequence)
	return page.Figure{
		Number: 3, Title: "What the memory holds",
		Text: []string{
			"A sequence that the network was not trained on, and the four cells whose changes stand out most at the marked numbers. There they take a step; between the marks they drift, since nobody asks for the sum before the end. The answer is made of all sixteen.",
		},
		Facts: []page.Fact{
			{Name: "marked", Value: strings.Join(numbers, "\n")},
			{Name: "their sum", Value: fmt.Sprintf("%.3f", sum)},
			{Name: "the network’s answer", Value: fmt.Sprintf("%.3f", answer)},
		},
		Panels: []page.Panel{c.Panel()},
		Code:   page.Function(source, "cells"),
	}
}

// takingIn returns the units, first those whose cells change more at the marked numbers than elsewhere.
func (r *Result) takingIn(cells [units][]float64) []int {
	var order []int
	var taken [units]float64
	for u, c := range cells {
		order = append(order, u)
		for k := 1; k < length; k++ {
			change := math.Abs(c[k] - c[k-1])
			if r.sequence.At(0, k, 1) == 1 {
				taken[u] += change / 2
			} else {
				taken[u] -= change / (length - 2)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(taken[b], taken[a]) })
	return order
}
