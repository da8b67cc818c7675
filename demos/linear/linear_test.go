package linear

import (
	"strings"
	"testing"

	"gentlegrad/layers"
	"gentlegrad/tensor"
)

func TestRun(t *testing.T) {
	t.Parallel()
	r, err := Run(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for when, d := range map[string]float64{"before": r.Before, "after": r.After} {
		if !(d <= 2e-15) {
			t.Errorf("%s training the stack and its product differ by %g", when, d)
		}
	}
	if s, l := r.Stack.last(), r.Single.last(); !(s >= .24 && s <= .25 && s-l <= 1e-6 && l-s <= 1e-6) {
		t.Errorf("the stack ends at %v, the single layer at %v", s, l)
	}
	if !(r.Tanh.last() <= .01) {
		t.Errorf("with tanh the loss ends at %v", r.Tanh.last())
	}
	net, grid := r.Tanh.Net.(layers.Sequential), tensor.Rows([][]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}})
	if d := tensor.MaxAbsDiff(outputs(net, grid), outputs(multiplyOut(net), grid)); !(d >= .1) {
		t.Errorf("the weights of the network with tanh, multiplied out, give the same to %g", d)
	}
	if n := len(layers.Parameters(r.Product.Net)); n != 2 {
		t.Errorf("the product has %d parameters", n)
	}
	if text := r.String(); !strings.Contains(text, "multiplied out, are one") {
		t.Error(text)
	}
	if _, err := r.Page().Render(); err != nil {
		t.Error(err)
	}
}
