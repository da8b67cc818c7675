package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"gentlegrad/autograd"
	"gentlegrad/demos/problems"
	"gentlegrad/demos/training"
	"gentlegrad/demos/walk"
)

// explain prints the walk of backpropagation, with the numbers of one observation, through the graph of
// a network that train accepts, or through one of figure 6's graphs.
func explain(args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("explain", flag.ContinueOnError)
	c := newConfigFlags(flags)
	which, after, graph := 1, false, ""
	flags.Func("observation", "`number` of the observation, from 1 in the order of training (default 1)", func(text string) (err error) {
		which, err = parseWhole(text)
		return err
	})
	flags.BoolVar(&after, "after", false, "show the walk after training, not before it")
	flags.StringVar(&graph, "graph", "", "`name` of one of figure 6's graphs to show in place of a network: "+strings.Join(walk.ExampleIDs(), ", "))
	if err := parse(flags, args, "Prints the walk of backpropagation through the graph of a network, with the numbers of one observation: first what\nthe delta rules give, then, step by step, what is computed forward and what each node passes back.\n", stdout); err != nil {
		return err
	}
	var err error
	var book *walk.Book
	if graph != "" {
		book, err = explainGraph(flags, graph, which, after, stdout)
	} else {
		book, err = explainNetwork(c, which, after, stdout)
	}
	if err != nil {
		return err
	}
	return book.WriteText(stdout, 0)
}

func explainGraph(flags *flag.FlagSet, graph string, which int, after bool, stdout io.Writer) (*walk.Book, error) {
	e, err := walk.ExampleOf(graph)
	if err == nil && (which < 1 || which > walk.Observations) {
		err = fmt.Errorf("the observation must be 1 to %d, got %d", walk.Observations, which)
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name != "graph" && f.Name != "observation" && f.Name != "after" && err == nil {
			err = errors.New("-graph is a network of its own: leave out -" + f.Name)
		}
	})
	if err != nil {
		return nil, usage(flags, err)
	}
	state := 0
	if after {
		state = len(walk.States) - 1
	}
	fmt.Fprintf(stdout, "%s, observation %d of %d, %s\n\n", e.Title, which, walk.Observations, walk.States[state])
	return e.One(which-1, state), nil
}

func explainNetwork(c *configFlags, which int, after bool, stdout io.Writer) (*walk.Book, error) {
	when := "after"
	if !after {
		when = "before"
		c.settings = append(c.settings, func(t *training.Config) { t.Iterations = 1 }) // the history is not needed: it must not be too long
	}
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	data, model, err := training.New(config)
	if err != nil {
		return nil, err
	}
	if which < 1 || which > data.N {
		return nil, usage(c.flags, fmt.Errorf("the observation must be 1 to %d, got %d", data.N, which))
	}
	if after {
		run, err := training.Train(config, nil)
		if err != nil {
			return nil, err
		}
		model = run.Model
	}
	fmt.Fprintf(stdout, "%s, network %s, observation %d of %d, %s training\n", config.Problem.Name, config.Network(), which, data.N, when)
	return networkBook(data, model, which-1), nil
}

// networkBook returns the walk through a network with observation i, beside the delta rules.
func networkBook(data problems.Data, m *training.Model, i int) *walk.Book {
	x, t := data.Tensors()
	x, t = x.Slice(0, i, i+1), t.Slice(0, i, i+1)
	trace := m.Trace(autograd.Constant(x).Named("x"))
	for l, nodes := range trace {
		nodes.A.Named(fmt.Sprint("a", l+1))
		nodes.Z.Named(fmt.Sprint("z", l+1)) // after A: with a linear activation they are the same node
		m.Layers[l].Linear.Weight.Named(fmt.Sprint("w", l+1))
		m.Layers[l].Linear.Bias.Named(fmt.Sprint("b", l+1))
	}
	loss := m.Loss(trace, autograd.Constant(t).Named("t")).Named("E")
	return walk.NewBook("network", "The network", walk.New(loss), walk.NetworkRules(m.Closed, x, t))
}
