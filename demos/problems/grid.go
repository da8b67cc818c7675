package problems

import (
	"fmt"

	"gentlegrad/tensor"
)

// GridSize is the article's number of grid points along an axis.
const GridSize = 20

// The square on which classifications are drawn.
const squareFrom, squareTo = -.5, 1.5

// Grid returns the inputs at which a trained network is drawn.
//
// In a classification they cover the square [-.5, 1.5]², size points along
// each axis: size² × 2 numbers (x, y), x running faster than y, so that the
// predictions make the surface row by row from the bottom. In a regression they
// are size points on [-5, 5]: size × 1 numbers.
//
// Grid panics if size is negative.
func (p Problem) Grid(size int) []float64 {
	if size < 0 {
		panic(fmt.Sprintf("problems: Grid: negative size: %d", size))
	}
	if p.Regression {
		return tensor.Linspace(curveFrom, curveTo, size).Data()
	}
	axis := tensor.Linspace(squareFrom, squareTo, size).Data()
	points := make([]float64, 0, 2*size*size)
	for _, y := range axis {
		for _, x := range axis {
			points = append(points, x, y)
		}
	}
	return points
}
