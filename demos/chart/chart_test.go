package chart_test

import (
	"encoding/xml"
	"io"
	"math"
	"strings"
	"testing"

	"gentlegrad/demos/chart"
)

// A chart is well-formed, has a line for each of its lines, and names them; what is not positive is left
// out on a logarithmic scale.
func TestChart(t *testing.T) {
	for _, logY := range []bool{false, true} {
		c := chart.Chart{
			Name: "c", Title: "A <title>", Desc: "What it shows.", X: "x", Y: "y", LogY: logY,
			Lines: []chart.Line{
				{Name: "first", Y: []float64{1, .1, 0, .01}},
				{Name: "second", X: []float64{1, 4}, Y: []float64{math.NaN(), 2}, Marked: true},
			},
		}
		svg := string(c.Panel().Drawing.Static(0))
		decoder := xml.NewDecoder(strings.NewReader(svg))
		for {
			if _, err := decoder.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%v in\n%s", err, svg)
			}
		}
		for _, want := range []string{"A &lt;title&gt;", "What it shows.", "first", "second"} {
			if !strings.Contains(svg, want) {
				t.Errorf("the chart does not hold %q", want)
			}
		}
		if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
			t.Error("the chart holds a number that is not finite")
		}
		if c.Lines[0].X != nil {
			t.Errorf("drawing the chart gave a line of the caller's the x %v", c.Lines[0].X)
		}
		if logY != strings.Contains(svg, ">0.1<") {
			t.Errorf("logarithmic: %v; the tick at 0.1: %v", logY, !logY)
		}
	}
}

// Markers are above all lines, and whole at the frame's edge.
func TestMarkers(t *testing.T) {
	c := chart.Chart{Name: "c", Lines: []chart.Line{{Name: "one", Y: []float64{1}, Marked: true}, {Name: "two", Y: []float64{1, 2}}}}
	svg := string(c.Panel().Drawing.Static(0))
	frame, marker := strings.Index(svg, `stroke="var(--muted,#5c5c5c)"`), strings.Index(svg, `stroke="var(--paper,#fff)"`)
	if frame < 0 || marker < frame { // the frame is drawn over the lines
		t.Errorf("the frame is at %d, the marker at %d:\n%s", frame, marker, svg)
	}
}
