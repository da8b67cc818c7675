// Package chart draws the charts of lines that the pages of the demos have.
package chart

import (
	"math"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// A Chart has lines over a common x, and a legend below.
type Chart struct {
	Name  string // begins the ids in the drawing: another for each chart of a page
	Title string
	Desc  string // for those who do not see it
	X, Y  string // what the axes are
	LogY  bool   // y is on a logarithmic scale, on which only what is positive shows
	Lines []Line
}

// A Line has as many x as y, or no x: then they are 1, 2, 3, … It breaks where y is not finite.
type Line struct {
	Name   string
	X, Y   []float64
	Marked bool // with a marker at each point
}

// Panel returns the chart as a panel of a page.
func (c Chart) Panel() page.Panel {
	return page.Panel{Name: c.Name, Drawing: c.Drawing()}
}

// width and height are those of the axes, row that of an entry of the legend, in pixels.
const width, height, row = 480, 300, 19

// Drawing draws the chart. It panics if a line has not as many x as y.
func (c Chart) Drawing() *draw.Drawing {
	d := draw.New(width, height+row*float64(len(c.Lines))+20, c.Name+"-")
	d.Describe(c.Title, c.Desc)
	var xs, ys [][]float64
	for i, l := range c.Lines {
		if l.X == nil {
			for k := range l.Y {
				l.X = append(l.X, float64(k+1))
			}
			c.Lines[i] = l
		}
		xs, ys = append(xs, l.X), append(ys, l.Y)
	}
	y := draw.Extent(.05, ys...)
	if c.LogY {
		y = positive(ys)
	}
	ax := d.Axes(draw.AxesSpec{
		Box: draw.Box{W: width, H: height}, X: draw.Extent(0, xs...), Y: y, LogY: c.LogY,
		Title: c.Title, XLabel: c.X, YLabel: c.Y, Grid: true,
	})
	var entries []draw.Entry
	for i, l := range c.Lines {
		stroke := draw.Series(i)
		ax.Line(stroke, l.X, l.Y)
		e := draw.Entry{Label: l.Name, Line: &stroke}
		if l.Marked {
			e.Marker = &draw.Marker{Color: stroke.Color, Size: 5}
			ax.Scatter(*e.Marker, l.X, l.Y)
		}
		entries = append(entries, e)
	}
	d.Legend(ax.Frame.X, height+8, entries...)
	return d
}

// positive is the range of the finite positive values, a little wider at both ends.
func positive(ys [][]float64) draw.Range {
	var logs []float64
	for _, line := range ys {
		for _, y := range line {
			if y > 0 {
				logs = append(logs, math.Log10(y))
			}
		}
	}
	r := draw.Extent(.05, logs)
	return draw.Range{Lo: math.Pow(10, r.Lo), Hi: math.Pow(10, r.Hi)}
}
