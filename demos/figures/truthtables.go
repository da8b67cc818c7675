package figures

import (
	"fmt"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/problems"
)

// truthTables draws figure 7.
func truthTables(f *Figure) {
	f.still(360, 230, truthText(), func(d *draw.Drawing) {
		columns := []string{"x_1", "x_2", "AND", "OR", "XOR"}
		x := func(c int) float64 { return 50 + 65*float64(c) }
		d.Rect(draw.Box{X: x(2) - 34, Y: 14, W: 200, H: 202}).Fill(draw.Rule).Opacity(.35)
		for c, name := range columns {
			d.Text(x(c), 42, name).Anchor(draw.Middle).Size(16).Bold()
		}
		d.Line(14, 56, 346, 56).Stroke(draw.Stroke{})
		for r, corner := range corners() {
			y := 86 + 38*float64(r)
			for c, v := range corner {
				text := d.Text(x(c), y, fmt.Sprintf("%g", v)).Anchor(draw.Middle).Size(16)
				if c > 1 && v == 1 {
					text.Bold()
				}
			}
		}
	})
}

// corners returns the rows of the table: both inputs and the three classes.
func corners() [][]float64 {
	var rows [][]float64
	for _, name := range []string{"AND", "OR", "XOR"} {
		p := problems.MustByName(name)
		for i, point := range p.Prototypes {
			if len(rows) <= i {
				rows = append(rows, []float64{point[0], point[1]})
			}
			rows[i] = append(rows[i], p.Classes[i])
		}
	}
	return rows
}

func truthText() string {
	text := ""
	for _, r := range corners() {
		text += fmt.Sprintf("x1 %g, x2 %g: AND %g, OR %g, XOR %g. ", r[0], r[1], r[2], r[3], r[4])
	}
	return text
}
