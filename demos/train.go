package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"gentlegrad/demos/training"
)

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
	var err error
	switch {
	case name == "-" || isOutput(name):
		return run.WriteJSON(stdout)
	case isDevice(name):
		err = writeDevice(name, run.WriteJSON)
	default:
		err = writeFiles(file{name, run.WriteJSON})
	}
	if err != nil {
		return fmt.Errorf("-json: %w", err)
	}
	return nil
}

// writeDevice writes to what is there as it is.
func writeDevice(name string, write func(w io.Writer) error) error {
	out, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return cmp.Or(write(out), out.Close())
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
