package figures

import (
	"fmt"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// A backpropagationStep is one of the article's four, drawn on one unit of each layer.
type backpropagationStep struct {
	title, desc string
	units       [3]string // of the input, the hidden and the output layer
	edges       [2]string // between them
	forward     bool      // an arrow goes along the edges
	back        bool      // or against them
	formulas    [2]string
}

// backpropagationSteps are the panels of the article's figure 6.
var backpropagationSteps = []backpropagationStep{
	{
		"I  forward", "The activations go forward along the weights.",
		[3]string{"a_i", "a_j", "a_k"}, [2]string{"w_{ij}", "w_{jk}"}, true, false,
		[2]string{"a_j = g_j(Σ_i a_i w_{ij} + b_j)", "a_k = g_k(Σ_j a_j w_{jk} + b_k)"},
	},
	{
		"II  errors back", "The error signals go back along the same weights.",
		[3]string{"", "δ_j", "δ_k"}, [2]string{"", "w_{jk}"}, false, true,
		[2]string{"δ_k = g_k′(z_k)(a_k − t_k)", "δ_j = g_j′(z_j) Σ_k δ_k w_{jk}"},
	},
	{
		"III  gradients", "At each weight the activation below it meets the error signal above it.",
		[3]string{"a_i", "a_j δ_j", "δ_k"}, [2]string{"a_i δ_j", "a_j δ_k"}, true, true,
		[2]string{"∂E/∂w_{jk} = a_j δ_k, ∂E/∂b_k = δ_k", "∂E/∂w_{ij} = a_i δ_j, ∂E/∂b_j = δ_j"},
	},
	{
		"IV  update", "Each weight moves against its gradient.",
		[3]string{"", "", ""}, [2]string{"w_{ij}", "w_{jk}"}, false, false,
		[2]string{"w ← w − η ∂E/∂w", "b ← b − η ∂E/∂b"},
	},
}

// panel draws the step.
func (s backpropagationStep) panel(i int) page.Panel {
	const w, h, y, r = 280, 160, 72, 24
	d := draw.New(w, h, fmt.Sprintf("f6s%d-", i+1))
	d.Describe(s.title, s.desc)
	d.Text(w/2, 20, s.title).Anchor(draw.Middle).Size(14).Bold()
	at := [3]float64{30, 140, 250}
	for k, label := range s.edges {
		from, to := at[k]+r, at[k+1]-r
		line := draw.Stroke{Width: 2}
		d.Line(from, y, to, y).Stroke(line)
		middle := (from + to) / 2
		color := draw.Series(1).Color
		switch {
		case s.forward && s.back: // they meet
			arrow(d.Node, middle-2, 1, y, draw.Ink)
			arrow(d.Node, middle+2, -1, y, color)
		case s.forward:
			arrow(d.Node, to, 1, y, draw.Ink)
		case s.back && label != "":
			arrow(d.Node, from, -1, y, color)
		}
		d.Text(middle, y-10, label).Anchor(draw.Middle).Size(13)
	}
	for k, label := range s.units {
		d.Circle(at[k], y, r).Fill(draw.Paper).Stroke(draw.Stroke{Width: 1.5})
		d.Text(at[k], y+5, label).Anchor(draw.Middle).Size(14)
	}
	for k, formula := range s.formulas {
		d.Text(w/2, y+52+22*float64(k), formula).Anchor(draw.Middle).Size(13)
	}
	return page.Panel{Name: fmt.Sprint("step", i+1), Drawing: d}
}

// arrow draws the head of an arrow with its point at x, to the right, 1, or to the left, −1.
func arrow(n *draw.Node, x, direction, y float64, color string) {
	var p draw.Pen
	p.Move(x, y)
	p.Line(x-11*direction, y-5)
	p.Line(x-11*direction, y+5)
	p.Close()
	n.Path(p.String()).Fill(color)
}
