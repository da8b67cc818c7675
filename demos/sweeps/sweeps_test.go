package sweeps

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"gentlegrad/autograd"
	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
)

// TestClaims holds the sweeps to what their texts say.
func TestClaims(t *testing.T) {
	if testing.Short() {
		t.Skip("it trains 165 networks")
	}
	t.Parallel()
	r, err := Train(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ends := map[string]Outcome{}
	names := []string{"units", "layers", "rate", "annealing, RING", "annealing, ABS", "error function", "activation"}
	for i, s := range r.Sweeps {
		for _, set := range s.Settings {
			ends[names[i]+": "+set.Name] = set.Outcome()
		}
	}
	end := func(name string) Outcome {
		o, ok := ends[name]
		if !ok {
			t.Fatalf("there is no setting %q", name)
		}
		return o
	}
	validation := func(name string) float64 { return end(name).Validation }
	claim := func(holds bool, format string, args ...any) {
		t.Helper()
		if !holds {
			t.Errorf(format+"\n%v", append(args, r)...)
		}
	}

	claim(end("units: 1 unit").Training > 2 && validation("units: 1 unit") > 2, "one unit fits a curve that bends")
	two := end("units: 2 units")
	claim(two.Validation < .45 && two.Lowest < .35 && two.Highest > 2, "two units fit the curve, but for one seed")
	for _, name := range []string{"units: 10 units", "units: 30 units"} {
		o := end(name)
		claim(o.Training < .01, "%s: the training error stays", name)
		claim(o.Validation > 1.3*o.Least && o.Validation > 1.4*two.Validation && o.Pass < 500, "%s does not overfit", name)
	}
	claim(validation("layers: 1 hidden layer") < .05, "one hidden layer does not learn")
	for _, n := range []string{"0 hidden layers", "2 hidden layers", "3 hidden layers"} {
		claim(end("layers: "+n).Lowest > .09, "%s learn", n)
	}
	claim(validation("rate: rate 0.02") > .24 && validation("rate: rate 0.1") > .2, "a small rate is large enough")
	for _, name := range []string{"rate 0.5", "rate 2", "rate 10"} {
		claim(end("rate: "+name).Highest < .013, "XOR is not learned with %s", name)
	}
	claim(end("rate: rate 50").Lowest > .499, "the rate 50 learns something")
	claim(validation("annealing, RING: annealing 1") < .05 && validation("annealing, RING: annealing 0.97") > .09 && end("annealing, RING: annealing 0.95").Lowest > .098, "annealing does RING no harm")
	for i, factor := range factors[1:] {
		before, after := fmt.Sprint("annealing, ABS: annealing ", factors[i]), fmt.Sprint("annealing, ABS: annealing ", factor)
		claim(validation(after) < validation(before), "%s is no better than %s", after, before)
	}
	claim(validation("error function: cross-entropy, rate 0.1") < .06 && end("error function: squared error, rate 0.1").Lowest > .098, "the squared error is as fast as the cross-entropy")
	claim(end("error function: cross-entropy, rate 2").Highest > .15, "steps of 2 are not too large for the cross-entropy")
	claim(end("activation: sigmoid").Lowest > .098, "the deep network of sigmoids learns")
	for _, name := range []string{"tanh", "ReLU", "leaky ReLU", "SiLU"} {
		claim(validation("activation: "+name) < .06, "%s does not learn", name)
	}
	claim(validation("activation: softplus") < .08, "softplus does not learn at all")

	html, err := r.Page().Render()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"What about other activation functions?", "func (c config) newNet", "In numbers: with 30 units"} {
		claim(strings.Contains(string(html), want), "the page does not hold %q", want)
	}
	for _, text := range []string{string(html), r.String()} {
		claim(!strings.Contains(text, "0.0000"), "an error above 0 is written as 0.0000")
	}
}

// TestPlateaus holds what the texts say of answers that are always the same: the best is the mean, with
// the variance for its error.
func TestPlateaus(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]float64{"RING": 8. / 81, "XOR": .25} {
		p := problems.MustByName(name)
		_, targets := p.MustData(legacy.New(problems.Seed), p.Observations).Tensors()
		if got := autograd.Constant(targets).Var(0).Value().Item(); !(math.Abs(got-want) <= 1e-12) {
			t.Errorf("%s: the best constant answer has the error %v, want %v", name, got, want)
		}
	}
}

// The results do not depend on how many trainings run at once, nor on the order.
func TestRepeatable(t *testing.T) {
	t.Parallel()
	c := article
	c.passes, c.observations = 3, 5
	alone, err := c.train(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	runs := make([]*Run, 6)
	var jobs []func() error
	for i := range runs {
		jobs = append(jobs, func() (err error) {
			runs[i], err = c.train(t.Context(), i)
			return err
		})
	}
	if err := together(jobs); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(runs[2].Training, alone.Training) || !slices.Equal(runs[2].Validation, alone.Validation) {
		t.Errorf("together %v, %v, alone %v, %v", runs[2].Training, runs[2].Validation, alone.Training, alone.Validation)
	}
	if slices.Equal(runs[1].Training, runs[2].Training) {
		t.Error("two seeds give the same")
	}
}

func TestTogether(t *testing.T) {
	t.Parallel()
	defer func() {
		if p := recover(); p != "a mistake" {
			t.Errorf("recovered %v", p)
		}
	}()
	together([]func() error{func() error { return nil }, func() error { panic("a mistake") }})
	t.Error("the panic is lost")
}
