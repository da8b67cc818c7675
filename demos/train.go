package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

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
		parseOutput, func(t *training.Config, o training.Output) { t.Output = o })
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

func parseOutput(s string) (training.Output, error) {
	return training.Output(strings.ToLower(s)), nil
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

// train trains one network.
func train(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	c := newConfigFlags(flags)
	c.addTraining()
	name := ""
	flags.Func("json", "write the run to this `file`, - for standard output", func(text string) error {
		name = text
		if name == "" {
			return errors.New("want a file")
		}
		return nil
	})
	if err := parse(flags, args, "Trains one network and compares its gradients with the delta rules.\n", stdout); err != nil {
		return err
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	if n := config.Parameters() * int64(config.Iterations+1); name != "" && n > maxJSON {
		return fmt.Errorf("-json: the parameters of each iteration are %d numbers, about %d MB; at most %d are written", n, n*20/1_000_000, maxJSON)
	}
	if err := checkJSON(name); err != nil {
		return fmt.Errorf("-json: %w (want a file in a directory that can be written)", err)
	}
	bar := newProgress(stderr, config.Iterations)
	bar.show(config.Problem.Name, 0)
	run, err := training.Train(config, func(done int) { bar.show(config.Problem.Name, done) })
	bar.clear()
	if err != nil {
		return err
	}
	if name != "" {
		return writeRun(name, run, stdout)
	}
	printHeader(stdout)
	printRow(stdout, "-", run)
	_, err = fmt.Fprintf(stdout, "\nIt ended after %s: %s.\n", count(len(run.Loss), "iteration"), run.Stopped)
	return err
}

// maxJSON is the number of parameters up to which a run is written: they take about 100 bytes each
// while they are.
const maxJSON = 10_000_000

// count writes a number of things.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// checkJSON returns an error if writeRun can't write to a file of this name.
func checkJSON(name string) error {
	if name == "" || name == "-" || isOutput(name) || isDevice(name) {
		return nil
	}
	return checkFile(name)
}

// writeRun writes a run as JSON to a file, or to stdout if its name is -.
func writeRun(name string, run *training.Run, stdout io.Writer) error {
	text, err := run.JSON()
	switch {
	case err != nil:
		return err
	case name == "-" || isOutput(name):
		_, err = stdout.Write(text)
		return err
	case isDevice(name):
		err = os.WriteFile(name, text, 0o666)
	default:
		err = writeFiles(file{name, text})
	}
	if err != nil {
		return fmt.Errorf("-json: %w", err)
	}
	return nil
}

const row = "%-6v %-7s %-24s %8s → %-8s %8s %12s %8s\n"

func printHeader(w io.Writer) {
	fmt.Fprintf(w, row, "figure", "problem", "network", "loss", "last", "accuracy", "|auto−man|", "time")
}

func printRow(w io.Writer, figure any, r *training.Run) {
	accuracy := "-"
	if !math.IsNaN(r.Accuracy) {
		accuracy = fmt.Sprintf("%.1f %%", 100*r.Accuracy)
	}
	fmt.Fprintf(w, row, figure, r.Problem.Name, r.Network(),
		fmt.Sprintf("%.4g", r.Loss[0]), fmt.Sprintf("%.4g", r.Loss[len(r.Loss)-1]),
		accuracy, fmt.Sprintf("%.2g", r.MaxDifference), r.Time.Round(time.Millisecond))
}
