package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gentlegrad/demos/figures"
	"gentlegrad/demos/page"
	"gentlegrad/demos/training"
)

// drawAll trains the article's figures 8 to 14, prints a table, and writes the runs, a
// file for each figure, and the page of all.
func drawAll(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(everything, flag.ContinueOnError)
	out := flags.String("out", "out", "write the results under this `directory`")
	only := flags.String("figures", "", "draw these `figures` alone, such as 11,12 (default all of 1 to 14)")
	if err := parse(flags, args, overview, stdout); err != nil {
		return err
	}
	numbers, err := parseFigures(*only)
	if err == nil && *out == "" {
		err = errors.New("-out is empty: want a directory")
	}
	if err != nil {
		return usageError{err}
	}
	if err := makeDirectory(*out); err != nil {
		return fmt.Errorf("-out: %w (want a directory that can be written)", err)
	}
	runs, err := trainAll(numbers, stdout, stderr)
	if err != nil {
		return err
	}
	list, err := pictures(numbers, runs, stderr)
	if err != nil {
		return err
	}
	return writeAll(*out, runs, list, stdout)
}

const lastFigure = 14

// parseFigures reads the numbers of figures, such as 11,12. Empty is all.
func parseFigures(s string) ([]int, error) {
	var numbers []int
	if s == "" {
		for n := 1; n <= lastFigure; n++ {
			numbers = append(numbers, n)
		}
		return numbers, nil
	}
	for _, field := range strings.Split(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 || n > lastFigure {
			return nil, fmt.Errorf("-figures %q: want numbers from 1 to %d, such as 11,12", s, lastFigure)
		}
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return slices.Compact(numbers), nil
}

// A trained is a figure's run, and the run of the article's printed code if that is
// another.
type trained struct {
	number       int
	run, printed *training.Run
}

// trainAll trains those of the figures that are trainings and prints the table.
func trainAll(numbers []int, stdout, stderr io.Writer) ([]trained, error) {
	var runs []trained
	for _, f := range training.Figures() {
		if !slices.Contains(numbers, f.Number) {
			continue
		}
		t, name := trained{number: f.Number}, fmt.Sprintf("figure %d", f.Number)
		bar := newProgress(stderr, f.Iterations)
		bar.show(name, 0)
		var err error
		if t.run, err = training.Train(f.Config, func(done int) { bar.show(name, done) }); err == nil && f.AsPrinted().Anneal != f.Anneal {
			t.printed, err = training.Train(f.AsPrinted(), nil)
		}
		bar.clear()
		if err != nil {
			return nil, err
		}
		if runs == nil {
			printHeader(stdout)
		}
		printRow(stdout, f.Number, t.run)
		runs = append(runs, t)
	}
	return runs, nil
}

// pictures draws the figures.
func pictures(numbers []int, runs []trained, stderr io.Writer) ([]figures.Figure, error) {
	bar := newProgress(stderr, len(numbers))
	defer bar.clear()
	var list []figures.Figure
	for i, n := range numbers {
		bar.show("drawing", i)
		f, err := picture(n, runs)
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}

func picture(number int, runs []trained) (figures.Figure, error) {
	switch number {
	case 1:
		return figures.SingleLayer(), nil
	case 2:
		return figures.Activations(), nil
	case 3:
		return figures.MultiLayer(), nil
	case 4, 5:
		return figures.ErrorSurfaces()[number-4], nil
	case 6:
		return figures.FourSteps()
	case 7:
		return figures.TruthTables(), nil
	}
	for _, t := range runs {
		if t.number == number {
			return figures.Training(number, t.run, t.printed), nil
		}
	}
	return figures.Figure{}, fmt.Errorf("internal error: nothing draws figure %d", number)
}

// writeAll writes the runs, the figures' files and the page: only once all of them are
// made.
func writeAll(dir string, runs []trained, list []figures.Figure, stdout io.Writer) error {
	var files []file
	add := func(name string, text []byte) { files = append(files, file{filepath.Join(dir, name), text}) }
	for _, t := range runs {
		text, err := t.run.JSON()
		if err != nil {
			return err
		}
		add(fmt.Sprintf("figure-%02d.json", t.number), text)
	}
	for _, f := range list {
		add(fmt.Sprintf("figure-%02d.svg", f.Number), f.SVG)
	}
	html, err := page.Render(list)
	if err != nil {
		return err
	}
	add("index.html", html)
	if err := writeFiles(files...); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "\nDrew %s: open %s\n", count(len(list), "figure"), filepath.Join(dir, "index.html"))
	return err
}

func printFigures(w io.Writer) {
	for _, f := range training.Figures() {
		fmt.Fprintf(w, "  figure %-3d %-5s %-22s rate %g, annealing %g, %d iterations\n",
			f.Number, f.Problem.Name, f.Network(), f.LearningRate, f.Anneal, f.Iterations)
	}
}
