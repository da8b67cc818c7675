package orbit

import (
	"fmt"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// Page returns the descents as a page.
func (r *Result) Page() page.Page {
	return page.Page{
		Title:   "A launch past a moon",
		Lead:    `There is no network here: the 600 steps of a simulation are a graph like any other, and the gradient that passes back through all of them finds a launch. Made by <code>go run ./demos orbit</code>.`,
		Figures: []page.Figure{r.flights(), r.overLaunches(), r.passedBack()},
		Foot:    "The units: the mass of the planet, the distance of the moon and the constant of gravity are 1; the moon has a tenth of the planet's mass.",
	}
}

// The parts of the plane and of the velocities that are drawn.
var (
	east, north = draw.Range{Lo: -2.4, Hi: 2}, draw.Range{Lo: -4.4, Hi: 1.2}
	across, up  = draw.Range{Lo: -.4, Hi: 1.8}, draw.Range{Lo: -2.8, Hi: -1.2}
)

func (r *Result) flights() page.Figure {
	d := r.Descents[0]
	var during, ends []line
	for i, f := range d.Flights {
		during = append(during, line{fmt.Sprintf("after %d iterations", shown[i]), draw.Series(len(d.Flights) - 1 - i), f})
	}
	for i, d := range r.Descents {
		ends = append(ends, line{d.name(), draw.Series(i), d.Flights[len(shown)-1]})
	}
	f := page.Figure{
		Number: 1, Title: "Flights, before and after descent",
		Text: []string{
			"A probe leaves its place beside the planet with a velocity v, and should be at the cross after 600 steps. In each step the pull of planet and moon changes its velocity, and the velocity moves it. Meanwhile the moon goes round the planet; a probe that passes close behind it is flung onwards.",
			"The loss is the squared distance from the cross at the end, and Adam minimises it by its gradient with respect to v. In the first chart, early flights pass the moon at a distance and end far from the cross; the last one passes close behind the moon, and ends at the cross. Without the moon the same launch would miss.",
			"There are several ways to the cross, and which of them descent finds depends on where it begins. From the third launch it finds none: the planet catches that probe, which then goes round it.",
		},
		Panels: []page.Panel{
			{Name: "during", Drawing: r.sky("a", "From "+velocity(d.Launches[0]), during)},
			{Name: "ends", Drawing: r.sky("b", "After 200 iterations, from three launches", ends)},
		},
		Code: code,
	}
	for _, d := range r.Descents {
		f.Facts = append(f.Facts, page.Fact{
			Name:  d.name(),
			Value: fmt.Sprintf("misses by %.2f at first, by %.5f in the end", d.Distances[0], d.Distances[iterations]),
		})
	}
	f.Facts = append(f.Facts, page.Fact{Name: "the first, without the moon", Value: fmt.Sprintf("misses by %.2f in the end", r.Unaided)})
	return f
}

func velocity(v []float64) string { return draw.Powers(fmt.Sprintf("(%.1f, %.1f)", v[0], v[1])) }

// name says where the descent began.
func (d Descent) name() string { return "from " + velocity(d.Launches[0]) }

// A line is a flight as it is drawn.
type line struct {
	name string
	draw.Stroke
	Flight
}

// sky draws flights around the planet, and where the moon was.
func (r *Result) sky(id, title string, lines []line) *draw.Drawing {
	const w, h = 400, 500
	d := draw.New(w, h+19*float64(len(lines)+1)+18, "o"+id+"-")
	d.Describe(title, "Flights from beside the planet, past the moon, and beyond.")
	ax := d.Axes(draw.AxesSpec{Box: draw.Box{W: w, H: h}, X: east, Y: north, Title: title})
	moon := draw.Stroke{Color: draw.Muted, Width: 1, Dash: "2 3"}
	ax.Line(moon, r.Moon.X, r.Moon.Y)
	entries := []draw.Entry{{Label: "the moon, as the solid flight passes it", Line: &moon, Marker: &draw.Marker{Color: draw.Paper, Edge: draw.Ink, Size: 9}}}
	for _, l := range lines {
		ax.Line(l.Stroke, l.X, l.Y)
		n := len(l.X) - 1
		ax.Scatter(draw.Marker{Color: l.Color, Size: 6}, l.X[n:], l.Y[n:])
		entries = append(entries, draw.Entry{Label: l.name, Line: &l.Stroke})
	}
	met := closest(r.Descents[0].Flights[len(shown)-1], r.Moon)
	ax.Scatter(draw.Marker{Color: draw.Paper, Edge: draw.Ink, Size: 9}, r.Moon.X[met:met+1], r.Moon.Y[met:met+1])
	ax.Scatter(draw.Marker{Color: "#e69f00", Edge: draw.Ink, Size: 14}, []float64{0}, []float64{0})
	x, y := ax.X.At(target.Value().At(0, 0)), ax.Y.At(target.Value().At(0, 1))
	ax.Over.Line(x-7, y, x+7, y).Stroke(draw.Stroke{Width: 2})
	ax.Over.Line(x, y-7, x, y+7).Stroke(draw.Stroke{Width: 2})
	d.Legend(ax.Frame.X, h+8, entries...)
	return d
}

func (r *Result) overLaunches() page.Figure {
	const w, h = 480, 400
	d := draw.New(w, h, "om-")
	d.Describe("The distance from the target over the velocity of the launch", "Two narrow, bent valleys, each with a deepest place; two paths of descent lead there, and one stays outside.")
	ax := d.Axes(draw.AxesSpec{Box: draw.Box{W: w, H: h}, X: across, Y: up, Title: "Distance from the cross at the end", XLabel: "v_x", YLabel: "v_y"})
	levels := draw.Levels(draw.Range{Lo: -1.5, Hi: .75}, 11)
	ax.Contours(levels, draw.Bands(len(levels)+1), r.Map)
	c := chart.Chart{
		Name: "distance", Title: "Distance from the cross", X: "iteration", Y: "distance", LogY: true,
		Desc: "The distances of three descents. Two fall to less than a thousandth, the third stays above 2.",
	}
	for i, descent := range r.Descents {
		var xs, ys []float64
		for _, v := range descent.Launches {
			xs, ys = append(xs, v[0]), append(ys, v[1])
		}
		ax.Line(draw.Stroke{Color: "#fff", Width: 2.5, Dash: draw.Series(i).Dash}, xs, ys)
		ax.Scatter(draw.Marker{Color: "#fff", Edge: "#222", Size: 8}, xs[:1], ys[:1])
		c.Lines = append(c.Lines, chart.Line{Name: descent.name(), Y: descent.Distances})
	}
	return page.Figure{
		Number: 2, Title: "The loss over all launches",
		Text: []string{
			"Each point of the map is a launch; the darker it is, the nearer to the cross the flight ends. The 6643 flights of the map are the rows of one tensor: the code that flies one probe flies them all.",
			"Launches in the left valley pass behind the moon, those in the right one pass in front of it. Where a flight comes very close to a body, a small change of the launch changes everything after it: such launches make the speckles, and there the gradient says little. Descent needs to start in a valley, or near one.",
		},
		Panels: []page.Panel{{Name: "map", Drawing: d}, c.Panel()},
	}
}

func (r *Result) passedBack() page.Figure {
	c := chart.Chart{
		Name: "norms", Title: "How the loss depends on the probe’s position", X: "step", Y: "norm of ∂L/∂x", LogY: true,
		Desc: "The norm of the gradient after each of 600 steps, for the three first launches: it hardly changes far from both bodies, and by factors of ten close to them.",
	}
	for _, d := range r.Descents {
		c.Lines = append(c.Lines, chart.Line{Name: d.name(), Y: d.Norms})
	}
	return page.Figure{
		Number: 3, Title: "The gradient on its way back through 600 steps",
		Text: []string{
			"Backpropagation gives the gradient of every node on its way, and so of each position of a flight: how the loss would change if the probe were moved a little at that moment. In the chart it goes from right to left, beginning with twice the vector from the cross to the end of the flight. Far from both bodies it hardly changes. Close to the moon, at about step 100, and close to the planet, in the first steps, it changes by factors of ten and more: there, small differences become large. The third flight comes back to the planet at step 340.",
			"The simulation is like a recurrent network without weights, and it shows what makes such networks hard to train over many steps: each step back multiplies the gradient by a matrix, and many such products grow or shrink. Here the matrix is the Jacobian of a step, which the forces determine.",
		},
		Panels: []page.Panel{c.Panel()},
		Facts: []page.Fact{
			{Name: "nodes in the graph", Value: fmt.Sprint(r.Nodes)},
			{Name: "∂L/∂v of the first launch", Value: draw.Powers(fmt.Sprintf("%.9f, %.9f", r.Gradient[0], r.Gradient[1]))},
			{Name: "numerically", Value: draw.Powers(fmt.Sprintf("%.9f, %.9f", r.Numerical[0], r.Numerical[1])) + ", ± " + draw.Powers(fmt.Sprintf("%.0e", r.Bound))},
		},
	}
}

const code = `for _, moon := range moonPath() {
	a := pull(x, planet, 1).Add(pull(x, moon, moonMass))
	v = v.Add(a.Scale(h))
	x = x.Add(v.Scale(h))
}
loss := x.Sub(target).Square().Sum()

func pull(x, centre *autograd.Node, mass float64) *autograd.Node {
	d := centre.Sub(x)
	square := d.Square().Sum(1).Reshape(-1, 1)
	return d.Scale(mass).Div(square.Mul(square.Sqrt()))
}

plan := autograd.NewPlan(loss, launch)
adam := optim.NewAdam(.02, launch)
for range 200 {
	plan.Forward()
	adam.Step(plan.Backward())
}`
