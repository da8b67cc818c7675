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
	"gentlegrad/demos/autoencoder"
	"gentlegrad/demos/curve"
	"gentlegrad/demos/digits"
	"gentlegrad/demos/linear"
	"gentlegrad/demos/memory"
	"gentlegrad/demos/moons"
	"gentlegrad/demos/orbit"
	"gentlegrad/demos/page"
	"gentlegrad/demos/surface"
	"gentlegrad/demos/sweeps"
	"gentlegrad/demos/wrong"
)

// A demo goes beyond the article: it trains something, from a fixed seed, and reports on it in words and
// on a page.
type demo struct {
	name, about string
	// flags adds the flags that this demo alone has, and returns its work.
	flags func(flags *flag.FlagSet) work
}

// The work of a demo is what it does once its flags are parsed.
type work func(ctx context.Context, progress io.Writer) (result, error)

// A result is what a demo found out.
type result interface {
	String() string // for a terminal
	Page() page.Page
}

// beyond are the demos beyond the article.
var beyond = []demo{
	{"digits", "train a convolutional network to read handwritten digits", running(digits.Train)},
	{"moons", "repeat micrograd's demo: get its losses to the last bit, and compare the times", running(moons.Run)},
	{"orbit", "find a launch past a moon to a target, by descent through 600 steps", running(orbit.Run)},
	{"curve", "fit a curve, with its uncertainty from the Hessian", running(curve.Run)},
	{"sweeps", "explore the article's closing questions: units, layers, rate, annealing, error function, activation", running(sweeps.Train)},
	{"linear", "show that stacked linear layers are one linear layer: multiplied out, and trained on XOR", running(linear.Run)},
	{"surface", "draw the error surface of a deeper network, along any two parameters or directions", surfaceFlags},
	{"wrong", "show what goes wrong in training, and how to see it: saturation, dead units, exploding gradients", running(wrong.Run)},
	{"autoencoder", "squeeze pictures through two numbers, without targets, and start classifiers from an encoder", running(autoencoder.Train)},
	{"memory", "train an LSTM through 50 steps of time, where a plain recurrent network fails", running(memory.Train)},
	{"addition", "train a transformer to add numbers written in decimal", running(addition.Train)},
}

// running makes a function with a result of its own type the work of a demo without flags.
func running[R result](f func(context.Context, io.Writer) (R, error)) func(*flag.FlagSet) work {
	return func(*flag.FlagSet) work {
		return func(ctx context.Context, progress io.Writer) (result, error) { return f(ctx, progress) }
	}
}

// surfaceFlags are the directions of the error surface.
func surfaceFlags(flags *flag.FlagSet) work {
	var c surface.Config
	flags.Func("along", "draw along two `parameters`, such as 0.weight[0,1],6.bias[0] (default along the path of training, and random directions)", func(text string) (err error) {
		c.Along, err = surface.ParseParameters(text)
		return err
	})
	c.Seed = 1
	flags.Func("seed", "`seed` of the random directions (default 1)", func(text string) error {
		seed, err := parseSeed(text)
		c.Seed = uint64(seed)
		return err
	})
	return func(ctx context.Context, progress io.Writer) (result, error) { return c.Run(ctx, progress) }
}

// command runs the demo, prints its result, and writes its page.
func (d demo) command(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet(d.name, flag.ContinueOnError)
	do := d.flags(flags)
	out := flags.String("out", "out", "write the page, "+d.name+".html, into this `directory`")
	if err := parse(flags, args, "A demo beyond the article: "+d.about+".\n", stdout); err != nil {
		return err
	}
	if err := makeOut(flags, *out); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	start := time.Now()
	r, err := do(ctx, stderr)
	if err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	took := time.Since(start).Round(time.Millisecond)
	html, err := r.Page().Render()
	if err != nil {
		return err
	}
	name := filepath.Join(*out, d.name+".html")
	if err := writeFilesUnless(ctx, []file{{name, text(html)}}); err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "%s\n\nIt took %s: open %s\n", r, took, name)
	return err
}
