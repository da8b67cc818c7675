package sweeps

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

//go:embed training.go
var source string

// Page returns a figure for each sweep.
func (r *Result) Page() page.Page {
	p := page.Page{
		Title: "The questions that the article ends with",
		Lead:  "How many hidden layers and units, which error function, learning rate and activation, and what about annealing? “There are no easy or definite answers”, says the article. Here are measurements: trainings on the article's problems that differ in one setting, each repeated with five seeds, which draw the data and the initial parameters. Thin lines are single seeds, thick lines their medians.",
	}
	for i, s := range r.Sweeps {
		f := page.Figure{Number: i + 1, Title: s.Question, Text: s.Text}
		for k, set := range s.Settings {
			f.Panels = append(f.Panels, s.chart(fmt.Sprintf("s%d-%d", i+1, k), set).Panel())
			o := set.Outcome()
			f.Facts = append(f.Facts, page.Fact{Name: set.Name, Value: fmt.Sprintf(
				"training %s, validation %s (single seeds: %s to %s); lowest %s after pass %d", number(o.Training), number(o.Validation), number(o.Lowest), number(o.Highest), number(o.Least), o.Pass)})
		}
		p.Figures = append(p.Figures, f)
	}
	first := &p.Figures[0]
	first.Panels = append(first.Panels, page.Panel{Name: "fits", Drawing: fits(r.Sweeps[0])})
	first.Text = append(first.Text, overfitting(r.Sweeps[0]))
	first.Code = strings.Join([]string{page.Function(source, "newNet"), page.Function(source, "loss"), page.Function(source, "train")}, "\n")
	return p
}

// chart draws the curves of a setting, on the same scale as those of the sweep's others.
func (s Sweep) chart(name string, set Setting) chart.Chart {
	training, validation := set.errors()
	return chart.Chart{
		Name: name, Title: set.Name, X: "pass", Y: "mean (a−t)^2", LogY: s.least > 0, Small: true, Range: s.scale(),
		Desc: fmt.Sprintf("The error of the training and of the validation points with %s, pass by pass, of %d seeds.", set.Name, seeds),
		Lines: []chart.Line{
			{Name: "training", X: set.Runs[0].Passes, Y: median(training), Runs: training},
			{Name: "validation", X: set.Runs[0].Passes, Y: median(validation), Runs: validation},
		},
	}
}

// scale is the range of the errors of all settings, from the least that is drawn.
func (s Sweep) scale() draw.Range {
	var errors [][]float64
	for _, set := range s.Settings {
		training, validation := set.errors()
		errors = slices.Concat(errors, training, validation)
	}
	return draw.Range{Lo: s.least, Hi: 1.2 * draw.Extent(0, errors...).Hi}
}

// overfitting says in numbers how the network with the most units overfits.
func overfitting(s Sweep) string {
	fitting, most := s.Settings[1], s.Settings[len(s.Settings)-1]
	o, few := most.Outcome(), fitting.Outcome()
	return fmt.Sprintf("In numbers: with %s the training error ends at %s; the validation error was as low as %.2f after pass %d, but ends at %.2f. With %s the two end at %.2f and %.2f.",
		most.Name, number(o.Training), o.Least, o.Pass, o.Validation, fitting.Name, few.Training, few.Validation)
}

// fits draws the training points of the first seed, the curve without noise, and the curves that
// networks learned from the points.
func fits(s Sweep) *draw.Drawing {
	const width, height, row = 320, 220, 19
	shown := []Setting{s.Settings[1], s.Settings[len(s.Settings)-1]}
	d := draw.New(width, height+row*4+20, "fits-")
	d.Describe("What the networks learned", "The few training points, the curve without noise, and the networks' curves: that of the network with many units runs through all points.")
	ax := d.Axes(draw.AxesSpec{
		Box: draw.Box{W: width, H: height}, X: draw.Range{Lo: -5.3, Hi: 5.3}, Y: draw.Range{Lo: -1.5, Hi: 6.5},
		Title: "What they learned", XLabel: "x", YLabel: "a", Grid: true,
	})
	fine := tensor.Linspace(-5.3, 5.3, 300)
	truth := new(tensor.Tensor).Map(fine, problems.MustByName(s.base.problem).Function)
	dashed := draw.Stroke{Color: draw.Muted, Width: 1.5, Dash: "4 3"}
	ax.Line(dashed, fine.Data(), truth.Data())
	dot := draw.Marker{Size: 6}
	entries := []draw.Entry{{Label: "training points", Marker: &dot}, {Label: "|x|", Line: &dashed}}
	for i, set := range shown {
		stroke := draw.Series(i + 2)
		a := set.Runs[0].Net.Forward(autograd.Constant(fine.Reshape(300, 1))).Value()
		ax.Line(stroke, fine.Data(), a.Data())
		entries = append(entries, draw.Entry{Label: set.Name, Line: &stroke})
	}
	run := shown[0].Runs[0]
	ax.Scatter(dot, run.X.Data(), run.T.Data())
	d.Legend(ax.Frame.X, height+8, entries...)
	return d
}
