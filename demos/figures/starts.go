package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/demos/page"
	"gentlegrad/tensor"
)

// weightRange is where the article draws its error surfaces.
var weightRange = draw.Range{Lo: -10, Hi: 10}

// The starts shown at first are on a plateau, near the edge over which descent runs down.
var (
	start4 = []float64{-6}
	start5 = []float64{3, -6}
)

// descentData is what the page's script needs to draw any of the descents. The script
// can't run the library, so every start that the reader can pick is here.
type descentData struct {
	Steps  []int       `json:"steps"`  // the marks of each descent
	Values []float64   `json:"values"` // of each weight at the start
	Start  []int       `json:"start"`  // index among them of the start shown at first, for each weight
	Starts []startData `json:"starts"` // w1 by w1, then w2 by w2
	Plane  planeData   `json:"plane"`
	Curve  []int       `json:"curve,omitempty"` // errors of figure 4 in ten-thousandths, at equal distances of w1
	Turn   *turnData   `json:"turn,omitempty"`
}

// startData is one descent. Weights are in hundredths and errors in ten-thousandths, as
// fine as can be seen.
type startData struct {
	Path  []int     `json:"p"` // weights and (a−1)² of each point
	Marks []int     `json:"m"` // points after so many steps as descentData.Steps says
	E     []float64 `json:"e"` // (a−1)² there, to three digits
	G     []float64 `json:"g"` // gradient of ½(a−1)² at the start, to three digits
}

// planeData are the axes that starts are picked on: pixels at -10 and 10.
type planeData struct {
	X [2]float64 `json:"x"`
	Y [2]float64 `json:"y"` // of w2; in figure 4 of E from 0 to 1
}

// turnData is the surface that the script turns.
type turnData struct {
	N         int              `json:"n"`       // points along each weight
	Heights   []int            `json:"heights"` // in ten-thousandths, w1 by w1, then w2 by w2
	Azimuth   float64          `json:"azimuth"` // at first
	Elevation float64          `json:"elevation"`
	X         float64          `json:"x"` // pixel of the middle of the box
	Y         float64          `json:"y"`
	Scale     float64          `json:"scale"` // half the width of the box in pixels
	Ticks     [2][][]draw.Tick `json:"ticks"` // of the weights and of E: at most 1, 2, … 6 of them
}

// startValues are the weights that descents start from.
func startValues(n int) []float64 {
	return tensor.Linspace(weightRange.Lo, weightRange.Hi, n).Data()
}

// newStartData thins and rounds a descent.
func newStartData(d descent) startData {
	keep, marks := d.thinned()
	s := startData{Marks: marks}
	for _, i := range keep {
		p := d.points[i]
		for k, v := range p {
			unit := 100.0
			if k == len(p)-1 {
				unit = 1e4
			}
			s.Path = append(s.Path, int(math.Round(unit*v)))
		}
	}
	for _, step := range descentMarks {
		p := d.points[step]
		s.E = append(s.E, digits(p[len(p)-1]))
	}
	for _, g := range d.gradient {
		s.G = append(s.G, digits(g))
	}
	return s
}

func tenThousandths(errors []float64) []int {
	var out []int
	for _, e := range errors {
		out = append(out, int(math.Round(1e4*e)))
	}
	return out
}

// digits rounds to three significant digits.
func digits(v float64) float64 {
	out, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64)
	if err != nil {
		panic("figures: " + err.Error())
	}
	return out
}

// scientific writes a number with three significant digits: −0.0312, 4.5·10⁻⁵.
func scientific(v float64) string {
	if v != 0 && math.Abs(v) < .001 {
		return draw.Powers(strconv.FormatFloat(v, 'e', 2, 64))
	}
	return draw.Powers(strconv.FormatFloat(v, 'g', 3, 64))
}

// descentFacts are the settings of all descents, and from "At the start" on the numbers of
// one, which the script brings up to date.
func descentFacts(d descent) []page.Fact {
	at := func(step int) string {
		p := d.points[step]
		var weights []string
		for k, w := range p[:len(p)-1] {
			w = math.Round(100*w)/100 + 0 // not −0
			weights = append(weights, strings.Replace(fmt.Sprintf("w%c\u00a0=\u00a0%.2f", '₁'+rune(k), w), "-", "−", 1))
		}
		return fmt.Sprintf("E = %s at %s", scientific(p[len(p)-1]), strings.Join(weights, ", "))
	}
	var gradient []string
	for _, g := range d.gradient {
		gradient = append(gradient, scientific(g))
	}
	facts := []page.Fact{
		{Name: "Task", Value: "output 1 for the input 1"},
		{Name: "Drawn", Value: "E = (a − 1)²"},
		{Name: "Descended", Value: "½(a − 1)², as in the delta rules"},
		{Name: "Learning rate", Value: fmt.Sprintf("%d, not annealed", descentRate)},
		{Name: "Steps", Value: fmt.Sprint(descentSteps)},
		{Name: "At the start", Value: at(0)},
		{Name: "Gradient of ½(a − 1)² there", Value: strings.Join(gradient, ", ")},
	}
	for _, step := range descentMarks[1:] {
		facts = append(facts, page.Fact{Name: fmt.Sprintf("After %d steps", step), Value: at(step)})
	}
	return facts
}
