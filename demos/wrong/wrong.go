// Package wrong shows what goes wrong in the training of networks, how to see it, and what to do: sigmoids that are saturated, gradients that
// vanish or explode on their way through layers and through time, and rectifiers that are dead.
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

// A Result holds what went wrong, and with remedies went better.
type Result struct {
	Saturation []Saturation
	Deep       []Deep
	Rectified  []Rectified
	Flows      []Flow
	Adders     []Adder
}

// Run trains the networks. The error is that of a cancelled ctx.
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

// ring returns the article's RING, ten points of each prototype: what the networks that are not recurrent are trained on.
func ring() (x, t *tensor.Tensor) {
	return problems.MustByName("RING").MustData(legacy.New(problems.Seed), 10).Tensors()
}

// radii are the spectral radii that are tried.
var radii = []float64{.9, 1, 1.1}

func radiusName(what string, rho float64) string { return fmt.Sprintf("%s, radius %v", what, rho) }

// end returns the last of some values.
func end(values []float64) float64 { return values[len(values)-1] }

// String returns what went wrong, and how it went with remedies.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprint(&b, "Saturated sigmoids: the cross-entropy ends at\n")
	for _, s := range r.Saturation {
		fmt.Fprintf(&b, "  %-24s %.4f; at the start %.0f %% are saturated, δ is %.2g\n", s.Name, end(s.Errors), 100*s.Share[0], s.Delta)
	}
	fmt.Fprintf(&b, "\nVanishing gradients: through %d layers\n", deepLayers)
	for _, d := range r.Deep {
		fmt.Fprintf(&b, "  %-24s %.4f; at the start δ is %.2g in the first layer, %.2g in the last hidden one\n", d.Name, end(d.Errors), d.Deltas[0], d.Deltas[deepLayers-1])
	}
	fmt.Fprint(&b, "\nDead rectifiers\n")
	for _, l := range r.Rectified {
		fmt.Fprintf(&b, "  %-24s %s; %.0f %% of the units are dead\n", l.Name, l.outcome(), 100*end(l.Dead))
	}
	fmt.Fprintf(&b, "\nThrough time: ∂L/∂z, from the last of %d steps to the first\n", length)
	for _, f := range r.Flows {
		fmt.Fprintf(&b, "  %-24s %.3g to %.3g\n", f.Name, end(f.Norms), f.Norms[0])
	}
	fmt.Fprintf(&b, "\nExploding gradients: a linear network of radius %v is to add %d numbers\n", adderRadius, length)
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
