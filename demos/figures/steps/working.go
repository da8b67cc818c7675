package steps

import (
	"fmt"

	"gentlegrad/demos/draw"
)

// workingW is the width of a step's working, in pixels; columns are where its
// numbers end.
const workingW = 400

var columns = [4]float64{10, 163, 282, 390}

// workingHeight is the room that the longest working takes.
func workingHeight(steps []step) float64 {
	rows := 0
	for _, s := range steps {
		rows = max(rows, len(s.rows))
	}
	return 112 + 19*float64(rows)
}

// drawWorking draws the working of each step, in the step's frame.
func drawWorking(to *draw.Node, steps []step) {
	for k, s := range steps {
		shown := make([]string, len(steps))
		for i := range shown {
			shown[i] = "none"
		}
		shown[k] = "inline"
		g := to.Group().Set("display", shown...).Set("data-step", fmt.Sprint(k))
		s.draw(g)
	}
}

// draw writes a step: what it is about, the rule, the numbers line by line, the result.
func (s *step) draw(g *draw.Node) {
	g.Text(10, 19, s.title).Size(15).Bold()
	g.Text(10, 42, s.rule).Size(14)
	for c, head := range s.heads {
		t := g.Text(columns[c], 66, head).Fill(draw.Muted)
		if c > 0 {
			t.Anchor(draw.End)
		}
	}
	g.Line(10, 72, 390, 72).Stroke(draw.Stroke{Color: draw.Rule, Width: 1})
	y := 88.0
	for _, row := range s.rows {
		s.line(g, y, row)
		y += 19
	}
	g.Line(10, y-12, 390, y-12).Stroke(draw.Stroke{Color: draw.Muted, Width: 1})
	g.Text(390, y+10, s.result).Anchor(draw.End).Size(15).Bold()
}

func (s *step) line(g *draw.Node, y float64, row line) {
	g.Text(columns[0], y, row[0]).Size(13)
	for c := 1; c < len(row); c++ {
		g.Text(columns[c], y, row[c]).Anchor(draw.End).Size(13)
	}
	for c, sign := range s.signs {
		g.Text(columns[c+1]+9, y, sign).Anchor(draw.Middle).Size(13)
	}
}
