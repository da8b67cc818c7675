package digits

import (
	"fmt"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/tensor"
)

// A Mistake is a picture that the network reads as another digit than it is.
type Mistake struct {
	Picture       *tensor.Tensor // [8, 8], from 0 for paper to 1 for ink
	Digit, Read   int            // what it is, and what the network says
	Probabilities []float64      // of each digit, as the network says
}

// mistakes returns the pictures of which the most probable digit is not theirs, in their order. Of each picture there are the
// probabilities of the ten digits, [n, 10].
func mistakes(heldOut []*tensor.Tensor, probabilities *tensor.Tensor) (list []Mistake) {
	x, t := heldOut[0], heldOut[1]
	read := new(tensor.Tensor).ArgMax(probabilities, -1)
	for i, digit := range t.Data() {
		if r := read.At(i); r != digit {
			list = append(list, Mistake{
				Picture: x.Slice(0, i, i+1).Reshape(size, size),
				Digit:   int(digit), Read: int(r),
				Probabilities: probabilities.Slice(0, i, i+1).Data(),
			})
		}
	}
	return list
}

// shades are a pixel, the lightest first.
var shades = []rune(" ░▒▓█")

// String returns the picture, two characters a pixel, with beside it what it is and what the network says.
func (m Mistake) String() string {
	beside := map[int]string{
		2: fmt.Sprintf("this is %d: %s", m.Digit, draw.Percent(m.Probabilities[m.Digit])),
		3: fmt.Sprintf("read as %d: %s", m.Read, draw.Percent(m.Probabilities[m.Read])),
	}
	var b strings.Builder
	for i := range size {
		b.WriteString("│")
		for j := range size {
			shade := shades[int(m.Picture.At(i, j)*float64(len(shades)-1)+.5)]
			fmt.Fprintf(&b, "%c%c", shade, shade)
		}
		b.WriteString("│")
		if text := beside[i]; text != "" {
			b.WriteString("  " + text)
		}
		b.WriteString("\n")
	}
	return b.String()
}
