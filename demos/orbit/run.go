package orbit

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/demos/draw"
	"gentlegrad/optim"
	"gentlegrad/tensor"
)

const iterations = 200

// The launches that descents begin with.
var first = [][]float64{{0, -2.2}, {1.2, -2}, {.4, -1.6}}

// A Result is what the descents from several launches found, and the gradient with respect to the first
// launch.
type Result struct {
	Descents []Descent
	Unaided  float64 // by how much the launch that the first descent found misses the target if there is no moon

	Moon Flight
	Map  draw.Grid // log₁₀ of the distance from the target, over the launches

	Nodes               int // in the graph of the flights
	Gradient, Numerical [2]float64
	Bound               float64 // of the error of Numerical
}

// A Descent is how a launch changed.
type Descent struct {
	Launches  [][]float64 // the velocity at each iteration, and at the end
	Distances []float64   // between the end of each flight and the target
	Flights   []Flight    // of each launch in shown
	Norms     []float64   // of the first launch, the norm of ∂L/∂x after each step
}

// shown are the iterations of which flights are drawn.
var shown = []int{0, 10, 20, 30, iterations}

// A Flight is where a probe was after each step.
type Flight struct{ X, Y []float64 }

func (d Descent) end() []float64 { return d.Launches[iterations] }

// Run descends from each of the first launches. It returns the error of ctx if ctx is cancelled.
func Run(ctx context.Context, _ io.Writer) (*Result, error) {
	r := &Result{Descents: make([]Descent, len(first))}
	v := autograd.Variable(tensor.Rows(first))
	path := fly(v, moonMass)
	misses := miss(path)
	loss := misses.Sum()
	r.Nodes = len(autograd.Graph(loss))
	grads := autograd.Backward(loss)
	for _, x := range path {
		for i := range r.Descents {
			g := grads.Of(x)
			r.Descents[i].Norms = append(r.Descents[i].Norms, math.Sqrt(float64(g.At(i, 0)*g.At(i, 0))+float64(g.At(i, 1)*g.At(i, 1))))
		}
	}
	r.Gradient = [2]float64(grads.Of(v).Data()[:2])
	r.check()

	plan := autograd.NewPlan(loss, v).Keep(append(path, misses)...)
	adam := optim.NewAdam(.02, v)
	for k := range iterations + 1 {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		plan.Forward()
		r.note(k, v.Value(), misses.Value(), path)
		adam.Step(plan.Backward())
	}
	r.Moon = flight(moonPath(), 0)
	r.Map = distances(91, 73)
	end := autograd.Constant(tensor.FromSlice(r.Descents[0].end(), 1, 2))
	r.Unaided = math.Sqrt(miss(fly(end, 0)).Value().Item())
	return r, nil
}

// distances returns how far from the target the flights of nx · ny launches end: all of them are one graph.
func distances(nx, ny int) draw.Grid {
	var launches [][]float64
	g := draw.Sample(nx, ny, across, up, func(vx, vy float64) float64 {
		launches = append(launches, []float64{vx, vy})
		return 0
	})
	v := autograd.Context{NoRecord: true}.Constant(tensor.Rows(launches))
	for i, d := range miss(fly(v, moonMass)).Value().Data() {
		g.Z[i] = math.Log10(d) / 2
	}
	return g
}

// check finds the gradient of the first launch numerically.
func (r *Result) check() {
	f := func(xs ...*autograd.Node) *autograd.Node { return miss(fly(xs[0], moonMass)).Sum() }
	derivatives, bounds, err := gradcheck.Numerical(f, tensor.FromSlice(first[0], 1, 2))
	if err != nil {
		panic(fmt.Sprintf("orbit: internal error: %v", err))
	}
	r.Numerical = [2]float64(derivatives[0].Data())
	r.Bound = max(bounds[0].At(0, 0), bounds[0].At(0, 1))
}

// note records iteration k.
func (r *Result) note(k int, v, misses *tensor.Tensor, path []*autograd.Node) {
	for i := range r.Descents {
		d := &r.Descents[i]
		d.Launches = append(d.Launches, []float64{v.At(i, 0), v.At(i, 1)})
		d.Distances = append(d.Distances, math.Sqrt(misses.At(i)))
		if len(d.Flights) < len(shown) && k == shown[len(d.Flights)] {
			d.Flights = append(d.Flights, flight(path, i))
		}
	}
}

// flight returns the flight of probe i.
func flight(path []*autograd.Node, i int) (f Flight) {
	for _, x := range path {
		f.X, f.Y = append(f.X, x.Value().At(i, 0)), append(f.Y, x.Value().At(i, 1))
	}
	return f
}

// closest returns the step after which two bodies are closest to one another.
func closest(f, g Flight) (at int) {
	least := math.Inf(1)
	for k := range f.X {
		dx, dy := f.X[k]-g.X[k], f.Y[k]-g.Y[k]
		if d := float64(dx*dx) + float64(dy*dy); d < least {
			least, at = d, k
		}
	}
	return at
}

// String returns a report: each descent, and the gradient.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Each flight is %d steps, which make a graph of %d nodes.\n\n", steps, r.Nodes)
	b.WriteString("first velocity   misses by   after 200 iterations   misses by\n")
	for _, d := range r.Descents {
		fmt.Fprintf(&b, "(%.1f, %.1f)      %8.4f    (%.4f, %.4f)      %8.5f\n",
			d.Launches[0][0], d.Launches[0][1], d.Distances[0], d.end()[0], d.end()[1], d.Distances[iterations])
	}
	fmt.Fprintf(&b, "\nWithout the moon, the first of these would miss by %.2f.\n\n", r.Unaided)
	fmt.Fprintf(&b, "The gradient of the squared distance with respect to the first velocity:\n  backward    %v\n  numerically %v, ± %.0e", r.Gradient, r.Numerical, r.Bound)
	return b.String()
}
