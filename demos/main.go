// Command demos trains the networks of the article "A Gentle Introduction to
// Artificial Neural Networks" and compares automatic gradients with its delta rules.
//
//	go run ./demos             train, print a table, and draw every figure of the article
//	go run ./demos train -h    train one network, with settings of your own
//	go run ./demos explain -h  the walk of backpropagation through a graph, with numbers
//	go run ./demos NAME        a demo beyond the article: digits, …
//	go run ./demos list        list the problems, figures and demos
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"unicode"

	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
)

func main() {
	debug.SetMemoryLimit(training.MemoryLimit) // collect garbage rather than grow to twice what is needed
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// A usageError is a mistake on the command line: exit status 2.
type usageError struct{ error }

// usage returns a mistake in the flags of a command, which it names.
func usage(flags *flag.FlagSet, err error) error {
	if flags.Name() == noCommand {
		return usageError{err}
	}
	return usageError{fmt.Errorf("%s: %w", flags.Name(), err)}
}

// noCommand is the name of the flags without a command.
const noCommand = "demos"

// run is main with its surroundings as arguments; it returns the exit status. It reports
// an error in one line.
func run(args []string, stdout, stderr io.Writer) int {
	out := &output{w: stdout}
	err := dispatch(args, out, stderr)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		err = out.err
	}
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, "demos:", strings.Map(printable, err.Error()))
	if _, ok := errors.AsType[usageError](err); ok {
		return 2
	}
	return 1
}

// printable returns r, or a replacement that is safe in a line of text: an argument may hold anything.
func printable(r rune) rune {
	if unicode.IsControl(r) {
		return unicode.ReplacementChar
	}
	return r
}

// An output is the standard output. It keeps its first error, so that code which prints
// need not check for one.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(text []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(text)
	if err != nil {
		o.err = fmt.Errorf("standard output: %w", err)
	}
	return n, o.err
}

func dispatch(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return everything(args, stdout, stderr)
	}
	switch args[0] {
	case "train":
		return train(args[1:], stdout, stderr)
	case "explain":
		return explain(args[1:], stdout)
	case "list":
		return list(args[1:], stdout)
	case "help":
		return everything([]string{"-h"}, stdout, stderr)
	}
	for _, d := range beyond {
		if d.name == args[0] {
			return d.command(args[1:], stdout, stderr)
		}
	}
	return usageError{fmt.Errorf("no command is called %q: want train, explain, list, or the name of a demo that list prints, or none (-h tells more)", args[0])}
}

const overview = `go run ./demos [-out DIR] [-figures …] train and draw the article's figures
go run ./demos train -problem XOR …    train one network; train -h lists the flags
go run ./demos explain -problem XOR …  the walk of backpropagation for one observation
go run ./demos NAME                    a demo beyond the article, with a page of its own
go run ./demos list                    the problems, the figures and the demos
`

// parse parses args, which may hold nothing but flags. If they ask for help, it prints that
// to stdout and returns flag.ErrHelp.
func parse(flags *flag.FlagSet, args []string, intro string, stdout io.Writer) error {
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	err := flags.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, intro)
		title := "\nFlags:\n"
		flags.VisitAll(func(*flag.Flag) {
			fmt.Fprint(stdout, title)
			title = ""
		})
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return err
	case err != nil:
		return usage(flags, fmt.Errorf("%w (-h lists the flags)", err))
	case flags.NArg() > 0:
		return usage(flags, fmt.Errorf("unexpected %q: only flags are allowed (-h lists them)", flags.Arg(0)))
	}
	return nil
}

// list prints the problems, the figures and the demos.
func list(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("list", flag.ContinueOnError)
	if err := parse(flags, args, "Lists the problems, the figures and the demos beyond the article.\n", stdout); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "Problems (-problem):")
	for _, p := range problems.All() {
		fmt.Fprintf(stdout, "  %-5s %s\n", p.Name, p.Description)
	}
	fmt.Fprintln(stdout, "\nTraining figures, as the article published them:")
	printTrainings(stdout)
	fmt.Fprintln(stdout, "\nBeyond the article:")
	for _, d := range beyond {
		fmt.Fprintf(stdout, "  %-12s %s\n", d.name, d.about)
	}
	fmt.Fprint(stdout, "\nCommands:\n")
	for line := range strings.Lines(overview) {
		fmt.Fprint(stdout, "  ", line)
	}
	return nil
}
