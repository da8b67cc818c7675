package surface

import (
	_ "embed"
	"fmt"
	"math"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/tensor"
)

//go:embed network.go
var source string

// Page returns a figure for each view, each as a map and as a surface.
func (r *Result) Page() page.Page {
	p := page.Page{
		Title: "The error surface of a deeper network",
		Lead:  "Figure 5 of the article draws the error over both weights of a network that has two. For a network with hundreds of weights the surface is over hundreds of dimensions, and only its values on a plane can be drawn. What one sees depends on the plane.",
	}
	for i, v := range r.Views {
		name := fmt.Sprintf("v%d", i)
		f := page.Figure{
			Number: i + 1, Title: v.Name, Text: v.words(), Facts: v.facts(),
			Panels: []page.Panel{{Name: name + "map", Drawing: v.plan(name + "m-")}, {Name: name + "solid", Drawing: v.solid(name + "s-")}},
		}
		if i == 0 {
			f.Code = page.Function(source, "newNet")
			f.Facts = append([]page.Fact{{Name: "network", Value: r.Net}}, f.Facts...)
		}
		p.Figures = append(p.Figures, f)
	}
	if len(r.Deep) > 0 {
		p.Figures = append(p.Figures, r.depth(len(p.Figures)+1))
	}
	return p
}

// depth is the figure of the deep networks.
func (r *Result) depth(number int) page.Figure {
	f := page.Figure{
		Number: number, Title: "What to do about depth",
		Text: []string{
			"The same for networks of 16 hidden layers, on random planes. Without help the surface is a plateau in nearly all directions: the error is that of a constant answer, 8/81 = 0.099, and the gradient, which has come back through 16 layers, is next to nothing. Descent does not get away from there.",
			"With skip connections each layer except the first adds what it computes to its input: x + tanh(x w + b). The gradient can flow past the layer, and the surface has slopes where the other has none. Li and others (2018) show the same for networks of over a hundred layers: skip connections make their surfaces smooth enough to descend. Other ways to a better surface are initial weights that preserve the size of signals, and normalisation.",
		},
	}
	c := chart.Chart{Name: "deep", Title: "Error during training", X: "step", Y: "mean (a−t)^2", LogY: true, Desc: "The error of the plain deep network stays where it is; with skip connections it falls."}
	for i, v := range r.Deep {
		f.Panels = append(f.Panels, page.Panel{Name: fmt.Sprintf("d%d", i), Drawing: v.solid(fmt.Sprintf("d%d-", i))})
		f.Facts = append(f.Facts, page.Fact{Name: v.Name, Value: "error " + draw.Powers(fmt.Sprintf("%.2g", v.end())) + " at the end"})
		c.Lines = append(c.Lines, chart.Line{Name: v.Name, Y: v.Errors})
	}
	f.Panels = append(f.Panels, c.Panel())
	return f
}

func (v View) end() float64 { return v.Errors[len(v.Errors)-1] }

// words say what the view shows.
func (v View) words() []string {
	path := fmt.Sprintf("The line is the path of the training, projected at right angles onto the plane, from the orange dot to the white one. In 3-D it lies at the height of its error, and so on the surface only where the path is near the plane. The plane holds %.1f %% of the path, measured by the squared distances from its end.", 100*v.Share)
	switch v.Name {
	case pathName:
		return []string{
			"The plane through the end of the training along the two directions in which its path extends most: its first two principal components. The network is trained on the article's RING, ten points of each prototype, by descent with momentum.",
			path + " Li and others (2018) found the same for large networks: descent moves in only a few of the many dimensions.",
		}
	case randomName:
		return []string{
			"The plane along two random directions. Each is scaled, unit by unit, to the length of the weights that lead to the unit (Li and others, 2018), so a distance of 1 is a change as large as the weights themselves. The end of the training lies in the middle, in a valley.",
			path + " In a space of many dimensions, random directions are nearly at right angles to any given one; so random planes show what surrounds a place, but not how one got there.",
		}
	}
	return []string{"The plane along two parameters; all others have their values from the end of the training.", path + " Where the path is not near, the other parameters were different then."}
}

