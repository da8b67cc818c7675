package main

import (
	"fmt"
	"math"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/figures"
	"gentlegrad/demos/page"
	"gentlegrad/demos/training"
)

// runPage returns the page on which a run plays.
func runPage(r *training.Run) page.Page {
	title := fmt.Sprintf("%s, learned by %s", r.Problem.Name, r.Network())
	f := figures.OfRun(r, "The training, iteration by iteration")
	if r.Table == nil {
		return page.Page{Title: title, Lead: page.Escaped(strings.ToUpper(r.Problem.Description[:1]) + r.Problem.Description[1:] + "."), Figures: []page.Figure{f.Figure}}
	}
	f.Text = append(f.Text, standardised(r), held(r))
	f.Facts = append(f.Facts, page.Fact{Name: "Inputs", Value: some(r.Table.Columns)})
	switch {
	case r.Data.Outputs > 1:
		f.Facts = append(f.Facts, page.Fact{Name: "Outputs, from the top", Value: some(r.Table.Classes)})
	case r.Table.Classes != nil:
		f.Facts = append(f.Facts, page.Fact{Name: "Classes, low and high", Value: some(r.Table.Classes)})
	}
	lead := fmt.Sprintf("The last column of the table, “%s”, is predicted from the %s before it.", named(r.Table.Target), strings.TrimPrefix(draw.Count(len(r.Table.Columns), "column"), "1 "))
	return page.Page{Title: title, Lead: page.Escaped(lead), Figures: []page.Figure{f.Figure}}
}

// named returns the name of a column in a form that fits into a line of text.
func named(column string) string {
	return strings.ReplaceAll(strings.Map(printable, column), "_", " ") // a _ would make a subscript of what follows
}

// some writes names in a line: of many, only the first.
func some(all []string) string {
	const most = 10
	var names []string
	for _, name := range all[:min(most, len(all))] {
		names = append(names, named(name))
	}
	text := strings.Join(names, ", ")
	if len(all) > most {
		text += fmt.Sprintf(" and %d more", len(all)-most)
	}
	return text
}

// standardised says what was done to the numbers of a table.
func standardised(r *training.Run) string {
	what := "The inputs"
	if r.Problem.Regression {
		what = "The inputs and the target"
	}
	return what + " are standardised: over the training rows, each column has mean 0 and, unless it is constant or numbers are missing, standard deviation 1."
}

// held says how well the held-out rows of a table are predicted.
func held(r *training.Run) string {
	rows, last := draw.Count(r.Held.N, "row"), len(r.Loss)-1
	each := func(loss float64, n int) float64 { return loss / float64(n) }
	number := func(v float64) string { return draw.Powers(fmt.Sprintf("%.4g", v)) }
	text := fmt.Sprintf("Held out for validation: %s of %d. ", rows, r.Held.N+r.Data.N)
	if r.Problem.Regression {
		deviation := math.Sqrt(each(r.Validation[last], r.Held.N))
		return text + fmt.Sprintf("The root mean square error of their predictions is %s, which is %.2f times the standard deviation of “%s”.",
			number(deviation*r.Table.TargetScaling.Deviation.Item()), deviation, named(r.Table.Target))
	}
	return text + fmt.Sprintf("%.1f %% of them are classified right; their mean loss is %s; in the last iteration, that of the training rows was %s.",
		100*r.HeldAccuracy, number(each(r.Validation[last], r.Held.N)), number(each(r.Loss[last], r.Data.N)))
}
