package figures

import (
	"fmt"

	"gentlegrad/autograd"
	"gentlegrad/demos/activation"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/tensor"
)

// activations are those of figure 2.
var activations = []activation.Function{activation.Linear, activation.Sigmoid, activation.Tanh}

// curves returns g and g′ at each of zs, the derivative by differentiation of Σ g(z).
func curves(a activation.Function, zs []float64) (g, prime []float64) {
	z := autograd.Variable(tensor.FromSlice(zs, len(zs)))
	y := a.Layer.Forward(z)
	grads := autograd.Backward(y.Sum())
	return y.Value().Data(), grads.Of(z).Data()
}

// activationFunctions draws figure 2: activation functions and their derivatives.
func activationFunctions(f *Figure) {
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
			g, prime := curves(a, zs)
			if derivative {
				g = prime
			}
			ax.Line(s, zs, g)
			label := a.Name
			if a.Name == activation.Sigmoid.Name {
				label = "logistic " + label
			}
			entries = append(entries, draw.Entry{Label: label, Line: &s})
		}
		n.Legend(ax.Frame.X, box.Y+box.H-66, entries...)
	}
	for i, name := range []string{"activations", "derivatives"} {
		d := draw.New(400, 400, fmt.Sprintf("f2%c-", 'a'+i))
		d.Describe("Figure 2: "+name, "Linear, logistic and tanh from −5 to 5.")
		panel(d.Node, draw.Box{W: 400, H: 400}, i == 1)
		f.Panels = append(f.Panels, page.Panel{Name: name, Drawing: d})
	}
	d := draw.New(880, 400, "figure2-")
	d.Describe("Figure 2: "+f.Title, "Linear, logistic and tanh from −5 to 5, and their derivatives.")
	panel(d.Node, draw.Box{W: 440, H: 400}, false)
	panel(d.Node, draw.Box{X: 440, W: 440, H: 400}, true)
	f.SVG = d.Static(0)
}
