package training

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gentlegrad/demos/legacy"
	"gentlegrad/demos/problems"
)

// defaults returns the defaults of a problem, changed if change is not nil.
func defaults(problem string, change func(c *Config)) Config {
	c := Defaults(problems.MustByName(problem))
	if change != nil {
		change(&c)
	}
	return c
}

// mustNew returns the data and the network of a configuration.
func mustNew(t *testing.T, c Config) (problems.Data, *Model) {
	t.Helper()
	data, model, err := New(c)
	must(t, err)
	return data, model
}

// mustTrain trains.
func mustTrain(t *testing.T, c Config) *Run {
	t.Helper()
	r, err := Train(c, nil)
	must(t, err)
	return r
}

func TestValidate(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	for _, test := range []struct {
		change func(c *Config)
		want   string // none if it is valid
	}{
		{func(c *Config) {}, ""},
		{func(c *Config) { c.Problem = problems.Problem{} }, "there is no problem: want one of package problems"},

		{func(c *Config) { c.Hidden = nil }, ""},
		{func(c *Config) { c.Hidden = []int{1} }, ""},
		{func(c *Config) { c.Hidden = []int{10000} }, ""},
		{func(c *Config) { c.Hidden = []int{0} }, "hidden layers need 1 to 10000 units each, got [0] (0 alone is no hidden layer)"},
		{func(c *Config) { c.Hidden = []int{4, -1} }, "hidden layers need 1 to 10000 units each, got [4 -1] (0 alone is no hidden layer)"},
		{func(c *Config) { c.Hidden = []int{10001} }, "hidden layers need 1 to 10000 units each, got [10001] (0 alone is no hidden layer)"},
		{func(c *Config) { c.Hidden = []int{10000, 10000} }, "hidden layers of [10000 10000] units make 100050001 parameters, want at most 10000000"},

		{func(c *Config) { c.Iterations = 1 }, ""},
		{func(c *Config) { c.Iterations = 0 }, "iterations must be 1 to 1000000, got 0"},
		{func(c *Config) { c.Iterations = 1000001 }, "iterations must be 1 to 1000000, got 1000001"},
		{func(c *Config) { c.Iterations, c.Hidden = 117, []int{1000, 1000} }, ""},
		{func(c *Config) { c.Iterations, c.Hidden = 118, []int{1000, 1000} }, "it would need 1004 MB of memory, want at most 1000 MB: data 1 MB, network 49 MB, batch 7 MB, histories of 118 iterations 949 MB"},
		{func(c *Config) { c.Iterations = 500000 }, ""},
		{func(c *Config) { c.Iterations, c.Hidden = 1000000, []int{8} }, "it would need 1065 MB of memory, want at most 1000 MB: data 1 MB, network 1 MB, batch 1 MB, histories of 1000000 iterations 1064 MB"},
		{func(c *Config) { c.Hidden = []int{3000, 3000} }, "it would need 7665 MB of memory, want at most 1000 MB: data 1 MB, network 433 MB, batch 20 MB, histories of 100 iterations 7213 MB"},
		{func(c *Config) { c.Hidden = slices.Repeat([]int{1}, 30000) }, "it would need 1349 MB of memory, want at most 1000 MB: data 1 MB, network 3 MB, batch 98 MB, histories of 100 iterations 1249 MB"},
		{func(c *Config) { c.Batch, c.Observations, c.Hidden = 40000, 10000, []int{10000} }, "it would need 25677 MB of memory, want at most 1000 MB: data 3 MB, network 2 MB, batch 25640 MB, histories of 100 iterations 33 MB"},

		{func(c *Config) { c.Observations = 1 }, ""},
		{func(c *Config) { c.Observations = 0 }, "observations must be 1 to 1000000, got 0"},
		{func(c *Config) { c.Observations = 1000001 }, "observations must be 1 to 1000000, got 1000001"},

		{func(c *Config) { c.LearningRate = 1e-300 }, ""},
		{func(c *Config) { c.LearningRate = 0 }, "the learning rate must be a finite number above 0, got 0"},
		{func(c *Config) { c.LearningRate = -1 }, "the learning rate must be a finite number above 0, got -1"},
		{func(c *Config) { c.LearningRate = nan }, "the learning rate must be a finite number above 0, got NaN"},
		{func(c *Config) { c.LearningRate = inf }, "the learning rate must be a finite number above 0, got +Inf"},

		{func(c *Config) { c.Anneal = 1 }, ""},
		{func(c *Config) { c.Anneal = .5 }, ""},
		{func(c *Config) { c.Anneal = 0 }, "the annealing factor must be above 0 and at most 1, got 0"},
		{func(c *Config) { c.Anneal = 1.01 }, "the annealing factor must be above 0 and at most 1, got 1.01"},
		{func(c *Config) { c.Anneal = nan }, "the annealing factor must be above 0 and at most 1, got NaN"},

		{func(c *Config) { c.Batch = math.MaxInt }, ""},
		{func(c *Config) { c.Batch = 0 }, "the batch must be at least 1 observation, got 0"},
		{func(c *Config) { c.Batch = -7 }, "the batch must be at least 1 observation, got -7"},

		{func(c *Config) { c.Output = "tanh" }, ""},
		{func(c *Config) { c.Output = "linear" }, ""},
		{func(c *Config) { c.Output = "" }, `the output must be sigmoid, tanh or linear, got ""`},
		{func(c *Config) { c.Output = "softmax" }, `the output must be sigmoid, tanh or linear, got "softmax"`},

		{func(c *Config) { c.Activation = "gelu" }, ""},
		{func(c *Config) { c.Activation = "" }, `no activation is called "": want one of sigmoid, tanh, linear, relu, leaky-relu, elu, silu, gelu, softplus, softsign`},
		{func(c *Config) { c.Activation = "softmax" }, `no activation is called "softmax": want one of sigmoid, tanh, linear, relu, leaky-relu, elu, silu, gelu, softplus, softsign`},

		{func(c *Config) { c.Optimiser = "adam" }, ""},
		{func(c *Config) { c.Optimiser = "lbfgs" }, `no optimiser is called "lbfgs": want one of descent, adam, adamw, nadam, radam, adamax, rmsprop, adagrad, adadelta`},

		{func(c *Config) { c.Momentum = .9 }, ""},
		{func(c *Config) { c.Momentum = 1 }, "momentum must be at least 0 and below 1, got 1"},
		{func(c *Config) { c.Momentum = -.1 }, "momentum must be at least 0 and below 1, got -0.1"},
		{func(c *Config) { c.Momentum = nan }, "momentum must be at least 0 and below 1, got NaN"},
		{func(c *Config) { c.Momentum, c.Optimiser = .9, "adam" }, "momentum goes with descent; adam makes averages of its own"},

		{func(c *Config) { c.StopLoss = .1 }, ""},
		{func(c *Config) { c.StopLoss = -.1 }, "the loss to stop at must be a finite number of at least 0, got -0.1"},
		{func(c *Config) { c.StopLoss = inf }, "the loss to stop at must be a finite number of at least 0, got +Inf"},
		{func(c *Config) { c.StopLoss = nan }, "the loss to stop at must be a finite number of at least 0, got NaN"},

		{func(c *Config) { c.StopChange = .1 }, ""},
		{func(c *Config) { c.StopChange = -.1 }, "the change to stop at must be a finite number of at least 0, got -0.1"},
		{func(c *Config) { c.StopChange = inf }, "the change to stop at must be a finite number of at least 0, got +Inf"},
		{func(c *Config) { c.StopChange = nan }, "the change to stop at must be a finite number of at least 0, got NaN"},
	} {
		c := defaults("XOR", test.change)
		err := c.Validate()
		got := ""
		if err != nil {
			got = err.Error()
			// New and Train say the same.
			if _, _, err := New(c); err == nil || err.Error() != got {
				t.Errorf("New: %v, want %s", err, got)
			}
			if _, err := Train(c, nil); err == nil || err.Error() != got {
				t.Errorf("Train: %v, want %s", err, got)
			}
		}
		if got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
	}
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	for problem, want := range map[string]string{
		"AND":  "[] 100 50 2 1 1 sigmoid 0 0",
		"OR":   "[] 100 50 2 1 1 sigmoid 0 0",
		"XOR":  "[4] 100 50 2 1 1 sigmoid 0 0",
		"RING": "[4] 100 50 2 1 1 sigmoid 0 0",
		"SIN":  "[3] 100 200 0.2 0.95 1 linear 0 0",
		"ABS":  "[3] 100 200 0.2 0.95 1 linear 0 0",
	} {
		c := defaults(problem, nil)
		got := fmt.Sprintln(c.Hidden, c.Iterations, c.Observations, c.LearningRate, c.Anneal, c.Batch, c.Output, c.StopLoss, c.StopChange)
		if got != want+"\n" || c.Problem.Name != problem {
			t.Errorf("%s: %s of %s, want %s", problem, got, c.Problem.Name, want)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", problem, err)
		}
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		problem string
		hidden  []int
		output  string
		want    string
	}{
		{"AND", nil, "sigmoid", "2-1 sigmoid"},
		{"XOR", []int{4}, "sigmoid", "2-4-1 sigmoid, sigmoid"},
		{"XOR", []int{4, 3}, "tanh", "2-4-3-1 sigmoid, tanh"},
		{"SIN", []int{3}, "linear", "1-3-1 tanh, linear"},
		{"SIN", nil, "sigmoid", "1-1 sigmoid"},
	} {
		c := defaults(test.problem, func(c *Config) { c.Hidden, c.Output = test.hidden, test.output })
		if got := c.Network(); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// TestParametersDrawn draws the data and then the parameters by hand, all weights
// before all biases, and compares bits.
func TestParametersDrawn(t *testing.T) {
	t.Parallel()
	for _, hidden := range [][]int{nil, {4}, {3, 2}, {2, 5, 3}} {
		for _, problem := range []string{"XOR", "SIN"} {
			c := defaults(problem, func(c *Config) { c.Hidden = hidden })
			data, model := mustNew(t, c)
			source := legacy.New(123)
			want, err := c.Problem.Data(source, c.Observations)
			must(t, err)
			if !slices.Equal(data.X, want.X) || !slices.Equal(data.T, want.T) {
				t.Errorf("%s %v: not the problem's data", problem, hidden)
			}
			draw := func(what string, l, n int, got []float64) {
				if len(got) != n {
					t.Fatalf("%s %v: %s_%d has %d elements, want %d", problem, hidden, what, l+1, len(got), n)
				}
				for i, v := range got {
					if want := source.Float64() - .5; v != want {
						t.Fatalf("%s %v: %s_%d[%d] is %v, want %v", problem, hidden, what, l+1, i, v, want)
					}
				}
			}
			units := append(append([]int{c.Problem.Inputs}, hidden...), 1)
			for l, layer := range model.Layers {
				draw("w", l, units[l]*units[l+1], layer.Linear.Weight.Value().Data())
			}
			for l, layer := range model.Layers {
				draw("b", l, units[l+1], layer.Linear.Bias.Value().Data())
			}
		}
	}
}

// TestTargets codes classes −1 and 1 for a tanh output, and leaves the rest.
func TestTargets(t *testing.T) {
	t.Parallel()
	for _, problem := range []string{"AND", "RING", "ABS"} {
		plain, _ := mustNew(t, defaults(problem, nil))
		for _, output := range []string{"sigmoid", "linear", "tanh"} {
			data, _ := mustNew(t, defaults(problem, func(c *Config) { c.Output = output }))
			for i, got := range data.T {
				want := plain.T[i]
				if output == "tanh" && problem != "ABS" {
					want = map[float64]float64{0: -1, 1: 1}[want]
				}
				if got != want {
					t.Errorf("%s %s: target %d is %v, want %v", problem, output, i, got, want)
				}
			}
		}
	}
}
