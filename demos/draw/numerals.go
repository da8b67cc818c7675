package draw

import (
	"fmt"
	"strings"
)

// Count writes a number of things for a text: 1 step, 2 steps.
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// Percent writes a share for a text: 97.5 %.
func Percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// Powers writes a number of package fmt or strconv for a text: −0.031, 1.1·10⁻¹⁶.
func Powers(s string) string {
	mantissa, exponent, ok := strings.Cut(s, "e")
	mantissa = typographic(mantissa)
	power := strings.TrimLeft(exponent, "+-0")
	switch {
	case ok && strings.Trim(mantissa, "−0.") == "":
		return "0"
	case power == "":
		return mantissa
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "⁻"
	}
	return mantissa + "·10" + sign + superscripts.Replace(power)
}

var superscripts = strings.NewReplacer("0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")

// Compact writes one for a place with little room: 1e−16.
func Compact(s string) string {
	return strings.NewReplacer("e-0", "e−", "e-", "e−", "e+0", "e", "e+", "e", "-", "−").Replace(s)
}
