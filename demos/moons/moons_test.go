package moons

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/autograd/gradcheck"
	"gentlegrad/tensor"
)

// The claims: micrograd's losses to the last bit if sums are made as it makes them, and otherwise
// nearly so; the same by a plan.
func TestRun(t *testing.T) {
	r, err := Run(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(r.Micrograd); n != steps || len(r.Published) != steps || len(r.OneByOne) != steps || len(r.Usual) != steps {
		t.Fatalf("%d, %d, %d and %d losses", n, len(r.Published), len(r.OneByOne), len(r.Usual))
	}
	for step, loss := range r.OneByOne {
		if loss != r.Micrograd[step] {
			t.Errorf("step %d: the loss is %v, micrograd's %v", step, loss, r.Micrograd[step])
		}
	}
	for _, l := range r.others() {
		if _, most := differences(l.Y, r.Micrograd); !(most <= 2e-14) {
			t.Errorf("%s: a loss is %.1e from micrograd's", l.Name, most)
		}
	}
	if r.Accuracy != 1 {
		t.Errorf("%v of the points are on the right side, want all", r.Accuracy)
	}
	for _, by := range []way{usual, oneByOne} {
		if anew, plan := r.train(r.newModel(by), nil), r.trainByPlan(r.newModel(by)); !slices.Equal(anew, plan) {
			t.Errorf("by graphs built anew %v, by a plan %v", anew, plan)
		}
	}
	if r.ByPlan > r.Took/100 || r.Anew > r.Took/100 {
		t.Errorf("the training took %v and %v, micrograd's %v", r.Anew, r.ByPlan, r.Took)
	}
}

// The data are micrograd's: its notebook prints this loss before any step.
func TestSource(t *testing.T) {
	t.Parallel()
	r := read()
	if len(r.Inputs) != 100 || len(r.Targets) != 100 || len(r.Parameters) != 337 || r.Published[0] != 0.8958441028683222 {
		t.Errorf("%d points, %d targets, %d parameters; the first loss is %v", len(r.Inputs), len(r.Targets), len(r.Parameters), r.Published[0])
	}
	for _, word := range []string{"Andrej Karpathy", "MIT", "scikit-learn"} {
		if !strings.Contains(Source, word) {
			t.Errorf("the source does not name %s:\n%s", word, Source)
		}
	}
}

func TestProduct(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	x, y := tensor.New(3, 4).Normal(rng, 0, 1), tensor.New(4, 2).Normal(rng, 0, 1)
	f := func(xs ...*autograd.Node) *autograd.Node { return autograd.Apply(product{}, xs[0], xs[1]) }
	if err := errors.Join(gradcheck.Check(f, x, y), gradcheck.CheckSecond(f, x, y)); err != nil {
		t.Error(err)
	}
	got, want := f(autograd.Constant(x), autograd.Constant(y)).Value(), new(tensor.Tensor).MatMul(x, y)
	if d := tensor.MaxAbsDiff(got, want); !(d <= 1e-15) {
		t.Errorf("got %v, want %v", got, want)
	}
}