func (v View) facts() []page.Fact {
	e := draw.Extent(0, v.Grid.Z)
	return []page.Fact{
		{Name: "error at the start", Value: fmt.Sprintf("%.4f", v.Errors[0])},
		{Name: "at the end", Value: fmt.Sprintf("%.4f", v.end())},
		{Name: "on the plane", Value: fmt.Sprintf("%.4f to %.4f", e.Lo, e.Hi)},
		{Name: "share of the path", Value: draw.Percent(v.Share)},
	}
}

// plan draws the view from above, in bands of equal ratios.
func (v View) plan(prefix string) *draw.Drawing {
	const width, height, bar = 480, 400, 62
	d := draw.New(width, height, prefix)
	d.Describe(v.Name, "Bands of equal error, and the path of the training.")
	ax := d.Axes(draw.AxesSpec{
		Box: draw.Box{W: width - bar, H: height}, X: v.Grid.X, Y: v.Grid.Y,
		XLabel: draw.Plain(v.XLabel), YLabel: draw.Plain(v.YLabel), // in which _ makes no subscript
	})
	grid := v.Grid
	grid.Z = new(tensor.Tensor).Log(tensor.FromSlice(v.Grid.Z, len(v.Grid.Z))).Data()
	for i := range grid.Z {
		grid.Z[i] /= math.Ln10
	}
	levels := draw.Levels(draw.Extent(0, grid.Z), 13)
	colors := draw.Bands(14)
	ax.Contours(levels, colors, grid)
	d.ColorBar(draw.Box{X: width - bar, W: bar, H: height - 40}, levels, colors, "log_{10} E")
	v.drawPath(ax.Over, func(k int) (x, y float64) { return ax.X.At(v.X[k]), ax.Y.At(v.Y[k]) })
	return d
}

// solid draws the view in perspective. The path lies above the surface where the path's error
// is larger than the plane's.
func (v View) solid(prefix string) *draw.Drawing {
	const width, height = 470, 400
	d := draw.New(width, height, prefix)
	d.Describe(v.Name, "The error as a surface over the plane, and the path of the training.")
	d.Text(width/2, 16, v.Name).Anchor(draw.Middle).Size(14).Bold()
	z := draw.Range{Hi: draw.Extent(0, v.Grid.Z, v.Errors).Hi}
	s := d.Surface(draw.SurfaceSpec{
		Box: draw.Box{Y: 20, W: width, H: height - 20}, Grid: v.Grid, Z: z, Azimuth: -60, Elevation: 40,
		XLabel: draw.Plain(v.XLabel), YLabel: draw.Plain(v.YLabel), ZLabel: "E",
	})
	v.drawPath(s.Over, func(k int) (x, y float64) { return s.Project(v.X[k], v.Y[k], v.Errors[k]) })
	return d
}

// drawPath draws the path as that of figure 5; at returns the pixel of its point k.
func (v View) drawPath(n *draw.Node, at func(k int) (x, y float64)) {
	px, py := make([]float64, len(v.X)), make([]float64, len(v.X))
	for k := range v.X {
		px[k], py[k] = at(k)
	}
	for _, s := range []draw.Stroke{{Color: "#000", Width: 4}, {Color: "#fff", Width: 2}} {
		n.Polyline(px, py).Stroke(s).Set("stroke-linejoin", "round").Set("stroke-linecap", "round")
	}
	last := len(px) - 1
	n.Circle(px[0], py[0], 6).Fill("#e4572e").Stroke(draw.Stroke{Color: "#000", Width: 1.25})
	n.Circle(px[last], py[last], 4).Fill("#fff").Stroke(draw.Stroke{Color: "#000", Width: 1.25})
}
