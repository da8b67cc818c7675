package figures

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/problems"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// still returns a figure of one panel that does not move.
func still(f Figure, width, height float64, desc string, content func(d *draw.Drawing)) Figure {
	d := draw.New(width, height, fmt.Sprintf("f%d-", f.Number))
	d.Describe(fmt.Sprintf("Figure %d: %s", f.Number, f.Title), desc)
	content(d)
	f.Panels = []Panel{{Name: "still", Drawing: d}}
	f.SVG = d.Static(0)
	return f
}

// SingleLayer returns figure 1: a network of one layer.
func SingleLayer() Figure {
	net := layers.Sequential{layers.NewLinear(3, 1, nil), layers.Sigmoid{}}
	f := Figure{
		Number: 1, Title: "A single-layer network",
		Text: []string{
			"Each input a is multiplied by a weight of its own; the products and a bias, which is the weight of an input that is always 1, are summed to the pre-activation z = Σ a_i w_i + b. The output is g(z), where g is the activation function.",
			"With the identity for g this is linear regression; with the logistic sigmoid it is a linear classifier, the “perceptron” of the 1950s.",
		},
		Code: "net := layers.Sequential{layers.NewLinear(3, 1, layers.Xavier(rng)), layers.Sigmoid{}}\n",
	}
	return still(f, 440, 320, "Three inputs and a bias feed one output unit.", func(d *draw.Drawing) {
		diagram(d, net, draw.Box{W: 440, H: 320}, []string{"a", "a_{out}"}, []string{"w"}, true)
	})
}

// MultiLayer returns figure 3: a network with a hidden layer.
func MultiLayer() Figure {
	net := layers.Sequential{layers.NewLinear(3, 4, nil), layers.Sigmoid{}, layers.NewLinear(4, 2, nil), layers.Sigmoid{}}
	f := Figure{
		Number: 3, Title: "A multi-layer network",
		Text: []string{
			"Networks of one layer are building blocks. A hidden layer between input and output makes the function a composition, a_k = g_k(b_k + Σ_j g_j(b_j + Σ_i a_i w_{ij}) w_{jk}), which can bend in ways that one layer cannot. Layers are counted by their sets of weights: this network has two. Biases are not drawn.",
			"The hidden activation must not be linear, or the layers collapse into one.",
		},
		Code: "net := layers.Sequential{\n\tlayers.NewLinear(3, 4, layers.Xavier(rng)), layers.Sigmoid{},\n\tlayers.NewLinear(4, 2, layers.Xavier(rng)), layers.Sigmoid{},\n}\n",
	}
	return still(f, 420, 340, "Three inputs feed four hidden units, which feed two output units.", func(d *draw.Drawing) {
		diagram(d, net, draw.Box{W: 420, H: 340}, []string{"a_i", "a_j", "a_k"}, []string{"w_{ij}", "w_{jk}"}, false)
	})
}

// diagram draws the layers of a network of Linears. labels are of the columns' units; a
// label without an index gets one. edges are of each layer's weights: with an index on
// every edge if there is one layer, else once.
func diagram(d *draw.Drawing, net layers.Sequential, box draw.Box, labels, edges []string, bias bool) {
	spec := draw.DiagramSpec{Box: box, Radius: 27}
	titles := []string{"input", "hidden", "output"}
	column := func(layer, units int) draw.Layer {
		title := titles[min(layer, 1)]
		if layer == len(labels)-1 {
			title = titles[2]
		}
		l := draw.Layer{Title: title}
		for i := range units {
			label := labels[layer]
			if label == "a" {
				label = fmt.Sprintf("a_%d", i+1)
			}
			l.Units = append(l.Units, draw.Unit{Label: label})
		}
		return l
	}
	layer := 0
	for _, l := range net {
		linear, ok := l.(*layers.Linear)
		if !ok {
			continue
		}
		in, out := linear.Weight.Value().Dim(0), linear.Weight.Value().Dim(1)
		if layer == 0 {
			spec.Layers = append(spec.Layers, column(0, in))
		}
		if bias {
			spec.Layers[layer].Bias = &draw.Unit{Label: "1"}
		}
		for i := range in {
			for j := range out {
				e := draw.Edge{Layer: layer, From: i, To: j}
				if len(edges) == 1 {
					e.Label = fmt.Sprintf("%s_%d", edges[layer], i+1)
				} else if i == 0 && j == 0 {
					e.Label = edges[layer]
				}
				spec.Edges = append(spec.Edges, e)
			}
		}
		if bias {
			for j := range out {
				spec.Edges = append(spec.Edges, draw.Edge{Layer: layer, From: draw.Bias, To: j, Label: "b"})
			}
		}
		spec.Layers = append(spec.Layers, column(layer+1, out))
		layer++
	}
	d.Diagram(spec)
}

// An activation is one of those of figure 2.
type activation struct {
	name  string
	layer layers.Layer
}

var activations = []activation{
	{"linear", layers.Identity{}},
	{"logistic sigmoid", layers.Sigmoid{}},
	{"tanh", layers.Tanh{}},
}

