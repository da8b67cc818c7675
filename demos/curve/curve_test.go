package curve

import (
	"context"
	"math"
	"regexp"
	"strconv"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/tensor"
)

// The claims: of a thousand data sets 95 % of the intervals and bands hold what is true, as far as
// counting can tell; the one fit predicts how far the others scatter; Gauss and Newton come near.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it fits a thousand data sets")
	}
	r, err := Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.Fit.Search.Converged {
		t.Errorf("the search ended at %+v", r.Fit.Search)
	}
	if !(math.Abs(r.Fit.Deviation-noise) <= .05) {
		t.Errorf("the noise is estimated to be %v, it is %v", r.Fit.Deviation, noise)
	}
	// The standard deviation of a count of 1000 with probability 0.95 is 6.9.
	const tolerance = .021
	for _, q := range r.Quantities {
		if !(math.Abs(q.Held-.95) <= tolerance) {
			t.Errorf("%s: %v of the intervals hold the truth", q.Name, q.Held)
		}
		if !(math.Abs(q.Error/q.Spread-1) <= .1) {
			t.Errorf("%s: the error is %v, the spread of many fits %v", q.Name, q.Error, q.Spread)
		}
		if d := math.Abs(q.GaussNewton/q.Error - 1); !(d > 0 && d <= .02) {
			t.Errorf("%s: the error is %v, without second derivatives %v", q.Name, q.Error, q.GaussNewton)
		}
		if !(math.Abs(q.Fitted-q.True) <= 3*q.Error) {
			t.Errorf("%s: %v ± %v was %v in truth", q.Name, q.Fitted, q.Error, q.True)
		}
	}
	for i, held := range r.Held {
		if !(math.Abs(held-.95) <= tolerance) {
			t.Errorf("at %v, %v of the bands hold the true curve", r.Places[i], held)
		}
	}
	if _, _, share := r.ellipse(); !(math.Abs(share-.95) <= tolerance) {
		t.Errorf("the ellipse holds %v of the fits", share)
	}
	svg := string(r.fitted().Panels[0].Drawing.Static(0))
	edge := func(pattern string) float64 {
		v, _ := strconv.ParseFloat(regexp.MustCompile(pattern).FindStringSubmatch(svg)[1], 64)
		return v
	}
	if frame, dot := edge(`<clipPath[^>]*>\s*<rect x="([0-9.]+)`), edge(`<path d="m([0-9.]+) [0-9.]+a`); dot < frame {
		t.Errorf("the first observation begins at %v, left of the frame, which is at %v", dot, frame)
	}
}

// Without noise the fit is the truth, and what Gauss and Newton leave out is 0.
func TestFitExact(t *testing.T) {
	t.Parallel()
	x := places(observations)
	f := fit(x, peak(autograd.Constant(truth), autograd.Constant(x)).Value())
	if d := tensor.MaxAbsDiff(f.Theta, truth); !f.Search.Converged || !(d <= 1e-7) {
		t.Errorf("got %v, want %v; the search ended at %+v", f.Theta, truth, f.Search)
	}
	if d := tensor.MaxAbsDiff(f.Covariance, f.GaussNewton); !(d <= 1e-6*math.Abs(f.Covariance.At(0, 0))) {
		t.Errorf("the covariance is %v, without second derivatives %v", f.Covariance, f.GaussNewton)
	}
}

// For a straight line there are formulas: with x from −1 to 1, the variances of mean and
// slope are σ²/n and σ²/Σx².
func TestDeviations(t *testing.T) {
	t.Parallel()
	x := tensor.FromSlice([]float64{-1, -.5, 0, .5, 1}, 5)
	f := Fit{Theta: tensor.FromSlice([]float64{3, 2}, 2), Covariance: tensor.Rows([][]float64{{.04 / 5, 0}, {0, .04 / 2.5}})}
	line := func(thetas ...*autograd.Node) *autograd.Node {
		p := thetas[0].Unbind(0)
		return p[1].Mul(autograd.Constant(x)).Add(p[0])
	}
	for i, got := range f.deviations(line, f.Covariance) {
		if want := math.Sqrt(.04/5 + .04/2.5*x.At(i)*x.At(i)); !(math.Abs(got-want) <= 1e-15) {
			t.Errorf("at %v the line is known to %v, want %v", x.At(i), got, want)
		}
	}
}
