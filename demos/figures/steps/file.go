package steps

import (
	"fmt"

	"gentlegrad/demos/draw"
)

// rules are the rules of each group, marked up.
var rules = [4][2]string{
	{"z_j = Σ_i a_i w_{ij} + b_j,  a_j = g(z_j)", "E = ½ (a_k − t)^2"},
	{"δ_k = g′(z_k) (a_k − t)", "δ_j = g′(z_j) Σ_k δ_k w_{jk}"},
	{"∂E/∂w_{ij} = a_i δ_j", "∂E/∂b_j = δ_j"},
	{"w ← w − η ∂E/∂w", "b ← b − η ∂E/∂b"},
}

// outcome says what a group has found.
func (p *pass) outcome(group int) string {
	l := len(p.layers) - 1
	switch group {
	case 0:
		return "E = " + short(p.e)
	case 1:
		return equals(p.d(l, 0), p.layers[l].delta[0])
	case 2:
		return equals("∂E/∂"+p.w(l, 0, 0), p.layers[l].dw[0][0])
	}
	return fmt.Sprintf("η = %g: E = %s becomes %s", p.config.LearningRate, short(p.e), short(p.after))
}

// file draws four panels, one for the end of each group.
func (p *pass) file(steps []step) []byte {
	const margin, head = 16, 76
	width, height := p.graphSize()
	cellW, cellH := width+2*margin, height+head+margin
	d := draw.New(2*cellW, 2*cellH, "f6-file-")
	d.Describe("Figure 6: the four steps of backpropagation", "Four panels: values forward, gradients back, gradients of the parameters, new parameters.")
	scenes := newScenes(steps)
	for k, group := range groups {
		x, y := cellW*float64(k%2)+margin, cellH*float64(k/2)
		g := d.Node.Translated(x, y)
		g.Text(4, 28, group.Name+"  "+group.Title).Size(18).Bold()
		g.Text(4, 50, rules[k][0]).Size(13)
		g.Text(4, 68, rules[k][1]).Size(13)
		g.Text(width-4, 28, p.outcome(k)).Size(13).Anchor(draw.End)
		p.drawGraph(g.Translated(0, head), []scene{whole(scenes, k)})
	}
	d.Line(cellW, 12, cellW, 2*cellH-12).Stroke(draw.Stroke{Color: draw.Rule, Width: 1})
	d.Line(12, cellH, 2*cellW-12, cellH).Stroke(draw.Stroke{Color: draw.Rule, Width: 1})
	return d.Static(0)
}