// values returns g and g′ at each of zs, the derivative by differentiation of Σ g(z).
func (a activation) values(zs []float64) (g, prime []float64) {
	z := autograd.Variable(tensor.FromSlice(zs, len(zs)))
	y := a.layer.Forward(z)
	grads := autograd.Backward(y.Sum())
	return y.Value().Data(), grads.Of(z).Data()
}

// Activations returns figure 2: activation functions and their derivatives.
func Activations() Figure {
	f := Figure{
		Number: 2, Title: "Activation functions and their derivatives",
		Text: []string{
			"Sigmoid and tanh saturate: far from zero they are flat, their derivative vanishes, and so does the gradient that passes through them. Near zero they are steepest: ¼ for the sigmoid, 1 for tanh.",
			"Both derivatives can be had from the function itself, g(1 − g) and 1 − g², which is why a network keeps its activations on the way forward. The curves on the right were not written down: they are ∂Σg(z)/∂z by automatic differentiation.",
			"The output’s activation depends on the task: sigmoid for classes coded 0 and 1, tanh for −1 and 1, linear for a number.",
		},
		Code: "z := autograd.Variable(tensor.Linspace(-5, 5, 100))\ngrads := autograd.Backward(z.Sigmoid().Sum())\nprime := grads.Of(z) // g′(z), element by element\n",
	}
	zs := tensor.Linspace(-5, 5, 101).Data()
	panel := func(n *draw.Node, box draw.Box, derivative bool) {
		spec := draw.AxesSpec{
			Box: draw.Box{X: box.X, Y: box.Y, W: box.W, H: box.H - 70}, X: line, Y: draw.Range{Lo: -1.1, Hi: 1.1},
			Title: "Activation functions", XLabel: "z", YLabel: "g(z)", Grid: true,
		}
		if derivative {
			spec.Title, spec.YLabel, spec.Y = "Derivatives, by automatic differentiation", "g′(z)", draw.Range{Lo: -.1, Hi: 1.1}
		}
		ax := n.Axes(spec)
		var entries []draw.Entry
		for i, a := range activations {
			s := draw.Series(i)
			s.Width = 2.5
			g, prime := a.values(zs)
			if derivative {
				g = prime
			}
			ax.Line(s, zs, g)
			entries = append(entries, draw.Entry{Label: a.name, Line: &s})
		}
		n.Legend(ax.Frame.X, box.Y+box.H-66, entries...)
	}
	for i, name := range []string{"activations", "derivatives"} {
		d := draw.New(400, 400, fmt.Sprintf("f2%c-", 'a'+i))
		d.Describe("Figure 2: "+name, "Linear, logistic and tanh from −5 to 5.")
		panel(d.Node, draw.Box{W: 400, H: 400}, i == 1)
		f.Panels = append(f.Panels, Panel{Name: name, Drawing: d})
	}
	d := draw.New(880, 400, "figure2-")
	d.Describe("Figure 2: "+f.Title, "Linear, logistic and tanh from −5 to 5, and their derivatives.")
	panel(d.Node, draw.Box{W: 440, H: 400}, false)
	panel(d.Node, draw.Box{X: 440, W: 440, H: 400}, true)
	f.SVG = d.Static(0)
	return f
}

// TruthTables returns figure 7.
func TruthTables() Figure {
	f := Figure{
		Number: 7, Title: "The truth tables of AND, OR and XOR",
		Text: []string{
			"These are the classes of the four corners. The training data are noisy copies of the corners: normal noise with a standard deviation of 0.15 is added to both inputs, and the class stays that of the corner.",
		},
	}
	return still(f, 360, 230, truthText(), func(d *draw.Drawing) {
		columns := []string{"x_1", "x_2", "AND", "OR", "XOR"}
		x := func(c int) float64 { return 50 + 65*float64(c) }
		d.Rect(draw.Box{X: x(2) - 34, Y: 14, W: 200, H: 202}).Fill(draw.Rule).Opacity(.35)
		for c, name := range columns {
			d.Text(x(c), 42, name).Anchor(draw.Middle).Size(16).Bold()
		}
		d.Line(14, 56, 346, 56).Stroke(draw.Stroke{})
		for r, corner := range corners() {
			y := 86 + 38*float64(r)
			for c, v := range corner {
				text := d.Text(x(c), y, fmt.Sprintf("%g", v)).Anchor(draw.Middle).Size(16)
				if c > 1 && v == 1 {
					text.Bold()
				}
			}
		}
	})
}

// corners returns the rows of the table: both inputs and the three classes.
func corners() [][]float64 {
	var rows [][]float64
	for _, name := range []string{"AND", "OR", "XOR"} {
		p, err := problems.ByName(name)
		if err != nil {
			panic("figures: internal error: " + err.Error())
		}
		for i, point := range p.Prototypes {
			if len(rows) <= i {
				rows = append(rows, []float64{point[0], point[1]})
			}
			rows[i] = append(rows[i], p.Classes[i])
		}
	}
	return rows
}

func truthText() string {
	text := ""
	for _, r := range corners() {
		text += fmt.Sprintf("x1 %g, x2 %g: AND %g, OR %g, XOR %g. ", r[0], r[1], r[2], r[3], r[4])
	}
	return text
}
