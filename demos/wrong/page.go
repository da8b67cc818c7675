package wrong

import (
	_ "embed"
	"fmt"
	"strings"

	"gentlegrad/demos/chart"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
)

//go:embed sigmoids.go
var sigmoidsSource string

//go:embed relus.go
var relusSource string

//go:embed recurrent.go
var recurrentSource string

// Page returns a figure for each mistake.
func (r *Result) Page() page.Page {
	p := page.Page{
		Title:   "What goes wrong, and how to see it",
		Lead:    "A network that does not learn does not say why. Its gradients do: each of these figures shows a mistake, the numbers that reveal it, how to get them from the library, and how well the remedies work.",
		Figures: []page.Figure{r.saturation(), r.layers(), r.rectifiers(), r.time(), r.explosion()},
	}
	for i := range p.Figures {
		p.Figures[i].Number = i + 1
	}
	return p
}

// figures writes small and large numbers for a table.
func figures(v float64) string { return draw.Powers(fmt.Sprintf("%.2g", v)) }

func percent(v float64) string { return fmt.Sprintf("%.0f %%", 100*v) }

func (r *Result) saturation() page.Figure {
	errors := chart.Chart{Name: "saturation-error", Title: "Error", X: "step", Y: "cross-entropy", LogY: true, Desc: "The error with standardised inputs falls far below the other."}
	share := chart.Chart{Name: "saturation-share", Title: "Saturated activations", X: "step", Y: "share", Range: draw.Range{Lo: -.02, Hi: 1.02}, Desc: "Nearly all activations are saturated with the inputs as they are."}
	f := page.Figure{
		Title: "Saturated sigmoids",
		Text: []string{
			"The slope of a sigmoid is a(1−a): near 0 where a is near 0 or 1. A unit whose z is far from 0 for all observations gets hardly any δ, and its weights stay as they are, right or wrong. Here 8 hidden sigmoids learn RING from inputs that someone measured in centimetres: initial weights that suit inputs of a size of about 1 make z as large as 100.",
			"To see it, look at the activations, which plan.Keep(a) keeps at each step, or at δ, which is grads.Of(z). The remedy is to standardise the inputs with data.Standardise, to mean 0 and standard deviation 1. With standardised inputs sigmoids saturate too, but only as the network learns: that is no mistake.",
		},
		Code: page.Function(sigmoidsSource, "train") + "\n" + page.Function(sigmoidsSource, "saturated"),
	}
	for _, s := range r.Saturation {
		errors.Lines = append(errors.Lines, chart.Line{Name: s.Name, Y: s.Errors})
		share.Lines = append(share.Lines, chart.Line{Name: s.Name, Y: s.Share})
		f.Facts = append(f.Facts, page.Fact{Name: s.Name, Value: fmt.Sprintf("at the start, %s saturated and δ %s; at the end, error %.4f", percent(s.Share[0]), figures(s.Delta), end(s.Errors))})
	}
	f.Panels = []page.Panel{share.Panel(), errors.Panel()}
	return f
}

func (r *Result) layers() page.Figure {
	sizes := chart.Chart{Name: "layers-delta", Title: "δ before the first step", X: "layer", Y: "root mean square of δ", LogY: true, Desc: "From the last layer to the first, δ shrinks by several orders of magnitude with sigmoids, and hardly or not at all with tanh and ReLU."}
	errors := chart.Chart{Name: "layers-error", Title: "Error", X: "step", Y: "cross-entropy", LogY: true, Desc: "The network of sigmoids does not learn, the others do."}
	f := page.Figure{
		Title: "Gradients that vanish from layer to layer",
		Text: []string{
			fmt.Sprintf("δ of a layer is δ of the next layer, multiplied by the weights between them and by the slope of the activation. The slope of a sigmoid is at most ¼, so each layer of sigmoids makes δ at least four times smaller, unless large weights make up for it: through %d layers, almost nothing is left. Even Adam, which divides by the size of the gradients, gets nowhere with it in 300 steps.", deepLayers),
			"To see it, take the nodes of net.Trace(x), and look at grads.Of(z) layer by layer. A line that falls evenly on the logarithmic scale is the sign of it. Remedies are initial weights that make up for the slope: 4 × Xavier's, since a sigmoid is nearly z/4 + ½ around 0; or activations with slope 1, such as tanh around 0 and ReLU where z > 0, with initial weights made for them; or skip connections (see the demo surface).",
		},
		Code: page.Function(sigmoidsSource, "deltas"),
	}
	for _, d := range r.Deep {
		sizes.Lines = append(sizes.Lines, chart.Line{Name: d.Name, Y: d.Deltas, Marked: true})
		errors.Lines = append(errors.Lines, chart.Line{Name: d.Name, Y: d.Errors})
		f.Facts = append(f.Facts, page.Fact{Name: d.Name, Value: fmt.Sprintf("δ %s in the first layer, %s in the last hidden one; at the end, error %.4f", figures(d.Deltas[0]), figures(d.Deltas[deepLayers-1]), end(d.Errors))})
	}
	f.Panels = []page.Panel{sizes.Panel(), errors.Panel()}
	return f
}

