package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/training"
)

// train trains one network.
func train(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("train", flag.ContinueOnError)
	c := newConfigFlags(flags)
	json, html := outlet{flag: "json"}, outlet{flag: "html"}
	flags.Func("json", "write the run to this `file`, - for standard output, and print nothing else", notEmpty("file", &json.name))
	flags.Func("html", "write a page to this `file`, on which the training plays, iteration by iteration", notEmpty("file", &html.name))
	if err := parse(flags, args, "Trains one network on the article's data or on a table of your own, and compares its gradients with the delta rules.\n", stdout); err != nil {
		return err
	}
	config, err := c.config()
	if err != nil {
		return err
	}
	if err := checkOutlets(c.csv, json, html); err != nil {
		return err
	}
	bar := newProgress(stderr, config.Iterations)
	bar.show(config.Problem.Name, 0)
	run, err := training.Train(config, func(done int) { bar.show(config.Problem.Name, done) })
	bar.clear()
	if err != nil {
		return err
	}
	json.write = run.WriteJSON
	if html.name != "" {
		page, err := runPage(run).Render()
		if err != nil {
			return err
		}
		html.write = text(page)
	}
	if err := writeOutlets(stdout, json, html); err != nil || json.name != "" || html.isStdout() {
		return err
	}
	printHeader(stdout, run)
	printRow(stdout, "-", run)
	fmt.Fprintf(stdout, "\nIt ended after %s: %s.\n", draw.Count(len(run.Loss), "iteration"), run.Stopped)
	if run.Table != nil {
		fmt.Fprintf(stdout, "%s\n", held(run))
	}
	if html.name != "" {
		fmt.Fprintf(stdout, "Drew it: open %s\n", html.name)
	}
	return nil
}

// An outlet is a file that a flag names, and what writes it. Without a name nothing is written.
type outlet struct {
	flag, name string
	write      func(w io.Writer) error
}

// isStdout reports whether it is the standard output.
func (o outlet) isStdout() bool { return o.name == "-" || isOutput(o.name) }

// checkOutlets returns an error if writeOutlets can't write the outlets, or would overwrite one
// with another, or the input, a file name or "". It is called before a long training, so that
// this does not fail after it.
func checkOutlets(input string, all ...outlet) error {
	targets := []string{whole(input)}
	for _, o := range all {
		target, err := "-", error(nil)
		switch {
		case o.isStdout():
		case o.name == "" || isDevice(o.name):
			continue
		default:
			target, err = destination(o.name)
			target = whole(target)
		}
		if err == nil && slices.Contains(targets, target) {
			err = errors.New("it is the file of another flag")
		}
		if err != nil {
			return fmt.Errorf("-%s: %s can't be written: %w (want a file in a directory that can be written)", o.flag, o.name, reason(err))
		}
		targets = append(targets, target)
	}
	return nil
}

// whole returns the absolute name of a file, which need not exist, without links.
func whole(name string) string {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	} else if directory, err := filepath.EvalSymlinks(filepath.Dir(name)); err == nil {
		name = filepath.Join(directory, filepath.Base(name))
	}
	if absolute, err := filepath.Abs(name); err == nil {
		name = absolute
	}
	return name
}

// writeOutlets writes the outlets that have a name. Of files it writes all, completely, or none.
func writeOutlets(stdout io.Writer, all ...outlet) error {
	var files []file
	var flags []string
	for _, o := range all {
		var err error
		switch {
		case o.name == "":
		case o.isStdout():
			if err := o.write(stdout); err != nil {
				return err // which names the standard output
			}
		case isDevice(o.name):
			err = writeDevice(o.name, o.write)
		default:
			files, flags = append(files, file{o.name, o.write}), append(flags, "-"+o.flag)
			continue
		}
		if err != nil {
			return fmt.Errorf("-%s: %w", o.flag, err)
		}
	}
	if err := writeFiles(files...); err != nil {
		return fmt.Errorf("%s: %w", strings.Join(flags, ", "), err)
	}
	return nil
}

// writeDevice writes to a file that exists without replacing it.
func writeDevice(name string, write func(w io.Writer) error) error {
	out, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return cmp.Or(write(out), out.Close())
}

const row = "%-6v %-*s %-*s %8s → %-8s %8s %12s %8s\n"

// widths returns the widths of the columns for a run's names, in characters. They are at least what the
// figures need, so that all figures' rows make one table.
func widths(r *training.Run) (problem, network int) {
	return max(utf8.RuneCountInString(r.Problem.Name), 7), max(len(r.Network()), 24)
}

// printHeader prints the header of a table with the run as a row.
func printHeader(w io.Writer, r *training.Run) {
	problem, network := widths(r)
	fmt.Fprintf(w, row, "figure", problem, "problem", network, "network", "loss", "last", "accuracy", "|auto−man|", "time")
}

func printRow(w io.Writer, figure any, r *training.Run) {
	accuracy := "-"
	if !math.IsNaN(r.Accuracy) {
		accuracy = draw.Percent(r.Accuracy)
	}
	problem, network := widths(r)
	fmt.Fprintf(w, row, figure, problem, r.Problem.Name, network, r.Network(),
		fmt.Sprintf("%.4g", r.Loss[0]), fmt.Sprintf("%.4g", r.Loss[len(r.Loss)-1]),
		accuracy, fmt.Sprintf("%.2g", r.MaxDifference), r.Time.Round(time.Millisecond))
}
