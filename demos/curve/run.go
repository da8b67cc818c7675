package curve

import (
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/draw"
	"gentlegrad/tensor"
)

const (
	observations = 60
	noise        = .25
	dataSets     = 1000
	// A 95 % interval extends by this many estimated standard deviations to either side: the 97.5 %
	// quantile of Student's distribution with 60 − 4 degrees of freedom.
	student = 2.0032
)

// truth is what the data are made from.
var truth = tensor.FromSlice([]float64{2, 4.2, .8, .5}, 4)

var domain = draw.Range{Lo: 0, Hi: 10}

// places returns n places, spread evenly.
func places(n int) *tensor.Tensor { return tensor.Linspace(domain.Lo, domain.Hi, n) }

// A Result is the fit of one data set, and how well it agrees with the fits of many others.
type Result struct {
	X, Y       *tensor.Tensor // the observations
	Fit        Fit
	Quantities []Quantity

	Places               []float64 // of the curves
	True, Fitted, Errors []float64 // curves: the true one, the fitted one and its standard deviation
	Held                 []float64 // at each place, the share of the data sets whose 95 % band holds the true curve
	Heights, Widths      []float64 // of each data set
}

// A Quantity is a number that the fit determines.
type Quantity struct {
	Name               string
	True, Fitted       float64
	Error, GaussNewton float64 // standard deviations, from the one fit, by the Hessian and without second derivatives
	Spread             float64 // the root mean square distance from the truth, over the fits of all data sets
	Held               float64 // the share of the data sets whose 95 % interval holds the true value
}

// Run fits one data set, and then many others to see how often the error bars hold the truth. It returns
// the error of ctx if ctx is cancelled.
func Run(ctx context.Context, _ io.Writer) (*Result, error) {
	rng := rand.New(rand.NewPCG(1, 2))
	x, at := places(observations), places(101)
	curve := func(thetas ...*autograd.Node) *autograd.Node { return peak(thetas[0], autograd.Constant(at)) }
	observe := func() *tensor.Tensor {
		y := peak(autograd.Constant(truth), autograd.Constant(x)).Value().Clone()
		return y.Add(y, tensor.New(observations).Normal(rng, 0, noise))
	}

	r := &Result{X: x, Y: observe(), Places: at.Data()}
	r.Fit = fit(x, r.Y)
	r.True, r.Fitted = of(curve, truth), of(curve, r.Fit.Theta)
	r.Errors = r.Fit.deviations(curve, r.Fit.Covariance)
	trueOnes, fitted := of(quantities, truth), of(quantities, r.Fit.Theta)
	deviations, without := r.Fit.deviations(quantities, r.Fit.Covariance), r.Fit.deviations(quantities, r.Fit.GaussNewton)
	for i, name := range names {
		r.Quantities = append(r.Quantities, Quantity{Name: name, True: trueOnes[i], Fitted: fitted[i], Error: deviations[i], GaussNewton: without[i]})
	}

	r.Held = make([]float64, len(r.Places))
	held, squares := make([]float64, len(names)), make([]float64, len(names))
	for range dataSets {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		f := fit(x, observe())
		count(r.Held, of(curve, f.Theta), r.True, f.deviations(curve, f.Covariance))
		values := of(quantities, f.Theta)
		count(held, values, trueOnes, f.deviations(quantities, f.Covariance))
		for i, v := range values {
			d := v - trueOnes[i]
			squares[i] += float64(d * d)
		}
		r.Heights, r.Widths = append(r.Heights, values[0]), append(r.Widths, values[2])
	}
	for i := range r.Quantities {
		r.Quantities[i].Held, r.Quantities[i].Spread = held[i]/dataSets, math.Sqrt(squares[i]/dataSets)
	}
	for i := range r.Held {
		r.Held[i] /= dataSets
	}
	return r, nil
}

// of returns the values of f at theta.
func of(f autograd.Func, theta *tensor.Tensor) []float64 {
	return f(autograd.Constant(theta)).Value().Data()
}

// count adds 1 to the count of each value whose 95 % interval holds the true one.
func count(counts, values, trueOnes, deviations []float64) {
	for i, v := range values {
		if math.Abs(v-trueOnes[i]) <= float64(student*deviations[i]) {
			counts[i]++
		}
	}
}

// mean returns the mean.
func mean(xs []float64) float64 {
	return new(tensor.Tensor).Mean(tensor.FromSlice(xs, len(xs))).Item()
}

// ellipse returns the border of the region of heights and widths that should hold 95 % of the
// fits by the covariance Σ of the first fit, and the share of the fits that it holds. The region
// is around the true values: all deviations d from them with dᵀ Σ⁻¹ d ≤ the 95 % quantile of χ²
// with 2 degrees of freedom.
func (r *Result) ellipse() (heights, widths []float64, share float64) {
	const quantile = 5.991
	c := r.Fit.Covariance
	hh, hw, ww := c.At(0, 0), c.At(0, 2), c.At(2, 2)
	// d = L·(a, b) for the Cholesky factor L, so that dᵀ Σ⁻¹ d = a² + b².
	l := math.Sqrt(hh)
	m, n := hw/l, math.Sqrt(ww-float64(hw*hw)/hh)
	h0, w0 := truth.At(0), truth.At(2)
	for k := range 121 {
		b, a := math.Sincos(2 * math.Pi * float64(k) / 120)
		q := math.Sqrt(quantile)
		heights, widths = append(heights, h0+float64(q*l*a)), append(widths, w0+float64(q*m*a)+float64(q*n*b))
	}
	for i, h := range r.Heights {
		a := (h - h0) / l
		b := (r.Widths[i] - w0 - float64(m*a)) / n
		if float64(a*a)+float64(b*b) <= quantile {
			share += 1. / dataSets
		}
	}
	return heights, widths, share
}

// String returns a report: the quantities, and how often their intervals hold the true values.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "A fit of %d observations, with noise of %.2f (estimated: %.3f), by L-BFGS in %d steps:\n\n", observations, noise, r.Fit.Deviation, r.Fit.Search.Iterations)
	fmt.Fprintf(&b, "%-12s %6s  %-17s  %-12s  %-20s  %s\n", "", "true", "fitted, ± 1 σ", "Gauss–Newton", "spread of 1000 fits", "95 % intervals that hold the truth")
	for _, q := range r.Quantities {
		fmt.Fprintf(&b, "%-12s %6.3f  %6.3f ± %-8.3f  ± %-10.3f  %-20.3f  %.1f %%\n", q.Name, q.True, q.Fitted, q.Error, q.GaussNewton, q.Spread, 100*q.Held)
	}
	fmt.Fprintf(&b, "\nThe 95 %% bands of %d data sets hold the true curve at %.1f %% of the places.", dataSets, 100*mean(r.Held))
	return b.String()
}
