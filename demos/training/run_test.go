package training

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"gentlegrad/demos/delta"
	"gentlegrad/demos/problems"
	"gentlegrad/tensor"
)

// trained trains the defaults of a problem, changed.
func trained(t *testing.T, problem string, change func(c *Config)) *Run {
	t.Helper()
	return mustTrain(t, defaults(problem, change))
}

// A manual is a training by the delta rules alone.
type manual struct {
	loss []float64
	net  delta.Network // as it is at the end
}

// byHand trains by the delta rules.
func byHand(t *testing.T, c Config) manual {
	t.Helper()
	data, model := mustNew(t, c)
	m := manual{net: model.Closed}
	rate := c.LearningRate
	for range c.Iterations {
		loss := 0.0
		for from := 0; from < data.N; from += c.Batch {
			n := min(c.Batch, data.N-from)
			x := tensor.FromSlice(data.X[from*data.Inputs:(from+n)*data.Inputs], n, data.Inputs)
			target := tensor.FromSlice(data.T[from:from+n], n, 1)
			p := new(delta.Pass)
			m.net.ForwardPropagate(p, x)
			for k, a := range p.Output().Data() {
				loss += (a - data.T[from+k]) * (a - data.T[from+k])
			}
			m.net.BackpropagateErrors(p, target)
			m.net.CalculateGradients(p)
			m.net.UpdateParameters(p, rate)
		}
		m.loss = append(m.loss, loss)
		rate *= c.Anneal
	}
	return m
}

// configurations are varied, small and quick.
func configurations() []Config {
	var all []Config
	for _, batch := range []int{1, 7, 40, 1000} {
		for _, change := range []func(c *Config){
			nil,
			func(c *Config) { c.Hidden = nil },
			func(c *Config) { c.Hidden = []int{3, 4, 2} },
			func(c *Config) { c.Output, c.Anneal = "tanh", .9 },
			func(c *Config) { c.Output = "linear" },
		} {
			for _, problem := range []string{"XOR", "SIN"} {
				all = append(all, defaults(problem, func(c *Config) {
					c.Observations = 10 // 40 in all
					if c.Problem.Regression {
						c.Observations = 40
					}
					c.Iterations, c.Batch, c.LearningRate = 5, batch, .02
					if change != nil {
						change(c)
					}
				}))
			}
		}
	}
	return all
}

func describe(c Config) string {
	return fmt.Sprintf("%s %s, batches of %d", c.Problem.Name, c.Network(), c.Batch)
}

// TestByHand compares training with a loop over the delta rules.
func TestByHand(t *testing.T) {
	t.Parallel()
	for _, c := range configurations() {
		r := mustTrain(t, c)
		want := byHand(t, c)
		near(t, describe(c)+": loss", r.Loss, want.loss, 1e-12)
		last := r.Parameters[c.Iterations-1]
		for l, layer := range want.net {
			near(t, fmt.Sprintf("%s: w_%d", describe(c), l+1), last.Weights[l].Data(), layer.Weight.Data(), 1e-12)
			near(t, fmt.Sprintf("%s: b_%d", describe(c), l+1), last.Biases[l].Data(), layer.Bias.Data(), 1e-12)
		}
		if steps := c.Iterations * ((40 + c.Batch - 1) / c.Batch); r.Steps != steps {
			t.Errorf("%s: %d steps, want %d", describe(c), r.Steps, steps)
		}
		if !(r.MaxDifference <= 1e-12) {
			t.Errorf("%s: automatic and manual gradients differ by %g", describe(c), r.MaxDifference)
		}
	}
}

func TestAccuracy(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		problem string
		change  func(c *Config)
		least   float64
	}{
		{"AND", nil, .99},
		{"XOR", nil, .99},
		{"AND", func(c *Config) { c.Output, c.LearningRate = "tanh", .2 }, .99},
		{"XOR", func(c *Config) { c.Output, c.LearningRate = "tanh", .2 }, .99},
		{"XOR", func(c *Config) { c.Output, c.LearningRate = "linear", .2 }, .98},
		{"XOR", func(c *Config) { c.Output, c.LearningRate, c.Hidden = "tanh", .2, []int{6, 4} }, .99},
	} {
		r := trained(t, test.problem, test.change)
		if !(r.Accuracy >= test.least) {
			t.Errorf("%s: accuracy %v, want %v at least", describe(r.Config), r.Accuracy, test.least)
		}
		last := r.Loss[len(r.Loss)-1]
		if !(last < r.Loss[0]/2) {
			t.Errorf("%s: loss from %v to %v", describe(r.Config), r.Loss[0], last)
		}
		if want := share(r); r.Accuracy != want {
			t.Errorf("%s: accuracy %v, want %v", describe(r.Config), r.Accuracy, want)
		}
	}
	// Networks that are not sure yet, each of whose mistakes counts.
	for _, output := range []string{"sigmoid", "tanh", "linear"} {
		r := trained(t, "AND", func(c *Config) { c.Output, c.LearningRate, c.Iterations = output, .01, 2 })
		if want := share(r); r.Accuracy != want || want == 1 {
			t.Errorf("%s: accuracy %v after 2 iterations, want %v", describe(r.Config), r.Accuracy, want)
		}
	}
	// More observations than are predicted at a time.
	r := trained(t, "OR", func(c *Config) { c.Observations, c.Iterations = 600, 1 })
	if !(r.Accuracy > .98 && r.Accuracy <= 1) {
		t.Errorf("OR of 2400 observations: accuracy %v", r.Accuracy)
	}
	if r := trained(t, "SIN", func(c *Config) { c.Iterations = 1 }); !math.IsNaN(r.Accuracy) {
		t.Errorf("accuracy of a regression: %v, want NaN", r.Accuracy)
	}
}

