package training

import (
	"gentlegrad/demos/problems"
)

// A Figure is one of the article's training figures.
type Figure struct {
	Number int
	Config
}

// Figures returns the article's figures 8 to 14, as they were published.
func Figures() []Figure {
	var figures []Figure
	add := func(number int, problem string, hidden ...int) {
		p, err := problems.ByName(problem)
		if err != nil {
			panic("training: internal error: " + err.Error())
		}
		c := Defaults(p)
		c.Hidden = hidden
		figures = append(figures, Figure{number, c})
	}
	add(8, "OR")
	add(9, "AND")
	add(10, "XOR")
	add(11, "XOR", 4)
	add(12, "RING", 4)
	add(13, "SIN", 3)
	add(14, "ABS", 3)
	return figures
}

// AsPrinted returns the configuration that the article's printed code has: it anneals
// in a classification too, which the published figures were made without.
func (f Figure) AsPrinted() Config {
	c := f.Config
	c.Anneal = 0.95
	return c
}
