package wrong

import (
	"math"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// TestRun holds the demo to what its page says.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains twelve networks")
	}
	t.Parallel()
	r, err := Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	claim := func(holds bool, what string) {
		t.Helper()
		if !holds {
			t.Errorf("%s\n%v", what, r)
		}
	}
	raw, standard := r.Saturation[0], r.Saturation[1]
	claim(raw.Share[0] > .8 && standard.Share[0] == 0, "sigmoids are not saturated by large inputs alone")
	claim(raw.Delta < standard.Delta/3, "saturation does not make δ smaller")
	claim(end(raw.Errors) > .2 && end(standard.Errors) < .02, "standardised inputs are no remedy")

	shrinking := r.Deep[0].Deltas
	for l := range deepLayers {
		claim(shrinking[l] < shrinking[l+1]/2, "δ does not shrink from layer to layer")
	}
	claim(shrinking[0] < 1e-8 && end(r.Deep[0].Errors) > .34, "the deep network of sigmoids learns")
	for _, d := range r.Deep[1:] {
		claim(d.Deltas[0] > 1e-6 && end(d.Errors) < .1, d.Name+" does not learn")
	}

	large, leaky, small, clipped := r.Rectified[0], r.Rectified[1], r.Rectified[2], r.Rectified[3]
	claim(end(large.Dead) == 1 && math.Abs(end(large.Errors)-constant) < 1e-4, "the units do not die, or there is more to learn without them")
	claim(len(leaky.Errors) < 20 && len(leaky.Dead) < 20, "the leaky network's error is finite")
	for _, l := range []Rectified{small, clipped} {
		claim(end(l.Dead) < .2 && end(l.Errors) < .05, l.Name+" is no remedy")
	}

	for i, rho := range radii {
		norms := r.Flows[i].Norms
		for t, norm := range norms {
			want := math.Pow(rho, float64(length-1-t)) * norms[length-1]
			claim(math.Abs(norm-want) < 1e-12*want, "the gradient through time is not a power of the radius")
		}
	}
	tanh, lstm := r.Flows[3].Norms, r.Flows[4].Norms
	claim(tanh[0] < 1e-6*end(tanh), "with tanh the gradient does not vanish")
	claim(lstm[0] > .5*end(lstm), "in an LSTM the gradient vanishes")

	bare, safe := r.Adders[0], r.Adders[1]
	claim(len(bare.Errors) == 1 && strings.Contains(bare.Fault, "gives +Inf"), "the gradient does not explode")
	claim(len(safe.Errors) == adderSteps && safe.Fault == "" && end(safe.Errors) < 1e-4*safe.Errors[0] && end(safe.Errors) < .1, "clipping is no remedy")
	claim(end(safe.Norms) < 1e-4*safe.Norms[0], "later gradients are as large")

	html, err := r.Page().Render()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Saturated sigmoids", "func deltas(", "func dead(", "func flow(", "gives +Inf"} {
		claim(strings.Contains(string(html), want), "the page does not hold "+want)
	}
}

// constant is the cross-entropy of the best constant answer to RING, one of whose nine
// prototypes is of class 0.
var constant = math.Log(9) - 8./9*math.Log(8)

// Without a network behind them, deltas are (σ(z)−t)/n.
func TestDeltas(t *testing.T) {
	t.Parallel()
	net := layers.Sequential{layers.NewLinear(2, 1, nil)} // z = 0
	x := autograd.Constant(tensor.Rows([][]float64{{1, 2}, {3, 4}}))
	got := deltas(net, x, autograd.Constant(tensor.Rows([][]float64{{0}, {1}})))
	if len(got) != 1 || got[0] != .25 {
		t.Errorf("got %v, want [0.25]", got)
	}
}

func TestDead(t *testing.T) {
	t.Parallel()
	z := tensor.Rows([][]float64{{-1, 1, 0, -3}, {-2, -1, 0, 1e-9}})
	if got := dead(z); got != .5 {
		t.Errorf("%v of the units are dead, want 0.5", got)
	}
	if got := saturated(tensor.FromSlice([]float64{.01, .02, .5, .98, .99}, 5)); got != .4 {
		t.Errorf("%v of the activations are saturated, want 0.4", got)
	}
}
