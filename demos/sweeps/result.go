package sweeps

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"

	"gentlegrad/demos/draw"
)

// A Result holds the sweeps, run.
type Result struct {
	Sweeps []Sweep
}

// Train runs all sweeps, several trainings at once; each draws from a seed of its own, so that the
// results do not depend on the order. It returns the error of ctx if ctx is cancelled.
func Train(ctx context.Context, _ io.Writer) (*Result, error) {
	r := &Result{Sweeps: all()}
	var jobs []func() error
	for _, s := range r.Sweeps {
		for i := range s.Settings {
			c, runs := s.base, make([]*Run, seeds)
			s.Settings[i].change(&c)
			s.Settings[i].Runs = runs
			for seed := range runs {
				jobs = append(jobs, func() (err error) {
					runs[seed], err = c.train(ctx, seed)
					return err
				})
			}
		}
	}
	return r, together(jobs)
}

// together does jobs on all processors, and returns the first error. If one panics, together does
// so too, once all are done.
func together(jobs []func() error) error {
	errs, panics := make([]error, len(jobs)), make([]any, len(jobs))
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, job := range jobs {
		free <- struct{}{}
		wait.Go(func() {
			defer func() {
				panics[i] = recover()
				<-free
			}()
			errs[i] = job()
		})
	}
	wait.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
	return cmp.Or(errs...)
}

// errors returns the errors of each run, on the training and on the validation points.
func (s Setting) errors() (training, validation [][]float64) {
	for _, r := range s.Runs {
		training, validation = append(training, r.Training), append(validation, r.Validation)
	}
	return training, validation
}

// median returns the median of several runs, one look after another.
func median(runs [][]float64) []float64 {
	out := make([]float64, len(runs[0]))
	for k := range out {
		out[k] = sorted(runs, k)[len(runs)/2]
	}
	return out
}

// sorted returns look k of each run, in ascending order.
func sorted(runs [][]float64, k int) []float64 {
	var values []float64
	for _, run := range runs {
		values = append(values, run[k])
	}
	slices.Sort(values)
	return values
}

// An Outcome is how a setting ended: medians over the seeds, except Lowest and Highest.
type Outcome struct {
	Training, Validation float64
	Lowest, Highest      float64 // validation errors of single seeds
	Least                float64 // validation error over all passes
	Pass                 int     // the pass with Least
}

// Outcome returns how the setting ended.
func (s Setting) Outcome() Outcome {
	trainings, validations := s.errors()
	training, validation := median(trainings), median(validations)
	last := len(validation) - 1
	ends := sorted(validations, last)
	least := slices.Min(validation)
	return Outcome{
		Training: training[last], Validation: validation[last],
		Lowest: ends[0], Highest: ends[len(ends)-1],
		Least: least, Pass: int(s.Runs[0].Passes[slices.Index(validation, least)]),
	}
}

// String returns a table for each sweep.
func (r *Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Mean (a−t)² after the last pass, as the median over %d seeds; the lowest and highest of a single seed;\nand the lowest median of any pass.\n", seeds)
	for _, s := range r.Sweeps {
		fmt.Fprintf(&b, "\n%s\n", s.Question)
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprint(w, "  \ttraining\tvalidation\tsingle seeds\tlowest\n")
		for _, set := range s.Settings {
			o := set.Outcome()
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s–%s\t%s after pass %d\n", set.Name, number(o.Training), number(o.Validation), number(o.Lowest), number(o.Highest), number(o.Least), o.Pass)
		}
		w.Flush()
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// number writes an error with four decimals, or as a power of ten where these would say little.
func number(v float64) string {
	if v < .001 {
		return draw.Powers(fmt.Sprintf("%.1e", v))
	}
	return fmt.Sprintf("%.4f", v)
}
