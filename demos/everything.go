package main

import (
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/figures"
	"gentlegrad/demos/training"
)

// everything trains the article's figures 8 to 14, prints a table of the results, and writes the
// runs, a file for each figure, and a page with all figures.
func everything(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(noCommand, flag.ContinueOnError)
	out := flags.String("out", "out", "write the results under this `directory`")
	only := flags.String("figures", "", "draw only these `figures`, such as 11,12 (default all, 1 to 14)")
	if err := parse(flags, args, overview, stdout); err != nil {
		return err
	}
	list, err := parseFigures(*only)
	if err != nil {
		return usage(flags, err)
	}
	if err := makeOut(flags, *out); err != nil {
		return err
	}
	if err := trainAll(list, stdout, stderr); err != nil {
		return err
	}
	drawAll(list, stderr)
	return writeAll(*out, list, stdout)
}

// parseFigures returns the figures of numbers such as 11,12. Empty is all.
func parseFigures(s string) ([]figures.Figure, error) {
	all := figures.All()
	if s == "" {
		return all, nil
	}
	var numbers []int
	for _, field := range strings.Split(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(field))
		if err != nil || n < 1 || n > len(all) {
			return nil, fmt.Errorf("-figures %q: want numbers from 1 to %d, such as 11,12", s, len(all))
		}
		numbers = append(numbers, n)
	}
	return slices.DeleteFunc(all, func(f figures.Figure) bool { return !slices.Contains(numbers, f.Number) }), nil
}

// trainAll trains the figures that show trainings, and prints the table.
func trainAll(list []figures.Figure, stdout, stderr io.Writer) error {
	header := printHeader
	for i, f := range list {
		if f.Training == nil {
			continue
		}
		bar, name := newProgress(stderr, f.Training.Iterations), fmt.Sprintf("figure %d", f.Number)
		bar.show(name, 0)
		trained, err := f.Train(func(done int) { bar.show(name, done) })
		bar.clear()
		if err != nil {
			return err
		}
		list[i] = trained
		header(stdout, trained.Run)
		header = func(io.Writer, *training.Run) {} // once
		printRow(stdout, f.Number, trained.Run)
	}
	return nil
}

// drawAll draws the figures.
func drawAll(list []figures.Figure, stderr io.Writer) {
	bar := newProgress(stderr, len(list))
	defer bar.clear()
	for i, f := range list {
		bar.show("drawing", i)
		list[i] = f.Draw()
	}
}

// writeAll writes the runs, the figures' files and the page, once all of them are made.
func writeAll(dir string, list []figures.Figure, stdout io.Writer) error {
	var files []file
	for _, f := range list {
		name := filepath.Join(dir, f.File())
		if f.Run != nil {
			files = append(files, file{name + ".json", f.Run.WriteJSON})
		}
		files = append(files, file{name + ".svg", text(f.SVG)})
	}
	html, err := figures.Page(list).Render()
	if err != nil {
		return err
	}
	index := filepath.Join(dir, "index.html")
	if err := writeFiles(append(files, file{index, text(html)})...); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "\nDrew %s: open %s\n", draw.Count(len(list), "figure"), index)
	return err
}

// printTrainings lists the figures that show trainings.
func printTrainings(w io.Writer) {
	for _, f := range figures.All() {
		if c := f.Training; c != nil {
			fmt.Fprintf(w, "  figure %-3d %-5s %-22s rate %g, annealing %g, %d iterations\n",
				f.Number, c.Problem.Name, c.Network(), c.LearningRate, c.Anneal, c.Iterations)
		}
	}
}
