// Package wrong shows what goes wrong in the training of networks, how to see it, and what to do about
// it: saturated sigmoids, gradients that vanish or explode on their way through layers and through
// time, and dead rectifiers.
package wrong

import (
	"context"
	"fmt"
	"io"
	"strings"

	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

// A Result holds trainings that went wrong, and trainings with remedies.
type Result struct {
	Saturation []Saturation
	Deep       []Deep
	Rectified  []Rectified
	Flows      []Flow
	Adders     []Adder
}

// Run trains the networks. It returns the error of ctx if ctx is cancelled.
func Run(ctx context.Context, _ io.Writer) (r *Result, err error) {
	r = &Result{Flows: flows()}
	if r.Saturation, err = saturations(ctx); err != nil {
		return nil, err
	}
	if r.Deep, err = deepNets(ctx); err != nil {
		return nil, err
	}
	if r.Rectified, err = relus(ctx); err != nil {
		return nil, err
	}
	if r.Adders, err = adders(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// trained returns the networks, trained one after another.
func trained[N any](ctx context.Context, train func(*N, context.Context) error, all []N) ([]N, error) {
	for i := range all {
		if err := train(&all[i], ctx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ring returns the article's RING, ten points of each prototype, on which the networks that are
// not recurrent are trained.
func ring() (x, t *tensor.Tensor) {
	return problems.MustByName("RING").MustData(legacy.New(problems.Seed), 10).Tensors()
}

// radii are the spectral radii that are tried.
var radii = []float64{.9, 1, 1.1}

func radiusName(what string, rho float64) string { return fmt.Sprintf("%s, radius %v", what, rho) }

// end returns the last of some values.
func end(values []float64) float64 { return values[len(values)-1] }

// String returns a report: what went wrong, and how well the remedies worked.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprint(&b, "Saturated sigmoids: the cross-entropy ends at\n")
	for _, s := range r.Saturation {
		fmt.Fprintf(&b, "  %-24s %.4f; at the start, %.0f %% are saturated, and δ is %.2g\n", s.Name, end(s.Errors), 100*s.Share[0], s.Delta)
	}
	fmt.Fprintf(&b, "\nVanishing gradients, through %d layers: the cross-entropy ends at\n", deepLayers)
	for _, d := range r.Deep {
		fmt.Fprintf(&b, "  %-24s %.4f; at the start, δ is %.2g in the first layer and %.2g in the last hidden one\n", d.Name, end(d.Errors), d.Deltas[0], d.Deltas[deepLayers-1])
	}
	fmt.Fprint(&b, "\nDead rectifiers: the cross-entropy ends at\n")
	for _, l := range r.Rectified {
		fmt.Fprintf(&b, "  %-24s %s; %.0f %% of the units have no positive z\n", l.Name, l.outcome(), 100*end(l.Dead))
	}
	fmt.Fprintf(&b, "\nThrough time: the norm of the gradient at the last of %d steps, and at the first\n", length)
	for _, f := range r.Flows {
		fmt.Fprintf(&b, "  %-24s %.3g, %.3g\n", f.Name, end(f.Norms), f.Norms[0])
	}
	fmt.Fprintf(&b, "\nExploding gradients: a linear recurrent network of spectral radius %v has to add %d numbers\n", adderRadius, length)
	for _, c := range r.Adders {
		fmt.Fprintf(&b, "  %-24s gradient %.2g at the start; squared %s\n", c.Name, c.Norms[0], c.outcome())
		if c.Fault != "" {
			fmt.Fprintf(&b, "    then %s\n", c.Fault)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// outcome says how the training went.
func (a Adder) outcome() string {
	if a.Fault != "" {
		return fmt.Sprintf("error %.0f, not finite after step %d", a.Errors[0], len(a.Errors))
	}
	return fmt.Sprintf("error from %.0f to %.3f in %d steps", a.Errors[0], end(a.Errors), len(a.Errors))
}

// outcome says how the training ended.
func (r Rectified) outcome() string {
	if n := len(r.Errors); n < rectifiedSteps {
		return fmt.Sprintf("not finite after %d steps", n)
	}
	return fmt.Sprintf("%.4f", end(r.Errors))
}
