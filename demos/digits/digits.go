// Package digits trains a convolutional network to read handwritten digits.
//
// The pictures are in digits.csv.gz, with their source and licence in README.md: [Source] is that text.
package digits

import (
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"

	"gentlegrad/tensor"
	"gentlegrad/tensor/data"
)

//go:embed digits.csv.gz
var packed string

// Source says where the pictures come from, and under which licence they may be used.
//
//go:embed README.md
var Source string

const (
	size    = 8  // a picture has size rows of size pixels
	darkest = 16 // a pixel is a whole number from 0
	classes = 10
)

// CSV returns the pictures as a file of comma-separated values, which data.ReadCSV reads: the columns
// are the pixels, named p00 to p77 by row and column, each from 0 to 16, and then the digit.
func CSV() io.Reader {
	return io.MultiReader(strings.NewReader(header()), whole(gzip.NewReader(strings.NewReader(packed))))
}

// whole returns a part of the embedded file, which has no errors.
func whole[T any](part T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("digits: internal error: the embedded file: %v", err))
	}
	return part
}

// header returns the names of the columns, which the file itself does not have.
func header() string {
	var names []string
	for i := range size {
		for j := range size {
			names = append(names, fmt.Sprintf("p%d%d", i, j))
		}
	}
	return strings.Join(append(names, "digit"), ",") + "\n"
}

// Read returns the pictures as images with one channel, of shape [n, 1, 8, 8], from 0 for paper to 1 for
// ink, and which digits they are, [n].
func Read() (x, t *tensor.Tensor) {
	table := whole(data.ReadCSV(CSV()))
	x, t = whole(table.NumbersExcept(data.Refuse, "digit")), whole(table.Numbers(data.Refuse, "digit"))
	return x.Scale(x, 1./darkest).Reshape(-1, 1, size, size), t.Reshape(-1)
}
