package moons

import (
	"fmt"
	"strings"
	"time"

	"gentlegrad/autograd"
	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A snapshot has the network's score all over the plane, at one moment of the training.
type snapshot struct {
	when   string
	scores draw.Grid
}

// The part of the plane that is drawn.
var across, up = draw.Range{Lo: -1.8, Hi: 2.8}, draw.Range{Lo: -1.3, Hi: 1.8}

func newSnapshot(when string, net layers.Layer) snapshot {
	g := draw.Sample(93, 63, across, up, func(x, y float64) float64 {
		at := autograd.Context{NoRecord: true}.Constant(tensor.FromSlice([]float64{x, y}, 1, 2))
		return net.Forward(at).Value().Item()
	})
	return snapshot{when, g}
}

// drawing draws the scores, the lines where they are −1, 0 and 1, and the points.
func (r *record) drawing(i int, s snapshot) *draw.Drawing {
	const w, h = 420, 330
	d := draw.New(w, h, fmt.Sprintf("s%d-", i))
	d.Describe("Scores "+s.when, "The score of the network over the plane, with the line where it is 0, which separates what it takes for one moon from what it takes for the other.")
	ax := d.Axes(draw.AxesSpec{Box: draw.Box{W: w, H: h}, X: across, Y: up, Title: s.when})
	levels := []float64{-4, -3, -2, -1, 0, 1, 2, 3, 4}
	ax.Contours(levels, draw.Bands(len(levels)+1), s.scores)
	line := draw.Stroke{Color: "#fff", Width: 1.5, Dash: "4 3"}
	ax.Isoline(line, -1, s.scores)
	ax.Isoline(line, 1, s.scores)
	ax.Isoline(draw.Stroke{Color: "#fff", Width: 2.5}, 0, s.scores)
	for _, moon := range []struct {
		target float64
		draw.Marker
	}{
		{1, draw.Marker{Color: "#111", Edge: "#fff", Size: 6}},
		{-1, draw.Marker{Shape: draw.Square, Color: "#fff", Edge: "#111", Size: 6}},
	} {
		var xs, ys []float64
		for k, t := range r.Targets {
			if t == moon.target {
				xs, ys = append(xs, r.Inputs[k][0]), append(ys, r.Inputs[k][1])
			}
		}
		ax.Scatter(moon.Marker, xs, ys)
	}
	return d
}

// Page returns the training, and how it compares with micrograd's, as a page.
func (r *Result) Page() page.Page {
	source, _, _ := strings.Cut(strings.TrimPrefix(Source, "# micrograd.json"), "\n\n")
	return page.Page{
		Title:   "Two moons: micrograd's demo",
		Lead:    `micrograd, by Andrej Karpathy, is reverse-mode automatic differentiation in 100 lines of Python, with a node for each number. Its demo separates two half-moons with a network of 337 parameters. Here is the same training, from the same weights and on the same points, with a node for each tensor; made by <code>go run ./demos moons</code>.`,
		Figures: []page.Figure{r.surface(), r.losses(), r.apart()},
		Foot:    page.Escaped(source),
	}
}

func (r *Result) surface() page.Figure {
	f := page.Figure{
		Number: 1, Title: "What the network learns",
		Text: []string{
			"Each point of the plane has a score: blue is negative, yellow is positive, and the line is where the score is 0. A unit of the first layer is 0 on one side of a straight line and rises on the other, so the surface of the score is made of flat pieces, and the line bends where pieces meet.",
			"The hinge loss, max(0, 1 − t·score) for a target t of 1 or −1, is not content with the right side of the line: it wants each point beyond the dashed line on its side, where the score is 1 or −1. A point that is there no longer contributes to the gradient. Late in training few points still contribute, and what is left of the loss is mostly the weight decay.",
		},
		Facts: []page.Fact{
			{Name: "network", Value: r.Net.String()},
			{Name: "loss", Value: "mean of max(0, 1 − t·score), plus 0.0001 Σ w²"},
			{Name: "step", Value: "all 100 points; rate from 1 linearly to 0.109"},
			{Name: "on the right side at the end", Value: fmt.Sprintf("%.0f %%", 100*r.Accuracy)},
		},
		Code: lossCode,
	}
	for i, s := range r.snapshots {
		f.Panels = append(f.Panels, page.Panel{Name: fmt.Sprintf("scores%d", i), Drawing: r.drawing(i, s)})
	}
	return f
}

func (r *Result) losses() page.Figure {
	c := chart.Chart{
		Name: "loss", Title: "Loss before each step", X: "step", Y: "hinge loss and decay", LogY: true,
		Desc:  "The losses of 100 steps, micrograd's and ours, which coincide. With rises and falls they go from 0.9 to 0.011.",
		Lines: []chart.Line{{Name: "micrograd", Y: r.Micrograd}, {Name: "here", Y: r.Usual}},
	}
	return page.Figure{
		Number: 2, Title: "The losses, and the time they take",
		Text: []string{
			"The two lines coincide. While the rate is large the loss jumps up now and again: the step is too long for the valley that it is in. As the rate falls, the jumps end.",
			"micrograd makes a node of every number: in each step it builds and walks 65,818 of them, where the graph of tensors has 35 and computes the same. That is why frameworks have tensors. A plan, which repeats the graph without building it again, needs a quarter of the remaining time or less.",
		},
		Panels: []page.Panel{c.Panel()},
		Facts:  r.times(),
		Code:   planCode,
	}
}

// times lists the times that the steps took, each with what took it.
func (r *Result) times() []page.Fact {
	factor := func(d time.Duration) string {
		return fmt.Sprintf("%v, 1/%.0f of micrograd's", d.Round(10*time.Microsecond), r.Took.Seconds()/d.Seconds())
	}
	return []page.Fact{
		{Name: "micrograd 0.1.0, Python 3.11", Value: fmt.Sprintf("%v (of %s)", r.Took.Round(100*time.Millisecond), r.Recorded)},
		{Name: "here, each graph built anew", Value: factor(r.Anew)},
		{Name: "here, by a plan", Value: factor(r.ByPlan)},
	}
}

func (r *Result) apart() page.Figure {
	c := chart.Chart{
		Name: "apart", Title: "Relative difference from micrograd's loss", X: "step", Y: "|a − b| / b", LogY: true,
		Desc: "How far trainings are from micrograd's, step by step: less than 10 to the power of −14.",
	}
	f := page.Figure{
		Number: 3, Title: "How equal is equal?",
		Text: []string{
			"Numbers are rounded to 53 bits, so a + (b + c) need not equal (a + b) + c. Adding up the same gradients in another order gives other last digits, and the steps that follow amplify the difference: to some 10⁻¹⁵ of the loss after 60 steps, until all trainings come to rest in the same valley.",
			"This holds for micrograd itself. It keeps the operands of a node in a Python set, whose order depends on where they happen to be in memory, so gradients are added up in an order that changes from run to run: three runs on one machine differed by up to 2·10⁻¹⁴. For the comparison its sets were given a fixed order; the README of demos/moons tells how. The losses that its author published, from his machine, are about as far from these as those of layers.Linear, which rounds a product and its addition once, where Python rounds twice.",
			"A layer that adds up as micrograd does, one rounded product after another, gives all 100 of micrograd's losses bit for bit: the gradients are the same, whether there is a node for each number or for each tensor. In the chart, which is logarithmic, a difference of 0 does not show.",
		},
		Code: layerCode,
	}
	for _, l := range r.others() {
		each, most := differences(l.Y, r.Micrograd)
		fact := page.Fact{Name: l.Name, Value: "none"}
		if most > 0 {
			fact.Value = "at most " + draw.Powers(fmt.Sprintf("%.1e", most))
			c.Lines = append(c.Lines, chart.Line{Name: l.Name, Y: each, Marked: true})
		}
		f.Facts = append(f.Facts, fact)
	}
	f.Panels = []page.Panel{c.Panel()}
	return f
}

const lossCode = `net := layers.Sequential{
	layers.NewLinear(2, 16, init), layers.ReLU{},
	layers.NewLinear(16, 16, init), layers.ReLU{},
	layers.NewLinear(16, 1, init),
}
loss := net.Forward(x).Hinge(t).Mean()
for _, w := range layers.Parameters(net) {
	loss = loss.Add(w.Square().Sum().Scale(1e-4))
}`

const planCode = `plan := autograd.NewPlan(loss, parameters...)
for step := range 100 {
	plan.Forward()
	descent.LearningRate = 1 - .9*float64(step)/100
	descent.Step(plan.Backward())
}`

const layerCode = `func (l neurons) Forward(x *autograd.Node) *autograd.Node {
	biasFirst := l.Units.Roll(1, 1)
	return autograd.Apply(product{}, x.Pad(1, 1, 0, 1), biasFirst.Transpose())
}

func (product) Forward(z *autograd.Node) {
	x, y := z.Input(0).Value(), z.Input(1).Value()
	z.Value().Zeros(x.Dim(0), y.Dim(1))
	// z[i, j] += x[i, p] * y[p, j], for p = 0, 1, …, each product rounded
}

func (product) VJP(z *autograd.Node, i int, dz *autograd.Node) *autograd.Node {
	if i == 0 {
		return autograd.Apply(product{}, dz, z.Input(1).Transpose())
	}
	return autograd.Apply(product{}, z.Input(0).Transpose(), dz)
}`
