package figures

import (
	"fmt"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/layers"
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
	net := layers.Sequential{layers.NewLinear(3, 1, nil), layers.Sigmoid{}}
	f.still(440, 320, "Three inputs and a bias feed one output unit.", func(d *draw.Drawing) {
		diagram(d, net, draw.Box{W: 440, H: 320}, []string{"a", "a_{out}"}, []string{"w"}, true)
	})
}

// multiLayer draws figure 3: a network with a hidden layer.
func multiLayer(f *Figure) {
	net := layers.Sequential{layers.NewLinear(3, 4, nil), layers.Sigmoid{}, layers.NewLinear(4, 2, nil), layers.Sigmoid{}}
	f.still(420, 340, "Three inputs feed four hidden units, which feed two output units.", func(d *draw.Drawing) {
		diagram(d, net, draw.Box{W: 420, H: 340}, []string{"a_i", "a_j", "a_k"}, []string{"w_{ij}", "w_{jk}"}, false)
	})
}

// diagram draws a network of Linears. labels are those of the units in each column; the label "a"
// gets an index. edges are the labels of each layer's weights: on every edge, with
// an index, if there is one layer, otherwise once per layer.
func diagram(d *draw.Drawing, net layers.Sequential, box draw.Box, labels, edges []string, bias bool) {
	spec := draw.DiagramSpec{Box: box, Radius: 27}
	titles := []string{"input", "hidden", "output"}
	column := func(layer, units int) draw.Layer {
		title := titles[min(layer, 1)]
		if layer == len(labels)-1 {
			title = titles[2]
		}
		l := draw.Layer{Title: title}
		for i := range units {
			label := labels[layer]
			if label == "a" {
				label = fmt.Sprintf("a_%d", i+1)
			}
			l.Units = append(l.Units, label)
		}
		return l
	}
	layer := 0
	for _, l := range net {
		linear, ok := l.(*layers.Linear)
		if !ok {
			continue
		}
		in, out := linear.Weight.Value().Dim(0), linear.Weight.Value().Dim(1)
		if layer == 0 {
			spec.Layers = append(spec.Layers, column(0, in))
		}
		spec.Layers[layer].Bias = bias
		for i := range in {
			for j := range out {
				e := draw.Edge{Layer: layer, From: i, To: j}
				if len(edges) == 1 {
					e.Label = fmt.Sprintf("%s_%d", edges[layer], i+1)
				} else if i == 0 && j == 0 {
					e.Label = edges[layer]
				}
				spec.Edges = append(spec.Edges, e)
			}
		}
		if bias {
			for j := range out {
				spec.Edges = append(spec.Edges, draw.Edge{Layer: layer, From: draw.Bias, To: j, Label: "b"})
			}
		}
		spec.Layers = append(spec.Layers, column(layer+1, out))
		layer++
	}
	d.Diagram(spec)
}