func (r *Result) rectifiers() page.Figure {
	share := chart.Chart{Name: "dead-share", Title: "Units without a positive z", X: "step", Y: "share", Range: draw.Range{Lo: -.02, Hi: 1.02}, Desc: "With the large rate all units die in a few steps."}
	errors := chart.Chart{Name: "dead-error", Title: "Error", X: "step", Y: "cross-entropy", LogY: true, Range: draw.Range{Lo: .01, Hi: 100}, Desc: "With dead units the error stays at that of a constant answer."}
	f := page.Figure{
		Title: "Rectifiers that are dead",
		Text: []string{
			"A step that is too large can make the z of a unit negative for all observations. Then its ReLU gives 0 for all of them, its slope is 0, and no gradient through it can bring it back: the unit is dead. Once all units of the last hidden layer are dead, only the bias of the output still learns. It finds the best constant answer, 8/9, whose cross-entropy is 0.349.",
			"To see it, keep z with plan.Keep, and count the columns without a positive number. The remedies are a smaller rate, or clipped gradients. A leaky ReLU, whose slope is 0.1 for negative z, can't die; but it does not make steps any smaller, and here they grow until the error overflows.",
		},
		Code: page.Function(relusSource, "train") + "\n" + page.Function(relusSource, "dead"),
	}
	for _, l := range r.Rectified {
		share.Lines = append(share.Lines, chart.Line{Name: l.Name, Y: l.Dead})
		errors.Lines = append(errors.Lines, chart.Line{Name: l.Name, Y: l.Errors})
		f.Facts = append(f.Facts, page.Fact{Name: l.Name, Value: fmt.Sprintf("at the end, %s without a positive z; error %s", percent(end(l.Dead)), l.outcome())})
	}
	f.Panels = []page.Panel{share.Panel(), errors.Panel()}
	return f
}

func (r *Result) time() page.Figure {
	c := chart.Chart{Name: "time", Title: "The gradient that reaches each step", X: "t", Y: "norm of ∂L/∂z_t", LogY: true, Desc: "Straight lines: falling towards the first step for radius 0.9, level for 1, growing for 1.1."}
	f := page.Figure{
		Title: "Gradients that vanish or explode through time",
		Text: []string{
			fmt.Sprintf("A recurrent network uses the same weights W at every step: z_t = x_t + h_{t−1} W + b. So a gradient that goes back from the end of a sequence of %d steps is multiplied at each step by Wᵀ and by the slope of the activation. Here W is ρ times a rotation: its spectral radius, the size of its largest eigenvalue, is ρ. Without an activation, the norm of the gradient at step t is ρ to the power of %d − t times that at the end.", length, length),
			"With ρ below 1 the gradient vanishes: the network can't learn what depends on the distant past. With ρ above 1 it explodes. With tanh it may vanish all the same, since states that have grown are saturated. Orthogonal weights begin with ρ = 1 (layers.Orthogonal). An LSTM has a state to which it adds, and a gate that decides what to forget: with the gate’s bias at 3, the gradient comes through (S. Hochreiter and J. Schmidhuber, Long short-term memory, 1997; F. Gers and others, Learning to forget, 2000).",
			"To see it, make the inputs x a Variable: then grads.Of(x) holds the gradient at each step. It equals ∂L/∂z here, where x is added to z; for the LSTM the curve shows ∂L/∂x. In the middle of a graph, Hook sees a gradient as it passes.",
		},
		Code: page.Function(recurrentSource, "recurrent") + "\n" + page.Function(recurrentSource, "flow"),
	}
	for _, l := range r.Flows {
		c.Lines = append(c.Lines, chart.Line{Name: l.Name, Y: l.Norms})
		f.Facts = append(f.Facts, page.Fact{Name: l.Name, Value: fmt.Sprintf("%s at the end, %s at the beginning", figures(end(l.Norms)), figures(l.Norms[0]))})
	}
	f.Panels = []page.Panel{c.Panel()}
	return f
}

func (r *Result) explosion() page.Figure {
	errors := chart.Chart{Name: "explosion-error", Title: "Error", X: "step", Y: "mean (a−t)^2", LogY: true, Desc: "With clipped gradients, the error falls by five orders of magnitude."}
	norms := chart.Chart{Name: "explosion-norm", Title: "Gradient", X: "step", Y: "norm before clipping", LogY: true, Desc: "The norm of the gradient before clipping falls, too."}
	f := page.Figure{
		Title: "An exploding gradient, and clipping",
		Text: []string{
			fmt.Sprintf("A linear recurrent network has to add %d numbers, which it could do with the identity as W. It begins with the spectral radius %v: gradients are huge, and the first step leads so far away that the next error is infinite. A rate small enough for this gradient would be far too small for later ones, which are more than ten thousand times smaller.", length, adderRadius),
			"To see where an infinity or a NaN comes from, give the loss to trace.NonFinite: it names the first operation that made one from finite numbers, and shows these numbers. The remedy is to clip the norm of the gradient (R. Pascanu and others, On the difficulty of training recurrent neural networks, 2013): its direction stays the same, and its length does not exceed a limit. optim.ClipNorm also returns the norm before clipping, which is worth a look in any training.",
		},
		Code: page.Function(recurrentSource, "train"),
	}
	for _, a := range r.Adders {
		errors.Lines = append(errors.Lines, chart.Line{Name: a.Name, Y: a.Errors, Marked: len(a.Errors) == 1})
		norms.Lines = append(norms.Lines, chart.Line{Name: a.Name, Y: a.Norms, Marked: len(a.Norms) == 1})
		f.Facts = append(f.Facts, page.Fact{Name: a.Name, Value: a.outcome()})
		if a.Fault != "" {
			f.Facts = append(f.Facts, page.Fact{Name: "then trace.NonFinite", Value: strings.ReplaceAll(a.Fault, ", where", ",\nwhere")})
		}
	}
	f.Panels = []page.Panel{errors.Panel(), norms.Panel()}
	return f
}
