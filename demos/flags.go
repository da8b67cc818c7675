package main

import (
	"errors"
	"flag"
	"strconv"
	"strings"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// A configFlags holds the flags that describe a training. Those left out are as in the
// article's figure of the problem.
type configFlags struct {
	flags    *flag.FlagSet
	problem  string
	settings []func(c *training.Config) // one for each flag that is given
}

func newConfigFlags(flags *flag.FlagSet) *configFlags {
	c := &configFlags{flags: flags}
	flags.StringVar(&c.problem, "problem", "XOR", "`problem` to learn: AND, OR, XOR, RING, SIN or ABS, in upper or lower case")
	setting(c, "hidden", "`units` of the hidden layer, of several such as 8,4, or 0 for none (default the figure's)",
		parseHidden, func(t *training.Config, units []int) { t.Hidden = units })
	setting(c, "observations", "noisy `copies` of each prototype to classify, or points of a curve (default 50 or 200)",
		parseWhole, func(t *training.Config, n int) { t.Observations = n })
	setting(c, "rate", "learning `rate` (default 2 to classify, 0.2 for a curve)",
		parseNumber, func(t *training.Config, rate float64) { t.LearningRate = rate })
	setting(c, "output", "output `unit`: sigmoid, tanh (classes coded -1 and 1) or linear (default the figure's)",
		func(s string) (string, error) { return strings.ToLower(s), nil }, func(t *training.Config, name string) { t.Output = name })
	return c
}

// addTraining adds the flags about how long to train.
func (c *configFlags) addTraining() {
	setting(c, "batch", "`observations` in one step, their gradients summed; 1 is online gradient descent (default 1)",
		parseWhole, func(t *training.Config, n int) { t.Batch = n })
	setting(c, "iterations", "`passes` over the data, at most (default 100)",
		parseWhole, func(t *training.Config, n int) { t.Iterations = n })
	setting(c, "anneal", "`factor` on the rate after each iteration (default 1 to classify, 0.95 for a curve)",
		parseNumber, func(t *training.Config, factor float64) { t.Anneal = factor })
	setting(c, "stop-loss", "stop when the `loss` of an iteration is below this; 0 is never (default 0)",
		parseNumber, func(t *training.Config, loss float64) { t.StopLoss = loss })
	setting(c, "stop-change", "stop when every parameter's `change` in an iteration is smaller than this; 0 is never (default 0)",
		parseNumber, func(t *training.Config, change float64) { t.StopChange = change })
}

// setting adds a flag that sets something of the configuration.
func setting[T any](c *configFlags, name, help string, parse func(string) (T, error), set func(*training.Config, T)) {
	c.flags.Func(name, help, func(text string) error {
		v, err := parse(text)
		c.settings = append(c.settings, func(t *training.Config) { set(t, v) })
		return err
	})
}

// config returns what the flags describe.
func (c *configFlags) config() (training.Config, error) {
	p, err := problems.ByName(c.problem)
	if err != nil {
		return training.Config{}, usage(c.flags, err)
	}
	config := training.Defaults(p)
	for _, set := range c.settings {
		set(&config)
	}
	if err := config.Validate(); err != nil {
		return config, usage(c.flags, err)
	}
	return config, nil
}

func parseWhole(s string) (int, error) {
	n, err := strconv.Atoi(s)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return 0, errors.New("the number is too large")
	case err != nil:
		return 0, errors.New("want a whole number")
	}
	return n, nil
}

func parseNumber(s string) (float64, error) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) { // beyond the range v is infinite
		return 0, errors.New("want a number")
	}
	return v, nil
}

// parseHidden reads the units of the hidden layers, such as 8,4, or 0 for none.
func parseHidden(s string) ([]int, error) {
	var hidden []int
	for _, field := range strings.Split(s, ",") {
		n, err := parseWhole(strings.TrimSpace(field))
		if err != nil {
			return nil, errors.New("want a number of units, several such as 8,4, or 0 for no hidden layer")
		}
		hidden = append(hidden, n)
	}
	if len(hidden) == 1 && hidden[0] == 0 {
		return nil, nil
	}
	return hidden, nil
}
