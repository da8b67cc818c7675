package draw

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Num writes v with at most two decimals, without exponent and without "-0".
// It panics when v is NaN or infinite.
func Num(v float64) string {
	if !finite(v) {
		panic(fmt.Sprintf("draw: Num: %v cannot be written", v))
	}
	return strconv.FormatFloat(round2(v), 'f', -1, 64)
}

// round2 rounds to two decimals. Beyond 2⁵² there are no decimals to round.
func round2(v float64) float64 {
	if math.Abs(v) < 1<<52 {
		v = math.Round(v*100+tie) / 100
	}
	return v + 0 // -0 + 0 = 0
}

// tie is added before rounding, so that a value halfway between two is rounded up
// whatever its last digits are. They differ from machine to machine, as a compiler may
// round a product and a sum once or twice; what is drawn must not.
const tie = 1e-6

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

func mustFinite(op string, vs ...float64) {
	for _, v := range vs {
		if !finite(v) {
			panic(fmt.Sprintf("draw: %s: %v is not a finite number", op, vs))
		}
	}
}

func mustMatch(op string, a, b int) {
	if a != b {
		panic(fmt.Sprintf("draw: %s: %d x values but %d y values", op, a, b))
	}
}

// typographic replaces the hyphen of a negative number by a minus sign.
func typographic(s string) string { return strings.ReplaceAll(s, "-", "−") }
