package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gentlegrad/demos/training"
)

// figures trains the article's figures 8 to 14, prints a table and writes the runs.
func figures(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("demos", flag.ContinueOnError)
	out := flags.String("out", "out", "write the results under this `directory`")
	if err := parse(flags, args, overview, stdout); err != nil {
		return err
	}
	if err := os.MkdirAll(*out, 0o777); err != nil {
		return fmt.Errorf("-out: %w (want a directory that can be written)", err)
	}
	printHeader(stdout)
	for _, f := range training.Figures() {
		bar := newProgress(stderr, f.Iterations)
		r, err := training.Train(f.Config, func(done int) { bar.show(fmt.Sprintf("figure %d", f.Number), done) })
		bar.clear()
		if err != nil {
			return err
		}
		printRow(stdout, f.Number, r)
		text, err := r.JSON()
		if err != nil {
			return err
		}
		if err := writeFile(filepath.Join(*out, fmt.Sprintf("figure-%02d.json", f.Number)), text); err != nil {
			return err
		}
	}
	return nil
}

func printFigures(w io.Writer) {
	for _, f := range training.Figures() {
		fmt.Fprintf(w, "  figure %-3d %-5s %-20s rate %g, annealing %g, %d iterations\n",
			f.Number, f.Problem.Name, f.Network(), f.LearningRate, f.Anneal, f.Iterations)
	}
}

// writeFile writes a file whole or not at all: it writes another beside it and renames
// that.
func writeFile(name string, text []byte) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(name), ".demos-*")
	if err != nil {
		return fmt.Errorf("%s can't be written: %w", name, err)
	}
	defer func() {
		if err != nil {
			os.Remove(temporary.Name())
			err = fmt.Errorf("%s can't be written: %w", name, err)
		}
	}()
	_, err = temporary.Write(text)
	if e := temporary.Chmod(0o644); err == nil {
		err = e
	}
	if e := temporary.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temporary.Name(), name)
	}
	return err
}
