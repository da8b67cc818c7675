package curve

import (
	"fmt"
	"slices"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// Page returns the fit, and how often its error bars hold the truth, as a page.
func (r *Result) Page() page.Page {
	return page.Page{
		Title:   "A curve, and how sure one can be of it",
		Lead:    `The gradient of a loss finds the best curve; the second derivatives tell how far the true curve may be from it. Made by <code>go run ./demos curve</code>.`,
		Figures: []page.Figure{r.fitted(), r.often()},
		Foot:    "All data are simulated, from a fixed seed.",
	}
}

func (r *Result) fitted() page.Figure {
	const w, h = 560, 360
	d := draw.New(w, h+90, "cf-")
	d.Describe("A peak fitted to observations", "Sixty noisy observations, the true curve that they were made from, and the fitted curve with a band around it, which holds the true curve nearly everywhere.")
	var lo, hi []float64
	for i, y := range r.Fitted {
		e := float64(student * r.Errors[i])
		lo, hi = append(lo, y-e), append(hi, y+e)
	}
	ax := d.Axes(draw.AxesSpec{Box: draw.Box{W: w, H: h}, X: draw.Extent(.02, r.X.Data()), Y: draw.Extent(.05, r.Y.Data(), hi, lo), Title: "Observations and fit", XLabel: "x", YLabel: "y", Grid: true})
	fill, fitted, origin := "#56b4e9", draw.Series(0), draw.Series(1)
	ax.Band(fill, r.Places, lo, hi).Opacity(.45)
	ax.Line(origin, r.Places, r.True)
	ax.Line(fitted, r.Places, r.Fitted)
	dot := draw.Marker{Size: 5}
	ax.Scatter(dot, r.X.Data(), r.Y.Data())
	d.Legend(ax.Frame.X, h+4,
		draw.Entry{Label: "observations", Marker: &dot},
		draw.Entry{Label: "the true curve", Line: &origin},
		draw.Entry{Label: "the fitted curve", Line: &fitted},
		draw.Entry{Label: "its 95 % band", Fill: fill},
	)
	f := page.Figure{
		Number: 1, Title: "A peak in noise",
		Text: []string{
			"The curve has a height, a centre, a width and a background: four parameters θ, found by least squares. With normal noise of variance σ², the loss ½ Σ (curve − y)² is σ² times the negative logarithm of the likelihood of θ, up to a constant. Near its minimum the loss is a bowl, and its Hessian H says how steep the bowl is in each direction. In a steep direction, other θ are unlikely: the covariance of θ is σ² H⁻¹. σ² itself is estimated from the loss that remains at the minimum.",
			"Whatever is computed from θ is uncertain as well. To first order its covariance is J Σ Jᵀ, where J is the Jacobian of the computation and Σ the covariance of θ. Examples are the area under the peak, and the height of the curve at each x, which gives the band.",
			"The Hessian of this loss is JᵀJ + Σ (curve − y) ∂²curve/∂θ², where J is the Jacobian of the curve and Σ a sum over the observations. The method of Gauss and Newton leaves out the second term, since residuals are small and have either sign; what remains is one line of code, without second derivatives. Here this changes the error bars by at most one part in a hundred.",
		},
		Panels: []page.Panel{{Name: "fit", Drawing: d}},
		Code:   code,
	}
	for _, q := range r.Quantities {
		f.Facts = append(f.Facts, page.Fact{
			Name:  fmt.Sprintf("%s, %.3f in truth", q.Name, q.True),
			Value: fmt.Sprintf("%.3f ± %.4f (by JᵀJ ± %.4f)", q.Fitted, q.Error, q.GaussNewton),
		})
	}
	f.Facts = append(f.Facts,
		page.Fact{Name: fmt.Sprintf("noise, %.2f in truth", noise), Value: fmt.Sprintf("%.3f", r.Fit.Deviation)},
		page.Fact{Name: "L-BFGS", Value: fmt.Sprintf("%d steps from (1, 5, 1, 0)", r.Fit.Search.Iterations)},
	)
	return f
}

func (r *Result) often() page.Figure {
	heights, widths, share := r.ellipse()
	const w, h = 480, 360
	d := draw.New(w, h, "ce-")
	d.Describe("Heights and widths of a thousand fits", "A cloud of points, longer from the upper left to the lower right: high peaks are narrow. An ellipse holds nearly all.")
	ax := d.Axes(draw.AxesSpec{Box: draw.Box{W: w, H: h}, X: draw.Extent(.05, r.Heights), Y: draw.Extent(.05, r.Widths), Title: "1000 fits, and the ellipse that one of them predicts", XLabel: "height", YLabel: "width", Grid: true})
	ax.Scatter(draw.Marker{Size: 3, Color: draw.Series(0).Color, Edge: "none"}, r.Heights, r.Widths).Opacity(.5)
	ax.Line(draw.Stroke{Color: draw.Series(1).Color, Width: 2.5}, heights, widths)
	level := slices.Repeat([]float64{.95}, len(r.Held))
	c := chart.Chart{
		Name: "held", Title: "Bands that hold the true curve", X: "x", Y: "share of 1000 data sets",
		Desc:  "For each x, the share of the bands that hold the true curve: 0.94 to 0.96.",
		Lines: []chart.Line{{Name: "counted", X: r.Places, Y: r.Held}, {Name: "promised", X: r.Places, Y: level}},
	}
	f := page.Figure{
		Number: 2, Title: "Are the error bars right? A thousand data sets",
		Text: []string{
			"An error bar is a promise: of all 95 % intervals that are computed in this way, 95 % hold the true value. Whether a particular interval does, nobody knows; but where the truth is known, one can make many data sets from it, fit each, and count.",
			"Each of the thousand has its own fit, its own Hessian, and its own intervals. The Hessian of the first fit alone predicted the spread of all the fits, and the shape of their cloud: height and width are not independent, since a curve that is too narrow can make up for it by being higher.",
			"That the loss is close to a quadratic bowl is an assumption. With much more noise, or far fewer observations, it would no longer hold, and the count would show this.",
		},
		Panels: []page.Panel{{Name: "ellipse", Drawing: d}, c.Panel()},
	}
	for _, q := range r.Quantities {
		f.Facts = append(f.Facts, page.Fact{Name: q.Name, Value: fmt.Sprintf("spread %.4f, predicted %.4f; %.1f %% of the intervals hold the truth", q.Spread, q.Error, 100*q.Held)})
	}
	f.Facts = append(f.Facts,
		page.Fact{Name: "bands, over all x", Value: fmt.Sprintf("%.1f %% hold the truth", 100*mean(r.Held))},
		page.Fact{Name: "ellipse", Value: fmt.Sprintf("holds %.1f %% of the fits", 100*share)},
	)
	return f
}

const code = `loss := func(thetas ...*autograd.Node) *autograd.Node { return curve(thetas...).SquaredError(y) }
search := optim.NewLBFGS(theta).Minimise(func() *autograd.Node { return loss(theta) })

variance := 2 * search.Loss / (60 - 4)
hessian := autograd.Constant(autograd.Hessian(loss, theta.Value())[0][0])
covariance := hessian.Inverse().Scale(variance)

// By Gauss and Newton:
j := autograd.Constant(autograd.Jacobian(curve, theta.Value())[0])
covariance = j.MatMulTN(j).Inverse().Scale(variance)`
