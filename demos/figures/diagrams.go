package figures

import (
	"fmt"
	"slices"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

// still draws a figure as one panel that does not move.
func (f *Figure) still(width, height float64, desc string, content func(d *draw.Drawing)) {
	d := draw.New(width, height, fmt.Sprintf("f%d-", f.Number))
	d.Describe(fmt.Sprintf("Figure %d: %s", f.Number, f.Title), desc)
	content(d)
	f.Panels = []page.Panel{{Name: "still", Drawing: d}}
	f.SVG = d.Static(0)
}

// singleLayer draws figure 1: a network of one layer.
func singleLayer(f *Figure) {
	spec := draw.DiagramSpec{Box: draw.Box{W: 440, H: 320}, Radius: 27, Layers: []draw.Layer{
		{Title: "input", Units: []string{"a_1", "a_2", "a_3"}, Bias: true},
		{Title: "output", Units: []string{"a_{out}"}},
	}}
	for i := range spec.Layers[0].Units {
		spec.Edges = append(spec.Edges, draw.Edge{From: i, Label: fmt.Sprintf("w_%d", i+1)})
	}
	spec.Edges = append(spec.Edges, draw.Edge{From: draw.Bias, Label: "b"})
	f.still(440, 320, "Three inputs and a bias feed one output unit.", func(d *draw.Drawing) { d.Diagram(spec) })
}

// multiLayer draws figure 3: a network with a hidden layer. The first edge of a layer has the label.
func multiLayer(f *Figure) {
	spec := draw.DiagramSpec{Box: draw.Box{W: 420, H: 340}, Radius: 27, Layers: []draw.Layer{
		{Title: "input", Units: slices.Repeat([]string{"a_i"}, 3)},
		{Title: "hidden", Units: slices.Repeat([]string{"a_j"}, 4)},
		{Title: "output", Units: slices.Repeat([]string{"a_k"}, 2)},
	}}
	for l, label := range []string{"w_{ij}", "w_{jk}"} {
		for i := range spec.Layers[l].Units {
			for j := range spec.Layers[l+1].Units {
				spec.Edges = append(spec.Edges, draw.Edge{Layer: l, From: i, To: j, Label: label})
				label = ""
			}
		}
	}
	f.still(420, 340, "Three inputs feed four hidden units, which feed two output units.", func(d *draw.Drawing) { d.Diagram(spec) })
}
