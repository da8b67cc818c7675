package main

import (
	"errors"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// A configFlags holds the flags that describe a training. A setting without a flag is as in
// the article's figure of the problem.
type configFlags struct {
	flags    *flag.FlagSet
	problem  string
	csv      string                     // a table, in place of the problem
	table    training.TableOptions      // how to read the csv, with the seed of -seed
	settings []func(c *training.Config) // one for each flag that is given
}

func newConfigFlags(flags *flag.FlagSet) *configFlags {
	c := &configFlags{flags: flags}
	flags.StringVar(&c.problem, "problem", "XOR", "`problem` to learn: AND, OR, XOR, RING, SIN or ABS, in upper or lower case")
	flags.Func("csv", "`file` of comma-separated values to learn from, in place of a problem: the last column is predicted from the others,\n"+
		"which must be numbers, and are standardised. The first line has the names if none of its cells is a number. The last\n"+
		"column holds classes if a cell is a text, or if it has at most 10 different values, all whole numbers. A fifth of\n"+
		"the rows is held out", notEmpty("file", &c.csv))
	flags.BoolVar(&c.table.Fill, "fill", false, "replace each number missing in the -csv by the mean of its column; otherwise it is an error")
	flags.Func("target", "`kind` of the last column of the -csv, class or number (default by the rules that -csv states)", func(text string) error {
		c.table.Target = strings.ToLower(text)
		if c.table.Target != "class" && c.table.Target != "number" {
			return errors.New("want class or number")
		}
		return nil
	})
	setting(c, "seed", "`seed` of the data and of the initial parameters (default 123, the article's)",
		parseSeed, func(t *training.Config, seed uint32) { t.Seed = seed })
	setting(c, "hidden", "`units` of the hidden layer, or of several layers, such as 8,4; 0 for no hidden layer (default the figure's; 8 for a -csv)",
		parseHidden, func(t *training.Config, units []int) { t.Hidden = units })
	setting(c, "observations", "noisy `copies` of each prototype, or points of a curve (default 50 copies or 200 points)",
		parseWhole, func(t *training.Config, n int) { t.Observations = n })
	setting(c, "activation", "`function` of the hidden units: "+training.ActivationNames()+"\n(default the figure's; tanh for a -csv)",
		parseName, func(t *training.Config, name string) { t.Activation = name })
	setting(c, "output", "output `unit`: sigmoid, tanh (classes coded -1 and 1) or linear (default the figure's).\n"+
		"For a -csv with three classes or more it is softmax, with an output for each class, and the error is the cross-entropy",
		parseName, func(t *training.Config, name string) { t.Output = name })
	setting(c, "optimiser", "`name` of the rule that makes a step: "+training.OptimiserNames()+"\n(default descent, which is the article's)",
		parseName, func(t *training.Config, name string) { t.Optimiser = name })
	setting(c, "momentum", "`share` of its last step that descent adds to the next one, such as 0.9 (default 0)",
		parseNumber, func(t *training.Config, share float64) { t.Momentum = share })
	setting(c, "rate", "learning `rate` (default for descent 2 to predict classes and 0.2 to predict numbers, as in the article, times 1-m with\n"+
		"momentum m; for adagrad 0.5, for adadelta 1, and for the others 0.05. With hidden units that do not saturate, and for\n"+
		"a -csv, descent takes a tenth of this, and the others a fifth)",
		parseNumber, func(t *training.Config, rate float64) { t.LearningRate = rate })
	setting(c, "batch", "`observations` in one step, whose gradients are summed; 1 is online gradient descent (default 1)",
		parseWhole, func(t *training.Config, n int) { t.Batch = n })
	setting(c, "iterations", "`passes` over the data, at most (default 100)",
		parseWhole, func(t *training.Config, n int) { t.Iterations = n })
	setting(c, "anneal", "`factor` by which the rate is multiplied after each iteration (default 1; 0.95 for SIN and ABS)",
		parseNumber, func(t *training.Config, factor float64) { t.Anneal = factor })
	setting(c, "stop-loss", "stop when the `loss` of an iteration is below this; 0 means never (default 0)",
		parseNumber, func(t *training.Config, loss float64) { t.StopLoss = loss })
	setting(c, "stop-change", "stop when every parameter's `change` in an iteration is smaller than this; 0 means never (default 0)",
		parseNumber, func(t *training.Config, change float64) { t.StopChange = change })
	return c
}

// setting adds a flag for one setting of the configuration.
func setting[T any](c *configFlags, name, help string, parse func(string) (T, error), set func(*training.Config, T)) {
	c.flags.Func(name, help, func(text string) error {
		v, err := parse(text)
		c.settings = append(c.settings, func(t *training.Config) { set(t, v) })
		return err
	})
}

// config returns the configuration that the flags describe.
func (c *configFlags) config() (training.Config, error) {
	config, err := c.defaults()
	if err != nil {
		return config, err
	}
	for _, set := range c.settings {
		set(&config)
	}
	if !given(c.flags, "rate") {
		config.LearningRate = config.DefaultRate()
	}
	if err := config.Validate(); err != nil {
		return config, usage(c.flags, err)
	}
	return config, nil
}

// defaults returns the configuration before the flags change it: that of the figure, or that
// of a table, which it reads.
func (c *configFlags) defaults() (training.Config, error) {
	if c.csv == "" {
		p, err := problems.ByName(c.problem)
		if err == nil && (c.table.Fill || c.table.Target != "") {
			err = errors.New("-fill and -target are for a -csv: there is none")
		}
		if err != nil {
			return training.Config{}, usage(c.flags, err)
		}
		return training.Defaults(p), nil
	}
	for _, name := range []string{"problem", "observations"} {
		if given(c.flags, name) {
			return training.Config{}, usage(c.flags, fmt.Errorf("-csv has data of its own: leave out -%s", name))
		}
	}
	config := training.Config{Seed: problems.Seed}
	for _, set := range c.settings {
		set(&config)
	}
	c.table.Seed = config.Seed
	file, err := os.Open(c.csv)
	if err != nil {
		return config, fmt.Errorf("-csv: %s can't be read: %w", c.csv, reason(err))
	}
	defer file.Close()
	table, err := training.ReadTable(file, strings.Map(printable, filepath.Base(c.csv)), c.table)
	if err != nil {
		return config, fmt.Errorf("-csv: %s: %w", c.csv, reason(err))
	}
	return training.DefaultsOf(table), nil
}

// given reports whether a flag is on the command line.
func given(flags *flag.FlagSet, name string) bool {
	found := false
	flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// notEmpty returns a function that sets a text, which must not be empty.
func notEmpty(what string, to *string) func(string) error {
	return func(text string) error {
		*to = text
		if text == "" {
			return errors.New("want a " + what)
		}
		return nil
	}
}

func parseName(s string) (string, error) { return strings.ToLower(s), nil }

func parseSeed(s string) (uint32, error) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("want a whole number from 0 to %d", uint32(math.MaxUint32))
	}
	return uint32(n), nil
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
