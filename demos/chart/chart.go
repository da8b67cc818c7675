// Package chart draws the line charts on the pages of the demos.
package chart

import (
	"math"
	"slices"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// A Chart has lines over a common x, and a legend below.
type Chart struct {
	Name  string // begins the ids in the drawing: it must differ for each chart of a page
	Title string
	Desc  string // for those who do not see it
	X, Y  string // the labels of the axes
	LogY  bool   // y is on a logarithmic scale, which shows only positive values
	Lines []Line
	Range draw.Range // of y; zero for that of the lines
	Small bool       // the chart is one of many side by side
}

// A Line has as many x as y, or no x: then x is 1, 2, 3, … It breaks where y is not finite.
type Line struct {
	Name   string
	X, Y   []float64
	Marked bool        // with a marker at each point
	Runs   [][]float64 // thin lines behind it, over the same x: the single runs of which it is the median
}

// row is the height of an entry of the legend.
const row = 19

// Panel returns the chart as a panel of a page. It panics if a line does not have as many x as y.
func (c Chart) Panel() page.Panel {
	width, height := 480., 300. // of the axes, in pixels
	if c.Small {
		width, height = 320, 220
	}
	d := draw.New(width, height+row*float64(len(c.Lines))+20, c.Name+"-")
	d.Describe(c.Title, c.Desc)
	c.Lines = slices.Clone(c.Lines)
	var xs, ys [][]float64
	for i, l := range c.Lines {
		if l.X == nil {
			for k := range l.Y {
				l.X = append(l.X, float64(k+1))
			}
			c.Lines[i] = l
		}
		xs, ys = append(xs, l.X), append(append(ys, l.Y), l.Runs...)
	}
	ax := d.Axes(draw.AxesSpec{
		Box: draw.Box{W: width, H: height}, X: draw.Extent(0, xs...), Y: c.yRange(ys), LogY: c.LogY,
		Title: c.Title, XLabel: c.X, YLabel: c.Y, Grid: true,
	})
	var entries []draw.Entry
	for i, l := range c.Lines {
		stroke := draw.Series(i)
		for _, run := range l.Runs {
			ax.Line(draw.Stroke{Color: stroke.Color, Width: 1}, l.X, run).Opacity(.3)
		}
		ax.Line(stroke, l.X, l.Y)
		e := draw.Entry{Label: l.Name, Line: &stroke}
		if l.Marked {
			e.Marker = &draw.Marker{Color: stroke.Color, Size: 5}
			for k := range l.X {
				ax.Moving(*e.Marker, l.X[k:k+1], l.Y[k:k+1]) // which lines and the frame do not cover
			}
		}
		entries = append(entries, e)
	}
	d.Legend(ax.Frame.X, height+8, entries...)
	return page.Panel{Name: c.Name, Drawing: d}
}

// yRange returns the range of y to show: a little wider than that of the finite values, on a logarithmic
// scale of the positive ones.
func (c Chart) yRange(ys [][]float64) draw.Range {
	switch {
	case c.Range != draw.Range{}:
		return c.Range
	case !c.LogY:
		return draw.Extent(.05, ys...)
	}
	var logs []float64
	for _, y := range slices.Concat(ys...) {
		if y > 0 {
			logs = append(logs, math.Log10(y))
		}
	}
	r := draw.Extent(.05, logs)
	return draw.Range{
		Lo: max(math.Pow(10, r.Lo), math.SmallestNonzeroFloat64),
		Hi: min(math.Pow(10, r.Hi), math.MaxFloat64),
	}
}
