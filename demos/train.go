package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

// A configFlags holds the flags that describe a training. Those left out are as in the
// article's figure of the problem.
type configFlags struct {
	flags                           *flag.FlagSet
	problem, hidden, output         string
	iterations, observations, batch int
	rate, anneal                    float64
	stopLoss, stopChange            float64
}

func newConfigFlags(flags *flag.FlagSet) *configFlags {
	c := &configFlags{flags: flags}
	flags.StringVar(&c.problem, "problem", "XOR", "what to learn: AND, OR, XOR, RING, SIN or ABS, in either `case`")
	flags.StringVar(&c.hidden, "hidden", "", "`units` of the hidden layer, of several such as 8,4, or 0 for none (default the figure's)")
	flags.IntVar(&c.observations, "observations", 0, "noisy `copies` of each prototype to classify, or points of a curve (default 50 or 200)")
	flags.Float64Var(&c.rate, "rate", 0, "learning `rate` (default 2 to classify, 0.2 for a curve)")
	flags.StringVar(&c.output, "output", "", "output `unit`: sigmoid, tanh (classes coded -1 and 1) or linear (default the figure's)")
	return c
}

// addTraining adds the flags about how long to train.
func (c *configFlags) addTraining() {
	c.flags.IntVar(&c.batch, "batch", 1, "`observations` in one step; 1 is online gradient descent")
	c.flags.IntVar(&c.iterations, "iterations", 100, "`passes` over the data, at most")
	c.flags.Float64Var(&c.anneal, "anneal", 0, "`factor` on the rate after each iteration (default 1 to classify, 0.95 for a curve)")
	c.flags.Float64Var(&c.stopLoss, "stop-loss", 0, "stop when the `loss` of an iteration is below this; 0 is never")
	c.flags.Float64Var(&c.stopChange, "stop-change", 0, "stop when no parameter changes by this `much` in an iteration; 0 is never")
}

// config returns what the flags describe.
func (c *configFlags) config() (training.Config, error) {
	p, err := problems.ByName(c.problem)
	if err != nil {
		return training.Config{}, usageError{err}
	}
	config := training.Defaults(p)
	c.flags.Visit(func(f *flag.Flag) {
		switch f.Name {
		case "hidden":
			config.Hidden, err = parseHidden(c.hidden)
		case "observations":
			config.Observations = c.observations
		case "rate":
			config.LearningRate = c.rate
		case "output":
			config.Output = training.Output(strings.ToLower(c.output))
		case "batch":
			config.Batch = c.batch
		case "iterations":
			config.Iterations = c.iterations
		case "anneal":
			config.Anneal = c.anneal
		case "stop-loss":
			config.StopLoss = c.stopLoss
		case "stop-change":
			config.StopChange = c.stopChange
		}
	})
	if err == nil {
		err = config.Validate()
	}
	if err != nil {
		return config, usageError{fmt.Errorf("%s: %w", c.flags.Name(), err)}
	}
	return config, nil
}

// parseHidden reads the units of the hidden layers, such as 8,4, or 0 for none.
func parseHidden(s string) ([]int, error) {
	if s == "0" {
		return nil, nil
	}
	var hidden []int
	for _, field := range strings.Split(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil {
			return nil, fmt.Errorf("-hidden %q: want a number of units, several such as 8,4, or 0 for no hidden layer", s)
		}
		hidden = append(hidden, n)
	}
	return hidden, nil
}

// train trains one network.
func train(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	c := newConfigFlags(flags)
	c.addTraining()
	file := flags.String("json", "", "write the run to this `file`, - for standard output")
	if err := parse(flags, args, "Trains one network and compares its gradients with the delta rules.\n", stdout); err != nil {
		return err
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	bar := newProgress(stderr, config.Iterations)
	run, err := training.Train(config, func(done int) { bar.show(config.Problem.Name, done) })
	bar.clear()
	if err != nil {
		return err
	}
	if *file == "" {
		printHeader(stdout)
		printRow(stdout, "-", run)
		fmt.Fprintf(stdout, "\nIt ended after %d iterations: %s.\n", len(run.Loss), run.Stopped)
		return nil
	}
	text, err := run.JSON()
	if err != nil {
		return err
	}
	if *file == "-" {
		_, err = stdout.Write(text)
		return err
	}
	return writeFile(*file, text)
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
