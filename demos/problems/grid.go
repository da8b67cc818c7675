package problems

import "fmt"

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
		return Linspace(curveFrom, curveTo, size)
	}
	axis := Linspace(squareFrom, squareTo, size)
	points := make([]float64, 0, 2*size*size)
	for _, y := range axis {
		for _, x := range axis {
			points = append(points, x, y)
		}
	}
	return points
}

// Linspace returns n evenly spaced numbers from start to stop, both included,
// with the bits of numpy.linspace: start + i·step, but the last is stop itself.
// One number is start.
//
// Linspace panics if n is negative.
func Linspace(start, stop float64, n int) []float64 {
	if n < 0 {
		panic(fmt.Sprintf("problems: Linspace: negative n: %d", n))
	}
	out := make([]float64, n)
	if n == 1 {
		out[0] = start
	}
	if n < 2 {
		return out
	}
	step := (stop - start) / float64(n-1)
	for i := range out {
		out[i] = start + float64(float64(i)*step)
	}
	out[n-1] = stop
	return out
}
