// Package problems makes the article's six training sets as its own code makes
// them, number for number: the logic operators AND, OR and XOR and the RING,
// to classify points of the plane, and SIN and ABS, to fit a curve.
//
//	xor := problems.MustByName("xor")
//	source := legacy.New(problems.Seed)
//	data, err := xor.Data(source, xor.Observations)
//
// The article draws the initial parameters from the same stream, after the
// data: hand source on to whatever initialises them.
package problems

import (
	"fmt"
	"math"
	"strings"
)

// Seed is the seed of all of the article's data.
const Seed = 123

// A Problem says what a network has to learn. Either it is a classification,
// with Prototypes and Classes, or a regression, with a Function.
type Problem struct {
	Name         string // upper case, as in the article
	Description  string // one line
	Regression   bool
	Inputs       int // numbers in one observation: 2 to classify, 1 to fit
	Observations int // what the article trains on; for its meaning see Data

	Prototypes [][2]float64 // the points before noise; nil in a regression
	Classes    []float64    // 0 or 1 for each prototype; nil in a regression

	Function func(x float64) float64 // the curve before noise; nil in a classification
}

// All returns the six problems in the article's order. Every call makes them
// anew, so a caller may change them.
func All() []Problem {
	return []Problem{
		classification("AND", "1 where both inputs are 1", truthTable(), 0, 0, 0, 1),
		classification("OR", "1 where either input is 1", truthTable(), 0, 1, 1, 1),
		classification("XOR", "1 where exactly one input is 1", truthTable(), 0, 1, 1, 0),
		// The article's text has the two classes the other way round; its code
		// and its figure have them like this.
		classification("RING", "0 at the centre, 1 all around it", ringTable(), 1, 1, 1, 1, 0, 1, 1, 1, 1),
		regression("SIN", "a sine wave, lifted by 2.5", func(x float64) float64 { return 2.5 + math.Sin(x) }),
		regression("ABS", "the absolute value", math.Abs),
	}
}

// ByName returns the problem of that name, in upper, lower or mixed case. The
// error for any other name lists those that there are.
func ByName(name string) (Problem, error) {
	var names []string
	for _, p := range All() {
		if strings.EqualFold(p.Name, name) {
			return p, nil
		}
		names = append(names, p.Name)
	}
	return Problem{}, fmt.Errorf("no problem is called %q: want one of %s", name, strings.Join(names, ", "))
}

// MustByName is ByName for a name that is known to exist: it panics on any other.
func MustByName(name string) Problem {
	p, err := ByName(name)
	if err != nil {
		panic("problems: " + err.Error())
	}
	return p
}

// truthTable returns the rows of the article's figure 7.
func truthTable() [][2]float64 {
	return [][2]float64{{0, 0}, {0, 1}, {1, 0}, {1, 1}}
}

// ringTable adds the centre and the four points between the corners.
func ringTable() [][2]float64 {
	return append(truthTable(), [][2]float64{{.5, .5}, {1, .5}, {0, .5}, {.5, 0}, {.5, 1}}...)
}

func classification(name, description string, prototypes [][2]float64, classes ...float64) Problem {
	return Problem{
		Name:         name,
		Description:  description,
		Inputs:       2,
		Observations: 50,
		Prototypes:   prototypes,
		Classes:      classes,
	}
}

func regression(name, description string, function func(float64) float64) Problem {
	return Problem{
		Name:         name,
		Description:  description,
		Regression:   true,
		Inputs:       1,
		Observations: 200,
		Function:     function,
	}
}
