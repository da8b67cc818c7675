package figures

import (
	_ "embed"
	"fmt"
	"math"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/layers"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

// The rate and length of the descents of figures 4 and 5 are large enough for three different fates:
// some run down at once, some leave a plateau late, and some stay on it.
const (
	descentRate  = 5
	descentSteps = 1000
)

// descentMarks are the numbers of steps after which a descent is looked at.
var descentMarks = []int{0, 10, 100, descentSteps}

// chain returns a network of one sigmoid unit per layer, each with one input, one weight and no bias.
func chain(weights ...float64) layers.Sequential {
	var net layers.Sequential
	for _, w := range weights {
		linear := layers.NewLinear(1, 1, func(weight, _ *tensor.Tensor) { weight.Fill(w) })
		linear.Bias = nil
		net = append(net, linear, layers.Sigmoid{})
	}
	return net
}

// descend takes steps of gradient descent on ½(a−1)², where a is the output for the
// input 1. visit sees the loss and its gradients before every step and after the last.
func descend(net layers.Sequential, rate float64, steps int, visit func(*autograd.Node, *autograd.Gradients)) {
	one := autograd.Constant(tensor.Full(1, 1, 1)) // one observation of one input, and its target
	weights := layers.Parameters(net)
	optimiser := optim.NewGradientDescent(rate, weights...)
	for step := 0; ; step++ {
		loss := layers.SquaredError(net.Forward(one), one)
		grads := autograd.Backward(loss, weights...)
		visit(loss, grads)
		if step == steps {
			return
		}
		optimiser.Step(grads)
	}
}

// chainError returns the error that the article plots, (a−1)², where a is the output of
// a chain for the input 1.
func chainError(weights ...float64) float64 {
	one := tensor.Full(1, 1, 1)
	a := chain(weights...).Forward(autograd.Context{NoRecord: true}.Constant(one))
	return a.Sub(autograd.Constant(one)).Square().Value().Item()
}

// A descent is one run of gradient descent on a chain.
type descent struct {
	points   [][]float64 // weights, then (a−1)², after 0, 1, 2, … steps
	gradient []float64   // of ½(a−1)² at the start
}

func newDescent(start ...float64) descent {
	net := chain(start...)
	weights := layers.Parameters(net)
	var d descent
	descend(net, descentRate, descentSteps, func(loss *autograd.Node, grads *autograd.Gradients) {
		if d.points == nil {
			d.gradient = items(weights, grads.Of)
		}
		e := 2 * loss.Value().Item() // (a−1)² is plotted; the loss descended is half of it
		point := append(items(weights, (*autograd.Node).Value), e)
		d.points = append(d.points, point)
	})
	return d
}

// items returns the number in each tensor of one element.
func items(nodes []*autograd.Node, of func(*autograd.Node) *tensor.Tensor) []float64 {
	out := make([]float64, len(nodes))
	for i, n := range nodes {
		out[i] = of(n).Item()
	}
	return out
}

// thinned returns in keep the indices of enough points to draw the path: those at the marks, and those
// that straight lines between the others would miss. marks are the places of the marks in keep.
func (d descent) thinned() (keep, marks []int) {
	const tolerance = .0015 // of the axes
	keep, marks = []int{0}, []int{0}
	for m, step := range descentMarks[1:] {
		keep = draw.Thin(keep, descentMarks[m], step, tolerance, d.detour)
		marks = append(marks, len(keep)-1)
	}
	return keep, marks
}

// path returns the points of the line to draw, and of these the ones at the marks, which get dots.
func (d descent) path() (line, dots [][]float64) {
	keep, marks := d.thinned()
	for _, i := range keep {
		line = append(line, d.points[i])
	}
	for _, k := range marks {
		dots = append(dots, line[k])
	}
	return line, dots
}

// detour is the distance of point i from the segment between points a and b, where every
// axis counts as 1 long.
func (d descent) detour(a, i, b int) float64 {
	var uu, uv float64
	u, v := d.vector(a, b), d.vector(a, i)
	for k := range u {
		uu += u[k] * u[k]
		uv += u[k] * v[k]
	}
	t := 0.0
	if uu > 0 {
		t = min(max(uv/uu, 0), 1)
	}
	sum := 0.0
	for k := range u {
		sum += (v[k] - t*u[k]) * (v[k] - t*u[k])
	}
	return math.Sqrt(sum)
}

// vector returns the vector from point a to point b, in lengths of the axes.
func (d descent) vector(a, b int) []float64 {
	out := make([]float64, len(d.points[a]))
	for k := range out {
		out[k] = d.points[b][k] - d.points[a][k]
		if k < len(out)-1 {
			out[k] /= weightRange.Hi - weightRange.Lo
		}
	}
	return out
}

//go:embed descent.go
var descentSource string

// descentCode is the source of chain and descend above, and how a figure calls them.
func descentCode(start ...float64) string {
	weights := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(start)), ", "), "[]")
	return fmt.Sprintf("net := chain(%s)\ndescend(net, %d, %d, visit)\n\n%s\n%s", weights, descentRate, descentSteps,
		page.Function(descentSource, "chain"), page.Function(descentSource, "descend"))
}
