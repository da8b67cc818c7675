package layers_test

import (
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// A layer's nodes were made where the layer was applied, also within many Sequentials.
func TestMadeByLayer(t *testing.T) {
	net := layers.Sequential{layers.Tanh{}, layers.Sigmoid{}}
	for range 16 {
		net = layers.Sequential{net}
	}
	y := net.Forward(autograd.Context{Positions: true}.Constant(tensor.Scalar(1)))
	for ; y.Op() != nil; y = y.Input(0) {
		if !strings.HasPrefix(y.Made(), "made_test.go:") {
			t.Errorf("%v was made at %q", y, y.Made())
		}
	}
}
