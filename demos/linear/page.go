package linear

import (
	_ "embed"
	"fmt"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/demos/problems"
)

//go:embed linear.go
var source string

// Page returns the surfaces and the losses.
func (r *Result) Page() page.Page {
	same := page.Figure{
		Number: 1, Title: "Three linear layers, and the one that equals them",
		Text: []string{
			"A linear layer computes x w + b. When its result goes into another one, (x w_1 + b_1) w_2 + b_2 = x (w_1 w_2) + (b_1 w_2 + b_2): this is a linear layer again, whose weights are the product. So three linear layers are one, too. The first surface is that of the trained stack of 105 parameters, the second that of the single layer with the product as its weights, which has 3. They differ only by the rounding of floating-point numbers.",
			"The surface of a single linear layer is a plane, and no plane is 0 at two opposite corners of a square and 1 at the others. The best one is nearly level, at ½. With tanh between the layers, the same stack bends its surface as XOR needs it.",
		},
		Panels: []page.Panel{r.Stack.panel("stack"), r.Product.panel("product"), r.Tanh.panel("tanh")},
		Facts: []page.Fact{
			{Name: "greatest difference before training", Value: draw.Powers(fmt.Sprintf("%.0e", r.Before))},
			{Name: "after", Value: draw.Powers(fmt.Sprintf("%.0e", r.After))},
		},
		Code: page.Function(source, "newStack") + "\n" + page.Function(source, "multiplyOut"),
	}
	losses := page.Figure{
		Number: 2, Title: "What they learn of XOR",
		Text: []string{
			fmt.Sprintf("Descent on the mean of (a−t)² over all %d points, with the rate %v. The three linear layers end where the single one does: at the loss of the best plane, near ½² = 0.25. Depth changes only the way there, since the steps are taken in the factors instead of their product.", r.Points.N, rate),
		},
		Panels: []page.Panel{r.losses().Panel()},
	}
	for _, n := range []Network{r.Stack, r.Single, r.Tanh} {
		losses.Facts = append(losses.Facts, page.Fact{Name: n.Name, Value: fmt.Sprintf("%.4f", n.last())})
	}
	return page.Page{
		Title:   "Stacked linear layers are one linear layer",
		Lead:    "Why a network needs activations that are not linear: without them, its layers multiply out to one.",
		Figures: []page.Figure{same, losses},
	}
}

func (r *Result) losses() chart.Chart {
	c := chart.Chart{
		Name: "loss", Title: "Loss", X: "step", Y: "mean (a−t)^2", LogY: true,
		Desc: "The loss of the linear networks stays near a quarter; with tanh it falls.",
	}
	for _, n := range []Network{r.Stack, r.Single, r.Tanh} {
		c.Lines = append(c.Lines, chart.Line{Name: n.Name, Y: n.Loss})
	}
	return c
}

// panel draws the network's outputs as a surface.
func (n Network) panel(name string) page.Panel {
	const size = problems.GridSize
	d := draw.New(380, 350, name+"-")
	d.Describe(n.Name, "The outputs of the network over the square from −0.5 to 1.5.")
	d.Text(190, 18, n.Name).Anchor(draw.Middle).Size(14).Bold()
	square := draw.Range{Lo: -.5, Hi: 1.5}
	d.Surface(draw.SurfaceSpec{
		Box: draw.Box{Y: 24, W: 380, H: 320}, Z: draw.Range{Lo: -.2, Hi: 1.2}, Azimuth: -60, Elevation: 30,
		Grid:   draw.Grid{NX: size, NY: size, X: square, Y: square, Z: n.Surface.Data()},
		XLabel: "x_1", YLabel: "x_2", ZLabel: "a",
	})
	return page.Panel{Name: name, Drawing: d}
}
