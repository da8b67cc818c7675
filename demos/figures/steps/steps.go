// Package steps draws the article's figure 6: the four steps of backpropagation, one node at
// a time, with the numbers of one observation.
package steps

import (
	"fmt"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/demos/training"
)

// data is what the page's script gets.
type data struct {
	Groups []group      `json:"groups"`
	Steps  []step       `json:"steps"`
	Tracks []draw.Track `json:"tracks"` // of all panels, a frame for each step
}

// Draw draws the steps of an observation, counted from 1, through the untrained network of a
// configuration: the panels and facts of a page, the data of its script, and a file. It
// returns an error if the configuration is not valid, or there is no such observation.
func Draw(c training.Config, observation int) (f page.Figure, svg []byte, err error) {
	p, err := newPass(c, observation)
	if err != nil {
		return f, nil, err
	}
	steps := p.walk()
	data := data{Groups: numbered(steps), Steps: steps}
	for _, panel := range []page.Panel{p.graphPanel(steps), workingPanel(steps)} {
		panel.Frame = data.Groups[2].First - 1 // the end of step II
		f.Panels = append(f.Panels, panel)
		data.Tracks = append(data.Tracks, panel.Drawing.Tracks()...)
	}
	f.Facts, f.Data = p.facts(len(steps)), data
	return f, p.file(steps), nil
}

func (p *pass) graphPanel(steps []step) page.Panel {
	width, height := p.graphSize()
	d := draw.New(width, height, "f6-graph-")
	d.Describe("The network as a computation graph", "From the inputs, below, to the error: each pre-activation z, each activation a and the error E with value and gradient, each edge with its weight.")
	p.drawGraph(d.Node, newScenes(steps))
	key(d.Node, 8, 8)
	return page.Panel{Name: "graph", Drawing: d}
}

func workingPanel(steps []step) page.Panel {
	d := draw.New(workingW, workingHeight(steps), "f6-work-")
	d.Describe("The working of this step", "How the number of the current node is worked out.")
	drawWorking(d.Node, steps)
	return page.Panel{Name: "work", Drawing: d}
}

// key says what the colours behind numbers mean.
func key(to *draw.Node, x, y float64) {
	for group, label := range []string{"value", "gradient of a node", "∂E/∂w and ∂E/∂b", "after the update"} {
		top := y + 17*float64(group)
		key := to.Rect(draw.Box{X: x, Y: top, W: 14, H: 12}).Set("rx", "3").Fill(color(group)).Set("fill-opacity", ".2")
		if group == len(groups)-1 {
			key.Set("stroke", color(group)).SetNum("stroke-width", 1.5)
		}
		to.Text(x+20, top+10, label).Size(small)
	}
}

func (p *pass) facts(steps int) []page.Fact {
	return []page.Fact{
		{Name: "Observation", Value: fmt.Sprintf("%d of %d of %s: x = (%s), t = %s", p.number, p.of, p.config.Problem.Name, list(p.x), said(p.t))},
		{Name: "Network", Value: p.config.Network()},
		{Name: "Learning rate η", Value: fmt.Sprintf("%g", p.config.LearningRate)},
		{Name: "Error E", Value: full(p.e)},
		{Name: "After the update", Value: full(p.after)},
		{Name: "Largest |manual − automatic|", Value: draw.Powers(fmt.Sprintf("%.2g", p.largest))},
		{Name: "Steps shown", Value: fmt.Sprint(steps)},
	}
}

func list(xs []float64) string {
	var parts []string
	for _, x := range xs {
		parts = append(parts, said(x))
	}
	return strings.Join(parts, ", ")
}
