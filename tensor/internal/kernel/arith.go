// Package kernel holds the loops over flat slices that tensor is made of.
//
// The contract, stated once: the caller guarantees the lengths; kernels do not
// check them. z is the destination and may be the same slice as an operand
// unless a kernel says otherwise, but may not overlap one partly.
//
// Every kernel gives the same bits on every processor. A compiler may fuse
// x*y + z into one rounding, and does so on arm64; so a product that feeds a sum
// is written fma(x, y, z) where it is fused and float64(x*y) + z where not.
//
// On amd64 some kernels have assembly too, for processors with AVX2 or AVX-512; the tag purego leaves it out. It does the
// same operations on each number in the same order as the loops in Go, which tests compare it with, bit by bit.
package kernel

import "math"

// many is from which length on a call of an assembly for one or a few operations pays.
const many = 12

// inVectors returns how many of n numbers, 4 at least, to give to an assembly at once: whole vectors, and not so many that the
// garbage collector, which cannot interrupt it, would have to wait.
func inVectors(n int) int { return min(n, 4096) &^ 3 }

// In the element-wise kernels of two operands, x and y have len(z) elements
// each, or one, which stands for all.

// Add sets zᵢ = xᵢ + yᵢ.
func Add(z, x, y []float64) {
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for vector && len(x) >= many {
			n := inVectors(len(x))
			addVectors(&z[0], &x[0], &y[0], n)
			z, x, y = z[n:], x[n:], y[n:]
		}
		for i, v := range x {
			z[i] = v + y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v + s
		}
	default:
		Add(z, y, x)
	}
}

// Sub sets zᵢ = xᵢ − yᵢ.
func Sub(z, x, y []float64) {
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v - y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v - s
		}
	default:
		s := x[0]
		for i, v := range y {
			z[i] = s - v
		}
	}
}

// Mul sets zᵢ = xᵢ · yᵢ.
func Mul(z, x, y []float64) {
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v * y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v * s
		}
	default:
		Mul(z, y, x)
	}
}

// Div sets zᵢ = xᵢ / yᵢ.
func Div(z, x, y []float64) {
	switch {
	case len(x) == len(z) && len(y) == len(z):
		for i, v := range x {
			z[i] = v / y[i]
		}
	case len(x) == len(z):
		s := y[0]
		for i, v := range x {
			z[i] = v / s
		}
	default:
		s := x[0]
		for i, v := range y {
			z[i] = s / v
		}
	}
}

// AddScaled sets zᵢ = xᵢ + a·yᵢ, rounded twice as NumPy does; all of one length.
func AddScaled(z, x []float64, a float64, y []float64) {
	z, y = z[:len(x)], y[:len(x)] // spares the loop its checks
	for i, v := range x {
		z[i] = v + float64(a*y[i])
	}
}

// Scale sets zᵢ = a·xᵢ.
func Scale(z []float64, a float64, x []float64) {
	for i, v := range x {
		z[i] = a * v
	}
}

// ScaledDifference sets zᵢ to chain(a, xᵢ − yᵢ), or adds that to it; all of one length.
func ScaledDifference(z []float64, a float64, x, y []float64, add bool) {
	z, y = z[:len(x)], y[:len(x)]
	for i, v := range x {
		store(z, i, chain(a, v-y[i]), add)
	}
}

// Chain sets zᵢ to chain(dyᵢ, slopeᵢ), or adds that to it; all of one length.
func Chain(z, dy, slope []float64, add bool) {
	z, slope = z[:len(dy)], slope[:len(dy)]
	for i, v := range dy {
		store(z, i, chain(v, slope[i]), add)
	}
}

// Zip sets zᵢ = f(xᵢ, yᵢ).
func Zip(z, x, y []float64, f func(x, y float64) float64) {
	dx, dy := stride(x), stride(y)
	for i := range z {
		z[i] = f(x[i*dx], y[i*dy])
	}
}

// Select sets zᵢ = xᵢ where the mask is 1, and leaves it where that is 0, without a branch; mask and x have as many elements as z,
// or one.
func Select(z, mask, x []float64) {
	dm, dx := stride(mask), stride(x)
	for i, v := range z {
		chosen := -(math.Float64bits(mask[i*dm]) >> 61 & 1) // all bits or none: this one tells 1 from ±0
		z[i] = math.Float64frombits(math.Float64bits(x[i*dx])&chosen | math.Float64bits(v)&^chosen)
	}
}

// stride returns 0 for one element that is repeated, otherwise 1.
func stride(x []float64) int { return min(1, len(x)-1) }
