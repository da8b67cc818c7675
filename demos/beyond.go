package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"gentlegrad/demos/addition"
	"gentlegrad/demos/digits"
	"gentlegrad/demos/page"
)

// A demo goes beyond the article: something is trained, from a fixed seed, and told about in words and on a page.
type demo struct {
	name, about string
	run         func(ctx context.Context, progress io.Writer) (result, error)
}

// A result is what a demo found out.
type result interface {
	String() string // for a terminal
	Page() page.Page
}

// beyond are the demos beyond the article.
var beyond = []demo{
	{"digits", "train a convolutional network to read handwritten digits", running(digits.Train)},
	{"addition", "train a transformer to add numbers written in decimal", running(addition.Train)},
}

// running makes a demo's own result one of any demo.
func running[R result](run func(context.Context, io.Writer) (R, error)) func(context.Context, io.Writer) (result, error) {
	return func(ctx context.Context, progress io.Writer) (result, error) { return run(ctx, progress) }
}

// command runs the demo, prints its result, and writes its page.
func (d demo) command(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(d.name, flag.ContinueOnError)
	out := flags.String("out", "out", "write the page, "+d.name+".html, into this `directory`")
	if err := parse(flags, args, "A demo beyond the article: "+d.about+".\n", stdout); err != nil {
		return err
	}
	if *out == "" {
		return usage(flags, errEmptyOut)
	}
	if err := makeDirectory(*out); err != nil {
		return fmt.Errorf("-out: %w (want a directory that can be written)", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	start := time.Now()
	r, err := d.run(ctx, stderr)
	if err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	took := time.Since(start).Round(time.Millisecond)
	html, err := r.Page().Render()
	if err != nil {
		return err
	}
	name := filepath.Join(*out, d.name+".html")
	if err := writeFiles(file{name, text(html)}); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "%s\n\nIt took %s: open %s\n", r, took, name)
	return err
}
