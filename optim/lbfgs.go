package optim

import (
	"math"
	"slices"

	"gentlegrad/autograd"
)

// LBFGS minimises a loss without noise, such as that of all data of a small problem, by the method of
// Broyden, Fletcher, Goldfarb and Shanno with limited memory: J. Nocedal and S. J. Wright, Numerical
// optimization (2006), algorithm 7.5. All parameters make one vector x, with the gradient g. A step goes
// along
//
//	d = −Hg
//
// where H estimates the inverse of the Hessian from the last Memory steps s = x′ − x and the changes
// y = g′ − g in them (algorithm 7.4). A line search finds how far to go, to where the strong Wolfe
// conditions hold (algorithms 3.5 and 3.6).
type LBFGS struct {
	Memory     int     // 10: steps that H is made of
	Iterations int     // 200: steps, at most
	Tolerance  float64 // 1e-9: it is done when no element of the gradient is larger

	parameters []*autograd.Node
}

// A Result is where a minimisation ended.
type Result struct {
	Loss        float64
	Iterations  int  // steps made
	Evaluations int  // of the loss and its gradient
	Converged   bool // the gradient is as small as the tolerance
}

// NewLBFGS returns L-BFGS with the settings noted at its fields. It panics as
// NewGradientDescent does.
func NewLBFGS(parameters ...*autograd.Node) *LBFGS {
	return &LBFGS{Memory: 10, Iterations: 200, Tolerance: 1e-9, parameters: distinct("NewLBFGS", parameters)}
}

// Minimise changes the parameters, in place, until the gradient of the loss is small, the iterations are
// made, or no step makes progress: if the loss can't be evaluated more accurately, has a kink, or is
// infinite or NaN at the start. The loss is a function that builds its graph anew each time it is called.
// It must be the same function of the parameters each time: so no dropout, for example. Minimise panics
// if a setting is out of range, and as Backward does.
func (o *LBFGS) Minimise(loss func() *autograd.Node) Result {
	o.check(loss)
	var result Result
	evaluate := func(x []float64) point {
		result.Evaluations++
		o.scatter(x)
		return o.evaluate(x, loss())
	}
	now := evaluate(o.gather())
	var memory []change
	for {
		result.Loss = now.loss
		result.Converged = largest(slices.Values(now.gradient)) <= o.Tolerance
		if result.Converged || result.Iterations == o.Iterations {
			return result
		}
		d, first := direction(now.gradient, memory)
		next, ok := search(now, d, first, evaluate)
		o.scatter(next.x)
		if !ok {
			if memory == nil {
				return result
			}
			memory = nil // once more, along the gradient
			continue
		}
		result.Iterations++
		if c := changeOf(now, next); c.curvature > 0 {
			memory = append(memory, c)
			memory = memory[max(0, len(memory)-o.Memory):]
		}
		now = next
	}
}

func (o *LBFGS) check(loss func() *autograd.Node) {
	switch {
	case len(o.parameters) == 0:
		fail("Minimise", "no parameters: NewLBFGS takes them")
	case loss == nil:
		fail("Minimise", "the loss is nil")
	case o.Memory <= 0:
		fail("Minimise", "Memory is %d; it must be positive", o.Memory)
	case o.Iterations < 0:
		fail("Minimise", "Iterations is %d; it must not be negative", o.Iterations)
	}
	mustNotBeNegative("Minimise", "Tolerance", o.Tolerance)
}

// A point is a vector of all parameters, with the loss and the gradient there.
type point struct {
	x, gradient []float64
	loss        float64
}

// gather returns the parameters as a vector.
func (o *LBFGS) gather() (x []float64) {
	for _, p := range o.parameters {
		x = append(x, p.Value().Data()...)
	}
	return x
}

// scatter sets the parameters to a vector.
func (o *LBFGS) scatter(x []float64) {
	for _, p := range o.parameters {
		w := p.Value()
		x = x[copy(w.Like(w).Data(), x):] // Like counts as a change, which graphs see
	}
}

func (o *LBFGS) evaluate(x []float64, loss *autograd.Node) point {
	grads := autograd.Backward(loss, o.parameters...)
	y := point{x: x, loss: loss.Value().Item()}
	for _, p := range o.parameters {
		y.gradient = append(y.gradient, grads.Of(p).Data()...)
	}
	return y
}

// A change is what one step reveals of the Hessian.
type change struct {
	s, y      []float64 // of x, of the gradient
	curvature float64   // s·y
}

func changeOf(from, to point) change {
	c := change{s: plus(to.x, -1, from.x), y: plus(to.gradient, -1, from.gradient)}
	c.curvature = dot(c.s, c.y)
	return c
}

// direction returns d = −Hg, by two loops over the changes, and the length of the first step to try, in
// units of d.
func direction(g []float64, memory []change) (d []float64, first float64) {
	d = plus(make([]float64, len(g)), -1, g)
	if len(memory) == 0 {
		size := 0.0
		for _, v := range g {
			size += math.Abs(v)
		}
		return d, min(1, 1/size)
	}
	alpha := make([]float64, len(memory))
	for i, c := range slices.Backward(memory) {
		alpha[i] = dot(c.s, d) / c.curvature
		d = plus(d, -alpha[i], c.y)
	}
	last := memory[len(memory)-1]
	scale := last.curvature / dot(last.y, last.y) // equation 7.20
	for i := range d {
		d[i] *= scale
	}
	for i, c := range memory {
		beta := dot(c.y, d) / c.curvature
		d = plus(d, alpha[i]-beta, c.s)
	}
	return d, 1
}

func dot(x, y []float64) (sum float64) {
	for i := range x {
		sum += float64(x[i] * y[i])
	}
	return sum
}

// plus returns x + ay.
func plus(x []float64, a float64, y []float64) []float64 {
	z := make([]float64, len(x))
	for i := range z {
		z[i] = x[i] + float64(a*y[i])
	}
	return z
}
