package draw

import (
	"fmt"
	"math"
)

// cividis are equally spaced colours of the map of J. R. Nuñez, C. R. Anderton and
// R. S. Renslow, "Optimizing colormaps with consideration for color vision
// deficiency", PLoS ONE 13(7): e0199239, 2018.
var cividis = [...]int{0x00224e, 0x35456c, 0x666970, 0x948e77, 0xc8b866, 0xfee838}

// Cividis returns the colour at t in [0, 1] as "#rrggbb", from dark blue through
// grey to yellow. Values outside are taken as 0 and 1; it panics on NaN. Its lightness
// grows evenly, and it looks much the same with a colour vision deficiency. From one of
// six colours to the next it goes evenly in Oklab, where equal steps look equal:
// B. Ottosson, "A perceptual color space for image processing", 2020.
func Cividis(t float64) string {
	if math.IsNaN(t) {
		panic("draw: Cividis: no color for NaN")
	}
	t = min(max(t, 0), 1) * float64(len(cividis)-1)
	i := min(int(t), len(cividis)-2)
	a, b := toOklab(cividis[i]), toOklab(cividis[i+1])
	for k := range a {
		a[k] += (t - float64(i)) * (b[k] - a[k])
	}
	return hex(fromOklab(a))
}

// Bands returns n colours of [Cividis] at equal distances, both ends among them: those
// that [Axes.Contours] wants for n-1 levels. It panics if n < 2.
func Bands(n int) []string {
	if n < 2 {
		panic(fmt.Sprintf("draw: Bands: %d colors", n))
	}
	out := make([]string, n)
	for i := range out {
		out[i] = Cividis(float64(i) / float64(n-1))
	}
	return out
}

// Levels returns n levels that divide r into n+1 equal parts.
func Levels(r Range, n int) []float64 {
	r.check("Levels")
	out := make([]float64, n)
	for i := range out {
		out[i] = r.Lo + float64(i+1)/float64(n+1)*(r.Hi-r.Lo)
	}
	return out
}

// The colours for categories that M. Okabe and K. Ito, "Color universal
// design", 2008, found to differ to every reader, those with the most contrast
// to a white background first. Black is Ink.
var categories = [...]Stroke{
	{Color: "#0072b2"},                  // blue
	{Color: "#d55e00", Dash: "7 3"},     // vermilion
	{Color: "#009e73", Dash: "2 3"},     // bluish green
	{Color: "#cc79a7", Dash: "9 3 2 3"}, // reddish purple
	{Color: Ink, Dash: "4 2"},
	{Color: "#e69f00", Dash: "12 4"},        // orange
	{Color: "#56b4e9", Dash: "5 2 2 2 2 2"}, // sky blue
}

// Series returns the stroke of the i-th of several lines, 2 pixels wide: a
// colour and a dash that no other of the first seven has. The first is solid.
// From the eighth on they repeat. It panics if i < 0.
func Series(i int) Stroke {
	s := categories[i%len(categories)]
	s.Width = 2
	return s
}

func hex(rgb [3]float64) string {
	var v [3]int
	for k, c := range rgb {
		v[k] = int(math.Round(255 * gamma(min(max(c, 0), 1))))
	}
	return fmt.Sprintf("#%02x%02x%02x", v[0], v[1], v[2])
}

// linear and gamma are the transfer functions of sRGB, IEC 61966-2-1.
func linear(c float64) float64 {
	if c <= .04045 {
		return c / 12.92
	}
	return math.Pow((c+.055)/1.055, 2.4)
}

func gamma(c float64) float64 {
	if c <= .0031308 {
		return 12.92 * c
	}
	return 1.055*math.Pow(c, 1/2.4) - .055
}

func linearRGB(color int) [3]float64 {
	return [3]float64{
		linear(float64(color>>16&255) / 255),
		linear(float64(color>>8&255) / 255),
		linear(float64(color&255) / 255),
	}
}

func toOklab(color int) [3]float64 {
	lms := apply(&[3][3]float64{
		{.4122214708, .5363325363, .0514459929},
		{.2119034982, .6806995451, .1073969566},
		{.0883024619, .2817188376, .6299787005}}, linearRGB(color))
	for k := range lms {
		lms[k] = math.Cbrt(lms[k])
	}
	return apply(&[3][3]float64{
		{.2104542553, .7936177850, -.0040720468},
		{1.9779984951, -2.4285922050, .4505937099},
		{.0259040371, .7827717662, -.8086757660}}, lms)
}

func fromOklab(lab [3]float64) [3]float64 {
	lms := apply(&[3][3]float64{
		{1, .3963377774, .2158037573},
		{1, -.1055613458, -.0638541728},
		{1, -.0894841775, -1.2914855480}}, lab)
	for k, v := range lms {
		lms[k] = v * v * v
	}
	return apply(&[3][3]float64{
		{4.0767416621, -3.3077115913, .2309699292},
		{-1.2684380046, 2.6097574011, -.3413193965},
		{-.0041960863, -.7034186147, 1.7076147010}}, lms)
}

func apply(m *[3][3]float64, v [3]float64) (out [3]float64) {
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

func parseHex(color string) int {
	var v int
	if _, err := fmt.Sscanf(color, "#%06x", &v); err != nil || len(color) != 7 {
		panic(fmt.Sprintf("draw: color %q is not #rrggbb", color))
	}
	return v
}
