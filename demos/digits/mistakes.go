package digits

import (
	"fmt"
	"strings"

	"gentlegrad/demos/draw"
	"gentlegrad/tensor"
)

// A Mistake is a picture that the network misreads.
type Mistake struct {
	Picture       *tensor.Tensor // [8, 8], from 0 for paper to 1 for ink
	Digit, Read   int            // what it is, and what the network says
	Probabilities []float64      // of each digit, as the network says
}

// mistakes returns the pictures whose most probable digit is wrong, in their order. probabilities holds
// those of the ten digits for each picture, [n, 10].
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

// shades are the characters for a pixel, the lightest first.
var shades = []rune(" ░▒▓█")

// String returns the picture, two characters a pixel, and beside it which digit it is and
// which one the network reads.
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
