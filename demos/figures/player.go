package figures

import (
	"fmt"
	"slices"
	"time"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/demos/training"
	"gentlegrad/tensor"
)

// A player draws one training, at some of its iterations.
type player struct {
	figure *Figure
	run    *training.Run  // the figure's
	frames []int          // the iterations shown, in order: 0 is before training
	x, t   *tensor.Tensor // the observations that are drawn, and their targets
}

const (
	fileFrames       = 34   // of an animated file
	pageFrames       = 201  // of the page, at most: all of the article's
	mostObservations = 1000 // drawn, of a training set in random order
	mostLosses       = 2001 // points of the line of losses
)

// newPlayer returns a player that shows n iterations at equal distances, from 0 to the last.
func newPlayer(of *Figure, n int) *player {
	d := of.Run.Data
	shown := min(d.N, mostObservations)
	x, t := d.Tensors()
	return &player{figure: of, run: of.Run, frames: evenly(len(of.Run.Loss), n), x: x.Slice(0, 0, shown), t: t.Slice(0, 0, shown)}
}

// evenly returns n of the numbers 0, 1, …, last at equal distances, including both ends, or all if they
// are no more.
func evenly(last, n int) []int {
	n = min(n, last+1)
	out := make([]int, n)
	for i := range out {
		out[i] = i * last / (n - 1)
	}
	return out
}

// parameters returns the parameters after an iteration, where 0 means before training.
func (f *player) parameters(iteration int) training.Parameters {
	if iteration == 0 {
		return f.run.Initial
	}
	return f.run.Parameters[iteration-1]
}

// learning draws one of the figures 8 to 14.
func learning(f *Figure) {
	f.play()
	f.Code, f.Python, f.SVG = program(f.Run), python(f.Run), newPlayer(f, fileFrames).file()
	if f.Printed != nil {
		f.Text = append(f.Text, f.compared())
	}
}

// OfRun returns a figure that plays any training, drawn for a page. It has number 1, and no file.
// Networks of one or two inputs and one output show their prediction.
func OfRun(run *training.Run, title string) Figure {
	f := Figure{Figure: page.Figure{Number: 1, Title: title, Kind: "player"}, Run: run}
	f.play()
	return f
}

// play gives the figure its panels, the data of the page's player, and facts.
func (f *Figure) play() {
	all := newPlayer(f, pageFrames)
	f.Facts = facts(f.Run)
	data := playerData{Iterations: len(f.Run.Loss), Frames: all.frames}
	observations := all.observations()
	for _, o := range observations {
		data.Observations = append(data.Observations, o.ends+": "+o.String())
	}
	for _, k := range all.frames[1:] {
		data.Loss = append(data.Loss, f.Run.Loss[k-1])
	}
	for _, p := range all.panels(observations) {
		const w = 390
		d := draw.New(w, p.h, fmt.Sprintf("f%d%s-", f.Number, p.id))
		d.Describe(fmt.Sprintf("Figure %d: %s", f.Number, p.title), p.desc)
		p.draw(d.Node, draw.Box{W: w, H: p.h})
		f.Panels = append(f.Panels, page.Panel{Name: p.name, Drawing: d, Frame: d.Frames() - 1, Hidden: p.chosen})
		data.Tracks = append(data.Tracks, d.Tracks()...)
	}
	f.Data = data
}

// A panel is one of the player's drawings.
type panel struct {
	id, name, title, desc string
	h                     float64
	draw                  func(*draw.Node, draw.Box)
	chosen                bool // shows only when it is chosen, in place of another
}

func (f *player) panels(observations []observation) []panel {
	const square, tall = 368, 440
	inside := "each unit shows its activation over the input."
	if !f.mapped() {
		inside = "each unit shows its mean activation."
	}
	soFar := "The loss of each iteration so far, " + f.run.Model.LossFormula() + ", over the training data"
	list := []panel{
		{"l", "loss", "loss", soFar + ".", square, f.loss, false},
		{"m", "loss-log", "loss", soFar + ", on a logarithmic scale.", square, f.logLoss, true},
		{"w", "weights", "weights", "The network. A line is as wide as its weight is large, dashed if it is negative; " + inside, tall, f.weights, false},
		{"g", "gradients", "gradients and δ", "The network. A line is as wide as the gradient of its weight is large; each unit shows the mean size of its δ.", tall, f.gradients, false},
	}
	if f.predicts() {
		list = slices.Insert(list, 0, panel{"p", "prediction", "prediction", f.predictionText(), square, func(n *draw.Node, box draw.Box) { f.prediction(n, box, observations...) }, false})
	}
	for i, o := range observations {
		list = append(list, panel{
			fmt.Sprint("o", i+1), fmt.Sprint("gradients-", i+1), "gradients and δ of one observation, " + o.String(),
			"The network. A line is as wide as the gradient of its weight is large, dashed if it is negative; each unit shows its δ, with its sign, and its activation.",
			tall, o.gradients, true,
		})
	}
	return list
}

// playerData is what the page's player reads.
type playerData struct {
	Iterations int          `json:"iterations"`
	Frames     []int        `json:"frames"` // the iteration of each, 0 being before training
	Loss       []float64    `json:"loss"`   // of the iteration of each frame after the first
	Tracks     []draw.Track `json:"tracks"`

	Observations []string `json:"observations"` // whose gradients are panels
}

// file returns the figure as an animated file.
func (f *player) file() []byte {
	d := draw.New(1120, 430, fmt.Sprintf("figure%d-", f.figure.Number))
	d.Describe(fmt.Sprintf("Figure %d: %s", f.figure.Number, f.figure.Title), f.predictionText())
	var counter []string
	for _, k := range f.frames {
		counter = append(counter, fmt.Sprintf("iteration %d", k))
	}
	counter[0] = "before training"
	d.TextFrames(1110, 22, counter...).Anchor(draw.End).Size(14)
	f.prediction(d.Node, draw.Box{X: 0, Y: 30, W: 400, H: 400})
	f.loss(d.Node, draw.Box{X: 400, Y: 30, W: 330, H: 400})
	f.weights(d.Node, draw.Box{X: 730, Y: 30, W: 390, H: 400})
	return d.Animated(100*time.Millisecond, 2*time.Second)
}