// share returns the share of observations whose output is nearer to the right class than
// to the other.
func share(r *Run) float64 {
	other := map[float64]float64{0: 1, 1: 0}
	if r.Output == "tanh" {
		other = map[float64]float64{-1: 1, 1: -1}
	}
	right := 0.0
	for i, target := range r.Data.T {
		a := r.Model.Predict(tensor.FromSlice(r.Data.X[2*i:2*i+2], 1, 2))[0]
		if math.Abs(a-target) < math.Abs(a-other[target]) {
			right++
		}
	}
	return right / float64(len(r.Data.T))
}

// TestHistories changes the model after training, and before it the configuration.
func TestHistories(t *testing.T) {
	t.Parallel()
	hidden := []int{4, 3}
	r := trained(t, "XOR", func(c *Config) { c.Iterations, c.Observations, c.Hidden = 4, 5, hidden })
	before := text(t, r)
	hidden[0] = 99
	for _, l := range r.Model.Layers {
		l.Linear.Weight.Value().Fill(7)
		l.Linear.Bias.Value().Fill(7)
	}
	if after := text(t, r); after != before {
		t.Errorf("the run has changed with the model:\n%s\nwas\n%s", after, before)
	}
	if len(r.Loss) != 4 || len(r.Parameters) != 4 {
		t.Errorf("histories of %d and %d iterations, want 4", len(r.Loss), len(r.Parameters))
	}
	all := append([]Parameters{r.Initial}, r.Parameters...)
	for i := 1; i < len(all); i++ {
		if all[i].largestChange(all[i-1]) == 0 {
			t.Errorf("iteration %d changed nothing", i)
		}
	}
}

// TestPrediction makes the prediction again from the last parameters, which others were not.
func TestPrediction(t *testing.T) {
	t.Parallel()
	for _, problem := range []string{"XOR", "ABS"} {
		r := trained(t, problem, func(c *Config) { c.Iterations, c.Hidden = 3, []int{3, 2} })
		grid := r.Problem.Grid(problems.GridSize)
		x := tensor.FromSlice(grid, len(grid)/r.Problem.Inputs, r.Problem.Inputs)
		for i, p := range r.Parameters {
			same := slices.Equal(r.Model.With(p).Predict(x), r.Prediction)
			if last := i == len(r.Parameters)-1; same != last {
				t.Errorf("%s: that the prediction is by the parameters after iteration %d is %v", problem, i, same)
			}
		}
	}
}

func TestDeterministic(t *testing.T) {
	t.Parallel()
	for _, problem := range []string{"RING", "SIN"} {
		small := func(c *Config) { c.Iterations, c.Batch = 5, 3 }
		a, b := trained(t, problem, small), trained(t, problem, small)
		for _, x := range []struct {
			what string
			a, b any
		}{
			{"loss", a.Loss, b.Loss}, {"prediction", a.Prediction, b.Prediction}, {"data", a.Data, b.Data},
			{"difference", a.MaxDifference, b.MaxDifference}, {"steps", a.Steps, b.Steps}, {"ending", a.Stopped, b.Stopped},
		} {
			if !reflect.DeepEqual(x.a, x.b) {
				t.Errorf("%s: the second run has another %s", problem, x.what)
			}
		}
		for i := range a.Parameters {
			if a.Parameters[i].largestChange(b.Parameters[i]) != 0 {
				t.Errorf("%s: the second run has other parameters after iteration %d", problem, i)
			}
		}
	}
}

func TestDivergence(t *testing.T) {
	t.Parallel()
	sin := func(rate float64, iterations, batch int, hidden ...int) Config {
		return defaults("SIN", func(c *Config) {
			c.LearningRate, c.Anneal, c.Iterations, c.Batch, c.Hidden = rate, 1, iterations, batch, hidden
		})
	}
	for _, test := range []struct {
		c    Config
		want string
	}{
		{sin(50, 500000, 1, 3), "the loss of iteration 1 is NaN: training on SIN diverges at a learning rate of 50; try a smaller one"},
		{sin(.03, 500000, 200), "is +Inf: training on SIN diverges at a learning rate of 0.03; try a smaller one"},
		{sin(1e308, 1, 200), "iteration 1, of loss 1698.08, left parameters that are not finite: training on SIN diverges at a learning rate of 1e+308; try a smaller one"},
		{sin(7e304, 1, 200), "iteration 1, of loss 1698.08, left predictions that are not finite: training on SIN diverges at a learning rate of 7e+304; try a smaller one"},
	} {
		start := time.Now()
		r, err := Train(test.c, nil)
		if err == nil || r != nil || !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("rate %v, batches of %d: error\n%v\nwant\n%s", test.c.LearningRate, test.c.Batch, err, test.want)
		}
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("rate %v: it took %v", test.c.LearningRate, d)
		}
	}
}

// must fails unless there is no error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
