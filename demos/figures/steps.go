package figures

import (
	"fmt"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// stepsObservation is the observation that figure 6 follows.
const stepsObservation = 3

// stepsData is what the page's script gets.
type stepsData struct {
	Groups []stepsGroup `json:"groups"`
	Steps  []stepsStep  `json:"steps"`
	Tracks []draw.Track `json:"tracks"` // of all panels, a frame for each step
}

// FourSteps returns figure 6: the four steps of backpropagation in the article's network
// for XOR, one node at a time, with the numbers of one observation.
func FourSteps() (Figure, error) {
	xor, err := problems.ByName("XOR")
	if err != nil {
		return Figure{}, err
	}
	return fourSteps(training.Defaults(xor), stepsObservation)
}

// fourSteps is figure 6 for any network and observation.
func fourSteps(c training.Config, observation int) (Figure, error) {
	p, err := newStepsPass(c, observation)
	if err != nil {
		return Figure{}, err
	}
	steps := p.walk()
	f := Figure{
		Number: 6, Title: "The four steps of backpropagation",
		Text: stepsWords(), Facts: p.facts(len(steps)), Code: stepsCode,
		Kind: "steps",
	}
	data := stepsData{Groups: stepsNumbered(steps), Steps: steps}
	for _, panel := range []Panel{p.graphPanel(steps), stepsWorkPanel(steps)} {
		panel.Frame = data.Groups[2].First - 1 // the end of step II
		f.Panels = append(f.Panels, panel)
		data.Tracks = append(data.Tracks, panel.Drawing.Tracks()...)
	}
	f.Data = data
	f.SVG = p.file(steps)
	return f, nil
}

func (p *stepsPass) graphPanel(steps []stepsStep) Panel {
	width, height := p.graphSize()
	d := draw.New(width, height, "f6-graph-")
	d.Describe("The network as a computation graph", "From the inputs, below, to the error: each pre-activation z, each activation a and the error E with value and gradient, each edge with its weight.")
	p.drawGraph(d.Node, stepsScenes(steps))
	stepsKey(d.Node, 8, 8)
	return Panel{Name: "graph", Drawing: d}
}

func stepsWorkPanel(steps []stepsStep) Panel {
	d := draw.New(stepsWorkW, stepsWorkHeight(steps), "f6-work-")
	d.Describe("The working of this step", "How the number of the current node is worked out.")
	drawStepsWork(d.Node, steps)
	return Panel{Name: "work", Drawing: d}
}

// stepsKey says what the colours behind numbers mean.
func stepsKey(to *draw.Node, x, y float64) {
	for group, label := range []string{"value", "gradient of a node", "∂E/∂w and ∂E/∂b", "after the update"} {
		top := y + 17*float64(group)
		key := to.Rect(draw.Box{X: x, Y: top, W: 14, H: 12}).Set("rx", "3").Fill(stepsColor(group)).Set("fill-opacity", ".2")
		if group == len(stepsGroups)-1 {
			key.Set("stroke", stepsColor(group)).SetNum("stroke-width", 1.5)
		}
		to.Text(x+20, top+10, label).Size(stepsSmall)
	}
}

func (p *stepsPass) facts(steps int) []Fact {
	return []Fact{
		{"Observation", fmt.Sprintf("%d of %d of %s: x = (%s), t = %s", p.number, p.of, p.config.Problem.Name, stepsList(p.x), stepsSaid(p.t))},
		{"Network", p.config.Network()},
		{"Learning rate η", fmt.Sprintf("%g", p.config.LearningRate)},
		{"Error E", stepsFull(p.e)},
		{"After the update", stepsFull(p.after)},
		{"Largest |manual − automatic|", powers(fmt.Sprintf("%.2g", p.largest))},
		{"Steps shown", fmt.Sprint(steps)},
	}
}
