package autoencoder

import (
	"context"
	"math/rand/v2"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/internal/cputime"
	"gentlegrad/layers"
	"gentlegrad/tensor"
)

// The decoder has the encoder's sizes the other way round; the code has no activation.
func TestNewAutoencoder(t *testing.T) {
	t.Parallel()
	a := newAutoencoder(layers.He(rand.New(rand.NewPCG(1, 2))), layers.ReLU{}, 6, 4, 2)
	if e, d := a.Encoder.String(), a.Decoder.String(); !strings.Contains(e, "0: Linear 6→4, 28 parameters\n  1: ReLU\n  2: Linear 4→2, 10 parameters") ||
		!strings.Contains(d, "0: Linear 2→4, 12 parameters\n  1: ReLU\n  2: Linear 4→6, 30 parameters\n  3: Sigmoid") {
		t.Errorf("the encoder is\n%s\nthe decoder\n%s", e, d)
	}
	x := autograd.Constant(tensor.New(3, 6))
	if y := a.Forward(x); !tensor.SameShape(y.Value(), x.Value()) {
		t.Errorf("pictures %v become %v", x, y)
	}
}

// The claims: two numbers say half of what a picture is beyond the mean, and an encoder is a better
// start for sigmoids, and not much of one for rectifiers; within two minutes of computing.
func TestTrain(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains networks")
	}
	start := cputime.Used()
	r, err := Train(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if took := cputime.Used() - start; took.Minutes() > 2 {
		t.Errorf("it took %v of computing", took)
	}
	if !(r.end() <= r.Baseline/2) {
		t.Errorf("the error is %v, that of the mean %v", r.end(), r.Baseline)
	}
	sigmoid, relu := r.Pretrained[0], r.Pretrained[1]
	gain := func(c Comparison) float64 { return c.Encoder[passes-1] - c.Random[passes-1] } // the mean of the seeds
	if sigmoid.better() < 4 || !(gain(sigmoid) >= .1) {
		t.Errorf("sigmoids gain %v: %v", gain(sigmoid), sigmoid.Gains)
	}
	if g := gain(relu); !(g >= -.1 && g <= .1 && relu.Random[passes-1] >= sigmoid.Random[passes-1]+.1) {
		t.Errorf("rectifiers gain %v: %v; they reach %v at random, sigmoids %v", g, relu.Gains, relu.Random[passes-1], sigmoid.Random[passes-1])
	}

	// Of pictures of different digits the codes are farther from one another than of those of one digit.
	codes := r.encode(r.Held)
	var same, other, sames, others float64
	for i := range codes.Dim(0) {
		for j := range i {
			dx, dy := codes.At(i, 0)-codes.At(j, 0), codes.At(i, 1)-codes.At(j, 1)
			if d := dx*dx + dy*dy; r.Digits.At(i) == r.Digits.At(j) {
				same, sames = same+d, sames+1
			} else {
				other, others = other+d, others+1
			}
		}
	}
	if !(same/sames <= other/others/2) {
		t.Errorf("the mean squared distance is %v within a digit, %v between two", same/sames, other/others)
	}
	if html, err := r.Page().Render(); err != nil || !strings.Contains(string(html), "A start for a classifier") {
		t.Errorf("the page: %v", err)
	}
	if !strings.Contains(r.String(), "of 5 seeds") {
		t.Errorf("the report:\n%v", r)
	}
}
