package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Range is an interval of data, Lo < Hi.
type Range struct{ Lo, Hi float64 }

func (r Range) check(op string) {
	mustFinite(op, r.Lo, r.Hi)
	if !(r.Lo < r.Hi) || !finite(r.Hi-r.Lo) {
		panic(fmt.Sprintf("draw: %s: range from %v to %v", op, r.Lo, r.Hi))
	}
}

// Extent is the range from the least to the greatest finite value, widened by
// the fraction pad of its width at both ends. For equal values it is a range
// around them, for no values [0, 1].
func Extent(pad float64, data ...[]float64) Range {
	r := Range{math.Inf(1), math.Inf(-1)}
	for _, vs := range data {
		for _, v := range vs {
			if finite(v) {
				r.Lo, r.Hi = min(r.Lo, v), max(r.Hi, v)
			}
		}
	}
	switch w := r.Hi - r.Lo; {
	case r.Lo > r.Hi:
		return Range{0, 1}
	case w <= 1e-9*math.Abs(r.Hi) || w == 0:
		half := max(math.Abs(r.Hi)/2, .5)
		return Range{r.Lo - half, r.Hi + half}
	default:
		return Range{r.Lo - pad*w, r.Hi + pad*w}
	}
}

// A Scale maps data units to pixels, linearly or by their logarithm.
type Scale struct {
	Data     Range
	From, To float64 // pixels of Data.Lo and Data.Hi
	Log      bool
}

// At returns the pixel of v. On a logarithmic scale it is not finite if v has no logarithm.
func (s Scale) At(v float64) float64 {
	r := s.Data
	if s.Log {
		v, r = math.Log10(v), r.log()
	}
	return s.From + (v-r.Lo)/(r.Hi-r.Lo)*(s.To-s.From)
}

// log returns the range of the logarithms.
func (r Range) log() Range { return Range{math.Log10(r.Lo), math.Log10(r.Hi)} }

// Ticks returns at most n ticks, as [Ticks] does. On a logarithmic scale they are powers of ten
// or, if the range has fewer than two of these, the multiples that a linear scale would have.
// It panics if the scale is logarithmic and the range not positive.
func (s Scale) Ticks(n int) []Tick {
	if !s.Log {
		return Ticks(s.Data, n)
	}
	s.Data.log().check("Ticks of a logarithmic scale")
	powers := multiples(s.Data.log(), 1, 0)
	if len(powers) < 2 {
		return Ticks(s.Data, n)
	}
	var ticks []Tick
	for i := 0; i < len(powers); i += (len(powers)-1)/n + 1 {
		exponent := int(powers[i])
		t := Tick{Value: power(1, exponent), Label: "10^{" + typographic(strconv.Itoa(exponent)) + "}"}
		if -3 < exponent && exponent < 4 {
			t.Label = strconv.FormatFloat(t.Value, 'f', -1, 64)
		}
		ticks = append(ticks, t)
	}
	return ticks
}

func (s Scale) all(vs []float64) []float64 {
	out := make([]float64, len(vs))
	for i, v := range vs {
		out[i] = s.At(v)
	}
	return out
}

// A Tick is a round value and how to write it.
type Tick struct {
	Value float64
	Label string
}

// Ticks returns the multiples in r of the least step of 1, 2 or 5 times a power
// of ten that gives no more than n of them, at least one. A range too narrow
// for its magnitude to be told apart in 12 digits has ticks at its ends only.
// It panics if the range is empty or n < 1.
func Ticks(r Range, n int) []Tick {
	r.check("Ticks")
	if n < 1 {
		panic(fmt.Sprintf("draw: Ticks: at most %d ticks", n))
	}
	width := r.Hi - r.Lo
	magnitude := max(math.Abs(r.Lo), math.Abs(r.Hi))
	if width < 1e-12*magnitude || width < 1e-290 {
		return []Tick{{r.Lo, bareLabel(r.Lo)}, {r.Hi, bareLabel(r.Hi)}}
	}
	for exp := int(math.Floor(math.Log10(width/float64(n)))) - 1; ; exp++ {
		for _, m := range []float64{1, 2, 5} {
			switch ks := multiples(r, m, exp); {
			case len(ks) == 0:
				return []Tick{{r.Lo, bareLabel(r.Lo)}}
			case len(ks) <= n:
				return labelled(ks, m, exp)
			}
		}
	}
}

// power is m·10^exp; division keeps negative powers exact to the last place.
func power(m float64, exp int) float64 {
	if exp < 0 {
		return m / math.Pow(10, float64(-exp))
	}
	return m * math.Pow(10, float64(exp))
}

// multiples returns the k with k·m·10^exp in r, but no more than 1000.
func multiples(r Range, m float64, exp int) []float64 {
	step := power(m, exp)
	eps := 1e-9 * (r.Hi - r.Lo)
	var ks []float64
	for k := math.Ceil((r.Lo - eps) / step); k*step <= r.Hi+eps && len(ks) < 1000; k++ {
		ks = append(ks, k)
	}
	return ks
}

func labelled(ks []float64, m float64, exp int) []Tick {
	ticks := make([]Tick, len(ks))
	largest := 0.0
	for i, k := range ks {
		ticks[i].Value = power(k*m, exp) + 0
		largest = max(largest, math.Abs(ticks[i].Value))
	}
	for i := range ticks {
		ticks[i].Label = label(ticks[i].Value, exp, largest)
	}
	return ticks
}

// label writes v, a multiple of 10^exp, with as many decimals as that needs, or
// with a power of ten if the largest label would be longer than six digits.
func label(v float64, exp int, largest float64) string {
	if v == 0 {
		return "0"
	}
	if exp >= -4 && largest < 1e6 {
		return typographic(strconv.FormatFloat(v, 'f', max(0, -exp), 64))
	}
	digits := int(math.Floor(math.Log10(math.Abs(v))+1e-9)) - exp
	return scientific(strconv.FormatFloat(v, 'e', max(0, digits), 64))
}

func bareLabel(v float64) string {
	return scientific(strconv.FormatFloat(v, 'g', -1, 64))
}

// scientific rewrites 1.50e-06 as 1.5×10^{−6}, which the markup of Text knows.
func scientific(s string) string {
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return typographic(s)
	}
	if strings.Contains(mantissa, ".") {
		mantissa = strings.TrimRight(strings.TrimRight(mantissa, "0"), ".")
	}
	e, _ := strconv.Atoi(exponent)
	return typographic(mantissa) + "×10^{" + typographic(strconv.Itoa(e)) + "}"
}
